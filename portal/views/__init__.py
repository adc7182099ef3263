"""HTTP in, HTML out: every route names who may use it and leaves the work to `services`."""

import json

from flask import Flask
from flask_babel import get_locale

from portal.services.deployment import follow_calendar
from portal.settings import Settings
from portal.views import (
    account,
    admin_journal,
    admin_overview,
    admin_settings,
    compression,
    data_reports,
    demo_calendar,
    demo_mail,
    errors,
    headers,
    health,
    language,
    language_switch,
    notices,
    own_password,
    photo_upload,
    receipts,
    security,
    sign_in,
    staff_data_reports,
    staff_enrolments,
    staff_extension_batches,
    staff_extension_files,
    staff_extension_lists,
    staff_extensions,
    staff_import,
    staff_journal,
    staff_mail,
    staff_orders,
    staff_overview,
    staff_panel,
    staff_panel_codes,
    staff_panel_reports,
    staff_panel_withdrawals,
    staff_photo_archives,
    staff_photos,
    staff_slips,
    staff_student,
    staff_student_data,
    staff_student_extensions,
    staff_students,
    standing_order,
    static_files,
    student,
    unindented,
    words,
)
from portal.views.current import known_visitor
from portal.views.panel_right import sees_panel

# No evaluated code, no history copies in the browser's storage, nothing fetched from elsewhere, and errors shown.
HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "disableInheritance": True,
    "historyCacheSize": 0,
    "includeIndicatorStyles": False,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True},
    ],
    "selfRequestsOnly": True,
    "timeout": 20_000,
}


def register(app: Flask) -> None:
    """Join all pages to `app`."""
    settings: Settings = app.extensions["settings"]
    if settings.demo:
        app.before_request(follow_calendar)
    unindented.register(app)
    language.register(app)
    words.register(app)
    security.register(app)
    headers.register(app, settings)
    compression.register(app)
    errors.register(app)
    static_files.register(app, colour=settings.university.colour)
    sign_in.register(app)
    app.register_blueprint(language_switch.pages)
    demo_calendar.register(app, demo=settings.demo)
    demo_mail.register(app, demo=settings.demo)
    for blueprint in (health.pages, account.pages, student.pages, data_reports.pages, notices.pages):
        app.register_blueprint(blueprint)
    for ways in (staff_extensions, staff_extension_lists, staff_extension_files, staff_extension_batches):
        app.register_blueprint(ways.pages)
    for choices in (receipts, standing_order):
        app.register_blueprint(choices.pages)
    app.register_blueprint(staff_photos.pages)
    app.register_blueprint(staff_journal.pages)
    for administration in (admin_overview, admin_journal, admin_settings):
        app.register_blueprint(administration.pages)
    for files in (own_password, photo_upload, staff_import, staff_slips, staff_photo_archives):
        app.register_blueprint(files.pages)
    for office in (
        staff_overview,
        staff_students,
        staff_student,
        staff_enrolments,
        staff_student_data,
        staff_student_extensions,
        staff_orders,
        staff_data_reports,
        staff_mail,
    ):
        app.register_blueprint(office.pages)
    for panel in (staff_panel, staff_panel_reports, staff_panel_codes, staff_panel_withdrawals):
        app.register_blueprint(panel.pages)
    app.jinja_env.globals.update(
        htmx_config=json.dumps(HTMX_CONFIG, separators=(",", ":")),
        known_visitor=known_visitor,
        sees_panel=sees_panel,
        uses_panel=settings.ministry.by_panel,
        language=lambda: str(get_locale()),
        language_names=language_switch.NAMES,
        other_language=language_switch.other_language,
        university=settings.university,
    )
