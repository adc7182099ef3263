"""Bulk extensions that were made, and the undo of a whole one."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.cards import CardExtension
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.validity import proposed_until
from portal.services import extensions_made
from portal.services.bulk_extensions import apply_extension
from portal.services.extension_fates import ExtensionRequest, preview_extension
from portal.services.ordering import place_order
from tests.browser import CheckedClient, form_fields
from tests.people import POLICY, make_office, make_student

SignIn = Callable[..., CheckedClient]
BATCHES = "/dziekanat/przedluzanie/partie"


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The dean's office, signed in."""
    return sign_in(make_office())


def extended_batch(*students: Student) -> str:
    until = proposed_until(clock.today(), POLICY)
    request = ExtensionRequest.same_date([student.id for student in students], until)
    fingerprint = preview_extension(request, POLICY, at=clock.now()).fingerprint
    done = apply_extension(request, fingerprint, POLICY, actor=make_office().id, at=clock.now())
    assert done.batch_id is not None
    return done.batch_id


def unextended(surname: str = "Próbna") -> Student:
    return make_student(surname=surname, extended_until=None)


def collected_order(student: Student) -> str:
    order_id: str = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = OrderStatus.COLLECTED, AtMinistry.PRESENT
        order.collected_at = clock.now()
    return order_id


def standing() -> int:
    return len(db.session.scalars(select(CardExtension.id).where(CardExtension.undone_at.is_(None))).all())


def test_the_history_lists_batches_with_their_counts(office: CheckedClient) -> None:
    assert "Nie ma tu jeszcze żadnej partii" in office.get(BATCHES).text
    batch_id = extended_batch(unextended(), unextended())

    page = office.get(BATCHES)

    assert f"{BATCHES}/{batch_id}" in page.text
    cells = [cell.text.strip() for cell in office.checked_page.all("td")]
    assert cells[2:6] == ["lista", "2", "0", "obowiązuje"]


def test_history_and_members_turn_their_pages(office: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions_made, "BATCHES_ON_A_PAGE", 1)
    first = extended_batch(unextended("Dawna"))
    second = extended_batch(unextended("Nowa"))

    newest, older = office.get(BATCHES).text, office.get(f"{BATCHES}?strona=2").text

    assert second in newest
    assert first not in newest
    assert first in older
    assert office.get(f"{BATCHES}/{first}?strona=9").status_code == 200


def test_undoing_a_batch_counts_first_asks_for_a_reason_and_keeps_the_rows(office: CheckedClient) -> None:
    batch_id = extended_batch(unextended(), unextended())
    path = f"{BATCHES}/{batch_id}/cofnij"

    asked = office.get(path)
    refused = office.post_form(asked, path, powod="")
    assert (refused.status_code, standing()) == (422, 2)
    done = office.post_form(refused, path, powod="zła grupa")

    assert (done.status_code, standing()) == (303, 0)
    page = office.get(str(done.location))
    assert "Cofnięte przedłużenia: 2." in page.text
    assert "cofnięto: zła grupa" in page.text
    assert "Cofnij całą partię" not in page.text


def test_documents_of_a_batch_are_revoked_only_when_ticked(office: CheckedClient) -> None:
    kept, taken = unextended(), unextended()
    ends = {}
    for student, typed in ((kept, {}), (taken, {"odebrane": "1"})):
        path = f"{BATCHES}/{extended_batch(student)}/cofnij"
        order_id = collected_order(student)
        asked = office.get(path)
        assert "Odebrana: 1" in asked.text
        office.post(path, data={**form_fields(asked, path), "powod": "pomyłka", **typed})
        ends[student.id] = db.session.get_one(Order, order_id, populate_existing=True).status

    assert (ends[kept.id], ends[taken.id]) == (OrderStatus.COLLECTED, OrderStatus.REVOKED)


def test_nobody_undoes_more_than_was_shown(office: CheckedClient) -> None:
    student = unextended()
    path = f"{BATCHES}/{extended_batch(student)}/cofnij"
    asked = office.get(path)
    collected_order(student)

    answer = office.post_form(asked, path, powod="pomyłka")

    assert (answer.status_code, standing()) == (422, 1)
    assert "Odebrana: 1" in answer.text


def test_a_batch_undone_twice_is_undone_once(office: CheckedClient) -> None:
    path = f"{BATCHES}/{extended_batch(unextended())}/cofnij"
    asked = office.get(path)
    office.post_form(asked, path, powod="pierwsza")

    again = office.post_form(asked, path, powod="druga")

    assert again.status_code == 303
    assert "nie ma już czego cofać" in office.get(str(again.location)).text
    assert office.get(path).status_code == 303
    assert db.session.scalars(select(CardExtension.undo_reason)).one() == "pierwsza"


def test_the_paper_list_holds_those_whose_extension_stands(office: CheckedClient) -> None:
    batch_id = extended_batch(unextended("Papierowa"))

    assert "Papierowa" in office.get(f"{BATCHES}/{batch_id}/druk").text


def test_an_unknown_batch_is_not_found(office: CheckedClient) -> None:
    unknown = f"{BATCHES}/00000000-0000-0000-0000-000000000000"

    assert [office.get(unknown + rest).status_code for rest in ("", "/druk", "/cofnij")] == [404] * 3
