"""The register from a file: upload, look at what it would do to every row, then do it.

The upload is kept and the jobs work on it: an import of 100,000 rows takes longer than a page may take to answer, and
would slow down everybody whom the same web process serves. Meanwhile a fragment tells how it goes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug import Response as AnyResponse

from portal import texts
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.imports.columns import HEADERS, Field
from portal.services.imports.plan import Fate
from portal.services.past_imports import past_imports
from portal.services.register_import import ImportOptions
from portal.services.register_uploads import MISSING, REVOKED, REVOKED_LATER, Wishes
from portal.services.tables import LARGEST_FILE
from portal.texts import entitlement as entitlement_texts
from portal.texts import imports as import_texts
from portal.views import import_lines
from portal.views.security import staff
from portal.views.upload_pages import UploadPages, csv_download
from portal.views.upload_parts import Part, counted

REJECTED_HEADING = ("wiersz", "numer albumu", "kolumna", "powód")

# What somebody should look at stands first.
PARTS = (Fate.REJECTED, REVOKED, REVOKED_LATER, MISSING, Fate.CHANGED, Fate.NEW, Fate.UNCHANGED)
WRITTEN = ("new", "changed", "missing", "accounts")

pages = Blueprint("staff_import", __name__, url_prefix="/dziekanat/import")


class RegisterPages(UploadPages):
    """Registers: the office says what they are, what their columns mean, and how many students it means to lose."""

    kind = UploadKind.REGISTER
    largest_file = LARGEST_FILE
    title = lazy_gettext("Import studentów")
    no_file = lazy_gettext("Wybierz plik.")
    form_page = "staff/import/page.html"
    result_page = "staff/import/dry_run.html"
    leads_to = "staff_import.show"

    def wishes(self) -> uploads.Asked:
        """The options chosen in the form."""
        return Wishes(_typed_options({})).asked()

    def form_facts(self) -> Mapping[str, object]:
        """What was typed, and what was imported before."""
        return {"typed": request.form, "past": past_imports()}

    def refusal(self, found: Mapping[str, Any]) -> str:
        """Why the file is no register."""
        return import_lines.refusal_words(found)

    def refused(self, kept: UploadedFile, found: Mapping[str, Any]) -> str:
        """A page of its own: where only the headings are strange, one may say there what they mean."""
        meaning = _meaning(_options_of(kept), found)
        return render_template("staff/import/refused.html", upload=kept, words=self.refusal(found), **meaning)

    def confirm(self, kept: UploadedFile) -> AnyResponse:
        """Have what was shown written; students whom a full list lacks are struck off once their number is typed."""
        found = uploads.found_in(kept)
        if kept.state is not UploadState.CHECKED or found is None or "counts" not in found:
            return redirect(url_for("staff_import.dry_run", upload_id=kept.id), code=303)
        missing = found["counts"]["missing"]
        typed = request.form.get("confirmed_missing", "").strip()
        if missing and typed != str(missing):
            problem = _(
                "Aby skreślić studentów, których nie ma w pliku, wpisz ich liczbę: %(count)d.", count=missing
            )
            return make_response(self.result(kept, found, problem=problem, typed=typed), 422)
        wishes = Wishes(_options_of(kept), confirmed_missing=missing)
        return self.ask(kept.id, wishes.asked(), UploadState.CONFIRMED)

    def parts(self, counts: Mapping[str, int]) -> list[Part]:
        """One for each fate of a row, for students missing, and for documents that end."""
        return counted(counts, PARTS, import_lines.part_name)

    def line(self, part: str, line: Sequence[Any]) -> object:
        """A row of that part in words."""
        return import_lines.line_of(part, line)

    def hindrance(self, found: Mapping[str, Any]) -> str | None:
        """Why the confirmed import was not written."""
        return import_lines.hindrance_words(found)

    def facts(
        self, kept: UploadedFile, found: Mapping[str, Any], counts: Counter[str]
    ) -> Mapping[str, object]:
        """What would change, what hinders it, and what to know before one confirms."""
        options, ending = _options_of(kept), import_lines.ending_counts(found)
        unclear = options.full_list and counts["missing"] and found["unclear"]
        return {
            "changes": sum(counts[name] for name in WRITTEN),
            "blocked": unclear or (options.strict and counts["rejected"]),
            "warnings": entitlement_texts.ending_warnings(ending),
            "revoked_words": entitlement_texts.ending_words(ending, None),
            "new_names": import_lines.new_names_words(found),
            "problem": None,
            "typed": "",
            **_meaning(options, found),
        }


files = RegisterPages(pages)


@pages.get("/wzor.csv")
@staff
def template_file() -> Response:
    """A file with every column the portal knows, to be filled in."""
    return csv_download([[HEADERS[field][0] for field in Field]], "wzor-studenci.csv")


@pages.post("/<uuid:upload_id>/ustawienia")
@staff
def change_wishes(upload_id: UUID) -> AnyResponse:
    """Check again with other options or other meanings of columns."""
    return files.ask(upload_id, Wishes(_typed_options(_typed_mapping())).asked(), UploadState.WAITING)


@pages.get("/<uuid:upload_id>/odrzucone.csv")
@staff
def rejected(upload_id: UUID) -> AnyResponse:
    """The refused rows and why, to correct the file by."""
    return files.rejected_rows(upload_id, REJECTED_HEADING, _rejected_cells)


def _rejected_cells(line: Sequence[Any]) -> Sequence[str]:
    one = import_lines.fate_line(line)
    return str(one.number), one.album, one.column, one.reason


def _options_of(kept: UploadedFile) -> ImportOptions:
    return Wishes.read(uploads.asked_of(kept)).options


def _meaning(options: ImportOptions, found: Mapping[str, Any]) -> dict[str, object]:
    """What templates need to show the options and the meaning of columns."""
    headers = [*options.mapping, *found.get("headers", found.get("unknown", []))]
    return {
        "found": found,
        "options": options,
        "headers": list(dict.fromkeys(headers)),
        "fields": list(Field),
        "import_texts": import_texts,
        "import_lines": import_lines,
        "texts": texts,
    }


def _typed_options(mapping: Mapping[str, Field | None]) -> ImportOptions:
    return ImportOptions(mapping, full_list="full_list" in request.form, strict="strict" in request.form)


def _typed_mapping() -> dict[str, Field | None]:
    """Headers and what the office says they mean; those left alone are not in it."""
    headers, meanings = request.form.getlist("header"), request.form.getlist("meaning")
    chosen = dict(zip(headers, meanings, strict=False))
    if not set(chosen.values()) <= {"", *Field}:
        abort(400)
    return {header: Field(one) for header, one in chosen.items() if one}
