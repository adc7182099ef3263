"""The portal as a Flask application. `create_app` joins the parts; it starts nothing and creates nothing."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli, logs, views
from portal.application import Portal
from portal.database import engine_options, prepare
from portal.extensions import babel, csrf, db, htmx, migrate
from portal.keys import load_keyring, load_session_key
from portal.services import deployment
from portal.settings import Settings

MAX_BODY_BYTES = 1_000_000


def create_app(settings: Settings, *, check: bool = True) -> Flask:
    """The application for `settings`.

    Raises KeysMissing or NotPrepared when the instance was never prepared, and WrongKind when it holds a
    demonstration's data while `settings` are a real university's (or the other way round). `check=False` is for the
    command that prepares it.
    """
    app = Portal(
        __name__, static_folder=None
    )  # views.static_files serves them, with their hash in the address
    _configure(app, settings)
    _join_extensions(app)
    if check:
        with app.app_context():
            deployment.check_prepared(demo=settings.demo)
    cli.register(app)
    views.register(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    logs.configure()
    app.config.from_mapping(
        SECRET_KEY=load_session_key(settings.instance),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        TRUSTED_HOSTS=[settings.host.partition(":")[0], "localhost", "127.0.0.1"],
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # views.security asks for the token once it knows who is asking
        BABEL_DEFAULT_LOCALE="pl",
        BABEL_DEFAULT_TIMEZONE="Europe/Warsaw",
        PREFERRED_URL_SCHEME="https" if settings.secure else "http",
    )
    app.extensions["settings"] = settings
    app.extensions["keyring"] = load_keyring(settings.instance)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.security.trusted_proxies:
        hops = settings.security.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # Flask's way


def _join_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(app.root_path) / "migrations"))
    csrf.init_app(app)
    babel.init_app(app)
    htmx.init_app(app)
    with app.app_context():
        prepare(db.engine)
