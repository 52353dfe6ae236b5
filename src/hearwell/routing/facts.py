"""What the database tells of a case, as the rules look at it."""

from __future__ import annotations

from collections.abc import Iterable

from hearwell.conversations.rules import Gist
from hearwell.routing.rules import CaseFacts, primary


def case_facts(  # noqa: PLR0913, PLR0917 -- the columns of a row, in their order
    gist: Gist,
    network: str,
    channel: str | None,
    care: Iterable[str] | None,
    purpose: str | None,
    audience: str,
    kind: str,
    urgency: int,
    tags: Iterable[str],
    tier: str,
) -> CaseFacts:
    """Return the facts: `gist` in any tag, the account and what it is for None where it is gone.

    `care`: the care accounts that answer for it.
    """
    return CaseFacts(
        network=network,
        channel=channel or "",
        care_channels=frozenset(care or ()),
        purpose=purpose or "",
        audience=audience,
        kind=kind,
        language=primary(gist.language),
        urgency=urgency,
        topics=gist.topics,
        tags=frozenset(tags),
        tier=tier.lower(),
    )
