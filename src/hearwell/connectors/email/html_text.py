"""HTML of a mail as plain text, in one pass: nothing of it is ever shown as HTML.

What the writer's program marks as a quote gets "> " before its lines and a marked signature its
"-- ", so that one set of rules (`quoting`) folds both kinds of mail. Links show where they lead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hearwell.connectors.email.html_tokens import Tag, tokens

_SILENT = frozenset({"head", "script", "style", "title", "template", "noscript", "object", "svg"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_BLOCK = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol"})
_QUOTE_CLASSES = frozenset(
    {"gmail_quote", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "tutanota_quote"}
)
_QUOTE_IDS = frozenset({"divRplyFwdMsg", "appendonsend", "isReplyContent", "zmail_extra"})
# From here on everything is quoted, whatever elements follow (Outlook on the web and phones).
_QUOTE_TO_THE_END = frozenset({"divRplyFwdMsg", "appendonsend"})
_SIGNATURE_CLASSES = frozenset({"gmail_signature", "moz-signature", "protonmail_signature_block"})
_SIGNATURE_IDS = frozenset({"Signature", "ms-outlook-mobile-signature", "AppleMailSignature"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u200b\u034f\u00ad\ufeff]+")
_LINK = re.compile(r"https?://[^\s<>\"]{1,1000}\Z", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    tag: str
    is_silent: bool = False
    is_quote: bool = False
    is_pre: bool = False
    link: str = ""
    text_from: int = 0


def text_of_html(markup: str) -> str:
    """Return what a reader would see, quotes marked; never raises, linear in the markup."""
    reader = _Reader()
    for token in tokens(markup):
        if isinstance(token, str):
            reader.read(token)
        elif token.is_closing:
            reader.leave(token.name)
        else:
            reader.enter(token)
    return reader.text()


class _Reader:
    """Keeps the open elements on a stack; closing one closes what was left open in it."""

    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._counts: dict[str, int] = {}
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent = self._pre = self._quotes = 0
        self._is_quoted_to_the_end = False

    def text(self) -> str:
        """All lines so far, empty ones never more than one in a row."""
        self._end_line()
        lines: list[str] = []
        for line in self._lines:
            if line.strip("> ") or (lines and lines[-1].strip("> ")):
                lines.append(line)
        return "\n".join(lines).strip("\n")

    # --- what the markup says ------------------------------------------------------------------

    def enter(self, element: Tag) -> None:
        """An element begins."""
        tag, given = element.name, element.attributes
        if tag in _VOID:
            self._void(tag, given)
            return
        if tag in _BLOCK:
            self._break(is_spaced=tag in _SPACED)
        if tag in {"td", "th"} and self._line:
            self._line.append(" ")
        classes = set(given.get("class", "").split()) if given else set[str]()
        # Some programs put their own prefix before the ids of what they quote.
        name = given.get("id", "").removeprefix("x_").removeprefix("m_")
        if (classes & _SIGNATURE_CLASSES or name in _SIGNATURE_IDS) and not self._is_quoted:
            self._break()
            self._lines.append("-- ")
        opened = _Open(
            tag,
            is_silent=tag in _SILENT or bool(_HIDDEN.search(given.get("style", ""))),
            is_quote=_is_quote(tag, given, classes, name),
            is_pre=tag == "pre",
            link=given.get("href", "") if tag == "a" else "",
            text_from=len(self._line),
        )
        if opened.is_quote:
            self._break(is_spaced=True)
        if name in _QUOTE_TO_THE_END:
            self._is_quoted_to_the_end = True
        self._push(opened)
        if tag == "li":
            self._line.append("• ")

    def leave(self, tag: str) -> None:
        """An element ends, if it ever began."""
        if not self._counts.get(tag):
            if tag in _BLOCK:
                self._break()
            return
        while self._stack:
            closed = self._pop()
            if closed.tag == tag:
                return

    def read(self, data: str) -> None:
        """Some text, entities undone already."""
        if self._silent:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._line.append(first)
            for other in others:
                self._end_line()
                self._line.append(other)
            return
        folded = _SPACES.sub(" ", data)
        if folded == " " and not self._line:
            return
        self._line.append(folded)

    # --- the stack -----------------------------------------------------------------------------

    def _push(self, opened: _Open) -> None:
        self._stack.append(opened)
        self._counts[opened.tag] = self._counts.get(opened.tag, 0) + 1
        self._silent += opened.is_silent
        self._pre += opened.is_pre
        self._quotes += opened.is_quote

    def _pop(self) -> _Open:
        closed = self._stack.pop()
        self._counts[closed.tag] -= 1
        if closed.link:
            self._tell_where(closed)
        if closed.tag in _BLOCK or closed.is_quote:
            self._break(is_spaced=closed.tag in _SPACED or closed.is_quote)
        self._silent -= closed.is_silent
        self._pre -= closed.is_pre
        self._quotes -= closed.is_quote
        return closed

    def _void(self, tag: str, given: Mapping[str, str]) -> None:
        if self._silent:
            return
        if tag == "br":
            self._end_line()
        elif tag == "hr":
            self._break()
        elif tag == "img" and (alt := _SPACES.sub(" ", given.get("alt", "")).strip()):
            self._line.append(f"[{alt[:200]}]")

    def _tell_where(self, closed: _Open) -> None:
        """After a link's words its address, unless the words are the address."""
        words = "".join(self._line[closed.text_from :]).strip()
        address = closed.link.strip()
        if not _LINK.match(address) or self._silent:
            return
        if words.rstrip("/").lower() not in {address.rstrip("/").lower(), _bare(address)}:
            self._line.append(f" <{address}>")

    # --- lines ---------------------------------------------------------------------------------

    @property
    def _is_quoted(self) -> bool:
        return bool(self._quotes) or self._is_quoted_to_the_end

    def _break(self, *, is_spaced: bool = False) -> None:
        if "".join(self._line).strip():
            self._end_line()
        else:
            self._line.clear()
        if is_spaced and self._lines and self._lines[-1].strip("> "):
            self._lines.append(">" if self._is_quoted else "")

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        if not self._pre:
            line = line.strip()
        depth = self._quotes or int(self._is_quoted_to_the_end)
        self._lines.append(f"{'>' * min(depth, 9)} {line}".rstrip() if depth else line)


def _is_quote(tag: str, given: Mapping[str, str], classes: set[str], name: str) -> bool:
    if tag == "blockquote":
        return given.get("type", "") == "cite" or "gmail_quote" in classes or "cite" in given
    return bool(classes & _QUOTE_CLASSES) or name in _QUOTE_IDS


def _bare(address: str) -> str:
    """A web address as people write it."""
    return address.lower().split("://", 1)[1].removeprefix("www.").rstrip("/")
