"""Rows made ready before a transaction: inside it nothing is left to do but to hand them to the database.

Turning values into what a driver takes costs as much as writing them; nobody else should wait for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnDefault, Insert, Table, Update, bindparam, insert, update

from portal.extensions import db

Take = tuple[str, Any, Callable[[Any], Any] | None]


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """One statement and what it takes for each row, in the driver's own form."""

    statement: str
    rows: Sequence[Any] = field(repr=False)

    def write(self) -> int:
        """Carry it out for every row, inside the caller's transaction; answers how many rows it touched."""
        if not self.rows:
            return 0
        return db.session.connection().exec_driver_sql(self.statement, self.rows).rowcount


def new_rows(model: Any, rows: Sequence[Mapping[str, Any]]) -> ReadyRows:
    """`rows` to insert; all have the same columns. A column none of them names gets the model's own constant."""
    table = _table(model)
    named = rows[0].keys() if rows else ()
    constants = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in named and isinstance(column.default, ColumnDefault) and column.default.is_scalar
    }
    return ready(insert(table).values({name: bindparam(name) for name in named} | constants), rows)


def changed_rows(model: Any, rows: Sequence[Mapping[str, Any]], by: str = "id") -> ReadyRows:
    """`rows` to update: each sets its columns where `by` is its `key`; all have the same columns."""
    table = _table(model)
    named = rows[0].keys() if rows else ()
    values: dict[str, Any] = {name: bindparam(name) for name in named if name != "key"}
    return ready(update(table).where(table.c[by] == bindparam("key")).values(values), rows)


def ready(statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> ReadyRows:
    """`statement`, whose parameters have the names of the rows' columns, with these `rows`."""
    if not rows:
        return ReadyRows("", ())
    dialect = db.engine.dialect
    compiled = statement.compile(dialect=dialect)
    takes: list[Take] = [
        (name, bind.value, bind.type.dialect_impl(dialect).bind_processor(dialect))
        for name, bind in compiled.binds.items()
    ]
    if not compiled.positional:
        return ReadyRows(compiled.string, [{one[0]: _taken(row, *one) for one in takes} for row in rows])
    by_name = {one[0]: one for one in takes}
    in_place = [by_name[name] for name in compiled.positiontup or ()]
    return ReadyRows(compiled.string, [tuple(_taken(row, *one) for one in in_place) for row in rows])


def _taken(row: Mapping[str, Any], name: str, constant: Any, processor: Callable[[Any], Any] | None) -> Any:
    value = row.get(name, constant)
    return value if processor is None else processor(value)


def _table(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
