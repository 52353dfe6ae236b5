"""Liking, hiding and deleting through the API: by the same rules as people."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.outbound.models import Moderation
from hearwell.outbound.services import acting
from hearwell.outbound.services.settling import settle_acts
from tests.factories import make_channel, make_item, make_reply, receive


@pytest.fixture
def comment(workspace):
    return receive(make_channel(), [make_item("You are the best!", root_id="root-1")])[0]


def where(message) -> str:
    return f"/cases/{message.case_id}/messages/{message.id}/acts"


def test_a_like_is_asked_for_once_and_listed(program, comment):
    assert program.get(where(comment)).json() == {"offered": ["like", "hide"], "asked": []}
    first = program.post(where(comment), {"act": "like"})
    assert (first.status_code, first.json()["state"]) == (202, "waiting")
    again = program.post(where(comment), {"act": "like"})
    assert again.json() == first.json()
    told = program.get(where(comment)).json()
    assert told["asked"] == [first.json()]
    assert told["offered"] == ["unlike", "hide"]
    settle_acts([Moderation.objects.get()], acting._PAUSED)
    (asked,) = program.get(where(comment)).json()["asked"]
    assert (asked["state"], asked["failure_code"]) == ("refused", "channel_paused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"act": "hide"}, 422, "no_reason"),
        ({"act": "delete"}, 422, "not_possible"),
        ({"act": "burn"}, 422, "invalid"),
        ({"act": "hide", "why": "x" * 401}, 422, "invalid"),
    ],
)
def test_what_cannot_be_done_says_why(program, comment, body, status, code):
    answer = program.post(where(comment), body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Moderation.objects.exists()


def test_our_own_answer_can_be_deleted(program, comment, bob):
    hers = make_reply(comment.case, channel_id=comment.channel_id)
    refused = program.post(where(hers), {"act": "delete"})
    assert (refused.status_code, refused.json()["code"]) == (403, "powers")
    ours = make_reply(comment.case, channel_id=comment.channel_id, author_user_id=bob.id)
    assert program.get(where(ours)).json()["offered"] == ["delete"]
    assert program.post(where(ours), {"act": "delete"}).status_code == 202


def test_what_is_not_there_is_not_found(program, comment):
    strange = f"/cases/{comment.case_id}/messages/{uuid4()}/acts"
    assert program.get(strange).status_code == 404
    assert program.post(strange, {"act": "like"}).status_code == 404
    other = f"/cases/{uuid4()}/messages/{comment.id}/acts"
    assert program.post(other, {"act": "like"}).status_code == 404
