"""A report from the ministry's panel: upload, look at what each row would do, then give the codes to the students."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response as AnyResponse

from portal import texts
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.notices import last_day
from portal.services.panel_fates import ReportFate
from portal.services.panel_uploads import asked_for
from portal.services.tables import LARGEST_FILE, FileFault, FileRefused, write_csv
from portal.texts import imports as import_texts
from portal.texts import panel as panel_texts
from portal.views.current import settings
from portal.views.panel_right import panel_pages
from portal.views.security import staff, takes_file
from portal.views.upload_pages import UploadPages
from portal.views.upload_parts import counted, shown_part
from portal.views.uploading import sent_file

# What somebody should look at stands first.
PARTS = (ReportFate.REJECTED, ReportFate.REFUSED, ReportFate.CODES, ReportFate.UNCHANGED)
REPORT_HEADING = ("wiersz", "nr zamówienia", "powód")

pages = panel_pages("staff_panel_reports", __name__, "/raport")
files = UploadPages(UploadKind.PANEL_REPORT, pages.name)


@pages.get("")
@staff
def show() -> str:
    """The form."""
    return _form()


@pages.post("")
@staff
@takes_file(LARGEST_FILE)
def upload() -> AnyResponse:
    """Keep the report; the jobs find out what it would do."""
    content = sent_file("file")
    if content is None:
        return make_response(_form(_("Wybierz plik z raportem.")), 422)
    return files.keep(content, _wishes())


@pages.get("/<uuid:upload_id>")
@staff
def dry_run(upload_id: UUID) -> str | AnyResponse:
    """What the report would do, or did, to every row; while that is being found out, how it goes."""
    kept = files.find(upload_id)
    if kept is None:
        return files.gone()
    found = uploads.found_in(kept)
    if kept.state in uploads.WORK:
        return files.waiting(kept, _("Raport z panelu"))
    if found is None or "counts" not in found:
        return make_response(_form(_refusal(found or {})), 422)
    return _result(kept, found)


@pages.get("/<uuid:upload_id>/postep")
@staff
def progress(upload_id: UUID) -> AnyResponse:
    """The polled fragment; at the end it sends the browser to the result."""
    return files.progress(upload_id)


@pages.post("/<uuid:upload_id>/zastosuj")
@staff
def apply(upload_id: UUID) -> AnyResponse:
    """Confirm: what was shown is done, unless orders moved meanwhile."""
    kept = files.find(upload_id)
    if kept is None:
        return files.gone()
    return files.ask(upload_id, uploads.asked_of(kept), UploadState.CONFIRMED)


@pages.post("/<uuid:upload_id>/porzuc")
@staff
def discard(upload_id: UUID) -> AnyResponse:
    """Throw the report away."""
    return files.throw_away(upload_id, url_for("staff_panel.show"))


@pages.get("/<uuid:upload_id>/odrzucone.csv")
@staff
def rejected(upload_id: UUID) -> AnyResponse:
    """The rows that were not taken and why, without a code or a PESEL."""
    if files.find(upload_id) is None:
        return files.gone()
    rows = [
        (str(number), reference or "", panel_texts.problem(problem))
        for number, reference, _name, _album, _until, problem in uploads.all_lines_of(
            str(upload_id), ReportFate.REJECTED
        )
    ]
    answer = Response(write_csv([REPORT_HEADING, *rows]), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename="odrzucone-wiersze.csv")
    return answer


def _wishes() -> uploads.Asked:
    return asked_for(settings().panel.report_columns)


def _form(problem: str | None = None) -> str:
    return render_template(
        "staff/panel/report.html",
        problem=problem,
        headings=list(settings().panel.report_columns),
        largest_mb=LARGEST_FILE // 1024**2,
    )


def _refusal(found: Mapping[str, Any]) -> str:
    if "header_fault" in found:
        return panel_texts.header_fault(found["header_fault"], found["heading"])
    fault = FileFault(found.get("file_fault", FileFault.NOT_TEXT))
    return import_texts.file_refused(FileRefused(fault, found.get("row")))


def _result(kept: UploadedFile, found: Mapping[str, Any]) -> str:
    counts = {fate: found["counts"].get(fate.value, 0) for fate in ReportFate}
    parts = counted(found["counts"], PARTS, panel_texts.fate)
    return render_template(
        "staff/panel/dry_run.html",
        upload=kept,
        counts=counts,
        changes=counts[ReportFate.CODES] + counts[ReportFate.REFUSED],
        found_part=shown_part(kept.id, parts, _line),
        is_applied=kept.state is UploadState.APPLIED,
        moved=found["moved"],
        fates=ReportFate,
        panel_texts=panel_texts,
    )


def _line(part: str, line: Sequence[Any]) -> dict[str, Any]:
    number, reference, name, album, until, why = line
    day = texts.day(last_day(datetime.fromisoformat(until))) if until else None
    if why and part == ReportFate.REJECTED:
        why = panel_texts.problem(why)
    return {
        "number": number,
        "reference": reference,
        "name": name,
        "album": album,
        "until": day,
        "reason": why or "",
    }
