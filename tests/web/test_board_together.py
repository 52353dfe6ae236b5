"""The status board under careless and hostile hands: two at once, odd input, marks of HTML."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hearwell.accounts.models import Membership, Workspace
from hearwell.board import queries, services
from hearwell.board.models import StatusUpdate, StatusVersion
from hearwell.board.services import About, Wording
from hearwell.conversations.models import Case
from hearwell.waits.models import WaitChoice
from hearwell.web.agent.board.frontline import LOADS
from hearwell.web.waits.views import ASKED
from tests.characters import _member
from tests.factories import make_case, make_reply

pytestmark = pytest.mark.django_db
FORM = {"headline": "Flight NW 482 delayed", "entities": "NW 482"}
BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


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
def live(lea) -> StatusUpdate:
    case = make_case("Is NW482 late?")
    draft = services.save_draft(
        lea, Wording("Flight NW 482 delayed", replies={"en": "It leaves at 14:10, we are sorry."}),
        About(entities=("NW 482",)),
    )  # fmt: skip
    make_reply(case, "It leaves at 14:10, we are sorry.")
    return services.publish(draft.id, lea, is_sure=True)


def html(answer) -> str:
    return answer.content.decode()


def stamp_in(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_second_of_two_is_told_and_loses_nothing(lead, lea, live):
    url = f"/status-board/{live.id}/"
    seen = stamp_in(html(lead.get(url)))
    services.correct(live.id, lea, Wording("Delayed until 15:30"))
    late = {"headline": "Delayed until 14:20", "seen": seen}
    refused = lead.post(url, late)
    assert refused.status_code == 409
    assert "Somebody was faster" in html(refused)
    assert 'value="Delayed until 14:20"' in html(refused)
    assert "Delayed until 15:30" in html(refused)
    again = lead.post(url, late | {"seen": stamp_in(html(refused))}, follow=True)
    assert "Corrected everywhere" in html(again)


def test_a_slip_between_does_not_hide_that_somebody_was_faster(lead, lea, live):
    url = f"/status-board/{live.id}/"
    seen = stamp_in(html(lead.get(url)))
    services.correct(live.id, lea, Wording("Delayed until 15:30"))
    slip = lead.post(url, {"headline": "Delayed", "until": "soon", "seen": seen})
    assert slip.status_code == 422
    assert stamp_in(html(slip)) == seen


def test_a_draft_that_changed_is_not_published_unseen(lead, lea):
    make_case("NW482?")
    url = lead.post("/status-board/new/", FORM).url
    seen = stamp_in(html(lead.get(url)))
    lead.post(url, FORM | {"headline": "Everything is late", "seen": seen})
    answer = lead.post(f"{url}do/", {"act": "publish", "seen": seen, "is_sure": "1"}, follow=True)
    assert "Somebody was faster" in html(answer)
    assert not queries.live_updates(lea.workspace_id)


def test_a_press_twice_publishes_once(lead, lea):
    url = lead.post("/status-board/new/", FORM).url
    form = {"act": "publish", "is_sure": "1", "seen": stamp_in(html(lead.get(url)))}
    lead.post(f"{url}do/", form)
    answer = lead.post(f"{url}do/", form, follow=True)
    assert "Somebody was faster" in html(answer)
    assert StatusUpdate.objects.get().version == StatusVersion.objects.count() == 1


@pytest.mark.parametrize(
    "until", ["9999-12-31T23:59", "0001-01-01T00:00", "2020-01-01T10:00", "2026-02-30T10:00"]
)
@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati"])
def test_odd_times_are_refused_and_the_board_stays_readable(lead, live, workspace, until, zone):
    Workspace.objects.filter(id=workspace.id).update(time_zone=zone)
    answer = lead.post("/status-board/new/", FORM | {"until": until})
    assert answer.status_code == 422
    assert f'value="{until}"' in html(answer)
    assert lead.post(f"/status-board/{live.id}/", FORM | {"until": until}).status_code == 422
    assert lead.get("/status-board/").status_code == 200
    assert StatusUpdate.objects.count() == 1


def test_a_draft_laid_aside_is_shown_to_who_writes_alone(lead, agent, viewer, lea):
    draft = services.save_draft(lea, Wording("A rumour"), About())
    services.withdraw(draft.id, lea)
    assert "A rumour" in html(lead.get("/status-board/"))
    for reader in (agent, viewer):
        assert "A rumour" not in html(reader.get("/status-board/"))
        assert reader.get(f"/status-board/{draft.id}/").status_code == 404


def test_a_reply_that_a_program_wrote_in_another_language_stays(lead, lea, live):
    services.correct(live.id, lea, Wording("Late", replies={"en": "Sorry.", "pl": "Przepraszamy."}))
    page = html(lead.get(f"/status-board/{live.id}/"))
    assert 'name="reply_pl"' in page
    lead.post(
        f"/status-board/{live.id}/",
        {"headline": "Late", "details": "Gate 4", "reply_en": "Sorry.", "reply_pl": "Przykro nam."},
    )
    live.refresh_from_db()
    assert queries.version_of(live).replies == {"en": "Sorry.", "pl": "Przykro nam."}


def test_many_who_were_told_are_counted_beyond_the_page(lead, lea, live, monkeypatch):
    for n in range(4):
        make_case(f"NW482? {n}")
    services.correct(live.id, lea, Wording("Late"))
    really = queries.cases_of
    monkeypatch.setattr(queries, "cases_of", lambda *about: really(*about, most=2))
    assert "and 3 more" in html(lead.get(f"/status-board/{live.id}/"))


def test_what_is_no_html_stays_none_on_every_page(lead, agent, lea, workspace):
    WaitChoice.objects.create(workspace_id=workspace.id, is_public=True)
    Workspace.objects.filter(id=workspace.id).update(name=BAD[:60])
    case = make_case(f"NW482 {BAD}")
    bad = dict.fromkeys(("headline", "details", "public_text", "reply_en", "topic"), BAD)
    answer = lead.post(
        "/status-board/new/", {**bad, "entities": f"NW 482, x{BAD[:40]}"}, follow=True
    )
    one = StatusUpdate.objects.get()
    StatusUpdate.objects.filter(id=one.id).update(topic="")
    services.publish(one.id, lea, is_sure=True)
    pages = [answer, lead.get(f"/status-board/{one.id}/"), lead.get("/status-board/")]
    pages.append(agent.get(f"/c/{case.id}/status/"))
    services.correct(one.id, lea, Wording("Now this", public_text="Now this"))
    made = html(lead.post("/status-board/links/", {"name": BAD[:70]}))
    address = re.search(r"/now/[\w-]+/", made)
    assert address
    pages += [lead.get("/status-board/links/"), Client().get(address[0])]
    pages += [Client().get("/wait/northwind/"), Client().get("/wait/northwind/badge.svg")]
    for page in [made, *map(html, pages)]:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in html(pages[1])


def test_odd_characters_and_very_long_texts_are_answered(lead, agent):
    odd = "\x00\u202e\ufeff\U0001f600" + "x" * 30_000
    for name in ("headline", "details", "public_text", "reply_en", "entities", "topic", "until"):
        assert lead.post("/status-board/new/", FORM | {name: odd}).status_code in {302, 422}
    many = ",".join(f"NW {n}" for n in range(10_000))
    assert lead.post("/status-board/new/", FORM | {"entities": many}).status_code == 422
    assert lead.get("/status-board/new/?about=" + "%00%ff" * 300).status_code == 200
    case = make_case("My bag?")
    form = {"act": "out\x00", "update": "\x00" * 36, "of": "x"}
    assert agent.post(f"/c/{case.id}/status/", form).status_code == 404


def test_the_page_for_customers_is_gone_as_if_it_had_never_been(live, lea, workspace, frozen):
    services.correct(live.id, lea, Wording("Late", public_text="NW 482 is late."))
    choice = WaitChoice.objects.create(workspace_id=workspace.id, is_public=True)
    assert "NW 482 is late." in html(Client().get("/wait/northwind/"))
    choice.is_public = False
    choice.save()
    for tail in ("", "badge.svg", "now.json"):
        off, never = (Client().get(f"/wait/{slug}/{tail}") for slug in ("northwind", "nobody"))
        assert off.status_code == never.status_code == 404
        assert off.content.replace(b"northwind", b"nobody") == never.content
        assert off.headers.keys() == never.headers.keys()


PAGES = ["/status-board/", "/status-board/new/", "/status-board/links/"]


@pytest.mark.parametrize(
    ("role", "pages", "acts"),
    [
        ("owner", [200, 200, 200], [302, 302]), ("admin", [200, 200, 200], [302, 302]),
        ("lead", [200, 200, 200], [302, 302]), ("agent", [200, 403, 403], [403, 302]),
        ("viewer", [200, 403, 403], [403, 403]), ("marketing", [403, 403, 403], [403, 403]),
    ],
)  # fmt: skip
def test_each_role_sees_and_does_what_is_its_own(signed_in, workspace, live, role, pages, acts):
    client = signed_in(_member(workspace, "Nora North", role, "NN"))
    assert [client.get(page).status_code for page in PAGES] == pages
    case = Case.objects.get()
    form = {"update": str(live.id)}
    done = [
        client.post(f"/status-board/{live.id}/do/", {"act": "end"}).status_code,
        client.post(f"/c/{case.id}/status/", form | {"act": "out"}).status_code,
    ]
    assert done == acts
    assert client.post("/status-board/new/", FORM).status_code == acts[0]
    assert client.post("/status-board/links/", {"name": "x"}).status_code == (
        200 if acts[0] == 302 else 403
    )


@pytest.mark.parametrize("token", ["%00", "a" * 5000, "%ff%fe", "AAAA", "é" * 40, "..%2f..%2f"])
def test_links_that_are_none_open_nothing(workspace, token):
    assert Client().get(f"/now/{token}/").status_code in {404, 410}
    assert Client().get(f"/solved/{token}/").status_code in {404, 410}
    assert Client().post(f"/solved/{token}/").status_code in {404, 410}
