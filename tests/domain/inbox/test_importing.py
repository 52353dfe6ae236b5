"""Archives become cases: the same code as live messages, at the recorded times, exactly once."""

from __future__ import annotations

import csv
import gzip
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import pytest

from hearwell.channels.models import Channel, ImportRun
from hearwell.channels.services.importing import ImportTakenError
from hearwell.conversations.models import Case, Message
from hearwell.events.models import Event
from hearwell.inbox import importing
from hearwell.inbox.archives.records import ArchiveError
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from tests.unit.reports.study import harbour_town as town

pytestmark = pytest.mark.django_db


class Died(BaseException):
    """As kill -9."""


def at(moment: str) -> datetime:
    day, clock = moment.split(" ")
    return datetime.fromisoformat(f"2026-03-{day}T{clock}+00:00")


@pytest.fixture
def archive(tmp_path) -> Path:
    return town.write(tmp_path / "archive.csv", town.twcs(town.ROWS))


@pytest.fixture
def long_archive(tmp_path) -> Path:
    """Three hundred threads of two brands, in no order."""
    rng = random.Random(5)
    rows: list[town.Row] = []
    for number in range(1, 901, 3):
        brand, moment = rng.choice(["NorthwindAir", "SkerryJet"]), rng.randint(10, 49)
        rows += [
            (number, f"p{number}", True, f"02 09:{moment}:00", f"@{brand} where is it?", ""),
            (number + 1, brand, False, f"02 10:{moment}:00", f"@p{number} Here", number),
            (number + 2, f"p{number}", True, f"02 11:{moment}:00", f"@{brand} and now?", number),
        ]
    rng.shuffle(rows)
    return town.write(tmp_path / "long.csv.gz", town.twcs(rows))


def run(workspace, path: Path, **wishes) -> ImportRun:
    return importing.run_import(importing.open_import(workspace.id, path, **wishes))


def said() -> list[tuple[str, str, str, datetime]]:
    """Everything there is, without the ids that differ from import to import."""
    channels = {channel.id: channel.handle for channel in Channel.objects.all()}
    return sorted(
        (channels[m.channel_id], m.remote_id, m.direction, m.sent_at) for m in Message.objects.all()
    )


def test_an_archive_becomes_cases_with_the_recorded_times(workspace, archive):
    done = run(workspace, archive)
    # Seventeen rows: 7 names nobody we know, 4 and 5 are there for both brands.
    assert (done.state, done.position, done.rows, done.fresh) == ("done", 18, 18, 18)
    channels = {channel.handle: channel for channel in Channel.objects.all()}
    assert set(channels) == {"NorthwindAir", "SkerryJet"}
    assert {(c.network, c.state) for c in channels.values()} == {("archive", "read_only")}
    bag = Message.objects.get(remote_id="1", channel_id=channels["NorthwindAir"].id)
    assert (bag.sent_at, bag.direction, bag.is_historic) == (at("02 09:00:00"), "in", True)
    reply = Message.objects.get(remote_id="2")
    assert (reply.sent_at, reply.direction, reply.parent_remote_id) == (
        at("02 09:10:00"),
        "out",
        "1",
    )
    # ann's bag, the answer, her thanks, and hal who chimes in: one conversation, one case.
    case = Case.objects.get(id=bag.case_id)
    assert set(Message.objects.filter(case_id=case.id).values_list("remote_id", flat=True)) == {
        "1",
        "2",
        "3",
        "15",
    }
    assert case.is_historic
    assert case.opened_at == at("02 09:00:00")


def test_a_message_to_two_brands_is_a_case_for_each(workspace, archive):
    run(workspace, archive)
    both = Message.objects.filter(remote_id="4").order_by("channel_id")
    assert len({message.case_id for message in both}) == 2
    # Skerry's answer names Northwind: for Skerry it is its own, for Northwind somebody wrote.
    answers = Message.objects.filter(remote_id="5")
    assert sorted(message.direction for message in answers) == ["in", "out"]


def test_rows_that_cannot_be_used_go_to_a_file_with_their_lines(workspace, tmp_path):
    text = town.twcs(town.ROWS).replace("\r\n", "\n")
    text += "90,ann,True,never,@NorthwindAir hi,,\n91,ann\n"
    text += f'92,ann,True,{town.created("02 09:00:00")},"an ""open quote,,\n'
    text += f"1,ann,True,{town.created('02 09:00:00')},@NorthwindAir again,,\n"
    path = town.write(tmp_path / "bad.csv", text)
    done = run(workspace, path)
    assert done.rejected == {
        "belongs to no brand": 1,  # 7 names a handle that nobody writes for
        "unreadable time": 1,
        "wrong number of fields": 1,
        "broken quoting": 1,
        "repeated id": 1,
    }
    assert done.rejects_path == f"{path}.rejects.csv"
    with Path(done.rejects_path).open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = text.splitlines()
    assert [(int(row["line"]), row["reason"]) for row in rows] == [
        (19, "unreadable time"),
        (20, "wrong number of fields"),
        (21, "broken quoting"),
        (22, "repeated id"),
        (8, "belongs to no brand"),
    ]
    assert [row["row"] for row in rows[:3]] == lines[18:21]
    assert Message.objects.filter(remote_id="1").count() == 1


def test_a_second_import_adds_nothing(workspace, archive):
    run(workspace, archive)
    before, cases = said(), Case.objects.count()
    again = run(workspace, archive)
    assert (again.position, again.fresh) == (18, 0)
    assert said() == before
    assert Case.objects.count() == cases
    assert ImportRun.objects.count() == 2


def test_a_file_that_grew_adds_what_is_new(workspace, tmp_path):
    run(workspace, town.write(tmp_path / "a.csv", town.twcs(town.ROWS[:8])))
    grown = run(workspace, town.write(tmp_path / "a.csv", town.twcs(town.ROWS)))
    fresh = {m.remote_id for m in Message.objects.all()}
    assert fresh == {str(row[0]) for row in town.ROWS} - {"7"}
    assert 0 < grown.fresh < grown.rows


@pytest.mark.parametrize("after", [1, 3, 8])
def test_an_import_that_was_killed_goes_on_and_ends_like_an_unbroken_one(
    workspace, other_workspace, long_archive, monkeypatch, after
):
    monkeypatch.setattr(importing, "BATCH", 90)
    take, taken = importing.take_batch, []

    def die_half_way(run, batch):
        if len(taken) == after:
            raise Died
        taken.append(take(run, batch))
        return taken[-1]

    monkeypatch.setattr(importing, "take_batch", die_half_way)
    broken = importing.open_import(workspace.id, long_archive)
    with pytest.raises(Died):
        importing.run_import(broken)
    monkeypatch.setattr(importing, "take_batch", take)
    stopped = Message.objects.count()
    assert 0 < stopped < 900
    assert ImportRun.objects.get(id=broken.id).position == stopped

    resumed = importing.open_import(workspace.id, long_archive)
    assert resumed.id == broken.id
    importing.run_import(resumed)
    assert (resumed.position, resumed.fresh, resumed.state) == (900, 900, "done")
    assert len(said()) == 900
    assert Case.objects.count() == 300
    assert {c.state for c in Clock.objects.all()} <= {"met", "missed", "unanswered", "cancelled"}


def test_a_batch_is_all_or_nothing(workspace, archive, monkeypatch):
    def fail(*_, **__):
        raise Died

    monkeypatch.setattr(importing.intake.sla, "close_batch", fail)
    broken = importing.open_import(workspace.id, archive)
    with pytest.raises(Died):
        importing.run_import(broken)
    assert not Message.objects.exists()
    assert ImportRun.objects.get(id=broken.id).position == 0


def test_two_processes_cannot_do_the_same_batch(workspace, archive):
    mine = importing.open_import(workspace.id, archive)
    theirs = importing.open_import(workspace.id, archive)
    assert mine.id == theirs.id
    importing.run_import(mine)
    with pytest.raises(ImportTakenError):
        importing.run_import(theirs)


def test_two_processes_cannot_work_in_the_same_folder(workspace, archive, monkeypatch):
    mine, theirs = (importing.open_import(workspace.id, archive) for _ in range(2))

    def meanwhile(*_):
        with pytest.raises(ImportTakenError):
            importing.run_import(theirs)
        return 0

    take = importing.take_batch
    monkeypatch.setattr(importing, "take_batch", lambda run, batch: meanwhile() or take(run, batch))
    importing.run_import(mine)
    assert Message.objects.count() == 18
    assert not list(Path(gettempdir()).glob(f"hearwell-import-{mine.id}*"))


def test_clocks_are_closed_from_the_record_and_nothing_is_due(workspace, archive):
    run(workspace, archive)
    states = {clock.state for clock in Clock.objects.all()}
    assert states <= {"met", "missed", "unanswered", "cancelled"}
    assert {"met", "unanswered"} <= states
    assert not Case.objects.exclude(due_at=None).exists()
    bag = Message.objects.get(remote_id="1")
    first = Clock.objects.get(case_id=bag.case_id, kind="first_reply")
    assert (first.started_at, first.met_at) == (at("02 09:00:00"), at("02 09:10:00"))


def clocks() -> list[tuple]:
    names = ("kind", "state", "started_at", "started_by", "urgency", "due_at", "breached_at")
    more = ("met_at", "met_by", "wall_s", "business_s", "policy_version", "is_historic")
    rows = Clock.objects.order_by("case_id", "started_at", "kind")
    return list(rows.values_list("case_id", *names, *more))


@pytest.mark.parametrize("size", [1_000, 2])
def test_clocks_of_a_batch_in_hand_are_those_of_the_record(workspace, archive, monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)  # of 2: threads go on in the next batch
    run(workspace, archive)
    in_hand = clocks()
    assert len(in_hand) > 10
    channels = Channel.objects.values_list("id", flat=True)
    for channel_id in channels:
        sla.close_historic(workspace.id, channel_id=channel_id)
    assert clocks() == in_hand


def test_an_import_keeps_the_planner_informed(workspace, long_archive, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 90)
    seen: list[int] = []
    refresh = importing.importing.refresh_statistics
    monkeypatch.setattr(
        importing.importing, "refresh_statistics", lambda: seen.append(1) or refresh()
    )
    run(workspace, long_archive)
    assert len(seen) == 4  # after batches 1, 2, 4 and 8 of 10


def test_nobody_is_told_of_the_past(workspace, archive):
    run(workspace, archive)
    names = set(Event.objects.values_list("name", flat=True))
    assert not names & {"MessageReceived", "ReplySent", "ClockStarted", "ClockMet", "ClockBreached"}


def test_what_went_on_after_a_day_is_put_to_work(workspace, archive):
    run(workspace, archive, open_since=datetime(2026, 3, 3, tzinfo=UTC))
    open_cases = Case.objects.filter(is_historic=False)
    remote_ids = set(
        Message.objects.filter(case_id__in=open_cases.values("id")).values_list(
            "remote_id", flat=True
        )
    )
    # ann's thread (hal chimed in on the 3rd), eve's, gus', ida's; not ben's, cat's and fay's.
    assert remote_ids == {"1", "2", "3", "15", "8", "9", "13", "14", "16", "17"}
    assert "MessageReceived" in set(Event.objects.values_list("name", flat=True))


def test_only_the_chosen_brands_are_taken(workspace, archive):
    done = run(workspace, archive, brands=["@skerryjet"])
    assert [channel.handle for channel in Channel.objects.all()] == ["SkerryJet"]
    assert {m.remote_id for m in Message.objects.all()} == {"4", "5", "13", "14"}
    assert (done.left_out, done.rejected) == (13, {})


def test_a_file_of_another_kind_is_refused_before_anything_is_opened(workspace, tmp_path):
    path = town.write(tmp_path / "a.csv", "a,b\n1,2\n")
    with pytest.raises(ArchiveError, match="no column tweet_id"):
        run(workspace, path)
    assert not ImportRun.objects.exists()


def test_a_file_that_breaks_off_fails_in_plain_words(workspace, tmp_path):
    whole = gzip.compress(town.twcs(town.ROWS * 6_000).encode(), compresslevel=1)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[:-5_000])
    with pytest.raises(ArchiveError, match="cannot be read to its end"):
        run(workspace, path)
    failed = ImportRun.objects.get()
    assert (failed.state, failed.finished_at is not None) == ("failed", True)
    assert "cannot be read to its end" in failed.failure
    assert path.exists()


def test_an_archive_without_its_brand_says_what_to_name(workspace, tmp_path):
    path = town.write(tmp_path / "a.csv", town.twcs(town.ROWS[:1]))
    with pytest.raises(ArchiveError, match="name the handle"):
        run(workspace, path)


def test_rejects_that_cannot_be_written_are_said(workspace, tmp_path):
    path = town.write(tmp_path / "bad.csv", town.twcs(town.ROWS) + "90,ann\n")
    (tmp_path / "bad.csv.rejects.csv").mkdir()
    with pytest.raises(ArchiveError, match=r"bad\.csv\.rejects\.csv cannot be written"):
        run(workspace, path)


def test_lines_of_json_bring_private_messages_and_reviews(workspace, tmp_path):
    lines = (
        town.line("1", "ann", True, "09:00:00", "is anyone \ud800 there?\x00", brand="Page",
                  private=True, author_name="Ann Berg", thread="dm-ann")
        + town.line("2", "Mara", False, "09:10:00", "yes", brand="Page", private=True,
                    thread="dm-ann")
        + town.line("3", "kim", True, "09:20:00", "fine", brand="Page", kind="review", rating=4)
        + town.line("4", "kim", True, "09:20:00", "fine", brand="Page", kind="smoke signal")
    )  # fmt: skip
    done = run(workspace, town.write(tmp_path / "a.jsonl", lines))
    assert done.rejected == {"unknown kind": 1}
    asked, answer = Message.objects.filter(remote_id__in="12").order_by("remote_id")
    assert (asked.kind, asked.audience, asked.author_name) == ("dm", "private", "Ann Berg")
    assert (asked.text, asked.replaced) == ("is anyone \N{REPLACEMENT CHARACTER} there?␀", True)
    assert (answer.direction, answer.author_name) == ("out", "Mara")
    assert asked.case_id == answer.case_id
    review = Message.objects.get(remote_id="3")
    assert (review.kind, review.rating) == ("review", 4)


def test_the_background_job_does_the_same(workspace, archive):
    from hearwell.inbox.tasks import import_archive

    started = importing.start_import(workspace.id, archive)
    assert not importing.defer_import(workspace.id, started.id)  # it is queued already
    import_archive(workspace_id=str(workspace.id), run_id=str(started.id))
    assert ImportRun.objects.get(id=started.id).state == "done"
    assert Message.objects.count() == 18


def test_progress_tells_what_was_read_and_taken(workspace, archive):
    heard: list[tuple[str, int]] = []
    progress = importing.Progress(
        *(lambda rows, name=name: heard.append((name, rows)) for name in ("read", "total", "taken"))
    )
    importing.run_import(importing.open_import(workspace.id, archive), progress)
    assert heard[0] == ("read", 0)
    assert ("total", 18) in heard
    assert heard[-1] == ("taken", 18)


def test_an_import_is_no_business_of_another_workspace(workspace, other_workspace, archive):
    from hearwell.kit.scope import scope

    run(workspace, archive)
    with scope(other_workspace.id):
        assert not ImportRun.objects.exists()
        assert not Message.objects.exists()


def test_the_same_archive_always_comes_out_in_the_same_order(tmp_path, long_archive):
    from hearwell.inbox.archives.records import Layout
    from hearwell.inbox.archives.survey import surveyed

    def order() -> list[str]:
        with surveyed(long_archive, Layout.TWCS, tmp_path / "r.csv", tmp_path / "w") as survey:
            return [json.loads(p.line)["id"] for b in survey.batches(0, 70) for p in b]

    first = order()
    assert order() == first
    assert len(first) == 900


def test_the_newest_imports_are_listed_first(workspace, archive, long_archive):
    from hearwell.channels.queries import import_runs

    run(workspace, archive)
    importing.start_import(workspace.id, long_archive, file_name="tweets.csv.gz")
    assert [(one.file_name, one.state) for one in import_runs(workspace.id)] == [
        ("tweets.csv.gz", "queued"),
        ("archive.csv", "done"),
    ]
