"""Extending by list: filters, selection, the preview and the act."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock
from portal.database import transaction
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.cards import CardExtension
from portal.models.journal import Batch
from portal.models.people import Student
from portal.rules.student import EnrolmentStatus
from portal.rules.validity import proposed_until
from portal.services import student_lists
from portal.services.register import note_change
from tests.browser import CheckedClient, form_fields
from tests.people import POLICY, extend, make_account, make_office, make_student

SignIn = Callable[..., CheckedClient]
LIST = "/dziekanat/przedluzanie/lista"
PREVIEW, APPLY = f"{LIST}/podglad", f"{LIST}/przedluz"


@pytest.fixture
def office(sign_in: SignIn) -> CheckedClient:
    """The dean's office, signed in."""
    return sign_in(make_office())


def unextended(**kept: Any) -> Student:
    return make_student(extended_until=None, **kept)


def extended_count() -> int:
    return db.session.scalar(select(func.count()).select_from(CardExtension)) or 0


def figures(client: CheckedClient) -> list[str]:
    return [figure.text.strip() for figure in client.checked_page.all("dd")]


def named(client: CheckedClient) -> list[str]:
    """The surnames on the list, in its order."""
    labels = [label for label in client.checked_page.all("label") if (label.get("for") or "")[:4] == "kto-"]
    return [label.text.split()[0] for label in labels]


def previewed(client: CheckedClient, page: TestResponse, scope: str, **ticked: str) -> TestResponse:
    """The preview that one of the two buttons above the list leads to."""
    return client.get(PREVIEW, query_string={**form_fields(page, PREVIEW), "zakres": scope, **ticked})


def filter_form(client: CheckedClient, page: TestResponse, **typed: str) -> dict[str, str]:
    """What the filter's form on `page`, which was answered last, sends with this chosen and typed in it."""
    selects = {str(one.get("name")): one for one in client.checked_page.all("select")}
    assert typed.keys() <= {*selects, "do", "podstawa"}
    chosen = {
        name: next(
            (str(one.get("value")) for one in select.all("option") if "selected" in one.attributes), ""
        )
        for name, select in selects.items()
    }
    return {**form_fields(page, LIST), **chosen, **typed}


def filtered(client: CheckedClient, **typed: str) -> TestResponse:
    """The redirect to the list that „Pokaż” asks for."""
    return client.post(LIST, data=filter_form(client, client.get(LIST), **typed))


def everybody(client: CheckedClient, query: str = "") -> TestResponse:
    """The preview for all who match, as the button beside the list asks for it: with the filter's form."""
    client.get(LIST + query)
    button = next(one for one in client.checked_page.all("button") if one.get("value") == "wszyscy")
    assert (button.get("form"), button.get("formaction")) == ("filter", PREVIEW)
    fields = {**filter_form(client, client.get(LIST + query)), "zakres": "wszyscy"}
    return client.get(str(client.post(PREVIEW, data=fields).location))


def test_the_list_counts_the_extended_and_the_remaining(office: CheckedClient) -> None:
    make_student()
    unextended()
    unextended()

    office.get(LIST)

    assert figures(office)[:2] == ["1", "2"]


@pytest.mark.parametrize(
    ("query", "surnames"),
    [
        ("?wydzial=Wydział+A", ["Ada"]),
        ("?kierunek=Logika", ["Ada", "Bea"]),
        ("?rok=3", ["Bea"]),
        ("?grupa=Z-1", ["Cyd"]),
        ("?status=on_leave", ["Cyd"]),
        ("?stopien=second_cycle", []),
        ("?waznosc=until_then", ["Bea"]),
        ("?waznosc=not_until_then", ["Ada", "Cyd"]),
        ("?rok=x&status=dziwny", ["Ada", "Bea", "Cyd"]),
    ],
)
def test_filters_narrow_the_list(office: CheckedClient, query: str, surnames: list[str]) -> None:
    unextended(surname="Ada", faculty="Wydział A", programme="Logika")
    make_student(surname="Bea", programme="Logika", year=3)
    unextended(surname="Cyd", group_name="Z-1", status=EnrolmentStatus.ON_LEAVE)

    office.get(LIST + query)

    assert named(office) == surnames


def test_selecting_nobody_is_said_where_the_list_is(office: CheckedClient) -> None:
    unextended()

    answer = previewed(office, office.get(LIST), "zaznaczeni")

    assert answer.status_code == 422
    assert "Zaznacz przynajmniej jedną osobę" in answer.text


def test_only_the_ticked_are_extended(office: CheckedClient) -> None:
    ticked, other = unextended(), unextended()

    preview = previewed(office, office.get(LIST), "zaznaczeni", kto=ticked.id)
    done = office.post_form(preview, APPLY)

    assert done.status_code == 303
    assert db.session.scalars(select(CardExtension.student_id)).all() == [ticked.id]
    assert other.id != ticked.id


def test_the_ticked_who_changed_meanwhile_are_shown_once_more(office: CheckedClient) -> None:
    ticked = unextended(surname="Zaznaczona")
    preview = previewed(office, office.get(LIST), "zaznaczeni", kto=ticked.id)
    extend(ticked, proposed_until(clock.today(), POLICY))

    again = office.get(office.post_form(preview, APPLY).location)

    assert again.request.args.getlist("kto") == [ticked.id]
    assert "nic nie zapisano" in again.text
    assert figures(office) == ["0", "1", "0"]


def test_a_whole_page_ticked_fits_into_an_address(office: CheckedClient) -> None:
    """Servers take 4,094 bytes of one; names and reasons are as long as they get in earnest."""
    names = {
        "faculty": "Wydział Nauk o Żywności i Zdrowiu Człowieka",
        "programme": "Dietetyka i żywienie człowieka",
    }
    for _ in range(student_lists.PAGE):
        unextended(**names)
    basis = "Zarządzenie Rektora w sprawie przedłużania ważności legitymacji studenckich w razie żałoby. " * 3
    odd = clock.today().replace(day=28).replace(year=clock.today().year + 1)
    wish = {
        "wydzial": names["faculty"],
        "kierunek": names["programme"],
        "do": str(odd),
        "podstawa": basis[:300],
    }
    page = office.get(str(filtered(office, **wish).location))
    people = [one.get("value") for one in office.checked_page.all("input") if one.get("name") == "kto"]

    fields = {**form_fields(page, PREVIEW), "zakres": "zaznaczeni", "kto": people}
    preview = office.get(PREVIEW, query_string=fields)

    assert figures(office)[0] == str(student_lists.PAGE)
    assert len(preview.request.full_path) < 4000


def test_everybody_who_matches_is_more_than_the_page_shows(
    office: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_lists, "PAGE", 2)
    for surname in ("Ada", "Bea", "Cyd"):
        unextended(surname=surname)
    office.get(LIST)
    assert named(office) == ["Ada", "Bea"]

    following = next(a for a in office.checked_page.all("a") if "Następna strona" in a.text)
    office.get(str(following.get("href")))
    assert named(office) == ["Cyd"]
    assert "Ada" not in str(following.get("href"))
    office.post_form(everybody(office), APPLY)

    assert extended_count() == 3


def test_the_preview_names_who_is_left_out_and_why_and_writes_nothing(office: CheckedClient) -> None:
    unextended()
    unextended(surname="Skreślona", status=EnrolmentStatus.REMOVED)
    make_student(surname="Gotowa")
    before = extended_count()

    preview = everybody(office)

    assert figures(office) == ["1", "1", "1"]
    assert re.search(r"nie ma teraz studiów.*Skreślona", preview.text, re.DOTALL)
    assert "Gotowa" in preview.text
    assert extended_count() == before


def test_a_filter_chosen_but_not_shown_counts_for_everybody_who_matches(office: CheckedClient) -> None:
    unextended(surname="Ada", year=1)
    unextended(surname="Bea", year=3)
    page = office.get(LIST)  # everybody is shown, and year 3 is chosen without „Pokaż”

    fields = filter_form(office, page, rok="3")
    preview = office.get(str(office.post(PREVIEW, data={**fields, "zakres": "wszyscy"}).location))

    assert figures(office)[0] == "1"
    assert not [one for one in office.checked_page.all("button") if "autofocus" in one.attributes]
    office.post_form(preview, APPLY)
    assert extended_count() == 1


def test_the_preview_of_everybody_has_an_address_and_without_a_scope_leads_to_the_list(
    office: CheckedClient,
) -> None:
    unextended()

    assert office.get(f"{PREVIEW}?rok=2").location == f"{LIST}?rok=2"


def test_a_batch_is_named_by_the_filter_it_was_made_with(office: CheckedClient) -> None:
    ticked = unextended(faculty="Wydział A", year=2)
    unextended(faculty="Wydział B", year=2)
    only = previewed(office, office.get(f"{LIST}?wydzial=Wydział+A"), "zaznaczeni", kto=ticked.id)
    office.post_form(only, APPLY)

    made = office.post_form(everybody(office, "?wydzial=Wydział+B&rok=2"), APPLY)

    assert "Skąd: Wydział B, rok 2" in office.get(made.location).text
    office.get("/dziekanat/przedluzanie/partie")
    named = [cell.text for cell in office.checked_page.all("td") if cell.get("data-label") == "Skąd"]
    assert named == ["Wydział B, rok 2", "zaznaczone osoby: 1 (Wydział A)"]


def test_the_act_leads_to_its_batch_with_the_counts(office: CheckedClient) -> None:
    unextended(surname="Nowa")
    unextended(status=EnrolmentStatus.REMOVED)

    done = office.post_form(everybody(office), APPLY)
    page = office.get(str(done.location))

    assert "Partia przedłużona" in page.text
    assert "Nowa Wanda" in page.text
    assert "nie ma teraz studiów, które dają prawo do legitymacji: 1" in re.sub(r"<[^>]+>", "", page.text)


def test_a_second_click_changes_nothing_and_shows_how_things_stand(office: CheckedClient) -> None:
    unextended()
    preview = everybody(office)
    office.post_form(preview, APPLY)

    again = office.get(office.post_form(preview, APPLY).location)

    assert again.request.path == PREVIEW
    assert "nic nie zapisano" in again.text
    assert (extended_count(), db.session.scalar(select(func.count()).select_from(Batch))) == (1, 1)


def test_what_changed_since_the_preview_is_shown_before_anything_is_done(office: CheckedClient) -> None:
    unextended()
    preview = everybody(office)
    late = unextended(surname="Spóźniona", status=EnrolmentStatus.REMOVED)
    with transaction():
        note_change(late.id)

    again = office.get(office.post_form(preview, APPLY).location)

    assert "Spóźniona" in again.text
    assert extended_count() == 0
    assert office.post_form(again, APPLY).status_code == 303
    assert extended_count() == 1


def test_an_odd_date_needs_its_basis_on_the_list_too(office: CheckedClient) -> None:
    unextended()

    answer = office.get(f"{LIST}?do={clock.today().replace(day=28).replace(year=clock.today().year + 1)}")

    assert answer.status_code == 422
    assert "wymaga podstawy prawnej" in answer.text


def test_an_odd_date_with_its_basis_reaches_the_extensions(office: CheckedClient) -> None:
    odd = clock.today().replace(day=28).replace(year=clock.today().year + 1)
    unextended()

    office.post_form(everybody(office, f"?do={odd}&podstawa=Ustawa"), APPLY)

    kept = db.session.scalars(select(CardExtension)).one()
    assert (kept.until, kept.legal_basis) == (odd, "Ustawa")


def test_nobody_to_extend_offers_no_button(office: CheckedClient) -> None:
    make_student()

    preview = everybody(office)

    assert "Nie ma kogo przedłużyć" in preview.text
    assert f'action="{APPLY}"' not in preview.text


def test_the_list_for_paper_holds_everybody_who_matches(office: CheckedClient) -> None:
    student = unextended(surname="Papierowa", group_name="Z-1")
    extend(student, proposed_until(clock.today(), POLICY))
    unextended(surname="Inna")

    page = office.get(f"{LIST}/druk?grupa=Z-1")

    assert "Papierowa" in page.text
    assert "Inna" not in page.text


def test_no_list_shows_a_pesel(office: CheckedClient) -> None:
    student = unextended()
    pages = [office.get(LIST), office.get(f"{LIST}/druk"), everybody(office)]

    assert student.pesel is not None
    assert not any(student.pesel in page.text for page in pages)


def test_a_legal_basis_never_stands_in_an_address(office: CheckedClient) -> None:
    odd = clock.today().replace(day=28).replace(year=clock.today().year + 1)
    basis = "decyzja dot. 44051401359"
    student = unextended(faculty="Wydział N3")
    wish = {"do": str(odd), "podstawa": basis, "wydzial": "Wydział N3"}

    shown = filtered(office, **wish)
    page = office.get(str(shown.location))
    fields = filter_form(office, page)
    assert fields["podstawa"] == basis
    ticked = previewed(office, page, "zaznaczeni", kto=student.id)
    everyone = office.post(PREVIEW, data={**fields, "zakres": "wszyscy"})
    preview = office.get(str(everyone.location))

    assert re.search(r"Wydział N3</span>\s+· podstawa: decyzja dot\. 44051401359", preview.text)
    links = [one.get("href") or "" for one in office.checked_page.all("a")]
    addresses = [str(shown.location), ticked.request.url, str(everyone.location), *links]
    assert not [one for one in addresses if "44051401359" in one or "decyzja" in one]
    office.post_form(preview, APPLY)
    assert db.session.scalars(select(CardExtension.legal_basis)).one() == basis


def test_a_date_that_cannot_be_used_is_still_told_after_the_redirect(office: CheckedClient) -> None:
    unextended()

    answer = filtered(office, do="wkrótce")
    page = office.get(str(answer.location))

    assert (answer.status_code, page.status_code) == (303, 422)
    assert "Wpisz datę" in page.text


def test_a_legal_basis_sealed_for_one_person_is_nothing_to_another(
    office: CheckedClient, sign_in: SignIn
) -> None:
    odd = clock.today().replace(day=28).replace(year=clock.today().year + 1)
    unextended()
    shown = filtered(office, do=str(odd), podstawa="Ustawa o X")

    other = sign_in(make_account(role=Role.STAFF)).get(str(shown.location))

    assert other.status_code == 422
    assert "Ustawa o X" not in other.text
