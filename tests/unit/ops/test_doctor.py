"""What `hearwell doctor` says of what it sees, without a database."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from hearwell.kit.seal import make_keys
from hearwell.ops import backup
from hearwell.ops.doctor import outside, work
from hearwell.ops.doctor.finding import Level
from hearwell.ops.figures import Figures

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WELL = {("queues_beating", ""): 8, ("listeners_beating", ""): 1}
JUDGES = (work.processes, work.queues, work.outbound, work.inbound)


def judged(values):
    """Return what all who look at figures find that is not good."""
    figures = Figures({**WELL, **values})
    found = [finding for judge in JUDGES for finding in judge(figures)]
    return [finding for finding in found if finding.level is not Level.GOOD]


@pytest.fixture
def data(tmp_path):
    make_keys(tmp_path / "keys")
    (tmp_path / "secret-key").write_text("x")
    (tmp_path / "secret-key").chmod(0o600)
    return tmp_path


def levels(findings):
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("url", "bind", "is_debug", "expected"),
    [
        ("https://care.example.com", "127.0.0.1", False, [Level.GOOD]),
        ("http://localhost:8000", "127.0.0.1", False, [Level.GOOD]),
        ("http://localhost:8000", "0.0.0.0", False, [Level.LOOK]),  # noqa: S104
        ("http://care.example.com", "127.0.0.1", False, [Level.BAD]),
        ("https://care.example.com", "127.0.0.1", True, [Level.BAD, Level.GOOD]),
    ],
)
def test_an_address_without_tls_is_bad_unless_it_is_ours_alone(url, bind, is_debug, expected):
    assert levels(outside.addresses(url, bind, is_debug=is_debug)) == expected


def test_whole_private_keys_are_good(data):
    assert levels(outside.keys(data, has_secret_key=False)) == [Level.GOOD]


@pytest.mark.parametrize("name", ["keys/ingress.key", "keys/egress.private", "secret-key"])
def test_a_key_that_others_may_read_or_that_is_missing_is_named(data, name):
    (data / name).chmod(0o640)
    (found,) = outside.keys(data, has_secret_key=False)
    assert found.level is Level.BAD
    assert found.todo == f"chmod 600 {data / name}"
    (data / name).unlink()
    (found,) = outside.keys(data, has_secret_key=False)
    assert name in found.text


def test_the_public_key_may_be_read_and_a_given_secret_key_needs_no_file(data):
    (data / "keys/egress.public").chmod(0o644)
    (data / "secret-key").unlink()
    assert levels(outside.keys(data, has_secret_key=True)) == [Level.GOOD]


@pytest.mark.parametrize(
    ("free", "level"), [(2**40, Level.GOOD), (2**31, Level.LOOK), (2**20, Level.BAD)]
)
def test_a_disk_is_judged_by_its_room(tmp_path, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert levels(outside.disk(tmp_path)) == [level]


@pytest.mark.parametrize(("state", "expected"), [(0, [Level.GOOD]), (5, [Level.LOOK]), (-1, [])])
def test_the_clock_is_asked_of_the_system(monkeypatch, state, expected):
    library = SimpleNamespace(adjtimex=lambda _room: state)
    monkeypatch.setattr("ctypes.CDLL", lambda _name: library)
    monkeypatch.setattr("sys.platform", "linux")
    assert levels(outside.clock()) == expected


@pytest.mark.parametrize(("days", "level"), [(1, Level.GOOD), (3, Level.LOOK)])
def test_an_old_backup_is_said(tmp_path, days, level):
    assert levels(outside.backups(tmp_path, NOW)) == [Level.LOOK]
    made_at = (NOW - timedelta(days=days)).isoformat()
    (tmp_path / backup.NOTE).write_text(json.dumps({"made_at": made_at}))
    assert levels(outside.backups(tmp_path, NOW)) == [level]


def test_a_note_that_cannot_be_read_is_none(tmp_path):
    for text in ("", "[]", '{"made_at": 7}', '{"made_at": "soon"}'):
        (tmp_path / backup.NOTE).write_text(text)
        assert backup.last_backup(tmp_path) is None


def test_a_house_at_rest_is_well():
    assert judged({}) == []
    assert judged({("deliveries", "queued"): 3, ("jobs_waiting", "inbound"): 40}) == []


@pytest.mark.parametrize(
    ("values", "level", "words"),
    [
        ({("queues_beating", ""): 0}, Level.BAD, "No worker beats"),
        ({("listeners_beating", ""): 0}, Level.BAD, "No listener beats"),
        ({("jobs_oldest_seconds", "media"): 900}, Level.LOOK, "media (15 min)"),
        ({("jobs_failed", "default"): 2}, Level.LOOK, "2 jobs"),
        ({("deliveries_overdue_seconds", ""): 1200}, Level.BAD, "due for 20 minutes"),
        (
            {("deliveries", "unknown"): 2, ("deliveries_oldest_seconds", "unknown"): 660},
            Level.BAD,
            "2 are unknown, one for 11 minutes",
        ),
        ({("deliveries", "needs_human"): 1}, Level.LOOK, "nobody knows"),
        ({("deliveries", "held"): 4}, Level.LOOK, "4 are held"),
        ({("switches_on", ""): 1}, Level.LOOK, "1 stop switches"),
        (
            {("raw_waiting", ""): 9, ("raw_waiting_oldest_seconds", ""): 180},
            Level.BAD,
            "9 deliveries wait, one for 3 minutes",
        ),
        (
            {("parked_items", ""): 5, ("parked_oldest_seconds", ""): 172_800},
            Level.LOOK,
            "5 items could not be taken in, one for 2 days",
        ),
        ({("channels_failing", "x"): 1, ("channels_failing", "sms"): 0}, Level.LOOK, "fail: x."),
    ],
)
def test_what_is_stuck_is_found_with_what_to_do(values, level, words):
    (found,) = judged(values)
    assert found.level is level
    assert words in found.text
    assert found.todo


def test_nobody_at_the_door_is_bad_where_web_must_be_here(unused_port):
    assert levels(work.web("127.0.0.1", unused_port, is_needed=True)) == [Level.BAD]
    assert levels(work.web("127.0.0.1", unused_port, is_needed=False)) == [Level.LOOK]


@pytest.fixture
def unused_port():
    from tests.house import free_port

    return free_port()
