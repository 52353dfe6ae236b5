"""Import an archive from the browser: one import a file, nothing left behind, plain words."""

from __future__ import annotations

import gzip
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import ImportRun
from hearwell.conversations.models import Message
from tests.unit.reports.study import harbour_town as town
from tests.web.archives import files, page, steer, upload, work


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.HEARWELL_DATA = tmp_path
    return tmp_path


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


def test_a_mailbox_needs_our_own_addresses_and_then_comes_in(owner, workspace, data_folder):
    box = (
        "From lena@example.com Mon Mar  2 09:00:00 2026\nFrom: Lena <lena@example.com>\n"
        "To: support@northwind.example\nMessage-ID: <mail-number-1@example.com>\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\n\nWhere is my bag?\n"
    )
    answer = upload(owner, box, "support.mbox")
    assert answer.status_code == 422
    assert "Name your own addresses" in answer.content.decode()
    assert files(data_folder) == []

    assert upload(owner, box, "support.mbox", brands="support@northwind.example").status_code == 302
    run = work(ImportRun.objects.get())
    assert (run.state, run.layout, run.fresh) == ("done", "mbox", 1)
    assert Message.objects.get().text == "Where is my bag?"
    assert "support.mbox" in page(owner)


def test_a_mailbox_brings_its_attachments_along(owner, workspace, data_folder):
    us = "support@northwind.example"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "lena@example.com", us, "<number-1@example.com>"
    mail["Date"] = "Mon, 02 Mar 2026 10:00:00 +0100"
    mail.set_content("As you see.")
    mail.add_attachment(b"%PDF-1.7 bill", maintype="application", subtype="pdf", filename="b.pdf")
    body = b"From lena@example.com Mon Mar  2 09:00:00 2026\n" + mail.as_bytes() + b"\n"
    upload(owner, body, "box.mbox", brands=us)
    assert work(ImportRun.objects.get()).state == "done"
    message = Message.objects.get()
    answer = owner.get(f"/media/{message.id}/0/")
    assert b"".join(answer) == b"%PDF-1.7 bill"
    assert files(data_folder) == []
