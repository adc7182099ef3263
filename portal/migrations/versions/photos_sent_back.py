"""A photo sent back by the office is news to its student.

Revision: photos_sent_back
After: forgetting
"""

import sqlalchemy as sa
from alembic import op

revision = "photos_sent_back"
down_revision = "forgetting"
branch_labels = None
depends_on = None

KINDS = (
    "ordered",
    "ready",
    "codes_expire_soon",
    "codes_expired",
    "refused",
    "may_order",
    "semester_ends",
    "revoked",
)
ADDED = "photo_sent_back"


def upgrade() -> None:
    _know((*KINDS, ADDED))


def downgrade() -> None:
    for statement in (
        "DELETE FROM messages WHERE notice_id IN (SELECT id FROM notices WHERE kind = :kind)",
        "DELETE FROM notices WHERE kind = :kind",
        "DELETE FROM mail_choices WHERE kind = :kind",
    ):
        op.execute(sa.text(statement).bindparams(kind=ADDED))
    _know(KINDS)


def _know(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("notices", "mail_choices"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_kind_known"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_kind_known"), f"kind IN ({listed})")
