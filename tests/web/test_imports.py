"""Import an archive from the browser."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import ImportRun

ROWS = (
    "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    "1,115712,True,Tue Oct 31 22:10:47 +0000 2017,@NorthwindAir where is my bag?,2,\n"
    "2,NorthwindAir,False,Tue Oct 31 22:20:47 +0000 2017,@115712 In Oslo. ^ML,,1\n"
)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.HEARWELL_DATA = tmp_path


def upload(client, content: str = ROWS, **more: str):
    file = SimpleUploadedFile("old.csv", content.encode(), "text/csv")
    return client.post("/settings/imports/", {"file": file, "layout": "twcs", **more})


def test_a_file_is_kept_and_its_import_queued(owner, workspace):
    assert upload(owner, brands="@NorthwindAir, other").status_code == 302
    run = ImportRun.objects.get()
    assert (run.file_name, run.state, run.brands) == (
        "old.csv",
        "queued",
        ["northwindair", "other"],
    )
    assert AuditRow.objects.filter(action="archive.import_started", target_id=run.id).exists()
    page = owner.get("/settings/imports/").content.decode()
    assert "old.csv" in page


def test_the_same_file_twice_is_one_import(owner, workspace):
    upload(owner)
    upload(owner)
    assert ImportRun.objects.count() == 1


def test_without_a_file_the_form_says_what_to_do(owner, workspace):
    response = owner.post("/settings/imports/", {"layout": "twcs"})
    assert response.status_code == 422
    assert "required" in response.content.decode()
    assert not ImportRun.objects.exists()


def test_an_agent_may_not(agent, workspace):
    assert agent.get("/settings/imports/").status_code == 403
    assert upload(agent).status_code == 403
