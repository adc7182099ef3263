"""Send the mail that waits: over the mail server, or into files of a demonstration that has none."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import structlog
from flask import current_app

from portal import clock
from portal.mail.files import FOLDER, FilePost
from portal.mail.letters import digest_letter, envelope, notice_letter
from portal.mail.pace import Pace
from portal.mail.post import LetterPutOff, LetterRefused, Post, ServerUnavailable
from portal.mail.smtp import SmtpPost
from portal.services import digest, mail_queue
from portal.services.mail_queue import Claim
from portal.services.office_lists import Terms
from portal.settings import Settings

NAME = "send_messages"
RUNS_FOR = timedelta(seconds=20)
"""After that long a run ends, so that the process can be stopped; the next one goes on."""
LEASE_BESIDE_THE_SERVER = timedelta(seconds=30)

log = structlog.get_logger()
_PACE = Pace()


def run(pace: Pace = _PACE) -> Mapping[str, int]:
    """Send what is due, one message after the other over one connection."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.sends_mail:
        return {"dropped": mail_queue.drop_all(mail_queue.NO_SERVER)}
    at = clock.real_now()
    if pace.resting(at) or not pace.admits(settings.mail.per_minute, at) or not mail_queue.any_due():
        return {}
    counts: Counter[str] = Counter()
    try:
        with _post(settings) as post:
            _send_due(post, pace, settings, counts)
    except ServerUnavailable as why:
        pace.server_failed(clock.real_now())
        log.warning("mail_server_unavailable", reason=why.code)
        counts["server_unavailable"] += 1
    else:
        pace.server_answered()
    if counts["sent"] and not settings.mail.server:
        log.info("mail_kept", letters=counts["sent"])  # a demonstration begins with about a hundred
    return counts


def _post(settings: Settings) -> Post:
    if settings.mail.server:
        return SmtpPost(settings.mail, own_name=urlsplit(settings.public_url).hostname or "localhost")
    return FilePost(settings.instance / FOLDER)


def _send_due(post: Post, pace: Pace, settings: Settings, counts: Counter[str]) -> None:
    until = clock.real_now() + RUNS_FOR
    lease = timedelta(seconds=settings.mail.timeout) + LEASE_BESIDE_THE_SERVER
    while (real := clock.real_now()) < until and pace.admits(settings.mail.per_minute, real):
        claim = mail_queue.claim_next(settings.policy, lease=lease, at=clock.now())
        if claim is None:
            return
        pace.note_letter(real)
        counts[_deliver(claim, post, settings)] += 1


def _deliver(claim: Claim, post: Post, settings: Settings) -> str:
    """Hand one message over and write down what became of it. Raises ServerUnavailable."""
    try:
        letter = _written(claim, settings)
        if letter is None:
            mail_queue.settle_dropped(claim, mail_queue.OLD_NEWS)
            return "dropped"
        post.send(letter, claim.address)
    except LetterRefused as why:
        mail_queue.settle_given_up(claim, why.code)
        return "given_up"
    except LetterPutOff as why:
        mail_queue.settle_later(claim, why.code)
        if why.connection_lost:
            raise ServerUnavailable(why.code) from None
        return "put_off"
    except ServerUnavailable:
        mail_queue.give_back(claim)
        raise
    mail_queue.settle_sent(claim)
    if settings.mail.server:
        log.info("mail_sent", message=claim.message_id, kind=claim.kind and claim.kind.value)
    return "sent"


def _written(claim: Claim, settings: Settings) -> EmailMessage | None:
    """The message as it travels, or None where nothing is left to say."""
    if claim.kind is not None:
        letter = notice_letter(
            claim.kind, claim.day, claim.step, claim.language, settings, by_portal=claim.by_portal
        )
        return envelope(letter, claim, settings)
    at, ministry = clock.now(), settings.ministry
    terms = Terms(settings.policy, timedelta(seconds=ministry.overdue_after), ministry.repeatable, at)
    tasks = digest.tasks(terms)
    if not tasks:
        return None
    return envelope(digest_letter(tasks, clock.day_of(at), settings), claim, settings)
