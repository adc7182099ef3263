"""An instance is prepared once, for one kind of data, and told apart from one that is not ready."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal import clock, create_app
from portal.database import transaction
from portal.extensions import db
from portal.models.journal import Deployment
from portal.models.orders import Order
from portal.rules.order_status import OrderStatus
from portal.services import deployment
from portal.services.deployment import NewerDatabase, NotPrepared, WrongKind
from portal.settings import Settings
from tests.conftest import settings_for
from tests.people import make_student
from tests.stories.states import ordered


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_settings(request: pytest.FixtureRequest, instance: Path) -> Settings:
    """Settings of an instance whose database is still empty."""
    if request.param == "sqlite":
        return settings_for(instance, f"sqlite:///{instance / 'new.sqlite'}")
    return settings_for(instance, request.getfixturevalue("postgres").url())


@pytest.fixture
def empty(empty_settings: Settings) -> Iterator[Flask]:
    app = create_app(empty_settings, check=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def stored_revision() -> str:
    db.session.rollback()
    return str(db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def pretend_revision(revision: str) -> None:
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


def test_an_empty_database_is_not_prepared(empty: Flask) -> None:
    with pytest.raises(NotPrepared):
        deployment.check_prepared(demo=True)


def test_the_application_refuses_an_empty_database(empty_settings: Settings) -> None:
    with pytest.raises(NotPrepared):
        create_app(empty_settings)


def test_a_prepared_database_passes_the_check(empty: Flask, empty_settings: Settings) -> None:
    deployment.prepare_database(demo=True)
    deployment.check_prepared(demo=True)
    assert create_app(empty_settings).extensions["settings"] is empty_settings


def test_preparing_again_changes_nothing(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    created = db.session.scalars(select(Deployment.created_at)).one()
    revision = stored_revision()
    deployment.prepare_database(demo=True)
    assert stored_revision() == revision
    assert db.session.scalars(select(Deployment.created_at)).all() == [created]


@pytest.mark.parametrize("made_for_demo", [True, False])
def test_a_demonstration_and_a_university_never_share_a_database(empty: Flask, made_for_demo: bool) -> None:
    deployment.prepare_database(demo=made_for_demo)
    with pytest.raises(WrongKind):
        deployment.check_prepared(demo=not made_for_demo)
    with pytest.raises(WrongKind):
        deployment.prepare_database(demo=not made_for_demo)
    assert db.session.scalars(select(Deployment.demo)).one() is made_for_demo


def test_a_database_of_a_newer_version_is_left_alone(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    pretend_revision("from_the_future")
    with pytest.raises(NewerDatabase, match="from_the_future"):
        deployment.check_prepared(demo=True)
    with pytest.raises(NewerDatabase, match="from_the_future"):
        deployment.prepare_database(demo=True)
    assert stored_revision() == "from_the_future"


def test_checking_leaves_no_connection_open(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    deployment.check_prepared(demo=True)
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # pools that count have it
    assert "Connections in pool: 0" in db.engine.pool.status()


def test_the_calendar_of_a_demonstration_moves_for_every_process(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    real = clock.real_now()
    deployment.move_calendar(timedelta(days=3))
    deployment.move_calendar(timedelta(days=4))
    clock.move_to(timedelta())  # as in another process, which has not looked yet
    deployment.follow_calendar()
    assert timedelta(days=7) <= clock.now() - real < timedelta(days=7, minutes=5)


def test_the_calendar_never_moves_backwards(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    with pytest.raises(ValueError, match="forward"):
        deployment.move_calendar(timedelta(days=-1))


def test_the_calendar_moves_to_a_day_once_and_keeps_the_time_of_day(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    before = clock.now().astimezone(clock.OFFICE_ZONE)
    then = before.date() + timedelta(days=200)  # across a change of the clocks
    deployment.move_calendar_to(then)
    deployment.move_calendar_to(then)
    now = clock.now().astimezone(clock.OFFICE_ZONE)
    assert now.date() == then
    passed = now.replace(tzinfo=None) - before.replace(tzinfo=None) - timedelta(days=200)
    assert timedelta(seconds=-1) <= passed < timedelta(minutes=5)


def test_the_calendar_does_not_go_back_to_a_day(empty: Flask) -> None:
    deployment.prepare_database(demo=True)
    deployment.move_calendar_to(clock.today() - timedelta(days=1))
    assert clock.ahead() == timedelta()


def test_once_the_calendar_moved_every_order_is_looked_at_anew(database: object) -> None:
    later = clock.real_now() + timedelta(hours=1)
    key = ordered(make_student(), OrderStatus.READY, due_at=later)
    deployment.move_calendar(timedelta(days=31))
    db.session.rollback()
    assert db.session.get_one(Order, key).due_at <= clock.real_now()


def test_a_real_universitys_calendar_does_not_move(empty: Flask) -> None:
    deployment.prepare_database(demo=False)
    with pytest.raises(deployment.WrongKind):
        deployment.move_calendar(timedelta(days=1))
    with pytest.raises(deployment.WrongKind):
        deployment.move_calendar_to(clock.today() + timedelta(days=1))
    deployment.follow_calendar()
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5)
