"""Look into other systems: for a case by what is known of its customer, or to try a tool out.

Nothing is held open while the other side thinks: before and after are transactions of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.commerce import queries
from hearwell.commerce.calling import call
from hearwell.commerce.cards import UnreadableError, cards_in, document_of
from hearwell.commerce.filling import BadValueError, Request, look_request, request_for
from hearwell.commerce.known import customer_of, plans_for
from hearwell.commerce.models import Lookup, LookupState, Service, Tool, ToolVersion
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.rules import Answer, Code, code_of_read
from hearwell.commerce.sealing import opened
from hearwell.kit.clock import now
from hearwell.kit.http import origin_of
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import UnsealError
from hearwell.kit.text import clean
from hearwell.powers.grants import purse_of

MOST_LOOKS: Final = 8
KEPT: Final = 4000


def digest_of(tool_id: UUID, values: Mapping[str, Any]) -> str:
    """Return what is the same for the same tool with the same values."""
    said = json.dumps([str(tool_id), sorted(values.items())], ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def refresh(workspace_id: UUID, case_id: UUID, *, by: Membership, anew: bool = False) -> int:
    """Begin the looks that are not fresh any more (all of them if `anew`); return how many."""
    customer = customer_of(workspace_id, case_id)
    if customer is None:
        return 0
    known = {(one.tool_id, one.digest): one for one in queries.lookups_in(workspace_id, case_id)}
    done_at = queries.last_done(queries.runs_in(workspace_id, [case_id]))
    begun: list[Lookup] = []
    for one in queries.live_tools(workspace_id, by.role):
        if one.definition.is_act:
            continue
        for plan in plans_for(one.definition, customer):
            before = known.get((one.tool.id, digest_of(one.tool.id, plan.values)))
            is_open = before is not None and queries.is_waited_for(before)
            if is_open or (before is not None and not anew and queries.is_fresh(before, done_at)):
                continue
            begun.append(_lookup(one, case_id, plan.values, plan.why, by.user_id))
    _begin(workspace_id, begun[:MOST_LOOKS])
    return len(begun[:MOST_LOOKS])


@transaction.atomic
def look_by_hand(
    one: LiveTool, case_id: UUID, values: Mapping[str, Any], *, by: Membership
) -> Lookup:
    """Begin a look with what somebody typed."""
    row = _lookup(one, case_id, dict(values), [["typed", "", "team"]], by.user_id)
    _begin(one.tool.workspace_id, [row])
    return row


@transaction.atomic
def try_out(one: LiveTool, values: Mapping[str, Any], *, by: Membership) -> Lookup:
    """Begin to try a tool out: a look for real, or whether an action could be looked up.

    No action is done by this.
    """
    row = _lookup(one, None, dict(values), [], by.user_id)
    _begin(one.tool.workspace_id, [row])
    return row


def _lookup(
    one: LiveTool, case_id: UUID | None, values: dict[str, Any], why: list[list[str]], user_id: UUID
) -> Lookup:
    return Lookup(
        workspace_id=one.tool.workspace_id, tool=one.tool, version=one.version, case_id=case_id,
        user_id=user_id, digest=digest_of(one.tool.id, values), values=values, why=why,
    )  # fmt: skip


def _begin(workspace_id: UUID, begun: Sequence[Lookup]) -> None:
    from hearwell.commerce.tasks import call_for_lookups

    if begun:
        Lookup.objects.bulk_create(begun)
        call_for_lookups(workspace_id, [one.id for one in begun])


# --- the worker's part ---------------------------------------------------------------------------


def make_lookups(workspace_id: UUID, lookup_ids: Sequence[UUID]) -> int:
    """Make those looks that still wait; returns how many. Opens its own scopes."""
    return sum(_make(workspace_id, one) for one in lookup_ids)


def _make(workspace_id: UUID, lookup_id: UUID) -> bool:
    with scope(workspace_id):
        rows = Lookup.objects.select_for_update(of=("self",)).select_related("tool__service")
        row = rows.filter(
            workspace_id=workspace_id, id=lookup_id, state=LookupState.WAITING
        ).first()
        if row is None:
            return False
        row.state = LookupState.CALLING
        row.save(update_fields=["state"])
        one = queries.tool_at(row.tool, row.version)
        currency = purse_of(workspace_id).currency
        found = _prepared(one, row, currency)
    if isinstance(found, Code) or one is None:
        answer = Answer(found if isinstance(found, Code) else Code.OFF, was_sent=False)
    else:
        request, secrets = found
        answer = call(one.service.url, secrets, request, one.definition.limit_s)
    with scope(workspace_id):
        _keep(row, one, answer, currency)
    return True


def _prepared(
    one: LiveTool | None, row: Lookup, currency: str
) -> tuple[Request, dict[str, str]] | Code:
    if one is None or row.tool.gone_at is not None:
        return Code.OFF
    try:
        if one.definition.is_act and not one.definition.look_path:
            return Code.LOST
        if one.definition.is_act:  # a try: is there nothing under a key that was never used?
            values = {f.name: row.values.get(f.name) or "x" for f in one.definition.fields}
            request = look_request(one.definition, values, currency=currency, key=str(uuid7()))
        else:
            request = request_for(one.definition, row.values, currency=currency)
        return request, secrets_of(one.service)
    except BadValueError:
        return Code.REFUSED
    except UnsealError:
        return Code.NO_KEY


def secrets_of(service: Service) -> dict[str, str]:
    """Return the headers that only this service may see. Raises UnsealError, KeyMissingError."""
    secret = opened(service)
    return {service.header: f"{service.prefix}{secret}"} if secret else {}


def origin_in(url: str) -> str:
    """Return the origin of a service as its links would have it."""
    scheme, host, port = origin_of(url)
    is_usual = (scheme, port) in (("https", 443), ("http", 80))
    return f"{scheme}://{host}" + ("" if is_usual else f":{port}")


def _keep(row: Lookup, one: LiveTool | None, answer: Answer, currency: str) -> None:
    at = now()
    row.state, row.as_of = LookupState.DONE, at
    row.status, row.took_ms, row.code = answer.status, answer.took_ms, code_of_read(answer)
    if one is not None and not row.code:
        row.code = _read(row, one, answer, currency, at)
    if row.case_id is None:
        row.answer = clean(answer.body[: 4 * KEPT].decode("utf-8", "replace"))[0][:KEPT]
        if one is not None and _is_tried(row, one):
            ToolVersion.objects.filter(
                workspace_id=row.workspace_id, tool_id=row.tool_id, number=row.version
            ).update(tried_at=now())
    Lookup.objects.filter(workspace_id=row.workspace_id, id=row.id).update(
        state=row.state, as_of=row.as_of, status=row.status, took_ms=row.took_ms, code=row.code,
        cards=row.cards, answer=row.answer,
    )  # fmt: skip


def _read(row: Lookup, one: LiveTool, answer: Answer, currency: str, at: datetime) -> Code:
    try:
        document = document_of(answer.body)
    except UnreadableError:
        return Code.UNREADABLE
    found = cards_in(document, one.definition.reading, currency, origin_in(one.service.url))
    found = [card for card in found if card.title or card.ref or card.state]
    row.cards = [replace(card, as_of=at.isoformat()).kept() for card in found]
    return Code.NONE if found else Code.NOT_THERE


def _is_tried(row: Lookup, one: LiveTool) -> bool:
    """A look gave a card; a look-up said that nothing is there under a key never used."""
    if one.definition.is_act:
        return row.code == Code.NOT_THERE
    return row.code == Code.NONE and bool(row.cards)


def tools_named(workspace_id: UUID, tool_ids: Sequence[UUID]) -> dict[UUID, Tool]:
    """Return tools by id, gone ones too."""
    return Tool.objects.filter(workspace_id=workspace_id).in_bulk(list(tool_ids))
