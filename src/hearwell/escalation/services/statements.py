"""Write what may be said, have it signed by others, note where it was published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.escalation.events import StatementAsked
from hearwell.escalation.models import (
    Incident,
    IncidentPart,
    IncidentState,
    SignOff,
    Statement,
    StatementState,
)
from hearwell.escalation.queries import choice_of, parts_of, signatures_of
from hearwell.escalation.roster import Roster, roster_of
from hearwell.escalation.services.log import locked, note, save
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.text import clean

LONGEST_TEXT: Final = 5000
# A promise for the year 9999 is a slip, and no calendar can show it in every time zone.
FARTHEST: Final = timedelta(days=366)


class BadStatementError(ValueError):
    """It says nothing, or promises an update in the past or years ahead; `field` says where."""

    def __init__(self, *, field: str) -> None:
        super().__init__(field)
        self.field = field


class MayNotSignError(Exception):
    """Not for them to sign; `why` is own, other, signed or changed."""

    def __init__(self, *, why: str) -> None:
        super().__init__(why)
        self.why = why


def digest_of(text: str, update_at: datetime | None) -> str:
    """Return what a signature is bound to."""
    promised = update_at.isoformat() if update_at else ""
    return hashlib.sha256(f"{promised}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _is_near(moment: datetime, at: datetime) -> bool:
    """Whether a time lies ahead and within a year; one without a zone is no time."""
    return moment.tzinfo is not None and timedelta() < moment - at <= FARTHEST


@transaction.atomic
def write_statement(
    incident_id: UUID, by: Membership, text: str, update_at: datetime | None
) -> Statement:
    """Write the next version of an incident's statement; signatures begin anew.

    Raises BadStatementError, UnknownIncidentError, WrongStateError.
    """
    said, at = clean(text)[0].strip()[:LONGEST_TEXT], now()
    if not said:
        raise BadStatementError(field="text")
    if update_at is not None and not _is_near(update_at, at):
        raise BadStatementError(field="update_at")
    incident = locked(by.workspace_id, incident_id, IncidentState.LIVE)
    level = choice_of(by.workspace_id).levels[incident.severity]
    others = Statement.objects.filter(workspace_id=by.workspace_id, incident_id=incident.id)
    version = others.count() + 1
    others.exclude(state=StatementState.REPLACED).update(
        state=StatementState.REPLACED, deputies_at=None
    )
    made = Statement.objects.create(
        workspace_id=by.workspace_id,
        incident_id=incident.id,
        version=version,
        text=said,
        update_at=update_at,
        digest=digest_of(said, update_at),
        signs=list(level.signs),
        author_id=by.user_id,
        written_at=at,
        deputies_at=at + timedelta(minutes=level.deputy_after) if level.signs else None,
    )
    note(incident, "written", by, {"version": version})
    if level.signs:
        _ask(incident, made)
    else:
        _approve(incident, made, by)
    return made


def _ask(incident: Incident, statement: Statement) -> None:
    """Ask those whose signature is missing."""
    named = parts_of(incident.workspace_id, incident.id)
    roster = roster_of(incident.workspace_id, {})
    asked = [
        user_id
        for part in statement.signs
        for user_id in signers(statement, named.get(part), roster)[:1]
    ]
    told = StatementAsked(
        incident.workspace_id, incident.id, incident.number, statement.id,
        list(dict.fromkeys(asked)), title=incident.title,
    )  # fmt: skip
    emit([told])


def signers(statement: Statement, part: IncidentPart | None, roster: Roster) -> list[UUID]:
    """Return who may sign for a part now, the first one first; never who wrote the text.

    The deputy may once their time has come, and at once where the first one wrote it, has left or
    is away. Where neither can, the owners of the workspace may.
    """
    first = _able(part.user_id if part else None, statement, roster)
    deputy = _able(part.deputy_id if part else None, statement, roster)
    is_open = statement.deputies_at is None or statement.deputies_at <= now()
    found = [one for one in (first, deputy if is_open or first is None else None) if one]
    return found or [one for one in roster.last_resort() if one != statement.author_id]


def _able(user_id: UUID | None, statement: Statement, roster: Roster) -> UUID | None:
    known = roster.members.get(user_id) if user_id else None
    is_able = known is not None and not known.is_away and user_id != statement.author_id
    return user_id if is_able else None


@transaction.atomic
def sign(
    statement_id: UUID, part: str, digest: str, by: Membership, *, remark: str = "",
    is_good: bool = True,
) -> Statement:  # fmt: skip
    """Sign a text for a part, or send it back; the last signature approves it.

    `digest` is that of what was read. Raises MayNotSignError, Statement.DoesNotExist.
    """
    known = Statement.objects.get(workspace_id=by.workspace_id, id=statement_id)
    incident = locked(by.workspace_id, known.incident_id, IncidentState.LIVE)
    statement = Statement.objects.get(workspace_id=by.workspace_id, id=statement_id)
    named = parts_of(by.workspace_id, incident.id)
    signed = signatures_of(by.workspace_id, statement.id)
    roster = roster_of(by.workspace_id, {})
    _refuse(statement, part, digest, by, signed)
    if by.user_id not in signers(statement, named.get(part), roster):
        raise MayNotSignError(why="other")
    holder = named.get(part)
    made = SignOff.objects.create(
        workspace_id=by.workspace_id,
        statement_id=statement.id,
        part=part,
        digest=digest,
        user_id=by.user_id,
        is_deputy=holder is None or holder.user_id != by.user_id,
        is_signed=is_good,
        remark=clean(remark)[0].strip()[:1000],
    )
    data = {"version": statement.version, "part": part, "is_deputy": made.is_deputy}
    note(incident, "signed" if is_good else "sent_back", by, data, text=made.remark)
    if is_good and _is_whole(statement, {**signed, part: made}):
        _approve(incident, statement, by)
    return statement


def _refuse(
    statement: Statement, part: str, digest: str, by: Membership, signed: Mapping[str, SignOff]
) -> None:
    """Raise MayNotSignError where what was read stands no more, or it is one's own."""
    if statement.state != StatementState.SIGNING or digest != statement.digest:
        raise MayNotSignError(why="changed")
    if statement.author_id == by.user_id:
        raise MayNotSignError(why="own")
    if part not in statement.signs or part in signed:
        raise MayNotSignError(why="signed")


def _is_whole(statement: Statement, signed: Mapping[str, SignOff]) -> bool:
    """Say whether every part has signed this very text."""
    good = {
        part for part, one in signed.items() if one.is_signed and one.digest == statement.digest
    }
    return good >= set(statement.signs)


def _approve(incident: Incident, statement: Statement, by: Membership) -> None:
    statement.state, statement.approved_at = StatementState.APPROVED, now()
    statement.deputies_at = None
    statement.save(update_fields=["state", "approved_at", "deputies_at"])
    note(incident, "approved", by, {"version": statement.version})


@transaction.atomic
def note_published(statement_id: UUID, where: str, by: Membership) -> Statement:
    """Note that an approved statement was published, and where; its promised time now runs.

    Raises MayNotSignError where it is not approved, Statement.DoesNotExist.
    """
    known = Statement.objects.get(workspace_id=by.workspace_id, id=statement_id)
    incident = locked(by.workspace_id, known.incident_id, IncidentState.LIVE)
    statement = Statement.objects.get(workspace_id=by.workspace_id, id=statement_id)
    if statement.state != StatementState.APPROVED:
        raise MayNotSignError(why="changed")
    if statement.published_at is not None:
        return statement
    statement.published_at, statement.published_by_id = now(), by.user_id
    statement.published_where = clean(where)[0].strip()[:1000]
    statement.save(update_fields=["published_at", "published_by_id", "published_where"])
    save(incident, update_at=statement.update_at, reminded_at=None)
    data = {"version": statement.version, "where": statement.published_where}
    note(incident, "published", by, data, text=statement.text)
    return statement
