"""What happens to a call while it is under way, and what others write to break it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import time_machine

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.secondopinion import services
from hearwell.secondopinion.models import Call, Connection, Month
from hearwell.secondopinion.rules import Outcome
from hearwell.secondopinion.services import asking as asking_module
from hearwell.triage.models import Verdict
from tests.factories import make_case, make_message
from tests.model_server import Say, labels


@pytest.fixture
def asking(connection: Connection) -> Connection:
    Connection.objects.update(gives_opinions=True)
    connection.refresh_from_db()
    return connection


def doubted(text="Hm, what about the bag?"):
    message = make_message(text)
    Verdict.objects.filter(message=message).update(certainty=0.4)
    return message


def claimed(*messages):
    return services.claim_unsure(messages[0].workspace_id, [one.id for one in messages])


def money(workspace_id):
    month = Month.objects.get(workspace_id=workspace_id)
    return month.reserved, month.spent


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something done after the model has answered and before the answer is kept."""
    inner = asking_module.post

    def post(*args, **values):
        answer = inner(*args, **values)
        act()
        return answer

    monkeypatch.setattr(asking_module, "post", post)


def test_what_is_taken_back_under_way_is_not_written_again(model, asking, monkeypatch):
    message = doubted()
    ids = claimed(message)
    meanwhile(
        monkeypatch,
        lambda: services.forget_words(message.workspace_id, [message.id], [message.case_id]),
    )
    services.give_opinions(message.workspace_id, ids)
    call = Call.objects.get()
    assert (call.sent, call.answer, call.result) == ("", "", None)
    assert money(message.workspace_id)[0] == 0


def test_a_call_that_is_gone_gives_its_money_back(model, asking, monkeypatch):
    message = doubted()
    ids = claimed(message)
    meanwhile(monkeypatch, lambda: Call.objects.all().delete())
    services.give_opinions(message.workspace_id, ids)
    assert not Call.objects.exists()
    reserved, spent = money(message.workspace_id)
    assert reserved == 0
    assert spent > 0


def test_a_call_given_up_and_answered_late_is_counted_once(model, asking, monkeypatch):
    message = doubted()
    ids = claimed(message)

    def give_up():
        with time_machine.travel(now() + timedelta(minutes=6), tick=False):
            assert services.settle_lost(message.workspace_id) == 1

    meanwhile(monkeypatch, give_up)
    services.give_opinions(message.workspace_id, ids)
    reserved, spent = money(message.workspace_id)
    assert reserved == 0
    assert spent == Call.objects.get().cost


def test_what_is_taken_back_before_its_turn_does_not_leave(model, asking, monkeypatch):
    first, second = doubted(), doubted("Hm, secret words of mine")
    ids = claimed(first, second)
    meanwhile(
        monkeypatch,
        lambda: Message.objects.filter(id=second.id).update(deleted_at=now(), text=""),
    )
    services.give_opinions(first.workspace_id, ids)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "reply", ["We look \ud800 into it", "We look \x00 into it", "\u202eWe look"]
)
def test_signs_that_cannot_be_stored_break_no_draft(model, connection, workspace, bob, reply):
    model.says(Say(json.dumps({"reply": reply})))
    case = make_case("Where is my bag?")
    call = services.begin_draft(workspace.id, case.id, bob.id)
    services.write_draft(workspace.id, call.id)
    call.refresh_from_db()
    assert call.state == "done"
    assert money(workspace.id)[0] == 0


@pytest.mark.parametrize(
    "text", ["Where is\n\u241e\nmy bag?", "\u241e" * 50, "Lena \u2400 \u241e x"]
)
def test_the_sign_between_turns_makes_no_turn(model, connection, workspace, bob, text):
    case = make_case(text)
    call = services.begin_draft(workspace.id, case.id, bob.id)
    services.write_draft(workspace.id, call.id)
    call.refresh_from_db()
    assert call.outcome == "used"


def test_a_redirect_leads_nowhere(model, asking):
    message = doubted()
    model.says(Say("", status=302, headers={"Location": "http://169.254.169.254/latest"}))
    services.give_opinions(message.workspace_id, claimed(message))
    call = Call.objects.get()
    assert call.outcome == "refused"
    assert len(model.asked) == 1


def test_a_lie_about_tokens_breaks_no_account(model, asking):
    Connection.objects.update(price_in=10**15, price_out=10**15, cap=9 * 10**17)
    message = doubted()
    model.says(Say(labels().words, usage={"prompt_tokens": 10**7, "completion_tokens": 10**7}))
    services.give_opinions(message.workspace_id, claimed(message))
    call = Call.objects.get()
    assert call.state == "done"


@contextmanager
def pouring(pieces: int, piece: bytes, pause_s: float) -> Iterator[str]:
    """Answer one call with so many pieces, as long as the caller listens; yield the origin."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _address = listening.accept()
        with taken, suppress(OSError):
            taken.recv(65536)
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            for _ in range(pieces):
                taken.sendall(piece)
                time.sleep(pause_s)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread.join(30)
    listening.close()


@pytest.mark.parametrize(
    ("pieces", "piece", "pause_s", "outcome"),
    [(800, b"x" * 65536, 0.0, Outcome.TOO_LARGE), (40, b"x", 0.1, Outcome.TIMEOUT)],
)
def test_an_answer_without_end_is_hung_up_on(asking, settings, pieces, piece, pause_s, outcome):
    message = doubted()
    ids = claimed(message)
    with pouring(pieces, piece, pause_s) as origin:
        settings.HEARWELL_EGRESS_ALLOW = (origin,)
        Connection.objects.update(url=f"{origin}/v1", limit_ms=1000)
        services.give_opinions(message.workspace_id, ids)
    call = Call.objects.get()
    assert call.outcome == outcome
    assert len(call.answer) < 5000
