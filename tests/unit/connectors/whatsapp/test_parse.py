"""Calls of the webhook: the official examples, another reader's view, signatures, odd bytes."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pywa.types.message import Message
from pywa.types.message_status import MessageStatus
from pywa.types.user import User
from pywa.utils import webhook_updates_validator

from hearwell.connect import failures
from hearwell.connect.model import (
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Raw,
    Reacted,
    Receipt,
    ThreadsMoved,
    Unknown,
)
from hearwell.connectors.whatsapp.fake import Fake
from hearwell.connectors.whatsapp.fake_network import LENA, NUMBER, Network
from hearwell.connectors.whatsapp.parse import accounts_of, parse, person_in, thread_of
from tests.unit.connectors.whatsapp.openapi import SPECS

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "whatsapp"
EXAMPLES = SPECS / "whatsapp-webhook-examples.json"
AT = datetime(2026, 11, 22, tzinfo=UTC)
UNREAD = {"Unsupported Message", "Group Create Message", "Group Settings Update",
          "Group Remove Participants"}  # fmt: skip


def raw(body: bytes) -> Raw:
    return Raw("POST", "https://care.example/h", {}, body, AT)


def read(name: str) -> list[Any]:
    return parse(raw((PAYLOADS / name).read_bytes()))


def example(name: str) -> Any:
    if not EXAMPLES.exists():
        pytest.skip(f"no examples at {EXAMPLES}; set HEARWELL_DATA")
    return json.loads(EXAMPLES.read_text())[name]


def test_every_official_example_is_understood() -> None:
    example("Text Message")
    for name, body in json.loads(EXAMPLES.read_text()).items():
        (item,) = parse(raw(json.dumps(body).encode()))
        assert item.account == "106540352242922"
        assert isinstance(item, Unknown) == (name in UNREAD), name


def test_an_official_example_says_what_was_said() -> None:
    (item,) = parse(raw(json.dumps(example("Text Message")).encode()))
    assert isinstance(item, InboundMessage)
    assert item.text == "Does it come in another color?"
    assert (item.author.name, item.author.handle) == ("Sheena Nelson", "+16505551234")
    (moved,) = parse(raw(json.dumps(example("System Message")).encode()))
    assert isinstance(moved, ThreadsMoved)
    assert moved.person == ("16505551234", "12195555358")


# --- another reader ------------------------------------------------------------------------------


def client() -> Any:
    """As much of pywa's client as its readers ask for."""
    return SimpleNamespace(_usr_cls=User, _resolve_user_identifier=lambda one: iter([one.bsuid]))


@pytest.mark.parametrize("name", ["text.json", "escaped.json", "no_phone.json"])
def test_another_reader_sees_the_same_message(name: str) -> None:
    body = json.loads((PAYLOADS / name).read_bytes())
    (ours,) = read(name)
    theirs = Message.from_update(client(), body)
    assert (ours.external_id, ours.text) == (theirs.id, theirs.text)
    assert ours.occurred_at == theirs.timestamp.astimezone(UTC)
    assert ours.author.external_id == theirs.from_user.bsuid
    parent = theirs.reply_to_message
    assert ours.parent_id == (parent.id if parent else None)


def test_another_reader_sees_the_same_receipts() -> None:
    body = json.loads((PAYLOADS / "statuses.json").read_bytes())
    for place, ours in enumerate(read("statuses.json")):
        theirs = MessageStatus.from_update(client(), body, 0, place)
        told = ours.state.value if isinstance(ours, Receipt) else "sent"
        assert (ours.external_id, told) == (theirs.id, theirs.status.value)
        assert getattr(ours, "echo_key", theirs.tracker) == theirs.tracker


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200), st.text(min_size=1, max_size=30))
def test_another_client_accepts_the_same_signatures(body: bytes, secret: str) -> None:
    from hearwell.connectors.meta.hook import signature_of

    secret = secret.encode("utf-8", "ignore").decode() or "x"
    made = signature_of(secret, body)
    assert webhook_updates_validator(secret, body, made)
    assert not webhook_updates_validator(secret, body + b"x", made)


# --- what it means -------------------------------------------------------------------------------


def test_a_person_without_a_phone_is_known_by_their_id() -> None:
    (item,) = read("no_phone.json")
    assert item.author.external_id == LENA["user_id"]
    assert (item.author.handle, item.author.name) == ("lena.vik", "Lena Vik")
    assert item.thread_key == thread_of(LENA["user_id"])
    assert person_in(item.thread_key) == LENA["user_id"]
    assert person_in("chat:42") == ""


def test_with_and_without_a_phone_it_is_one_conversation() -> None:
    assert read("text.json")[0].thread_key == read("no_phone.json")[0].thread_key


def test_one_id_that_begins_another_is_another_conversation() -> None:
    assert not thread_of("PT.77").startswith(thread_of("PT.7"))


def test_files_have_ids_and_no_addresses() -> None:
    kinds = [
        (item.media[0].kind, item.media[0].url, item.media[0].ref) for item in read("media.json")
    ]
    assert [kind for kind, _url, _ref in kinds] == ["image", "audio", "file", "image"]
    assert all(not url and ref for _kind, url, ref in kinds)
    assert read("media.json")[0].text == "The handle"


def test_what_was_picked_or_shared_has_words() -> None:
    texts = [item.text for item in read("picked.json")]
    assert texts[0] == "Send it on\nBy courier"
    assert texts[1:] == ["Yes, please", "Airport\n38.77, -9.13", "Ana Vik, +351 912",
                         "2 x bag (30 EUR)"]  # fmt: skip


def test_reactions_edits_and_what_was_taken_back() -> None:
    given, withdrawn = read("reaction.json")
    assert isinstance(given, Reacted)
    assert (given.reaction, withdrawn.reaction) == ("👍", "")
    edited, revoked = read("edited_revoked.json")
    assert isinstance(edited, MessageEdited)
    assert edited.version > 1
    assert isinstance(revoked, MessageDeleted)
    assert revoked.must_purge
    assert edited.external_id == revoked.external_id


def test_receipts_come_in_any_order_and_say_why_they_failed() -> None:
    was_read, _sent, delivered, failed = read("statuses.json")
    assert (was_read.state, delivered.state, failed.state) == ("read", "delivered", "failed")
    assert delivered.echo_key
    assert "24 hours" in failed.reason
    assert "131047" in failed.reason


def test_a_new_number_is_a_new_id_for_person_and_conversation() -> None:
    (moved,) = read("system_number.json")
    assert moved.person == (LENA["user_id"], "PT.777")
    assert (moved.before, moved.after) == (thread_of(LENA["user_id"]), thread_of("PT.777"))
    (again,) = read("system_user_id.json")
    assert again.person == ("PT.777", "PT.778")


def test_what_the_phone_app_says_is_ours() -> None:
    echo, edit = read("echo.json")
    assert echo.is_echo
    assert echo.author.external_id == NUMBER
    assert echo.thread_key == thread_of(LENA["user_id"])
    assert edit.external_id == echo.external_id


def test_every_number_of_a_call_is_named() -> None:
    body = json.loads((PAYLOADS / "text.json").read_bytes())
    other = json.loads((PAYLOADS / "text.json").read_bytes())
    other["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "7"
    body["entry"] += other["entry"] + body["entry"]
    assert accounts_of(raw(json.dumps(body).encode())) == [NUMBER, "7"]


def test_signed_with_another_secret_it_is_refused() -> None:
    fake, network = Fake(), Network()
    network.customer_says("Hello <b> / @ é")
    (call,) = network.deliveries()
    headers = {name.lower(): value for name, value in call.headers.items()}
    got = Raw("POST", "", headers, call.content, AT)
    assert fake.ingress
    fake.connector.verify(got, fake.ingress)
    again = Raw("POST", "", headers, json.dumps(json.loads(call.content)).encode(), AT)
    with pytest.raises(failures.BadSignature):
        fake.connector.verify(again, fake.ingress)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_PARTS = st.sampled_from([
    "from", "id", "type", "text", "timestamp", "context", "interactive", "edit", "revoke",
    "system", "reaction", "image", "contacts", "order",
])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(one.name for one in PAYLOADS.iterdir())), _PARTS, _JSON)
def test_any_part_may_be_anything(name: str, part: str, value: Any) -> None:
    body = json.loads((PAYLOADS / name).read_bytes())
    told = body["entry"][0]["changes"][0]["value"]
    for message in (
        *told.get("messages", ()),
        *told.get("statuses", ()),
        *told.get("message_echoes", ()),
    ):
        message[part] = value
    with contextlib.suppress(failures.ContractChanged):
        assert all(item.dedup_key for item in parse(raw(json.dumps(body).encode())))
