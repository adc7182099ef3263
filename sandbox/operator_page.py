"""The operator's page: the ledger and the switches of operator.py, for people."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from sandbox import register
from sandbox.control import Control, Mode, ReplacesOn
from sandbox.overview import OUTCOMES, STATES, VERBS, overview
from sandbox.pages import page_blueprint
from sandbox.phones import has_page, label_of
from sandbox.storage import Storage, change_control, read_control

MODES = {
    Mode.OK: ("Działa", "Odpowiada od razu i robi, o co je proszą."),
    Mode.DOWN: ("Nie odpowiada", "Na wszystko mówi 503 i nic nie robi – jak przy przerwie technicznej."),
    Mode.SLOW: ("Powoli", "Robi swoje, ale z każdą odpowiedzią zwleka tyle sekund, ile ustawisz niżej."),
    Mode.REFUSE: ("Odmawia", "Przyjmuje zamówienia, a potem odrzuca te, które złożono w tym czasie."),
    Mode.LOSE_ANSWERS: ("Gubi odpowiedzi", "Robi swoje, po czym zrywa połączenie bez słowa."),
    Mode.NONSENSE: ("Bzdury", "Robi swoje, a odpowiada za każdym razem inną bzdurą."),
    Mode.HTTP_500: ("Błąd 500", "Na wszystko odpowiada błędem serwera i nic nie robi."),
    Mode.HTTP_429: ("Za dużo pytań (429)", "Każe przyjść później i nic nie robi."),
}
REPLACES_ON = {
    ReplacesOn.ISSUE: "gdy wydane są kody do nowej",
    ReplacesOn.COLLECT: "gdy nowa trafi na telefon",
    ReplacesOn.NEVER: "nigdy – zostają obie",
}


@dataclass(frozen=True)
class Seconds:
    """A field for a number of seconds."""

    name: str
    label: str
    hint: str
    most: int


SECONDS = (
    Seconds("processing_seconds", "Przetwarzanie zamówienia", "Od złożenia do wydania kodów.", 86_400),
    Seconds("slow_seconds", "Zwłoka w trybie „Powoli”", "Doliczana do każdej odpowiedzi.", 600),
    Seconds(
        "code_lifetime_seconds",
        "Życie kodów",
        "Nowych; 30 dni to 2 592 000 s. Krótkie pokazują wygaśnięcie.",
        31_622_400,
    ),
)

blueprint = page_blueprint("operator_page")


@blueprint.get("/")
def show() -> str:
    return _page()


@blueprint.post("/tryb")
def switch_mode() -> AnyResponse | tuple[str, int]:
    """Change how the ministry behaves, by one press."""
    return _changed({"mode": request.form.get("mode", "")}, "tryb")


@blueprint.post("/ustawienia")
def change_settings() -> AnyResponse | tuple[str, int]:
    """Change the other switches, all or none."""
    typed = {field.name: request.form.get(field.name, "") for field in SECONDS}
    plain = {name: "".join(value.split()).replace(",", ".") for name, value in typed.items()}
    choices = {
        "honours_keys": "honours_keys" in request.form,
        "replaces_on": request.form.get("replaces_on", ""),
    }
    return _changed(plain | choices, "ustawienia", typed | choices)


def _changed(
    changes: dict[str, Any], what: str, typed: dict[str, Any] | None = None
) -> AnyResponse | tuple[str, int]:
    storage: Storage = current_app.extensions["sandbox_storage"]
    try:
        with storage.transaction() as db:
            change_control(db, changes)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors(include_input=False)}
        return _page(wrong=wrong, typed=typed), 422
    return redirect(url_for(".show", zapisano=what, _anchor=what), 303)


def _page(*, wrong: frozenset[str] | set[str] = frozenset(), typed: dict[str, Any] | None = None) -> str:
    """The page now; after a refusal with what was `typed`, and what of it is `wrong`."""
    typed = typed or {}
    storage: Storage = current_app.extensions["sandbox_storage"]
    with storage.transaction() as db:
        control = read_control(db)
        at = control.now()
        register.settle(db, control, at)
        seen = overview(db, at)
    return render_template(
        "operator.html",
        control=control,
        choices={name: typed.get(name, getattr(control, name)) for name in ("honours_keys", "replaces_on")},
        modes=MODES,
        replaces_on=REPLACES_ON,
        seconds=[(field, typed.get(field.name, _plain(control, field))) for field in SECONDS],
        wrong=wrong,
        wrong_first=next((field.name for field in SECONDS if field.name in wrong), None),
        saved=request.args.get("zapisano"),
        seen=seen,
        at=at,
        verbs=VERBS,
        states=STATES,
        outcomes=OUTCOMES,
        label_of=label_of,
        has_page=has_page,
    )


def _plain(control: Control, field: Seconds) -> str:
    """The number as people type it: no decimals where there are none, with a comma where there are."""
    value = float(getattr(control, field.name))
    return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
