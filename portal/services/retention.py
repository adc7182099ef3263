"""What nobody needs any longer is forgotten, in short transactions: the portal stays usable meanwhile.

Every function takes `before`, the moment (aware) since which things are kept, and `go_on`, which is asked between
two chunks; each answers how many rows it forgot. Nothing that is still referred to goes.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import SignInSession, SignInThrottle
from portal.models.data_reports import DataReport
from portal.models.ministry_calls import Attempt, JobRun
from portal.models.notices import Message, MessageState, Notice
from portal.models.orders import Order
from portal.models.people import Photo, PhotoSubmission, Student
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import MOVES, OrderStatus
from portal.rules.student import SubmissionStatus

CHUNK = 500

FINAL = frozenset(status for status, next_ones in MOVES.items() if not next_ones)
SETTLED = frozenset({AtMinistry.ABSENT, AtMinistry.KEPT, AtMinistry.GONE})

GoOn = Callable[[], bool]
Which = Sequence[ColumnElement[bool]]


def erase_order_data(before: datetime, go_on: GoOn) -> int:
    """Take contents and photo out of orders that ended before; the history stays.

    Codes that expired may still turn out to be collected: such an order keeps its contents until its planned
    validity is as long over, and nothing is left to settle at the ministry.
    """
    over = Order.planned_valid_until < clock.day_of(before)
    expired_codes = (Order.status == OrderStatus.CODES_EXPIRED) & Order.at_ministry.in_(SETTLED)
    ended: Which = [
        Order.payload_sealed.is_not(None),
        Order.status_since < before,
        or_(Order.status.in_(FINAL), expired_codes & over),
    ]

    def erase(ids: Collection[str]) -> int:
        return _changed(
            update(Order).where(Order.id.in_(ids), *ended).values(payload_sealed=None, photo_sha256=None)
        )

    return _in_chunks(Order.id, ended, erase, go_on)


def forget_photo_submissions(before: datetime, go_on: GoOn) -> int:
    """Forget photos handed in and decided about before; what a student was last told to correct stays."""
    newer = aliased(PhotoSubmission)
    answered = exists().where(
        newer.student_id == PhotoSubmission.student_id,
        newer.submitted_at > PhotoSubmission.submitted_at,
    )
    return _forget(
        PhotoSubmission.id,
        [
            PhotoSubmission.decided_at < before,
            or_(PhotoSubmission.status != SubmissionStatus.SENT_BACK, answered),
        ],
        go_on,
    )


def forget_photos(before: datetime, go_on: GoOn) -> int:
    """Forget photos stored before that no student, order or decision needs."""
    needed = (
        select(Student.photo_sha256).where(Student.photo_sha256.is_not(None)),
        select(Order.photo_sha256).where(Order.photo_sha256.is_not(None)),
        select(PhotoSubmission.photo_sha256),
    )
    unneeded: Which = [Photo.stored_at < before, *(Photo.sha256.not_in(those) for those in needed)]
    return _forget(Photo.sha256, unneeded, go_on)


def forget_messages(before: datetime, go_on: GoOn) -> int:
    """Forget mail queued before and not waiting any more."""
    return _forget(Message.id, [Message.queued_at < before, Message.state != MessageState.WAITING], go_on)


def forget_notices(before: datetime, go_on: GoOn) -> int:
    """Forget news told before, unless what it tells of still lasts: it must not be told a second time."""
    lasting = select(Order.id).where(Order.status.not_in(FINAL))
    return _forget(
        Notice.id,
        [
            Notice.at < before,
            or_(Notice.day.is_(None), Notice.day < clock.today()),
            or_(Notice.order_id.is_(None), Notice.order_id.not_in(lasting)),
            ~exists().where(Message.notice_id == Notice.id),
        ],
        go_on,
    )


def forget_settled_reports(before: datetime, go_on: GoOn) -> int:
    """Forget what students reported as wrong and the office settled before."""
    return _forget(DataReport.id, [DataReport.settled_at < before], go_on)


def forget_runs(before: datetime, go_on: GoOn) -> int:
    """Forget runs of jobs that ended before."""
    return _forget(JobRun.id, [func.coalesce(JobRun.finished_at, JobRun.started_at) < before], go_on)


def forget_attempts(before: datetime, go_on: GoOn) -> int:
    """Forget calls answered before about orders with nothing left to do."""
    done = select(Order.id).where(Order.status.in_(FINAL), Order.at_ministry.in_(SETTLED))
    return _forget(Attempt.id, [Attempt.finished_at < before, Attempt.order_id.in_(done)], go_on)


def forget_sessions(before: datetime, go_on: GoOn) -> int:
    """Forget sessions that would have ended before by themselves."""
    return _forget(SignInSession.id_hash, [SignInSession.expires_at < before], go_on)


def forget_sign_in_counters(before: datetime, go_on: GoOn) -> int:
    """Forget failed sign-ins counted in windows that began before."""
    return _forget(SignInThrottle.subject, [SignInThrottle.window_began_at < before], go_on)


def _forget(key: InstrumentedAttribute[Any], which: Which, go_on: GoOn) -> int:
    def gone(keys: Collection[Any]) -> int:
        return _changed(delete(key.class_).where(key.in_(keys), *which))

    return _in_chunks(key, which, gone, go_on)


def _in_chunks(
    key: InstrumentedAttribute[Any],
    which: Which,
    change: Callable[[Collection[Any]], int],
    go_on: GoOn,
) -> int:
    """Look for rows without keeping others waiting, then `change` them; `which` is asked again as that happens."""
    changed = 0
    while go_on():
        keys = db.session.scalars(select(key).where(*which).limit(CHUNK)).all()
        db.session.rollback()
        if not keys:
            break
        with transaction():
            done = change(keys)
        changed += done
        if done == 0:
            break  # somebody else did it meanwhile
    return changed


def _changed(statement: Any) -> int:
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(done, CursorResult)
    return int(done.rowcount)
