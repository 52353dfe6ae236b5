"""The checker must be able to fail: each kind of fault alone, laid before it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.crash.checker import Checker, Tables
from tests.crash.network import Said

LANE, ROW = UUID(int=1), UUID(int=2)
ASKED = Said("page-1", "a", "a", "", "Where is my bag?", is_ours=False)
AGAIN = Said("page-1", "b", "a", "a", "Hello?", is_ours=False)
OURS = Said("page-1", "c", "a", "a", "On its way. ^AB", is_ours=True)
LOG = [ASKED, AGAIN, OURS]


def delivery(**more: Any) -> Any:
    fields = {
        "id": ROW, "lane_id": LANE, "account": "page-1", "state": "confirmed", "remote_id": "c",
        "text": "On its way.", "thread": "a", "parent": "a", "written_for": "page-1",
    }  # fmt: skip
    return SimpleNamespace(**{**fields, **more})


def message(said: Said, **more: Any) -> Any:
    fields = {
        "account": said.account, "id": said.id, "thread": said.thread, "text": said.text,
        "parent": said.parent, "direction": "out" if said.is_ours else "in", "is_at_home": True,
    }  # fmt: skip
    return SimpleNamespace(**{**fields, **more})


def step(before: str, after: str) -> Any:
    return SimpleNamespace(delivery_id=ROW, before=before, after=after)


def numbered(*numbers: int | None) -> list[Any]:
    return [SimpleNamespace(name="MessageReceived", seq=number) for number in numbers]


TRAIL = [step("", "queued"), step("queued", "sending"), step("sending", "confirmed")]
SOUND = Tables([delivery()], [message(said) for said in LOG], TRAIL, numbered(1, 2, 3))


def faults(tables: Tables = SOUND, log: list[Said] = LOG, **more: Any) -> str:
    return "\n".join(Checker(log, tables, **more).faults())


def with_delivery(**more: Any) -> Tables:
    trail = [*TRAIL[:-1], step("sending", more.get("state", "confirmed"))]
    return replace(SOUND, deliveries=[delivery(**more)], trails=trail)


def test_what_is_sound_is_sound():
    assert faults() == ""


@pytest.mark.parametrize(
    ("tables", "log", "fault"),
    [
        (SOUND, [*LOG, replace(OURS, id="d")], "posted 2 times"),
        (SOUND, [*LOG, replace(OURS, id="d", text="Who wrote this?")], "nobody wrote it"),
        (SOUND, [ASKED, AGAIN, replace(OURS, account="page-2")], "on the wrong account"),
        (SOUND, [ASKED, AGAIN, replace(OURS, thread="z")], "in the wrong thread"),
        (SOUND, [ASKED, AGAIN, replace(OURS, parent="b")], "in the wrong thread"),
        (SOUND, LOG[:2], "said to be posted, and is not"),
        (with_delivery(remote_id="b"), LOG, "said to be posted, and is not"),
        (with_delivery(state="unknown"), LOG, "never settled"),
        (with_delivery(state="needs_human"), LOG, "never settled"),
        (with_delivery(state="failed"), LOG, "posted though failed"),
        (replace(SOUND, messages=SOUND.messages[1:]), LOG, "lost: "),
        (replace(SOUND, messages=[*SOUND.messages, SOUND.messages[0]]), LOG, "taken in 2 times"),
        (SOUND, LOG[1:], "of nobody's saying"),
        (replace(SOUND, messages=SOUND.messages[::-1]), LOG, "out of order"),
        (replace(SOUND, waiting=1), LOG, "not dealt with"),
        (replace(SOUND, trails=TRAIL[1:]), LOG, "its history has a gap"),
        (replace(SOUND, trails=[TRAIL[0], TRAIL[2]]), LOG, "its history has a gap"),
        (replace(SOUND, numbers=numbered(1, 3)), LOG, "not numbered through"),
        (replace(SOUND, numbers=numbered(1, None)), LOG, "not numbered through"),
    ],
)
def test_each_fault_is_found(tables: Tables, log: list[Said], fault: str) -> None:
    assert fault in faults(tables, log)


@pytest.mark.parametrize(
    "changed",
    [{"thread": "z"}, {"text": "Else"}, {"direction": "out"}, {"is_at_home": False}],
)
def test_a_message_taken_in_wrongly_is_found(changed: dict[str, Any]) -> None:
    tables = replace(SOUND, messages=[message(ASKED, **changed), *SOUND.messages[1:]])
    assert "taken in wrongly" in faults(tables)


def test_a_reply_that_overtook_another_is_found() -> None:
    first = replace(OURS, id="e", text="One moment.")
    rows = [delivery(), delivery(id=UUID(int=3), remote_id="e", text="One moment.")]
    messages = [*SOUND.messages, message(first)]
    tables = replace(SOUND, deliveries=rows, messages=messages)
    assert "overtaken" in faults(tables, [ASKED, AGAIN, first, OURS])
    stopped = [step("", "queued"), step("queued", "stale"), step("stale", "queued"), *TRAIL[1:]]
    waited = replace(tables, trails=stopped)
    assert "overtaken" not in faults(waited, [ASKED, AGAIN, first, OURS])


def test_what_nobody_could_read_is_parked_once() -> None:
    parked = [SimpleNamespace(raw_id=ROW, body=b'{"mark": "m"}')]
    assert faults(replace(SOUND, parked=parked), unreadable=["m"]) == ""
    assert "unreadable and gone: m" in faults(unreadable=["m"])
    assert "parked though readable" in faults(replace(SOUND, parked=parked))
    assert "parked 2 times" in faults(replace(SOUND, parked=parked * 2), unreadable=["m"])


def test_where_nothing_can_be_read_back_a_person_may_be_asked() -> None:
    assert faults(with_delivery(state="needs_human"), may_ask_people=True) == ""
