"""What somebody types into a search or an address is words, whatever it looks like."""

from __future__ import annotations

import os
from urllib.parse import urlencode

import pytest
from django.test import Client

from hearwell.accounts.models import Workspace
from hearwell.connect import registry
from hearwell.conversations.finding import find
from hearwell.conversations.listing import filter_from
from hearwell.conversations.models import Case
from hearwell.conversations.viewing import View, view_counts
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.listening.rules import Wanted, read
from tests.exchange import Exchange
from tests.harbour_wire import Wire
from tests.hostile.injections import injections

TRIED = list(dict.fromkeys(injections()))
# Each word at each place only where somebody asks for it: `HEARWELL_HOSTILE=all`.
EVERY = 1 if os.environ.get("HEARWELL_HOSTILE") == "all" else 97
FILTERS = (
    "queue",
    "channel",
    "network",
    "kind",
    "audience",
    "assignee",
    "team",
    "tag",
    "q",
    "language",
    "priority",
    "waited",
    "unread",
    "turn",
    "tier",
    "status",
    "spike",
    "incident",
    "unsure",
    "topic",
    "stars",
    "after",
    "new",
    "in",
    "order",
    "sort",
    "with",
)
PLACES = [
    *(f"/inbox/?{name}=" for name in FILTERS),
    *(f"/inbox/q/all/?{name}=" for name in ("q", "tag", "after", "late")),
    "/palette/?q=",
    "/settings/audit/?action=",
    "/settings/audit/?before=",
    "/reports/response/?from=",
    "/reports/response/?method=",
    "/reports/response/?channel=",
    "/promotions/?who=",
    "/help/?q=",
    "/promotions/csv/?format=",
    "/grants/?month=",
    "/wall/?theme=",
    "/login/?next=",
    "/quality/?weeks=",
    "/spikes/?show=",
    "/spikes/?before=",
    "/incidents/?before=",
    "/tools/runs/?state=",
    "/me/?next=",
    "/settings/imports/?known=",
    "/settings/networks/connect/?q=",
    "/api/v1/cases?queue=",
    "/api/v1/cases?cursor=",
    "/api/v1/cases?limit=",
    "/api/v1/cases?q=",
]
FIELDS = ("q", "network", "kind", "tag", "language", "tier", "topic")
THEIRS = "Unspeakable secret of the other workspace"


@pytest.fixture
def cases(workspace, other_workspace, frozen, monkeypatch) -> list[Case]:
    """Two of ours; one of somebody else's that no page of ours may show."""
    monkeypatch.setitem(registry._connectors, "wire", Wire())
    with scope(other_workspace.id):
        Exchange(other_workspace.id, network="wire").ask(text=THEIRS, by="eve")
    ours = Exchange(workspace.id, network="wire")
    asked = [
        ours.ask(text=text, by=by) for by, text in (("lena", "Πού είναι;"), ("tom", "Χάθηκαν"))
    ]
    return [Case.objects.get(id=message.case_id) for message in asked]


def test_there_are_enough_of_them() -> None:
    assert len(TRIED) >= 150


def test_a_search_finds_words_and_nothing_else(workspace: Workspace, cases, as_app_role) -> None:
    """None of them stands in a case, so that a case that is found was found by its meaning."""
    found, ours = list[str](), {case.id for case in cases}
    with scope(workspace.id):
        for number, text in enumerate(TRIED):
            name = FIELDS[number % len(FIELDS)]
            wanted = filter_from({name: text, "q": text}, None)
            found += [f"{name}: {text!r}" for _ in find(workspace.id, wanted).hits]
        assert find(workspace.id, filter_from({"q": "χάθηκαν"}, None)).hits
    assert found == []
    assert Case.objects.count() == len(ours)


def test_a_saved_view_counts_by_its_own_words_alone(workspace, cases, as_app_role) -> None:
    """All views of one statement: what one holds must not become a condition of another."""
    ours = {case.id for case in cases}
    with scope(workspace.id):
        for text in TRIED:
            views = [
                View(uuid7(), text, False, {"queue": "all", name: text}) for name in FIELDS[1:]
            ]
            every = View(uuid7(), text, False, {"queue": "all"})
            counts = view_counts(workspace.id, [*views, every], uuid7())
            assert counts == {view.id: 0 for view in views} | {every.id: len(ours)}, text


def test_no_page_fails_leaks_or_is_split(owner_of_all: Client, cases) -> None:
    """Nobody else's case, no header of theirs, no arithmetic done, no error of the server."""
    faults = list[str]()
    for number, place in enumerate(PLACES):
        name = place.partition("?")[2].rstrip("=")
        for text in TRIED[number % EVERY :: EVERY]:
            answer = owner_of_all.get(f"{place.partition('?')[0]}?{urlencode({name: text})}")
            faults += [f"{place}{text!r}: {why}" for why in _wrong(answer)]
    assert not faults, "\n".join(faults[:40])


def _wrong(answer) -> list[str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = {
        "an error": answer.status_code >= 500,
        "leaked": THEIRS.encode() in body,
        "reckoned": b"zz49" in body,
        "a cookie": "evil" in answer.cookies,
        "led away": "evil.invalid" in answer.get("Location", "").partition("?")[0],
        "split": any("\n" in value or "\r" in value for _, value in answer.items()),
    }
    return [why for why, is_so in said.items() if is_so]


@pytest.fixture
def owner_of_all(alice) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_what_somebody_listens_for_is_no_pattern() -> None:
    """Phrases, exclusions and the words beside them are looked for as they stand."""
    for text in TRIED:
        wanted = Wanted((text, "Northwind"), exclusions=(text,), helps=(text,), is_common=True)
        read(wanted, "nothing of it stands here", "en")
    assert read(Wanted((".*", "%", "(a+)+$")), "aaaaaaaaaaaaaaaaaaaaaaaa!").spans == ()
