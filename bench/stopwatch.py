"""How long a use case keeps other writers waiting."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from unittest import mock

from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from portal.database import transaction


@contextmanager
def locks_timed(use_case: ModuleType) -> Iterator[list[float]]:
    """Inside, each transaction that module opens is noted in the list: the seconds from its BEGIN to its COMMIT."""
    held: list[float] = []

    @contextmanager
    def timed() -> Iterator[scoped_session[Session]]:
        with transaction() as session:
            began = time.perf_counter()
            yield session
        held.append(time.perf_counter() - began)

    with mock.patch.object(use_case, "transaction", timed):
        yield held
