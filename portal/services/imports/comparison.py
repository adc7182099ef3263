"""A file and the register side by side: every row gets its fate, every difference goes into the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.models.sealed import Keyring
from portal.rules.policy import Policy
from portal.rules.student import EnrolmentStatus
from portal.services.imports import plan as planning
from portal.services.imports.cards import CardDifference, compare_card
from portal.services.imports.columns import OF_ENROLMENT, Field
from portal.services.imports.enrolments import EnrolmentDifference, compare_enrolment
from portal.services.imports.matching import Person, match_people, named_students
from portal.services.imports.plan import Change, Fate, Plan, RowFate
from portal.services.imports.present import KnownStudent, Present
from portal.services.imports.records import Record, refuse_contradictions
from portal.services.imports.values import Rejection, Unusable, Value
from portal.services.polish_order import sort_name

PERSONAL = (Field.FIRST_NAMES, Field.SURNAME, Field.PESEL, Field.BIRTH_DATE)
"""What is printed on a plastic card: a change makes the card untrue."""
COMPARED = (
    Field.ALBUM_NUMBER,
    Field.FIRST_NAMES,
    Field.SURNAME,
    Field.BIRTH_DATE,
    Field.EMAIL,
    Field.FEES_UNPAID,
    Field.YEAR_NOT_CLOSED,
)
LISTED = frozenset({EnrolmentStatus.PLANNED, EnrolmentStatus.ACTIVE, EnrolmentStatus.ON_LEAVE})
"""An enrolment of such a status belongs on a full list."""


@dataclass(slots=True)
class Comparison:
    """One import in the making."""

    present: Present
    policy: Policy
    keys: Keyring
    on: date
    plan: Plan = field(default_factory=Plan)
    changes: dict[int, list[Change]] = field(default_factory=dict)
    new_rows: set[int] = field(default_factory=set)

    def run(
        self,
        records: Sequence[Record],
        *,
        full_list: bool,
        progress: Callable[[int], None] = lambda done: None,
    ) -> list[RowFate]:
        """Compare all of it; the plan is complete afterwards. `progress` is called with how many are compared."""
        done = 0
        for person in match_people(refuse_contradictions(records), self.present):
            done += len(person.records)
            progress(done)
            try:
                self._compare(person)
            except Unusable as reason:
                for record in person.records:
                    record.reject(reason.rejection, reason.field)
        if full_list:
            named = named_students(records, self.present)
            self.plan.missing = [
                one for one in self.present.by_id.values() if one.id not in named and _is_listed(one)
            ]
        return [self._fate(record) for record in records]

    def listed_students(self) -> int:
        """How many students of the register belong on a full list."""
        return sum(_is_listed(one) for one in self.present.by_id.values())

    def _compare(self, person: Person) -> None:
        """Everything that may refuse the person comes before anything is planned."""
        enrolments = self._enrolments(person)
        values = person.values()
        if not values:
            return
        self._check_user_name(person, values)
        card = compare_card(values, person.student, self.present, self.on)
        if person.student is None:
            self._add(person, values, enrolments, card)
        else:
            self._update(person.student, person, values, enrolments, card)

    def _enrolments(self, person: Person) -> dict[int, EnrolmentDifference]:
        """What each row says about its programme, by row; a row that says it badly is refused alone."""
        known = person.student.enrolments if person.student is not None else []
        found: dict[int, EnrolmentDifference] = {}
        taken: set[str] = set()
        for record in person.records:
            if person.student is not None and not any(one in record.values for one in OF_ENROLMENT):
                continue
            try:
                found[record.number] = compare_enrolment(record, known, self.policy, self.on, taken)
            except Unusable as reason:
                record.reject(reason.rejection, reason.field)
        return found

    def _add(
        self,
        person: Person,
        values: dict[Field, Value],
        enrolments: dict[int, EnrolmentDifference],
        card: CardDifference,
    ) -> None:
        for needed in (Field.SURNAME, Field.FIRST_NAMES, Field.BIRTH_DATE):
            if not values.get(needed):
                raise Unusable(Rejection.VALUE_MISSING, needed)
        student_id = planning.new_student(self.plan, values, person.pesel_index, self.keys)
        if album := values.get(Field.ALBUM_NUMBER):
            names = str(values[Field.FIRST_NAMES]), str(values[Field.SURNAME])
            planning.new_account(self.plan, student_id, str(album), *names)
        for number, enrolment in enrolments.items():
            self.new_rows.add(number)
            enrolment.plan_for(self.plan, student_id)
        card.plan_for(self.plan, student_id)

    def _update(
        self,
        student: KnownStudent,
        person: Person,
        values: dict[Field, Value],
        enrolments: dict[int, EnrolmentDifference],
        card: CardDifference,
    ) -> None:
        for number, enrolment in enrolments.items():
            if enrolment.changes:
                self.changes[number] = list(enrolment.changes)
                enrolment.plan_for(self.plan, student.id)
                about = enrolment.known.programme if enrolment.known is not None else None
                self.plan.tell(student.id, enrolment.changes, about)
                self.plan.touched[student.id] = student.revision
        changes = [
            Change(one, getattr(student, one), values[one])
            for one in COMPARED
            if one in values and values[one] != getattr(student, one)
        ]
        if person.pesel_index and person.pesel_index != student.pesel_index:
            changes.append(Change(Field.PESEL, None, None))
            self._plan_pesel(student.id, str(values[Field.PESEL]), person.pesel_index)
        if changes:
            self._plan_person(student, values, changes, replaces_card=card.is_new)
        self._plan_account(student, values)
        if card.changes:
            card.plan_for(self.plan, student.id)
        if changes or card.changes:
            first = next(record.number for record in person.records if record.rejection is None)
            self.changes[first] = [*changes, *card.changes, *self.changes.get(first, [])]
            self.plan.tell(student.id, [*changes, *card.changes])
            self.plan.touched[student.id] = student.revision

    def _plan_person(
        self,
        student: KnownStudent,
        values: dict[Field, Value],
        changes: Sequence[Change],
        *,
        replaces_card: bool,
    ) -> None:
        row = {one.value: values.get(one, getattr(student, one)) for one in COMPARED}
        stale = student.had_card and not replaces_card and any(one.field in PERSONAL for one in changes)
        self.plan.changed_students.append(
            {
                **row,
                "key": student.id,
                "sort_name": sort_name(str(row["surname"]), str(row["first_names"])),
                "personal_data_changed_on": self.on if stale else student.personal_data_changed_on,
            }
        )

    def _plan_pesel(self, student_id: str, pesel: str, index: bytes) -> None:
        sealed = self.keys.seal(pesel, planning.pesel_place(student_id))
        self.plan.changed_pesels.append({"key": student_id, "pesel_sealed": sealed, "pesel_index": index})

    def _plan_account(self, student: KnownStudent, values: dict[Field, Value]) -> None:
        """An account follows album number and name; who had no album number until now gets one."""
        album = str(values.get(Field.ALBUM_NUMBER) or student.album_number or "")
        first_names = str(values.get(Field.FIRST_NAMES, student.first_names))
        surname = str(values.get(Field.SURNAME, student.surname))
        if student.user_name is None:
            if album:
                planning.new_account(self.plan, student.id, album, first_names, surname)
            return
        renamed = student.album_number and student.user_name == student.album_number.lower() and album
        name = album.lower() if renamed else student.user_name
        if name != student.user_name or (first_names, surname) != (student.first_names, student.surname):
            self.plan.changed_accounts.append(
                {"key": student.id, "user_name": name, "display_name": f"{first_names} {surname}"[:120]}
            )

    def _check_user_name(self, person: Person, values: dict[Field, Value]) -> None:
        album = values.get(Field.ALBUM_NUMBER)
        name = str(album).lower()
        if album and name in self.present.user_names:
            owner = self.present.user_names[name]
            if person.student is None or owner != person.student.id:
                raise Unusable(Rejection.USER_NAME_TAKEN, Field.ALBUM_NUMBER)

    def _fate(self, record: Record) -> RowFate:
        album = record.album_number
        if record.rejection is not None:
            refused = record.rejection, record.rejected_field, record.other_row
            return RowFate(record.number, Fate.REJECTED, album, (), *refused)
        if record.number in self.new_rows:
            return RowFate(record.number, Fate.NEW, album, introduced=_introduced(record))
        changes = tuple(self.changes.get(record.number, ()))
        return RowFate(record.number, Fate.CHANGED if changes else Fate.UNCHANGED, album, changes)


def _introduced(record: Record) -> tuple[str, str, str]:
    said = record.values
    name = f"{said.get(Field.SURNAME, '')} {said.get(Field.FIRST_NAMES, '')}".strip()
    return name, str(said.get(Field.PROGRAMME, "")), str(said.get(Field.YEAR, ""))


def _is_listed(student: KnownStudent) -> bool:
    return any(enrolment.status in LISTED for enrolment in student.enrolments)
