"""A database that cannot be used is told apart by why, within a time limit, and never by its password."""

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.engine import make_url

from portal.services.database_reach import Fault, Unreachable, has_tables
from portal.texts import checks
from tests.databases import PostgresServer


def why(url: str) -> Unreachable:
    with pytest.raises(Unreachable) as unreachable:
        has_tables(url)
    assert "tajne" not in f"{unreachable.value} {unreachable.value.said}"
    return unreachable.value


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_an_sqlite_file_that_is_not_there_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    assert not has_tables(f"sqlite:///{tmp_path}/portal.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_an_sqlite_file_has_tables_or_none(tmp_path: Path) -> None:
    file = tmp_path / "portal.sqlite"
    file.touch()
    assert not has_tables(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE students (id TEXT)")
    assert has_tables(f"sqlite:///{file}")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = why(f"sqlite:///{tmp_path}/elsewhere/portal.sqlite")
    assert (found.fault, found.place) == (Fault.NO_FOLDER, str(tmp_path / "elsewhere"))


def test_a_postgresql_database_has_tables_or_none(postgres: PostgresServer, prepared_postgres: str) -> None:
    assert not has_tables(postgres.url())
    assert has_tables(prepared_postgres)


def test_a_server_that_takes_nobody_in_is_told_from_one_that_is_not_there(postgres: PostgresServer) -> None:
    there = make_url(postgres.url())
    nobody = there.set(username="nobody", password="tajne").render_as_string(hide_password=False)
    assert why(nobody).fault is Fault.SIGN_IN
    assert why(there.set(database="nothing").render_as_string(hide_password=False)).fault is Fault.NO_DATABASE
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # taken, and nobody listens
        assert why(f"postgresql+psycopg://portal:tajne@127.0.0.1:{port}/portal").fault is Fault.NO_SERVER


@pytest.mark.parametrize("option", ["sslmod=require", "sslmode=always"])
def test_an_option_nobody_knows_is_told_from_a_server_that_is_not_there(option: str) -> None:
    assert why(f"postgresql+psycopg://portal:tajne@127.0.0.1/portal?{option}").fault is Fault.ADDRESS


def test_a_name_nobody_knows_is_told() -> None:
    found = why("postgresql+psycopg://portal:tajne@nobody.invalid/portal")
    assert (found.fault, found.place) == (Fault.NO_HOST, "nobody.invalid")


def test_a_server_that_never_answers_is_given_up(silent: int) -> None:
    url = f"postgresql+psycopg://portal:tajne@127.0.0.1:{silent}/portal?connect_timeout=2"
    assert why(url).fault is Fault.SILENT
    assert why(url.partition("?")[0]).fault is Fault.SILENT  # without a limit in the address, ours


def test_a_server_without_tls_is_told_when_tls_is_asked_for() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        def refuse_tls() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(8)
                connection.sendall(b"N")

        answering = Thread(target=refuse_tls)
        answering.start()
        found = why(f"postgresql+psycopg://portal:tajne@127.0.0.1:{port}/portal?sslmode=require")
        answering.join()
    assert found.fault is Fault.NO_TLS


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_told_in_words_of_its_own(fault: Fault) -> None:
    words = checks.unreachable(Unreachable(fault, "db.example.edu.pl", "said so"))
    assert re.fullmatch(r"Nie można połączyć się z bazą danych: .+\. \[said so\]", words)
    assert len({checks.UNREACHABLE[each]({"place": "x"}) for each in Fault}) == len(Fault)
