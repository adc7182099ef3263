"""The invented panel's page: upload a package, download the report, withdraw."""

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import panel, register
from sandbox.overview import STATES
from sandbox.pages import page_blueprint
from sandbox.panel import PackageUnfit
from sandbox.storage import Storage, read_control

MOST_SHOWN = 200

blueprint = page_blueprint("panel_page", "/panel")


@blueprint.get("")
def show() -> str:
    return _page()


@blueprint.post("")
def take_in() -> AnyResponse | tuple[str, int]:
    """Take a package in; the page then offers its report."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page("Wybierz paczkę (plik ZIP)."), 422
    try:
        people = panel.read_package(file.stream.read())
    except PackageUnfit as why:
        return _page(str(why)), 422
    finally:
        file.close()
    with _storage().transaction() as db:
        control = read_control(db)
        number = panel.take_in(db, control, people, control.now())
    return redirect(url_for(".show", paczka=number), 303)


@blueprint.get("/raport-<int:number>.csv")
def report(number: int) -> Response:
    """The report on one package, as it stands now."""
    with _storage().transaction() as db:
        rows = panel.orders(db, number)
        content = panel.report(rows)
    if not rows:
        abort(404)
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"raport-{number}.csv")
    return answer


@blueprint.post("/wycofaj")
def withdraw() -> AnyResponse:
    """Take one order back for good."""
    key = panel.KEYS + request.form.get("zamowienie", "")
    with _storage().transaction() as db:
        if not any(row["key"] == key for row in panel.orders(db)):
            abort(404)
        register.withdraw(db, key)
    return redirect(url_for(".show", _anchor="orders"), 303)


def _page(problem: str | None = None) -> str:
    with _storage().transaction() as db:
        control = read_control(db)
        at = control.now()
        register.settle(db, control, at)
        rows = panel.orders(db)
    packages = list(dict.fromkeys(panel.package_of(panel.reference_of(row)) for row in rows))
    return render_template(
        "panel.html",
        problem=problem,
        rows=rows[:MOST_SHOWN],
        packages=packages,
        latest=request.args.get("paczka", type=int),
        reference_of=panel.reference_of,
        states=STATES,
        at=at,
    )


def _storage() -> Storage:
    storage: Storage = current_app.extensions["sandbox_storage"]
    return storage
