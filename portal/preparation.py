"""Everything that must be true before pages are served: settings, keys, database, a demonstration's content.

It is done again at every start and changes nothing when all is there.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from portal import create_app
from portal.database import tells_of_damage
from portal.extensions import db
from portal.keys import KEYS_FOLDER, KeysMissing, create_keys
from portal.services import deployment
from portal.services.backups import backups_in
from portal.services.database_reach import Unreachable, has_tables
from portal.services.housekeeping import backup_directory, sqlite_file
from portal.services.self_check import Finding, Level, Subject, damage_at_start
from portal.settings import SETTINGS_FILE, Settings, SettingsError, load_settings
from portal.texts import checks as check_texts

FIRST_SETTINGS = Path(__file__).parent / "first_settings"
SANDBOX_WAIT_SECONDS = 20.0
RESTORE = "docs/operations.md, „Restore”"


class NotReady(Exception):
    """The instance cannot be served; the message says in Polish why and what the administrator does about it.

    `may_pass`: without anybody doing anything, a database server that starts later than the portal for example.
    """

    def __init__(self, words: str, *, may_pass: bool = False) -> None:
        super().__init__(words)
        self.may_pass = may_pass


def prepare(instance: Path, *, demo: bool) -> Flask:
    """The application of `instance`, ready to serve and with no connection open. Raises NotReady.

    1. Write the settings file if there is none; stop until its mandatory values are filled in.
    2. Make the keys of a new instance, never beside an existing database; begin no database beside backups of one.
    3. Bring the database to this program's version.
    4. In a demonstration, fill in the invented university.
    5. Say on standard error where the database is damaged, as far as a short look finds it.
    """
    settings = _settings(instance, demo=demo)
    with _told_in_polish():
        filled = has_tables(settings.database_url)
        _refuse_to_begin_anew(settings, filled=filled)
        _keys(settings, filled=filled)
        app = create_app(settings, check=False)
        with app.app_context():
            try:
                deployment.prepare_database(demo=settings.demo)
                if demo:
                    _fill(settings)
            finally:
                db.session.remove()
                db.engine.dispose()  # the server forks; no worker may inherit a connection
    _tell_of_damage(settings)
    return app


def open_prepared(instance: Path) -> Flask:
    """The application of an `instance` that was prepared before, with no connection open. Raises NotReady."""
    try:
        settings = load_settings(instance)
    except SettingsError as mistakes:
        raise _mistakes(f"Błędy w ustawieniach {instance / SETTINGS_FILE}", mistakes) from None
    with _told_in_polish():
        _refuse_to_begin_anew(settings, filled=has_tables(settings.database_url))
        return create_app(settings)


def _tell_of_damage(settings: Settings) -> None:
    """Say it and go on: most pages of a file damaged in one place still work, and a refusal would end them all."""
    for what in damage_at_start(settings):
        damaged = Finding(Level.PROBLEM, Subject.DATABASE_DAMAGED, {"what": what})
        print(check_texts.finding(damaged), file=sys.stderr, flush=True)


@contextmanager
def _told_in_polish() -> Iterator[None]:
    try:
        yield
    except KeysMissing as missing:
        raise NotReady(f"Nie ma pliku kluczy albo jest uszkodzony: {missing}. Odtwórz go z kopii.") from None
    except deployment.NotPrepared:
        raise NotReady(
            "Baza danych jest pusta albo z poprzedniej wersji portalu."
            " Przygotuje ją „python app.py” albo „python -m portal --prepare-only”."
        ) from None
    except deployment.WrongKind as kind:
        raise NotReady(
            f"Baza danych zawiera dane {'demonstracji' if kind.demo else 'prawdziwej uczelni'},"
            " a ustawienia mówią co innego. Wskaż inną bazę albo inny katalog instancji."
        ) from None
    except deployment.NewerDatabase as newer:
        raise NotReady(
            f"Baza danych ({newer}) pochodzi z nowszej wersji portalu. Zainstaluj tę wersję albo nowszą."
        ) from None
    except Unreachable as why:
        raise NotReady(check_texts.unreachable(why), may_pass=True) from None
    except DatabaseError as reason:
        if tells_of_damage(reason):
            raise NotReady(
                f"Baza danych jest uszkodzona ({reason.orig}). Zatrzymaj portal i odtwórz ją z ostatniej dobrej"
                f" kopii: {RESTORE}."
            ) from None
        if not isinstance(reason, OperationalError):
            raise
        raise NotReady(f"Baza danych nie odpowiada: {reason.orig}", may_pass=True) from None


def _settings(instance: Path, *, demo: bool) -> Settings:
    file = instance / SETTINGS_FILE
    written = write_first_settings(file, demo=demo)
    try:
        settings = load_settings(instance)
    except SettingsError as mistakes:
        heading = f"Utworzono plik ustawień {file}" if written else f"Błędy w ustawieniach {file}"
        raise _mistakes(heading, mistakes) from None
    if settings.demo is not demo:
        raise NotReady(
            f"{instance} to demonstracja z hasłami, które zna każdy; uruchamia ją tylko „--demo”."
            if settings.demo
            else f"{instance} należy do uczelni, nie do demonstracji."
        )
    return settings


def _mistakes(heading: str, mistakes: SettingsError) -> NotReady:
    listed = "".join(f"\n  • {problem}" for problem in mistakes.problems)
    return NotReady(f"{heading}. Uzupełnij lub popraw i uruchom ponownie:{listed}")


def write_first_settings(file: Path, *, demo: bool) -> bool:
    """Write the settings file of a new instance, with comments; whether there was none."""
    template = FIRST_SETTINGS / ("demonstration.toml" if demo else "university.toml")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(template.read_text(encoding="utf-8"))
    except FileExistsError:
        return False
    return True


def _refuse_to_begin_anew(settings: Settings, *, filled: bool) -> None:
    """A database that is gone while its backups remain was lost: an empty one would hide that, and outlive them."""
    database, directory = sqlite_file(settings), backup_directory(settings)
    if filled or database is None or not backups_in(directory):
        return
    keys = settings.instance / KEYS_FOLDER
    raise NotReady(
        f"Nie ma bazy danych ({database}) albo jest pusta, a są jej kopie ({directory})."
        f" Odtwórz ją z kopii: {RESTORE}."
        + ("" if keys.exists() else f" Odtwórz też klucze ({keys}).")
        + " Jeśli portal ma zacząć od nowa, najpierw przenieś te kopie w inne miejsce."
    )


def _keys(settings: Settings, *, filled: bool) -> None:
    folder = settings.instance / KEYS_FOLDER
    if folder.exists():
        return
    if filled:
        raise NotReady(
            f"Baza danych istnieje, ale nie ma jej kluczy ({folder}). Bez nich zaszyfrowanych danych nie da się"
            " odczytać: odtwórz klucze z ich kopii. Nowych kluczy portal obok bazy nie tworzy."
        )
    create_keys(settings.instance)


def _fill(settings: Settings) -> None:
    from portal.demo import fill_demo  # draws portraits: not for a real instance's start

    _wait_for(settings.ministry.url)
    fill_demo(settings.ministry.url, settings.ministry.token() or "")


def _wait_for(url: str) -> None:
    address = urlsplit(url)
    deadline = time.monotonic() + SANDBOX_WAIT_SECONDS
    while True:
        try:
            socket.create_connection((address.hostname or "", address.port or 80), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise NotReady(f"Piaskownica ministerstwa ({url}) nie odpowiada.") from None
            time.sleep(0.05)
