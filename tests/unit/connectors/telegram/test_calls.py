"""What is asked of the Bot API, held against its official specification."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.conformance_files import PNG
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account, Act, Audience, IngressSecrets, Sent
from hearwell.connectors.telegram.connector import UPDATES, WEBHOOK
from hearwell.connectors.telegram.fake import Fake, ok, refusal
from hearwell.connectors.telegram.render import call_for, chat_of

DATA = Path(os.environ.get("HEARWELL_DATA", Path(__file__).parents[5] / "shared"))
SPECIFICATION = DATA / "specs" / "telegram-bot-api-10.1.min.json"
PHOTO = Attachment("image/png", "bag.png", len(PNG), body=PNG)
AT = datetime(2026, 11, 22, tzinfo=UTC)
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "Float": float}


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def called(fake: Fake) -> Account:
    """The account as one that Telegram calls."""
    return replace(fake.account, settings={"ways": WEBHOOK})


def test_every_request_is_one_that_the_specification_knows(fake: Fake, called: Account) -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"no specification at {SPECIFICATION}; set HEARWELL_DATA")
    specification = json.loads(SPECIFICATION.read_text())
    connector, account = fake.connector, fake.account
    group = replace(fake.draft(), audience=Audience.PUBLIC)
    connector.send(account, fake.draft(), "k")
    connector.send(account, replace(fake.draft(), thread_key="business:bc1:42"), "k")
    connector.send(account, group, "k")
    for file in (PHOTO, replace(PHOTO, mime="application/pdf", name="bag.pdf")):
        connector.send(account, replace(fake.draft(), media=(file,)), "k")
        connector.send(account, replace(group, media=(file,)), "k")
        connector.send(account, replace(fake.draft(), media=(file, PHOTO)), "k")
        connector.send(account, replace(group, media=(PHOTO, file), text=""), "k")
    business = replace(fake.draft(), thread_key="business:bc1:42")
    connector.send(account, replace(business, media=(PHOTO,) * 10), "k")
    connector.poll(account, "default", "5000")
    for act in sorted(connector.acts):
        connector.act(account, act, "42:11")
    connector.health(account)
    connector.fetch_one(account, "AgACAgQ")
    connector.subscribe(called, "https://care.example/hooks/x", IngressSecrets(("s",)))
    connector.unsubscribe(called)
    assert len(fake.telegram.calls) >= 10
    for method, body in fake.telegram.calls:
        _holds(specification, method, body)


def _holds(specification: Any, method: str, body: dict[str, Any]) -> None:
    fields = {field["name"]: field for field in specification["methods"][method].get("fields", [])}
    assert body.keys() <= fields.keys(), f"{method}: {sorted(body.keys() - fields.keys())}"
    needed = {name for name, field in fields.items() if field["required"]}
    assert needed <= body.keys(), f"{method} needs {sorted(needed - body.keys())}"
    for name, value in body.items():
        assert any(_is(specification, kind, value) for kind in fields[name]["types"]), (name, value)


def _is(specification: Any, kind: str, value: Any) -> bool:
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_is(specification, inner, one) for one in value)
    if kind in PLAIN:
        return isinstance(value, PLAIN[kind])
    known = specification["types"][kind]
    if known.get("subtypes"):
        return any(_is(specification, one, value) for one in known["subtypes"])
    fields = {field["name"]: field for field in known.get("fields", [])}
    if not isinstance(value, dict) or not value.keys() <= fields.keys():
        return False
    needed = {name for name, field in fields.items() if field["required"]}
    return needed <= value.keys() and all(
        any(_is(specification, one, inner) for one in fields[name]["types"])
        for name, inner in value.items()
    )


def test_all_updates_asked_for_are_of_known_types() -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"no specification at {SPECIFICATION}; set HEARWELL_DATA")
    update = json.loads(SPECIFICATION.read_text())["types"]["Update"]
    assert set(UPDATES) <= {field["name"] for field in update["fields"]}


def test_asking_goes_on_after_the_last_update(fake: Fake) -> None:
    fake.telegram.say("Anyone?")
    page = fake.connector.poll(fake.account, "default", None)
    assert page.cursor == "5002"
    assert len(fake.connector.parse(page.raws[0])) == 2
    assert fake.connector.poll(fake.account, "default", page.cursor).raws == ()


def test_a_bot_that_is_called_is_not_asked(fake: Fake, called: Account) -> None:
    page = fake.connector.poll(called, "default", "7")
    assert (page.raws, page.cursor, fake.telegram.calls) == ((), "7", [])
    assert page.poll_after
    assert page.poll_after > datetime.now(UTC)


def test_a_file_is_fetched_by_its_id(fake: Fake) -> None:
    fake.telegram.files["AgACAgQ"] = b"picture"
    found = fake.connector.fetch_one(fake.account, "AgACAgQ")
    assert found
    assert found.body == b"picture"
    assert fake.account.secrets["token"] not in found.url
    assert fake.connector.fetch_one(fake.account, "gone") is None


@pytest.mark.parametrize(
    ("answer", "failure"),
    [(refusal(429, "Too Many Requests", retry_after=7), failures.Throttled),
     (refusal(401, "Unauthorized"), failures.NeedsReauth),
     (httpx.Response(502), failures.Unavailable)],
)  # fmt: skip
def test_trouble_with_a_file_is_not_its_absence(
    fake: Fake, answer: httpx.Response, failure: type[failures.Failure]
) -> None:
    fake.telegram.next_answer = lambda _: answer
    with pytest.raises(failure):
        fake.connector.fetch_one(fake.account, "AgACAgQ")


def test_connecting_asks_who_the_token_is(fake: Fake) -> None:
    token = fake.account.secrets["token"]
    made = fake.connector.connect({"token": f" {token} ", "ways": WEBHOOK, "base_url": ""})
    assert (made.external_id, made.handle) == (fake.account.external_id, "@northwind_bot")
    assert made.secrets == {"token": token}
    assert made.ingress
    assert token not in repr(made)


@pytest.mark.parametrize("token", ["", "hello", "12:", "abc:def", "7000000001:wrong"])
def test_a_wrong_token_is_said_at_its_field(fake: Fake, token: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        fake.connector.connect({"token": token})
    assert refused.value.field_name == "token"


def test_the_address_of_the_calls_names_the_bot(fake: Fake, called: Account) -> None:
    fake.connector.subscribe(called, "https://care.example/hooks/x", IngressSecrets(("s",)))
    assert fake.telegram.webhook == "https://care.example/hooks/x?bot=7000000001"
    fake.connector.subscribe(fake.account, "https://care.example/hooks/x", IngressSecrets(("s",)))
    assert fake.telegram.webhook == "", "one that is asked must not be called"


def test_health_tells_two_readers_and_a_deaf_hook(fake: Fake, called: Account) -> None:
    def state(account: Account) -> HealthState:
        health = fake.connector.health(account)
        return next(c.state for c in health.checks if c.name == "subscription")

    assert (state(fake.account), state(called)) == (HealthState.OK, HealthState.BAD)
    fake.telegram.webhook = "https://elsewhere.example/"
    assert state(fake.account) is HealthState.BAD


def test_who_was_answered_in_a_group_is_answered_by_name(fake: Fake) -> None:
    draft = replace(fake.draft(), audience=Audience.PUBLIC, thread_key="group:-100:42",
                    parent_id="-100:77")  # fmt: skip
    assert call_for(draft).body == {
        "chat_id": -100,
        "text": "We have found it. ^AB",
        "reply_parameters": {"message_id": 77, "allow_sending_without_reply": True},
    }


@pytest.mark.parametrize(
    ("key", "chat"),
    [("chat:42", (42, "")), ("group:-100:42", (-100, "")), ("business:bc:1:9", (1, "bc")),
     ("", (0, "")), ("chat:x", (0, "")), ("dm:1:2:3", (1, ""))],
)  # fmt: skip
def test_chats_of_threads(key: str, chat: tuple[int, str]) -> None:
    assert chat_of(key) == chat


def test_a_picture_is_shown_and_a_file_is_a_document(fake: Fake) -> None:
    gif, large = replace(PHOTO, mime="image/gif"), replace(PHOTO, size=10 * 1024 * 1024 + 1)
    for file, method in ((PHOTO, "sendPhoto"), (gif, "sendDocument"), (large, "sendDocument")):
        fake.connector.send(fake.account, replace(fake.draft(), media=(file,)), "k")
        said, body = fake.telegram.calls[-1]
        assert (said, body["caption"]) == (method, "We have found it.")


PLAN = replace(PHOTO, mime="application/pdf", name="plan.pdf", body=b"%PDF-1.7")


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ((PHOTO, PHOTO), "photo"),
        ((PHOTO,) * 10, "photo"),
        ((PHOTO, PLAN), "document"),
        ((PLAN, PHOTO, PLAN), "document"),
    ],
)
@pytest.mark.parametrize("text", ["We have found it.", ""])
def test_several_files_are_one_album_with_the_words_at_the_first(
    fake: Fake, files: tuple[Attachment, ...], kind: str, text: str
) -> None:
    sent = fake.connector.send(fake.account, replace(fake.draft(), media=files, text=text), "k")
    ((method, body),) = fake.telegram.calls
    assert method == "sendMediaGroup"
    assert [one["type"] for one in body["media"]] == [kind] * len(files)
    assert fake.telegram.captions == [text, *[""] * (len(files) - 1)]
    assert fake.shown() == [(file.body, "") for file in files]
    assert isinstance(sent, Sent)
    assert sent.external_id == f"42:{fake.telegram._numbers - len(files) + 1}", "its first message"


def test_what_was_asked_before_the_group_moved_is_not_named_there(fake: Fake) -> None:
    draft = replace(fake.draft(), audience=Audience.PUBLIC, thread_key="group:-1001500:42",
                    parent_id="-501:77")  # fmt: skip
    call = call_for(draft)
    assert call.body["chat_id"] == -1001500
    assert "reply_parameters" not in call.body, "77 is another message there"


def test_an_album_answers_whom_a_message_would(fake: Fake) -> None:
    draft = replace(fake.draft(), audience=Audience.PUBLIC, thread_key="group:-100:42",
                    parent_id="-100:77", media=(PHOTO, PHOTO))  # fmt: skip
    call = call_for(draft)
    assert call.body["reply_parameters"]["message_id"] == 77
    assert call.body["media"][0]["caption"] == "We have found it. ^AB"
    assert [*call.files] == ["file0", "file1"]


def test_more_than_an_album_holds_is_stopped(fake: Fake) -> None:
    def said(*files: Attachment) -> list[str]:
        draft = replace(fake.draft(), media=files)
        return [one.message for one in fake.connector.preflight(fake.account, draft, AT)]

    assert said(*[PHOTO] * 10) == []
    assert "Telegram takes 10 pictures with a message." in said(*[PHOTO] * 11)
    assert "Telegram takes 10 files with a message." in said(*[PHOTO] * 6, *[PLAN] * 5)
    heavy = replace(PLAN, size=20 * 1000 * 1000)
    assert said(heavy, heavy, heavy) == ["Telegram takes 52.4 MB of files with one message."]


@pytest.mark.parametrize(
    "answer", [ok([]), ok([1]), ok([{"message_id": 1}]), ok({"message_id": 1}), ok(True)]
)
def test_a_strange_answer_to_an_album_is_a_doubt(fake: Fake, answer: httpx.Response) -> None:
    fake.telegram.next_answer = lambda _: answer
    with pytest.raises(failures.OutcomeUnknown):
        fake.connector.send(fake.account, replace(fake.draft(), media=(PHOTO, PLAN)), "k")


def test_an_album_that_is_too_long_is_none_at_all(fake: Fake) -> None:
    draft = replace(fake.draft(), media=(PHOTO, PHOTO), text="x" * 1025)
    (found,) = fake.connector.preflight(fake.account, draft, AT)
    assert found.code == "too_long"
    with pytest.raises(failures.TooLong):
        fake.connector.send(fake.account, draft, "k")
    assert fake.shown() == []


def test_beside_a_file_less_is_said(fake: Fake) -> None:
    draft = replace(fake.draft(), text="x" * 1025, media=(PHOTO,))
    (found,) = fake.connector.preflight(fake.account, draft, datetime.now(UTC))
    assert (found.code, "1024 beside a file" in found.message) == ("too_long", True)
    with pytest.raises(failures.TooLong) as refused:
        fake.connector.send(fake.account, draft, "k")
    assert refused.value.limit == 1024
    bare = replace(draft, text="")
    assert not fake.connector.preflight(fake.account, bare, datetime.now(UTC))
    fake.connector.send(fake.account, bare, "k")
    assert "caption" not in fake.telegram.calls[-1][1]


def test_what_a_bot_may_not_do_to_a_message(fake: Fake) -> None:
    for act, ref in ((Act.HIDE, "42:11"), (Act.LIKE, "nonsense"), (Act.LIKE, "42:-")):
        with pytest.raises(failures.NotAllowed):
            fake.connector.act(fake.account, act, ref)


def test_the_wait_is_read_from_the_answer(fake: Fake) -> None:
    fake.telegram.next_answer = lambda _: refusal(429, "Too Many Requests", retry_after=30)
    before = datetime.now(UTC)
    with pytest.raises(failures.Throttled) as slow:
        fake.connector.send(fake.account, fake.draft(), "k")
    assert slow.value.retry_at
    assert 29 <= (slow.value.retry_at - before).total_seconds() <= 31


def test_a_strange_list_of_updates_changes_no_cursor(fake: Fake) -> None:
    for strange in ("text", [1], [{"update_id": "x"}]):
        fake.telegram.next_answer = lambda _, strange=strange: ok(strange)
        with pytest.raises(failures.ContractChanged):
            fake.connector.poll(fake.account, "default", None)
    fake.telegram.next_answer = lambda _: httpx.Response(200, json=[])
    with pytest.raises(failures.ContractChanged):
        fake.connector.poll(fake.account, "default", None)
