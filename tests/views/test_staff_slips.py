"""Slips with first passwords: by group, once; and a new one for a single student."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Account, Role
from portal.models.journal import JournalEntry
from portal.models.people import Student
from portal.services import passwords, slip_groups
from portal.services.passwords import NOTHING_FITS
from tests.browser import CheckedClient
from tests.people import PASSWORD, account_of, make_account, make_enrolment, make_office, make_student

SignIn = Callable[..., CheckedClient]
START = "/dziekanat/import/hasla"
SLIP = re.compile(r"<code>((?:[2-9a-z]{4}-){3}[2-9a-z]{4})</code>")


def newcomer(surname: str = "Nowa", **studies: object) -> Student:
    """A student as an import leaves them: an account nobody can sign in to yet."""
    student = make_student(surname=surname, **studies)  # type: ignore[arg-type]  # what an enrolment takes
    account_id = account_of(student).id
    with transaction() as session:
        account = session.get_one(Account, account_id)
        account.password_hash, account.must_change_password = NOTHING_FITS, True
    return student


def group_forms(client: CheckedClient) -> list[str]:
    return [str(e.get("value")) for e in client.checked_page.all("input") if e.get("name") == "group"]


def test_a_group_s_slips_are_printed_once_in_the_order_of_names(sign_in: SignIn) -> None:
    second, first = newcomer("Żaba"), newcomer("Adamska")
    newcomer("Inna", group_name="P-9-9")
    client = sign_in(make_office())
    page = client.get(START)
    assert len(group_forms(client)) == 2

    (first_group, _) = group_forms(client)
    answer = client.post_form(page, f"{START}/grupa", group=first_group)

    assert len(SLIP.findall(answer.text)) == 2
    assert answer.text.index("Adamska") < answer.text.index("Żaba")
    assert "Inna" not in answer.text
    again = client.post_form(page, f"{START}/grupa", group=first_group)
    assert again.status_code == 422
    assert "każdy ma już hasło" in again.text
    issued = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "slip_issued")).all()
    assert {one.subject_id for one in issued} == {account_of(first).id, account_of(second).id}
    assert {one.actor_id for one in issued} == {make_office().id}


def test_what_is_printed_opens_the_door_once_chosen(sign_in: SignIn) -> None:
    student = newcomer()
    client = sign_in(make_office())
    page = client.get(START)
    answer = client.post_form(page, f"{START}/grupa", group=group_forms(client)[0])
    (password,) = SLIP.findall(answer.text)

    student_client = sign_in(str(student.album_number), password)

    assert student_client.get("/mlegitymacja").location == "/haslo"


def test_somebody_who_has_a_password_keeps_it_until_the_office_confirms(sign_in: SignIn) -> None:
    student = make_student()
    account = account_of(student)
    before = account.password_hash
    client = sign_in(make_office())

    asked = client.post_form(client.get(START), f"{START}/student", album_number=str(student.album_number))
    db.session.expire_all()
    assert "Wydać nowe hasło?" in asked.text
    assert account.password_hash == before

    done = client.post_form(asked, f"{START}/student")
    db.session.expire_all()
    assert len(SLIP.findall(done.text)) == 1
    assert (account.password_hash != before, account.must_change_password) == (True, True)


def test_an_album_number_of_nobody_is_said_so(sign_in: SignIn) -> None:
    client = sign_in(make_office())

    answer = client.post_form(client.get(START), f"{START}/student", album_number="000000")

    assert answer.status_code == 422
    assert "Nie ma konta studenta o tym numerze albumu." in answer.text


@pytest.mark.parametrize("group", ["", "x", "[1]", '{"a": 1}', "[1, 2, 3, 4, 5]", '["a", "b", "c", "d"]'])
def test_a_made_up_group_is_refused(sign_in: SignIn, group: str) -> None:
    newcomer()
    client = sign_in(make_office())
    page = client.get(START)

    assert client.post_form(page, f"{START}/grupa", group=group).status_code == 400


def test_a_large_group_is_printed_in_parts(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slip_groups, "SLIPS_AT_ONCE", 2)
    for number in range(3):
        newcomer(f"Nowa{number}")
    client = sign_in(make_office())
    page = client.get(START)

    first = client.post_form(page, f"{START}/grupa", group=group_forms(client)[0])

    assert len(SLIP.findall(first.text)) == 2
    assert "To jeszcze nie cała grupa" in first.text
    page = client.get(START)
    rest = client.post_form(page, f"{START}/grupa", group=group_forms(client)[0])
    assert len(SLIP.findall(rest.text)) == 1
    assert "Każdy student ma już hasło" in client.get(START).text


def test_a_student_on_two_programmes_gets_one_slip(sign_in: SignIn) -> None:
    student = newcomer()
    student_id = student.id
    with transaction() as session:
        session.add(make_enrolment(student_id, programme="Drugie", group_name="D-1"))
    client = sign_in(make_office())
    page = client.get(START)
    assert len(group_forms(client)) == 2

    client.post_form(page, f"{START}/grupa", group=group_forms(client)[0])

    client.get(START)
    assert group_forms(client) == []


def office_at_another_desk(app: Flask, name: str) -> CheckedClient:
    client = CheckedClient(app)
    account = make_account(role=Role.STAFF, display_name=name)
    page = client.get("/logowanie")
    signed_in = client.post_form(page, "/logowanie", user_name=account.user_name, password=PASSWORD)
    assert signed_in.status_code == 303
    return client


def works(student: Student, password: str) -> bool:
    db.session.expire_all()
    return passwords.verify(account_of(student).password_hash, password)


def at_the_same_moment(
    monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], TestResponse]
) -> list[TestResponse]:
    """The answers to requests of which each has looked who needs slips before any has issued one."""
    all_looked = threading.Barrier(len(acts))
    make_hash, waited = passwords.make_hash, threading.Event()

    def make_hash_together(password: str) -> str:
        if not waited.is_set():
            all_looked.wait(timeout=30)
            waited.set()
        return make_hash(password)

    monkeypatch.setattr(passwords, "make_hash", make_hash_together)
    db.session.rollback()
    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result() for one in [threads.submit(act) for act in acts]]


def test_of_two_people_who_print_a_group_at_once_one_holds_the_slips_and_the_other_is_told(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = newcomer()
    first, second = sign_in(make_office()), office_at_another_desk(app, "Drugie Biurko")
    pages = [(client, client.get(START)) for client in (first, second)]
    (group,) = group_forms(first)

    answers = at_the_same_moment(
        monkeypatch,
        *(partial(client.post_form, page, f"{START}/grupa", group=group) for client, page in pages),
    )

    printed, told = sorted(answers, key=lambda answer: answer.status_code)
    assert [printed.status_code, told.status_code] == [200, 422]
    (password,) = SLIP.findall(printed.text)
    assert works(student, password)
    assert SLIP.findall(told.text) == []
    assert "Te kartki są już wydrukowane" in told.text


def test_who_comes_second_is_told_who_printed_and_may_print_anew(app: Flask, sign_in: SignIn) -> None:
    student, used = newcomer("Nowa"), newcomer("Prędka")
    first, second = office_at_another_desk(app, "Pierwsze Biurko"), sign_in(make_office())
    page = second.get(START)
    (group,) = group_forms(second)
    old, _ = SLIP.findall(first.post_form(first.get(START), f"{START}/grupa", group=group).text)
    with transaction() as session:
        # This student has chosen a password by now: it is nobody's business to take it away.
        session.get_one(Account, account_of(used).id).password_expires_at = None

    told = second.post_form(page, f"{START}/grupa", group=group)
    assert "Pierwsze Biurko" in told.text
    assert works(student, old)
    anew = second.post_form(told, f"{START}/grupa")

    (new,) = SLIP.findall(anew.text)
    assert (works(student, old), works(student, new)) == (False, True)
    stale = second.post_form(told, f"{START}/grupa")
    assert (stale.status_code, SLIP.findall(stale.text)) == (422, [])
    assert works(student, new)


def test_of_two_people_who_replace_one_slip_at_once_the_second_is_asked_again(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = make_student()
    album = str(student.album_number)
    account_of(student)
    clients = [sign_in(make_office()), office_at_another_desk(app, "Drugie Biurko")]
    asked = [
        (client, client.post_form(client.get(START), f"{START}/student", album_number=album))
        for client in clients
    ]

    answers = at_the_same_moment(
        monkeypatch,
        *(partial(client.post_form, page, f"{START}/student") for client, page in asked),
    )

    slips = [SLIP.findall(answer.text) for answer in answers]
    ((password,),) = [one for one in slips if one]
    assert works(student, password)
    (again,) = [answer for answer, one in zip(answers, slips, strict=True) if not one]
    assert "Ostatnią kartkę wydrukowano" in again.text
