"""What would be said at Send, said while it is written. Nothing is kept, nothing is decided here.

The same rules read the same text under the same policy; whether it goes is decided when it is
sent, and a warning is overridden there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.channels.telling import told
from hearwell.connect.mediarule import NO_ALT
from hearwell.connect.model import Problem
from hearwell.conversations.models import Case
from hearwell.guard.queries import policy_of
from hearwell.guard.rules import Check, Level
from hearwell.guard.words import said_of
from hearwell.inbox.composing import rendered
from hearwell.inbox.guarding import look
from hearwell.inbox.reply import Reply, target_of
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.text import clean
from hearwell.outbound.queries import waiting_files


@dataclass(frozen=True, slots=True)
class Forewarning:
    """One thing that speaks against a text as it stands; `is_blocking`: it would not be sent."""

    text: str
    is_blocking: bool


def forewarn(reply: Reply, by: Membership) -> list[Forewarning]:
    """What would be said if this were sent now, what blocks first; reads only.

    What the writer has agreed to (`reply.overrides`, `reply.is_undescribed`) is not said again.
    Raises Case.DoesNotExist.
    """
    files = waiting_files(by.workspace_id, reply.key)
    text = clean(reply.text)[0]
    if not can(by.role, "reply") or not (text.strip() or files):
        return []
    case = Case.objects.get(workspace_id=by.workspace_id, id=reply.case_id)
    if case.merged_into_id is not None:
        return []
    try:
        target = target_of(reply, by)
    except CannotSend as refusal:
        return [Forewarning(refusal.message, is_blocking=True)]
    policy = policy_of(by.workspace_id)
    alts = [file.alt for file in files]
    ready = rendered(target, reply.text, by.initials, files)
    level = Level(policy.levels.get(Check.ALT, Level.WARN))
    said = list(_of_the_network(ready.problems, level, is_agreed=reply.is_undescribed))
    said += [
        Forewarning(said_of(finding), finding.is_blocking)
        for finding in look(case, target, text, policy, by, alts=alts)
        if finding.is_blocking or finding.token not in reply.overrides
    ]
    return sorted(said, key=lambda one: not one.is_blocking)


def _of_the_network(
    problems: tuple[Problem, ...], alt: Level, *, is_agreed: bool
) -> Iterator[Forewarning]:
    """Say what the network has against it: too long, too late; pictures that nobody described."""
    for problem in problems:
        if problem.code != NO_ALT:
            yield Forewarning(told(problem.message), problem.blocking)
        elif alt is Level.BLOCK or (alt is Level.WARN and not is_agreed):
            yield Forewarning(told(problem.message), alt is Level.BLOCK)
