"""A student hands in a photo, sees where it stands, and reads what to correct."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.people import PhotoSubmission
from portal.rules.student import SubmissionStatus
from portal.services import photos
from tests.browser import CheckedClient
from tests.people import PASSWORD, POLICY, account_of, make_office, make_student
from tests.pictures import picture
from tests.views.uploads import send_file

SignIn = Callable[..., CheckedClient]
PLACE = "/mlegitymacja/zdjecie"


def waiting() -> PhotoSubmission:
    found = select(PhotoSubmission).where(PhotoSubmission.status == SubmissionStatus.WAITING)
    return db.session.scalars(found).one()


def test_a_photo_handed_in_waits_and_is_shown(sign_in: SignIn) -> None:
    student = make_student(photo=None)
    client = sign_in(student)

    answer = send_file(client, client.get(PLACE), PLACE, "photo", picture())
    page = client.get(str(answer.location))

    assert answer.status_code == 303
    assert "Czeka na sprawdzenie" in page.text
    picture_address = next(e.get("src") for e in client.checked_page.all("img"))
    assert client.get(str(picture_address)).mimetype == "image/jpeg"
    assert waiting().student_id == student.id
    assert "zdjęcie czeka na sprawdzenie w dziekanacie" in client.get("/mlegitymacja").text


def test_a_newer_photo_takes_the_place_of_the_waiting_one(sign_in: SignIn) -> None:
    client = sign_in(make_student(photo=None))
    for colour in ("red", "blue"):
        send_file(client, client.get(PLACE), PLACE, "photo", picture(colour=colour))

    assert waiting().status is SubmissionStatus.WAITING


def test_nobody_elses_photo_has_an_address_here(sign_in: SignIn) -> None:
    client = sign_in(make_student())
    send_file(client, client.get(PLACE), PLACE, "photo", picture())
    address = f"{PLACE}/przeslane/{waiting().id}"
    assert client.get(address).status_code == 200

    assert sign_in(make_student()).get(address).status_code == 404


def test_what_was_sent_back_says_why_and_that_the_old_photo_still_counts(sign_in: SignIn) -> None:
    student = make_student()
    client = sign_in(student)
    send_file(client, client.get(PLACE), PLACE, "photo", picture())
    photos.send_back(waiting().id, "Za ciemne.", actor=make_office().id, at=clock.now())

    page = client.get(PLACE).text

    assert "Za ciemne." in page
    assert "obowiązuje Twoje poprzednie" in page


def test_an_accepted_photo_is_said_to_be(sign_in: SignIn) -> None:
    student = make_student(photo=None)
    client = sign_in(student)
    send_file(client, client.get(PLACE), PLACE, "photo", picture())
    photos.accept(waiting().id, POLICY, actor=make_office().id, at=clock.now())

    assert "Przyjęte" in client.get(PLACE).text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no picture", "To nie jest zdjęcie JPEG ani PNG."), (b"", "To nie jest zdjęcie JPEG ani PNG.")],
)
def test_a_file_that_is_no_photo_is_refused_in_words(sign_in: SignIn, content: bytes, words: str) -> None:
    client = sign_in(make_student())

    answer = send_file(client, client.get(PLACE), PLACE, "photo", content)

    assert answer.status_code == 422
    assert words in answer.text


def test_no_file_chosen_asks_for_one(sign_in: SignIn) -> None:
    client = sign_in(make_student())

    answer = client.post_form(client.get(PLACE), PLACE, photo="")

    assert answer.status_code == 422
    assert "Wybierz zdjęcie." in answer.text


def open_form(page: Page, live: str) -> None:
    user_name = account_of(make_student(photo=None)).user_name
    page.goto(f"{live}/logowanie?dalej={PLACE}")
    page.get_by_label("Nazwa użytkownika").fill(user_name)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się").click()


def choose(page: Page, content: bytes) -> None:
    page.locator("#photo").set_input_files({"name": "ja.jpg", "mimeType": "image/jpeg", "buffer": content})


def open_frame(page: Page, live: str, content: bytes) -> None:
    open_form(page, live)
    choose(page, content)
    expect(frame_of(page)).to_be_visible()


def frame_of(page: Page) -> Locator:
    return page.get_by_role("button", name="Ramka kadru")


def numbers(page: Page) -> tuple[int, int, int]:
    left, top, width = (int(page.locator(f"#crop-{name}").input_value()) for name in ("left", "top", "width"))
    return left, top, width


@pytest.mark.usefixtures("database")
def test_the_frame_moves_and_grows_by_keyboard_and_is_what_is_kept(live: str, page: Page) -> None:
    open_frame(page, live, picture(1000, 1000))
    assert numbers(page) == (100, 0, 800)

    frame_of(page).focus()
    for _ in range(8):
        page.keyboard.press("-")
    left, top, width = numbers(page)
    assert width < 800
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    moved_left, moved_top, same_width = numbers(page)
    assert (moved_left < left, moved_top < top, same_width == width) == (True, True, True)
    page.keyboard.press("+")
    assert numbers(page)[2] > width
    for _ in range(200):
        page.keyboard.press("Shift+ArrowRight")
    left, top, width = numbers(page)
    assert left + width == 1000, "the frame stays within the picture"
    page.get_by_role("button", name="Wyślij zdjęcie").click()
    expect(page.get_by_text("Czeka na sprawdzenie")).to_be_visible()
    db.session.rollback()
    kept = waiting()
    assert kept.status is SubmissionStatus.WAITING


@pytest.mark.usefixtures("database")
def test_the_frame_is_dragged_and_follows_the_slider_and_typed_numbers(live: str, page: Page) -> None:
    open_frame(page, live, picture(1000, 1250))
    page.locator("#crop-size").fill("0")
    assert numbers(page)[2] == 248
    box = frame_of(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] - 2000, box["y"] - 2000, steps=3)
    page.mouse.up()
    assert numbers(page) == (0, 0, 248)

    page.get_by_text("Kadr podany liczbami").click()
    page.locator("#crop-left").fill("40")
    page.locator("#crop-top").fill("60")
    page.locator("#crop-width").fill("402")
    page.locator("#crop-width").press("Tab")
    assert numbers(page) == (40, 60, 400)


@pytest.mark.usefixtures("database")
def test_a_picture_too_small_is_said_to_be_before_it_is_sent(live: str, page: Page) -> None:
    open_form(page, live)
    choose(page, picture(200, 200))

    expect(page.get_by_text("To zdjęcie ma za mało pikseli")).to_be_visible()
    expect(frame_of(page)).to_be_hidden()


@pytest.mark.usefixtures("database")
def test_a_picture_chosen_before_the_script_came_gets_its_frame_too(live: str, page: Page) -> None:
    held: list[Route] = []
    page.route("**/crop.js*", lambda script: held.append(script))
    with page.expect_request("**/crop.js*"):
        open_form(page, live)
    choose(page, picture())
    expect(page.locator(".crop-work")).to_be_hidden()

    for script in held:
        script.continue_()

    expect(frame_of(page)).to_be_visible()
