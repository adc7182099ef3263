"""Who can sign in to a demonstration, and which situation each shows. Imports only the standard library."""

from dataclasses import dataclass

PASSWORD = "demo-mlegitymacja"  # noqa: S105  (meant to be known: only a demonstration ever has it)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration. `situation`: what it shows, in Polish. `role`: a `Role`'s value."""

    user_name: str
    situation: str
    role: str = "student"


ACCOUNTS = (
    DemoAccount("100001", "można zamówić mLegitymację"),
    DemoAccount("100002", "ELS nieprzedłużona"),
    DemoAccount("100003", "brak zdjęcia"),
    DemoAccount("100004", "brak numeru PESEL"),
    DemoAccount("100005", "kody czekają na odbiór"),
    DemoAccount("100006", "mLegitymacja odebrana, ELS przedłużona – można zamówić kolejną"),
    DemoAccount("100007", "skreślenie z listy studentów"),
    DemoAccount("100008", "studia doktoranckie"),
    DemoAccount("100009", "nowa osoba, ślubowanie niezatwierdzone"),
    DemoAccount("100010", "dane zmienione od wydania ELS"),
    DemoAccount("100011", "kody wygasły"),
    DemoAccount("100012", "zamówienie odrzucone przez ministerstwo"),
    DemoAccount("bez-albumu", "brak numeru albumu"),
    DemoAccount("dziekanat", "konto dziekanatu", role="staff"),
    DemoAccount("admin", "konto administratora", role="admin"),
)
