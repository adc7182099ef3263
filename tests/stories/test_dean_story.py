"""A day in the dean's office: a register from a file, a faculty by list, numbers from a file, a mistake, a removal."""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from portal import clock
from tests.people import pesel_of
from tests.stories.conftest import PATIENCE_MS, Demonstration, sign_in

STUDENTS = 300
BORN = date(1869, 9, 14)
FACULTY = "Wydział Nowych Spraw"
HEADER = "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Grupa;Status"


def far_away() -> str:
    """A semester's end until which nobody is extended yet."""
    return f"{clock.today().year + 2}-10-31"


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach `target` as somebody without a mouse does, and press a key on it."""
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press(key)


def as_office(page: Page) -> None:
    sign_in(page, "dziekanat")
    page.wait_for_url("**/dziekanat")


def register_file(folder: Path) -> Path:
    rows = [
        f"{500000 + n};{pesel_of(BORN, 5000 + n)};Zenona;Nowa{chr(97 + n % 26)}{chr(97 + n // 26)};{FACULTY};"
        f"Sprawoznawstwo;I stopień;1;S-1;aktywny"
        for n in range(STUDENTS)
    ]
    file = folder / "register.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="cp1250")
    return file


def test_three_hundred_students_come_in_from_a_file(
    visitor: Page, demonstration: Demonstration, tmp_path: Path
) -> None:
    as_office(visitor)
    visitor.goto("/dziekanat/import")
    visitor.get_by_label("Plik CSV albo XLSX").set_input_files(register_file(tmp_path))
    press(visitor, visitor.get_by_role("button", name="Sprawdź plik"))

    apply = visitor.get_by_role("button", name="Zapisz zmiany")
    expect(apply).to_be_visible(timeout=PATIENCE_MS)
    expect(visitor.locator("main")).to_contain_text(str(STUDENTS))
    press(visitor, apply)
    expect(visitor.get_by_role("link", name=re.compile("Wydrukuj hasła nowych studentów"))).to_be_visible(
        timeout=PATIENCE_MS
    )


def test_a_faculty_is_extended_by_list_and_a_mistaken_batch_undone_without_the_mouse(
    visitor: Page, demonstration: Demonstration
) -> None:
    as_office(visitor)
    visitor.goto(f"/dziekanat/przedluzanie/lista?do={far_away()}")
    faculty = visitor.get_by_label("Wydział", exact=True)
    faculty.focus()
    visitor.keyboard.press("End")
    expect(faculty).to_have_value(re.compile("Prawa"))
    press(visitor, visitor.get_by_role("button", name="Pokaż"))
    everybody = visitor.get_by_role("button", name=re.compile("Przedłuż wszystkich pasujących"))
    press(visitor, everybody)
    press(visitor, visitor.get_by_role("button", name=re.compile(r"^Przedłuż (osoby|\d)")))

    undo = visitor.get_by_role("link", name=re.compile("Cofnij całą partię"))
    press(visitor, undo)
    reason = visitor.get_by_label("Powód cofnięcia")
    reason.focus()
    visitor.keyboard.type("zły wydział")
    press(visitor, visitor.get_by_role("button", name=re.compile("Cofnij")))
    expect(visitor.locator("main")).to_contain_text("zły wydział")


def test_a_file_of_numbers_extends_those_it_names(
    visitor: Page, demonstration: Demonstration, tmp_path: Path
) -> None:
    as_office(visitor)
    file = tmp_path / "numbers.csv"
    file.write_text("Nr albumu\n100001\n100006\n999999\n", encoding="utf-8")
    visitor.goto(f"/dziekanat/przedluzanie/plik?do={far_away()}")
    visitor.get_by_label("Plik CSV albo XLSX").set_input_files(file)
    press(visitor, visitor.get_by_role("button", name="Sprawdź plik"))
    expect(visitor.locator("main")).to_contain_text("999999")
    press(visitor, visitor.get_by_role("button", name=re.compile(r"^Przedłuż (osoby|\d)")))

    expect(visitor.get_by_role("link", name=re.compile("Cofnij całą partię"))).to_be_visible()


def test_a_removed_students_card_is_revoked_and_gone_from_the_ledger(
    visitor: Page, demonstration: Demonstration
) -> None:
    def live() -> bool:
        cards = demonstration.ministry("GET", "/ledger")[1]["cards"]
        return any(one["live"] for one in cards if one["album_number"] == "100006")

    assert live()
    as_office(visitor)
    visitor.goto("/dziekanat/studenci/100006")
    press(visitor, visitor.get_by_role("link", name="Zmień stan"))
    status = visitor.get_by_label("Stan studiów")
    status.focus()
    visitor.keyboard.type("skre")
    press(visitor, visitor.get_by_role("button", name="Zapisz"))
    press(visitor, visitor.get_by_role("button", name="Zapisz i unieważnij"))
    expect(visitor.locator("main")).to_contain_text("Unieważnione przez uczelnię")

    for _ in range(60):
        if not live():
            break
        visitor.wait_for_timeout(500)
    assert not live()
