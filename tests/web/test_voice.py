"""Our own voice on the screen: what is said, who comes back, service and marketing together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import ApiToken, Membership
from hearwell.channels.models import Following
from hearwell.kit.clock import now
from hearwell.triage.models import Verdict
from hearwell.voice.models import Ruling
from tests.domain.voice.test_posts import DELAYS, SALE, post
from tests.factories import make_channel, make_item, make_reply, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace, frozen):
    return make_channel()


@pytest.fixture
def said(channel):
    """A sale, a notice, nothing in particular, and an answer."""
    asked = receive(channel, [make_item()])[0]
    make_reply(asked.case, parent_remote_id=asked.remote_id)
    return [post(channel, text) for text in (SALE, DELAYS, "Hm.")]


def test_the_page_counts_shows_what_decided_and_lets_people_say_otherwise(agent, said, budget):
    with budget(15):
        page = agent.get("/reports/voice/").content.decode()
    assert "Care share by week" in page
    assert "“shop now”" in page
    assert "none of the words that we know" in page
    assert 'aria-current="page">Our voice' in page
    unsure = said[2]
    at = f"/reports/voice/{unsure.id}/"
    answer = agent.post(f"{at}say/", {"klass": "entertainment", "back": "show=entertainment"})
    assert answer["Location"] == "/reports/voice/?show=entertainment#posts"
    page = agent.get("/reports/voice/?show=entertainment").content.decode()
    assert "it counts as Entertainment from now on" in page
    assert "a person said so" in page
    assert agent.post(f"{at}undo/", {"back": "//evil"})["Location"].startswith("/reports/voice/?")
    assert Ruling.objects.get().klass == ""
    assert agent.post(f"{at}say/", {"klass": "unsure"}).status_code == 302
    assert "Choose what the post is" in agent.get("/reports/voice/").content.decode()
    care = agent.get("/reports/voice/?show=care&public=1").content.decode()
    assert "it answers somebody" in care


def test_who_may_only_look_says_nothing(viewer, said):
    page = viewer.get("/reports/voice/").content.decode()
    assert "It is this" not in page
    assert viewer.post(f"/reports/voice/{said[0].id}/say/", {"klass": "care"}).status_code == 403


def test_an_empty_period_says_so_in_words(agent, channel):
    page = agent.get("/reports/voice/?from=2020-01-01&to=2020-01-07").content.decode()
    assert "none of our accounts wrote anything" in page
    assert "nothing to count in this period" in page
    people = agent.get("/reports/voice/people/?from=2020-01-01&to=2020-01-07").content.decode()
    assert "Nobody wished for anything" in people
    assert "No network told us how many follow" in people


def test_tables_are_given_as_they_are(agent, said):
    lines = agent.get("/reports/voice/?format=csv").content.decode().splitlines()
    assert lines[0].startswith("section,what,figure,value,unit,n")
    assert any(line.startswith("total,,care_share,0.25,share,4,") for line in lines)
    posts = agent.get("/reports/voice/?format=posts").content.decode()
    assert "promotion: shop now" in posts
    assert "loyalty" in agent.get("/reports/voice/people/?format=csv").content.decode()
    assert "balance" in agent.get("/reports/voice/together/?format=csv").content.decode()


def wish(channel, text: str, by: str, kind: str = "idea", topics=None) -> None:
    (made,) = receive(channel, [make_item(text, author=make_item().author.__class__(by, by, by))])
    Verdict.objects.filter(message_id=made.id).update(kind=kind, topics=topics)


def test_wishes_are_ranked_by_people_and_followers_told_where_known(agent, channel, budget):
    for _n in range(5):
        wish(channel, "Please add a dark mode to the app, my eyes hurt at night", "loud")
    wish(channel, "More vegan meals please", "ann", topics=["meals"])
    wish(channel, "What about vegan food on long flights", "ben", "request", ["meals"])
    for day, n in ((3, 1000), (1, 1042)):
        Following.objects.create(
            workspace_id=channel.workspace_id, channel_id=channel.id, followers=n,
            day=(now() - timedelta(days=day)).date(),
        )  # fmt: skip
    other = make_channel("pigeon", handle="quiet")
    with budget(15):
        page = agent.get("/reports/voice/people/").content.decode()
    assert page.index("vegan food") < page.index("dark mode")
    assert ">42<" in page
    assert f"{other.handle}</bdi>" in page.partition("Not told by")[2]
    assert "dark mode" in agent.get("/reports/voice/people/?ideas=1").content.decode()


def test_the_audit_changes_only_with_what_it_looks_at(owner, workspace, channel, bob, budget):
    with budget(20):
        page = owner.get("/reports/voice/together/").content.decode()
    assert "People with the role Marketing: 0" in page
    assert 'href="/settings/people/"' in page
    marketer = Membership.objects.get(user=bob)
    Membership.objects.filter(id=marketer.id).update(role="marketing")
    token = ApiToken.objects.create(
        workspace=workspace, membership=marketer, name="CRM", prefix="hw_x", digest=b"x"
    )
    page = owner.get("/reports/voice/together/").content.decode()
    assert "People with the role Marketing: 1" in page
    assert "none of 1" in page
    ApiToken.objects.filter(id=token.id).update(last_used_at=now())
    assert "A system of Marketing last read the list on" in owner.get(
        "/reports/voice/together/"
    ).content.decode()  # fmt: skip
