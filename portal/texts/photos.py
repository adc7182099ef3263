"""The words for uploaded photos and archives of them. Apart from `texts`: only who handles pictures loads Pillow."""

from collections.abc import Mapping, Sequence

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from portal.services.photo_archive import MOST_PHOTOS, ArchiveFault, PhotoFate
from portal.services.photo_files import PhotoRefusal

PHOTO_REFUSALS: Mapping[PhotoRefusal, LazyString] = {
    PhotoRefusal.FILE_TOO_LARGE: _("Plik jest za duży: zdjęcie może mieć najwyżej 10 MB."),
    PhotoRefusal.NOT_AN_IMAGE: _("To nie jest zdjęcie JPEG ani PNG. Zapisz je w jednym z tych formatów."),
    PhotoRefusal.TOO_MANY_PIXELS: _("Zdjęcie ma za dużo pikseli (ponad 25 milionów). Zmniejsz je."),
    PhotoRefusal.ANIMATED: _("To jest animacja. Prześlij zwykłe zdjęcie."),
    PhotoRefusal.UNUSUAL_COLOURS: _("Zdjęcie ma nietypowy zapis barw. Zapisz je jako zwykły JPEG (RGB)."),
    PhotoRefusal.DAMAGED: _("Plik jest uszkodzony. Zapisz zdjęcie ponownie i spróbuj jeszcze raz."),
    PhotoRefusal.TOO_SMALL: _("Zdjęcie lub wybrany kadr ma za mało pikseli. Wybierz większe."),
    PhotoRefusal.CROP_OUTSIDE: _("Kadr wychodzi poza zdjęcie. Ustaw go jeszcze raz."),
    PhotoRefusal.TOO_DETAILED: _("Zdjęcia nie da się zmieścić w dozwolonym rozmiarze. Wybierz inne."),
}

ARCHIVE_FAULTS: Mapping[ArchiveFault, LazyString] = {
    ArchiveFault.NOT_A_ZIP: _("To nie jest archiwum ZIP albo jest uszkodzone."),
    ArchiveFault.LOCKED: _("Archiwum jest chronione hasłem. Spakuj zdjęcia bez hasła."),
    ArchiveFault.TOO_MANY_PHOTOS: _(
        "W archiwum jest za dużo plików: może ich być %(limit)s.", limit=MOST_PHOTOS
    ),
    ArchiveFault.UNPACKS_TOO_LARGE: _("Po rozpakowaniu archiwum jest za duże. Podziel je na mniejsze."),
}

PHOTO_FATES: Mapping[PhotoFate, LazyString] = {
    PhotoFate.NEW: _("Nowe zdjęcia"),
    PhotoFate.REPLACED: _("Zastępują poprzednie"),
    PhotoFate.UNCHANGED: _("Bez zmian"),
    PhotoFate.UNKNOWN_STUDENT: _("Nie ma studenta o takim numerze albumu"),
    PhotoFate.NOT_A_PICTURE: _("To nie jest plik JPG ani PNG"),
    PhotoFate.TWICE_IN_ARCHIVE: _("Dwa pliki tego samego studenta"),
    PhotoFate.REFUSED: _("Zdjęcia nie można użyć"),
}

# What the office usually sends photos back for; the student reads it.
PHOTO_REMARKS: Sequence[LazyString] = (
    _("Twarz jest za mała albo niewyraźna. Prześlij zdjęcie zrobione z bliska."),
    _("Twarz jest zasłonięta. Zdejmij nakrycie głowy i ciemne okulary."),
    _("Tło nie jest jasne i jednolite."),
    _("Twarz nie patrzy na wprost albo jest źle wykadrowana."),
    _("To zdjęcie jest nieaktualne."),
)


def photo_refusal(code: PhotoRefusal) -> str:
    """Why a file is no photo for a card, and what to do."""
    return str(PHOTO_REFUSALS[code])


def archive_fault(code: ArchiveFault) -> str:
    """Why an archive is not opened, and what to do."""
    return str(ARCHIVE_FAULTS[code])


def photo_remark(written: str) -> str:
    """What the office wrote about a photo, in the reader's language where it is one of the usual remarks."""
    return str(gettext(written))
