"""Import an archive from the browser: one import a file, nothing left behind, plain words."""

from __future__ import annotations

import csv
import gzip
import io
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import ImportRun
from hearwell.channels.services.importing import ImportStoppedError
from hearwell.conversations.models import Message
from hearwell.inbox import importing, sweeps
from hearwell.inbox.archives import uploads
from hearwell.inbox.tasks import import_archive
from hearwell.kit.clock import now
from hearwell.web.components.runs import run_face
from tests.disks import fill
from tests.unit.reports.study import harbour_town as town

ROWS = (
    "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    "1,115712,True,Tue Oct 31 22:10:47 +0000 2017,@NorthwindAir where is my bag?,2,\n"
    "2,NorthwindAir,False,Tue Oct 31 22:20:47 +0000 2017,@115712 In Oslo. ^ML,,1\n"
)
BAD = ROWS + "3,115712,True,never,@NorthwindAir hello?,,\n3,ann\n"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.HEARWELL_DATA = tmp_path
    return tmp_path


def upload(client, content: str | bytes = ROWS, name: str = "old.csv", **more: str):
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data, "text/csv")
    return client.post("/settings/imports/", {"file": file, **more})


def files(folder: Path) -> list[str]:
    """What is on disk of uploads, without the workspace's own folder name."""
    return sorted(path.name for path in (folder / "imports").rglob("*") if path.is_file())


def work(run: ImportRun) -> ImportRun:
    """As the worker does."""
    import_archive(workspace_id=str(run.workspace_id), run_id=str(run.id))
    run.refresh_from_db()
    return run


def steer(client, run: ImportRun, act: str):
    return client.post(f"/settings/imports/{run.id}/steer/", {"act": act}, follow=True)


def page(client) -> str:
    return client.get("/settings/imports/").content.decode()


# --- a file and its import --------------------------------------------------------------------


def test_a_file_is_kept_until_its_import_has_ended(owner, workspace, data_folder):
    assert upload(owner, brands="@NorthwindAir, other").status_code == 302
    run = ImportRun.objects.get()
    assert (run.file_name, run.state, run.brands, run.layout) == (
        "old.csv",
        "queued",
        ["northwindair", "other"],
        "twcs",
    )
    assert AuditRow.objects.filter(action="archive.import_started", target_id=run.id).exists()
    assert "old.csv" in page(owner)
    assert len(files(data_folder)) == 1
    assert work(run).state == "done"
    assert Message.objects.count() == 2
    assert files(data_folder) == []


def test_a_refused_import_leaves_no_file(owner, workspace, data_folder):
    broken = gzip.compress((town.twcs(town.ROWS) + "x" * 3_000_000).encode(), compresslevel=0)
    assert upload(owner, broken[:-2_000], "old.csv.gz").status_code == 302
    run = work(ImportRun.objects.get())
    assert run.state == "failed"
    assert "cannot be read to its end" in run.failure
    assert run.failure in page(owner).replace("&#x27;", "'")
    assert files(data_folder) == []


def test_the_same_file_twice_is_one_import_and_one_file(owner, workspace, data_folder):
    upload(owner)
    answer = upload(owner, name="copy.csv")
    assert ImportRun.objects.count() == 1
    assert len(files(data_folder)) == 1
    shown = owner.get(answer["Location"]).content.decode()
    assert "This archive is already here." in shown
    assert "old.csv" in shown


def test_a_file_that_was_imported_is_not_imported_again(owner, workspace, data_folder):
    upload(owner)
    work(ImportRun.objects.get())
    answer = upload(owner)
    assert ImportRun.objects.count() == 1
    assert files(data_folder) == []
    assert "Nothing was imported again" in owner.get(answer["Location"]).content.decode()


def test_the_same_file_for_other_handles_is_another_import_of_one_file(
    owner, workspace, data_folder
):
    upload(owner)
    upload(owner, brands="NorthwindAir")
    first, second = ImportRun.objects.order_by("started_at")
    assert first.path == second.path
    assert len(files(data_folder)) == 1
    work(first)
    assert len(files(data_folder)) == 1  # the other one needs it
    work(second)
    assert files(data_folder) == []


def test_what_failed_or_was_cancelled_may_be_tried_again(owner, workspace, data_folder):
    upload(owner)
    steer(owner, ImportRun.objects.get(), "cancel")
    upload(owner)
    assert sorted(ImportRun.objects.values_list("state", flat=True)) == ["cancelled", "queued"]


def test_two_workspaces_never_share_a_file(owner, signed_in, workspace, other_workspace):
    from tests.characters import _member

    upload(owner)
    upload(signed_in(_member(other_workspace, "Otto Other", "owner", "OO")))
    paths = {Path(run.path).parent.name for run in _all_runs()}
    assert paths == {str(workspace.id), str(other_workspace.id)}


def _all_runs() -> list[ImportRun]:
    from hearwell.accounts.models import Workspace
    from hearwell.kit.scope import scope

    found: list[ImportRun] = []
    for workspace in Workspace.objects.all():
        with scope(workspace.id):
            found += ImportRun.objects.all()
    return found


# --- what is refused at the form ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04rest of a zip", "This is a ZIP file."),
        (gzip.compress(b"\x00\x01\x02" * 99, mtime=0), "The file holds no text"),
        (b"a,b\n1,2\n", "has no column tweet_id"),
        (b"a;b\n1;2\n", "Save it with commas."),
        (b'{"id": "1"}\n', "None of its first 1 rows can be used: no author (1)."),
    ],
    ids=["empty", "zip", "gzip", "columns", "semicolons", "rows"],
)
def test_what_is_no_archive_is_refused_at_the_field(owner, workspace, data_folder, content, said):
    response = upload(owner, content)
    shown = response.content.decode()
    assert response.status_code == 422
    assert said in shown
    assert 'id="id_file_error"' in shown
    assert 'aria-describedby="id_file_error"' in shown
    assert not ImportRun.objects.exists()
    assert files(data_folder) == []


def test_another_format_than_the_chosen_one_is_said_there(owner, workspace, data_folder):
    response = upload(owner, layout="jsonl")
    assert response.status_code == 422
    shown = response.content.decode()
    assert 'id="id_layout_error"' in shown
    assert "The file looks like CSV. Choose that format." in shown
    assert files(data_folder) == []


def test_without_a_file_the_form_says_what_to_do(owner, workspace):
    response = owner.post("/settings/imports/", {"layout": "twcs"})
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()
    assert not ImportRun.objects.exists()


def test_a_wrong_date_leaves_no_file(owner, workspace, data_folder):
    assert upload(owner, open_since="soon").status_code == 422
    assert files(data_folder) == []


def test_what_is_too_large_is_refused_and_not_kept(owner, workspace, data_folder, monkeypatch):
    from hearwell.web.admin import uploads as receiving

    monkeypatch.setattr(receiving, "MAX_BYTES", 100)
    monkeypatch.setattr(receiving, "FORM_BYTES", 0)
    response = upload(owner)
    assert response.status_code == 422
    assert "larger than 2 GB" in response.content.decode()
    assert files(data_folder) == []


# --- who may, and forged requests -----------------------------------------------------------------


def test_an_agent_may_not_and_nothing_is_kept(agent, workspace, data_folder):
    assert agent.get("/settings/imports/").status_code == 403
    assert upload(agent).status_code == 403
    assert not (data_folder / "imports").exists()


def test_a_forged_form_is_refused_and_nothing_is_kept(alice, workspace, data_folder):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert upload(client).status_code == 403
    assert files(data_folder) == []
    assert not ImportRun.objects.exists()


def test_an_import_of_another_workspace_does_not_exist(owner, workspace, other_workspace):
    from hearwell.kit.scope import scope

    with scope(other_workspace.id):
        theirs = ImportRun.objects.create(
            workspace_id=other_workspace.id, fingerprint="f", file_name="a", path="/a",
            layout="twcs", is_background=True,
        )  # fmt: skip
    assert steer(owner, theirs, "cancel").status_code == 404
    assert owner.get(f"/settings/imports/{theirs.id}/rejects/").status_code == 404


def test_an_agent_cannot_steer(agent, owner, workspace):
    upload(owner)
    run = ImportRun.objects.get()
    assert steer(agent, run, "cancel").status_code == 403
    assert agent.get(f"/settings/imports/{run.id}/rejects/").status_code == 403


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
