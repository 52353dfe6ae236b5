"""Knowledge on screen: writing, reading by a second, taking a reply or a macro into a case."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.conversations.models import Case, CaseTag
from hearwell.inbox.events import ReplySent
from hearwell.inbox.precedents import remember_answers
from hearwell.knowledge import services
from hearwell.knowledge.models import ArticleVersion, Use
from hearwell.knowledge.services import MacroFacts, Words
from tests.factories import make_case, make_channel, make_reply
from tests.web.conftest import HTMX

URL = "/settings/knowledge/"
WORDS = {"title": "Delayed bags", "language": "en", "body": "We trace it.",
         "reply": "Hi {customer.first_name|there}, we trace HW {case.number}."}  # fmt: skip
JSON = {"Accept": "application/json"}


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return make_case("Where is my delayed bag? I wait", make_channel())


@pytest.fixture
def reply(workspace: Workspace, alice: User, bob: User) -> ArticleVersion:
    words = Words("en", "Delayed bags", "We trace it.", WORDS["reply"])
    version = services.begin_article(workspace.id, words, by=bob, is_public=True)
    return services.approve(version.id, by=alice)


def test_from_a_draft_to_a_reply_that_agents_are_offered(owner: Client, agent: Client, case: Case):
    made = agent.post(f"{URL}new/", WORDS)
    version = ArticleVersion.objects.get()
    assert made.headers["Location"] == f"{URL}{version.article_id}/"
    act = f"{URL}{version.article_id}/do/"
    assert agent.post(act, {"do": "publish", "language": "en"}).status_code == 403
    agent.post(act, {"do": "submit", "language": "en"})
    assert "To be reviewed" in owner.get(URL).content.decode()
    owner.post(act, {"do": "send_back", "language": "en", "remark": "How long?"})
    assert "How long?" in agent.get(f"{URL}{version.article_id}/?lang=en").content.decode()
    agent.post(act, {"do": "submit", "language": "en"})
    owner.post(act, {"do": "publish", "language": "en"})
    (hit,) = agent.get(f"/c/{case.id}/saved/", headers=JSON).json()["hits"]
    assert (hit["title"], hit["suits"]) == ("Delayed bags", True)
    assert case.label in hit["text"]
    assert "{" not in hit["text"]


def test_what_was_typed_stays_when_it_is_refused(agent: Client):
    answer = agent.post(f"{URL}new/", {**WORDS, "reply": "Hi {customer.nam}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no {customer.nam}" in page
    assert "Hi {customer.nam}" in page
    assert not ArticleVersion.objects.exists()


def test_a_reply_stands_in_the_composer_after_ones_draft(agent, bob, case, reply):
    from hearwell.conversations import services as conversations

    conversations.save_draft(case.id, bob.id, "public", "So sorry.")
    page = agent.get(f"/c/{case.id}/?saved={reply.id}").content.decode()
    assert "So sorry.\n\nHi " in page
    gone = agent.get(f"/c/{case.id}/?saved={uuid4()}").content.decode()
    assert "no longer there" in gone
    assert agent.get(f"/c/{case.id}/?saved=x").status_code == 200


def test_without_scripts_it_is_a_page(agent: Client, case: Case, reply: ArticleVersion):
    page = agent.get(f"/c/{case.id}/saved/").content.decode()
    assert f"?saved={reply.id}" in page
    assert "Speaks of: bag, delayed" in page
    assert "No saved reply fits" in agent.get(f"/c/{case.id}/saved/?q=zzz").content.decode()


def test_taking_one_is_noted(agent: Client, case: Case, reply: ArticleVersion):
    assert agent.post(f"/c/{case.id}/saved/{reply.id}/taken/").status_code == 204
    assert Use.objects.get().case_id == case.id
    assert agent.post(f"/c/{case.id}/saved/{uuid4()}/taken/").status_code == 404


def test_a_macro_labels_takes_and_brings_its_reply(agent, alice, bob, workspace, case, reply):
    facts = MacroFacts(
        "Late bag",
        reply.article_id,
        ["bag", "late"],
        assign="me",
        close_reason="answered_elsewhere",
    )
    macro = services.save_macro(workspace.id, facts, by=alice)
    answer = agent.post(f"/c/{case.id}/macro/{macro.id}/", follow=True)
    page = answer.content.decode()
    assert set(CaseTag.objects.values_list("tag__name", flat=True)) == {"bag", "late"}
    case.refresh_from_db()
    assert (case.assignee_id, case.status) == (bob.id, "open")
    assert "we trace HW" in page
    assert f'name="then" value="{macro.id}"' in page
    assert "Done: reply" in page


def test_a_macro_without_a_reply_does_all_at_once(agent, alice, workspace, case):
    macro = services.save_macro(
        workspace.id, MacroFacts("Spam", tags=["spam"], close_reason="spam"), by=alice
    )
    agent.post(f"/c/{case.id}/macro/{macro.id}/")
    case.refresh_from_db()
    assert (case.status, case.closed_reason) == ("closed", "spam")


def test_a_macro_on_a_case_that_somebody_has_does_nothing(owner, agent, alice, workspace, case):
    owner.post(f"/c/{case.id}/claim/")
    macro = services.save_macro(workspace.id, MacroFacts("M", tags=["x"], assign="me"), by=alice)
    page = agent.post(f"/c/{case.id}/macro/{macro.id}/", follow=True).content.decode()
    assert "has taken this case" in page
    assert not CaseTag.objects.exists()


def test_a_macro_that_snoozes_does_nothing_to_a_case_that_was_closed(agent, alice, workspace, case):
    macro = services.save_macro(
        workspace.id, MacroFacts("M", tags=["x"], snooze="tomorrow"), by=alice
    )
    Case.objects.filter(id=case.id).update(status="closed")
    page = agent.post(f"/c/{case.id}/macro/{macro.id}/", follow=True).content.decode()
    assert "Nothing was done" in page
    assert not CaseTag.objects.filter(case_id=case.id).exists()


def test_macros_are_kept_and_refused_in_words(owner: Client, agent: Client):
    url = "/settings/macros/"
    assert agent.get(url).status_code == 403
    owner.post(f"{url}save/", {"name": "Late", "tags": "bag, late", "snooze": "tomorrow"})
    page = owner.get(url).content.decode()
    assert 'value="bag, late"' in page
    refused = owner.post(f"{url}save/", {"name": "Nothing"})
    assert refused.status_code == 422
    assert "does nothing yet" in refused.content.decode()


def test_the_help_page_shows_what_is_public_to_strangers(client, workspace, reply):
    page = client.get(f"/help/{workspace.slug}/").content.decode()
    assert "Delayed bags" in page
    article = client.get(f"/help/{workspace.slug}/{reply.article.slug}/").content.decode()
    assert "We trace it." in article
    assert "we trace HW" not in article
    found = client.get(f"/help/{workspace.slug}/?q=zzz").content.decode()
    assert "Nothing is written about “zzz” yet" in found
    assert client.get("/help/nobody/").status_code == 404
    assert client.get(f"/help/{workspace.slug}/nothing/").status_code == 404


def test_where_nothing_is_public_there_is_no_help_page(client: Client, workspace: Workspace):
    for url in (f"/help/{workspace.slug}/", f"/help/{workspace.slug}/?q=anything"):
        assert client.get(url).status_code == 404


def test_pages_stay_within_their_queries(owner, agent, bob, alice, workspace, case, reply):
    for n in range(8):
        words = Words("en", f"Article {n}", "body", "reply")
        version = services.begin_article(workspace.id, words, by=bob)
        services.approve(version.id, by=alice)
    for client, url in (
        (owner, URL), (agent, f"/c/{case.id}/saved/"), (owner, "/settings/macros/"),
        (owner, f"{URL}{reply.article_id}/"),
    ):  # fmt: skip
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        assert len(found) <= 24, url  # 15 of the page, and what opens and scopes a request


def test_suggestions_say_why_are_hidden_and_come_back(agent, bob, case, reply):
    page = agent.get(f"/c/{case.id}/suggested/").content.decode()
    assert "Delayed bags" in page
    assert "Speaks of" in page
    hide = {"kind": "article", "id": str(reply.id)}
    page = agent.post(f"/c/{case.id}/suggested/hide/", hide, headers=HTMX).content.decode()
    assert "Hidden here" in page
    assert "Delayed bags" not in page
    page = agent.post(f"/c/{case.id}/suggested/again/", headers=HTMX).content.decode()
    assert "Delayed bags" in page
    assert agent.post(f"/c/{case.id}/suggested/hide/", hide).status_code == 302
    unknown, asked = str(uuid4()), str(case.messages.get().id)
    for wrong in (
        {"kind": "article", "id": unknown},
        {"kind": "article", "id": "x"},
        {"kind": "answer", "id": unknown},
        {"kind": "answer", "id": asked},
        {},
    ):
        assert agent.post(f"/c/{case.id}/suggested/hide/", wrong).status_code == 404


def test_a_past_answer_comes_without_what_was_its_customers(agent, bob, workspace, case):
    from hearwell.conversations import services as conversations

    earlier = make_case("My delayed bag, where is it? I wait", make_channel())
    text = "@lenavik_nw Hello Lena, we call +47 912 34 567. The desk on floor two has your bag. ^BB"
    sent = make_reply(earlier, text)
    remember_answers([ReplySent(workspace.id, earlier.id, sent.id, sent.channel_id, sent.sent_at)])
    conversations.close(earlier.id, "solved", bob.id)
    hits = agent.get(f"/c/{case.id}/saved/", headers=JSON).json()["hits"]
    assert [hit["text"] for hit in hits] == [
        "Hello Lena, we call …. The desk on floor two has your bag."
    ]
    assert hits[0]["why"] == "To a question like this one"
    page = agent.get(f"/c/{case.id}/?past={sent.id}").content.decode()
    assert "The desk on floor two has your bag." in page
    assert "912 34" not in page  # three digits may be in an id
    assert "no longer there" in agent.get(f"/c/{case.id}/?past={uuid4()}").content.decode()
