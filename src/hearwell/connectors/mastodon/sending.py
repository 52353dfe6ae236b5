"""To answer, once, and to find out whether an answer is there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.fields import Fields, moment_in, text_in, text_or_none
from hearwell.connect.model import Account, Draft, Sent
from hearwell.connect.signature import shown
from hearwell.connect.textrule import TextRule
from hearwell.connectors.mastodon import instance, render
from hearwell.connectors.mastodon.listing import fetched
from hearwell.connectors.mastodon.manifest import MEDIA_SCOPE
from hearwell.connectors.mastodon.names import address_of, home_of
from hearwell.connectors.mastodon.window import order
from hearwell.connectors.mastodon.wire import Answer, Line
from hearwell.kit import clock
from hearwell.kit.markup import plain_text

STATUSES = "/api/v1/statuses"
_UPLOAD, _MEDIA = "/api/v2/media", "/api/v1/media"
_PREPARES = timedelta(seconds=2)
# Two computers' clocks may differ by this much when a read-back looks for what was sent "since".
_SKEW = timedelta(minutes=2)
_PAGE, _MOST_PAGES = 40, 10
_NAME = re.compile(r"@([\w.-]*\w)(?:@[\w.-]*\w)?")
_LEADING = re.compile(r"\A(?:@\S+\s+)+")


def send(line: Line, account: Account, draft: Draft, key: str) -> Sent:
    """Read what is answered, then post. Raises as ``Replies.send``."""
    post = render.post_of(account, draft, _target(line, account, draft))
    too_long = _too_long(instance.rule_of(account.settings), post)
    if too_long is not None:
        raise too_long
    try:
        answer = line.post(STATUSES, post.form, needs="write:statuses", key=key)
    except failures.Refused as refusal:
        raise _why(line, post, refusal) from refusal
    try:
        return _sent(answer.fields)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code=error.network_code) from error


def upload(line: Line, file: Attachment) -> Uploaded:
    """Hand over a file with its description. A server may take its time with it (202)."""
    form = {"description": file.alt} if file.alt else {}
    given = (file.name, file.body, file.mime)
    with _unfit():
        return _uploaded(line.upload(_UPLOAD, form, given, needs=MEDIA_SCOPE))


def prepared(line: Line, handle: str) -> Uploaded:
    """Whether a file can be shown by now: 206 as long as it cannot, 422 where it never will."""
    with _unfit():
        return _uploaded(line.get(f"{_MEDIA}/{handle}", needs=MEDIA_SCOPE))


@contextmanager
def _unfit() -> Iterator[None]:
    """What a server refuses about a file, it refuses about the file: it says so in its language."""
    try:
        yield
    except failures.Refused as refusal:
        if type(refusal) is not failures.Refused:
            raise
        raise failures.MediaRejected(network_code=refusal.network_code) from refusal


def _uploaded(answer: Answer) -> Uploaded:
    handle = text_in(answer.fields, "id")
    is_ready = answer.status == httpx.codes.OK
    return Uploaded(handle, None if is_ready else clock.now() + _PREPARES)


def _target(line: Line, account: Account, draft: Draft) -> render.Target:
    """What is answered, as it is now: it may have been deleted, or made for fewer eyes."""
    if draft.parent_id is None:
        if draft.to is None:
            raise failures.TargetGone
        return render.Target((draft.to.external_id,), "direct")
    try:
        status = fetched(line, draft.parent_id)
    except failures.ContractChanged as error:
        # Nothing was posted yet, so there is no doubt about that.
        raise failures.Unavailable(network_code=error.network_code) from error
    if status is None:
        raise failures.TargetGone
    return render.target_of(account, status)


def _too_long(rule: TextRule, post: render.Post, code: str = "") -> failures.TooLong | None:
    """What was warned of and whom it calls count as well: that is only known by now."""
    actual = rule.count(post.warning) + rule.count(post.text)
    if actual <= rule.limit:
        return None
    message = f"{actual - rule.limit} characters too long for this server, names in front included."
    return failures.TooLong(rule.limit, actual, rule.name, message, network_code=code)


def _why(line: Line, post: render.Post, refusal: failures.Refused) -> failures.Refused:
    """A server refuses in its own language: whether it was the length, its limit tells."""
    if type(refusal) is not failures.Refused:
        return refusal
    try:
        now = instance.ask(line)
    except failures.Failure:
        return refusal
    return _too_long(instance.rule_of(now.settings), post, refusal.network_code) or refusal


def _sent(status: Fields) -> Sent:
    permalink = text_or_none(status, "url") or text_in(status, "uri")
    return Sent(text_in(status, "id"), permalink, moment_in(status, "created_at"))


# --- reading back --------------------------------------------------------------------------------


def find_sent(
    line: Line, account: Account, draft: Draft, since: datetime, linked: Collection[str]
) -> Sent | None:
    """Look below what was answered and among the account's own statuses.

    By account, parent, words and time: no server hands our key back. Of two that are alike the
    older one; the other may be another draft's.
    """
    alike = [
        status
        for status in _candidates(line, account, draft, since)
        if text_or_none(status, "id") not in linked and _is_it(account, draft, status, since)
    ]
    if not alike:
        return None
    return _sent(min(alike, key=lambda status: order(text_in(status, "id"))))


def _candidates(line: Line, account: Account, draft: Draft, since: datetime) -> Iterator[Fields]:
    if draft.parent_id is not None:
        yield from _below(line, draft.parent_id)
    yield from _own(line, account, since)


def _below(line: Line, parent: str) -> Iterable[Fields]:
    try:
        answer = line.get(f"{STATUSES}/{parent}/context", needs="read:statuses")
    except failures.TargetGone:
        return []
    found = answer.fields.get("descendants")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _own(line: Line, account: Account, since: datetime) -> Iterator[Fields]:
    """The account's own statuses down to that time; raises if they could not all be read."""
    path = f"/api/v1/accounts/{account.settings.get('account_id', '')}/statuses"
    params: dict[str, str | int] = {"limit": _PAGE, "exclude_reblogs": "true"}
    for _ in range(_MOST_PAGES):
        page = line.get(path, params, needs="read:statuses").entries
        yield from page
        if not page or min(moment_in(one, "created_at") for one in page) < since - _SKEW:
            return
        params["max_id"] = min((text_in(one, "id") for one in page), key=order)
    # More than so many in that time: what was not read may be it.
    raise failures.Unavailable


def _is_it(account: Account, draft: Draft, status: Fields, since: datetime) -> bool:
    author = status.get("account")
    acct = text_or_none(author, "acct") if isinstance(author, dict) else None
    home = home_of(account.external_id)
    return (
        acct is not None
        and address_of(acct, home) == account.external_id
        # Where the answered one was deleted since, the answer stands alone.
        and text_or_none(status, "in_reply_to_id") in {draft.parent_id, None}
        and moment_in(status, "created_at") >= since - _SKEW
        and len(_files(status)) == len(draft.media)
        and _essence(_words(status)) == _essence(shown(draft))
    )


def _files(status: Fields) -> list[object]:
    found = status.get("media_attachments")
    return found if isinstance(found, list) else []


def _words(status: Fields) -> str:
    content = status.get("content")
    return plain_text(content).text if isinstance(content, str) else ""


def _essence(words: str) -> str:
    """Words without what servers change: mentions in front, servers of names, white space."""
    bare = (
        _LEADING.sub("", words.strip() + " ", count=1) if words.lstrip().startswith("@") else words
    )
    return " ".join(_NAME.sub(r"@\1", bare).split())
