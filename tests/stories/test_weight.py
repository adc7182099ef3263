"""What a student's page weighs: bytes over the wire in Chromium, headers included, from the real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.views.static_files import STATIC_FILES
from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

# 17.6 kB of it are htmx, which gzip packs no tighter; Brotli would bring the whole to 24.
FIRST_PAGE_BYTES, FIRST_PAGE_REQUESTS = 27 * 1024, 4
NEXT_PAGE_BYTES = 5 * 1024
UNCHANGED_POLL_BYTES = 650
STYLE_SHEET_BYTES = 10 * 1024  # unpacked, the university's colour included
PHOTO = "/zdjecie/"


@contextmanager
def weighing(context: BrowserContext, page: Page) -> Iterator[list[tuple[str, int]]]:
    """Every answer that came over the wire during the block, with its weight; the cache costs nothing."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    weights: list[tuple[str, int]] = []

    def note(event: dict[str, Any]) -> None:
        if event["encodedDataLength"]:
            weights.append((addresses.get(event["requestId"], "?"), event["encodedDataLength"]))

    session.on(
        "Network.responseReceived",
        lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
    )
    session.on("Network.loadingFinished", note)
    yield weights
    session.detach()


def without_photo(weights: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(address, weight) for address, weight in weights if PHOTO not in address]


def newcomer(browser: Browser, demonstration: Demonstration, user_name: str) -> BrowserContext:
    """A browser that is signed in and has nothing in its cache."""
    before = browser.new_context(base_url=demonstration.url, locale="pl-PL")
    page = before.new_page()
    sign_in(page, user_name)
    expect(page.locator("#order-status")).to_be_visible(timeout=PATIENCE_MS)
    state = before.storage_state()
    before.close()
    return browser.new_context(base_url=demonstration.url, storage_state=state, locale="pl-PL")


def test_the_first_page_is_light_and_the_next_one_lighter(
    browser: Browser, demonstration: Demonstration
) -> None:
    context = newcomer(browser, demonstration, "100001")
    page = context.new_page()
    with weighing(context, page) as first:
        page.goto("/mlegitymacja", wait_until="networkidle")
    assert len(without_photo(first)) <= FIRST_PAGE_REQUESTS, first
    assert sum(weight for _, weight in without_photo(first)) <= FIRST_PAGE_BYTES, first

    for path in ("/mlegitymacja", "/konto", "/mlegitymacja/blad-w-danych"):
        with weighing(context, page) as following:
            page.goto(path, wait_until="networkidle")
        assert sum(weight for _, weight in without_photo(following)) <= NEXT_PAGE_BYTES, following
    context.close()


def test_the_page_with_codes_is_light_too_and_an_unchanged_poll_weighs_next_to_nothing(
    browser: Browser, demonstration: Demonstration
) -> None:
    context = newcomer(browser, demonstration, "100005")
    page = context.new_page()
    page.goto("/mlegitymacja", wait_until="networkidle")
    with weighing(context, page) as following:
        page.goto("/mlegitymacja", wait_until="networkidle")
    assert sum(weight for _, weight in without_photo(following)) <= NEXT_PAGE_BYTES, following

    with (
        weighing(context, page) as polls,
        page.expect_response(lambda answer: answer.status == 204, timeout=PATIENCE_MS),
    ):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    assert [weight <= UNCHANGED_POLL_BYTES for _, weight in polls] == [True], polls
    context.close()


def test_the_style_sheet_stays_within_ten_kilobytes(app: Flask) -> None:
    assert len(app.extensions[STATIC_FILES]["portal.css"].content) <= STYLE_SHEET_BYTES
