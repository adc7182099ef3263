"""Faculties and programmes the register has not had before: perhaps new, perhaps a slip of the pen."""

from collections import Counter
from collections.abc import Mapping

from portal.services.imports.columns import Field
from portal.services.imports.plan import Plan
from portal.services.imports.present import Present

NAMED = (Field.FACULTY, Field.PROGRAMME)


def new_names(plan: Plan, present: Present) -> Mapping[Field, Counter[str]]:
    """By field: the names nobody in the register has yet, and how many enrolments get each of them."""
    found: dict[Field, Counter[str]] = {}
    written = [*plan.enrolments, *plan.changed_enrolments]
    for field in NAMED:
        names = Counter(str(row[field.value]) for row in written)
        if not names:
            continue
        known = {
            getattr(enrolment, field.value)
            for student in present.by_id.values()
            for enrolment in student.enrolments
        }
        found[field] = Counter({name: count for name, count in names.items() if name not in known})
    return found
