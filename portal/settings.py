"""The deployment's settings: `instance/portal.toml` and the environment, checked whole, then frozen.

Environment variables override the file: `PORTAL_UNIVERSITY__NAME`, `PORTAL_MINISTRY__URL`, …; `DATABASE_URL` names
the database.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from portal.rules.policy import Policy

SETTINGS_FILE = "portal.toml"
LEASE_MARGIN_SECONDS = 5

Text = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0)]


class SettingsError(Exception):
    """The settings cannot be used; `problems` names every mistake in words for the administrator."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Group(BaseModel):
    """A table of the settings file: unknown names are mistakes, values never change after the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class University(Group):
    """Whose portal it is and where its students find help."""

    name: Text
    help_contact: Text = "dziekanat"
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1d4f91"


class Ministry(Group):
    """How the ministry is reached. Durations are in seconds; an empty `url` means: not connected yet, orders wait."""

    url: str = ""
    token_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    ca_file: Path | None = None
    parallel: Annotated[int, Field(ge=1, le=32)] = 4
    total_deadline: Seconds = 20
    lease: Seconds = 30
    probe_interval: Seconds = 30
    overdue_after: Seconds = 3600

    @model_validator(mode="after")
    def lease_outlives_the_call(self) -> "Ministry":
        if self.lease <= self.total_deadline + LEASE_MARGIN_SECONDS:
            raise ValueError(f"lease must exceed total_deadline by more than {LEASE_MARGIN_SECONDS} s")
        if bool(self.client_certificate) != bool(self.client_key):
            raise ValueError("client_certificate and client_key belong together")
        return self

    def token(self) -> str | None:
        """The bearer token from `token_file`, if one is set."""
        return self.token_file.read_text().strip() if self.token_file else None


class Security(Group):
    """Sign-in and sessions. Hours and minutes as named; `sign_in_attempts` within `sign_in_window_minutes`."""

    session_hours: Annotated[float, Field(gt=0, le=24 * 14)] = 12
    idle_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    sign_in_attempts: Annotated[int, Field(ge=3, le=50)] = 8
    address_attempts: Annotated[int, Field(ge=10)] = 200
    sign_in_window_minutes: Annotated[float, Field(gt=0)] = 15
    trusted_proxies: Annotated[int, Field(ge=0, le=3)] = 0


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
    public_url: str
    demo: bool = False
    university: University
    policy: Policy
    ministry: Ministry = Ministry()
    security: Security = Security()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    @field_validator("public_url")
    @classmethod
    def is_an_origin(cls, url: str) -> str:
        parts = urlsplit(url)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path not in {"", "/"}
            or parts.query
        ):
            raise ValueError("write it like https://mlegitymacja.example.edu.pl, without a path")
        return url.rstrip("/")

    @model_validator(mode="after")
    def only_a_demonstration_goes_without_tls(self) -> "Settings":
        if self.demo:
            return self
        if not self.secure:
            raise ValueError("public_url must begin with https:// (only a demonstration runs without TLS)")
        # The sandbox speaks plain http only, so this also keeps every real instance away from it.
        if self.ministry.url and not self.ministry.url.startswith("https://"):
            raise ValueError("ministry.url must begin with https://")
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal over TLS."""
        return self.public_url.startswith("https://")

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
    reserved = {"instance", "database_url"} & written.keys()
    if reserved:
        raise SettingsError([f"{file}: {name}: tego nie ustawia się w pliku" for name in sorted(reserved)])
    database_url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'portal.sqlite'}"
    try:
        return Settings(instance=instance, database_url=database_url, **written)
    except ValidationError as mistakes:
        raise SettingsError([f"{_place(one['loc'])}: {one['msg']}" for one in mistakes.errors()]) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or SETTINGS_FILE
