"""What the brand says, counted once each: what answers somebody is care, the rest by its words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.reports.rolling.cube import Span
from hearwell.voice import services
from hearwell.voice.figures import asked_of, voice_of
from hearwell.voice.queries import posts_of, replies_of
from hearwell.voice.rules import PostClass
from tests.factories import make_channel, make_dm, make_echo, make_item, make_reply, receive

pytestmark = pytest.mark.django_db
SALE = "20% off all bags today. Shop now: https://shop.nw.example/bags"
DELAYS = "Due to strong winds there are delays at Oslo. Check your flight status."


@pytest.fixture
def span(frozen) -> Span:
    today = now().date()
    return Span(today - timedelta(days=9), today)


@pytest.fixture
def bobs(bob) -> Membership:
    return Membership.objects.get(user=bob)


def post(channel, text: str, **values) -> Message:
    (made,) = receive(channel, [make_echo(text, **values)])
    return made


def read(workspace, span):
    return posts_of(asked_of(workspace, span))


def classes(workspace, span) -> dict[str, int]:
    tally = voice_of(workspace, span).tally
    return {klass.value: n for klass, n in tally.by_class.items()}


def test_what_answers_somebody_is_care_whatever_it_says(workspace, span):
    channel = make_channel()
    asked, private = receive(channel, [make_item("Any offers?", thread_key="t"), make_dm()])
    make_reply(asked.case, SALE, parent_remote_id=asked.remote_id)
    make_reply(private.case, "20% off for you")
    # Native: an answer, what goes on after it, and one to a message that we never heard.
    said = post(channel, "Sorry! 1/2", thread_key="t", parent_id=asked.remote_id)
    post(channel, "Have 20% off 2/2", thread_key="t", parent_id=said.remote_id)
    post(channel, "@lena 20% off for you", parent_id="never-heard")
    assert classes(workspace, span) == {"care": 5}
    assert {one.why for one in replies_of(asked_of(workspace, span), 9)} == {"answers", "names"}


def test_what_answers_nobody_is_told_by_its_words(workspace, span):
    channel = make_channel()
    ours = post(channel, SALE, thread_key="p1")
    post(
        channel, "And it ends tonight: the last chance!", thread_key="p1", parent_id=ours.remote_id
    )
    post(channel, DELAYS)
    post(channel, "Quiz time! Guess where we are.")
    post(channel, "Hm.")
    # A customer below our post, and our answer there.
    (below,) = receive(channel, [make_item("In blue?", thread_key="p1", parent_id=ours.remote_id)])
    post(channel, "Yes!", thread_key="p1", parent_id=below.remote_id)
    assert classes(workspace, span) == {
        "promotion": 2, "information": 1, "entertainment": 1, "unsure": 1, "care": 1,
    }  # fmt: skip
    told = {one.text: one.told for one in read(workspace, span).posts}
    assert (PostClass.PROMOTION, "shop now") in told[SALE].words
    assert told[SALE].is_coupon


def test_each_is_counted_once_and_notes_calls_and_deleted_ones_are_not(workspace, span):
    live, old = make_channel("pigeon"), make_channel("archive")
    at = now() - timedelta(days=1)
    for channel in (live, old):
        post(channel, SALE, external_id="77", occurred_at=at)
    post(old, DELAYS, external_id="78", occurred_at=at)
    post(
        make_channel("pigeon", handle="other"),
        SALE,
        external_id="77",
        occurred_at=at - timedelta(days=1),
    )
    gone = post(live, "Hm.")
    Message.objects.filter(id=gone.id).update(deleted_at=now())
    assert classes(workspace, span) == {"promotion": 2, "information": 1}


def test_a_persons_word_counts_at_once_and_is_taken_back(workspace, span, bobs):
    odd = post(make_channel(), "Hm.")
    services.say_class(odd.id, "entertainment", bobs)
    assert classes(workspace, span) == {"entertainment": 1}
    services.say_class(odd.id, "care", bobs)
    assert classes(workspace, span) == {"care": 1}
    services.undo_class(odd.id, bobs)
    assert classes(workspace, span) == {"entertainment": 1}
    with pytest.raises(services.NothingToTakeBackError):
        services.undo_class(odd.id, bobs)
    with pytest.raises(services.BadClassError):
        services.say_class(odd.id, "unsure", bobs)
    (theirs,) = receive(make_channel("pigeon"), [make_item()])
    with pytest.raises(Message.DoesNotExist):
        services.say_class(theirs.id, "care", bobs)
    acts = AuditRow.objects.filter(action__startswith="post.").order_by("id")
    assert [one.after for one in acts] == [
        {"klass": "entertainment"}, {"klass": "care"}, {"klass": "entertainment"},
    ]  # fmt: skip


def test_figures_say_n_and_an_empty_period_says_so(workspace, span):
    channel = make_channel()
    for hour in (1, 2):
        post(channel, SALE, occurred_at=now() - timedelta(hours=hour))
    found = {one.key: one for one in voice_of(workspace, span).figures}
    assert (found["care_share"].value, found["care_share"].n) == (0, 2)
    assert "n < 30" in found["care_share"].caveat
    assert found["posts_a_day"].value == 2 / 10
    assert (found["crowded_days"].value, found["promotion_days"].value) == (1, 1)
    assert found["coupon_share"].value == 1
    nothing = voice_of(workspace, Span(date(2020, 1, 1), date(2020, 1, 2))).figures
    assert {one.value for one in nothing} == {None}
    assert all("nothing to count" in one.caveat for one in nothing)
