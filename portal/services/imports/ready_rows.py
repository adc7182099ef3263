"""Rows made ready before a transaction: inside it nothing is left to do but to hand them to the database.

Turning values into what a driver takes costs as much as writing them; nobody else should wait for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, ColumnDefault, Dialect, Insert, Table, Update, bindparam, insert, update

from portal.extensions import db


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
    names = list(compiled.positiontup or ()) if compiled.positional else list(compiled.binds)
    columns = {name: _column(compiled.binds[name], rows, dialect) for name in set(names)}
    taken = zip(*(columns[name] for name in names), strict=True)
    if compiled.positional:
        return ReadyRows(compiled.string, list(taken))
    return ReadyRows(compiled.string, [dict(zip(names, row, strict=True)) for row in taken])


def _column(bind: BindParameter[Any], rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> Iterable[Any]:
    """What one parameter takes for each row; a constant of the statement itself, if the rows know nothing of it."""
    values = [row[bind.key] for row in rows] if bind.key in rows[0] else [bind.value] * len(rows)
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else map(process, values)


def _table(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
