"""Whether the audit trail of a workspace is whole, and where it ends.

Lines are sealed in blocks, one for each statement that wrote lines, numbered in the order of
commits. A line's digest is SHA-256 of its JSON as PostgreSQL writes it; a block's is SHA-256 of
the digest before, the workspace, the number (8 bytes) and its lines' digests. Hashed here and not
by the database, whose functions somebody may have changed along with the lines.

A chain shows what was altered in its middle. That somebody cut off its end, or made all of it
anew, is shown only by a head that was kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from hearwell.accounts.models import AuditBlock
from hearwell.kit.scope import scope

_LINES_AT_ONCE: Final = 500
_DIGEST_BYTES: Final = 32
_LINES: Final = """
    SELECT id, jsonb_build_array(id, workspace_id, extract(epoch FROM at), actor_id, actor_name,
        action, target_kind, target_id, summary, before, after)::text
    FROM accounts_auditrow WHERE workspace_id = %s AND id = ANY (%s)
"""
# One statement, so that both sides are seen at the same moment.
_UNSEALED: Final = """
    SELECT id FROM accounts_auditrow WHERE workspace_id = %(workspace)s
    EXCEPT SELECT unnest(row_ids) FROM accounts_auditblock
           WHERE workspace_id = %(workspace)s AND seq IS NOT NULL
    ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the trail of a workspace ended: to be kept where nobody of this house can write."""

    workspace_id: UUID
    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a trail is not what was written.

    `row_id` is the line's; None where only a block is known, by `seq`.
    """

    why: str
    seq: int | None = None
    row_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at a whole trail found; `lines` are those up to the break, if there is one."""

    blocks: int
    lines: int
    broken: Break | None = None


def head_of(workspace_id: UUID) -> Head | None:
    """Return where the trail ends now, in the caller's scope; None for one without lines."""
    block = _sealed(workspace_id).order_by("-seq").defer("row_ids", "row_digests").first()
    if block is None or block.seq is None or block.digest is None:
        return None
    return Head(workspace_id, block.seq, bytes(block.digest).hex())


def as_line(head: Head, slug: str) -> str:
    """Write a head as a line of JSON, as `hearwell audit verify --heads` reads it."""
    return json.dumps({**asdict(head), "workspace_id": str(head.workspace_id), "slug": slug})


def verify(workspace_id: UUID, kept: Head | None = None) -> Verdict:
    """Look at every line of a workspace; `kept` is a head from outside that must be in the chain.

    Opens its own scope; the house may go on working.
    """
    with scope(workspace_id):
        return _verify(workspace_id, kept)


def _verify(workspace_id: UUID, kept: Head | None) -> Verdict:
    before, seq, lines = b"", 0, 0
    for part in _parts(workspace_id):
        found = _lines(workspace_id, [row_id for block in part for row_id in block.row_ids])
        for block in part:
            seq += 1
            broken = _gap(block, seq) or _broken_line(block, found) or _broken_seal(block, before)
            broken = broken or _differs(block, kept)
            if broken:
                return Verdict(seq, lines, broken)
            before = bytes(block.digest or b"")
            lines += len(block.row_ids)
    return Verdict(seq, lines, _unsealed(workspace_id) or _cut_off(seq, kept))


def _parts(workspace_id: UUID) -> Iterator[Sequence[AuditBlock]]:
    """Yield blocks in their order, some together: lines written singly are not asked for singly."""
    part: list[AuditBlock] = []
    for block in _sealed(workspace_id).order_by("seq").iterator(chunk_size=100):
        part.append(block)
        if sum(len(one.row_ids) for one in part) >= _LINES_AT_ONCE:
            yield part
            part = []
    yield part


def _sealed(workspace_id: UUID) -> QuerySet[AuditBlock]:
    return AuditBlock.objects.filter(workspace_id=workspace_id, seq__isnull=False)


def _gap(block: AuditBlock, expected: int) -> Break | None:
    if block.seq == expected:
        return None
    return Break(f"block {expected}, the seal of some lines, was removed", expected)


def _broken_line(block: AuditBlock, found: Mapping[UUID, bytes]) -> Break | None:
    digests = _split(bytes(block.row_digests))
    if len(digests) != len(block.row_ids):
        return Break("the block was altered: its lines and their seals do not pair", block.seq)
    for row_id, digest in zip(block.row_ids, digests, strict=True):
        if row_id not in found:
            return Break("the line was removed", block.seq, row_id)
        if found[row_id] != digest:
            return Break("the line was altered", block.seq, row_id)
    return None


def _broken_seal(block: AuditBlock, before: bytes) -> Break | None:
    number = (block.seq or 0).to_bytes(8)
    link = sha256(before + block.workspace_id.bytes + number + bytes(block.row_digests))
    if link.digest() == bytes(block.digest or b""):
        return None
    only = block.row_ids[0] if len(block.row_ids) == 1 else None
    return Break("the seal was altered, or lines together with their seals", block.seq, only)


def _differs(block: AuditBlock, kept: Head | None) -> Break | None:
    if kept is None or kept.seq != block.seq or kept.digest == bytes(block.digest or b"").hex():
        return None
    return Break("the head kept elsewhere says otherwise: the chain was made anew", block.seq)


def _cut_off(seq: int, kept: Head | None) -> Break | None:
    if kept is None or kept.seq <= seq:
        return None
    return Break(f"the end is cut off: the head kept elsewhere is block {kept.seq}", seq)


def _unsealed(workspace_id: UUID) -> Break | None:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, {"workspace": workspace_id})
        row = cursor.fetchone()
    why = "the line was never sealed: it came in past the triggers"
    return Break(why, row_id=row[0]) if row else None


def _lines(workspace_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [workspace_id, list(ids)])
        return {row_id: sha256(text.encode()).digest() for row_id, text in cursor.fetchall()}


def _split(digests: bytes) -> Sequence[bytes]:
    return [digests[at : at + _DIGEST_BYTES] for at in range(0, len(digests), _DIGEST_BYTES)]
