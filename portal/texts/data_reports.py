"""What students report as wrong in their data."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from portal.models.data_reports import DataReportKind

DATA_REPORT_KINDS: Mapping[DataReportKind, LazyString] = {
    DataReportKind.NAME: _("Imię lub nazwisko"),
    DataReportKind.PESEL: _("Numer PESEL"),
    DataReportKind.BIRTH_DATE: _("Data urodzenia"),
    DataReportKind.PHOTO: _("Zdjęcie"),
    DataReportKind.STUDIES: _("Studia: kierunek, stopień, status"),
    DataReportKind.OTHER: _("Coś innego"),
}


def data_report_kind(code: DataReportKind) -> str:
    """What a student reports as wrong."""
    return str(DATA_REPORT_KINDS[code])
