import io

import pytest
import qrcode
from PIL import Image

from sandbox.pictures import LARGEST_FILE, PictureRefused, read_qr

TEXT = "0123456789abcdef0123456789abcdef"


def qr(text: str = TEXT, *, side: int = 370) -> Image.Image:
    return qrcode.make(text).get_image().convert("L").resize((side, side), Image.Resampling.NEAREST)


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_screenshot_in_any_accepted_format_is_read(kind: str) -> None:
    assert read_qr(saved(qr(), kind)) == TEXT


def test_a_small_tilted_code_in_a_large_photograph_is_read() -> None:
    photograph = Image.new("L", (4000, 3000), 190)
    photograph.paste(qr(side=460).rotate(8, expand=True, fillcolor=255), (2300, 1700))
    assert read_qr(saved(photograph, "JPEG")) == TEXT


def test_a_code_without_a_ground_of_its_own_is_read_on_white() -> None:
    dark = qr().point(lambda shade: 255 - shade)
    see_through = Image.merge("LA", (Image.new("L", dark.size, 0), dark))
    assert read_qr(saved(see_through)) == TEXT


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (b"", "Tego pliku nie da się odczytać"),
        (b"GIF89a not a picture", "Tego pliku nie da się odczytać"),
        (saved(Image.new("L", (9, 9)), "GIF"), "Tego pliku nie da się odczytać"),
        (saved(qr())[:200], "Tego pliku nie da się odczytać"),
        (saved(Image.new("RGB", (300, 300), "white")), "nie widać kodu QR"),
        (b"\x89PNG" + bytes(LARGEST_FILE), "najwyżej 10 MB"),
    ],
    ids=["empty", "no picture", "other format", "cut off", "no code", "too many bytes"],
)
def test_what_holds_no_code_is_refused_with_the_reason(picture: bytes, why: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        read_qr(picture)
    assert why in refused.value.words


@pytest.mark.parametrize(
    "side", [4001, 10_000, 20_000], ids=["just too large", "Pillow warns", "Pillow refuses"]
)
def test_a_pixel_bomb_is_refused_by_its_header(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = saved(Image.new("1", (side, side)))
    monkeypatch.setattr(Image.Image, "convert", _must_not_be_unpacked)
    with pytest.raises(PictureRefused) as refused:
        read_qr(bomb)
    assert "za dużo pikseli" in refused.value.words


def _must_not_be_unpacked(*args: object, **kwargs: object) -> None:
    raise AssertionError("the picture was unpacked before its size was judged")
