import ast
from datetime import UTC, datetime
from pathlib import Path

import portal.ministry.port
from portal.ministry.port import Codes, Report, RequestState
from tests.ministry_server import application


def test_nothing_of_a_person_and_no_code_shows_in_a_repr() -> None:
    codes = Codes("0123456789abcdef", "z8e+6Ys$", datetime(2026, 11, 1, tzinfo=UTC))
    report = Report("k", RequestState.READY, "200001", codes, "9000000001", None, None, None)
    shown = repr((application("200001"), report, codes))
    hidden = (
        "200001",
        "67910712340",
        "Maria",
        "Przykładowa",
        "1867",
        "0123456789abcdef",
        "z8e+6Ys$",
        "9000000001",
    )
    assert [one for one in hidden if one in shown] == []


def test_the_port_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(portal.ministry.port.__file__).read_text())
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported == {"collections.abc", "dataclasses", "datetime", "enum", "typing"}
