"""Everything that leaves somebody out of a bulk extension has its words."""

from enum import StrEnum

import pytest
from flask import Flask

from portal.rules.reasons import ExtensionRefusal
from portal.rules.undo import Fate
from portal.services.extension_files import RowRejection
from portal.texts import extensions as extension_texts


@pytest.mark.parametrize("code", [*ExtensionRefusal, *RowRejection])
def test_every_reason_for_leaving_out_has_its_words(code: StrEnum, app: Flask) -> None:
    assert isinstance(code, ExtensionRefusal | RowRejection)
    with app.test_request_context():
        words = extension_texts.row(code)

    assert words
    assert words.strip() == words
    assert code.value not in words


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_of_an_order_has_its_words(fate: Fate, app: Flask) -> None:
    with app.test_request_context():
        words, of_many = extension_texts.undo_fate(fate, 1), extension_texts.undo_fate(fate, 2)
        assert (words == of_many) is (fate is Fate.KEEP)

    assert words
    assert words.strip() == words
    assert fate.value not in words
