"""What cannot be given now keeps nothing else waiting that could be."""

from __future__ import annotations

import pytest

from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.routing import services as routing
from hearwell.routing.rules import When
from tests.factories import make_channel

GERMAN = When(languages=frozenset({"de"}))


@pytest.fixture(autouse=True)
def _still(frozen):
    """At noon."""


def test_those_that_nobody_here_can_do_do_not_keep_the_others_waiting(desk):
    bea = desk.person("Bea Berg", "BE", capacity=1, language=["de"])
    team = desk.team("Care", bea)
    desk.rule("All", team, When(networks=frozenset({"sandbox"})))
    for _ in range(3):
        desk.case(language="nb")
    german = desk.case(language="de")
    desk.place()
    assert desk.holder(german) == bea.id


def test_what_takes_more_room_than_anybody_has_does_not_keep_the_others_waiting(desk):
    bea = desk.person("Bea Berg", "BE", capacity=2)
    desk.rule("All German", desk.team("Care", bea), GERMAN)
    chat = make_channel(network="webchat", handle="Chat")
    for _ in range(3):
        talk = desk.case(language="de", channel=chat)
        Case.objects.filter(id=talk.id).update(due_at=now())
    post = desk.case(language="de")
    desk.place()
    assert desk.holder(post) == bea.id


def test_what_the_only_one_here_gave_back_does_not_keep_the_others_waiting(desk):
    bea = desk.person("Bea Berg", "BE", capacity=1)
    desk.rule("All German", desk.team("Care", bea), GERMAN)
    returned, other = desk.case(language="de"), desk.case(language="de")
    Case.objects.filter(id=returned.id).update(due_at=now())
    desk.place()
    assert desk.holder(returned) == bea.id
    routing.assign([returned.id], None, actor=bea)
    desk.place()
    assert (desk.holder(returned), desk.holder(other)) == (None, bea.id)
