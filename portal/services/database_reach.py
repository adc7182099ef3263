"""Whether the database answers: one connection with a time limit, without the application. Nothing is written."""

import os
from enum import StrEnum
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

CONNECT_SECONDS = 5


class Fault(StrEnum):
    """Why there is no connection."""

    NO_FOLDER = "no_folder"
    NOT_WRITABLE = "not_writable"
    NO_DRIVER = "no_driver"
    NO_HOST = "no_host"
    NO_SERVER = "no_server"
    SILENT = "silent"
    SIGN_IN = "sign_in"
    NO_DATABASE = "no_database"
    NO_TLS = "no_tls"
    ADDRESS = "address"
    OTHER = "other"


class Unreachable(Exception):
    """The database cannot be used. `place`: the server or the folder; `said`: the driver's own words, no password."""

    def __init__(self, fault: Fault, place: str, said: str = "") -> None:
        super().__init__(f"{fault.value}: {place}")
        self.fault = fault
        self.place = place
        self.said = said


# What PostgreSQL's client says has no codes while there is no connection. Looked for in this order.
_SAID = {
    "timeout": Fault.SILENT,
    "resolve host": Fault.NO_HOST,
    "translate host name": Fault.NO_HOST,
    "name resolution": Fault.NO_HOST,
    "Name or service not known": Fault.NO_HOST,
    "password": Fault.SIGN_IN,
    "authentication": Fault.SIGN_IN,
    "pg_hba.conf": Fault.SIGN_IN,
    'role "': Fault.SIGN_IN,
    'database "': Fault.NO_DATABASE,
    "SSL": Fault.NO_TLS,
    "certificate": Fault.NO_TLS,
    "Connection refused": Fault.NO_SERVER,
    "No such file or directory": Fault.NO_SERVER,
    "unreachable": Fault.NO_SERVER,
    "No route to host": Fault.NO_SERVER,
    "invalid": Fault.ADDRESS,
}


def has_tables(database_url: str) -> bool:
    """Whether anything is in the database; an SQLite file that is not there yet is no fault and is not made.

    Raises Unreachable; for an SQLite file that is damaged SQLAlchemy's DatabaseError.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _file_is_usable(Path(url.database or "")) and _ask(url, {})
    # What the address itself says comes first.
    limits = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": CONNECT_SECONDS * 1000}
    place = url.host or str(url.query.get("host", "localhost"))
    try:
        return _ask(url, {name: limit for name, limit in limits.items() if name not in url.query})
    except ModuleNotFoundError as missing:
        raise Unreachable(Fault.NO_DRIVER, place, str(missing)) from None
    except DBAPIError as error:
        said = str(error.orig)
        fault = next((fault for words, fault in _SAID.items() if words in said), Fault.OTHER)
        raise Unreachable(fault, place, said.partition("\n")[0]) from None


def _file_is_usable(file: Path) -> bool:
    """Whether the file is there; raises Unreachable where it is not and could not be made."""
    folder = file.parent
    if not folder.is_dir():
        raise Unreachable(Fault.NO_FOLDER, str(folder))
    for needed in (folder, file):
        if needed.exists() and not os.access(needed, os.W_OK):
            raise Unreachable(Fault.NOT_WRITABLE, str(needed))
    return file.exists()


def _ask(url: URL, limits: dict[str, int]) -> bool:
    engine = create_engine(url, connect_args=limits)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()
