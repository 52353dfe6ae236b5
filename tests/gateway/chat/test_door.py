"""The visitors' door: what may come in, once, and from whom."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from hearwell.accounts.models import Workspace
from hearwell.channels.models import RawDelivery
from hearwell.channels.services import disconnect
from hearwell.channels.services.connecting import rotate_secret
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Raw
from hearwell.connect.registry import connector_for
from hearwell.connect.rooms import ENVELOPE, SESSION, SIGNATURE, TIMESTAMP, signature_of
from hearwell.connectors.webchat.connector import WebchatConnector
from hearwell.conversations.models import Case, Message
from hearwell.gateway.chat.limits import Limits
from hearwell.gateway.chat.refusals import Refusal
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.tokens import derived, signed
from hearwell.waits.models import Estimate, WaitChoice
from hearwell.webchat import services
from hearwell.webchat.models import Line, Visitor
from tests.gateway.chat.conftest import PAGE, Chat, Guest, connected
from tests.gateway.conftest import Server

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "7f0e2a54-5f0f-4b1a-9c57-1d2e3f405162"


# --- a message, once ---------------------------------------------------------------------------


def test_a_message_is_in_the_inbox_with_its_author_and_page(chat: Chat) -> None:
    lena = chat.come(identity=chat.identity(name="Lena Vik", email="lena@example.com"))
    said = lena.say("My bag stayed in Lisbon")
    assert said.status_code == 200
    assert said.json()["line"]["seq"] == 1
    chat.take_in()
    with scope(chat.workspace.id):
        message, case = Message.objects.get(), Case.objects.get()
        identity = message.author_identity
    assert (message.text, message.kind, message.audience) == (
        "My bag stayed in Lisbon", "chat", "private",
    )  # fmt: skip
    assert message.permalink == f"{PAGE}/help"
    assert message.about["authenticity"] == "proven"
    assert identity is not None
    assert (identity.name, identity.handle) == ("Lena Vik", "lena@example.com")
    assert case.network == "webchat"
    assert case.waiting_since is not None


def test_a_message_sent_again_is_the_same_message(chat: Chat) -> None:
    guest, key = chat.come(), str(uuid4())
    answers = [guest.say("Hello?", key) for _ in range(3)]
    assert {answer.json()["line"]["id"] for answer in answers} == {answers[0].json()["line"]["id"]}
    assert guest.texts() == ["Hello?"]
    assert [item["id"] for item in chat.kept()] == [key]


def test_the_same_key_of_another_visitor_is_another_message(chat: Chat) -> None:
    one, two, key = chat.come(), chat.come(), str(uuid4())
    one.say("mine", key)
    two.say("yours", key)
    chat.take_in()
    assert (one.texts(), two.texts()) == (["mine"], ["yours"])
    with scope(chat.workspace.id):
        assert Message.objects.count() == Case.objects.count() == 2


def test_line_and_delivery_are_one_commit(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without its delivery would be a message that nobody answers."""
    from hearwell.gateway.chat import envelopes

    def broken(rows: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    guest, key = chat.come(), str(uuid4())
    monkeypatch.setattr(envelopes, "keep", broken)
    assert guest.say("Hello?", key).status_code == 503
    assert guest.texts() == []
    monkeypatch.undo()
    assert guest.say("Hello?", key).status_code == 200
    assert guest.texts() == ["Hello?"]
    assert len(chat.kept()) == 1


def test_what_is_kept_is_what_the_connector_verifies(chat: Chat) -> None:
    chat.come().say("Hello?")
    row = RawDelivery.objects.get()
    raw = Raw(row.method, row.url, row.headers, bytes(row.body), row.received_at)
    connector = connector_for("webchat")
    assert isinstance(connector, WebchatConnector)
    connector.verify(raw, opened_ingress(chat.endpoint))
    assert chat.endpoint.token not in row.url
    # The hooks' door knows the key too, and wants the same proof.
    url = f"{chat.url}/hooks/{chat.endpoint.token}"
    assert httpx.post(url, content=bytes(row.body)).status_code == 401


def test_the_next_message_says_which_answer_it_follows(chat: Chat) -> None:
    guest = chat.come()
    guest.say("Hello?")
    with scope(chat.workspace.id):
        answer = services.write_out(chat.workspace.id, UUID(guest.told["visitor"]["id"]), "k", "Hi")
    guest.say("There you are")
    assert [item["parent"] for item in chat.kept()] == ["", str(answer.id)]


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://www.northwind.example"])
def test_another_site_gets_nothing(chat: Chat, origin: str) -> None:
    guest = Guest(chat, origin=origin)
    for method, what in (("POST", "session"), ("OPTIONS", "session"), ("GET", "lines")):
        answer = guest.call(method, what)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        assert answer.json()["error"] == "wrong_site"


def test_the_page_s_own_browser_is_let_in_for_exactly_this(chat: Chat) -> None:
    answer = Guest(chat).call("OPTIONS", "messages")
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


def test_tokens_that_are_none(chat: Chat) -> None:
    guest = chat.come()
    visitor = guest.told["visitor"]["id"]
    ends = (now() + timedelta(hours=1)).timestamp()
    forged = [
        "x.y.z", guest.token[:-2], chat.identity(sub=visitor),
        signed({"sub": visitor, "site": chat.channel.external_id, "exp": ends}, chat.secret),
        signed({"sub": visitor, "site": chat.channel.external_id, "exp": ends}, "guess"),
        signed({"sub": visitor, "site": chat.channel.external_id, "exp": ends},
               derived(chat.secret, SESSION)),
    ]  # fmt: skip
    for token in forged:
        answer = Guest(chat, token).say("hello")
        assert (answer.status_code, answer.json()["error"]) == (401, "bad_token")
    assert Guest(chat).say("hello").json()["error"] == "no_token"
    assert chat.kept() == []


def test_what_the_site_is_given_proves_no_envelope(chat: Chat) -> None:
    """How keys are made from others is for all to read: the site may not have the first one."""
    body, stamp = b'{"site": "x", "items": []}', str(int(now().timestamp()))
    connector = connector_for("webchat")
    assert isinstance(connector, WebchatConnector)
    for key in (chat.secret, derived(chat.secret, ENVELOPE)):
        headers = {TIMESTAMP: stamp, SIGNATURE: signature_of(key, stamp, body)}
        with pytest.raises(BadSignature):
            connector.verify(Raw("POST", "/", headers, body, now()), opened_ingress(chat.endpoint))


def test_a_session_that_is_over_says_so(chat: Chat) -> None:
    guest = chat.come(identity=chat.identity(minutes=0.02))
    with pytest.MonkeyPatch.context() as patch:
        from hearwell.gateway.chat import passes

        patch.setattr(passes, "now", lambda: now() + timedelta(minutes=1))
        answer = guest.say("hello")
    assert (answer.status_code, answer.json()["error"]) == (401, "expired_token")


@pytest.mark.parametrize("ends", ["NaN", "Infinity", "1e999", "1" + "0" * 400])
def test_an_identity_that_never_ends_is_none(chat: Chat, ends: str) -> None:
    identity = signed({"sub": "7", "exp": json.loads(ends)}, chat.secret)
    answer = Guest(chat).call("POST", "session", json={"identity": identity})
    assert (answer.status_code, answer.json()["error"]) == (401, "bad_token")


def test_an_identity_must_be_signed_by_the_site(chat: Chat) -> None:
    good = {"sub": "7", "exp": (now() + timedelta(minutes=5)).timestamp()}
    for identity in (
        signed(good, "guess"),
        signed({"sub": "7"}, chat.secret),
        chat.identity(minutes=-1),
        chat.identity(sub=""),
        chat.identity(sub=None),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.",
    ):
        assert Guest(chat).call("POST", "session", json={"identity": identity}).status_code == 401
    with scope(chat.workspace.id):
        assert not Visitor.objects.exists()


def test_a_signed_identity_is_the_same_person_anywhere_and_nobody_can_overwrite_it(
    chat: Chat,
) -> None:
    lena = chat.come(identity=chat.identity(name="Lena Vik", email="lena@example.com"))
    lena.say("from my laptop")
    claims = {"email": "evil@example.com", "name": "Mallory"}
    answer = lena.call("POST", "introduction", json=claims)
    assert answer.json()["visitor"] == lena.told["visitor"]
    # Unsigned claims beside a session are not even read.
    stranger = chat.come(visitor={"id": lena.told["visitor"]["id"], "proven": True}, **claims)
    assert stranger.told["visitor"]["id"] != lena.told["visitor"]["id"]
    assert not stranger.told["visitor"]["proven"]
    # Nor does her own session make anybody her again without the site's word.
    again = chat.come(token=lena.token)
    assert again.told["visitor"]["id"] != lena.told["visitor"]["id"]
    phone = chat.come(identity=chat.identity(name="Lena Vik"))
    assert phone.texts() == ["from my laptop"]
    assert phone.told["visitor"]["email"] == "lena@example.com"


def test_an_anonymous_visitor_comes_back_by_token(chat: Chat) -> None:
    guest = chat.come()
    guest.say("Hello?")
    back = chat.come(token=guest.token)
    assert back.texts() == ["Hello?"]
    answer = back.call("POST", "introduction", json={"email": "lena@example.com", "name": "Lena"})
    assert answer.json()["visitor"]["email"] == "lena@example.com"
    assert back.call("POST", "introduction", json={"email": "x"}).json()["error"] == "bad_email"


def test_another_site_s_visitor_is_nobody_here(chat: Chat, server: Server) -> None:
    other = connected(server, Workspace.objects.create(name="Contoso", slug="contoso"), PAGE)
    guest, theirs = chat.come(), other.come()
    theirs.say("secret")
    for token in (theirs.token, other.identity()):
        answer = Guest(chat, token).call("GET", "lines")
        assert answer.status_code == 401
    assert guest.call("POST", "session", json={"identity": other.identity()}).status_code == 401
    assert guest.texts() == []


def test_after_a_rotation_open_chats_go_on(chat: Chat) -> None:
    guest, identity = chat.come(), chat.identity()
    with scope(chat.workspace.id):
        rotate_secret(chat.channel)
    assert guest.say("still here").status_code == 200
    assert chat.come(identity=identity).told["visitor"]["proven"]


def test_a_disconnected_chat_is_gone_and_a_made_up_one_never_was(chat: Chat) -> None:
    guest = chat.come()
    with scope(chat.workspace.id):
        disconnect(chat.channel)
    deadline = 50
    while guest.say("hello?").status_code == 200 and deadline:
        deadline -= 1
    assert guest.say("hello?").status_code == 404
    url = f"{chat.url}/chat/made-up/session"
    assert httpx.post(url, json={}, headers={"origin": PAGE}).status_code == 404


# --- huge, odd, fast -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"null", b"[" * 30_000, b'{"id": 7}', b'{"id": "x", "text": "y"}',
     json.dumps({"id": KEY, "text": 7}).encode(),
     json.dumps({"id": KEY, "text": "  "}).encode(),
     json.dumps({"id": KEY, "text": "x" * 4001}).encode(),
     json.dumps({"id": KEY, "text": "x", "files": "y"}).encode(),
     json.dumps({"id": KEY, "text": "x", "files": ["../../etc/passwd"]}).encode(),
     json.dumps({"id": KEY, "text": "x", "page": ["y"]}).encode()],
)  # fmt: skip
def test_what_no_chat_sends_is_refused_with_a_reason(chat: Chat, body: bytes) -> None:
    answer = chat.come().call("POST", "messages", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert chat.kept() == []


def test_bodies_are_bounded_whether_they_say_so_or_not(chat: Chat) -> None:
    guest = chat.come()
    assert guest.call("POST", "messages", content=b"x" * 70_000).status_code == 413
    chunks = (b"x" * 10_000 for _ in range(20))
    assert guest.call("POST", "messages", content=chunks).status_code == 413
    assert guest.call("POST", "nothing", json={}).status_code == 404
    assert guest.call("GET", "messages").status_code == 405


def test_nul_and_lone_surrogates_are_kept_visibly(chat: Chat) -> None:
    guest = chat.come()
    body = (
        b'{"id": "%s", "text": "a\\u0000b\\ud800", "page": "https://x.example/\\u0000\\ud800"}'
        % str(uuid4()).encode()
    )
    assert guest.call("POST", "messages", content=body).status_code == 200
    assert guest.texts() == ["a␀b\ufffd"]
    chat.take_in()
    with scope(chat.workspace.id):
        assert Message.objects.get().text == "a␀b\ufffd"


def test_a_flood_is_told_when_it_may_go_on(chat: Chat) -> None:
    guest = chat.come()
    answers = [guest.say(f"buy {n}") for n in range(16)]
    late = answers[-1]
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) == late.json()["retry_after_s"] > 0
    assert chat.come().say("somebody else is not held up").status_code == 200


def sessions_until_refused(limits: Limits, addresses: list[str]) -> int:
    """How many of them may begin a session before one is refused."""
    for number, address in enumerate(addresses):
        try:
            limits.take("sessions", address=address)
        except Refusal:
            return number
    return len(addresses)


def test_a_house_that_sees_no_addresses_has_one_bucket_for_all() -> None:
    assert sessions_until_refused(Limits(), [""] * 100) == 40


def test_whoever_has_a_network_of_addresses_has_one_bucket() -> None:
    """A single line at home has 2^64 addresses of IPv6."""
    limits = Limits()
    assert sessions_until_refused(limits, [f"2001:db8:0:1::{n:x}" for n in range(100)]) == 40
    limits.take("sessions", address="2001:db8:0:2::1")
    limits.take("sessions", address="::ffff:192.0.2.1")
    limits.take("sessions", address="192.0.2.7")


# --- what is read ----------------------------------------------------------------------------


def test_a_conversation_is_read_on_from_a_place(chat: Chat) -> None:
    guest = chat.come()
    for text in ("one", "two", "three"):
        guest.say(text)
    answer = guest.call("GET", "lines", params={"after": 1}).json()
    assert [line["text"] for line in answer["lines"]] == ["two", "three"]
    assert answer["is_more"] is False


def test_what_was_seen_is_told_once(chat: Chat) -> None:
    guest = chat.come()
    guest.say("Hello?")
    visitor = UUID(guest.told["visitor"]["id"])
    with scope(chat.workspace.id):
        answer = services.write_out(chat.workspace.id, visitor, "k", "Hi")
    for _ in range(2):
        assert guest.call("POST", "seen", json={"seq": 2}).status_code == 200
    assert [item["target"] for item in chat.kept() if item["type"] == "seen"] == [str(answer.id)]
    for seq in (None, "2", True, -1, 2**70):
        assert guest.call("POST", "seen", json={"seq": seq}).status_code == 400


def test_a_visitor_who_was_swept_begins_anew(chat: Chat) -> None:
    guest = chat.come()
    with scope(chat.workspace.id):
        assert services.sweep(chat.workspace.id, now() + timedelta(days=1)) == 1
    assert guest.say("hello?").status_code == 401
    guest.begin(token=guest.token)
    assert guest.say("hello?").status_code == 200
    with scope(chat.workspace.id):
        assert services.sweep(chat.workspace.id, now() + timedelta(days=1)) == 0
        assert Line.objects.count() == 1


def test_a_visitor_is_told_how_long_it_takes_where_an_owner_says_so(chat: Chat) -> None:
    assert chat.come().told["wait"] is None

    with scope(chat.workspace.id):
        WaitChoice.objects.create(workspace_id=chat.workspace.id, in_chat=True)
        Estimate.objects.create(workspace_id=chat.workspace.id, p50_s=300, p90_s=900, n=9)
    assert chat.come().told["wait"] == {"p90_s": 900, "opens_at": None}
    with scope(chat.workspace.id):
        own = {"workspace_id": chat.workspace.id, "channel_id": chat.channel.id}
        Estimate.objects.create(**own, p50_s=60, p90_s=120, n=9)
    assert chat.come().told["wait"] == {"p90_s": 120, "opens_at": None}
