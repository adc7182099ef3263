"""What the sandbox accepts, and how it says no: JSON in, JSON out, the contract's form of refusal."""

import base64
import binascii
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from flask import Response, jsonify, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from werkzeug.exceptions import HTTPException

from sandbox.register import CONTENT, Refusal

Word = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]{0,63}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _decodes(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("must be base64") from None
    return text


class Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


AnyForm = TypeVar("AnyForm", bound=BaseModel)


class ApplicationForm(Form):
    """What is submitted. Unknown members are passed over, so that the contract can grow."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

    album_number: Word
    pesel: Annotated[str, StringConstraints(pattern=r"^[0-9]{11}$")]
    first_names: Name
    surname: Name
    birth_date: date
    valid_until: date
    photo: Annotated[str, Field(min_length=4, max_length=2_000_000), AfterValidator(_decodes)]
    photo_media_type: Literal["image/jpeg", "image/png"]

    def content(self) -> dict[str, object]:
        """As it is stored."""
        values: dict[str, Any] = {name: getattr(self, name) for name in CONTENT}
        return values | {
            "birth_date": self.birth_date.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "photo": base64.b64decode(self.photo),
        }


class LookUpForm(Form):
    keys: Annotated[list[Key], Field(min_length=1, max_length=200)]


class RedeemForm(Form):
    qr_payload: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    activation_code: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    phone: Phone


def read(form: type[AnyForm]) -> AnyForm:
    """The request's body as that form. Raises `Refusal` 415 or 422; the message never repeats the input."""
    require_json()
    try:
        return form.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refusal(422, "invalid_request", in_words(error)) from None


def require_json() -> None:
    """Only JSON is taken: a foreign page's form cannot send it, and a script of its own would have to ask."""
    if request.mimetype != "application/json":
        raise Refusal(415, "not_json", "Content-Type must be application/json")


def in_words(error: ValidationError) -> str:
    """Where the input is wrong and how, without the input."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in found[:10])


def answer_with_refusal(refusal: Refusal) -> tuple[Response, int]:
    return jsonify(code=refusal.code, message=refusal.message), refusal.status


def answer_with_error(error: HTTPException) -> tuple[Response, int]:
    """What Flask itself refuses (no such page, wrong method, too long), in the contract's form."""
    code = error.name.lower().replace(" ", "_")
    return jsonify(code=code, message=error.description or error.name), error.code or 500
