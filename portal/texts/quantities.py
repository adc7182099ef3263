"""Figures as people read them: sizes in the unit that fits, numbers with a comma."""

from flask_babel import format_decimal

KILO = 1000
ONE_FIGURE = 10
UNITS = ("B", "kB", "MB", "GB", "TB")


def size(size_in_bytes: int) -> str:
    """Bytes in the unit that fits, with a decimal place only where it tells something."""
    value, unit = float(size_in_bytes), 0
    while value >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    return f"{format_decimal(round(value, 1) if value < ONE_FIGURE else round(value))} {UNITS[unit]}"


def number(value: float) -> str:
    """A number without needless decimal places, its thousands set apart by a space no line breaks at."""
    return str(format_decimal(value)).replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")
