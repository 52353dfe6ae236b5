"""What sending costs, in words, before anybody presses send."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.channels.services.metering import make_sure_affordable, said, terms_of
from hearwell.channels.spending import dollars, priced
from hearwell.channels.telling import told
from hearwell.connect.failures import QuotaExhausted
from hearwell.connect.model import Draft, Problem
from hearwell.connect.registry import connector_for


def costs_of(channel: Channel, draft: Draft) -> list[Problem]:
    """Say what this costs, and whether it will have to wait; nothing stops it from being queued.

    In the scope of the workspace. Empty where sending is free and no quota is used up.
    """
    charges = said(channel.network, draft)
    if not charges:
        return []
    found: list[Problem] = []
    manifest, terms = connector_for(channel.network).manifest, terms_of(channel)
    micros = sum(one.micros for one in priced(manifest, charges, terms.prices if terms else {}))
    if micros:
        words = _("The network charges about $%(price)s for sending this.")
        found.append(Problem("costs", words % {"price": in_dollars(micros)}, blocking=False))
    try:
        make_sure_affordable(channel, charges)
    except QuotaExhausted as failure:
        found.append(Problem(failure.code, told(failure.message), blocking=False))
    return found


def in_dollars(micros: int) -> str:
    """Return micros as dollars, to the cent, or as exactly as a price below a cent needs."""
    amount = dollars(micros)
    if micros % 10_000 == 0 or amount >= 1:
        return f"{amount:.2f}"
    whole, _, cents = f"{amount:.4f}".rstrip("0").partition(".")
    return f"{whole}.{cents.ljust(2, '0')}"
