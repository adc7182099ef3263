"""What a drawn portrait shows: colours, hair, clothes and a smile, chosen by number."""

from dataclasses import dataclass

from portal.demo.chance import chance
from portal.demo.pen import mixed

GROUNDS = ("#dfe7ef", "#e8e4da", "#dcebe4", "#efe1e1", "#e3e0f0", "#f2ead5", "#d9e8f0", "#e6ecd9")
SKINS = ("#f8d9c4", "#f3cdb2", "#e8b58f", "#d79c73", "#b97b50", "#8e5a38", "#6b4128")
HAIRS = ("#2b2320", "#4a3326", "#6f4a2c", "#9a6b3a", "#c99a54", "#dcb76f", "#a5482a", "#38455c")
CLOTHES = ("#33567f", "#7a3b4e", "#3f6b57", "#5a4a7d", "#a8612f", "#2f3540", "#7f843a", "#b24a4a", "#3d7f8c")
SCARVES = ("#5f8ba8", "#a8708c", "#6f9574", "#b89a55", "#6f6a94")
WOMENS_HAIR = ("long", "bob", "bun", "curls", "plait", "fringe", "scarf")
MENS_HAIR = ("short", "parted", "curls", "cropped", "swept")
COLLARS = ("round", "vee", "shirt", "hood", "stripes")

MIDDLE = 124.0  # points from the picture's left edge to the middle of the face
FACE_Y, FACE_DOWN = 142, 61  # the middle of the face from above, and its reach upwards and downwards


@dataclass(frozen=True, slots=True)
class Look:
    """What one portrait shows. `across`: half the face's width; `smile`: how deep it goes, both in points."""

    ground: str
    skin: str
    hair: str
    clothes: str
    style: str
    collar: str
    across: int
    smile: int
    glasses: bool
    beard: bool
    freckles: bool
    lashes: bool

    @property
    def shadow(self) -> str:
        return mixed(self.skin, "#5a2a1a", 0.28)


def choose_look(number: int, *, feminine: bool) -> Look:
    """What portrait `number` shows."""
    draw = chance("portrait", number, feminine)
    skin = draw.choices(range(len(SKINS)), weights=(8, 8, 5, 3, 2, 1, 1))[0]
    style = draw.choice(WOMENS_HAIR if feminine else MENS_HAIR)
    hairs = HAIRS if skin < 3 else HAIRS[:2]
    return Look(
        ground=draw.choice(GROUNDS),
        skin=SKINS[skin],
        hair=draw.choice(SCARVES if style == "scarf" else hairs),
        clothes=draw.choice(CLOTHES),
        style=style,
        collar=draw.choice(COLLARS),
        across=draw.randint(50, 56),
        smile=draw.randint(8, 15),
        glasses=draw.random() < 0.25,
        beard=not feminine and draw.random() < 0.3,
        freckles=skin < 2 and draw.random() < 0.35,
        lashes=feminine,
    )
