"""The files of a package, made anew each time they are asked for: the people and, beside them, their photos.

They hold PESEL numbers. Nothing of them is kept, and who took them when stands in the journal.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.database import transaction
from portal.extensions import db
from portal.models.orders import Order
from portal.models.people import Photo
from portal.rules.order_status import OrderStatus
from portal.rules.panel import PackageField, PackageForm, reference_of
from portal.services import journal
from portal.services.journal import Subject
from portal.services.panel_batches import PackageUnknown, package_of
from portal.services.row_sets import one_of
from portal.services.tables import write_csv
from portal.services.xlsx_written import add_member, write_xlsx

PACKAGE_DOWNLOADED = "package_downloaded"
STILL_WANTED = frozenset({OrderStatus.IN_PROGRESS, OrderStatus.READY, OrderStatus.COLLECTED})
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A ZIP archive under the name it is saved as. `people`: how many are in it."""

    name: str
    content: bytes = field(repr=False)
    people: int


def package_file(
    batch_id: str, form: PackageForm, columns: Mapping[str, PackageField], *, actor: str, at: datetime
) -> PackageFile:
    """The package as a ZIP archive, with `columns` by their headings; the journal keeps who took it.

    Whoever cancelled or was revoked since is left out; as long as nobody does, it is the same to the byte.
    Raises PackageUnknown, also when nobody is left in it.
    """
    number = package_of(batch_id).number
    assert number is not None
    people = list(_people(batch_id, number))
    if not people:
        raise PackageUnknown(batch_id)
    file = PackageFile(f"paczka-{number}.zip", _packed(people, number, form, columns), len(people))
    with transaction():
        journal.record(
            PACKAGE_DOWNLOADED,
            Subject.BATCH,
            package_of(batch_id).id,
            actor=actor,
            at=at,
            details={"package": number, "people": file.people},
        )
    return file


@dataclass(frozen=True, slots=True)
class _Person:
    cells: Mapping[PackageField, str] = field(repr=False)
    photo: Photo = field(repr=False)


def _people(batch_id: str, number: int) -> Iterator[_Person]:
    orders = db.session.scalars(
        select(Order)
        .where(Order.panel_batch_id == batch_id)
        .order_by(Order.placed_at, Order.id)
        .options(undefer(Order.payload_sealed))
    ).all()
    photos = {
        photo.sha256: photo
        for photo in db.session.scalars(
            select(Photo)
            .where(one_of(Photo.sha256, {one.photo_sha256 for one in orders if one.photo_sha256}))
            .options(undefer(Photo.content))
        )
    }
    for position, order in enumerate(orders, start=1):
        if order.status in STILL_WANTED:
            yield _person(order, reference_of(number, position), photos)


def _person(order: Order, reference: str, photos: Mapping[str, Photo]) -> _Person:
    assert order.payload is not None, "contents are kept while they are needed"
    assert order.photo_sha256 is not None, "and so is the photo"
    photo = photos[order.photo_sha256]
    frozen = json.loads(order.payload)
    extra = {
        PackageField.ORDER: reference,
        PackageField.PHOTO: f"{reference}.{_ENDINGS[photo.media_type]}",
    }
    known = {one: frozen[one.value] or "" for one in PackageField if one not in extra}
    return _Person(extra | known, photo)


def _packed(
    people: Sequence[_Person], number: int, form: PackageForm, columns: Mapping[str, PackageField]
) -> bytes:
    rows = [list(columns), *([person.cells[held] for held in columns.values()] for person in people)]
    table = write_csv(rows) if form is PackageForm.CSV else write_xlsx(rows)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        add_member(archive, f"paczka-{number}.{form.value}", table, packed=form is PackageForm.CSV)
        for person in people:
            # Named by the order, never by the person; pictures are packed already.
            name = person.cells[PackageField.PHOTO]
            add_member(archive, f"zdjecia/{name}", person.photo.content, packed=False)
    return file.getvalue()
