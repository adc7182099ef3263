"""The journal in pages: what the office did one by one by its moment and by who did it; what imports changed.

Revision: journal_pages
After: uploaded_files
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "journal_pages"
down_revision = "uploaded_files"
branch_labels = None
depends_on = None

IN_A_BATCH: dict[str, Any] = {
    f"{name}_where": sa.text("batch_id IS NOT NULL") for name in ("sqlite", "postgresql")
}
GIVEN: dict[str, Any] = {f"{name}_where": sa.text("batch_id IS NULL") for name in ("sqlite", "postgresql")}
UNDONE: dict[str, Any] = {
    "sqlite_where": sa.text("undone_at IS NOT NULL AND undone_with_batch = 0"),
    "postgresql_where": sa.text("undone_at IS NOT NULL AND NOT undone_with_batch"),
}
OF_EXTENSIONS = (
    ("ix_card_extensions_given_singly", ["extended_at", "id"], GIVEN),
    ("ix_card_extensions_given_singly_by", ["extended_by", "extended_at", "id"], GIVEN),
    ("ix_card_extensions_undone_singly", ["undone_at", "id"], UNDONE),
    ("ix_card_extensions_undone_singly_by", ["undone_by", "undone_at", "id"], UNDONE),
)
OF_JOURNAL = (["at", "id"], ["actor_id", "at", "id"], ["act", "at", "id"])


def upgrade() -> None:
    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("undone_with_batch", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_card_extensions_undone_with_a_batch_of_its_own"),
            "NOT undone_with_batch OR (undone_at IS NOT NULL AND batch_id IS NOT NULL)",
        )
    _mark_those_undone_with_their_batch()
    op.drop_index(op.f("ix_card_extensions_batch_id"), "card_extensions")
    op.create_index(op.f("ix_card_extensions_batch_id"), "card_extensions", ["batch_id"], **IN_A_BATCH)
    for name, columns, only in OF_EXTENSIONS:
        op.create_index(name, "card_extensions", columns, **only)
    op.create_index("ix_order_events_singly_by", "order_events", ["actor", "at"], **GIVEN)
    op.drop_index(op.f("ix_journal_at"), "journal")
    for columns in OF_JOURNAL:
        op.create_index(op.f(f"ix_journal_{'_'.join(columns)}"), "journal", columns)
    op.create_table(
        "import_changes",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_import_changes_batch_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_import_changes_student_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_changes")),
    )
    op.create_index(op.f("ix_import_changes_student_id"), "import_changes", ["student_id"])


def _mark_those_undone_with_their_batch() -> None:
    extensions = sa.table(
        "card_extensions", sa.column("batch_id"), sa.column("undone_at"), sa.column("undone_with_batch")
    )
    batches = sa.table("batches", sa.column("id"), sa.column("undone_at"))
    its_own = sa.exists().where(
        batches.c.id == extensions.c.batch_id, batches.c.undone_at == extensions.c.undone_at
    )
    op.execute(sa.update(extensions).where(its_own).values(undone_with_batch=sa.true()))


def downgrade() -> None:
    op.drop_table("import_changes")
    for columns in OF_JOURNAL:
        op.drop_index(op.f(f"ix_journal_{'_'.join(columns)}"), "journal")
    op.create_index(op.f("ix_journal_at"), "journal", ["at"])
    op.drop_index("ix_order_events_singly_by", "order_events")
    for name, _columns, _only in OF_EXTENSIONS:
        op.drop_index(name, "card_extensions")
    op.drop_index(op.f("ix_card_extensions_batch_id"), "card_extensions")
    op.create_index(op.f("ix_card_extensions_batch_id"), "card_extensions", ["batch_id"])
    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("ck_card_extensions_undone_with_a_batch_of_its_own"), type_="check"
        )
        batch_op.drop_column("undone_with_batch")
