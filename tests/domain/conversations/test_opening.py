"""A new case written once is the case that four statements would have made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from hearwell.conversations import services
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.inbox.intake import take_edits, take_in
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.overlap import overlapping
from tests.factories import DUARTE, make_channel, make_dm, make_edit, make_item, receive

pytestmark = pytest.mark.usefixtures("workspace")
STORIES = {
    "a question": ["Where is my bag?"],
    "thanks": ["Thank you so much!"],
    "a complaint after a question": ["Which gate?", "This is a disgrace, I wait since noon!"],
    "thanks after a question": ["Which gate?", "Found it, thank you!"],
    "an emergency": ["My dad's insulin is in the bag, help"],
}


def _items(texts: list[str]) -> list[Any]:
    began = now() - timedelta(hours=1)
    return [
        make_dm(text, thread_key="t", external_id=f"m{n}", occurred_at=began + timedelta(minutes=n))
        for n, text in enumerate(texts)
    ]


def _standing(case: Case) -> dict[str, Any]:
    own = {"id", "number", "channel_id", "contact", "team_id", "due_at", "opened_at"}
    return {k: v for k, v in model_to_dict(case).items() if k not in own}


@pytest.mark.parametrize("name", STORIES)
def test_a_case_held_back_is_the_case_written_step_by_step(name: str) -> None:
    one, other = make_channel(external_id="one"), make_channel(external_id="other")
    items = _items(STORIES[name])
    receive(one, items)

    take_in(other, items)

    first, second = Case.objects.order_by("number")
    assert _standing(first) == _standing(second)
    assert second.team_id is not None


def test_a_new_case_is_written_once() -> None:
    channel = make_channel()
    take_in(channel, [make_item("Where is my bag?")])

    with CaptureQueriesContext(connection) as captured:
        take_in(channel, [make_item("Where is mine?", author=DUARTE) for _ in range(20)])

    writes = [q["sql"] for q in captured if "conversations_case " in q["sql"].split("SELECT")[0]]
    assert len(writes) == 1, writes
    assert writes[0].startswith("INSERT")


def test_what_came_before_its_message_finds_the_case_written() -> None:
    channel, item = make_channel(), make_item("Where is my bag?")
    take_edits(channel, [make_edit(item, "Where is my RED bag?")])

    take_in(channel, [item])

    assert Case.objects.get().preview == "Where is my RED bag?"


def test_a_later_version_in_the_same_batch_finds_the_case_written() -> None:
    channel, item = make_channel(), make_item("Where is my bag?", external_id="a")
    newer = make_item("Where is my RED bag?", external_id="a", thread_key="a", version=2)

    take_in(channel, [item, newer])

    assert Case.objects.get().preview == "Where is my RED bag?"


def test_a_block_that_fails_writes_no_case() -> None:
    item = make_item()

    def fail() -> None:
        with transaction.atomic(), services.opening():
            services.thread(make_channel(), [item], _people(item))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Case.objects.count() == Conversation.objects.count() == 0


def _people(item: Any) -> dict[str, Any]:
    from hearwell.contacts import services as contacts
    from hearwell.kit.scope import current_workspace

    workspace_id = current_workspace()
    assert workspace_id
    return contacts.identify(workspace_id, "sandbox", [item.author])


def test_the_error_of_a_statement_only_sent_is_raised_inside_its_transaction() -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_item()])
    again = Message.objects.get(id=message.id)

    with pytest.raises(IntegrityError), transaction.atomic(), overlapping():
        rows.insert([again])

    assert Message.objects.count() == 1, "and the transaction around it goes on"
