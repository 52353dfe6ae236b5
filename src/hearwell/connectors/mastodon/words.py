"""What a status says, out of its HTML: text, with names, tags and links in code points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Entity
from hearwell.connectors.mastodon.names import address_of
from hearwell.kit.markup import Anchor, Link, plain_text

WARNING = "Content warning: "
# The server's own mark of a quote, for programs that know of none.
_QUOTE_IN_WORDS = ("quote-inline",)


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is called: by full address, as the server shows it, at which page."""

    address: str
    acct: str
    url: str


def mentions_of(status: Fields, home: str) -> list[Mention]:
    """Who is called in a status."""
    found = status.get("mentions")
    if not isinstance(found, list):
        return []
    return [
        Mention(address_of(acct, home), acct, text_or_none(one, "url") or "")
        for one in found
        if isinstance(one, dict) and (acct := text_or_none(one, "acct"))
    ]


def text_of(
    status: Fields, mentions: Sequence[Mention], *, is_own_reply: bool
) -> tuple[str, tuple[Entity, ...]]:
    """The words of a status, what it warns of in front, the choices of its poll behind.

    Of what we answered somebody (``is_own_reply``) only our words: the mentions in front and the
    warning repeated are how it got there. Raises ``ContractChanged``.
    """
    wording = _Wording(mentions)
    without = _QUOTE_IN_WORDS if isinstance(status.get("quote"), dict) else ()
    content = status.get("content")
    if not isinstance(content, str):
        message = "Mastodon sent a status without content"
        raise ContractChanged(message)
    plain = plain_text(content, wording=wording, without=without)
    words, links = plain.text, plain.links
    if is_own_reply:
        cut = _after_mentions(words, links, wording)
        kept = [link for link in links if link.start >= cut]
        return words[cut:] + _choices(status), _entities(kept, wording, -cut)
    warning = text_or_none(status, "spoiler_text")
    lead = f"{WARNING}{warning.strip()}\n\n" if warning and warning.strip() else ""
    return (lead + words + _choices(status)).rstrip(), _entities(links, wording, len(lead))


class _Wording:
    """What is written for a link: a name in full, an address that is not the words beside them."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._by_url = {one.url: one for one in mentions if one.url}
        self._by_name = {one.acct.partition("@")[0].lower(): one for one in mentions}

    def __call__(self, anchor: Anchor) -> str:
        called = self.mention(anchor)
        if called is not None:
            return f"@{called.acct}"
        if is_tag(anchor) or _bare(anchor.text) == _bare(anchor.address):
            return anchor.text
        if not anchor.address.startswith(("https://", "http://")):
            return anchor.text
        return f"{anchor.text} ({anchor.address})"

    def mention(self, anchor: Anchor) -> Mention | None:
        """Who is meant by a link: by their page, else by their name."""
        if not anchor.text.startswith("@"):
            return None
        name = anchor.text[1:].partition("@")[0].lower()
        return self._by_url.get(anchor.address) or self._by_name.get(name)


def is_tag(anchor: Anchor) -> bool:
    """Whether the link is a hashtag's."""
    return anchor.text.startswith("#") and len(anchor.text) > 1


def _bare(address: str) -> str:
    """An address as people write it."""
    plain = address.strip().lower().partition("://")[2] or address.strip().lower()
    return plain.removeprefix("www.").rstrip("/")


def _entities(links: Iterable[Link], wording: _Wording, shift: int) -> tuple[Entity, ...]:
    return tuple(_entity(link, wording, shift) for link in links)


def _entity(link: Link, wording: _Wording, shift: int) -> Entity:
    start, end, anchor = link.start + shift, link.end + shift, link.anchor
    called = wording.mention(anchor)
    if called is not None:
        return Entity(start, end, "mention", called.address)
    if is_tag(anchor):
        return Entity(start, end, "tag", anchor.text[1:].lower())
    return Entity(start, end, "link", anchor.address)


def _after_mentions(words: str, links: tuple[Link, ...], wording: _Wording) -> int:
    """Where the words begin behind the mentions that stand in front."""
    cut = 0
    for link in links:
        if words[cut : link.start].strip() or wording.mention(link.anchor) is None:
            break
        cut = link.end
    return cut + len(words[cut:]) - len(words[cut:].lstrip()) if cut else 0


def _choices(status: Fields) -> str:
    """What a poll asks: its choices are not in the content."""
    poll = status.get("poll")
    options = poll.get("options") if isinstance(poll, dict) else None
    if not isinstance(options, list):
        return ""
    titles = (one.get("title") for one in options if isinstance(one, dict))
    lines = [f"○ {title}" for title in titles if isinstance(title, str) and title]
    return "\n\n" + "\n".join(lines) if lines else ""
