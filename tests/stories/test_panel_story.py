"""The ministry's panel by hand: a package carried there and its report back, and codes one by one by keyboard alone."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import launch_arguments
from tests.launcher.running import started
from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

PANEL = "/dziekanat/panel"


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A demonstration whose office works in the panel."""
    launch_arguments()
    instance: Path = tmp_path_factory.mktemp("panel") / "demo"
    with started(instance, "--demo", PORTAL_MINISTRY__CONNECTOR="panel") as portal:
        portal.wait_until_it_serves()
        yield Demonstration(portal)
        assert portal.stop() in {0, 130}


def press(page: Page, role: str, name: str) -> None:
    """Reach a button or link and press Enter on it, without the mouse."""
    one = page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # a role's name
    one.focus()
    page.keyboard.press("Enter")


def order(page: Page, user_name: str) -> None:
    sign_in(page, user_name)
    press(page, "button", "Zamów mLegitymację")
    expect(page.get_by_text("Dziekanat przekaże je do ministerstwa")).to_be_visible()


def open_panel(page: Page) -> None:
    sign_in(page, "dziekanat")
    page.wait_for_url("**/dziekanat")
    press(page, "link", "Panel")
    expect(page.get_by_role("heading", name="Zamówienia do przekazania")).to_be_visible()


def carried_package(page: Page, demonstration: Demonstration, folder: Path) -> Path:
    """Pull a package, take it to the imitated panel, and bring its report back as a file."""
    press(page, "button", "Pobierz paczkę")
    expect(page.get_by_role("heading", name="Paczka nr")).to_be_visible()
    with page.expect_download() as download:
        press(page, "button", "Pobierz pliki")
    package = folder / download.value.suggested_filename
    download.value.save_as(package)
    page.goto(f"{demonstration.ministry_url}/panel")
    page.get_by_label("Plik ZIP pobrany z portalu").set_input_files(package)
    press(page, "button", "Wgraj paczkę")
    with page.expect_download() as download:
        press(page, "link", "Pobierz raport z paczki")
    report = folder / download.value.suggested_filename
    download.value.save_as(report)
    page.goto(demonstration.url + PANEL)
    return report


def codes_in(report: Path) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(report.read_text("utf-8-sig")), delimiter=";")
    return row


def test_a_package_goes_out_and_its_report_brings_codes_that_work_on_the_phone(
    visitor: Page, another: Page, demonstration: Demonstration, tmp_path: Path
) -> None:
    order(visitor, "100001")
    open_panel(another)
    report = carried_package(another, demonstration, tmp_path)
    expect(visitor.get_by_text("Dziekanat przekazał Twoje zamówienie")).to_be_visible(timeout=PATIENCE_MS)

    press(another, "link", "Wczytaj raport z kodami")
    another.get_by_label("Plik CSV albo XLSX").set_input_files(report)
    press(another, "button", "Sprawdź raport")
    expect(another.get_by_role("heading", name="Co zrobi raport")).to_be_visible(timeout=PATIENCE_MS)
    press(another, "button", "Zapisz 1 wiersz")
    expect(another.get_by_role("heading", name="Raport wczytany")).to_be_visible(timeout=PATIENCE_MS)

    codes = codes_in(report)
    expect(visitor.get_by_text(codes["Kod QR"]).first).to_be_visible(timeout=PATIENCE_MS)
    status, _card = demonstration.ministry(
        "POST",
        "/redeem",
        {"qr_payload": codes["Kod QR"], "activation_code": codes["Kod aktywacyjny"], "phone": "1"},
    )
    assert status == 200
    press(visitor, "link", "Potwierdź odbiór")
    press(visitor, "button", "Tak, mam ją w telefonie")
    expect(visitor.get_by_text("Odebrana").first).to_be_visible(timeout=PATIENCE_MS)


def test_codes_are_scanned_and_typed_without_the_mouse(
    visitor: Page, another: Page, demonstration: Demonstration, tmp_path: Path
) -> None:
    order(visitor, "100006")
    open_panel(another)
    codes = codes_in(carried_package(another, demonstration, tmp_path))
    press(another, "link", "Wpisz kody po jednym")
    number, qr = another.locator("#number"), another.locator("#qr_payload")
    code = another.locator("#activation_code")
    expect(number).to_be_focused()
    another.wait_for_load_state()  # before the script came Enter would send the form as it stands

    another.keyboard.type(codes["Nr zamówienia"].lower())
    another.keyboard.press("Enter")
    expect(qr).to_be_focused()
    expect(another.locator("#panel-person b")).to_have_text("Amelia Róża Szuwarska")
    another.keyboard.press("Tab")
    another.keyboard.type(codes["Kod aktywacyjny"])
    another.keyboard.press("Enter")
    expect(another.locator("#problem")).to_have_text("Brak kodu QR.")
    expect(qr).to_be_focused()
    expect(code).to_have_value(codes["Kod aktywacyjny"])

    another.keyboard.type(codes["Kod QR"])
    another.keyboard.press("Enter")
    expect(another.get_by_text("kody zapisane.")).to_be_visible()
    expect(another.locator(".scanned")).to_have_count(1)
    expect(number).to_be_focused()
    expect(number).to_have_value("")

    for typed in (codes["Nr zamówienia"], codes["Kod QR"], codes["Kod aktywacyjny"]):
        another.keyboard.type(typed)
        another.keyboard.press("Enter")
    expect(another.get_by_text("te kody są już wpisane.")).to_be_visible()
    expect(another.locator(".scanned")).to_have_count(1)
    expect(visitor.get_by_text(codes["Kod QR"]).first).to_be_visible(timeout=PATIENCE_MS)
