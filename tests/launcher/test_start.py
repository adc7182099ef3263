"""When the launcher refuses to start, it changes nothing and says what to do."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

import app
from tests.databases import PostgresServer
from tests.launcher.running import ROOT, free_ports, refused, started, university, wait_for


def test_the_first_start_writes_the_settings_and_asks_for_three_values(tmp_path: Path) -> None:
    instance = tmp_path / "new" / "instance"
    said = refused_in(instance)
    assert [
        value for value in ("public_url:", "university.name:", "policy.basis:") if value not in said
    ] == []
    assert str(instance / "portal.toml") in said
    assert sorted(file.name for file in instance.iterdir()) == ["launcher.lock", "portal.toml"]


def refused_in(instance: Path) -> str:
    instance.parent.mkdir()
    return refused(instance)


def test_a_settings_file_is_never_written_over(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text("[university]\n")
    assert "public_url: brak wartości" in refused(instance)
    assert (instance / "portal.toml").read_text() == "[university]\n"


def test_keys_are_not_made_beside_an_existing_database(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    with closing(sqlite3.connect(instance / "portal.sqlite")) as database:
        database.execute("CREATE TABLE students (id TEXT)")
    assert "odtwórz klucze z ich kopii" in refused(instance)
    assert not (instance / "keys").exists()


def test_keys_are_not_made_beside_an_existing_postgresql_database(
    tmp_path: Path, postgres: PostgresServer, prepared_postgres: str
) -> None:
    instance = university(tmp_path / "instance")
    assert "odtwórz klucze z ich kopii" in refused(instance, DATABASE_URL=prepared_postgres)
    assert not (instance / "keys").exists()


def test_a_database_server_that_is_not_there_yet_is_worth_another_start(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    url = f"postgresql+psycopg://portal@/portal?host={tmp_path}"
    with started(instance, DATABASE_URL=url) as portal:
        assert portal.process.wait(90) == 1  # not 2, after which systemd does not try again
        assert "Nie można połączyć się z bazą danych" in portal.errors.read_text()


def test_a_demonstrations_instance_is_refused_to_a_normal_start(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text("demo = true\n")
    assert "demonstracja z hasłami, które zna każdy" in refused(instance)
    assert sorted(file.name for file in instance.iterdir()) == ["launcher.lock", "portal.toml"]


def test_a_universitys_instance_is_refused_to_a_demonstration(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    assert "należy do uczelni" in refused(instance, "--demo")
    assert sorted(file.name for file in instance.iterdir()) == ["launcher.lock", "portal.toml"]


@pytest.mark.parametrize("offset", [0, 1])
def test_a_taken_port_is_refused_even_if_it_could_be_shared(tmp_path: Path, offset: int) -> None:
    port = free_ports()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", port + offset))
        taken.listen()
        said = refused(tmp_path / "instance", "--demo", port=port)
    assert f"port {port + offset}" in said
    assert "--port" in said


def test_two_launchers_never_share_an_instance(tmp_path: Path) -> None:
    instance = university(tmp_path / "instance")
    with started(instance) as first:
        first.wait_until_it_serves()
        assert "już działa" in refused(instance)
        assert first.page("/healthz") == "ok\n"


def test_two_launchers_started_at_once_never_share_a_port(tmp_path: Path) -> None:
    port = free_ports()
    one, other = university(tmp_path / "one"), university(tmp_path / "other")
    with started(one, port=port) as first, started(other, port=port) as second:
        wait_for(lambda: first.ended() or second.ended())
        beaten, winner = (first, second) if first.ended() else (second, first)
        assert beaten.process.wait() == 2
        assert f"port {port}" in beaten.errors.read_text()
        winner.wait_until_it_serves()
        assert beaten.output.read_text() == ""


def test_a_web_server_of_its_own_never_shares_a_port(tmp_path: Path) -> None:
    with started(university(tmp_path / "one")) as portal:
        portal.wait_until_it_serves()
        command = [sys.executable, "-m", "portal", "--port", str(portal.port), "--instance"]
        second = subprocess.run(
            [*command, str(university(tmp_path / "other"))], cwd=ROOT, capture_output=True, timeout=60
        )
        assert second.returncode != 0


def test_the_launcher_imports_the_standard_library_only() -> None:
    script = "import app, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = {"app", "launcher", "__main__", "__mp_main__"}
    assert set(done.stdout.split()) - sys.stdlib_module_names - ours == set()


def test_any_wsgi_server_gets_the_application_of_the_named_instance(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (instance / "portal.toml").write_text(
        'demo = true\npublic_url = "http://127.0.0.1:5050"\n[university]\nname = "A"\n[policy]\nbasis = "els"\n'
    )
    monkeypatch.setenv("PORTAL_INSTANCE", str(instance))
    served = app.app
    assert isinstance(served, Flask)
    assert served.extensions["settings"].instance == instance


def test_without_a_named_instance_there_is_no_application(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="PORTAL_INSTANCE"):
        _ = app.app


def test_an_unprepared_instance_gives_no_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))
    with pytest.raises(SystemExit, match="brak pliku"):
        _ = app.app


def test_the_module_has_no_other_surprises() -> None:
    with pytest.raises(AttributeError):
        _ = app.application
