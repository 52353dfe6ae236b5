"""One mail, once: what was sent, what was not, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect import failures
from hearwell.connect.model import Account, Author, Sent
from hearwell.connectors.email.fake import ADDRESS, CUSTOMER, Fake, mail
from hearwell.connectors.email.fake_server import ago
from hearwell.connectors.email.imap_words import (
    failure_for,
    folder_decoded,
    folder_encoded,
)
from hearwell.connectors.email.manifest import CAP
from hearwell.connectors.email.reading import read

KEY = "0199a000-0000-7000-8000-00000000000b"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


def _send(fake: Fake, key: str = KEY) -> Sent:
    sent = fake.connector.send(fake.account, fake.draft(), key)
    assert isinstance(sent, Sent)
    return sent


def test_the_envelope_and_the_mail_go_to_the_customer_alone() -> None:
    fake = Fake()
    sent = _send(fake)
    ((sender, recipient, body),) = fake.post.taken
    assert (sender, recipient) == (ADDRESS, CUSTOMER)
    letter = read(body)
    assert letter.message_id == sent.external_id
    assert letter.text == "We have found it."
    assert letter.references == ("first-mail@example.test",)
    ((kept, _),) = fake.post.folders["Sent"].mails.values()
    assert kept == body


def test_the_same_key_again_sends_nothing() -> None:
    fake = Fake()
    assert _send(fake) == _send(fake)
    assert len(fake.post.taken) == 1


def test_a_server_that_keeps_copies_itself_gets_none_from_us() -> None:
    fake = Fake()
    settings = {**fake.account.settings, "keeps_copies": "1"}
    fake.account = replace(fake.account, settings=settings)
    _send(fake)
    assert fake.post.folders["Sent"].mails == {}


def test_a_folder_for_sent_mail_is_made_when_there_is_none() -> None:
    fake = Fake()
    settings = {name: value for name, value in fake.account.settings.items() if name != "sent"}
    fake.account = replace(fake.account, settings=settings)
    fake.post.on_append = None
    del fake.post.folders["Sent"]
    _send(fake)
    assert len(fake.post.folders["Sent"].mails) == 1


def test_a_copy_that_fails_does_not_unsend_a_mail() -> None:
    fake = Fake()
    fake.post.refusals = {"APPEND": "NO [OVERQUOTA] full"}
    assert _send(fake).external_id
    assert len(fake.post.taken) == 1


@pytest.mark.parametrize("command", ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"])
def test_a_line_that_breaks_before_the_mail_sent_nothing(command: str) -> None:
    fake = Fake()
    fake.post.refusals = {command: ""}
    with pytest.raises(failures.Unavailable):
        _send(fake)
    assert fake.post.taken == []
    _send(fake)


def test_a_line_that_breaks_after_the_mail_is_a_doubt_that_nobody_retries() -> None:
    fake = Fake()
    fake.post.refusals = {"mail": "taken, and then the line breaks"}
    with pytest.raises(failures.OutcomeUnknown):
        _send(fake)
    assert len(fake.post.taken) == 1
    found = fake.connector.find_sent(fake.account, fake.draft(), KEY, since=SINCE)
    assert found is None  # and that proves nothing: the manifest says so
    assert fake.connector.manifest.read_back == "hint"


def test_dots_and_long_texts_arrive_as_they_left() -> None:
    fake = Fake()
    text = ".\n..\n.x\n" + "y" * 2000 + "\n."
    fake.connector.send(fake.account, replace(fake.draft(), text=text), KEY)
    assert read(fake.post.taken[0][2]).text == text


def test_it_is_found_by_its_id_and_by_nothing_else() -> None:
    fake = Fake()
    sent = _send(fake)
    connector, account, draft = fake.connector, fake.account, fake.draft()
    assert connector.find_sent(account, draft, KEY, since=SINCE) == sent
    other = KEY.replace("b", "c")
    assert connector.find_sent(account, draft, other, since=SINCE) is None
    linked = {sent.external_id}
    assert connector.find_sent(account, draft, KEY, since=SINCE, linked=linked) is None


def test_a_person_is_written_to_so_often_and_then_not_for_a_while() -> None:
    fake = Fake()
    sent = fake.post.folders["Sent"]
    for number in range(CAP):
        sent.add(mail("x", message_id=f"loop-{number}-mail@x.test", to=CUSTOMER), ago(30))
    with pytest.raises(failures.Throttled) as caught:
        _send(fake)
    assert caught.value.retry_at is not None
    left = caught.value.retry_at - datetime.now(UTC)
    assert timedelta(minutes=25) < left < timedelta(minutes=35)
    assert fake.post.taken == []
    other = replace(fake.draft(), to=Author("somebody@else.test"))
    assert fake.connector.send(fake.account, other, KEY)
    sent.mails = {uid: (body, ago(70)) for uid, (body, _) in sent.mails.items()}
    _send(fake)


def test_what_would_be_stopped_is_not_sent_by_mistake_either() -> None:
    fake = Fake()
    with pytest.raises(failures.Refused):
        fake.connector.send(fake.account, replace(fake.draft(), account="other@x.test"), KEY)
    assert fake.post.contacted == set()


def test_tokens_sign_in_both_ways_and_are_renewed() -> None:
    fake = Fake()
    settings = {
        **fake.account.settings, "sign_in": "oauth2", "renews_at": "https://t.test/token",
        "client_id": "c",
    }  # fmt: skip
    secrets = {"access": fake.post.password, "refresh": "r", "stamp": "s"}
    account = Account(ADDRESS, settings=settings, secrets=secrets)
    assert fake.connector.identity(account) == ADDRESS
    assert fake.connector.poll(account, "INBOX", None).raws
    renewed = fake.connector.refresh(account)
    assert renewed == {"access": "fresh", "refresh": "r", "stamp": "s"}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.identity(replace(account, secrets=renewed))
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(fake.account)  # a password is not renewed


@pytest.mark.parametrize("word", ["two\r\nlines", "nul\0"])
def test_a_password_on_two_lines_is_said_to_nobody(word: str) -> None:
    fake = Fake()
    account = replace(fake.account, secrets={"password": word, "stamp": "s"})
    for act in (lambda: fake.connector.identity(account), lambda: fake.connector.health(account)):
        try:
            act()
        except failures.NeedsReauth:
            continue
    with pytest.raises(failures.NeedsReauth):
        fake.connector.poll(account, "INBOX", None)


def test_health_names_the_step_that_fails() -> None:
    fake = Fake()
    names = [check.name for check in fake.connector.health(fake.account).checks]
    assert names == ["settings", "reach", "credentials", "scopes", "subscription", "quota"]
    fake.post.refusals = {"AUTHENTICATE": "NO [AUTHENTICATIONFAILED] no"}
    last = fake.connector.health(fake.account).checks[-1]
    assert (last.name, last.state.value) == ("credentials", "bad")
    assert "IMAP" in last.message
    fake.post.refusals = {"AUTH": "535 5.7.8 no"}
    last = fake.connector.health(fake.account).checks[-1]
    assert (last.name, last.state.value) == ("credentials", "bad")
    assert "SMTP" in last.message
    fake.post.refusals = {"EXAMINE": "NO [NOPERM] no"}
    assert fake.connector.health(fake.account).checks[-1].name == "scopes"
    fake.post.unreachable = ConnectionRefusedError()
    assert fake.connector.health(fake.account).checks[-1].name == "reach"


def test_microsoft_says_how_long_to_wait_in_its_own_way() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    said = "BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds"
    failure = failure_for(said, now)
    assert isinstance(failure, failures.Throttled)
    assert failure.retry_at == now + timedelta(seconds=299.961)


@pytest.mark.parametrize(
    ("name", "coded"),
    [
        ("INBOX", '"INBOX"'),
        ("Éléments envoyés", '"&AMk-l&AOk-ments envoy&AOk-s"'),
        ("Entwürfe & mehr", '"Entw&APw-rfe &- mehr"'),
        ("送信済み", '"&kAFP4W4IMH8-"'),
        ('say "hi"\\', '"say \\"hi\\"\\\\"'),
    ],
)
def test_folder_names_are_spelled_as_imap_wants(name: str, coded: str) -> None:
    assert folder_encoded(name) == coded
    bare = coded[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert folder_decoded(bare.encode()) == name


def test_a_folder_name_cannot_end_a_command() -> None:
    with pytest.raises(ValueError, match="one line"):
        folder_encoded('x"\r\nA1 DELETE INBOX')
