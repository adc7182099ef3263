"""The administrator's pages: what runs and what failed, and the settings in words."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from jobs import keep_house
from portal import clock
from portal.database import transaction
from portal.models.accounts import Role
from portal.models.base import new_id
from portal.models.ministry_calls import JobRun
from portal.models.notices import Message, MessageState
from portal.services import breaker
from portal.services.job_runs import RunLog
from portal.services.overview import last_runs
from portal.settings import Settings, load_settings
from portal.settings_origins import Origin, origins
from portal.texts import house as house_texts
from portal.texts import office as office_texts
from portal.texts import policy as policy_texts
from tests.browser import CheckedClient
from tests.people import make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
OVERVIEW, SETTINGS = "/admin", "/admin/ustawienia"
FILE = """
public_url = "http://localhost"
demo = true
[university]
name = "Akademia Przykładowa"
[policy]
basis = "els"
renewal = "last_days"
"""


@pytest.fixture
def settings(instance: Path, database_url: str) -> Settings:
    """Settings that stand in a file, as everywhere but in tests."""
    (instance / "portal.toml").write_text(FILE, encoding="utf-8")
    return load_settings(instance)


@pytest.fixture
def admin(sign_in: SignIn) -> CheckedClient:
    """An administrator, signed in."""
    return sign_in(make_account(role=Role.ADMIN, display_name="Administrator"))


def text_of(client: CheckedClient) -> str:
    return " ".join(client.checked_page.text.split())


def ran(job: str, error: str | None = None, ago: timedelta = timedelta()) -> None:
    with transaction() as session:
        at = clock.real_now() - ago
        session.add(JobRun(job=job, started_at=at, finished_at=at, counts={}, error=error))


@pytest.mark.parametrize("address", [OVERVIEW, SETTINGS])
def test_only_administrators_see_them(sign_in: SignIn, address: str) -> None:
    for who in (make_office(), make_student()):
        assert sign_in(who).get(address).status_code == 403


def test_administrators_begin_with_the_overview(admin: CheckedClient) -> None:
    assert admin.get("/").headers["Location"] == OVERVIEW
    admin.get(OVERVIEW)
    links = {link.get("href") for link in admin.checked_page.all("a")}
    assert {SETTINGS, "/admin/dziennik"} <= links


def test_a_night_without_trouble_is_told_in_words(admin: CheckedClient) -> None:
    ran("forward_orders")
    keep_house.run(threading.Event())
    admin.get(OVERVIEW)
    text = text_of(admin)
    assert "Wszystko działa" in text
    assert "Wymaga uwagi" not in text
    assert "Zrobiona i sprawdzona" in text
    assert "Wysyłanie zamówień" in text


def test_what_failed_stands_on_top(admin: CheckedClient, instance: Path) -> None:
    (instance / "backups").write_text("a file where the folder should be")
    with pytest.raises(keep_house.DutiesFailed):
        keep_house.run(threading.Event())
    ran("refresh_orders", error="OperationalError")
    admin.get(OVERVIEW)
    text = text_of(admin)
    assert "Wymaga uwagi" in text
    assert f"Kopia bazy danych: {house_texts.fault('not_written')}" in text
    assert "Zadanie „Pytanie o kody” zakończyło się błędem: Baza danych nie odpowiadała." in text


def test_jobs_that_stand_still_are_noticed(admin: CheckedClient) -> None:
    ran("forward_orders", ago=timedelta(hours=1))
    admin.get(OVERVIEW)
    assert "Zadania w tle nie działają" in text_of(admin)


def test_a_job_that_hangs_while_others_run_is_named(admin: CheckedClient) -> None:
    ran("send_messages", ago=timedelta(minutes=11))
    ran("revoke_cards", ago=timedelta(minutes=11))
    ran("keep_house", ago=timedelta(hours=25))
    ran("expire_cards")
    admin.get(OVERVIEW)
    text = text_of(admin)
    assert "Wymaga uwagi" in text
    assert "Zadanie „Wysyłanie listów” nie skończyło się od" in text
    assert "Zadanie „Unieważnianie po utracie uprawnień” nie" not in text
    assert "Zadanie „Porządki” nie" not in text
    assert "Zadania w tle nie działają" not in text


@pytest.mark.parametrize(
    ("alarm", "words"),
    [(False, "Ministerstwo nie odpowiada od"), (True, "Ministerstwo nie przyjmuje naszych zapytań")],
)
def test_an_outage_of_the_ministry_stands_on_top(admin: CheckedClient, alarm: bool, words: str) -> None:
    ran("forward_orders")
    keep_house.run(threading.Event())
    with transaction():
        breaker.failed("refused", at=clock.real_now(), probe_interval=60, certain=True, alarm=alarm)
    admin.get(OVERVIEW)
    assert words in text_of(admin)
    assert "Wszystko działa" not in text_of(admin)


@pytest.mark.parametrize(("minutes", "told"), [(9, False), (11, True)])
def test_mail_that_waits_long_stands_on_top(admin: CheckedClient, minutes: int, told: bool) -> None:
    ran("send_messages")
    keep_house.run(threading.Event())
    at = clock.real_now() - timedelta(minutes=minutes)
    with transaction() as session:
        session.add(
            Message(
                id=new_id(),
                digest_on=clock.today(),
                address="osoba@example.edu.pl",
                state=MessageState.WAITING,
                queued_at=at,
                due_at=at,
            )
        )
    admin.get(OVERVIEW)
    assert ("Listy czekają na wysłanie od" in text_of(admin)) is told
    assert ("Wszystko działa" in text_of(admin)) is not told


def test_an_old_backup_stands_on_top(admin: CheckedClient, instance: Path) -> None:
    ran("forward_orders")
    keep_house.run(threading.Event())
    (made,) = (instance / "backups").glob("*.sqlite")
    made.rename(made.with_name("portal-20260105-033000.sqlite"))
    admin.get(OVERVIEW)
    assert "Ostatnia kopia bazy jest z 5.01.2026" in text_of(admin)
    assert "Wszystko działa" not in text_of(admin)


def test_mail_given_up_is_counted(admin: CheckedClient) -> None:
    at = clock.real_now()
    with transaction() as session:
        for number, state in enumerate([MessageState.GIVEN_UP, MessageState.WAITING, MessageState.WAITING]):
            session.add(
                Message(
                    id=new_id(),
                    digest_on=clock.today(),
                    address=f"osoba{number}@example.edu.pl",
                    state=state,
                    queued_at=at,
                    due_at=at,
                )
            )
    admin.get(OVERVIEW)
    assert "Czeka 2" in text_of(admin)
    assert "1 listu nie udało się wysłać." in text_of(admin)
    assert "osoba" not in text_of(admin)


def test_the_settings_are_told_in_the_words_of_the_check(
    admin: CheckedClient, app: Flask, settings: Settings
) -> None:
    admin.get(SETTINGS)
    text = text_of(admin)
    with app.test_request_context():
        for group in policy_texts.in_words(settings):
            assert group.title in text
            assert all(" ".join(line.words.split()) in text for line in group.lines)
    (main,) = admin.checked_page.all("main")
    assert not list(main.all("form"))


def test_each_setting_says_where_it_comes_from(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert origins(settings.instance).of("DATABASE_URL") is Origin.DEFAULT
    monkeypatch.setenv("PORTAL_MINISTRY__PARALLEL", "2")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://db.example.edu.pl/portal")
    found = origins(settings.instance)
    assert found.of("DATABASE_URL") is Origin.ENVIRONMENT
    assert found.of("policy.renewal") is Origin.FILE
    assert found.of("ministry.parallel") is Origin.ENVIRONMENT
    assert found.of("policy.codes_lifetime_days") is Origin.DEFAULT


def test_a_file_changed_since_the_start_is_noticed(admin: CheckedClient, instance: Path) -> None:
    admin.get(SETTINGS)
    assert "mówi już coś innego" not in text_of(admin)
    (instance / "portal.toml").write_text(FILE.replace("last_days", "after_cancelling"), encoding="utf-8")
    admin.get(SETTINGS)
    assert "mówi już coś innego" in text_of(admin)


def test_the_offices_list_of_jobs_knows_no_parts_of_jobs(database: SQLAlchemy) -> None:
    RunLog("keep_house.backup").finished(clock.real_now(), {"made": 1})

    assert [run.job for run in last_runs()] == []
    assert "keep_house" in office_texts.JOBS
