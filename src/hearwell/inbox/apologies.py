"""With which words an answer to this customer, so late, may begin."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.accounts.models import Membership
from hearwell.conversations.queries import CasePage
from hearwell.inbox.lateness import FALLBACK, OWN_WORDS, WORDINGS, late_wording, named_delay
from hearwell.inbox.saved_replies import values_of
from hearwell.kit.clock import now
from hearwell.knowledge.queries import replies_named
from hearwell.knowledge.rules import filled
from hearwell.sla.matching import language_of
from hearwell.triage.queries import language_of_case


@dataclass(frozen=True, slots=True)
class Apology:
    """A suggestion, and the primary tag of the language that it is in."""

    text: str
    language: str


def apology_for(page: CasePage, by: Membership) -> Apology:
    """Return how an answer may begin: the workspace's own words where it has some that fit.

    One query, one more where the words are its own.
    """
    case = page.case
    language, own = _known(by.workspace_id, case.id)
    # Ours in the customer's language is better than their own in another one.
    written = language if language in own else "" if language in WORDINGS else next(iter(own), "")
    if written:
        return Apology(filled(own[written], values_of(page, by)), written)
    spoken = language if language in WORDINGS else FALLBACK
    since = case.waiting_since or case.last_inbound_at or case.opened_at
    waited_s = (now() - since).total_seconds()
    said = (late_wording(spoken, waited_s), named_delay(spoken, waited_s))
    return Apology(" ".join(one for one in said if one), spoken)


def _known(workspace_id: UUID, case_id: UUID) -> tuple[str, dict[str, str]]:
    """Return which language they write, and the workspace's own words by language."""
    spoken = language_of_case(workspace_id, case_id)
    found = spoken.union(replies_named(workspace_id, OWN_WORDS), all=True)
    own = {language: text for language, text in found if text}
    read = next((language for language, text in found if not text), "").removesuffix("-Latn")
    return language_of(read) or FALLBACK, own
