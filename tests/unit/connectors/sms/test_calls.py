"""What the provider is asked and answers, on a provider in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Audience,
    Draft,
    InboundMessage,
    IngressSecrets,
    Receipt,
    ReceiptState,
    Sent,
    Source,
    Unknown,
)
from hearwell.connectors.sms.errors import reason_for
from hearwell.connectors.sms.fake import Fake
from hearwell.connectors.sms.fake_network import LENA, NUMBER, SID, TOKEN, Network

GIVEN = {"number": "+1 500 555 0006", "sid": SID, "token": TOKEN, "service": ""}


@pytest.fixture
def fake() -> Fake:
    return Fake()


def say(fake: Fake, text: str = "We have found it.", thread: str = f"sms:{LENA}") -> Sent:
    draft = Draft(text=text, audience=Audience.PRIVATE, account=NUMBER, thread_key=thread)
    sent = fake.connector.send(fake.account, draft, "key")
    assert isinstance(sent, Sent)
    return sent


def test_a_number_is_connected_by_account_and_token(fake: Fake) -> None:
    made = fake.connector.connect(GIVEN)
    assert (made.external_id, made.tier, made.scopes) == (NUMBER, "full", {"sms", "mms", "voice"})
    assert made.ingress == IngressSecrets((TOKEN,))


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "12"), ("sid", "SK123"), ("token", "wrong"), ("number", "+15005550009")],
)
def test_what_is_wrong_is_said_at_its_field(fake: Fake, field: str, value: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        fake.connector.connect(GIVEN | {field: value})
    assert refused.value.field_name == field


def test_calls_come_signed_to_the_address_that_was_told(fake: Fake) -> None:
    hook = "https://care.example/hooks/abc"
    fake.connector.subscribe(fake.account, hook, IngressSecrets((TOKEN,)))
    assert fake.network.hook == hook
    fake.connector.unsubscribe(fake.account)
    assert fake.network.hook == ""


def test_a_picture_comes_by_reference_and_is_fetched(fake: Fake) -> None:
    fake.network.customer_shows("Look", "image/jpeg", b"\xff\xd8picture")
    (request,) = fake.network.deliveries()
    (item,) = fake.connector.parse(fake.raw(request.content))
    assert isinstance(item, InboundMessage)
    (media,) = item.media
    assert (media.kind, media.url) == ("image", "")
    found = fake.connector.fetch_one(fake.account, media.ref)
    assert found is not None
    assert found.body == b"\xff\xd8picture"
    assert fake.connector.fetch_one(fake.account, "SM1/ME1") is None
    page = fake.connector.poll(fake.account, "in", None)
    polled = [i for raw in page.raws for i in fake.connector.parse(raw)]
    assert item.media in [i.media for i in polled if isinstance(i, InboundMessage)]


def test_a_file_that_lies_elsewhere_is_fetched_without_the_password() -> None:
    fake, seen = Fake(), []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, "authorization" in request.headers))
        if request.url.host == "api.twilio.com":
            return httpx.Response(307, headers={"location": "https://mms.twiliocdn.com/a"})
        return httpx.Response(200, content=b"file")

    client = httpx.Client(transport=httpx.MockTransport(handle))
    connector = type(fake.connector)(client)
    found = connector.fetch_one(fake.account, "SM1/ME1")
    assert found is not None
    assert (found.body, seen) == (
        b"file", [("api.twilio.com", True), ("mms.twiliocdn.com", False)],
    )  # fmt: skip


def test_how_far_it_came_is_told_in_any_order(fake: Fake) -> None:
    sent = say(fake)
    told = [fake.raw(request.content) for request in fake.network.deliveries()]
    items = [i for raw in reversed(told) for i in fake.connector.parse(raw)]
    delivered, on_its_way = items
    assert isinstance(delivered, Receipt)
    assert (delivered.state, delivered.target_id) == (ReceiptState.DELIVERED, sent.external_id)
    assert isinstance(on_its_way, Unknown)
    assert fake.connector.route(told[0]) == [NUMBER]


def test_what_the_carrier_lost_says_why(fake: Fake) -> None:
    fake.network.trouble.add("carrier_lost")
    say(fake)
    told = [fake.raw(request.content) for request in fake.network.deliveries()]
    lost = [i for raw in told for i in fake.connector.parse(raw) if isinstance(i, Receipt)]
    assert [(one.state, one.reason) for one in lost] == [
        (ReceiptState.FAILED, "The telephone is switched off or out of reach. (30003)"),
    ]


@pytest.mark.parametrize("code", ["", "x", "1" * 900, "0", "٣"])
def test_a_strange_code_says_no_more_than_is_known(code: str) -> None:
    assert reason_for(code) == "The carrier did not say why."


def test_opted_out_is_final_and_named(fake: Fake) -> None:
    fake.network.trouble.add("opted_out")
    with pytest.raises(failures.OptedOut) as refused:
        say(fake)
    assert (refused.value.network_code, refused.value.retryable) == ("21610", False)


def test_throttling_says_until_when(fake: Fake) -> None:
    fake.network.trouble.add("throttled")
    before = datetime.now(UTC)
    with pytest.raises(failures.Throttled) as refused:
        say(fake)
    assert refused.value.retry_at is not None
    assert refused.value.retry_at >= before + timedelta(seconds=6)


def test_the_list_is_read_on_from_where_it_was(fake: Fake) -> None:
    first = fake.connector.poll(fake.account, "in", None)
    again = fake.connector.poll(fake.account, "in", first.cursor)
    assert (len(first.raws), again.raws, again.cursor) == (1, (), first.cursor)
    for number in range(120):
        fake.network.customer_says(f"Message {number}")
    page = fake.connector.poll(fake.account, "in", again.cursor)
    heard = [i for raw in page.raws for i in fake.connector.parse(raw)]
    assert len(heard) == 120
    assert fake.connector.poll(fake.account, "in", page.cursor).raws == ()


def test_what_lay_there_before_is_history(fake: Fake) -> None:
    old = fake.network.texts[0]
    old.at -= timedelta(hours=5)
    fake.network.customer_says("Just now")
    page = fake.connector.poll(fake.account, "in", None)
    assert [raw.source for raw in page.raws] == [Source.IMPORT, Source.POLL]


def test_a_change_of_state_is_found_by_looking(fake: Fake) -> None:
    sent = say(fake)
    first = fake.connector.poll(fake.account, "out", None)
    kinds = {type(i) for raw in first.raws for i in fake.connector.parse(raw)}
    assert kinds == {InboundMessage, Receipt}
    fake.network.text(sent.external_id).status = "undelivered"
    page = fake.connector.poll(fake.account, "out", first.cursor)
    states = [i.state for r in page.raws for i in fake.connector.parse(r) if isinstance(i, Receipt)]
    assert states == [ReceiptState.FAILED]


@pytest.mark.parametrize(
    ("trouble", "check"),
    [("token_expired", "credentials"), ("outage", "reach"), ("throttled", "quota"),
     ("suspended", "credentials"), ("unreadable", "reach"), ("version_withdrawn", "credentials")],
)  # fmt: skip
def test_health_names_what_is_wrong(fake: Fake, trouble: str, check: str) -> None:
    fake.network.trouble.add(trouble)
    last = fake.connector.health(fake.account).checks[-1]
    assert last.name == check
    assert last.state is not HealthState.OK
    assert last.message


def test_a_trial_account_is_told(fake: Fake) -> None:
    fake.network.is_trial = True
    assert fake.connector.health(fake.account).state is HealthState.WARNING
    assert fake.connector.connect(GIVEN).tier == "trial"


def test_letters_for_a_sender_take_no_answer(fake: Fake) -> None:
    for thread in ("sms:DHL", "sms:72727", "", "chat:1"):
        draft = replace(fake.draft(), thread_key=thread)
        problems = fake.connector.preflight(fake.account, draft, datetime.now(UTC))
        assert [one.code for one in problems] == ["target_gone"]


def test_segments_are_counted_before_they_are_paid(fake: Fake) -> None:
    (charge,) = fake.connector.said(replace(fake.draft(), text="ж" * 71))
    assert charge.count == 2


@pytest.mark.parametrize(
    ("text", "wish"),
    [("STOP", True), (" Stop. ", True), ("stop all", True), ("Stopp!", True), ("START", False),
     ("unstop", False), ("stop by at nine", None), ("", None), ("Where is my bag?", None)],
)  # fmt: skip
def test_only_the_word_alone_is_a_wish(fake: Fake, text: str, wish: bool | None) -> None:
    assert fake.connector.wish(text) is wish


def test_calls_twice_and_shuffled_are_the_same_messages() -> None:
    network, fake = Network(), Fake()
    network.trouble.add("twice_and_shuffled")
    for number in range(5):
        network.customer_says(f"{number}")
    raws = [fake.raw(request.content) for request in network.deliveries()]
    keys = [i.dedup_key for raw in raws for i in fake.connector.parse(raw)]
    assert (len(keys), len(set(keys))) == (10, 5)
