"""Orders of packages by what a report or an operator calls them: the order's reference, an album number, a PESEL."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.extensions import db
from portal.models.journal import Batch
from portal.models.orders import Order
from portal.models.people import Student
from portal.models.sealed import keyring
from portal.rules.order_status import OrderStatus
from portal.rules.panel import read_reference, reference_of
from portal.services.numbers import owners_of_albums, readable
from portal.services.order_moves import SeenOrder
from portal.services.panel_report_rows import ReportRow
from portal.services.row_sets import one_of

PESEL_DIGITS = 11


@dataclass(frozen=True, slots=True)
class PackagedOrder:
    """An order of a package, under the name people know it by. `seen`: how it was when it was judged."""

    order: Order = field(repr=False)
    reference: str
    packed_at: datetime
    seen: SeenOrder

    def contradicts(self, row: ReportRow) -> bool:
        """Whether the row names somebody else than whom the order was made for."""
        if self.order.payload is None:
            return False
        frozen = json.loads(self.order.payload)
        album = readable(row.album_number).lstrip("0").casefold()
        pesel = _pesel(row.pesel)
        return bool((album and album != self._frozen_album()) or (pesel and pesel != frozen["pesel"]))

    def is_called(self, text: str) -> bool:
        """Whether `text` is no code but this order's reference or its student's album number, however written."""
        named = read_reference(text)
        if named is not None and named == read_reference(self.reference):
            return True
        album = self._frozen_album()
        return bool(album) and readable(text).lstrip("0").casefold() == album

    def _frozen_album(self) -> str:
        """The album number the order was made with, to compare by; empty where there is none, or no longer."""
        if self.order.payload is None:
            return ""
        return (json.loads(self.order.payload)["album_number"] or "").lstrip("0").casefold()


@dataclass(frozen=True, slots=True)
class Packaged:
    """The orders some rows speak of."""

    by_reference: Mapping[tuple[int, int], PackagedOrder]
    by_album: Mapping[str, PackagedOrder]
    by_pesel: Mapping[str, PackagedOrder]
    taken_back: frozenset[int]

    def of(self, row: ReportRow) -> PackagedOrder | None:
        """The order of a row: by its reference, else by the album number, else by the PESEL."""
        if row.order:
            named = read_reference(row.order)
            return self.by_reference.get(named) if named else None
        if row.album_number:
            return self.by_album.get(readable(row.album_number))
        return self.by_pesel.get(_pesel(row.pesel))

    def is_taken_back(self, row: ReportRow) -> bool:
        """Whether the row names an order of a package that was taken back."""
        named = read_reference(row.order)
        return named is not None and named[0] in self.taken_back


def packaged_orders(rows: Sequence[ReportRow]) -> Packaged:
    """The orders `rows` speak of, by a few queries. Only packages that were not taken back count."""
    named = {reference for row in rows if (reference := read_reference(row.order))}
    numbers = {package for package, _position in named}
    taken_back = frozenset(
        number
        for number in db.session.scalars(
            select(Batch.number).where(Batch.number.in_(numbers), Batch.undone_at.is_not(None))
        )
        if number is not None
    )
    by_reference = _positions(numbers - taken_back)
    albums = {readable(row.album_number) for row in rows if row.album_number and not row.order}
    owners = owners_of_albums(albums)
    pesels = {_pesel(row.pesel) for row in rows if row.pesel and not (row.order or row.album_number)}
    indexes = {keyring().blind_index(pesel): pesel for pesel in pesels}
    holders = dict(
        db.session.execute(
            select(Student.pesel_index, Student.id).where(Student.pesel_index.in_(list(indexes)))
        ).all()
    )
    of_student = _latest_of({*owners.values(), *holders.values()})
    return Packaged(
        by_reference,
        {album: of_student[who] for album, who in owners.items() if who in of_student},
        {indexes[index]: of_student[who] for index, who in holders.items() if index and who in of_student},
        taken_back,
    )


def reference_names(orders: Iterable[Order]) -> dict[str, str]:
    """The references of those `orders` that are in a package, by order id."""
    batches = {order.panel_batch_id for order in orders if order.panel_batch_id}
    numbers = set(db.session.scalars(select(Batch.number).where(one_of(Batch.id, batches))))
    found = _positions({number for number in numbers if number is not None})
    return {one.order.id: one.reference for one in found.values()}


def _positions(numbers: set[int]) -> dict[tuple[int, int], PackagedOrder]:
    """Every order of these packages; positions count in the order in which the package's file lists them."""
    if not numbers:
        return {}
    rows = db.session.execute(
        select(Order, Batch.number, Batch.applied_at)
        .join(Batch, Batch.id == Order.panel_batch_id)
        .where(Batch.number.in_(numbers))
        .order_by(Batch.number, Order.placed_at, Order.id)
        .options(undefer(Order.payload_sealed))
        .execution_options(populate_existing=True)
    )
    found: dict[tuple[int, int], PackagedOrder] = {}
    last: dict[int, int] = defaultdict(int)
    for order, number, packed_at in rows:
        assert number is not None, "it was looked for by its number"
        assert packed_at is not None, "a package is made at once"
        last[number] += 1
        found[number, last[number]] = PackagedOrder(
            order,
            reference_of(number, last[number]),
            packed_at,
            SeenOrder(order.id, order.student_id, order.status, order.version),
        )
    return found


def _latest_of(student_ids: set[str]) -> dict[str, PackagedOrder]:
    """The order of each student that a package holds: the one in progress, else the one placed last."""
    if not student_ids:
        return {}
    numbers = db.session.scalars(
        select(Batch.number)
        .join(Order, Order.panel_batch_id == Batch.id)
        .where(one_of(Order.student_id, student_ids), Batch.undone_at.is_(None))
        .distinct()
    )
    found: dict[str, PackagedOrder] = {}
    for one in _positions({number for number in numbers if number is not None}).values():
        who = one.order.student_id
        if who in student_ids and (who not in found or _rank(one) > _rank(found[who])):
            found[who] = one
    return found


def _rank(one: PackagedOrder) -> tuple[bool, datetime]:
    return one.order.status is OrderStatus.IN_PROGRESS, one.order.placed_at


def _pesel(text: str) -> str:
    """The digits of a PESEL with the zero that spreadsheets eat."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    return digits.zfill(PESEL_DIGITS) if digits else ""
