"""The settings file: every mistake named at once, in Polish; the first file explains every setting."""

import dataclasses
import operator
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from portal.instructions import EnglishSteps, Instructions
from portal.preparation import FIRST_SETTINGS
from portal.rules.policy import Basis, Policy, ReceiptFrom
from portal.settings import Settings, SettingsError, load_settings
from portal.settings_groups import Mail, Ministry, Panel, Retention, Security, University
from portal.settings_mistakes import ANY_OTHER

MANDATORY = """
public_url = "https://mlegitymacja.example.edu.pl"
[university]
name = "Akademia Przykładowa"
[policy]
basis = "semester"
"""
GROUPS: dict[str, type[BaseModel]] = {
    "university": University,
    "ministry": Ministry,
    "security": Security,
    "instructions": Instructions,
    "instructions.en": EnglishSteps,
    "panel": Panel,
    "mail": Mail,
    "retention": Retention,
}


def load(instance: Path, text: str) -> Settings:
    (instance / "portal.toml").write_text(text, encoding="utf-8")
    return load_settings(instance)


def problems(instance: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as mistake:
        load(instance, text)
    return mistake.value.problems


def every_setting() -> set[str]:
    names = {f"policy.{field.name}" for field in dataclasses.fields(Policy)}
    names |= {f"{group}.{name}" for group, model in GROUPS.items() for name in model.model_fields}
    names -= GROUPS.keys()
    return names | set(Settings.model_fields) - {"instance", "database_url", "policy", *GROUPS}


def shown_in(file: Path) -> dict[str, object]:
    """The settings a file shows, those in comments, too."""
    uncommented = re.sub(
        r'^# (\w+ = |  "(?=.*",$)|\])', r"\1", file.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    shown: dict[str, object] = {}
    for name, value in tomllib.loads(uncommented).items():
        if isinstance(value, dict):
            shown |= {f"{name}.{inner}": inner_value for inner, inner_value in value.items()}
        else:
            shown[name] = value
    english = shown.pop("instructions.en", {})
    assert isinstance(english, dict)
    return shown | {f"instructions.en.{name}": value for name, value in english.items()}


def filled_in() -> str:
    text = (FIRST_SETTINGS / "university.toml").read_text(encoding="utf-8")
    for blank, value in (
        ('public_url = ""', 'public_url = "https://mlegitymacja.example.edu.pl"'),
        ('\nname = ""', '\nname = "Akademia Przykładowa"'),
        ('\nbasis = ""', '\nbasis = "els"'),
    ):
        assert text.count(blank) == 1
        text = text.replace(blank, value)
    return text


def test_the_first_file_shows_every_setting_and_no_other() -> None:
    assert shown_in(FIRST_SETTINGS / "university.toml").keys() == every_setting()


def test_the_first_file_shows_the_true_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY)
    for name, shown in shown_in(FIRST_SETTINGS / "university.toml").items():
        real = operator.attrgetter(name)(settings)
        if shown == "" or real is None:  # mandatory, or a file there is none of
            continue
        assert real == (tuple(shown) if isinstance(shown, list) else shown) or str(real) == shown, name


def test_the_first_file_asks_for_exactly_three_values(tmp_path: Path) -> None:
    text = (FIRST_SETTINGS / "university.toml").read_text(encoding="utf-8")
    places = [problem.partition(":")[0] for problem in problems(tmp_path, text)]
    assert sorted(places) == ["policy.basis", "public_url", "university.name"]


def test_the_first_file_loads_once_the_three_are_filled_in(tmp_path: Path) -> None:
    settings = load(tmp_path, filled_in())
    assert settings.policy == Policy(basis=Basis.ELS)
    assert settings.university.name == "Akademia Przykładowa"
    assert not settings.demo


def test_every_example_in_the_first_file_is_valid(tmp_path: Path) -> None:
    for name in (
        "ministry.token",
        "ministry-client.pem",
        "ministry-client.key",
        "ministry-ca.pem",
        "mail.password",
        "mail-ca.pem",
    ):
        (tmp_path / name).touch()
    settings = load(tmp_path, re.sub(r'^# (\w+ = |  "(?=.*",$)|\])', r"\1", filled_in(), flags=re.MULTILINE))
    assert settings.ministry.token_file == tmp_path / "ministry.token"


def test_the_demonstrations_file_loads(tmp_path: Path) -> None:
    (tmp_path / "ministry.token").write_text("abc\n")
    settings = load(tmp_path, (FIRST_SETTINGS / "demonstration.toml").read_text(encoding="utf-8"))
    assert settings.demo
    assert not settings.secure
    assert settings.ministry.token() == "abc"
    assert settings.policy.basis is Basis.ELS


def test_every_mistake_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file, in the environment, in every table, between tables, and about the files of the instance."""
    text = """
public_url = "http://mlegitymacja.example.edu.pl"
colour = "blue"
instance = "/elsewhere"
[university]
colour = "blue"
[policy]
basis = "both"
renewals = "never"
renewal_days = 0
codes_lifetime_days = "long"
standing_order_delay_minutes = -1
summer_proposal_from = [2]
studies_begin = [2, 30]
[ministry]
url = "http://example.edu.pl"
token_file = "nowhere"
ca_file = "nowhere"
client_key = "client.key"
total_deadline = "long"
lease = 3
[panel]
package_columns = { "PESEL" = "pesel" }
report_columns = { "PESEL" = "number" }
[mail]
server = "poczta.example.edu.pl"
security = "none"
user = "portal"
digest_to = "dziekanat@example.edu.pl"
ca_file = "nowhere"
[security]
session_hours = 0
[instructions]
on_phone = "Otwórz mObywatela."
[instructions.en]
on_phones = []
"""
    monkeypatch.setenv("DATABASE_URL", "mysql://portal:tajne@db.example.edu.pl/portal")
    monkeypatch.setenv("PORTAL_MINSTRY__TOKEN", "tajne")
    monkeypatch.setenv("PORTAL_MINISTRY__PARALLEL", "0")
    monkeypatch.setenv("PORTAL_MINISTRY__TOKN", "tajne")
    monkeypatch.setenv("PORTAL_RETENTION", "{no json")
    found = problems(tmp_path, text)
    assert sorted(problem.partition(":")[0] for problem in found) == sorted(
        [
            "DATABASE_URL",
            "PORTAL_MINSTRY__TOKEN",
            "colour",
            "instance",
            "public_url",
            "university.name",
            "university.colour",
            "policy.basis",
            "policy.renewals",
            "policy.renewal_days",
            "policy.codes_lifetime_days",
            "policy.standing_order_delay_minutes",
            "policy.summer_proposal_from",
            "policy.studies_begin",
            "ministry.url",
            "ministry.token_file",
            "ministry.ca_file",
            "ministry.client_key",
            "ministry.parallel (PORTAL_MINISTRY__PARALLEL)",
            "ministry.total_deadline",
            "ministry.lease",
            "ministry.tokn (PORTAL_MINISTRY__TOKN)",
            "panel.package_columns",
            "panel.report_columns.PESEL",
            "mail.security",
            "mail.password_file",
            "mail.ca_file",
            "mail.sender",
            "mail.digest_to",
            "retention (PORTAL_RETENTION)",
            "security.session_hours",
            "instructions.on_phone",
            "instructions.en.on_phones",
        ]
    )
    assert "tajne" not in "".join(found)


JUNK = (
    '"x"',
    '""',
    "1",
    "-1",
    "1.5",
    "nan",
    "inf",
    str(10**30),
    "true",
    "2026-02-01",
    "[]",
    "[1]",
    "{}",
    "{ a = 1 }",
)


@pytest.mark.parametrize("junk", JUNK)
def test_whatever_is_written_anywhere_the_mistake_is_told_in_polish_words(tmp_path: Path, junk: str) -> None:
    everything: dict[str, list[str]] = {}
    for name in sorted(every_setting()):
        table, _, key = name.rpartition(".")
        everything.setdefault(table, []).append(f"{key} = {junk}\n")
    text = "".join(
        (f"[{table}]\n" if table else "") + "".join(lines) for table, lines in sorted(everything.items())
    )
    found = problems(tmp_path, text)
    places = {problem.partition(":")[0] for problem in found}
    assert len(places) > 20
    assert all(any(place.startswith(name) for name in every_setting()) for place in places), places
    assert [problem for problem in found if ANY_OTHER in problem] == []
    english = re.compile(r"\b(should|valid|must|input|expected|error|value)\b", re.IGNORECASE)
    assert [problem for problem in found if english.search(problem)] == []
    tables = "".join(
        f"{table} = {junk}\n" for table in [*sorted(GROUPS.keys() - {"instructions.en"}), "policy"]
    )
    found = [one for one in problems(tmp_path, tables) if not one.startswith("public_url")]
    assert [problem for problem in found if ANY_OTHER in problem or english.search(problem)] == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[university]\nname = 5", "ma być tekstem w cudzysłowie"),
        ("[university]\nname = ''", "wpisz wartość"),
        (f"[university]\nname = '{'x' * 201}'", "najwyżej 200 znaków"),
        ("[university]\nname = 'x'\ncolour = 'red'", "ma wyglądać jak #1d4f91"),
        ("[university]\nname = 'x'\nnickname = 'y'", "nieznana nazwa"),
        ("[university]", "brak wartości"),
        ("[ministry]\nparallel = 'few'", "ma być liczbą"),
        ("[ministry]\nparallel = 99", "ma wynosić najwyżej 32"),
        ("[ministry]\nlease = 25", "ma przekraczać total_deadline o więcej niż 5 s"),
        ("[ministry]\ntotal_deadline = 40", "ma przekraczać total_deadline o więcej niż 5 s"),
        ("[ministry]\nprobe_interval = 0", "ma być większe niż 0"),
        ("[ministry]\nurl = 'https://example.edu.pl/?a=b'", "adres bez znaków ? i #"),
        ("[ministry]\nclient_key = 'portal.toml'", "podaje się razem"),
        ("[ministry]\nclient_certificate = 'portal.toml'", "podaje się razem"),
        ("[ministry]\ntoken_file = 'nowhere'", "nie ma pliku /"),
        ("[mail]\nserver = 'x y'", "ma być nazwą serwera albo adresem IP"),
        ("[mail]\nserver = 'poczta.example.edu.pl:587'", "ma być nazwą serwera albo adresem IP"),
        ("[mail]\nserver = 'smtp://poczta.example.edu.pl'", "ma być nazwą serwera albo adresem IP"),
        ("[mail]\nserver = 'x y'\nsecurity = 'none'", "ma być nazwą serwera albo adresem IP"),
        ("[mail]\ndigest_to = 'dziekanat@example.edu.pl'", "ma być listą"),
        ("[mail]\ndigest_to = ['dziekanat']", "ma być adresem e-mail"),
        (
            "[panel]\nreport_columns = { a = 'expires_on' }",
            "order, album_number albo pesel; potrzebne są kolumny",
        ),
        ("[security]\nsign_in_attempts = 1", "ma wynosić co najmniej 3"),
        ("[policy]\nbasis = 'both'", "ma być jednym z: 'els', 'semester'"),
        ("[policy]\nbasis = 'els'\nold = 1", "nieznana nazwa"),
        ("[policy]\nbasis = 'els'\nwithdraw_superseded = 'maybe'", "ma być true albo false"),
        ("[policy]\nbasis = 'els'\nrenewal_days = 0", "ma wynosić co najmniej 1"),
        ("[policy]\nbasis = 'els'\nsummer_proposal_from = [13, 1]", "to być [miesiąc, dzień]"),
    ],
)
def test_a_mistake_is_explained_in_polish(tmp_path: Path, line: str, words: str) -> None:
    group = line.partition("]")[0] + "]"
    rest = "".join(
        part for part in re.split(r"(?=^\[)", MANDATORY, flags=re.MULTILINE) if not part.startswith(group)
    )
    assert [words in problem for problem in problems(tmp_path, rest + line)] == [True]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mlegitymacja.example.edu.pl",
        "http://mlegitymacja.example.edu.pl",
        "ftp://mlegitymacja.example.edu.pl",
        "https://",
        "https://mlegitymacja.example.edu.pl/portal",
        "https://mlegitymacja.example.edu.pl?x=1",
        "https://mlegitymacja.example.edu.pl#x",
        "https://mlegitymacja.example.edu.pl:https",
        "https://somebody:secret@mlegitymacja.example.edu.pl",
    ],
)
def test_a_public_address_that_is_no_secure_origin_is_refused(tmp_path: Path, url: str) -> None:
    text = re.sub(r'public_url = ".*"', f'public_url = "{url}"', MANDATORY)
    assert [problem.partition(":")[0] for problem in problems(tmp_path, text)] == ["public_url"]


def test_a_real_instance_never_reaches_a_ministry_without_tls(tmp_path: Path) -> None:
    for scheme in ("http", "HTTP"):
        assert len(problems(tmp_path, MANDATORY + f'[ministry]\nurl = "{scheme}://127.0.0.1:5051"')) == 1
    assert load(
        tmp_path, "demo = true" + MANDATORY + '[ministry]\nurl = "http://127.0.0.1:5051"'
    ).ministry.url


def test_the_host_is_that_of_the_public_address(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY.replace("edu.pl", "edu.pl:8443/"))
    assert settings.public_url == "https://mlegitymacja.example.edu.pl:8443"
    assert settings.host == "mlegitymacja.example.edu.pl:8443"
    assert settings.secure


def test_the_public_address_is_taken_as_browsers_send_it(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY.replace("https://mlegitymacja", "HTTPS://mLegitymacja"))
    assert settings.host == "mlegitymacja.example.edu.pl"
    assert settings.secure


def test_paths_are_relative_to_the_instance(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text(" abc \n")
    ministry = load(tmp_path, MANDATORY + '[ministry]\ntoken_file = "secrets/token"').ministry
    assert ministry.token_file == tmp_path / "secrets" / "token"
    assert ministry.token() == "abc"


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_UNIVERSITY__NAME", "Inna Akademia")
    monkeypatch.setenv("PORTAL_POLICY__RECEIPT_FROM", "student")
    monkeypatch.setenv("PORTAL_MINISTRY__URL", "https://ministry.example")
    settings = load(tmp_path, MANDATORY + '[ministry]\nurl = "https://other.example"\nparallel = 7')
    assert settings.university.name == "Inna Akademia"
    assert settings.policy == Policy(basis=Basis.SEMESTER, receipt_from=ReceiptFrom.STUDENT)
    assert (settings.ministry.url, settings.ministry.parallel) == ("https://ministry.example", 7)


def test_mistakes_in_the_environment_are_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MINISTRY__PARALLEL", "many")
    monkeypatch.setenv("PORTAL_SECURITY__SESION_HOURS", "3")
    monkeypatch.setenv("PORTAL_MAIL__DIGEST_TO", "dziekanat@example.edu.pl")
    assert problems(tmp_path, MANDATORY) == [
        "ministry.parallel (PORTAL_MINISTRY__PARALLEL): ma być liczbą całkowitą",
        'mail.digest_to (PORTAL_MAIL__DIGEST_TO): ma być listą, jak ["…", "…"]',
        "security.sesion_hours (PORTAL_SECURITY__SESION_HOURS): nieznana nazwa",
    ]


MISTYPED = f"""
demo = "yes"
{MANDATORY}
renewal_days = "30"
codes_lifetime_days = 30.0
block_unpaid_fees = 1
summer_proposal_from = "[2, 16]"
studies_begin = [true, true]
[ministry]
total_deadline = "40"
lease = "50"
parallel = true
repeatable = "on"
"""


def test_a_file_that_writes_yes_or_a_number_as_something_else_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, MISTYPED) == [
        "demo: ma być true albo false",
        "policy.renewal_days: ma być liczbą całkowitą",
        "policy.codes_lifetime_days: ma być liczbą całkowitą",
        "policy.block_unpaid_fees: ma być true albo false",
        "policy.summer_proposal_from: ma to być [miesiąc, dzień], na przykład [10, 1]",
        "policy.studies_begin: ma to być [miesiąc, dzień], na przykład [10, 1]",
        "ministry.total_deadline: ma być liczbą",
        "ministry.lease: ma być liczbą",
        "ministry.parallel: ma być liczbą całkowitą",
        "ministry.repeatable: ma być true albo false",
    ]


def test_no_setting_of_the_file_takes_a_number_or_a_yes_as_text(tmp_path: Path) -> None:
    shown = shown_in(FIRST_SETTINGS / "university.toml")
    plain = {name: value for name, value in shown.items() if isinstance(value, int | float)}
    assert len(plain) > 30
    tables: dict[str, str] = {}
    for name, value in plain.items():
        table, _, key = name.rpartition(".")
        tables[table] = tables.get(table, "") + f'{key} = "{value}"\n'.lower()
    text = "".join(f"[{table}]\n{lines}" if table else lines for table, lines in sorted(tables.items()))
    assert plain.keys() <= {problem.partition(":")[0] for problem in problems(tmp_path, text)}


def test_the_environment_has_only_text_and_is_read_where_the_file_writes_another_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "yes")
    monkeypatch.setenv("PORTAL_POLICY__RENEWAL_DAYS", "20")
    monkeypatch.setenv("PORTAL_POLICY__BLOCK_UNPAID_FEES", "1")
    monkeypatch.setenv("PORTAL_MINISTRY__LEASE", "50")
    settings = load(tmp_path, "demo = 'no'" + MANDATORY + "renewal_days = '40'")
    assert settings.demo
    assert settings.policy.block_unpaid_fees
    assert (settings.policy.renewal_days, settings.ministry.lease) == (20, 50)


@pytest.mark.parametrize(
    "server", ["poczta.example.edu.pl", "poczta", "mail_relay", "poczta.uczelnia-łódź.pl", "10.0.0.5", "::1"]
)
def test_a_mail_server_has_a_name_or_an_address(tmp_path: Path, server: str) -> None:
    text = f'[mail]\nserver = "{server}"\nsender = "mlegitymacja@uczelnia.example"'
    assert load(tmp_path, MANDATORY + text).mail.server == server


def test_columns_take_the_place_of_the_template_and_are_not_added_to_it(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY + '[panel]\npackage_columns = { "Numer" = "order" }\n')
    assert settings.panel.package_columns == {"Numer": "order"}


def test_lists_of_the_environment_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MAIL__DIGEST_TO", '["dziekanat@example.edu.pl"]')
    monkeypatch.setenv("PORTAL_POLICY__STUDIES_BEGIN", "[9, 15]")
    settings = load(tmp_path, MANDATORY)
    assert settings.mail.digest_to == ("dziekanat@example.edu.pl",)
    assert settings.policy.studies_begin == (9, 15)


def test_an_unreadable_environment_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MINISTRY", "{no json")
    assert problems(tmp_path, MANDATORY) == [
        "ministry (PORTAL_MINISTRY): ma być tabelą, a nie pojedynczą wartością"
    ]


@pytest.mark.parametrize("name", ["PORTAL_MINSTRY__TOKEN", "PORTAL_MINISTRY_URL", "PORTAL_", "PORTAL_DEMOO"])
def test_a_variable_that_sets_nothing_is_named_like_an_unknown_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "tajne")
    assert problems(tmp_path, MANDATORY) == [f"{name}: nieznana zmienna środowiska"]


def test_the_environment_never_moves_the_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", "/elsewhere")
    settings = load(tmp_path, MANDATORY)
    assert settings.instance == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path / 'portal.sqlite'}"
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:////elsewhere")
    assert problems(tmp_path, MANDATORY) == ["PORTAL_DATABASE_URL: bazę danych wskazuje zmienna DATABASE_URL"]


def test_the_database_url_of_the_environment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://portal@/portal")
    assert load(tmp_path, MANDATORY).database_url == "postgresql+psycopg://portal@/portal"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "mysql://portal:tajne@db.example.edu.pl/portal?password=tajne",
            "mysql://portal:***@db.example.edu.pl",
        ),
        ("postgresql://portal:tajne@db.example.edu.pl/portal", "postgresql://portal:***@db.example.edu.pl"),
        ("postgres://portal@/portal", "postgres://portal@/portal"),
        ("sqlite+aiosqlite:////srv/portal.sqlite", "sqlite+aiosqlite:////srv"),
        ("sqlite://", "nie wskazuje pliku"),
        ("sqlite:///:memory:", "nie wskazuje pliku"),
        ("tajne", "to nie jest adres bazy danych"),
        ("postgresql+psycopg://portal:tajne@db:tajne/portal", "to nie jest adres bazy danych"),
    ],
)
def test_a_database_the_portal_does_not_work_with_is_refused_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, shown: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    (problem,) = problems(tmp_path, MANDATORY)
    assert problem.startswith("DATABASE_URL: ")
    assert shown in problem
    assert "wpisz postgresql+psycopg://" in problem
    assert "tajne" not in problem


@pytest.mark.parametrize("name", ["instance", "database_url", "_env_file"])
def test_the_file_cannot_say_where_the_data_are(tmp_path: Path, name: str) -> None:
    assert name in problems(tmp_path, f'{name} = "/elsewhere"\n' + MANDATORY)[0]


def test_a_missing_file_is_told_beside_every_mistake_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://portal@db.example.edu.pl/portal")
    monkeypatch.setenv("PORTAL_MINSTRY__TOKEN", "tajne")
    monkeypatch.setenv("PORTAL_MINISTRY__TOKN", "tajne")
    monkeypatch.setenv("PORTAL_MINISTRY__PARALLEL", "0")
    monkeypatch.setenv("PORTAL_UNIVERSITY__COLOUR", "blue")
    with pytest.raises(SettingsError) as mistake:
        load_settings(tmp_path)
    missing, *others = mistake.value.problems
    assert missing.startswith(f"{tmp_path / 'portal.toml'}: brak pliku")
    assert sorted(problem.partition(":")[0] for problem in others) == [
        "DATABASE_URL",
        "PORTAL_MINSTRY__TOKEN",
        "ministry.parallel (PORTAL_MINISTRY__PARALLEL)",
        "ministry.tokn (PORTAL_MINISTRY__TOKN)",
        "university.colour (PORTAL_UNIVERSITY__COLOUR)",
    ]


def test_of_a_file_that_cannot_be_read_nothing_is_said_to_be_missing_or_not_to_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://portal@db.example.edu.pl/portal")
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "http://127.0.0.1")  # fine if the file says `demo`
    monkeypatch.setenv("PORTAL_MAIL__USER", "portal")  # fine if the file names the password's
    monkeypatch.setenv("PORTAL_MINISTRY__TOKN", "tajne")
    assert [problem.partition(":")[0] for problem in problems(tmp_path, "[mail")[1:]] == [
        "DATABASE_URL",
        "ministry.tokn (PORTAL_MINISTRY__TOKN)",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[university", "koniec pliku: brakuje nawiasu ]"),
        (b"# ok\nname = \xff", "wiersz 2: plik ma być zapisany w UTF-8"),
        (b'\n\nname = "x', "koniec pliku: tekst nie ma końca"),
        (b'name = "x\n"', "wiersz 1, znak 10: tekst nie ma końca"),
        (b"name = x", "wiersz 1, znak 8: tak nie zapisuje się wartości"),
        (b"name", "po nazwie ma stać znak ="),
        (b"name = 1\nname = 2", "ta nazwa jest już wyżej"),
        (b"[a]\n[a]", "ta tabela jest już wyżej"),
        (b"name = 1 2", "po wartości zaczyna się nowy wiersz"),
        (b"name = [1", "lista nie ma końca"),
        (b"name = { a = 1", "tabela nie ma końca"),
        (b"name = 2026-02-30", "takiego dnia nie ma"),
        (b"\xef\xbb\xbfname = 1", "tu ma stać"),
        (b'name = "\\z"', "zapisuje się podwójnie"),
        (b'name = "\x01"', "tego zapisu nie da się odczytać"),
    ],
)
def test_an_unreadable_file_is_told_in_polish_beside_the_environments_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setenv("PORTAL_DEMOO", "1")
    (tmp_path / "portal.toml").write_bytes(content)
    with pytest.raises(SettingsError) as mistake:
        load_settings(tmp_path)
    unreadable, variable = mistake.value.problems
    assert unreadable.startswith(f"{tmp_path / 'portal.toml'}: ")
    assert words in unreadable
    assert variable == "PORTAL_DEMOO: nieznana zmienna środowiska"


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").mkdir()
    with pytest.raises(SettingsError, match="nie da się odczytać pliku"):
        load_settings(tmp_path)


def test_settings_never_change_after_the_start(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY)
    with pytest.raises(ValidationError):
        settings.demo = True
    with pytest.raises(ValidationError):
        settings.ministry.parallel = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.policy.renewal_days = 1  # type: ignore[misc]  # the assignment is the point


def test_with_the_panel_students_tell_of_receipt(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY + '\n[ministry]\nconnector = "panel"\n')
    assert settings.policy.receipt_from is ReceiptFrom.STUDENT


def test_a_mail_server_needs_the_university_s_own_sender_and_a_user_a_password(tmp_path: Path) -> None:
    assert problems(tmp_path, MANDATORY + '\n[mail]\nserver = "localhost"\nuser = "portal"\n') == [
        "mail.password_file: konto user wymaga pliku z hasłem",
        "mail.sender: mlegitymacja@example.edu.pl to tylko przykład; wpisz adres, z którego uczelnia wysyła listy",
    ]


def test_mail_leaves_this_machine_only_encrypted(tmp_path: Path) -> None:
    open_mail = '\n[mail]\nserver = "{}"\nsecurity = "none"\nsender = "portal@example.edu.pl"\n'
    assert problems(tmp_path, MANDATORY + open_mail.format("poczta.example.edu.pl")) == [
        "mail.security: bez szyfrowania tylko do serwera na tej samej maszynie"
    ]
    assert load(tmp_path, MANDATORY + open_mail.format("localhost")).mail.server == "localhost"
