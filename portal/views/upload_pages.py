"""What pages about an uploaded file have in common: it is kept, the jobs work on it, somebody confirms it or not."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as AnyResponse

from portal import clock
from portal.extensions import htmx
from portal.models.uploads import UploadedFile, UploadKind, UploadState
from portal.services import uploads
from portal.views.uploading import Progress, progress_of


@dataclass(frozen=True, slots=True)
class UploadPages:
    """The steps of one kind of file. `blueprint` has the form `show` and, for each file, `dry_run` and `progress`."""

    kind: UploadKind
    blueprint: str

    def keep(self, content: bytes, wishes: uploads.Asked) -> AnyResponse:
        """Keep the file for the jobs and show how they get on."""
        at = clock.real_now()
        upload_id = uploads.keep_file(self.kind, content, wishes, account_id=current_user.id, at=at)
        return redirect(self._page(upload_id), code=303)

    def find(self, upload_id: UUID) -> UploadedFile | None:
        """The file, if it is still there and the visitor's own."""
        return uploads.find(str(upload_id), self.kind, current_user.id, clock.real_now())

    def own(self) -> list[UploadedFile]:
        """The visitor's own files that are still kept, to be found again from the form."""
        return uploads.kept_for(self.kind, current_user.id, clock.real_now())

    def gone(self) -> AnyResponse:
        """Back to the form: the file is not kept any more."""
        flash(_("Tego pliku już tu nie ma: portal przechowuje go najwyżej godzinę. Wgraj go ponownie."))
        return redirect(url_for(f"{self.blueprint}.show"), code=303)

    def ask(self, upload_id: UUID, wishes: uploads.Asked, state: UploadState) -> AnyResponse:
        """Have the jobs check the file again or apply it; the second of two clicks sees what came of the first."""
        try:
            uploads.ask(str(upload_id), wishes, state=state, account_id=current_user.id, at=clock.real_now())
        except uploads.UploadMoved:
            if self.find(upload_id) is None:
                return self.gone()
        return redirect(self._page(upload_id), code=303)

    def throw_away(self, upload_id: UUID, afterwards: str) -> AnyResponse:
        """Forget the file and go on to the address `afterwards`."""
        uploads.forget(str(upload_id), current_user.id)
        flash(_("Plik został usunięty z portalu."))
        return redirect(afterwards, code=303)

    def waiting(self, kept: UploadedFile, title: str) -> str:
        """The page while the jobs work on `kept`."""
        return render_template("staff/import/progress.html", title=title, progress=self._progress(kept))

    def progress(self, upload_id: UUID) -> AnyResponse:
        """The polled part of that page; at the end it sends the browser to the result."""
        if not htmx:
            return redirect(self._page(upload_id))
        kept = self.find(upload_id)
        if kept is None or kept.state not in uploads.WORK:
            return Response(headers={"HX-Redirect": self._page(upload_id)})
        told = request.args.get("told", type=int)
        fragment = render_template("staff/import/_import_progress.html", progress=self._progress(kept, told))
        return make_response(fragment)

    def _progress(self, kept: UploadedFile, told: int | None = None) -> Progress:
        address = url_for(f"{self.blueprint}.progress", upload_id=kept.id)
        return progress_of(kept, address, self._page(kept.id), told)

    def _page(self, upload_id: UUID | str) -> str:
        return url_for(f"{self.blueprint}.dry_run", upload_id=upload_id)
