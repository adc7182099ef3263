"""The office's pages of acts, with their questions, refusals and results, hold to what every page is held to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.data_reports import DataReportKind
from portal.models.orders import Attention
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services import data_reports
from portal.services.bulk_extensions import apply_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.texts.office import SLUGS
from tests.people import POLICY, make_office, make_student
from tests.stories.looking import hold_to_everything
from tests.stories.states import ordered

Open = Callable[[str], None]
EXTENDING = "/dziekanat/przedluzanie"


@pytest.fixture
def open_page(office: Page, live: str) -> Open:
    """Opens a path in the office's browser."""

    def at(path: str) -> None:
        office.goto(f"{live}{path}")

    return at


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).first.click()


def group_of_three() -> None:
    """One to extend, one extended already, one who may not be."""
    make_student(surname="Do Przedłużenia", extended_until=None)
    make_student(surname="Przedłużona")
    owing = make_student(surname="Zawieszona", extended_until=None)
    with transaction() as session:
        session.get_one(Student, owing.id).enrolments[0].status = EnrolmentStatus.SUSPENDED


def batch_with_a_document() -> str:
    """A bulk extension one of whose students has collected a document since."""
    students = [make_student(extended_until=None) for _ in range(3)]
    wish = ExtensionRequest.same_date([one.id for one in students], proposed_until(clock.today(), POLICY))
    fingerprint = preview_extension(wish, POLICY, at=clock.now()).fingerprint
    done = apply_extension(wish, fingerprint, POLICY, actor=make_office().id, at=clock.now())
    ordered(students[0], OrderStatus.COLLECTED, collected_at=clock.now())
    return str(done.batch_id)


def test_the_counter_with_cards_of_every_outcome_and_an_undo_that_asks(office: Page, open_page: Open) -> None:
    for unclear in ("123", "00123"):
        make_student(album_number=unclear, extended_until=None)
    albums = [make_student(extended_until=None).album_number, make_student().album_number, "000000", "0123"]
    open_page(EXTENDING)
    for album in albums:
        office.locator("#number").fill(str(album))
        office.keyboard.press("Enter")
    expect(office.locator("li.scanned.unknown, li.scanned.already, li.scanned.extended")).to_have_count(4)
    hold_to_everything(office)
    office.set_viewport_size({"width": 1280, "height": 800})
    office.get_by_role("link", name="Cofnij").first.click()
    expect(office.get_by_label("Powód cofnięcia")).to_be_focused()
    hold_to_everything(office)


def test_a_list_from_filter_to_batch(office: Page, open_page: Open) -> None:
    group_of_three()
    open_page(f"{EXTENDING}/lista")
    press(office, "Przedłuż zaznaczonych")
    expect(office.get_by_role("alert")).to_be_visible()
    hold_to_everything(office)
    press(office, "Przedłuż wszystkich pasujących")
    expect(office.get_by_role("heading", level=1)).to_have_text("Co się stanie po przedłużeniu")
    hold_to_everything(office)
    press(office, "Przedłuż 1 osobę")
    expect(office.get_by_role("heading", name="Partia przedłużona")).to_be_visible()
    hold_to_everything(office)
    open_page(f"{EXTENDING}/lista/druk")
    hold_to_everything(office)


def test_a_file_from_form_to_dry_run(office: Page, open_page: Open) -> None:
    group_of_three()
    numbers = db.session.scalars(select(Student.album_number)).all()
    content = "\n".join(["nr albumu;data", *(f"{one};" for one in numbers), "000000;", ";jutro"]).encode()
    open_page(f"{EXTENDING}/plik")
    hold_to_everything(office)
    for sent in (b"", content):
        office.set_input_files("#plik", {"name": "lista.csv", "mimeType": "text/csv", "buffer": sent})
        press(office, "Sprawdź plik")
        expect(office.get_by_role("alert" if not sent else "table").first).to_be_visible()
        hold_to_everything(office)


def test_a_batch_its_paper_its_undo_and_what_is_left_of_it(office: Page, open_page: Open) -> None:
    batch = f"{EXTENDING}/partie/{batch_with_a_document()}"
    for path in (f"{EXTENDING}/partie", batch, f"{batch}/druk", f"{batch}/cofnij"):
        open_page(path)
        hold_to_everything(office)
    office.get_by_label("Powód cofnięcia").fill(" ")
    press(office, "Cofnij całą partię")
    expect(office.get_by_role("alert")).to_be_visible()
    hold_to_everything(office)
    office.get_by_label("Powód cofnięcia").fill("nie ta lista")
    press(office, "Cofnij całą partię")
    expect(office.get_by_role("heading", name="Partia cofnięta")).to_be_visible()
    hold_to_everything(office)


@pytest.mark.parametrize("slug", SLUGS.values())
def test_every_list_with_somebody_on_it(office: Page, open_page: Open, slug: str) -> None:
    long_ago = clock.now() - timedelta(days=2)
    document = make_student()
    ordered(document, OrderStatus.COLLECTED, collected_at=long_ago)
    with transaction() as session:
        undone = session.scalars(select(CardExtension).where(CardExtension.student_id == document.id)).one()
        undone.undone_at, undone.undone_by, undone.undo_reason = clock.now(), make_office().id, "pomyłka"
    ordered(make_student(), OrderStatus.IN_PROGRESS, attention=Attention.LOST_AT_MINISTRY, placed_at=long_ago)
    ordered(make_student(), OrderStatus.WAITING, at_ministry=AtMinistry.UNCERTAIN, placed_at=long_ago)
    ordered(make_student(), OrderStatus.CANCELLED, end_reason=EndReason.STUDENT_CANCELLED, due_at=long_ago)
    refused = {"end_reason": EndReason.MINISTRY_REFUSED, "refusal_code": "photo_rejected"}
    ordered(make_student(), OrderStatus.ERROR, at_ministry=AtMinistry.GONE, **refused)
    ordered(make_student(), OrderStatus.READY, codes_expire_at=clock.now() + timedelta(days=1))

    open_page(f"/dziekanat/listy/{slug}")

    hold_to_everything(office)


def test_a_change_of_status_that_ends_an_order_asks_first(office: Page, open_page: Open) -> None:
    student = make_student()
    ordered(student, OrderStatus.COLLECTED, collected_at=clock.now())
    enrolment = db.session.scalars(select(Enrolment.id).where(Enrolment.student_id == student.id)).one()
    open_page(f"/dziekanat/studia/{enrolment}/status")
    hold_to_everything(office)
    office.get_by_label("Stan studiów").select_option("removed")
    press(office, "Zapisz")
    expect(office.get_by_role("alert")).to_be_visible()
    hold_to_everything(office)


def test_questions_about_orders_and_answers_that_come_too_late(office: Page, open_page: Open) -> None:
    document = ordered(make_student(), OrderStatus.COLLECTED, collected_at=clock.now())
    over = ordered(make_student(), OrderStatus.CANCELLED, end_reason=EndReason.STUDENT_CANCELLED)
    for path in (f"{document}/zostaw", f"{document}/wyjasnij", f"{over}/uniewaznij"):
        open_page(f"/dziekanat/zamowienia/{path}")
        hold_to_everything(office)


def test_an_odd_date_that_is_refused_keeps_the_form_and_says_why(office: Page, open_page: Open) -> None:
    student = make_student()
    extension = db.session.scalars(select(CardExtension)).one()
    odd = str(extension.until + timedelta(days=9))
    for path, button in (
        (f"/dziekanat/przedluzenia/{extension.id}/zmien-date", "Zmień datę"),
        (f"/dziekanat/studenci/{student.album_number}", "Przedłuż"),
    ):
        open_page(path)
        for summary in office.locator("#extend-further > summary").all():
            summary.click()
        office.locator("main input[name=do]").fill(odd)
        press(office, button)
        expect(office.get_by_role("alert")).to_contain_text("podstawy prawnej")
        hold_to_everything(office)


def test_a_report_from_the_office_s_side_before_and_after_its_answer(office: Page, open_page: Open) -> None:
    student = make_student()
    data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())
    open_page(f"/dziekanat/studenci/{student.album_number}")
    hold_to_everything(office)
    office.get_by_label("Odpowiedź dla studenta").fill("Poprawione.")
    press(office, "Załatwione")
    expect(office.get_by_text("Załatwione zgłoszenia")).to_be_visible()
    hold_to_everything(office)
