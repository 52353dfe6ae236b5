"""What letters of a mailbox enclose comes along, is kept as live mail's is, and goes with it."""

from __future__ import annotations

import gzip
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from hearwell.channels.models import ImportRun
from hearwell.conversations.models import Message
from hearwell.inbox import importing, media
from hearwell.kit.clock import now
from hearwell.kit.jobs import app

pytestmark = pytest.mark.django_db
US = "support@northwind.example"
File = tuple[str, bytes]
PDF = ("bill.pdf", b"%PDF-1.7 what it cost")


class Died(BaseException):
    """As kill -9."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path):
    """The storage that a house has, on a disk of its own."""
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    storages = {**settings.STORAGES, "default": disk}
    with override_settings(
        MEDIA_ROOT=tmp_path / "media", HEARWELL_DATA=tmp_path, STORAGES=storages
    ):
        yield tmp_path


def mail(number: int, *files: File, is_ours: bool = False) -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"] = (US, "lena@example.com") if is_ours else ("lena@example.com", US)
    found["Subject"], found["Message-ID"] = f"Bag {number}", f"<mail-number-{number}@example.com>"
    found["Date"] = f"Mon, 02 Mar 2026 10:{number % 60:02}:00 +0100"
    found.set_content("As you see.")
    for name, body in files:
        found.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return found


def box(folder: Path, *mails: EmailMessage, name: str = "box.mbox") -> Path:
    """As Python writes one: the independent writer."""
    path = folder / name
    path.unlink(missing_ok=True)
    made = mailbox.mbox(path)
    for one in mails:
        made.add(one)
    made.close()
    return path


def run(workspace, path: Path, **wishes) -> ImportRun:
    return importing.run_import(importing.open_import(workspace.id, path, brands=(US,), **wishes))


def opened(number: int, index: int = 0) -> File:
    message = Message.objects.get(remote_id=f"mail-number-{number}@example.com")
    kept = media.kept(message.workspace_id, message.id, index)
    assert kept is not None
    with kept.file as file:
        return kept.name, file.read()


def on_disk(folder: Path) -> list[Path]:
    return [path for path in (folder / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("open_since", [None, "past"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_attachments_of_both_sides_are_in_the_thread(workspace, folder, open_since, is_packed):
    path = box(
        folder, mail(1, PDF, ("bag.jpg", b"\xff\xd8\xff picture")), mail(2, PDF, is_ours=True)
    )
    if is_packed:
        path = Path(f"{path}.gz")
        path.write_bytes(gzip.compress((folder / "box.mbox").read_bytes()))
    wishes = {"open_since": now().replace(year=2020)} if open_since else {}
    assert run(workspace, path, **wishes).fresh == 2
    assert [opened(1), opened(1, 1), opened(2)] == [PDF, ("bag.jpg", b"\xff\xd8\xff picture"), PDF]
    first = Message.objects.get(remote_id="mail-number-1@example.com")
    assert [(one["kind"], one["size"]) for one in first.media] == [("file", 21), ("file", 12)]
    assert len(on_disk(folder)) == 3
    assert not [*(folder / "imports").rglob("*-*")], "nothing waits any more"
    jobs = app.job_manager.list_jobs(task="hearwell.inbox.tasks.keep_media")
    assert not [*jobs], "nobody is asked for what came with the file"


def test_what_is_purged_goes_with_its_attachments(workspace, folder):
    run(workspace, box(folder, mail(1, PDF)))
    message = Message.objects.get()
    media.drop(workspace.id, message.id)
    assert on_disk(folder) == []
    with pytest.raises(media.LostError):
        opened(1)


def test_a_purged_letter_is_not_filled_again(workspace, folder):
    path = box(folder, mail(1, PDF))
    run(workspace, path)
    Message.objects.update(is_purged=True)
    media.drop(workspace.id, Message.objects.get().id)
    box(folder, mail(1, PDF), mail(2))
    run(workspace, path)
    assert on_disk(folder) == []


def test_the_limits_are_those_of_live_mail(workspace, folder, monkeypatch):
    from hearwell.inbox.archives import mailed

    monkeypatch.setattr(mailed, "MAX_BYTES", 40)
    many = [(f"{n}.txt", b"%d" % n) for n in range(25)]
    run(workspace, box(folder, mail(1, ("large.bin", b"x" * 41), PDF), mail(2, *many)))
    assert opened(1, 1) == PDF
    with pytest.raises(media.LostError):
        opened(1)
    assert opened(2, 19) == many[19]
    assert len(on_disk(folder)) == 1 + media.MOST
    assert len(Message.objects.get(remote_id="mail-number-2@example.com").media) == 25


@pytest.mark.parametrize("place", ["keep_enclosed", "take_batch"])
def test_an_import_that_was_killed_loses_no_attachment(workspace, folder, monkeypatch, place):
    """Between the commit of a batch and its files, or before a batch."""
    mails = [mail(n, (f"{n}.txt", b"file %d" % n)) for n in range(1, 41)]
    path = box(folder, *mails)
    monkeypatch.setattr(importing, "BATCH", 10)
    real, taken = getattr(importing, place), []

    def die(run, batch):
        if len(taken) == 3:
            raise Died
        taken.append(1)
        return real(run, batch)

    monkeypatch.setattr(importing, place, die)
    with pytest.raises(Died):
        run(workspace, path)
    monkeypatch.setattr(importing, place, real)
    done = run(workspace, path)
    assert done.position == Message.objects.count() == 40
    assert [opened(n) for n in range(1, 41)] == [(f"{n}.txt", b"file %d" % n) for n in range(1, 41)]
    assert len(on_disk(folder)) == 40


def test_files_cost_no_query_each(workspace, folder):
    def cost(first: int, *files: File) -> int:
        path = box(
            folder, *(mail(n, *files) for n in range(first, first + 20)), name=f"{first}.mbox"
        )
        with CaptureQueriesContext(connection) as seen:
            run(workspace, path)
        return len(seen)

    cost(1, PDF)
    assert cost(100, PDF, PDF, PDF) <= cost(200) + 6


def test_mail_without_attachments_makes_no_folder_in_the_storage(workspace, folder):
    run(workspace, box(folder, mail(1)))
    assert not default_storage.exists(str(workspace.id))
