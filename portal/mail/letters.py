"""What stands in a letter: the words of a notice or of the office's digest, as plain text and as HTML.

No codes, no PESEL, no album number and no name: a letter says that there is news and leads through sign-in to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from markupsafe import Markup

from portal import clock, texts
from portal.mail.post import LetterRefused
from portal.rules.email import can_be_mailed
from portal.rules.language import Language
from portal.rules.notices import NoticeKind, RenewalStep
from portal.services.digest import OfficeTasks
from portal.services.mail_queue import Claim
from portal.settings import Settings
from portal.texts import notices as notice_texts
from portal.texts import office as office_texts

STUDENT_PAGE = "student.page"
SWITCHES_PAGE = "notices.switches"
OFFICE_PAGE = "staff_overview.show"
OFFICE_LIST = "staff_overview.listing"
STYLE_SHEET = "mail.css"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; `count`: how many things wait there."""

    words: str
    address: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's words. `switches`: where the reader turns such letters off, if they can."""

    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    items: tuple[Link, ...]
    link: Link
    switches: str | None
    plain: str = ""
    html: str = ""


def notice_letter(
    kind: NoticeKind,
    day: date | None,
    step: RenewalStep | None,
    language: Language,
    settings: Settings,
    *,
    by_portal: bool = False,
) -> Letter:
    """The letter of a notice, in the student's language; `by_portal`: of an order the portal placed by itself."""
    with _speaking(language):
        advice = (notice_texts.step(step, settings.policy.basis),) if step else ()
        return _laid_out(
            Letter(
                language=language,
                subject=notice_texts.heading(kind),
                paragraphs=(notice_texts.sentence(kind, day, by_portal=by_portal), *advice),
                items=(),
                link=Link(gettext("Przejdź do swojej strony"), _address(STUDENT_PAGE, settings)),
                switches=_address(SWITCHES_PAGE, settings),
            ),
            settings,
        )


def digest_letter(tasks: OfficeTasks, day: date, settings: Settings) -> Letter:
    """The office's digest of that day: lists with how much waits on each; nobody is named."""
    with _speaking(Language.POLISH):
        return _laid_out(
            Letter(
                language=Language.POLISH,
                subject=gettext("mLegitymacja: sprawy na %(day)s", day=texts.day(day)),
                paragraphs=(gettext("Te sprawy czekają na kogoś z dziekanatu:"),),
                items=tuple(_tasks(tasks, settings)),
                link=Link(gettext("Przejdź do portalu"), _address(OFFICE_PAGE, settings)),
                switches=None,
            ),
            settings,
        )


def envelope(letter: Letter, claim: Claim, settings: Settings) -> EmailMessage:
    """The letter as it travels; the same claim gives the same Message-ID and date every time.

    Raises LetterRefused for an address that no server would take.
    """
    if not can_be_mailed(claim.address):
        raise LetterRefused("address_unusable")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = Address(settings.university.name, addr_spec=settings.mail.sender)
    message["To"] = Address(addr_spec=claim.address)
    if settings.mail.reply_to:
        message["Reply-To"] = Address(addr_spec=settings.mail.reply_to)
    message["Date"] = format_datetime(claim.queued_at.astimezone(clock.OFFICE_ZONE))
    message["Message-ID"] = f"<{claim.message_id}@{urlsplit(settings.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.switches:
        message["List-Unsubscribe"] = f"<{letter.switches}>"
    message.set_content(letter.plain)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = (
        letter.language.value
    )  # last: content headers set before belong to the first part
    return message


@contextmanager
def _speaking(language: Language) -> Iterator[None]:
    # A context of its own: the one around it keeps the words of another reader.
    with current_app.app_context(), force_locale(language.value):
        yield


def _laid_out(letter: Letter, settings: Settings) -> Letter:
    facts = {"letter": letter, "university": settings.university}
    return replace(
        letter,
        plain=render_template("mail/letter.txt", **facts),
        html=render_template("mail/letter.html", style=Markup(_style()), **facts),  # noqa: S704  (our own file)
    )


def _style() -> str:
    """The style sheet that stands in every letter: mail programs fetch nothing."""
    sheet = current_app.open_resource(f"static/{STYLE_SHEET}", "r", encoding="utf-8")
    with sheet:
        return str(sheet.read())


def _tasks(tasks: OfficeTasks, settings: Settings) -> Iterator[Link]:
    for which, count in tasks.orders.items():
        if count:
            slug = office_texts.SLUGS[which]
            yield Link(str(office_texts.LISTS[which]), _address(OFFICE_LIST, settings, slug=slug), count)
    others = (
        (gettext("Zgłoszone błędy w danych"), "staff_data_reports.index", tasks.data_reports),
        (gettext("Zdjęcia do sprawdzenia"), "staff_photos.queue", tasks.photos),
        (gettext("Niedostarczone listy do studentów"), "staff_mail.index", tasks.letters),
    )
    for words, page, count in others:
        if count:
            yield Link(words, _address(page, settings), count)


def _address(page: str, settings: Settings, **values: str) -> str:
    routes = current_app.url_map.bind(settings.host, url_scheme="https" if settings.secure else "http")
    return str(routes.build(page, values, force_external=True))
