"""The connector against a Dovecot and an SMTP server that nobody here has written."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import imaplib
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.model import Account, Audience, Author, Draft, InboundMessage, Raw, Source
from hearwell.connectors.email.connector import EmailConnector
from tests.live.email.people import Customer, id_of, parsed, plain
from tests.live.email.servers import PASSWORD, MailServers

Connect = Callable[..., Account]
KEY = "0199a000-0000-7000-8000-00000000000b"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def _poll(connector: EmailConnector, account: Account, stream: str = "INBOX") -> list[Raw]:
    """Everything there is in a folder, page after page."""
    raws: list[Raw] = []
    cursor: str | None = None
    while True:
        page = connector.poll(account, stream, cursor)
        raws += page.raws
        cursor = page.cursor
        if page.poll_after is None:
            return raws


def _message(connector: EmailConnector, raw: Raw) -> InboundMessage:
    (item,) = connector.parse(raw)
    assert isinstance(item, InboundMessage)
    return item


def _draft(account: Account, item: InboundMessage, text: str = "We have found it.") -> Draft:
    return Draft(
        text=text,
        audience=Audience.PRIVATE,
        account=account.external_id,
        thread_key=item.thread_key,
        parent_id=item.external_id,
        root_id=item.root_id,
        to=item.author,
        subject=item.subject,
    )


def test_connecting_finds_what_is_there_and_leaves_nothing(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str
) -> None:
    account = connected(address)
    assert account.settings["sent"] == "Sent"
    assert connector.identity(account) == address
    assert servers.imap.mails(address) == []
    assert [check.state.value for check in connector.health(account).checks] == ["ok"] * 6


@pytest.mark.parametrize(
    ("changes", "expects"),
    [
        ({"password": "wrong"}, failures.NeedsReauth),
        ({"folders": "INBOX, Nowhere"}, FieldRefused),
        ({"imap_security": "tls"}, failures.Unavailable),
        ({"smtp_security": "starttls"}, FieldRefused),
        ({"imap_host": "10.0.0.1", "imap_port": "143"}, FieldRefused),
        ({"smtp_port": "1"}, FieldRefused),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_kept(
    connected: Connect, address: str, changes: dict[str, str], expects: type[Exception]
) -> None:
    with pytest.raises(failures.Failure) as caught:
        connected(address, **changes)
    assert type(caught.value) is expects
    assert PASSWORD not in repr(caught.value)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_spoken_and_verified(
    trusting: EmailConnector, connector: EmailConnector, connected: Connect,
    servers: MailServers, address: str, security: str,
) -> None:  # fmt: skip
    port = servers.imap.imaps if security == "tls" else servers.imap.imap
    plain_account = connected(address)
    settings = {
        **plain_account.settings, "imap_host": "localhost", "imap_port": str(port),
        "imap_security": security,
    }  # fmt: skip
    account = replace(plain_account, settings=settings)
    assert trusting.poll(account, "INBOX", None).raws == ()
    with pytest.raises(failures.Unavailable, match="certificate"):
        connector.poll(account, "INBOX", None)


def test_mail_is_fetched_by_uid_whatever_other_programs_do_to_it(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str,
    lena: Customer,
) -> None:  # fmt: skip
    account = connected(address)
    mails = [lena.writes(address, f"Number {n}", f"text {n}") for n in range(3)]
    page = connector.poll(account, "INBOX", None)
    assert [_message(connector, raw).subject for raw in page.raws] == [
        "Number 0", "Number 1", "Number 2",
    ]  # fmt: skip
    with servers.imap.as_user(address) as client:
        client.select("INBOX")
        client.store("1:3", "+FLAGS", r"(\Seen)")
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
    lena.writes(address, "Number 3", "text 3")
    after = connector.poll(account, "INBOX", page.cursor)
    assert [_message(connector, raw).subject for raw in after.raws] == ["Number 3"]
    assert connector.poll(account, "INBOX", after.cursor).raws == ()
    assert {raw.source for raw in page.raws} == {Source.POLL}
    assert id_of(mails[0]) == _message(connector, page.raws[0]).external_id


def test_a_server_that_counts_anew_is_read_again_under_the_same_ids(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str,
    lena: Customer,
) -> None:  # fmt: skip
    account = connected(address)
    for n in range(3):
        lena.writes(address, f"Number {n}", "text")
    page = connector.poll(account, "INBOX", None)
    servers.imap.recount(address)
    lena.writes(address, "Number 3", "text")
    again = connector.poll(account, "INBOX", page.cursor)
    ids = [_message(connector, raw).dedup_key for raw in page.raws]
    assert [_message(connector, raw).dedup_key for raw in again.raws][:3] == ids
    assert len(again.raws) == 4
    assert page.cursor != again.cursor


def test_idle_tells_of_a_mail_at_once(
    connector: EmailConnector, connected: Connect, address: str, lena: Customer,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    account = connected(address)

    async def wait() -> float:
        stream = cast("AsyncGenerator[object, None]", connector.listen(account))
        async with contextlib.aclosing(stream):
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(3)  # through a "Still here", which is no news
            assert not waiting.done()
            begin = time.monotonic()
            await asyncio.to_thread(lena.writes, address, "News", "text")
            await asyncio.wait_for(waiting, 20)
            return time.monotonic() - begin

    record_property("seconds from the customer's press to the nudge", round(asyncio.run(wait()), 2))


def test_a_mail_goes_out_once_is_kept_and_found(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str,
    lena: Customer,
) -> None:  # fmt: skip
    account = connected(address, signature="Northwind Air", name="Nørthwind Air")
    question = lena.writes(address, "Mein Gepäck 🧳", "Wo ist es?")
    draft = _draft(account, _message(connector, _poll(connector, account)[0]), "Gefunden. Grüße ✈")
    assert connector.find_sent(account, draft, KEY, since=SINCE) is None
    sent = connector.send(account, draft, KEY)
    assert connector.send(account, draft, KEY) == sent
    assert connector.find_sent(account, draft, KEY, since=SINCE) == sent
    (answer,) = lena.waits_for(1)
    assert plain(answer) == "Gefunden. Grüße ✈\n\n-- \nNorthwind Air"
    assert str(answer["Subject"]) == "Re: Mein Gepäck 🧳"
    assert str(answer["From"]) == f"Nørthwind Air <{address}>"
    assert str(answer["In-Reply-To"]).strip() == str(question["Message-ID"])
    assert id_of(answer) == getattr(sent, "external_id", "")
    (kept,) = servers.imap.mails(address, "Sent")
    assert id_of(parsed(kept)) == id_of(answer)
    (echo,) = _poll(connector, account, "sent")
    item = _message(connector, echo)
    assert (item.is_echo, item.echo_key, item.thread_key) == (True, KEY, draft.thread_key)
    back = lena.answers(answer, "Danke!")
    last = _message(connector, _poll(connector, account)[-1])
    assert (last.external_id, last.thread_key) == (id_of(back), draft.thread_key)
    assert last.text == "Danke!"


@pytest.mark.parametrize(
    ("answers", "expects", "is_taken"),
    [
        ({"MAIL": "451 4.7.1 not now"}, failures.Unavailable, False),
        ({"RCPT": "550 5.1.1 no such user"}, failures.TargetGone, False),
        ({"DATA": "554 5.7.1 we think this is spam"}, failures.NotAllowed, False),
        ({"DATA": "452 4.3.1 full"}, failures.Unavailable, False),
        ({"DATA": "hang up"}, failures.OutcomeUnknown, True),
    ],
)
def test_what_the_server_says_is_what_became_of_it(
    connector: EmailConnector, connected: Connect, address: str, lena: Customer,
    answers: dict[str, str], expects: type[failures.Failure], is_taken: bool,
) -> None:  # fmt: skip
    account, servers = connected(address), lena.servers
    draft = Draft(
        text="Hello", audience=Audience.PRIVATE, account=address, thread_key="a" * 20,
        to=Author(lena.address),
    )  # fmt: skip
    servers.post.answers = dict(answers)
    with pytest.raises(failures.Failure) as caught:
        connector.send(account, draft, KEY)
    assert type(caught.value) is expects
    assert len(lena.inbox()) == int(is_taken)
    assert servers.imap.mails(address, "Sent") == []


def test_a_large_mail_and_its_attachments_are_had_again(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str
) -> None:
    account = connected(address)
    picture = bytes(range(256)) * 40_000
    body = (
        b"From: Ona <ona@customers.test>\r\nSubject: Pictures\r\n"
        b"Message-ID: <large-mail@x.test>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--b\r\n"
        b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(picture).replace(b"\n", b"\r\n")
        + b"--b--\r\n"
    )
    servers.imap.put(address, body)
    (raw,) = _poll(connector, account)
    assert raw.body == body
    inner, image = _message(connector, raw).media
    found = connector.fetch_one(account, image.ref)
    assert found is not None
    assert found.body == picture
    again = connector.fetch_one(account, inner.ref)
    assert again is not None
    assert b"inner text" in again.body
    servers.imap.recount(address)
    moved = connector.fetch_one(account, image.ref)
    assert moved is not None
    assert moved.body == picture
    assert connector.fetch_one(account, "large-mail@x.test") is not None
    assert connector.fetch_one(account, "no-such-mail@x.test") is None


def test_folders_in_other_letters_are_read(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str
) -> None:
    with servers.imap.as_user(address) as client:
        client.create('"Anfragen &APw-ber uns"')
    account = connected(address, folders="INBOX, Anfragen über uns")
    servers.imap.put(address, b"From: a@b.test\r\nSubject: x\r\n\r\nHi", '"Anfragen &APw-ber uns"')
    assert len(_poll(connector, account, "Anfragen über uns")) == 1


def test_what_lay_there_before_is_history(
    connector: EmailConnector, connected: Connect, servers: MailServers, address: str
) -> None:
    with servers.imap.as_user(address) as client:
        for days in (40, 3):
            when = imaplib.Time2Internaldate(time.time() - days * 86_400)
            body = f"From: a@b.test\r\nMessage-ID: <{days}-days-old@x.test>\r\n\r\nOld".encode()
            client.append("INBOX", "", when, body)
    account = connected(address)
    servers.imap.put(address, b"From: a@b.test\r\nMessage-ID: <just-now@x.test>\r\n\r\nNew")
    raws = _poll(connector, account)
    assert [(raw.source, _message(connector, raw).external_id) for raw in raws] == [
        (Source.IMPORT, "3-days-old@x.test"),
        (Source.POLL, "just-now@x.test"),
    ]
