"""The English catalogue: whatever students read is in it, whole, and nothing else."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from portal import words
from portal.texts.orders import ATTENTION
from portal.texts.photos import ARCHIVE_FAULTS, PHOTO_FATES

SOURCE = Path(words.PORTAL) / "translations" / "en" / "LC_MESSAGES" / "messages.po"
# Files that speak to the office or the administrator only; a new file speaks to students until it is named here.
OF_THE_OFFICE = re.compile(
    r"""portal/(
        templates/((staff|admin)/|parts/journal)
        | texts/(checks|connections|deployment|entitlement|extensions|house|imports|journal|office|panel|policy
            |studies)\.py
        | views/(admin_|staff_|correction|counter_rows|extension_choice|import_lines|list_choices|reasons_typed
            |undo_forms|upload_pages)
        | mail/letters\.py  # the digest; the rest of it is asked about in tests/mail
    )""",
    re.VERBOSE,
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%\w")
POLISH_SIGNS = frozenset("ąćęłńóśżźĄĆĘŁŃÓŚŻŹ")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with SOURCE.open("rb") as file:
        return read_po(file, locale="en")


@cache
def said_to_students() -> set[str]:
    """Every Polish text students and the signed-out may read; of a plural its singular stands for both."""
    of_the_office = {
        one._args[0] for table in (ATTENTION, ARCHIVE_FAULTS, PHOTO_FATES) for one in table.values()
    }
    said = {
        message if isinstance(message, str) else message[0]
        for file, _line, message, _comments, _context in words._extracted()
        if not OF_THE_OFFICE.match(file)
    }
    return said - of_the_office


def forms(text: str | tuple[str, ...] | list[str] | None) -> Iterator[str]:
    yield from [text] if isinstance(text, str) else text or ()


def test_everything_said_to_students_is_translated(catalogue: Catalog) -> None:
    known = {next(forms(one.id)) for one in catalogue if one.id and all(forms(one.string))}
    assert said_to_students() - known == set()


def test_the_compiled_catalogue_is_in_step_with_its_source(catalogue: Catalog) -> None:
    with SOURCE.with_suffix(".mo").open("rb") as file:
        used = read_mo(file)
    texts = [
        {tuple(forms(one.id)): tuple(forms(one.string)) for one in each if one.id}
        for each in (catalogue, used)
    ]
    assert texts[0] == texts[1]


def test_nothing_is_translated_that_nobody_says(catalogue: Catalog) -> None:
    said = {text for texts in words.by_file().values() for _, text in texts}
    assert {text for one in catalogue if one.id for text in forms(one.id)} - said == set()


def test_nothing_is_left_half_done(catalogue: Catalog) -> None:
    assert [one.id for one in catalogue if one.id and (one.fuzzy or not all(forms(one.string)))] == []
    assert list(catalogue.obsolete) == []


def test_every_translation_has_the_placeholders_of_its_original(catalogue: Catalog) -> None:
    differing = [
        (original, translated)
        for one in catalogue
        if one.id
        for original, translated in zip(forms(one.id), forms(one.string), strict=True)
        if sorted(PLACEHOLDER.findall(original)) != sorted(PLACEHOLDER.findall(translated))
    ]
    assert differing == []


def test_what_is_a_sentence_in_polish_is_one_in_english(catalogue: Catalog) -> None:
    ends = (".", "?", ":")
    for one in catalogue:
        for original, translated in zip(forms(one.id), forms(one.string), strict=True):
            if original:
                assert original.endswith(ends) == translated.endswith(ends), translated
                assert translated == translated.strip()
                assert "  " not in translated


def test_english_is_written_with_english_signs(catalogue: Catalog) -> None:
    written = [text for one in catalogue if one.id for text in forms(one.string)]
    assert [text for text in written if POLISH_SIGNS & set(text) or set("'\"„") & set(text)] == []


def test_a_polish_word_students_must_know_has_one_english_word(catalogue: Catalog) -> None:
    """The table on top of the catalogue, where it can be asked for."""
    always = {
        "dziekanat": "dean’s office",
        "kod aktywacyjny": "ctivation code",
        "plastikow": "plastic",
        "numer albumu": "tudent number",
        "PESEL": "PESEL",
    }
    for one in catalogue:
        if not one.id:
            continue
        original, translated = " ".join(forms(one.id)), " ".join(forms(one.string))
        for polish, english in always.items():
            assert polish.lower() not in original.lower() or english.lower() in translated.lower(), original
