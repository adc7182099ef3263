"""Files the office uploads, kept between the dry run and the act.

Revision: uploaded_files
After: office_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "uploaded_files"
down_revision = "office_lists"
branch_labels = None
depends_on = None

KINDS = ("register", "photos")
STATES = ("waiting", "checked", "refused", "confirmed", "applied")


def upgrade() -> None:
    op.create_table(
        "uploaded_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind_known", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state_known", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "state = 'applied' OR batch_id IS NULL", name=op.f("ck_uploaded_files_batch_once_applied")
        ),
        sa.CheckConstraint(
            "state <> 'applied' OR content_sealed IS NULL",
            name=op.f("ck_uploaded_files_no_content_once_applied"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_uploaded_files_account_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_uploaded_files_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_files")),
    )
    op.create_index(op.f("ix_uploaded_files_expires_at"), "uploaded_files", ["expires_at"])
    op.create_table(
        "uploaded_file_pages",
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lines_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["uploaded_files.id"], name=op.f("fk_uploaded_file_pages_file_id")
        ),
        sa.PrimaryKeyConstraint("file_id", "part", "number", name=op.f("pk_uploaded_file_pages")),
    )


def downgrade() -> None:
    op.drop_table("uploaded_file_pages")
    op.drop_table("uploaded_files")
