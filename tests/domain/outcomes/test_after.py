"""After the contact: who counts, in which group, what they did, and what is never read."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from hearwell.accounts.models import User, Workspace
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import Brand
from hearwell.connect.model import Audience, MessageKind
from hearwell.contacts.models import Contact, Identity
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.shares import Share
from hearwell.outcomes import after
from hearwell.outcomes.after import after_contact
from hearwell.outcomes.files import FileError
from hearwell.outcomes.models import Import, Point, Purchase
from hearwell.outcomes.purchases import ERASED, read_purchases, written
from hearwell.outcomes.rules import NO_PURCHASE, NO_RIVAL
from hearwell.outcomes.services import (
    NotAgreedError,
    Taken,
    check_purchases,
    take_purchases,
    undo_import,
)
from hearwell.privacy.services import erase
from hearwell.reports.services import recompute
from tests.exchange import ANSWER, CHATTER, PRAISE, Exchange, Judged

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COMPLAINT = Judged(kind="complaint")


class Town:
    """People who ask on 2 March 2026 at noon, and what they do then."""

    def __init__(self, workspace: Workspace, other: Exchange | None = None) -> None:
        self.ours, self.start = Exchange(workspace.id), now()
        self.other = other

    def says(self, who: str, days: float, text: str, verdict: Judged = CHATTER, **more: Any) -> Any:
        """Let somebody say something, in a thread of its own unless told otherwise."""
        exchange = more.pop("at_other", None) or self.ours
        thread = more.pop("thread", f"{who} {days} {text[:20]}")
        at = self.start + days * DAY
        message = exchange.ask(thread, verdict=verdict, by=who, at=at, text=text, **more)
        verdict.of(message).save(force_insert=True)
        return message

    def asks(self, who: str, wait: timedelta | None, **more: Any) -> Any:
        """Let somebody have a need, answered after so long."""
        asked = self.says(who, 0, "where is my bag?", ANSWER, thread=f"first of {who}", **more)
        if wait is not None:
            self.ours.reply(asked, at=self.start + wait)
        return asked


@pytest.fixture
def town(workspace: Workspace, frozen: Any) -> Town:
    return Town(workspace)


@pytest.fixture
def later(town: Town, frozen: Any) -> Any:
    """Look at it that many days later."""

    def look(days: float = 100) -> Any:
        frozen.move_to(town.start + days * DAY)
        recompute(town.ours.workspace_id)
        report = after_contact(town.ours.workspace_id, town.start - DAY, town.start + DAY)
        return report, {one.key: one for one in report.outcomes}

    return look


def shares(outcome: Any, days: int = 30) -> dict[str, tuple[int, int]]:
    window = next(one for one in outcome.windows if one.days == days)
    return {key: (share.right, share.n) for key, share in window.groups.items()}


def test_groups_windows_and_what_counts(town: Town, later: Any) -> None:
    quick, slow, late = timedelta(minutes=59), timedelta(hours=2), timedelta(hours=30)
    for who, wait in (("a", quick), ("b", quick), ("c", slow), ("d", late), ("e", None)):
        town.asks(who, wait)
    town.says("a", 0.5, "Thank you, great service", PRAISE, thread="first of a")  # the contact
    town.says("a", 0.9, "Great airline, I recommend it", PRAISE)  # within the first day
    town.says("b", 5, "Great airline, I can only recommend NorthwindAir", PRAISE)
    town.says("c", 20, "Lovely crew. Would not recommend the food", PRAISE)
    town.says("d", 6, "Still nothing?", COMPLAINT)
    town.says("e", 60, "buy pills", Judged(kind="spam", duty="none"))
    town.says("e", 7.001, "Is anybody there?", ANSWER)
    report, by = later()
    assert report.people == {"fast": 2, "slow": 1, "never": 2}
    assert (report.n, report.late) == (5, 1)
    assert shares(by["again"], 7) == {"fast": (1, 2), "slow": (0, 1), "never": (1, 2)}
    assert shares(by["again"]) == {"fast": (1, 2), "slow": (1, 1), "never": (2, 2)}
    assert shares(by["praises"], 7) == {"fast": (1, 2), "slow": (0, 1), "never": (0, 2)}
    assert shares(by["praises"]) == {"fast": (1, 2), "slow": (1, 1), "never": (0, 2)}
    assert shares(by["recommends"], 90) == {"fast": (1, 2), "slow": (0, 1), "never": (0, 2)}
    assert (by["competitor"].why, by["buys"].why) == (NO_RIVAL, NO_PURCHASE)


def test_windows_that_have_not_ended_are_left_out_and_counted(town: Town, later: Any) -> None:
    town.asks("a", None)
    town.says("a", 3, "Hello?")
    report, by = later(8)
    windows = {one.days: one for one in by["again"].windows}
    assert windows[7].groups["never"] == Share(1, 1)
    assert (windows[30].groups["never"], windows[30].left_out) == (Share(0, 0), 1)
    assert windows[30].against == {"fast": None, "slow": None}
    assert report.n == 1


def test_nobody_who_objects_is_erased_or_wrote_in_private(
    town: Town, later: Any, alice: User
) -> None:
    private = {"audience": Audience.PRIVATE, "kind": MessageKind.DM}
    town.asks("dm", None, **private)
    for who in ("open", "stop", "gone"):
        town.asks(who, None)
    town.says("open", 3, "In private: you are great", PRAISE, **private)
    Identity.objects.filter(external_id="stop").update(no_messages_since=now())
    people = Contact.objects.filter(identities__external_id="gone")
    people.update(erasing_since=now())
    report, by = later()
    assert report.people["never"] == 1
    assert shares(by["again"])["never"] == (0, 1)
    assert shares(by["praises"])["never"] == (0, 1)


def test_a_person_counts_once_and_by_their_first_contact(town: Town, later: Any) -> None:
    town.asks("a", timedelta(minutes=5))
    town.says("a", 0.2, "and my other bag?", ANSWER)
    report, by = later()
    assert report.people == {"fast": 1, "slow": 0, "never": 0}
    assert shares(by["again"])["fast"] == (0, 1)  # the same day


def test_of_much_some_people_are_taken_whole_and_the_same_again(
    town: Town, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [town.asks(f"p{n}", None).author_identity.contact_id for n in range(12)]
    for n in range(12):
        town.says(f"p{n}", 3, "Still nothing?")
    assert later()[0].every == 1
    monkeypatch.setattr(after, "MOST", 5)  # twelve contacts are more, twice so and a bit
    taken = sum(int.from_bytes(one.bytes[-2:]) % 3 == 0 for one in asked)
    for _ in range(2):
        report, by = later()
        assert (report.every, report.n) == (3, taken)
        assert shares(by["again"])["never"] == (taken, taken)


def test_competitors_are_those_of_the_panels(town: Town, later: Any, alice: User) -> None:
    theirs = Exchange(town.ours.workspace_id, handle="skerryjet")
    theirs.numbers = town.ours.numbers
    brands = [
        Brand("Northwind Air", (str(town.ours.channel.id),), is_own=True),
        Brand("Skerry Jet+", (str(theirs.channel.id),)),
    ]
    Panel.objects.create(
        workspace_id=town.ours.workspace_id, name="Air", industry="airline", by_id=alice.id,
        brands=[one.stored for one in brands],
    )  # fmt: skip
    for who in ("a", "b", "c", "d"):
        town.asks(who, None)
    town.says("x", 0, "only ever theirs?", ANSWER, at_other=theirs)
    town.says("a", 4, "Do you fly to Oslo?", ANSWER, at_other=theirs)
    town.says("b", 4, "Is skerry  jet+ any better?", ANSWER)
    town.says("c", 4, "You are worse than @SkerryJet!", COMPLAINT)
    town.says("d", 4, "skerryjets?", ANSWER)
    report, by = later()
    assert report.people["never"] == 4  # whoever asked them alone asked nothing of us
    assert shares(by["competitor"])["never"] == (2, 4)
    assert shares(by["again"])["never"] == (3, 4)


FILE = """Date;Network;Network_ID;Email;Amount;Currency;Order_ID
2026-03-10;pigeon;a;;25,50;eur;N-1
2026-03-20;;; Mail@Example.org ;10;EUR;N-2
2026-03-02;pigeon;c;;10;EUR;N-3
2026-06-30;pigeon;nobody;;10;CHF;N-4
2026-03-11;pigeon;a;;1.234,00;EUR;N-5
2026-03-11;;;;1;EUR;N-6
2999-01-01;pigeon;a;;1;EUR;N-7
2026-03-11;pigeon;a;;1;EUR;N-1
2026-03-11;pigeon;a;;1;euros;N-8
2026-03-11;;;nobody;1;EUR;N-9
"""


def taken(workspace: Workspace, by: User, text: str = FILE, **more: Any) -> Import:
    lines, _known = check_purchases(workspace.id, read_purchases(text.encode(), date(2026, 7, 30)))
    return take_purchases(
        workspace.id, lines, has_agreed=more.get("has_agreed", True),
        what=Taken("shop.csv", sum(bool(one.wrong) for one in lines), by),
    )  # fmt: skip


def test_purchases_count_once_by_id_and_hashed_address_and_go_again(
    town: Town, later: Any, alice: User, workspace: Workspace
) -> None:
    for who in ("a", "c", "d"):
        town.asks(who, timedelta(minutes=1))
    mail = town.asks("m", None)
    Identity.objects.create(
        workspace_id=workspace.id, contact_id=mail.author_identity.contact_id, network="email",
        external_id="mail@example.org", handle="mail@example.org",
    )  # fmt: skip
    with pytest.raises(NotAgreedError):
        taken(workspace, alice, has_agreed=False)
    assert not Import.objects.exists()
    first = taken(workspace, alice)
    assert (first.taken, first.known, first.refused) == (4, 0, 6)
    again = taken(workspace, alice)
    assert (again.taken, again.known) == (0, 4)
    kept = Purchase.objects.get(order_id="N-2")
    assert kept.email_sha256 == sha256(b"mail@example.org").hexdigest()
    assert (kept.network_id, kept.amount_minor) == ("", 1000)
    _report, by = later(150)
    # Only what the imports cover: from 2 March to 30 June; what was bought that day was before.
    assert shares(by["buys"], 7) == {"fast": (0, 3), "slow": (0, 0), "never": (0, 1)}
    assert shares(by["buys"], 30) == {"fast": (1, 3), "slow": (0, 0), "never": (1, 1)}
    undo_import(workspace.id, first.id, by=alice)
    assert not Purchase.objects.exists()
    with pytest.raises(Import.DoesNotExist):
        undo_import(workspace.id, first.id, by=alice)
    assert later(150)[1]["buys"].why == NO_PURCHASE


def test_what_is_wrong_with_a_line_is_said_and_no_address_leaves_the_file() -> None:
    lines = read_purchases(FILE.encode(), date(2026, 7, 30))
    assert [(one.number, one.column) for one in lines if one.wrong] == [
        (6, "amount"), (7, "network_id"), (8, "date"), (9, "order_id"), (10, "currency"),
        (11, "email"),
    ]  # fmt: skip
    again = written(lines)
    assert "example" not in again.lower()
    assert [one.bought for one in read_purchases(again.encode(), date(2026, 7, 30))] == [
        one.bought for one in lines if one.bought
    ]
    for body in (b"", b"a,b\n1,2\n", b"date,amount,currency,order_id\n", b"\xff\xfe\x00", b'"'):
        with pytest.raises(FileError):
            read_purchases(body, date(2026, 7, 30))


def test_erasing_a_person_takes_their_purchases_and_keeps_them_away(
    town: Town, alice: User, workspace: Workspace, frozen: Any
) -> None:
    asked = town.asks("a", None)
    taken(workspace, alice)
    frozen.move_to(town.start + 30 * DAY)
    asked.case.status = "closed"
    asked.case.save()
    erase(workspace.id, asked.author_identity.contact_id, by=alice)
    assert not Purchase.objects.filter(order_id="N-1").exists()
    lines, _known = check_purchases(workspace.id, read_purchases(FILE.encode(), date(2026, 7, 30)))
    assert lines[0].wrong == ERASED


def test_another_desk_has_none_of_it(
    town: Town, alice: User, workspace: Workspace, other_workspace: Workspace
) -> None:
    taken(workspace, alice)
    with scope(other_workspace.id):
        assert not Purchase.objects.exists()
        assert not Point.objects.exists()
        assert after_contact(other_workspace.id, town.start - DAY, town.start + DAY).n == 0
