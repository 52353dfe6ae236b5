"""Mean an action: checked, bounded by powers, noted, and only then handed to the doer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.commerce import queries
from hearwell.commerce.cards import Card, card_from
from hearwell.commerce.definition import Definition, Field, Source, is_for
from hearwell.commerce.filling import BadValueError, read_value, request_for
from hearwell.commerce.known import Customer, customer_of
from hearwell.commerce.models import ToolRun
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.room import lock_card, room_on
from hearwell.commerce.rules import Code, State
from hearwell.commerce.services.looking import digest_of
from hearwell.commerce.services.outcomes import note_end, noted
from hearwell.conversations.models import Case
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.powers.grants import purse_of
from hearwell.powers.models import Grant, GrantState
from hearwell.powers.money import shown_amount
from hearwell.powers.services import BadGrantError, Gift, give

_UNDO_GRACE: Final = timedelta(minutes=1)


class BadRunError(ValueError):
    """What cannot be done; the message says why.

    `code` is "alike" where it may be meant twice, "changed" where it has to be read again, "beyond"
    where less is left of an order than was wanted.
    """

    def __init__(self, message: str, *, at: str = "", code: str = "") -> None:
        super().__init__(message)
        self.field, self.code = at, code


@dataclass(frozen=True, slots=True)
class Wanted:
    """An action as somebody filled it in. `key` is made with the form, `card` what it acts on.

    `is_meant`: although the same was done before. `version` is the tool's version that was read.
    """

    tool_id: UUID
    case_id: UUID
    key: UUID
    said: Mapping[str, str] = field(default_factory=dict)
    card: Card | None = None
    is_meant: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An action that could be done as it stands."""

    tool: LiveTool
    case: Case
    values: dict[str, Any]
    amount_minor: int | None
    currency: str
    digest: str


def check_run(wanted: Wanted, *, by: Membership) -> Checked:
    """Return what would be done. Raises BadRunError, BadValueError, Case.DoesNotExist."""
    place = by.workspace_id
    one = queries.live_tool(place, wanted.tool_id)
    if one is None or not one.definition.is_act:
        raise BadRunError(_("This tool is not in use any more."))
    if not is_for(one.definition, by.role):
        raise BadRunError(_("Your role does not allow you to do this."))
    if wanted.version not in (None, one.version):
        raise BadRunError(_("There is a newer version: read that one."), code="changed")
    customer = customer_of(place, wanted.case_id)
    if customer is None:
        raise Case.DoesNotExist
    _refuse_bad_card(one.definition, wanted.card)
    currency = purse_of(place).currency
    values = values_for(one.definition, wanted.said, wanted.card, customer, currency)
    request_for(one.definition, values, currency=currency)
    _refuse_beyond(one, wanted.card, values)
    gives = values.get(one.definition.gives) if one.definition.gives else None
    amount = gives if isinstance(gives, int) else None
    return Checked(one, _home(customer.case), values, amount, currency,
                   digest_of(one.tool.id, values))  # fmt: skip


def _refuse_bad_card(definition: Definition, card: Card | None) -> None:
    if definition.about and card is None:
        raise BadRunError(_("Choose first what it is to be done to."), at="card")
    if card is not None and definition.about and card.kind != definition.about:
        raise BadRunError(_("This is not what the tool acts on."), at="card")


def _refuse_beyond(one: LiveTool, card: Card | None, values: Mapping[str, Any]) -> None:
    """Refuse more than is left of what the card is of, counted with what was given since."""
    room = room_on(one, card) if card is not None else None
    if card is None or room is None:
        return
    if sum(values.get(name) or 0 for name in one.definition.bounded) <= room.left_minor:
        return
    words = {
        "most": shown_amount(room.left_minor, card.currency),
        "given": shown_amount(room.given_minor, card.currency),
    }
    message = _("At most %(most)s: of this, %(given)s was given already or is about to be.")
    raise BadRunError(message % words, at=one.definition.bounded[0], code="beyond")


def values_for(
    definition: Definition,
    said: Mapping[str, str],
    card: Card | None,
    customer: Customer,
    currency: str,
) -> dict[str, Any]:
    """Return the value of each field, as it is kept. Raises BadValueError."""
    card_minor = card.amount_minor if card and card.currency == currency else None
    values: dict[str, Any] = {}
    for one in definition.fields:
        text = said.get(one.name, "") if one.is_asked else _known(one, card, customer)
        value = read_value(one, text, currency, card_minor=card_minor)
        if value is not None:
            values[one.name] = value
    return values


def _known(one: Field, card: Card | None, customer: Customer) -> str:
    if one.source == Source.CARD:
        return str(getattr(card, one.detail, "") or "") if card else ""
    return next((mark.value for mark in customer.marks(one)), "")


def _home(case: Case) -> Case:
    """The case, or the one that took all that was in it."""
    while case.merged_into_id is not None:
        case = Case.objects.get(workspace_id=case.workspace_id, id=case.merged_into_id)
    return case


@transaction.atomic
def start_run(wanted: Wanted, *, by: Membership) -> ToolRun:
    """Mean an action: it is done at once, or waits (ASKED) where it is above one's powers.

    The same key again is the same run. Raises BadRunError, BadValueError, Case.DoesNotExist.
    """
    known = ToolRun.objects.filter(workspace_id=by.workspace_id, key=wanted.key).first()
    if known is not None:
        return known
    one = check_run(wanted, by=by)
    _one_at_a_time(one, wanted.card)
    known = ToolRun.objects.filter(workspace_id=by.workspace_id, key=wanted.key).first()
    if known is not None:
        return known
    _refuse_alike(one, wanted)
    _refuse_beyond(one.tool, wanted.card, one.values)
    grant = _granted(one, wanted.key, by)
    is_asked = grant is not None and grant.state == GrantState.WAITING
    run = ToolRun.objects.create(
        workspace_id=by.workspace_id,
        tool=one.tool.tool,
        version=one.tool.version,
        case_id=one.case.id,
        channel_id=one.case.channel_id,
        user_id=by.user_id,
        key=wanted.key,
        digest=one.digest,
        values=one.values,
        card=wanted.card.kept() if wanted.card else None,
        title=one.tool.definition.title,
        state=State.ASKED if is_asked else State.QUEUED,
        amount_minor=one.amount_minor,
        currency=one.currency if one.amount_minor is not None else "",
        grant_id=grant.id if grant else None,
        wake_at=None if is_asked else now(),
    )
    noted(run, "tool.meant", by.user)
    if not is_asked:
        _call_doer(run)
    return run


def _one_at_a_time(one: Checked, card: Card | None) -> None:
    """Let two who mean the same wait for each other: the second sees what the first began."""
    number = int(one.digest[:15], 16)
    rows.fetch("SELECT pg_advisory_xact_lock(%s)::text", [number])
    if card is not None:
        lock_card(one.tool, card)


def _refuse_alike(one: Checked, wanted: Wanted) -> None:
    if wanted.is_meant:
        return
    before = queries.alike(one.case.workspace_id, one.digest)
    if before is not None:
        message = _("Exactly this was done before, or is under way. Do it once more only if you "
                    "mean it.")  # fmt: skip
        raise BadRunError(message, code="alike")


def _granted(one: Checked, key: UUID, by: Membership) -> Grant | None:
    """Give the amount by powers, under the purse's lock. Raises BadRunError."""
    if one.amount_minor is None:
        return None
    gift = Gift(
        case_id=one.case.id,
        key=key,
        amount_minor=one.amount_minor,
        reason=one.tool.definition.reason,
        note=one.tool.definition.title,
    )
    try:
        return give(gift, by=by)
    except BadGrantError as why:
        raise BadRunError(str(why), at=one.tool.definition.gives) from why


def _call_doer(run: ToolRun) -> None:
    from hearwell.commerce.tasks import call_doer

    call_doer(run.workspace_id, [run.id])


def release_granted(workspace_id: UUID, grant_ids: Sequence[UUID]) -> int:
    """Let go what waited for these grants, or end it; returns how many. In the caller's scope."""
    waiting = ToolRun.objects.select_for_update().filter(
        workspace_id=workspace_id, grant_id__in=list(grant_ids), state=State.ASKED
    )
    grants = Grant.objects.filter(workspace_id=workspace_id).in_bulk(list(grant_ids))
    moved = 0
    for run in waiting.order_by("id"):
        state = grants[run.grant_id].state if run.grant_id in grants else GrantState.REFUSED
        if state == GrantState.GRANTED:
            run.state, run.wake_at = State.QUEUED, now()
            run.save(update_fields=["state", "wake_at"])
            _call_doer(run)
        elif state == GrantState.REFUSED:
            note_end(run, State.FAILED, Code.NOT_APPROVED)
        moved += 1
    return moved


# --- once more, back, or settled by hand ---------------------------------------------------------


def _locked(run_id: UUID, by: Membership) -> ToolRun:
    """Raises ToolRun.DoesNotExist."""
    found = ToolRun.objects.select_for_update(of=("self",)).select_related("tool")
    return found.get(workspace_id=by.workspace_id, id=run_id)


def _may(run: ToolRun, by: Membership) -> LiveTool:
    """Return the tool of a run. Raises BadRunError where it is gone, or not for this role."""
    one = _tool_of(run, by)
    if run.tool.gone_at is not None:
        raise BadRunError(_("This tool is not in use any more."))
    return one


def _tool_of(run: ToolRun, by: Membership) -> LiveTool:
    one = queries.tool_at(run.tool, run.version)
    if one is None:
        raise BadRunError(_("This tool is not in use any more."))
    if not is_for(one.definition, by.role):
        raise BadRunError(_("Your role does not allow you to do this."))
    return one


@transaction.atomic
def try_again(run_id: UUID, *, by: Membership) -> ToolRun:
    """Do once more what surely was not done, under its old key. Raises BadRunError, DoesNotExist.

    The other side is asked first, where it can be: what arrived late is not done twice.
    """
    run = _locked(run_id, by)
    tool = _may(run, by)
    if run.tool.live is None:
        raise BadRunError(_("This tool is not in use any more."))
    if run.state != State.FAILED or run.undoes_id is not None:
        raise BadRunError(_("Only what was not done can be done once more."))
    if run.card is not None:
        card = card_from(run.card)
        lock_card(tool, card)
        _refuse_beyond(tool, card, run.values)
    run.grant_id = _granted_anew(run, tool.definition, by)
    waiting = Grant.objects.filter(id__in=[run.grant_id], state=GrantState.WAITING)
    is_asked = run.grant_id is not None and waiting.exists()
    run.state = State.ASKED if is_asked else State.QUEUED
    run.wake_at, run.not_before = None if is_asked else now(), None
    run.look_first = run.sent_at is not None and bool(tool.definition.look_path)
    run.code, run.message, run.tries, run.looks = "", "", 0, 0
    run.done_at, run.user_id = None, by.user_id
    run.save()
    noted(run, "tool.meant", by.user)
    if not is_asked:
        _call_doer(run)
    return run


def _granted_anew(run: ToolRun, definition: Definition, by: Membership) -> UUID | None:
    if run.amount_minor is None:
        return None
    key = uuid5(run.key, str(run.grant_id))
    gift = Gift(
        case_id=run.case_id,
        key=key,
        amount_minor=run.amount_minor,
        reason=definition.reason,
        note=definition.title,
    )
    try:
        return give(gift, by=by).id
    except BadGrantError as why:
        raise BadRunError(str(why)) from why


def undo_until(run: ToolRun, definition: Definition) -> Any:
    """Return until when a run can be undone; None where it cannot."""
    is_possible = definition.undo_path and run.state == State.DONE and run.undoes_id is None
    if not is_possible or run.undone_at is not None or run.done_at is None:
        return None
    ends_at = run.done_at + timedelta(hours=definition.undo_hours)
    return ends_at if ends_at > now() else None


@transaction.atomic
def undo(run_id: UUID, *, by: Membership, key: UUID | None = None) -> ToolRun:
    """Take back what was done, as a run of its own. Raises BadRunError, DoesNotExist."""
    run = _locked(run_id, by)
    definition = _may(run, by).definition
    under_way = queries.undo_of(run)
    if under_way is not None:
        return under_way
    if undo_until(run, definition) is None:
        raise BadRunError(_("This cannot be undone any more."))
    try:
        with transaction.atomic():
            made = ToolRun.objects.create(
                workspace_id=run.workspace_id, tool=run.tool, version=run.version,
                case_id=run.case_id, channel_id=run.channel_id, user_id=by.user_id,
                key=key or uuid7(), digest=digest_of(run.id, {"undo": 1}), values=run.values,
                card=run.result or run.card, title=run.title, undoes_id=run.id, wake_at=now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise BadRunError(_("This is being undone already.")) from error
    noted(made, "tool.undo_meant", by.user)
    _call_doer(made)
    return made


@transaction.atomic
def settle_by_hand(run_id: UUID, *, was_done: bool, by: Membership) -> ToolRun:
    """Keep what a person found out in the other system. Raises BadRunError, DoesNotExist.

    Also where the tool is gone by now: what nobody knows would stay open for ever.
    """
    run = _locked(run_id, by)
    _tool_of(run, by)
    if run.state != State.HUMAN:
        raise BadRunError(_("This was settled meanwhile."))
    noted(run, "tool.settled", by.user)
    note_end(run, State.DONE if was_done else State.FAILED, Code.BY_HAND)
    return run


__all__ = [
    "BadRunError",
    "BadValueError",
    "Checked",
    "Wanted",
    "check_run",
    "release_granted",
    "settle_by_hand",
    "start_run",
    "try_again",
    "undo",
    "undo_until",
    "values_for",
]
