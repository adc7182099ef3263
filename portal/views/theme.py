"""The university's colour, adjusted until it can be read on light and on dark pages whatever it is."""

CONTRAST = 5.5  # WCAG asks for 4.5:1 of text; a little more keeps small labels comfortable
LIGHT_GROUND, DARK_GROUND = "#ffffff", "#18202b"
INK_ON_DARK = "#0c1118"
STEPS = 40


def theme_css(colour: str) -> str:
    """Custom properties for `colour` (#rrggbb): readable as text, and as a ground for text, in both themes."""
    light = _readable(colour, on=LIGHT_GROUND, towards="#000000")
    dark = _readable(colour, on=DARK_GROUND, towards="#ffffff")
    return (
        f":root{{--accent:{light};--on-accent:#fff}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{INK_ON_DARK}}}}}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _readable(colour: str, *, on: str, towards: str) -> str:
    """`colour` mixed with as little of `towards` as makes it readable `on` that ground."""
    mixes = (_mix(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(mixed for mixed in mixes if contrast(mixed, on) >= CONTRAST)


def _mix(colour: str, other: str, share: float) -> str:
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _shares(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(colour: str) -> list[float]:
    return [channel / 255 for channel in _channels(colour)]


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
