"""What is asked of the Cloud API, held against its official specification and other clients."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pywa.api import GraphAPI

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.conformance_files import MP4, PNG
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import Author, Draft
from hearwell.connect.templates import Filled
from hearwell.connectors.meta.fake_graph import Call
from hearwell.connectors.whatsapp.connector import WhatsappConnector
from hearwell.connectors.whatsapp.fake import Fake
from hearwell.connectors.whatsapp.fake_network import LENA, NUMBER, Network
from hearwell.connectors.whatsapp.parse import thread_of
from hearwell.connectors.whatsapp.render import body_for
from tests.unit.connectors.whatsapp.openapi import (
    GRAPHS,
    SPECS,
    operation,
    wrong_with,
)

PHOTO = Attachment("image/png", "bag.png", len(PNG), body=PNG)
FILM = Attachment("video/mp4", "bag.mp4", len(MP4), body=MP4)
PAPER = Attachment("application/pdf", "bag.pdf", 5, body=b"%PDF-")
BAG = Filled("bag_found", "en_US", (("header:1", "LIS"), ("body:1", "Lena"), ("body:2", "Lisbon")))
NEWS = Filled("order_news", "de", (("body:name", "Lena"), ("body:booking", "NW 1")))
BARE = Filled("write_again", "en_US")


@pytest.fixture
def fake() -> Fake:
    return Fake()


def drafts(fake: Fake) -> list[Draft]:
    """One of each kind of message that we send to somebody whose phone is known."""
    plain = fake.draft()
    files = [replace(one, handle=_handle(fake, one)) for one in (PHOTO, FILM, PAPER)]
    return [
        plain,
        replace(plain, parent_id=None),
        *(replace(plain, media=(file,)) for file in files),
        replace(plain, media=(files[0],), text=""),
        *(replace(plain, template=one) for one in (BAG, NEWS, BARE)),
    ]


def _handle(fake: Fake, file: Attachment) -> str:
    return fake.connector.upload(fake.account, file).handle


def test_every_request_is_one_that_the_specification_knows(fake: Fake) -> None:
    connector, account = fake.connector, fake.account
    for draft in drafts(fake):
        connector.send(account, draft, "0199a000-0000-7000-8000-000000000001")
    connector.subscribe(account, "https://care.example/hooks/x", fake.ingress)  # type: ignore[arg-type]
    connector.health(account)
    connector.identity(account)
    connector.read_templates(account)
    fake.network.sends_file(PNG)
    assert connector.fetch_one(account, next(iter(fake.network.files)))
    connector.unsubscribe(account)
    told = {"debug_token", f"{fake.network.app.id}/subscriptions"}  # the Graph's, not WhatsApp's
    calls = [call for call in fake.network.calls if call.path not in told]
    assert {call.path.rpartition("/")[2] for call in calls} >= {
        "messages", "media", "message_templates", "subscribed_apps", NUMBER, "attachments",
    }  # fmt: skip
    for call in calls:
        if not call.path.startswith("whatsapp_business/"):  # an address that Meta made
            _holds(call)


def _holds(call: Call) -> None:
    known = operation(call.method, call.path)
    fields = {name: said for name, said in call.fields.items() if name not in GRAPHS}
    if call.method != "POST":
        named = [one["name"] for one in known.get("parameters", ()) if "name" in one]
        assert fields.keys() <= set(named), f"{call.path}: {sorted(fields)}"
        return
    content = known["requestBody"]["content"]
    form = "multipart/form-data" if call.files else "application/json"
    wrong = wrong_with(
        content[form]["schema"], fields | {n: p.filename for n, p in call.files.items()}
    )
    assert not wrong, f"{call.path}: {wrong} in {fields}"


def test_the_validator_accepts_official_examples_and_refuses_what_is_wrong() -> None:
    schema = operation("POST", f"{NUMBER}/messages")["requestBody"]["content"]
    message = schema["application/json"]["schema"]
    examples = json.loads((SPECS / "whatsapp-send-examples.json").read_text())["requests"]
    accepted = [name for name, one in examples.items() if not wrong_with(message, _of(one))]
    assert len(accepted) >= 25, sorted(set(examples) - set(accepted))
    good = _of(examples["Send Text Message"])
    for bad in (
        _without(good, "to"),
        good | {"type": "poem"},
        good | {"text": {"body": 7}},
        good | {"recipient_type": "everybody"},
        good | {"invented": 1},
    ):
        assert wrong_with(message, bad)


def _of(example: Any) -> Any:
    return example.get("value", example)


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def test_another_client_writes_the_same_messages(fake: Fake) -> None:
    """Also to people whose phone is not known, which the specification's version cannot say."""
    hidden = replace(fake.draft(), to=Author(LENA["user_id"], "lena.vik"))
    for draft in [*drafts(fake), hidden]:
        ours = body_for(draft, "key-1")
        theirs = _by_pywa(ours)
        assert theirs == ours
    assert "recipient" in body_for(hidden, "k")
    assert "to" not in body_for(hidden, "k")


def _by_pywa(ours: dict[str, Any]) -> dict[str, Any]:
    """The body that pywa makes of the same content."""
    seen: list[dict[str, Any]] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(200, json={"messages": [{"id": "wamid.1"}]})

    session = httpx.Client(transport=httpx.MockTransport(keep))
    api = GraphAPI(token="t", session=session, api_version=23.0)
    api.send_message(
        sender=NUMBER,
        to=ours.get("to"),
        recipient=ours.get("recipient"),
        recipient_type=ours["recipient_type"],
        typ=ours["type"],
        msg=ours[ours["type"]],
        reply_to_message_id=ours.get("context", {}).get("message_id"),
        biz_opaque_callback_data=ours.get("biz_opaque_callback_data"),
    )
    return seen[0]


def test_who_changed_their_number_is_not_written_to_at_the_old_one(fake: Fake) -> None:
    moved = replace(fake.draft(), thread_key=thread_of("PT.777"))
    assert body_for(moved, "k")["recipient"] == "PT.777"
    old = replace(fake.draft(), thread_key=thread_of("351912345678"), to=None)
    assert body_for(old, "k")["to"] == "351912345678"


def test_files_come_by_an_address_that_is_used_at_once(fake: Fake) -> None:
    fake.network.sends_file(PNG)
    (number,) = fake.network.files
    found = fake.connector.fetch_one(fake.account, number)
    assert found
    assert found.body == PNG
    assert fake.account.secrets["token"] not in found.url
    assert fake.connector.fetch_one(fake.account, "999") is None


def test_the_token_goes_to_no_host_but_metas(fake: Fake) -> None:
    fake.network.next_answer = lambda _: httpx.Response(200, json={"url": "https://evil.test/x"})
    with pytest.raises(failures.ContractChanged):
        fake.connector.fetch_one(fake.account, "1")
    assert "evil.test" not in fake.network.hosts


def test_all_of_it_goes_to_one_origin_that_stands_for_the_network() -> None:
    network = Network()
    client = httpx.Client(transport=httpx.MockTransport(network.handle))
    connector = WhatsappConnector(client, at="http://127.0.0.1:9000")
    made = connector.connect(network.form())
    network.sends_file(PNG)
    assert connector.fetch_one(made.account, next(iter(network.files)))
    assert network.hosts == {"127.0.0.1:9000"} == connector.hosts(made.account)


def test_connecting_brings_the_templates_and_the_words_to_sign_with(fake: Fake) -> None:
    given = fake.network.form()
    made = fake.connector.connect(given)
    assert (made.external_id, made.handle) == (NUMBER, "+1 555-078-3881")
    assert made.ingress
    assert made.ingress.signing == (given["app_secret"],)
    assert made.ingress.challenge
    assert len(fake.connector.templates(made.account)) == 3
    assert given["token"] not in repr(made)
    fake.connector.subscribe(made.account, "https://care.example/h", made.ingress)
    states = {one.name: one.state for one in fake.connector.health(made.account).checks}
    assert set(states.values()) == {HealthState.OK}
    assert set(states) >= {"settings", "reach", "credentials", "scopes", "subscription", "quota"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"token": "unknown"}, "token"), ({"phone_number_id": "7"}, "phone_number_id"),
     ({"waba_id": "7"}, "waba_id")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(fake: Fake, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(FieldRefused) as told:
        fake.connector.connect(fake.network.form() | wrong)
    assert told.value.field_name == field


@pytest.mark.parametrize(
    ("trouble", "check", "words"),
    [("token_expired", "credentials", "expired"),
     ("permission_missing", "scopes", "whatsapp_business_messaging"),
     ("throttled", "quota", "slow down"), ("outage", "reach", "cannot be reached"),
     ("hook_disabled", "subscription", "does not call us"), ("low_quality", "quota", "report"),
     ("version_withdrawn", "reach", "withdrawn")],
)  # fmt: skip
def test_health_names_what_is_missing(fake: Fake, trouble: str, check: str, words: str) -> None:
    fake.connector.subscribe(fake.account, "https://care.example/h", fake.ingress)  # type: ignore[arg-type]
    fake.network.trouble.add(trouble)
    checks = {one.name: one for one in fake.connector.health(fake.account).checks}
    assert checks[check].state in {HealthState.BAD, HealthState.WARNING}
    assert words in checks[check].message


def test_meta_says_in_minutes_when_to_come_again(fake: Fake) -> None:
    fake.network.trouble.add("throttled")
    with pytest.raises(failures.Throttled) as told:
        fake.say()
    assert told.value.retry_at
    wait = told.value.retry_at - datetime.now(UTC)
    assert timedelta(minutes=6) < wait <= timedelta(minutes=7)


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [("window_closed", failures.WindowClosed), ("pair_limit", failures.Throttled),
     ("number_locked", failures.AccountDisabled), ("error_in_200", failures.Refused),
     ("outage", failures.OutcomeUnknown), ("token_expired", failures.NeedsReauth),
     ("permission_missing", failures.ScopeMissing)],
)  # fmt: skip
def test_each_trouble_is_told_as_what_it_is(
    fake: Fake, trouble: str, failure: type[failures.Failure]
) -> None:
    fake.network.trouble.add(trouble)
    with pytest.raises(failure):
        fake.say()


def test_a_template_passes_where_words_do_not(fake: Fake) -> None:
    fake.network.trouble.add("window_closed")
    fake.say(template=BAG)
    assert fake.network.sent[-1]["template"]["name"] == "bag_found"
    fake.network.trouble.add("template_paused")
    with pytest.raises(failures.Refused, match="paused"):
        fake.say(template=BAG)
