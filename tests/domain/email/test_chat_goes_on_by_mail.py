"""A chat's answer that nobody read there goes on by mail, once; what is answered comes home."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from pytest_django import Settings

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel, ChannelHealth, ChannelState
from hearwell.connectors.email.reading import read
from hearwell.conversations.models import Case, Conversation
from hearwell.inbox import onward
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.models import File
from hearwell.webchat import queries, services
from hearwell.webchat.models import Line, Visitor
from tests.domain.email.chats import SITE, Chat, writes
from tests.domain.email.conftest import CUSTOMER, SUPPORT, letter

PDF = b"%PDF-1.7 "


def test_who_has_left_gets_the_answer_in_the_chat_and_by_mail(chat: Chat) -> None:
    assert chat.answers().network == "webchat"
    assert chat.wait(1) == 0
    assert chat.wait(3) == 1
    chat.sends()
    (body,) = chat.desk.sent()
    mail = read(body)
    assert (mail.sender.address, mail.to[0].address) == (SUPPORT, CUSTOMER)
    assert mail.subject == "Ask Northwind: our answer to your chat"
    said, _, quoted = mail.full_text.partition("What was said in the chat before:")
    assert said.startswith("We have found it.")
    assert SITE in said
    assert "> You: Where is my bag?" in quoted
    with scope(chat.ws):
        assert [line.text for line in Line.objects.order_by("seq")][-1] == "We have found it."


def test_the_mail_is_in_the_language_of_the_workspace(chat: Chat) -> None:
    Workspace.objects.filter(id=chat.ws).update(language="de")
    chat.answers()
    chat.wait()
    chat.sends()
    mail = read(chat.desk.sent()[0])
    assert mail.subject == "Ask Northwind: unsere Antwort auf Ihren Chat"
    assert "Sie erhalten diese E-Mail" in mail.full_text


def test_the_answer_to_the_mail_is_in_the_same_case_and_is_answered_by_mail(chat: Chat) -> None:
    chat.answers()
    chat.wait()
    chat.sends()
    chat.desk.polls()  # the copy in Sent is known
    ours = read(chat.desk.sent()[0])
    later = letter(2, "When will it come?", answers=(ours.message_id,))
    chat.desk.comes(later, minutes_ago=-0.1)
    chat.desk.polls()
    (case,) = chat.desk.cases()
    assert (case.id, case.turn) == (chat.case_id, "ours")
    with scope(chat.ws):
        homes = Conversation.objects.filter(case_id=case.id).values_list("network", flat=True)
        assert sorted(homes) == ["email", "webchat"]
    assert chat.answers("On Monday.").network == "email"
    again = read(chat.desk.sent()[-1])
    assert again.subject == "Re: My bag"
    assert again.references[0] == ours.message_id
    assert chat.wait() == 0


def test_what_was_mailed_is_told_once_and_ends_no_clock_anew(chat: Chat) -> None:
    chat.answers()
    (before,) = chat.desk.cases()
    chat.wait()
    chat.sends()
    (message,) = chat.desk.messages(kind="mail")
    assert (message.is_automatic, message.direction) == (True, "out")
    assert message.about["handed_over"] == {"to": CUSTOMER, "name": "Lena Vik"}
    (after,) = chat.desk.cases()
    assert (after.last_reply_at, after.turn) == (before.last_reply_at, "theirs")


def test_an_answer_goes_on_once_however_often_it_is_looked_at(chat: Chat) -> None:
    chat.answers()
    assert chat.wait() == 1
    assert onward.hand_over_due() == 0
    chat.sends()
    chat.desk.hear("DeliverySent", "on_delivered")
    assert chat.wait() == 0
    with scope(chat.ws):
        assert onward.hand_over(chat.ws, chat.lena) is None
    assert len(chat.mails()) == len(chat.desk.sent()) == 1


def test_a_worker_that_dies_before_the_commit_loses_and_doubles_nothing(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.answers()

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(outbound, "queue", dies)
        assert chat.wait() == 0
    assert chat.mails() == []
    assert chat.wait(11) == 1
    assert len(chat.mails()) == 1


def test_answers_of_one_pause_are_one_mail_and_the_next_is_in_its_thread(chat: Chat) -> None:
    chat.answers("We have found it.")
    chat.wait(1)
    chat.answers("It is in Lisbon.")
    assert chat.wait() == 1
    chat.sends()
    chat.answers("It comes tomorrow.")
    assert chat.wait() == 1
    chat.sends()
    first, second = map(read, chat.desk.sent())
    assert first.full_text.startswith("We have found it.\n\nIt is in Lisbon.\n\n")
    assert second.full_text.startswith("It comes tomorrow.\n\n")
    assert second.in_reply_to == first.message_id
    assert second.subject == f"Re: {first.subject}"


def test_files_of_the_answers_go_on_with_them(
    chat: Chat, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    chat.answers("Please fill this in.", {"form.pdf": PDF})
    chat.answers("", {"map.pdf": PDF + b"map", "form again.pdf": PDF})
    assert chat.wait() == 1
    chat.sends()
    (body,) = chat.desk.sent()
    mail = message_from_bytes(body)
    enclosed = {part.get_filename(): part.get_payload(decode=True) for part in mail.walk()}
    assert {name: enclosed[name] for name in enclosed if name} == {
        "form.pdf": PDF, "map.pdf": PDF + b"map",
    }  # fmt: skip
    assert "\n\nEnclosed: form.pdf, map.pdf\n\n" in read(body).full_text
    (letter_,) = chat.desk.messages(kind="mail")
    assert [one["name"] for one in letter_.media] == ["form.pdf", "map.pdf"]


def test_files_that_no_mail_takes_are_named_and_wait_in_the_chat(
    chat: Chat, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for number in range(3):
        chat.answers("", {f"plan {number}.pdf": PDF + bytes(9_000_000) + b"%d" % number})
    assert chat.wait() == 1
    chat.sends()
    (body,) = chat.desk.sent()
    said = read(body).full_text
    assert "In the chat, for you to fetch: plan 0.pdf, plan 1.pdf, plan 2.pdf" in said
    with scope(chat.ws):
        assert not File.objects.filter(delivery=None).exists()


def test_whoever_read_it_in_the_chat_gets_no_mail(chat: Chat) -> None:
    chat.answers()
    chat.sees()
    assert chat.wait() == 0
    assert chat.mails() == []


def test_whoever_has_a_page_open_is_waited_for(chat: Chat) -> None:
    chat.answers()
    for _ in range(3):
        with scope(chat.ws):
            services.note_here(chat.ws, chat.lena)
            Line.objects.filter(read_by__isnull=False).update(read_by=now())
        assert onward.hand_over_due() == 0
    with scope(chat.ws):
        services.note_here(chat.ws, chat.lena, has_left=True)
    assert chat.wait(1) == 0
    assert chat.wait(3) == 1


def test_a_mail_that_is_held_is_not_sent_after_it_was_read_in_the_chat(chat: Chat) -> None:
    with scope(chat.ws):
        outbound.stop(chat.ws, "network", "email", reason="drill", by=chat.desk.anna.user)
    chat.answers()
    assert chat.wait() == 1
    chat.sends()
    (held,) = chat.mails()
    assert (held.state, chat.desk.sent()) == ("held", [])
    chat.sees()
    (gone,) = chat.mails()
    assert gone.state == "cancelled"
    chat.desk.hear("DeliveryCancelled", "on_cancelled")
    assert "onward_cancelled" in chat.log()
    assert "reply_cancelled" not in chat.log()


def test_whoever_left_no_address_is_waited_for_in_the_chat(chat: Chat) -> None:
    with scope(chat.ws):
        Visitor.objects.update(email="")
    chat.answers()
    assert chat.wait() == 0
    with scope(chat.ws):
        assert not Line.objects.filter(read_by__isnull=False).exists()


def test_a_chat_that_was_set_so_sends_nothing_on(chat: Chat) -> None:
    chat.answers()
    with scope(chat.ws):
        services.choose_onward(chat.ws, chat.channel.id, is_on=False, wait_s=120, mailbox_id=None)
    assert chat.wait() == 0
    chat.answers("And another thing.")
    assert chat.wait() == 0
    assert chat.mails() == []


def test_the_owner_s_mailbox_writes_and_no_other(chat: Chat) -> None:
    with scope(chat.ws):
        services.choose_onward(
            chat.ws, chat.channel.id, is_on=True, wait_s=60, mailbox_id=chat.desk.info.id
        )
    chat.answers()
    assert chat.wait(1.1) == 1
    chat.sends()
    assert [one.account for one in chat.mails()] == [chat.desk.info.external_id]


def test_a_mailbox_in_trouble_is_waited_for_and_without_one_nothing_is_tried(chat: Chat) -> None:
    with scope(chat.ws):
        ChannelHealth.objects.filter(channel__network="email").update(state="bad")
    chat.answers()
    assert chat.wait() == 0
    with scope(chat.ws):
        ChannelHealth.objects.filter(channel=chat.desk.info).update(state="ok")
    assert chat.wait(11) == 1
    assert [one.account for one in chat.mails()] == [chat.desk.info.external_id]
    with scope(chat.ws):
        Channel.objects.filter(network="email").update(state=ChannelState.PAUSED)
    chat.answers("And another thing.")
    assert chat.wait() == 0
    assert len(chat.mails()) == 1
    with scope(chat.ws):
        assert not Line.objects.filter(read_by__isnull=False).exists()


@pytest.mark.parametrize("address", ["noreply@example.test", SUPPORT, "x?bcc=a@b"])
def test_an_address_that_nobody_reads_gets_no_mail_and_the_case_says_so(
    chat: Chat, address: str
) -> None:
    with scope(chat.ws):
        Visitor.objects.update(email=address)
    chat.answers()
    assert chat.wait() == 0
    assert chat.mails() == []
    assert onward.REFUSED in chat.log()


def test_one_that_cannot_be_handed_over_holds_up_nobody(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(chat.ws):
        other = services.arrive(chat.ws, chat.channel.id, None)
        services.introduce(other, email="mads@example.test")
        home = writes(chat.channel, other.id, "Is anybody there?")
        services.note_here(chat.ws, other.id, has_left=True)
        case = Case.objects.get(id=home)
    chat.answers()
    chat.desk.answers(case, "Yes.")
    real = onward._way

    def broken(mailbox: Channel, visitor: Visitor, of: Case) -> object:
        if visitor.id == chat.lena:
            raise RuntimeError
        return real(mailbox, visitor, of)

    monkeypatch.setattr(onward, "_way", broken)
    assert chat.wait() == 1
    assert [one.draft["to"]["external_id"] for one in chat.mails()] == ["mads@example.test"]


def test_outside_a_workspace_nothing_is_told_but_who_is_due(chat: Chat) -> None:
    chat.answers()
    assert queries.unread_places(now()) == []
    assert queries.unread_places(now() + timedelta(hours=1)) == [(chat.ws, chat.lena)]
