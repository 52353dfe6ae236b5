"""Settings, reports, set-up: each opens for those who may, and does what its buttons say."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection

from hearwell.accounts.models import AuditRow, Membership
from hearwell.channels.models import Channel, ChannelHealth, ParkedDelivery
from hearwell.conversations.services.windows import reopen_windows
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import KillSwitch
from hearwell.sla.models import Calendar, Policy
from hearwell.sla.rules import BadCalendarError
from hearwell.sla.services.promises import ensure_defaults
from hearwell.web.admin.promises.calendars import exceptions_from_text, spans_from_text
from tests.factories import make_case, make_channel, make_reply

PAGES = (
    "/setup/",
    "/me/",
    "/reports/response/",
    "/settings/networks/",
    "/settings/people/",
    "/settings/promises/",
    "/settings/imports/",
    "/settings/audit/",
)


@pytest.fixture
def channel(workspace):
    made = make_channel()
    ChannelHealth.objects.create(workspace_id=workspace.id, channel=made)
    return made


@pytest.mark.parametrize("url", PAGES)
def test_an_owner_opens_every_page_within_its_budget(owner, channel, url, budget):
    owner.get(url)
    with budget(15):
        assert owner.get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES[3:])
def test_settings_are_closed_to_agents(agent, channel, url):
    assert agent.get(url).status_code == 403


def test_who_may_change_nothing_is_told_whom_to_ask(viewer, alice):
    page = viewer.get("/settings/").content.decode()
    assert "Alice Adams" in page


@pytest.mark.parametrize("url", [*PAGES, "/inbox/", "/inbox/queues/", "/"])
def test_a_stranger_is_asked_to_sign_in(client, url, db):
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("url", PAGES)
def test_somebody_without_a_workspace_sees_nothing(signed_in, charlie, url):
    assert signed_in(charlie).get(url).status_code == 403


def test_the_first_page_offers_three_ways_and_leads_there_while_nothing_is_connected(owner):
    page = owner.get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/setup/"
    for way in ("Play the demo brand", "Import an archive", "Connect a channel"):
        assert way in page.content.decode()


def test_with_a_channel_the_start_is_the_inbox(owner, channel):
    assert owner.get("/", follow=True).redirect_chain[-1][0] == "/inbox/"


# --- networks ----------------------------------------------------------------------------------


def park(channel: Channel, reason: str = "no JSON: line 1") -> ParkedDelivery:
    return ParkedDelivery.objects.create(
        workspace_id=channel.workspace_id,
        channel=channel,
        endpoint_id=uuid7(),
        raw_id=uuid7(),
        code="contract_changed",
        reason=reason,
    )


def test_a_parked_delivery_is_shown_with_its_reason_and_replayed(owner, channel):
    parked = park(channel)
    url = f"/settings/networks/{channel.id}/"
    assert "1 message parked" in owner.get("/settings/networks/").content.decode()
    page = owner.get(url).content.decode()
    assert "no JSON: line 1" in page
    assert "Replay" in page
    owner.post(f"{url}parked/", {"parked": str(parked.id), "act": "replay"})
    parked.refresh_from_db()
    assert parked.state == "replaying"


def test_a_parked_delivery_is_dismissed(owner, channel):
    parked = park(channel)
    url = f"/settings/networks/{channel.id}/parked/"
    owner.post(url, {"parked": str(parked.id), "act": "dismiss"})
    parked.refresh_from_db()
    assert parked.state == "dismissed"


def test_an_account_is_paused_and_resumed(owner, channel):
    url = f"/settings/networks/{channel.id}/state/"
    owner.post(url, {"act": "pause"})
    assert Channel.objects.get(id=channel.id).state == "paused"
    assert "Paused" in owner.get("/settings/networks/").content.decode()
    owner.post(url, {"act": "resume"})
    assert Channel.objects.get(id=channel.id).state == "active"


def test_an_absent_account_is_not_found(owner):
    assert owner.get(f"/settings/networks/{uuid7()}/").status_code == 404


def test_a_failing_account_is_named_first(owner, channel):
    from hearwell.kit.clock import now

    ChannelHealth.objects.filter(channel=channel).update(
        failing_since=now(), failure_code="needs_reauth", failure_message="Sign in again."
    )
    page = owner.get("/settings/networks/").content.decode()
    assert 'role="alert"' in page
    assert "Sign in again." in page


@pytest.mark.parametrize("scope", ["workspace", "network", "account"])
def test_sending_is_stopped_with_a_reason_and_allowed_again(owner, channel, scope):
    value = {"workspace": "", "network": "sandbox", "account": str(channel.id)}[scope]
    where = {"scope": scope, "value": value}
    owner.post("/settings/networks/stop/", {**where, "act": "stop", "reason": "a false alarm"})
    assert KillSwitch.objects.get(off_at=None).reason == "a false alarm"
    assert "Sending is stopped" in owner.get("/settings/networks/").content.decode()
    owner.post("/settings/networks/stop/", {**where, "act": "resume"})
    assert not KillSwitch.objects.filter(off_at=None).exists()


def test_nothing_is_stopped_without_a_reason(owner, channel):
    owner.post("/settings/networks/stop/", {"scope": "workspace", "value": "", "act": "stop"})
    assert not KillSwitch.objects.exists()


@pytest.mark.parametrize("where", [{"scope": "planet"}, {"scope": "account", "value": "x"}])
def test_what_is_not_ours_cannot_be_stopped(owner, channel, where):
    answer = owner.post("/settings/networks/stop/", {**where, "act": "stop", "reason": "x"})
    assert answer.status_code == 404


# --- people ------------------------------------------------------------------------------------


def test_an_invitation_shows_its_link_once(owner, workspace):
    form = {"name": "Dan Dee", "email": "dan@example.com", "role": "agent"}
    page = owner.post("/settings/people/invite/", form).content.decode()
    assert "/login/link/" in page
    assert not Membership.objects.filter(user__email="dan@example.com").exists()
    assert "dan@example.com" in owner.get("/settings/people/").content.decode()
    assert "/login/link/" not in owner.get("/settings/people/").content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"email": "no address", "role": "agent"},
        {"email": "bob.brown@example.com", "role": "emperor"},
    ],
)
def test_a_bad_invitation_is_refused_in_words(owner, form):
    answer = owner.post("/settings/people/invite/", form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_role_is_changed_but_somebody_stays_owner(owner, alices, bobs):
    owner.post(f"/settings/people/{bobs.id}/", {"act": "role", "role": "lead"})
    bobs.refresh_from_db()
    assert bobs.role == "lead"
    owner.post(f"/settings/people/{alices.id}/", {"act": "role", "role": "agent"})
    alices.refresh_from_db()
    assert alices.role == "owner"


def test_an_admin_neither_makes_nor_changes_owners(signed_in, workspace, alices, bobs):
    from tests.characters import _member

    admin = signed_in(_member(workspace, "Ada Ash", "admin", "AH"))
    admin.post(f"/settings/people/{bobs.id}/", {"act": "role", "role": "owner"})
    admin.post(f"/settings/people/{alices.id}/", {"act": "remove"})
    bobs.refresh_from_db()
    assert bobs.role == "agent"
    assert Membership.objects.filter(id=alices.id).exists()


def test_a_member_is_removed(owner, bobs):
    owner.post(f"/settings/people/{bobs.id}/", {"act": "remove"})
    assert not Membership.objects.filter(id=bobs.id).exists()


def test_a_member_of_another_workspace_is_not_found(owner, other_workspace):
    from tests.characters import _member

    eve = _member(other_workspace, "Eve Ek", "owner", "EE")
    theirs = Membership.objects.get(user=eve)
    answer = owner.post(f"/settings/people/{theirs.id}/", {"act": "remove"})
    assert answer.status_code == 404


# --- promises ----------------------------------------------------------------------------------


def policy_form(policy: Policy, **changes: str) -> dict[str, str]:
    form = {"policy": str(policy.id), "calendar": str(policy.calendar_id), "counts": "calendar"}
    for urgency in range(5):
        form |= {f"first_reply-{urgency}": "30", f"answer-{urgency}": "240"}
    return {**form, **changes}


def test_a_promise_is_saved_as_a_new_version(owner, workspace):
    policy = ensure_defaults(workspace)
    owner.post("/settings/promises/policy/", policy_form(policy))
    current = Policy.objects.get(workspace_id=workspace.id, is_current=True)
    assert current.version == policy.version + 1
    assert current.targets["0"] == {"first_reply_s": 1800, "answer_s": 14_400}


def test_how_long_a_case_can_come_back_is_saved(owner, workspace):
    page = owner.get("/settings/promises/").content.decode()
    assert 'name="private_days"' in page
    assert 'value="30"' in page
    url, days = "/settings/promises/reopening/", {"private_days": "3", "public_days": "0"}
    assert owner.post(url, days).status_code == 302
    assert {k: w.days for k, w in reopen_windows(workspace.id).items()} == {
        "private": 3,
        "public": 0,
    }


@pytest.mark.parametrize("days", ["", "x", "-1", "366", "9999999999999"])
def test_days_that_make_no_sense_are_refused(owner, workspace, days):
    url = "/settings/promises/reopening/"
    answer = owner.post(url, {"private_days": days, "public_days": "7"})
    assert answer.status_code == 422
    assert "0 to 365 days" in answer.content.decode()
    assert reopen_windows(workspace.id)["private"].days == 30


@pytest.mark.parametrize("minutes", ["0", "-5", "", "x", "99999999999"])
def test_a_promise_that_makes_no_sense_is_refused(owner, workspace, minutes):
    policy = ensure_defaults(workspace)
    answer = owner.post(
        "/settings/promises/policy/", policy_form(policy, **{"first_reply-3": minutes})
    )
    assert answer.status_code == 422
    assert "Not saved." in answer.content.decode()


def test_hours_are_saved_as_people_type_them(owner, workspace):
    calendar = ensure_defaults(workspace).calendar
    form = {
        "calendar": str(calendar.id),
        "name": "Desk",
        "time_zone": "Europe/Oslo",
        "day-mon": "9:00-12:30, 13:30-17:00",
        "exceptions": "2026-12-25 closed\n2026-12-24 09:00-12:00",
    }
    owner.post("/settings/promises/calendar/", form)
    saved = Calendar.objects.get(key=calendar.key, is_current=True)
    assert saved.intervals["mon"] == [["09:00", "12:30"], ["13:30", "17:00"]]
    assert saved.intervals["tue"] == []
    assert saved.exceptions == {"2026-12-25": [], "2026-12-24": [["09:00", "12:00"]]}
    page = owner.get("/settings/promises/").content.decode()
    assert "09:00-12:30, 13:30-17:00" in page
    assert "2026-12-25 closed" in page


@pytest.mark.parametrize("text", ["nine to five", "09:00", "09:00-12:00;13:00-14:00"])
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(BadCalendarError):
        spans_from_text(text)


def test_a_time_zone_that_does_not_exist_is_refused(owner, workspace):
    calendar = ensure_defaults(workspace).calendar
    form = {"calendar": str(calendar.id), "time_zone": "Middle/Earth", "day-mon": "09:00-17:00"}
    assert owner.post("/settings/promises/calendar/", form).status_code == 422


def test_empty_lines_of_exceptions_are_nothing():
    assert exceptions_from_text("\n  \n") == {}


# --- audit -------------------------------------------------------------------------------------


def test_the_trail_shows_what_changed_and_pages_back(owner, workspace, monkeypatch):
    monkeypatch.setattr("hearwell.web.admin.audit.PAGE", 2)
    for n in range(3):
        AuditRow.objects.create(
            workspace_id=workspace.id, action=f"thing.{n}", after={"colour": "blue"}
        )
    page = owner.get("/settings/audit/").content.decode()
    assert "thing.2" in page
    assert "blue" in page
    assert "thing.0" not in page
    older = page.split('class="more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "thing.0" in owner.get(older).content.decode()
    assert owner.get("/settings/audit/?before=nonsense").status_code == 200


def test_the_end_of_the_trail_is_shown_and_handed_out(owner, workspace):
    assert "The seal" not in owner.get("/settings/audit/").content.decode()
    assert owner.get("/settings/audit/head/").status_code == 404
    AuditRow.objects.create(workspace_id=workspace.id, action="thing.done")
    connection.check_constraints()  # as at the commit
    kept = json.loads(owner.get("/settings/audit/head/").content)
    assert (kept["slug"], kept["seq"], len(kept["digest"])) == (workspace.slug, 1, 64)
    assert kept["digest"] in owner.get("/settings/audit/").content.decode()


# --- reports -----------------------------------------------------------------------------------


def test_the_report_counts_what_was_answered(owner, channel, alice):
    make_reply(make_case("Where is my bag?", channel), author_user_id=alice.id)
    make_case("And mine?", channel)
    page = owner.get("/reports/response/").content.decode()
    assert "1 of 2" in page
    assert "<svg" in page
    assert "style=" not in page


def test_the_report_as_csv(owner, channel, alice):
    make_reply(make_case("Where is my bag?", channel), author_user_id=alice.id)
    answer = owner.get("/reports/response/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"].startswith("text/csv")
    assert rows[0]["needs_reply"] == "1"
    assert rows[1]["channel"] == "sandbox:NorthwindAir"


@pytest.mark.parametrize(
    "query",
    [
        "method=nonsense",
        "from=x&to=y",
        "from=2030-01-01&to=2020-01-01",
        "channel=x",
        "from=0001-01-01&to=9999-12-31",
        "record=archive",
    ],
)
def test_an_odd_report_address_breaks_nothing(owner, channel, query):
    assert owner.get(f"/reports/response/?{query}").status_code == 200


@pytest.mark.parametrize("method", ["simply-measured", "quintly", "facebook-page"])
def test_every_method_opens(owner, channel, method):
    make_case("Where is my bag?", channel)
    assert owner.get(f"/reports/response/?method={method}").status_code == 200
