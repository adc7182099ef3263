"""The counter: scans, double scans, blockers, and taking one back."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal import clock, texts
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension, ElsCard
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services.ordering import place_order
from tests.browser import CheckedClient
from tests.people import POLICY, make_office, make_student

SignIn = Callable[..., CheckedClient]
COUNTER = "/dziekanat/przedluzanie"
SCAN = f"{COUNTER}/skan"


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The dean's office, signed in."""
    return sign_in(make_office())


def until() -> date:
    return proposed_until(clock.today(), POLICY)


def opened(client: CheckedClient, query: str = "") -> TestResponse:
    """The counter, freshly opened."""
    answer = client.get(COUNTER + query)
    assert answer.status_code == 302
    return client.get(str(answer.location))


def scanned(client: CheckedClient, screen: TestResponse, number: str | None) -> TestResponse:
    """A scan as the page sends it with JavaScript: a row comes back."""
    return client.post_form(screen, SCAN, htmx=True, number=number or "")


def outcome(client: CheckedClient) -> str | None:
    return client.checked_page.get("data-outcome")


def extensions() -> int:
    return db.session.scalar(select(func.count()).select_from(CardExtension)) or 0


def unextended(**kept: Any) -> Student:
    return make_student(extended_until=None, **kept)


def undo_path(client: CheckedClient) -> str:
    """Where „Cofnij” of the row that was answered last leads, without its query."""
    links = [link.get("href") or "" for link in client.checked_page.all("a")]
    return next(link.partition("?")[0] for link in links if "/cofnij" in link)


def link_named(client: CheckedClient, words: str) -> str:
    """Where a link of the row that was answered last leads in place."""
    found = next(link for link in client.checked_page.all("a") if words in link.text)
    return found.get("data-hx-get") or ""


def collected_order(student: Student) -> str:
    order_id: str = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = OrderStatus.COLLECTED, AtMinistry.PRESENT
        order.collected_at = clock.now()
    return order_id


def status_of(order_id: str) -> OrderStatus:
    return db.session.get_one(Order, order_id, populate_existing=True).status


def test_a_scan_extends_until_the_proposed_date_and_shows_whose_card_it_was(office: CheckedClient) -> None:
    student = unextended(surname="Okienna")

    answer = scanned(office, opened(office), student.album_number)

    assert (answer.status_code, outcome(office)) == (200, "extended")
    assert f"Przedłużona do {texts.day(until())}" in answer.text
    assert "Wanda Okienna" in answer.text
    assert "Przykładoznawstwo" in answer.text
    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.student_id, kept.until, kept.legal_basis) == (student.id, until(), None)


def test_the_number_on_the_card_serves_as_well(office: CheckedClient) -> None:
    student = unextended()

    scanned(office, opened(office), f"els {int(student.album_number or 0) - 700000:06}")

    assert outcome(office) == "extended"


def test_a_second_scan_changes_nothing_and_says_when_the_first_was(office: CheckedClient) -> None:
    student = unextended()
    screen = opened(office)
    scanned(office, screen, student.album_number)

    second = scanned(office, screen, student.album_number)

    assert outcome(office) == "already"
    assert re.search(r"Już przedłużona dziś o \d\d:\d\d", second.text)
    assert extensions() == 1


def test_a_card_valid_since_its_issue_is_not_said_to_be_extended(office: CheckedClient) -> None:
    student = unextended(first_valid_until=until())

    answer = scanned(office, opened(office), student.album_number)

    assert outcome(office) == "already"
    assert "od wydania" in answer.text
    assert "/cofnij" not in answer.text


def test_a_blocker_is_said_in_words_and_nothing_is_written(office: CheckedClient) -> None:
    student = unextended(status=EnrolmentStatus.REMOVED)

    answer = scanned(office, opened(office), student.album_number)

    assert outcome(office) == "refused"
    assert "nie ma teraz studiów" in answer.text
    assert extensions() == 0


@pytest.mark.parametrize(("number", "words"), [("999999", "Nikt nie ma tego numeru"), ("", "Zeskanuj kartę")])
def test_a_number_of_nobody_is_told_with_what_to_do(office: CheckedClient, number: str, words: str) -> None:
    answer = scanned(office, opened(office), number)

    assert outcome(office) == "unknown"
    assert words in answer.text


def test_a_number_that_could_mean_several_offers_each_of_them(office: CheckedClient) -> None:
    unextended(album_number="123", surname="Krótka")
    unextended(album_number="00123", surname="Długa")

    answer = scanned(office, opened(office), "0123")

    assert "Ten numer pasuje do kilku osób" in answer.text
    links = [(link.get("href"), link.text) for link in office.checked_page.all("a")]
    assert links == [
        ("/dziekanat/studenci/00123", "Wanda Długa"),
        ("/dziekanat/studenci/123", "Wanda Krótka"),
    ]
    assert extensions() == 0


def test_without_javascript_the_page_comes_back_with_the_row_on_top_and_the_count(
    office: CheckedClient,
) -> None:
    students = [unextended(surname=name) for name in ("Pierwsza", "Druga")]
    screen = opened(office)
    for student in students:
        answer = office.post_form(screen, SCAN, number=student.album_number)
        assert answer.status_code == 303
        screen = office.get(str(answer.location))

    rows = [row for row in office.checked_page.all("li") if row.get("data-outcome") == "extended"]
    assert ["Druga" in row.text for row in rows] == [True, False]
    assert next(office.checked_page.all("output")).text.strip() == "2"
    field = next(one for one in office.checked_page.all("input") if one.get("id") == "number")
    assert "autofocus" in field.attributes
    assert field.get("value") is None


def test_without_javascript_a_blocker_stands_on_top_too(office: CheckedClient) -> None:
    student = unextended(card=False)

    answer = office.post_form(opened(office), SCAN, number=student.album_number)

    assert answer.status_code == 422
    assert "nie ma ważnej plastikowej ELS" in answer.text


def test_a_screen_counts_only_what_was_extended_on_it(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    with transaction() as session:
        session.execute(update(CardExtension).values(extended_at=clock.now() - timedelta(minutes=1)))

    opened(office)

    assert next(office.checked_page.all("output")).text.strip() == "0"


def test_yesterdays_screen_begins_anew(office: CheckedClient) -> None:
    yesterday = int((clock.now() - timedelta(days=1)).timestamp())

    answer = office.get(f"{COUNTER}?od={yesterday}&do={until()}")

    assert answer.status_code == 302
    assert f"od={yesterday}" not in answer.location
    assert f"do={until()}" in answer.location


def test_an_odd_date_needs_its_legal_basis_and_records_it(office: CheckedClient) -> None:
    odd = clock.today() + timedelta(days=20)
    student = unextended()

    without = opened(office, f"?do={odd}")
    assert without.status_code == 422
    assert "wymaga podstawy prawnej" in without.text
    scanned(office, without, student.album_number)
    assert (outcome(office), extensions()) == ("refused", 0)

    chosen = office.post_form(opened(office), COUNTER, do=str(odd), podstawa="Ustawa o X")
    assert "Ustawa" not in str(chosen.location)
    scanned(office, office.get(str(chosen.location)), student.album_number)

    assert outcome(office) == "extended"
    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.until, kept.legal_basis) == (odd, "Ustawa o X")


@pytest.mark.parametrize("typed", ["wkrótce", "2020-03-31"])
def test_a_date_that_cannot_be_used_is_refused_with_what_was_typed(office: CheckedClient, typed: str) -> None:
    screen = opened(office, f"?do={typed}")

    assert screen.status_code == 422
    field = next(one for one in office.checked_page.all("input") if one.get("name") == "do" and one.get("id"))
    assert field.get("value") == typed


def test_an_undo_asks_for_a_reason_and_leaves_the_row_with_it(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    path = undo_path(office)

    asked = office.htmx(path)
    refused = office.post_form(asked, path, htmx=True, powod=" ")
    assert refused.status_code == 422
    assert "Wpisz powód" in refused.text
    office.post_form(refused, path, htmx=True, powod="nie ta osoba")

    assert outcome(office) == "undone"
    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.undo_reason, kept.undone_by) == ("nie ta osoba", make_office().id)


def test_a_scan_into_the_field_of_the_reason_undoes_nothing(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    path = undo_path(office)

    answer = office.post_form(office.htmx(path), path, htmx=True, powod="0012345")

    assert (answer.status_code, "numer karty" in answer.text) == (422, True)
    assert db.session.scalars(select(CardExtension.undone_at)).one() is None


def test_an_undo_counts_orders_and_takes_documents_only_when_ticked(office: CheckedClient) -> None:
    student = unextended()
    scanned(office, opened(office), student.album_number)
    path = undo_path(office)
    order_id = collected_order(student)
    asked = office.htmx(path)

    assert "Odebrana: 1" in asked.text
    office.post_form(asked, path, htmx=True, powod="pomyłka", odebrane="1")

    assert status_of(order_id) is OrderStatus.REVOKED


def test_an_undo_without_the_tick_leaves_the_document(office: CheckedClient) -> None:
    student = unextended()
    scanned(office, opened(office), student.album_number)
    path = undo_path(office)
    order_id = collected_order(student)

    office.post_form(office.htmx(path), path, htmx=True, powod="pomyłka")

    assert outcome(office) == "undone"
    assert status_of(order_id) is OrderStatus.COLLECTED


def test_nobody_decides_on_other_counts_than_were_shown(office: CheckedClient) -> None:
    student = unextended()
    scanned(office, opened(office), student.album_number)
    path = undo_path(office)
    asked = office.htmx(path)
    order_id = collected_order(student)

    answer = office.post_form(asked, path, htmx=True, powod="pomyłka")

    assert answer.status_code == 422
    assert "zmieniła się liczba zamówień" in answer.text
    assert 'value="pomyłka"' in answer.text
    assert status_of(order_id) is OrderStatus.COLLECTED


def test_an_undo_works_without_javascript_and_leads_back_to_the_counter(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    asked = office.get(link_named(office, "Cofnij"))  # with its query: since when this screen counts

    answer = office.post_form(asked, asked.request.path, powod="nie ta osoba")

    assert answer.status_code == 303
    page = office.get(str(answer.location))
    assert "Cofnięto dziś" in page.text


def test_an_undo_of_what_somebody_else_undid_shows_who(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    path = undo_path(office)
    asked = office.htmx(path)
    office.post_form(asked, path, htmx=True, powod="pierwsza osoba")

    office.post_form(asked, path, htmx=True, powod="druga osoba")

    assert outcome(office) == "undone"
    assert db.session.scalars(select(CardExtension.undo_reason)).one() == "pierwsza osoba"


def test_thinking_better_of_an_undo_shows_the_row_again(office: CheckedClient) -> None:
    scanned(office, opened(office), unextended().album_number)
    office.htmx(link_named(office, "Cofnij"))
    stay = link_named(office, "Zostaw")

    office.htmx(stay)

    assert (outcome(office), "data-counts" in office.checked_page.attributes) == ("extended", True)
    assert office.get(stay).status_code == 302


def test_an_undo_of_what_was_extended_elsewhere_does_not_count_it_here(office: CheckedClient) -> None:
    student = make_student()
    with transaction() as session:
        session.execute(update(CardExtension).values(extended_at=clock.now() - timedelta(days=1)))
    scanned(office, opened(office), student.album_number)
    assert outcome(office) == "already"

    office.htmx(link_named(office, "Cofnij"))

    assert (outcome(office), "data-counts" in office.checked_page.attributes) == ("already", False)


def test_an_unknown_extension_is_not_found(office: CheckedClient) -> None:
    path = f"{COUNTER}/karta/00000000-0000-0000-0000-000000000000"

    assert office.get(f"{path}/cofnij").status_code == 404
    assert office.get(path).status_code in {302, 404}


@pytest.mark.parametrize("path", [COUNTER, f"{COUNTER}/plik", f"{COUNTER}/partie"])
def test_students_do_not_extend_anybody(sign_in: SignIn, path: str) -> None:
    assert sign_in(make_student()).get(path).status_code == 403


def test_no_page_of_the_counter_shows_a_pesel(office: CheckedClient) -> None:
    student = unextended()
    screen = opened(office)
    answer = scanned(office, screen, student.album_number)

    assert student.pesel is not None
    assert student.pesel not in answer.text
    assert student.pesel not in opened(office).text


def test_a_change_of_the_date_keeps_the_screen(office: CheckedClient) -> None:
    screen = opened(office)

    chosen = office.post_form(screen, COUNTER, do=str(clock.today() + timedelta(days=20)), podstawa="Ustawa")

    assert chosen.status_code == 303
    assert f"od={screen.request.args['od']}" in str(chosen.location)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_number_that_is_somebody_else_s_card_too_is_hinted_at(office: CheckedClient, htmx: bool) -> None:
    unextended(album_number="000500")
    other = unextended()
    with transaction() as session:
        session.execute(update(ElsCard).where(ElsCard.student_id == other.id).values(number_key="000500"))

    answer = office.post_form(opened(office), SCAN, htmx=htmx, number="000500")
    page = answer if htmx else office.get(str(answer.location))

    assert "Ten numer jest też numerem karty innej osoby" in page.text
