"""Facts as Parquet: what another tool reads is what the database says."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import duckdb
import pytest
from click.testing import CliRunner

from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.reports.cli import reports
from hearwell.reports.exporting import TABLES
from hearwell.reports.models import (
    AnswerFact,
    GrantFact,
    HandFact,
    NeedFact,
    ReplyFact,
    ResolutionFact,
    SurveyFact,
)

ANSWERS = next(one for one in TABLES if one.name == "answers")


def answer(workspace_id, at, **more) -> AnswerFact:
    return AnswerFact.objects.create(
        workspace_id=workspace_id,
        clock_id=uuid4(),
        case_id=uuid4(),
        asked_by=uuid4(),
        asked_at=at,
        answered_at=at + timedelta(seconds=90),
        wall_s=90,
        business_s=0,
        is_first=True,
        is_in_time=True,
        **more,
    )


def need(workspace_id, at, **more) -> NeedFact:
    values = {"message_id": uuid4(), "revision": 0, "needs": True, "case_id": uuid4()} | more
    return NeedFact.objects.create(workspace_id=workspace_id, asked_at=at, **values)


@pytest.fixture
def facts(workspace, other_workspace, frozen):
    at = now().replace(day=28, hour=23, minute=59)
    answer(workspace.id, at, kind='a",\n\rb', language="")
    answer(workspace.id, at + timedelta(days=9), network="sandbox", channel_id=uuid4())
    first = need(workspace.id, at)
    need(
        workspace.id, at, message_id=first.message_id, revision=1, wait_s=61, replied_at=now(),
        case_id=first.case_id,
    )  # fmt: skip
    need(workspace.id, at, needs=False)
    ResolutionFact.objects.create(
        workspace_id=workspace.id, case_id=uuid4(), case_version=3, is_closing=True, at=at
    )
    with scope(other_workspace.id):
        answer(other_workspace.id, at)


def exported(folder, *arguments):
    done = CliRunner().invoke(reports, ["export", str(folder), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def read(folder, table, columns="*"):
    found = f"'{folder}/{table}/workspace=*/month=*/*.parquet'"
    with duckdb.connect() as database:
        return database.execute(
            f"SELECT {columns} FROM read_parquet({found}, hive_partitioning = true) ORDER BY ALL"
        ).fetchall()


def in_files(folder, table):
    """The columns that a file has by itself, whatever its folders are called."""
    found = f"'{folder}/{table}/workspace=*/month=*/*.parquet'"
    with duckdb.connect() as database:
        said = database.execute(
            f"DESCRIBE SELECT * FROM read_parquet({found}, hive_partitioning = false)"
        )
        return [row[0] for row in said.fetchall()]


def test_another_tool_reads_what_the_database_says(facts, workspace, tmp_path):
    exported(tmp_path, workspace.slug)
    kept = [
        (str(one.clock_id), one.kind, one.language, one.network, one.wall_s, one.is_first,
         str(one.channel_id) if one.channel_id else None, one.asked_at.replace(tzinfo=None))
        for one in AnswerFact.objects.filter(workspace_id=workspace.id)
    ]  # fmt: skip
    columns = "clock_id, kind, language, network, wall_s, is_first, channel_id, asked_at"
    assert read(tmp_path, "answers", columns) == sorted(kept)
    assert in_files(tmp_path, "answers") == [one.name for one in ANSWERS.columns]
    months = read(tmp_path, "answers", "DISTINCT workspace, month")
    assert [slug for slug, _month in months] == [workspace.slug] * 2
    # As it is known now, and only what needs an answer.
    assert read(tmp_path, "needs", "wait_s") == [(61,)]
    assert read(tmp_path, "resolutions", "case_version, is_closing, open_s") == [(3, True, None)]


def test_of_grants_the_last_word_and_of_hands_all(facts, workspace, tmp_path):
    place, grant = {"workspace_id": workspace.id, "at": now()}, uuid4()
    for revision, state in enumerate(("waiting", "granted")):
        GrantFact.objects.create(
            **place, grant_id=grant, revision=revision, case_id=uuid4(), kind="goodwill",
            state=state, amount_minor=2500, currency="EUR", giver_id=uuid4(),
        )  # fmt: skip
    for kind in ("assigned", "team"):
        HandFact.objects.create(**place, event_id=uuid4(), case_id=uuid4(), kind=kind)
    ReplyFact.objects.create(**place, message_id=uuid4(), case_id=uuid4(), has_initials=True)
    SurveyFact.objects.create(
        **place, event_id=uuid4(), question_id=uuid4(), survey_id=uuid4(), case_id=uuid4(),
        item="csat", value=4, times=1,
    )  # fmt: skip
    exported(tmp_path, workspace.slug)
    assert read(tmp_path, "grants", "state, amount_minor") == [("granted", 2500)]
    assert read(tmp_path, "hands", "kind") == [("assigned",), ("team",)]
    assert read(tmp_path, "replies", "has_initials, is_own_words") == [(True, True)]
    assert read(tmp_path, "surveys", "item, value") == [("csat", 4)]


def test_again_it_replaces_month_for_month_and_leaves_nothing_beside(facts, workspace, tmp_path):
    exported(tmp_path)
    before = read(tmp_path, "answers")
    assert len({row[-2] for row in before}) == 2, "both workspaces"
    answer(workspace.id, now())
    told = exported(tmp_path)
    assert f"{workspace.slug}: answers " in told
    assert len(read(tmp_path, "answers")) == len(before) + 1
    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == {"facts.parquet"}


def test_where_it_cannot_write_it_says_so(facts, tmp_path):
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(reports, ["export", str(tmp_path / "file" / "below")])
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "Not a directory" in done.output


def test_a_workspace_that_is_none_is_named(facts, tmp_path):
    done = CliRunner().invoke(reports, ["export", str(tmp_path), "nobody"])
    assert "There is no workspace 'nobody'" in done.output
