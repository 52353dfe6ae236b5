"""Notifications, comments and posts of LinkedIn, read into the contract's items. Pure and total.

A webhook brings ``notifications``, the finder that backfills them ``elements`` of the same shape.
What is fetched by itself comes in an envelope of ours: ``{"account": …, "comment" or "post": …}``.

A thread is, under a post of somebody else, that post; under one of ours, the first-level comment.
Who wrote is a URN and nothing more: names of members are not shared with apps for Pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, nonempty_in, number_in, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    Unknown,
)
from hearwell.connectors.linkedin import little, urns

ACTIONS: Final = (
    "LIKE", "COMMENT", "SHARE", "SHARE_MENTION", "ADMIN_COMMENT", "COMMENT_EDIT", "COMMENT_DELETE",
)  # fmt: skip
_LATEST_MS: Final = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp() * 1000)


def body_of(raw: Raw) -> Fields:
    """The JSON of a delivery. Raises ``ContractChanged``."""
    return object_in(json_of(raw.body, "LinkedIn"), "the delivery")


def accounts_of(raw: Raw) -> list[str]:
    """The Pages that a delivery speaks of, each once."""
    body = body_of(raw)
    if "account" in body:
        return [nonempty_in(body, "account")]
    pages = (nonempty_in(one, "organizationalEntity") for one in entries_of(body))
    return list(dict.fromkeys(pages))


def entries_of(body: Fields) -> list[Fields]:
    """The notifications in an answer or a delivery."""
    found = body.get("notifications", body.get("elements"))
    if not isinstance(found, list):
        message = "LinkedIn sent neither notifications nor elements"
        raise ContractChanged(message)
    return [object_in(one, "a notification") for one in found]


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    body = body_of(raw)
    if "comment" in body:
        return [_fetched_comment(nonempty_in(body, "account"), object_in(body["comment"], "it"))]
    if "post" in body:
        return [_fetched_post(nonempty_in(body, "account"), object_in(body["post"], "it"))]
    return [_read(Notice.of(one)) for one in entries_of(body)]


# --- notifications -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: which, for whom, what happened and when."""

    key: str
    account: str
    action: str
    at: datetime
    version: int
    said: Fields

    @classmethod
    def of(cls, said: Fields) -> Notice:
        """Raises ``ContractChanged`` where one of these is missing."""
        return cls(
            key=f"notice:{key_of(said)}",
            account=nonempty_in(said, "organizationalEntity"),
            action=nonempty_in(said, "action"),
            at=_moment(said, "lastModifiedAt"),
            version=max(2, number_in(said, "lastModifiedAt")),
            said=said,
        )

    @property
    def made(self) -> str:
        """What the action made: a comment, a share, a reaction."""
        return urns.normal(text_or_none(self.said, "generatedActivity") or "")

    @property
    def post(self) -> str:
        """What it was done to."""
        return text_or_none(self.said, "sourcePost") or ""

    def decorated(self, name: str) -> Fields:
        """What LinkedIn shows of it; empty where it shows nothing."""
        found = self.said.get("decoratedGeneratedActivity")
        inner = found.get(name) if isinstance(found, dict) else None
        return inner if isinstance(inner, dict) else {}

    @property
    def shown_post(self) -> Fields:
        """What LinkedIn shows of the post it was done to."""
        found = self.said.get("decoratedSourcePost")
        return found if isinstance(found, dict) else {}


def key_of(said: Fields) -> str:
    """``notificationId``, which is a number and may one day be a text."""
    found = said.get("notificationId")
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return nonempty_in(said, "notificationId")


def has_no_words(said: Fields) -> bool:
    """Whether a notification of a comment comes without the comment."""
    action = said.get("action")
    if action not in ("COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT"):
        return False
    found = said.get("decoratedGeneratedActivity")
    inner = found.get("comment") if isinstance(found, dict) else None
    return not isinstance(inner, dict)


def _read(notice: Notice) -> Inbound:
    reader = _READERS.get(notice.action)
    item = reader(notice) if reader else None
    return item or _unknown(notice)


def _unknown(notice: Notice) -> Unknown:
    """Kept and counted. Another key: what is asked for later, with its words, is the item."""
    return Unknown(
        external_id=notice.made or notice.key,
        dedup_key=f"bare:{notice.key}",
        occurred_at=notice.at,
        account=notice.account,
        type_name=notice.action,
    )


def _comment(notice: Notice) -> Inbound | None:
    shown = notice.decorated("comment")
    comment = urns.comment_of(notice.made) or urns.comment_of(text_or_none(shown, "entity") or "")
    owner, text = _owner_of(shown), _words_of(shown)
    if comment is None or owner is None or text is None:
        return None
    parent = _parent_of(shown, comment)
    return InboundMessage(
        external_id=str(comment),
        dedup_key=notice.key,
        occurred_at=notice.at,
        account=notice.account,
        thread_key=_thread_of(notice, comment, parent),
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=Author(owner),
        text=text,
        parent_id=parent or comment.post,
        root_id=comment.post,
        is_echo=owner == notice.account or notice.action == "ADMIN_COMMENT",
        permalink=urns.permalink(str(comment)),
    )


def _thread_of(notice: Notice, comment: urns.CommentUrn, parent: str) -> str:
    shown = notice.shown_post
    owner, post = text_or_none(shown, "owner"), text_or_none(shown, "entity")
    if owner and post and owner != notice.account:
        return post
    return parent or str(comment)


def _edited(notice: Notice) -> Inbound | None:
    text = _words_of(notice.decorated("comment"))
    if text is None or urns.comment_of(notice.made) is None:
        return None
    return MessageEdited(
        external_id=notice.made,
        dedup_key=notice.key,
        occurred_at=notice.at,
        account=notice.account,
        version=notice.version,
        text=text,
        edited_at=notice.at,
    )


def _deleted(notice: Notice) -> Inbound | None:
    if urns.comment_of(notice.made) is None:
        return None
    return MessageDeleted(
        external_id=notice.made,
        dedup_key=notice.key,
        occurred_at=notice.at,
        account=notice.account,
        must_purge=True,
    )


def _mention(notice: Notice) -> Inbound | None:
    """A post that mentions the Page, or that passes on one of its own with words of its author."""
    shown = notice.decorated("share")
    owner, written = _owner_of(shown), _words_of(shown)
    if not notice.made or owner is None:
        return None
    text, entities = little.read(written or "")
    if notice.action == "SHARE" and not text.strip():
        return _reacted(notice, "share", owner)
    return InboundMessage(
        external_id=notice.made,
        dedup_key=notice.key,
        occurred_at=notice.at,
        account=notice.account,
        thread_key=notice.made,
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=Author(owner),
        text=text,
        entities=entities,
        is_echo=owner == notice.account,
        permalink=urns.permalink(notice.made),
    )


def _like(notice: Notice) -> Inbound | None:
    actor = urns.actor_in(notice.made)
    return _reacted(notice, "like", actor) if actor else None


def _reacted(notice: Notice, reaction: str, actor: str) -> Inbound | None:
    if not notice.post:
        return None
    return Reacted(
        external_id=notice.made,
        dedup_key=notice.key,
        occurred_at=notice.at,
        account=notice.account,
        reaction=reaction,
        actor=Author(actor),
        target_id=urns.normal(notice.post),
    )


_READERS: Mapping[str, Callable[[Notice], Inbound | None]] = {
    "COMMENT": _comment,
    "ADMIN_COMMENT": _comment,
    "COMMENT_EDIT": _edited,
    "COMMENT_DELETE": _deleted,
    "SHARE_MENTION": _mention,
    "SHARE": _mention,
    "LIKE": _like,
}


# --- what is fetched by itself -------------------------------------------------------------------


def shown_of(comment: Fields) -> dict[str, object]:
    """A comment of the Comments API as notifications show it."""
    return {
        "owner": comment.get("actor"),
        "text": _words_of(comment),
        "entity": comment.get("commentUrn"),
        "object": comment.get("object"),
        "parentComment": comment.get("parentComment"),
    }


def _fetched_comment(account: str, said: Fields) -> Inbound:
    comment = urns.comment_of(nonempty_in(said, "commentUrn"))
    if comment is None:
        message = "LinkedIn sent a comment whose URN cannot be read"
        raise ContractChanged(message)
    parent = _parent_of(said, comment)
    owner = nonempty_in(said, "actor")
    modified = object_in(said.get("lastModified") or said.get("created"), "when it was written")
    created = object_in(said.get("created"), "when it was written")
    version = number_in(modified, "time")
    is_edited = version > number_in(created, "time")
    return InboundMessage(
        external_id=str(comment),
        dedup_key=f"comment:{comment}:{version}",
        occurred_at=_moment(created, "time"),
        account=account,
        version=max(2, version) if is_edited else 1,
        thread_key=parent or str(comment),
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=Author(owner),
        text=_words_of(said) or "",
        parent_id=parent or comment.post,
        root_id=comment.post,
        is_echo=owner == account,
        permalink=urns.permalink(str(comment)),
    )


def _fetched_post(account: str, said: Fields) -> Inbound:
    urn, owner = nonempty_in(said, "id"), nonempty_in(said, "author")
    text, entities = little.read(text_or_none(said, "commentary") or "")
    name = "publishedAt" if "publishedAt" in said else "createdAt"
    return InboundMessage(
        external_id=urn,
        dedup_key=f"post:{urn}",
        occurred_at=_moment(said, name),
        account=account,
        thread_key=urn,
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=Author(owner),
        text=text,
        entities=entities,
        is_echo=owner == account,
        permalink=urns.permalink(urn),
    )


# --- values ------------------------------------------------------------------------------------


def _owner_of(shown: Fields) -> str | None:
    return text_or_none(shown, "owner") or text_or_none(shown, "actor")


def _words_of(shown: Fields) -> str | None:
    """The text of a comment, which stands in ``message`` where the Comments API tells it."""
    message = shown.get("message")
    found = message.get("text") if isinstance(message, dict) else shown.get("text")
    return found if isinstance(found, str) else None


def _parent_of(shown: Fields, comment: urns.CommentUrn) -> str:
    """The first-level comment that a comment stands below; empty if it is one itself."""
    for name in ("parentComment", "object"):
        above = urns.comment_of(text_or_none(shown, name) or "")
        if above is not None and above != comment:
            return str(above)
    return ""


def _moment(fields: Fields, name: str) -> datetime:
    """A time in milliseconds since 1970."""
    found = number_in(fields, name)
    if 0 < found < _LATEST_MS:
        return datetime.fromtimestamp(found / 1000, UTC)
    message = f"LinkedIn sent no readable {name}"
    raise ContractChanged(message)
