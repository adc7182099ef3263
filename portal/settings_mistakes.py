"""What is wrong in the settings, in words for the administrator: where, and what to write instead."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "PORTAL_"
BETWEEN = "__"

NUMBER = "ma być liczbą"
WHOLE_NUMBER = "ma być liczbą całkowitą"
TEXT = "ma być tekstem w cudzysłowie"
YES_OR_NO = "ma być true albo false"
LIST = 'ma być listą, jak ["…", "…"]'
MONTH_AND_DAY = "ma to być [miesiąc, dzień], na przykład [10, 1]"
TABLE = "ma być tabelą, a nie pojedynczą wartością"
WORDS = {
    "missing": "brak wartości",
    "extra_forbidden": "nieznana nazwa",
    "string_too_short": "wpisz wartość",
    "string_too_long": "najwyżej {max_length} znaków",
    "string_type": TEXT,
    "string_unicode": TEXT,
    "path_type": TEXT,
    "enum": "ma być jednym z: {expected}",
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "tuple_type": LIST,
    "dict_type": TABLE,
    "model_type": TABLE,
    "model_attributes_type": TABLE,
    "greater_than": "ma być większe niż {gt:g}",
    "greater_than_equal": "ma wynosić co najmniej {ge:g}",
    "less_than_equal": "ma wynosić najwyżej {le:g}",
    "value_error": "{error}",
}
ANY_OTHER = "takiej wartości tu być nie może"

# By how Python's reader of TOML begins to say it.
UNREADABLE = {
    "Invalid statement": "tu ma stać „nazwa = wartość” albo [tabela]",
    "Expected newline": "po wartości zaczyna się nowy wiersz",
    "Expected '=' after": "po nazwie ma stać znak =",
    "Expected ']": "brakuje nawiasu ]",
    "Invalid initial character": "brakuje nazwy albo zaczyna się od znaku, którego w nazwie być nie może",
    "Invalid value": "tak nie zapisuje się wartości; tekst ma stać w cudzysłowie",
    "Cannot overwrite a value": "ta nazwa jest już wyżej",
    "Cannot declare": "ta tabela jest już wyżej",
    "Cannot redefine": "ta tabela jest już wyżej",
    "Unclosed array": "lista nie ma końca: brakuje nawiasu ]",
    "Unclosed inline table": "tabela nie ma końca: brakuje nawiasu }",
    "Duplicate inline table key": "ta nazwa stoi w tabeli dwa razy",
    "Unterminated string": "tekst nie ma końca: brakuje cudzysłowu",
    "Illegal character '\\n'": "tekst nie ma końca: brakuje cudzysłowu",
    "Unescaped": "znak \\ w tekście zapisuje się podwójnie: \\\\",
    "Invalid date": "takiego dnia nie ma w kalendarzu",
}
UNREADABLE_SOMEHOW = "tego zapisu nie da się odczytać"
PLACE = re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)")


def in_polish(mistake: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()` as `place: what to do`. Never quotes a value: some are secret."""
    details = {**mistake.get("ctx", {})}
    if "expected" in details:
        details["expected"] = details["expected"].replace(" or ", ", ")
    words = WORDS.get(mistake["type"], ANY_OTHER).format(**details)
    return f"{_place(mistake['loc'])}: {words}"


def unreadable_in_polish(mistake: tomllib.TOMLDecodeError | UnicodeDecodeError) -> str:
    """Why a whole file cannot be read, and in which line."""
    if isinstance(mistake, UnicodeDecodeError):
        line = mistake.object.count(b"\n", 0, mistake.start) + 1
        return f"wiersz {line}: plik ma być zapisany w UTF-8"
    said = str(mistake)
    words = next((ours for theirs, ours in UNREADABLE.items() if said.startswith(theirs)), UNREADABLE_SOMEHOW)
    found = PLACE.search(said)
    return f"wiersz {found['line']}, znak {found['column']}: {words}" if found else f"koniec pliku: {words}"


def unknown_variables(tables_and_values: Sequence[str]) -> list[str]:
    """Each PORTAL_ variable of the environment that sets nothing: a misspelt one would pass unnoticed.

    Names inside the tables are looked at with the values.
    """
    unknown = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX):
            first = name[len(PREFIX) :].lower().partition(BETWEEN)[0]
            if first == "database_url":
                unknown.append(f"{name}: bazę danych wskazuje zmienna DATABASE_URL")
            elif first not in tables_and_values:
                unknown.append(f"{name}: nieznana zmienna środowiska")
    return unknown


def _place(where: Sequence[str | int]) -> str:
    """As in the file, and the variable if it was that which said it."""
    if where == ("database_url",):
        return "DATABASE_URL"
    said = {name.upper(): name for name in os.environ}
    variables = (PREFIX + BETWEEN.join(map(str, where[:depth])).upper() for depth in range(len(where), 0, -1))
    variable = next((said[name] for name in variables if name in said), None)
    place = ".".join(map(str, where))
    return f"{place} ({variable})" if variable else place
