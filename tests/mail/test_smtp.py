"""Letters over SMTP, against a real server: encryption, signing in, every refusal, and servers that never answer."""

import socket
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from portal.mail.post import LetterPutOff, LetterRefused, ServerUnavailable
from portal.mail.smtp import SmtpPost
from portal.settings_groups import Mail, MailSecurity
from tests.mail.mail_server import PASSWORD, USER, mail_server
from tests.ministry.raw_server import raw_server
from tests.ministry.test_deadline import Authority

TO = "wanda@example.edu.pl"
SENDER = "portal@example.edu.pl"
PATIENCE_SECONDS = 30


def letter(to: str = TO) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Kody do mLegitymacji czekają"
    message["To"] = to
    message.set_content("Zażółć gęślą jaźń.\n.\n..\nKoniec.\n")
    return message


def settings(port: int, security: MailSecurity = MailSecurity.NONE, **more: Any) -> Mail:
    return Mail(
        server="127.0.0.1",
        port=port,
        security=security,
        timeout=more.pop("timeout", 20),
        sender=SENDER,
        **more,
    )


def send(mail: Mail, *letters: EmailMessage) -> None:
    with SmtpPost(mail, own_name="portal.example") as post:
        for one in letters:
            post.send(one, str(one["To"]))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "uczelnia")


def server_tls(authority: Authority, address: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("poczta", address))
    return context


def test_a_batch_goes_over_one_connection_and_arrives_letter_by_letter() -> None:
    with mail_server() as box:
        send(settings(box.port), *(letter(f"s{n}@example.edu.pl") for n in range(5)))
    assert box.connections == 1
    assert box.to == [f"s{n}@example.edu.pl" for n in range(5)]
    assert box.arrived[0].get_content().splitlines() == ["Zażółć gęślą jaźń.", ".", "..", "Koniec."]


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_over_tls_with_a_password(authority: Authority, tmp_path: Path, security: MailSecurity) -> None:
    password = tmp_path / "mail.password"
    password.write_text(PASSWORD + "\n")
    at_once = security is MailSecurity.TLS
    with mail_server(tls=server_tls(authority), at_once=at_once, sign_in=True) as box:
        send(
            settings(box.port, security, ca_file=authority.file, user=USER, password_file=password), letter()
        )
    assert box.to == [TO]
    assert box.signed_in


def test_a_wrong_password_is_the_settings_fault_and_no_letter_s(authority: Authority, tmp_path: Path) -> None:
    password = tmp_path / "mail.password"
    password.write_text("nie to")
    with mail_server(tls=server_tls(authority), sign_in=True) as box:
        mail = settings(
            box.port, MailSecurity.STARTTLS, ca_file=authority.file, user=USER, password_file=password
        )
        with pytest.raises(ServerUnavailable, match="smtp_535"):
            send(mail, letter())


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_whoever_is_not_the_server_gets_nothing(
    authority: Authority, tmp_path: Path, security: MailSecurity, wrong: str
) -> None:
    (tmp_path / "other").mkdir()
    trusted = Authority(tmp_path / "other", "inny") if wrong == "authority" else authority
    tls = server_tls(authority, "127.0.0.1" if wrong == "authority" else "127.0.0.9")
    at_once = security is MailSecurity.TLS
    with mail_server(tls=tls, at_once=at_once) as box:
        mail = settings(box.port, security, ca_file=trusted.file)
        with pytest.raises(ServerUnavailable, match="certificate_refused"):
            send(mail, letter())
    assert box.arrived == []


def test_a_server_that_offers_no_tls_gets_nothing() -> None:
    with mail_server() as box, pytest.raises(ServerUnavailable, match="not_offered"):
        send(settings(box.port, MailSecurity.STARTTLS), letter())
    assert box.arrived == []


@pytest.mark.parametrize(
    ("place", "answer", "failure"),
    [
        ("rcpt", "550 no such user", LetterRefused),
        ("rcpt", "450 later", LetterPutOff),
        ("rcpt", "421 closing", ServerUnavailable),
        ("data", "554 spam", LetterRefused),
        ("data", "452 full", LetterPutOff),
    ],
)
def test_a_refused_letter_says_why_and_the_next_one_goes_out(
    place: str, answer: str, failure: type[Exception]
) -> None:
    with mail_server() as box:
        getattr(box, place)[TO] = answer
        with SmtpPost(settings(box.port), own_name="portal.example") as post:
            with pytest.raises(failure) as why:
                post.send(letter(), TO)
            assert why.value.code == f"smtp_{answer[:3]}"
            if failure is not ServerUnavailable:
                post.send(letter("inna@example.edu.pl"), "inna@example.edu.pl")
                assert box.to == ["inna@example.edu.pl"]


@pytest.mark.parametrize("answer", ["550 not you", "451 not now"])
def test_a_server_that_refuses_the_sender_refuses_no_letter(answer: str) -> None:
    with mail_server() as box:
        box.mail = answer
        with pytest.raises(ServerUnavailable, match=f"smtp_{answer[:3]}"):
            send(settings(box.port), letter())


@pytest.mark.parametrize("how", ["hang_up", "lose_answer"])
def test_a_connection_lost_around_the_letter_leaves_it_for_later(how: str) -> None:
    with mail_server() as box:
        setattr(box, how, True)
        with pytest.raises(LetterPutOff) as why:
            send(settings(box.port), letter())
    assert why.value.connection_lost
    assert len(box.arrived) == (how == "lose_answer")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerUnavailable, match="unreachable"):
        send(settings(port), letter())


def drip(greeting: bytes) -> Callable[[socket.socket], None]:
    """Say `greeting` and then one byte after the other, without end."""

    def script(connection: socket.socket) -> None:
        connection.sendall(greeting)
        for _ in range(PATIENCE_SECONDS * 20):
            connection.sendall(b"2")
            time.sleep(0.05)

    return script


@pytest.mark.parametrize("greeting", [b"", b"220 here\r\n"])
def test_a_dripping_server_ends_at_the_deadline(greeting: bytes) -> None:
    began = time.monotonic()
    with raw_server(drip(greeting)) as server, pytest.raises(ServerUnavailable):
        send(settings(server.port, timeout=0.5), letter())
    assert time.monotonic() - began < PATIENCE_SECONDS / 2


def test_a_handshake_without_end_ends_at_the_deadline() -> None:
    began = time.monotonic()
    with raw_server(lambda connection: time.sleep(3)) as server, pytest.raises(ServerUnavailable):
        send(settings(server.port, MailSecurity.TLS, timeout=0.5), letter())
    assert time.monotonic() - began < PATIENCE_SECONDS / 2


def test_the_password_stands_in_no_text_of_the_settings(tmp_path: Path) -> None:
    password = tmp_path / "mail.password"
    password.write_text(PASSWORD)
    assert PASSWORD not in repr(settings(2525, user=USER, password_file=password))
