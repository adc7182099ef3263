"""Sending what waits: to a real server, into a demonstration's files, and through every trouble on the way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from structlog.testing import capture_logs

from jobs import queue_reminders, send_messages
from portal import clock
from portal.extensions import db
from portal.mail.files import FOLDER, kept_letters
from portal.mail.pace import Pace
from portal.models.notices import MessageState
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.language import Language
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.services.mail_choices import choose
from portal.services.ordering import cancel
from portal.settings import Settings
from portal.settings_groups import Mail, MailSecurity
from tests.mail.mail_server import Letterbox, mail_server
from tests.mailing import (
    ACTIVATION_CODE,
    QR_TEXT,
    make_due,
    messages,
    order_in,
    student_with_mail,
    tell_of,
)
from tests.ministry_server import ROOT

pytestmark = pytest.mark.usefixtures("database")

SENDER = "portal@example.edu.pl"
SENT, WAITING = (MessageState.SENT, None), (MessageState.WAITING, None)
Send = Callable[[], dict[str, int]]


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with mail_server() as letterbox:
        yield letterbox


def use(app: Flask, **mail: Any) -> Settings:
    """From now on the application sends over this machine's server on `port`."""
    before: Settings = app.extensions["settings"]
    defaults = {"server": "127.0.0.1", "security": MailSecurity.NONE, "sender": SENDER, "timeout": 10}
    settings = before.model_copy(update={"mail": Mail(**(defaults | mail))})
    app.extensions["settings"] = settings
    return settings


@pytest.fixture
def send(app: Flask, box: Letterbox) -> Send:
    """One run over the server `box`, with a pace of the test's own."""
    use(app, port=box.port)
    pace = Pace()
    return lambda: dict(send_messages.run(pace))


def ready(address: str = "wanda@example.edu.pl") -> Order:
    order = order_in(student_with_mail(address), OrderStatus.READY)
    tell_of(order, NoticeKind.READY)
    return order


def everything_in(letter: EmailMessage) -> str:
    parts = [str(part.get_content()) for part in letter.walk() if not part.is_multipart()]
    return "\n".join([*map(str, letter.values()), *parts])


def test_what_waits_is_sent_and_nothing_secret_with_it(box: Letterbox, send: Send) -> None:
    order = ready()
    student = order_in(student_with_mail("ala@example.edu.pl"), OrderStatus.REVOKED)
    tell_of(student, NoticeKind.REVOKED)
    choose(student.student_id, set(NoticeKind), Language.ENGLISH)

    assert send() == {"sent": 2}
    assert send() == {}

    assert box.to == ["wanda@example.edu.pl", "ala@example.edu.pl"]
    assert messages() == [SENT, SENT]
    assert [letter["Content-Language"] for letter in box.arrived] == ["pl", "en"]
    person = order_person(order)
    for letter in box.arrived:
        whole = everything_in(letter)
        for secret in (QR_TEXT, ACTIVATION_CODE, *person):
            assert secret not in whole


def order_person(order: Order) -> tuple[str, ...]:
    student = db.session.get_one(Student, order.student_id)
    assert student.pesel is not None
    assert student.album_number is not None
    return student.pesel, student.album_number, student.surname, student.first_names


def test_news_that_are_over_are_not_sent(box: Letterbox, send: Send) -> None:
    order = ready()
    cancel(order.id, order.student_id, actor="test", at=clock.now())
    assert send() == {}
    assert box.arrived == []


def test_a_refused_address_is_given_up_and_one_for_later_tried_again(box: Letterbox, send: Send) -> None:
    for address in ("nikt@example.edu.pl", "pozniej@example.edu.pl", "ktos@example.edu.pl"):
        ready(address)
    box.rcpt = {"nikt@example.edu.pl": "550 nobody", "pozniej@example.edu.pl": "450 busy"}

    assert send() == {"given_up": 1, "put_off": 1, "sent": 1}

    box.rcpt = {}
    assert send() == {}, "not before its time"
    make_due()
    assert send() == {"sent": 1}
    assert box.to == ["ktos@example.edu.pl", "pozniej@example.edu.pl"]


def test_an_address_that_cannot_be_one_is_given_up(box: Letterbox, send: Send) -> None:
    ready("wanda@example.edu.pl\r\nBcc: kto@example.edu.pl")
    assert send() == {"given_up": 1}
    assert messages() == [(MessageState.GIVEN_UP, "address_unusable")]


def test_an_outage_blames_no_message_and_is_not_hammered(app: Flask, box: Letterbox) -> None:
    ready()
    pace = Pace()
    use(app, port=1)
    assert send_messages.run(pace) == {"server_unavailable": 1}
    assert send_messages.run(pace) == {}, "the server rests"
    assert messages() == [WAITING]

    use(app, port=box.port)
    with time_machine.travel(clock.real_now() + timedelta(minutes=6), tick=True):
        assert send_messages.run(pace) == {"sent": 1}


def test_a_refused_sender_blames_no_message(box: Letterbox, send: Send) -> None:
    ready()
    box.mail = "550 not you"
    assert send() == {"server_unavailable": 1}
    assert messages() == [WAITING]


def test_an_answer_lost_after_the_letter_sends_it_again_under_the_same_id(app: Flask, box: Letterbox) -> None:
    ready()
    use(app, port=box.port)
    box.lose_answer = True
    send_messages.run(Pace())
    box.lose_answer = False
    make_due()
    assert send_messages.run(Pace()) == {"sent": 1}
    first, second = box.arrived
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_no_more_go_out_in_a_minute_than_the_settings_allow(app: Flask, box: Letterbox) -> None:
    for number in range(5):
        ready(f"s{number}@example.edu.pl")
    use(app, port=box.port, per_minute=2)
    pace = Pace()
    assert [send_messages.run(pace) for _ in range(2)] == [{"sent": 2}, {}]
    with time_machine.travel(clock.real_now() + timedelta(seconds=61), tick=True):
        assert [send_messages.run(pace) for _ in range(2)] == [{"sent": 2}, {}]


def test_a_demonstration_keeps_its_letters(app: Flask, settings: Settings) -> None:
    order = ready()
    assert send_messages.run(Pace()) == {"sent": 1}
    (letter,) = kept_letters(settings.instance / FOLDER)
    assert (letter.subject, letter.to) == ("Kody do mLegitymacji czekają", "wanda@example.edu.pl")
    assert "http://localhost/mlegitymacja" in letter.plain
    assert QR_TEXT not in letter.html + letter.plain
    assert order.status is OrderStatus.READY


def test_without_a_server_a_university_drops_them(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings.model_copy(update={"demo": False})
    ready()
    assert send_messages.run(Pace()) == {"dropped": 1}
    assert send_messages.run(Pace()) == {"dropped": 0}


def test_the_digest_reaches_the_office_and_leads_to_its_lists(app: Flask, box: Letterbox) -> None:
    order = ready()
    tell_of(order_in(student_with_mail("zly adres"), OrderStatus.REVOKED), NoticeKind.REVOKED)
    use(app, port=box.port, digest_to=("dziekanat@example.edu.pl",), digest_hour=0)
    send_messages.run(Pace())
    with time_machine.travel(clock.real_now().replace(hour=0, minute=30) + timedelta(days=1), tick=True):
        assert queue_reminders.run(queue_reminders.DayAsked())["digests"] == 1
        assert send_messages.run(Pace()) == {"sent": 1}
    digest = everything_in(box.arrived[-1])
    assert box.to[-1] == "dziekanat@example.edu.pl"
    assert "Niedostarczone listy do studentów: 1" in digest
    assert "http://localhost/dziekanat/niedostarczone-listy" in digest
    assert not any(fact in digest for fact in order_person(order))


def test_documents_are_looked_through_once_a_day() -> None:
    asked = queue_reminders.DayAsked()
    held = order_in(student_with_mail(), OrderStatus.COLLECTED)
    assert queue_reminders.run(asked) == {"told": 0, "digests": 0}
    clock.move_to(timedelta(days=(held.planned_valid_until - clock.today()).days - 5))
    assert queue_reminders.run(asked)["told"] == 1
    assert queue_reminders.run(asked)["told"] == 0


CRASHING = """
import os, signal, sys
from pathlib import Path
from datetime import timedelta
from jobs import send_messages
from portal import create_app
from portal.services import mail_queue
from portal.settings import load_settings

taken, dies_after, settle = 0, int(sys.argv[2]), mail_queue.settle_sent


def die_or_settle(claim):
    global taken
    taken += 1
    if taken == dies_after:
        os.kill(os.getpid(), 9)
    settle(claim)


mail_queue.settle_sent = die_or_settle
send_messages.RUNS_FOR = timedelta(minutes=5)  # a machine that stands still ends no run before its death
with create_app(load_settings(Path(sys.argv[1]))).app_context():
    send_messages.run()
"""


@pytest.mark.parametrize("dies_after", [1, 3])
def test_a_process_killed_between_acceptance_and_commit_loses_nothing(
    app: Flask, box: Letterbox, settings: Settings, dies_after: int
) -> None:
    for number in range(4):
        ready(f"s{number}@example.edu.pl")
    write_settings(settings.instance, box.port)

    killed = run_apart(settings.instance, dies_after)
    assert killed == -signal.SIGKILL
    make_due()
    assert run_apart(settings.instance, 99) == 0

    assert messages() == [SENT] * 4
    assert set(box.to) == {f"s{number}@example.edu.pl" for number in range(4)}
    assert len(box.arrived) == 5
    assert len({letter["Message-ID"] for letter in box.arrived}) == 4


def write_settings(instance: Path, port: int) -> None:
    (instance / "portal.toml").write_text(
        'demo = true\npublic_url = "http://localhost"\n[university]\nname = "Akademia Przykładowa"\n'
        '[policy]\nbasis = "els"\n[mail]\nserver = "127.0.0.1"\nsecurity = "none"\n'
        f'sender = "{SENDER}"\nport = {port}\ntimeout = 120\n'
    )


def run_apart(instance: Path, dies_after: int) -> int:
    command = [sys.executable, "-c", CRASHING, str(instance), str(dies_after)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, timeout=600).returncode


def test_every_letter_over_the_server_has_its_line_in_the_log(send: Send) -> None:
    ready()
    ready("ala@example.edu.pl")
    with capture_logs() as logged:
        send()
    assert [line["event"] for line in logged] == ["mail_sent"] * 2


def test_letters_of_a_demonstration_that_has_no_server_share_one_line() -> None:
    ready()
    ready("ala@example.edu.pl")
    with capture_logs() as logged:
        send_messages.run(Pace())
        send_messages.run(Pace())
    assert [(line["event"], line["letters"]) for line in logged] == [("mail_kept", 2)]
