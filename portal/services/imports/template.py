"""A file to begin with: every column the import knows, and two invented students."""

from datetime import date

from portal.services.imports.columns import HEADERS, Field
from portal.services.tables import write_csv

# Born in the nineteenth century: nobody living has these PESELs.
EXAMPLES = (
    {
        Field.ALBUM_NUMBER: "100901",
        Field.PESEL: "71830500019",
        Field.FIRST_NAMES: "Ewa Maria",
        Field.SURNAME: "Przykładowa",
        Field.BIRTH_DATE: "5.03.1871",
        Field.EMAIL: "ewa@example.edu.pl",
        Field.FEES_UNPAID: "nie",
        Field.YEAR_NOT_CLOSED: "nie",
        Field.CARD_NUMBER: "ELS-100901",
        Field.FACULTY: "Wydział Sztuk",
        Field.PROGRAMME: "Malarstwo",
        Field.LEVEL: "I stopień",
        Field.YEAR: "2",
        Field.GROUP_NAME: "MAL-2A",
        Field.STATUS: "aktywny",
    },
    {
        Field.ALBUM_NUMBER: "100902",
        Field.FIRST_NAMES: "Zoë",
        Field.SURNAME: "Müllerová",
        Field.BIRTH_DATE: "17.04.1872",
        Field.FACULTY: "Wydział Nauk",
        Field.PROGRAMME: "Fizyka",
        Field.LEVEL: "jednolite magisterskie",
        Field.YEAR: "1",
        Field.STATUS: "planowany",
    },
)


def import_template(on: date) -> bytes:
    """A CSV for `on`'s academic year that imports as it stands."""
    began = on.year if on.month >= 10 else on.year - 1
    dates = {
        Field.CARD_ISSUED_ON: f"15.10.{began - 1}",
        Field.CARD_VALID_UNTIL: f"31.03.{began}",
        Field.BEGINS_ON: f"1.10.{began - 1}",
        Field.OATH_APPROVED_ON: f"3.10.{began - 1}",
    }
    first, second = EXAMPLES
    header = [HEADERS[field][0] for field in Field]
    return write_csv([header, *([row.get(field, "") for field in Field] for row in (first | dates, second))])
