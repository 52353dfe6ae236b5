"""Every path on which a message is not shown as waiting is counted on one page, with a way to look.

`PATHS` walks them all by the product's own verbs. A new path that hides messages gets a row there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any, Final
from urllib.parse import urljoin

import pytest
from django.test import Client

from hearwell.accounts.models import User, Workspace
from hearwell.automation import services as automation
from hearwell.automation.rules import Then, Trigger
from hearwell.automation.services import Call, run_rules
from hearwell.channels.models import Endpoint, ParkedDelivery
from hearwell.channels.services.ingress import count
from hearwell.conversations.models import Case
from hearwell.inbox.intake import take_deletions, take_heard, take_history, take_in
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.listening.services import TermFacts, save_term
from hearwell.routing.services import Known
from hearwell.sla import services as sla
from hearwell.triage.models import Verdict
from hearwell.web.agent.understanding.unshown import ASIDE, OUTSIDE, REASONS
from tests.factories import make_channel, make_deletion, make_echo, make_item

pytestmark = pytest.mark.usefixtures("small_shipped")
PAGE: Final = "/understanding/unshown/"
ASKED: Final = "Where is my bag?"
IDLE: Final = "haha lol"


class Stage:
    """Lets one message go each way."""

    def __init__(self, workspace: Workspace, alice: User) -> None:
        self.workspace, self.alice = workspace, alice
        self.channel = make_channel()
        sla.ensure_defaults(workspace)

    def take(self, *texts: str, **values: Any) -> None:
        take_in(self.channel, [make_item(text, **values) for text in texts])

    def unsure(self) -> None:
        self.take(IDLE)

    def quieted(self, *texts: str, kind: str = "chatter", **values: Any) -> None:
        """As after two hundred labels: what needs nothing is quieted and nobody is asked."""
        self.take(*texts, **values)
        Verdict.objects.update(is_unsure=False, kind=kind, duty="none")

    def repeated(self) -> None:
        self.quieted(IDLE, IDLE)
        Verdict.objects.update(near=7)

    def hear(self, text: str, language: str = "en", **facts: Any) -> None:
        """Find a post by its words that nobody addressed to us."""
        term = {"name": "Orchid", "phrases": ("orchid",), **facts}
        save_term(self.workspace.id, TermFacts(**term), by=self.alice)
        later = now() + timedelta(seconds=1)
        take_heard(self.channel, [make_item(text, occurred_at=later, language=language)])

    def withdrawn(self) -> None:
        item = make_item(ASKED)
        take_in(self.channel, [item])
        take_deletions(self.channel, [make_deletion(item)])

    def closed_by_a_rule(self) -> None:
        self.take("Thank you so much, the crew was wonderful!")
        case = Case.objects.get()
        automation.save_rule(
            self.workspace.id,
            automation.RuleFacts(
                name="Praise is filed",
                trigger=Trigger.RECEIVED,
                then=Then(close="no_answer_needed"),
            ),
            by=self.alice,
            known=Known(network_of={}, kinds=()),
        )
        run_rules(self.workspace.id, [Call(trigger=Trigger.RECEIVED, case_id=case.id, key="m1")])
        assert Case.objects.get().status == "closed"

    def history(self) -> None:
        take_history(self.channel, [make_item(ASKED, occurred_at=now() - timedelta(days=400))])

    def parked(self) -> None:
        ParkedDelivery.objects.create(
            workspace_id=self.workspace.id,
            channel=self.channel,
            endpoint_id=uuid7(),
            raw_id=uuid7(),
            code="bug",
            reason="Taking it in failed.",
        )

    def refused(self) -> None:
        endpoint = Endpoint.objects.create(network="sandbox", token="unshown")
        self.channel.endpoint_id = endpoint.id
        self.channel.save(update_fields=["endpoint_id"])
        count({(endpoint.id, now().date(), "oversized"): 1})


PATHS: Final[dict[str, Callable[[Stage], None]]] = {
    "unsure": Stage.unsure,
    "chatter": lambda stage: stage.quieted(IDLE),
    "spam": lambda stage: stage.quieted(IDLE, kind="spam"),
    "repeated": Stage.repeated,
    "passed_on": lambda stage: stage.quieted("RT @someone haha lol"),
    "network": lambda stage: stage.quieted(ASKED, needs_reply=False),
    "unaddressed": lambda stage: stage.hear("Orchid lost my bag, where is it?"),
    "rule": Stage.closed_by_a_rule,
    "withdrawn": Stage.withdrawn,
    "ours": lambda stage: take_in(stage.channel, [make_echo()]),
    "archived": Stage.history,
    "unlikely": lambda stage: stage.hear("the orchid in my garden is in flower", is_common=True),
    "excluded": lambda stage: stage.hear("orchid show in May", exclusions=("orchid show",)),
    "language": lambda stage: stage.hear("Orchid ist toll", "de", languages=("ja",)),
    "parked": Stage.parked,
    "refused": Stage.refused,
}


@pytest.fixture
def stage(workspace: Workspace, alice: User) -> Stage:
    return Stage(workspace, alice)


def counted(page: str) -> dict[str, int]:
    """Return what each line of the table says in all, without those that say none."""
    rows = re.findall(r"<th scope=\"row\">(.*?)</th>.*?<b>(\d+)</b>", unescape(page), re.DOTALL)
    told = {" ".join(re.sub(r"<[^>]*>", "", label).split()): int(n) for label, n in rows}
    return {label: n for label, n in told.items() if n}


def test_the_page_has_a_row_for_every_path() -> None:
    assert set(PATHS) == {*REASONS, *ASIDE, *OUTSIDE}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_shown_is_counted_once_and_can_be_looked_at(
    path: str, stage: Stage, owner: Client
) -> None:
    PATHS[path](stage)

    page = owner.get(PAGE).content.decode()

    labels = {**REASONS, **ASIDE, **OUTSIDE}
    others = {"chatter": 1} if path == "repeated" else {}  # the first telling of it
    expected = {str(labels[name]): n for name, n in {path: 1, **others}.items()}
    assert counted(page) == expected
    way = re.search(r"<th scope=\"row\">\s*<a class=\"link\" href=\"([^\"]+)\"", page)
    assert way is not None
    shown = owner.get(urljoin(PAGE, unescape(way[1])))
    assert shown.status_code == 200


@pytest.mark.parametrize("path", [*REASONS, *ASIDE])
def test_the_messages_of_a_reason_are_listed(path: str, stage: Stage, owner: Client) -> None:
    PATHS[path](stage)

    page = owner.get(f"{PAGE}?reason={path}").content.decode()

    assert page.count('">Open the case</a>') == 1
    assert ("Rightly not shown" in page) is (path in REASONS)
    assert ("Praise is filed" in page) is (path == "rule")


def test_what_waits_for_somebody_is_not_counted(stage: Stage, owner: Client) -> None:
    stage.take(ASKED)
    stage.take("Thank you so much, the crew was wonderful!")
    assert counted(owner.get(PAGE).content.decode()) == {}


def test_who_may_not_go_there_is_not_led_there(stage: Stage, viewer: Client) -> None:
    stage.parked()
    page = viewer.get(PAGE).content.decode()
    assert "/settings/networks/" not in page
    assert sum(counted(page).values()) == 1


def test_one_workspace_counts_nothing_of_another(
    stage: Stage, other_workspace: Workspace, owner: Client
) -> None:
    with scope(other_workspace.id):
        other = make_channel(handle="Contoso")
        take_in(other, [make_echo()])
        take_history(other, [make_item(ASKED)])
    assert counted(owner.get(PAGE).content.decode()) == {}


def test_the_pages_keep_their_budget(stage: Stage, owner: Client, budget: Any) -> None:
    for path in ("spam", "archived", "withdrawn"):
        PATHS[path](stage)
    for url in (PAGE, f"{PAGE}?reason=archived", f"{PAGE}?reason=rule&days=28"):
        with budget(15):
            owner.get(url)
    case = Case.objects.order_by("number").first()
    assert case is not None
    with budget(12):
        owner.get(f"/c/{case.id}/why/")
