"""Reading a QR code from a picture somebody took, chose or dropped."""

import io

from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 10_000_000  # bytes
LARGEST_PICTURE = 16_000_000  # pixels: more than any screenshot, and what unpacks within some 64 MB
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureRefused(Exception):
    """No code can be read from this picture; `words` tell a person why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def read_qr(picture: bytes) -> str:
    """The text of the QR code in a JPEG, PNG or WebP picture. Raises `PictureRefused`.

    The size is judged by the file's header, before anything is unpacked.
    """
    if len(picture) > LARGEST_FILE:
        raise PictureRefused("Plik jest za duży: najwyżej 10 MB.")
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise PictureRefused("Obraz ma za dużo pikseli: najwyżej 16 milionów.")
            flat = _on_white(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused("Obraz ma za dużo pikseli: najwyżej 16 milionów.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise PictureRefused("Tego pliku nie da się odczytać jako obrazu JPEG, PNG ani WebP.") from None
    return _decoded(flat)


def _on_white(picture: Image.Image) -> Image.Image:
    """In shades of grey, what is transparent as white: so a code saved without its ground is still read."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    shades = picture.convert("LA")
    white = Image.new("L", picture.size, 255)
    white.paste(shades.getchannel("L"), mask=shades.getchannel("A"))
    return white


def _decoded(flat: Image.Image) -> str:
    try:
        import zxingcpp  # with the first picture: the phone also works, by pasted text, where there is no wheel
    except ImportError:
        raise PictureRefused("Ten serwer nie umie czytać obrazów. Wklej tekst kodu.") from None
    found = zxingcpp.read_barcodes(flat, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    if not found:
        raise PictureRefused(
            "Na tym obrazie nie widać kodu QR. Zrób zdjęcie na wprost, ostre, z białym brzegiem."
        )
    return found[0].text
