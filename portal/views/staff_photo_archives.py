"""Photos from a ZIP, named by album number: upload, look at what each file would do, then do it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext

from portal.models.uploads import UploadedFile, UploadKind
from portal.services.photo_archive import LEFT_OUT, MOST_PHOTOS, TAKEN, ArchiveFault, PhotoFate
from portal.services.photo_files import PhotoRefusal
from portal.texts import photos as photo_texts
from portal.views.upload_pages import MEGABYTE, UploadPages
from portal.views.upload_parts import Part, counted

# What somebody should look at stands first.
PARTS = (*LEFT_OUT, PhotoFate.UNCHANGED, *TAKEN)

pages = Blueprint("staff_photo_archives", __name__, url_prefix="/dziekanat/zdjecia/archiwum")


class ArchivePages(UploadPages):
    """Archives of photos."""

    kind = UploadKind.PHOTOS
    largest_file = 100 * MEGABYTE
    title = lazy_gettext("Zdjęcia z archiwum")
    no_file = lazy_gettext("Wybierz plik ZIP.")
    moved = lazy_gettext(
        "Zdjęcia studentów zmieniły się od czasu sprawdzenia, więc nic nie zapisano. "
        "Poniżej widać, co archiwum zmieni teraz."
    )
    form_page = "staff/photos/archive.html"
    result_page = "staff/photos/dry_run.html"
    leads_to = "staff_photos.queue"

    def form_facts(self) -> Mapping[str, object]:
        """How many photos an archive may hold."""
        return {"most_photos": MOST_PHOTOS}

    def refusal(self, found: Mapping[str, Any]) -> str:
        """Why the archive is not opened."""
        return photo_texts.archive_fault(ArchiveFault(found.get("archive_fault", ArchiveFault.NOT_A_ZIP)))

    def parts(self, counts: Mapping[str, int]) -> list[Part]:
        """One for each fate of a file."""
        return counted(counts, PARTS, lambda code: str(photo_texts.PHOTO_FATES[PhotoFate(code)]))

    def line(self, part: str, line: Sequence[str | None]) -> tuple[str | None, str]:
        """The file's name and why it is refused."""
        name, refusal = line
        return name, photo_texts.photo_refusal(PhotoRefusal(refusal)) if refusal else ""

    def facts(
        self, kept: UploadedFile, found: Mapping[str, Any], counts: Counter[str]
    ) -> Mapping[str, object]:
        """How many photos would be taken and how many not."""
        return {
            "changes": sum(counts[fate] for fate in TAKEN),
            "left_out": sum(counts[fate] for fate in LEFT_OUT),
            "fates": PhotoFate,
        }


files = ArchivePages(pages)
