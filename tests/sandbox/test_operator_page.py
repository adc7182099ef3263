import pytest

from sandbox.control import Mode
from sandbox.operator_page import MODES, SECONDS
from tests.ministry_server import SandboxServer
from tests.sandbox.ordering import collect, order
from tests.sandbox.visiting import Visitor


@pytest.fixture
def visitor(sandbox: SandboxServer) -> Visitor:
    visitor = Visitor(sandbox)
    visitor.open("/")
    return visitor


def settings(**changes: str) -> dict[str, str]:
    typed = {"processing_seconds": "8", "slow_seconds": "5", "code_lifetime_seconds": "60"}
    return typed | {"replaces_on": "collect", "honours_keys": "1"} | changes


def test_it_says_whose_it_is_not(visitor: Visitor) -> None:
    (title,) = visitor.page.all("title")
    assert title.text == "Ministerstwo – piaskownica"
    assert visitor.shows("To nie jest system ministerstwa")


def test_every_mode_is_explained_and_set_by_one_press(sandbox: SandboxServer, visitor: Visitor) -> None:
    assert set(MODES) == set(Mode)
    for mode, (name, meaning) in MODES.items():
        visitor.send("/tryb", mode=mode)
        assert sandbox.ask("GET", "/control")[1]["mode"] == mode
        pressed = [one.text for one in visitor.page.all("button") if one.get("aria-pressed") == "true"]
        assert pressed == [f"{name} {meaning}"]


def test_an_unknown_mode_changes_nothing(sandbox: SandboxServer, visitor: Visitor) -> None:
    visitor.send("/tryb", mode="asleep")
    assert visitor.status == 422
    assert sandbox.ask("GET", "/control")[1]["mode"] == "ok"


def test_the_settings_are_saved_as_people_type_them(sandbox: SandboxServer, visitor: Visitor) -> None:
    typed = settings(slow_seconds="2,5", code_lifetime_seconds="2 592 000", replaces_on="never")
    del typed["honours_keys"]  # a box that is not ticked is not sent
    visitor.send("/ustawienia", **typed)
    assert visitor.shows("Zapisano ustawienia.")
    assert sandbox.ask("GET", "/control")[1] == {
        "mode": "ok",
        "processing_seconds": 8,
        "slow_seconds": 2.5,
        "code_lifetime_seconds": 2_592_000,
        "honours_keys": False,
        "replaces_on": "never",
        "calendar_ahead_seconds": 0,
    }
    values = {one.get("id"): one.get("value") for one in visitor.page.all("input")}
    assert (values["slow_seconds"], values["code_lifetime_seconds"]) == ("2,5", "2592000")


@pytest.mark.parametrize("wrong", [field.name for field in SECONDS])
@pytest.mark.parametrize("value", ["", "dużo", "-1", "nan", "1e99"])
def test_a_wrong_number_is_pointed_at_and_nothing_saved(
    sandbox: SandboxServer, visitor: Visitor, wrong: str, value: str
) -> None:
    before = sandbox.ask("GET", "/control")
    visitor.send("/ustawienia", **settings(**{wrong: value, "replaces_on": "never"}))
    assert visitor.status == 422
    assert "Nie zapisano" in visitor.problem()
    marked = [one for one in visitor.page.all("input") if one.get("aria-invalid")]
    assert [(one.get("id"), one.get("value")) for one in marked] == [(wrong, value)]
    (chosen,) = [one for one in visitor.page.all("option") if "selected" in one.attributes]
    assert chosen.get("value") == "never"
    assert sandbox.ask("GET", "/control") == before


def test_it_shows_the_latest_calls_and_live_cards_without_persons_and_codes(
    sandbox: SandboxServer, visitor: Visitor
) -> None:
    report = order(sandbox, "490001")
    collect(sandbox, report, "490001")
    visitor.open("/")
    for shown in ("490001", report["card_number"], report["key"][:8], "Na telefonie", "Telefon 490001"):
        assert visitor.shows(shown)
    for hidden in (
        "67910712340",
        "Przykładowa",
        report["codes"]["qr_payload"],
        report["codes"]["activation_code"],
    ):
        assert not visitor.shows(hidden)
    visitor.follow("Telefon 490001")
    assert visitor.path == "/telefon/490001"


@pytest.mark.parametrize("phone", ["a/b", ".."])
def test_a_phone_no_address_can_carry_is_named_without_a_link(
    sandbox: SandboxServer, visitor: Visitor, phone: str
) -> None:
    collect(sandbox, order(sandbox, "490003"), phone)
    visitor.open("/")
    assert phone in [cell.text for cell in visitor.page.all("td")]
    assert phone not in [link.text for link in visitor.page.all("a")]
    visitor.open("/telefon")
    assert phone not in [link.text for link in visitor.page.all("a")]


def test_failed_calls_are_on_it_as_well(sandbox: SandboxServer, visitor: Visitor) -> None:
    sandbox.control(mode="down")
    sandbox.ask("POST", "/v1/requests/look-up", {"keys": ["a", "b"]})
    visitor.open("/")
    ledger = list(visitor.page.all("table"))[-1]
    first = next(row for row in ledger.all("tr") if next(row.all("td"), None))
    assert [cell.text for cell in first.all("td")][1:] == [
        "Pytanie o stan",
        "HTTP 503",
        "Nie odpowiada",
        "2 klucze",
    ]


def test_numbers_count_what_was_done(sandbox: SandboxServer, visitor: Visitor) -> None:
    def figures() -> dict[str, int]:
        visitor.open("/")
        return {
            row.children[0].text: int(row.children[1].text)
            for data in visitor.page.all("dl")
            for row in data.children
        }

    before = figures()
    collect(sandbox, order(sandbox, "490002"), "490002")
    after = figures()
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {"Złożenie": 1, "Telefon": 1, "Na telefonie": 1}
