"""Digests: what they say, when they are sent, once, and how one ends."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from hearwell.accounts.models import Membership
from hearwell.accounts.services import set_language
from hearwell.conversations.models import Case
from hearwell.inbox import approving
from hearwell.inbox.intake import take_in
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.ids import uuid7
from hearwell.notifications import digesting, networks, sweeps
from hearwell.notifications.models import Digest
from hearwell.notifications.services import digests
from hearwell.notifications.services.digests import BadDigestError, next_time, wish_digest
from hearwell.powers.models import Review
from hearwell.powers.rules import Conditions
from hearwell.powers.services import Gift, add_review_rule, give
from hearwell.sla.services.promises import ensure_defaults
from hearwell.sla.services.sweeping import sweep_breaches
from hearwell.spikes.models import Spike
from tests.factories import make_channel, make_item
from tests.house import free_port
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def post(settings):
    with smtp_server() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
        settings.HEARWELL_HAS_MAIL = True
        settings.HEARWELL_URL = "https://care.example.com"
        yield made


@pytest.fixture
def clock(workspace):
    ensure_defaults(workspace)
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bobs(workspace, bob):
    return Membership.objects.get(user=bob)


@pytest.fixture
def alices(workspace, alice):
    return Membership.objects.get(user=alice)


def ask(to=None, at: datetime = MONDAY, text: str = "Where is my secret bag? It is lost!") -> Case:
    item = make_item(text, occurred_at=at)
    author = dataclasses.replace(item.author, external_id=item.external_id, name="Lena Secret")
    (message,) = take_in(make_channel(), [dataclasses.replace(item, author=author)])
    Case.objects.filter(id=message.case_id).update(assignee_id=to)
    return Case.objects.get(id=message.case_id)


def wish(member, **more) -> Digest:
    values = {"every": "day", "hour": 8, "zone": "Europe/Berlin", "has_team": False, **more}
    return wish_digest(member, **values)


def morning(clock, workspace, days: int = 1) -> int:
    """Go on to the next morning, eight o'clock in Berlin."""
    clock.move_to(datetime(2026, 3, 9 + days, 7, 0, 30, tzinfo=UTC))
    sweep_breaches()
    return digesting.send_digests(workspace.id)


def test_a_person_is_sent_their_own_without_customers(workspace, clock, post, bobs):
    first, other = ask(bobs.user_id, MONDAY - timedelta(days=3)), ask(bobs.user_id)
    ask()
    wish(bobs)
    assert morning(clock, workspace) == 1
    (letter,) = post.taken
    text = letter.get_content()
    assert letter["To"] == "bob@example.com"
    assert "2 of your cases are open, 2 wait" in letter["Subject"]
    assert text.index(f"HW-{first.number}") < text.index(f"HW-{other.number}")
    assert f"https://care.example.com/c/{first.id}/" in text
    assert "Lena" not in str(letter)
    assert "secret" not in str(letter)
    assert "The team" not in text


def test_it_is_in_the_language_the_person_chose(workspace, clock, post, bob, bobs):
    bob.preferences = {"language": "de"}
    bob.save()
    ask(bobs.user_id)
    wish(bobs)
    morning(clock, workspace)
    (letter,) = post.taken
    assert "1 Ihrer Fälle sind offen, 1 warten" in letter["Subject"]
    assert "wartet seit Mo, 9. Mär" in letter.get_content()


def test_without_a_choice_it_is_in_the_language_of_the_workspace(
    workspace, clock, post, alice, bobs
):
    set_language(workspace, "de", by=alice)
    ask(bobs.user_id)
    wish(bobs)
    morning(clock, workspace)
    (letter,) = post.taken
    assert "1 Ihrer Fälle sind offen, 1 warten" in letter["Subject"]


def test_promises_that_ran_out_are_counted_since_the_last_one(workspace, clock, post, bobs):
    ask(bobs.user_id, MONDAY - timedelta(hours=1))
    wish(bobs)
    morning(clock, workspace, days=1)
    morning(clock, workspace, days=2)
    first, second = (letter.get_content() for letter in post.taken)
    assert "ran out since Mon 9 Mar, 13:00: 0" not in first
    assert "ran out since Tue 10 Mar, 08:00: 0" in second


def test_leads_may_ask_for_the_team_and_agents_may_not(workspace, clock, post, alices, bobs):
    ask()
    ask(bobs.user_id)
    wish(alices, has_team=True)
    wish(bobs, has_team=True)
    assert morning(clock, workspace) == 2
    told = {letter["To"]: letter.get_content() for letter in post.taken}
    assert "2 cases wait for an answer now" in told["alice@example.com"]
    assert "The team" not in told["bob@example.com"]


def test_leads_are_told_how_many_spikes_there_were(workspace, clock, post, alices, bobs):
    case = ask(bobs.user_id)
    known = {
        "workspace_id": workspace.id, "kind": "trouble", "severity": 60, "minutes": 15,
        "count": 40, "expected": 2.0, "people": 30, "case_id": case.id, "began_at": MONDAY,
    }  # fmt: skip
    Spike.objects.create(**known, found_at=MONDAY + timedelta(hours=1))
    Spike.objects.create(**known, found_at=MONDAY + timedelta(hours=1), state="dismissed")
    Spike.objects.create(**known, found_at=MONDAY - timedelta(days=9))
    wish(alices, has_team=True)
    wish(bobs, has_team=True)
    assert morning(clock, workspace) == 2
    told = {letter["To"]: letter.get_content() for letter in post.taken}
    assert "far more was said than usual: 1." in told["alice@example.com"]
    assert "/spikes/" in told["alice@example.com"]
    assert "Spikes" not in told["bob@example.com"]


def test_who_looks_after_the_networks_reads_what_they_warn_of(
    workspace, clock, post, alices, bobs, monkeypatch
):
    monkeypatch.setattr(networks, "warned", lambda _place: ["x:reached"])
    wish(alices)
    wish(bobs)
    assert morning(clock, workspace) == 1
    (letter,) = post.taken
    assert letter["To"] == "alice@example.com"
    said = letter.get_content()
    assert "X: the monthly spending cap is reached." in " ".join(said.split())
    assert "https://care.example.com/settings/networks/x/terms/" in said


def test_what_waits_to_be_decided_or_changed_is_counted_for_whose_turn_it_is(
    workspace, clock, post, alice, alices, bobs
):
    case = ask()
    add_review_rule(workspace.id, Conditions(user_id=bobs.user_id), by=alice)
    first, second = (
        send_reply(
            Reply(
                case_id=case.id, text=text, audience="public", key=uuid7(), seen_version=0,
                confirm=True,
            ),
            bobs,
        )
        for text in ("It is on its way.", "It is there.")
    )  # fmt: skip
    assert second.state == "approval"
    approving.send_back(first.id, "Name the day.", alices)
    give(Gift(case_id=case.id, key=uuid7(), amount_minor=900_00, reason="damage"), by=bobs)
    Review.objects.filter(delivery_id=first.id).update(submitted_at=MONDAY + timedelta(hours=1))
    wish(alices)
    wish(bobs)
    assert morning(clock, workspace) == 2
    told = {letter["To"]: letter.get_content() for letter in post.taken}
    hers, his = told["alice@example.com"], told["bob@example.com"]
    assert "Replies of colleagues that wait for your approval: 1." in hers
    assert "Grants that wait for a second person: 1." in hers
    assert "https://care.example.com/inbox/approval/" in hers
    assert "changes are asked for" not in hers
    assert "Replies of yours in which changes are asked for: 1." in his
    assert "approval:" not in his
    assert "Grants" not in his
    assert "Name the day" not in his, "no words of anybody's"


def test_with_nothing_to_say_nothing_is_sent(workspace, clock, post, bobs):
    ask()
    wish(bobs)
    assert morning(clock, workspace) == 0
    assert post.taken == []


def test_one_is_sent_once_and_only_when_its_time_has_come(workspace, clock, post, bobs):
    ask(bobs.user_id)
    wish(bobs)
    assert digesting.send_digests(workspace.id) == 0
    assert [morning(clock, workspace), morning(clock, workspace)] == [1, 0]
    assert len({letter["Message-ID"] for letter in post.taken}) == 1


def test_after_days_without_a_worker_there_is_one_and_not_many(workspace, clock, post, bobs):
    ask(bobs.user_id)
    wish(bobs)
    assert morning(clock, workspace, days=5) == 1
    assert digesting.send_digests(workspace.id) == 0


def test_an_address_that_is_refused_keeps_nobody_else_from_theirs(
    workspace, clock, post, alices, bobs
):
    ask(bobs.user_id)
    ask(alices.user_id)
    wish(alices)
    wish(bobs)
    post.refuses.add("alice@example.com")
    assert morning(clock, workspace) == 1
    assert [letter["To"] for letter in post.taken] == ["bob@example.com"]


def test_while_no_mail_server_answers_nothing_is_lost(workspace, clock, post, bobs, settings):
    ask(bobs.user_id)
    wish(bobs)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert morning(clock, workspace) == 0
    settings.EMAIL_PORT = port
    assert morning(clock, workspace) == 1


def test_a_server_that_hangs_up_after_some_gets_the_rest_on_new_lines(
    workspace, clock, post, alices, bobs
):
    post.most_a_line = 1
    for member in (alices, bobs):
        ask(member.user_id)
        wish(member)
    assert morning(clock, workspace) == 2


def test_an_address_that_is_none_keeps_nobody_else_from_theirs(
    workspace, clock, post, alice, alices, bobs
):
    for member in (alices, bobs):
        ask(member.user_id)
        wish(member)
    alice.email = "alice@example.com\nBcc: everybody@example.com"
    alice.save()
    assert morning(clock, workspace) == 1
    assert [letter["To"] for letter in post.taken] == ["bob@example.com"]


def test_who_has_left_is_sent_nothing(workspace, clock, post, bobs):
    ask(bobs.user_id)
    wish(bobs)
    bobs.delete()
    assert morning(clock, workspace) == 0


def test_the_sweep_finds_what_is_due_and_rests_without_a_mail_server(
    workspace, clock, post, bobs, settings
):
    wish(bobs)
    assert sweeps.wake_digests() == 0
    clock.shift(timedelta(days=1))
    assert sweeps.wake_digests() == 1
    settings.HEARWELL_HAS_MAIL = False
    assert sweeps.wake_digests() == 0


def test_the_work_does_not_grow_with_people(
    workspace, clock, post, alices, bobs, django_assert_max_num_queries
):
    ask(bobs.user_id)
    ask(alices.user_id)
    wish(bobs)
    wish(alices)
    clock.shift(timedelta(days=1))
    with django_assert_max_num_queries(14):
        assert digesting.send_digests(workspace.id) == 2


@pytest.mark.parametrize(
    ("every", "after", "expected"),
    [
        ("day", "2026-03-09T06:59:00+00:00", "2026-03-09T07:00:00+00:00"),
        ("day", "2026-03-09T07:00:00+00:00", "2026-03-10T07:00:00+00:00"),
        ("day", "2026-03-28T12:00:00+00:00", "2026-03-29T06:00:00+00:00"),
        ("week", "2026-03-09T07:00:00+00:00", "2026-03-16T07:00:00+00:00"),
        ("week", "2026-10-24T07:00:00+00:00", "2026-10-26T07:00:00+00:00"),
    ],
)
def test_the_hour_is_that_of_the_persons_own_clock(every, after, expected):
    moment = next_time(every, 8, "Europe/Berlin", datetime.fromisoformat(after))
    assert moment == datetime.fromisoformat(expected)


@pytest.mark.parametrize("more", [{"hour": 24}, {"hour": -1}, {"zone": "Mars"}, {"every": "hour"}])
def test_a_wish_that_is_none_is_refused(bobs, more):
    with pytest.raises(BadDigestError):
        wish(bobs, **more)
    assert digests.digest_of(bobs) is None


def test_one_click_ends_it_and_looking_does_not(workspace, clock, post, bobs):
    ask(bobs.user_id)
    wish(bobs)
    morning(clock, workspace)
    letter = post.taken[0]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip().strip("<>").removeprefix("https://care.example.com")
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert Digest.objects.exists()
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Digest.objects.exists()
    assert stranger.post(path).status_code == 200, "twice is no harm"
    assert stranger.post(path[:-3] + "x/").status_code == 410
