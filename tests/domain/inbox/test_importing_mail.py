"""A mailbox becomes cases: both sides, in their threads, at the times they were written."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearwell.channels.models import Channel, ImportRun
from hearwell.conversations.models import Case, Message
from hearwell.inbox import importing
from hearwell.inbox.archives.records import ArchiveError
from hearwell.sla.models import Clock

pytestmark = pytest.mark.django_db
US, INFO = "support@northwind.example", "info@northwind.example"
LENA, TOM = "Lena Hoff <lena@example.com>", "Tom <tom@example.com>"


class Died(BaseException):
    """As kill -9."""


def letter(
    number: int,
    text: str,
    *,
    sender: str = LENA,
    to: str = US,
    answers: tuple[int, ...] = (),
    minute: int | None = None,
    more: str = "",
) -> str:
    minute = number if minute is None else minute
    relations = ""
    if answers:
        relations = f"In-Reply-To: <mail-number-{answers[-1]}@example.com>\nReferences: "
        relations += " ".join(f"<mail-number-{one}@example.com>" for one in answers) + "\n"
    return (
        f"From {sender.rpartition('<')[2].rstrip('>')} Mon Mar  2 09:{minute:02}:00 2026\n"
        f"From: {sender}\nTo: {to}\nSubject: {'Re: ' if answers else ''}My bag\n"
        f"Message-ID: <mail-number-{number}@example.com>\n"
        f"Date: Mon, 02 Mar 2026 10:{minute:02}:00 +0100\n"
        f"{relations}{more}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n"
    )


BOX = (
    letter(1, "Where is my bag?")
    + letter(2, "In Lisbon.", sender=f"Mara <{US}>", to=LENA, answers=(1,))
    + letter(3, ">From there it flies tonight?\n\n> In Lisbon.", answers=(1, 2))
    + letter(4, "Can I take a cat?", sender=TOM, to=f"{INFO}, {US}")
)


def write(folder: Path, text: str, name: str = "box.mbox") -> Path:
    path = folder / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def run(workspace, path: Path, brands: tuple[str, ...] = (US,), **wishes) -> ImportRun:
    return importing.run_import(importing.open_import(workspace.id, path, brands=brands, **wishes))


def said() -> list[tuple[str, str, str]]:
    rows = Message.objects.order_by("sent_at", "remote_id")
    return [(row.remote_id, row.direction, row.text) for row in rows]


def rejects(path: Path) -> list[list[str]]:
    with Path(f"{path}.rejects.csv").open(newline="") as file:
        return [row[:2] for row in csv.reader(file)][1:]


@pytest.mark.parametrize("name", ["box.mbox", "box.mbox.gz"])
def test_letters_become_cases_with_both_sides_and_their_times(workspace, tmp_path, name):
    done = run(workspace, write(tmp_path, BOX, name))
    assert (done.state, done.fresh) == ("done", 4)
    assert said() == [
        ("mail-number-1@example.com", "in", "Where is my bag?"),
        ("mail-number-2@example.com", "out", "In Lisbon."),
        ("mail-number-3@example.com", "in", "From there it flies tonight?"),
        ("mail-number-4@example.com", "in", "Can I take a cat?"),
    ]
    first, second, third, fourth = Message.objects.order_by("sent_at")
    assert first.sent_at == datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    assert first.case_id == second.case_id == third.case_id != fourth.case_id
    assert (first.subject, first.kind, first.audience) == ("My bag", "mail", "private")
    assert (first.author_name, fourth.author_name) == ("Lena Hoff", "Tom")
    assert third.full_text.endswith("> In Lisbon.")
    assert third.parent_remote_id == "mail-number-2@example.com"
    assert all(row.is_historic for row in Message.objects.all())
    channel = Channel.objects.get()
    assert (channel.network, channel.handle, channel.state) == ("archive", US, "read_only")
    assert not Path(f"{tmp_path / name}.rejects.csv").exists()


def test_nothing_is_due_and_clocks_are_closed_from_the_record(workspace, tmp_path):
    run(workspace, write(tmp_path, BOX))
    assert not Case.objects.exclude(status="closed").exists()
    assert not Case.objects.exclude(due_at=None).exists()
    assert {clock.state for clock in Clock.objects.all()} <= {"met", "missed", "unanswered"}
    met = Clock.objects.exclude(met_at=None).values_list("met_at", flat=True)
    assert datetime(2026, 3, 2, 9, 2, tzinfo=UTC) in set(met)


def test_received_and_sent_mail_may_come_in_two_files(workspace, tmp_path):
    """Answers that come in later meet the clocks of what they answer."""
    run(workspace, write(tmp_path, letter(1, "Where is my bag?"), "inbox.mbox"))
    assert {clock.state for clock in Clock.objects.all()} == {"unanswered"}
    ours = letter(2, "In Lisbon.", sender=f"Mara <{US}>", to=LENA, answers=(1,))
    run(workspace, write(tmp_path, ours, "sent.mbox"))
    first, second = Message.objects.order_by("sent_at")
    assert first.case_id == second.case_id
    assert {clock.state for clock in Clock.objects.all()} == {"met"}


def test_several_addresses_are_several_brands(workspace, tmp_path):
    run(workspace, write(tmp_path, BOX), (US, INFO))
    handles = {channel.id: channel.handle for channel in Channel.objects.all()}
    found = {m.remote_id: handles[m.channel_id] for m in Message.objects.all()}
    assert found["mail-number-4@example.com"] == INFO
    assert found["mail-number-1@example.com"] == US


def test_two_customers_under_one_newsletter_have_a_case_each(workspace, tmp_path):
    box = (
        letter(1, "Our news", sender=US, to=LENA)
        + letter(2, "Please stop", answers=(1,))
        + letter(3, "Where is my bag?", sender=TOM, answers=(1,))
    )
    run(workspace, write(tmp_path, box))
    cases = {m.remote_id: m.case_id for m in Message.objects.all()}
    assert cases["mail-number-2@example.com"] != cases["mail-number-3@example.com"]


def test_letters_of_machines_ask_for_nothing(workspace, tmp_path):
    box = letter(1, "I am away until May", more="Auto-Submitted: auto-replied\n")
    run(workspace, write(tmp_path, box))
    assert Message.objects.get().needs_reply is False
    assert not Clock.objects.exists()


def test_what_cannot_be_used_is_counted_and_written_down_with_its_line(workspace, tmp_path):
    path = write(
        tmp_path,
        letter(1, "Where is my bag?")
        + letter(1, "Where is my bag?")
        + letter(3, "Not ours", to="sales@other.example")
        + letter(4, "Done", sender=US, to=LENA, more="Auto-Submitted: auto-generated\n")
        + "From nobody Mon Mar  2 09:00:00 2026\n\nno header\n\n"
        + "From nobody Mon Foo  2 99:00:00 2026\nFrom: lena@example.com\n"
        + f"To: {INFO}\n\nno time\n",
    )
    done = run(workspace, path, (US, INFO))
    assert done.fresh == 1
    assert done.rejected == {
        "repeated id": 1,
        "belongs to no brand": 2,
        "sent by a machine, or to nobody": 1,
        "unreadable time": 1,
    }
    lines = path.read_text().splitlines()
    for line, _ in rejects(path):
        assert lines[int(line) - 1].startswith("From ")


def test_a_second_import_adds_nothing_and_a_grown_file_what_is_new(workspace, tmp_path):
    path = write(tmp_path, BOX)
    run(workspace, path)
    assert run(workspace, path).fresh == 0
    write(tmp_path, BOX + letter(5, "And my umbrella?", answers=(1,)))
    assert run(workspace, path).fresh == 1
    assert Message.objects.count() == 5
    last = Message.objects.get(remote_id="mail-number-5@example.com")
    assert last.case_id == Message.objects.get(remote_id="mail-number-1@example.com").case_id


def test_an_import_that_was_killed_goes_on_where_it_was(workspace, tmp_path, monkeypatch):
    box = "".join(
        letter(n, f"Bag {n}?", sender=f"P{n} <p{n}@example.com>", minute=n % 60)
        for n in range(1, 81)
    )
    path = write(tmp_path, box)
    monkeypatch.setattr(importing, "BATCH", 10)
    taken, take = [], importing.take_batch

    def die_half_way(run, batch):
        if len(taken) == 3:
            raise Died
        taken.append(len(batch))
        return take(run, batch)

    monkeypatch.setattr(importing, "take_batch", die_half_way)
    with pytest.raises(Died):
        run(workspace, path)
    monkeypatch.setattr(importing, "take_batch", take)
    assert Message.objects.count() == 30
    done = run(workspace, path)
    assert done.position == Message.objects.count() == 80
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("brands", [(), ("NorthwindAir",)])
def test_without_our_addresses_it_says_what_to_name(workspace, tmp_path, brands):
    with pytest.raises(ArchiveError, match="your own addresses"):
        run(workspace, write(tmp_path, BOX), brands)
    assert not ImportRun.objects.exists()
