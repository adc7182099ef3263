"""The deployment's settings: `instance/portal.toml` and the environment, checked whole, then frozen.

Environment variables override the file: `PORTAL_UNIVERSITY__NAME`, `PORTAL_MINISTRY__URL`, …; `DATABASE_URL` names
the database. A mistake is told to the administrator in Polish.
"""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as EnvironmentUnreadable

from portal.instructions import Instructions
from portal.rules.policy import Policy
from portal.settings_mistakes import in_polish

SETTINGS_FILE = "portal.toml"
LEASE_MARGIN_SECONDS = 5
CHOSEN_BY_THE_CALLER = frozenset({"instance", "database_url"})

Text = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class SettingsError(Exception):
    """The settings cannot be used; `problems` names every mistake in words for the administrator."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Group(BaseModel):
    """A table of the settings file: unknown names are mistakes, values never change after the start."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class University(Group):
    """Whose portal it is and where its students find help."""

    name: Text
    help_contact: Text = "dziekanat"
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1d4f91"


class Ministry(Group):
    """How the ministry is reached. Durations are in seconds; an empty `url` means: not connected yet, orders wait.

    `repeatable`: a submission may be sent again under the same key without making a second card; where it may not, an
    order in doubt waits for the office („do wyjaśnienia”).

    Paths are relative to the instance.
    """

    url: str = ""
    token_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    ca_file: Path | None = None
    repeatable: bool = True
    parallel: Annotated[int, Field(ge=1, le=32)] = 4
    total_deadline: Seconds = 20
    lease: Seconds = 30
    probe_interval: Seconds = 30
    overdue_after: Seconds = 3600

    @field_validator("url")
    @classmethod
    def leads_somewhere(cls, url: str) -> str:
        if url:
            parts = _address(url)
            if parts.query or parts.fragment:
                raise ValueError("adres bez znaków ? i #")
        return url.rstrip("/")

    @field_validator("client_key")
    @classmethod
    def belongs_to_a_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if bool(key) != bool(info.data.get("client_certificate")):
            raise ValueError("client_certificate i client_key podaje się razem")
        return key

    @field_validator("lease")
    @classmethod
    def outlives_the_call(cls, lease: float, info: ValidationInfo) -> float:
        if lease <= info.data.get("total_deadline", 0) + LEASE_MARGIN_SECONDS:
            raise ValueError(f"ma przekraczać total_deadline o więcej niż {LEASE_MARGIN_SECONDS} s")
        return lease

    def token(self) -> str | None:
        """The bearer token from `token_file`, if one is set."""
        return self.token_file.read_text().strip() if self.token_file else None

    def files_within(self, instance: Path) -> "Ministry":
        """The same with absolute paths. Raises ValueError naming a file that is not there."""
        names = ("token_file", "client_certificate", "client_key", "ca_file")
        paths = {name: instance / path for name in names if (path := getattr(self, name))}
        missing = [f"{name} ({path})" for name, path in paths.items() if not path.is_file()]
        if missing:
            raise ValueError(f"nie ma pliku: {', '.join(missing)}")
        return self.model_copy(update=paths)


class Security(Group):
    """Sign-in, sessions and the journal. Hours, minutes and days as named.

    `sign_in_attempts`: failures within `sign_in_window_minutes`.
    """

    session_hours: Annotated[float, Field(gt=0, le=24 * 14)] = 12
    idle_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 60
    sign_in_attempts: Annotated[int, Field(ge=3, le=50)] = 8
    address_attempts: Annotated[int, Field(ge=10)] = 200
    sign_in_window_minutes: Annotated[float, Field(gt=0)] = 15
    journal_kept_days: Annotated[int, Field(ge=30)] = 730
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
    demo: bool = False
    public_url: str
    university: University
    policy: Policy
    ministry: Ministry = Ministry()
    security: Security = Security()
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
        parts = _address(url)
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
        return policy

    @field_validator("ministry")
    @classmethod
    def is_reached_securely(cls, ministry: Ministry, info: ValidationInfo) -> Ministry:
        # The sandbox speaks plain http only, so this also keeps every real instance away from it.
        if urlsplit(ministry.url).scheme == "http" and not info.data.get("demo", True):
            raise ValueError("url ma się zaczynać od https:// (bez TLS działa tylko demonstracja)")
        return ministry.files_within(info.data["instance"])

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


def _address(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1) and not parts.username
        )
    except ValueError:  # a port that is no number
        usable = False
    if not usable:
        raise ValueError("wpisz adres, który zaczyna się od https://")
    return parts
