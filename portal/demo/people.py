"""Ordinary students of the invented university, with nothing amiss. What befalls some of them is in `fates`.

Who they are is fixed by their number; dates lie around the day of filling.
"""

from datetime import date, datetime, timedelta

from portal.clock import day_of
from portal.demo.catalogue import PROGRAMMES, Programme
from portal.demo.names import invent_birth, invent_name, pesel_of
from portal.demo.portraits import portrait
from portal.demo.semesters import academic_year, confirmation_opens, ends_between
from portal.demo.student import Confirmation, DemoStudent, PlasticCard, Studies, office_hour
from portal.rules.policy import Basis, Policy
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import WINTER_BEGINS, WINTER_ENDS, proposed_until

LARGE = 10
"""Programmes with at least this share of the students have two groups a year."""


def ordinary_student(
    number: int, at: datetime, policy: Policy, *, programme: Programme = PROGRAMMES[0], year: int = 2
) -> DemoStudent:
    """Student `number`, active, with photo and card, extended as far as the office extends at that moment.

    In the first days of a first year the oath and the card are still to come.
    """
    today = day_of(at)
    name, birth = invent_name(number), invent_birth(number)
    begins_on = date(academic_year(today) - year + 1, *WINTER_BEGINS)
    card = _first_card(number, begins_on)
    return DemoStudent(
        user_name=f"{100_000 + number}",
        album_number=f"{100_000 + number}",
        first_names=name.first_names,
        surname=name.surname,
        birth_date=birth,
        pesel=pesel_of(birth, number, feminine=name.feminine),
        photo=portrait(number, feminine=name.feminine),
        studies=(_studies(number, programme, year, begins_on, today),),
        card=card if card.issued_on <= today else None,
        confirmations=_confirmations(number, card, today, policy),
    )


def _studies(number: int, programme: Programme, year: int, begins_on: date, today: date) -> Studies:
    group = "AB"[number % 2] if programme.share >= LARGE else "A"
    oath_on = begins_on + timedelta(days=number % 9)
    return Studies(
        faculty=programme.faculty,
        programme=programme.name,
        level=programme.level,
        year=year,
        group_name=f"{programme.code}-{year}{group}",
        status=EnrolmentStatus.ACTIVE,
        status_since=begins_on,
        begins_on=begins_on,
        oath_approved_on=oath_on if oath_on <= today else None,
    )


def _first_card(number: int, begins_on: date) -> PlasticCard:
    return PlasticCard(
        number=f"ELS-{100_000 + number}",
        issued_on=begins_on + timedelta(days=12 + number % 14),
        first_valid_until=date(begins_on.year + 1, *WINTER_ENDS),
    )


def _confirmations(number: int, card: PlasticCard, today: date, policy: Policy) -> tuple[Confirmation, ...]:
    """One for every semester end up to the one proposed today, made when the office ordinarily makes them.

    Under `els` the first semester stands on the card already.
    """
    first = card.first_valid_until if policy.basis is Basis.ELS else card.issued_on
    usual_day, yesterday = timedelta(days=2 + number % 23), today - timedelta(days=1)
    return tuple(
        Confirmation(
            until,
            office_hour(
                min(confirmation_opens(until, policy) + usual_day, yesterday), 8 + number % 7, number * 7 % 60
            ),
        )
        for until in ends_between(first, proposed_until(today, policy))
    )
