"""The four questions: asked step by step without a script, kept as one goes, ending in versions."""

from __future__ import annotations

import re

import pytest
from django.db import InternalError, ProgrammingError, transaction

from hearwell.accounts.models import AuditRow, Role
from hearwell.accounts.rules import READERS
from hearwell.accounts.services import remove_member
from hearwell.channels.models import ChannelHealth
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.sla import services as sla
from hearwell.sla.calendars import current_calendars
from hearwell.strategy.models import Answers, Playbook
from hearwell.strategy.queries import KINDS, latest, readiness, standing
from tests.factories import make_channel, make_item
from tests.web.conftest import HTMX

STEP = "/settings/playbook/{}/"


@pytest.fixture
def team(workspace):
    sla.ensure_defaults(workspace)
    return routing.ensure_default_team(workspace.id)


def answer(client, name, fields, go="next"):
    return client.post(STEP.format(name), {**fields, "go": go} if go else fields)


def night_and_day(team, bob, n=0, **more):
    return {
        f"{n}-owner": f"team:{team.id}",
        f"{n}-backup": str(bob.id),
        f"{n}-days": [str(day) for day in range(7)],
        f"{n}-starts": "00:00",
        f"{n}-ends": "24:00",
        **{f"{n}-{name}": value for name, value in more.items()},
    }


def answer_all(client, team, bob):
    make_channel()
    answer(client, "networks", {"n-sandbox": "answer", "elsewhere": "A forum, on Mondays"})
    answer(client, "rota", night_and_day(team, bob))
    paths = {f"{kind}-words": f"How {kind} is solved" for kind in KINDS}
    answer(client, "paths", paths | {f"{kind}-team": str(team.id) for kind in KINDS})
    answer(client, "roles", {f"r-{role}": "Up to 100 a case" for role in Role.values})
    return client.post(STEP.format("review"), {"go": "publish", "remark": "The first"})


def test_it_leads_from_question_to_question_and_ends_in_a_version(owner, workspace, team, bob):
    assert not readiness(workspace).is_ready
    answer_all(owner, team, bob)
    book = latest(workspace.id)
    assert (book.version, book.remark) == (1, "The first")
    assert readiness(workspace).is_ready
    page = owner.get("/settings/playbook/").content.decode()
    for words in (
        "A forum, on Mondays",
        "How complaint is solved",
        "Up to 100 a case",
        "Every day",
    ):
        assert words in page
    assert "before you go live" not in page
    assert AuditRow.objects.get(action="playbook.published").after["version"] == 1


def test_back_and_forth_keeps_what_was_said(owner, workspace, team):
    make_channel()
    assert answer(owner, "paths", {"idea-words": "Thank them"}, "back").url == STEP.format("rota")
    assert answer(owner, "networks", {"n-sandbox": "read"}, "leave").url == "/settings/playbook/"
    assert 'value="read" checked' in owner.get(STEP.format("networks")).content.decode()
    assert "Thank them" in owner.get(STEP.format("paths")).content.decode()


def test_it_is_kept_as_one_goes_and_a_row_half_filled_in_is_no_mistake(owner, workspace, team, bob):
    assert b"Saved" in answer(owner, "rota", night_and_day(team, bob), go=None).content
    assert len(standing(workspace).answers.rota) == 1
    half = night_and_day(team, bob) | {"1-owner": f"team:{team.id}", "1-starts": "08"}
    assert answer(owner, "rota", half, go=None).status_code == 204
    assert len(standing(workspace).answers.rota) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends": "00:00"}, "This has no length"),
        ({"starts": "8 o'clock"}, "Write a time such as 08:00"),
        ({"days": []}, "Choose at least one day"),
        ({"backup": ""}, "Name who stands in"),
    ],
)
def test_what_is_wrong_stands_at_its_shift_and_nothing_is_half_kept(
    owner, workspace, team, bob, wrong, said
):
    fields = night_and_day(team, bob) | night_and_day(team, bob, 1, **wrong)
    page = answer(owner, "rota", fields)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert 'id="1-wrong"' in page.content.decode()
    assert not Answers.objects.exists()


def test_a_shift_is_removed_and_an_empty_row_is_none(owner, workspace, team, bob):
    answer(owner, "rota", night_and_day(team, bob) | {"1-owner": "", "1-starts": "08:00"})
    assert len(standing(workspace).answers.rota) == 1
    answer(owner, "rota", night_and_day(team, bob, remove="1"))
    assert standing(workspace).answers.rota == ()


def test_a_version_is_never_altered_and_two_are_compared(owner, workspace, team, bob):
    answer_all(owner, team, bob)
    owner.post(STEP.format("review"), {"go": "publish"})
    assert Playbook.objects.count() == 1  # nothing had changed
    answer(owner, "roles", {f"r-{role}": "Up to 200 a case" for role in Role.values})
    assert readiness(workspace).is_newer
    owner.post(STEP.format("review"), {"go": "publish", "remark": "More freedom"})
    page = owner.get("/settings/playbook/changes/?from=1&to=2").content.decode()
    assert page.count("<del>Up to 100 a case</del>") == len(READERS)
    assert page.count("<ins>Up to 200 a case</ins>") == len(READERS)
    assert "How complaint is solved" not in page
    assert "Up to 100 a case" in owner.get("/settings/playbook/?v=1").content.decode()
    assert owner.get("/settings/playbook/?v=9").status_code == 404
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        Playbook.objects.update(remark="Never said")


def test_going_live_warns_with_links_until_all_is_answered(owner, workspace, team, bob):
    channel = make_channel()
    ChannelHealth.objects.create(workspace_id=workspace.id, channel=channel, checked_at=now())
    page = owner.get(f"/settings/networks/{channel.id}/ready/").content.decode()
    assert "before you go live, answer the four questions" in page
    links = set(re.findall(r'href="(/settings/playbook/\w+/)"', page))
    assert links >= {STEP.format(n) for n in ("networks", "rota", "paths", "roles")}
    assert "before you go live" in owner.get("/setup/").content.decode()
    answer_all(owner, team, bob)
    ready = f"/settings/networks/{channel.id}/ready/"
    assert "before you go live" not in owner.get(ready).content.decode()
    make_channel("bluesky", "another")
    assert "Nobody has said whether we watch: Bluesky" in owner.get(ready).content.decode()


def test_who_has_left_owns_no_hour(owner, workspace, team, alice, bob, bobs, alices):
    fields = night_and_day(team, alice) | {"0-owner": f"person:{bob.id}"}
    answer(owner, "rota", fields)
    assert standing(workspace).usual.open_hours == 0
    answer(owner, "rota", {**fields, "0-owner": f"person:{alice.id}", "0-backup": str(bob.id)})
    remove_member(bobs, by=alice)
    assert standing(workspace).usual.open_hours == 0  # the other one is still here
    answer(owner, "rota", {**fields, "0-owner": f"person:{bob.id}", "0-backup": "x"})
    here = standing(workspace)
    assert (here.usual.open_hours, here.on_duty) == (168, [])


def test_the_map_tells_each_hour_in_words_and_minds_holidays(
    owner, agent, workspace, team, alice, bob
):
    calendar = current_calendars(workspace.id)[0]
    sla.update_calendar(calendar.id, exceptions={"2026-12-25": []}, by=alice)
    answer(owner, "rota", night_and_day(team, bob, calendar=calendar.key))
    page = agent.get("/reports/coverage/?week=2026-12-21").content.decode()
    assert "24 of 168 hours have no owner" in page
    assert "Friday 00:00–24:00" in page
    assert page.count(' class="none"') == 24
    usual = agent.get("/reports/coverage/?week=2026-12-14").content.decode()
    assert "Every hour of this week has an owner." in usual
    for week in ("never", "9999-12-31", "0001-01-01"):
        assert agent.get(f"/reports/coverage/?week={week}").status_code == 200


def test_agents_read_it_and_only_admins_change_it(agent, owner, team):
    assert agent.get("/settings/playbook/").status_code == 200
    assert agent.get(STEP.format("rota")).status_code == 403
    assert owner.get(STEP.format("nonsense")).status_code == 404


def test_another_workspace_sees_nothing_of_it(owner, workspace, other_workspace, team, bob):
    answer_all(owner, team, bob)
    with scope(other_workspace.id):
        assert not Playbook.objects.exists()
        assert not Answers.objects.exists()


@pytest.mark.parametrize("name", ["networks", "rota", "paths", "roles", "review"])
def test_the_steps_stay_under_their_ceiling(owner, team, bob, budget, name):
    answer_all(owner, team, bob)
    with budget(15):
        owner.get(STEP.format(name), headers=HTMX)


@pytest.mark.parametrize("url", ["/settings/playbook/", "/reports/coverage/", "/setup/"])
def test_its_pages_stay_under_their_ceiling(owner, team, bob, budget, url):
    answer_all(owner, team, bob)
    with budget(15):
        owner.get(url)


def test_who_has_a_case_reads_how_its_kind_is_solved(agent, owner, team, bob):
    case = take_in(make_channel(), [make_item("Where is my bag? This is a complaint!")])[0].case
    page = f"/c/{case.id}/related/"
    assert "How we solve this" not in agent.get(page).content.decode()
    answer_all(owner, team, bob)
    shown = agent.get(page).content.decode()
    case.refresh_from_db()
    assert f"How {case.kind} is solved" in shown
    assert "Up to 100 a case" in shown
    assert "playbook v1" in shown
    answer(owner, "paths", {f"{case.kind}-words": "Say sorry first", f"{case.kind}-team": ""})
    assert "Say sorry first" not in agent.get(page).content.decode()
    answer(owner, "review", {"remark": "Kinder"}, "publish")
    assert "Say sorry first" in agent.get(page).content.decode()
