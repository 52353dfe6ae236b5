"""What the database says of itself, and what is counted across workspaces."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection
from psycopg.conninfo import make_conninfo

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import ChannelHealth, ParkedDelivery
from hearwell.config.examining import doctor
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.ops.doctor import inside
from hearwell.ops.doctor.finding import Level
from hearwell.ops.figures import count
from hearwell.ops.health import known_migrations
from hearwell.outbound.models import Delivery, KillSwitch, Lane
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    connection.ensure_connection()
    return connection.connection


@pytest.fixture
def as_superuser(transactional_db):
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        yield server


def address(role: str) -> str:
    here = connection.settings_dict
    return make_conninfo(
        host=here["HOST"], port=here["PORT"] or None, dbname=here["NAME"], user=role
    )


def levels(findings):
    return [finding.level for finding in findings]


def deliver(workspace_id: UUID, channel, state: str, *, since_s: float = 0, due_s: float = 0):
    lane = Lane.objects.create(
        id=uuid7(), workspace_id=workspace_id, channel_id=channel.id, account="a"
    )
    moment = now()
    Delivery.objects.create(
        workspace_id=workspace_id,
        lane=lane,
        channel_id=channel.id,
        account="a",
        network="harbour",
        state=state,
        state_since=moment - timedelta(seconds=since_s),
        not_before=moment - timedelta(seconds=due_s),
        key=uuid7(),
        draft={},
        digest="",
    )


def test_what_waits_is_counted_across_workspaces(worker):
    for name in ("Ours", "Theirs"):
        workspace = create_workspace(name)
        with scope(workspace.id):
            channel = make_channel()
            deliver(workspace.id, channel, "queued", due_s=1200)
            deliver(workspace.id, channel, "unknown", since_s=700)
            deliver(workspace.id, channel, "confirmed", since_s=9000)
            KillSwitch.objects.create(workspace_id=workspace.id, scope="workspace")
            ParkedDelivery.objects.create(
                workspace_id=workspace.id,
                channel=channel,
                endpoint_id=uuid7(),
                raw_id=uuid7(),
                code="x",
                reason="y",
                parked_at=now() - timedelta(days=2),
            )
            ChannelHealth.objects.update_or_create(
                workspace_id=workspace.id,
                channel=channel,
                defaults={"failing_since": now(), "last_event_at": now() - timedelta(hours=1)},
            )
    found = count(worker)
    assert found.of("deliveries", "queued") == 2
    assert found.of("deliveries", "unknown") == 2
    assert ("deliveries", "confirmed") not in found.values
    assert found.of("deliveries_oldest_seconds", "unknown") == pytest.approx(700, abs=60)
    assert found.of("deliveries_overdue_seconds") == pytest.approx(1200, abs=60)
    assert found.of("switches_on") == 2
    assert found.of("parked_items") == 2
    assert found.total("channels_failing") == 2
    assert found.most("last_event_age_seconds") == pytest.approx(3600, abs=60)


@pytest.mark.usefixtures("as_app_role")
def test_the_web_process_may_not_count_across_workspaces(worker):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), worker.transaction():
        worker.execute("SELECT * FROM ops_figures()")


def test_jobs_and_heartbeats_are_counted(worker):
    worker.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    worker.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
    )
    for status in ("todo", "todo", "failed"):
        worker.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('media', 'x', %s)",
            [status],
        )
    found = count(worker)
    assert found.of("queues_beating") == 1
    assert found.of("jobs_waiting", "media") == 2
    assert found.of("jobs_failed", "media") == 1
    assert ("jobs_oldest_seconds", "media") in found.values


def test_a_database_as_we_make_it_is_well(worker):
    assert levels(inside.guards(worker)) == [Level.GOOD]
    assert levels(inside.tables(worker, known_migrations())) == [Level.GOOD]
    assert levels(inside.skew(worker)) == []


def test_a_migration_that_is_not_applied_is_named(worker):
    (found,) = inside.tables(worker, {*known_migrations(), ("inbox", "9999_tomorrow")})
    assert found.level is Level.BAD
    assert "inbox.9999_tomorrow" in found.text


@pytest.mark.parametrize(
    ("off", "on", "words"),
    [
        (
            "ALTER TABLE contacts_contact NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE contacts_contact FORCE ROW LEVEL SECURITY",
            "contacts_contact",
        ),
        (
            "ALTER TABLE contacts_contact DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE contacts_contact ENABLE ROW LEVEL SECURITY",
            "contacts_contact",
        ),
        (
            "ALTER TABLE accounts_auditrow DISABLE TRIGGER accounts_audit_block",
            "ALTER TABLE accounts_auditrow ENABLE TRIGGER accounts_audit_block",
            "not sealed",
        ),
    ],
)
def test_a_guard_that_somebody_switched_off_is_bad(as_superuser, off, on, words):
    as_superuser.execute(off)
    try:
        (found,) = inside.guards(as_superuser)
    finally:
        as_superuser.execute(on)
    assert found.level is Level.BAD
    assert words in found.text


def test_every_global_table_with_a_workspace_is_known_to_the_guards(worker):
    """Or a doctor would call a healthy house ill."""
    known = [list(inside.BEFORE_ANY_SCOPE)]
    assert worker.execute(inside._UNGUARDED, known).fetchall() == []


def test_partitions_are_missed_and_left_ones_seen(worker):
    today = now().date()
    assert levels(inside.partitions(worker, today)) == [Level.GOOD]
    (missing,) = inside.partitions(worker, today + timedelta(days=20))
    assert (missing.level, "tomorrow" in missing.text) == (Level.BAD, True)
    late = list(inside.partitions(worker, today + timedelta(days=60)))
    assert levels(late) == [Level.BAD, Level.LOOK]


def test_roles_are_judged_and_a_closed_door_is_said_once(as_superuser):
    found = list(inside.reach({"web": address("hearwell_app"), "worker": address("postgres")}))
    assert levels(found) == [Level.GOOD, Level.BAD]
    assert "passes row-level security" in found[1].text
    nowhere = make_conninfo(address("hearwell_app"), port=1)
    assert levels(inside.reach({"web": nowhere, "worker": nowhere})) == [Level.BAD]


class TestCommand:
    @pytest.fixture
    def here(self, tmp_path, monkeypatch):
        monkeypatch.setenv("DATA", str(tmp_path))
        monkeypatch.setenv("DATABASE_URL", address("hearwell_app"))
        monkeypatch.setenv("DATABASE_WORKER_URL", address("hearwell_worker"))
        monkeypatch.setenv("DATABASE_OWNER_URL", address("hearwell_owner"))

    @pytest.mark.usefixtures("here", "as_superuser")
    def test_findings_come_as_lines_and_as_json_and_decide_the_exit_code(self):
        lines = CliRunner().invoke(doctor, [])
        assert lines.exit_code == 1, "there are no keys, and nobody beats"
        assert "BAD   Workers: No worker beats" in lines.output
        assert "ok    Guards:" in lines.output
        found = json.loads(CliRunner().invoke(doctor, ["--json"]).output)
        assert {"topic", "level", "text", "todo"} == set(found[0])
        assert {row["level"] for row in found} == {"good", "look", "bad"}
        assert all(row["todo"] for row in found if row["level"] != "good")

    def test_a_folder_that_is_not_there_ends_it(self, monkeypatch, tmp_path):
        monkeypatch.setenv("DATA", str(tmp_path / "nowhere"))
        result = CliRunner().invoke(doctor, [])
        assert result.exit_code == 1
        assert "There is no folder" in result.output
