"""LinkedIn's names of things: URNs, and how they go into an address. Pure.

A comment's URN is made of what it stands below and its number. Notifications write that without
its ``urn:li:`` at times; here it has one form only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

ORGANIZATION = "urn:li:organization:"
COMMENT, PERSON = "urn:li:comment:", "urn:li:person:"
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?([A-Za-z]+:\d+),(\d+)\)")
_POST = re.compile(r"urn:li:(?:activity|share|ugcPost):\d+")
_ACTOR = re.compile(r"\(\s*(urn:li:(?:person|organization|organizationBrand):[\w-]+)\s*,")
_PAGE_NUMBER = re.compile(r"(?:urn:li:organization:|.*/company/)?(\d+)(?:/.*)?")
_PAGE_NAME = re.compile(r"(?:.*/(?:company|school|showcase)/)?([^/?#\s]+)(?:[/?#].*)?")


@dataclass(frozen=True, slots=True)
class CommentUrn:
    """A comment: ``post`` is what it stands below, ``number`` its own id."""

    post: str
    number: str

    def __str__(self) -> str:
        return f"{COMMENT}({self.post},{self.number})"


def comment_of(urn: str) -> CommentUrn | None:
    """The parts of a comment's URN; None if it is none."""
    found = _COMMENT.fullmatch(urn)
    return CommentUrn(f"urn:li:{found[1]}", found[2]) if found else None


def normal(urn: str) -> str:
    """The one form of a URN."""
    comment = comment_of(urn)
    return str(comment) if comment else urn


def is_post(urn: str) -> bool:
    """Whether it names something that can be commented on and read as a post."""
    return _POST.fullmatch(urn) is not None


def actor_in(urn: str) -> str:
    """Who did it, as the URN of a reaction says; empty if it does not."""
    found = _ACTOR.search(urn)
    return found[1] if found else ""


def encoded(urn: str) -> str:
    """As it stands in an address: Rest.li 2.0 wants every colon and bracket of a URN escaped."""
    return quote(urn, safe="")


def permalink(urn: str) -> str:
    """The page that shows a comment or post."""
    comment = comment_of(urn)
    page = "https://www.linkedin.com/feed/update/"
    return f"{page}{comment.post}?commentUrn={encoded(urn)}" if comment else f"{page}{urn}"


def page_named(typed: str) -> tuple[str, str]:
    """What a person typed to name a Page: its number, or its name in addresses; one is empty."""
    number = _PAGE_NUMBER.fullmatch(typed.strip())
    if number:
        return number[1], ""
    name = _PAGE_NAME.fullmatch(typed.strip())
    return "", name[1].lower() if name else ""
