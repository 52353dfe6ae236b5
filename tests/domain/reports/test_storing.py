"""Facts in an S3-compatible store: what lies there is what the folder has, and no secret shows."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest
from click.testing import CliRunner

from hearwell.config.environment import read_environment
from hearwell.kit.clock import now
from hearwell.reports import storing
from hearwell.reports.cli import export
from hearwell.reports.exporting import TABLES
from hearwell.reports.models import ResolutionFact
from tests.domain.integrations.receiver import receiving
from tests.domain.reports.s3_server import KEY_ID, SECRET, s3_server


def closing(workspace, at) -> None:
    ResolutionFact.objects.create(
        workspace_id=workspace.id, case_id=uuid4(), case_version=1, is_closing=True, at=at
    )


@pytest.fixture
def facts(workspace):
    for days in (0, 40, 80):
        closing(workspace, now() - timedelta(days=days))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with one bucket: (endpoint, folder of the bucket)."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "facts").mkdir()
    with s3_server(folder) as endpoint:
        yield endpoint, folder / "facts"


@pytest.fixture
def at(settings):
    """Say by variables where the store is and which keys we have; let inside unless told not to."""

    def told(endpoint, *, allow=None, **more):
        variables = {
            "HEARWELL_S3_ENDPOINT": endpoint,
            "HEARWELL_S3_KEY_ID": KEY_ID,
            "HEARWELL_S3_SECRET_KEY": SECRET,
            "HEARWELL_EGRESS_ALLOW": endpoint if allow is None else allow,
        }
        found = read_environment(variables | more)
        settings.HEARWELL_S3_AT, settings.HEARWELL_S3_BY = found.s3_endpoint, found.s3_signer
        settings.HEARWELL_EGRESS_ALLOW = found.egress_allow

    return told


def run(place, exit_code=0):
    done = CliRunner().invoke(export, [str(place)])
    assert done.exit_code == exit_code, done.output
    return done.output


def content(folder: Path) -> dict[str, list[tuple]]:
    """What another tool reads, file by file; the bytes of a file differ from run to run."""
    read = "SELECT * FROM read_parquet(?, hive_partitioning = false)"
    with duckdb.connect() as database:
        return {
            str(file.relative_to(folder)): database.execute(read, [str(file)]).fetchall()
            for file in folder.rglob("*.parquet")
        }


def test_a_store_gets_what_a_folder_gets(facts, workspace, store, at, tmp_path, monkeypatch):
    endpoint, bucket = store
    at(endpoint)
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    told = run("s3://facts/of us/é+1")
    assert told == run(tmp_path / "folder")
    wanted = content(tmp_path / "folder")
    assert len(wanted) == 3
    columns = next(one.columns for one in TABLES if one.name == "resolutions")
    assert {len(row) for (row,) in wanted.values()} == {len(columns)}, "and no column besides"
    assert content(bucket / "of us" / "é+1") == wanted
    assert not list(aside.iterdir()), "nothing is left beside"
    # Again it replaces month for month.
    closing(workspace, now())
    run("s3://facts/of us/é+1")
    again = content(bucket / "of us" / "é+1")
    run(tmp_path / "folder")
    assert again == content(tmp_path / "folder")
    assert again != wanted


@pytest.mark.parametrize(
    ("place", "more", "hint"),
    [
        ("s3://facts", {"HEARWELL_S3_SECRET_KEY": "canary-wrong"}, "is not the secret of that key"),
        ("s3://facts", {"HEARWELL_S3_KEY_ID": "AKIASTRANGER"}, "HEARWELL_S3_KEY_ID"),
        ("s3://nowhere", {}, "make it first"),
        ("s3://facts", {"allow": ""}, "HEARWELL_EGRESS_ALLOW does not name it"),
        ("s3://facts", {"HEARWELL_S3_SECRET_KEY": ""}, "Set HEARWELL_S3_KEY_ID and"),
        ("s3://facts", {"HEARWELL_S3_ENDPOINT": "http://127.0.0.1:9"}, "HEARWELL_EGRESS_ALLOW"),
    ],
)
def test_what_cannot_be_says_why_in_one_line(facts, store, at, place, more, hint):
    at(store[0], **more)
    said = run(place, exit_code=1)
    assert hint in said
    assert said.count("\n") == 1


def test_a_failure_names_the_file_leaves_what_is_there_and_the_next_run_goes_on(facts, at):
    with receiving() as server:
        at(server.origin)
        server.answers = [200, (503, {}, b"<Error><Code>SlowDown</Code><Message>secret</Message>")]
        server.otherwise = 200
        first, last = run("s3://facts/x", exit_code=1).splitlines()
        assert ": resolutions " in first
        assert last.startswith("Error: s3://facts/x/resolutions/workspace=")
        assert last.endswith("facts.parquet: the store refused it (503 SlowDown).")
        assert len(server.got) == 2, "it stops there"
        run("s3://facts/x")
        assert len(server.got) == 2 + 3
        for headers, body in server.got:
            assert headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
            assert headers["content-length"] == str(len(body))
            assert "transfer-encoding" not in headers


def test_a_store_that_is_away_or_elsewhere_is_said_so(facts, at):
    with receiving() as server:
        at(server.origin)
        server.otherwise = (301, {"Location": "http://127.0.0.1:1/"}, b"")
        assert "HEARWELL_S3_REGION" in run("s3://facts", exit_code=1)
        assert len(server.got) == 1, "it does not follow"
    assert "could not be reached" in run("s3://facts", exit_code=1)


def test_no_secret_shows_anywhere(facts, at, caplog):
    caplog.set_level(logging.DEBUG)
    with receiving() as server:
        at(server.origin)
        server.answers = [200, 403]
        said = run("s3://facts", exit_code=1)
    sent = "".join(
        f"{name}: {value}\n" for headers, _ in server.got for name, value in headers.items()
    )
    assert KEY_ID in sent
    shown = said + caplog.text + sent + repr(read_environment({"HEARWELL_S3_SECRET_KEY": SECRET}))
    assert "canary" not in shown


def test_more_than_one_upload_carries_is_refused_before_it_is_sent(facts, at, monkeypatch):
    monkeypatch.setattr(storing, "MOST_BYTES", 10)
    with receiving() as server:
        at(server.origin)
        assert "one upload carries 10 at most" in run("s3://facts", exit_code=1)
        assert not server.got


@pytest.mark.parametrize(
    "text",
    ["s3://", "s3:///x", "s3://Facts", "s3://a", "s3://canary:key@facts/x", "s3://facts/../x",
     "s3://facts/a//b", "s3://facts/a\nb", "s3://-facts"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_saying_it(text):
    said = run(text, exit_code=2)
    assert "no address such as s3://bucket/prefix" in said
    assert "canary" not in said


def test_an_address_is_written_as_people_do():
    for text in ("s3://facts", "s3://facts/", "s3://facts/a/b", "s3://facts/a/b/"):
        assert str(storing.address_of(text)) == text.rstrip("/")
    assert storing.address_of("s3://facts").path("a=b") == "/facts/a%3Db"
