"""The settings in words: what `flask portal check` prints and what the administrator reads, from one place.

Secrets are never among them: of the database's address only where it is, of files only their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.rules.policy import (
    Basis,
    EndAfterRemoval,
    Policy,
    ReceiptFrom,
    Renewal,
    StandingOrders,
)
from portal.settings import Settings
from portal.settings_groups import Connector
from portal.texts import deployment as deployment_texts
from portal.texts import quantities

MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, and the settings it speaks of, called as in the file."""

    words: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences about one thing."""

    title: str
    lines: Sequence[Line]


def in_words(settings: Settings) -> list[Group]:
    """Everything the settings say, what matters to students first."""
    policy = settings.policy
    return [
        Group(_("Kto i kiedy zamawia"), [_basis(policy), *_renewal(policy), *_beginning(policy)]),
        Group(_("Koniec uprawnień i odbiór"), _endings(settings)),
        Group(_("Przedłużanie w dziekanacie"), _extending(policy)),
        *(
            Group(title, [Line(words, tuple(names.split())) for words, names in lines])
            for title, lines in deployment_texts.groups(settings)
        ),
    ]


def _basis(policy: Policy) -> Line:
    if policy.basis is Basis.ELS:
        words = _(
            "mLegitymację można zamówić, gdy student ma plastikową legitymację przedłużoną na bieżący semestr,"
            " a jego dane osobowe nie zmieniły się od jej wydania."
        )
    else:
        words = _("mLegitymację można zamówić, gdy dziekanat potwierdził studentowi bieżący semestr.")
    return Line(words, ("policy.basis",))


def _renewal(policy: Policy) -> list[Line]:
    when = {
        Renewal.AS_SOON_AS_EXTENDED: _(
            "Kolejną – od razu po przedłużeniu, także gdy poprzednia jest jeszcze ważna."
        ),
        Renewal.LAST_DAYS: ngettext(
            "Kolejną – po przedłużeniu, w ostatnim %(num)d dniu ważności poprzedniej.",
            "Kolejną – po przedłużeniu, w ostatnich %(num)d dniach ważności poprzedniej.",
            policy.renewal_days,
        ),
        Renewal.AFTER_CANCELLING: _("Kolejną – dopiero gdy student sam anuluje poprzednią."),
    }[policy.renewal]
    by_itself = {
        StandingOrders.OFF: _("Portal niczego nie zamawia za studentów."),
        StandingOrders.STUDENT: _("Po przedłużeniu portal zamawia za tych studentów, którzy to włączyli."),
        StandingOrders.ALL: _("Po przedłużeniu portal zamawia za wszystkich studentów."),
    }[policy.standing_orders]
    lines = [
        Line(when, ("policy.renewal", "policy.renewal_days")),
        Line(by_itself, ("policy.standing_orders",)),
    ]
    delay = policy.standing_order_delay_minutes
    if policy.standing_orders is StandingOrders.OFF:
        waits = _("Gdyby zamawiał, czekałby od przedłużenia %(num)d min.", num=delay)
    elif delay:
        waits = _("Zamawia %(num)d min po przedłużeniu, żeby pomyłkę dało się jeszcze cofnąć.", num=delay)
    else:
        waits = _("Zamawia od razu po przedłużeniu.")
    return [*lines, Line(waits, ("policy.standing_order_delay_minutes",))]


def _beginning(policy: Policy) -> list[Line]:
    photo = _(
        "Zdjęcie ma co najmniej %(width)d × %(height)d pikseli i najwyżej %(size)s.",
        width=policy.photo_min_width,
        height=policy.photo_min_height,
        size=quantities.size(policy.photo_max_bytes),
    )
    begins = _(
        "Studia zaczynają się %(day)s, jeśli program nie ma własnego dnia.", day=_day(policy.studies_begin)
    )
    return [
        Line(photo, ("policy.photo_min_width", "policy.photo_min_height", "policy.photo_max_bytes")),
        Line(begins, ("policy.studies_begin",)),
    ]


def _endings(settings: Settings) -> list[Line]:
    policy = settings.policy
    removal = {
        EndAfterRemoval.AT_ONCE: _(
            "Po zawieszeniu, skreśleniu lub przeniesieniu uprawnienie kończy się tego samego dnia."
        ),
        EndAfterRemoval.MONTH_LATER: _(
            "Po zawieszeniu, skreśleniu lub przeniesieniu uprawnienie kończy się miesiąc później;"
            " do tego czasu mLegitymacja zostaje, ale nowych zamówień nie ma."
        ),
    }[policy.end_after_removal]
    if settings.ministry.connector is Connector.PANEL:
        receipt = _(
            "Odbiór potwierdza student na stronie; przy pracy z panelem ministerstwa jest tak zawsze."
        )
    elif policy.receipt_from is ReceiptFrom.STUDENT:
        receipt = _("Odbiór potwierdza student na stronie.")
    else:
        receipt = _("O odbiorze portal dowiaduje się od ministerstwa.")
    lifetime = ngettext(
        "Kody działają %(num)d dzień, jeśli ministerstwo nie poda ich terminu.",
        "Kody działają %(num)d dni, jeśli ministerstwo nie poda ich terminu.",
        policy.codes_lifetime_days,
    )
    superseded = (
        _("Po odebraniu nowej mLegitymacji portal wycofuje w ministerstwie poprzednią.")
        if policy.withdraw_superseded
        else _("Po odebraniu nowej mLegitymacji portal nie wycofuje w ministerstwie poprzedniej.")
    )
    return [
        Line(removal, ("policy.end_after_removal",)),
        Line(receipt, ("policy.receipt_from",)),
        Line(lifetime, ("policy.codes_lifetime_days",)),
        Line(superseded, ("policy.withdraw_superseded",)),
    ]


def _extending(policy: Policy) -> list[Line]:
    proposed = _(
        "Portal proponuje przedłużenie do 31 marca, a od %(day)s (do końca września) – do 31 października.",
        day=_day(policy.summer_proposal_from),
    )
    fees = (
        _("Nieopłacone należności nie pozwalają przedłużyć legitymacji.")
        if policy.block_unpaid_fees
        else _("Nieopłacone należności nie przeszkadzają w przedłużeniu.")
    )
    year = (
        _("Niezaliczony rok nie pozwala przedłużyć legitymacji.")
        if policy.block_unclosed_year
        else _("Niezaliczony rok nie przeszkadza w przedłużeniu.")
    )
    album = (
        _("Numer albumu ma %(num)d cyfr; import uzupełnia zgubione zera.", num=policy.album_number_digits)
        if policy.album_number_digits
        else _("Import nie uzupełnia zer w numerach albumu.")
    )
    return [
        Line(proposed, ("policy.summer_proposal_from",)),
        Line(fees, ("policy.block_unpaid_fees",)),
        Line(year, ("policy.block_unclosed_year",)),
        Line(album, ("policy.album_number_digits",)),
    ]


def _day(month_and_day: tuple[int, int]) -> str:
    month, day = month_and_day
    return f"{day} {MONTHS[month - 1]}"
