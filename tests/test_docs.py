"""What the documents say is there: files, commands, tests, settings, jobs and commands of the administrator."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobs.schedule import SCHEDULE
from portal.cli import portal

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TOUR_LINE = re.compile(r"(?P<indent> *)(?P<name>[\w.-]+/?(?:[\w.-]+)*)  +(?P<words>\S.*)")
PATH = re.compile(r"(?:app|docs|jobs|portal|sandbox|tests)/[\w/.-]*\w")
STATES = {"met", "partly", "not yet", "not applicable"}
INVENTED = ("127.0.0.1", "localhost", "example.edu.pl", "ministry.example")


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def code_in(document: Path) -> Iterator[str]:
    """What stands between backticks, and the indented blocks."""
    text = text_of(document)
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    yield from re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)


def tour() -> dict[str, str]:
    """Every path of the README's tour with its words; folders end with a slash."""
    (block,) = re.findall(
        r"^## Tour of the files\n+```\n(.*?)^```", text_of(README), re.MULTILINE | re.DOTALL
    )
    paths: dict[str, str] = {}
    parents: list[tuple[int, str]] = [(-1, "")]
    for line in block.splitlines():
        found = TOUR_LINE.fullmatch(line)
        assert found, f"not a line of a tour: {line!r}"
        depth = len(found["indent"])
        while parents[-1][0] >= depth:
            parents.pop()
        path = parents[-1][1] + found["name"]
        assert path not in paths, f"named twice: {path}"
        paths[path] = found["words"]
        if path.endswith("/"):
            parents.append((depth, path))
    return paths


def requirements() -> list[tuple[str, str, str]]:
    """Number, state and words of every row of docs/security.md that judges a requirement or a section."""
    rows = re.findall(
        r"^\| (\d[^|]*?)(?:\\\*)? \| ([^|]+) \| (.+) \|$",
        text_of(ROOT / "docs" / "security.md"),
        re.MULTILINE,
    )
    return [(number, state, words) for number, state, words in rows]


def defined_tests() -> set[str]:
    names: set[str] = set()
    for file in (ROOT / "tests").rglob("*.py"):
        names |= {file.name, *re.findall(r"^ *def (test_\w+)\(", text_of(file), re.MULTILINE)}
    return names


def test_every_path_of_the_tour_exists() -> None:
    missing = [path for path in tour() if not (ROOT / path).exists()]
    assert not missing
    assert all((ROOT / path).is_dir() == path.endswith("/") for path in tour())


def test_the_table_of_the_office_names_all_its_views_and_nothing_that_is_not_there() -> None:
    table = re.search(r"^## The office, page by page\n(.*?)^## ", text_of(README), re.MULTILINE | re.DOTALL)
    assert table
    rows = [row.split("|")[2:4] for row in table[1].splitlines() if row.startswith("|")][2:]
    views, services = (
        {name for row in rows for name in re.findall(r"`(\w+)`", row[place])} for place in (0, 1)
    )

    assert {file.stem for file in (ROOT / "portal" / "views").glob("staff_*.py")} <= views
    for folder, named in (("views", views), ("services", services)):
        there = {path.stem for path in (ROOT / "portal" / folder).iterdir()}
        assert named <= there, named - there


def test_the_tour_names_every_program_job_and_folder_of_the_portal() -> None:
    programs = {
        f"{file.relative_to(ROOT)}" for folder in (ROOT, ROOT / "jobs") for file in folder.glob("[!_]*.py")
    }
    packages = {f"portal/{folder.name}/" for folder in (ROOT / "portal").glob("[!_]*/")}
    assert programs | packages <= tour().keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_file_a_document_names_exists(document: Path) -> None:
    named = {path for code in code_in(document) for path in PATH.findall(code)}
    linked = set(re.findall(r"\]\(([\w./-]+)\)", text_of(document)))
    assert not [path for path in named if not (ROOT / path).exists()]
    assert not [path for path in linked if not (document.parent / path).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_make_target_a_document_names_exists(document: Path) -> None:
    targets = set(re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {target for code in code_in(document) for target in re.findall(r"\bmake (\w+)", code)}
    assert named <= targets


def test_the_readme_begins_with_the_two_commands() -> None:
    assert {"make demo", "make test"} <= {" ".join(code.split()[:2]) for code in code_in(README)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_addresses_lead_to_this_machine_or_to_invented_hosts(document: Path) -> None:
    hosts = {
        urlsplit(url).hostname or ""
        for url in re.findall(r"https?://[\w.:-]+|(?<=postgresql\+psycopg:)//[\w.@:-]+", text_of(document))
    }
    assert not [host for host in hosts if not host.endswith(INVENTED)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_administrators_command_in_a_document_exists(document: Path) -> None:
    named = {
        name
        for code in code_in(document)
        for name in re.findall(r"flask (?:--app app )?portal ([\w-]+)", code)
    }
    assert named <= portal.commands.keys()


def test_the_administrators_page_explains_every_job_and_event() -> None:
    page = text_of(ROOT / "docs" / "operations.md")
    assert [job.name for job in SCHEDULE if f"| `{job.name}` |" not in page] == []
    sources = [*(ROOT / "portal").rglob("*.py"), *(ROOT / "jobs").glob("*.py"), ROOT / "launcher.py"]
    events = {
        event
        for file in sources
        for event in re.findall(
            r"log(?:\.(?:info|warning|error|exception))?\(\s*\"([a-z_]+)\"", text_of(file)
        )
    }
    assert events >= {"order_moved", "ministry_called", "signed_in", "failed", "part_ended"}
    assert [event for event in sorted(events) if f"`{event}`" not in page] == []


def test_every_requirement_is_judged_once_and_says_why() -> None:
    numbers = [number for number, _, _ in requirements()]
    assert len([number for number in numbers if number.count(".") == 2]) >= 130
    assert len(numbers) == len(set(numbers))
    assert {state for _, state, _ in requirements()} <= STATES
    assert all(len(words.strip()) > 3 for _, _, words in requirements())


def test_every_test_the_security_page_leans_on_exists() -> None:
    named = {name for _, _, words in requirements() for name in re.findall(r"`(test_\w+(?:\.py)?)`", words)}
    assert len(named) > 40
    assert named <= defined_tests()


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in text_of(ROOT / "CHANGELOG.md")
