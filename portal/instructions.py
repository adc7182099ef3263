"""What students read about the phone, as settings: the words of mObywatel's menus change with its versions."""

from pydantic import BaseModel, ConfigDict

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


class Instructions(BaseModel):
    """Lines of plain text, one step each. `app_address`: where „Otwórz aplikację mObywatel” leads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
