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


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    text = """
public_url = "http://mlegitymacja.example.edu.pl"
colour = "blue"
[university]
colour = "blue"
[policy]
basis = "both"
renewals = "never"
studies_begin = [2, 30]
[ministry]
url = "ftp://example.edu.pl"
parallel = 0
total_deadline = "long"
lease = 3
client_key = "client.key"
[security]
session_hours = 0
"""
    assert {problem.partition(":")[0] for problem in problems(tmp_path, text)} == {
        "colour",
        "public_url",
        "university.name",
        "university.colour",
        "policy.basis",
        "policy.renewals",
        "ministry.url",
        "ministry.parallel",
        "ministry.total_deadline",
        "ministry.lease",
        "ministry.client_key",
        "security.session_hours",
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[university]\nname = 5", "ma być tekstem w cudzysłowie"),
        ("[university]\nname = ''", "wpisz wartość"),
        (f"[university]\nname = '{'x' * 201}'", "najwyżej 200 znaków"),
        ("[university]\nname = 'x'\ncolour = 'red'", "nie pasuje do wzoru"),
        ("[university]\nname = 'x'\nnickname = 'y'", "nieznana nazwa"),
        ("[university]", "brak wartości"),
        ("[ministry]\nparallel = 'few'", "ma być liczbą"),
        ("[ministry]\nparallel = 99", "ma wynosić najwyżej 32"),
        ("[ministry]\nlease = 25", "ma przekraczać total_deadline o więcej niż 5 s"),
        ("[ministry]\ntotal_deadline = 40", "ma przekraczać total_deadline o więcej niż 5 s"),
        ("[ministry]\nprobe_interval = 0", "ma być większe niż 0"),
        ("[ministry]\nurl = 'https://example.edu.pl/?a=b'", "adres bez znaków ? i #"),
        ("[ministry]\nclient_certificate = 'a.pem'", "podaje się razem"),
        ("[ministry]\ntoken_file = 'nowhere'", "nie ma pliku: token_file"),
        ("[security]\nsign_in_attempts = 1", "ma wynosić co najmniej 3"),
        ("[policy]\nbasis = 'both'", "ma być jednym z: 'els', 'semester'"),
        ("[policy]\nbasis = 'els'\nold = 1", "nieznana nazwa"),
        ("[policy]\nbasis = 'els'\nwithdraw_superseded = 'maybe'", "ma być true albo false"),
        ("[policy]\nbasis = 'els'\nrenewal_days = 0", "renewal_days ma być dodatnie"),
        ("[policy]\nbasis = 'els'\nsummer_proposal_from = [13, 1]", "to [miesiąc, dzień]"),
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
    assert {problem.partition(":")[0] for problem in problems(tmp_path, MANDATORY)} == {
        "ministry.parallel",
        "security.sesion_hours",
    }


def test_an_unreadable_environment_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MINISTRY", "{no json")
    assert "ministry" in problems(tmp_path, MANDATORY)[0]


def test_the_environment_never_moves_the_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", "/elsewhere")
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:////elsewhere")
    settings = load(tmp_path, MANDATORY)
    assert settings.instance == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path / 'portal.sqlite'}"


def test_the_database_url_of_the_environment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://portal@/portal")
    assert load(tmp_path, MANDATORY).database_url == "postgresql+psycopg://portal@/portal"


@pytest.mark.parametrize("name", ["instance", "database_url"])
def test_the_file_cannot_say_where_the_data_are(tmp_path: Path, name: str) -> None:
    assert name in problems(tmp_path, f'{name} = "/elsewhere"\n' + MANDATORY)[0]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="brak pliku"):
        load_settings(tmp_path)


@pytest.mark.parametrize("content", [b"[university", b"name = \xff"])
def test_an_unreadable_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "portal.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"portal\.toml"):
        load_settings(tmp_path)


def test_settings_never_change_after_the_start(tmp_path: Path) -> None:
    settings = load(tmp_path, MANDATORY)
    with pytest.raises(ValidationError):
        settings.demo = True
    with pytest.raises(ValidationError):
        settings.ministry.parallel = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.policy.renewal_days = 1  # type: ignore[misc]


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
