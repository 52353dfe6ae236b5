"""One post, once: look at what is answered, then put the record under a key of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hearwell.connect import failures
from hearwell.connect.attachments import Uploaded
from hearwell.connect.model import Sent
from hearwell.connectors.bluesky import listing, render, uris, wire
from hearwell.connectors.bluesky.manifest import MANIFEST
from hearwell.kit import clock

if TYPE_CHECKING:
    from collections.abc import Collection

    from hearwell.connect.attachments import Attachment
    from hearwell.connect.model import Account, Draft

_UPLOAD = "com.atproto.repo.uploadBlob"
_PUT, _GET = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord"
_RESOLVE = "com.atproto.identity.resolveHandle"
_HELD = "400 InvalidSwap"
_UNFIT = "400 InvalidRequest"
_BLOCKED = "This person has blocked the account, or it has blocked them: they would not see it."
_CLOSED = "The author lets nobody, or not this account, reply to this post."


def send(line: wire.Line, account: Account, draft: Draft, key: str) -> Sent:
    """Post a reply.

    ``swapRecord`` of null says that nothing may be there yet: a second attempt is refused with
    ``InvalidSwap`` where ``createRecord`` would answer 500, and never writes over another post.
    """
    parent = answerable(line, draft.parent_id or "")
    record = render.record_of(draft, parent, _resolver(line, draft), clock.now())
    rkey = render.rkey_of(draft, key)
    body = {
        "repo": account.external_id,
        "collection": uris.POST,
        "rkey": rkey,
        "record": record,
        "swapRecord": None,
    }
    try:
        answer = line.post(_PUT, body)
    except failures.Refused as refusal:
        return _settled(line, account, draft, rkey, refusal)
    return _sent(uris.uri_of(account.external_id, uris.POST, rkey), record, answer)


def upload(line: wire.Line, file: Attachment) -> Uploaded:
    """Hand over a picture. What no record shows, the server forgets after a while."""
    blob = _object(line.upload(_UPLOAD, file.body, file.mime), "blob")
    if not isinstance(_object(blob, "ref").get("$link"), str):
        raise failures.ContractChanged
    return Uploaded(json.dumps(blob, sort_keys=True))


def _settled(
    line: wire.Line, account: Account, draft: Draft, rkey: str, refusal: failures.Refused
) -> Sent:
    """A refusal because the post is there already is none, if it is this one."""
    if refusal.network_code == _HELD:
        try:
            there = there_already(line, account, rkey)
        except failures.Failure as failure:
            raise failures.OutcomeUnknown(network_code=refusal.network_code) from failure
        if there is not None and _is_same(there, draft):
            return _sent(_uri(account, rkey), there)
        raise failures.Duplicate(existing=_uri(account, rkey), network_code=refusal.network_code)
    text, rule = render.text_of(draft), MANIFEST.public_text
    if refusal.network_code == _UNFIT and not rule.fits(text):
        # The code is that of any record it does not take; the count is ours and the same.
        raise failures.TooLong(
            rule.limit, rule.count(text), rule.name, network_code=refusal.network_code
        ) from refusal
    raise refusal


def find_sent(
    line: wire.Line, account: Account, draft: Draft, key: str, linked: Collection[str]
) -> Sent | None:
    """The post under the key that this draft has or would have, read from the repository."""
    rkey = render.rkey_of(draft, key)
    if _uri(account, rkey) in linked:
        return None
    there = there_already(line, account, rkey)
    return _sent(_uri(account, rkey), there) if there and _is_same(there, draft) else None


def there_already(line: wire.Line, account: Account, rkey: str) -> dict[str, Any] | None:
    """The record under a key of ours; None if there is none. Raises the failures of a read."""
    params = {"repo": account.external_id, "collection": uris.POST, "rkey": rkey}
    try:
        value = line.get(_GET, params).get("value")
    except failures.TargetGone:
        return None
    if isinstance(value, dict):
        return value
    raise failures.ContractChanged


def answerable(line: wire.Line, uri: str) -> wire.Answer:
    """The view of the post to answer, if it can be answered at all.

    The network takes a reply to what is deleted or closed (200) and then shows it to nobody. So
    it is looked at just before. Raises ``TargetGone``, ``NotAllowed``.
    """
    found = listing.posts_at(line, [uri]) if uris.name_of(uri) else []
    if not found:
        raise failures.NotAllowed(_BLOCKED) if listing.is_there(line, uri) else failures.TargetGone
    (view,) = found[:1]
    author, viewer = _object(view, "author"), _object(view, "viewer")
    if _object(author, "viewer").get("blockedBy") is True:
        raise failures.NotAllowed(_BLOCKED)
    if viewer.get("replyDisabled") is True:
        raise failures.NotAllowed(_CLOSED)
    if not isinstance(view.get("cid"), str) or not isinstance(view.get("uri"), str):
        raise failures.ContractChanged
    return view


def _resolver(line: wire.Line, draft: Draft) -> Callable[[str], str | None]:
    """Whose handle it is. The customer's own needs no question."""
    known = {draft.to.handle.lower(): draft.to.external_id} if draft.to else {}

    def did_of(handle: str) -> str | None:
        if handle not in known:
            known[handle] = _resolved_or_not(line, handle)
        return known[handle] or None

    return did_of


def resolved(line: wire.Line, handle: str) -> str | None:
    """The DID of a handle; None if it is nobody's. Raises the failures of a read."""
    try:
        did = line.get(_RESOLVE, {"handle": handle}).get("did")
    except failures.Refused:
        return None
    return did if isinstance(did, str) and did.startswith("did:") else None


def _resolved_or_not(line: wire.Line, handle: str) -> str:
    """A mention that is not linked is no reason to hold a reply back.

    Servers answer a 500 to some names that are none, besides.
    """
    try:
        return resolved(line, handle) or ""
    except failures.Unavailable:
        return ""


def _object(fields: wire.Answer, name: str) -> wire.Answer:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _uri(account: Account, rkey: str) -> str:
    return uris.uri_of(account.external_id, uris.POST, rkey)


def _is_same(there: dict[str, Any], draft: Draft) -> bool:
    """It answers the same post with the same text."""
    parent = _object(_object(there, "reply"), "parent").get("uri")
    return parent == draft.parent_id and there.get("text") == render.text_of(draft)


def _sent(uri: str, record: dict[str, Any], answer: wire.Answer | None = None) -> Sent:
    """What became of it. An answer that names another record is not one to trust."""
    if answer is not None and answer.get("uri") != uri:
        raise failures.OutcomeUnknown(network_code="200")
    try:
        at = datetime.fromisoformat(str(record.get("createdAt"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise failures.ContractChanged from error
    return Sent(uri, uris.permalink(uri), at)
