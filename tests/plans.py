"""How a database would carry statements out: tests see to it that large tables are read by their indexes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from portal.extensions import db

_WHOLE_TABLE = {
    "sqlite": re.compile(r"SCAN (\w+)(?! USING| VIRTUAL)"),
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
}


class Plans:
    """What the statements of a block would read from end to end."""

    def __init__(self) -> None:
        self.whole_tables: set[str] = set()
        self.statements = 0


@contextmanager
def watched_plans() -> Iterator[Plans]:
    """Explain every SELECT of the block just before it runs."""
    plans, dialect = Plans(), db.engine.dialect.name
    tables = db.metadata.tables.keys()
    prefix = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
    if dialect == "postgresql":
        # Tables as small as a test's are read whole for good reasons; a large one would not be.
        db.session.execute(text("SET enable_seqscan = off"))

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: object) -> None:
        if not statement.lstrip().startswith(("SELECT", "WITH")):
            return
        cursor.execute(prefix + statement, parameters)
        lines = "\n".join(str(row[-1]) for row in cursor.fetchall())
        plans.whole_tables |= set(_WHOLE_TABLE[dialect].findall(lines)) & tables
        plans.statements += 1

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
