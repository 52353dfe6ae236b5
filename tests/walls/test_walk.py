"""Every route, by every role: what is somebody else's is not there, byte for byte."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.rules import RIGHTS, can
from hearwell.accounts.services import make_api_token
from hearwell.api.limits import FAILURES, REQUESTS
from hearwell.connect import registry
from tests.pigeon import Pigeon
from tests.walls import routes, world
from tests.walls.routes import Route
from tests.walls.world import ABSENT, CANARY, FOREIGN, NUMBERS, OWN, WORDS

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Nonces, tokens against forgery, secrets that are made to be shown once.
CHANCE = re.compile(rb"[A-Za-z0-9_-]{20,}")
SAME_HEADERS: Final = ("Content-Type", "Location", "HX-Redirect", "HX-Trigger", "Cache-Control",
                       "Content-Disposition", "Retry-After", "Allow", "ETag", "Vary")  # fmt: skip
IS_LONG: Final = "TEST_LONG" in os.environ
# Paths whose invented thing is refused for what it is, before anybody could tell it from none.
UNREACHED: Final = 53
# 422: what is sent is looked at before who sends it, and nothing else is.
KEPT_OUT: Final = (302, 403, 405, 422)
Answer = tuple[int, tuple[str, ...], bytes]


def plain(data: bytes) -> bytes:
    """Take out of an answer what differs each time, and what was in the question."""
    data = CHANCE.sub(b"CHANCE", ID.sub(b"ID", data))
    for one in (FOREIGN, ABSENT):
        data = data.replace(WORDS[one].encode(), b"WORD").replace(str(NUMBERS[one]).encode(), b"7")
    return data


class Walker:
    """One person, by pages or by the API; whatever they do is undone."""

    def __init__(self, role: str, client: Client, headers: Mapping[str, str]) -> None:
        self.role, self._client, self._headers = role, client, headers

    def go(self, route: Route, values: Callable[[str], UUID], one: UUID) -> HttpResponse:
        REQUESTS.clear()
        FAILURES.clear()
        address, more = route.address(values), {"headers": self._headers}
        cookies = self._client.cookies.copy()
        with transaction.atomic():
            if route.method == "GET":
                answer = self._client.get(address, route.asked(one), **more)
            elif isinstance(route.body, Mapping):
                answer = self._client.generic(
                    route.method, address, route.sent(one), "application/json", **more,
                    query_params=route.asked(one),
                )  # fmt: skip
            else:
                answer = self._client.post(address, route.sent(one), **more)
            if answer.streaming:
                answer = HttpResponse(b"".join(answer), status=answer.status_code)
            transaction.set_rollback(True)
        self._client.cookies = cookies
        return answer

    def sees(self, route: Route, one: UUID, but: str = "") -> Answer:
        """Return what counts of the answer, with `one` for every id but that of the parameter."""
        answer = self.go(route, lambda name: OWN if name == but else one, one)
        headers = tuple(plain(answer.headers.get(name, "").encode()).decode() for name in SAME_HEADERS)
        return answer.status_code, headers, plain(answer.content)


@pytest.fixture
def houses(transactional_db, settings, monkeypatch, frozen) -> tuple[Workspace, Workspace]:
    """Northwind, where people walk, and Contoso, whose things must not be there."""
    monkeypatch.setitem(registry._connectors, WORDS[OWN], Pigeon())
    settings.ACCOUNT_RATE_LIMITS = {}
    ours = Workspace.objects.create(name="Northwind Air", slug="northwind")
    theirs = Workspace.objects.create(name="Contoso Rail", slug="contoso")
    world.fill(ours, OWN)
    world.fill(theirs, FOREIGN)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10s'")
    return ours, theirs


def person(workspace: Workspace, role: str) -> Membership:
    user = User.objects.create_user(f"{role}@example.com", name=role)
    return Membership.objects.create(
        user=user, workspace=workspace, role=role, initials=role[:3].upper()
    )


def on_pages(member: Membership) -> Walker:
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    return Walker(member.role, client, {})


def by_token(member: Membership) -> Walker:
    token = make_api_token(member, "walk")[1]
    client = Client(raise_request_exception=False)
    return Walker(member.role, client, {"authorization": f"Bearer {token}"})


def wrong_of(walker: Walker, route: Route) -> Iterator[str]:
    """Yield what is wrong with the answers of a route to somebody."""
    for but in ("", *(route.parameters if len(route.parameters) > 1 else ())):
        foreign, absent = walker.sees(route, FOREIGN, but), walker.sees(route, ABSENT, but)
        what = f"{walker.role}: {route.name}" + (f" with {but} of one's own" if but else "")
        if foreign != absent:
            yield f"{what}: foreign {foreign[:2]}, absent {absent[:2]}"
        if CANARY.encode() in foreign[2]:
            yield f"{what}: shows what is theirs"
        if foreign[0] >= 500:
            yield f"{what}: {foreign[0]}"
        if not can_use(walker.role, route) and foreign[0] not in KEPT_OUT:
            yield f"{what}: {foreign[0]}, though the role may not {route.policy}"


def can_use(role: str, route: Route) -> bool:
    return route.policy == "public" or can(role, route.policy)

# --- the walk ------------------------------------------------------------------------------------


def wanted(route: Route) -> bool:
    """Say whether a route is walked in every run: those with ids, and what is not a page."""
    return IS_LONG or bool(route.parameters) or route.path.startswith("/api/")


def walked(walkers: tuple[Walker, Walker], is_walked: Callable[[Route], bool]) -> list[str]:
    """Walk pages with the one and the API with the other; return what is wrong."""
    ways = ((walkers[0], routes.pages()), (walkers[1], routes.operations()))
    return [
        wrong
        for walker, way in ways
        for route in way
        if route.policy != "public" and is_walked(route)
        for wrong in wrong_of(walker, route)
    ]


def test_what_is_somebody_elses_is_not_there(houses):
    """In a short run the owner, who may do everything, walks; in a long one every role does."""
    ours, theirs = houses
    before = world.state_of(theirs)
    wrong = []
    for role in RIGHTS if IS_LONG else ("owner",):
        member = person(ours, role)
        wrong += walked((on_pages(member), by_token(member)), wanted)
    assert wrong == []
    assert world.state_of(theirs) == before, "something of theirs has changed"


def test_each_role_is_kept_from_what_it_may_not_do(houses):
    """One page and one operation of each right, for each role without it."""
    ours, _theirs = houses
    wrong = []
    for role in RIGHTS:
        tried: set[tuple[bool, str]] = set()

        def is_first(route: Route, role: str = role, tried: set[tuple[bool, str]] = tried) -> bool:
            kind = (route.path.startswith("/api/"), route.policy)
            is_new = not can_use(role, route) and kind not in tried
            tried.add(kind)
            return is_new

        member = person(ours, role)
        wrong += walked((on_pages(member), by_token(member)), is_first)
    assert wrong == []


def test_the_walk_reaches_things_that_are_there(houses):
    """Or it would prove nothing: an id of one's own is answered otherwise than one of nobody's."""
    ours, _theirs = houses
    member = person(ours, "owner")
    ways = ((on_pages(member), routes.pages()), (by_token(member), routes.operations()))
    reached: dict[str, bool] = {}
    for walker, way in ways:
        for route in way:
            if route.policy == "public" or not route.parameters:
                continue
            own, absent = (walker.sees(route, one)[::2] for one in (OWN, ABSENT))
            reached[route.path] = reached.get(route.path, False) or own != absent
    missed = sorted(path for path, is_reached in reached.items() if not is_reached)
    assert len(missed) <= UNREACHED, "\n".join(missed)
