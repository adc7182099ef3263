"""The office finds a student, sees everything about them, and acts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.cards import CardExtension
from portal.models.data_reports import DataReport, DataReportKind
from portal.models.journal import JournalEntry
from portal.models.orders import Order
from portal.models.people import Enrolment, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.validity import proposed_until
from portal.services import data_reports
from portal.services.ordering import place_order
from tests.browser import CheckedClient
from tests.pages import Element
from tests.people import POLICY, make_account, make_office, make_student, pesel_of

SignIn = Callable[..., CheckedClient]
STUDENTS = "/dziekanat/studenci"
SEARCH = f"{STUDENTS}/szukaj"
FOUND = f"{STUDENTS}/znalezieni"
REASON = "zgubiony telefon"


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The office, signed in."""
    return sign_in(make_office())


def about(student: Student) -> str:
    return f"{STUDENTS}/{student.album_number}"


def text_of(client: CheckedClient) -> str:
    return client.checked_page.text


def names(client: CheckedClient) -> list[str]:
    found = next(one for one in client.checked_page.all() if one.get("id") == "found")
    return [strong.text for strong in found.all("strong")]


def placed(student: Student, **values: object) -> str:
    order_id = place_order(student.id, POLICY, actor=make_office().id, at=clock.now()).id
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Order, order_id), name, value)
    return order_id


def acts() -> list[tuple[str, str, str | None]]:
    found = db.session.scalars(select(JournalEntry).order_by(JournalEntry.at))
    return [(one.act, one.subject_id, one.reason) for one in found if one.subject_kind != "account"]


def problems(client: CheckedClient) -> list[str]:
    return [one.text for one in client.checked_page.all() if one.get("role") == "alert"]


# Search


def test_enter_with_exactly_one_hit_opens_the_student(office: CheckedClient) -> None:
    student = make_student(surname="Żółć")
    make_student(surname="Lis")

    for typed in ("zolc", student.album_number):
        answer = office.post_form(office.get("/dziekanat"), SEARCH, szukaj=typed)
        assert (answer.status_code, answer.location) == (303, about(student))


def test_several_hits_stand_on_a_page_whose_address_names_nobody(office: CheckedClient) -> None:
    make_student(surname="Żółkowska")
    make_student(surname="Żółć")

    answer = office.post_form(office.get(STUDENTS), SEARCH, szukaj="zol")

    assert answer.status_code == 303
    assert "zol" not in answer.location.lower()
    office.get(answer.location)
    assert names(office) == ["Żółć", "Żółkowska"]
    field = next(one for one in office.checked_page.all("input") if one.get("id") == "search")
    assert field.get("value") == "zol"


def test_somebody_else_cannot_open_a_search_and_a_broken_one_is_empty(
    office: CheckedClient, sign_in: SignIn
) -> None:
    make_student(surname="Żółkowska")
    make_student(surname="Żółć")
    address = office.post_form(office.get(STUDENTS), SEARCH, szukaj="zol").location

    for broken in (f"{STUDENTS}?szukane=%C4%85", f"{STUDENTS}?szukane=AAAA", address[:-2]):
        assert office.get(broken).status_code == 200
        assert names(office) == []
    other = sign_in(make_account(role=Role.STAFF))
    other.get(address)
    assert names(other) == []


def test_while_typing_a_fragment_answers_and_the_page_s_address_follows(office: CheckedClient) -> None:
    make_student(surname="Żółć")
    token = next(
        one.get("value") for one in _page(office, STUDENTS).all("input") if one.get("name") == "csrf_token"
    )
    sent = {"csrf_token": token, "szukaj": "żół"}

    on_page = office.post(
        FOUND,
        data=sent,
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost{STUDENTS}?szukane=x"},
    )
    assert names_in_fragment(office) == ["Żółć"]
    assert on_page.headers["HX-Replace-Url"].startswith(f"{STUDENTS}?szukane=")

    elsewhere = office.post(
        FOUND, data=sent, headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/dziekanat"}
    )
    assert names_in_fragment(office) == ["Żółć"]
    assert "HX-Replace-Url" not in elsewhere.headers


def test_the_fragment_s_address_opened_directly_leads_to_the_page(office: CheckedClient) -> None:
    assert office.get(FOUND).location == STUDENTS


def test_nobody_found_says_what_may_be_typed(office: CheckedClient) -> None:
    answer = office.post_form(office.get(STUDENTS), SEARCH, szukaj="Nieznana")

    office.get(answer.location)

    assert "Nikogo nie znaleziono." in text_of(office)


def test_pages_of_results_are_turned_and_show_everybody_once(office: CheckedClient) -> None:
    for number in range(23):
        make_student(surname="Liczna", first_names=f"Osoba{chr(97 + number)}", extended_until=None)
    address = office.post_form(office.get(STUDENTS), SEARCH, szukaj="liczna").location

    office.get(address)
    first = [a.text for a in office.checked_page.all("a") if "Liczna" in a.text]
    following = next(a for a in office.checked_page.all("a") if a.get("rel") == "next")
    office.get(str(following.get("href")))
    second = [a.text for a in office.checked_page.all("a") if "Liczna" in a.text]

    assert (len(first), len(second)) == (20, 3)
    assert len(set(first + second)) == 23


# The student's page


def test_the_page_shows_what_the_office_needs_and_hides_the_pesel(office: CheckedClient) -> None:
    student = make_student(surname="Widoczna", group_name="P-2-1")
    order_id = placed(student)

    page = office.get(about(student)).text

    for words in ("Widoczna", "Przykładoznawstwo", "P-2-1", "Ma zdjęcie", "Oczekuje", "ELS-", "Osoba "):
        assert words in page, words
    assert f"/dziekanat/zamowienia/{order_id}/uniewaznij" in page
    assert student.pesel is not None
    assert student.pesel not in page


def test_a_student_without_an_album_number_has_a_page_by_id(office: CheckedClient) -> None:
    student = make_student(album_number=None)

    assert office.get(f"{STUDENTS}/{student.id}").status_code == 200


def test_the_address_by_id_leads_to_the_one_by_album_number(office: CheckedClient) -> None:
    student = make_student()

    assert office.get(f"{STUDENTS}/{student.id}").location == about(student)


@pytest.mark.parametrize("key", ["000000", "x y", "00000000-0000-0000-0000-000000000000"])
def test_unknown_students_are_not_found(office: CheckedClient, key: str) -> None:
    assert office.get(f"{STUDENTS}/{key}").status_code == 404


def test_acts_of_the_office_are_not_for_students(client: CheckedClient, sign_in: SignIn) -> None:
    student = make_student()
    sign_in(student)

    assert client.get(about(student)).status_code == 403
    assert client.get(f"{about(student)}/dane").status_code == 403


def test_the_pesel_is_shown_once_and_written_down(office: CheckedClient) -> None:
    student = make_student()
    path = f"{about(student)}/pesel"
    page = office.get(about(student))

    assert student.pesel is not None
    for htmx in (True, False):
        assert student.pesel in office.post_form(page, path, htmx=htmx).text

    assert acts() == [("pesel_shown", student.id, None)] * 2
    assert student.pesel not in office.get(about(student)).text
    assert student.pesel not in str(db.session.scalars(select(JournalEntry.details)).all())


# Extensions


def test_a_card_is_extended_until_the_proposed_date(office: CheckedClient) -> None:
    student = make_student(extended_until=None)

    answer = office.post_form(office.get(about(student)), f"{about(student)}/przedluz")

    assert (answer.status_code, answer.location) == (303, about(student))
    until = db.session.scalars(select(CardExtension.until)).one()
    assert until == proposed_until(clock.today(), POLICY)
    office.get(about(student))
    assert "Przedłużono do" in text_of(office)


def test_an_odd_date_needs_its_basis_and_keeps_what_was_typed(office: CheckedClient) -> None:
    student = make_student(extended_until=None)
    odd = str(clock.today() + timedelta(days=40))
    path = f"{about(student)}/przedluz"

    answer = office.post_form(office.get(about(student)), path, do=odd)

    assert answer.status_code == 422
    assert "podstawy prawnej" in problems(office)[0]
    field = next(one for one in office.checked_page.all("input") if one.get("name") == "do")
    assert field.get("value") == odd
    assert office.post_form(answer, path, do=odd, podstawa="Dz.U. 2020 poz. 374").status_code == 303


def test_an_extension_in_vain_says_why(office: CheckedClient) -> None:
    student = make_student()

    answer = office.post_form(office.get(about(student)), f"{about(student)}/przedluz")

    assert answer.status_code == 422
    assert "ma już potwierdzoną tę datę" in problems(office)[0]


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_extending_is_the_first_thing_to_do_only_where_it_is_due(
    office: CheckedClient, is_confirmed: bool
) -> None:
    student = make_student(extended_until=date.min if is_confirmed else None)

    office.get(about(student))

    button = next(one for one in office.checked_page.all("button") if one.text == "Przedłuż")
    folded = [one.get("id") for one in office.checked_page.all("details")]
    assert ("second" in str(button.get("class")).split()) is is_confirmed
    assert ("extend-further" in folded) is is_confirmed


def test_conditions_are_said_of_the_student_and_not_to_the_student(office: CheckedClient) -> None:
    student = make_student(extended_until=None)

    office.get(about(student))

    assert "Jest aktywnym studentem" in text_of(office)
    assert "Przedłuż ją na tej stronie" in text_of(office)
    assert not any(words in text_of(office) for words in ("Jesteś", "Twoj", "Masz", "w dziekanacie."))


def test_an_undo_shows_counts_first_and_wants_a_reason(office: CheckedClient) -> None:
    student = make_student()
    order_id = placed(student, status=OrderStatus.COLLECTED, collected_at=clock.now())
    extension_id = db.session.scalars(select(CardExtension.id)).one()
    path = f"/dziekanat/przedluzenia/{extension_id}/cofnij"

    page = office.get(path)
    assert "Odebrana: 1" in text_of(office)
    without = office.post_form(page, path, powod=" ")
    assert without.status_code == 422
    assert problems(office)
    answer = office.post_form(page, path, powod="pomyłka przy okienku", odebrane="1")

    assert (answer.status_code, answer.location) == (303, about(student))
    assert db.session.get_one(Order, order_id).status is OrderStatus.REVOKED
    assert db.session.get_one(CardExtension, extension_id).undo_reason == "pomyłka przy okienku"
    assert office.get(path).status_code == 409


def test_a_document_outlives_an_undo_that_is_not_ticked(office: CheckedClient) -> None:
    student = make_student()
    order_id = placed(student, status=OrderStatus.COLLECTED, collected_at=clock.now())
    path = f"/dziekanat/przedluzenia/{db.session.scalars(select(CardExtension.id)).one()}/cofnij"

    office.post_form(office.get(path), path, powod="pomyłka przy okienku")

    assert db.session.get_one(Order, order_id).status is OrderStatus.COLLECTED
    listed = "/dziekanat/listy/po-cofnietym-przedluzeniu"
    office.get(listed)
    keep = f"/dziekanat/zamowienia/{order_id}/zostaw"
    assert keep in {a.get("href") for a in office.checked_page.all("a")}
    assert office.post_form(office.get(keep), keep, powod="student wróci w maju").status_code == 303
    office.get(listed)
    assert "Nic tu nie czeka." in text_of(office)


def test_a_date_is_changed_without_an_undo(office: CheckedClient) -> None:
    student = make_student()
    old = db.session.scalars(select(CardExtension)).one()
    path = f"/dziekanat/przedluzenia/{old.id}/zmien-date"
    later = old.until + timedelta(days=9)

    refused = office.post_form(office.get(path), path, do=str(later))
    assert refused.status_code == 422
    answer = office.post_form(refused, path, do=str(later), podstawa="Dz.U. 2020 poz. 374")

    assert (answer.status_code, answer.location) == (303, about(student))
    standing = db.session.scalars(select(CardExtension).where(CardExtension.undone_at.is_(None))).one()
    assert standing.until == later
    assert office.get(path).status_code == 409


def test_an_earlier_date_is_refused_where_orders_reach_further(office: CheckedClient) -> None:
    placed(make_student(), status=OrderStatus.COLLECTED, collected_at=clock.now())
    old = db.session.scalars(select(CardExtension)).one()
    path = f"/dziekanat/przedluzenia/{old.id}/zmien-date"
    earlier = str(old.until - timedelta(days=9))

    answer = office.post_form(office.get(path), path, do=earlier, podstawa="Dz.U. 2020 poz. 374")

    assert answer.status_code == 422
    assert "sięgają dalej" in problems(office)[0]


# Orders


def test_the_office_orders_at_the_student_s_request_once(office: CheckedClient) -> None:
    student = make_student()
    page = office.get(about(student))
    path = f"{about(student)}/zamowienie"

    assert office.post_form(page, path).status_code == 303
    assert office.post_form(page, path).status_code == 422
    assert "zamówienie w toku" in problems(office)[0]
    assert len(db.session.scalars(select(Order)).all()) == 1


def test_revoking_asks_first_and_keeps_the_reason(office: CheckedClient) -> None:
    student = make_student()
    order_id = placed(student, status=OrderStatus.COLLECTED, at_ministry=AtMinistry.PRESENT)
    path = f"/dziekanat/zamowienia/{order_id}/uniewaznij"

    page = office.get(path)
    assert "przestanie działać" in text_of(office)
    assert office.post_form(page, path, powod="").status_code == 422
    assert db.session.get_one(Order, order_id).status is OrderStatus.COLLECTED
    answer = office.post_form(page, path, powod=REASON)

    assert (answer.status_code, answer.location) == (303, about(student))
    assert db.session.get_one(Order, order_id).status is OrderStatus.REVOKED
    assert acts() == [("order_revoked", order_id, REASON)]
    assert office.post_form(page, path, powod=REASON).status_code == 409
    assert office.get(path).status_code == 409


@pytest.mark.parametrize(
    ("answer", "status"), [("tak", OrderStatus.IN_PROGRESS), ("nie", OrderStatus.WAITING)]
)
def test_a_doubt_is_cleared_with_a_reason(office: CheckedClient, answer: str, status: OrderStatus) -> None:
    order_id = placed(make_student(), at_ministry=AtMinistry.UNCERTAIN)
    path = f"/dziekanat/zamowienia/{order_id}/wyjasnij"
    token = next(
        one.get("value")
        for one in _page(office, "/dziekanat").all("input")
        if one.get("name") == "csrf_token"
    )

    for typed in ({"powod": REASON}, {"dotarlo": answer}, {"dotarlo": "może", "powod": REASON}):
        assert office.post(path, data={"csrf_token": token, **typed}).status_code == 422
    sent = {"csrf_token": token, "dotarlo": answer, "powod": REASON}
    assert office.post(path, data=sent).status_code == 303

    assert db.session.get_one(Order, order_id).status is status
    assert acts() == [("doubt_cleared", order_id, REASON)]
    assert office.post(path, data=sent).status_code == 409


@pytest.mark.parametrize("act", ["uniewaznij", "wyjasnij", "zostaw"])
def test_acts_on_unknown_orders_are_not_found(office: CheckedClient, act: str) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"

    assert office.get(f"/dziekanat/zamowienia/{unknown}/{act}").status_code == 404


# Data


def test_corrections_are_written_and_told_apart_from_what_was_not_touched(office: CheckedClient) -> None:
    student = make_student(surname="Próbna")
    path = f"{about(student)}/dane"

    answer = office.post_form(office.get(path), path, surname="  Żółć ", email="w@example.edu.pl")

    assert answer.status_code == 303
    present = db.session.get_one(Student, student.id)
    assert (present.surname, present.first_names, present.email) == ("Żółć", "Wanda", "w@example.edu.pl")
    assert acts() == [("student_corrected", student.id, None)]


def test_two_people_editing_at_once_see_both_values_side_by_side(
    office: CheckedClient, database: SQLAlchemy
) -> None:
    student = make_student(surname="Próbna")
    path = f"{about(student)}/dane"
    opened_by_both = office.get(path)
    office.post_form(opened_by_both, path, surname="Pierwsza", email="pierwsza@example.edu.pl")

    second = office.post_form(opened_by_both, path, surname="Druga")

    assert second.status_code == 409
    assert "Pierwsza" in text_of(office)
    typed = {one.get("name"): one.get("value") for one in office.checked_page.all("input")}
    assert (typed["surname"], typed["email"]) == ("Druga", "pierwsza@example.edu.pl")
    assert db.session.get_one(Student, student.id).surname == "Pierwsza"
    assert office.post_form(second, path).status_code == 303
    present = db.session.get_one(Student, student.id)
    assert (present.surname, present.email) == ("Druga", "pierwsza@example.edu.pl")


def test_an_order_placed_meanwhile_does_not_stand_in_a_correction_s_way(office: CheckedClient) -> None:
    student = make_student()
    path = f"{about(student)}/dane"
    page = office.get(path)
    placed(student)

    assert office.post_form(page, path, email="w@example.edu.pl").status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"surname": " "}, "nie może być puste"),
        ({"birth_date": "17.04.1872"}, "Wpisz datę"),
        ({"email": "wanda"}, "adres e-mail"),
        ({"email": "x@żółw.pl"}, "bez polskich znaków"),
        ({"pesel": "12345678901"}, "poprawny numer PESEL"),
        ({"birth_date": "1872-04-18"}, "nie zgadza się z datą"),
        ({"first_names": "W" * 101}, "Skróć"),
    ],
)
def test_what_cannot_stand_in_the_register_comes_back_as_it_was_typed(
    office: CheckedClient, typed: dict[str, Any], words: str
) -> None:
    student = make_student()
    path = f"{about(student)}/dane"

    answer = office.post_form(office.get(path), path, **typed)

    assert answer.status_code == 422
    assert words in text_of(office)
    assert acts() == []
    values = {one.get("name"): one.get("value") for one in office.checked_page.all("input")}
    assert {name: values[name] for name in typed} == {name: " ".join(t.split()) for name, t in typed.items()}


def test_a_number_of_somebody_else_is_refused(office: CheckedClient) -> None:
    other, student = make_student(), make_student()
    path = f"{about(student)}/dane"

    answer = office.post_form(office.get(path), path, album_number=other.album_number)

    assert answer.status_code == 422
    assert "inny student" in text_of(office)


def test_a_new_pesel_is_written_and_an_empty_field_leaves_the_old_one(office: CheckedClient) -> None:
    student = make_student(birth_date=date(1872, 4, 17))
    path = f"{about(student)}/dane"
    fresh = pesel_of(date(1872, 4, 17), 9002)

    page = office.get(path)
    assert str(student.pesel) not in page.text
    office.post_form(page, path, pesel=fresh)
    assert db.session.get_one(Student, student.id).pesel == fresh
    office.post_form(office.get(path), path, email="w@example.edu.pl")
    assert db.session.get_one(Student, student.id).pesel == fresh


def test_an_oath_is_approved_once(office: CheckedClient) -> None:
    student = make_student(oath_approved_on=None)
    enrolment = student.enrolments[0].id
    path = f"/dziekanat/slubowania/{enrolment}"
    page = office.get(about(student))

    assert office.post_form(page, path).location == about(student)
    assert office.post_form(page, path).status_code == 303

    assert db.session.get_one(Enrolment, enrolment).oath_approved_on == clock.today()
    assert acts() == [("oath_approved", student.id, None)]


def test_a_report_is_settled_once_with_an_answer(office: CheckedClient) -> None:
    student = make_student()
    report_id = data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())
    path = f"/dziekanat/zgloszenia/{report_id}"
    page = office.get(about(student))
    assert "Mam na imię Ewa" in text_of(office)

    assert office.post_form(page, path, odpowiedz=" ").status_code == 422
    assert "Napisz studentowi" in problems(office)[0]
    assert office.post_form(page, path, odpowiedz="Poprawione.").location == about(student)
    assert office.post_form(page, path, odpowiedz="Inaczej.").status_code == 303

    settled = db.session.scalars(select(DataReport)).one()
    assert (settled.answer, settled.settled_by) == ("Poprawione.", make_office().id)
    office.get("/dziekanat/zgloszenia")
    assert "Nic tu nie czeka." in text_of(office)


def names_in_fragment(client: CheckedClient) -> list[str]:
    return [strong.text for strong in client.checked_page.all("strong")]


def _page(client: CheckedClient, path: str) -> Element:
    client.get(path)
    return client.checked_page
