"""To answer, once, to find out whether an answer is there, to like, and to delete our own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hearwell.connect import failures
from hearwell.connect.fields import Fields, nonempty_in, number_in, object_in, text_or_none
from hearwell.connect.model import Account, Act, Draft, Sent
from hearwell.connectors.linkedin import render, urns
from hearwell.connectors.linkedin.manifest import READ, WRITE
from hearwell.connectors.linkedin.wire import Line

ACTS = frozenset({Act.LIKE, Act.UNLIKE, Act.DELETE})
# Two computers' clocks may differ by this much when a read-back looks for what was sent "since".
_SKEW = timedelta(minutes=2)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_PAGE, _MOST_PAGES = 100, 10
_NOT_OURS = "Only the Page's own comments can be deleted here."


def send(line: Line, account: Account, draft: Draft) -> Sent:
    """Post one comment. Raises as ``Replies.send``.

    LinkedIn refuses the same words in the same place for a while (422). Then we look whether they
    stand there already and say which comment it is.
    """
    target = render.target_of(draft)
    if target is None:
        raise failures.TargetGone
    body = render.body_of(account, draft, target)
    try:
        answer = line.do("POST", target.path, WRITE, body)
    except failures.Duplicate as refusal:
        existing = _existing(line, account, draft, target)
        raise failures.Duplicate(existing=existing, network_code=refusal.network_code) from refusal
    try:
        return _sent(answer)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code=error.network_code) from error


def _existing(line: Line, account: Account, draft: Draft, target: render.Target) -> str | None:
    try:
        alike = _alike(line, account, draft, target, _EVER)
    except failures.Failure:
        return None
    return text_or_none(alike[0], "commentUrn") if alike else None


def find_sent(
    line: Line, account: Account, draft: Draft, since: datetime, linked: Collection[str]
) -> Sent | None:
    """Look among the comments below what was answered: by author, words and time.

    Of two that are alike the older one; the other may be another draft's.
    """
    target = render.target_of(draft)
    if target is None:
        return None
    try:
        alike = [_sent(one) for one in _alike(line, account, draft, target, since)]
    except failures.TargetGone:
        return None
    free = [one for one in alike if one.external_id not in linked]
    return min(free, key=lambda one: one.at, default=None)


def _alike(
    line: Line, account: Account, draft: Draft, target: render.Target, since: datetime
) -> list[Fields]:
    wanted = render.text_of(draft).split()
    return [
        one
        for one in _below(line, target)
        if one.get("actor") == account.external_id
        and _words(one).split() == wanted
        and _created(one) >= since - _SKEW
    ]


def _below(line: Line, target: render.Target) -> Iterator[Fields]:
    for number in range(_MOST_PAGES):
        path = f"{target.path}?start={number * _PAGE}&count={_PAGE}"
        found = line.get(path, READ).get("elements")
        if not isinstance(found, list):
            raise failures.ContractChanged
        yield from (one for one in found if isinstance(one, dict))
        if len(found) < _PAGE:
            return
    # More than so many below one post: what was not read may be it.
    raise failures.Unavailable


def _words(comment: Fields) -> str:
    message = comment.get("message")
    return str(message.get("text", "")) if isinstance(message, dict) else ""


def _created(comment: Fields) -> datetime:
    at = number_in(object_in(comment.get("created"), "when it was written"), "time")
    try:
        return datetime.fromtimestamp(at / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise failures.ContractChanged from error


def _sent(comment: Fields) -> Sent:
    urn = urns.normal(nonempty_in(comment, "commentUrn"))
    return Sent(urn, urns.permalink(urn), _created(comment))


# --- acts ----------------------------------------------------------------------------------------


def act(line: Line, account: Account, what: Act, ref: str) -> None:
    """Do it; doing it twice is no error. Raises as ``Moderates.act``."""
    urn = urns.normal(ref)
    if what not in ACTS:
        raise failures.NotAllowed
    if urns.comment_of(urn) is None and not urns.is_post(urn):
        raise failures.TargetGone
    if what is Act.DELETE:
        _delete(line, account, urn)
        return
    us = account.external_id
    if what is Act.LIKE:
        path = f"reactions?actor={urns.encoded(us)}"
        with suppress(failures.Duplicate):  # it is liked, as wanted
            line.do("POST", path, WRITE, {"root": urn, "reactionType": "LIKE"})
        return
    key = f"(actor:{urns.encoded(us)},entity:{urns.encoded(urn)})"
    with suppress(failures.TargetGone):  # it is not liked, as wanted
        line.do("DELETE", f"reactions/{key}", WRITE)


def _delete(line: Line, account: Account, urn: str) -> None:
    comment = urns.comment_of(urn)
    if comment is None:
        raise failures.NotAllowed(_NOT_OURS)
    path = comment_path(comment)
    try:
        found = line.get(path, READ)
    except failures.TargetGone:
        return  # gone, as wanted
    if found.get("actor") != account.external_id:
        raise failures.NotAllowed(_NOT_OURS)
    with suppress(failures.TargetGone):
        line.do("DELETE", f"{path}?actor={urns.encoded(account.external_id)}", WRITE)


def comment_path(comment: urns.CommentUrn) -> str:
    """Where one comment is."""
    return f"socialActions/{urns.encoded(comment.post)}/comments/{comment.number}"
