"""The deployment's settings: `instance/portal.toml` and the environment, checked whole, then frozen.

Environment variables override the file: `PORTAL_UNIVERSITY__NAME`, `PORTAL_MINISTRY__URL`, …; `DATABASE_URL` names
the database. A mistake is told to the administrator in Polish.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from portal.instructions import Instructions
from portal.rules.policy import ReceiptFrom
from portal.settings_database import DATABASE_URL, check_works_with
from portal.settings_groups import (
    Connector,
    Mail,
    Ministry,
    Panel,
    Retention,
    Security,
    University,
)
from portal.settings_mistakes import BETWEEN, PREFIX, in_polish, unknown_variables, unreadable_in_polish
from portal.settings_policy import CheckedPolicy
from portal.settings_types import wrong_types
from portal.settings_values import address, read_for

SETTINGS_FILE = "portal.toml"
CHOSEN_BY_THE_CALLER = frozenset({"instance", "database_url"})
MANDATORY_TABLES = ("university", "policy")


class SettingsError(Exception):
    """The settings cannot be used; `problems` names every mistake in words for the administrator."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """All of it. `public_url` decides on secure cookies, HSTS, trusted hosts and the links in mail."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=BETWEEN,
        frozen=True,
        extra="forbid",
    )

    instance: Path
    database_url: str
    demo: bool = False
    public_url: str
    university: University
    ministry: Ministry = Ministry()
    policy: CheckedPolicy  # after the ministry: the panel decides who tells of receipt
    panel: Panel = Panel()
    mail: Mail = Mail()
    security: Security = Security()
    retention: Retention = Retention()
    instructions: Instructions = Instructions()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return Environment(settings_cls), init_settings

    @field_validator("database_url")
    @classmethod
    def is_one_the_portal_works_with(cls, url: str) -> str:
        check_works_with(url)
        return url

    @field_validator("public_url")
    @classmethod
    def is_a_secure_origin(cls, url: str, info: ValidationInfo) -> str:
        parts = address(url)
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError("sam adres, bez ścieżki, jak https://mlegitymacja.example.edu.pl")
        if parts.scheme != "https" and not info.data.get("demo", True):
            raise ValueError("ma się zaczynać od https:// (bez TLS działa tylko demonstracja)")
        return url.rstrip("/").lower()  # as browsers send it; `host` and `secure` are compared with that

    @field_validator("policy")
    @classmethod
    def takes_the_students_word_with_the_panel(
        cls, policy: CheckedPolicy, info: ValidationInfo
    ) -> CheckedPolicy:
        ministry = info.data.get("ministry")
        if ministry is not None and ministry.connector is Connector.PANEL:
            return replace(policy, receipt_from=ReceiptFrom.STUDENT)
        return policy

    @field_validator("ministry")
    @classmethod
    def is_never_asked_again_by_panel(cls, ministry: Ministry) -> Ministry:
        # Nobody sends anything again to a panel: what is in doubt from before is for a person to clear up.
        return ministry.model_copy(update={"repeatable": False}) if ministry.by_panel else ministry

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal over TLS."""
        return self.public_url.startswith("https://")

    @property
    def sends_mail(self) -> bool:
        """Whether letters go out: over a server, or, in a demonstration without one, into files."""
        return bool(self.mail.server) or self.demo

    @property
    def host(self) -> str:
        """The host (with port, if any) under which browsers know the portal."""
        return urlsplit(self.public_url).netloc


def load_settings(instance: Path) -> Settings:
    """Read `instance/portal.toml` and the environment. Raises SettingsError naming every mistake at once."""
    instance = instance.resolve()
    written, problems, open_yet = _written(instance / SETTINGS_FILE)
    problems += unknown_variables([*Settings.model_fields.keys() - CHOSEN_BY_THE_CALLER, "instance"])
    for name in [name for name in written if name in CHOSEN_BY_THE_CALLER or name.startswith("_")]:
        problems.append(f"{name}: tego nie ustawia się w pliku")
        del written[name]
    mistyped = dict(wrong_types(written, Environment(Settings)(), Settings))
    problems += [f"{'.'.join(place)}: {words}" for place, words in mistyped.items()]
    for table in MANDATORY_TABLES:
        written.setdefault(table, {})  # so that what is missing is named, not the table
    database_url = os.environ.get(DATABASE_URL) or f"sqlite:///{instance / 'portal.sqlite'}"
    try:
        with read_for(instance, demo=_is_demo(written)):
            settings = Settings(instance=instance, database_url=database_url, **written)
    except ValidationError as mistakes:
        for mistake in mistakes.errors():
            place = mistake["loc"]
            if place == ("database_url",) or not (place in mistyped or mistake["type"] in open_yet):
                problems.append(in_polish(mistake))
    if problems:
        raise SettingsError(problems)
    return settings


def _written(file: Path) -> tuple[dict[str, Any], list[str], frozenset[str]]:
    """What the file says; or why it cannot be read, and which of the environment's mistakes it may answer yet."""
    open_yet = frozenset({"missing", "value_error"})
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), [], frozenset()
    except FileNotFoundError:
        problem, open_yet = "brak pliku; „python app.py” utworzy go z komentarzami", frozenset({"missing"})
    except PermissionError:
        problem = "nie wolno odczytać tego pliku temu, kto uruchamia portal"
    except OSError as reason:
        problem = f"nie da się odczytać pliku ({reason.strerror})"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
        problem = unreadable_in_polish(mistake)
    return {}, [f"{file}: {problem}"], open_yet


def _is_demo(written: Mapping[str, Any]) -> bool:
    """What the settings make of `demo`. If that cannot be understood, only that is named: what hangs on it is open."""
    said = {**written, **Environment(Settings)()}.get("demo", False)
    try:
        return TypeAdapter(bool).validate_python(said)
    except ValidationError:
        return True


class Environment(EnvSettingsSource):
    """What the PORTAL_ variables say, in tables as in the file.

    PORTAL_INSTANCE tells programs where the instance is; it never moves one that was already chosen.
    """

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        return {name: value for name, value in found.items() if name not in CHOSEN_BY_THE_CALLER}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """A list or a table, written as JSON; what is no JSON stays text, and is named with all other mistakes."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value
