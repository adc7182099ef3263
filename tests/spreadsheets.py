"""Spreadsheets for tests, written by hand: small, and as awkward as a test wants them."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Arkusz1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_PARTS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>'
)


def xlsx(rows: Sequence[Sequence[str | int | float]], *, dimension: str | None = None) -> bytes:
    """A spreadsheet of `rows`; `dimension` is what the sheet claims to span (nothing by default)."""
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(number, column, value) for column, value in enumerate(cells))}</row>'
        for number, cells in enumerate(rows, start=1)
    )
    return xlsx_of(lines, dimension=dimension)


def xlsx_of(
    sheet_rows: str, *, dimension: str | None = None, more: Iterable[tuple[str, bytes]] = ()
) -> bytes:
    """A spreadsheet whose sheet holds that XML; `more`: further members of the archive."""
    claimed = f'<dimension ref="{dimension}"/>' if dimension else ""
    sheet = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{claimed}<sheetData>{sheet_rows}</sheetData></worksheet>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", BOOK_PARTS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more:
            archive.writestr(name, content)
    return file.getvalue()


def _cell(row: int, column: int, value: str | int | float) -> str:
    place = f"{_letters(column)}{row}"
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
