"""The listening pages and what a heard case looks like: roles, preview, judging, answering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse

from hearwell.accounts.models import AuditRow, User
from hearwell.channels.models import Channel, StreamCursor
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.listening.models import Hit, Term, TermDay
from hearwell.listening.queries import searches_of
from hearwell.listening.services import TermFacts, let_answer, save_term, switch_term
from hearwell.sla import services as sla
from hearwell.triage import services as triage
from tests import factories
from tests.characters import _member

HOME = "/settings/listening/"
FORM = {
    "name": "Northwind",
    "kind": "name",
    "phrases": "Northwind\nNordwind",
    "exclusions": "Northwind Traders",
    "languages": "en, de",
    "act": "save",
}


@pytest.fixture
def html() -> Callable[[HttpResponse], str]:
    """A page as text."""
    return lambda response: response.content.decode()


@pytest.fixture
def term(workspace, alice: User) -> Term:
    facts = TermFacts(name="Northwind", exclusions=("Northwind Traders",))
    return save_term(workspace.id, facts, by=alice)


@pytest.fixture
def channel(workspace) -> Channel:
    sla.ensure_defaults(workspace)
    return factories.make_channel()


def heard(channel: Channel, term: Term, text: str = "Northwind lost my bag <b>again</b>") -> Case:
    """Lena said something that names us, and the term found it."""
    item = factories.make_item(text)
    people = factories.contacts.identify(channel.workspace_id, channel.network, [item.author])
    stages = {item.external_id: "named"}
    threads = conversations.thread(channel, [item], people, stages=stages)
    (message,) = conversations.record_inbound(channel, [item], threads, people)
    conversations.stage_cases(channel.workspace_id, [message])
    conversations.apply_verdicts(triage.assess([message]), is_owed=False)
    Hit.objects.create(
        workspace_id=channel.workspace_id,
        term=term,
        channel_id=channel.id,
        remote_id=message.remote_id,
        outcome="hit",
        message_id=message.id,
        case_id=message.case_id,
        said_at=message.sent_at,
    )
    return Case.objects.get(id=message.case_id)


def left_out(channel: Channel, term: Term, text: str = "Northwind Traders has new cheese") -> Hit:
    return Hit.objects.create(
        workspace_id=channel.workspace_id,
        term=term,
        channel_id=channel.id,
        remote_id=str(uuid7()),
        outcome="excluded",
        text=text,
        author_name="Kim",
        said_at=now() - timedelta(hours=1),
    )


# --- who may see it ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["lead", "agent", "viewer"])
def test_only_owners_and_admins_see_the_terms(signed_in, workspace, term, role):
    client = signed_in(_member(workspace, f"Ella {role}", role, "EE"))
    for url in (HOME, f"{HOME}new/", f"{HOME}{term.id}/"):
        assert client.get(url).status_code == 403
    for url in (f"{HOME}new/", f"{HOME}{term.id}/", f"{HOME}{term.id}/switch/", f"{HOME}answers/"):
        assert client.post(url, FORM).status_code == 403


def test_an_admin_keeps_terms_and_cannot_allow_answers(signed_in, workspace, term, html):
    admin = signed_in(_member(workspace, "Ella Ek", "admin", "EE"))
    page = html(admin.get(HOME))
    assert "Northwind" in page
    assert "Only an owner of the workspace can change this." in page
    assert "Allow these answers" not in page
    assert admin.post(f"{HOME}answers/", {"act": "allow"}).status_code == 403


def test_an_owner_allows_answers_and_stops_them(owner, term, html):
    page = html(owner.post(f"{HOME}answers/", {"act": "allow"}, follow=True))
    assert "Answers are allowed." in page
    assert "Stop these answers" in page
    assert AuditRow.objects.filter(action="listening.answers_allowed").count() == 1
    page = html(owner.post(f"{HOME}answers/", {"act": "stop"}, follow=True))
    assert "Allow these answers" in page


# --- terms ---------------------------------------------------------------------------------------


def test_a_term_is_added_changed_and_switched_off(owner, workspace, html):
    assert "We only hear who addresses us." in html(owner.get(HOME))
    owner.post(f"{HOME}new/", FORM)
    term = Term.objects.get()
    assert (term.phrases, term.languages) == (["Northwind", "Nordwind"], ["de", "en"])
    url = f"{HOME}{term.id}/"
    page = html(owner.get(url))
    assert "Northwind\nNordwind" in page
    assert "version 1" in page

    owner.post(url, FORM | {"is_common": "1", "helps": "bag, flight"})
    term.refresh_from_db()
    assert (term.version, term.is_common, term.helps) == (2, True, ["bag", "flight"])
    owner.post(url, FORM | {"is_common": "1", "helps": "bag, flight"})
    term.refresh_from_db()
    assert term.version == 2, "nothing changed"

    assert "is off" in html(owner.post(f"{url}switch/", {"act": "off"}, follow=True))
    term.refresh_from_db()
    assert not term.is_active
    assert "Switch on" in html(owner.get(HOME))


def test_a_term_that_cannot_be_is_refused_with_what_was_typed(owner, workspace, html):
    response = owner.post(f"{HOME}new/", FORM | {"exclusions": "northwind"})
    assert response.status_code == 422
    page = html(response)
    assert "nothing would be found" in page
    assert "Nordwind" in page
    assert not Term.objects.exists()


def test_a_preview_saves_nothing_and_shows_what_would_change(owner, channel, term, html):
    heard(channel, term)
    left_out(channel, term)
    url = f"{HOME}{term.id}/"
    page = html(owner.post(url, FORM | {"exclusions": "", "act": "preview"}))
    assert "Nothing is saved yet" in page
    assert "Taken in 2" in page
    assert "Excluded 0" in page
    term.refresh_from_db()
    assert term.exclusions == ["Northwind Traders"]
    assert 'name="verdict"' not in page, "who judged here would lose what they typed"


def test_the_newest_posts_are_shown_with_their_words_marked_and_why(owner, channel, term, html):
    heard(channel, term)
    left_out(channel, term)
    page = html(owner.get(f"{HOME}{term.id}/"))
    assert "the last 2 posts we know of" in page
    assert "<mark>Northwind</mark> lost my bag &lt;b&gt;again&lt;/b&gt;" in page
    page = html(owner.get(f"{HOME}{term.id}/?show=excluded"))
    assert "<mark>Northwind Traders</mark> has new cheese" in page
    assert "“Northwind Traders” is excluded" in page


def test_a_post_is_judged_and_the_list_counts_it(owner, channel, term, html):
    heard(channel, term)
    TermDay.objects.create(workspace_id=channel.workspace_id, term=term, day=now().date(), taken=1)
    hit = Hit.objects.get()
    url = f"{HOME}{term.id}/judge/{hit.id}/"
    response = owner.post(url, {"verdict": "yes", "show": "hit"})
    assert response["Location"].endswith(f"?show=hit#post-{hit.id}")
    page = html(owner.get(HOME))
    assert "1 of 1" in page
    assert "1 judged, surely between 21 and 100" in page
    owner.post(url, {"verdict": "none"})
    assert "nobody has judged its hits yet" in html(owner.get(HOME))
    assert owner.post(url, {"verdict": "perhaps"}).status_code == 404


def test_the_pages_ask_little_however_much_there_is(owner, channel, term, budget, alice, workspace):
    for number in range(30):
        save_term(workspace.id, TermFacts(name=f"Product {number}"), by=alice)
        left_out(channel, term, f"Northwind Traders {number}")
        heard(channel, term, f"Northwind {number}")
    owner.get(HOME)
    with budget(15):
        owner.get(HOME)
    with budget(15):
        owner.get(f"{HOME}{term.id}/")


# --- in the inbox --------------------------------------------------------------------------------


def test_a_row_and_a_case_show_their_stage(agent, channel, term, html):
    case = heard(channel, term)
    assert "They named us and did not address us" in html(agent.get("/inbox/q/heard/"))
    page = html(agent.get(f"/c/{case.id}/"))
    assert "They named us and did not address us" in page
    assert "Not about us" in page
    assert "to nobody, found by its words" in page


def test_what_nobody_addressed_to_us_is_not_counted_as_unanswered(agent, channel, term, html):
    heard(channel, term)
    assert "Nobody waits for an answer." in html(agent.get("/inbox/"))


def test_a_case_that_was_addressed_to_us_says_so_and_has_no_such_button(agent, channel, html):
    (message,) = factories.receive(channel, [factories.make_item()])
    page = html(agent.get(f"/c/{message.case_id}/"))
    assert "They addressed us" in page
    assert "Not about us" not in page


def test_the_composer_says_why_nothing_goes_out_and_who_can_change_that(
    agent, alices, alice, channel, term, html, budget
):
    case = heard(channel, term)
    agent.get(f"/c/{case.id}/")
    with budget(15):
        page = html(agent.get(f"/c/{case.id}/"))
    assert "They did not address us, so we do not answer" in page
    assert "Alice Adams can allow it" in page
    assert "Post publicly" not in page
    assert "Add note" in page

    let_answer(alices, alice, is_allowed=True)
    page = html(agent.get(f"/c/{case.id}/"))
    assert "Post publicly" in page
    assert "so we do not answer" not in page


def test_the_server_refuses_what_the_screen_does_not_offer(agent, channel, term, html):
    case = heard(channel, term)
    form = {
        "text": "Hello!", "audience": "public", "version": case.version, "key": str(uuid7()),
        "confirm": "1",
    }  # fmt: skip
    response = agent.post(f"/c/{case.id}/reply/", form)
    assert response.status_code == 422
    assert "so we do not answer" in html(response)


def test_not_about_us_closes_the_case_and_reopening_takes_it_back(agent, channel, term, html):
    case = heard(channel, term)
    agent.post(f"/c/{case.id}/close/", {"reason": "not_about_us", "version": case.version})
    page = html(agent.get(f"/c/{case.id}/"))
    assert "Not about us" in page
    assert Hit.objects.get().is_about_us is False
    agent.post(f"/c/{case.id}/reopen/")
    assert Hit.objects.get().is_about_us is None


def test_a_term_that_was_off_is_on_again(owner, workspace, alice, term, html):
    switch_term(workspace.id, term.id, is_active=False, by=alice)
    page = html(owner.post(f"{HOME}{term.id}/switch/", {"act": "on"}, follow=True))
    assert "We listen for “Northwind” again." in page


def test_a_failed_search_stands_beside_its_term(owner, term, channel, html):
    (search,) = [one for one in searches_of(channel) if one.words == "Northwind"][:1]
    StreamCursor.objects.create(
        workspace_id=channel.workspace_id,
        channel=channel,
        stream=search.stream,
        failure_code="needs_reauth",
        failure_message="The connection to this account has expired. Please reconnect it.",
        failing_since=now() - timedelta(hours=2),
    )
    page = html(owner.get(HOME))
    assert "The connection to this account has expired" in page
    assert "Connect the account again." in page
    assert f"/settings/networks/{channel.id}/" in page
    assert "2 h" in page
    StreamCursor.objects.update(failing_since=None)
    assert "has expired" not in html(owner.get(HOME))
