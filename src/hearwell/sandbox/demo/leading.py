"""What the lead of the demo does in Hearwell itself: one incident, and one line on the board."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hearwell.accounts.models import Membership
from hearwell.board import services as board
from hearwell.board.models import State, StatusUpdate
from hearwell.conversations.models import Case
from hearwell.escalation import services as escalation
from hearwell.escalation.models import EntryKind, Incident, IncidentEntry, IncidentState, Statement
from hearwell.kit.clock import now
from hearwell.sandbox.demo.script import Line

_LEVEL: Final = 2
_NEXT_WORD: Final = timedelta(minutes=45)


def open_incident(case: Case, lead: Membership, line: Line) -> None:
    """Open the incident, unless it has been."""
    if not Incident.objects.filter(title=line.text).exists():
        escalation.open_incident(line.text, _LEVEL, lead, [case.id])


def link_case(case: Case, lead: Membership, line: Line) -> None:
    """Put a case to the incident."""
    del line
    incident = _live(lead)
    if incident is not None:
        escalation.link_case(incident.id, case.id, lead)


def log_fact(case: Case, lead: Membership, line: Line) -> None:
    """Write into the log, unless it is there."""
    del case
    incident = _live(lead)
    if incident is None:
        return
    if not IncidentEntry.objects.filter(incident_id=incident.id, text=line.text).exists():
        escalation.log_entry(incident.id, lead, EntryKind.FACT, line.text)


def write_statement(case: Case, lead: Membership, line: Line) -> None:
    """Write the holding statement, unless there is one: signing it is left to whoever watches."""
    del case
    incident = _live(lead)
    if incident is not None and not Statement.objects.filter(incident_id=incident.id).exists():
        escalation.write_statement(incident.id, lead, line.text, now() + _NEXT_WORD)


def announce(case: Case, lead: Membership, line: Line) -> None:
    """Put a line on the status board, unless there is one."""
    del case
    about, _, headline = line.text.partition("|")
    if StatusUpdate.objects.exists():
        return
    reply = f"Hello {{customer.first_name|there}}, {headline}"
    wording = board.Wording(headline, public_text=headline, replies={"en": reply})
    draft = board.save_draft(lead, wording, board.About(entities=(about,)))
    board.publish(draft.id, lead, is_sure=True)


def end_all(lead: Membership) -> None:
    """End the incident and the line on the board; both stay to be read."""
    incident = _live(lead)
    if incident is not None:
        escalation.end_incident(incident.id, lead)
    mine = StatusUpdate.objects.filter(state=State.PUBLISHED, published_by_id=lead.user_id)
    for update_id in mine.values_list("id", flat=True):
        board.end(update_id, lead)


def _live(lead: Membership) -> Incident | None:
    mine = Incident.objects.filter(state=IncidentState.LIVE, opened_by_id=lead.user_id)
    return mine.order_by("-opened_at").first()
