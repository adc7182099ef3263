"""A spreadsheet for others to read: one sheet of texts, the same bytes for the same rows."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from xml.sax.saxutils import escape

from portal.services.tables import harmless

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_FORMATS = "http://schemas.openxmlformats.org"
_MAIN = f"{_FORMATS}/spreadsheetml/2006/main"
_PARTS = f"{_FORMATS}/package/2006/relationships"
_OFFICE_PARTS = f"{_FORMATS}/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MEMBERS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_FORMATS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PARTS}"><Relationship Id="rId1" Type="{_OFFICE_PARTS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE_PARTS}">'
        '<sheets><sheet name="Arkusz1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PARTS}"><Relationship Id="rId1" Type="{_OFFICE_PARTS}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that archives differ only where their contents do."""


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as an XLSX file: every cell is text, so zeros stay, and none runs as a formula wherever it is copied."""
    lines = "".join(_row(number, cells) for number, cells in enumerate(rows, start=1))
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (_MEMBERS | {"xl/worksheets/sheet1.xml": sheet}).items():
            add_member(archive, name, f"{_HEAD}{content}".encode(), packed=True)
    return file.getvalue()


def add_member(archive: zipfile.ZipFile, name: str, content: bytes, *, packed: bool) -> None:
    """Put a file into an archive that is the same whenever it is made; `packed`: worth packing."""
    member = zipfile.ZipInfo(name, LONG_AGO)
    member.external_attr = 0o600 << 16
    archive.writestr(member, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def _row(number: int, cells: Sequence[str]) -> str:
    written = "".join(_cell(f"{_letters(place)}{number}", cell) for place, cell in enumerate(cells))
    return f'<row r="{number}">{written}</row>'


def _cell(place: str, text: str) -> str:
    shown = escape(_NOT_IN_XML.sub("", harmless(text)))
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters
