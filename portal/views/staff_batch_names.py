"""By what a bulk extension is told from others: its filter in words, or how many rows its file had; nobody's name."""

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models.journal import Batch
from portal.services.student_lists import StudentFilter
from portal.texts import studies as studies_texts
from portal.views.list_filters import chosen_list


def name_of(batch: Batch) -> str:
    """Where its students came from."""
    chosen_by = batch.counts.get("chosen_by", {})
    if batch.file_sha256:
        rows = int(chosen_by.get("rows", 0))
        return str(ngettext("plik, %(num)d wiersz", "plik, wiersze: %(num)d", rows) if rows else _("plik"))
    words = filter_words(chosen_list(chosen_by).filter)
    if "ticked" in chosen_by:
        ticked = _("zaznaczone osoby: %(count)s", count=chosen_by["ticked"])
        return f"{ticked} ({words})" if words else ticked
    if not chosen_by:
        return str(_("lista"))  # made before this was kept
    return words or str(_("wszyscy studenci"))


def filter_words(wanted: StudentFilter) -> str:
    """Whom a filter lets through; empty where it asks for nothing."""
    parts = [
        wanted.faculty,
        wanted.programme,
        studies_texts.level(wanted.level) if wanted.level else None,
        _("rok %(year)d", year=wanted.year) if wanted.year else None,
        _("grupa %(name)s", name=wanted.group_name) if wanted.group_name else None,
        studies_texts.enrolment_status(wanted.status) if wanted.status else None,
    ]
    return ", ".join(part for part in parts if part)
