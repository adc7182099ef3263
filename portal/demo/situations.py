"""The students who show one situation each, whatever the day of the year."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from portal.clock import day_of
from portal.demo.catalogue import PROGRAMMES
from portal.demo.names import name_from_abroad
from portal.demo.orders import DemoOrder, place
from portal.demo.people import ordinary_student
from portal.demo.portraits import portrait
from portal.demo.semesters import academic_year, next_end, previous_end
from portal.demo.student import Confirmation, DemoStudent, PlasticCard, office_hour
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentStatus, Level
from portal.rules.validity import WINTER_BEGINS, proposed_until

SUMMER_SEMESTER_BEGINS = (3, 1)
DOCTORAL = next(one for one in PROGRAMMES if one.level is Level.DOCTORAL)
MASTERS = next(one for one in PROGRAMMES if one.level is Level.SECOND_CYCLE)

JUST_NOW = timedelta(minutes=10)
"""How long ago the codes that wait were ordered: young codes are looked up often, so using them is seen at once."""

DAYS_LEFT_OF_DOCUMENT = 14
"""The document that may be renewed lasts at least this much longer, so that it does not expire while it is shown."""


def situation_students(at: datetime, policy: Policy) -> dict[str, DemoStudent]:
    """Everybody whose account stands in `accounts.ACCOUNTS`, by user name, as the register is at that moment."""
    today = day_of(at)
    people = {f"{100_000 + number}": ordinary_student(number, at, policy) for number in range(1, 13)}
    people |= {
        "100002": _extended_no_longer(people["100002"], today),
        "100003": replace(people["100003"], photo=None),
        "100004": _without_pesel(people["100004"], 4),
        "100006": _extended_again(people["100006"], today),
        "100007": _removed(people["100007"], today - timedelta(days=20)),
        "100008": ordinary_student(8, at, policy, programme=DOCTORAL),
        "100009": _before_the_oath(ordinary_student(9, at, policy, programme=MASTERS, year=1), today, policy),
        "100010": _with_another_surname(people["100010"], today - timedelta(days=12)),
        "bez-albumu": replace(ordinary_student(13, at, policy), user_name="bez-albumu", album_number=None),
    }
    return people


def situation_orders(people: dict[str, DemoStudent], at: datetime, policy: Policy) -> list[DemoOrder]:
    """What those students ordered so far."""
    yesterday, renewable = day_of(at) - timedelta(days=1), people["100006"]
    lapsed_on = day_of(at) - timedelta(days=policy.codes_lifetime_days + 10)
    first_confirmed = renewable.confirmations[-2].at
    return [
        place(people["100005"], at - JUST_NOW, policy).made_ready(),
        place(renewable, first_confirmed + timedelta(days=3), policy)
        .made_ready()
        .collected(first_confirmed + timedelta(days=4)),
        place(people["100011"], office_hour(lapsed_on, 16, 5), policy).made_ready().lapsed(),
        place(people["100012"], office_hour(yesterday, 14, 20), policy).refused("photo_rejected"),
    ]


def _extended_no_longer(student: DemoStudent, today: date) -> DemoStudent:
    """Extended every semester but the present one."""
    kept = [one for one in student.confirmations if one.until <= previous_end(today)]
    return replace(student, confirmations=tuple(kept))


def _extended_again(student: DemoStudent, today: date) -> DemoStudent:
    """Extended long enough ago to hold a document, and yesterday for the semester after it."""
    until = next_end(today + timedelta(days=DAYS_LEFT_OF_DOCUMENT))
    kept = [one for one in student.confirmations if one.until < until]
    usual = next((one.at for one in student.confirmations if one.until == until), None)
    latest = office_hour(today - timedelta(days=8))
    return replace(
        student,
        confirmations=(
            *kept,
            Confirmation(until, min(usual, latest) if usual else latest),
            Confirmation(next_end(until + timedelta(days=1)), office_hour(today - timedelta(days=1))),
        ),
    )


def _without_pesel(student: DemoStudent, number: int) -> DemoStudent:
    """Somebody from abroad who has none yet."""
    name = name_from_abroad(number)
    return replace(
        student,
        first_names=name.first_names,
        surname=name.surname,
        pesel=None,
        photo=portrait(number, feminine=name.feminine),
    )


def _removed(student: DemoStudent, on: date) -> DemoStudent:
    (studies,) = student.studies
    removed = replace(studies, status=EnrolmentStatus.REMOVED, status_since=on)
    return replace(student, studies=(removed,))


def _before_the_oath(student: DemoStudent, today: date, policy: Policy) -> DemoStudent:
    """Somebody of the newest intake (studies of the second cycle also begin in March), the oath not yet approved."""
    year = academic_year(today)
    intakes = (date(year, *WINTER_BEGINS), date(year + 1, *SUMMER_SEMESTER_BEGINS))
    begins_on = max(day for day in intakes if day <= today)
    until = proposed_until(begins_on, policy)
    (studies,) = student.studies
    new = replace(studies, status_since=begins_on, begins_on=begins_on, oath_approved_on=None)
    return replace(
        student,
        studies=(new,),
        card=PlasticCard("ELS-100009", begins_on, until),
        confirmations=(Confirmation(until, office_hour(begins_on, 0, 0)),),
    )


def _with_another_surname(student: DemoStudent, on: date) -> DemoStudent:
    return replace(student, surname=f"{student.surname}-Olszynowska", data_changed_on=on)
