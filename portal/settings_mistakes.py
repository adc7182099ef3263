"""What pydantic finds wrong in the settings, in words for the administrator."""

from collections.abc import Mapping
from typing import Any

NUMBER = "ma być liczbą"
WORDS = {
    "missing": "brak wartości",
    "extra_forbidden": "nieznana nazwa",
    "unexpected_keyword_argument": "nieznana nazwa",
    "string_too_short": "wpisz wartość",
    "string_too_long": "najwyżej {max_length} znaków",
    "string_type": "ma być tekstem w cudzysłowie",
    "string_pattern_mismatch": "nie pasuje do wzoru {pattern}",
    "enum": "ma być jednym z: {expected}",
    "bool_type": "ma być true albo false",
    "bool_parsing": "ma być true albo false",
    "int_type": NUMBER,
    "int_parsing": NUMBER,
    "int_from_float": "ma być liczbą całkowitą",
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "greater_than": "ma być większe niż {gt:g}",
    "greater_than_equal": "ma wynosić co najmniej {ge:g}",
    "less_than_equal": "ma wynosić najwyżej {le:g}",
    "value_error": "{error}",
}


def in_polish(mistake: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()` as `place: what to do`; pydantic's own words where there are none here."""
    place = ".".join(str(part) for part in mistake["loc"]) or "portal.toml"
    details = {**mistake.get("ctx", {})}
    if "expected" in details:
        details["expected"] = details["expected"].replace(" or ", ", ")
    words = WORDS.get(mistake["type"])
    return f"{place}: {words.format(**details) if words else mistake['msg']}"
