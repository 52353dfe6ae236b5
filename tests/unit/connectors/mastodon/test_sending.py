"""Answers: to whom, for whose eyes, with what warning, counted how, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.conformance_files import PNG
from hearwell.connect.model import Act, Audience, Author, Draft, Sent
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_calls import Call, Reply
from hearwell.connectors.mastodon.fake_server import Status
from hearwell.connectors.mastodon.manifest import SCOPES

FAMILIES = ("mastodon", "gotosocial", "takahe")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Fake:
    """A fake server of each family."""
    return Fake(request.param)


def answer(fake: Fake, status: Status, **changes: Any) -> Status:
    """What stands on the server after an answer to a status."""
    sent = fake.connector.send(fake.account, fake.draft(status, **changes), "key-1")
    assert isinstance(sent, Sent)
    posted = fake.server.statuses[sent.external_id]
    assert sent.at == posted.at
    return posted


@pytest.mark.parametrize(
    ("theirs", "audience", "setting", "ours"),
    [
        ("public", Audience.PUBLIC, "public", "public"),
        ("public", Audience.PUBLIC, "unlisted", "unlisted"),
        ("unlisted", Audience.PUBLIC, "public", "unlisted"),
        ("private", Audience.PRIVATE, "public", "direct"),
        ("direct", Audience.PRIVATE, "public", "direct"),
        # Whatever the draft says: never further than what is answered.
        ("direct", Audience.PUBLIC, "public", "direct"),
        ("private", Audience.PUBLIC, "public", "direct"),
        ("public", Audience.PRIVATE, "public", "direct"),
    ],
)
def test_an_answer_never_reaches_further(
    fake: Fake, theirs: str, audience: Audience, setting: str, ours: str
) -> None:
    fake.server.follow(fake.brand, fake.lena)
    settings = {**fake.account.settings, "visibility": setting}
    fake.account = replace(fake.account, settings=settings)
    status = fake.server.say(fake.lena, "@northwind hello", visibility=theirs)

    assert answer(fake, status, audience=audience).visibility == ours


def test_in_private_everybody_who_took_part_is_called_again(family: Fake) -> None:
    tom = family.server.join("tom")
    status = family.server.say(family.lena, "@northwind @tom we both wait", visibility="direct")
    posted = answer(family, status, audience=Audience.PRIVATE, text="Soon.")

    assert posted.text == "@lena@people.example @tom Soon."
    assert {person.id for person in posted.people} == {family.lena.id, tom.id}
    assert posted.parent == status.id


def test_in_public_its_author_is_called_and_nobody_is_dragged_in(fake: Fake) -> None:
    fake.server.join("paper", host="news.example")
    status = fake.server.say(fake.lena, "@northwind @paper@news.example look at this")

    assert answer(fake, status).text == "@lena@people.example We have found it. ^AB"


def test_who_is_called_in_the_words_is_not_called_twice(fake: Fake) -> None:
    posted = answer(fake, fake.first, text="Dear @Lena@people.example, we have it.")
    assert posted.text == "Dear @Lena@people.example, we have it. ^AB"


def test_below_our_own_post_those_it_spoke_to_are_called(fake: Fake) -> None:
    ours = fake.server.say(fake.brand, "@lena@people.example soon", parent=fake.first.id)
    assert answer(fake, ours, text="Now.").text == "@lena@people.example Now. ^AB"


def test_a_warning_is_repeated_and_counts(family: Fake) -> None:
    status = family.server.say(family.lena, "@northwind grr", warning="lost luggage")
    posted = answer(family, status)
    assert posted.warning == "lost luggage"

    rule = family.connector.text_rule(family.account, Audience.PUBLIC)
    room = rule.limit - rule.count("@lena@people.example  ^AB")
    with pytest.raises(failures.TooLong) as caught:
        answer(family, status, text="x" * (room - 5))
    assert caught.value.limit == family.server.characters
    assert caught.value.actual > caught.value.limit


def test_what_was_deleted_meanwhile_is_not_answered(family: Fake) -> None:
    draft = family.draft()
    family.server.delete(family.first)
    with pytest.raises(failures.TargetGone):
        family.connector.send(family.account, draft, "key-1")
    assert not family.server.statuses


def test_a_private_message_without_a_parent(fake: Fake) -> None:
    draft = fake.draft(parent_id=None, root_id=None, audience=Audience.PRIVATE, text="Hello")
    assert fake.connector.preflight(fake.account, draft, NOW) == []
    sent = fake.connector.send(fake.account, draft, "key-1")
    assert isinstance(sent, Sent)
    posted = fake.server.statuses[sent.external_id]
    assert (posted.text, posted.visibility) == ("@lena@people.example Hello", "direct")


# --- before it is sent ---------------------------------------------------------------------------


def problems(fake: Fake, **changes: Any) -> list[str]:
    found = fake.connector.preflight(fake.account, fake.draft(**changes), NOW)
    return [problem.code for problem in found]


def test_what_would_stop_it(fake: Fake) -> None:
    assert problems(fake) == []
    assert problems(fake, account="other@social.example") == ["not_allowed"]
    assert problems(fake, parent_id=None) == ["target_gone"]
    assert problems(fake, parent_id=None, to=None, audience=Audience.PRIVATE) == ["target_gone"]
    assert problems(fake, text="  ") == ["refused"]
    assert problems(fake, media=(Attachment("application/pdf", "b.pdf", 9),)) == ["media_rejected"]


def test_pictures_need_a_right_that_older_accounts_lack(fake: Fake) -> None:
    picture = Attachment("image/png", "bag.png", 9, "A bag")
    assert problems(fake, media=(picture,)) == []
    older = replace(fake.account, scopes=frozenset(SCOPES))
    found = fake.connector.preflight(older, fake.draft(media=(picture,)), NOW)
    assert [problem.code for problem in found] == ["scope_missing"]


def test_a_server_says_how_much_it_takes(fake: Fake) -> None:
    settings = {**fake.account.settings, "pictures": "1", "picture_bytes": "8", "alt": "3"}
    account = replace(fake.account, settings=settings)
    picture = Attachment("image/png", "bag.png", 8, "Bag")
    for media, is_fine in (
        ((picture,), True),
        ((picture, picture), False),
        ((replace(picture, size=9),), False),
        ((replace(picture, alt="Bags"),), False),
    ):
        found = fake.connector.preflight(account, fake.draft(media=media), NOW)
        assert (not found) is is_fine, media


def test_a_picture_alone_is_found_again_by_it(fake: Fake) -> None:
    picture = Attachment("image/png", "bag.png", len(PNG), "A bag", body=PNG)
    told = fake.connector.upload(fake.account, picture)
    assert told.check_after is not None
    while told.check_after is not None:
        told = fake.connector.prepared(fake.account, told.handle)
    draft = fake.draft(text="", initials=None, media=(replace(picture, handle=told.handle),))
    sent = fake.connector.send(fake.account, draft, "k")
    since = NOW - timedelta(days=400)
    assert fake.connector.find_sent(fake.account, draft, "k", since=since) == sent
    bare = replace(draft, media=())
    assert fake.connector.find_sent(fake.account, bare, "k", since=since) is None


def test_names_in_front_and_initials_count(fake: Fake) -> None:
    # "@lena " and " ^AB" are ten of 500; the server of the name costs nothing here.
    assert problems(fake, text="x" * 490) == []
    assert problems(fake, text="x" * 491) == ["too_long"]
    assert answer(fake, fake.first, text="x" * 490).text.endswith("x ^AB")


def test_gotosocial_counts_names_in_full() -> None:
    fake = Fake("gotosocial")
    assert problems(fake, text="x" * 475) == []
    assert problems(fake, text="x" * 476) == ["too_long"]
    assert answer(fake, fake.first, text="x" * 475)


def test_a_refusal_for_another_reason_is_not_called_too_long(fake: Fake) -> None:
    with pytest.raises(failures.Refused) as caught:
        fake._at_post(lambda _: Reply(422, {"error": "バリデーションに失敗しました"}))
    assert type(caught.value) is failures.Refused


def test_what_cannot_be_read_before_posting_leaves_no_doubt(fake: Fake) -> None:
    fake.api.next_reply = lambda _: Reply(200, "<html>")
    with pytest.raises(failures.Unavailable):
        fake.connector.send(fake.account, fake.draft(), "key-1")


# --- once ----------------------------------------------------------------------------------------


def lost_answer(fake: Fake, draft: Draft, key: str = "key-1") -> None:
    """Send, with the answer lost on its way back: the server has it, we do not know."""

    def post_and_break(call: Call) -> Reply:
        fake.api.answer(call)
        message = "cut"
        raise httpx.ReadTimeout(message)

    def read_first(call: Call) -> Reply:
        reply = fake.api.answer(call)
        fake.api.next_reply = post_and_break
        return reply

    fake.api.next_reply = read_first
    with pytest.raises(failures.OutcomeUnknown):
        fake.connector.send(fake.account, draft, key)


@pytest.mark.parametrize("audience", list(Audience))
def test_after_a_lost_answer_it_is_found(family: Fake, audience: Audience) -> None:
    visibility = "direct" if audience is Audience.PRIVATE else "public"
    family.server.join("tom", host="people.example")
    status = family.server.say(family.lena, "@northwind hello?", visibility=visibility)
    text = "See https://northwind.example/a/very/long/way?x=1&y=2\n\nAsk @tom@people.example & wait"
    draft = family.draft(status, audience=audience, text=text)
    since = datetime.now(UTC)
    lost_answer(family, draft)

    found = family.connector.find_sent(family.account, draft, "key-1", since=since)
    assert found is not None
    assert family.server.statuses[found.external_id].parent == status.id
    linked = {found.external_id}
    assert (
        family.connector.find_sent(family.account, draft, "key-1", since=since, linked=linked)
        is None
    )


def test_what_is_alike_and_is_not_it(fake: Fake) -> None:
    draft, since = fake.draft(), datetime.now(UTC)
    other = fake.server.say(fake.lena, "@northwind hello")
    text = "@lena@people.example We have found it. ^AB"
    fake.server.say(fake.brand, text, parent=other.id)  # under another one
    fake.server.say(fake.lena, text, parent=fake.first.id)  # by somebody else
    fake.server.say(fake.brand, text + "!", parent=fake.first.id)  # other words
    old = fake.server.say(fake.brand, text, parent=fake.first.id)  # long ago
    old.at -= timedelta(minutes=10)

    assert fake.connector.find_sent(fake.account, draft, "k", since=since) is None
    ours = fake.server.say(fake.brand, text, parent=fake.first.id)
    found = fake.connector.find_sent(fake.account, draft, "k", since=since)
    assert found is not None
    assert found.external_id == ours.id


def test_it_is_found_where_the_customer_has_gone_since(family: Fake) -> None:
    draft, since = family.draft(), datetime.now(UTC)
    lost_answer(family, draft)
    family.server.delete(family.first)

    assert family.connector.find_sent(family.account, draft, "k", since=since) is not None


def test_an_absence_is_only_said_if_all_was_read(fake: Fake) -> None:
    draft, since = fake.draft(), datetime.now(UTC) - timedelta(minutes=1)
    for number in range(450):
        fake.server.say(fake.brand, f"post {number}")
    fake.server.delete(fake.first)
    with pytest.raises(failures.Unavailable):
        fake.connector.find_sent(fake.account, draft, "k", since=since)


def test_mastodon_keeps_our_key(fake: Fake) -> None:
    lost_answer(fake, fake.draft())
    before = len(fake.server.statuses)
    fake.connector.send(fake.account, fake.draft(), "key-1")
    assert len(fake.server.statuses) == before
    fake.connector.send(fake.account, fake.draft(), "key-2")
    assert len(fake.server.statuses) == before + 1


# --- acts ----------------------------------------------------------------------------------------


def test_liking_and_deleting_twice_is_no_error(family: Fake) -> None:
    connector, account = family.connector, family.account
    ours = family.server.say(family.brand, "Hello")
    for _ in range(2):
        connector.act(account, Act.LIKE, family.first.id)
    assert family.brand.id in family.first.likes
    for _ in range(2):
        connector.act(account, Act.UNLIKE, family.first.id)
    assert not family.first.likes
    for _ in range(2):
        connector.act(account, Act.DELETE, ours.id)
    assert ours.id not in family.server.statuses


def test_what_cannot_be_done(fake: Fake) -> None:
    for act, ref, failure in (
        (Act.DELETE, fake.first.id, failures.NotAllowed),
        (Act.HIDE, fake.first.id, failures.NotAllowed),
        (Act.LIKE, "1", failures.TargetGone),
        (Act.LIKE, "../../x", failures.NotAllowed),
    ):
        with pytest.raises(failure):
            fake.connector.act(fake.account, act, ref)
    assert fake.first.id in fake.server.statuses


def test_somebody_of_our_own_server_is_called_by_name_alone(fake: Fake) -> None:
    tom = fake.server.join("tom")
    status = fake.server.say(tom, "@northwind hello")
    to = Author("tom@social.example", "tom@social.example", "Tom")
    assert answer(fake, status, to=to).text == "@tom We have found it. ^AB"
