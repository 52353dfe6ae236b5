"""Telephone calls as cases: answered, missed, asked for, tried in vain; and files of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.connect.calls import Call, CallError
from hearwell.conversations.models import Case, Message
from hearwell.inbox.acts import NotAllowedError
from hearwell.inbox.callfiles import CallFileError, read_file
from hearwell.inbox.calls import log_calls, read_call
from hearwell.kit.clock import now
from hearwell.sla.models import Clock
from tests.domain.inbox.conftest import Care

LENA = "+351912345678"
HEADING = "direction,number,started_at,outcome,notes\n"


def call(**more: str) -> Call:
    told = {"direction": "in", "number": LENA, "outcome": "not_reached", "id": "c1"}
    return read_call({**told, "started_at": (now() - timedelta(minutes=9)).isoformat(), **more})


def log(care: Care, *calls: Call, is_past: bool = False) -> Case | None:
    with care.inside():
        noted = log_calls([(one, "") for one in calls], care.anna, is_past=is_past)
        return Case.objects.filter(id=noted.case_id).first()


def clocks(care: Care, case: Case) -> dict[str, str]:
    with care.inside():
        return dict(Clock.objects.filter(case_id=case.id).values_list("kind", "state"))


@pytest.mark.parametrize("outcome", ["not_reached", "callback", "voicemail"])
def test_who_was_not_answered_waits_like_any_other(care: Care, outcome: str) -> None:
    case = log(care, call(outcome=outcome, recording_url="https://pbx.example/1.wav"))
    assert case is not None
    assert (case.network, case.turn) == ("phone", "ours")
    assert clocks(care, case) == {"first_reply": "running", "answer": "running"}
    with care.inside():
        (message,) = Message.objects.filter(case=case)
    assert (message.kind, message.permalink) == ("call", "https://pbx.example/1.wav")


def test_a_call_that_we_took_is_answered_at_once(care: Care) -> None:
    case = log(care, call(outcome="reached", duration_s="3:12", notes="Bag found"))
    assert case is not None
    assert set(clocks(care, case).values()) == {"met"}
    with care.inside():
        texts = list(
            Message.objects.filter(case=case).order_by("id").values_list("text", flat=True)
        )
    assert texts == [
        "Called us, and we spoke (3:12).\n\nBag found",
        "Answered by telephone (3:12).",
    ]


def test_calling_back_in_vain_answers_nothing(care: Care) -> None:
    case = log(care, call())
    again = log(care, call(id="c2", direction="out", outcome="not_reached"))
    log(care, call(id="c2", direction="out", outcome="not_reached"))
    assert case is not None
    assert again == case
    assert set(clocks(care, case).values()) == {"running"}
    with care.inside():
        assert Message.objects.filter(case=case, kind="note").count() == 1


def test_calling_back_and_speaking_answers(care: Care) -> None:
    case = log(care, call())
    log(care, call(id="c2", direction="out", outcome="reached"))
    assert case is not None
    assert set(clocks(care, case).values()) == {"met"}


def test_the_same_call_twice_is_one(care: Care) -> None:
    one = call()
    with care.inside():
        assert log_calls([(one, "")], care.anna).fresh == 1
        assert log_calls([(one, "")], care.anna).fresh == 0


def test_the_past_is_history(care: Care) -> None:
    case = log(care, call(), is_past=True)
    assert case is not None
    assert "running" not in clocks(care, case).values()


def test_who_may_not_answer_may_not_note(care: Care) -> None:
    with care.inside(), pytest.raises(NotAllowedError):
        log_calls([(call(), "")], care.vera)


@pytest.mark.parametrize(
    ("field", "value"),
    [("direction", "up"), ("number", "12"), ("outcome", "perhaps"), ("started_at", "yesterday"),
     ("started_at", "2999-01-01T00:00:00Z"), ("duration_s", "long"), ("duration_s", "99999"),
     ("recording_url", "http://pbx.example/1.wav")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(field: str, value: str) -> None:
    with pytest.raises(CallError) as refused:
        call(**{field: value})
    assert refused.value.field == field


def test_a_file_is_read_before_anything_is_saved(care: Care) -> None:
    body = HEADING + (
        'in,0912 345 678,2026-11-20 09:30,missed,"Two\nlines"\n'
        "in,+351912345678,2026-11-20T09:45:00+00:00,perhaps,\n"
        "out,12,2026-11-20T09:45:00+00:00,reached,\n"
        "in,+351912345678,,missed,\n"
    )
    found = read_file(body.encode("utf-8-sig"), zone="Europe/Lisbon", country="351")
    assert [(one.number, one.column) for one in found.wrong] == [
        (4, "outcome"), (5, "number"), (6, "started_at"),
    ]  # fmt: skip
    first = found.lines[0].call
    assert first is not None
    assert (first.number, first.started_at.isoformat()) == (LENA, "2026-11-20T09:30:00+00:00")
    with care.inside():
        assert not Message.objects.filter(kind="call").exists()


def test_a_file_twice_is_the_same_calls(care: Care) -> None:
    body = (HEADING + f"in;{LENA};2026-11-20 09:30;missed;\n").replace(",", ";").encode()
    found = read_file(body, zone="Europe/Lisbon")
    again = read_file(body, zone="Europe/Lisbon")
    with care.inside():
        assert log_calls(found.calls, care.anna).fresh == 1
        assert log_calls(again.calls, care.anna).fresh == 0


def test_a_line_that_stands_there_twice_is_told() -> None:
    line = f"in,{LENA},2026-11-20 09:30,missed,\n"
    found = read_file((HEADING + line * 2).encode(), zone="UTC")
    assert [one.wrong for one in found.wrong] == ["This call stands in line 2 already."]


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"direction,direction\n", b'"'])
def test_what_is_no_file_of_calls_is_refused(body: bytes) -> None:
    with pytest.raises(CallFileError):
        read_file(body, zone="UTC")
