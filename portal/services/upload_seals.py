"""What is known of an uploaded file, packed and sealed for the one place in the database where it belongs."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from portal.models.sealed import keyring


def seal_json(value: Any, upload_id: str, what: str) -> bytes:
    """`value` as sealed JSON; `what`: the column or the page it is for."""
    return seal(json.dumps(value, ensure_ascii=False).encode(), upload_id, what)


def open_json(sealed: bytes, upload_id: str, what: str) -> Any:
    """What `seal_json` sealed for the same place."""
    return json.loads(open_sealed(sealed, upload_id, what))


def sealed_pages(
    upload_id: str, part: str, lines: Sequence[Sequence[Any]], page_size: int
) -> list[dict[str, Any]]:
    """The rows of `UploadedFilePage` that keep `lines` as one part of what was found."""
    return [
        {
            "file_id": upload_id,
            "part": part,
            "number": number,
            "lines_sealed": seal_json(lines[start : start + page_size], upload_id, f"{part}.{number}"),
        }
        for number, start in enumerate(range(0, len(lines), page_size), start=1)
    ]


def seal(plain: bytes, upload_id: str, what: str) -> bytes:
    """`plain`, sealed for this file and `what` of it."""
    # Packed first: what is sealed cannot be packed any more, and exports are five times as large as they need to be.
    return keyring().seal_bytes(zlib.compress(plain, 1), _place(upload_id, what))


def open_sealed(sealed: bytes, upload_id: str, what: str) -> bytes:
    """What `seal` sealed for the same place."""
    return zlib.decompress(keyring().open_bytes(sealed, _place(upload_id, what)))


def _place(upload_id: str, what: str) -> str:
    return f"uploaded_files.{what}.{upload_id}"
