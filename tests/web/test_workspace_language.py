"""A workspace has a language for those who chose none: person, workspace, browser, English."""

from __future__ import annotations

import pytest
from django.core import mail

from hearwell.accounts.languages import language_at, language_for
from hearwell.accounts.models import AuditRow, Workspace
from hearwell.accounts.services import BadLanguageError, set_language
from hearwell.accounts.services.invitations import invite_member
from hearwell.knowledge import services
from hearwell.knowledge.services import Words
from tests.web.test_wall import made

AR = {"accept-language": "ar"}
HTML = '<html lang="{}"'


@pytest.fixture
def german(workspace, alice) -> Workspace:
    set_language(workspace, "de", by=alice)
    return workspace


def language(answer) -> str:
    return answer.content.decode().partition('<html lang="')[2][:2]


def test_the_order_is_person_workspace_browser_english(agent, bob, workspace, alice):
    assert language(agent.get("/inbox/")) == "en"
    assert language(agent.get("/inbox/", headers=AR)) == "ar"
    set_language(workspace, "de", by=alice)
    assert language(agent.get("/inbox/", headers=AR)) == "de"
    bob.preferences = {"language": "en"}
    bob.save()
    assert language(agent.get("/inbox/", headers=AR)) == "en"
    bob.preferences = {"language": "tlh"}
    bob.save()
    assert language(agent.get("/inbox/", headers=AR)) == "de"


def test_it_is_chosen_in_the_settings_audited_and_holds_at_once(owner, workspace, budget):
    with budget(15):
        page = owner.get("/settings/general/").content.decode()
    assert "As each browser wishes" in page
    page = owner.post("/settings/general/", {"language": "de"}, follow=True).content.decode()
    assert HTML.format("de") in page
    assert "Gespeichert." in page
    owner.post("/settings/general/", {"language": "de"})
    (row,) = AuditRow.objects.filter(action="workspace.language")
    assert (row.before, row.after) == ({"language": ""}, {"language": "de"})
    owner.post("/settings/general/", {"language": ""})
    workspace.refresh_from_db()
    assert (workspace.language, language_at(workspace.id)) == ("", "")


def test_what_is_no_language_of_ours_is_refused(owner, agent, workspace, alice):
    answer = owner.post("/settings/general/", {"language": "tlh"})
    assert answer.status_code == 422
    assert "Choose a language from the list" in answer.content.decode()
    with pytest.raises(BadLanguageError):
        set_language(workspace, "xx", by=alice)
    assert language_at(workspace.id) == ""
    assert agent.post("/settings/general/", {"language": "de"}).status_code == 403


def test_another_workspace_keeps_its_own(german, other_workspace, bob):
    assert language_for(bob, german) == "de"
    assert language_for(bob, other_workspace) == ""


def test_who_is_invited_reads_the_workspaces_language_from_the_link_on(client, german, alice):
    _invitation, secret = invite_member(
        german, email="nia@example.com", name="Nia New", role="agent", by=alice
    )
    assert language(client.get(f"/login/link/{secret}/", headers=AR)) == "de"
    client.post(f"/login/link/{secret}/", headers=AR)
    assert language(client.get("/inbox/", headers=AR)) == "de"


def test_a_letter_about_the_account_is_in_the_language_of_who_gets_it(client, german, bob):
    client.post("/account/password/reset/", {"email": bob.email}, headers=AR)
    (letter,) = mail.outbox
    assert "Passwort" in letter.subject
    bob.preferences = {"language": "en"}
    bob.save()
    client.post("/account/password/reset/", {"email": bob.email}, headers=AR)
    assert "Password" in mail.outbox[1].subject


def test_the_help_page_and_its_articles_follow_the_order(client, german, alice, bob):
    english = services.begin_article(
        german.id, Words("en", "Delayed bags", "We trace it."), by=bob, is_public=True
    )
    services.approve(english.id, by=alice)
    draft = services.write(
        english.article_id, Words("de", "Verspätetes Gepäck", "Wir suchen es."), by=bob
    )
    services.approve(draft.id, by=alice)
    german.refresh_from_db()
    pages = (f"/help/{german.slug}/", f"/help/{german.slug}/{english.article.slug}/")
    for url in pages:
        for wish, title in (("fr", "Verspätetes Gepäck"), ("en-GB", "Delayed bags")):
            answer = client.get(url, headers={"accept-language": wish})
            assert language(answer) == "de", "the frame"
            assert title in answer.content.decode()
    set_language(german, "", by=alice)
    assert language(client.get(pages[0], headers=AR)) == "ar"


def test_a_screen_that_nobody_is_signed_in_at_speaks_it_too(owner, client, german):
    url = made(owner)
    assert language(client.get(url, headers=AR)) == "de"
