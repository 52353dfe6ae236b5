"""Reads of spikes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hearwell.conversations.models import Message
from hearwell.kit import rows
from hearwell.spikes.models import Spike, SpikeChoice, State
from hearwell.spikes.rules import Sensitivity, SpikeKind, Wish
from hearwell.spikes.sights import Heard
from hearwell.spikes.topics import LABELS_SQL, MOST_OF_AUTHOR, NTH_OF_AUTHOR_SQL
from hearwell.spikes.usual import BUCKET_S

MOST_LISTED: Final = 20
EXAMPLES: Final = 4
BUCKET: Final = timedelta(seconds=BUCKET_S)
BUCKETS_BEFORE, BUCKETS_AFTER = 36, 36
_HEARD: Final = f"""
    SELECT id, case_id, channel_id, author, said, is_public, sent_at, kind, urgency, labels FROM (
        SELECT m.id, m.case_id, m.channel_id,
            coalesce(m.author_identity_id::text, m.author_name) AS author,
            CASE WHEN m.subject = '' THEN m.text ELSE m.subject || E'\\n' || m.text END AS said,
            m.audience = 'public' AS is_public, m.sent_at, coalesce(v.kind, '') AS kind,
            coalesce(v.urgency, 0) AS urgency, {LABELS_SQL} AS labels
        FROM (
            SELECT m.*, {NTH_OF_AUTHOR_SQL} AS nth FROM conversations_message m
            WHERE m.workspace_id = %s AND m.sent_at >= %s AND m.sent_at < %s
                AND m.direction = 'in' AND NOT m.is_historic AND m.channel_id IS NOT NULL
        ) m
        LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
        WHERE m.nth <= {MOST_OF_AUTHOR}
        ORDER BY m.sent_at DESC, m.id DESC LIMIT %s
    ) newest ORDER BY sent_at, id
"""  # noqa: S608  our own words
_BEFORE: Final = """
    SELECT m.text FROM conversations_message m
    WHERE m.workspace_id = %s AND m.sent_at >= %s AND m.sent_at < %s
        AND m.direction = 'in' AND NOT m.is_historic AND m.channel_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM spikes_spike s WHERE s.workspace_id = m.workspace_id
            AND s.found_at >= %s AND m.id = ANY(s.message_ids))
    ORDER BY m.sent_at DESC LIMIT %s
"""
_TALLIES: Final = """
    SELECT (extract(epoch FROM at) / 300)::bigint, topic, channel_id, messages, complaints, praise
    FROM spikes_tally WHERE workspace_id = %s AND at >= %s
        AND (%s::text[] IS NULL OR topic = ANY(%s))
"""
_AROUND: Final = """
    SELECT s.id, (extract(epoch FROM t.at - date_bin('5 minutes', s.found_at, 'epoch')) / 300)::int,
        sum(t.messages)::int
    FROM spikes_spike s
    JOIN spikes_tally t ON t.workspace_id = s.workspace_id AND t.topic = s.topic
        AND (s.channel_id IS NULL OR t.channel_id = s.channel_id)
        AND t.at > s.found_at - %(before)s AND t.at <= s.found_at + %(after)s
    WHERE s.workspace_id = %(workspace)s AND s.id = ANY(%(ids)s) GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A count: of the bucket, topic and channel."""

    bucket: int
    topic: str
    channel_id: UUID
    messages: int
    complaints: int
    praise: int


def choice_of(workspace_id: UUID) -> SpikeChoice:
    """Return what the workspace chose; a row that is not kept where it chose nothing."""
    found = SpikeChoice.objects.filter(workspace_id=workspace_id).first()
    return found or SpikeChoice(workspace_id=workspace_id)


def wish_of(choice: SpikeChoice) -> Wish:
    """Return a choice as the rules take it."""
    return Wish(
        Sensitivity(choice.sensitivity),
        choice.least_authors,
        timedelta(hours=choice.cool_down_h),
    )


def heard_between(workspace_id: UUID, since: datetime, until: datetime, most: int) -> list[Heard]:
    """Return the newest messages of a time, the oldest of them first."""
    return [Heard(*row) for row in rows.fetch(_HEARD, [workspace_id, since, until, most])]


def texts_between(workspace_id: UUID, since: datetime, until: datetime, most: int) -> list[str]:
    """Return the newest texts of a time, those that a spike was made of left out.

    What was news yesterday must not count as what people always say.
    """
    return [row[0] for row in rows.fetch(_BEFORE, [workspace_id, since, until, since, most])]


def tallies_since(
    workspace_id: UUID, since: datetime, topics: Collection[str] | None = None
) -> list[TallyRow]:
    """Return what was counted from a moment on, of some topics or of all."""
    wanted = None if topics is None else list(topics)
    return [TallyRow(*row) for row in rows.fetch(_TALLIES, [workspace_id, since, wanted, wanted])]


def counts_around(spikes: Sequence[Spike]) -> dict[UUID, list[int]]:
    """Return for each spike how much its stream said, a number for five minutes; one query.

    From BUCKETS_BEFORE before it was found (its own five minutes stand at that place) to
    BUCKETS_AFTER behind.
    """
    if not spikes:
        return {}
    values = {
        "workspace": spikes[0].workspace_id,
        "ids": [one.id for one in spikes],
        "before": BUCKETS_BEFORE * BUCKET,
        "after": BUCKETS_AFTER * BUCKET,
    }
    found: dict[UUID, list[int]] = {
        one.id: [0] * (BUCKETS_BEFORE + BUCKETS_AFTER) for one in spikes
    }
    for spike_id, offset, messages in rows.fetch(_AROUND, values):
        place = BUCKETS_BEFORE + offset
        if 0 <= place < len(found[spike_id]):
            found[spike_id][place] = messages
    return found


def spikes_of(
    workspace_id: UUID,
    *,
    states: Collection[str] = (),
    before_id: UUID | None = None,
    limit: int = MOST_LISTED,
) -> list[Spike]:
    """Return spikes, the newest first; `before_id`: those older than that one."""
    found = Spike.objects.filter(workspace_id=workspace_id)
    if states:
        found = found.filter(state__in=list(states))
    if before_id:
        found = found.filter(id__lt=before_id)
    return list(found.order_by("-id")[:limit])


def spike_by_id(workspace_id: UUID, spike_id: UUID) -> Spike | None:
    """Return a spike."""
    return Spike.objects.filter(workspace_id=workspace_id, id=spike_id).first()


def examples_of(spikes: Sequence[Spike]) -> dict[UUID, list[Message]]:
    """Return for each spike the first messages of its story that are still there; one query."""
    wanted = {one.id: one.message_ids[: EXAMPLES * 2] for one in spikes}
    ids = {message_id for some in wanted.values() for message_id in some}
    if not ids:
        return {}
    workspace_id = spikes[0].workspace_id
    found = Message.objects.filter(workspace_id=workspace_id, id__in=ids, deleted_at=None)
    there = {message.id: message for message in found.defer("search").order_by("sent_at", "id")}
    return {
        spike_id: [there[one] for one in some if one in there][:EXAMPLES]
        for spike_id, some in wanted.items()
    }


def unseen_spikes(workspace_id: UUID, since: datetime) -> list[Spike]:
    """Return what was found since a moment and nobody has looked at: the gravest, three at most.

    Good news is nothing that must be seen to; it stands on the page.
    """
    found = Spike.objects.filter(workspace_id=workspace_id, state=State.PROPOSED)
    found = found.filter(found_at__gte=since).exclude(kind=SpikeKind.PRAISE)
    return list(found.order_by("-severity", "-id")[:3])
