"""Many rows in one statement are the rows that one by one would have made."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Workspace
from hearwell.contacts.models import Contact, Identity
from hearwell.conversations.models import Message
from hearwell.kit import rows
from tests.factories import make_message

make_contact = rows.Maker(Contact)


def test_a_maker_makes_what_the_model_makes(workspace: Workspace) -> None:
    message = make_message('Ünïcode "quoted" \\ and\nlines 👩‍👩‍👧‍👦', entities=())
    fields = [field.attname for field in Message._meta.concrete_fields]
    values = {name: getattr(message, name) for name in fields}

    assert model_to_dict(rows.Maker(Message)(**values)) == model_to_dict(Message(**values))
    assert model_to_dict(Message.objects.get()) == model_to_dict(message) | {
        "search": Message.objects.get().search
    }


def test_what_is_left_out_takes_its_default(workspace: Workspace) -> None:
    one, two = (make_contact(workspace_id=workspace.id) for _ in range(2))
    rows.insert([one, two])

    assert one.id != two.id
    kept = Contact.objects.get(id=one.id)
    assert (kept.name, kept.note_count, kept.created_at) == ("", 0, one.created_at)
    one.name = "Lena"
    one.save(force_update=True)
    assert Contact.objects.get(id=one.id).name == "Lena"


def test_one_statement_and_repeats_are_not_returned(workspace: Workspace) -> None:
    def people(size: int) -> list[Identity]:
        contact = make_contact(workspace_id=workspace.id)
        rows.insert([contact])
        return [
            Identity(
                workspace_id=workspace.id, contact=contact, network="n", external_id=str(number)
            )
            for number in range(size)
        ]

    once = "(workspace_id, network, external_id) DO NOTHING"
    rows.insert(people(3))
    with CaptureQueriesContext(connection) as captured:
        more = people(5)
        written = rows.insert(more, conflict=once, returning=("id", "external_id"))

    assert len(captured) == 2
    assert written == [(more[3].id, "3"), (more[4].id, "4")]
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(people(1))


def test_nothing_is_no_statement(workspace: Workspace) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert rows.insert([]) == []
    assert len(captured) == 0


def test_a_batch_is_of_one_workspace(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="too many"):
        rows.insert([make_contact(workspace_id=uuid4()), make_contact(workspace_id=workspace.id)])
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rows.insert([make_contact(workspace_id=uuid4())])


def test_what_json_cannot_hold_is_refused(workspace: Workspace) -> None:
    with pytest.raises(TypeError, match="object"):
        rows.insert([make_contact(workspace_id=workspace.id, name=object())])
