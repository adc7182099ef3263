"""Everything that can be wrong with a photo has its words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from portal.services.photo_archive import ArchiveFault, PhotoFate
from portal.services.photo_files import PhotoRefusal
from portal.texts import photos as photo_texts

TABLES: list[tuple[type[StrEnum], Mapping[Any, Any]]] = [
    (PhotoRefusal, photo_texts.PHOTO_REFUSALS),
    (ArchiveFault, photo_texts.ARCHIVE_FAULTS),
    (PhotoFate, photo_texts.PHOTO_FATES),
]


@pytest.mark.parametrize(("kind", "table"), TABLES, ids=[kind.__name__ for kind, _ in TABLES])
def test_every_code_has_its_words(kind: type[StrEnum], table: Mapping[Any, Any]) -> None:
    assert set(table) == set(kind)
    written = [str(words) for words in table.values()]
    assert len(set(written)) == len(written)
    assert all(words == words.strip() and words and "_" not in words for words in written)


def test_refusals_are_sentences_in_plain_text() -> None:
    said = [*map(photo_texts.photo_refusal, PhotoRefusal), *map(photo_texts.archive_fault, ArchiveFault)]
    assert {type(words) for words in said} == {str}
    assert all(words[0].isupper() and words.endswith(".") and "%" not in words for words in said)
