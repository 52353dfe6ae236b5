"""A small desk: people who are here, teams, and cases that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hearwell.accounts.models import Membership, User
from hearwell.channels.models import Channel
from hearwell.conversations.models import Case, CaseLog
from hearwell.conversations.rules import Gist
from hearwell.routing import services as routing
from hearwell.routing.models import Team
from hearwell.routing.services import Known, RuleFacts, TeamFacts
from hearwell.routing.services.standing import note
from tests.characters import _member
from tests.factories import make_case, make_channel

KINDS = ("complaint", "question", "request", "praise")


class Desk:
    """Makes and asks through the product's own verbs, in the workspace in scope."""

    def __init__(self, workspace: Any, alice: User) -> None:
        self.workspace, self.alice = workspace, alice
        self.channel = make_channel()
        self.open: set[str] = set()
        self.languages: dict[Any, str] = {}

    def person(
        self,
        name: str,
        initials: str,
        *,
        here: bool = True,
        capacity: int | None = None,
        **skills: Any,
    ) -> User:
        user = _member(self.workspace, name, "agent", initials)
        listed = [(kind, value) for kind, values in skills.items() for value in values]
        if capacity is not None or listed:
            routing.save_agent(
                self.workspace.id, user.id, capacity=capacity, skills=listed, by=self.alice
            )
        if here:
            routing.set_presence(self.workspace.id, user.id, "available")
        return user

    def team(self, name: str, *members: User, **facts: Any) -> Team:
        known = Team.objects.filter(name=name).first()
        default = {"mode": "push", "members": frozenset(user.id for user in members)}
        return routing.save_team(
            self.workspace.id,
            TeamFacts(name=name, **{**default, **facts}),
            by=self.alice,
            calendars={"day", "night"},
            team_id=known.id if known else None,
        )

    def rule(self, name: str, team: Team, when: Any, **facts: Any) -> Any:
        channels = Channel.objects.filter(workspace_id=self.workspace.id)
        known = Known(network_of={str(one.id): one.network for one in channels}, kinds=KINDS)
        wanted = RuleFacts(name=name, team_id=team.id, when=when, **facts)
        return routing.save_rule(self.workspace.id, wanted, by=self.alice, known=known)

    def case(self, text: str = "Where is my bag?", language: str = "", **values: Any) -> Case:
        made = make_case(text, values.pop("channel", self.channel), **values)
        if language:
            self.languages[made.id] = language
        note(self.workspace.id, [made.id])
        return made

    def place(self) -> int:
        gists = {id_: Gist(language) for id_, language in self.languages.items()}
        return routing.place_batch(self.workspace.id, self.open, lambda _ids: gists)

    def holder(self, case: Case) -> Any:
        return Case.objects.get(id=case.id).assignee_id

    def team_of(self, case: Case) -> str:
        return Team.objects.get(id=Case.objects.get(id=case.id).team_id).name

    def story(self, case: Case) -> list[dict[str, Any]]:
        lines = CaseLog.objects.filter(case_id=case.id, verb="routed").order_by("at", "id")
        return [line.data for line in lines]


@pytest.fixture
def desk(workspace, alice) -> Desk:
    routing.ensure_default_team(workspace.id)
    return Desk(workspace, alice)


@pytest.fixture
def member_of() -> Callable[[User], Membership]:
    return lambda user: Membership.objects.select_related("user").get(user=user)
