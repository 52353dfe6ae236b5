"""The same issue by call, e-mail, private message and public post: the same in everything."""

from __future__ import annotations

import pytest

from hearwell.connect.model import Audience, MessageKind
from hearwell.conversations.models import Case
from hearwell.inbox.intake import take_in
from hearwell.routing.rules import CaseFacts, When, fits
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.triage.models import Verdict
from tests.factories import make_channel, make_item

ISSUES = (
    "My flight NW 482 was cancelled and nobody answers. I leave in two hours, what happens now?",
    "Where is my bag? It did not come with me.",
    "You charged my card twice for booking KXQ7PL. I want my money back.",
    "Can I take my cello on board?",
)
WAYS = {
    "call": ("phone", MessageKind.CALL, Audience.PRIVATE),
    "e-mail": ("email", MessageKind.MAIL, Audience.PRIVATE),
    "private message": ("sandbox", MessageKind.DM, Audience.PRIVATE),
    "public post": ("bluesky", MessageKind.MENTION, Audience.PUBLIC),
}


@pytest.mark.parametrize("text", ISSUES)
def test_the_same_issue_has_the_same_priority_and_clocks_everywhere(workspace, frozen, text):
    sla.ensure_defaults(workspace)
    found = {}
    for way, (network, kind, audience) in WAYS.items():
        channel = make_channel(network, f"northwind-{network}")
        (message,) = take_in(channel, [make_item(text, kind=kind, audience=audience)])
        case = Case.objects.get(id=message.case_id)
        verdict = Verdict.objects.get(message_id=message.id)
        clocks = Clock.objects.filter(case_id=case.id).order_by("kind")
        found[way] = {
            "verdict": (verdict.duty, verdict.kind, verdict.urgency),
            "case": (case.duty, case.kind, case.urgency, case.turn, case.status),
            "team": case.team_id,
            "clocks": [
                (one.kind, (one.due_at - one.started_at).total_seconds(), one.state)
                for one in clocks
            ],
            "due": (case.due_at - case.opened_at).total_seconds(),
        }
    assert len({repr(one) for one in found.values()}) == 1, found


def test_a_rule_that_names_no_channel_takes_all_alike():
    when = When(kinds=frozenset({"complaint"}), urgency_from=2)
    facts = [
        CaseFacts(network=network, audience=audience.value, kind="complaint", urgency=3)
        for network, _kind, audience in WAYS.values()
    ]
    assert {fits(when, one) for one in facts} == {True}
