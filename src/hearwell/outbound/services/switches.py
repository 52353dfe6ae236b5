"""Kill switches: nothing new leaves a workspace, a network or an account while one is on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows as kit_rows
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery, KillSwitch, SwitchScope
from hearwell.outbound.rules import UNATTENDED, Origin, State
from hearwell.outbound.services.gate import close_gate
from hearwell.outbound.services.moves import locked, move
from hearwell.outbound.services.settling import refuse_waiting_acts


@transaction.atomic
def stop(
    workspace_id: UUID, scope: str, value: str = "", *, reason: str, by: User | None = None
) -> KillSwitch:
    """Throw a switch: once this has committed nothing new in its scope is sent.

    What is queued is held at once and waits for a review, acts on messages are refused; what is on
    the wire cannot be called back. ``value`` is a network's key, a channel's id or, where only what
    is unattended stops, the id of whatever asks for it. A switch already on stays as it is.
    """
    close_gate(workspace_id)
    switch = KillSwitch(
        workspace_id=workspace_id,
        scope=SwitchScope(scope).value,
        value=value,
        reason=reason,
        by_id=by.id if by else None,
    )
    conflict = "(workspace_id, scope, value) WHERE off_at IS NULL DO NOTHING"
    is_new = bool(kit_rows.insert([switch], conflict=conflict, returning=("id",)))
    if is_new:
        _audit(switch, "outbound.stopped", by, before=None, after={"reason": reason})
    queued = Delivery.objects.filter(_in_scope(switch), state=State.QUEUED)
    hold(locked(workspace_id, queued.values_list("id", flat=True), {State.QUEUED}), switch)
    if switch.scope != SwitchScope.UNATTENDED:  # acts on messages are people's own
        refuse_waiting_acts(_in_scope(switch))
    return KillSwitch.objects.get(
        workspace_id=workspace_id, scope=scope, value=value, off_at__isnull=True
    )


def hold(rows: Sequence[Delivery], switch: KillSwitch) -> None:
    """Hold locked, queued deliveries because of a switch."""
    move(rows, State.HELD, reason="stopped", by_id=switch.by_id, each=lambda _: held_by(switch))


def held_by(switch: KillSwitch) -> dict[str, str]:
    """What a delivery says that a switch holds."""
    message = _("Sending is stopped: %(reason)s. Nothing was posted.")
    return {
        "failure_code": "kill_switch",
        "failure_message": message % {"reason": switch.reason or _("by a kill switch")},
    }


@transaction.atomic
def resume(
    workspace_id: UUID, scope: str, value: str = "", *, reason: str = "", by: User | None = None
) -> bool:
    """Take a switch off. What it held stays held until somebody has reviewed and released it."""
    switch = (
        KillSwitch.objects.select_for_update()
        .filter(workspace_id=workspace_id, scope=scope, value=value, off_at__isnull=True)
        .first()
    )
    if switch is None:
        return False
    KillSwitch.objects.filter(workspace_id=workspace_id, id=switch.id).update(
        off_at=now(), off_by_id=by.id if by else None
    )
    before, after = {"reason": switch.reason}, {"reason": reason}
    _audit(switch, "outbound.resumed", by, before=before, after=after)
    return True


def active_switches(workspace_id: UUID) -> list[KillSwitch]:
    """The switches that are on, the oldest first."""
    return list(
        KillSwitch.objects.filter(workspace_id=workspace_id, off_at__isnull=True).order_by("id")
    )


def switch_for(
    switches: Sequence[KillSwitch],
    network: str,
    channel_id: UUID,
    origin: str = Origin.PERSON,
) -> KillSwitch | None:
    """The switch that stops this channel, for what comes from `origin`; the widest first."""
    on = {(switch.scope, switch.value): switch for switch in switches}
    for place in (
        (SwitchScope.WORKSPACE.value, ""),
        (SwitchScope.NETWORK.value, network),
        (SwitchScope.ACCOUNT.value, str(channel_id)),
    ):
        if place in on:
            return on[place]
    if origin not in UNATTENDED:
        return None
    return next((one for one in switches if one.scope == SwitchScope.UNATTENDED), None)


def _in_scope(switch: KillSwitch) -> Q:
    everything = Q(workspace_id=switch.workspace_id)
    if switch.scope == SwitchScope.NETWORK:
        return everything & Q(network=switch.value)
    if switch.scope == SwitchScope.ACCOUNT:
        return everything & Q(channel_id=UUID(switch.value))
    if switch.scope == SwitchScope.UNATTENDED:
        return everything & Q(origin__in=sorted(UNATTENDED))
    return everything


def _audit(
    switch: KillSwitch,
    action: str,
    by: User | None,
    *,
    before: dict[str, str] | None,
    after: dict[str, str],
) -> None:
    place = f"{switch.scope} {switch.value}".strip()
    entry = AuditEntry(action, by, "kill_switch", None, place, before, after)
    record_audit(switch.workspace_id, [entry])
