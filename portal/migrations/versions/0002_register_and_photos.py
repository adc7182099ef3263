"""E-mail, blockers, passwords on slips, submitted photos; batches by commands of the server

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = ["import", "extension", "panel"]


def upgrade() -> None:
    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("fees_unpaid", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("year_not_closed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("password_expires_at", sa.DateTime(timezone=True), nullable=True))
    _change_batches([*KINDS, "photos"], actor_optional=True)
    op.create_table(
        "photo_submissions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "accepted",
                "sent_back",
                "withdrawn",
                name="status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=36), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_photo_submissions_waits_until_decided"),
        ),
        sa.CheckConstraint(
            "(status = 'sent_back') = (reason IS NOT NULL)",
            name=op.f("ck_photo_submissions_sent_back_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_photo_submissions_batch_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_photo_submissions_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["photo_sha256"], ["photos.sha256"], name=op.f("fk_photo_submissions_photo_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_photo_submissions_student_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["accounts.id"], name=op.f("fk_photo_submissions_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_submissions")),
    )
    with op.batch_alter_table("photo_submissions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_photo_submissions_one_waiting",
            ["student_id"],
            unique=True,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.create_index(
            batch_op.f("ix_photo_submissions_student_id_submitted_at"),
            ["student_id", "submitted_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_photo_submissions_status_submitted_at"), ["status", "submitted_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("photo_submissions")
    op.execute(
        "UPDATE card_extensions SET batch_id = NULL WHERE batch_id IN"
        " (SELECT id FROM batches WHERE kind = 'photos' OR actor_id IS NULL)"
    )
    op.execute("DELETE FROM batches WHERE kind = 'photos' OR actor_id IS NULL")
    _change_batches(KINDS, actor_optional=False)
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("password_expires_at")
        batch_op.drop_column("must_change_password")
    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.drop_column("year_not_closed")
        batch_op.drop_column("fees_unpaid")
        batch_op.drop_column("email")


def _change_batches(kinds: list[str], *, actor_optional: bool) -> None:
    """Let `batches` know these kinds, with or without an actor.

    On SQLite the table is rebuilt from this description: reflecting it would lose the CHECKs.
    """
    known = sa.Enum(*kinds, name="kind_known", native_enum=False, create_constraint=False, length=32)
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_batches_kind_known"), "batches")
        op.create_check_constraint(op.f("ck_batches_kind_known"), "batches", f"kind IN ({listed})")
        op.alter_column("batches", "actor_id", nullable=actor_optional)
        return
    table = sa.Table(
        "batches",
        sa.MetaData(),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", known, nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=actor_optional),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("legal_basis", sa.String(length=300), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f("ck_batches_kind_known")),
        sa.CheckConstraint(
            "undone_at IS NULL OR applied_at IS NOT NULL", name=op.f("ck_batches_undone_after_applied")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_batches_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    with op.batch_alter_table("batches", schema=None, copy_from=table, recreate="always"):
        pass
