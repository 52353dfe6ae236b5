"""A network's terms: access and how to get more, versions, quota, spend and cap, retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import AuditRow, User
from hearwell.accounts.rules import can
from hearwell.channels import queries
from hearwell.channels.costs import in_dollars
from hearwell.channels.services import metering
from hearwell.channels.spending import MICROS, resets_at
from hearwell.channels.standing import Standing, endings, standing_of
from hearwell.connect.abilities import portrait_of
from hearwell.connect.contract import Connector
from hearwell.connect.manifest import Manifest
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.clock import now
from hearwell.outbound.services import switches
from hearwell.web.admin.frame import draw
from hearwell.web.admin.networks.abilities import ability_face
from hearwell.web.admin.networks.asking import uuid_or_none
from hearwell.web.admin.networks.faces import account_row

_WRONG: Final = 422
_MOST_DOLLARS: Final = Decimal(1_000_000)


@requires("view_health")
@require_safe
def terms(request: MemberRequest, network: str) -> HttpResponse:
    """Show how we stand with one network, and what it would take to stand better."""
    return _draw(request, _connector(network))


@requires("manage_channels")
@require_POST
def save_terms(request: MemberRequest, network: str) -> HttpResponse:
    """Keep the monthly cap and the prices really paid; what cannot be read changes nothing."""
    connector = _connector(network)
    manifest = connector.manifest
    if not manifest.prices:
        raise Http404
    errors: dict[str, str] = {}
    cap = _micros(request.POST, "cap", errors)
    own = {one.what: _micros(request.POST, f"price-{one.what}", errors) for one in manifest.prices}
    if errors:
        return _draw(request, connector, errors=errors, given=request.POST, status=_WRONG)
    listed = {one.what: one.micros for one in manifest.prices}
    prices = {what: n for what, n in own.items() if n is not None and n != listed[what]}
    user = cast("User", request.user)
    metering.set_terms(request.workspace.id, network, cap_micros=cap, prices=prices, by=user)
    messages.success(request, _("Saved. What waits for the cap goes on within ten minutes."))
    return redirect("network_terms", network)


@requires("manage_channels")
@require_POST
def undo_terms(request: MemberRequest, network: str) -> HttpResponse:
    """Decide the cap and the prices as they were before the last change."""
    change_id = uuid_or_none(request.POST.get("change", ""))
    user = cast("User", request.user)
    if change_id and metering.undo_terms(request.workspace.id, network, change_id, by=user):
        messages.success(request, _("Undone. The cap and the prices are as they were before."))
    else:
        messages.error(request, _("Somebody has changed it since. Nothing was undone."))
    return redirect("network_terms", network)


def _connector(network: str) -> Connector:
    try:
        return connector_for(network)
    except UnknownNetworkError:
        raise Http404 from None


def _micros(given: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    """Read dollars; an empty field is None. What is none is noted in `errors`."""
    text = given.get(name, "").strip().lstrip("$").replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= _MOST_DOLLARS:
        errors[name] = _("Write an amount in dollars, such as 50 or 0.015.")
        return None
    return int(amount * MICROS)


def _draw(
    request: MemberRequest,
    connector: Connector,
    *,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    place, manifest = request.workspace.id, connector.manifest
    may_save = can(request.membership.role, "manage_channels")
    standing = standing_of(place, manifest)
    on = switches.active_switches(place)
    rows = [one for one in queries.health_rows(place) if one.channel.network == manifest.network]
    tiers = {one.channel.tier for one in rows}
    titles = {one.key: _(one.title) for one in manifest.access}
    context = {
        "manifest": manifest,
        "accounts": [
            (account_row(one, on), titles.get(one.channel.tier, ""), _troubles(one.health))
            for one in rows
        ],
        "levels": [(one, one.key in tiers) for one in manifest.access],
        "versions": [one for one in manifest.versions if one.ends is None],
        "endings": endings(manifest, now().date()),
        "cannot": [ability_face(a) for a in portrait_of(connector).abilities if a.can != "yes"],
        "standing": standing,
        "resets_at": resets_at(manifest, now()),
        "may_save": may_save,
        "change": _change(standing) if may_save else None,
        **_money(manifest, standing, errors or {}, given or {}),
    }
    return draw(request, "network_terms", "settings_networks", context, status=status)


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a cap or a price: who, when, and the caps in dollars, empty for none."""

    row: AuditRow
    before: str
    after: str


def _change(standing: Standing) -> Change | None:
    row = metering.last_change(standing.terms)
    if row is None:
        return None
    caps = ((side or {}).get("cap_micros") for side in (row.before, row.after))
    before, after = ("" if one is None else in_dollars(one) for one in caps)
    return Change(row, before, after)


def _troubles(health: Any) -> list[str]:
    """Return the network's own words about what is missing at an account."""
    checks = health.checks if health else ()
    return [_(one["message"]) for one in checks if one["state"] != "ok" and one["message"]]


def _money(
    manifest: Manifest, standing: Standing, errors: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, Any]:
    titles = {one.what: one.title for one in manifest.prices}
    cap = "" if standing.cap is None else in_dollars(standing.cap)
    return {
        "spent": in_dollars(standing.spent),
        "cap": given.get("cap", cap),
        "cap_error": errors.get("cap", ""),
        "has_errors": bool(errors),
        "counted": [
            (_(titles.get(one.what, one.what)), one, in_dollars(one.micros))
            for one in standing.counted
        ],
        "prices": [
            {
                "what": one.what,
                "title": _(one.title),
                "listed": in_dollars(one.micros),
                "own": given.get(f"price-{one.what}", _own(standing, one.what)),
                "error": errors.get(f"price-{one.what}", ""),
            }
            for one in manifest.prices
        ],
    }


def _own(standing: Standing, what: str) -> str:
    return in_dollars(standing.prices[what]) if what in standing.prices else ""
