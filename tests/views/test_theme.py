"""The university's colour in both themes."""

import re

import pytest

from portal.views.theme import CONTRAST, DARK_GROUND, INK_ON_DARK, LIGHT_GROUND, contrast, theme_css


@pytest.mark.parametrize(
    "colour", ["#1d4f91", "#ffe600", "#000000", "#ffffff", "#c8102e", "#7fdbca", "#808080"]
)
def test_any_colour_can_be_read_in_both_themes(colour: str) -> None:
    light, dark = re.findall(r"--accent:(#[0-9a-f]{6})", theme_css(colour))

    assert contrast(light, LIGHT_GROUND) >= CONTRAST
    assert contrast(light, "#ffffff") >= CONTRAST
    assert contrast(dark, DARK_GROUND) >= CONTRAST
    assert contrast(dark, INK_ON_DARK) >= CONTRAST


def test_a_colour_that_is_readable_already_is_kept() -> None:
    assert "--accent:#1d4f91;" in theme_css("#1d4f91")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
