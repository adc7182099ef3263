"""Pages for files, photos, slips and passwords: axe-core finds nothing, they fit small screens and fingers."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from playwright.sync_api import Page, expect

from portal import clock
from portal.database import transaction
from portal.models.accounts import Account
from portal.services import photos
from portal.services.passwords import NOTHING_FITS
from portal.services.photo_files import make_card_photo
from portal.services.slips import issue_slips
from tests.people import PASSWORD, POLICY, account_of, make_office, make_student, pesel_of
from tests.pictures import picture
from tests.stories.looking import hold_to_everything
from tests.views.uploads import let_jobs_work

Visit = Callable[..., Page]
HEADER = "Nr albumu;PESEL;Imiona;Nazwisko;Wydział;Kierunek;Stopień;Rok;Status;Nie wiadomo co"
STUDIES = "Wydział Sztuk;Malarstwo;I stopień;2;aktywny;x"
BORN = date(1871, 3, 5)


@pytest.fixture
def visit(app: Flask, database: SQLAlchemy, live: str, page: Page) -> Visit:
    """Sign somebody in and open a path."""

    def open_page(account: Account, path: str, password: str = PASSWORD) -> Page:
        page.goto(f"{live}/logowanie")
        page.get_by_label("Nazwa użytkownika").fill(account.user_name)
        page.get_by_label("Hasło").fill(password)
        page.get_by_role("button", name="Zaloguj się", exact=True).click()
        expect(page.get_by_role("button", name="Wyloguj", exact=True)).to_be_visible()
        page.goto(f"{live}{path}")
        return page

    return open_page


def hand_in() -> Account:
    student = make_student()
    account = account_of(student)
    photo = make_card_photo(picture(colour="red"), POLICY)
    photos.submit(student.id, photo, actor=account.id, at=clock.now())
    return account


def newcomer() -> None:
    account_id = account_of(make_student()).id
    with transaction() as session:
        session.get_one(Account, account_id).password_hash = NOTHING_FITS


def test_an_import_from_form_to_end(visit: Visit) -> None:
    make_student(surname="Brakująca")
    rows = [f"{800000 + n};{pesel_of(BORN, n) if n > 1 else '1'};Ewa;Żółć;{STUDIES}" for n in range(1, 60)]
    content = "\n".join([HEADER, *rows]).encode()
    page = visit(make_office(), "/dziekanat/import")
    hold_to_everything(page)

    page.set_input_files("#file", {"name": "spis.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_label("To pełny spis studentów").check()
    page.get_by_role("button", name="Sprawdź plik").click()
    expect(page.get_by_text("Sprawdzam plik…")).to_be_visible()
    hold_to_everything(page)
    let_jobs_work()
    expect(page.get_by_role("heading", name="Co zmieni plik")).to_be_visible()
    hold_to_everything(page)
    page.get_by_role("link", name="Nowe (58)").click()
    page.get_by_role("link", name="Następna").click()
    hold_to_everything(page)

    page.get_by_label("1 studenta nie ma w pliku").fill("1")
    page.get_by_role("button", name="Zapisz zmiany").click()
    expect(page.get_by_text("Zapisuję zmiany…")).to_be_visible()
    let_jobs_work()
    expect(page.get_by_role("heading", name="Import zapisany")).to_be_visible()
    hold_to_everything(page)
    page.get_by_role("link", name="Następny plik").click()
    hold_to_everything(page)


def test_a_file_that_is_no_register(visit: Visit) -> None:
    page = visit(make_office(), "/dziekanat/import")
    page.set_input_files(
        "#file", {"name": "spis.csv", "mimeType": "text/csv", "buffer": b"Matrikel;Imiona\n1;Ewa"}
    )
    page.get_by_role("button", name="Sprawdź plik").click()
    let_jobs_work()
    expect(page.get_by_text("Tego pliku nie da się użyć")).to_be_visible()
    hold_to_everything(page)


def test_slips(visit: Visit) -> None:
    for _ in range(4):
        newcomer()
    page = visit(make_office(), "/dziekanat/import/hasla")
    hold_to_everything(page)
    page.get_by_role("button", name="Pokaż kartki").click()
    expect(page.get_by_role("heading", name="Kartki z hasłami: 4")).to_be_visible()
    hold_to_everything(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Drukuj")).to_be_hidden()
    expect(page.locator(".slips")).to_be_visible()


def test_choosing_a_password(visit: Visit) -> None:
    account = account_of(make_student())
    (slip,) = issue_slips([account.id], at=clock.real_now(), actor=make_office().id)
    page = visit(account, "/", slip.password)
    expect(page.get_by_role("heading", name="Ustal swoje hasło")).to_be_visible()
    hold_to_everything(page)


def test_the_queue_by_enter_alone(visit: Visit) -> None:
    for _ in range(3):
        hand_in()
    page = visit(make_office(), "/dziekanat/zdjecia")
    hold_to_everything(page)
    page.reload()
    accept = page.get_by_role("button", name="Przyjmij")

    for left in ("Czekające zdjęcia: 2.", "Czeka 1 zdjęcie."):
        expect(accept).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text(left)).to_be_visible()
        expect(page.get_by_text("Zdjęcie przyjęte.")).to_be_visible()
    hold_to_everything(page)
    accept.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Żadne zdjęcie nie czeka")).to_be_visible()
    hold_to_everything(page)


def test_a_photo_that_is_sent_back_without_a_reason_asks_for_one_in_place(visit: Visit) -> None:
    hand_in()
    page = visit(make_office(), "/dziekanat/zdjecia")
    page.get_by_role("button", name="Odeślij").click()
    expect(page.get_by_text("Wybierz powód albo napisz")).to_be_visible()
    expect(page.get_by_label("Powód, który przeczyta student")).to_be_focused()
    hold_to_everything(page)


@pytest.mark.parametrize("by_office", [True, False])
def test_the_crop_frame(visit: Visit, by_office: bool) -> None:
    student = make_student()
    account = make_office() if by_office else account_of(student)
    path = f"/dziekanat/zdjecia/student/{student.id}/nowe" if by_office else "/mlegitymacja/zdjecie"
    page = visit(account, path)
    page.get_by_text("Kadr podany liczbami").click()
    hold_to_everything(page)
    page.set_input_files("#photo", {"name": "ja.jpg", "mimeType": "image/jpeg", "buffer": picture(900, 700)})
    expect(page.get_by_role("button", name="Ramka kadru")).to_be_visible()
    hold_to_everything(page)


def test_a_student_s_photo_in_every_state(visit: Visit) -> None:
    account = hand_in()
    page = visit(account, "/mlegitymacja/zdjecie")
    hold_to_everything(page)
    (waiting,) = photos.waiting_photos()
    photos.send_back(waiting.id, "Za ciemne.", actor=make_office().id, at=clock.now())
    page.reload()
    expect(page.get_by_text("Za ciemne.")).to_be_visible()
    hold_to_everything(page)


def test_an_archive_from_form_to_end(visit: Visit) -> None:
    student = make_student()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{student.album_number}.jpg", picture(colour="red"))
        archive.writestr("000000.jpg", picture())
        archive.writestr("opis.txt", b"to nie jest zdjecie")
    page = visit(make_office(), "/dziekanat/zdjecia/archiwum")
    hold_to_everything(page)

    page.set_input_files(
        "#file", {"name": "zdjecia.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name="Sprawdź archiwum").click()
    expect(page.get_by_text("Sprawdzam plik…")).to_be_visible()
    let_jobs_work()
    expect(page.get_by_role("heading", name="Co zmieni archiwum")).to_be_visible()
    hold_to_everything(page)
    page.get_by_role("button", name="Zapisz 1 zdjęcie").click()
    let_jobs_work()
    expect(page.get_by_role("heading", name="Zdjęcia zapisane")).to_be_visible()
    hold_to_everything(page)


def test_a_new_slip_for_who_has_a_password(visit: Visit) -> None:
    student = make_student()
    account_of(student)
    page = visit(make_office(), "/dziekanat/import/hasla")
    page.get_by_label("Numer albumu", exact=True).fill("000000")
    page.get_by_role("button", name="Pokaż kartkę").click()
    expect(page.get_by_role("alert")).to_be_visible()
    hold_to_everything(page)
    page.get_by_label("Numer albumu", exact=True).fill(str(student.album_number))
    page.get_by_role("button", name="Pokaż kartkę").click()
    expect(page.get_by_role("heading", name="Wydać nowe hasło?")).to_be_visible()
    hold_to_everything(page)
