"""Awkward reports from the ministry's panel: what each row would do, in exact words, and what is written."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from stdnum.pl import pesel as pesel_numbers

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Batch, JournalEntry
from portal.models.notices import Notice
from portal.models.orders import Order, OrderEvent
from portal.models.people import Student
from portal.models.sealed import keyring
from portal.rules.next_step import AtMinistry, Step, next_step
from portal.rules.notices import NoticeKind
from portal.rules.order_status import OrderStatus
from portal.rules.panel import read_reference, reference_of
from portal.rules.reasons import EndReason
from portal.services import ordering, panel_batches, panel_reports, panel_withdrawals
from portal.services.days_written import read_day
from portal.services.expiry import expire_codes_by_clock
from portal.services.panel_fates import ReportFate, RowProblem
from portal.services.panel_reports import PreparedReport, ReportMoved
from portal.services.receipts import confirm_receipt
from portal.settings_groups import Panel
from portal.texts import panel as panel_texts
from tests.invariants import broken_promises
from tests.panel import codes_for, report
from tests.people import make_office
from tests.spreadsheets import xlsx
from tests.views.panel import BY_PANEL, ordered

COLUMNS = Panel().report_columns
QR, CODE = codes_for("P1-001")
NOTHING_KNOWN: dict[str, list[object]] = {"cards": [], "calls": [], "requests": []}

pytestmark = pytest.mark.usefixtures("database")


@dataclass(frozen=True)
class Pack:
    """A package of two: the first is spoken about, the second is there to be mixed up with."""

    batch_id: str
    first: str
    second: str

    def order(self, which: str = "first") -> Order:
        db.session.rollback()
        return db.session.get_one(Order, getattr(self, which))


@pytest.fixture
def pack(database: object) -> Pack:
    first, second = ordered(album_number="000123", first_names="Łucja", surname="Żak"), ordered()
    made = panel_batches.make_package(BY_PANEL, limit=10, actor=make_office().id, at=clock.now())
    assert made.batch_id is not None
    return Pack(made.batch_id, first, second)


def row(**changed: str) -> dict[str, str]:
    """A good row about the first order, by short names: nr, album, pesel, qr, kod, do, powod."""
    headings = {
        "nr": "Nr zamówienia",
        "album": "Nr albumu",
        "pesel": "PESEL",
        "qr": "Kod QR",
        "kod": "Kod aktywacyjny",
        "do": "Kody ważne do",
        "powod": "Powód odrzucenia",
    }
    return {
        headings[name]: value for name, value in ({"nr": "P1-001", "qr": QR, "kod": CODE} | changed).items()
    }


def prepare(*rows: dict[str, str], at: datetime | None = None) -> PreparedReport:
    return panel_reports.prepare_report(report(rows), COLUMNS, BY_PANEL, at=at or clock.now())


def apply(prepared: PreparedReport) -> str | None:
    return panel_reports.apply_report(
        prepared, fingerprint=prepared.fingerprint, actor=make_office().id, at=clock.now()
    )


def fate(*rows: dict[str, str]) -> tuple[ReportFate, str]:
    """The fate of the last row and the words that go with it."""
    last = prepare(*rows).fates[-1]
    return last.fate, panel_texts.problem(last.problem) if last.problem else ""


def pesel_of(order: Order) -> str:
    return db.session.get_one(Student, order.student_id).pesel or ""


@pytest.mark.parametrize(
    "named",
    [
        {"nr": "P1-001"},
        {"nr": " p1-1 "},
        {"nr": "1–001"},
        {"nr": "1/1"},
        {"nr": "", "album": "000123"},
        {"nr": "", "album": "123"},
        {"nr": "P1-001", "album": "123"},
    ],
)
def test_a_row_finds_its_order_however_it_is_called(pack: Pack, named: dict[str, str]) -> None:
    (found,) = prepare(row(**named)).fates
    assert found.fate is ReportFate.CODES
    assert found.packaged is not None
    assert found.packaged.order.id == pack.first


def test_a_row_is_found_by_its_pesel_alone_also_without_the_zero_a_spreadsheet_ate(pack: Pack) -> None:
    student = pack.order().student_id
    eaten = "08810112342"
    eaten = eaten[:10] + pesel_numbers.calc_check_digit(eaten[:10])
    with transaction() as session:
        person = session.get_one(Student, student)
        person.pesel, person.pesel_index = eaten, keyring().blind_index(eaten)
        order = session.get_one(Order, pack.first)
        assert order.payload is not None
        order.payload = json.dumps(json.loads(order.payload) | {"pesel": eaten})
    for written in (eaten, eaten.lstrip("0"), f"{eaten[:6]} {eaten[6:]}"):
        assert fate(row(nr="", pesel=written)) == (ReportFate.CODES, "")


NUMBER_FOR_A_CODE = "W miejscu kodu stoi numer zamówienia albo numer albumu. Wpisz kody, które nadał panel."
MALFORMED = [
    ({"nr": ""}, "Nie wiadomo, o kogo chodzi: brak numeru zamówienia, numeru albumu i numeru PESEL."),
    ({"nr": "P9-001"}, "Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    ({"nr": "P1-003"}, "Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    ({"nr": "pierwsze"}, "Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    ({"nr": "", "album": "999"}, "Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    ({"nr": "", "pesel": "1"}, "Żadna otwarta paczka nie zawiera takiego zamówienia. Sprawdź numer."),
    (
        {"nr": "P1-002", "album": "000123"},
        "Numer zamówienia, numer albumu lub PESEL należą do różnych osób. Popraw wiersz.",
    ),
    (
        {"pesel": "72841700013"},
        "Numer zamówienia, numer albumu lub PESEL należą do różnych osób. Popraw wiersz.",
    ),
    ({"qr": "", "kod": ""}, "Nie ma tu ani kodów, ani powodu odrzucenia."),
    ({"qr": " "}, "Brak kodu QR."),
    ({"kod": "\t"}, "Brak kodu aktywacyjnego."),
    ({"qr": "x" * 501}, "Kod jest za długi: kod QR może mieć 500 znaków, a aktywacyjny 64."),
    ({"kod": "x" * 65}, "Kod jest za długi: kod QR może mieć 500 znaków, a aktywacyjny 64."),
    ({"kod": "p1-1"}, NUMBER_FOR_A_CODE),
    ({"qr": "P1-001"}, NUMBER_FOR_A_CODE),
    ({"qr": "000123"}, NUMBER_FOR_A_CODE),
    ({"nr": "", "album": "123", "kod": "123"}, NUMBER_FOR_A_CODE),
    ({"qr": CODE}, "Kod QR i kod aktywacyjny są takie same. Sprawdź w panelu, który jest który."),
    ({"do": "jutro"}, "Termin ważności kodów nie jest datą. Wpisz ją jak 31.12.2026."),
    ({"do": "31.02.2099"}, "Termin ważności kodów nie jest datą. Wpisz ją jak 31.12.2026."),
    ({"do": "1.01.2020"}, "Te kody już nie działają: ich termin minął."),
    ({"powod": "zdjęcie"}, "Są tu naraz kody i powód odrzucenia. Zostaw jedno z nich."),
]


@pytest.mark.parametrize(("changed", "words"), MALFORMED)
def test_a_row_that_cannot_be_taken_says_why(pack: Pack, changed: dict[str, str], words: str) -> None:
    prepared = prepare(row(**changed))
    (one,) = prepared.fates
    assert (one.fate, panel_texts.problem(one.problem or "")) == (ReportFate.REJECTED, words)
    assert one.row.number == 2
    assert apply(prepared) is None
    assert pack.order().status is OrderStatus.IN_PROGRESS


def test_rows_about_one_order_count_once_and_contradicting_ones_not_at_all(pack: Pack) -> None:
    twice = "To zamówienie jest w pliku więcej niż raz."
    fates = prepare(row(), row(nr="", album="123")).fates
    assert [one.fate for one in fates] == [ReportFate.CODES, ReportFate.REJECTED]
    assert fate(row(), row()) == (ReportFate.REJECTED, twice)
    fates = prepare(row(), row(kod="other123")).fates
    assert [one.problem for one in fates] == [RowProblem.TWICE_IN_FILE] * 2


def test_codes_given_to_two_orders_are_given_to_neither(pack: Pack) -> None:
    fates = prepare(row(), row(nr="P1-002")).fates
    assert [one.problem for one in fates] == [RowProblem.CODES_TWICE_IN_FILE] * 2
    words = "Ten sam kod QR stoi w pliku przy różnych zamówieniach."
    assert fate(row(), row(nr="P1-002")) == (ReportFate.REJECTED, words)


def test_codes_of_another_order_are_refused_even_after_they_were_erased(pack: Pack) -> None:
    apply(prepare(row()))
    words = "Ten kod QR należy już do innego zamówienia."
    assert fate(row(nr="P1-002")) == (ReportFate.REJECTED, words)
    ordering.cancel(pack.first, pack.order().student_id, actor="student", at=clock.now())
    assert fate(row(nr="P1-002")) == (ReportFate.REJECTED, words)


def cancel(pack: Pack) -> None:
    ordering.cancel(pack.first, pack.order().student_id, actor="student", at=clock.now())


def revoke(pack: Pack) -> None:
    ordering.revoke(pack.first, EndReason.OFFICE_REVOKED, actor=make_office().id, at=clock.now())


def fail(pack: Pack) -> None:
    apply(prepare(row(qr="", kod="", powod="zdjęcie nieczytelne")))


def give_codes(pack: Pack) -> None:
    apply(prepare(row()))


def collect(pack: Pack) -> None:
    give_codes(pack)
    confirm_receipt(pack.first, pack.order().student_id, BY_PANEL, actor="student", at=clock.now())


def let_codes_expire(pack: Pack) -> None:
    give_codes(pack)
    expire_codes_by_clock(actor="expire_codes", at=clock.now() + timedelta(days=40))


OVER: list[tuple[Callable[[Pack], None], dict[str, str], str]] = [
    (cancel, {}, "Student anulował to zamówienie. Kodów nie wczytujemy; w panelu ma być wycofane."),
    (revoke, {}, "Uczelnia unieważniła to zamówienie. Kodów nie wczytujemy; w panelu ma być wycofane."),
    (fail, {}, "To zamówienie zakończyło się błędem. Kodów nie wczytujemy; w panelu ma być wycofane."),
    (collect, {}, "Student już odebrał tę mLegitymację."),
    (let_codes_expire, {}, "Kody tego zamówienia już wygasły."),
    (give_codes, {"kod": "z8e+6Ys$"}, "To zamówienie ma już inne kody. Sprawdź w panelu, które są właściwe."),
    (
        give_codes,
        {"qr": "", "kod": "", "powod": "zdjęcie"},
        "To zamówienie ma już kody, a raport mówi o odmowie. Sprawdź w panelu.",
    ),
]


@pytest.mark.parametrize(("happened", "changed", "words"), OVER)
def test_an_order_that_went_on_meanwhile_keeps_its_state(
    pack: Pack, happened: Callable[[Pack], None], changed: dict[str, str], words: str
) -> None:
    happened(pack)
    before = pack.order().status
    assert fate(row(**changed)) == (ReportFate.REJECTED, words)
    assert apply(prepare(row(**changed))) is None
    assert pack.order().status is before


def test_a_package_taken_back_says_so(pack: Pack) -> None:
    counts = panel_batches.take_back_counts(pack.batch_id)
    panel_batches.take_back(pack.batch_id, counts, actor=make_office().id, at=clock.now())
    words = "Tę paczkę wycofano, a zamówienia wróciły do kolejki. Wycofaj je też w panelu."
    assert fate(row()) == (ReportFate.REJECTED, words)


def test_codes_are_given_as_they_came_but_for_the_white_space_around(pack: Pack) -> None:
    qr, code = "https://przyklad/QR?x=1 2", "z8e+ 6Ys$"
    batch_id = apply(prepare(row(qr=f"  {qr}\t", kod=f" {code}  ")))
    one = pack.order()
    assert (one.status, one.at_ministry) == (OrderStatus.READY, AtMinistry.PRESENT)
    assert (one.qr_payload, one.activation_code) == (qr, code)
    event = db.session.scalar(select(OrderEvent).where(OrderEvent.to_status == OrderStatus.READY))
    assert event is not None
    assert (event.batch_id, event.actor) == (batch_id, make_office().id)
    told = db.session.scalars(select(Notice.kind).where(Notice.order_id == pack.first)).all()
    assert NoticeKind.READY in told


def test_a_report_changes_what_it_can_in_one_act_and_nothing_when_it_comes_again(pack: Pack) -> None:
    rows = [row(), row(nr="P1-002", qr="", kod="", powod="zdjęcie nieczytelne"), row(nr="P9-001")]
    first = prepare(*rows)
    assert dict(first.counts) == {ReportFate.CODES: 1, ReportFate.REFUSED: 1, ReportFate.REJECTED: 1}
    batch_id = apply(first)
    batch = db.session.get_one(Batch, batch_id)
    assert (batch.number, batch.counts) == (None, {"codes": 1, "ministry_refused": 1, "rejected": 1})
    refused = pack.order("second")
    assert (refused.status, refused.refusal_code) == (OrderStatus.ERROR, "zdjęcie nieczytelne")
    assert next_step(refused.status, refused.at_ministry) is Step.NOTHING
    again = prepare(*rows)
    assert dict(again.counts) == {ReportFate.UNCHANGED: 2, ReportFate.REJECTED: 1}
    assert apply(again) is None
    assert broken_promises([pack.second], {**NOTHING_KNOWN, "cards": [live_card(pack.first)]}) == []


def live_card(order_id: str) -> dict[str, object]:
    return {"key": order_id, "live": True, "album_number": "000123"}


def test_a_sheet_with_headings_in_other_letters_and_lines_above_is_read(pack: Pack) -> None:
    content = xlsx(
        [
            ["Raport z 1.10.2026"],
            ["uwagi", "NR  ZAMÓWIENIA", "kod qr", "KOD AKTYWACYJNY"],
            ["–", "P1-001", QR, CODE],
        ]
    )
    prepared = panel_reports.prepare_report(content, COLUMNS, BY_PANEL, at=clock.now())
    assert [one.fate for one in prepared.fates] == [ReportFate.CODES]


@pytest.mark.parametrize(
    ("stated", "until"),
    [("31.12.2050", None), ("", 30), ("{in_ten}", 10), ("{in_ten} 23:59", 10), ("{iso}", 10)],
)
def test_codes_end_by_the_report_else_by_the_package_and_never_after_the_card(
    pack: Pack, stated: str, until: int | None
) -> None:
    day = clock.today() + timedelta(days=10)
    stated = stated.format(in_ten=f"{day.day}.{day.month:02}.{day.year}", iso=day.isoformat())
    packed_at = db.session.get_one(Batch, pack.batch_id).applied_at
    assert packed_at is not None
    later = clock.now() + timedelta(days=5)
    (one,) = prepare(row(do=stated), at=later).fates
    expected = {
        None: clock.end_of(pack.order().planned_valid_until),
        30: packed_at + timedelta(days=30),
        10: clock.end_of(day),
    }[until]
    assert one.expire_at == expected


def test_codes_brought_back_too_late_are_not_shown_to_anybody(pack: Pack) -> None:
    (one,) = prepare(row(), at=clock.now() + timedelta(days=31)).fates
    assert panel_texts.problem(one.problem or "") == (
        "Te kody już nie działają: od utworzenia paczki minęło za dużo czasu. Jeśli mają inny termin, podaj go."
    )


def test_nothing_is_written_once_an_order_moved_after_it_was_shown(pack: Pack) -> None:
    shown = prepare(row(), row(nr="P1-002", qr="b" * 32))
    cancel(pack)
    with pytest.raises(ReportMoved):
        apply(shown)
    now = prepare(row(), row(nr="P1-002", qr="b" * 32))
    with pytest.raises(ReportMoved):
        panel_reports.apply_report(now, fingerprint=shown.fingerprint, actor=make_office().id, at=clock.now())
    assert pack.order("second").status is OrderStatus.IN_PROGRESS
    assert panel_withdrawals.count_due() == 1


def test_codes_entered_by_hand_stand_in_the_journal_without_the_codes(pack: Pack) -> None:
    typed = panel_reports.row_called("000123", qr_payload=QR, activation_code=CODE)
    fates = [
        panel_reports.enter_codes(typed, BY_PANEL, actor=make_office().id, at=clock.now()).fate
        for _ in range(2)
    ]
    assert fates == [ReportFate.CODES, ReportFate.UNCHANGED]
    kept = db.session.scalars(select(JournalEntry).where(JournalEntry.subject_id == pack.first)).all()
    assert [(entry.act, entry.details) for entry in kept] == [
        (panel_reports.CODES_ENTERED, {"reference": "P1-001"})
    ]
    assert pack.order().version == 3


def test_nothing_about_codes_or_people_stands_in_a_row_or_its_fate(pack: Pack) -> None:
    prepared = prepare(row(album="000123"))
    assert not [secret for secret in (QR, CODE, "000123", pesel_of(pack.order())) if secret in repr(prepared)]
    assert not [secret for secret in (QR, CODE, "000123") if secret in repr(prepared.fates)]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("P7-012", (7, 12)),
        ("p7 - 12", (7, 12)),
        ("7–12", (7, 12)),
        ("P0-1", None),
        ("7", None),
        ("7-x", None),
    ],
)
def test_references_are_read_as_people_write_them(text: str, reference: tuple[int, int] | None) -> None:
    assert read_reference(text) == reference
    assert reference is None or reference_of(*reference) == "P7-012"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.12.2026", "2026-12-31"),
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31T23:59:59", "2026-12-31"),
        ("31.12.2026 r.", "2026-12-31"),
        ("31/12/2026, 8:05", "2026-12-31"),
        ("31.13.2026", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_and_spreadsheets_write_them(text: str, day: str | None) -> None:
    found = read_day(text)
    assert (found and found.isoformat()) == day


def test_the_corpus_meets_every_reason_for_refusing_a_row() -> None:
    met = {words for _changed, words in MALFORMED} | {words for _happened, _changed, words in OVER}
    elsewhere = {
        RowProblem.TAKEN_BACK,
        RowProblem.TWICE_IN_FILE,
        RowProblem.CODES_TWICE_IN_FILE,
        RowProblem.CODES_OF_ANOTHER,
        RowProblem.LIFETIME_PASSED,
    }
    assert {panel_texts.problem(one) for one in RowProblem if one not in elsewhere} == met
    assert set(panel_texts.PROBLEMS) == set(RowProblem)
    assert set(panel_texts.FATES) == set(ReportFate)


def test_a_policy_with_longer_living_codes_counts_from_the_package(pack: Pack) -> None:
    policy = replace(BY_PANEL, codes_lifetime_days=2)
    at = datetime.now(UTC) + timedelta(days=3)
    (one,) = panel_reports.prepare_report(report([row()]), COLUMNS, policy, at=at).fates
    assert one.problem is RowProblem.LIFETIME_PASSED
