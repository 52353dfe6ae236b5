"""The connector and the network, which share no code, understand each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hearwell.connect import failures
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Audience,
    Author,
    Draft,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Reacted,
    Receipt,
    Sent,
)
from hearwell.sandbox.models import DirectMessage, Faults, Post
from hearwell.sandbox.services import misbehaving, opening, speaking
from hearwell.sandbox.services.speaking import Words

if TYPE_CHECKING:
    from hearwell.connect.model import Inbound
    from hearwell.sandbox.models import Profile
    from tests.domain.sandbox.conftest import Harbour


@pytest.fixture
def lena(harbour: Harbour) -> Profile:
    """A customer."""
    return speaking.join(harbour.page, "Lena Hoff")


def _polled(harbour: Harbour) -> list[Inbound]:
    items, cursor = [], None
    while (page := harbour.connector.poll(harbour.account, "default", cursor)).raws:
        items += [item for raw in page.raws for item in harbour.connector.parse(raw)]
        cursor = page.cursor
    return items


def _answer(harbour: Harbour, post: Post, text: str = "We are on it.") -> Draft:
    return Draft(
        text=text,
        audience=Audience.PUBLIC,
        account=harbour.account.external_id,
        parent_id=str(post.id),
        root_id=str(post.root_id),
        initials="ML",
    )


def _sent(harbour: Harbour, draft: Draft, key: str = "key-1") -> Sent:
    sent = harbour.connector.send(harbour.account, draft, key)
    assert isinstance(sent, Sent)
    return sent


def test_a_healthy_account(harbour: Harbour) -> None:
    health = harbour.connector.health(harbour.account)
    assert [check.name for check in health.checks] == [
        "settings", "reach", "credentials", "scopes", "subscription", "quota",
    ]  # fmt: skip
    assert health.state is HealthState.OK
    assert health.followers == 0
    assert harbour.connector.identity(harbour.account) == harbour.account.external_id


def test_what_people_say_arrives_as_what_it_is(harbour: Harbour, lena: Profile) -> None:
    page = harbour.page
    on_page = speaking.post(page, lena, Words("My bag stayed in Lisbon 🧳"))
    mention = speaking.post(page, lena, Words("Hey @NorthwindAir!"), on_page=False)
    speaking.post(page, lena, Words("Lovely weather"), on_page=False)
    comment = speaking.comment(page, lena, on_page, Words("Anyone?", language="en"))
    speaking.write(page, lena, Words("My number is 0170 55501"))
    items = [item for item in _polled(harbour) if isinstance(item, InboundMessage)]
    assert [item.kind for item in items] == [
        MessageKind.POST, MessageKind.MENTION, MessageKind.COMMENT, MessageKind.DM,
    ]  # fmt: skip
    assert [item.thread_key for item in items] == [
        str(on_page.id), str(mention.id), str(on_page.id), f"dm:{lena.id}",
    ]  # fmt: skip
    assert items[1].addressed_to == ("northwindair",)
    assert (items[2].parent_id, items[2].root_id) == (str(on_page.id), str(on_page.id))
    assert items[2].external_id == str(comment.id)
    assert items[3].audience is Audience.PRIVATE
    assert {item.author for item in items} == {Author(str(lena.id), "lena_hoff", "Lena Hoff")}


def test_customers_below_a_post_of_the_brand_have_threads_of_their_own(
    harbour: Harbour, lena: Profile
) -> None:
    page = harbour.page
    tom = speaking.join(page, "Tom Reed")
    post = speaking.post(page, page.profile, Words("New winter timetable"))
    first = speaking.comment(page, lena, post, Words("Will Faro stay?"))
    speaking.comment(page, tom, first, Words("I wonder too"))
    second = speaking.comment(page, tom, post, Words("And Porto?"))
    threads = [i.thread_key for i in _polled(harbour) if isinstance(i, InboundMessage)]
    assert threads == [str(post.id), str(first.id), str(first.id), str(second.id)]


def test_edits_deletions_reactions_and_receipts(harbour: Harbour, lena: Profile) -> None:
    page = harbour.page
    post = speaking.post(page, lena, Words("Flight NW12 is late"))
    speaking.edit(page, post, "Flight NW21 is late")
    speaking.like(page, lena, post, is_on=True)
    speaking.like(page, lena, post, is_on=True)
    speaking.follow(page, lena, is_on=True)
    speaking.follow(page, lena, is_on=False)
    message = speaking.write(page, lena, Words("secret"))
    speaking.write(page, lena, Words("Hello Lena", client_ref="k"), from_brand=True)
    speaking.mark_read(page, lena)
    speaking.mark_read(page, lena)
    speaking.delete(page, message)
    speaking.delete(page, post)
    items = _polled(harbour)[1:]
    edited, liked, followed, unfollowed, _, echo, read, unsent, gone = items
    assert isinstance(edited, MessageEdited)
    assert (edited.version, edited.text) == (2, "Flight NW21 is late")
    assert [i.reaction for i in (liked, followed, unfollowed) if isinstance(i, Reacted)] == [
        "like", "follow", "",
    ]  # fmt: skip
    assert isinstance(echo, InboundMessage)
    assert (echo.is_echo, echo.echo_key) == (True, "k")
    assert isinstance(read, Receipt)
    assert (read.target_id, read.echo_key) == (echo.external_id, "k")
    assert isinstance(unsent, MessageDeleted)
    assert isinstance(gone, MessageDeleted)
    assert (unsent.must_purge, gone.must_purge, gone.version) == (True, False, 3)
    assert not Post.objects.get().text
    assert not DirectMessage.objects.get(is_from_brand=False).text


def test_an_answer_stands_in_the_thread_and_comes_back_as_an_echo(
    harbour: Harbour, lena: Profile
) -> None:
    post = speaking.post(harbour.page, lena, Words("My bag?"))
    sent = _sent(harbour, _answer(harbour, post))
    answer = Post.objects.get(id=sent.external_id)
    assert (answer.text, answer.parent_id) == ("We are on it. ^ML", post.id)
    assert answer.created_at == sent.at
    assert sent.permalink.endswith(f"/p/{post.id}/#c-{answer.id}")
    echo = _polled(harbour)[-1]
    assert isinstance(echo, InboundMessage)
    assert (echo.is_echo, echo.echo_key, echo.external_id) == (True, "key-1", sent.external_id)


def test_a_private_answer_and_its_window(harbour: Harbour, lena: Profile) -> None:
    person = Author(str(lena.id), "lena_hoff", "Lena Hoff")
    draft = replace(
        _answer(harbour, Post()), audience=Audience.PRIVATE, to=person, parent_id=None, text="Hi"
    )
    with pytest.raises(failures.NotAllowed):
        _sent(harbour, draft)
    long_ago = datetime.now(UTC) - timedelta(days=8)
    speaking.write(harbour.page, lena, Words("Hello?", at=long_ago))
    with pytest.raises(failures.WindowClosed):
        _sent(harbour, draft)
    speaking.write(harbour.page, lena, Words("Hello again?"))
    _sent(harbour, draft)
    assert DirectMessage.objects.get(is_from_brand=True).text == "Hi"


@pytest.mark.parametrize(
    ("fault", "failure", "applied"),
    [
        ("throttle", failures.Throttled, 0),
        ("fail_before", failures.OutcomeUnknown, 0),
        ("fail_after", failures.OutcomeUnknown, 1),
    ],
)
def test_misbehaving_once_and_reading_back(
    harbour: Harbour, lena: Profile, fault: str, failure: type[failures.Failure], applied: int
) -> None:
    post = speaking.post(harbour.page, lena, Words("My bag?"))
    misbehaving.set_faults(harbour.page, {fault: 1})
    since = datetime.now(UTC)
    draft = _answer(harbour, post)
    with pytest.raises(failure) as raised:
        _sent(harbour, draft)
    assert bool(raised.value.retry_at) == (fault == "throttle")
    assert Post.objects.filter(parent=post).count() == applied
    found = harbour.connector.find_sent(harbour.account, draft, "key-1", since=since)
    assert bool(found) == bool(applied)
    assert getattr(Faults.objects.get(), fault) == 0
    again = harbour.connector.find_sent(harbour.account, draft, "key-2", since=since)
    assert again is None, "another key's message is another draft's"


def test_a_refusal_leaves_nothing(harbour: Harbour, lena: Profile) -> None:
    post = speaking.post(harbour.page, lena, Words("My bag?"))
    with pytest.raises(failures.TooLong) as raised:
        _sent(harbour, _answer(harbour, post, "👨‍👩‍👧‍👦" * 278))
    assert (raised.value.limit, raised.value.actual) == (280, 282)
    speaking.delete(harbour.page, post)
    with pytest.raises(failures.TargetGone):
        _sent(harbour, _answer(harbour, post))
    assert not Post.objects.exclude(parent=None).exists()


def test_an_expired_token_is_renewed_once(harbour: Harbour) -> None:
    opening.expire_token(harbour.page)
    with pytest.raises(failures.NeedsReauth):
        harbour.connector.identity(harbour.account)
    assert harbour.connector.health(harbour.account).state is HealthState.BAD
    renewed = replace(harbour.account, secrets=harbour.connector.refresh(harbour.account))
    assert harbour.connector.identity(renewed) == renewed.external_id
    with pytest.raises(failures.NeedsReauth):
        harbour.connector.refresh(harbour.account)


def test_fetching_one(harbour: Harbour, lena: Profile) -> None:
    post = speaking.post(harbour.page, lena, Words("My bag?"))
    raw = harbour.connector.fetch_one(harbour.account, str(post.id))
    assert raw is not None
    (item,) = harbour.connector.parse(raw)
    assert item.dedup_key == _polled(harbour)[0].dedup_key
    speaking.delete(harbour.page, post)
    assert harbour.connector.fetch_one(harbour.account, str(post.id)) is None


def test_a_closed_harbour_answers_nobody(harbour: Harbour, workspace: object) -> None:
    opening.close_for(workspace)  # type: ignore[arg-type]
    with pytest.raises(failures.AccountDisabled):
        harbour.connector.identity(harbour.account)
