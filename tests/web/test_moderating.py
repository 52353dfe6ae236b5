"""Like, hide, delete on the case's page: offered where it can be done, said how it stands."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hearwell.connect.failures import NotAllowed
from hearwell.connect.model import Act
from hearwell.conversations.models import Message
from hearwell.inbox.acted import settled
from hearwell.kit.clock import now
from hearwell.outbound.actlaw import Try, outcome
from hearwell.outbound.events import ActSettled
from hearwell.outbound.models import Moderation
from hearwell.outbound.services.settling import settle_acts
from tests.factories import make_channel, make_item, make_reply, receive
from tests.web.conftest import HTMX


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def comment(channel) -> Message:
    """A comment of Lena's below a post of the brand's."""
    (message,) = receive(channel, [make_item("You are the best!", root_id="root-1")])
    return message


def page_of(client, message: Message) -> str:
    return client.get(f"/c/{message.case_id}/").content.decode()


def press(client, message: Message, act: str, **more: object):
    where = f"/c/{message.case_id}/m/{message.id}/"
    return client.post(where, {"act": act, **more}, follow=True)


def come_of_it(row: Moderation, answer: Exception | None = None) -> None:
    """Let the network answer, and the case hear of it."""
    settle_acts([row], outcome(answer, Try(Act(row.act), now(), 1, now())))
    row.refresh_from_db()
    settled(
        [
            ActSettled(
                workspace_id=row.workspace_id,
                moderation_id=row.id,
                message_id=row.message_id,
                channel_id=row.channel_id,
                act=row.act,
                state=row.state,
                asked_by_id=row.asked_by_id,
                settled_at=row.settled_at,
                code=row.failure_code,
                message=row.failure_message,
            )
        ]
    )


def offered(page: str, message: Message) -> set[str]:
    whole = re.search(rf'<article[^>]*id="m-{message.id}".*?</article>', page, re.DOTALL)
    assert whole
    return set(re.findall(r'name="act" value="(\w+)"', whole.group()))


def test_praise_is_liked_and_the_like_taken_back(agent, owner, comment):
    assert offered(page_of(agent, comment), comment) == {"like", "hide"}
    page = press(agent, comment, "like").content.decode()
    assert "Asked of the network" in page
    assert "The like is on its way" in page
    row = Moderation.objects.get()
    come_of_it(row)
    page = page_of(owner, comment)
    assert "Liked: Bob Brown" in page
    assert "Bob Brown liked a message on the network" in page
    assert offered(page, comment) == {"unlike", "hide"}
    press(owner, comment, "unlike")
    assert Moderation.objects.count() == 2


def test_pressed_twice_it_is_asked_once(agent, comment):
    for _ in range(2):
        press(agent, comment, "like")
    assert Moderation.objects.count() == 1


def test_hiding_wants_a_reason_which_is_shown(agent, comment):
    page = press(agent, comment, "hide").content.decode()
    assert "Say why it shall be hidden" in page
    assert not Moderation.objects.exists()
    press(agent, comment, "hide", why="Threatens <b>us</b>")
    come_of_it(Moderation.objects.get())
    page = page_of(agent, comment)
    assert "Reason: Threatens &lt;b&gt;us&lt;/b&gt;" in page
    assert "unhide" in offered(page, comment)


def test_a_refusal_is_said_on_the_message_and_in_the_story(agent, comment):
    press(agent, comment, "like")
    come_of_it(Moderation.objects.get(), NotAllowed())
    page = page_of(agent, comment)
    assert "Not liked. The network does not let this account do that" in page
    assert "Something asked of the network was not done" in page
    assert "like" in offered(page, comment)


def test_our_answer_is_deleted_and_says_by_whom(agent, owner, comment, bob):
    channel_id = comment.channel_id
    hers = make_reply(comment.case, "Welcome. ^AA", channel_id=channel_id)
    assert offered(page_of(agent, comment), hers) == set(), "a colleague's is a lead's to delete"
    assert offered(page_of(owner, comment), hers) == {"delete"}
    ours = make_reply(comment.case, "Thank you. ^AA", channel_id=channel_id, author_user_id=bob.id)
    page = page_of(agent, comment)
    assert offered(page, ours) == {"delete"}
    assert "cannot be brought back" in page
    press(agent, ours, "delete")
    come_of_it(Moderation.objects.get())
    page = page_of(agent, comment)
    assert "Deleted on the network: You" in page
    assert '<s dir="auto">Thank you.' in page, "the team still reads what was said"
    assert offered(page, ours) == set()
    assert Message.objects.get(id=ours.id).deleted_at


def test_what_cannot_be_done_is_said_and_not_done(agent, comment):
    page = press(agent, comment, "delete").content.decode()
    assert "What customers say stays." in page
    assert press(agent, comment, "burn").status_code == 404
    gone = agent.post(f"/c/{comment.case_id}/m/{uuid4()}/", {"act": "like"})
    assert gone.status_code == 404
    assert not Moderation.objects.exists()


def test_who_only_looks_is_offered_nothing(viewer, comment):
    assert offered(page_of(viewer, comment), comment) == set()
    assert press(viewer, comment, "like").status_code == 403


def test_a_network_without_acts_offers_none(agent, workspace):
    (message,) = receive(make_channel("email"), [make_item("Hello", root_id="r")])
    assert offered(page_of(agent, message), message) == set()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_acts_cost_the_page_no_question(owner, agent, comment, budget, headers):
    press(agent, comment, "like")
    with budget(12):
        assert owner.get(f"/c/{comment.case_id}/", headers=headers).status_code == 200
