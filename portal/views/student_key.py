"""How a student is named in the office's addresses: by album number, or by id where there is none that fits."""

import re
from typing import Protocol

from flask import abort, url_for
from sqlalchemy import select

from portal.extensions import db
from portal.models.people import Student

FITS_AN_ADDRESS = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")


class Named(Protocol):
    """A student, or what a list shows of one."""

    @property
    def id(self) -> str: ...

    @property
    def album_number(self) -> str | None: ...


def key_of(student: Named) -> str:
    """What stands for `student` in an address."""
    return key_for(student.id, student.album_number)


def key_for(student_id: str, album_number: str | None) -> str:
    """What stands for the student with this id and album number in an address."""
    return album_number if album_number and FITS_AN_ADDRESS.fullmatch(album_number) else student_id


def student_at(key: str) -> Student:
    """The student an address names; ends the request with 404 where there is none."""
    wanted = (Student.album_number == key) | (Student.id == key)
    found = db.session.scalars(select(Student).where(wanted).limit(2)).all()
    if len(found) != 1:
        abort(404)
    return found[0]


def address_of(student: Named) -> str:
    """The address of the office's page about `student`."""
    return url_for("staff_student.show", key=key_of(student))
