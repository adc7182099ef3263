"""What tests of uploads share: files in forms, and the jobs' work done at once."""

import io
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from jobs import check_uploads
from portal.extensions import db
from tests.browser import CheckedClient, form_fields


def send_file(
    client: CheckedClient, page: TestResponse, action: str, name: str, content: bytes, **typed: Any
) -> TestResponse:
    """Fill in and send the form with this `action` and a file in its field `name`."""
    fields = {**form_fields(page, action), **typed, name: FileStorage(io.BytesIO(content), "plik")}
    # As bytes: the test client would leave a large body's temporary file open.
    boundary, body = encode_multipart(fields)
    return client.post(action, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def let_jobs_work() -> None:
    """One run of the job that works on uploaded files."""
    db.session.rollback()  # what others wrote since is to be seen
    check_uploads.run()
