"""Did that solve it: an owner's page, a customer's two links, a colleague's way back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from hearwell.channels.models import Channel
from hearwell.connect.model import Audience, Draft
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.sla.services.promises import ensure_defaults
from hearwell.surveys.models import AskChoice, Question
from hearwell.surveys.rules import QUESTIONS, Status
from hearwell.surveys.services import Link, hear, link_of
from hearwell.web.solved.views import ASKED
from tests.characters import _member
from tests.factories import make_case, make_channel, make_item
from tests.web.conftest import HTMX
from tests.web.test_list import rows

pytestmark = pytest.mark.django_db
FORM = {"delay_min": "30", "cool_off_days": "60", "in_public": "1", "words_de": "Passt es?"}


@pytest.fixture(autouse=True)
def _full_buckets():
    ASKED.clear()


@pytest.fixture
def asked(workspace) -> Question:
    ensure_defaults(workspace)
    case = make_case()
    conversations.close(case.id, "solved", None)
    case = Case.objects.get(id=case.id)
    assert case.channel_id
    return Question.objects.create(
        case_id=case.id, workspace_id=workspace.id, channel_id=case.channel_id, network="email",
        closed_at=case.closed_at, due_at=now(), status=Status.ASKED, asked_at=now(),
        contact_id=case.contact_id,
    )  # fmt: skip


def address(one: Question, answer: Status) -> str:
    return "/solved/" + link_of(Link(one.workspace_id, one.id, answer)).split("/solved/")[1]


def test_an_owner_chooses_and_nobody_else(signed_in, workspace, alice, bob):
    owner, agent = signed_in(alice), signed_in(bob)
    channel = make_channel()
    assert QUESTIONS["ar"] in owner.get("/settings/solved/").content.decode()
    assert agent.get("/settings/solved/").status_code == 403
    assert agent.post("/settings/solved/", FORM).status_code == 403
    answer = owner.post("/settings/solved/", {**FORM, "channel": [str(channel.id), "x"]})
    assert answer.status_code == 302
    kept = AskChoice.objects.get()
    assert (kept.channel_ids, kept.words) == ([str(channel.id)], {"de": "Passt es?"})
    assert (kept.delay_min, kept.cool_off_days, kept.in_public) == (30, 60, True)


@pytest.mark.parametrize(
    "bad", [{"delay_min": "-1"}, {"cool_off_days": "ten"}, {"words_de": "x" * 300}]
)
def test_what_cannot_be_is_said_with_nothing_changed(signed_in, alice, bad):
    answer = signed_in(alice).post("/settings/solved/", {**FORM, **bad})
    assert answer.status_code == 422
    assert b"Not saved." in answer.content
    assert not AskChoice.objects.exists()


def test_looking_answers_nothing_and_a_press_counts_once(asked):
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(address(asked, Status.NO))
    assert page.status_code == visitor.head(address(asked, Status.NO)).status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert Question.objects.get().status == Status.ASKED
    assert b"looking at it again" in visitor.post(address(asked, Status.NO)).content
    assert visitor.post(address(asked, Status.YES)).status_code == 410
    assert Question.objects.get().status == Status.NO
    assert Case.objects.get(id=asked.case_id).status == "open"


def test_a_double_press_is_told_the_same_twice(asked):
    visitor = Client()
    for _ in range(2):
        assert b"looking at it again" in visitor.post(address(asked, Status.NO)).content
    assert visitor.post(address(asked, Status.YES)).status_code == 410


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "trace"])
def test_what_scanners_and_previews_do_answers_nothing(asked, method):
    call = getattr(Client(), method)
    for answer in (Status.YES, Status.NO):
        agent = {"User-Agent": "Slackbot-LinkExpanding 1.0"}
        assert call(address(asked, answer), headers=agent).status_code in {200, 405}
    assert Question.objects.get().status == Status.ASKED


def test_a_link_opens_no_question_of_another_desk(asked, other_workspace):
    link = Link(other_workspace.id, asked.id, Status.NO)
    gone = Link(other_workspace.id, uuid4(), Status.NO)
    there, absent = (
        Client().post("/solved/" + link_of(one).split("/solved/")[1]) for one in (link, gone)
    )
    assert there.status_code == absent.status_code == 410
    said = [answer.content.partition(b"</main>")[0] for answer in (there, absent)]
    assert said[0].partition(b"<main")[2] == said[1].partition(b"<main")[2] != b""
    assert Question.objects.get().status == Status.ASKED


def test_the_settings_page_costs_little_and_shows_our_accounts_alone(
    signed_in, alice, workspace, other_workspace, budget
):
    with scope(other_workspace.id):
        theirs = make_channel(handle="ContosoRail")
    for n in range(12):
        make_channel(handle=f"NorthwindAir{n}")
    owner = signed_in(alice)
    owner.get("/settings/solved/")
    with budget(15):
        page = owner.get("/settings/solved/").content.decode()
    assert "NorthwindAir11" in page
    assert "ContosoRail" not in page
    owner.post("/settings/solved/", {**FORM, "channel": [str(theirs.id)]})
    assert AskChoice.objects.get().channel_ids == []


@pytest.mark.parametrize("role", ["admin", "lead", "agent", "viewer", "marketing"])
def test_nobody_but_an_owner_chooses(signed_in, workspace, role):
    client = signed_in(_member(workspace, "Nora North", role, "NN"))
    assert client.get("/settings/solved/").status_code == 403
    assert client.post("/settings/solved/", FORM).status_code == 403


def test_words_are_kept_as_text(signed_in, alice):
    owner = signed_in(alice)
    odd = {"words_de": "<script>alert(1)</script>\x00", "delay_min": "5", "cool_off_days": "1"}
    owner.post("/settings/solved/", odd)
    page = owner.get("/settings/solved/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\u2400" in page
    for bad in ("9" * 5000, "\u0663", "-0", "1e3", " "):
        assert owner.post("/settings/solved/", odd | {"delay_min": bad}).status_code == 422


def test_a_link_that_is_cut_or_old_answers_nothing(asked):
    visitor = Client()
    assert visitor.get("/solved/nonsense/").status_code == 410
    Question.objects.update(asked_at=now() - timedelta(days=20))
    assert visitor.post(address(asked, Status.YES)).status_code == 410


def test_a_misread_answer_is_taken_back_where_it_stands(signed_in, bob, asked):
    Client().post(address(asked, Status.NO))
    agent = signed_in(bob)
    case = f"/c/{asked.case_id}/"
    page = agent.get(case).content.decode()
    assert "it is not solved" in page
    assert f'value="{asked.id}"' in page
    said = agent.post(f"{case}solved/undo/", {"question": str(asked.id)}, follow=True)
    assert "the case is closed as it was" in said.content.decode()
    assert Question.objects.get().status == Status.UNDONE
    page = agent.get(case).content.decode()
    assert "was misread" in page
    assert 'id="not-solved"' not in page
    assert f'value="{asked.id}"' not in page


def test_a_no_by_a_press_is_first_in_the_list_and_says_why_above_the_thread(
    signed_in, bob, viewer, asked
):
    make_case("Where is my bag?")
    agent = signed_in(bob)
    assert agent.get("/inbox/").content.decode().count('data-mark="unsolved"') == 1  # the template
    Client().post(address(asked, Status.NO))
    page = agent.get("/inbox/")
    assert rows(page)[0] == str(asked.case_id)
    assert page.content.decode().count('data-mark="unsolved"') == 2  # and the row
    banner = banner_in(agent, asked)
    assert "They pressed “No” and wrote nothing." in banner
    assert "put it back" in banner
    assert "put it back" not in banner_in(viewer, asked)


def test_the_banner_says_what_the_customer_wrote(signed_in, bob, asked):
    channel = Channel.objects.get(id=asked.channel_id)
    home = Conversation.objects.get(case_id=asked.case_id)
    thread = home.thread_key
    draft = Draft(text="Solved?", audience=Audience.PUBLIC, account="northwind", thread_key=thread)
    sending = outbound.Submission(
        workspace_id=asked.workspace_id, lane_id=home.id, channel=channel, draft=draft, key=asked.id
    )
    outbound.queue(sending)
    Delivery.objects.update(state="sent", sent_at=asked.asked_at)
    said = [
        make_item(words, thread_key=thread, occurred_at=now() + timedelta(seconds=n))
        for n, words in enumerate(("No, not yet", "It is <b>blue</b>"), start=1)
    ]
    found = take_in(channel, said[:1])
    hear(asked.workspace_id, {one.id for one in found})
    take_in(channel, said[1:])
    agent = signed_in(bob)
    banner = banner_in(agent, asked)
    assert '<q dir="auto">No, not yet</q>' in banner
    assert "It is &lt;b&gt;blue&lt;/b&gt;" in banner
    part = agent.get(f"/c/{asked.case_id}/thread/", headers=HTMX).content.decode()
    assert 'hx-target="#case-unsolved"' in part


def banner_in(client, asked) -> str:
    page = client.get(f"/c/{asked.case_id}/").content.decode()
    return page.split('id="not-solved"')[1].split('id="thread-scroll"')[0]
