"""Preparing an instance in this process: what is made, what is refused, what stays as it was."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models.journal import Deployment
from portal.preparation import NotReady, open_prepared, prepare
from portal.services import backups
from tests.databases import PostgresServer
from tests.launcher.running import university


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A university's instance with its settings filled in and nothing else."""
    return university(tmp_path / "university")


def kind_of(app: Flask) -> bool:
    with app.app_context():
        demo = db.session.scalars(select(Deployment.demo)).one()
        db.session.remove()
        db.engine.dispose()
    return demo


def test_a_new_instance_gets_keys_and_a_database_of_its_kind(new: Path) -> None:
    app = prepare(new, demo=False)
    assert kind_of(app) is False
    assert sorted(file.name for file in (new / "keys").iterdir()) == [
        "index.key",
        "seal-1.key",
        "session.key",
    ]


def test_on_postgresql_no_database_file_is_made(
    new: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres.url())
    assert kind_of(prepare(new, demo=False)) is False
    assert not list(new.glob("*.sqlite"))


def test_preparing_again_keeps_keys_and_settings(new: Path) -> None:
    prepare(new, demo=False)
    kept = {file: file.read_bytes() for file in new.rglob("*") if file.suffix in {".key", ".toml"}}
    prepare(new, demo=False)
    assert {file: file.read_bytes() for file in kept} == kept


def test_a_prepared_instance_opens(new: Path) -> None:
    prepare(new, demo=False)
    assert kind_of(open_prepared(new)) is False


def test_an_instance_without_a_database_does_not_open(new: Path) -> None:
    prepare(new, demo=False)
    (new / "portal.sqlite").unlink()
    with pytest.raises(NotReady, match=r"python app\.py"):
        open_prepared(new)


def lose_the_keys(instance: Path) -> None:
    shutil.rmtree(instance / "keys")


def lose_one_key(instance: Path) -> None:
    (instance / "keys" / "index.key").unlink()


def damage_a_key(instance: Path) -> None:
    (instance / "keys" / "seal-1.key").write_text("damaged")


def become_newer(instance: Path) -> None:
    change(instance, "UPDATE alembic_version SET version_num = '9999'")


def become_a_demonstrations(instance: Path) -> None:
    change(instance, "UPDATE deployment SET demo = 1")


def change(instance: Path, statement: str) -> None:
    with closing(sqlite3.connect(instance / "portal.sqlite")) as database:
        database.execute(statement)
        database.commit()


def end_early(instance: Path) -> None:
    os.truncate(instance / "portal.sqlite", 300_000)


def become_noise(instance: Path) -> None:
    (instance / "portal.sqlite").write_bytes(random.Random(1).randbytes(400_000))


def lose_the_second_page(instance: Path) -> None:
    with (instance / "portal.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(bytes(4096))


def contents(instance: Path) -> dict[Path, bytes]:
    """All files but the two that SQLite keeps beside its own and tidies away whenever the last visitor leaves."""
    files = (file for file in instance.rglob("*") if file.is_file())
    return {file: file.read_bytes() for file in files if not file.name.endswith(("-wal", "-shm"))}


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (end_early, "uszkodzona .*kopii: docs/operations.md"),
        (become_noise, "uszkodzona .*kopii: docs/operations.md"),
        (lose_the_second_page, "uszkodzona .*kopii: docs/operations.md"),
        (lose_the_keys, "odtwórz klucze z ich kopii"),
        (lose_one_key, r"index\.key"),
        (damage_a_key, r"seal-1\.key"),
        (become_newer, r"9999.*nowszej wersji"),
        (become_a_demonstrations, "dane demonstracji"),
    ],
)
def test_a_harmed_instance_is_refused_and_left_as_it_is(
    new: Path, harm: Callable[[Path], None], words: str
) -> None:
    prepare(new, demo=False)
    harm(new)
    before = contents(new)
    with pytest.raises(NotReady, match=words):
        prepare(new, demo=False)
    assert contents(new) == before


def test_a_start_says_where_the_database_is_damaged_and_goes_on(
    new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(new, demo=False)
    assert "uszkodzona" not in capsys.readouterr().err
    with closing(sqlite3.connect(new / "portal.sqlite")) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'mail_choices'"
        ).fetchone()
    with (new / "portal.sqlite").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    assert kind_of(prepare(new, demo=False)) is False
    assert "Baza danych jest uszkodzona" in capsys.readouterr().err


def be_gone(database: Path) -> None:
    database.unlink()


def be_empty(database: Path) -> None:
    os.truncate(database, 0)


def be_made_without_tables(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    with closing(sqlite3.connect(database)) as made:
        made.execute("PRAGMA journal_mode=WAL")


@pytest.mark.parametrize("lose", [be_gone, be_empty, be_made_without_tables])
@pytest.mark.parametrize("keys", [True, False])
def test_a_lost_database_is_not_begun_anew_beside_its_backups(
    new: Path, lose: Callable[[Path], None], keys: bool
) -> None:
    prepare(new, demo=False)
    kept = backups.make_backup(new / "portal.sqlite", new / "backups", at=datetime(2026, 11, 2, tzinfo=UTC))
    if not keys:
        (new / "keys").rename(new / "elsewhere")
    lose(new / "portal.sqlite")
    before = {file: file.read_bytes() for file in new.rglob("*") if file.is_file()}
    with pytest.raises(NotReady, match="Odtwórz ją z kopii"):
        prepare(new, demo=False)
    with pytest.raises(NotReady, match="Odtwórz ją z kopii") as refused:
        open_prepared(new)
    assert ("Odtwórz też klucze" in str(refused.value)) is not keys
    assert {file: file.read_bytes() for file in new.rglob("*") if file.is_file()} == before
    if keys:
        shutil.copy(kept.path, new / "portal.sqlite")
        assert kind_of(open_prepared(new)) is False


def test_looking_for_a_database_makes_none(new: Path) -> None:
    prepare(new, demo=False)
    (new / "portal.sqlite").unlink()
    with pytest.raises(NotReady, match=r"python app\.py"):
        open_prepared(new)
    assert not (new / "portal.sqlite").exists()


def test_a_database_that_does_not_answer_is_told(new: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://portal@/portal?host={new}")
    with pytest.raises(NotReady, match="Nie można połączyć się z bazą danych: na serwerze") as refused:
        prepare(new, demo=False)
    assert refused.value.may_pass
    assert not (new / "keys").exists()


@pytest.mark.parametrize("demo", [True, False])
def test_the_wrong_kind_of_instance_is_refused(new: Path, demo: bool) -> None:
    if not demo:
        (new / "portal.toml").write_text("demo = true\n" + (new / "portal.toml").read_text())
    with pytest.raises(NotReady, match="demonstracj"):
        prepare(new, demo=demo)
    assert not (new / "keys").exists()
