"""The part of the examination that is about files: what is said of them holds, and they arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from hearwell.connect.attachments import FILE, IMAGE, Attachment
from hearwell.connect.contract import Connector, Replies, Uploads
from hearwell.connect.mediarule import AUDIO, NO_ALT, VIDEO, MediaLimit
from hearwell.connect.model import Account, Draft, Sent
from hearwell.connect.promises import must
from hearwell.connect.subject import Subject

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_KEY = "0199a000-0000-7000-8000-00000000f11e"
# The smallest picture there is, whole, and beginnings of what else may be sent.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08mdat"
_SAMPLES: Mapping[str, bytes] = {
    "image/png": PNG,
    "application/pdf": b"%PDF-1.7\n%%EOF\n",
    "video/mp4": MP4,
    "audio/mpeg": b"ID3\x04\0\0\0\0\0\0",
}
_UNHEARD_OF = "application/x-nobody-takes-this"
_TRIES = 10


def manifest_says_which_files(subject: Subject, recordings: Mapping[str, bytes]) -> None:
    """What is within the limits passes before sending, what is not is stopped, plainly."""
    del recordings
    connector, account = subject.connector, subject.account
    if not isinstance(connector, Replies) or not connector.manifest.reply_audiences:
        must(not connector.manifest.media, "takes files, but sends nothing")
        return
    rule, draft = connector.media_rule(account), subject.draft()
    for limit in rule.limits:
        must(limit.max_count > 0 and limit.max_bytes > 0, f"{limit.kind}: a limit is above zero")
        must(limit.kind in {IMAGE, VIDEO, AUDIO, FILE}, f"{limit.kind} is no kind of file")
        _limit_holds(connector, account, draft, limit)
    unknown = _file(_UNHEARD_OF)
    is_taken = any(not limit.types for limit in rule.limits)
    stopped = _is_stopped(connector, account, replace(draft, media=(unknown,)))
    must(stopped is not is_taken, "a file of another type was not stopped")


def _limit_holds(connector: Connector, account: Account, draft: Draft, limit: MediaLimit) -> None:
    good = _file(_type(limit), alt="A bag" if limit.max_alt else "")
    rule = connector.media_rule(account)
    must(rule.limit_for(good), f"{good.mime} is not taken by any limit")
    for name, files, is_stopped in (
        ("a good file", (good,), False),
        ("as many as may be", _several(good, min(limit.max_count, rule.most or 99)), False),
        ("too many", _several(good, limit.max_count + 1), True),
        ("beside another", (good, *_other(connector, account, limit)), limit.goes_alone),
        ("too large", (replace(good, size=_largest(connector, account, good) + 1),), True),
    ):
        found = _is_stopped(connector, account, replace(draft, media=files))
        must(found is is_stopped, f"{limit.kind}, {name}: stopped is {found}")
    if limit.max_alt and good.kind == "image":
        longer = replace(draft, media=(replace(good, alt="x" * (limit.max_alt + 1)),))
        must(_is_stopped(connector, account, longer), "a description that is too long passed")
        bare = connector.preflight(account, replace(draft, media=(replace(good, alt=""),)), _NOW)
        asked = [problem for problem in bare if problem.code == NO_ALT]
        must(asked and not asked[0].blocking, "a picture without a description is not asked about")


def _other(connector: Connector, account: Account, limit: MediaLimit) -> tuple[Attachment, ...]:
    """A file of another kind, where the network takes one beside what goes alone."""
    limits = connector.media_rule(account).limits if limit.goes_alone else ()
    found = next((one for one in limits if one.kind != limit.kind), None)
    return () if found is None else (replace(_file(_type(found)), ref="file-x", alt="A bag"),)


def _largest(connector: Connector, account: Account, file: Attachment) -> int:
    return max(one.max_bytes for one in connector.media_rule(account).limits if one.takes(file))


def _is_stopped(connector: Connector, account: Account, draft: Draft) -> bool:
    return any(problem.blocking for problem in connector.preflight(account, draft, _NOW))


def _type(limit: MediaLimit) -> str:
    return next((one for one in _SAMPLES if one in limit.types or not limit.types), "")


def _file(mime: str, alt: str = "") -> Attachment:
    body = _SAMPLES.get(mime, b"\x00\x01\x02")
    digest = hashlib.sha256(body).hexdigest()
    return Attachment(mime, "bag.png", len(body), alt, ref="file-1", digest=digest, body=body)


def _several(file: Attachment, count: int) -> tuple[Attachment, ...]:
    return tuple(replace(file, ref=f"file-{n}", name=f"bag-{n}.png") for n in range(count))


def files_arrive_as_they_are(subject: Subject, recordings: Mapping[str, bytes]) -> None:
    """The network shows the very bytes and their description; an upload twice shows them once."""
    del recordings
    connector, account = subject.connector, subject.account
    if not isinstance(connector, Replies):
        return
    for place, limit in enumerate(connector.media_rule(account).limits):
        file = _file(_type(limit), alt="A blue bag, its handle torn" if limit.max_alt else "")
        for handed in _handed_over(connector, account, file):
            draft = replace(subject.draft(), text=f"Like this one ({place})?", media=(handed,))
            sent = connector.send(account, draft, f"{_KEY[:-1]}{place}")
        while not isinstance(sent, Sent):
            sent = connector.settle(account, sent)
        shown = list(subject.shown())
        must(shown == [(file.body, file.alt)], f"{limit.kind}: the network shows {shown!r:.200}")


def _handed_over(connector: Connector, account: Account, file: Attachment) -> Iterator[Attachment]:
    """The file as the sender would give it to ``send``: once, though it was handed over twice."""
    if not isinstance(connector, Uploads):
        yield file
        return
    connector.upload(account, file)
    told = connector.upload(account, file)
    for _ in range(_TRIES):
        if told.check_after is None:
            break
        told = connector.prepared(account, told.handle)
    must(told.check_after is None, "a file is never ready")
    yield replace(file, handle=told.handle, body=b"")
