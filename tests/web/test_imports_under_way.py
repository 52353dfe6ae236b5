"""An import under way: paused, cancelled, short of room; what it rejects and leaves."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import ImportRun
from hearwell.channels.services.importing import ImportStoppedError
from hearwell.conversations.models import Message
from hearwell.inbox import importing, sweeps
from hearwell.inbox.archives import uploads
from hearwell.kit.clock import now
from hearwell.web.components.runs import run_face
from tests.disks import fill
from tests.unit.reports.study import harbour_town as town
from tests.web.archives import BAD, ROWS, files, page, steer, upload, work


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.HEARWELL_DATA = tmp_path
    return tmp_path


# --- pause, go on, cancel -------------------------------------------------------------------------


@pytest.fixture
def long_archive() -> str:
    rows: list[town.Row] = [
        (n, f"p{n}", True, f"02 09:{n % 50:02d}:00", "@NorthwindAir where is it?", "")
        for n in range(1, 301)
    ]
    return town.twcs([*rows, (999, "NorthwindAir", False, "02 12:00:00", "@p1 Here", 1)])


def test_an_import_is_paused_at_work_and_goes_on_from_there(
    owner, workspace, long_archive, data_folder, monkeypatch
):
    monkeypatch.setattr(importing, "BATCH", 50)
    upload(owner, long_archive)
    run = ImportRun.objects.get()
    take, taken = importing.take_batch, []

    def pause_after_two(running, batch):
        if len(taken) == 2:
            steer(owner, run, "pause")
        taken.append(take(running, batch))
        return taken[-1]

    monkeypatch.setattr(importing, "take_batch", pause_after_two)
    with pytest.raises(ImportStoppedError):
        importing.run_import(ImportRun.objects.get())
    run.refresh_from_db()
    assert (run.state, run.position, Message.objects.count()) == ("paused", 100, 100)
    assert len(files(data_folder)) == 1
    shown = page(owner)
    assert "Paused" in shown
    assert "100 of 301 messages" in shown
    assert AuditRow.objects.filter(action="archive.import_paused").count() == 1
    assert work(run).state == "paused"  # a job that was late does nothing

    monkeypatch.setattr(importing, "take_batch", take)
    steer(owner, run, "resume")
    run.refresh_from_db()
    assert run.state == "queued"
    assert work(run).state == "done"
    assert (run.position, Message.objects.count()) == (301, 301)
    assert files(data_folder) == []


def test_an_import_that_is_paused_while_it_reads_stops_there(owner, workspace, monkeypatch):
    upload(owner)
    run = ImportRun.objects.get()
    touch = importing.importing.touch_import

    def pause_then_touch(running, **facts):
        steer(owner, run, "pause")
        touch(running, **facts)

    monkeypatch.setattr(importing.importing, "touch_import", pause_then_touch)
    with pytest.raises(ImportStoppedError):
        importing.run_import(run)
    assert not Message.objects.exists()


@pytest.mark.parametrize("state", ["queued", "paused"])
def test_a_cancelled_import_keeps_what_is_in_and_no_file(owner, workspace, data_folder, state):
    upload(owner)
    run = ImportRun.objects.get()
    if state == "paused":
        steer(owner, run, "pause")
    steer(owner, run, "cancel")
    assert work(run).state == "cancelled"
    assert files(data_folder) == []
    assert "Cancelled" in page(owner)


def test_what_has_ended_cannot_be_stopped(owner, workspace):
    upload(owner)
    run = work(ImportRun.objects.get())
    assert "stopped already" in steer(owner, run, "pause").content.decode()
    assert steer(owner, run, "explode").status_code == 404


def test_an_import_of_a_terminal_is_shown_and_not_steered(owner, workspace, tmp_path):
    path = town.write(tmp_path / "mine.csv", town.twcs(town.ROWS))
    run = importing.open_import(workspace.id, path)
    shown = page(owner)
    assert "runs in a terminal" in shown
    assert "/steer/" not in shown
    assert steer(owner, run, "cancel").status_code == 404
    importing.run_import(run)
    assert path.exists()  # it is the operator's own


# --- the rows that could not be used --------------------------------------------------------------


def test_rejected_rows_are_counted_by_reason_and_downloaded(owner, workspace, data_folder):
    upload(owner, BAD, name="Ærlig arkiv.csv")
    run = work(ImportRun.objects.get())
    shown = page(owner)
    assert "2 rows could not be used" in shown
    assert "unreadable time" in shown
    assert "wrong number of fields" in shown
    assert str(data_folder) not in shown  # where files are on the server is nobody's business
    answer = owner.get(f"/settings/imports/{run.id}/rejects/")
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["line"], row["reason"]) for row in rows] == [
        ("4", "unreadable time"),
        ("5", "wrong number of fields"),
    ]


def test_old_rejects_are_removed_and_the_page_says_so(owner, workspace, data_folder):
    upload(owner, BAD)
    run = work(ImportRun.objects.get())
    (path,) = (data_folder / "imports").rglob("*.rejects.csv")
    age(path, uploads.REJECTS_S + 60)
    assert sweeps.remove_idle_files() == 1
    assert owner.get(f"/settings/imports/{run.id}/rejects/").status_code == 404
    assert "kept for 30 days" in page(owner)


# --- what crashes leave ---------------------------------------------------------------------------


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_the_sweep_removes_what_crashes_left_and_nothing_else(owner, workspace, data_folder):
    upload(owner)
    (needed,) = [p for p in (data_folder / "imports").rglob("*") if p.is_file()]
    incoming = data_folder / "imports" / "incoming"
    dead, alive = incoming / "1.part", incoming / "2.part"
    orphan = needed.with_name("0" * 64)
    for path in (dead, alive, orphan):
        path.write_bytes(b"half")
    for path in (needed, dead, orphan):
        age(path, uploads.INCOMING_S + 60)
    assert sweeps.remove_idle_files() == 2
    assert files(data_folder) == sorted([needed.name, "2.part"])
    assert work(ImportRun.objects.get()).state == "done"


def test_the_file_of_a_paused_import_stays_however_long(owner, workspace, data_folder):
    upload(owner)
    steer(owner, ImportRun.objects.get(), "pause")
    (kept,) = [p for p in (data_folder / "imports").rglob("*") if p.is_file()]
    age(kept, 90 * 24 * 3600)
    assert sweeps.remove_idle_files() == 0
    assert kept.exists()


# --- a full disk ----------------------------------------------------------------------------------


def test_a_file_for_which_there_is_no_room_is_refused_at_once(
    owner, workspace, settings, small_disk
):
    settings.HEARWELL_DATA = small_disk
    response = upload(owner, ROWS + "x" * 200_000)
    assert response.status_code == 422
    assert "The server has no room for this file" in response.content.decode()
    assert files(small_disk) == []


def test_a_disk_that_becomes_full_meanwhile_is_said_and_nothing_half_is_left(
    owner, workspace, settings, small_disk, monkeypatch
):
    settings.HEARWELL_DATA = small_disk
    monkeypatch.setattr(uploads, "_check_room", lambda *_: None)  # others filled it since
    response = upload(owner, ROWS + "x" * 6_000_000)
    assert response.status_code == 422
    assert "disk became full" in response.content.decode()
    assert files(small_disk) == []
    assert not ImportRun.objects.exists()


def test_an_import_for_which_there_is_no_room_is_paused_and_goes_on_when_there_is(
    owner, workspace, data_folder, small_disk, monkeypatch
):
    monkeypatch.setattr(importing, "gettempdir", lambda: str(small_disk))
    upload(owner)
    filler = fill(small_disk)
    run = work(ImportRun.objects.get())
    assert run.state == "paused"
    assert f"There is no room left in {small_disk}" in page(owner)
    assert len(files(data_folder)) == 1
    filler.unlink()
    steer(owner, run, "resume")
    assert work(run).state == "done"
    assert run.failure == ""


# --- what the page says ---------------------------------------------------------------------------


def shown_run(**facts) -> ImportRun:
    base = {"state": "running", "is_background": True, "file_name": "a.csv", "moved_at": now()}
    return ImportRun(**(base | facts))


def test_pace_and_time_left_come_from_this_go_alone():
    since = now() - timedelta(seconds=100)
    run = shown_run(
        rows=10_000, position=6_000, going_from=5_000, going_since=since,
        moved_at=since + timedelta(seconds=50), fresh=5_900,
    )  # fmt: skip
    face = run_face(run, now())
    assert face.percent == 60
    assert face.progress == ["6,000 of 10,000 messages", "20 a second", "3 min left"]
    assert face.outcome == ["5,900 new messages", "100 were known already"]


def test_what_another_month_changed_is_told():
    face = run_face(shown_run(state="done", rows=9, position=9, fresh=2, changed=3), now())
    assert face.outcome == ["2 new messages", "3 have changed", "4 were known already"]


def test_while_it_reads_nobody_knows_how_much_there_is():
    face = run_face(shown_run(rows_read=15_000), now())
    assert (face.percent, face.label, face.progress) == (None, "Reading", ["15,000 rows read"])


def test_an_import_that_nothing_moves_stands_still():
    run = shown_run(moved_at=now() - timedelta(minutes=5))
    assert run_face(run, now()).label == "Stands still"


def test_the_page_keeps_its_budget(owner, workspace, budget):
    for n in range(3):
        upload(owner, ROWS.replace("where", f"where {n}"))
    owner.get("/settings/imports/")
    with budget(15):
        assert owner.get("/settings/imports/").status_code == 200
