"""What pages about an uploaded file have in common: it is kept, the jobs work on it, somebody confirms it or not."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock, texts
from portal.extensions import htmx
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.services.tables import write_csv
from portal.texts import quantities
from portal.views.security import staff, takes_file
from portal.views.upload_parts import Part, shown_part
from portal.views.uploading import Progress, progress_of, sent_file

MEGABYTE = 1024 * 1024


class UploadPages(ABC):
    """The office's pages for files of one `kind`, from the form to the result, as routes of a blueprint.

    A kind says how large its files are (`largest_file`, in bytes), its `title`, what the form answers without a file
    (`no_file`), that something `moved` between the look and the act, the templates of the form and of the result, and
    the endpoint to go on to once a file was thrown away (`leads_to`); and what its own form and its own results show.
    """

    kind: UploadKind
    largest_file: int
    title: LazyString
    no_file: LazyString
    moved: LazyString
    form_page: str
    result_page: str
    leads_to: str

    def __init__(self, pages: Blueprint) -> None:
        self.place = pages.name
        for rule, method, view in (
            ("", "GET", self.show),
            ("", "POST", self.upload),
            ("/<uuid:upload_id>", "GET", self.dry_run),
            ("/<uuid:upload_id>/postep", "GET", self.progress),
            ("/<uuid:upload_id>/zastosuj", "POST", self.apply),
            ("/<uuid:upload_id>/porzuc", "POST", self.discard),
        ):
            function = staff(_own_function(view))
            if view == self.upload:
                function = takes_file(self.largest_file)(function)
            pages.add_url_rule(rule, view_func=function, methods=[method])

    @abstractmethod
    def parts(self, counts: Mapping[str, int]) -> list[Part]:
        """The parts of the result, those that deserve a look first."""

    @abstractmethod
    def line(self, part: str, line: Sequence[Any]) -> Any:
        """A kept row of a part, in words."""

    @abstractmethod
    def facts(
        self, kept: UploadedFile, found: Mapping[str, Any], counts: Counter[str]
    ) -> Mapping[str, object]:
        """What else the result shows: at least `changes`, how many rows would be written."""

    @abstractmethod
    def refusal(self, found: Mapping[str, Any]) -> str:
        """Why the file is of no use."""

    def hindrance(self, found: Mapping[str, Any]) -> str | None:
        """Why nothing was written although somebody confirmed, if so."""
        return str(self.moved) if found["moved"] else None

    def form_facts(self) -> Mapping[str, object]:
        """What else the form shows."""
        return {}

    def wishes(self) -> uploads.Asked:
        """What the office wants of the file it sends."""
        return {}

    def show(self) -> str:
        """The form, with one's own files that wait."""
        return self._form()

    def upload(self) -> AnyResponse:
        """Keep the file for the jobs and show how they get on."""
        content = sent_file("file")
        if content is None:
            return make_response(self._form(str(self.no_file)), 422)
        account_id, at = current_user.id, clock.real_now()
        upload_id = uploads.keep_file(self.kind, content, self.wishes(), account_id=account_id, at=at)
        return redirect(self._page(upload_id), code=303)

    def dry_run(self, upload_id: UUID) -> ResponseReturnValue:
        """What the file would do, or did, to every row; while that is being found out, how it goes."""
        kept = self.find(upload_id)
        if kept is None:
            return self.gone()
        if kept.state in uploads.WORK:
            progress = self._progress(kept)
            return render_template("staff/uploads/progress.html", title=self.title, progress=progress)
        found = uploads.found_in(kept) or {}
        return self.result(kept, found) if "counts" in found else self.refused(kept, found)

    def progress(self, upload_id: UUID) -> AnyResponse:
        """The polled part of the page that waits; at the end it sends the browser to the result."""
        if not htmx:
            return redirect(self._page(upload_id))
        kept = self.find(upload_id)
        if kept is None or kept.state not in uploads.WORK:
            return Response(headers={"HX-Redirect": self._page(upload_id)})
        progress = self._progress(kept, request.args.get("told", type=int))
        return make_response(render_template("staff/uploads/_upload_progress.html", progress=progress))

    def apply(self, upload_id: UUID) -> AnyResponse:
        """Confirm: what was shown is done, unless something moved meanwhile."""
        kept = self.find(upload_id)
        return self.gone() if kept is None else self.confirm(kept)

    def discard(self, upload_id: UUID) -> AnyResponse:
        """Throw the file away."""
        if self.find(upload_id) is not None:
            uploads.forget(str(upload_id), current_user.id)
            flash(_("Plik został usunięty z portalu."))
        return redirect(url_for(self.leads_to), code=303)

    def confirm(self, kept: UploadedFile) -> AnyResponse:
        """Have what was shown done."""
        return self.ask(kept.id, uploads.asked_of(kept), UploadState.CONFIRMED)

    def result(self, kept: UploadedFile, found: Mapping[str, Any], **more: object) -> str:
        """What the file would do, or did: figures, what to do about it, and its rows."""
        counts = Counter(found["counts"])
        shown = {
            "upload": kept,
            "place": self.place,
            "counts": counts,
            "hindrance": self.hindrance(found),
            "rejected": counts["rejected"],
            "is_applied": kept.state is UploadState.APPLIED,
            "found_part": shown_part(kept.id, self.parts(counts), self.line),
            **self.facts(kept, found, counts),
        }
        return render_template(self.result_page, **shown | more)

    def refused(self, _kept: UploadedFile, found: Mapping[str, Any]) -> ResponseReturnValue:
        """The form again, saying why the file is of no use."""
        return make_response(self._form(self.refusal(found)), 422)

    def find(self, upload_id: UUID | str) -> UploadedFile | None:
        """The file, if it is still there and the visitor's own."""
        return uploads.find(str(upload_id), self.kind, current_user.id, clock.real_now())

    def gone(self) -> AnyResponse:
        """Back to the form: the file is not kept any more."""
        flash(_("Tego pliku już tu nie ma: portal przechowuje go najwyżej godzinę. Wgraj go ponownie."))
        return redirect(url_for(f"{self.place}.show"), code=303)

    def ask(self, upload_id: UUID | str, wishes: uploads.Asked, state: UploadState) -> AnyResponse:
        """Have the jobs check the file again or apply it; the second of two clicks sees what came of the first."""
        try:
            uploads.ask(str(upload_id), wishes, state=state, account_id=current_user.id, at=clock.real_now())
        except uploads.UploadMoved:
            if self.find(upload_id) is None:
                return self.gone()
        return redirect(self._page(upload_id), code=303)

    def rejected_rows(
        self, upload_id: UUID, heading: Sequence[str], cells: Callable[[list[Any]], Sequence[str]]
    ) -> AnyResponse:
        """The rejected rows for download under this heading; `cells` puts a kept row into words."""
        if self.find(upload_id) is None:
            return self.gone()
        rows = map(cells, uploads.all_lines_of(str(upload_id), "rejected"))
        return csv_download([heading, *rows], "odrzucone-wiersze.csv")

    def _form(self, problem: str | None = None) -> str:
        return render_template(
            self.form_page,
            problem=problem,
            place=self.place,
            kept=uploads.kept_for(self.kind, current_user.id, clock.real_now()),
            largest_mb=self.largest_file // MEGABYTE,
            quantities=quantities,
            texts=texts,
            **self.form_facts(),
        )

    def _progress(self, kept: UploadedFile, told: int | None = None) -> Progress:
        address = url_for(f"{self.place}.progress", upload_id=kept.id)
        return progress_of(kept, address, self._page(kept.id), told)

    def _page(self, upload_id: UUID | str) -> str:
        return url_for(f"{self.place}.dry_run", upload_id=upload_id)


def csv_download(rows: Iterable[Sequence[str]], name: str) -> Response:
    """A table as a file to be kept under `name`."""
    answer = Response(write_csv(rows), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _own_function(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """`view` as a function of this kind alone: what a route declares is kept with its function."""

    @wraps(view)
    def answer(**named: UUID) -> ResponseReturnValue:
        return view(**named)

    return answer
