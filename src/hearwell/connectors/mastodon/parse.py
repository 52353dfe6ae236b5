"""What a server told us, read into the contract's items. Pure and total.

A delivery is an envelope of our own around what the server said, for its answers name neither
the account that asked nor where a reply stands: ``account`` (a full address), ``places`` (by
status: the root, its author, the first answer by others) and any of

- ``notifications``: entries of ``/api/v1/notifications`` or of a stream;
- ``statuses``: statuses, as conversations, timelines, searches, streams and a fetch give them;
- ``gone``: ids of statuses that a stream or a poll found deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    few_parts,
    json_of,
    moment_in,
    nonempty_in,
    object_in,
    objects_in,
    text_or_none,
)
from hearwell.connect.model import Inbound, MessageDeleted, Raw, Reacted, Unknown
from hearwell.connectors.mastodon.names import home_of
from hearwell.connectors.mastodon.statuses import Place, author_of, items_of
from hearwell.connectors.mastodon.words import mentions_of

# A status in which we are called, or that quotes one of ours.
CALLS = frozenset({"mention", "quote"})
# A status that we had to do with was changed.
CHANGES = frozenset({"update", "quoted_update"})
REACTIONS: Mapping[str, str] = {
    "favourite": "like",
    "reblog": "repost",
    "follow": "follow",
    "pleroma:emoji_reaction": "",
    "reaction": "",
}
_LONGEST_REACTION = 64


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order. Raises ``ContractChanged``, and nothing else."""
    body = object_in(_loaded(raw.body), "the delivery")
    account = nonempty_in(body, "account")
    if "@" not in account.strip("@"):
        message = "a delivery for an account without a server"
        raise ContractChanged(message)
    parts = [name for name in _READERS if name in body]
    if not parts:
        message = "a delivery with nothing in it that is known"
        raise ContractChanged(message)
    places = _places(body.get("places"))
    return [item for name in parts for item in _READERS[name](account, body[name], places, raw)]


def _loaded(body: bytes) -> object:
    few_parts(body, "Mastodon")
    try:
        return orjson.loads(body)
    except ValueError:
        # It is stricter than some servers: lone surrogates, deep nesting.
        return json_of(body, "Mastodon")


Places = Mapping[str, Place]


def _places(found: object) -> Places:
    if found is None:
        return {}
    return {
        status_id: Place(
            nonempty_in(one, "root"), nonempty_in(one, "author"), nonempty_in(one, "branch")
        )
        for status_id, one in object_in(found, "places").items()
        if object_in(one, "a place")
    }


# --- readers, one for each part of a delivery ----------------------------------------------------


def _notifications(account: str, said: object, places: Places, _: Raw) -> list[Inbound]:
    return [item for entry in objects_in(said) for item in _notified(account, entry, places)]


def _notified(account: str, entry: Fields, places: Places) -> Iterable[Inbound]:
    kind = nonempty_in(entry, "type")
    status = entry.get("status")
    if isinstance(status, dict):
        if kind in CALLS or (kind in CHANGES and _concerns(account, status)):
            return items_of(account, status, places.get(str(status.get("id"))))
        if kind in REACTIONS:
            return [_reaction(account, entry, kind, nonempty_in(status, "id"))]
    elif kind == "follow":
        return [_reaction(account, entry, kind, account)]
    entry_id = nonempty_in(entry, "id")
    return [
        Unknown(
            external_id=entry_id,
            dedup_key=f"notification:{entry_id}",
            occurred_at=moment_in(entry, "created_at"),
            account=account,
            type_name=kind,
        )
    ]


def _concerns(account: str, status: Fields) -> bool:
    """Whether we wrote it or are called in it; other people's edits are none of our business."""
    home = home_of(account)
    author = author_of(status.get("account"), home)
    called = mentions_of(status, home)
    return author.external_id == account or any(one.address == account for one in called)


def _reaction(account: str, entry: Fields, kind: str, target: str) -> Inbound:
    sign = REACTIONS[kind] or text_or_none(entry, "emoji") or text_or_none(entry, "name") or kind
    return Reacted(
        external_id=target,
        dedup_key=f"notification:{nonempty_in(entry, 'id')}",
        occurred_at=moment_in(entry, "created_at"),
        account=account,
        reaction=sign[:_LONGEST_REACTION],
        actor=author_of(entry.get("account"), home_of(account)),
        target_id=target,
    )


def _statuses(account: str, said: object, places: Places, _: Raw) -> list[Inbound]:
    return [
        item
        for status in objects_in(said)
        for item in items_of(account, status, places.get(str(status.get("id"))))
    ]


def _gone(account: str, said: object, _: Places, raw: Raw) -> list[Inbound]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said):
        message = "a list of deleted statuses that is none"
        raise ContractChanged(message)
    return [
        MessageDeleted(
            external_id=status_id,
            dedup_key=f"gone:{status_id}",
            occurred_at=raw.received_at,
            account=account,
        )
        for status_id in said
    ]


_Reader = Callable[[str, Any, Places, Raw], Iterable[Inbound]]
_READERS: Mapping[str, _Reader] = {
    "notifications": _notifications,
    "statuses": _statuses,
    "gone": _gone,
}
