"""The database DATABASE_URL names, and which ones the portal works with."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DATABASE_URL = "DATABASE_URL"
DATABASES = ("sqlite", "postgresql+psycopg")
WHICH_DATABASE = (
    "wpisz postgresql+psycopg://UŻYTKOWNIK@SERWER/BAZA"
    " albo usuń tę zmienną (wtedy dane są w pliku SQLite w katalogu instancji)"
)


def check_works_with(url: str) -> None:
    """Raise ValueError, without the password, unless `url` is the address of a database the portal works with."""
    try:
        parts = make_url(url)
        shown = parts.set(query={}).render_as_string()  # the password as ***
    except (ArgumentError, ValueError):
        raise ValueError(f"to nie jest adres bazy danych; {WHICH_DATABASE}") from None
    if parts.drivername not in DATABASES:
        raise ValueError(f"z bazą {shown} portal nie działa; {WHICH_DATABASE}")
    if parts.drivername == "sqlite" and parts.database in {None, "", ":memory:"}:
        raise ValueError(f"{shown} nie wskazuje pliku; {WHICH_DATABASE}")
