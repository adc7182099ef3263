"""What students read about the phone, in both languages."""

import re

import pytest

from portal.instructions import EnglishSteps, Instructions, Steps
from portal.rules.language import Language

POLISH, ENGLISH = Instructions(), EnglishSteps()
OF_THE_APP = re.compile("[„“]([^”]+)”")


def test_each_language_gets_its_own() -> None:
    assert POLISH.spoken(Language.POLISH) is POLISH
    assert POLISH.spoken(Language.ENGLISH) == ENGLISH


@pytest.mark.parametrize("name", Steps.model_fields)
def test_the_english_steps_name_the_same_buttons_of_the_app_in_the_same_order(name: str) -> None:
    polish, english = (OF_THE_APP.findall(" ".join(getattr(steps, name))) for steps in (POLISH, ENGLISH))
    assert [button for button in english if button in polish] == polish


def test_every_button_named_in_english_is_explained() -> None:
    lines = [line for name in Steps.model_fields for line in getattr(ENGLISH, name)]
    for line in lines:
        for button in OF_THE_APP.findall(line):
            assert button == "+" or f"“{button}” (" in line, line


def test_the_plastic_card_s_short_name_is_explained_once() -> None:
    assert [line for line in ENGLISH.before_you_start if "ELS" in line] == [ENGLISH.before_you_start[0]]
