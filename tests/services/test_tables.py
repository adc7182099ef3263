"""Awkward files: what is read, and what each refusal says."""

import csv
import io
import time

import pytest

from portal.services.tables import LARGEST_FILE, LONGEST_CELL, FileFault, FileRefused, read_table, write_csv
from portal.services.xlsx_child import MOST_COLUMNS, MOST_ROWS
from tests.spreadsheets import xlsx, xlsx_of


def cells(content: bytes) -> list[list[str]]:
    return [row.cells for row in read_table(content)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_offices_encodings_and_delimiters_are_told_apart(
    encoding: str, delimiter: str, line_end: str
) -> None:
    lines = [["Nazwisko", "Imię"], ["Żółć", "Łucja"], ["Gżegżółka", "Świętosława"]]
    content = line_end.join(delimiter.join(line) for line in lines).encode(encoding)
    assert cells(content) == lines


def test_a_delimiter_within_quotes_counts_for_nothing() -> None:
    assert cells(b'a;"x,y,z,u,v,w"\n"1;2";"say ""no"""') == [["a", "x,y,z,u,v,w"], ["1;2", 'say "no"']]


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    assert [row.number for row in read_table(b"a;b\n;\n\n1;2")] == [1, 4]
    sheet = xlsx_of('<row r="3"><c r="B3"><v>7</v></c></row><row r="5"><c r="A5"><v>8</v></c></row>')
    assert [(row.number, row.cells) for row in read_table(sheet)] == [(3, ["", "7"]), (5, ["8", ""])]


def test_a_formula_that_only_keeps_zeros_is_its_text() -> None:
    assert cells(b'album;nazwisko\n"=""00123""";Lis') == [["album", "nazwisko"], ["00123", "Lis"]]


def test_a_spreadsheet_is_read_as_people_see_it() -> None:
    rows: list[list[str | int | float]] = [["album", "PESEL", "rok"], ["00123", 2405812345.0, 2]]
    assert cells(xlsx(rows)) == [["album", "PESEL", "rok"], ["00123", "2405812345", "2"]]


@pytest.mark.parametrize(
    ("content", "fault", "row"),
    [
        (b"", FileFault.EMPTY, None),
        (b" \n\t\r\n", FileFault.EMPTY, None),
        (b";;;\n;;;", FileFault.EMPTY, None),
        (b"x" * (LARGEST_FILE + 1), FileFault.TOO_LARGE, None),
        (b"%PDF-1.7\n\x00\x01\x02", FileFault.NOT_TEXT, None),
        (b"\x89PNG\r\n\x1a\n\x00", FileFault.NOT_TEXT, None),
        (b"\xff\xfea", FileFault.NOT_TEXT, None),
        (b'a;b\n1;"2', FileFault.BROKEN_QUOTES, 2),
        (b'a;b\n1;"2"x', FileFault.BROKEN_QUOTES, 2),
        (b"a;b\n1;" + b"x" * (LONGEST_CELL + 1), FileFault.CELL_TOO_LONG, 2),
        (b"a;b\n1;" + b"x" * 10_000_000, FileFault.CELL_TOO_LONG, 2),
        (b";".join([b"a"] * (MOST_COLUMNS + 1)), FileFault.TOO_MANY_COLUMNS, 1),
        (b"a\n" * (MOST_ROWS + 1), FileFault.TOO_MANY_ROWS, None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), FileFault.OLD_EXCEL, None),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            FileFault.LOCKED,
            None,
        ),
        (b"PK\x03\x04 and nothing more", FileFault.NOT_A_SPREADSHEET, None),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    content: bytes, fault: FileFault, row: int | None
) -> None:
    with pytest.raises(FileRefused) as refused:
        read_table(content)
    assert (refused.value.fault, refused.value.row) == (fault, row)


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (xlsx([["album"], ["1"]], dimension="A1:XFD1048576"), FileFault.TOO_FAR),
        (xlsx_of(FAR.format(row=1048576, column="XFD"), dimension="A1:B2"), FileFault.TOO_FAR),
        (xlsx_of(FAR.format(row=30_000, column="ZZ")), FileFault.TOO_FAR),
        (xlsx_of(FAR.format(row=1_000_000, column="B")), FileFault.TOO_FAR),
        (xlsx_of(" " * 30_000_000), FileFault.UNPACKS_TOO_LARGE),
        (xlsx_of("<row r='1'><c r='A1'><v>1</v>"), FileFault.NOT_A_SPREADSHEET),
        (xlsx([["album"], ["x" * (LONGEST_CELL + 1)]]), FileFault.CELL_TOO_LONG),
        (xlsx_of(""), FileFault.EMPTY),
    ],
)
def test_a_spreadsheet_that_would_burst_is_refused_and_nothing_else_happens(
    content: bytes, fault: FileFault
) -> None:
    began = time.perf_counter()
    with pytest.raises(FileRefused) as refused:
        read_table(content)
    assert refused.value.fault is fault
    assert time.perf_counter() - began < 5


def test_a_csv_we_hand_out_runs_nothing_in_a_spreadsheet() -> None:
    dangerous = ["=1+1", "+48", "-1", "@SUM(A1)", "\tx", "\rx", "zwykły; tekst", ""]
    written = write_csv([dangerous])
    assert written.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(written.decode("utf-8-sig"), newline="")
    [read] = csv.reader(text, delimiter=";")
    assert read == [*(f"'{cell}" for cell in dangerous[:6]), *dangerous[6:]]
