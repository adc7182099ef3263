"""Who may use which route, and what is asked of every request before its view runs.

A route without a guard is a mistake of the programmer and answers nobody. The order for every request:

1. It gets an id of our own, which every log line and the answer carry.
2. A change asked for by another site is refused.
3. The guard looks who is asking; whoever is not signed in is asked to, keeping what they typed; whoever signed in
   with a slip is asked to choose a password first.
4. A change must carry the token of a form of ours.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.extensions import csrf, htmx, login_manager
from portal.models.accounts import Role
from portal.views import browser_session
from portal.views.browser_session import keep_alive
from portal.views.current import visitor

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BESIDE_A_FILE = 100_000
"""Bytes of a body that are not its file."""
CHOOSE_PASSWORD = "own_password.show"  # noqa: S105  (a route)
_GUARD = "portal_guard"
_MOST_BYTES = "portal_most_bytes"


class Audience(StrEnum):
    """For whom a route is: everybody, everybody signed in, or those of one role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STUDENT = Role.STUDENT.value
    STAFF = Role.STAFF.value
    ADMIN = Role.ADMIN.value


@dataclass(frozen=True, slots=True)
class Guard:
    """What a route declares.

    `poll`: its view answers the signed-out itself, and its visits keep no session alive. `by_slip`: also for whoever
    signed in with a slip and has yet to choose a password; every other route sends them to do so.
    """

    audience: Audience
    poll: bool = False
    by_slip: bool = False

    def admits(self, role: Role) -> bool:
        """Whether somebody signed in with `role` may use the route."""
        return self.audience in {Audience.PUBLIC, Audience.SIGNED_IN} or self.audience == role.value


class RouteUnguarded(RuntimeError):
    """A route was written without saying who may use it."""


def public(view: View) -> View:
    """Everybody may use this route; nobody is looked up for it."""
    return _declare(view, Guard(Audience.PUBLIC))


def signed_in(view: View) -> View:
    """Everybody with an account may use this route."""
    return _declare(view, Guard(Audience.SIGNED_IN))


def signed_in_by_slip(view: View) -> View:
    """Everybody with an account may use this route, also before they chose a password of their own."""
    return _declare(view, Guard(Audience.SIGNED_IN, by_slip=True))


def staff(view: View) -> View:
    """The dean's office may use this route."""
    return _declare(view, Guard(Audience.STAFF))


def admin(view: View) -> View:
    """Administrators may use this route."""
    return _declare(view, Guard(Audience.ADMIN))


def student(view: View) -> View:
    """Students may use this route: `current_user` is a Visitor with a `student_id`."""
    return _declare(view, Guard(Audience.STUDENT))


def student_poll(view: View) -> View:
    """A fragment that a student's page asks for by itself, again and again.

    Nobody is looked up before the view, it answers the signed-out itself, and its visits are no activity.
    """
    return _declare(view, Guard(Audience.STUDENT, poll=True))


def takes_file(most_bytes: int) -> Callable[[View], View]:
    """This route takes files: its body, once its guard has admitted somebody, may be larger than others'."""

    def declare(view: View) -> View:
        vars(view)[_MOST_BYTES] = most_bytes + BESIDE_A_FILE
        return view

    return declare


def most_bytes_of_file() -> int | None:
    """How large a file this request's route takes; None if it takes none."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = most_bytes_of_body(view) if view is not None else None
    return None if most is None else most - BESIDE_A_FILE


def most_bytes_of_body(view: Callable[..., Any]) -> int | None:
    """How large a body `view` takes; None if no larger than any other."""
    return vars(view).get(_MOST_BYTES)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """What `view` declares, or None if it forgot."""
    return vars(view).get(_GUARD)


def _declare(view: View, guard: Guard) -> View:
    vars(view)[_GUARD] = guard
    return view


def register(app: Flask) -> None:
    """Let `app` know its visitors and put the checks before every view of it."""
    browser_session.register(app)
    for step in (_name_request, _refuse_other_sites, _ask_guard, _check_token):
        app.before_request(step)


def _name_request() -> None:
    g.request_id = str(uuid.uuid4())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_other_sites() -> None:
    if request.method not in SAFE_METHODS and comes_from_here() is False:
        abort(403)


def comes_from_here() -> bool | None:
    """Whether the browser says that this request began on a page of ours; None if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.partition("://")[2] == request.host
    return None


def _ask_guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        visitor()  # there is no such page; the one that says so greets whoever is signed in
        return None
    view = current_app.view_functions[request.endpoint]
    guard = guard_of(view)
    if guard is None:
        raise RouteUnguarded(request.endpoint)
    if guard.audience is Audience.PUBLIC or guard.poll:
        return None
    present = visitor()
    if present is None:
        answer: ResponseReturnValue = login_manager.unauthorized()
        return answer
    if present.must_change_password and not guard.by_slip:
        return _to_choose_password()
    if not guard.admits(present.role):
        abort(403)
    keep_alive()
    # Only now: nobody unknown makes the server take in a large body.
    request.max_content_length = most_bytes_of_body(view) or request.max_content_length
    return None


def _to_choose_password() -> ResponseReturnValue:
    address = url_for(CHOOSE_PASSWORD)
    return Response(status=403, headers={"HX-Redirect": address}) if htmx else redirect(address, code=303)


def _check_token() -> None:
    if request.method not in SAFE_METHODS:
        csrf.protect(apply_exemptions=True)
