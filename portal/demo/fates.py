"""The three hundred generated students, with what life brought to some of them.

On any day of the year some are extended and some not yet; some left, some lack a photo or a card.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from portal.clock import day_of
from portal.demo.catalogue import PROGRAMMES, Programme
from portal.demo.chance import chance
from portal.demo.names import name_from_abroad
from portal.demo.people import ordinary_student
from portal.demo.portraits import portrait
from portal.demo.student import DemoStudent, Studies, office_hour
from portal.rules.policy import Policy
from portal.rules.student import RIGHTS_LOST, EnrolmentStatus, Level
from portal.rules.validity import WINTER_BEGINS, proposed_until

HOW_MANY = 300
FIRST_NUMBER = 101  # album number 100101
DIPLOMAS_BY = (7, 15)  # who finishes in summer has graduated by then
UNDO_REASON = "pomyłka w numerze albumu"
STATUSES = {
    EnrolmentStatus.ACTIVE: 88,
    EnrolmentStatus.ON_LEAVE: 5,
    EnrolmentStatus.SUSPENDED: 2,
    EnrolmentStatus.REMOVED: 4,
    EnrolmentStatus.TRANSFERRED: 1,
}
"""Statuses of those whose studies have begun, and how many of a hundred have each."""


def generated_students(at: datetime, policy: Policy) -> list[DemoStudent]:
    """Everybody but the accounts that show a situation, as the register stands at that moment."""
    return [_student(number, at, policy) for number in range(FIRST_NUMBER, FIRST_NUMBER + HOW_MANY)]


def _student(number: int, at: datetime, policy: Policy) -> DemoStudent:
    draw = chance("fate", number)
    programme = draw.choices(PROGRAMMES, weights=[one.share for one in PROGRAMMES])[0]
    year = draw.randint(1, programme.years)
    if year == programme.years and draw.random() < 0.25:
        student = _graduate(number, programme, at, policy)
    else:
        student = ordinary_student(number, at, policy, programme=programme, year=year)
        student = _at_the_register(student, draw, day_of(at))
        student = _at_the_counter(student, draw, at, policy)
    begun = student.studies[0].status is not EnrolmentStatus.PLANNED
    if begun and programme.level is Level.SECOND_CYCLE and draw.random() < 0.5:
        student = replace(student, studies=(_earlier_studies(student.studies[0]), *student.studies))
    return _from_abroad(student, number) if draw.random() < 0.03 else student


def _graduate(number: int, programme: Programme, at: datetime, policy: Policy) -> DemoStudent:
    """Somebody who finished last summer; the register knows them as they were then."""
    today = day_of(at)
    summer = today.year if (today.month, today.day) >= DIPLOMAS_BY else today.year - 1
    diploma_on = date(summer, 7, 1 + number % 14)
    student = ordinary_student(
        number, office_hour(diploma_on), policy, programme=programme, year=programme.years
    )
    (studies,) = student.studies
    ended = replace(studies, status=EnrolmentStatus.GRADUATED, status_since=diploma_on)
    return replace(student, studies=(ended,))


def _at_the_register(student: DemoStudent, draw: Random, today: date) -> DemoStudent:
    """Studies still to begin, an oath still to be approved, a leave, a loss of rights; mostly nothing."""
    (studies,) = student.studies
    chosen = draw.random()
    if studies.year == 1 and chosen < 0.12:
        return replace(student, studies=(_planned(studies, today),), card=None, confirmations=())
    if studies.year == 1 and chosen < 0.2:
        return replace(student, studies=(replace(studies, oath_approved_on=None),))
    status = draw.choices(tuple(STATUSES), weights=tuple(STATUSES.values()))[0]
    if status is EnrolmentStatus.ACTIVE:
        return student
    since = max(studies.begins_on, today - timedelta(days=draw.randint(5, 60)))
    kept = [
        one for one in student.confirmations if status not in RIGHTS_LOST or one.at < office_hour(since, 0)
    ]
    return replace(
        student, studies=(replace(studies, status=status, status_since=since),), confirmations=tuple(kept)
    )


def _planned(studies: Studies, today: date) -> Studies:
    """Studies that begin next October."""
    return replace(
        studies,
        status=EnrolmentStatus.PLANNED,
        status_since=today - timedelta(days=20),
        begins_on=date(studies.begins_on.year + 1, *WINTER_BEGINS),
        oath_approved_on=None,
    )


def _at_the_counter(student: DemoStudent, draw: Random, at: datetime, policy: Policy) -> DemoStudent:
    """A photo, card or extension that is missing, a card that is void, data that changed; mostly nothing."""
    today = day_of(at)
    lately = today - timedelta(days=draw.randint(2, 40))
    chosen = draw.random()
    if draw.random() < 0.06:
        student = replace(student, photo=None)
    card = student.card
    if card is None or chosen > 0.42:
        return student
    if chosen < 0.03:
        return replace(student, card=None, confirmations=())
    if chosen < 0.06 and card.issued_on < lately:
        return replace(student, card=replace(card, void_on=lately))
    if chosen < 0.09 and card.issued_on < lately:
        return replace(student, data_changed_on=lately)
    return _not_extended(student, today, policy, undone=chosen < 0.11)


def _not_extended(student: DemoStudent, today: date, policy: Policy, *, undone: bool) -> DemoStudent:
    """The same student before the office's latest confirmation, or after it was `undone`."""
    *earlier, last = student.confirmations or (None,)
    if last is None or last.until != proposed_until(today, policy):
        return student
    if undone:
        taken_back = replace(last, undone_at=last.at + timedelta(hours=3), undo_reason=UNDO_REASON)
        return replace(student, confirmations=(*earlier, taken_back))
    return replace(student, confirmations=tuple(earlier))


def _earlier_studies(studies: Studies) -> Studies:
    """The first-cycle studies, in the same field, that the present ones follow."""
    begins_on = date(studies.begins_on.year - 3, *WINTER_BEGINS)
    return replace(
        studies,
        level=Level.FIRST_CYCLE,
        year=3,
        group_name=studies.group_name.replace("-M-", "-")[:-2] + "3A",
        status=EnrolmentStatus.GRADUATED,
        status_since=date(studies.begins_on.year, 7, 5),
        begins_on=begins_on,
        oath_approved_on=begins_on,
    )


def _from_abroad(student: DemoStudent, number: int) -> DemoStudent:
    """The same student with another country's name and without a PESEL."""
    name = name_from_abroad(number)
    return replace(
        student,
        first_names=name.first_names,
        surname=name.surname,
        pesel=None,
        photo=student.photo and portrait(number, feminine=name.feminine),
    )
