"""Letters: every kind in both languages, and nothing in any of them that is nobody else's business."""

import itertools
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from portal import words
from portal.mail.letters import SWITCHES_PAGE, Letter, digest_letter, envelope, notice_letter
from portal.mail.post import LetterRefused
from portal.rules.language import Language
from portal.rules.notices import NoticeKind, RenewalStep
from portal.rules.policy import Basis, Policy
from portal.services.digest import OfficeTasks
from portal.services.mail_queue import Claim
from portal.services.office_lists import OfficeList
from portal.settings import Settings
from portal.settings_groups import Mail, University
from portal.texts import notices as notice_texts
from tests.pages import read

DAY = date(2027, 3, 31)
CATALOGUE = Path(words.PORTAL) / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MAIL_TEMPLATES = ("portal/templates/mail/letter.html", "portal/templates/mail/letter.txt")
KINDS = [
    (kind, step)
    for kind in NoticeKind
    for step in (RenewalStep if kind is NoticeKind.SEMESTER_ENDS else [None])
]


def claim(address: str = "wanda@example.edu.pl") -> Claim:
    return Claim(
        message_id="11111111-2222-4333-8444-555555555555",
        token="t",
        queued_at=datetime(2027, 3, 1, 8, 5, tzinfo=UTC),
        failures=0,
        address=address,
    )


@pytest.fixture(params=Basis)
def at_university(app: Flask, settings: Settings, request: pytest.FixtureRequest) -> Settings:
    changed = settings.model_copy(
        update={"policy": Policy(basis=request.param), "public_url": "https://ml.example.edu.pl"}
    )
    app.extensions["settings"] = changed
    return changed


def travelled(letter: Letter, settings: Settings, **to: str) -> EmailMessage:
    """The letter as its reader's program sees it."""
    found = message_from_bytes(envelope(letter, claim(**to), settings).as_bytes(policy=SMTP), policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def body(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("kind", "step"), KINDS)
def test_every_kind_is_a_whole_letter_in_both_languages(
    app: Flask, at_university: Settings, kind: NoticeKind, step: RenewalStep | None, language: Language
) -> None:
    with app.app_context():
        message = travelled(notice_letter(kind, DAY, step, language, at_university), at_university)

    assert message.get_content_type() == "multipart/alternative"
    assert message["Message-ID"] == "<11111111-2222-4333-8444-555555555555@ml.example.edu.pl>"
    assert message["Date"].datetime == datetime(2027, 3, 1, 8, 5, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language.value
    assert message["List-Unsubscribe"] == "<https://ml.example.edu.pl/wiadomosci/ustawienia>"
    plain, html = body(message, "plain"), body(message, "html")
    root, doctype = read(html)
    assert doctype == "doctype html"
    assert next(root.all("html")).get("lang") == language.value
    for text in (plain, next(root.all("body")).text):
        assert "pomoc@example.edu.pl" in text
        assert "%(" not in text
    assert "https://ml.example.edu.pl/mlegitymacja\n" in plain.replace("\r\n", "\n")
    links = {link.get("href") for link in root.all("a")}
    assert links == {
        "https://ml.example.edu.pl/mlegitymacja",
        "https://ml.example.edu.pl/wiadomosci/ustawienia",
    }
    polish = {sign for sign in plain.replace(at_university.university.name, "") if sign in "ąćęłńóśżź"}
    assert bool(polish) is (language is Language.POLISH)


@pytest.mark.parametrize("language", Language)
def test_letters_of_the_same_kind_differ_in_their_days_alone(
    app: Flask, at_university: Settings, language: Language
) -> None:
    """Nothing of a person goes into a letter: it is made of a kind, a day and a step."""
    with app.app_context():
        for kind, step in KINDS:
            one, other = (
                notice_letter(kind, day, step, language, at_university) for day in (DAY, date(2027, 10, 31))
            )
            assert one.subject == other.subject
            later = one.plain.replace("31.03.2027", "31.10.2027").replace(
                "Mar\N{NO-BREAK SPACE}2027", "Oct\N{NO-BREAK SPACE}2027"
            )
            assert later == other.plain


def test_what_is_read_at_once_says_what_to_do_next(app: Flask, at_university: Settings) -> None:
    with app.app_context():
        said = {
            step: notice_letter(NoticeKind.SEMESTER_ENDS, DAY, step, Language.POLISH, at_university).plain
            for step in RenewalStep
        }
    by_semester = at_university.policy.basis is Basis.SEMESTER
    assert "Możesz ją już zamówić" in said[RenewalStep.ORDER]
    assert ("potwierdzenie semestru" if by_semester else "Przedłuż ELS") in said[RenewalStep.EXTEND]
    assert "anuluj obecną" in said[RenewalStep.CANCEL_FIRST]


def test_the_digest_names_lists_and_figures_and_leads_to_them(app: Flask, settings: Settings) -> None:
    counts = dict.fromkeys(OfficeList, 0) | {OfficeList.UNCLEAR: 2}
    with app.app_context():
        letter = digest_letter(OfficeTasks(counts, data_reports=1, photos=0, letters=3), DAY, settings)
        message = travelled(letter, settings)

    assert "List-Unsubscribe" not in message
    plain = body(message, "plain")
    assert [line for line in plain.splitlines() if line.startswith("- ")] == [
        "- Do wyjaśnienia: 2",
        "- Zgłoszone błędy w danych: 1",
        "- Niedostarczone listy do studentów: 3",
    ]
    assert "http://localhost/dziekanat/listy/do-wyjasnienia" in plain
    root, _ = read(body(message, "html"))
    assert len(list(root.all("li"))) == 3


@pytest.mark.parametrize(
    "address",
    [
        "wanda@example.edu.pl\r\nBcc: kto@example.edu.pl",
        "wanda@example.edu.pl, kto@example.edu.pl",
        "Wanda <wanda@example.edu.pl>",
        "wanda@example",
        "@example.edu.pl",
        "żółw@example.edu.pl",
        "w..w@example.edu.pl",
        "wanda @example.edu.pl",
        "",
    ],
)
def test_an_address_no_server_would_take_never_gets_into_a_header(
    app: Flask, settings: Settings, address: str
) -> None:
    with app.app_context():
        letter = notice_letter(NoticeKind.REVOKED, None, None, Language.POLISH, settings)
        with pytest.raises(LetterRefused, match="address_unusable"):
            envelope(letter, claim(address), settings)


@pytest.mark.parametrize(
    "name", ["Uniwersytet\r\nBcc: kto@example.edu.pl", "U <a@b.pl>, ", 'U "S"', "Ü" * 190]
)
def test_a_university_s_name_adds_no_header(app: Flask, settings: Settings, name: str) -> None:
    named = settings.model_copy(
        update={"university": University.model_construct(name=name, help_contact="x")}
    )
    with app.app_context():
        letter = notice_letter(NoticeKind.REVOKED, None, None, Language.POLISH, named)
        try:
            message = travelled(letter, named)
        except ValueError:
            return
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["From"].addresses] == [named.mail.sender]
    assert [one.addr_spec for one in message["To"].addresses] == ["wanda@example.edu.pl"]


def test_answers_go_where_the_settings_say(app: Flask, settings: Settings) -> None:
    mail = Mail(sender="portal@example.edu.pl", reply_to="dziekanat@example.edu.pl")
    with app.app_context():
        letter = notice_letter(NoticeKind.REVOKED, None, None, Language.POLISH, settings)
        message = travelled(letter, settings.model_copy(update={"mail": mail}))
    assert "portal@example.edu.pl" in message["From"]
    assert message["Reply-To"] == "dziekanat@example.edu.pl"


def test_every_word_of_a_student_s_letter_is_translated() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    said = {text for name in MAIL_TEMPLATES for _, text in words.by_file()[name]}
    tables = (notice_texts.HEADINGS, notice_texts.SENTENCES, notice_texts.STEPS)
    said |= {lazy._args[0] for table in tables for lazy in table.values()}
    said |= {notice_texts.CONFIRM_SEMESTER._args[0], "Przejdź do swojej strony"}
    assert {text for text in said if not (catalogue.get(text) and catalogue.get(text).string)} == set()
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert [list(errors) for message in catalogue if (errors := list(message.check(catalogue)))] == []


def test_no_other_reader_s_language_lasts(app: Flask, settings: Settings) -> None:
    with app.app_context():
        subjects = [
            notice_letter(NoticeKind.REVOKED, None, None, language, settings).subject
            for language in itertools.chain(Language, Language)
        ]
        assert subjects[:2] == subjects[2:]
        assert len(set(subjects)) == 2


def test_the_switches_the_letters_lead_to_are_there(app: Flask) -> None:
    assert SWITCHES_PAGE in app.view_functions
