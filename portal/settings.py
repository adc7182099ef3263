"""The deployment's settings: `instance/portal.toml` and the environment, checked whole, then frozen.

Environment variables override the file: `PORTAL_UNIVERSITY__NAME`, `PORTAL_MINISTRY__URL`, …; `DATABASE_URL` names
the database. A mistake is told to the administrator in Polish.
"""

import os
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as EnvironmentUnreadable

from portal.instructions import Instructions
from portal.rules.policy import Policy, ReceiptFrom
from portal.settings_groups import Connector, Mail, Ministry, Panel, Retention, Security, University, address
from portal.settings_mistakes import in_polish

SETTINGS_FILE = "portal.toml"
CHOSEN_BY_THE_CALLER = frozenset({"instance", "database_url"})


class SettingsError(Exception):
    """The settings cannot be used; `problems` names every mistake in words for the administrator."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """All of it. `public_url` decides on secure cookies, HSTS, trusted hosts and the links in mail."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )

    instance: Path
    database_url: str
    demo: bool = False
    public_url: str
    university: University
    ministry: Ministry = Ministry()
    policy: Policy  # after the ministry: the panel decides who tells of receipt
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
        return _Environment(settings_cls), init_settings

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
    def has_sensible_figures(cls, policy: Policy) -> Policy:
        for name in (
            "renewal_days",
            "codes_lifetime_days",
            "photo_min_width",
            "photo_min_height",
            "photo_max_bytes",
        ):
            if getattr(policy, name) < 1:
                raise ValueError(f"{name} ma być dodatnie")
        for name in ("summer_proposal_from", "studies_begin"):
            try:
                date(2001, *getattr(policy, name))  # a year without 29 February
            except ValueError:
                raise ValueError(f"{name} to [miesiąc, dzień], na przykład [10, 1]") from None
        if policy.standing_order_delay_minutes < 0:
            raise ValueError("standing_order_delay_minutes nie może być ujemne")
        return policy

    @field_validator("policy")
    @classmethod
    def takes_the_students_word_with_the_panel(cls, policy: Policy, info: ValidationInfo) -> Policy:
        ministry = info.data.get("ministry")
        if ministry is not None and ministry.connector is Connector.PANEL:
            return replace(policy, receipt_from=ReceiptFrom.STUDENT)
        return policy

    @field_validator("ministry")
    @classmethod
    def is_reached_securely(cls, ministry: Ministry, info: ValidationInfo) -> Ministry:
        # The sandbox speaks plain http only, so this also keeps every real instance away from it.
        if urlsplit(ministry.url).scheme == "http" and not info.data.get("demo", True):
            raise ValueError("url ma się zaczynać od https:// (bez TLS działa tylko demonstracja)")
        found = ministry.files_within(info.data["instance"])
        # Nobody sends anything again to a panel: what is in doubt from before is for a person to clear up.
        return found.model_copy(update={"repeatable": False}) if found.by_panel else found

    @field_validator("mail")
    @classmethod
    def has_its_files(cls, mail: Mail, info: ValidationInfo) -> Mail:
        return mail.files_within(info.data["instance"])

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
    file = instance / SETTINGS_FILE
    try:
        written: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError([f"{file}: brak pliku; „python app.py” utworzy go z komentarzami"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
        raise SettingsError([f"{file}: {mistake}"]) from None
    reserved = CHOSEN_BY_THE_CALLER & written.keys()
    if reserved:
        raise SettingsError([f"{file}: {name}: tego nie ustawia się w pliku" for name in sorted(reserved)])
    database_url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'portal.sqlite'}"
    try:
        return Settings(instance=instance, database_url=database_url, **written)
    except ValidationError as mistakes:
        raise SettingsError([in_polish(mistake) for mistake in mistakes.errors()]) from None
    except EnvironmentUnreadable as mistake:
        raise SettingsError([f"zmienne środowiska: {mistake}"]) from None


class _Environment(EnvSettingsSource):
    """PORTAL_INSTANCE tells programs where the instance is; it never moves one that was already chosen."""

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        return {name: value for name, value in found.items() if name not in CHOSEN_BY_THE_CALLER}
