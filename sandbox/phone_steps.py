"""Adding a card to the imitated phone, and renewing one, step by step.

What one step knows of the one before (the scanned code) is kept at the server under the phone's name: never in an
address, and there is no cookie.
"""

from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from sandbox import phones
from sandbox.pages import page_blueprint
from sandbox.phone import NO_SUCH_CARD, collect
from sandbox.phone_pages import card_on, screen, settled
from sandbox.pictures import PictureRefused, read_qr

LONGEST_TEXT = 1000  # characters of a QR text
LONGEST_CODE = 64

TEMPLATES = {
    "opis": "phone/description.html",
    "regulamin": "phone/terms.html",
    "aparat": "phone/camera.html",
    "kod-qr": "phone/qr_code.html",
    "kod-aktywacyjny": "phone/activation_code.html",
}
ADDING = tuple(TEMPLATES)
RENEWING = ("regulamin", "kod-qr", "kod-aktywacyjny")


@dataclass(frozen=True)
class Way:
    """The way through the steps: `renewed` is the card to renew, None when one is added."""

    phone: str
    renewed: int | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        return ADDING if self.renewed is None else RENEWING

    def address(self, step: str) -> str:
        return url_for("steps.show", phone=self.phone, renewed=self.renewed, step=step)

    def next(self, step: str) -> str:
        return self.address(self.steps[self.steps.index(step) + 1])

    def back(self, step: str) -> str:
        """Where "back" leads: the step before, or the screen the way began on."""
        place = self.steps.index(step)
        if place:
            return self.address(self.steps[place - 1])
        if self.renewed is None:
            return url_for("telefon.documents", phone=self.phone)
        return url_for("telefon.more", phone=self.phone, number=self.renewed)


blueprint = page_blueprint("steps", "/telefon")
ADD = "/<phone>/dodaj"
RENEW = "/<phone>/karta/<int:renewed>/przedluz"


@blueprint.get(f"{ADD}/<step>")
@blueprint.get(f"{RENEW}/<step>")
def show(phone: str, step: str, renewed: int | None = None) -> AnyResponse | str:
    """One step's screen; the activation code is asked for only after a code was scanned."""
    way = Way(phone, renewed)
    if step not in way.steps:
        abort(404)
    with settled() as (db, _):
        if renewed is not None:
            card_on(db, phone, renewed)
        scanned = phones.scanned_by(db, phone)
    if step == "kod-aktywacyjny" and scanned is None:
        return redirect(way.address("kod-qr"))
    return _step(way, step)


@blueprint.post(f"{ADD}/kod-qr")
@blueprint.post(f"{RENEW}/kod-qr")
def scan(phone: str, renewed: int | None = None) -> AnyResponse | tuple[str, int]:
    """Take the pasted text, or read the picture."""
    way = Way(phone, renewed)
    try:
        text = _scanned(request.form.get("qr_text", ""), request.files.get("picture"))
    except PictureRefused as refused:
        return _step(way, "kod-qr", problem=refused.words), 422
    with settled() as (db, _):
        phones.keep_scan(db, phone, text)
    return redirect(way.next("kod-qr"), 303)


@blueprint.post(f"{ADD}/kod-aktywacyjny")
@blueprint.post(f"{RENEW}/kod-aktywacyjny")
def redeem(phone: str, renewed: int | None = None) -> AnyResponse | tuple[str, int]:
    """The last step: both codes together open the card, or none."""
    way, code = Way(phone, renewed), request.form.get("activation_code", "").strip()
    if not 0 < len(code) <= LONGEST_CODE:
        return _step(way, "kod-aktywacyjny", problem="Wpisz kod aktywacyjny."), 422
    with settled() as (db, _):
        scanned = phones.scanned_by(db, phone)
        if scanned is None:
            return redirect(way.address("kod-qr"), 303)
        meant = renewed is None or phones.belongs_to(db, scanned, card_on(db, phone, renewed)["pesel"])
        card = collect(db, scanned, code, phone) if meant else None
        if card:
            phones.keep_scan(db, phone, None)
    if card is None:
        return _step(way, "kod-aktywacyjny", no_such_card=NO_SUCH_CARD), 422
    return redirect(url_for("telefon.card", phone=phone, number=card["id"]), 303)


def _scanned(text: str, picture: FileStorage | None) -> str:
    """The QR code's text, white space around it cut off. Raises `PictureRefused`."""
    if picture is not None and picture.filename:
        text = read_qr(picture.read())
    if not text.strip():
        raise PictureRefused("Wklej tekst kodu albo wybierz jego obraz.")
    if len(text) > LONGEST_TEXT:
        raise PictureRefused("Ten kod jest za długi jak na mLegitymację.")
    return text.strip()


def _step(way: Way, step: str, *, problem: str | None = None, no_such_card: str | None = None) -> str:
    number = way.steps.index(step) + 1
    return screen(
        TEMPLATES[step],
        way.phone,
        way=way,
        step=step,
        number=number,
        problem=problem,
        no_such_card=no_such_card,
    )
