"""Archives in the hands of the tests of the browser's import."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from hearwell.channels.models import ImportRun
from hearwell.inbox.tasks import import_archive

ROWS = (
    "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    "1,115712,True,Tue Oct 31 22:10:47 +0000 2017,@NorthwindAir where is my bag?,2,\n"
    "2,NorthwindAir,False,Tue Oct 31 22:20:47 +0000 2017,@115712 In Oslo. ^ML,,1\n"
)
BAD = ROWS + "3,115712,True,never,@NorthwindAir hello?,,\n3,ann\n"


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
