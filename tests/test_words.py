"""All words in one reading."""

import re
from pathlib import Path

from flask import Flask

from portal import words
from portal.texts.conditions import CONDITIONS, REASONS
from portal.texts.orders import STATUSES

ROOT = Path(__file__).parents[1]
MARKED = re.compile(r"""\b_\(\s*["']([^"'{}]+)["']""")


def test_every_marked_text_of_every_template_is_gathered() -> None:
    gathered = words.by_file()
    for file in (ROOT / "portal" / "templates").rglob("*.html"):
        marked = set(MARKED.findall(file.read_text(encoding="utf-8")))
        spoken = {text for _, text in gathered.get(f"{file.relative_to(ROOT)}", [])}
        assert marked <= spoken, file


def test_the_words_for_states_conditions_and_reasons_are_among_them() -> None:
    gathered = words.by_file()
    for module, tables in (("orders", [STATUSES]), ("conditions", [CONDITIONS, REASONS])):
        spoken = {text for _, text in gathered[f"portal/texts/{module}.py"]}
        for table in tables:
            assert {said._args[0] for said in table.values()} <= spoken


def test_singular_and_plural_are_both_gathered() -> None:
    gathered = {text for _, text in words.by_file()["portal/texts/phrases.py"]}
    assert {
        "mLegitymacja jest ważna do %(day)s – jeszcze %(num)d dzień.",
        "mLegitymacja jest ważna do %(day)s – jeszcze %(num)d dni.",
    } <= gathered


def test_the_command_prints_them_file_by_file(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["portal", "words"])
    assert done.exit_code == 0
    blocks = dict(block.split("\n", 1) for block in done.output.strip().split("\n\n"))
    assert "  Zgłoś błąd w danych" in blocks["portal/templates/data_reports/page.html"]
    assert list(blocks) == sorted(blocks)
