"""What the portal is joined to, in words: the ministry, its panel, the mail server.

Pairs of a sentence and the settings it speaks of, separated by spaces.
"""

from collections.abc import Sequence

from flask_babel import gettext

from portal.rules.panel import PackageForm
from portal.settings_groups import Connector, Mail, MailSecurity, Ministry, Panel
from portal.texts.quantities import number

Said = Sequence[tuple[str, str]]


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


def ministry_said(ministry: Ministry) -> Said:
    overdue = (
        _(
            "Sprawa, która trwa dłużej niż %(num)s min, trafia na listę dziekanatu.",
            num=number(ministry.overdue_after / 60),
        ),
        "ministry.overdue_after",
    )
    if ministry.connector is Connector.PANEL:
        carried = _(
            "Zamówienia przenosi dziekanat: paczka do panelu ministerstwa, raport z kodami z powrotem."
        )
        unused = " ".join(
            f"ministry.{name}" for name in Ministry.model_fields if name not in {"connector", "overdue_after"}
        )
        return [
            (carried, "ministry.connector"),
            overdue,
            (_("Ustawienia połączenia z usługą ministerstwa nie mają wtedy znaczenia."), unused),
        ]
    where = (
        _("Zamówienia portal wysyła sam.") + " " + _("Adres usługi ministerstwa: %(url)s.", url=ministry.url)
        if ministry.url
        else _("Ministerstwo nie jest jeszcze podłączone (brak adresu usługi): zamówienia czekają.")
    )
    return [(where, "ministry.connector ministry.url"), *_calls(ministry), overdue]


def panel_said(panel: Panel) -> Said:
    form = {PackageForm.XLSX: _("arkusz XLSX"), PackageForm.CSV: _("plik CSV")}[panel.package_form]
    return [
        (
            _(
                "Paczka do panelu ministerstwa: %(form)s ze zdjęciami, najwyżej zamówień: %(limit)d.",
                form=form,
                limit=panel.package_limit,
            ),
            "panel.package_form panel.package_limit",
        ),
        (_("Kolumny paczki: %(names)s.", names=", ".join(panel.package_columns)), "panel.package_columns"),
        (_("Kolumny raportu: %(names)s.", names=", ".join(panel.report_columns)), "panel.report_columns"),
    ]


def _calls(ministry: Ministry) -> Said:
    repeated = (
        _("To samo zamówienie wolno wysłać drugi raz: ministerstwo nie wyda drugiej mLegitymacji.")
        if ministry.repeatable
        else _("Zamówień w wątpliwości portal nie ponawia; decyduje dziekanat („do wyjaśnienia”).")
    )
    return [
        (_file(_("Token dostępu"), ministry.token_file), "ministry.token_file"),
        (
            _file(_("Certyfikat klienta z kluczem"), ministry.client_certificate),
            "ministry.client_certificate ministry.client_key",
        ),
        (_authorities(ministry.ca_file), "ministry.ca_file"),
        (repeated, "ministry.repeatable"),
        (
            _(
                "Zapytania naraz: najwyżej %(parallel)d. Jedno trwa do %(deadline)s s,"
                " a zamówienie jest wtedy zajęte przez %(lease)s s.",
                parallel=ministry.parallel,
                deadline=number(ministry.total_deadline),
                lease=number(ministry.lease),
            ),
            "ministry.parallel ministry.total_deadline ministry.lease",
        ),
        (
            _(
                "Podczas awarii portal pyta nie częściej niż co %(num)s s.",
                num=number(ministry.probe_interval),
            ),
            "ministry.probe_interval",
        ),
    ]


def mail_said(mail: Mail, *, demo: bool) -> Said:
    if not mail.server:
        silent = (
            _("Listy nie wychodzą: demonstracja zachowuje je u siebie i pokazuje.")
            if demo
            else _("Portal nie wysyła listów; wiadomości stoją tylko na stronie studenta.")
        )
        return [(silent, " ".join(f"mail.{name}" for name in Mail.model_fields))]
    security = {
        MailSecurity.STARTTLS: _("szyfrowanie STARTTLS"),
        MailSecurity.TLS: _("szyfrowanie TLS"),
        MailSecurity.NONE: _("bez szyfrowania, na tej samej maszynie"),
    }[mail.security]
    server = _(
        "Listy wysyła serwer %(server)s, port %(port)d, %(how)s.",
        server=mail.server,
        port=mail.port,
        how=security,
    )
    digest = (
        _(
            "Zestawienie spraw dziekanatu codziennie o %(hour)d:00 dostają: %(who)s.",
            hour=mail.digest_hour,
            who=", ".join(mail.digest_to),
        )
        if mail.digest_to
        else _("Porannego zestawienia spraw dziekanatu nikt nie dostaje.")
    )
    return [
        (server, "mail.server mail.port mail.security"),
        (
            _("Portal loguje się do serwera poczty; hasło jest w pliku.")
            if mail.user
            else _("Serwer poczty nie wymaga logowania."),
            "mail.user mail.password_file",
        ),
        (_authorities(mail.ca_file), "mail.ca_file"),
        (
            _("Nadawca: %(sender)s.", sender=mail.sender)
            + (" " + _("Odpowiedzi: %(address)s.", address=mail.reply_to) if mail.reply_to else ""),
            "mail.sender mail.reply_to",
        ),
        (digest, "mail.digest_to mail.digest_hour"),
        (
            _(
                "Listy na minutę: najwyżej %(num)d. Rozmowa z serwerem trwa do %(timeout)s s.",
                num=mail.per_minute,
                timeout=number(mail.timeout),
            ),
            "mail.per_minute mail.timeout",
        ),
    ]


def _file(what: str, path: object) -> str:
    if path is None:
        return _("%(what)s: nie podano.", what=what)
    return _("%(what)s: z pliku %(file)s.", what=what, file=path)


def _authorities(path: object) -> str:
    if path is None:
        return _("Zaufane urzędy certyfikacji: te z systemu.")
    return _("Zaufane urzędy certyfikacji: z pliku %(file)s.", file=path)
