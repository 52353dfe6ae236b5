"""What the agents of the demo do in Hearwell itself: take on cases, close them, leave notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case, Message
from hearwell.inbox import acts
from hearwell.kit.scope import scope
from hearwell.sandbox.demo import leading
from hearwell.sandbox.demo.cast import AGENTS
from hearwell.sandbox.demo.script import Line
from hearwell.sandbox.models import DirectMessage, Page, Post


def work(workspace_id: UUID, line: Line) -> None:
    """Do one thing at the desk; nothing if the case is not there, or not as it was expected."""
    with scope(workspace_id):
        page = Page.objects.get(is_sister=False)
        agent = _hired(workspace_id, line.who)
        case = _case(page, line.to)
        if agent is not None and case is not None and case.status == "open":
            _ACTS[line.do](case, agent, line)


def end_all(workspace_id: UUID) -> None:
    """End what the lead had begun."""
    lead = _hired(workspace_id, AGENTS[-1][2])
    if lead is not None:
        leading.end_all(lead)


def _hired(workspace_id: UUID, initials: str) -> Membership | None:
    return Membership.objects.filter(workspace_id=workspace_id, initials=initials).first()


def close_all(workspace_id: UUID) -> int:
    """Close every open case that the play brought in; returns how many."""
    agent = _hired(workspace_id, AGENTS[0][2])
    page = Page.objects.filter(is_sister=False).first()
    if agent is None or page is None:
        return 0
    said = [
        str(found)
        for model in (Post, DirectMessage)
        for found in model.objects.exclude(play_ref="").values_list("id", flat=True)
    ]
    messages = Message.objects.filter(channel_id=page.channel_id, remote_id__in=said)
    cases = Case.objects.filter(id__in=messages.values("case_id")).exclude(status="closed")
    for case in cases:
        acts.close_case(case.id, "no_answer_needed", agent)
    return len(cases)


def _case(page: Page, ref: str) -> Case | None:
    """The case that holds what was said under a ``ref``."""
    said = [
        str(found)
        for model in (Post, DirectMessage)
        for found in model.objects.filter(play_ref=ref).values_list("id", flat=True)
    ]
    messages = Message.objects.filter(channel_id=page.channel_id, remote_id__in=said)
    case_id = messages.values_list("case_id", flat=True).first()
    return Case.objects.filter(id=case_id).first() if case_id else None


def _assign(case: Case, agent: Membership, line: Line) -> None:
    del line
    if case.assignee_id is None:
        acts.assign_case([case.id], agent.user_id, agent)


def _close(case: Case, agent: Membership, line: Line) -> None:
    del line
    if case.turn != "ours":
        acts.close_case(case.id, "solved", agent)


def _note(case: Case, agent: Membership, line: Line) -> None:
    notes = Message.objects.filter(case_id=case.id, kind="note")
    if not notes.filter(author_user_id=agent.user_id, text=line.text).exists():
        acts.add_note(case.id, line.text, agent)


_ACTS: Mapping[str, Callable[[Case, Membership, Line], None]] = {
    "assign": _assign,
    "close": _close,
    "note": _note,
    "incident": leading.open_incident,
    "link": leading.link_case,
    "fact": leading.log_fact,
    "statement": leading.write_statement,
    "status": leading.announce,
}
AT_THE_DESK = frozenset(_ACTS)
