"""The status board's pages: by role, in words, above a case, at the front and for customers."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from hearwell.accounts.models import Membership, Workspace
from hearwell.board import queries, services
from hearwell.board.models import StatusCase, StatusUpdate
from hearwell.board.services import About, Wording
from hearwell.waits.models import WaitChoice
from hearwell.web.agent.board.frontline import LOADS
from hearwell.web.waits.views import ASKED
from tests.characters import _member
from tests.factories import make_case, make_reply

pytestmark = pytest.mark.django_db
REPLY = "Hello {customer.first_name|there}, flight NW 482 leaves at 14:10. We are sorry."
LATE = Wording(
    "Flight NW 482 delayed until 14:10", "Crew at 13:20.", "NW 482 leaves at 14:10.",
    {"en": REPLY, "de": "NW 482 startet um 14:10 Uhr, es tut uns leid."},
)  # fmt: skip
FORM = {
    "headline": LATE.headline, "details": LATE.details, "public_text": LATE.public_text,
    "reply_en": REPLY, "entities": "NW 482, nw482",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _full_buckets():
    ASKED.clear()
    LOADS.clear()


@pytest.fixture
def lea(workspace: Workspace) -> Membership:
    user = _member(workspace, "Lea Lund", "lead", "LL")
    return Membership.objects.select_related("user").get(user=user)


@pytest.fixture
def lead(signed_in, lea) -> Client:
    return signed_in(lea.user)


@pytest.fixture
def cases(workspace):
    return [make_case("Is NW482 late?"), make_case("My bag?"), make_case("A refund?")]


@pytest.fixture
def live(cases, lea) -> StatusUpdate:
    draft = services.save_draft(lea, LATE, About(entities=("NW 482",)))
    return services.publish(draft.id, lea)


def html(answer) -> str:
    return answer.content.decode()


def test_a_lead_writes_sees_what_it_reaches_and_publishes(lead, agent, cases):
    answer = lead.post("/status-board/new/", FORM, follow=True)
    page = html(answer)
    assert "1 of 3 open cases" in page
    assert "names NW 482" in page
    one = StatusUpdate.objects.get()
    assert one.entities == ["NW 482"]
    assert agent.get(f"/status-board/{one.id}/").status_code == 404
    assert LATE.headline not in html(agent.get("/status-board/"))

    page = html(lead.post(f"/status-board/{one.id}/do/", {"act": "publish"}, follow=True))
    assert "Published: it stands above its cases" in page
    assert LATE.headline in html(agent.get("/status-board/"))
    assert "Correct it everywhere" not in html(agent.get(f"/status-board/{one.id}/"))


@pytest.mark.parametrize(
    ("entities", "words", "button"),
    [
        ("NW 999", "No open case is about it.", "Publish although no case is about it"),
        ("late, bag", "It is about 2 of 3 open cases, more than half.", "Yes, it is about all"),
    ],
)
def test_nothing_and_nearly_everything_need_a_second_yes(lead, cases, entities, words, button):
    page = html(lead.post("/status-board/new/", FORM | {"entities": entities}, follow=True))
    assert words in page
    one = StatusUpdate.objects.get()

    refused = lead.post(f"/status-board/{one.id}/do/", {"act": "publish"})
    assert refused.status_code == 409
    assert button in html(refused)
    assert FORM["headline"] in html(refused)
    lead.post(f"/status-board/{one.id}/do/", {"act": "publish", "is_sure": "1"})
    assert StatusUpdate.objects.get().is_live


def test_what_was_typed_stays_where_something_is_wrong(lead, cases):
    answer = lead.post("/status-board/new/", FORM | {"entities": "--", "until": "soon"})
    assert answer.status_code == 422
    assert "neither letters nor digits" in html(answer)
    assert LATE.details in html(answer)
    assert lead.post("/status-board/new/", FORM | {"until": "soon"}).status_code == 422
    assert not StatusUpdate.objects.exists()


def test_above_a_case_stand_the_update_and_a_reply_to_put_in(agent, live, cases):
    case = cases[0]
    part = html(agent.get(f"/c/{case.id}/status/"))
    assert LATE.headline in part
    assert "Crew at 13:20." in part
    assert "Hello Lena, flight NW 482 leaves at 14:10." in part
    assert html(agent.get(f"/c/{cases[1].id}/status/")).strip() == ""
    page = html(agent.get(f"/c/{case.id}/?status={live.id}"))
    assert "Hello Lena, flight NW 482 leaves at 14:10. We are sorry.</textarea>" in page
    assert "does not hold any more" in html(agent.get(f"/c/{cases[1].id}/?status={live.id}"))
    assert agent.get(f"/c/{uuid4()}/status/").status_code == 404


def test_a_case_is_taken_out_and_put_back(agent, viewer, live, cases):
    form = {"update": str(live.id), "act": "out"}
    where = f"/c/{cases[0].id}/status/"
    assert viewer.post(where, form).status_code == 403
    agent.post(where, form)
    part = html(agent.get(where))
    assert "Not about this case:" in part
    assert "Hello Lena" not in part
    agent.post(where, form | {"act": "back", "back": "board"})
    assert "Hello Lena" in html(agent.get(where))
    assert agent.post(where, form | {"act": "explode"}).status_code == 404
    assert agent.post(where, form | {"update": str(uuid4())}).status_code == 404


def test_a_correction_reaches_every_place_and_names_who_was_told(lead, agent, live, cases, lea):
    said = make_reply(cases[0], "Hello Lena, flight NW 482 leaves at 14:10. We are sorry.")
    services.note_told(lea.workspace_id, [said.id])
    new = {key: text.replace("14:10", "15:30") for key, text in FORM.items()}

    page = html(lead.post(f"/status-board/{live.id}/", new, follow=True))
    assert "Told what holds no more" in page
    part = html(agent.get(f"/c/{cases[0].id}/status/"))
    assert "This customer was told what holds no more." in part
    assert "leaves at 15:30" in part
    assert "14:10" not in part
    agent.post(f"/c/{cases[0].id}/status/", {"update": str(live.id), "act": "follow"})
    assert "told what holds no more" not in html(agent.get(f"/c/{cases[0].id}/status/"))
    agent.post(f"/c/{cases[0].id}/status/", {"update": str(live.id), "act": "unfollow"})
    assert "told what holds no more" in html(agent.get(f"/c/{cases[0].id}/status/"))
    lead.post(f"/status-board/{live.id}/do/", {"act": "withdraw"})
    part = html(agent.get(f"/c/{cases[0].id}/status/"))
    assert "Withdrawn" in part
    assert "leaves at 15:30" not in part
    lead.post(f"/status-board/{live.id}/do/", {"act": "bring_back"})
    assert "leaves at 15:30" in html(agent.get(f"/c/{cases[0].id}/status/"))


def test_customers_read_what_is_for_them_and_when_it_was_corrected(live, lea, workspace, frozen):
    WaitChoice.objects.create(workspace_id=workspace.id, is_public=True)
    page = html(Client().get("/wait/northwind/"))
    assert "NW 482 leaves at 14:10." in page
    assert "Crew at" not in page
    assert LATE.headline not in page

    frozen.shift(20 * 60)
    services.correct(live.id, lea, Wording("Later", "", "NW 482 leaves at 15:30."))
    answer = Client().get("/wait/northwind/")
    text = " ".join(re.sub(r"<[^>]+>", "", html(answer)).split())
    assert "Corrected 12:20: NW 482 leaves at 15:30." in text
    assert "Before: NW 482 leaves at 14:10." in text
    assert answer["Cache-Control"] == "public, max-age=20"
    (told,) = json.loads(Client().get("/wait/northwind/now.json").content)["updates"]
    assert (told["state"], told["text"]) == ("corrected", "NW 482 leaves at 15:30.")
    assert told["changed_at"] == "2026-03-02T12:20:00+00:00"

    services.withdraw(live.id, lea)
    assert "this does not hold." in html(Client().get("/wait/northwind/"))
    (told,) = json.loads(Client().get("/wait/northwind/now.json").content)["updates"]
    assert (told["state"], told["text"]) == ("withdrawn", "")
    frozen.shift(7 * 3600)
    assert json.loads(Client().get("/wait/northwind/now.json").content)["updates"] == []


def test_staff_read_it_by_a_link_until_it_is_ended(lead, agent, live, lea, cases):
    assert agent.post("/status-board/links/", {"name": "Gate B"}).status_code == 403
    assert lead.post("/status-board/links/", {"name": " "}).status_code == 422
    made = html(lead.post("/status-board/links/", {"name": "Gate B"}))
    address = re.search(r"/now/[\w-]+/", made)[0]

    answer = Client().get(address)
    page = html(answer)
    assert LATE.headline in page
    assert "Crew at 13:20." in page
    assert "Lena" not in page
    assert "14:10. We are sorry" not in page
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    assert not answer.cookies
    services.correct(live.id, lea, Wording("Delayed until 15:30"))
    assert f'<s dir="auto">{LATE.headline}</s>' in html(Client().get(address))

    (link,) = queries.links_of(lea.workspace_id)
    assert "Gate B" in html(lead.get("/status-board/links/"))
    lead.post(f"/status-board/links/{link.id}/end/")
    assert Client().get(address).status_code == 410
    assert lead.post(f"/status-board/links/{link.id}/end/").status_code == 404
    assert Client().get("/now/nonsense/").status_code == 410


def test_foreign_updates_are_not_there(lead, other_workspace):
    for path in (f"/status-board/{uuid4()}/", f"/c/{uuid4()}/?status={uuid4()}"):
        assert lead.get(path).status_code == 404
    assert lead.post(f"/status-board/{uuid4()}/do/", {"act": "publish"}).status_code == 404
    assert lead.post(f"/status-board/{uuid4()}/do/", {"act": "explode"}).status_code == 404


def test_pages_keep_their_budget_however_many_cases(lead, agent, live, cases, lea, budget):
    for _ in range(5):
        make_case("NW482?")
    services.correct(live.id, lea, Wording("Delayed until 15:30"))
    assert StatusCase.objects.count() == 6
    with budget(15):
        lead.get("/status-board/")
    with budget(15):
        lead.get(f"/status-board/{live.id}/")
    with budget(6):
        agent.get(f"/c/{cases[1].id}/status/")
    with budget(15):
        agent.get(f"/c/{cases[0].id}/status/")
