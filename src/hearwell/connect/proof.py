"""What proves each capability of a connector, as its ``quality.yaml`` and manifest say it. Pure.

``recorded``: against what the network really said, kept as a recording. ``spec``: every request
checked against the network's own specification. ``live``: spoken to the network itself.
``contract``: built to its documents and examined on a fake; nobody has seen it live.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Connects,
    Fetches,
    Metered,
    Moderates,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Searches,
    Streams,
    Subscribes,
    Uploads,
)
from hearwell.connect.timelines import ReadsTimelines

CAPABILITIES: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    ("Webhooks", (ReceivesWebhooks,)),
    ("Polls", (Polls,)),
    ("Stream", (Streams,)),
    ("Replies", (Replies,)),
    ("Files out", (Uploads,)),
    ("Fetches", (Fetches,)),
    ("Moderates", (Moderates,)),
    ("Timelines", (ReadsTimelines,)),
    ("Search", (Searches,)),
    ("Connects", (Connects, Authorizes)),
    ("Refreshes", (Refreshes,)),
    ("Subscribes", (Subscribes,)),
    ("Meter", (Metered,)),
)
PROOFS: Final = ("live", "recorded", "spec")
SPEC_RULE: Final = "requests_checked_against_the_official_specification"


@dataclass(frozen=True, slots=True)
class Badge:
    """A connector with what proves each capability that it has, and what proves it as a whole."""

    title: str
    proofs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    exempt: int = 0


def badge_of(connector: Connector, quality: Mapping[str, Any], *, is_live: bool) -> Badge:
    """Return the badge of a connector.

    ``quality`` is its parsed ``quality.yaml``: ``proof`` in it names the capabilities that are
    ``recorded``, ``spec`` or ``live``. What it does not name is proven on the fake alone.
    ``is_live``: a test of ours speaks to the network, or to a real server of it.
    """
    manifest, rules = connector.manifest, quality.get("rules", {})
    said = {
        how: set(names)
        for how, names in quality.get("proof", {}).items()
        if how in PROOFS and not (how == "live" and manifest.is_by_contract)
    }
    least = "contract" if manifest.is_by_contract else "fake"
    whole = [
        *(["live test"] if is_live and not manifest.is_by_contract else []),
        *(["spec"] if _is_done(rules.get(SPEC_RULE)) else []),
        *(["contract"] if manifest.is_by_contract else []),
    ]
    return Badge(
        title=manifest.title,
        proofs={
            name: tuple(how for how in PROOFS if name in said.get(how, ())) or (least,)
            for name, kinds in CAPABILITIES
            if isinstance(connector, kinds)
        },
        whole=tuple(whole),
        exempt=sum(not _is_done(one) for one in rules.values()),
    )


def _is_done(rule: object) -> bool:
    return rule == "done" or (isinstance(rule, Mapping) and rule.get("status") == "done")


def badge_rows(badges: Iterable[Badge]) -> list[Sequence[str]]:
    """Return the table's rows: the network, the proofs at each capability, those of the whole."""
    return [
        [
            one.title,
            *(", ".join(one.proofs.get(name, ("-",))) for name, _ in CAPABILITIES),
            ", ".join(one.whole) or "-",
            str(one.exempt),
        ]
        for one in badges
    ]
