"""Comments that are asked for, a day of units that lasts, and what is said when access is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Act,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    RawPage,
    Source,
)
from hearwell.connect.terms import Charge
from hearwell.connectors.google import fake_doors
from hearwell.connectors.google.midnight import next_midnight
from hearwell.connectors.youtube.fake import Fake
from hearwell.connectors.youtube.fake_network import CHANNEL, LENA, RIVAL
from hearwell.connectors.youtube.manifest import MANIFEST, SCOPE
from hearwell.connectors.youtube.planning import allowed, next_look, today

PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def fake() -> Fake:
    return Fake()


def told(fake: Fake, page: RawPage) -> list[Inbound]:
    return [item for raw in page.raws for item in fake.connector.parse(raw)]


def look(fake: Fake, cursor: str | None, stream: str = "recent") -> tuple[list[Inbound], RawPage]:
    page = fake.connector.poll(fake.account, stream, cursor)
    return told(fake, page), page


def test_a_comment_is_told_once_an_edit_as_a_version_a_deletion_when_it_vanished(
    fake: Fake,
) -> None:
    items, page = look(fake, None)
    assert [type(one) for one in items] == [InboundMessage]
    items, page = look(fake, page.cursor)
    assert not items
    fake.network.edits(fake.first, "My blue bag stayed in Lisbon")
    items, page = look(fake, page.cursor)
    edited = next(one for one in items if isinstance(one, MessageEdited))
    assert edited.text == "My blue bag stayed in Lisbon"
    assert edited.version > 1
    fake.network.deletes(fake.first)
    items, page = look(fake, page.cursor)
    assert [(type(one), one.external_id) for one in items] == [(MessageDeleted, fake.first)]
    assert not look(fake, page.cursor)[0]


def test_replies_beyond_those_that_come_along_are_read_from_the_thread(fake: Fake) -> None:
    _, page = look(fake, None)
    ids = {fake.network.customer_says(f"Me too {n}", parent=fake.first) for n in range(9)}
    items, page = look(fake, page.cursor)
    assert ids <= {one.external_id for one in items}
    assert Charge("comments.list") in page.charges
    gone = min(ids)
    fake.network.deletes(gone)
    items, _ = look(fake, page.cursor)
    assert [one.external_id for one in items if isinstance(one, MessageDeleted)] == [gone]


def test_a_comment_that_is_held_back_is_not_taken_for_a_deleted_one(fake: Fake) -> None:
    fake.network.customer_says("Another")
    _, page = look(fake, None)
    fake.connector.act(fake.account, Act.HIDE, fake.first)
    assert fake.network.comments[fake.first]["snippet"]["moderationStatus"] == "heldForReview"
    items, _ = look(fake, page.cursor)
    assert not [one for one in items if isinstance(one, MessageDeleted)]
    fake.connector.act(fake.account, Act.UNHIDE, fake.first)
    assert fake.network.comments[fake.first]["snippet"]["moderationStatus"] == "published"


def test_an_account_may_have_comments_rejected_instead(fake: Fake) -> None:
    strict = replace(fake.account, settings={"hide_as": "rejected"})
    fake.connector.act(strict, Act.HIDE, fake.first)
    assert fake.network.comments[fake.first]["snippet"]["moderationStatus"] == "rejected"


def test_older_pages_are_read_in_turn_and_begin_again(fake: Fake) -> None:
    ids = [fake.first, *(fake.network.customer_says(f"Question {n}") for n in range(230))]
    found: set[str] = set()
    cursor = None
    for _ in range(3):
        items, page = look(fake, cursor, "older")
        found |= {one.external_id for one in items}
        cursor = page.cursor
    assert found == set(ids[:131])


def test_what_was_said_before_the_account_was_connected_is_history(fake: Fake) -> None:
    since = (fake.network.now + timedelta(minutes=1)).isoformat()
    page = fake.connector.poll(replace(fake.account, settings={"since": since}), "recent", None)
    assert [raw.source for raw in page.raws] == [Source.IMPORT]


def test_a_reply_to_a_reply_goes_below_the_first_comment(fake: Fake) -> None:
    reply = fake.network.customer_says("Anyone?", parent=fake.first)
    draft = replace(fake.draft(), parent_id=reply, root_id=None, thread_key="")
    sent = fake.connector.send(fake.account, draft, "k")
    body = json.loads(fake.network.calls[-1].content)
    assert body["snippet"]["parentId"] == fake.first
    assert getattr(sent, "external_id", "").startswith(f"{fake.first}.")


def test_the_answers_of_another_channel_can_be_read(fake: Fake) -> None:
    top = fake.network.customer_says("Where is my parcel?", channel=RIVAL)
    ours = fake.network.customer_says("On its way", author=RIVAL, parent=top, channel=RIVAL)
    page = fake.connector.timeline(fake.account, "rival", None)
    fake.network.customer_says("Me too", channel=RIVAL)
    page = fake.connector.timeline(fake.account, "rival", None)
    assert [one.external_id for one in told(fake, page)] == [ours, top]
    assert page.cursor is None
    with pytest.raises(failures.TargetGone):
        fake.connector.timeline(fake.account, "@nobody", None)


# --- units ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 -- made aware below
    st.integers(1, 7),
    st.integers(100, 1_000_000),
)
def test_a_day_of_units_lasts_until_midnight_in_california(
    at: datetime, cost: int, units: int
) -> None:
    now = at.replace(tzinfo=UTC)
    midnight, spent = next_midnight(now), 0
    for _ in range(3):
        later = next_look(now, units - spent, cost)
        assert now < later <= midnight
        # Going on like this spends no more than there is.
        looks_left = (midnight - now) / (later - now)
        assert looks_left * cost <= units - spent + cost
        now, spent = later, spent + cost
        if later == midnight:  # the next day has units of its own
            break


def test_midnight_is_california_s_also_when_the_clocks_change() -> None:
    for day in (datetime(2026, 3, 8, 1, tzinfo=PACIFIC), datetime(2026, 11, 1, 1, tzinfo=PACIFIC)):
        found = next_midnight(day.astimezone(UTC)).astimezone(PACIFIC)
        assert (found.hour, found.minute, found.day) == (0, 0, day.day + 1)


def test_answering_keeps_a_reserve_and_channels_share(fake: Fake) -> None:
    both = sum(allowed(fake.account, stream) for stream in ("recent", "older"))
    assert both == 8_000
    shared = replace(fake.account, settings={"units": "50000", "channels": "4"})
    assert allowed(shared, "recent") == 7_000
    assert fake.connector.said(fake.draft()) == (Charge("comments.insert"),)
    assert MANIFEST.quota is not None
    assert MANIFEST.quota.of(Charge("comments.insert", 2)) == 100


def test_what_other_channels_have_left_of_the_units_counts_too(fake: Fake) -> None:
    calls = len(fake.network.calls)
    none_left = replace(fake.account, units=0)
    page = fake.connector.poll(none_left, "recent", None)
    assert (page.raws, len(fake.network.calls)) == ((), calls)
    assert page.poll_after == next_midnight(datetime.now(UTC))

    alone = fake.connector.poll(replace(fake.account, units=8_000), "recent", None).poll_after
    shared = fake.connector.poll(replace(fake.account, units=100), "recent", None).poll_after
    assert alone is not None
    assert shared is not None
    assert alone < shared


def test_when_the_units_are_spent_nobody_is_asked_until_midnight(fake: Fake) -> None:
    day = today(datetime.now(UTC), None)
    cursor = json.dumps({"day": {"date": day.date, "spent": 9_999}})
    calls = len(fake.network.calls)
    page = fake.connector.poll(fake.account, "recent", cursor)
    assert (page.raws, page.cursor, len(fake.network.calls)) == ((), cursor, calls)
    assert page.poll_after == next_midnight(datetime.now(UTC))


def test_a_quota_that_is_used_up_is_over_until_midnight_in_california(fake: Fake) -> None:
    fake.network.trouble = {fake_doors.QUOTA}
    with pytest.raises(failures.QuotaExhausted) as caught:
        fake.connector.poll(fake.account, "recent", None)
    assert caught.value.reset_at == next_midnight(datetime.now(UTC))


# --- access --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "check", "state", "words"),
    [
        (fake_doors.OUTAGE, "reach", HealthState.BAD, "cannot be reached"),
        (fake_doors.TOKEN_EXPIRED, "credentials", HealthState.UNKNOWN, "renewed"),
        (fake_doors.NO_ACCESS, "scopes", HealthState.BAD, "not switched on"),
        (fake_doors.NO_SCOPE, "scopes", HealthState.BAD, SCOPE),
        (fake_doors.QUOTA, "quota", HealthState.WARNING, "used up"),
        (fake_doors.WITHDRAWN, "reach", HealthState.BAD, "withdrawn"),
    ],
)
def test_health_says_what_is_missing(
    fake: Fake, trouble: str, check: str, state: HealthState, words: str
) -> None:
    fake.network.trouble = {trouble}
    found = fake.connector.health(fake.account).checks[-1]
    assert (found.name, found.state) == (check, state)
    assert words in found.message


def test_every_trouble_is_a_failure_of_the_contract(fake: Fake) -> None:
    for trouble in fake.network.TROUBLES:
        fake.network.trouble = {trouble}
        with pytest.raises(failures.Failure):
            fake.connector.poll(fake.account, "recent", None)


def test_consent_brings_a_channel_and_its_token_can_be_renewed(fake: Fake) -> None:
    given_here = {"client_id": fake_doors.CLIENT, "client_secret": fake_doors.CLIENT_SECRET}
    given_here |= {"units": "10000", "channels": "1", "hide_as": "heldForReview"}
    left = fake.connector.begin(given_here, "https://care.example/back", "s1")
    asked = parse_qs(urlsplit(left.url).query)
    assert (asked["access_type"], asked["scope"]) == (["offline"], [SCOPE])
    back = fake.network.handle(httpx.Request("GET", left.url))
    query = {k: v[0] for k, v in parse_qs(urlsplit(back.headers["location"]).query).items()}
    assert query["state"] == "s1"
    done = fake.connector.finish(left.keep, query, "https://care.example/back")
    assert (done.external_id, done.handle) == (CHANNEL, "@northwind")
    fake.network.trouble = {fake_doors.TOKEN_EXPIRED}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.identity(done.account)
    fresh = fake.connector.refresh(done.account)
    assert fresh[oauth.REFRESH] == done.secrets[oauth.REFRESH]
    assert fake.connector.identity(replace(done.account, secrets=fresh)) == CHANNEL
    fake.network.trouble = {fake_doors.ENDED}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(done.account)


def test_a_wrong_secret_is_said_at_its_field_and_a_missing_permission_by_name(fake: Fake) -> None:
    keep = {"client_id": fake_doors.CLIENT, "client_secret": "wrong"}
    with pytest.raises(FieldRefused) as refused:
        fake.connector.finish(keep, {"code": fake_doors.CODE}, "https://care.example/back")
    assert refused.value.field_name == "client_secret"
    fake.network.scope = "openid"
    keep["client_secret"] = fake_doors.CLIENT_SECRET
    with pytest.raises(failures.ScopeMissing, match=SCOPE):
        fake.connector.finish(keep, {"code": fake_doors.CODE}, "https://care.example/back")
    with pytest.raises(failures.NeedsReauth):
        fake.connector.finish(keep, {"error": "access_denied"}, "https://care.example/back")


def test_a_closed_channel_s_comment_has_an_author_all_the_same(fake: Fake) -> None:
    comment = fake.network.comments[fake.first]
    del comment["snippet"]["authorChannelId"]
    items, _ = look(fake, None)
    message = next(one for one in items if isinstance(one, InboundMessage))
    assert message.author.external_id == f"comment:{fake.first}"
    assert message.author.external_id != LENA
