"""Our own chat in the settings and at a case: what to paste, and whether the visitor is there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow
from hearwell.accounts.scoping import scope
from hearwell.channels.models import Channel, Endpoint
from hearwell.channels.services import connect_channel, disconnect
from hearwell.connect.model import Audience, Author, MessageKind
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Conversation, Message
from hearwell.conversations.services import OutboundMessage
from hearwell.kit.clock import now
from hearwell.webchat import queries, services
from hearwell.webchat.models import Visitor
from tests.factories import make_item, receive

FORM = "/settings/networks/connect/webchat/"
TYPED = {
    "given-origins": "https://www.northwind.example",
    "given-title": "Ask us",
    "brand": "Northwind",
    "purpose": "care",
}


@pytest.fixture
def chat(owner, workspace) -> Channel:
    """A chat, connected in the browser."""
    assert owner.post(FORM, TYPED).status_code == 302
    return Channel.objects.get(network="webchat")


def test_it_is_connected_by_a_form_and_shows_what_to_paste(owner, workspace, html):
    assert "nothing would come in" not in html(owner.get(FORM))  # nobody has to reach us by name
    answer = owner.post(FORM, TYPED)
    assert answer.status_code == 302
    page = html(owner.get(answer.url))
    token = Endpoint.objects.get().token
    assert f"/chat/{token}/widget.js" in page
    channel = Channel.objects.get(network="webchat")
    assert channel.external_id == channel.handle == "www.northwind.example"


def test_an_address_that_is_none_is_told_at_its_field(owner, workspace, html):
    answer = owner.post(FORM, {**TYPED, "given-origins": "*.northwind.example"})
    assert answer.status_code == 422
    assert "no patterns" in html(answer)
    assert not Channel.objects.exists()


def test_the_secret_is_shown_once_and_the_address_of_the_hooks_never(owner, chat, html):
    url = f"/settings/networks/{chat.id}/"
    page = html(owner.get(url))
    assert "New signing secret" in page
    assert "Webhook address" not in page
    shown = html(owner.post(f"{url}state/", {"act": "rotate"}))
    secret = re.search(r"<code class=\"anywhere\">([^<]+)</code>", shown)
    assert secret
    assert secret.group(1) not in html(owner.get(url))


def test_it_can_be_tried_by_those_who_may_connect_until_it_is_gone(owner, client, bob, chat, html):
    url = f"/settings/networks/{chat.id}/try/"
    assert "<hearwell-chat" in html(owner.get(url))
    client.force_login(bob)
    assert client.get(url).status_code == 403
    disconnect(chat)
    assert owner.get(url).status_code == 404


def test_only_a_chat_can_be_tried(owner, channel):
    assert owner.get(f"/settings/networks/{channel.id}/try/").status_code == 404


def wrote(chat: Channel, **facts: object) -> tuple[Visitor, str]:
    """A visitor who has written; returns them and the address of their case."""
    visitor = Visitor.objects.create(workspace_id=chat.workspace_id, channel_id=chat.id, **facts)
    item = make_item(
        "Where is my bag?",
        kind=MessageKind.CHAT,
        audience=Audience.PRIVATE,
        thread_key=f"chat:{visitor.id}",
        account=chat.external_id,
        author=Author(str(visitor.id), "", "Lena Vik"),
    )
    (message,) = receive(chat, [item])
    return visitor, f"/c/{message.case_id}/"


def test_the_case_says_whether_the_visitor_is_there(owner, chat, html):
    visitor, url = wrote(chat)
    assert "Lena Vik has the chat open." in html(owner.get(url))
    services.note_here(visitor.workspace_id, visitor.id, has_left=True)
    assert "Lena Vik has the chat open." not in html(owner.get(url))
    services.note_here(visitor.workspace_id, visitor.id)
    assert "Lena Vik has the chat open." in html(owner.get(url))
    Visitor.objects.update(seen_at=now() - timedelta(minutes=12))
    page = html(owner.get(url))
    assert "Lena Vik left the chat 12 min ago." in page
    assert "They left no e-mail address" in page
    services.introduce(visitor, email="lena@example.com")
    page = html(owner.get(url))
    assert "the e-mail address they gave is lena@example.com" in page
    assert 'href="mailto:lena@example.com"' in page
    services.introduce(visitor, email="x?bcc=a@b.example")
    assert 'href="mailto:x%3Fbcc%3Da@b.example"' in html(owner.get(url))


def test_the_visitor_costs_a_chat_s_page_one_query_and_no_other_page_any(owner, chat, channel):
    _, url = wrote(chat)
    (message,) = receive(channel, [make_item("Elsewhere")])
    asked = []
    for address in (url, f"/c/{message.case_id}/"):
        with CaptureQueriesContext(connection) as queries:
            owner.get(address)
        asked.append(sum("webchat_visitor" in one["sql"] for one in queries))
    assert asked == [1, 0]


def test_another_workspace_s_visitor_is_nobody(workspace, other_workspace, chat):
    visitor, _ = wrote(chat)
    with scope(other_workspace.id):
        assert not Visitor.objects.filter(id=visitor.id).exists()


def mailbox_of(workspace_id: object, address: str = "care@northwind.example") -> Channel:
    """A mailbox for care."""
    return connect_channel(
        workspace_id=workspace_id,
        network="email",
        handle=address,
        external_id=address,
        brand="Northwind",
        settings={"address": address},
        scopes=["read", "write"],
    )


def left(chat: Channel, **facts: object) -> tuple[Visitor, str]:
    """A visitor who has written, left an address and gone."""
    visitor, url = wrote(chat, email="lena@example.com", **facts)
    services.note_here(visitor.workspace_id, visitor.id, has_left=True)
    return visitor, url


def test_the_agent_reads_which_way_an_answer_will_go(owner, chat, html):
    _, url = left(chat)
    page = html(owner.get(url))
    assert "An answer waits in the chat" in page
    assert "Connect a mailbox, and answers go on by e-mail" in page
    mailbox = mailbox_of(chat.workspace_id)
    page = html(owner.get(url))
    assert (
        "Your answer goes into the chat and, if it is not read there within 2 minutes, by e-mail"
        " from care@northwind.example to the address they gave, lena@example.com." in page
    )
    assert "visitor-mail" not in page
    Channel.objects.filter(id=mailbox.id).update(purpose="brand")
    assert "An answer waits in the chat" in html(owner.get(url))


def test_an_agent_is_not_sent_to_settings_that_are_closed_to_them(client, bob, chat, html):
    _, url = left(chat)
    client.force_login(bob)
    page = html(client.get(url))
    assert "An answer waits in the chat" in page
    assert "visitor-hint" not in page


def test_a_chat_s_page_keeps_to_the_number_of_queries_of_every_case(owner, chat, budget):
    mailbox_of(chat.workspace_id)
    _, url = left(chat)
    owner.get(url)
    with budget(12):
        page = owner.get(url, headers={"hx-request": "true"})
    assert b"by e-mail" in page.content


def test_how_answers_go_on_is_chosen_on_the_account_s_page(owner, chat, html):
    url = f"/settings/networks/{chat.id}/"
    assert "No mailbox is connected for care" in html(owner.get(url))
    mailbox = mailbox_of(chat.workspace_id)
    assert "No mailbox is connected for care" not in html(owner.get(url))
    chosen = {"is_on": "1", "minutes": "5", "mailbox": str(mailbox.id)}
    assert owner.post(f"{url}onward/", chosen).status_code == 302
    onward = queries.onward_of(chat.workspace_id, chat.id)
    assert (onward.is_on, onward.wait_s, onward.mailbox_id) == (True, 300, mailbox.id)
    assert "selected" in html(owner.get(url))
    owner.post(f"{url}onward/", {"minutes": "5"})
    onward = queries.onward_of(chat.workspace_id, chat.id)
    assert (onward.is_on, onward.mailbox_id) == (False, None)
    assert AuditRow.objects.filter(action="channel.onward").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": "0"},
        {"minutes": "100000"},
        {"minutes": "x"},
        {"minutes": "2", "mailbox": "x"},
        {"minutes": "2", "mailbox": "7f0e2a54-5f0f-4b1a-9c57-1d2e3f405162"},
    ],
)
def test_a_choice_that_is_none_changes_nothing_and_says_so(owner, chat, html, wrong):
    url = f"/settings/networks/{chat.id}/"
    page = html(owner.post(f"{url}onward/", {"is_on": "1", **wrong}, follow=True))
    assert "Nothing was changed." in page
    assert not AuditRow.objects.filter(action="channel.onward").exists()


def test_only_those_who_may_connect_choose_and_only_for_a_chat(owner, client, bob, chat, channel):
    assert owner.post(f"/settings/networks/{channel.id}/onward/", {}).status_code == 404
    client.force_login(bob)
    assert client.post(f"/settings/networks/{chat.id}/onward/", {}).status_code == 403


def test_the_thread_says_which_way_the_answer_went(owner, chat, html):
    visitor, url = left(chat)
    mailbox = mailbox_of(chat.workspace_id)
    case = Conversation.objects.get(channel_id=chat.id).case
    home = conversations.join(mailbox, case, "threadofamailthread2", "private")
    said = OutboundMessage(
        conversation_id=home.id,
        remote_id="ours@northwind.example",
        text="We have found it.\n\nYou get this e-mail because",
        sent_at=now(),
        audience="private",
        kind="mail",
        is_automatic=True,
        about={"handed_over": {"to": visitor.email, "name": "Lena Vik"}},
    )
    message = conversations.record_outbound(said)
    page = html(owner.get(url))
    assert "Sent by e-mail to l…@example.com, because Lena Vik had left the chat" in page
    assert "You get this e-mail because" not in page
    Message.objects.filter(id=message.id).update(receipt="failed")
    assert "could not be delivered: the answer waits in the chat" in html(owner.get(url))
