"""Who could make what of letters that go on from a chat to whatever address somebody typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from hearwell.channels.models import ChannelHealth
from hearwell.connectors.email.reading import read
from hearwell.conversations.models import Case, CaseLog
from hearwell.inbox import onward
from hearwell.kit.scope import scope
from hearwell.webchat import services
from hearwell.webchat.models import Line, Visitor
from tests.domain.email.chats import Chat, writes
from tests.domain.email.conftest import CUSTOMER


def another(chat: Chat, text: str = "Hello?", name: str = "", email: str = CUSTOMER) -> Case:
    """Somebody comes, leaves an address, which anybody can type, and goes."""
    with scope(chat.ws):
        visitor = services.arrive(chat.ws, chat.channel.id, None)
        services.introduce(visitor, name=name, email=email)
        home = writes(chat.channel, visitor.id, text)
        services.note_here(chat.ws, visitor.id, has_left=True)
        return Case.objects.get(id=home)


def test_nobody_is_sent_letters_without_end_by_whoever_types_their_address(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onward, "MOST_LETTERS_TO_ONE", 2)
    for address in (CUSTOMER, CUSTOMER.upper(), CUSTOMER):
        chat.desk.answers(another(chat, email=address), "Yes?")
    chat.desk.answers(another(chat, email="mads@example.test"), "Yes?")
    assert chat.wait() == 3
    assert sorted(one.draft["to"]["external_id"] for one in chat.mails()) == [
        CUSTOMER, CUSTOMER, "mads@example.test",
    ]  # fmt: skip
    with scope(chat.ws):
        line = CaseLog.objects.get(verb=onward.REFUSED)
        assert "as many letters today" in line.data["message"]
        Line.objects.update(went_at=F("went_at") - timedelta(days=2))
    chat.answers()
    assert chat.wait() == 1


def test_a_chat_sends_so_many_letters_an_hour_and_the_others_later(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onward, "MOST_LETTERS_AN_HOUR", 1)
    for number in range(2):
        chat.desk.answers(another(chat, email=f"p{number}@example.test"), "Yes?")
    assert chat.wait() == 1
    assert chat.wait(11) == 0
    with scope(chat.ws):
        Line.objects.update(went_at=F("went_at") - timedelta(hours=2))
    assert chat.wait(11) == 1


def test_a_stranger_s_words_are_no_line_in_somebody_s_mailbox(chat: Chat) -> None:
    case = another(
        chat,
        "Win at https://evil.example/now or evil.example, or ask m@evil.example ! Thanks.",
        name="Claim your prize at evil.example",
    )
    chat.desk.answers(case, "See https://northwind.example/help")
    assert chat.wait() == 1
    chat.sends()
    (body,) = chat.desk.sent()
    assert b"evil" not in body
    assert b"prize" not in body
    said = read(body).full_text
    assert "> You: Win at […] or […] or ask […] ! Thanks." in said
    assert "https://northwind.example/help" in said


def test_whom_the_site_has_named_is_called_so(chat: Chat) -> None:
    with scope(chat.ws):
        Visitor.objects.update(is_proven=True)
    chat.answers("Yes.")
    chat.wait()
    chat.sends()
    assert read(chat.desk.sent()[0]).to[0].name == "Lena Vik"


def test_what_could_not_be_sent_for_two_days_is_told_to_the_case(chat: Chat) -> None:
    with scope(chat.ws):
        ChannelHealth.objects.filter(channel__network="email").update(state="bad")
    chat.answers()
    assert chat.wait() == 0
    assert onward.REFUSED not in chat.log()
    assert chat.wait(3 * 24 * 60) == 0
    assert onward.REFUSED in chat.log()
