"""Saved replies for a case: which suit what the customer wrote, and how they read there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Membership
from hearwell.channels.queries import channel_by_id
from hearwell.conversations.models import Message
from hearwell.conversations.queries import CasePage, messages_of
from hearwell.guard.masking import KINDS, mask
from hearwell.guard.queries import policy_of, terms_of
from hearwell.knowledge import queries
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.rules import filled, first_name
from hearwell.knowledge.suggesting import Suggestion, past_answers, suggested
from hearwell.sla.matching import language_of

LONGEST_SEARCH: Final = 200
_LATELY: Final = 20
_MOST_SUGGESTED, _MOST_ANSWERS = 3, 2
_GREETED: Final = re.compile(r"^(?:@[\w.@-]+[\s,:]+)+")
_SIGNED: Final = re.compile(r"\s*[\^~]\s?\w{1,4}\s*$")
# What must not reach a second customer; links and dates may.
_PRIVATE: Final = tuple(kind for kind in KINDS if kind not in ("link", "date"))
_ANY_MARK: Final = re.compile(r"\[[a-z]+_\d+\]")


@dataclass(frozen=True)
class Offer:
    """What can be put into the composer: a saved reply (`version`) or a past answer (`message_id`).

    `suits`: it answered questions like this one or speaks of it; `why` says which.
    """

    text: str
    version: ArticleVersion | None = None
    message_id: UUID | None = None
    why: Suggestion | None = None

    @property
    def suits(self) -> bool:
        """Whether what the customer wrote speaks for it."""
        return self.message_id is not None or (self.why is not None and self.why.suits)


def offers_for(page: CasePage, by: Membership, text: str = "") -> list[Offer]:
    """Return what was looked for; without words, what suits the customer's and then the usual."""
    place = page.case.workspace_id
    asked, language = asked_in(page)
    suiting = [] if text else suggestions_for(page, by, asked, language)
    known = {one.version.id for one in suiting if one.version}
    usual = [
        one for one in queries.saved_replies(place, text, language=language) if one.id not in known
    ]
    values = values_of(page, by)
    return [*suiting, *(Offer(filled(one.reply, values), one) for one in usual)]


def suggestions_for(page: CasePage, by: Membership, asked: str, language: str) -> list[Offer]:
    """Return what suits a question, saved replies first, then past answers in own words."""
    if not asked:
        return []
    place, case_id = page.case.workspace_id, page.case.id
    found = suggested(place, asked, case_id=case_id, language=language, most=_MOST_SUGGESTED)
    values = values_of(page, by)
    offers = [Offer(filled(o.version.reply, values), o.version, None, o) for o in found if o.suits]
    alike = past_answers(place, asked, case_id=case_id, most=_MOST_ANSWERS)
    return offers + _answers(place, [one.message_id for one in alike], values)


def answer_by_id(page: CasePage, by: Membership, message_id: UUID) -> Offer | None:
    """Return a past answer as it would read in this case, or None if it is gone."""
    found = _answers(page.case.workspace_id, [message_id], values_of(page, by))
    return found[0] if found else None


def _answers(
    workspace_id: UUID, message_ids: Sequence[UUID], values: Mapping[str, str]
) -> list[Offer]:
    """Return past answers without what was for their customer alone. Three queries, or none."""
    if not message_ids:
        return []
    sent = Message.objects.filter(
        workspace_id=workspace_id, id__in=list(message_ids), direction="out", deleted_at=None
    )
    said = {one.id: one for one in sent.exclude(audience="team").select_related("case__contact")}
    terms = terms_of(policy_of(workspace_id))
    offers = []
    for message_id in message_ids:
        if message_id in said:
            text = _for_another(said[message_id], values, terms.patterns, terms.ours)
            offers.append(Offer(text, message_id=message_id))
    return offers


def _for_another(
    message: Message, values: Mapping[str, str], masks: Collection[str], ours: Collection[str]
) -> str:
    """Return a reply for another customer: no greeting by handle, no signature, no data of theirs.

    Where their name stood stands this customer's; where a number or an address stood, a gap.
    """
    bare = _SIGNED.sub("", _GREETED.sub("", message.text))
    contact = message.case.contact
    names = [contact.name] if contact is not None and contact.name else []
    masked = mask(bare, names=names, masks=masks, ours=ours, kinds=_PRIVATE)
    hers = values.get("customer.first_name") or "…"
    return _ANY_MARK.sub(lambda m: hers if m[0].startswith("[name_") else "…", masked.text)


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
