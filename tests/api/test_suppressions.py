"""Who is to be left in peace, for programs: the list, one person, and what changed since."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from hearwell.connect.model import Author
from hearwell.conversations import services as conversations
from hearwell.inbox import intake
from hearwell.kit.scope import scope
from hearwell.promotions import services
from hearwell.promotions.models import Change, Feed, HoldChoice
from hearwell.promotions.shapes import sha256_of
from tests.api.conftest import program_of
from tests.characters import _member
from tests.domain.promotions.histories import number_events
from tests.factories import DUARTE, make_case, make_channel, make_item

LENA = "lena.vik@example.com"


@pytest.fixture
def crm(workspace):
    """The program of marketing."""
    return program_of(workspace, _member(workspace, "Mia Moss", "marketing", "MM"))


@pytest.fixture
def basis(workspace):
    return HoldChoice.objects.create(
        workspace_id=workspace.id, email_basis="consent", email_statement="Agreed to at sign-up."
    )


def body(answer):
    return b"".join(answer.streaming_content)


def listed(program, query=""):
    return json.loads(body(program.get(f"/suppressions{query}")))["items"]


def test_the_list_in_json_and_csv(crm, workspace, frozen):
    case = make_case()

    (one,) = listed(crm)
    assert (one["network"], one["network_id"], one["reason"]) == ("sandbox", "lena", "unanswered")
    assert (one["email_sha256"], one["until"]) == ("", None)
    assert one["contact_id"] == str(case.contact_id)

    for answer in (
        crm.get("/suppressions?format=csv"),
        crm("GET", "/suppressions", accept="text/csv"),
    ):
        assert answer["content-type"].startswith("text/csv")
        lines = list(csv.DictReader(io.StringIO(body(answer).decode())))
        assert [(x["network"], x["network_id"], x["reason"]) for x in lines] == [
            ("sandbox", "lena", "unanswered")
        ]


@pytest.mark.parametrize(
    "query",
    ["network=%00&network_id=x", "network=sandbox&network_id=a%00b", "email=a%00b", "email=%F0%9F",
     f"email_sha256={'%00' * 64}"],
)  # fmt: skip
def test_nobody_goes_by_what_no_id_can_be(crm, workspace, basis, query):
    make_case()
    assert listed(crm, f"?{query}") == []


@pytest.mark.parametrize("after", ["9" * 30, "-1", "%00", "1e9", ""])
def test_a_number_that_is_none_is_refused_or_leads_to_the_end(crm, workspace, after):
    assert crm.get(f"/suppressions/changes?after={after}").status_code in (200, 422)


def test_marketing_reads_no_message(crm, workspace):
    case = make_case()

    assert crm.get("/me").json()["role"] == "marketing"
    for path in ("/cases", f"/cases/{case.id}", f"/cases/{case.id}/messages", "/spikes", "/queues"):
        assert crm.get(path).status_code in (403, 404), path
    assert b"Where is my bag" not in body(crm.get("/suppressions"))


def test_an_agent_takes_no_list(program, workspace):
    assert program.get("/suppressions").status_code == 403
    assert program.get("/suppressions/changes").status_code == 403


def test_one_person(crm, workspace, basis):
    mail = make_channel("email")
    make_case("Where is my refund?", mail, author=Author(LENA, LENA, "Lena"))
    make_case(author=DUARTE)

    (one,) = listed(crm, "?network=sandbox&network_id=duarte")
    assert one["network_id"] == "duarte"
    assert listed(crm, "?network=sandbox&network_id=nobody") == []
    (one,) = listed(crm, f"?email=%20{LENA.upper()}")
    assert one["network_id"] == one["email_sha256"] == sha256_of(LENA)
    number_events()
    services.catch_up(workspace.id)
    assert len(listed(crm, f"?email_sha256={sha256_of(LENA)}")) == 1
    assert crm.get("/suppressions?network=sandbox").status_code == 422


def test_without_a_ground_no_address_is_asked_for_or_told(crm, workspace):
    make_case("Where is my refund?", make_channel("email"), author=Author(LENA, LENA, "Lena"))

    assert listed(crm) == []
    assert crm.get(f"/suppressions?email={LENA}").status_code == 409
    assert sha256_of(LENA).encode() not in body(crm.get("/suppressions"))


def test_mail_in_another_name_holds_nobody_back(crm, workspace, basis):
    forged = Author(f"unverified:{LENA}", LENA, "Lena")
    make_case("Where is my refund?", make_channel("email"), author=forged)

    assert listed(crm) == []


def test_changes_are_read_on_after_a_day_away(crm, workspace, bob, frozen):
    case = make_case()
    number_events()
    services.catch_up(workspace.id)
    first = crm.get("/suppressions/changes").json()
    assert [(c["seq"], c["verb"], c["network_id"]) for c in first["items"]] == [
        (1, "started", "lena")
    ]
    assert (first["seq"], first["has_more"]) == (1, False)

    conversations.close(case.id, "no_answer_needed", bob.id)
    number_events()
    assert services.catch_up(workspace.id) == 0  # it cools off
    frozen.shift(timedelta(hours=48))
    assert services.tell_changes() == 1  # found by its time: nothing happened
    intake.take_in(make_channel(), [make_item("And my other bag?", author=DUARTE)])
    number_events()
    services.tell_changes()

    late = crm.get("/suppressions/changes?after=1&limit=1").json()
    assert ([c["verb"] for c in late["items"]], late["has_more"]) == (["ended"], True)
    last = crm.get(f"/suppressions/changes?after={late['seq']}").json()
    assert [(c["verb"], c["network_id"]) for c in last["items"]] == [("started", "duarte")]
    assert crm.get("/suppressions/changes?after=3").json() == {
        "seq": 3, "has_more": False, "items": [],
    }  # fmt: skip
    assert json.loads(body(crm.get("/suppressions")))["seq"] == 3


def test_changes_that_are_gone_are_said_to_be(crm, workspace, frozen):
    make_case()
    number_events()
    services.catch_up(workspace.id)
    frozen.shift(timedelta(days=91))

    assert services.forget_old() == 1

    assert crm.get("/suppressions/changes").status_code == 410
    assert crm.get("/suppressions/changes?after=1").status_code == 200


def test_another_workspace_is_another_list(crm, workspace, other_workspace, alice):
    with scope(other_workspace.id):
        make_case("Our own business")

    assert listed(crm) == []
    with scope(other_workspace.id):
        services.catch_up(other_workspace.id)
        assert Feed.objects.get().last_seq == 1
    assert not Change.objects.exists()
    assert crm.get("/suppressions/changes").json()["items"] == []
