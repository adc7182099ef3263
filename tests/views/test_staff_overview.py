"""The office's first page and the lists behind it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.models.data_reports import DataReportKind
from portal.models.ministry_calls import JobRun, MinistryHealth
from portal.models.orders import Attention, Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason
from portal.services import data_reports, office_lists
from portal.services.ordering import place_order
from portal.texts.office import SLUGS
from tests.browser import CheckedClient
from tests.people import POLICY, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The office, signed in."""
    return sign_in(make_office())


def order_in(student: Student, status: OrderStatus, there: AtMinistry, **values: object) -> str:
    """An order of `student` as it stands after some time."""
    order_id = place_order(student.id, POLICY, actor=make_office().id, at=clock.now()).id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.at_ministry = status, there
        for name, value in values.items():
            setattr(order, name, value)
    return order_id


def refused(student: Student, **values: object) -> str:
    return order_in(
        student, OrderStatus.ERROR, AtMinistry.GONE, end_reason=EndReason.MINISTRY_REFUSED, **values
    )


def text_of(client: CheckedClient) -> str:
    return client.checked_page.text


def test_the_office_begins_its_day_here(office: CheckedClient) -> None:
    assert office.get("/").location == "/dziekanat"
    assert office.get("/dziekanat").status_code == 200


def test_an_empty_university_has_an_overview_too(office: CheckedClient) -> None:
    assert office.get("/dziekanat").status_code == 200
    assert "Nie ma jeszcze studentów" in text_of(office)


def test_students_and_administrators_are_refused(client: CheckedClient, sign_in: SignIn) -> None:
    for path in ("/dziekanat", "/dziekanat/listy/odrzucone", "/dziekanat/zgloszenia", "/dziekanat/studenci"):
        assert client.get(path).status_code == 303
        client.get("/logowanie")
    sign_in(make_student())
    assert client.get("/dziekanat").status_code == 403
    assert client.get("/dziekanat/studenci").status_code == 403


def test_progress_counts_each_faculty_as_a_bar_and_in_figures(office: CheckedClient) -> None:
    for faculty, until in (("A", date.min), ("A", date.min), ("A", None), ("B", date.min)):
        make_student(faculty=f"Wydział {faculty}", extended_until=until)

    office.get("/dziekanat")

    faculties = [one.text for one in office.checked_page.all("tbody")]
    assert "Wydział A 2 1" in faculties
    assert "Wydział B 1 0" in faculties
    assert "75%" in text_of(office)
    filled = [rect.get("width") for rect in office.checked_page.all("rect") if rect.get("class") == "bar"]
    assert filled[:2] == ["66.7", "100.0"]


def test_every_picture_has_its_figures_in_a_table(office: CheckedClient) -> None:
    order_in(make_student(), OrderStatus.WAITING, AtMinistry.ABSENT)

    office.get("/dziekanat")

    pictures = [svg for svg in office.checked_page.all("svg") if (svg.get("class") or "").startswith("chart")]
    assert pictures
    assert all(svg.get("aria-hidden") == "true" for svg in pictures)
    days = next(one for one in office.checked_page.all("details") if one.get("id") == "days")
    assert len(list(days.all("tr"))) == 31
    assert any(row.text.split()[-2:] == ["Oczekuje", "1"] for row in office.checked_page.all("tr"))


def test_an_outage_and_a_failed_job_are_named(office: CheckedClient) -> None:
    now = clock.real_now()
    with transaction() as session:
        session.add(MinistryHealth(id=1, failures=3, alarm=True, down_since=now, next_probe_at=now))
        session.add(JobRun(job="forward_orders", started_at=now, finished_at=now, error="ValueError"))

    office.get("/dziekanat")

    assert "Nie odpowiada od" in text_of(office)
    assert "Zawiadom administratora" in text_of(office)
    assert "Wysyłanie zamówień" in text_of(office)
    assert "ValueError" in text_of(office)


@pytest.mark.parametrize("slug", SLUGS.values())
def test_every_list_has_its_page_even_when_nothing_waits(office: CheckedClient, slug: str) -> None:
    assert office.get(f"/dziekanat/listy/{slug}").status_code == 200
    assert "Nic tu nie czeka." in text_of(office)


def test_lists_that_wait_stand_before_the_empty_ones_and_alone_are_counted(office: CheckedClient) -> None:
    refused(make_student())
    data_reports.report(make_student().id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())

    office.get("/dziekanat")

    waiting, calm = (
        [one.text for one in items.all("li")]
        for name in ("tasks", "calm")
        for items in office.checked_page.all("ul")
        if items.get("class") == name
    )
    assert waiting == ["1 Zgłoszone błędy w danych", "1 Odrzucone przez ministerstwo"]
    assert "Zdjęcia do sprawdzenia" in calm
    assert len(waiting) + len(calm) == len(SLUGS) + 3


def test_a_day_without_anything_to_do_says_so(office: CheckedClient) -> None:
    office.get("/dziekanat")

    assert "Nic nie czeka." in text_of(office)


def test_a_list_that_is_none_is_not_found(office: CheckedClient) -> None:
    assert office.get("/dziekanat/listy/inne").status_code == 404


def test_a_refused_order_is_counted_and_listed_with_its_student(office: CheckedClient) -> None:
    student = make_student(surname="Odrzucona")
    refused(student, refusal_code="photo_rejected")

    office.get("/dziekanat")
    assert "1 Odrzucone przez ministerstwo" in text_of(office)
    office.get("/dziekanat/listy/odrzucone")

    links = [a.get("href") for a in office.checked_page.all("a") if "Odrzucona" in a.text]
    assert links == [f"/dziekanat/studenci/{student.album_number}"]
    assert "photo_rejected" in text_of(office)


def test_a_strange_answer_is_said_in_words_and_may_be_ended(office: CheckedClient) -> None:
    order_id = order_in(
        make_student(), OrderStatus.IN_PROGRESS, AtMinistry.PRESENT, attention=Attention.OTHER_PERSON
    )

    office.get("/dziekanat/listy/do-sprawdzenia")

    assert "odpowiedź o innej osobie" in text_of(office)
    addresses = {a.get("href") for a in office.checked_page.all("a")}
    assert f"/dziekanat/zamowienia/{order_id}/uniewaznij" in addresses


def test_a_long_list_is_turned_page_by_page_and_shows_everybody_once(
    office: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_lists, "PAGE", 2)
    now = clock.now()
    for number in range(5):
        refused(make_student(surname=f"Osoba{number}"), status_since=now - timedelta(hours=number // 2))

    path, seen = "/dziekanat/listy/odrzucone", []
    while path:
        office.get(path)
        links = list(office.checked_page.all("a"))
        seen += [a.text for a in links if "Osoba" in a.text]
        path = next((a.get("href") or "" for a in links if a.get("rel") == "next"), "")

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("after", ["po=x&zamowienie=y", "po=2026-11-20T10:00:00&zamowienie=y", "po="])
def test_a_page_that_cannot_be_read_begins_at_the_beginning(office: CheckedClient, after: str) -> None:
    refused(make_student(surname="Odrzucona"))

    assert office.get(f"/dziekanat/listy/odrzucone?{after}").status_code == 200
    assert "Odrzucona" in text_of(office)


def test_reports_are_listed_without_what_was_written_and_lead_to_the_student(office: CheckedClient) -> None:
    student = make_student()
    data_reports.report(student.id, DataReportKind.NAME, "Mam na imię Ewa", at=clock.now())

    office.get("/dziekanat/zgloszenia")

    assert "Imię lub nazwisko" in text_of(office)
    assert "Ewa" not in text_of(office)
    addresses = {(a.get("href") or "").partition("#")[0] for a in office.checked_page.all("a")}
    assert f"/dziekanat/studenci/{student.album_number}" in addresses


def test_nobody_else_s_numbers_stand_on_lists(office: CheckedClient) -> None:
    student = make_student()
    refused(student)

    page = office.get("/dziekanat/listy/odrzucone").text

    assert student.pesel is not None
    assert student.pesel not in page
    assert make_account().user_name not in page
