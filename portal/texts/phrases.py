"""Sentences made of facts: how long, until when, letter by letter. Words for codes are in `texts`."""

from datetime import date, datetime, time, timedelta

from flask_babel import gettext, ngettext

from portal.clock import OFFICE_ZONE, day_of
from portal.texts.dates import day, hour, moment

DIGITS = "0123456789"


def _(words: str, **values: object) -> str:
    return str(gettext(words, **values))


def sentence(words: str) -> str:
    """`words` that end a sentence elsewhere, as a sentence of their own."""
    return f"{words[:1].upper()}{words[1:]}."


def typical_wait(wait: timedelta | None) -> str:
    """What waiting was typical lately; when nothing is known, that it varies."""
    if wait is None:
        return _("Kody przychodzą zwykle po kilku minutach, czasem po kilku godzinach.")
    minutes = round(wait.total_seconds() / 60)
    if minutes < 1:
        return _("Ostatnio kody przychodziły w mniej niż minutę.")
    if minutes < 90:
        minutes_words: str = ngettext(
            "Ostatnio kody przychodziły zwykle po %(num)d minucie.",
            "Ostatnio kody przychodziły zwykle po około %(num)d min.",
            minutes,
        )
        return minutes_words
    hours = round(minutes / 60)
    hours_words: str = ngettext(
        "Ostatnio kody przychodziły zwykle po %(num)d godzinie.",
        "Ostatnio kody przychodziły zwykle po około %(num)d godz.",
        hours,
    )
    return hours_words


def codes_live_until(expire_at: datetime, now: datetime) -> str:
    """Until when the codes can be used, and how many days of the calendar that is."""
    left = (day_of(expire_at - timedelta(microseconds=1)) - day_of(now)).days
    if not left or expire_at - now < timedelta(days=1):
        return _("Kody działają do %(moment)s. Użyj ich jeszcze dziś.", moment=end_moment(expire_at))
    words: str = ngettext(
        "Kody działają do %(moment)s – jeszcze %(num)d dzień.",
        "Kody działają do %(moment)s – jeszcze %(num)d dni.",
        left,
        moment=end_moment(expire_at),
    )
    return words


def end_moment(ends_at: datetime) -> str:
    """When something ends, to follow „do”: midnight in Warsaw as the end of the day before, by which people count."""
    if ends_at.astimezone(OFFICE_ZONE).time() != time():
        return moment(ends_at)
    return _("końca %(day)s", day=day(day_of(ends_at - timedelta(microseconds=1))))


def valid_until(until: date, on: date) -> str:
    """Until when a document is valid, and how many days that is."""
    left = (until - on).days
    if left == 0:
        return _("mLegitymacja jest ważna do dziś, %(day)s.", day=day(until))
    words: str = ngettext(
        "mLegitymacja jest ważna do %(day)s – jeszcze %(num)d dzień.",
        "mLegitymacja jest ważna do %(day)s – jeszcze %(num)d dni.",
        left,
        day=day(until),
    )
    return words


def ordered_by_itself(order_at: datetime, now: datetime) -> str:
    """When the portal orders for a student who need not wait for it."""
    if order_at <= now:
        return _("Za chwilę zamówimy ją za Ciebie. Nie musisz nic robić.")
    if day_of(order_at) == day_of(now):
        return _(
            "Zamówimy ją za Ciebie dziś o %(hour)s. Nie chcesz czekać? Zamów od razu.", hour=hour(order_at)
        )
    return _("Zamówimy ją za Ciebie %(moment)s. Nie chcesz czekać? Zamów od razu.", moment=moment(order_at))


def masked_pesel(pesel: str | None) -> str:
    """A PESEL by its last three digits: enough to recognise one's own, useless to whoever looks over a shoulder."""
    return _("brak") if pesel is None else "••••••••" + pesel[-3:]


def spelled(sign: str) -> str:
    """One sign of an activation code so that l, 1, I, 0 and O cannot be confused."""
    if sign in DIGITS:
        return _("%(sign)s – cyfra", sign=sign)
    if sign.isalpha():
        if sign.isupper():
            return _("%(sign)s – wielka litera", sign=sign)
        return _("%(sign)s – mała litera", sign=sign)
    return _("%(sign)s – znak specjalny", sign=sign)
