"""Sweeps of channels: stray deliveries, partitions made ahead and dropped, silent channels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Endpoint
from hearwell.channels.services import connecting, health, ingress, leftovers
from hearwell.channels.services.consent import GOOD_FOR
from hearwell.connect.registry import all_connectors
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7_at
from hearwell.kit.scope import scope
from hearwell.kit.sweep import every

KEEP_RAW = timedelta(days=30)
DAYS_AHEAD = 8
STRAY_AFTER = timedelta(seconds=1)
# Ordinary drains have had a minute: whatever is still there may be killing them.
SUSPECT_AFTER = timedelta(seconds=60)
SILENT_AFTER = timedelta(hours=24)
# The last days are looked through every hour, those before only at night: there lies all that every
# network sent, and hardly ever anything that a worker that was away has missed.
LOOKED_BACK, NIGHT = timedelta(days=3), 2
FORGET_AT_ONCE, MOST_BATCHES = 5_000, 50

# A loose index scan: one probe per endpoint with something waiting, however much that is.
_STRAYS = """
WITH RECURSIVE waiting AS (
    (SELECT r.endpoint_id FROM channels_rawdelivery r
     WHERE r.state = 0 AND r.id < %(stray)s ORDER BY r.endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT r.endpoint_id FROM channels_rawdelivery r
            WHERE r.state = 0 AND r.id < %(stray)s AND r.endpoint_id > w.endpoint_id
            ORDER BY r.endpoint_id LIMIT 1)
    FROM waiting w WHERE w.endpoint_id IS NOT NULL
)
SELECT w.endpoint_id, EXISTS (
    SELECT FROM channels_rawdelivery r
    WHERE r.endpoint_id = w.endpoint_id AND r.state = 0 AND r.id < %(suspect)s)
FROM waiting w WHERE w.endpoint_id IS NOT NULL
"""


@every(seconds=1.0, name="channels.strays")
def drain_strays() -> int:
    """Wake the drain of every endpoint where something has lain for more than a second."""
    moment = now()
    parameters = {
        "stray": uuid7_at(moment - STRAY_AFTER),
        "suspect": uuid7_at(moment - SUSPECT_AFTER),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS, parameters)
        found = cursor.fetchall()
    careful = [endpoint_id for endpoint_id, is_suspect in found if is_suspect]
    ordinary = [endpoint_id for endpoint_id, is_suspect in found if not is_suspect]
    return ingress.wake(ordinary) + ingress.wake(careful, is_careful=True)


@every(seconds=3600.0, name="channels.partitions")
def turn_partitions() -> int:
    """Make the days ahead and drop the days past keeping, unless something still waits there."""
    today = now().date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_make_partitions(%s, %s)", [today, DAYS_AHEAD])
        made = cursor.fetchone()
        cursor.execute("SELECT channels_drop_partitions(%s)", [today - KEEP_RAW])
        dropped = cursor.fetchone()
    return int(made[0] if made else 0) + int(dropped[0] if dropped else 0)


@every(seconds=3600.0, name="channels.forgotten")
def forget_raws() -> int:
    """Remove the bytes of deliveries that their network lets nobody keep until their day goes.

    What has not been taken in yet waits; what a worker that was away for days has missed goes at
    night.
    """
    gone = 0
    for one in all_connectors():
        rule, network = one.manifest.retention, one.manifest.network
        if rule is None or rule.text is None or rule.text > KEEP_RAW:
            continue
        ids = list(Endpoint.objects.filter(network=network).values_list("id", flat=True))
        gone += _forget(ids, now() - rule.text) if ids else 0
    return gone


def _forget(endpoint_ids: Sequence[UUID], until: datetime) -> int:
    back = 2 * KEEP_RAW if now().hour == NIGHT else LOOKED_BACK
    since = uuid7_at(until - back)
    gone = 0
    with connection.cursor() as cursor:
        for _ in range(MOST_BATCHES):
            cursor.execute(
                "SELECT channels_forget_raws(%s, %s, %s, %s)",
                [list(endpoint_ids), since, uuid7_at(until), FORGET_AT_ONCE],
            )
            found = cursor.fetchone()
            gone += int(found[0]) if found else 0
            if not found or found[0] < FORGET_AT_ONCE:
                break
    return gone


@every(seconds=600.0, name="channels.silence")
def notice_silence() -> int:
    """Warn of channels that used to speak and have fallen silent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, channel_id FROM channels_active()")
        active: dict[UUID, list[UUID]] = defaultdict(list)
        for workspace_id, channel_id in cursor.fetchall():
            active[workspace_id].append(channel_id)
    warned = 0
    for workspace_id in active:
        with scope(workspace_id):
            warned += health.report_silence(workspace_id, now() - SILENT_AFTER)
    return warned


@every(seconds=60.0, name="channels.consents")
def forget_consents() -> int:
    """Remove what was kept for people who never came back from a network's page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_forget_consents(%s)", [now() - GOOD_FOR])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@every(seconds=300.0, name="channels.partings")
def part_for_good() -> int:
    """Say goodbye once more for accounts that are disconnected and still have secrets."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, channel_id FROM channels_parting()")
        left = cursor.fetchall()
    for workspace_id, channel_id in left:
        connecting.ask_to_part(workspace_id, channel_id)
    return len(left)


@every(seconds=300.0, name="channels.leftovers")
def empty_leftovers() -> int:
    """Empty deliveries that hold somebody erased and are done with."""
    return leftovers.empty_leftovers()


@every(seconds=3600.0, name="channels.settled")
def forget_names_of_settled() -> int:
    """Forget whose the parked deliveries were that are settled and whose bytes are gone."""
    done = 0
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        with scope(workspace_id):
            done += leftovers.forget_names_of_settled(workspace_id)
    return done
