"""Who walks, and what of an answer counts."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.rules import can
from hearwell.accounts.services import make_api_token
from hearwell.api.limits import FAILURES, REQUESTS
from tests.walls import routes
from tests.walls.routes import Route
from tests.walls.world import ABSENT, CANARY, FOREIGN, NUMBERS, OWN, WORDS

ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Nonces, tokens against forgery, secrets that are made to be shown once.
CHANCE = re.compile(rb"[A-Za-z0-9_-]{20,}")
SAME_HEADERS: Final = ("Content-Type", "Location", "HX-Redirect", "HX-Trigger", "Cache-Control",
                       "Content-Disposition", "Retry-After", "Allow", "ETag", "Vary")  # fmt: skip
IS_LONG: Final = "TEST_LONG" in os.environ
# 422: what is sent is looked at before who sends it, and nothing else is.
KEPT_OUT: Final = (302, 403, 405, 422)
Answer = tuple[int, tuple[str, ...], bytes, bool]


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
        """Return what counts of the answer, with `one` for every id but that of the parameter.

        Last: whether a word of theirs is in it that was not in the question.
        """
        answer = self.go(route, lambda name: OWN if name == but else one, one)
        headers = tuple(
            plain(answer.headers.get(name, "").encode()).decode() for name in SAME_HEADERS
        )
        is_shown = CANARY.encode() in answer.content and CANARY not in route.address(lambda _n: one)
        return answer.status_code, headers, plain(answer.content), is_shown


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
        if foreign[3]:
            yield f"{what}: shows what is theirs"
        if foreign[0] >= 500:
            yield f"{what}: {foreign[0]}"
        if not can_use(walker.role, route) and foreign[0] not in KEPT_OUT:
            yield f"{what}: {foreign[0]}, though the role may not {route.policy}"


def can_use(role: str, route: Route) -> bool:
    return route.policy == "public" or can(role, route.policy)


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


@contextmanager
def in_silence() -> Iterator[None]:
    """Say nothing about all that is not found."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
