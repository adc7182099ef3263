"""The child process of `xlsx`: a spreadsheet on its input, rows of text in JSON on its output.

The last line is `null`, or why the file is refused. It imports nothing of the portal, so that it starts at once and has
nothing to lose when a file kills it.
"""

import datetime
import io
import json
import re
import resource
import sys
import zipfile

MOST_ROWS = 200_000
MOST_COLUMNS = 100  # up to CV
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 40
MOST_CHARACTERS = 100_000_000
PIECE = 1024 * 1024
# Columns from CW and rows from 200,000, whatever the sheet declares about itself.
FAR_AWAY = re.compile(rb'\sr="(?:(?:[A-Z]{3,}|[D-Z][A-Z]|C[W-Z])\d+|[A-Z]*(?:[2-9]\d{5}|\d{7,}))"')
OVERLAP = 40


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(print_rows(sys.stdin.buffer.read())))


def print_rows(content: bytes) -> str | None:
    """Print the first sheet's rows, from the spreadsheet's first row on; a fault, or None after the last."""
    import python_calamine

    if far_cells(content):
        return "too_far"
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
    except python_calamine.PasswordError:
        return "locked"
    except (python_calamine.CalamineError, OSError, IndexError):
        return "not_a_spreadsheet"
    if sheet.start is None:
        return None
    characters = 0
    for cells in sheet.iter_rows():
        row = [text_of(cell) for cell in cells]
        characters += sum(map(len, row))
        if characters > MOST_CHARACTERS:
            return "unpacks_too_large"
        print(json.dumps(row))
    return None


def far_cells(content: bytes) -> bool:
    """Whether any sheet holds a cell so far away that laying the sheet out would take all memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            if not member.startswith("xl/worksheets/") or not member.endswith(".xml"):
                continue
            with archive.open(member) as sheet:
                seen = b""
                while piece := sheet.read(PIECE):
                    seen = seen[-OVERLAP:] + piece
                    if FAR_AWAY.search(seen):
                        return True
    return False


def text_of(cell: object) -> str:
    """What a person sees in the cell, as far as it can be told from its value."""
    if isinstance(cell, bool):
        return "tak" if cell else "nie"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)


if __name__ == "__main__":
    main()
