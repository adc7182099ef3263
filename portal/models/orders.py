"""Orders and their events. The constraints repeat the law: one open order and one document per student."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import ID, Base, words
from portal.models.sealed import Sealed
from portal.rules.next_step import AtMinistry
from portal.rules.order_status import OrderStatus
from portal.rules.reasons import EndReason

OPEN = text("status IN ('waiting', 'in_progress', 'ready')")
COLLECTED = text("status = 'collected'")


class Attention(StrEnum):
    """Why an open order stands on the office's list: the ministry said something that cannot be right."""

    LOST_AT_MINISTRY = "lost_at_ministry"
    OTHER_PERSON = "other_person"
    OTHER_CODES = "other_codes"
    CODES_OF_ANOTHER_ORDER = "codes_of_another_order"


class Order(Base):
    """One request for an mLegitymacja and, once collected, the document it became.

    `id` is also the order's key at the ministry. `payload` (sealed JSON), `content_mark` (keyed fingerprint of the
    personal data and photo), `photo_sha256`, `planned_valid_until`, `enrolment_id` and `extension_id` freeze what
    was ordered. `due_at`: when the jobs look at it next; `lease_token` and `leased_until`: which worker has it now.
    `qr_index`: keyed fingerprint of the QR text, kept after the codes are erased: no two orders may share codes.
    `panel_batch_id`: the package in which an operator carried it to the ministry's panel. `payload_sealed` and
    `photo_sha256` are erased some time after the end (retention).
    `failures`: calls in a row that failed for this order alone. `attention`: why it stands on the office's list.
    """

    __tablename__ = "orders"
    has_uuid = True

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    student_id: Mapped[str] = mapped_column(ForeignKey("students.id"))
    status: Mapped[OrderStatus] = mapped_column(words(OrderStatus, "status_known"))
    at_ministry: Mapped[AtMinistry] = mapped_column(words(AtMinistry, "at_ministry_known"))
    version: Mapped[int]
    placed_at: Mapped[datetime]
    status_since: Mapped[datetime]
    forwarded_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None] = mapped_column(words(EndReason, "end_reason_known"))
    refusal_code: Mapped[str | None] = mapped_column(String(64))

    payload_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    content_mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    photo_sha256: Mapped[str | None] = mapped_column(ForeignKey("photos.sha256"), index=True)
    planned_valid_until: Mapped[date]
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"))
    extension_id: Mapped[str | None] = mapped_column(ForeignKey("card_extensions.id"))
    panel_batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)

    qr_payload_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    activation_code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    qr_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    codes_expire_at: Mapped[datetime | None]
    card_number: Mapped[str | None] = mapped_column(String(64))
    card_issued_on: Mapped[date | None]
    collected_at: Mapped[datetime | None]

    due_at: Mapped[datetime]
    lease_token: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    attention: Mapped[Attention | None] = mapped_column(words(Attention, "attention_known"))

    payload = Sealed("payload_sealed")
    qr_payload = Sealed("qr_payload_sealed")
    activation_code = Sealed("activation_code_sealed")

    def sealed(self, attribute: str, plain: str) -> bytes:
        """`plain` sealed for this row's `attribute`, for a conditional UPDATE that bypasses the unit of work."""
        descriptor = getattr(type(self), attribute)
        assert isinstance(descriptor, Sealed)
        return descriptor.seal(self, plain)

    __table_args__ = (
        Index("uq_orders_one_open", "student_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "uq_orders_one_document",
            "student_id",
            unique=True,
            sqlite_where=COLLECTED,
            postgresql_where=COLLECTED,
        ),
        Index(None, "student_id", "placed_at"),
        Index(None, "status", "at_ministry", "due_at"),
        Index(None, "placed_at"),
        Index(
            "ix_orders_document_until",
            "planned_valid_until",
            sqlite_where=COLLECTED,
            postgresql_where=COLLECTED,
        ),
        Index(None, "extension_id"),
        CheckConstraint(
            "(status = 'ready') = (qr_payload_sealed IS NOT NULL)"
            " AND (status = 'ready') = (activation_code_sealed IS NOT NULL)",
            name="codes_only_while_ready",
        ),
        CheckConstraint("status <> 'ready' OR codes_expire_at IS NOT NULL", name="codes_expire"),
        CheckConstraint("(lease_token IS NULL) = (leased_until IS NULL)", name="lease_is_whole"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint(
            "payload_sealed IS NOT NULL OR status NOT IN ('waiting', 'in_progress', 'ready', 'collected')",
            name="contents_kept_while_needed",
        ),
        CheckConstraint("(payload_sealed IS NULL) = (photo_sha256 IS NULL)", name="contents_are_whole"),
    )


class OrderEvent(Base):
    """One step of an order's life; `from_status` is empty for the first. `actor`: account id or a job's name."""

    __tablename__ = "order_events"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    from_status: Mapped[OrderStatus | None] = mapped_column(words(OrderStatus, "from_status_known"))
    to_status: Mapped[OrderStatus] = mapped_column(words(OrderStatus, "to_status_known"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(ID)
    reason: Mapped[str | None] = mapped_column(String(64))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))
    request_id: Mapped[str | None] = mapped_column(ID)

    __table_args__ = (
        Index(None, "to_status", "at"),
        # The steps somebody took one by one, newest first.
        Index(
            "ix_order_events_singly_by",
            "actor",
            "at",
            sqlite_where=text("batch_id IS NULL"),
            postgresql_where=text("batch_id IS NULL"),
        ),
    )
