"""How a workspace stands with a network: spend, quota, versions about to end. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from hearwell.channels.models import Channel, ChannelState, NetworkTerms, Usage
from hearwell.channels.services.metering import spent_this_month
from hearwell.channels.spending import Counted, Stage, day_of, stage_of, units_granted
from hearwell.connect.manifest import Manifest
from hearwell.connect.registry import UnknownNetworkError, all_connectors, connector_for
from hearwell.connect.terms import ApiVersion
from hearwell.kit.clock import now

# So long ahead admins are warned that a version of an interface ends.
WARN_AHEAD: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ending:
    """A version with a date; ``days`` may be negative: it has ended."""

    version: ApiVersion
    days: int

    @property
    def is_near(self) -> bool:
        """It ends within the warning time, or has ended."""
        return self.days <= WARN_AHEAD.days


@dataclass(frozen=True, slots=True)
class Warned:
    """What admins are warned of: a version that ends, a cap, a quota that is used up."""

    network: str
    title: str
    ending: Ending | None = None
    stage: Stage = Stage.WELL

    @property
    def what(self) -> str:
        """One of ``ended``, ``ending``, ``near``, ``reached`` and ``quota``."""
        if self.ending is not None:
            return "ended" if self.ending.days < 0 else "ending"
        return "quota" if self.stage is Stage.WELL else self.stage.value


@dataclass(frozen=True, slots=True)
class Standing:
    """A network's meter: today's units, this month's charges, the cap in micros."""

    units: int | None
    units_used: int
    counted: Sequence[Counted]
    spent: int
    cap: int | None
    stage: Stage
    prices: dict[str, int]
    terms: NetworkTerms | None

    @property
    def units_left(self) -> int | None:
        """Units of today's quota that are left."""
        return None if self.units is None else max(0, self.units - self.units_used)


def standing_of(workspace_id: UUID, manifest: Manifest) -> Standing:
    """Return the meter of one network."""
    today = day_of(manifest, now())
    used = Usage.objects.filter(workspace_id=workspace_id, network=manifest.network)
    month = used.filter(day__gte=today.replace(day=1)).values("what").order_by("what")
    of_today = Sum("units", filter=Q(day=today), default=0)
    rows = month.annotate(n=Sum("count"), u=Sum("units"), m=Sum("micros"), today=of_today)
    counted = [Counted(one["what"], one["n"], one["u"], one["m"]) for one in rows]
    terms = NetworkTerms.objects.filter(workspace_id=workspace_id, network=manifest.network).first()
    spent, cap = sum(one.micros for one in counted), terms.cap_micros if terms else None
    return Standing(
        units=_granted(workspace_id, manifest),
        units_used=sum(one["today"] for one in rows),
        counted=counted,
        spent=spent,
        cap=cap,
        stage=stage_of(spent, cap),
        prices=dict(terms.prices) if terms else {},
        terms=terms,
    )


def _granted(workspace_id: UUID, manifest: Manifest) -> int | None:
    if manifest.quota is None:
        return None
    live = Channel.objects.filter(
        workspace_id=workspace_id, network=manifest.network, state=ChannelState.ACTIVE
    )
    return units_granted(manifest.quota, live.values_list("settings", flat=True))


def endings(manifest: Manifest, today: date) -> list[Ending]:
    """Return the versions whose end is known, the next first."""
    dated = [Ending(one, (one.ends - today).days) for one in manifest.versions if one.ends]
    return sorted(dated, key=lambda one: one.days)


def warnings(workspace_id: UUID) -> list[Warned]:
    """Return what admins are warned of about the networks in use, by network.

    While a version that we speak lasts, the end of an older one is no trouble.
    """
    manifests = _in_use(workspace_id)
    found = [_version_warning(one) for one in manifests.values()]
    found += [_quota_warning(workspace_id, one) for one in manifests.values()]
    capped = NetworkTerms.objects.filter(
        workspace_id=workspace_id, network__in=manifests, cap_micros__isnull=False
    )
    for terms in capped:
        manifest = manifests[terms.network]
        stage = stage_of(spent_this_month(workspace_id, manifest), terms.cap_micros)
        if stage is not Stage.WELL:
            found.append(Warned(terms.network, manifest.title, stage=stage))
    return sorted((one for one in found if one is not None), key=lambda one: one.network)


def version_warnings(workspace_id: UUID) -> list[Warned]:
    """Return those of them about versions alone; no query where no version is near its end."""
    if not any(_version_warning(one.manifest) for one in all_connectors()):
        return []
    found = (_version_warning(one) for one in _in_use(workspace_id).values())
    return [one for one in found if one is not None]


def _in_use(workspace_id: UUID) -> dict[str, Manifest]:
    """Return the networks that have an account, by name."""
    live = Channel.objects.filter(workspace_id=workspace_id).exclude(
        state=ChannelState.DISCONNECTED
    )
    names = sorted(set(live.values_list("network", flat=True)))
    return {name: one for name in names if (one := _manifest(name)) is not None}


def _quota_warning(workspace_id: UUID, manifest: Manifest) -> Warned | None:
    """Return it where what is left today is too little for an answer, of any account."""
    quota = manifest.quota
    if quota is None:
        return None
    used = Usage.objects.filter(
        workspace_id=workspace_id, network=manifest.network, day=day_of(manifest, now())
    )
    by_account = used.values("channel_id").annotate(n=Sum("units")).values_list("n", flat=True)
    most = max(by_account, default=0) if quota.scope == "account" else sum(by_account)
    is_used_up = (_granted(workspace_id, manifest) or 0) - most < quota.dearest
    return Warned(manifest.network, manifest.title) if is_used_up else None


def _version_warning(manifest: Manifest) -> Warned | None:
    if not manifest.versions or any(one.ends is None for one in manifest.versions):
        return None
    last = endings(manifest, now().date())[-1]
    return Warned(manifest.network, manifest.title, ending=last) if last.is_near else None


def _manifest(network: str) -> Manifest | None:
    try:
        return connector_for(network).manifest
    except UnknownNetworkError:
        return None
