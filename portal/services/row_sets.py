"""Many rows as one bound parameter: a statement about 100,000 rows is as long as one about two."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.types import TypeEngine

from portal.extensions import db

TEXT, NUMBER, DAY = String(), Integer(), Date()


def one_of(column: ColumnElement[Any] | Any, values: Iterable[str]) -> ColumnElement[bool]:
    """The condition that `column` (of texts) is one of `values`, however many they are."""
    listed = json.dumps(list(values))
    if _sqlite():
        found = func.json_each(listed).table_valued("value")
    else:
        found = func.json_array_elements_text(cast(literal(listed), JSON)).table_valued("value")
    condition: ColumnElement[bool] = column.in_(select(type_coerce(found.c.value, String)))
    return condition


def rows(values: Sequence[Sequence[Any]], columns: Mapping[str, TypeEngine[Any]]) -> Subquery:
    """`values` as a table with these `columns`, each TEXT, NUMBER or DAY."""
    return rows_select(values, columns).subquery("given")


def rows_select(values: Sequence[Sequence[Any]], columns: Mapping[str, TypeEngine[Any]]) -> Select[Any]:
    """The same as a SELECT, for INSERT … SELECT."""
    listed = json.dumps(values, default=_as_text)
    sqlite = _sqlite()
    if sqlite:
        each = func.json_each(listed).table_valued("value")
    else:
        each = func.json_array_elements(cast(literal(listed), JSON)).table_valued("value")
    picked = []
    for place, (name, kind) in enumerate(columns.items()):
        if sqlite:
            value: ColumnElement[Any] = type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind)
        else:
            value = cast(each.c.value.op("->>")(literal(place, Integer())), kind)
        picked.append(value.label(name))
    return select(*picked)


def _as_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
