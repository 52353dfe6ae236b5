"""Like, hide, delete: what can be done to a post besides answering it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.connect import failures
from hearwell.connect.fields import text_in
from hearwell.connect.model import Act
from hearwell.connectors.bluesky import listing, render, uris, wire
from hearwell.kit import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hearwell.connect.contract import Place
    from hearwell.connect.model import Account

ACTS = frozenset({Act.LIKE, Act.UNLIKE, Act.HIDE, Act.UNHIDE, Act.DELETE})
_PUT, _DELETE = "com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord"
_GET = "com.atproto.repo.getRecord"
_MOST_HIDDEN = 300  # app.bsky.feed.threadgate: hiddenReplies
_HELD = "400 InvalidSwap"
_NOT_OURS = "Only a post of this account can be deleted."
_NOT_BELOW_OURS = "Only a reply below a post of this account can be hidden."


def may(account: Account, what: Act, ref: str, place: Place) -> bool:
    """Only below our own posts can replies be hidden, and only posts of ours be deleted."""
    if what in {Act.HIDE, Act.UNHIDE}:
        root = uris.name_of(place.root_id)
        return root is not None and root.did == account.external_id and place.root_id != ref
    name = uris.name_of(ref)
    return name is not None and (what is not Act.DELETE or name.did == account.external_id)


def act(line: wire.Line, account: Account, what: Act, ref: str, root_id: str | None) -> None:
    """Do it; doing it twice is no error."""
    name = uris.name_of(ref)
    if name is None:
        raise failures.TargetGone
    match what:
        case Act.LIKE:
            _like(line, account, ref)
        case Act.UNLIKE:
            _unlike(line, account, ref)
        case Act.HIDE | Act.UNHIDE:
            root = root_id or _root_of(line, ref)
            _hide(line, account, ref, root, is_hidden=what is Act.HIDE)
        case Act.DELETE if name.did == account.external_id:
            _delete(line, account, name.collection, name.rkey)
        case Act.DELETE:
            raise failures.NotAllowed(_NOT_OURS)


def _view(line: wire.Line, ref: str) -> wire.Answer:
    found = listing.posts_at(line, [ref])
    if not found:
        raise failures.NotAllowed if listing.is_there(line, ref) else failures.TargetGone
    return found[0]


# --- likes ---------------------------------------------------------------------------------------


def _like(line: wire.Line, account: Account, ref: str) -> None:
    view = _view(line, ref)
    if _our_like(view) is not None:
        return
    # One key a post: two agents at once make one like.
    rkey = uris.record_key(f"like {ref}", uris.time_of(ref.rpartition("/")[2]) or clock.now())
    record = {
        "$type": uris.LIKE,
        "subject": {"uri": ref, "cid": view.get("cid")},
        "createdAt": render.stamp(clock.now()),
    }
    _put(line, account, uris.LIKE, rkey, record)


def _unlike(line: wire.Line, account: Account, ref: str) -> None:
    like = uris.name_of(_our_like(_view(line, ref)) or "")
    if like is not None:
        _delete(line, account, uris.LIKE, like.rkey)


def _our_like(view: wire.Answer) -> str | None:
    viewer = view.get("viewer")
    like = viewer.get("like") if isinstance(viewer, dict) else None
    return like if isinstance(like, str) else None


# --- hidden replies ------------------------------------------------------------------------------


def _root_of(line: wire.Line, ref: str) -> str:
    record = _view(line, ref).get("record")
    reply = record.get("reply") if isinstance(record, dict) else None
    root = reply.get("root") if isinstance(reply, dict) else None
    found = root.get("uri") if isinstance(root, dict) else None
    return found if isinstance(found, str) else ""


def _hide(line: wire.Line, account: Account, ref: str, root: str, *, is_hidden: bool) -> None:
    """Replies are hidden by a list in the gate of the root post, which only its owner has."""
    name = uris.name_of(root)
    if name is None or name.did != account.external_id or root == ref:
        raise failures.NotAllowed(_NOT_BELOW_OURS)
    gate, cid = _gate(line, account, root, name.rkey)
    before = gate.get("hiddenReplies")
    hidden = [uri for uri in before if uri != ref] if isinstance(before, list) else []
    if is_hidden:
        # The network takes so many; the oldest give way.
        hidden = [*hidden, ref][-_MOST_HIDDEN:]
    if hidden == (before if isinstance(before, list) else []):
        return
    _put(line, account, uris.THREADGATE, name.rkey, {**gate, "hiddenReplies": hidden}, swap=cid)


def _gate(
    line: wire.Line, account: Account, root: str, rkey: str
) -> tuple[Mapping[str, Any], str | None]:
    """The gate of a root post and its version; a new one, open to all, where there is none."""
    params = {"repo": account.external_id, "collection": uris.THREADGATE, "rkey": rkey}
    try:
        answer = line.get(_GET, params)
    except failures.TargetGone:
        stamp = render.stamp(clock.now())
        return {"$type": uris.THREADGATE, "post": root, "createdAt": stamp}, None
    value = answer.get("value")
    if not isinstance(value, dict):
        raise failures.ContractChanged
    return value, text_in(answer, "cid")


# --- records -------------------------------------------------------------------------------------

_ANY = object()


def _put(
    line: wire.Line,
    account: Account,
    collection: str,
    rkey: str,
    record: Mapping[str, Any],
    swap: object = _ANY,
) -> None:
    """Write a record; with ``swap``, only over that version (None: over none)."""
    body = {
        "repo": account.external_id,
        "collection": collection,
        "rkey": rkey,
        "record": dict(record),
    }
    try:
        line.post(_PUT, body if swap is _ANY else body | {"swapRecord": swap})
    except failures.Refused as refusal:
        if refusal.network_code != _HELD:
            raise
        # Somebody else changed it in between: nothing was written, and it can be done again.
        raise failures.Unavailable(network_code=refusal.network_code) from refusal


def _delete(line: wire.Line, account: Account, collection: str, rkey: str) -> None:
    """Deleting what is not there is answered as if it had been."""
    line.post(_DELETE, {"repo": account.external_id, "collection": collection, "rkey": rkey})
