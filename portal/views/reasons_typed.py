"""The reason an act asks for: typed in words, kept in the journal."""

from flask import request
from flask_babel import gettext as _

LONGEST_REASON = 300


def typed_reason() -> tuple[str, str | None]:
    """The reason this form was sent with, on one line, and what is wrong with it, if anything."""
    reason = " ".join(request.form.get("powod", "").split())
    if not reason:
        return reason, str(_("Wpisz powód: zostanie w dzienniku."))
    if len(reason) > LONGEST_REASON:
        return reason, str(_("Skróć powód do %(longest)d znaków.", longest=LONGEST_REASON))
    return reason, None
