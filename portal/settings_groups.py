"""The tables of `portal.toml`, one class each; a mistake is told to the administrator in Polish."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from portal.rules.panel import NAMES_AN_ORDER, PackageField, PackageForm, ReportField
from portal.settings_values import (
    EXAMPLE_SENDER,
    Colour,
    Days,
    Group,
    Host,
    InstanceFile,
    MailAddress,
    Seconds,
    Text,
    service_address,
)

LEASE_MARGIN_SECONDS = 5
ON_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
THE_OFFICE = "dziekanat"
PACKAGE_COLUMNS = {
    "Nr zamówienia": PackageField.ORDER,
    "Nr albumu": PackageField.ALBUM_NUMBER,
    "PESEL": PackageField.PESEL,
    "Imiona": PackageField.FIRST_NAMES,
    "Nazwisko": PackageField.SURNAME,
    "Data urodzenia": PackageField.BIRTH_DATE,
    "Ważna do": PackageField.VALID_UNTIL,
    "Zdjęcie": PackageField.PHOTO,
}
REPORT_COLUMNS = {
    "Nr zamówienia": ReportField.ORDER,
    "Nr albumu": ReportField.ALBUM_NUMBER,
    "PESEL": ReportField.PESEL,
    "Kod QR": ReportField.QR_PAYLOAD,
    "Kod aktywacyjny": ReportField.ACTIVATION_CODE,
    "Kody ważne do": ReportField.EXPIRES_ON,
    "Powód odrzucenia": ReportField.REFUSAL,
}


class University(Group):
    """Whose portal it is and where its students find help."""

    name: Text
    help_contact: Text = THE_OFFICE
    colour: Colour = "#1d4f91"


class Connector(StrEnum):
    """How orders get to the ministry.

    `HTTP`: jobs forward them over the portal's own contract. `PANEL`: people carry packages to the ministry's web
    panel and bring its reports back.
    """

    HTTP = "http"
    PANEL = "panel"


class Ministry(Group):
    """How the ministry is reached. Durations are in seconds; an empty `url` means: not connected yet, orders wait.

    With the panel, only `connector` and `overdue_after` matter.

    `repeatable`: a submission may be sent again under the same key without making a second card; where it may not, an
    order in doubt waits for the office („do wyjaśnienia”).
    """

    connector: Connector = Connector.HTTP
    url: str = ""
    token_file: InstanceFile | None = None
    client_certificate: InstanceFile | None = None
    client_key: InstanceFile | None = None
    ca_file: InstanceFile | None = None
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
            service_address(url)
        return url.rstrip("/")

    @field_validator("client_key")
    @classmethod
    def belongs_to_a_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        # A certificate that is no file is not among the data, but it was given.
        if bool(key) != bool(info.data.get("client_certificate", True)):
            raise ValueError("client_certificate i client_key podaje się razem")
        return key

    @field_validator("lease")
    @classmethod
    def outlives_the_call(cls, lease: float, info: ValidationInfo) -> float:
        if lease <= info.data.get("total_deadline", 0) + LEASE_MARGIN_SECONDS:
            raise ValueError(f"ma przekraczać total_deadline o więcej niż {LEASE_MARGIN_SECONDS} s")
        return lease

    @property
    def by_panel(self) -> bool:
        """Whether people carry the orders: no job calls the ministry."""
        return self.connector is Connector.PANEL

    def token(self) -> str | None:
        """The bearer token from `token_file`, if one is set."""
        return self.token_file.read_text().strip() if self.token_file else None


class Panel(Group):
    """The files carried to the ministry's web panel and back. Its columns are not public: here stands a template.

    `package_limit`: how many orders one package holds at most. `package_columns` and `report_columns`: what each column
    holds, by its heading; several headings of a report may mean the same.
    """

    package_limit: Annotated[int, Field(ge=1, le=1000)] = 500
    package_form: PackageForm = PackageForm.XLSX
    package_columns: dict[Text, PackageField] = PACKAGE_COLUMNS
    report_columns: dict[Text, ReportField] = REPORT_COLUMNS

    @field_validator("package_columns")
    @classmethod
    def says_whose_photo_is_whose(cls, columns: dict[str, PackageField]) -> dict[str, PackageField]:
        if PackageField.ORDER not in columns.values():
            raise ValueError("potrzebna jest kolumna order: tak nazywają się pliki ze zdjęciami")
        return columns

    @field_validator("report_columns")
    @classmethod
    def says_whose_codes_are_whose(cls, columns: dict[str, ReportField]) -> dict[str, ReportField]:
        held, wrong = set(columns.values()), []
        if not held & NAMES_AN_ORDER:
            wrong.append("potrzebna jest kolumna order, album_number albo pesel")
        if not {ReportField.QR_PAYLOAD, ReportField.ACTIVATION_CODE} <= held:
            wrong.append("potrzebne są kolumny qr_payload i activation_code")
        if len({heading.strip().casefold() for heading in columns}) < len(columns):
            wrong.append("dwa nagłówki różnią się tylko wielkością liter")
        if wrong:
            raise ValueError("; ".join(wrong))
        return columns


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


class MailSecurity(StrEnum):
    """How the way to the mail server is encrypted; `NONE` only for a server on this machine."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Mail(Group):
    """The mail server. An empty `server` means: no mail is sent, news stand on the portal's pages alone.

    `digest_to`: who gets the office's digest, each morning at `digest_hour` (Europe/Warsaw). `timeout`: seconds.
    """

    server: Host = ""
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password_file: InstanceFile | None = None
    ca_file: InstanceFile | None = None
    sender: MailAddress = EXAMPLE_SENDER
    reply_to: MailAddress | None = None
    digest_to: tuple[MailAddress, ...] = ()
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 7
    timeout: Seconds = 30
    per_minute: Annotated[int, Field(ge=1, le=10_000)] = 300

    @field_validator("security")
    @classmethod
    def never_in_the_open(cls, security: MailSecurity, info: ValidationInfo) -> MailSecurity:
        if security is MailSecurity.NONE and info.data.get("server", "") not in ON_THIS_MACHINE:
            raise ValueError("bez szyfrowania tylko do serwera na tej samej maszynie")
        return security

    @field_validator("password_file")
    @classmethod
    def is_there_for_the_user(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("user") and file is None:
            raise ValueError("konto user wymaga pliku z hasłem")
        return file

    @field_validator("sender")
    @classmethod
    def is_the_university_s_own(cls, sender: str, info: ValidationInfo) -> str:
        if info.data.get("server") and sender == EXAMPLE_SENDER:
            raise ValueError(
                f"{EXAMPLE_SENDER} to tylko przykład; wpisz adres, z którego uczelnia wysyła listy"
            )
        return sender

    def password(self) -> str | None:
        """The password from `password_file`, if one is set."""
        return self.password_file.read_text().strip() if self.password_file else None


class Retention(Group):
    """How long things are kept, in days; `backups`: how many nightly copies of the database.

    `order_data_days`: personal data frozen in an order, after its end. The journal has its setting in [security].
    """

    order_data_days: Days = 365
    notices_days: Days = 365
    job_runs_days: Days = 90
    sessions_days: Days = 30
    backups: Annotated[int, Field(ge=0, le=366)] = 14
    backup_directory: Path = Path("backups")
