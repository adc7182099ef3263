"""What an undo asks before it is done: the reason and the tick for documents, under the counts of what it touches."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from flask_babel import gettext

from portal import texts
from portal.rules.order_status import OrderStatus
from portal.rules.undo import Fate, UndoFate
from portal.texts import extensions as extension_texts

LONGEST_REASON = 300


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


class _Order(Protocol):
    @property
    def status(self) -> OrderStatus: ...


class Affected(Protocol):
    """An order that rests on what is undone, seen alone or as one of many."""

    @property
    def order(self) -> _Order: ...

    @property
    def fate(self) -> UndoFate: ...


@dataclass(frozen=True, slots=True)
class Touched:
    """How many orders of one state share one fate, in words."""

    status: str
    fate: str
    count: int


@dataclass(frozen=True, slots=True)
class UndoForm:
    """The form as it is shown. `seen`: what the counts were, so that nobody decides on others than were shown."""

    touched: tuple[Touched, ...]
    seen: str
    asks_about_documents: bool
    reason: str = ""
    revoke_collected: bool = False
    problem: str | None = None


def undo_form(
    affected: Iterable[Affected], typed: Mapping[str, str] | None = None, problem: str | None = None
) -> UndoForm:
    """The form for undoing what these orders rest on, with what was typed into it before."""
    counted = Counter((one.order.status, one.fate.fate) for one in affected)
    ordered = sorted(counted.items(), key=lambda one: (list(OrderStatus).index(one[0][0]), one[0][1]))
    typed = typed or {}
    return UndoForm(
        touched=tuple(
            Touched(texts.status(s), extension_texts.undo_fate(fate, n), n) for (s, fate), n in ordered
        ),
        seen=" ".join(f"{status}:{fate}:{count}" for (status, fate), count in ordered),
        asks_about_documents=any(fate is Fate.REVOKE_IF_TICKED for _status, fate in counted),
        reason=typed.get("powod", ""),
        revoke_collected=bool(typed.get("odebrane")),
        problem=problem,
    )


def problem_with(form: UndoForm, typed: Mapping[str, str]) -> str | None:
    """Why what was typed is not acted upon; `form`: the one that would be shown now."""
    reason = typed.get("powod", "").strip()
    if not reason:
        return _("Wpisz powód cofnięcia.")
    if len(reason) > LONGEST_REASON:
        return _("Skróć powód do %(longest)d znaków.", longest=LONGEST_REASON)
    if " " not in reason and any(map(str.isdigit, reason)):
        # The scanner types into whichever field has the focus.
        return _("To wygląda jak numer karty. Wpisz powód słowami.")
    if typed.get("widziane", "") != form.seen:
        return _("W międzyczasie zmieniła się liczba zamówień. Sprawdź ją i zdecyduj jeszcze raz.")
    return None
