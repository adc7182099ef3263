"""The office's pages for photos: the queue, one student's photo, archives."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.models.accounts import Role
from portal.models.journal import Batch
from portal.models.people import PhotoSubmission, Student
from portal.models.uploads import UploadedFile
from portal.rules.student import SubmissionStatus
from portal.services import photos
from portal.services.photo_archive import LEFT_OUT, PhotoFate
from portal.services.photo_files import make_card_photo
from tests.browser import CheckedClient
from tests.people import POLICY, account_of, make_account, make_office, make_student
from tests.pictures import picture, pixel_bomb
from tests.views.uploads import let_jobs_work, send_file

SignIn = Callable[..., CheckedClient]
QUEUE = "/dziekanat/zdjecia"
ZIP = f"{QUEUE}/archiwum"


def hand_in(student: Student, colour: str = "red", *, minutes_ago: int = 0) -> str:
    photo = make_card_photo(picture(colour=colour), POLICY)
    at = clock.now() - timedelta(minutes=minutes_ago)
    return photos.submit(student.id, photo, actor=account_of(student).id, at=at)


def status_of(submission_id: str) -> SubmissionStatus:
    db.session.expire_all()
    return db.session.get_one(PhotoSubmission, submission_id).status


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def test_the_longest_waiting_comes_first_and_accepting_shows_the_next(sign_in: SignIn) -> None:
    young, old = make_student(surname="Młoda"), make_student(surname="Stara")
    newer, older = hand_in(young), hand_in(old, "blue", minutes_ago=5)
    client = sign_in(make_office())
    page = client.get(QUEUE)
    assert "Wanda Stara" in page.text
    assert "Czekające zdjęcia: 2." in page.text

    answer = client.post_form(page, f"{QUEUE}/{older}/przyjmij", htmx=True)

    assert "Wanda Młoda" in answer.text
    assert "Zdjęcie przyjęte." in answer.text
    assert (status_of(older), status_of(newer)) == (SubmissionStatus.ACCEPTED, SubmissionStatus.WAITING)
    sent = db.session.get_one(PhotoSubmission, older)
    assert db.session.get_one(Student, old.id).photo_sha256 == sent.photo_sha256
    assert sent.decided_by == make_office().id


def test_without_javascript_the_next_one_comes_with_the_page(sign_in: SignIn) -> None:
    submission = hand_in(make_student())
    client = sign_in(make_office())

    answer = client.post_form(client.get(QUEUE), f"{QUEUE}/{submission}/przyjmij")

    assert answer.location == f"{QUEUE}?po={submission}"
    page = client.get(answer.location).text
    assert "Zdjęcie przyjęte." in page
    assert "Żadne zdjęcie nie czeka" in page


def test_a_photo_is_sent_back_with_a_reason_the_student_reads(sign_in: SignIn) -> None:
    student = make_student()
    submission = hand_in(student)
    client = sign_in(make_office())
    page = client.get(QUEUE)

    client.post_form(
        page, f"{QUEUE}/{submission}/odeslij", why="Tło nie jest jasne i jednolite.", words="Może przy oknie?"
    )

    assert status_of(submission) is SubmissionStatus.SENT_BACK
    shown = sign_in(student).get("/mlegitymacja/zdjecie").text
    assert "Tło nie jest jasne i jednolite. Może przy oknie?" in shown


@pytest.mark.parametrize("htmx", [True, False])
def test_without_a_reason_the_same_photo_comes_back_asking_for_one(sign_in: SignIn, htmx: bool) -> None:
    first = hand_in(make_student(surname="Pierwsza"), minutes_ago=9)
    second = hand_in(make_student(surname="Druga"), "blue")
    client = sign_in(make_office())
    page = client.get(f"{QUEUE}?po={first}")
    assert "Wanda Druga" in page.text

    answer = client.post_form(page, f"{QUEUE}/{second}/odeslij", htmx=htmx, why="")

    assert answer.status_code == 422
    assert "Wybierz powód albo napisz, co poprawić" in answer.text
    assert "Wanda Druga" in answer.text
    assert status_of(second) is SubmissionStatus.WAITING


def test_skipping_shows_the_next_and_after_the_last_the_first_again(sign_in: SignIn) -> None:
    first = hand_in(make_student(surname="Pierwsza"), minutes_ago=9)
    second = hand_in(make_student(surname="Druga"), "blue")
    client = sign_in(make_office())

    assert "Wanda Druga" in client.htmx(f"{QUEUE}/nastepne?po={first}").text
    assert "Wanda Pierwsza" in client.htmx(f"{QUEUE}/nastepne?po={second}").text
    assert "Wanda Pierwsza" in client.htmx(f"{QUEUE}/nastepne?po={uuid4()}").text
    assert client.get(f"{QUEUE}/nastepne?po={first}").location == f"{QUEUE}?po={first}"


def test_two_people_deciding_about_one_photo_decide_once(sign_in: SignIn) -> None:
    submission = hand_in(make_student())
    client = sign_in(make_office())
    page = client.get(QUEUE)
    client.post_form(page, f"{QUEUE}/{submission}/przyjmij")

    answer = client.post_form(page, f"{QUEUE}/{submission}/odeslij", htmx=True, why="", words="Za ciemne.")

    assert "ktoś się już zajął" in answer.text
    assert status_of(submission) is SubmissionStatus.ACCEPTED


def test_photos_are_pictures_for_the_office_alone(sign_in: SignIn) -> None:
    student = make_student()
    submission = hand_in(student)
    paths = (f"{QUEUE}/{submission}/obraz", f"{QUEUE}/student/{student.id}")
    for who in (student, make_account(role=Role.ADMIN)):
        client = sign_in(who)
        assert [client.get(path).status_code for path in paths] == [403, 403]
    client = sign_in(make_office())
    assert [client.get(path).mimetype for path in paths] == ["image/jpeg", "image/jpeg"]
    assert client.get(f"{QUEUE}/{uuid4()}/obraz").status_code == 404
    assert client.get(f"{QUEUE}/student/{uuid4()}").status_code == 404


def test_the_office_puts_a_photo_in_found_by_album_number(sign_in: SignIn) -> None:
    student = make_student(photo=None)
    assert student.album_number is not None
    client = sign_in(make_office())

    answer = client.post_form(client.get(QUEUE), f"{QUEUE}/student", album_number=student.album_number)
    address = str(answer.location)
    done = send_file(client, client.get(address), address, "photo", picture(colour="green"))

    assert done.status_code == 303
    assert "Zdjęcie zostało zapisane." in client.get(address).text
    db.session.expire_all()
    assert student.photo_sha256 is not None


def test_an_album_number_of_nobody_is_said_so_and_stays_typed(sign_in: SignIn) -> None:
    client = sign_in(make_office())

    answer = client.post_form(client.get(QUEUE), f"{QUEUE}/student", album_number="000000")

    assert answer.status_code == 422
    assert "Nie ma studenta o tym numerze albumu." in answer.text
    assert 'value="000000"' in answer.text


def test_a_frame_given_by_numbers_is_what_is_kept(sign_in: SignIn) -> None:
    student = make_student(photo=None)
    client = sign_in(make_office())
    address = f"{QUEUE}/student/{student.id}/nowe"
    image = Image.new("RGB", (1000, 1000), "white")
    image.paste("blue", (600, 500, 1000, 1000))
    file = io.BytesIO()
    image.save(file, "PNG")

    send_file(
        client, client.get(address), address, "photo", file.getvalue(), left="600", top="500", width="400"
    )

    answer = client.get(f"{QUEUE}/student/{student.id}")
    with Image.open(io.BytesIO(answer.data)) as kept:
        assert kept.size == (400, 500)
        red, _green, blue = kept.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three bands
        assert (red < 40, blue > 200) == (True, True)


@pytest.mark.parametrize(
    ("content", "crop", "words"),
    [
        (b"no picture", {}, "To nie jest zdjęcie JPEG ani PNG."),
        (picture(100, 100), {}, "za mało pikseli"),
        (pixel_bomb(), {}, "za dużo pikseli"),
        (picture(), {"left": "1", "top": "", "width": ""}, "Wpisz wszystkie albo żadnej."),
        (picture(), {"left": "-1", "top": "0", "width": "300"}, "Wpisz wszystkie albo żadnej."),
        (picture(), {"left": "500", "top": "0", "width": "400"}, "Kadr wychodzi poza zdjęcie."),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused_in_words(
    sign_in: SignIn, content: bytes, crop: dict[str, str], words: str
) -> None:
    student = make_student(photo=None)
    client = sign_in(make_office())
    address = f"{QUEUE}/student/{student.id}/nowe"

    answer = send_file(client, client.get(address), address, "photo", content, **crop)

    assert answer.status_code == 422
    assert words in answer.text
    db.session.expire_all()
    assert student.photo_sha256 is None


def test_an_archive_is_shown_file_by_file_and_written_when_confirmed(sign_in: SignIn) -> None:
    bare, known = make_student(photo=None), make_student()
    client = sign_in(make_office())
    content = archive(
        **{
            f"{bare.album_number}.jpg": picture(colour="red"),
            f"rok 1/{known.album_number}.png": picture(colour="blue", kind="PNG"),
            "999999999.jpg": picture(),
            "spis.txt": b"words",
        }
    )

    address = str(send_file(client, client.get(ZIP), ZIP, "file", content).location)
    assert "Sprawdzam plik" in client.get(address).text
    let_jobs_work()
    page = client.get(address)
    assert "Nie ma studenta o takim numerze albumu" in page.text
    assert "Zapisz zdjęcia: 2" in page.text
    assert f"{bare.album_number}.jpg" in client.get(f"{address}?los=new").text
    assert db.session.scalars(select(Batch)).all() == []

    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    assert "Zdjęcia zapisane" in client.get(address).text
    db.session.expire_all()
    assert bare.photo_sha256 is not None
    assert db.session.scalars(select(Batch)).one().counts["new"] == 1
    assert "nowe 1, zastąpione 1" in client.get(QUEUE).text


def test_the_page_and_the_journal_count_the_same_files_as_left_out(sign_in: SignIn) -> None:
    new, twice, small = (make_student(photo=None).album_number for _ in range(3))
    client = sign_in(make_office())
    content = archive(
        **{
            f"{new}.jpg": picture(),
            f"{twice}.jpg": picture(),
            f"rok 1/{twice}.jpg": picture(),
            f"{small}.jpg": picture(20, 25),
            "999999999.jpg": picture(),
            "spis.txt": b"words",
        }
    )
    address = str(send_file(client, client.get(ZIP), ZIP, "file", content).location)
    let_jobs_work()
    client.post_form(client.get(address), f"{address}/zastosuj")
    let_jobs_work()

    client.get(address)
    (skipped,) = (
        e for e in client.checked_page.all("div") if "Pominięte" in e.text and e.get("class") == "bad"
    )
    assert next(iter(skipped.all("dd"))).text == "5"
    counts = db.session.scalars(select(Batch)).one().counts
    assert {fate: counts[fate] for fate in LEFT_OUT} == dict.fromkeys(LEFT_OUT, 1) | {
        PhotoFate.TWICE_IN_ARCHIVE: 2
    }
    admin = sign_in(make_account(role=Role.ADMIN))
    assert "nowe: 1, pominięte: 5" in admin.get("/admin/dziennik").text


def test_files_that_all_share_one_fate_are_named_by_one_heading_alone(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    content = archive(**{"999999999.jpg": picture()})
    address = str(send_file(client, client.get(ZIP), ZIP, "file", content).location)
    let_jobs_work()

    client.get(address)

    assert client.checked_page.text.count("Nie ma studenta o takim numerze albumu (1)") == 1


def test_a_photo_that_changed_since_the_look_stops_the_whole_archive(sign_in: SignIn) -> None:
    student, other = make_student(photo=None), make_student(photo=None)
    client = sign_in(make_office())
    content = archive(**{f"{one.album_number}.jpg": picture(colour="red") for one in (student, other)})
    address = str(send_file(client, client.get(ZIP), ZIP, "file", content).location)
    let_jobs_work()
    page = client.get(address)
    photo = make_card_photo(picture(colour="green"), POLICY)
    photos.put_photo(student.id, photo, POLICY, actor=make_office().id, at=clock.now())

    client.post_form(page, f"{address}/zastosuj")
    let_jobs_work()

    assert "zmieniły się od czasu sprawdzenia" in client.get(address).text
    db.session.expire_all()
    assert (student.photo_sha256, other.photo_sha256) == (photo.sha256, None)


@pytest.mark.parametrize(
    ("content", "words"), [(b"nothing", "To nie jest archiwum ZIP"), (b"", "To nie jest archiwum ZIP")]
)
def test_what_is_no_archive_is_refused_in_words(sign_in: SignIn, content: bytes, words: str) -> None:
    client = sign_in(make_office())
    address = str(send_file(client, client.get(ZIP), ZIP, "file", content).location)
    let_jobs_work()

    answer = client.get(address)

    assert answer.status_code == 422
    assert words in answer.text


def test_a_discarded_archive_is_gone_and_nobody_else_sees_one(sign_in: SignIn) -> None:
    client = sign_in(make_office())
    address = str(send_file(client, client.get(ZIP), ZIP, "file", archive(**{"1.jpg": picture()})).location)
    let_jobs_work()
    page = client.get(address)

    sign_in(make_account(role=Role.STAFF))
    assert client.get(address).location == ZIP
    sign_in(make_office())
    page = client.get(address)
    assert client.post_form(page, f"{address}/porzuc").location == QUEUE
    assert db.session.scalars(select(UploadedFile)).all() == []
