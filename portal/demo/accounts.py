"""Who can sign in to a demonstration, and which situation each shows. Imports only the standard library."""

from dataclasses import dataclass

PASSWORD = "demo-mlegitymacja"  # noqa: S105  (meant to be known: only a demonstration ever has it)


def _(words: str) -> str:
    """Marks `words` for translation; the sign-in page says them in the reader's language."""
    return words


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration. `situation`: what it shows, in Polish. `role`: a `Role`'s value."""

    user_name: str
    situation: str
    role: str = "student"


ACCOUNTS = (
    DemoAccount("100001", _("można zamówić mLegitymację")),
    DemoAccount("100002", _("ELS nieprzedłużona")),
    DemoAccount("100003", _("brak zdjęcia")),
    DemoAccount("100004", _("brak numeru PESEL")),
    DemoAccount("100005", _("kody czekają na odbiór")),
    DemoAccount("100006", _("mLegitymacja odebrana, ELS przedłużona – można zamówić kolejną")),
    DemoAccount("100007", _("skreślenie z listy studentów")),
    DemoAccount("100008", _("studia doktoranckie")),
    DemoAccount("100009", _("nowa osoba, ślubowanie niezatwierdzone")),
    DemoAccount("100010", _("dane zmienione od wydania ELS")),
    DemoAccount("100011", _("kody wygasły")),
    DemoAccount("100012", _("zamówienie odrzucone przez ministerstwo")),
    DemoAccount("bez-albumu", _("brak numeru albumu")),
    DemoAccount("dziekanat", _("konto dziekanatu"), role="staff"),
    DemoAccount("admin", _("konto administratora"), role="admin"),
)
