"""Orders forget their photo with their contents; photos nobody needs and documents past their day are found by index.

Revision: forgetting
After: card_life
"""

import sqlalchemy as sa
from alembic import op

revision = "forgetting"
down_revision = "card_life"
branch_labels = None
depends_on = None

COLLECTED = sa.text("status = 'collected'")
WITH_PHOTOS = ("students", "orders", "photo_submissions")


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("photo_sha256", existing_type=sa.String(length=64), nullable=True)
    op.execute("UPDATE orders SET photo_sha256 = NULL WHERE payload_sealed IS NULL")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_orders_contents_are_whole"), "(payload_sealed IS NULL) = (photo_sha256 IS NULL)"
        )
        batch_op.create_index(
            "ix_orders_document_until",
            ["planned_valid_until"],
            sqlite_where=COLLECTED,
            postgresql_where=COLLECTED,
        )
    for table in WITH_PHOTOS:
        op.create_index(op.f(f"ix_{table}_photo_sha256"), table, ["photo_sha256"])


def downgrade() -> None:
    for table in WITH_PHOTOS:
        op.drop_index(op.f(f"ix_{table}_photo_sha256"), table)
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_index("ix_orders_document_until", sqlite_where=COLLECTED, postgresql_where=COLLECTED)
        batch_op.drop_constraint(op.f("ck_orders_contents_are_whole"), type_="check")
    # The table before knew no order without a photo; one whose contents are erased takes any there is.
    op.execute("UPDATE orders SET photo_sha256 = (SELECT min(sha256) FROM photos) WHERE photo_sha256 IS NULL")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("photo_sha256", existing_type=sa.String(length=64), nullable=False)
