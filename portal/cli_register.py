"""`flask portal import-students FILE`: the register's import for a nightly timer.

Exit codes: 0 all rows taken · 1 some rows rejected, the others taken · 2 the file or the command cannot be used ·
3 more than 2 % of the listed students missing from a full list · 4 strict, or a row names nobody: nothing written ·
5 somebody changed the register meanwhile: nothing written, run it again.
"""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import clock
from portal.services import register_import
from portal.services.imports.columns import Field, HeaderRefused
from portal.services.imports.report import rejected_report
from portal.services.register_import import ImportOptions, PreparedImport
from portal.services.tables import FileRefused
from portal.settings import Settings
from portal.texts import imports as import_texts

MOST_MISSING = 0.02
SOME_REJECTED, UNUSABLE, TOO_MANY_MISSING, REFUSED, REGISTER_MOVED = 1, 2, 3, 4, 5
REPORT_HEADING = ("wiersz", "numer albumu", "kolumna", "powód")


@click.command("import-students", help="Uzupełnia rejestr studentów z pliku CSV albo XLSX.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tylko pokaż, co by się stało.")
@click.option("--full-list", is_flag=True, help="Pełny spis: kogo nie ma w pliku, ten jest skreślony.")
@click.option("--strict", is_flag=True, help="Jeden odrzucony wiersz odrzuca cały plik.")
@click.option(
    "--map", "mapping", multiple=True, metavar="NAGŁÓWEK=POLE", help="Znaczenie kolumny spoza wzoru."
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Dokąd zapisać odrzucone wiersze (CSV)."
)
@click.option("--json", "as_json", is_flag=True, help="Raport dla programów na standardowe wyjście.")
@with_appcontext
def import_students(
    file: Path,
    dry_run: bool,
    full_list: bool,
    strict: bool,
    mapping: tuple[str, ...],
    report: Path | None,
    as_json: bool,
) -> NoReturn:
    """Import a file, or only show what would happen; leaves with the exit codes above."""
    settings: Settings = current_app.extensions["settings"]
    at = clock.now()
    options = ImportOptions(_mapping(mapping), full_list=full_list, strict=strict)
    try:
        prepared = register_import.prepare_import(file.read_bytes(), options, settings.policy, at=at)
    except FileRefused as refused:
        _leave(UNUSABLE, import_texts.file_refused(refused), as_json)
    except HeaderRefused as refused:
        _leave(UNUSABLE, import_texts.header_refused(refused), as_json)
    if report is not None:
        report.write_bytes(rejected_report(prepared.rejected, REPORT_HEADING, import_texts.rejection))
    if full_list and prepared.missing_share > MOST_MISSING:
        _leave(TOO_MANY_MISSING, _missing_words(prepared), as_json, prepared)
    if not dry_run:
        _apply(prepared, settings, as_json)
    _leave(SOME_REJECTED if prepared.rejected else 0, "", as_json, prepared, applied=not dry_run)


def _apply(prepared: PreparedImport, settings: Settings, as_json: bool) -> None:
    try:
        register_import.apply_import(
            prepared,
            settings.policy,
            fingerprint=prepared.fingerprint,
            actor=None,
            at=clock.now(),
            confirmed_missing=prepared.missing,
        )
    except register_import.RowsRejected as refused:
        words = f"Odrzucone wiersze: {refused.count}. Nic nie zapisano (--strict)."
        _leave(REFUSED, words, as_json, prepared)
    except register_import.MissingUnclear as refused:
        words = f"Wiersze, z których nie wynika, o kim mówią: {refused.count}. Pełnego spisu nie zastosowano."
        _leave(REFUSED, words, as_json, prepared)
    except register_import.FatesChanged:
        _leave(
            REGISTER_MOVED, "Rejestr zmienił się w trakcie importu. Uruchom go ponownie.", as_json, prepared
        )


def _mapping(written: tuple[str, ...]) -> dict[str, Field | None]:
    """`Matrikel=album_number` names a field; `uwagi=` ignores the column."""
    mapping: dict[str, Field | None] = {}
    for one in written:
        header, _, name = one.rpartition("=")
        if not header or (name and name not in set(Field)):
            raise click.BadParameter(f"„{one}”: pola to {', '.join(Field)}", param_hint="--map")
        mapping[header] = Field(name) if name else None
    return mapping


def _missing_words(prepared: PreparedImport) -> str:
    share = f"{prepared.missing_share:.1%}".replace(".", ",")
    return (
        f"W pliku brakuje {prepared.missing} studentów ({share} spisu). To więcej niż 2%, więc nic nie zapisano: "
        "sprawdź plik, a pełny spis zastosuj na stronie dziekanatu."
    )


def _leave(
    code: int, words: str, as_json: bool, prepared: PreparedImport | None = None, *, applied: bool = False
) -> NoReturn:
    if as_json:
        click.echo(json.dumps(_report(code, words, prepared, applied), ensure_ascii=False))
    elif prepared is not None:
        counts = register_import.counts_of(prepared)
        click.echo("Zapisano." if applied else "Niczego nie zapisano.")
        click.echo(
            f"Nowe: {counts['new']}, zmienione: {counts['changed']}, bez zmian: {counts['unchanged']}, "
            f"odrzucone: {counts['rejected']}, brak w pliku: {counts['missing']}."
        )
        for one in prepared.rejected:
            column, reason = import_texts.rejection(one)
            click.echo(f"Wiersz {one.number}, {column}: {reason}", err=True)
    if words:
        click.echo(words, err=True)
    sys.exit(code)


def _report(code: int, words: str, prepared: PreparedImport | None, applied: bool) -> dict[str, object]:
    """Row numbers and codes only: a report of a timer ends in logs, where no personal data belong."""
    report: dict[str, object] = {"exit_code": code, "message": words, "applied": applied}
    if prepared is not None:
        report |= {
            "counts": register_import.counts_of(prepared),
            "unknown_columns": list(prepared.columns.unknown),
            "file_sha256": prepared.file_sha256,
            "rejected": [
                {"row": one.number, "field": one.rejected_field, "reason": one.rejection}
                for one in prepared.rejected
            ],
        }
    return report
