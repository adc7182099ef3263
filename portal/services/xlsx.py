"""XLSX files, read in a child process bounded in memory and time; what can be known before is checked before.

A spreadsheet is a zip archive of XML. A few kilobytes can claim a cell so far away that a parser asks for hundreds of
gigabytes and dies: here only the child dies.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from portal.services.xlsx_child import MOST_COLUMNS, MOST_ROWS

MOST_MEMBERS = 2_000
MOST_UNPACKED = 400 * 1024 * 1024
HIGHEST_RATIO = 100
RATIO_MATTERS_FROM = 8 * 1024 * 1024
WALL_SECONDS = 60
CHILD = Path(__file__).with_name("xlsx_child.py")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_MEMBER = 0x1
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_HEAD = 4096


class Unreadable(Exception):
    """The file cannot be read; `fault` is a value of `tables.FileFault`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def looks_packed(content: bytes) -> bool:
    """Whether `content` is an Excel file or another archive, to be judged here and not as text."""
    return content.startswith((_ZIP, _OLE))


def read_first_sheet(content: bytes) -> list[list[str]]:
    """The first sheet as text: whole numbers without a point, days as 2026-03-31. Raises Unreadable.

    1. The archive's directory: how many members, how large unpacked, how tightly packed.
    2. The size each sheet declares.
    3. The child process, with what is left of the bounds.
    """
    if content.startswith(_OLE):
        raise Unreadable("locked" if _ENCRYPTED_PACKAGE in content else "old_excel")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive)
            for member in archive.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member):
                    _check_dimension(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError):
        raise Unreadable("not_a_spreadsheet") from None
    return _read_in_child(content)


def _check_directory(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED_MEMBER for member in members):
        raise Unreadable("locked")
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable("not_a_spreadsheet")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    too_tight = unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * packed
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or too_tight:
        raise Unreadable("unpacks_too_large")


def _check_dimension(archive: zipfile.ZipFile, member: str) -> None:
    with archive.open(member) as sheet:
        declared = _DIMENSION.search(sheet.read(_HEAD))
    if declared is None:
        return  # some programs declare none; the child looks for far cells itself
    if int(declared[2]) > MOST_ROWS:
        raise Unreadable("too_far")
    if _column_number(declared[1]) > MOST_COLUMNS:
        raise Unreadable("too_far")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _read_in_child(content: bytes) -> list[list[str]]:
    # -I: neither the environment nor the current folder decides what the child imports.
    command = [sys.executable, "-I", str(CHILD)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unreadable("too_hard") from None
    if done.returncode != 0:
        raise Unreadable("too_hard")
    *lines, last = done.stdout.splitlines()
    fault = json.loads(last)
    if fault is not None:
        raise Unreadable(fault)
    return [json.loads(line) for line in lines]
