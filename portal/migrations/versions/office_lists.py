"""What the office looks things up by; extensions replaced when a date is changed.

Revision: office_lists
After: data_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "office_lists"
down_revision = "data_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("els_cards", sa.Column("number_key", sa.String(length=40), nullable=True))
    _fill_number_keys()
    with op.batch_alter_table("els_cards", schema=None) as batch_op:
        batch_op.alter_column("number_key", nullable=False)
        batch_op.create_index(batch_op.f("ix_els_cards_number_key"), ["number_key"], unique=False)

    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaced_by_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_card_extensions_replaced_by_id"), "card_extensions", ["replaced_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_card_extensions_replaced_is_undone"),
            "replaced_by_id IS NULL OR undone_at IS NOT NULL",
        )
        batch_op.create_index(
            "ix_card_extensions_undone",
            ["undone_at"],
            unique=False,
            sqlite_where=sa.text("undone_at IS NOT NULL"),
            postgresql_where=sa.text("undone_at IS NOT NULL"),
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_placed_at"), ["placed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_extension_id"), ["extension_id"], unique=False)

    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_programme_year"), ["programme", "year"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolments_group_name"), ["group_name"], unique=False)


def _fill_number_keys() -> None:
    cards = sa.table("els_cards", sa.column("id"), sa.column("card_number"), sa.column("number_key"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(cards.c.id, cards.c.card_number)).all()
    keys = [{"card": row.id, "key": "".join(filter(str.isalnum, row.card_number)).upper()} for row in rows]
    if keys:
        where = cards.c.id == sa.bindparam("card")
        connection.execute(sa.update(cards).where(where).values(number_key=sa.bindparam("key")), keys)


def downgrade() -> None:
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_group_name"))
        batch_op.drop_index(batch_op.f("ix_enrolments_programme_year"))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_extension_id"))
        batch_op.drop_index(batch_op.f("ix_orders_placed_at"))

    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_card_extensions_undone",
            sqlite_where=sa.text("undone_at IS NOT NULL"),
            postgresql_where=sa.text("undone_at IS NOT NULL"),
        )
        batch_op.drop_constraint(batch_op.f("ck_card_extensions_replaced_is_undone"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_card_extensions_replaced_by_id"), type_="foreignkey")
        batch_op.drop_column("replaced_by_id")

    with op.batch_alter_table("els_cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_els_cards_number_key"))
        batch_op.drop_column("number_key")
