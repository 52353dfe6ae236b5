"""Board, quality and surveys: what another workspace has answers byte for byte like nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from django.test import Client

from hearwell.accounts.models import Membership
from hearwell.board import services as board
from hearwell.board.models import StaffLink, StatusCase, StatusUpdate
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.quality import services as quality
from hearwell.quality.models import Calibration, Grade, Guide, Response, Sample
from hearwell.quality.rules import CRITERIA
from hearwell.quality.voice import Holds
from hearwell.surveys.models import Question
from hearwell.surveys.rules import Status
from tests.api.conftest import program_of
from tests.factories import make_case, make_channel, make_reply

pytestmark = pytest.mark.django_db
FULL = dict.fromkeys(CRITERIA, "yes")
SAID = {"headline": "Ours now", "why": "x", "words": "x", "name": "x", "text": "x"}
WEB = [
    ("get", "/status-board/{update}/", {}),
    ("post", "/status-board/{update}/", {**SAID, "entities": "NW 1"}),
    *[
        ("post", "/status-board/{update}/do/", {"act": act, "is_sure": "1"})
        for act in ("publish", "withdraw", "end", "bring_back")
    ],
    ("post", "/status-board/links/{link}/end/", {}),
    ("get", "/c/{case}/status/", {}),
    *[
        ("post", "/c/{case}/status/", {"act": act, "update": "{update}"})
        for act in ("out", "back", "follow", "unfollow")
    ],
    *[
        ("post", "/c/{own}/status/", {"act": act, "update": "{update}", "of": "{case}"})
        for act in ("out", "follow")
    ],
    ("get", "/c/{own}/?status={update}", {}),
    ("get", "/quality/replies/{sample}/", {}),
    ("post", "/quality/replies/{sample}/", FULL),
    ("post", "/quality/replies/{sample}/back/", {}),
    ("post", "/quality/replies/{sample}/respond/", {"act": "dispute", **SAID}),
    ("post", "/quality/replies/{sample}/respond/", {"act": "read"}),
    ("post", "/quality/replies/{sample}/decide/", {"act": "out", **SAID}),
    ("post", "/quality/replies/{sample}/agreed/", {**FULL, **SAID}),
    ("get", "/quality/?done={sample}", {}),
    ("get", "/quality/calibrations/{calibration}/", {}),
    ("post", "/quality/calibrations/{calibration}/open/", {}),
    ("post", "/settings/voice/{guide}/back/", {}),
    ("get", "/settings/voice/?channel={channel}", {}),
    ("post", "/settings/voice/", {**SAID, "channel": "{channel}"}),
    ("get", "/c/{case}/voice/", {}),
    ("post", "/c/{case}/solved/undo/", {"question": "{question}"}),
    ("post", "/c/{own}/solved/undo/", {"question": "{question}"}),
]
BODY = {"headline": "Ours now", "is_sure": True}
API = [
    ("GET", "/status-updates/{update}"),
    ("GET", "/status-updates/{update}/preview"),
    ("GET", "/status-updates/{update}/cases"),
    *[
        ("POST", "/status-updates/{update}/" + act)
        for act in ("publish", "correct", "withdraw", "end", "bring_back")
    ],
]


@pytest.fixture
def theirs(other_workspace, charlie) -> Mapping[str, UUID]:
    """Things that exist, in the other workspace."""
    with scope(other_workspace.id):
        by = Membership.objects.create(
            user=charlie, workspace=other_workspace, role="owner", initials="CC"
        )
        channel = make_channel(handle="ContosoRail")
        case = make_case("Is CR 7 late?", channel)
        reply = make_reply(case, author_user_id=charlie.id)
        wording = board.Wording("Train CR 7 is late")
        update = board.save_draft(by, wording, board.About(entities=("CR 7",)))
        board.publish(update.id, by, is_sure=True)
        link, _ = board.make_link(by, "Platform 1")
        calibration = Calibration.objects.create(
            workspace_id=other_workspace.id, title="Theirs", by_id=charlie.id
        )
        sample = Sample.objects.create(
            workspace_id=other_workspace.id, message_id=reply.id, case_id=case.id,
            agent_id=charlie.id, sent_at=reply.sent_at, week=now().date(), done_at=now(),
        )  # fmt: skip
        guide = quality.write_guide(
            other_workspace.id, Holds(), quality.Voice(text="Curt"), by=charlie
        )
        question = Question.objects.create(
            workspace_id=other_workspace.id, case_id=case.id, channel_id=channel.id,
            network="sandbox", closed_at=now(), due_at=now(), status=Status.NO, asked_at=now(),
        )  # fmt: skip
    assert guide
    return {
        "update": update.id, "link": link.id, "case": case.id, "sample": sample.id,
        "calibration": calibration.id, "guide": guide.id, "channel": channel.id,
        "question": question.id,
    }  # fmt: skip


def rows_of(workspace_id: UUID) -> list[object]:
    models = (StatusUpdate, StatusCase, StaffLink, Calibration, Sample, Grade, Response, Guide)
    with scope(workspace_id):
        found = [list(model.objects.order_by("id").values_list()) for model in models]
        return [*found, list(Question.objects.values_list())]


def seen(response, ids: Mapping[str, object]) -> tuple[object, ...]:
    """Return what an answer shows, without what differs between any two answers."""
    text = response.content.decode().partition("<main")[2] or response.content.decode()
    text = text.partition("</main>")[0] + str(response.get("Location", ""))
    for value in ids.values():
        text = text.replace(str(value), "ID")
    text = re.sub(r'nonce="[^"]+"|[A-Za-z0-9]{64}|data-due="\d+"|<time.*?</time>', "", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", text)
    return response.status_code, response.get("Content-Type"), text


def filled(form: Mapping[str, str], ids: Mapping[str, object]) -> dict[str, str]:
    return {name: value.format(**ids) for name, value in form.items()}


@pytest.mark.parametrize(("method", "path", "form"), WEB)
def test_on_screen(signed_in, alice, other_workspace, theirs, method, path, form):
    client: Client = signed_in(alice)
    own = make_case("My bag?").id
    client.get(f"/c/{own}/")  # to look at it the first time changes how it stands
    before = rows_of(other_workspace.id)
    answers = []
    for ids in ({**theirs, "own": own}, {**{name: uuid4() for name in theirs}, "own": own}):
        answer = getattr(client, method)(path.format(**ids), filled(form, ids), follow=True)
        assert "CR 7" not in answer.content.decode()
        answers.append(seen(answer, ids))
    assert answers[0] == answers[1]
    assert rows_of(other_workspace.id) == before


@pytest.mark.parametrize(("method", "path"), API)
def test_for_programs(workspace, alice, other_workspace, theirs, method, path):
    program = program_of(workspace, alice)
    before = rows_of(other_workspace.id)
    answers = []
    for ids in (theirs, {name: uuid4() for name in theirs}):
        body = BODY if method == "POST" else None
        answers.append(seen(program(method, path.format(**ids), body), ids))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert rows_of(other_workspace.id) == before


def test_programs_are_told_nothing_of_another_desk(workspace, alice, theirs):
    program = program_of(workspace, alice)
    span = "since=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00Z"
    assert program.get("/status-updates?state=all").json() == []
    assert program.get(f"/quality/reviews?{span}").json() == []
    assert program.get(f"/quality/scores?{span}").json()["agents"] == []
    # Nobody grades through the programs' door, least of all what they wrote.
    for path in ("/quality/grades", "/quality/reviews", f"/quality/replies/{theirs['sample']}"):
        assert program.post(path, FULL).status_code in {404, 405}
