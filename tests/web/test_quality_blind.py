"""Quality under careless and hostile hands: blind stays blind, odd input is answered."""

from __future__ import annotations

import pytest
from django.test import Client

from hearwell.accounts.models import Membership
from hearwell.inbox.intake import take_deletions
from hearwell.quality import services
from hearwell.quality.models import Calibration, Grade, Sample
from hearwell.quality.rules import CRITERIA
from hearwell.quality.services import NotTheirsError
from tests.api.conftest import program_of
from tests.domain.quality.conftest import alices, lea, leas, planned, wrote  # noqa: F401  fixtures
from tests.factories import make_case, make_channel, make_deletion, make_item, make_reply, receive

pytestmark = pytest.mark.django_db
FULL = dict.fromkeys(CRITERIA, "yes")
SPAN = "since=2026-01-01T00:00:00Z&until=2026-12-31T00:00:00Z"
BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ODD = "\x00\u202e\U0001f600" + "x" * 30_000


@pytest.fixture
def lead(signed_in, lea) -> Client:  # noqa: F811
    return signed_in(lea)


@pytest.fixture
def double(workspace, planned, wrote, alice) -> Sample:  # noqa: F811
    wrote(1)
    services.draw_now(workspace.id, by=alice)
    Sample.objects.update(wanted=2)
    return Sample.objects.get()


def html(answer) -> str:
    return answer.content.decode()


def test_the_first_of_two_grades_is_to_be_read_nowhere(workspace, owner, lead, agent, double):
    url = f"/quality/replies/{double.id}/"
    owner.post(url, {**FULL, "tone": "no", "note": "Alices words"})
    case = f"/c/{double.case_id}/"
    pages = ["/quality/", f"/quality/?done={double.id}", "/quality/scores/", "/quality/agreement/"]
    pages += ["/quality/mine/", url, case, "/settings/quality/", "/quality/calibrations/", "/feed/"]
    for reader in (lead, agent, owner):
        for page in pages:
            if (reader, page) != (owner, url):
                assert "Alices words" not in html(reader.get(page, follow=True)), page
    assert "Alices words" in html(owner.get(url))  # her own
    people = {one.role: one.user for one in Membership.objects.select_related("user")}
    for role in ("owner", "lead"):
        program = program_of(workspace, people[role])
        assert program.get(f"/quality/reviews?{SPAN}").json() == []
        scores = program.get(f"/quality/scores?{SPAN}").json()
        assert scores["agents"] == []
        assert scores["criteria"]["tone"] == {"yes": 0, "partly": 0, "no": 0, "na": 0}
    assert "Alices words" not in html(owner.get("/settings/audit/", follow=True))
    assert program_of(workspace, people["agent"]).get(f"/quality/reviews?{SPAN}").status_code == 403


def test_a_draft_and_what_was_taken_back_are_to_be_read_nowhere(owner, lead, agent, double):
    Sample.objects.update(wanted=1)
    url = f"/quality/replies/{double.id}/"
    owner.post(url, {"tone": "no", "note": "A draft", "act": "draft"})
    owner.post(url, {**FULL, "note": "Too hasty"})
    owner.post(f"{url}back/")
    owner.post(url, {"tone": "no", "note": "A draft", "act": "draft"})
    for reader in (lead, agent):
        for page in ("/quality/", "/quality/mine/", url):
            told = html(reader.get(page, follow=True))
            assert "Too hasty" not in told
            assert "A draft" not in told


def test_a_calibration_that_was_opened_takes_no_grade_more(owner, lead, leas, wrote):  # noqa: F811
    wrote(1)
    url = owner.post("/quality/calibrations/", {"title": "March", "size": "1"}).url
    sample = Sample.objects.get()
    owner.post(f"{url}open/")
    owner.post(f"{url}open/")
    answer = lead.post(f"/quality/replies/{sample.id}/", FULL)
    assert answer.status_code == 422
    with pytest.raises(NotTheirsError):
        services.take_back(sample.id, by=leas)
    assert not Grade.objects.exists()


@pytest.mark.parametrize("size", ["9" * 5000, "-1", "0", "\u0663", "1e3", "", "1\x00"])
def test_any_size_of_a_calibration_is_answered(owner, wrote, size):  # noqa: F811
    wrote(2)
    answer = owner.post("/quality/calibrations/", {"title": ODD, "size": size})
    assert answer.status_code == 302
    assert 1 <= Sample.objects.count() <= 2
    assert owner.get(answer.url).status_code == 200


def test_odd_characters_and_marks_of_html_stay_text(owner, agent, lead, double):
    Sample.objects.update(wanted=1)
    url = f"/quality/replies/{double.id}/"
    assert owner.post(url, {**FULL, "tone": ODD, "note": ODD}).status_code == 422
    assert owner.post(url, {**FULL, "note": ODD}).status_code == 302
    owner.post(url, {**FULL, "note": BAD})
    agent.post(f"{url}respond/", {"act": "dispute", "words": ODD})
    agent.post(f"{url}respond/", {"act": "dispute", "words": BAD})
    pages = [html(lead.get("/quality/")), html(agent.get("/quality/mine/"))]
    lead.post(f"{url}decide/", {"act": "out", "why": BAD})
    card = {"what": "card", "tone-yes": BAD, "remark": BAD}
    owner.post("/settings/quality/", card)
    owner.post("/settings/quality/", card | {"tone-yes": ODD, "remark": ODD})
    owner.post("/settings/quality/", card)
    for voice in (ODD, BAD):
        form = dict.fromkeys(("text", "does", "donts", "avoid", "remark"), voice)
        assert owner.post("/settings/voice/", form).status_code == 302
    case = f"/c/{double.case_id}/voice/"
    shown = (url, "/quality/", "/settings/quality/", "/settings/voice/", case)
    pages += [html(owner.get(page)) for page in shown]
    pages.append(html(agent.get("/quality/mine/")))
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert sum("&lt;script&gt;" in page for page in pages) >= 6


def test_a_double_press_begins_one_calibration(owner, wrote):  # noqa: F811
    wrote(2)
    first, again = (owner.post("/quality/calibrations/", {"title": BAD, "size": "1"}) for _ in "12")
    assert first.url == again.url
    assert "<script>alert" not in html(owner.get("/quality/calibrations/"))
    assert Calibration.objects.count() == Sample.objects.count() == 1


def test_what_the_network_wants_gone_is_gone_from_reviews(workspace, owner, bob, alice, planned):  # noqa: F811
    channel = make_channel()
    item = make_item("My passport is X123", thread_key="t")
    receive(channel, [item])
    case = make_case("Hello?", channel)
    (asked,) = receive(channel, [make_item("And my bag?", thread_key="t")])
    reply = make_reply(asked.case, author_user_id=bob.id)
    services.draw_now(workspace.id, by=alice)
    url = f"/quality/replies/{Sample.objects.get(message_id=reply.id).id}/"
    assert "X123" in html(owner.get(url))
    take_deletions(channel, [make_deletion(item, must_purge=True)])
    assert "X123" not in html(owner.get(url))
    assert case.id != asked.case_id


@pytest.mark.parametrize(
    "span",
    [
        "since=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-12:00",
        "since=9999-12-31T00:00:00Z&until=9999-12-31T23:59:59Z",
    ],
)
def test_any_span_of_time_is_answered(workspace, alice, span):
    program = program_of(workspace, alice)
    for what in ("reviews", "scores"):
        assert program.get(f"/quality/{what}?{span}").status_code == 200
