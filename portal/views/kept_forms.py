"""What somebody typed survives an expired session: it travels, signed, through the sign-in page and back.

Passwords, tokens and files are never kept, and what one person typed is never shown to another.
"""

from dataclasses import dataclass, field

from flask import current_app, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.services import sessions
from portal.services.sessions import Visitor

KEPT_FOR_SECONDS = 3600
LONGEST_KEPT = 64_000
NEVER_KEPT = frozenset({"csrf_token", "password", "new_password", "again", "kept", "dalej"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was sent but not acted upon: its address, its fields, and whose it was (None: nobody knows)."""

    path: str
    fields: list[tuple[str, str]] = field(repr=False)
    account_id: str | None

    def belongs_to(self, visitor: Visitor) -> bool:
        """Whether `visitor` may see what was typed."""
        return self.account_id in {None, visitor.id}


def present_form() -> KeptForm:
    """The form this request sent, without what is never kept."""
    session_id = session.get("_user_id")
    return KeptForm(
        path=request.path,
        fields=[(name, typed) for name, typed in request.form.items(multi=True) if name not in NEVER_KEPT],
        account_id=sessions.account_behind(session_id) if session_id else None,
    )


def seal(form: KeptForm) -> str | None:
    """`form` as a hidden field can carry it, or None if it is too long for that."""
    sealed = _serializer().dumps([form.path, form.fields, form.account_id])
    text = sealed if isinstance(sealed, str) else sealed.decode()
    return text if len(text) <= LONGEST_KEPT else None


def unseal(sealed: str) -> KeptForm | None:
    """What `seal` made within the last hour; None for anything else."""
    try:
        path, fields, account_id = _serializer().loads(sealed, max_age=KEPT_FOR_SECONDS)
    except BadSignature:
        return None
    return KeptForm(path=path, fields=[(name, typed) for name, typed in fields], account_id=account_id)


def _serializer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="kept-form")
