"""Everything an import can find has its words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from portal.services.imports.columns import Field, HeaderFault, HeaderRefused
from portal.services.imports.plan import Fate
from portal.services.imports.values import Rejection
from portal.services.tables import FileFault, FileRefused
from portal.texts import imports as import_texts

TABLES: list[tuple[type[StrEnum], Mapping[Any, Any]]] = [
    (FileFault, import_texts.FILE_FAULTS),
    (HeaderFault, import_texts.HEADER_FAULTS),
    (Field, import_texts.FIELDS),
    (Fate, import_texts.FATES),
    (Rejection, import_texts.REJECTIONS),
]


@pytest.mark.parametrize(("kind", "table"), TABLES, ids=[kind.__name__ for kind, _ in TABLES])
def test_every_code_has_its_words(kind: type[StrEnum], table: Mapping[Any, Any]) -> None:
    assert set(table) == set(kind)
    written = [str(words) for words in table.values()]
    assert len(set(written)) == len(written)
    assert all(words == words.strip() and words and "_" not in words for words in written)


@pytest.mark.parametrize("fault", FileFault)
def test_a_refused_file_is_told_where_it_is_wrong(fault: FileFault) -> None:
    assert import_texts.file_refused(FileRefused(fault)).endswith(".")
    assert import_texts.file_refused(FileRefused(fault, 7)).startswith("Wiersz 7: ")


@pytest.mark.parametrize("fault", HeaderFault)
def test_a_refused_header_names_its_column(fault: HeaderFault) -> None:
    words = import_texts.header_refused(HeaderRefused(fault, Field.ALBUM_NUMBER))
    assert "%" not in words
    assert words.endswith(".")
