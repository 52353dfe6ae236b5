"""Reading a list's query string: what makes no sense is left out."""

from __future__ import annotations

from uuid import UUID, uuid4

from hearwell.conversations.listing import CaseFilter, filter_from

ME = uuid4()


def test_everything_at_once() -> None:
    team, channel = uuid4(), uuid4()
    params = {
        "queue": "mine",
        "channel": str(channel),
        "network": "mail",
        "kind": "complaint",
        "audience": "private",
        "assignee": "me",
        "team": str(team),
        "tag": "refund",
        "q": " lost bag ",
    }

    assert filter_from(params, ME) == CaseFilter(
        "mine", ME, channel, "mail", "complaint", "private", ME, team, "refund", "lost bag"
    )


def test_nonsense_is_left_out() -> None:
    params = {"queue": "x", "channel": "1", "audience": "all", "assignee": "you", "team": "'"}

    assert filter_from(params, ME) == CaseFilter(user_id=ME)


def test_nobodys_and_somebodys() -> None:
    somebody = UUID(int=7)
    assert filter_from({"assignee": "none"}, ME).assignee == "none"
    assert filter_from({"assignee": str(somebody)}, ME).assignee == somebody
