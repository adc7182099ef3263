"""Until when the office extends, as three screens ask for it: a proposed date, changeable, and why if it is odd."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from portal import clock, texts
from portal.rules.reasons import ExtensionRefusal
from portal.rules.validity import is_semester_end, proposed_until
from portal.views import private_query
from portal.views.current import settings

LONGEST_BASIS = 300


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. `problem`: why it cannot be used as it is; `typed`: what stood in the date's field."""

    until: date
    legal_basis: str | None
    typed: str
    problem: str | None

    def fields(self) -> dict[str, str]:
        """The choice as the fields of a form or an address; the basis is sealed, for it may name somebody."""
        if self.legal_basis is None:
            return {"do": self.typed}
        sealed = private_query.seal(private_query.Query(self.legal_basis))
        return {"do": self.typed, "zapieczetowana": sealed}

    @property
    def is_proposed(self) -> bool:
        """Whether it is simply the date the calendar proposes."""
        return self.problem is None and self.until == proposed() and self.legal_basis is None


def proposed() -> date:
    """The date the office extends until at this time of the year."""
    return proposed_until(clock.today(), settings().policy)


def choice_from(fields: Mapping[str, str]) -> Choice:
    """The date in `do`, without one the proposed, and the legal basis: in `podstawa` as typed, else as sealed."""
    typed = fields.get("do", "").strip()
    # One line: it stands in tables and reports.
    legal_basis = " ".join(fields.get("podstawa", _unsealed(fields)).split())[: LONGEST_BASIS + 1] or None
    try:
        until = date.fromisoformat(typed) if typed else proposed()
    except ValueError:
        return Choice(proposed(), legal_basis, typed, _("Wpisz datę, na przykład 2027-03-31."))
    return Choice(until, legal_basis, until.isoformat(), _problem(until, legal_basis))


def _unsealed(fields: Mapping[str, str]) -> str:
    query = private_query.unseal(fields.get("zapieczetowana", ""))
    return "" if query is None else query.text


def _problem(until: date, legal_basis: str | None) -> str | None:
    if until < clock.today():
        return texts.extension_refusal(ExtensionRefusal.DATE_PASSED)
    if not is_semester_end(until) and legal_basis is None:
        return texts.extension_refusal(ExtensionRefusal.LEGAL_BASIS_MISSING)
    if legal_basis is not None and len(legal_basis) > LONGEST_BASIS:
        return _("Skróć podstawę prawną do %(longest)d znaków.", longest=LONGEST_BASIS)
    return None
