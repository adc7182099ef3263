"""Students who never chose a language are told from those who chose Polish; whoever is there already keeps theirs.

Revision: language_unchosen
After: photos_sent_back
"""

import sqlalchemy as sa
from alembic import op

revision = "language_unchosen"
down_revision = "photos_sent_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("students") as batch_op:
        batch_op.alter_column(
            "language", existing_type=sa.String(length=2), nullable=True, server_default=None
        )


def downgrade() -> None:
    op.execute(sa.text("UPDATE students SET language = 'pl' WHERE language IS NULL"))
    with op.batch_alter_table("students") as batch_op:
        batch_op.alter_column(
            "language", existing_type=sa.String(length=2), nullable=False, server_default=sa.text("'pl'")
        )
