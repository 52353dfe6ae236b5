"""Whatever is tagged as a customer's is in their export and gone with their erasure."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.accounts.models import AuditRow, Membership
from hearwell.channels.models import RawDelivery, RawState
from hearwell.channels.services import ingress
from hearwell.channels.services.stored import mark
from hearwell.connect.model import Raw
from hearwell.inbox.tasks import drop_files
from hearwell.kit.ids import uuid7
from hearwell.privacy.held import OF_CUSTOMERS
from hearwell.privacy.person import known
from hearwell.privacy.services import erase, export_into
from hearwell.webchat.models import File
from tests.domain.privacy.marked import MARK, Marked, put_all, tables_with
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def keep_raw(endpoint_id: UUID, body: bytes) -> UUID:
    raw = Raw("POST", f"/hooks/{MARK}", {}, body, datetime.now(UTC))
    row = ingress.RawRow.of(endpoint_id, raw)
    ingress.keep([row])
    mark({row.id: (RawState.DONE, "")})
    return row.id


@pytest.fixture
def endpoint_id() -> UUID:
    return uuid7()


@pytest.fixture
def marked(workspace, endpoint_id, settings, tmp_path) -> Iterator[Marked]:
    """A customer with the mark everywhere. Rows without parents: nothing of it is committed."""
    settings.MEDIA_ROOT = tmp_path
    channel = make_channel(endpoint_id=endpoint_id)
    with transaction.atomic():
        raw_id = keep_raw(endpoint_id, f'{{"from": "{MARK}"}}'.encode())
        yield put_all(workspace.id, channel.id, raw_id)
        transaction.set_rollback(True)


@pytest.fixture
def owner(alice, workspace) -> Membership:
    return Membership.objects.get(user=alice, workspace=workspace)


def exported(marked: Marked, owner: Membership) -> dict[str, list[dict[str, object]]]:
    target = io.BytesIO()
    export_into(target, marked.contact_id, owner)
    with ZipFile(target) as archive:
        return json.loads(archive.read("customer.json"))["tables"]


def test_every_personal_column_is_in_the_export(marked, owner):
    tables = exported(marked, owner)
    for held in OF_CUSTOMERS:
        for column in held.customer_columns:
            if held.not_exported or column == "search":
                continue
            told = json.dumps([row[column] for row in tables[held.table]])
            assert MARK in told or "enFrYW5hcmll" in told, (held.table, column)


def test_the_export_is_written_into_the_trail_without_the_data(marked, owner):
    exported(marked, owner)
    line = AuditRow.objects.get(action="contact.exported")
    assert (line.target_id, line.summary, line.after) == (marked.contact_id, "", None)


def test_after_an_erasure_the_mark_stands_nowhere(marked, alice):
    assert len(tables_with(MARK)) > 20
    erase(marked.workspace_id, marked.contact_id, by=alice)
    assert tables_with(MARK) == []


def test_bytes_that_name_them_go_too_wherever_they_were_taken_from(marked, endpoint_id):
    again = keep_raw(endpoint_id, f'{{"id": "{MARK}-id", "more": "of others"}}'.encode())
    erase(marked.workspace_id, marked.contact_id)
    assert bytes(RawDelivery.objects.get(id=again).body) == b""


def test_the_rows_that_figures_are_made_of_stay(marked):
    before = {
        name: len(ids) for name, ids in known(marked.workspace_id, marked.contact_id).sets.items()
    }
    erase(marked.workspace_id, marked.contact_id)
    after = known(marked.workspace_id, marked.contact_id).sets
    assert [len(after[name]) for name in ("contacts", "cases", "conversations")] == [
        before[name] for name in ("contacts", "cases", "conversations")
    ]
    assert after["identities"] == []


def test_the_trail_has_figures_only(marked, alice):
    erase(marked.workspace_id, marked.contact_id, by=alice)
    line = AuditRow.objects.get(action="contact.erased")
    assert line.after == {"cases": 1, "messages": 3, "networks": 2}
    assert (line.actor_id, line.target_id, line.summary) == (alice.id, marked.contact_id, "")


def test_the_files_of_a_chat_go_with_it_whoever_dies_in_between(marked, owner):
    """Their removal is queued with the erasure, not after it."""
    places = [file.place for file in File.objects.all()]
    for place in places:
        default_storage.save(place, ContentFile(b"a ticket"))
    erase(marked.workspace_id, marked.contact_id, by=owner.user)
    job = ProcrastinateJob.objects.get(task_name="inbox.drop_files")
    assert job.args == {"places": places}
    assert places
    for _ in range(2):
        drop_files(**job.args)
    assert not any(map(default_storage.exists, places))
