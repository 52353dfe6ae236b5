"""To answer, once, to find out whether an answer is there, and what else can be done to a thing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from hearwell.connect import failures
from hearwell.connect.fields import Fields, nonempty_in, object_in, text_or_none
from hearwell.connect.model import Account, Act, Audience, Draft, Sent
from hearwell.connectors.reddit import parse, render
from hearwell.connectors.reddit.manifest import EDIT, HISTORY, MESSAGES, MODERATE, READ, SAY, VOTE
from hearwell.connectors.reddit.wire import Line

ACTS = frozenset(Act)
# Settings: the account's name, and the subreddits it moderates, by name.
NAME, MODERATED = "name", "moderates"
_SKEW = timedelta(minutes=2)
_SITE = "https://www.reddit.com"
_NOT_OURS = "Only the account's own comments and posts can be deleted here."
_NO_MODERATOR = "This account does not moderate r/%s, so it can neither remove nor approve there."
_DIRECTION: Mapping[Act, str] = {Act.LIKE: "1", Act.UNLIKE: "0"}


def send(line: Line, draft: Draft) -> Sent:
    """Post one comment or message. Raises as ``Replies.send``."""
    target = render.target_of(draft)
    if not target:
        raise failures.TargetGone
    form = {"thing_id": target, "text": render.text_of(draft)}
    needs = MESSAGES if draft.audience is Audience.PRIVATE else SAY
    answer = line.do("/api/comment", form, needs)
    try:
        return sent_in(answer.body)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code=error.network_code) from error


def sent_in(body: Fields) -> Sent:
    """What was said, by the answer to it. Raises ``ContractChanged``."""
    data = object_in(object_in(body.get("json"), "an answer").get("data"), "an answer")
    found = data.get("things")
    return _sent(object_in(found[0] if isinstance(found, list) and found else None, "a thing"))


def _sent(thing: Fields) -> Sent:
    data = parse.data_of(thing)
    permalink = text_or_none(data, "permalink") or text_or_none(data, "context") or ""
    return Sent(nonempty_in(data, "name"), f"{_SITE}{permalink}" if permalink else "", _made(data))


def _made(data: Fields) -> datetime:
    found = data.get("created_utc")
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return datetime.fromtimestamp(found, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    message = "Reddit did not say when this was written"
    raise failures.ContractChanged(message)


def find_sent(
    line: Line, account: Account, draft: Draft, since: datetime, linked: Collection[str]
) -> Sent | None:
    """Look among what the account said last: by what it answers, by words and time."""
    name = account.settings.get(NAME, "")
    is_private = draft.audience is Audience.PRIVATE
    path, needs = ("/message/sent", MESSAGES) if is_private else (f"/user/{name}/comments", HISTORY)
    target, words = render.target_of(draft), render.text_of(draft).split()
    alike = [
        _sent(thing)
        for thing in things_in(line.get(path, {"limit": "100"}, needs).body)
        if parse.data_of(thing).get("parent_id") == target
        and str(parse.data_of(thing).get("body")).split() == words
        and _made(parse.data_of(thing)) >= since - _SKEW
    ]
    free = [one for one in alike if one.external_id not in linked]
    return min(free, key=lambda one: one.at, default=None)


def things_in(body: Fields) -> list[Fields]:
    """The things of a listing. Raises ``ContractChanged`` if it is none."""
    data = object_in(body.get("data"), "a listing")
    found = data.get("children")
    if not isinstance(found, list):
        message = "Reddit sent a listing without children"
        raise failures.ContractChanged(message)
    return [object_in(one, "a thing") for one in found]


def things_named(line: Line, names: Collection[str]) -> list[Fields]:
    """Comments and posts by their fullnames, at most a hundred; what is no more is absent."""
    if not names:
        return []
    return things_in(line.get("/api/info", {"id": ",".join(names)}, READ).body)


# --- acts ----------------------------------------------------------------------------------------


def act(line: Line, account: Account, what: Act, ref: str) -> None:
    """Do it; doing it twice is no error. Raises as ``Moderates.act``."""
    found = things_named(line, [ref]) if ref.partition("_")[0] in ("t1", "t3") else []
    if not found or parse.is_gone(found[0]):
        if what is Act.DELETE:
            return  # gone, as wanted
        if what not in (Act.HIDE, Act.UNHIDE) or not found:
            raise failures.TargetGone
    data = parse.data_of(found[0])
    if what in _DIRECTION:
        line.do("/api/vote", {"id": ref, "dir": _DIRECTION[what]}, VOTE)
    elif what is Act.DELETE:
        if data.get("author_fullname") != account.external_id:
            raise failures.NotAllowed(_NOT_OURS)
        line.do("/api/del", {"id": ref}, EDIT)
    else:
        _moderate(line, account, what, ref, str(data.get("subreddit")))


def _moderate(line: Line, account: Account, what: Act, ref: str, subreddit: str) -> None:
    """Remove or approve: only where the account is a moderator, which Reddit checks again."""
    if subreddit.casefold() not in moderated(account):
        raise failures.NotAllowed(_NO_MODERATOR % subreddit)
    if what is Act.HIDE:
        line.do("/api/remove", {"id": ref, "spam": "false"}, MODERATE)
    else:
        line.do("/api/approve", {"id": ref}, MODERATE)


def moderated(account: Account) -> frozenset[str]:
    """The subreddits that the account moderates, in small letters."""
    return frozenset(account.settings.get(MODERATED, "").casefold().split())
