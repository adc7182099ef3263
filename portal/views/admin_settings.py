"""„Ustawienia” for the administrator: what holds, in words, and where it was decided. To be read, never changed."""

from collections.abc import Iterable

from flask import Blueprint, render_template

from portal.settings import SETTINGS_FILE
from portal.settings_origins import Origin, Origins, differ_from_file, origins
from portal.texts import policy as policy_texts
from portal.views import security
from portal.views.current import settings

pages = Blueprint("admin_settings", __name__)


@pages.get("/admin/ustawienia")
@security.admin
def show() -> str:
    """Every setting in words."""
    present = settings()
    where = origins(present.instance)
    return render_template(
        "admin/settings.html",
        groups=policy_texts.in_words(present),
        by_origin=lambda names: _by_origin(names, where),
        Origin=Origin,
        changed=differ_from_file(present),
        file=present.instance / SETTINGS_FILE,
    )


def _by_origin(names: Iterable[str], where: Origins) -> list[tuple[Origin, list[str]]]:
    """The settings of one sentence by where they were decided, without origins of none."""
    named = list(names)
    found = [(origin, [name for name in named if where.of(name) is origin]) for origin in Origin]
    return [(origin, those) for origin, those in found if those]
