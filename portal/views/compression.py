"""Pages travel compressed, unless another site made the browser ask for them.

The length of a compressed page can betray a secret in it to whoever makes a browser ask again and again, each time
with a guess of their own in the page (BREACH). Three things stand against that: pages with secrets repeat nothing a
stranger could have sent, cookies do not come along with other sites' requests, and what another site asked for is not
compressed at all, so that there is no length to measure.
"""

import gzip

from flask import Flask, Response, request

# Asked for by a page of ours, or by a person: a typed address, a bookmark.
OUR_OWN = frozenset({"same-origin", "none"})
WORTH_IT_BYTES = 600
LEVEL = 6


def register(app: Flask) -> None:
    """Compress the pages of `app`; static files bring their compressed form along."""

    @app.after_request
    def compress(answer: Response) -> Response:
        if answer.mimetype == "text/html" and _may_be_packed(answer):
            answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
            answer.content_encoding = "gzip"  # no `Vary`: pages are never stored
        return answer


def _may_be_packed(answer: Response) -> bool:
    return (
        request.headers.get("Sec-Fetch-Site") in OUR_OWN
        and bool(request.accept_encodings["gzip"])
        and answer.content_encoding is None
        and not answer.is_streamed
        and (answer.content_length or 0) >= WORTH_IT_BYTES
    )
