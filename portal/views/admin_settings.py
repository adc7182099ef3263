"""„Ustawienia” for the administrator: what holds, in words, and where it was decided. To be read, never changed."""

from flask import Blueprint, render_template

from portal import policy_texts
from portal.settings import SETTINGS_FILE
from portal.settings_origins import Origin, differ_from_file, origins
from portal.views import security
from portal.views.current import settings

pages = Blueprint("admin_settings", __name__)


@pages.get("/admin/ustawienia")
@security.admin
def show() -> str:
    """Every setting in words."""
    present = settings()
    return render_template(
        "admin/settings.html",
        groups=policy_texts.in_words(present),
        origins=origins(present.instance),
        Origin=Origin,
        changed=differ_from_file(present),
        file=present.instance / SETTINGS_FILE,
    )
