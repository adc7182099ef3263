"""What every page and every fragment of the portal must keep to, checked on whatever a test fetches."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
HTMX_VERBS = {f"data-hx-{verb}": verb.upper() for verb in ("get", "post", "put", "patch", "delete")}
OUTSIDE = frozenset({"https", "mailto", "tel"})
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")


@dataclass
class Element:
    """One element: its tag, attributes (an attribute without a value has an empty one), children and text."""

    tag: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator["Element"]:
        """This element's descendants, in document order, of the given tags or of any."""
        for child in self.children:
            if not tags or child.tag in tags:
                yield child
            yield from child.all(*tags)

    @property
    def text(self) -> str:
        """All text inside, with runs of white space as one space."""
        whole = "".join(self.texts) + " ".join(child.text for child in self.children)
        return " ".join(whole.split())

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class _Reader(HTMLParser):
    """Builds elements and refuses what a browser would silently mend."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.doctype: str | None = None

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].texts.append(data)


def read(html: str) -> tuple[Element, str | None]:
    """The document's root (a nameless element around everything) and its doctype, if any."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.root, reader.doctype


def check_page(html: str, app: Flask) -> Element:
    """Assert that `html` is a whole page as the house writes them; answers its root."""
    root, doctype = read(html)
    assert doctype == "doctype html", "a page begins with its doctype"
    (document,) = root.children
    assert document.get("lang"), "a page names its language"
    (title,) = list(root.all("title"))[:1] or [Element("title", {})]
    assert title.text, "a page has a title"
    assert len(list(root.all("h1"))) == 1, "a page has exactly one h1"
    assert len(list(root.all("main"))) == 1, "a page has exactly one main"
    names = [str(meta.get("name")) for meta in root.all("meta")]
    assert "viewport" in names, "a page fits a phone"
    for meta in root.all("meta"):
        if meta.get("name") == "htmx-config":
            json.loads(meta.get("content") or "")
    _check_common(root, app)
    ids = {element.get("id") for element in root.all()}
    for element in root.all():
        for name in REFERENCES:
            for target in (element.get(name) or "").split():
                assert target in ids, f"{name} of <{element.tag}> points at {target}, which is not there"
    return root


def check_fragment(html: str, app: Flask) -> Element:
    """Assert that `html` is a fragment: one root with an id; answers that root."""
    root, doctype = read(html)
    assert doctype is None, "a fragment is no page"
    assert not "".join(root.texts).strip(), "a fragment has no text outside its root"
    assert len(root.children) == 1, f"a fragment has one root, not {[child.tag for child in root.children]}"
    (fragment,) = root.children
    assert fragment.get("id"), "a fragment's root has an id"
    _check_common(root, app)
    return fragment


def _check_common(root: Element, app: Flask) -> None:
    twice = [name for name, count in Counter(e.get("id") for e in root.all()).items() if name and count > 1]
    assert not twice, f"ids used twice: {twice}"
    for element in root.all():
        _check_no_inline_code(element)
        for url, method in _addresses(element):
            check_address(url, method, app)
    for form in root.all("form"):
        _check_form(form)
    for control in root.all("button"):
        assert control.get("type") in {"submit", "button"}, f"a button says its type: {control.text!r}"


def _check_no_inline_code(element: Element) -> None:
    assert element.tag != "style", "no inline style"
    assert element.tag != "script" or (element.get("src") and not element.text), "no inline script"
    for name, value in element.attributes.items():
        assert name != "style", f"no style attribute: <{element.tag}>"
        assert not name.startswith("on"), f"no inline handler: {name} on <{element.tag}>"
        assert not name.startswith("hx-"), f"htmx is spelled data-hx-*: {name}"
        assert not name.startswith("data-hx-on"), f"no inline handler: {name}"
        assert not value.strip().lower().startswith(("js:", "javascript:")), f"no code in {name}"


def _check_form(form: Element) -> None:
    assert form.get("action"), "a form has an action"
    method = (form.get("method") or "").lower()
    assert method in {"get", "post"}, "a form says its method"
    tokens = [field for field in form.all("input") if field.get("name") == "csrf_token"]
    if method == "post":
        assert len(tokens) == 1, f"a form that posts carries one token: {form.get('action')}"
        assert tokens[0].get("value"), "the form's token is filled in"
    else:
        assert not tokens, "a token has no place in an address"
    labelled = {label.get("for") for label in form.all("label")}
    for control in form.all("input", "select", "textarea"):
        if control.get("type") not in {"hidden", "submit", "button"}:
            named = control.get("id") in labelled or control.get("aria-label")
            assert named, f"{control.get('name')} has a label"


def _addresses(element: Element) -> Iterator[tuple[str, str]]:
    method = (element.get("method") or "get").upper() if element.tag == "form" else "GET"
    for name in ("href", "src", "action"):
        if name in element.attributes:
            yield element.attributes[name], method
    if "formaction" in element.attributes:
        yield element.attributes["formaction"], (element.get("formmethod") or "post").upper()
    for name, verb in HTMX_VERBS.items():
        if name in element.attributes:
            yield element.attributes[name], verb


def check_address(url: str, method: str, app: Flask) -> None:
    """Assert that `url` leads somewhere: a route that accepts `method`, or plainly outside."""
    parts = urlsplit(url)
    if parts.scheme == "data":
        assert url.startswith("data:image/"), f"only pictures are inlined: {url[:40]}"
        return
    if parts.scheme or parts.netloc:
        assert parts.scheme in OUTSIDE, f"{url} leads outside over an unexpected scheme"
        return
    if not parts.path and url.startswith("#"):
        return
    assert parts.path.startswith("/"), f"{url} is not made by url_for"
    try:
        app.url_map.bind("localhost").match(parts.path, method)
    except RequestRedirect:
        raise AssertionError(f"{method} {url} is redirected") from None
    except HTTPException as refusal:
        raise AssertionError(f"{method} {url}: {refusal.code}") from None
