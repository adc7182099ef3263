"""A report from the ministry's panel: upload, look at what each row would do, then give the codes to the students."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext
from werkzeug import Response as AnyResponse

from portal import texts
from portal.models.uploads import UploadedFile, UploadKind
from portal.services import uploads
from portal.services.notices import last_day
from portal.services.panel_fates import ReportFate
from portal.services.panel_uploads import asked_for
from portal.services.tables import LARGEST_FILE, FileFault, FileRefused
from portal.texts import imports as import_texts
from portal.texts import panel as panel_texts
from portal.views.current import settings
from portal.views.panel_right import panel_pages
from portal.views.security import staff
from portal.views.upload_pages import UploadPages
from portal.views.upload_parts import Part, counted

# What somebody should look at stands first.
PARTS = (ReportFate.REJECTED, ReportFate.REFUSED, ReportFate.CODES, ReportFate.UNCHANGED)
REJECTED_HEADING = ("wiersz", "nr zamówienia", "powód")

pages = panel_pages("staff_panel_reports", __name__, "/raport")


class ReportPages(UploadPages):
    """Reports with codes."""

    kind = UploadKind.PANEL_REPORT
    largest_file = LARGEST_FILE
    title = lazy_gettext("Raport z panelu")
    no_file = lazy_gettext("Wybierz plik z raportem.")
    moved = lazy_gettext(
        "Zamówienia zmieniły się od czasu sprawdzenia, więc nic nie zapisano. "
        "Poniżej widać, co raport zrobi teraz."
    )
    form_page = "staff/panel/report.html"
    result_page = "staff/panel/dry_run.html"
    leads_to = "staff_panel.show"

    def wishes(self) -> uploads.Asked:
        """The columns, as the settings have them now."""
        return asked_for(settings().panel.report_columns)

    def form_facts(self) -> Mapping[str, object]:
        """The columns that are read."""
        return {"headings": list(settings().panel.report_columns)}

    def refusal(self, found: Mapping[str, Any]) -> str:
        """Why the file is no report."""
        if "header_fault" in found:
            return panel_texts.header_fault(found["header_fault"], found["heading"])
        fault = FileFault(found.get("file_fault", FileFault.NOT_TEXT))
        return import_texts.file_refused(FileRefused(fault, found.get("row")))

    def parts(self, counts: Mapping[str, int]) -> list[Part]:
        """One for each fate of a row."""
        return counted(counts, PARTS, panel_texts.fate)

    def line(self, part: str, line: Sequence[Any]) -> dict[str, Any]:
        """A row: whose codes, until when they work, or why it is not taken."""
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

    def facts(
        self, kept: UploadedFile, found: Mapping[str, Any], counts: Counter[str]
    ) -> Mapping[str, object]:
        """How many orders would change."""
        return {
            "changes": counts[ReportFate.CODES] + counts[ReportFate.REFUSED],
            "fates": ReportFate,
            "panel_texts": panel_texts,
        }


files = ReportPages(pages)


@pages.get("/<uuid:upload_id>/odrzucone.csv")
@staff
def rejected(upload_id: UUID) -> AnyResponse:
    """The rows that were not taken and why, without a code or a PESEL."""
    return files.rejected_rows(upload_id, REJECTED_HEADING, _rejected_cells)


def _rejected_cells(line: Sequence[Any]) -> Sequence[str]:
    number, reference, _name, _album, _until, problem = line
    return str(number), reference or "", panel_texts.problem(problem)
