"""Saved replies for a case: which suit what the customer wrote, and how they read there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hearwell.accounts.models import Membership
from hearwell.channels.queries import channel_by_id
from hearwell.conversations.queries import CasePage, messages_of
from hearwell.knowledge import queries
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.rules import filled, first_name
from hearwell.sla.matching import language_of

LONGEST_SEARCH: Final = 200
_LATELY: Final = 20


@dataclass(frozen=True)
class Offer:
    """A saved reply that can be taken; `suits`: it shares words with what the customer wrote."""

    version: ArticleVersion
    text: str
    suits: bool = False


def offers_for(page: CasePage, by: Membership, text: str = "") -> list[Offer]:
    """Return what was looked for; without words, what suits the customer's and then the usual."""
    place = page.case.workspace_id
    asked, language = asked_in(page)
    alike = [] if text or not asked else queries.like(place, asked)
    suiting = [one for one in alike if one.reply]
    known = {one.id for one in suiting}
    usual = [
        one for one in queries.saved_replies(place, text, language=language) if one.id not in known
    ]
    values = values_of(page, by)
    return [
        Offer(one, filled(one.reply, values), suits=one.id in known) for one in [*suiting, *usual]
    ]


def asked_in(page: CasePage) -> tuple[str, str]:
    """Return what the customer wrote last, and in which language as far as the network says."""
    thread = messages_of(page.case.workspace_id, page.case.id, _LATELY, None)
    theirs = [m for m in thread.messages if m.direction == "in" and m.text]
    if not theirs:
        return "", ""
    return "\n".join(m.text for m in theirs[-3:]), language_of(theirs[-1].language)


def values_of(page: CasePage, by: Membership) -> Mapping[str, str]:
    """Return what the variables of a saved reply stand for in a case."""
    case = page.case
    channel = channel_by_id(case.workspace_id, case.channel_id) if case.channel_id else None
    agent = str(by.user)
    handles = [one.handle for one in page.identities if one.handle]
    return {
        "customer.name": page.contact_name or "",
        "customer.first_name": first_name(page.contact_name or ""),
        "customer.handle": handles[0] if handles else "",
        "agent.name": agent,
        "agent.first_name": first_name(agent) or agent,
        "agent.initials": by.initials,
        "case.number": case.label,
        "brand.name": channel.brand.name if channel else by.workspace.name,
    }
