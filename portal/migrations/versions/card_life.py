"""Notices and their mail, periods in which students may order, packages for the ministry's panel, retention.

Revision: card_life
After: journal_pages
"""

import sqlalchemy as sa
from alembic import op

revision = "card_life"
down_revision = "journal_pages"
branch_labels = None
depends_on = None

UPLOADS = ("register", "photos")
NOTICES = (
    "ordered",
    "ready",
    "codes_expire_soon",
    "codes_expired",
    "refused",
    "may_order",
    "semester_ends",
    "revoked",
)
UNCHECKED = sa.text("offer_checked_revision < revision")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    _change_people()
    with op.batch_alter_table("batches") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_batches_number"), ["number"])
        batch_op.create_check_constraint(
            op.f("ck_batches_only_packages_are_numbered"), "number IS NULL OR kind = 'panel'"
        )
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("payload_sealed", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.add_column(sa.Column("panel_batch_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(op.f("fk_orders_panel_batch_id"), "batches", ["panel_batch_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_orders_contents_kept_while_needed"),
            "payload_sealed IS NOT NULL OR status NOT IN ('waiting', 'in_progress', 'ready', 'collected')",
        )
        batch_op.create_index(op.f("ix_orders_panel_batch_id"), ["panel_batch_id"])
    _know_uploads((*UPLOADS, "panel_report"))
    _create_notices()
    _create_messages()
    _create_offers()


def downgrade() -> None:
    op.drop_table("order_offers")
    op.drop_table("messages")
    op.drop_table("mail_choices")
    op.drop_table("notices")
    op.execute(
        "DELETE FROM uploaded_file_pages WHERE file_id IN"
        " (SELECT id FROM uploaded_files WHERE kind = 'panel_report')"
    )
    op.execute("DELETE FROM uploaded_files WHERE kind = 'panel_report'")
    _know_uploads(UPLOADS)
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_index(op.f("ix_orders_panel_batch_id"))
        batch_op.drop_constraint(op.f("ck_orders_contents_kept_while_needed"), type_="check")
        batch_op.drop_constraint(op.f("fk_orders_panel_batch_id"), type_="foreignkey")
        batch_op.drop_column("panel_batch_id")
    # What was erased stays erased: an empty value says so where the column knows no NULL.
    op.execute(
        sa.text("UPDATE orders SET payload_sealed = :empty WHERE payload_sealed IS NULL").bindparams(
            empty=b""
        )
    )
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("payload_sealed", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("batches") as batch_op:
        batch_op.drop_constraint(op.f("ck_batches_only_packages_are_numbered"), type_="check")
        batch_op.drop_constraint(op.f("uq_batches_number"), type_="unique")
        batch_op.drop_column("number")
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_constraint(op.f("ck_accounts_only_staff_operate_the_panel"), type_="check")
        batch_op.drop_column("panel_operator")
    with op.batch_alter_table("students") as batch_op:
        batch_op.drop_index("ix_students_offer_unchecked", sqlite_where=UNCHECKED, postgresql_where=UNCHECKED)
        batch_op.drop_index(op.f("ix_students_offer_checked_on"))
        batch_op.drop_constraint(op.f("ck_students_language_known"), type_="check")
        for column in ("standing_order", "language", "offer_checked_revision", "offer_checked_on"):
            batch_op.drop_column(column)


def _change_people() -> None:
    with op.batch_alter_table("students") as batch_op:
        batch_op.add_column(
            sa.Column("standing_order", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("language", sa.String(length=2), server_default=sa.text("'pl'"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("offer_checked_revision", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        batch_op.add_column(sa.Column("offer_checked_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_students_language_known"), "language IN ('pl', 'en')")
        batch_op.create_index(op.f("ix_students_offer_checked_on"), ["offer_checked_on"])
        batch_op.create_index(
            "ix_students_offer_unchecked", ["id"], sqlite_where=UNCHECKED, postgresql_where=UNCHECKED
        )
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(
            sa.Column("panel_operator", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_accounts_only_staff_operate_the_panel"), "role = 'staff' OR NOT panel_operator"
        )


def _know_uploads(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("uploaded_files") as batch_op:
        batch_op.drop_constraint(op.f("ck_uploaded_files_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_uploaded_files_kind_known"), f"kind IN ({listed})")


def _kind() -> sa.Column[str]:
    known = sa.Enum(*NOTICES, name="kind_known", native_enum=False, create_constraint=True, length=32)
    return sa.Column("kind", known, nullable=False)


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        _kind(),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_notices_order_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_notices_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("uq_notices_once", "notices", ["student_id", "kind", "about"], unique=True)
    op.create_index(op.f("ix_notices_student_id_at"), "notices", ["student_id", "at"])
    op.create_index(op.f("ix_notices_at"), "notices", ["at"])
    op.create_table(
        "mail_choices",
        sa.Column("student_id", sa.String(length=36), nullable=False),
        _kind(),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_mail_choices_student_id")),
        sa.PrimaryKeyConstraint("student_id", "kind", name=op.f("pk_mail_choices")),
    )


def _create_messages() -> None:
    states = ("waiting", "sent", "dropped", "given_up")
    known = sa.Enum(*states, name="state_known", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=True),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("state", known, nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(notice_id IS NULL) = (digest_on IS NOT NULL)", name=op.f("ck_messages_notice_or_digest")
        ),
        sa.CheckConstraint(
            "(digest_on IS NULL) = (address IS NULL)", name=op.f("ck_messages_digests_have_an_address")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_at_a_moment")
        ),
        sa.CheckConstraint(
            "(lease_token IS NULL) = (leased_until IS NULL)", name=op.f("ck_messages_lease_is_whole")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_messages_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_messages_notice_id")),
    )
    op.create_index("uq_messages_one_digest", "messages", ["digest_on", "address"], unique=True)
    op.create_index(
        "ix_messages_waiting", "messages", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index(op.f("ix_messages_queued_at"), "messages", ["queued_at"])


def _create_offers() -> None:
    states = ("none", "waiting", "placed", "dropped")
    known = sa.Enum(*states, name="standing_known", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "order_offers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("extension_id", sa.String(length=36), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing", known, nullable=False),
        sa.Column("standing_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "(standing = 'placed') = (order_id IS NOT NULL)", name=op.f("ck_order_offers_placed_an_order")
        ),
        sa.CheckConstraint(
            "standing <> 'waiting' OR standing_due_at IS NOT NULL",
            name=op.f("ck_order_offers_waits_for_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["card_extensions.id"], name=op.f("fk_order_offers_extension_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_offers_order_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_order_offers_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_offers")),
    )
    op.create_index("uq_order_offers_once", "order_offers", ["student_id", "until"], unique=True)
    op.create_index(
        op.f("ix_order_offers_standing_standing_due_at"), "order_offers", ["standing", "standing_due_at"]
    )
