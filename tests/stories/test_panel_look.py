"""The panel's pages, with their mistakes and results, hold to what every page is held to."""

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account
from portal.models.orders import Order
from portal.services import ordering, panel_batches, panel_reports
from portal.settings import Settings
from tests.panel import codes_for, report
from tests.people import make_office
from tests.stories.looking import hold_to_everything
from tests.views.panel import BY_PANEL, PANEL, ordered, with_panel
from tests.views.uploads import let_jobs_work


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_panel(settings)


@pytest.fixture
def operator(office: Page) -> Page:
    """The office's browser once its account has the right."""
    office_id = make_office().id
    with transaction() as session:
        session.get_one(Account, office_id).panel_operator = True
    return office


def pulled(people: int = 3) -> list[str]:
    """A package of that many; answers its orders."""
    orders = [ordered() for _ in range(people)]
    panel_batches.make_package(BY_PANEL, limit=10, actor=make_office().id, at=clock.now())
    return orders


def cancel(order_id: str) -> None:
    student = db.session.get_one(Order, order_id).student_id
    ordering.cancel(order_id, student, actor="student", at=clock.now())


def test_the_page_for_who_lacks_the_right(office: Page, live: str) -> None:
    office.goto(live + PANEL)
    expect(office.get_by_role("heading", name="Nie masz prawa do obsługi panelu")).to_be_visible()
    hold_to_everything(office)


def test_the_overview_of_packages_and_one_of_them(operator: Page, live: str) -> None:
    first, *_ = pulled()
    cancel(first)
    ordered()
    operator.goto(live + PANEL)
    hold_to_everything(operator)
    operator.get_by_role("link", name="Paczka nr 1").click()
    hold_to_everything(operator)
    operator.get_by_role("link", name="Wycofaj paczkę").click()
    hold_to_everything(operator)


def test_withdrawals(operator: Page, live: str) -> None:
    first, *_ = pulled()
    cancel(first)
    operator.goto(f"{live}{PANEL}/odwolania")
    hold_to_everything(operator)
    operator.get_by_role("checkbox").last.check()
    operator.get_by_role("button", name="Odhacz").click()
    expect(operator.get_by_text("Odhaczono 1 odwołanie.")).to_be_visible()


def test_a_report_from_the_form_to_its_end(operator: Page, live: str) -> None:
    pulled()
    operator.goto(f"{live}{PANEL}/raport")
    hold_to_everything(operator)
    rows = []
    for number in (1, 2, 9):
        qr, code = codes_for(f"P1-00{number}")
        rows.append({"Nr zamówienia": f"P1-00{number}", "Kod QR": qr, "Kod aktywacyjny": code})
    file = {"name": "raport.csv", "mimeType": "text/csv", "buffer": report(rows)}
    operator.get_by_label("Plik CSV albo XLSX").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    operator.get_by_role("button", name="Sprawdź raport").click()
    let_jobs_work()
    expect(operator.get_by_role("heading", name="Co zrobi raport")).to_be_visible()
    hold_to_everything(operator)
    operator.get_by_role("button", name="Zapisz wiersze: 2").click()
    let_jobs_work()
    expect(operator.get_by_role("heading", name="Raport wczytany")).to_be_visible()
    hold_to_everything(operator)


def test_codes_one_by_one_with_a_mistake_and_without(operator: Page, live: str) -> None:
    pulled()
    qr, code = codes_for("P1-001")
    operator.goto(f"{live}{PANEL}/kody")
    hold_to_everything(operator)
    operator.locator("#number").fill("P1-001")
    operator.locator("#qr_payload").fill(qr)
    operator.get_by_role("button", name="Zapisz kody").click()
    expect(operator.locator("#problem")).to_have_text("Brak kodu aktywacyjnego.")
    hold_to_everything(operator)
    operator.locator("#activation_code").fill(code)
    operator.get_by_role("button", name="Zapisz kody").click()
    expect(operator.locator(".scanned")).to_have_count(1)
    hold_to_everything(operator)


def test_codes_corrected_after_a_question(operator: Page, live: str) -> None:
    pulled()
    qr, code = codes_for("P1-001")
    wrong = panel_reports.row_called("P1-001", qr_payload="wrong", activation_code="aB1$")
    panel_reports.enter_codes(wrong, BY_PANEL, actor=make_office().id, at=clock.now())
    operator.goto(f"{live}{PANEL}/kody")
    for field, typed in (("number", "P1-001"), ("qr_payload", qr), ("activation_code", code)):
        operator.locator(f"#{field}").fill(typed)
    operator.get_by_role("button", name="Zapisz kody").click()
    expect(operator.locator("#problem")).to_contain_text("Zastąpić kody?")
    hold_to_everything(operator)
    operator.get_by_role("button", name="Popraw kody").click()
    expect(operator.get_by_text("kody zastąpione")).to_be_visible()
    hold_to_everything(operator)
