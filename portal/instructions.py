"""What students read about the phone, as settings: the words of mObywatel's menus change with its versions."""

from pydantic import BaseModel, ConfigDict

from portal.rules.language import Language

Lines = tuple[str, ...]

TO_THE_CODES = (
    "Otwórz mObywatela i dotknij „Dodaj dokument” (w starszych wersjach „+”).",
    "Wybierz „Legitymacja studencka”, potem „Dalej”, i zaakceptuj warunki.",
)
TO_THE_RENEWAL = (
    "Otwórz mObywatela, a w nim swoją mLegitymację.",
    "Dotknij „Więcej”, potem „Przedłuż ważność”, i zaakceptuj warunki.",
)
PASTE = (
    "Zamiast skanować, wybierz wklejenie kodu i wklej skopiowany tu kod QR.",
    "Wpisz albo wklej kod aktywacyjny. Gotowe.",
)
SCAN = (
    "Pozwól aplikacji użyć aparatu i zeskanuj kod QR z tego ekranu.",
    "Wpisz kod aktywacyjny, dokładnie tak jak tu, z wielkimi i małymi literami. Gotowe.",
)

# The app's own words stay Polish, as they stand on the phone, with their meaning beside them.
TO_THE_CODES_IN_ENGLISH = (
    "Open the mObywatel app and tap “Dodaj dokument” (Add a document; in older versions “+”).",
    "Choose “Legitymacja studencka” (Student card), then “Dalej” (Next), and accept the terms: “Akceptuję” (I accept).",
)
TO_THE_RENEWAL_IN_ENGLISH = (
    "Open the mObywatel app and your mLegitymacja in it.",
    "Tap “Więcej” (More), then “Przedłuż ważność” (Extend validity), and accept the terms: “Akceptuję” (I accept).",
)
PASTE_IN_ENGLISH = (
    "Instead of scanning, choose to paste the code, and paste the QR code you copied here.",
    "Type or paste the activation code. Done.",
)
SCAN_IN_ENGLISH = (
    "Let the app use the camera and scan the QR code on this screen.",
    "Type the activation code exactly as it stands here, with its capital and small letters. Done.",
)


class Steps(BaseModel):
    """The instructions in one language: lines of plain text, one step each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_you_start: Lines
    on_phone: Lines
    with_scan: Lines
    renewal_on_phone: Lines
    renewal_with_scan: Lines


class EnglishSteps(Steps):
    """The same in English."""

    before_you_start: Lines = (
        "The mLegitymacja is a student card on your phone; the plastic one is called ELS.",
        "You need a phone with the mObywatel app and an internet connection.",
        "One mLegitymacja works on one phone.",
        "Your plastic card stays with you: the mLegitymacja does not take it away.",
    )
    on_phone: Lines = TO_THE_CODES_IN_ENGLISH + PASTE_IN_ENGLISH
    with_scan: Lines = TO_THE_CODES_IN_ENGLISH + SCAN_IN_ENGLISH
    renewal_on_phone: Lines = TO_THE_RENEWAL_IN_ENGLISH + PASTE_IN_ENGLISH
    renewal_with_scan: Lines = TO_THE_RENEWAL_IN_ENGLISH + SCAN_IN_ENGLISH


class Instructions(Steps):
    """The instructions in Polish and, in `en`, in English.

    `app_address`: where „Otwórz aplikację mObywatel” leads.
    """

    before_you_start: Lines = (
        "Potrzebujesz telefonu z aplikacją mObywatel i internetem.",
        "Jedna mLegitymacja działa na jednym telefonie.",
        "Plastikowa legitymacja zostaje z Tobą: mLegitymacja jej nie zabiera.",
    )
    on_phone: Lines = TO_THE_CODES + PASTE
    with_scan: Lines = TO_THE_CODES + SCAN
    renewal_on_phone: Lines = TO_THE_RENEWAL + PASTE
    renewal_with_scan: Lines = TO_THE_RENEWAL + SCAN
    app_address: str = "https://www.mobywatel.gov.pl/"
    en: EnglishSteps = EnglishSteps()

    def spoken(self, language: Language) -> Steps:
        """The instructions in that language."""
        return self.en if language is Language.ENGLISH else self
