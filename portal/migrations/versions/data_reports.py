"""Students' reports of wrong data, and an index for the typical waiting time.

Revision: data_reports
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "data_reports"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = ("name", "pesel", "birth_date", "photo", "studies", "other")


def upgrade() -> None:
    op.create_table(
        "data_reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind_known", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=36), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_data_reports_settled_by_somebody")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_data_reports_settled_by")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_data_reports_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_reports")),
    )
    op.create_index(op.f("ix_data_reports_student_id"), "data_reports", ["student_id"])
    op.create_index(
        "ix_data_reports_open",
        "data_reports",
        ["reported_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_order_events_to_status_at"), "order_events", ["to_status", "at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_order_events_to_status_at"), table_name="order_events")
    op.drop_table("data_reports")
