"""`make screens`: a picture of every state at two widths and in both themes, taken from a demonstration of its own.

It drives the real processes: accounts in their situations, the ministry slowed down, out of reach or hasty with its
codes, the phone and the operator's page. The pictures land in `screens/` with a page that shows them side by side.
"""

import json
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal.demo.accounts import ACCOUNTS, PASSWORD
from tests.chromium import launch_arguments
from tests.launcher.running import ROOT, started

SIZES = {"390": (390, 844), "1280": (1280, 800)}
PATIENCE_MS = 90_000
HOUR = 3600.0

INDEX = """<!DOCTYPE html><meta charset="utf-8"><title>Screens</title>
<style>body{{font:16px system-ui;margin:2rem}}section{{margin-bottom:3rem}}
div{{display:flex;gap:1rem;align-items:start;overflow:auto}}img{{border:1px solid #999;max-height:70vh}}</style>
{sections}
"""


@dataclass
class Studio:
    """The browser, the demonstration's address, the sandbox's, and where the pictures go."""

    browser: Browser
    portal: str
    sandbox: str
    folder: Path

    def control(self, **switches: object) -> None:
        """Turn the sandbox's switches."""
        request = urllib.request.Request(
            f"{self.sandbox}/control",
            json.dumps(switches).encode(),
            {"Content-Type": "application/json"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=30).close()

    @contextmanager
    def signed_in(self, user_name: str) -> Iterator[Page]:
        """A page on which that account has just signed in, as a phone is held."""
        with self.opened(f"{self.portal}/logowanie") as page:
            page.get_by_label("Nazwa użytkownika").fill(user_name)
            page.get_by_label("Hasło").fill(PASSWORD)
            page.get_by_role("button", name="Zaloguj się", exact=True).click()
            page.wait_for_url(lambda address: "logowanie" not in address)
            yield page

    @contextmanager
    def opened(self, address: str) -> Iterator[Page]:
        context = self.browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(address)
        yield page
        context.close()

    def take(self, page: Page, name: str) -> None:
        """The page as it stands now, whole, at every width in every theme."""
        for width, (across, down) in SIZES.items():
            page.set_viewport_size({"width": across, "height": down})
            for theme in ("light", "dark"):
                page.emulate_media(
                    color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
                )
                page.screenshot(path=self.folder / f"{name}-{width}-{theme}.png", full_page=True)


Scene = Callable[[Studio], None]


def accounts(studio: Studio) -> None:
    """Signing in, and every student as the demonstration begins."""
    with studio.opened(f"{studio.portal}/logowanie") as page:
        studio.take(page, "01-sign-in")
        page.get_by_label("Nazwa użytkownika").fill("nikt")
        page.get_by_label("Hasło").fill("nie to hasło")
        page.get_by_role("button", name="Zaloguj się", exact=True).click()
        studio.take(page, "01-sign-in-refused")
    for account in ACCOUNTS:
        if account.role == "student":
            with studio.signed_in(account.user_name) as page:
                for summary in page.locator("summary").all():
                    summary.click()
                studio.take(page, f"02-{account.user_name}")


def pages_beside(studio: Studio) -> None:
    """The report form, the account, the questions before cancelling, an error."""
    with studio.signed_in("100001") as page:
        for name, path in (
            ("03-report", "/mlegitymacja/blad-w-danych"),
            ("03-account", "/konto"),
            ("03-not-found", "/nie-ma-takiej"),
        ):
            page.goto(f"{studio.portal}{path}")
            studio.take(page, name)
    for user_name, link in (("100005", "Anuluj zamówienie"), ("100006", "Anuluj mLegitymację")):
        with studio.signed_in(user_name) as page:
            page.get_by_role("link", name=link).click()
            studio.take(page, f"03-cancel-{user_name}")


def an_order(studio: Studio) -> None:
    """Waiting, in progress, ready beside a document, collected on the phone, cancelled."""
    studio.control(mode="down")
    with studio.signed_in("100006") as page:
        page.get_by_role("button", name="Zamów mLegitymację").click()
        studio.take(page, "04-waiting")
        expect(page.locator("#order-status")).to_contain_text("nie odpowiada", timeout=PATIENCE_MS)
        studio.take(page, "04-waiting-outage")
        studio.control(mode="ok", processing_seconds=HOUR)
        expect(page.get_by_text("Ministerstwo przygotowuje kody")).to_be_visible(timeout=PATIENCE_MS)
        studio.take(page, "04-in-progress")
        studio.control(processing_seconds=0)
        expect(page.locator("#activation-code")).to_be_visible(timeout=PATIENCE_MS)
        studio.take(page, "04-renewal-ready")


def the_phone(studio: Studio) -> None:
    """Every step from the phone's start screen to the card, the student's page afterwards, and the cancelled card."""
    with studio.signed_in("100005") as page:
        qr_payload = page.locator("#qr-payload").inner_text()
        activation_code = page.locator("#activation-code").inner_text()
        phone = page.context.new_page()
        phone.goto(f"{studio.sandbox}/telefon/1")
        studio.take(phone, "05-phone-0-start")
        steps = ("Dodaj dokument", "Legitymacja studencka", "Dalej", "Akceptuję", "Dalej")
        for number, step in enumerate(steps, 1):
            phone.get_by_role("link", name=step).click()
            studio.take(phone, f"05-phone-{number}")
        phone.get_by_label("Tekst kodu QR").fill(qr_payload)
        phone.get_by_role("button", name="Dalej").click()
        phone.get_by_label("Kod aktywacyjny").fill("nie ten")
        phone.get_by_role("button", name="Dodaj", exact=True).click()
        studio.take(phone, "05-phone-6-stale-code")
        phone.get_by_label("Kod aktywacyjny").fill(activation_code)
        phone.get_by_role("button", name="Dodaj", exact=True).click()
        phone.wait_for_url("**/karta/*")
        studio.take(phone, "05-phone-7-card")
        expect(page.get_by_text("Masz mLegitymację")).to_be_visible(timeout=PATIENCE_MS)
        studio.take(page, "06-collected")
        page.get_by_role("link", name="Anuluj mLegitymację").click()
        page.get_by_label("Mam nowy telefon").check()
        page.get_by_role("button", name="Anuluj mLegitymację").click()
        studio.take(page, "06-cancelled")


def the_operator(studio: Studio) -> None:
    """The sandbox's page for its operator."""
    with studio.opened(studio.sandbox) as page:
        studio.take(page, "07-operator")


def expired_session(studio: Studio) -> None:
    """A page that was open when its session ended elsewhere."""
    with studio.signed_in("100006") as page:
        other = page.context.new_page()
        other.goto(f"{studio.portal}/konto")
        other.get_by_role("button", name="Wyloguj", exact=True).click()
        other.close()
        expect(page.get_by_text("Sesja wygasła")).to_be_visible(timeout=PATIENCE_MS)
        studio.take(page, "08-session-ended")


def the_calendar(studio: Studio) -> None:
    """The demonstration's calendar, and a student's page and the phone on the day after the semester."""
    with studio.opened(f"{studio.portal}/demo/kalendarz") as page:
        studio.take(page, "09-calendar")
        page.get_by_role("button", name="dzień po końcu semestru").click()
        studio.take(page, "09-calendar-moved")
    with studio.signed_in("100006") as page:
        studio.take(page, "09-expired")
    with studio.opened(f"{studio.sandbox}/telefon/1") as page:
        studio.take(page, "09-phone-expired")


SCENES: tuple[Scene, ...] = (
    accounts,
    pages_beside,
    an_order,
    the_phone,
    the_operator,
    expired_session,
    the_calendar,
)


def write_index(folder: Path) -> None:
    """One page with all pictures, the four of a state in a row."""
    names = sorted({file.stem.rsplit("-", 2)[0] for file in folder.glob("*.png")})
    looks = [f"{width}-{theme}" for width in SIZES for theme in ("light", "dark")]
    sections = "\n".join(
        f"<section><h2>{name}</h2><div>"
        + "".join(f'<img src="{name}-{look}.png" alt="{name} {look}">' for look in looks)
        + "</div></section>"
        for name in names
    )
    (folder / "index.html").write_text(INDEX.format(sections=sections), encoding="utf-8")


def main(folder: Path) -> None:
    """Start a demonstration on free ports, take all pictures, stop it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as temporary,
        started(Path(temporary) / "demo", "--demo") as portal,
        sync_playwright() as playwright,
    ):
        portal.wait_until_it_serves()
        browser = playwright.chromium.launch(**launch_arguments())
        here = "http://127.0.0.1"
        studio = Studio(browser, f"{here}:{portal.port}", f"{here}:{portal.port + 1}", folder)
        for scene in SCENES:
            print(scene.__name__.replace("_", " "), flush=True)
            scene(studio)
        browser.close()
        portal.stop()
    write_index(folder)
    print(f"{len(list(folder.glob('*.png')))} pictures: {folder / 'index.html'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "screens")
