"""A list of numbers to extend is kept between its dry run and the act, like the other files the office uploads.

Revision: extension_uploads
After: language_unchosen
"""

import sqlalchemy as sa
from alembic import op

revision = "extension_uploads"
down_revision = "language_unchosen"
branch_labels = None
depends_on = None

KINDS = ("register", "photos", "panel_report")


def upgrade() -> None:
    _know((*KINDS, "extensions"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM uploaded_files WHERE kind = 'extensions'"))
    _know(KINDS)


def _know(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("uploaded_files") as batch_op:
        batch_op.drop_constraint(op.f("ck_uploaded_files_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_uploaded_files_kind_known"), f"kind IN ({listed})")
