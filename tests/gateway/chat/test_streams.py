"""The open chat: answers as they are sent, who is there, and what was missed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest

from hearwell.accounts.models import User
from hearwell.accounts.services import add_member
from hearwell.channels.queries import account_of
from hearwell.connect import failures
from hearwell.connect.model import Audience, Draft
from hearwell.connect.registry import connector_for
from hearwell.connectors.webchat.connector import WebchatConnector
from hearwell.conversations.models import Case
from hearwell.gateway import presence
from hearwell.gateway.app import end_streams
from hearwell.kit.scope import scope
from hearwell.webchat.models import Visitor
from tests.gateway.chat.conftest import PAGE, Chat, Guest
from tests.gateway.conftest import Server
from tests.gateway.watching import Desk, Watcher, new_desk, say, signed_in, watching

pytestmark = pytest.mark.django_db(transaction=True)


def draft(guest: Guest, text: str) -> Draft:
    visitor = guest.told["visitor"]["id"]
    return Draft(
        text=text,
        audience=Audience.PRIVATE,
        account=guest.chat.channel.external_id,
        thread_key=f"chat:{visitor}",
    )


def texts(page: Watcher) -> list[str]:
    return [line["text"] for told in page.named("lines") for line in told["lines"]]


def connector() -> WebchatConnector:
    found = connector_for("webchat")
    assert isinstance(found, WebchatConnector)
    return found


def test_an_answer_is_there_at_once_and_only_once(chat: Chat) -> None:
    guest, account = chat.come(), account_of(chat.channel)
    guest.say("Hello?")
    with guest.watching(after=1) as page, guest.watching() as other_page:
        sent = connector().send(account, draft(guest, "Hi Lena"), "key-1")
        assert connector().send(account, draft(guest, "Hi Lena"), "key-1") == sent
        page.until(lambda: page.named("lines"))
        other_page.until(lambda: len(texts(other_page)) == 2)
    assert texts(page) == ["Hi Lena"]
    assert texts(other_page) == ["Hello?", "Hi Lena"]
    assert guest.texts() == ["Hello?", "Hi Lena"]


def test_what_was_said_meanwhile_is_told_on_coming_back(chat: Chat) -> None:
    guest = chat.come()
    guest.say("Hello?")
    connector().send(account_of(chat.channel), draft(guest, "while you were away"), "k")
    with guest.watching(after=1) as page:
        page.until(lambda: page.named("lines"))
    assert page.named("lines")[0]["lines"][0]["text"] == "while you were away"


def test_an_answer_never_reaches_another_site_s_visitor(chat: Chat) -> None:
    guest = chat.come()
    account = account_of(chat.channel)
    other = replace(account, external_id="www.contoso.example")
    with pytest.raises(failures.TargetGone):
        connector().send(other, replace(draft(guest, "x"), account="www.contoso.example"), "k")
    for thread in (f"chat:{uuid4()}", "chat:x"):
        with pytest.raises(failures.TargetGone):
            connector().send(account, replace(draft(guest, "x"), thread_key=thread), "k")
    assert guest.texts() == []


def test_a_page_that_opens_its_stream_again_and_again_is_slowed_down(chat: Chat) -> None:
    """Each opening reads, writes and tells every process that somebody has come and gone."""
    guest = chat.come()
    url = f"{chat.url}/chat/{chat.endpoint.token}/stream"
    headers = {"origin": PAGE, "authorization": f"Bearer {guest.token}"}
    statuses = []
    for _ in range(400):  # while a slow machine opens them, more become free
        if statuses and statuses[-1] == 429:
            break
        with httpx.Client(timeout=20) as client, client.stream("GET", url, headers=headers) as got:
            statuses.append(got.status_code)
            late = dict(got.headers)
    assert statuses[:8] == [200] * 8
    assert statuses[-1] == 429
    assert int(late["retry-after"]) > 0


def test_no_stream_without_a_session_or_from_another_page(chat: Chat) -> None:
    guest = chat.come()
    assert Guest(chat).call("GET", "stream").status_code == 401
    assert (
        Guest(chat, guest.token, origin="https://evil.example").call("GET", "stream").status_code
        == 403
    )


def test_visitor_and_team_see_each_other(chat: Chat, server: Server) -> None:
    guest = chat.come(identity=chat.identity(name="Lena Vik"))
    guest.say("Hello?")
    chat.take_in()
    user = User.objects.create_user("bob@example.com", "correct horse", name="Bob")
    add_member(chat.workspace, user, "agent")
    desk = Desk(chat.workspace, user, signed_in(user), chat.channel)
    with scope(chat.workspace.id):
        case_id = Case.objects.get().id
    stranger = new_desk("Contoso")
    with watching(server, desk) as screen, watching(server, stranger) as elsewhere:
        with guest.watching() as page:
            screen.until(lambda: screen.named("presence"))
            guest.call("POST", "typing", json={"on": True})
            screen.until(lambda: screen.named("presence")[-1]["people"][0]["doing"] == "writing")
            person = screen.named("presence")[-1]["people"][0]
            assert (person["name"], person["kind"]) == ("Lena Vik", "visitor")
            assert say(server, desk, case_id, "writing") == 204
            page.until(lambda: {"here": True, "writing": True} in page.named("team"))
            say(server, desk, case_id, "gone")
            page.until(lambda: not page.named("team")[-1]["here"])
        screen.until(lambda: screen.named("presence")[-1]["people"] == [])
    assert elsewhere.named("presence") == []
    with scope(chat.workspace.id):
        assert Visitor.objects.get().left_at
    assert presence.EXPIRES_AFTER_S > 15


def test_the_server_ends_open_chats_when_it_is_told_to_stop(chat: Chat, server: Server) -> None:
    with chat.come().watching() as page:
        end_streams()
        page.until(lambda: page.is_closed)


def test_the_script_says_nothing_of_any_site(chat: Chat) -> None:
    url = f"{chat.url}/chat/{chat.endpoint.token}/widget.js"
    got = httpx.get(url)
    assert got.status_code == 200
    assert got.headers["content-type"].startswith("text/javascript")
    assert got.headers["access-control-allow-origin"] == "*"
    again = httpx.get(url, headers={"if-none-match": got.headers["etag"]})
    assert again.status_code == 304
    assert httpx.get(f"{chat.url}/chat/{chat.endpoint.token}/other.js").status_code in {403, 404}
    assert PAGE not in got.text
    assert isinstance(UUID(chat.come().told["visitor"]["id"]), UUID)
