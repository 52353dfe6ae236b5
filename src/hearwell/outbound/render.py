"""From what an agent typed to what the network gets: one place for composer and sender."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hearwell.connect.contract import Connector
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import signed


@dataclass(frozen=True, slots=True)
class Rendered:
    """A draft ready to go, and how it measures by the network's own rule."""

    draft: Draft
    count: int
    limit: int
    rule: str
    problems: tuple[Problem, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether something must be put right before it can be sent."""
        return any(problem.blocking for problem in self.problems)


def final(draft: Draft, *, uses_initials: bool = True) -> Draft:
    """The draft with its initials at the end of the text, once. Rendering twice changes nothing.

    Only public answers are signed, and only where the network's custom is to sign.
    """
    is_signed = uses_initials and draft.audience is Audience.PUBLIC
    initials = draft.initials if is_signed else None
    return replace(draft, text=signed(draft.text, initials), initials=initials)


def render(connector: Connector, account: Account, draft: Draft, now: datetime) -> Rendered:
    """Sign, count and check a draft as the sender will, without asking the network."""
    ready = final(draft, uses_initials=connector.manifest.uses_initials)
    caption = connector.manifest.caption if ready.media else None
    rule = caption or connector.text_rule(account, ready.audience)
    return Rendered(
        draft=ready,
        count=rule.count(ready.text),
        limit=rule.limit,
        rule=rule.name,
        problems=tuple(connector.preflight(account, ready, now)),
    )
