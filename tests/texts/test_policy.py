"""The settings in words: every setting has its sentence, every variant its own, and no secret is told."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.rules.policy import Basis, EndAfterRemoval, Policy, ReceiptFrom, Renewal, StandingOrders
from portal.services.backups import Fault
from portal.services.housekeeping import DUTIES
from portal.services.self_check import Subject
from portal.settings import Settings
from portal.settings_groups import Connector, Mail, MailSecurity, Ministry, Retention, University
from portal.texts import checks as check_texts
from portal.texts import house as house_texts
from portal.texts import policy as policy_texts
from portal.texts import quantities
from tests.test_settings import every_setting

VARIANTS: dict[str, list[object]] = {
    "basis": list(Basis),
    "renewal": list(Renewal),
    "end_after_removal": list(EndAfterRemoval),
    "receipt_from": list(ReceiptFrom),
    "standing_orders": list(StandingOrders),
    "withdraw_superseded": [False, True],
    "block_unpaid_fees": [False, True],
    "block_unclosed_year": [False, True],
    "album_number_digits": [0, 6],
    "standing_order_delay_minutes": [0, 15],
    "codes_lifetime_days": [1, 30],
    "summer_proposal_from": [(2, 16), (3, 1)],
}


@pytest.fixture(autouse=True)
def _reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def settings_with(instance: Path, **groups: object) -> Settings:
    given: dict[str, object] = {
        "instance": instance,
        "database_url": f"sqlite:///{instance / 'portal.sqlite'}",
        "public_url": "https://mlegitymacja.example.edu.pl",
        "university": University(name="Akademia Przykładowa"),
        "policy": Policy(basis=Basis.ELS),
        **groups,
    }
    return Settings.model_validate(given)


def told(settings: Settings) -> str:
    return "\n".join(line.words for group in policy_texts.in_words(settings) for line in group.lines)


@pytest.mark.parametrize(
    "groups",
    [
        {},
        {"ministry": Ministry(connector=Connector.PANEL)},
        {
            "mail": Mail(
                server="poczta.example.edu.pl",
                user="portal",
                password_file=Path("mail.password"),
                sender="portal@example.edu.pl",
                reply_to="dziekanat@example.edu.pl",
            )
        },
        {"retention": Retention(backups=0), "demo": True},
    ],
    ids=["as delivered", "panel", "mail", "demonstration"],
)
def test_every_setting_is_told_once(instance: Path, groups: dict[str, object]) -> None:
    (instance / "mail.password").touch()
    settings = settings_with(instance, **groups)
    names = Counter(
        name for group in policy_texts.in_words(settings) for line in group.lines for name in line.settings
    )
    assert set(names) == every_setting() | {"DATABASE_URL"}
    assert set(names.values()) == {1}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_has_words_of_its_own(instance: Path, name: str) -> None:
    said = {
        told(settings_with(instance, policy={"basis": "els", name: variant})) for variant in VARIANTS[name]
    }
    assert len(said) == len(VARIANTS[name])


def test_every_choice_of_the_policy_is_among_the_variants() -> None:
    choices = {field.name for field in dataclasses.fields(Policy) if field.type in ("bool", bool)}
    assert choices <= VARIANTS.keys()


def test_every_way_to_encrypt_mail_is_told(instance: Path) -> None:
    said = {
        told(
            settings_with(
                instance, mail=Mail(server="localhost", security=security, sender="portal@example.edu.pl")
            )
        )
        for security in MailSecurity
    }
    assert len(said) == len(MailSecurity)


def test_no_secret_is_told(instance: Path) -> None:
    (instance / "token").write_text("tajny-token")
    (instance / "haslo").write_text("tajne-haslo")
    settings = settings_with(
        instance,
        database_url="postgresql+psycopg://portal:tajne-z-adresu@db.example.edu.pl/portal?password=tajne-w-polu",
        ministry=Ministry(url="https://ministry.example.edu.pl", token_file=instance / "token"),
        mail=Mail(
            server="poczta.example.edu.pl",
            sender="portal@example.edu.pl",
            user="portal",
            password_file=instance / "haslo",
        ),
    )
    said = told(settings)
    assert "tajn" not in said
    assert "„portal” na serwerze db.example.edu.pl" in said
    assert str(instance / "token") in said


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1_500, "1,5 kB"), (300_000, "300 kB"), (2_000_000_000, "2 GB")],
)
def test_sizes_are_told_in_the_unit_that_fits(size: int, said: str) -> None:
    assert quantities.size(size) == said


def test_every_duty_fault_and_finding_has_its_words() -> None:
    assert set(house_texts.DUTIES) == {duty.name for duty in DUTIES}
    assert {fault.value for fault in Fault} <= set(house_texts.FAULTS)
    assert set(check_texts.WORDS) == set(Subject)
