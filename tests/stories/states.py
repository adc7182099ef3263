"""Every state a student can find their page in, as rows; `STATES` is the table, each entry makes its student."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import update

from portal import clock
from portal.database import transaction
from portal.models.ministry_calls import MinistryHealth
from portal.models.orders import Order
from portal.models.people import Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.policy import ReceiptFrom, Renewal, StandingOrders
from portal.rules.reasons import EndReason
from portal.services.order_offers import find_offers
from portal.services.ordering import place_order
from portal.services.standing_orders import choose_standing_order
from portal.settings_groups import Connector
from tests.people import POLICY, extend, make_student

QR_TEXT = "0123456789abcdef0123456789abcdef"
ACTIVATION_CODE = "z8e+6Ys$"


def ordered(student: Student, status: OrderStatus, **values: object) -> str:
    """An order of the student put into a state by hand, with codes where it is ready; answers its id."""
    key = place_order(student.id, POLICY, actor="test", at=clock.now()).id
    change(key, **{"status": status, "at_ministry": AtMinistry.PRESENT, **values})
    return key


def change(key: str, **values: object) -> None:
    """Change an order as if the jobs had, so that its student's page notices."""
    with transaction() as session:
        order = session.get_one(Order, key)
        for name, value in values.items():
            setattr(order, name, value)
        if order.status is OrderStatus.READY:
            order.qr_payload, order.activation_code = QR_TEXT, ACTIVATION_CODE
            order.codes_expire_at = order.codes_expire_at or clock.now() + timedelta(days=30)
        else:
            order.qr_payload_sealed = order.activation_code_sealed = None
        session.execute(
            update(Student).where(Student.id == order.student_id).values(revision=Student.revision + 1)
        )


def ministry_goes_down() -> None:
    """From now on the ministry does not answer."""
    at = clock.real_now()
    with transaction() as session:
        session.add(MinistryHealth(id=1, failures=1, alarm=False, down_since=at, next_probe_at=at))


def _in(status: OrderStatus, **values: object) -> Callable[[], Student]:
    def make() -> Student:
        student = make_student()
        ordered(student, status, **values)
        return student

    return make


def _ended(status: OrderStatus, reason: EndReason) -> Callable[[], Student]:
    return _in(status, end_reason=reason, at_ministry=AtMinistry.GONE)


def _all_unmet() -> Student:
    return make_student(
        photo=None, pesel=None, album_number=None, card=False, extended_until=None, oath_approved_on=None
    )


def _codes_past_their_time() -> Student:
    return _in(OrderStatus.READY, codes_expire_at=clock.now() - timedelta(minutes=1))()


def _during_an_outage(status: OrderStatus) -> Callable[[], Student]:
    def make() -> Student:
        ministry_goes_down()
        return _in(status)()

    return make


def _may_order_during_an_outage() -> Student:
    ministry_goes_down()
    return make_student()


def _renewal(status: OrderStatus | None) -> Callable[[], Student]:
    """A document until an earlier date, and beside it what `status` says; None: it may be ordered."""

    def make() -> Student:
        student = _document()
        extend(student, date(clock.today().year + 2, 10, 31))
        if status is not None:
            ordered(student, status)
        return student

    return make


def _document() -> Student:
    return _in(
        OrderStatus.COLLECTED,
        collected_at=clock.now(),
        card_number=f"ML-{uuid4().hex[:8]}",
        card_issued_on=clock.today(),
    )()


def _waits_behind_a_withdrawal() -> Student:
    student = make_student()
    ordered(student, OrderStatus.CANCELLED, end_reason=EndReason.STUDENT_CANCELLED)
    place_order(student.id, POLICY, actor="test", at=clock.now())
    return student


def _data_changed_since() -> Student:
    return _in(OrderStatus.READY, content_mark=b"\0" * 32)()


def _under(make: Callable[[], Student], **policy: object) -> Callable[[], Student]:
    """The same at a university with another policy."""

    def make_there() -> Student:
        settings = current_app.extensions["settings"]
        changed = {"policy": replace(settings.policy, **policy)}
        current_app.extensions["settings"] = settings.model_copy(update=changed)
        return make()

    return make_there


def _by_panel(make: Callable[[], Student]) -> Callable[[], Student]:
    """The same where people carry orders to the ministry's panel."""

    def make_there() -> Student:
        settings = current_app.extensions["settings"]
        ministry = settings.ministry.model_copy(update={"connector": Connector.PANEL})
        current_app.extensions["settings"] = settings.model_copy(update={"ministry": ministry})
        return _under(make, receipt_from=ReceiptFrom.STUDENT)()

    return make_there


def _about_to_be_ordered_for() -> Student:
    student = make_student()
    choose_standing_order(student.id, POLICY, wanted=True)
    find_offers(POLICY, at=clock.now())
    return student


def _asked_about() -> Student:
    return _in(
        OrderStatus.CODES_EXPIRED,
        end_reason=EndReason.CODES_NOT_USED,
        at_ministry=AtMinistry.KEPT,
        codes_expire_at=clock.now() - timedelta(hours=1),
    )()


def _asked_about_without_a_photo() -> Student:
    student = _asked_about()
    with transaction() as session:
        session.get_one(Student, student.id).photo_sha256 = None
    return student


def _renewal_asked_about() -> Student:
    student = _document()
    extend(student, date(clock.today().year + 2, 10, 31))
    ordered(
        student,
        OrderStatus.CODES_EXPIRED,
        end_reason=EndReason.CODES_NOT_USED,
        at_ministry=AtMinistry.KEPT,
        codes_expire_at=clock.now() - timedelta(hours=1),
    )
    return student


def _document_past_its_day() -> Student:
    return _in(
        OrderStatus.COLLECTED,
        collected_at=clock.now(),
        planned_valid_until=clock.today() - timedelta(days=1),
    )()


BY_STUDENT = {"receipt_from": ReceiptFrom.STUDENT}

STATES: Mapping[str, Callable[[], Student]] = {
    "may order": make_student,
    "may order during an outage": _may_order_during_an_outage,
    "nothing is met": _all_unmet,
    "waiting": _in(OrderStatus.WAITING),
    "waiting behind a withdrawal": _waits_behind_a_withdrawal,
    "waiting during an outage": _during_an_outage(OrderStatus.WAITING),
    "in progress": _in(OrderStatus.IN_PROGRESS),
    "ready": _in(OrderStatus.READY),
    "ready, data changed": _data_changed_since,
    "ready, codes past their time": _codes_past_their_time,
    "collected": _document,
    "renewal may be ordered": _renewal(None),
    "renewal waiting": _renewal(OrderStatus.WAITING),
    "renewal ready": _renewal(OrderStatus.READY),
    "codes expired": _ended(OrderStatus.CODES_EXPIRED, EndReason.CODES_NOT_USED),
    "error": _ended(OrderStatus.ERROR, EndReason.MINISTRY_REFUSED),
    "cancelled": _ended(OrderStatus.CANCELLED, EndReason.STUDENT_CANCELLED),
    "revoked": _ended(OrderStatus.REVOKED, EndReason.OFFICE_REVOKED),
    "expired": _ended(OrderStatus.EXPIRED, EndReason.VALIDITY_ENDED),
    "may order, and soon it is ordered": _about_to_be_ordered_for,
    "may order, everybody's is ordered": _under(make_student, standing_orders=StandingOrders.ALL),
    "ready, the student confirms": _under(_in(OrderStatus.READY), **BY_STUDENT),
    "renewal ready, the student confirms": _under(_renewal(OrderStatus.READY), **BY_STUDENT),
    "codes past their time, the student confirms": _under(_codes_past_their_time, **BY_STUDENT),
    "codes expired, the student is asked": _asked_about,
    "codes expired, asked, may not order": _asked_about_without_a_photo,
    "renewal's codes expired, the student is asked": _renewal_asked_about,
    "document past its day": _document_past_its_day,
    "waiting for the panel": _by_panel(_in(OrderStatus.WAITING)),
    "in progress at the panel": _by_panel(_in(OrderStatus.IN_PROGRESS)),
    "renewal only in the last days": _under(_renewal(None), renewal=Renewal.LAST_DAYS, renewal_days=1),
    "renewal only after cancelling": _under(_renewal(None), renewal=Renewal.AFTER_CANCELLING),
    "superseded": _ended(OrderStatus.SUPERSEDED, EndReason.NEWER_COLLECTED),
}
