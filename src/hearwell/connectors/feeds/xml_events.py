"""XML taken apart by expat: a feed's head, and for each entry its fields and its bytes.

No declaration of a document type reaches the parser, so nothing is fetched and no entity grows;
what is not well-formed is mended once, and if that does not help, read as far as it goes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from hearwell.connect.failures import ContractChanged
from hearwell.connectors.feeds.document import NotAFeed
from hearwell.connectors.feeds.manifest import MOST_ENTRIES, MOST_PARTS, TOO_MANY_PARTS

_PLAIN = frozenset(
    {
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
)
_PREFIXES: Mapping[str, str] = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://search.yahoo.com/mrss/": "media",
    "http://itunes.apple.com/rss": "im",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_ENTRIES = frozenset({"item", "entry"})
# An Atom element inside RSS is no RSS element: its link is not the item's.
_ATOM = "http://www.w3.org/2005/Atom"
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
_ELEMENT = re.compile(r"<[A-Za-z]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(?:[0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9]{0,31});)?")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_DEEPEST_ENTRY, _DEEPEST_FIELD = 4, 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of an entry or of the head: its attributes and its text.

    ``text`` is markup where the element holds elements of its own (XHTML).
    """

    given: Mapping[str, str]
    text: str


@dataclass(slots=True)
class RawEntry:
    """The fields of an entry by path (``author/name``), each as often as it is there."""

    given: Mapping[str, str]
    fields: dict[str, list[Piece]] = field(default_factory=dict)
    place: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class RawFeed:
    """What stands in a document, in its order."""

    body: bytes = b""
    root: str = ""
    language: str = ""
    base: str = ""
    head: dict[str, list[Piece]] = field(default_factory=dict)
    entries: list[RawEntry] = field(default_factory=list)
    is_broken: bool = False


def taken_apart(text: str) -> RawFeed:
    """Read a document. Raises ``NotAFeed``, or ``ContractChanged`` if none of it can be read."""
    text = _bare(text)
    _few(text, "<")
    first = _Reader(with_names=True).read(text)
    if first.entries and not first.is_broken:
        return first
    _few(text, "&")
    whole = mended(text)
    # By its namespaces first, as what is cut out of it will be read; those may be misspelt, too.
    others = [_Reader(with_names=is_named).read(whole) for is_named in (True, False)]
    best = max([first, *others], key=lambda one: (len(one.entries), not one.is_broken))
    if best.is_broken and not best.entries:
        message = "This feed is broken: its XML cannot be read."
        raise ContractChanged(message)
    return best


def _few(text: str, sign: str) -> None:
    if text.count(sign) > MOST_PARTS:
        raise ContractChanged(TOO_MANY_PARTS)


def _bare(text: str) -> str:
    """The document without what stands before its root: how it is written, and of what type."""
    text = text.lstrip()
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :].lstrip() if declaration else text
    element = _ELEMENT.search(text)
    at = text.upper().find("<!DOCTYPE", 0, element.start() if element else None)
    doctype = _DOCTYPE.match(text, at) if at >= 0 else None
    return text[:at] + text[doctype.end() :] if doctype else text


def mended(text: str) -> str:
    """Put right what is often wrong: bare ampersands, HTML's entities, letters XML forbids."""
    pieces, at = list[str](), 0
    while (opening := text.find(_CDATA, at)) >= 0:
        pieces.append(_REFERENCE.sub(_reference, text[at:opening]))
        closing = text.find(_CDATA_END, opening)
        at = len(text) if closing < 0 else closing + len(_CDATA_END)
        pieces.append(text[opening:at])
    pieces.append(_REFERENCE.sub(_reference, text[at:]))
    return _ILLEGAL.sub("\ufffd", "".join(pieces))


def _reference(match: re.Match[str]) -> str:
    name, whole = match[1], match[0]
    if name in _OWN:
        return whole
    if name:
        known = html5.get(f"{name};")
        return html.escape(known) if known else f"&amp;{whole[1:]}"
    if whole == "&":
        return "&amp;"
    # A number of no character is one that stands for it; what XML forbids is mended afterwards.
    return html.escape(html.unescape(whole)) or "\ufffd"


class _Reader:
    """Hears what expat tells. Whatever is not wanted is passed by."""

    def __init__(self, *, with_names: bool) -> None:
        self.feed = RawFeed()
        self._parser: XMLParserType = ParserCreate("utf-8", " " if with_names else None)
        self._parser.buffer_text = True
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = _refuse
        self._parser.StartDoctypeDeclHandler = _refuse
        self._names: dict[str, str] = {}
        self._home = ""
        self._depth = 0
        self._entry: RawEntry | None = None
        self._entry_depth = self._entry_inside = 0
        self._open: list[tuple[str, Mapping[str, str], list[str]]] = []
        self._markup_from = 0

    def read(self, text: str) -> RawFeed:
        """Read all, or as far as it can be read."""
        self.feed.body = text.encode("utf-8", "replace")
        try:
            self._parser.Parse(self.feed.body, True)
        except ExpatError:
            self.feed.is_broken = True
        if self.feed.root and self.feed.root not in _ROOTS:
            raise NotAFeed
        return self.feed

    def _name(self, raw: str) -> str:
        """An element's name as this module knows it: one prefix for one namespace."""
        known = self._names.get(raw)
        if known is None:
            space, local, prefix = _parts(raw)
            if not space:
                known = raw.removeprefix("atom:") if self.feed.root == "feed" else raw
            elif space == _ATOM and self.feed.root in {"rss", "rdf"}:
                known = f"atom:{local}"
            else:
                is_plain = space in _PLAIN or space == self._home
                # Some addresses of namespaces are misspelt, too; the prefix says what is meant.
                known = local if is_plain else f"{_PREFIXES.get(space) or prefix or '?'}:{local}"
            self._names[raw] = known
        return known

    # --- what expat tells ----------------------------------------------------------------------

    def _start(self, raw: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._markup_from:
            self._open[-1][2].append(_tag(raw, attributes))
            return
        name = self._name(raw)
        given = {self._name(key): value for key, value in attributes.items()}
        if self._depth == 1:
            self._begin(raw, name, given)
            return
        if self._entry is None and name in _ENTRIES and self._depth <= _DEEPEST_ENTRY:
            self._entry, self._entry_depth = RawEntry(given), self._depth
            self._entry_inside = len(self._open)
            self._entry.place = (self._parser.CurrentByteIndex, 0)
            return
        self._open.append((name, given, []))
        if given.get("type") in {"xhtml", "application/xhtml+xml"}:
            self._markup_from = self._depth

    def _begin(self, raw: str, name: str, given: Mapping[str, str]) -> None:
        # Whatever namespace a feed gives itself is its own: some are misspelt.
        self._home = _parts(raw)[0]
        self.feed.root = name.rpartition(":")[2].lower()
        self.feed.language, self.feed.base = given.get("xml:lang", ""), given.get("xml:base", "")
        self._names.clear()

    def _end(self, raw: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._markup_from and depth > self._markup_from:
            self._open[-1][2].append(f"</{_parts(raw)[1]}>")
            return
        self._markup_from = 0
        if self._entry is not None and depth == self._entry_depth:
            self._finish(self._entry)
            return
        if self._open:
            name, given, texts = self._open.pop()
            self._note(name, Piece(given, "".join(texts)))

    def _characters(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(html.escape(data) if self._markup_from else data)

    # --- what is kept --------------------------------------------------------------------------

    def _finish(self, entry: RawEntry) -> None:
        index = self._parser.CurrentByteIndex
        entry.place = (entry.place[0], self.feed.body.find(b">", index) + 1)
        self._entry = None
        if len(self.feed.entries) < MOST_ENTRIES:
            self.feed.entries.append(entry)

    def _note(self, name: str, piece: Piece) -> None:
        if self._entry is not None:
            if len(self._open) - self._entry_inside < _DEEPEST_FIELD:
                inside = [one[0] for one in self._open[self._entry_inside :]]
                self._entry.fields.setdefault("/".join([*inside, name]), []).append(piece)
        # RSS has a channel around its head, Atom has not.
        elif all(one[0] == "channel" for one in self._open):
            self.feed.head.setdefault(name, []).append(piece)


def _refuse(*_: object) -> None:
    message = "This feed declares a document type of its own, which we do not read."
    raise ContractChanged(message)


def _parts(raw: str) -> tuple[str, str, str]:
    """Namespace, name and prefix; without namespaces the name is all there is."""
    pieces = raw.split(" ")
    return pieces[0] if pieces[1:] else "", pieces[min(1, len(pieces) - 1)], "".join(pieces[2:])


def _tag(raw: str, attributes: Mapping[str, str]) -> str:
    """An element of XHTML as a tag: only where links lead is of use."""
    target = attributes.get("href")
    more = f' href="{html.escape(target)}"' if target else ""
    return f"<{_parts(raw)[1]}{more}>"
