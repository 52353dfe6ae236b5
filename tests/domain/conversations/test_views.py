"""Saved views: whose they are, their order, their counts, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.contacts import services as contacts
from hearwell.conversations import queries, services
from hearwell.conversations.listing import CaseFilter, filter_from
from hearwell.conversations.models import Case, SavedView
from hearwell.conversations.services import BadViewError
from hearwell.conversations.viewing import COUNTED_TO, deleted_views, view_counts, views_of
from hearwell.kit.clock import now
from hearwell.triage.models import Verdict
from tests.factories import DUARTE, make_case, make_channel, make_message

MAIL = {"queue": "needs", "network": "mail"}


def names(workspace: Workspace, user: User) -> list[str]:
    return [view.name for view in views_of(workspace.id, user.id)]


def test_a_private_view_is_its_owner_s_and_a_shared_one_everybody_s(
    workspace: Workspace, alice: User, bob: User
) -> None:
    services.save_view(" Mail  only ", MAIL, bob, is_shared=False)
    services.save_view("For all", MAIL, alice, is_shared=True)

    assert names(workspace, bob) == ["Mail only", "For all"]
    assert names(workspace, alice) == ["For all"]
    mine = views_of(workspace.id, bob.id)[0]
    with pytest.raises(SavedView.DoesNotExist):
        services.delete_view(mine.id, alice, is_shared=False)
    with pytest.raises(SavedView.DoesNotExist):
        services.change_view(mine.id, alice, is_shared=True, name="Taken")


def test_what_is_shared_is_in_the_audit_trail(workspace: Workspace, alice: User, bob: User) -> None:
    services.save_view("Mine", MAIL, bob, is_shared=False)
    view = services.save_view("For all", MAIL, alice, is_shared=True)
    services.change_view(view.id, alice, is_shared=True, name="For everybody")
    services.delete_view(view.id, alice, is_shared=True)
    services.restore_view(view.id, alice, is_shared=True)

    told = AuditRow.objects.filter(action__startswith="view.").order_by("at", "id")
    assert [row.action for row in told] == [
        "view.shared", "view.changed", "view.deleted", "view.restored",
    ]  # fmt: skip
    assert told[1].before["name"] == "For all"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "MAIL"])
def test_a_name_is_refused_with_a_reason(workspace: Workspace, bob: User, name: str) -> None:
    services.save_view("Mail", MAIL, bob, is_shared=False)
    with pytest.raises(BadViewError):
        services.save_view(name, MAIL, bob, is_shared=False)
    assert names(workspace, bob) == ["Mail"]


def test_views_are_put_in_order(workspace: Workspace, bob: User) -> None:
    first, _, third = (services.save_view(n, MAIL, bob, is_shared=False) for n in "abc")

    services.move_view(third.id, bob, is_shared=False, is_up=True)
    assert names(workspace, bob) == ["a", "c", "b"]
    services.move_view(first.id, bob, is_shared=False, is_up=True)
    services.move_view(first.id, bob, is_shared=False, is_up=False)
    assert names(workspace, bob) == ["c", "a", "b"]


def test_a_deleted_view_comes_back_and_an_old_one_does_not(workspace: Workspace, bob: User) -> None:
    view = services.save_view("Mail", MAIL, bob, is_shared=False)
    services.delete_view(view.id, bob, is_shared=False)
    assert names(workspace, bob) == []
    services.save_view("Mail", MAIL, bob, is_shared=False)

    services.restore_view(view.id, bob, is_shared=False)
    assert sorted(names(workspace, bob)) == ["Mail", "Mail 2"]

    services.delete_view(view.id, bob, is_shared=False)
    SavedView.objects.filter(id=view.id).update(deleted_at=now() - timedelta(days=8))
    assert deleted_views(workspace.id, bob.id) == []


def test_views_are_few(workspace: Workspace, bob: User) -> None:
    for n in range(services.MOST_VIEWS):
        services.save_view(f"View {n}", MAIL, bob, is_shared=False)
    with pytest.raises(BadViewError, match="Delete one"):
        services.save_view("One more", MAIL, bob, is_shared=False)


def test_each_view_has_its_count_in_one_statement(
    workspace: Workspace, bob: User, django_assert_num_queries
) -> None:
    here, there = make_channel(), make_channel("mail")
    make_case("a", here)
    make_case("b", there)
    make_case("c", there)
    services.save_view("Mail", MAIL, bob, is_shared=False)
    services.save_view("All", {"queue": "all"}, bob, is_shared=False)
    services.save_view("Mine", {"queue": "all", "assignee": "me"}, bob, is_shared=False)
    services.save_view("Words", {"queue": "all", "q": "bag"}, bob, is_shared=False)
    views = views_of(workspace.id, bob.id)

    with django_assert_num_queries(1):
        counts = view_counts(workspace.id, views, bob.id)

    assert [counts.get(view.id) for view in views] == [2, 3, 0, None]
    assert COUNTED_TO > 3


@pytest.mark.parametrize(
    ("params", "is_in"),
    [
        ({"language": "en"}, True),
        ({"language": "de"}, False),
        ({"priority": "2"}, True),
        ({"priority": "3"}, False),
        ({"waited": "1h"}, True),
        ({"waited": "1d"}, False),
        ({"unread": "yes"}, True),
        ({"unread": "no"}, False),
        ({"turn": "ours"}, True),
        ({"turn": "theirs"}, False),
        ({"tier": "GOLD"}, True),
        ({"tier": "silver"}, False),
        ({"status": "open"}, True),
        ({"status": "closed"}, False),
        ({"tag": "lost BAG"}, True),
        ({"tag": "refund"}, False),
        ({"network": "sandbox", "tag": "lost bag", "tier": "gold", "q": "suitcase"}, True),
        ({"network": "mail", "q": "suitcase"}, False),
        ({"language": "de", "q": "suitcase"}, False),
        ({"language": "en", "q": "suitcase"}, True),
    ],
)
def test_every_filter_tells_cases_apart(
    workspace: Workspace, bob: User, params: dict[str, str], is_in: bool
) -> None:
    message = make_message("Where is my suitcase?", make_channel())
    case = Case.objects.get(id=message.case_id)
    contacts.call_tier(workspace.id, case.contact_id, "Gold")
    services.tag([case.id], ["Lost bag"], bob.id)
    Verdict.objects.filter(case_id=case.id).update(language="en-GB")
    Case.objects.filter(id=case.id).update(
        urgency=2, unread=True, waiting_since=now() - timedelta(hours=3)
    )
    make_case("Wo ist mein Koffer?", author=DUARTE)

    found = queries.case_list(workspace.id, filter_from({"queue": "all", **params}, bob.id)).rows

    assert (case.id in [row.id for row in found]) is is_in


def test_what_no_database_can_keep_is_not_asked_for() -> None:
    assert filter_from({"q": "lost\x00 bag", "tag": "\x00"}, None) == CaseFilter(text="lost bag")


def test_views_of_what_is_done_are_not_counted(workspace: Workspace, bob: User) -> None:
    services.save_view("Old", {"queue": "closed", "language": "en"}, bob, is_shared=False)
    services.save_view("Past", {"queue": "archive", "tag": "x"}, bob, is_shared=False)
    assert view_counts(workspace.id, views_of(workspace.id, bob.id), bob.id) == {}
