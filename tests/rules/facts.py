"""Facts about invented students. By default one may order on `TODAY`; every keyword takes one thing away."""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from portal.rules.eligibility import PresentOrders
from portal.rules.order_status import OPEN
from portal.rules.policy import Basis, EndAfterRemoval, Policy, Renewal
from portal.rules.student import (
    CardFacts,
    EnrolmentFacts,
    EnrolmentStatus,
    ExtensionFacts,
    Level,
    PhotoFacts,
    StudentFacts,
)

TODAY = date(2025, 11, 20)
WINTER_END = date(2026, 3, 31)
SUMMER_END = date(2026, 10, 31)

ELS = Policy(basis=Basis.ELS)
SEMESTER = Policy(basis=Basis.SEMESTER)
MONTH_LATER = Policy(basis=Basis.ELS, end_after_removal=EndAfterRemoval.MONTH_LATER)

# Shared machines are slow at times: no example fails for the time it took.
calm = settings(deadline=None, max_examples=300)


def enrolment(
    status: EnrolmentStatus = EnrolmentStatus.ACTIVE,
    since: date = date(2024, 10, 1),
    *,
    level: Level = Level.SECOND_CYCLE,
    begins: date = date(2024, 10, 1),
    oath: date | None = date(2024, 10, 1),
    id: str = "programme",
) -> EnrolmentFacts:
    """An enrolment, by default active for more than a year, with the oath approved on the first day."""
    return EnrolmentFacts(id, level, status, since, begins, oath)


def student(*enrolments: EnrolmentFacts, until: date | None = WINTER_END, **changes: Any) -> StudentFacts:
    """A student of `enrolments` (none given: one active programme), extended until `until`."""
    facts: dict[str, Any] = {
        "enrolments": enrolments or (enrolment(),),
        "has_pesel": True,
        "has_album_number": True,
        "photo": PhotoFacts(width=248, height=310, size=40_000),
        "card": CardFacts(issued_on=date(2024, 10, 5), first_valid_until=date(2025, 3, 31), void_on=None),
        "extensions": () if until is None else (ExtensionFacts("extension", until),),
        "personal_data_changed_on": None,
    }
    return StudentFacts(**(facts | changes))


days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
policies = st.builds(
    Policy,
    basis=st.sampled_from(Basis),
    renewal=st.sampled_from(Renewal),
    renewal_days=st.integers(0, 90),
    end_after_removal=st.sampled_from(EndAfterRemoval),
)
enrolments = st.builds(
    EnrolmentFacts,
    id=st.uuids().map(str),
    level=st.sampled_from(Level),
    status=st.sampled_from(EnrolmentStatus),
    status_since=days,
    begins_on=days,
    oath_approved_on=st.none() | days,
)
extensions = st.builds(ExtensionFacts, id=st.uuids().map(str), until=days)
students = st.builds(
    StudentFacts,
    enrolments=st.lists(enrolments, max_size=3).map(tuple),
    has_pesel=st.booleans(),
    has_album_number=st.booleans(),
    photo=st.none()
    | st.builds(PhotoFacts, st.integers(200, 400), st.integers(250, 500), st.integers(1, 400_000)),
    card=st.none() | st.builds(CardFacts, days, days, st.none() | days),
    extensions=st.lists(extensions, max_size=4).map(tuple),
    personal_data_changed_on=st.none() | days,
)
present_orders = st.builds(
    PresentOrders,
    open_status=st.none() | st.sampled_from(sorted(OPEN)),
    document_until=st.none() | days,
)
near = st.integers(-40, 400).map(lambda later: TODAY + timedelta(later))
# Without what no choice of dates could cure, so that properties about who may order are not about nobody.
hopeful_students = st.builds(
    student,
    enrolments
    | st.builds(
        enrolment,
        st.sampled_from([EnrolmentStatus.ACTIVE, EnrolmentStatus.ON_LEAVE, EnrolmentStatus.GRADUATED]),
        days,
        level=st.sampled_from([Level.FIRST_CYCLE, Level.SECOND_CYCLE, Level.UNIFORM]),
    ),
    until=st.none() | days,
)
# Most of these may order on `TODAY`; what may stand in the way lies near it.
likely_students = st.builds(
    student,
    st.builds(enrolment, oath=st.sampled_from([date(2024, 10, 1), TODAY])),
    st.builds(
        enrolment, st.sampled_from(EnrolmentStatus), near, level=st.sampled_from(Level), id=st.just("2")
    ),
    until=near,
    card=st.builds(CardFacts, st.just(date(2024, 10, 5)), near, st.none() | near),
)
