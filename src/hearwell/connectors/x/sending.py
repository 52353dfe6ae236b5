"""To answer, once, to find out whether an answer is there, and what else can be done to a post."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.fields import Fields, moment_or_none, nonempty_in, text_or_none
from hearwell.connect.model import Account, Act, Audience, Draft, Sent
from hearwell.connect.signature import shown
from hearwell.connect.weighted import addresses
from hearwell.connectors.x import render
from hearwell.connectors.x.ids import id_of, is_id, moment_of, permalink
from hearwell.connectors.x.listing import DM_FIELDS, FIELDS, looked_up
from hearwell.connectors.x.manifest import (
    DM_READ,
    DM_WRITE,
    ENTERPRISE,
    HIDE,
    LIKE,
    MANIFEST,
    MEDIA,
    READ,
    WRITE,
)
from hearwell.connectors.x.wire import Line
from hearwell.connectors.x.words import plain
from hearwell.kit import clock

ACTS = frozenset({Act.LIKE, Act.UNLIKE, Act.HIDE, Act.UNHIDE, Act.DELETE})
# Two computers' clocks may differ by this much when a read-back looks for what was sent "since".
_SKEW = timedelta(minutes=2)
_PAGE, _MOST_PAGES, _DM_PAGE = 100, 5, 50
_LEADING = re.compile(r"\A(?:@\w{1,15}\s+)+")
_LIKES = "Likes need Enterprise access: X took them from pay-per-use apps in April 2026."
_CLOSED = (
    "X refuses this answer. Its author may let only some people reply, or has to mention this"
    " account first."
)


def send(line: Line, account: Account, draft: Draft) -> Sent:
    """Post once. Raises as ``Replies.send``."""
    if draft.audience is Audience.PRIVATE:
        return _send_message(line, draft)
    _not_too_long(draft)
    try:
        answer = line.do("POST", "tweets", render.post_of(draft), needs=WRITE)
    except failures.NotAllowed as refusal:
        raise _why(line, account, draft, refusal) from refusal
    try:
        return _sent(id_of(answer.data.get("id"), "a post"))
    except failures.Failure as error:
        raise failures.OutcomeUnknown(network_code=error.network_code) from error


def _not_too_long(draft: Draft) -> None:
    rule = MANIFEST.text_rule(draft.audience)
    actual = rule.count(shown(draft))
    if actual > rule.limit:
        raise failures.TooLong(rule.limit, actual, rule.name)


def _send_message(line: Line, draft: Draft) -> Sent:
    _not_too_long(draft)
    where = render.conversation_of(draft)
    if not where:
        raise failures.TargetGone
    path, body = f"dm_conversations/{where}/messages", render.message_of(draft)
    answer = line.do("POST", path, body, needs=DM_WRITE)
    try:
        number = id_of(answer.data.get("dm_event_id"), "a message")
    except failures.Failure as error:
        raise failures.OutcomeUnknown(network_code=error.network_code) from error
    return Sent(number, "", moment_of(number))


def _sent(number: str) -> Sent:
    return Sent(number, permalink(number), moment_of(number))


def _why(
    line: Line, account: Account, draft: Draft, refusal: failures.NotAllowed
) -> failures.Refused:
    """One status for everything: what is answered may be gone, or the same stands there already."""
    code = refusal.network_code
    try:
        if draft.parent_id and not looked_up(line, [draft.parent_id]).entries:
            return failures.TargetGone(network_code=code)
        alike = next(_alike(line, account, draft, clock.now() - timedelta(days=1)), None)
    except failures.Failure:
        alike = None
    if alike is not None:
        return failures.Duplicate(existing=alike.external_id, network_code=code)
    return failures.NotAllowed(_CLOSED, network_code=code)


# --- files ---------------------------------------------------------------------------------------


def upload(line: Line, file: Attachment) -> Uploaded:
    """Hand over a picture, then describe it. What no post shows, X forgets after a day."""
    form = {"media_category": "tweet_image", "media_type": file.mime}
    try:
        answer = line.upload("media/upload", form, (file.name, file.body, file.mime), needs=MEDIA)
    except failures.Refused as refusal:
        if type(refusal) is not failures.Refused:
            raise
        raise failures.MediaRejected(network_code=refusal.network_code) from refusal
    number = nonempty_in(answer.data, "id")
    if file.alt:
        said = {"id": number, "metadata": {"alt_text": {"text": file.alt}}}
        line.do("POST", "media/metadata", said, needs=MEDIA)
    return Uploaded(number)


# --- reading back --------------------------------------------------------------------------------


def find_sent(
    line: Line, account: Account, draft: Draft, since: datetime, linked: Collection[str]
) -> Sent | None:
    """By author, what is answered, words and time; of two that are alike the older one."""
    if draft.audience is Audience.PRIVATE:
        found = list(_alike_messages(line, account, draft, since))
    else:
        found = list(_alike(line, account, draft, since))
    free = [one for one in found if one.external_id not in linked]
    return min(free, key=lambda one: one.at, default=None)


def _alike(line: Line, account: Account, draft: Draft, since: datetime) -> Iterator[Sent]:
    wanted = _essence(shown(draft))
    for post in _own(line, account, since):
        if (
            _answered(post) == (draft.parent_id or "")
            and _essence(plain(text_or_none(post, "text") or "", ())[0], len(draft.media)) == wanted
        ):
            yield _sent(id_of(post.get("id"), "a post"))


def _own(line: Line, account: Account, since: datetime) -> Iterator[Fields]:
    begins = (since - _SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
    params: dict[str, str | int] = {**FIELDS, "max_results": _PAGE, "start_time": begins}
    for _ in range(_MOST_PAGES):
        answer = line.get(f"users/{account.external_id}/tweets", params, needs=READ)
        yield from answer.entries
        if not answer.next_token:
            return
        params["pagination_token"] = answer.next_token
    # More than so many in that time: what was not read may be it.
    raise failures.Unavailable


def _answered(post: Fields) -> str:
    found = post.get("referenced_tweets")
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and one.get("type") == "replied_to":
            return str(one.get("id"))
    return ""


def _essence(words: str, files: int = 0) -> str:
    """Words without what X changes: names in front, addresses, those of its own pictures."""
    bare, at, parts = _LEADING.sub("", words), 0, []
    for start, end in addresses(bare):
        parts += [bare[at:start], "\0"]
        at = end
    said = " ".join(("".join(parts) + bare[at:]).split())
    return said.removesuffix("\0").rstrip() if files and said.endswith("\0") else said


def _alike_messages(line: Line, account: Account, draft: Draft, since: datetime) -> Iterator[Sent]:
    path = f"dm_conversations/{render.conversation_of(draft)}/dm_events"
    answer = line.get(path, {**DM_FIELDS, "max_results": _DM_PAGE}, needs=DM_READ)
    wanted = _essence(shown(draft))
    for event in answer.entries:
        number, text = str(event.get("id")), text_or_none(event, "text") or ""
        said_at = moment_or_none(event.get("created_at"))
        if (
            is_id(number)
            and event.get("sender_id") == account.external_id
            and (said_at or moment_of(number)) >= since - _SKEW
            and _essence(plain(text, ())[0], len(draft.media)) == wanted
        ):
            yield Sent(number, "", moment_of(number))


# --- acts ----------------------------------------------------------------------------------------


def act(line: Line, account: Account, what: Act, ref: str) -> None:
    """Do it; doing it twice is no error. Raises as ``Moderates.act``."""
    if what not in ACTS:
        raise failures.NotAllowed
    if not is_id(ref):
        raise failures.TargetGone
    if what in {Act.LIKE, Act.UNLIKE}:
        _like(line, account, ref, is_liked=what is Act.LIKE)
    elif what is Act.DELETE:
        with suppress(failures.TargetGone):  # gone, as wanted
            line.do("DELETE", f"tweets/{ref}", needs=WRITE)
    else:
        line.do("PUT", f"tweets/{ref}/hidden", {"hidden": what is Act.HIDE}, needs=HIDE)


def _like(line: Line, account: Account, ref: str, *, is_liked: bool) -> None:
    if account.tier != ENTERPRISE:
        raise failures.NotAllowed(_LIKES)
    path = f"users/{account.external_id}/likes"
    if is_liked:
        line.do("POST", path, {"tweet_id": ref}, needs=LIKE)
        return
    with suppress(failures.TargetGone):
        line.do("DELETE", f"{path}/{ref}", needs=LIKE)
