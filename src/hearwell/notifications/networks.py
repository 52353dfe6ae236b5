"""What those who look after the networks are told: a cap, a quota, a version that ends.

A notice names it as ``network:what`` (``x:near``), by which its words and its page are found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Workspace
from hearwell.accounts.rules import RIGHTS
from hearwell.channels import standing
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.notifications.rules import Topic
from hearwell.notifications.services import Happened, note_happened

KEEPERS: Final = [str(role) for role, rights in RIGHTS.items() if "manage_channels" in rights]
QUOTA: Final = "quota"
# The days before the end of a version on which devices are told, at nine in the morning.
DAYS_AHEAD: Final = frozenset({60, 30, 14, 7, 3, 1, 0})
_NINE: Final = 9
_WORDS: Final[Mapping[str, str | Promise]] = {
    "near": gettext_lazy("%(case)s: the monthly spending cap is near."),
    "reached": gettext_lazy(
        "%(case)s: the monthly spending cap is reached. Nothing is asked or sent there any more."
    ),
    QUOTA: gettext_lazy("%(case)s: what is left of today's quota is too little for an answer."),
    "ending": gettext_lazy("%(case)s: the version of its interface that is used here ends soon."),
    "ended": gettext_lazy("%(case)s: the version of its interface that is used here has ended."),
}


def about(network: str, what: str) -> str:
    """Return how a notice names it."""
    return f"{network}:{what}"


def said_of(named: str) -> str:
    """Return the sentence, in the language that is spoken now."""
    network, _, what = named.partition(":")
    try:
        title = connector_for(network).manifest.title
    except UnknownNetworkError:
        title = network
    return str(_WORDS[what]) % {"case": title}


def page_of(named: str) -> str:
    """Return where it stands, and can be changed."""
    return reverse("network_terms", args=[named.partition(":")[0]])


def happened(key: str, network: str, what: str) -> Happened:
    """Return it as something to tell."""
    return Happened(Topic.NETWORK, key, None, roles=KEEPERS, about=about(network, what))


def warned(workspace_id: UUID) -> list[str]:
    """Return what there is to warn of now, each as a notice names it."""
    return [about(one.network, one.what) for one in standing.warnings(workspace_id)]


def tell_of_versions() -> int:
    """Tell devices of versions that end, on some days before it, once each; return how often."""
    told = 0
    for place in Workspace.objects.all():
        if now().astimezone(ZoneInfo(place.time_zone)).hour != _NINE:
            continue
        with scope(place.id):
            ends = [
                (one, one.ending)
                for one in standing.version_warnings(place.id)
                if one.ending and one.ending.days in DAYS_AHEAD
            ]
            told += note_happened(
                place.id,
                [
                    happened(
                        f"version {one.network} {end.version.name} {end.days}",
                        one.network,
                        one.what,
                    )
                    for one, end in ends
                ],
            )
    return told
