"""The contract's JSON, read strictly and bounded: what does not fit is off the contract, never guessed at.

The forms are described in docs/ministry-openapi.yaml. Unknown members are passed over, so that the contract
can grow. Errors never carry the input: it holds codes and personal data.
"""

import base64
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Self, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from portal.ministry.port import Application, Codes, Report, RequestState

MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)


class OffContract(Exception):
    """The answer is not what the contract promises."""


def _only(form: re.Pattern[str]) -> BeforeValidator:
    """Narrower than pydantic, to which "1700000000" is a moment too."""

    def check(value: object) -> object:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError("not in the contract's form")
        return value

    return BeforeValidator(check)


Moment = Annotated[AwareDatetime, Field(strict=False), _only(MOMENT)]
Day = Annotated[date, Field(strict=False), _only(DAY)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
QrPayload = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,1000}$"), Field(repr=False)]
ActivationCode = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$"), Field(repr=False)]
Word = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]{0,63}$")]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


AnyForm = TypeVar("AnyForm", bound=_Form)


class _CodesForm(_Form):
    qr_payload: QrPayload
    activation_code: ActivationCode
    expire_at: Moment | None = None


class _ReportForm(_Form):
    key: Word
    state: Annotated[RequestState, Field(strict=False)]
    album_number: Word | None = None
    codes: _CodesForm | None = None
    card_number: Word | None = None
    card_issued_on: Day | None = None
    collected_at: Moment | None = None
    refusal: Code | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        nameless = (RequestState.UNKNOWN, RequestState.WITHDRAWN)
        if self.album_number is None and self.state not in nameless:
            raise ValueError("whose request it is must be said")
        if self.state is RequestState.READY and self.codes is None:
            raise ValueError("ready means that there are codes")
        if self.state is RequestState.REFUSED and self.refusal is None:
            raise ValueError("a refusal has a code")
        return self

    def as_report(self) -> Report:
        """The port's own form; what does not belong to the state is left behind."""
        ready, refused = self.state is RequestState.READY, self.state is RequestState.REFUSED
        codes = None
        if self.codes is not None and ready:
            codes = Codes(self.codes.qr_payload, self.codes.activation_code, _utc(self.codes.expire_at))
        return Report(
            key=self.key,
            state=self.state,
            album_number=self.album_number,
            codes=codes,
            card_number=self.card_number,
            card_issued_on=self.card_issued_on,
            collected_at=_utc(self.collected_at),
            refusal=self.refusal if refused else None,
        )


class _ReportsForm(_Form):
    requests: list[_ReportForm]


class _RefusalForm(_Form):
    code: Code
    message: str


def write_application(application: Application) -> bytes:
    """The body of a submit."""
    return json.dumps(
        {
            "album_number": application.album_number,
            "pesel": application.pesel,
            "first_names": application.first_names,
            "surname": application.surname,
            "birth_date": application.birth_date.isoformat(),
            "valid_until": application.valid_until.isoformat(),
            "photo": base64.b64encode(application.photo).decode("ascii"),
            "photo_media_type": application.photo_media_type,
        },
        ensure_ascii=False,
    ).encode()


def write_keys(keys: Sequence[str]) -> bytes:
    """The body of a look-up."""
    return json.dumps({"keys": list(keys)}).encode()


def read_report(body: bytes, key: str) -> Report:
    """The answer about one request. Raises `OffContract`, also for an answer about another request."""
    report = _read(_ReportForm, body).as_report()
    if report.key != key:
        raise OffContract
    return report


def read_reports(body: bytes, keys: Sequence[str]) -> dict[str, Report]:
    """The answer about exactly `keys`, each once, no code shown twice. Raises `OffContract`."""
    reports = [form.as_report() for form in _read(_ReportsForm, body).requests]
    codes = [report.codes.qr_payload for report in reports if report.codes]
    if sorted(report.key for report in reports) != sorted(keys) or len(set(codes)) != len(codes):
        raise OffContract
    return {report.key: report for report in reports}


def read_refusal(body: bytes) -> str:
    """The code of a refusal in the contract's form. Raises `OffContract`."""
    return _read(_RefusalForm, body).code


def _read(form: type[AnyForm], body: bytes) -> AnyForm:
    try:
        return form.model_validate_json(body)
    except ValidationError:
        raise OffContract from None


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
