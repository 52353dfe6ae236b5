"""A look at the last hour of a workspace: count, compare, read what stands out, say what it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection

from hearwell.accounts.models import Workspace
from hearwell.escalation.services import Sighting, propose, spike_went_on
from hearwell.events.services import emit
from hearwell.kit import jobs, rows
from hearwell.kit.clock import now
from hearwell.spikes.events import SpikeFound
from hearwell.spikes.learning import MOST_HOURS, volumes
from hearwell.spikes.models import Spike, SpikeChoice
from hearwell.spikes.queries import (
    choice_of,
    heard_between,
    tallies_since,
    texts_between,
    wish_of,
)
from hearwell.spikes.rules import (
    Finding,
    Known,
    SpikeKind,
    Wish,
    decide,
    is_calm,
    is_told_already,
    is_worth_reading,
)
from hearwell.spikes.services.counting import recount
from hearwell.spikes.services.streams import (
    HOUR_S,
    Key,
    gathered,
    hours_in,
    known_streams,
    moment_of,
)
from hearwell.spikes.sights import Hour, hour_of, sight_of
from hearwell.spikes.stories import MOST_READ
from hearwell.spikes.topics import EVERYTHING
from hearwell.spikes.usual import BUCKET_S, BUCKETS_AN_HOUR, Usual, Volume

log = structlog.get_logger(__name__)
_HOUR: Final = timedelta(hours=1)
# So much is counted anew each minute; once an hour, before it is learned, all that may be late.
_RECENT: Final = timedelta(minutes=20)
_LATE: Final = 3 * _HOUR
_BEFORE: Final = timedelta(hours=48)
_MOST_BEFORE: Final = 400
# A spike that never calms is over after so long: then it is usual.
_LONGEST: Final = timedelta(hours=72)
_MOST_KEPT: Final = 500
_RANK: Final = {SpikeKind.TROUBLE: 2, SpikeKind.PRAISE: 1, SpikeKind.VOLUME: 0}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in a stream."""

    key: Key
    finding: Finding
    places: Sequence[int]

    @property
    def weight(self) -> tuple[int, int, bool, bool]:
        """What comes first: trouble, then what is graver, then what is seen more widely."""
        topic, channel_id = self.key
        kind = _RANK[self.finding.kind]
        return kind, self.finding.severity, channel_id is None, topic == EVERYTHING


def wake_looks() -> int:
    """Queue a look at every workspace in which something was said in the last hour.

    A job each: the first look of a large workspace takes a while, and one that fails must not stop
    the others. One that still waits or runs is not queued twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM spikes_places(%s)", [now() - _HOUR])
        places = [row[0] for row in cursor.fetchall()]
    return sum(_wake(workspace_id) for workspace_id in places)


def _wake(workspace_id: UUID) -> bool:
    from hearwell.spikes.tasks import look_at

    key = f"spikes.look:{workspace_id}"
    return jobs.defer_once(look_at, key, lock=key, workspace_id=str(workspace_id))


def look(workspace_id: UUID) -> list[Spike]:
    """Look at one workspace, in its scope; return the spikes that are new.

    A handful of statements while nothing stands out, however much is said.
    """
    choice = choice_of(workspace_id)
    if not choice.is_on:
        return []
    moment = now()
    recount(workspace_id, _counted_from(choice.looked_at, moment))
    _note_look(choice, moment)
    lasting = _lasting(workspace_id, moment, wish_of(choice))
    bucket = int(moment.timestamp()) // BUCKET_S
    since = moment_of(bucket - BUCKETS_AN_HOUR + 1)
    counts = gathered(tallies_since(workspace_id, since))
    wish = wish_of(choice)
    keys = {
        key
        for key, some in counts.items()
        if sum(one.messages for one in some.values()) >= wish.least_authors
    }
    if not keys and not lasting:
        return []
    zone = hours_in(Workspace.objects.values_list("time_zone", flat=True).get(id=workspace_id))
    still = [one for one in lasting if one.calm_at is None]
    keys |= {(one.topic, one.channel_id) for one in still}
    usual = known_streams(workspace_id, keys, bucket, zone)
    stands = {key: volumes(usual[key], counts.get(key, {}), bucket, zone) for key in keys}
    standing_out = _standing_out(stands, wish)
    hour = _read(workspace_id, since, moment) if standing_out or still else None
    if hour is None:
        return []
    _go_on(still, stands, hour, moment)
    findings = _findings(standing_out, usual, hour, bucket, wish)
    return _tell(workspace_id, _new(findings, lasting), hour, moment)


def _counted_from(looked_at: datetime | None, moment: datetime) -> datetime:
    """Return from when on to count again: more where we have not looked for a while."""
    if looked_at is None:
        since = moment - MOST_HOURS * _HOUR
    elif looked_at < moment - _RECENT / 2 or _hour(looked_at) != _hour(moment):
        # A clock that ran ahead has looked in the future: what was said since is counted now.
        since = max(min(looked_at, moment) - _LATE, moment - MOST_HOURS * _HOUR)
    else:
        since = moment - _RECENT
    return moment_of(int(since.timestamp()) // BUCKET_S)


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // HOUR_S


def _note_look(choice: SpikeChoice, moment: datetime) -> None:
    choice.looked_at = moment
    rows.insert([choice], conflict="(workspace_id) DO UPDATE SET looked_at = excluded.looked_at")


def _lasting(workspace_id: UUID, moment: datetime, wish: Wish) -> list[Spike]:
    """Return the spikes that last or cool down."""
    # One found in the future, by a clock that ran ahead, covers nothing.
    recent = Spike.objects.filter(
        workspace_id=workspace_id,
        found_at__gt=moment - _LONGEST,
        found_at__lte=moment + _HOUR,
    )
    return [
        one
        for one in recent.order_by("found_at")
        if one.calm_at is None or one.found_at > moment - wish.cool_down
    ]


def _standing_out(stands: Mapping[Key, Sequence[Volume]], wish: Wish) -> list[tuple[Key, Volume]]:
    return [
        (key, volume)
        for key, some in stands.items()
        for volume in some
        if is_worth_reading(volume, wish)
    ]


def _read(workspace_id: UUID, since: datetime, moment: datetime) -> Hour:
    heard = heard_between(workspace_id, since, moment + _HOUR, MOST_READ)
    return hour_of(heard, texts_between(workspace_id, since - _BEFORE, since, _MOST_BEFORE))


def _findings(
    standing_out: Collection[tuple[Key, Volume]],
    usual: Mapping[Key, Usual],
    hour: Hour,
    bucket: int,
    wish: Wish,
) -> list[Found]:
    found = []
    for key, volume in standing_out:
        since = moment_of(bucket - volume.minutes * 60 // BUCKET_S + 1)
        places = hour.places(*key, since)
        if not places:
            continue
        finding = decide(sight_of(hour, places, usual[key], volume, bucket), wish)
        if finding is not None:
            told = finding.story.places if finding.story else places
            found.append(Found(key, finding, told))
    return sorted(found, key=lambda one: one.weight, reverse=True)


def _known(spike: Spike) -> Known:
    return Known(
        SpikeKind(spike.kind),
        spike.topic,
        str(spike.channel_id or ""),
        frozenset(spike.words),
    )


def _new(findings: Sequence[Found], lasting: Sequence[Spike]) -> list[Found]:
    """Return those that no spike covers, the gravest of each first."""
    known, new = [_known(one) for one in lasting], []
    for one in findings:
        topic, channel_id = one.key[0], str(one.key[1] or "")
        if any(is_told_already(one.finding, topic, channel_id, other) for other in known):
            continue
        story = one.finding.story
        words = frozenset(story.words) if story else frozenset[str]()
        known.append(Known(one.finding.kind, topic, channel_id, words))
        new.append(one)
    return new


def _go_on(
    lasting: Sequence[Spike],
    stands: Mapping[Key, Sequence[Volume]],
    hour: Hour,
    moment: datetime,
) -> None:
    """Let spikes that last take in what was said since, and end where it is calm again."""
    for spike in lasting:
        known = set(spike.message_ids)
        told = hour.told(spike.words) if spike.words else ()
        new = [one.id for one in told if one.id not in known]
        if new:
            spike_went_on(spike.workspace_id, spike.id, new)
            spike.message_ids = [*spike.message_ids, *new][:_MOST_KEPT]
        stood = stands[spike.topic, spike.channel_id][-1]
        if is_calm(stood) or spike.found_at < moment - _LONGEST + _HOUR:
            spike.calm_at = moment
    Spike.objects.bulk_update(lasting, ["message_ids", "calm_at"])


def _tell(workspace_id: UUID, found: Sequence[Found], hour: Hour, moment: datetime) -> list[Spike]:
    spikes = [_spike(workspace_id, one, hour, moment) for one in found]
    if not spikes:
        return []
    Spike.objects.bulk_create(spikes)
    propose(workspace_id, [_sighting(spike) for spike in spikes])
    emit(_event(spike) for spike in spikes)
    for spike in spikes:
        log.info("spike_found", kind=spike.kind, weight=spike.severity, count=spike.count)
    return spikes


def _spike(workspace_id: UUID, found: Found, hour: Hour, moment: datetime) -> Spike:
    finding, sight = found.finding, found.finding.sight
    heard = [hour.heard[place] for place in found.places]
    return Spike(
        workspace_id=workspace_id,
        kind=finding.kind.value,
        topic=found.key[0],
        channel_id=found.key[1],
        severity=finding.severity,
        minutes=sight.volume.minutes,
        count=sight.volume.count,
        expected=round(sight.volume.expected, 2),
        people=sight.people,
        words=list(finding.story.words) if finding.story else [],
        reasons=[[code, figures] for code, figures in finding.reasons],
        message_ids=[one.id for one in heard],
        case_id=heard[0].case_id,
        began_at=heard[0].sent_at,
        found_at=moment,
    )


def _sighting(spike: Spike) -> Sighting:
    return Sighting(
        spike_id=spike.id,
        kind=spike.kind,
        title=", ".join(spike.words[:3]) or spike.topic,
        words=spike.words,
        topic=spike.topic,
        channel_id=spike.channel_id,
        reasons=[(code, figures) for code, figures in spike.reasons],
        case_id=spike.case_id,
        message_ids=spike.message_ids,
        began_at=spike.began_at,
        found_at=spike.found_at,
    )


def _event(spike: Spike) -> SpikeFound:
    return SpikeFound(
        spike.workspace_id,
        spike_id=spike.id,
        spike_kind=spike.kind,
        severity=spike.severity,
        topic=spike.topic,
        channel_id=spike.channel_id,
        count=spike.count,
        expected=spike.expected,
        minutes=spike.minutes,
        people=spike.people,
        case_id=spike.case_id,
        message_id=spike.message_ids[0],
    )
