"""The picture and the crop frame somebody sent: by the frame on the page, or by numbers typed without JavaScript."""

from flask import request
from flask_babel import gettext as _

from portal.rules.policy import Policy
from portal.services.photo_files import CardPhoto, Crop, PhotoRefused, make_card_photo
from portal.texts import photos as photo_texts
from portal.views.uploading import sent_file

FIELDS = ("left", "top", "width")
LONGEST_NUMBER = 5


class PictureUnusable(Exception):
    """What was sent is no photo for a card; `words` say what to do."""

    def __init__(self, words: str) -> None:
        super().__init__("the picture is unusable")
        self.words = words


def sent_photo(policy: Policy) -> CardPhoto:
    """The picture of this request, ready for a card. Raises PictureUnusable."""
    content = sent_file("photo")
    if content is None:
        raise PictureUnusable(_("Wybierz zdjęcie."))
    crop = _typed_crop()
    try:
        return make_card_photo(content, policy, crop)
    except PhotoRefused as refused:
        raise PictureUnusable(photo_texts.photo_refusal(refused.refusal)) from None


def _typed_crop() -> Crop | None:
    """None where no number was typed: the picture is cropped by itself."""
    typed = [request.form.get(name, "").strip() for name in FIELDS]
    if not any(typed):
        return None
    if not all(one.isdecimal() and len(one) <= LONGEST_NUMBER for one in typed):
        raise PictureUnusable(
            _("Kadr to trzy liczby w pikselach: od lewej, od góry i szerokość. Wpisz wszystkie albo żadnej.")
        )
    return Crop(*map(int, typed))
