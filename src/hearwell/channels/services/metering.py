"""Count what calls cost, and stop before a cap or a quota is passed; only this writes the meters.

What the network bills is its own affair: this is our count, taken where the call is made or the
delivery is read, a message sent in the transaction that has it sent. A process killed between the
call and the count counts too little, never twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop

from hearwell.accounts.models import AuditRow, User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.events import QuotaUsedUp, SpendingNearsCap
from hearwell.channels.meters import NetworkTerms, Usage
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.spending import (
    KEPT_SHARE,
    Counted,
    Stage,
    day_of,
    next_month,
    priced,
    resets_at,
    spread_s,
    stage_of,
    units_granted,
)
from hearwell.connect.contract import Metered
from hearwell.connect.failures import QuotaExhausted
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Draft, Raw
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.terms import Charge
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now

CHANGED: Final = "network.terms"
# A cap that a person raises is noticed so soon: nothing waits for the first of the month then.
LOOK_AGAIN: Final = timedelta(minutes=10)
AT_CAP: Final = gettext_noop(
    "The monthly spending cap for this network is reached. It goes on next month, or as soon as an "
    "admin raises the cap under Settings → Networks. Nothing is lost."
)
NO_UNITS: Final = gettext_noop(
    "Today's quota of this network is used up. It goes on by itself when the network begins a new "
    "day. Nothing is lost."
)
_ADD = """(workspace_id, network, day, channel_id, what) DO UPDATE SET
    count = channels_usage.count + excluded.count,
    units = channels_usage.units + excluded.units,
    micros = channels_usage.micros + excluded.micros"""


def charge(channel: Channel, charges: Iterable[Charge]) -> None:
    """Add charges to the meter, in the caller's transaction and scope, in one statement."""
    charges = tuple(charges)
    if not charges:
        return
    # One after the other where there is a cap: else two could each see the other's share missing,
    # and nobody would be told that it is reached.
    terms = terms_of(channel, is_locked=True)
    manifest = connector_for(channel.network).manifest
    counted = priced(manifest, charges, terms.prices if terms else {})
    rows.insert(
        [
            Usage(
                workspace_id=channel.workspace_id,
                channel_id=channel.id,
                network=channel.network,
                day=day_of(manifest, now()),
                what=one.what,
                count=one.count,
                units=one.units,
                micros=one.micros,
            )
            for one in counted
        ],
        conflict=_ADD,
    )
    if terms is not None and terms.cap_micros is not None and any(one.micros for one in counted):
        _tell(terms, manifest)
    _tell_of_quota(channel, manifest, counted)


def charge_heard(channel: Channel, raws: Sequence[Raw]) -> None:
    """Count what it cost to be handed these deliveries."""
    charge(channel, heard(channel.network, raws))


def heard(network: str, raws: Sequence[Raw]) -> list[Charge]:
    """Return what being handed deliveries costs. Those of a poll are counted where it asks."""
    try:
        connector = connector_for(network)
    except UnknownNetworkError:
        return []
    if not isinstance(connector, Metered):
        return []
    return [
        one for raw in raws if raw.source in {"webhook", "stream"} for one in connector.heard(raw)
    ]


def said(network: str, draft: Draft) -> Sequence[Charge]:
    """Return what sending a draft costs; nothing on a network that is free."""
    connector = connector_for(network)
    return connector.said(draft) if isinstance(connector, Metered) else ()


def make_sure_affordable(
    channel: Channel, charges: Sequence[Charge] = (), *, under_way: Sequence[Charge] = ()
) -> None:
    """Raise QuotaExhausted where the month's cap or today's quota leaves no room for a call.

    In the scope of the workspace. Networks without prices and quota are not even looked up.
    ``under_way``: what others have begun that is not counted yet.
    """
    charges = (*charges, *under_way)
    manifest = connector_for(channel.network).manifest
    if manifest.prices:
        terms = terms_of(channel)
        if terms is not None and terms.cap_micros is not None:
            _below_cap(terms, manifest, charges)
    if manifest.quota is not None:
        wanted = sum(manifest.quota.of(one) for one in charges) or 1
        if (units_left(channel) or 0) < wanted:
            raise QuotaExhausted(resets_at(manifest, now()), NO_UNITS)


def _below_cap(terms: NetworkTerms, manifest: Manifest, charges: Sequence[Charge]) -> None:
    cap = terms.cap_micros or 0
    comes = sum(one.micros for one in priced(manifest, charges, terms.prices))
    spent = spent_this_month(terms.workspace_id, manifest)
    if spent < cap and spent + comes <= cap:
        return
    first = next_month(day_of(manifest, now()))
    ends = datetime.combine(first, time(), UTC)
    raise QuotaExhausted(min(ends, now() + LOOK_AGAIN), AT_CAP, network_code="cap")


def terms_of(channel: Channel, *, is_locked: bool = False) -> NetworkTerms | None:
    """Return what the workspace decided about the channel's network, if anything."""
    rows = (
        NetworkTerms.objects.select_for_update(no_key=True) if is_locked else NetworkTerms.objects
    )
    return rows.filter(workspace_id=channel.workspace_id, network=channel.network).first()


def one_at_a_time(workspace_id: UUID, networks: Iterable[str]) -> None:
    """Let whoever begins something on these capped networks wait for who began before.

    Until the caller's transaction ends.
    """
    capped = NetworkTerms.objects.select_for_update(no_key=True).filter(
        workspace_id=workspace_id, network__in=set(networks), cap_micros__isnull=False
    )
    list(capped.order_by("network").values_list("id"))


def spent_this_month(workspace_id: UUID, manifest: Manifest) -> int:
    """Return the micros spent on a network since the first of the month."""
    first = day_of(manifest, now()).replace(day=1)
    used = Usage.objects.filter(workspace_id=workspace_id, network=manifest.network, day__gte=first)
    return used.aggregate(n=Sum("micros"))["n"] or 0


def units_left(channel: Channel) -> int | None:
    """Return the units of today's quota that are left; None where there is none.

    A quota of the app is counted over all accounts of the workspace on that network.
    """
    manifest = connector_for(channel.network).manifest
    if manifest.quota is None:
        return None
    used = Usage.objects.filter(
        workspace_id=channel.workspace_id,
        network=channel.network,
        day=day_of(manifest, now()),
    )
    if manifest.quota.scope == "account":
        used = used.filter(channel_id=channel.id)
    spent = used.aggregate(n=Sum("units"))["n"] or 0
    return max(0, units_granted(manifest.quota, _sharing(channel)) - spent)


def units_for_polls(channel: Channel) -> int | None:
    """Return what this account may spend today on asking: its part of what is left.

    A fifth of the quota is kept for answers. None where there is no quota.
    """
    left, quota = units_left(channel), connector_for(channel.network).manifest.quota
    if left is None or quota is None:
        return None
    sharing = _sharing(channel)
    kept = units_granted(quota, sharing) // KEPT_SHARE
    return max(0, left - kept) // len(sharing)


def _sharing(channel: Channel) -> list[Mapping[str, str]]:
    """Return the settings of the accounts that live on the same quota, this one's first."""
    quota = connector_for(channel.network).manifest.quota
    if quota is None or quota.scope == "account":
        return [channel.settings]
    others = Channel.objects.filter(
        workspace_id=channel.workspace_id, network=channel.network, state=ChannelState.ACTIVE
    )
    return [channel.settings, *others.exclude(id=channel.id).values_list("settings", flat=True)]


def paced(channel: Channel, charges: Sequence[Charge]) -> float:
    """Return the least pause after a poll with these charges, so that the quota lasts the day.

    All accounts that share it go on like this.
    """
    manifest = connector_for(channel.network).manifest
    if manifest.quota is None or not charges:
        return 0.0
    seconds = (resets_at(manifest, now()) - now()).total_seconds()
    units = sum(manifest.quota.of(one) for one in charges) * len(_sharing(channel))
    return spread_s(units_left(channel) or 0, units, seconds)


def set_terms(
    workspace_id: UUID,
    network: str,
    *,
    cap_micros: int | None,
    prices: Mapping[str, int],
    by: User,
) -> NetworkTerms:
    """Decide the monthly cap and the prices of a network; the audit trail says who did.

    A higher cap lets what waits go on within ten minutes. Of two at once the later one counts.
    """
    NetworkTerms.objects.get_or_create(workspace_id=workspace_id, network=network)
    mine = NetworkTerms.objects.select_for_update(no_key=True)
    row = mine.get(workspace_id=workspace_id, network=network)
    before = {"cap_micros": row.cap_micros, "prices": row.prices}
    row.cap_micros, row.prices, row.told, row.changed_at = cap_micros, dict(prices), "", now()
    row.save()
    after = {"cap_micros": row.cap_micros, "prices": row.prices}
    if before != after:
        entry = AuditEntry(CHANGED, by, "network", row.id, network, before, after)
        record_audit(workspace_id, [entry])
    return row


def undo_terms(workspace_id: UUID, network: str, change_id: UUID, *, by: User) -> bool:
    """Decide again as it was before a change; False where it is not the last one any more.

    To undo that brings the change back.
    """
    with transaction.atomic():
        rows = NetworkTerms.objects.filter(workspace_id=workspace_id, network=network)
        change = last_change(rows.select_for_update().first())
        if change is None or change.id != change_id:
            return False
        before = change.before or {}
        cap, prices = before.get("cap_micros"), before.get("prices", {})
        set_terms(workspace_id, network, cap_micros=cap, prices=prices, by=by)
    return True


def last_change(terms: NetworkTerms | None) -> AuditRow | None:
    """Return how a network's cap and prices were changed last; None where nobody has."""
    if terms is None:
        return None
    rows = AuditRow.objects.filter(workspace_id=terms.workspace_id, target_id=terms.id)
    return rows.filter(action=CHANGED).order_by("at", "id").last()


def _tell_of_quota(channel: Channel, manifest: Manifest, counted: Sequence[Counted]) -> None:
    """Warn when what is left of the day has just become too little for an answer."""
    used = sum(one.units for one in counted)
    if manifest.quota is None or not used:
        return
    left = units_left(channel) or 0
    if left < manifest.quota.dearest <= left + used:
        day = day_of(manifest, now()).isoformat()
        emit([QuotaUsedUp(channel.workspace_id, channel.network, day)])


def _tell(terms: NetworkTerms, manifest: Manifest) -> None:
    """Warn once a month when the cap comes near, and once when it is reached."""
    cap = terms.cap_micros
    spent = spent_this_month(terms.workspace_id, manifest)
    stage = stage_of(spent, cap)
    word = f"{day_of(manifest, now()):%Y-%m}:{stage}"
    if cap is None or stage is Stage.WELL or terms.told == word:
        return
    changed = NetworkTerms.objects.filter(
        workspace_id=terms.workspace_id, id=terms.id, told=terms.told
    ).update(told=word)
    if changed:
        event = SpendingNearsCap(terms.workspace_id, terms.network, str(stage), spent, cap)
        emit([event])
