"""A small desk with rules: what happens to it is told as the house tells it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.models import Membership, User
from hearwell.automation import services as automation
from hearwell.automation.models import Rule, Run
from hearwell.automation.rules import Then, Trigger
from hearwell.automation.services import RuleFacts
from hearwell.conversations.models import Case, CaseTag
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of
from hearwell.events.tasks import handle
from hearwell.inbox.intake import take_in
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.services import Words, approve, begin_article, write
from hearwell.routing.services import Known
from hearwell.sla.services.promises import ensure_defaults
from hearwell.triage.rules import Kind
from tests.factories import make_channel, make_dm, make_item

KINDS = tuple(kind.value for kind in Kind)


class Office:
    """Makes rules and lets things happen, through the product's own verbs."""

    def __init__(self, workspace: Any, alice: User) -> None:
        self.workspace, self.alice = workspace, alice
        self.owner = Membership.objects.select_related("user").get(user=alice)
        self.channel = make_channel()
        self.heard: set[Any] = set()

    def rule(self, name: str = "Bags", **facts: Any) -> Rule:
        rule_id = facts.pop("rule_id", None)
        by = facts.pop("by", self.alice)
        wanted = {"trigger": Trigger.RECEIVED, "then": Then(tags=("bag",)), **facts}
        return automation.save_rule(
            self.workspace.id,
            RuleFacts(name=name, **wanted),
            by=by,
            known=Known(
                network_of={str(self.channel.id): "sandbox"}, kinds=KINDS, topics={"baggage"}
            ),
            rule_id=rule_id,
        )

    def writes(self, text: str = "Where is my bag?", *, private: bool = False, **more: Any) -> Case:
        item = make_dm(text, **more) if private else make_item(text, **more)
        (message,) = take_in(self.channel, [item])
        self.hear()
        return Case.objects.get(id=message.case_id)

    def hear(self, *, again: bool = False) -> None:
        """Let the rules hear of what happened since, and of what follows from that."""
        for _ in range(10):
            rows = [
                row for row in Event.objects.order_by("id") if again or row.id not in self.heard
            ]
            self.heard |= {row.id for row in rows}
            self._tell(rows)
            if again or not rows:
                return

    def _tell(self, rows: list[Event]) -> None:
        for row in rows:
            for name in handlers_of(row.name):
                if name.startswith("hearwell.automation."):
                    handle(
                        workspace_id=str(self.workspace.id), handler=name, event_ids=[str(row.id)]
                    )

    def saved(self, reply: str = "We are closed, {customer.first_name|there}. Back at 8.") -> str:
        """Publish a saved reply; return its article's id as rules name it."""
        version = begin_article(
            self.workspace.id, Words(language="en", title=reply[:60], reply=reply), by=self.alice
        )
        approve(version.id, by=self.alice)
        return str(version.article_id)

    def rewrite(self, article_id: str, reply: str) -> ArticleVersion:
        words = Words(language="en", title="Anew", reply=reply)
        return approve(write(UUID(article_id), words, by=self.alice).id, by=self.alice)

    def tags(self, case: Case) -> list[str]:
        found = CaseTag.objects.filter(case_id=case.id).select_related("tag")
        return sorted(one.tag.name for one in found)

    def runs(self, rule: Rule) -> list[Run]:
        return list(Run.objects.filter(rule=rule).order_by("id"))

    def why(self, rule: Rule) -> list[str]:
        return [line.get("why", "") for run in self.runs(rule) for line in run.did]


@pytest.fixture
def office(workspace, alice) -> Office:
    ensure_defaults(workspace)
    return Office(workspace, alice)
