from datetime import UTC, datetime

import pytest

from portal.ministry.answers import Answer, retry_after

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("999999", 3600.0),
        ("Thu, 01 Oct 2026 12:05:00 GMT", 300.0),
        ("Thu, 01 Oct 2026 14:05:00 +0200", 300.0),
        ("Thu, 01 Oct 2026 12:05:00 -0000", 300.0),
        ("Thu, 01 Oct 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 400, None),
        ("٣", None),
        ("Thu, 99 Oct 2026 12:05:00 GMT", None),
    ],
)
def test_retry_after_is_bounded_and_garbage_is_passed_over(text: str, seconds: float | None) -> None:
    assert retry_after(text, NOON) == seconds


def test_headers_are_found_whatever_their_case_and_the_last_one_counts() -> None:
    answer = Answer(
        200, [(b"content-TYPE", b"text/html"), (b"Content-Type", b"application/JSON; x=y")], b"", False
    )
    assert answer.kind == "application/json"
    assert answer.header("retry-after") == ""


def test_an_answer_shows_no_content_in_its_repr() -> None:
    assert "secret" not in repr(Answer(200, [], b"secret", too_long=False))
