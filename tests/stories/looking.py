"""What every page must be to eyes, fingers, keyboards and screen readers, asked of a page in a browser."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = {390: 844, 1280: 800}
THEMES = ("light", "dark")
SMALLEST_TARGET_PX = 44

# Controls that stand alone; links within a sentence may be as tall as their line.
TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, label.choice, input')]
  .filter(one => one.checkVisibility() && !one.matches('.skip-link, [type=hidden], .choice input'))
  .filter(one => !(one.matches('a') && one.parentElement.textContent.trim() !== one.textContent.trim()))
  .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < %d || box.width < %d)
  .map(([name, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${name}`)"""
FOCUSED = """() => {
  const one = document.activeElement, look = getComputedStyle(one);
  return {name: one.outerHTML.slice(0, 100), body: one === document.body,
          ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2};
}"""
# Tab starts after what was last focused or clicked.
TO_THE_TOP = "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
WIDER_THAN_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOVING = "document.getAnimations().filter(one => one.playState === 'running').length"


def in_both_sizes_and_themes(page: Page) -> Iterator[str]:
    """The page at every width in every theme, one after the other; each is named."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            yield f"{width} px, {theme}"


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing, at any width, in any theme."""
    for look in in_both_sizes_and_themes(page):
        found = Axe().run(page)
        assert found.violations_count == 0, f"{look}: {_findings(found.response)}"


def _findings(response: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in response["violations"]]


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways at 320 px, nor at 200 % zoom of 1280 px."""
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate(WIDER_THAN_SCREEN) <= 0, f"wider than {width} px"


def assert_touchable(page: Page) -> None:
    """Every control that stands alone is big enough for a finger."""
    page.set_viewport_size({"width": 390, "height": 844})
    small = page.evaluate(TARGETS % (SMALLEST_TARGET_PX, SMALLEST_TARGET_PX))
    assert not small, small


def assert_focus_shows(page: Page) -> None:
    """Tab walks through everything that can be focused, and each shows that it is."""
    page.evaluate(TO_THE_TOP)
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["body"] or focused["name"] in seen:
            break
        seen.append(focused["name"])
        assert focused["ring"], focused["name"]
    assert len(seen) > 3, "the page cannot be walked through by keyboard"


def assert_still(page: Page) -> None:
    """With reduced motion nothing moves."""
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0, "something moves"


def hold_to_everything(page: Page) -> None:
    """All that is asked of a page, with everything unfolded that it folds away."""
    for folded in page.locator("main details:not([open])").all()[::-1]:
        folded.locator("> summary").click()
    assert_accessible(page)
    assert_fits(page)
    assert_touchable(page)
    assert_focus_shows(page)
    assert_still(page)
