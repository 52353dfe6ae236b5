"""A customer of whom something stands in every place that a tag names, each with the mark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from hearwell.kit.ids import uuid7
from hearwell.privacy.held import OF_CUSTOMERS
from hearwell.privacy.person import known
from hearwell.privacy.statements import model_of
from hearwell.privacy.tags import Held

MARK = "zqkanarie"
HELD = {held.table: held for held in OF_CUSTOMERS}
AT = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
# Of these the sets of a person are made; they are put here one by one.
GIVEN = {
    "contacts_contact", "contacts_identity", "conversations_case", "conversations_conversation",
    "conversations_message", "outbound_delivery", "webchat_visitor", "quality_sample",
}  # fmt: skip
# What their constraints ask for.
ASKED = {"powers_grant": {"state": "waiting"}, "commerce_toolrun": {"done_at": AT}}
# What there is one of in a workspace, so that several rows of a person differ in it.
ONCE = {"outcomes_purchase": "order_id"}
GREP = """
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND has_any_column_privilege(c.oid, 'SELECT')
"""


@dataclass
class Marked:
    """Who it is, and how many rows were put where."""

    workspace_id: UUID
    contact_id: UUID = field(default_factory=uuid7)
    case_id: UUID = field(default_factory=uuid7)
    number: int = 1


def put(table: str, workspace_id: UUID, **known_values: Any) -> UUID:
    """Insert a row with the mark in every personal column but those given."""
    model, held = model_of(table), HELD[table]
    row_id = known_values.pop("id", None) or uuid7()
    values: dict[str, Any] = {}
    for one in model._meta.local_fields:
        if one.column in held.customer_columns and not isinstance(one, SearchVectorField):
            values[one.column] = marked(one)
        elif not one.has_default() and not one.null and not one.primary_key:
            values[one.column] = some(one)
    if table in ONCE:
        values[ONCE[table]] = f"{MARK} {row_id}"
    values |= {"workspace_id": workspace_id, **ASKED.get(table, {}), **known_values}
    by_column = {one.column: one.attname for one in model._meta.local_fields}
    model._default_manager.bulk_create(
        [model(id=row_id, **{by_column[name]: value for name, value in values.items()})]
    )
    return row_id


def marked(one: models.Field[Any, Any]) -> Any:
    """Return a value of a column's kind that holds the mark."""
    if isinstance(one, models.JSONField):
        is_list = one.has_default() and isinstance(one.get_default(), list)
        return [{"word": MARK}] if is_list else {"text": MARK, "to": {"name": MARK}}
    if isinstance(one, ArrayField):
        return [MARK[: one.base_field.max_length or 40]]
    return MARK.encode() if isinstance(one, models.BinaryField) else MARK


def some(one: models.Field[Any, Any]) -> Any:
    """Return any value that a column takes."""
    if isinstance(one, models.UUIDField | models.ForeignKey):
        return uuid7()
    if isinstance(one, models.DateTimeField):
        return AT
    if isinstance(one, models.DateField):
        return AT.date()
    if isinstance(one, models.JSONField):
        return {}
    return 1 if isinstance(one, models.IntegerField | models.FloatField) else ""


def put_all(workspace_id: UUID, channel_id: UUID, raw_id: UUID) -> Marked:
    """Put a marked row for every rule of every tag."""
    who = Marked(workspace_id)
    _put_person(who, channel_id, raw_id)
    sets = known(workspace_id, who.contact_id).sets
    for held in OF_CUSTOMERS:
        if held.table not in GIVEN:
            for rule in held.by:
                column, _, named = rule.partition(":")
                put(held.table, workspace_id, **_led(held, column, sets[named][-1]))
    return who


def _led(held: Held, column: str, value: Any) -> Mapping[str, Any]:
    holder, _, key = column.partition(".")
    if not key:
        return {column: value}
    led = {key: str(value), "permalink": MARK, "text": MARK}
    if held.table == "integrations_hookdelivery":
        return {holder: json.dumps(led)}
    return {holder: led}


def _put_person(who: Marked, channel_id: UUID, raw_id: UUID) -> None:
    place = who.workspace_id
    put("contacts_contact", place, id=who.contact_id)
    visitor = put("webchat_visitor", place, channel_id=channel_id)
    chat = {"network": "webchat", "external_id": str(visitor)}
    put("contacts_identity", place, contact_id=who.contact_id, **chat)
    author = put("contacts_identity", place, contact_id=who.contact_id, network="sandbox",
                 external_id=f"{MARK}-id")  # fmt: skip
    closed = {"status": "closed", "number": 7, "contact_id": who.contact_id}
    put("conversations_case", place, id=who.case_id, **closed)
    here = {"case_id": who.case_id, "channel_id": channel_id}
    thread = put("conversations_conversation", place, contact_id=who.contact_id, **here)
    lane = model_of("outbound_lane").objects.create(
        id=thread, workspace_id=place, channel_id=channel_id, account="northwind"
    )
    sent = put("outbound_delivery", place, lane_id=lane.id, channel_id=channel_id, state="sent")
    said = {**here, "conversation_id": thread, "kind": "dm", "audience": "private"}
    asked = put("conversations_message", place, direction="in", author_identity_id=author,
                remote_id=f"{MARK}-1", raw_id=raw_id, **said)  # fmt: skip
    put("conversations_message", place, direction="out", delivery_id=sent,
        remote_id=f"{MARK}-2", parent_remote_id=f"{MARK}-1", **said)  # fmt: skip
    put("conversations_message", place, direction="out", case_id=who.case_id, channel_id=None,
        conversation_id=None, audience="team", kind="note", remote_id="")  # fmt: skip
    put("quality_sample", place, message_id=asked, case_id=who.case_id)


def tables_with(mark: str) -> list[str]:
    """Return the tables in which a mark stands, in words or in bytes."""
    with connection.cursor() as cursor:
        cursor.execute(GREP)
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            words = f"SELECT EXISTS (SELECT FROM {name} t WHERE to_jsonb(t)::text ~* %s)"
            cursor.execute(words, [f"{mark}|{mark.encode().hex()}"])
            found += [name] if cursor.fetchone()[0] else []
    return found
