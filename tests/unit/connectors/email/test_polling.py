"""Fetching by UID: what is new, what is history, what was counted anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect.failures import ContractChanged, NeedsReauth, Unavailable
from hearwell.connect.model import Account, RawPage, Source
from hearwell.connectors.email import imap, limits, polling
from hearwell.connectors.email.envelope import envelope_from, place_from
from hearwell.connectors.email.fake import ADDRESS, Fake, mail
from hearwell.connectors.email.fake_server import Folder, ago
from hearwell.connectors.email.polling import Cursor, cursor_from


@pytest.fixture
def fake() -> Fake:
    made = Fake()
    made.post.folders["INBOX"] = Folder(validity=7)
    made.account = _connected(made.account, minutes_ago=60)
    return made


def _connected(account: Account, *, minutes_ago: float, **more: str) -> Account:
    since = (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat()
    return replace(account, settings={**account.settings, "since": since, **more})


def _come(fake: Fake, number: int, minutes_ago: float, more: str = "") -> None:
    body = mail(f"number {number}", message_id=f"mail-number-{number}@x.test", more=more)
    fake.post.folders["INBOX"].add(body, ago(minutes_ago))


def _poll(fake: Fake, cursor: str | None = None, stream: str = "INBOX") -> RawPage:
    return fake.connector.poll(fake.account, stream, cursor)


def _numbers(page: RawPage) -> list[int]:
    return [int(raw.body.partition(b"number ")[2].split()[0]) for raw in page.raws]


def test_what_came_before_we_did_is_history_and_what_comes_after_is_new(fake: Fake) -> None:
    _come(fake, 1, minutes_ago=70)
    _come(fake, 2, minutes_ago=50)
    page = _poll(fake)
    assert [raw.source for raw in page.raws] == [Source.IMPORT, Source.POLL]
    _come(fake, 3, minutes_ago=1)
    assert _numbers(_poll(fake, page.cursor)) == [3]
    assert _poll(fake, _poll(fake, page.cursor).cursor).raws == ()


def test_history_goes_back_so_many_days_and_no_further(fake: Fake) -> None:
    _come(fake, 1, minutes_ago=40 * 24 * 60)
    _come(fake, 2, minutes_ago=20 * 24 * 60)
    assert _numbers(_poll(fake)) == [2]
    fake.account = _connected(fake.account, minutes_ago=60, history_days="0")
    assert _numbers(_poll(fake)) == []


def test_a_mail_that_somebody_has_read_or_deleted_meanwhile_changes_nothing(fake: Fake) -> None:
    """The unseen flag is nobody's business; a gap in the numbers is no end."""
    for number in (1, 2, 3):
        _come(fake, number, minutes_ago=5)
    del fake.post.folders["INBOX"].mails[2]
    page = _poll(fake)
    assert _numbers(page) == [1, 3]
    assert "STORE" not in str(fake.post.refusals)


def test_a_large_mailbox_comes_in_pages_that_ask_to_be_continued(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAGE_MAILS", 3)
    for number in range(7):
        _come(fake, number, minutes_ago=5)
    page, found = _poll(fake), []
    while True:
        found += _numbers(page)
        if page.poll_after is None:
            break
        page = _poll(fake, page.cursor)
    assert found == list(range(7))


def test_a_page_has_so_many_bytes(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAGE_BYTES", 500)
    for number in range(3):
        _come(fake, number, minutes_ago=5)
    page = _poll(fake)
    assert len(page.raws) < 3
    assert page.poll_after is not None


def test_a_mail_too_large_is_fetched_in_part_and_says_so(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (polling, imap):
        monkeypatch.setattr(module, "MAX_MAIL", 600)
        monkeypatch.setattr(module, "CUT_MAIL", 400)
    _come(fake, 1, minutes_ago=5)
    fake.post.folders["INBOX"].add(mail("x" * 1000, message_id="long-mail@x.test"), ago(1))
    whole, cut = _poll(fake).raws
    assert not envelope_from(whole).is_cut
    assert envelope_from(cut).is_cut
    assert len(cut.body) == 400
    (item,) = fake.connector.parse(cut)
    assert getattr(item, "is_cut", False)
    assert limits.CUT_MAIL < limits.MAX_MAIL


def test_counted_anew_everything_is_read_again_and_nothing_becomes_new(fake: Fake) -> None:
    """The ids are the same, so that the house knows them; what was history stays history."""
    received = f"Received: from a by b; {ago(70):%a, %d %b %Y %H:%M:%S +0000}\r\n"
    _come(fake, 1, minutes_ago=70, more=received)
    _come(fake, 2, minutes_ago=50)
    before = _poll(fake)
    inbox = fake.post.folders["INBOX"]
    inbox.recount()
    # The server was moved: to it, every mail came just now.
    inbox.mails = {uid: (body, ago(0)) for uid, (body, _) in inbox.mails.items()}
    _come(fake, 3, minutes_ago=0)
    again = _poll(fake, before.cursor)
    assert _numbers(again) == [1, 2, 3]
    assert [raw.source for raw in again.raws] == [Source.IMPORT, Source.POLL, Source.POLL]
    known = [fake.connector.parse(raw)[0].dedup_key for raw in before.raws]
    assert [fake.connector.parse(raw)[0].dedup_key for raw in again.raws][:2] == known
    after = cursor_from(again.cursor)
    assert after is not None
    assert (after.validity, after.is_recount) == (8, False)
    assert after.since == datetime.fromisoformat(fake.account.settings["since"])
    _come(fake, 4, minutes_ago=0)
    assert _numbers(_poll(fake, again.cursor)) == [4]


def test_a_sender_cannot_date_a_mail_into_history(fake: Fake) -> None:
    """Only when a server counts anew does the head of a mail have a say, and then Received."""
    old = "Received: from a by b; Mon, 01 Jan 2001 00:00:00 +0000\r\n"
    _come(fake, 1, minutes_ago=5, more=old)
    (raw,) = _poll(fake).raws
    assert raw.source is Source.POLL


def test_the_sent_folder_is_read_as_ours(fake: Fake) -> None:
    fake.post.folders["Sent"].add(
        mail("from my phone", message_id="by-hand-mail@x.test", sender=ADDRESS, to="l@x.test"),
        ago(1),
    )
    page = _poll(fake, None, "sent")
    (item,) = fake.connector.parse(page.raws[0])
    assert getattr(item, "is_echo", False)


@pytest.mark.parametrize(
    ("sender", "to", "more"),
    [
        (ADDRESS, "undisclosed-recipients:;", ""),
        (ADDRESS, ADDRESS, ""),
        (ADDRESS, "lena@example.test", "Auto-Submitted: auto-replied\r\n"),
    ],
)
def test_what_answers_nobody_is_only_counted(fake: Fake, sender: str, to: str, more: str) -> None:
    """Our own out-of-office note must not look like an answer of ours."""
    body = mail("away", message_id="not-an-answer@x.test", sender=sender, to=to, more=more)
    fake.post.folders["Sent"].add(body, ago(1))
    (item,) = fake.connector.parse(_poll(fake, None, "sent").raws[0])
    assert type(item).__name__ == "Unknown"


def test_without_a_folder_for_sent_mail_there_is_nothing_to_read(fake: Fake) -> None:
    settings = {name: value for name, value in fake.account.settings.items() if name != "sent"}
    fake.account = replace(fake.account, settings=settings)
    del fake.post.folders["Sent"]
    assert _poll(fake, None, "sent") == RawPage((), None)


def test_other_folders_are_read_too(fake: Fake) -> None:
    fake.account = _connected(fake.account, minutes_ago=60, folders="INBOX, Überweisung")
    assert list(fake.connector.streams(fake.account)) == ["INBOX", "Überweisung", "sent"]
    fake.post.folders["&ANw-berweisung"] = Folder()
    fake.post.folders["&ANw-berweisung"].add(
        mail("number 5", message_id="other-folder@x.test"), ago(1)
    )
    assert _numbers(_poll(fake, None, "Überweisung")) == [5]


def test_a_mail_that_the_server_cannot_hand_out_does_not_stop_the_others(fake: Fake) -> None:
    _come(fake, 1, minutes_ago=5)
    original = imap.Session.fetch

    def broken(self: imap.Session, uid: int, *, size: int = 0) -> bytes | None:
        if uid == 1:
            raise Unavailable(network_code="SERVERBUG")
        return original(self, uid, size=size)

    _come(fake, 2, minutes_ago=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imap.Session, "fetch", broken)
        page = _poll(fake)
    assert [bool(raw.body) for raw in page.raws] == [False, True]
    with pytest.raises(ContractChanged):
        fake.connector.parse(page.raws[0])


def test_a_line_that_breaks_moves_nothing(fake: Fake) -> None:
    _come(fake, 1, minutes_ago=5)
    fake.post.refusals = {"FETCH": ""}
    with pytest.raises(Unavailable):
        _poll(fake)
    assert _numbers(_poll(fake)) == [1]


@pytest.mark.parametrize("text", ["", "1", "[]", "{}", '{"v": 1, "u": "x", "since": "y"}'])
def test_a_cursor_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ContractChanged):
        cursor_from(text)


def test_a_cursor_is_read_back_as_it_was() -> None:
    cursor = Cursor(7, 42, datetime(2026, 11, 22, tzinfo=UTC), is_recount=True)
    assert cursor_from(str(cursor)) == cursor
    assert cursor_from(None) is None


def test_an_account_without_settings_asks_to_be_connected_again() -> None:
    with pytest.raises(NeedsReauth):
        Fake().connector.poll(Account(ADDRESS), "INBOX", None)


def test_a_mail_is_found_again_by_its_id_when_it_was_moved(fake: Fake) -> None:
    _come(fake, 1, minutes_ago=5)
    (raw,) = _poll(fake).raws
    (item,) = fake.connector.parse(raw)
    found = fake.connector.fetch_one(fake.account, item.external_id)
    assert found is not None
    assert found.body == raw.body
    assert fake.connector.parse(found)[0].dedup_key == item.dedup_key
    inbox = fake.post.folders["INBOX"]
    inbox.recount()
    assert fake.connector.fetch_one(fake.account, item.external_id) is not None
    inbox.mails.clear()
    assert fake.connector.fetch_one(fake.account, item.external_id) is None
    assert fake.connector.fetch_one(fake.account, "imap:/Gone;UIDVALIDITY=1/;UID=1") is None
    assert fake.connector.fetch_one(fake.account, 'x" OR ALL') is None


def test_an_attachment_is_fetched_alone_and_decoded(fake: Fake) -> None:
    body = (
        b"From: a@x.test\r\nMessage-ID: <with-a-file@x.test>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee\r\n--b\r\n"
        b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"iVBORw0KGgo=\r\n--b--\r\n"
    )
    fake.post.folders["INBOX"].add(body, ago(1))
    (item,) = fake.connector.parse(_poll(fake).raws[0])
    (media,) = getattr(item, "media", ())
    fake.post.folders["INBOX"].recount()  # its place is another now, its id is not
    found = fake.connector.fetch_one(fake.account, media.ref)
    assert found is not None
    assert found.body == b"\x89PNG\r\n\x1a\n"
    assert found.headers["content-type"] == "image/png"
    (counted,) = fake.connector.parse(found)
    assert type(counted).__name__ == "Unknown"
    place = place_from(media.ref)
    assert place is not None
    wrong = replace(place, section="9").url()
    assert fake.connector.fetch_one(fake.account, wrong) is None
