"""What somebody typed survives an expired session: it travels, encrypted, through the sign-in page and back.

Passwords, tokens and files are never kept, and what one person typed is never shown to another: every form of a
signed-in page carries, in its token, a keyed mark of the account the page was made for. By that mark alone a kept
form is given back, whoever this browser's cookie speaks of by then.
"""

import hmac
import json
import secrets
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from flask import current_app, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from portal import clock
from portal.models.sealed import SealBroken, keyring
from portal.services.sessions import Visitor

KEPT_FOR_SECONDS = 3600
LONGEST_KEPT = 64_000
NEVER_KEPT = frozenset({"csrf_token", "password", "new_password", "again", "kept", "dalej"})
OF_A_FILE = frozenset({"left", "top", "width"})
"""Fields that speak of the file beside them: without it they mean nothing."""
_TOKEN = "csrf_token"  # noqa: S105  (Flask-WTF's name, in the session as in the form)
_TOKEN_SALT = "wtf-csrf-token"  # noqa: S105  (Flask-WTF's)
_PLACE = "kept-form"


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was sent but not acted upon: its address, its fields, and the mark of whose it was.

    `files`: the names of its fields with files, which have to be chosen anew.
    """

    path: str
    fields: list[tuple[str, str]] = field(repr=False)
    owner: str = field(repr=False)
    files: list[str] = field(default_factory=list)

    def belongs_to(self, visitor: Visitor) -> bool:
        """Whether `visitor` may see what was typed."""
        return hmac.compare_digest(self.owner, _mark_of(visitor.id))


def mark_forms_of(newcomer: Visitor) -> None:
    """From now on the forms of this browser's pages carry the mark of `newcomer`'s account."""
    session[_TOKEN] = f"{secrets.token_hex(20)}.{_mark_of(newcomer.id)}"


def sends_file() -> bool:
    """Whether the form of this request is one that takes files, however large."""
    return request.mimetype == "multipart/form-data"


def present_form() -> KeptForm | None:
    """The form this request sent, without what is never kept; None if nothing says whose it is, or it is too large."""
    try:
        owner = _mark_in(request.form.get(_TOKEN, ""))
        files = sorted(set(request.files))
    except RequestEntityTooLarge:
        return None
    if owner is None:
        return None
    unkept = NEVER_KEPT | (OF_A_FILE if files else frozenset())
    fields = [(name, typed) for name, typed in request.form.items(multi=True) if name not in unkept]
    return KeptForm(path=request.path, fields=fields, owner=owner, files=files)


def seal(form: KeptForm) -> str | None:
    """`form` as a hidden field can carry it, unreadable for whoever looks at it; None if it is too long for that."""
    now = clock.real_now().timestamp()
    plain = json.dumps([now, form.path, form.fields, form.owner, form.files]).encode()
    text = b64encode(keyring().seal_bytes(zlib.compress(plain), _PLACE)).decode()
    return text if len(text) <= LONGEST_KEPT else None


def unseal(sealed: str) -> KeptForm | None:
    """What `seal` made within the last hour; None for anything else."""
    try:
        opened = keyring().open_bytes(b64decode(sealed, validate=True), _PLACE)
    except (SealBroken, ValueError):
        return None
    at, path, fields, owner, files = json.loads(zlib.decompress(opened))
    if clock.real_now().timestamp() - at > KEPT_FOR_SECONDS:
        return None
    return KeptForm(path=path, fields=[(name, typed) for name, typed in fields], owner=owner, files=files)


def _mark_of(account_id: str) -> str:
    return keyring().blind_index(f"{_PLACE}.{account_id}").hex()[:32]


def _mark_in(token: str) -> str | None:
    """Whose page the form with this token stood on. The token was ours; whether it still counts is not asked."""
    assert current_app.secret_key is not None
    try:
        made_from = URLSafeTimedSerializer(current_app.secret_key, salt=_TOKEN_SALT).loads(token)
    except BadSignature:
        return None
    return str(made_from).partition(".")[2] or None
