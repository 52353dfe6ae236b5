"""What searches brought: sorted by the terms, counted, and remembered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.connect.model import InboundMessage
from hearwell.conversations.models import Message
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.text import clean
from hearwell.listening.models import Hit, Term, TermKind
from hearwell.listening.queries import LOOKED_AT, active_terms
from hearwell.listening.rules import Outcome, Reading, read

# So long, and so many, people may look at what was found and not taken in.
KEPT_FOR: Final = timedelta(days=30)
_COUNTED: Final = {
    Outcome.HIT: "taken",
    Outcome.UNLIKELY: "unlikely",
    Outcome.EXCLUDED: "excluded",
    Outcome.LANGUAGE: "language",
}
_COUNT = """
    INSERT INTO listening_termday AS d
        (id, workspace_id, term_id, day, taken, unlikely, excluded, language)
    SELECT r.id, %(workspace)s, r.term_id, r.day, r.taken, r.unlikely, r.excluded, r.language
    FROM json_to_recordset(%(rows)s::json) AS r(id uuid, term_id uuid, day date, taken integer,
        unlikely integer, excluded integer, language integer)
    ON CONFLICT (workspace_id, term_id, day) DO UPDATE SET taken = d.taken + excluded.taken,
        unlikely = d.unlikely + excluded.unlikely, excluded = d.excluded + excluded.excluded,
        language = d.language + excluded.language
"""
_TURN = """
    UPDATE listening_hit h
    SET outcome = 'hit', text = '', message_id = r.message_id, case_id = r.case_id
    FROM json_to_recordset(%(rows)s::json) AS r(remote_id text, message_id uuid, case_id uuid)
    WHERE h.workspace_id = %(workspace)s AND h.channel_id = %(channel)s
        AND h.remote_id = r.remote_id
"""
_FORGET = """
    DELETE FROM listening_hit h
    WHERE h.workspace_id = %(workspace)s AND h.message_id IS NULL AND (h.said_at < %(before)s
        OR h.id IN (SELECT o.id FROM listening_hit o
            WHERE o.workspace_id = %(workspace)s AND o.message_id IS NULL
            ORDER BY o.said_at DESC OFFSET %(most)s))
    RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Sifted:
    """A post with the term that speaks for it best, and what that says."""

    item: InboundMessage
    term: Term
    reading: Reading

    @property
    def stage(self) -> str:
        """What the message is: named, or about us."""
        return self.term.stage


def sift(channel: Channel, items: Sequence[InboundMessage]) -> list[Sifted]:
    """Say of each post which term speaks for it; what none finds is left out.

    One query. What is callable here is callable for any item, however it came: a feed's, too.
    """
    terms = [t for t in active_terms(channel.workspace_id) if t.is_for(channel.network)]
    found = (_best(item, terms) for item in items)
    return [sifted for sifted in found if sifted is not None]


def _best(item: InboundMessage, terms: Iterable[Term]) -> Sifted | None:
    """A hit before all else, a name before a matter, the higher score before the lower."""
    best: tuple[tuple[bool, bool, float], Sifted] | None = None
    for term in terms:
        if item.occurred_at < term.since:
            continue
        reading = read(term.wanted, item.full_text or item.text, item.language)
        if reading.outcome is Outcome.NONE:
            continue
        rank = (reading.is_hit, term.kind == TermKind.NAME, reading.score)
        if best is None or rank > best[0]:
            best = rank, Sifted(item, term, reading)
    return best[1] if best else None


def record_hits(channel: Channel, sifted: Sequence[Sifted], fresh: Sequence[Message]) -> list[Hit]:
    """Remember what was found; `fresh` are the messages that were made of it. Returns new hits.

    What was found before is not counted again. At most four statements.
    """
    if not sifted:
        return []
    made = {message.remote_id: message for message in fresh}
    built = {one.remote_id: one for s in sifted if (one := _hit(channel, s, made))}
    conflict = "(workspace_id, channel_id, remote_id) DO NOTHING"
    new = {
        row[0] for row in rows.insert(list(built.values()), conflict=conflict, returning=("id",))
    }
    hits = [hit for hit in built.values() if hit.id in new]
    _turn(channel, [m for key, m in made.items() if built[key].id not in new])
    _count(channel.workspace_id, hits)
    if any(hit.message_id is None for hit in hits):
        forget(channel.workspace_id)
    return hits


def _hit(channel: Channel, sifted: Sifted, made: Mapping[str, Message]) -> Hit | None:
    item, reading = sifted.item, sifted.reading
    remote_id = clean(item.external_id)[0]
    message = made.get(remote_id)
    if reading.is_hit and message is None:
        return None  # we had it before, however it came
    return Hit(
        workspace_id=channel.workspace_id,
        term_id=sifted.term.id,
        channel_id=channel.id,
        remote_id=remote_id,
        outcome=reading.outcome.value,
        score=reading.score,
        reasons=_as_json(reading),
        message_id=message.id if message else None,
        case_id=message.case_id if message else None,
        text="" if message else clean(item.text)[0],
        language=(item.language or "")[:16],
        author_name=clean(item.author.name or item.author.handle)[0],
        permalink=clean(item.permalink or "")[0],
        said_at=item.occurred_at,
    )


def _as_json(reading: Reading) -> list[dict[str, Any]]:
    return [asdict(reason) | {"word": clean(reason.word)[0][:80]} for reason in reading.reasons]


def _turn(channel: Channel, messages: Sequence[Message]) -> None:
    """What was left out before is taken in by a term that has been changed since."""
    if messages:
        document = rows.document(
            {"remote_id": one.remote_id, "message_id": one.id, "case_id": one.case_id}
            for one in messages
        )
        keys = {"workspace": channel.workspace_id, "channel": channel.id, "rows": document}
        rows.fetch(_TURN, keys, is_read=False)


def _count(workspace_id: UUID, hits: Iterable[Hit]) -> None:
    counts = Counter((hit.term_id, hit.outcome) for hit in hits)
    day = now().date()
    lines: dict[UUID, dict[str, int]] = {}
    for (term_id, outcome), n in counts.items():
        line = lines.setdefault(term_id, dict.fromkeys(_COUNTED.values(), 0))
        line[_COUNTED[Outcome(outcome)]] = n
    if lines:
        document = rows.document(
            {"id": Term().id, "term_id": term_id, "day": day, **line}
            for term_id, line in lines.items()
        )
        rows.fetch(_COUNT, {"workspace": workspace_id, "rows": document}, is_read=False)


def forget(workspace_id: UUID) -> int:
    """Remove what was found, not taken in, and is old or more than people look at."""
    limits = {"before": now() - KEPT_FOR, "most": LOOKED_AT}
    return len(rows.fetch(_FORGET, {"workspace": workspace_id, **limits}))


def forget_everywhere() -> int:
    """Do so in every workspace that has something old; return how much went."""
    stale = rows.fetch("SELECT * FROM listening_stale(%s)", [now() - KEPT_FOR])
    gone = 0
    for (workspace_id,) in stale:
        with scope(workspace_id):
            gone += forget(workspace_id)
    return gone
