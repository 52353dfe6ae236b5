"""The verbs of the web chat; only these write its tables. All run in the workspace's scope."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from hearwell.connect.attachments import Attachment
from hearwell.kit.clock import now
from hearwell.kit.notify import notify
from hearwell.kit.text import clean
from hearwell.webchat.models import File, Line, Onward, Side, Visitor

CHANNEL: Final = "hearwell_chat"
MOST_FILES: Final = 10


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the site says that somebody is, read from a token that it has signed."""

    subject: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A line with the visitor who wrote it and the answer of ours that it follows, if any."""

    visitor: Visitor
    line: Line
    answers: str = ""
    is_new: bool = True


def arrive(workspace_id: UUID, channel_id: UUID, identity: Identity | None) -> Visitor:
    """Return the visitor that the site names, made if they are new; a new one without a name.

    A known visitor's name and address follow the site's word, and nobody else's.
    """
    if identity is None:
        return Visitor.objects.create(workspace_id=workspace_id, channel_id=channel_id)
    facts = {"is_proven": True, "seen_at": now()}
    given = {"name": clean(identity.name)[0], "email": clean(identity.email)[0]}
    return Visitor.objects.update_or_create(
        workspace_id=workspace_id,
        channel_id=channel_id,
        subject=clean(identity.subject)[0],
        defaults=facts | {name: value for name, value in given.items() if value},
    )[0]


def introduce(visitor: Visitor, *, name: str = "", email: str = "") -> bool:
    """Note what an anonymous visitor says of themselves; the site's word stands above it."""
    if visitor.is_proven:
        if visitor.email or not email:
            return False
        name = ""
    given = {"name": clean(name)[0], "email": clean(email)[0]}
    changed = {field: value for field, value in given.items() if value}
    mine = Visitor.objects.filter(workspace_id=visitor.workspace_id, id=visitor.id)
    return bool(changed and mine.update(**changed))


def note_here(workspace_id: UUID, visitor_id: UUID, *, has_left: bool = False) -> None:
    """Note that the visitor's page was heard of just now, or that the last one was closed."""
    mine = Visitor.objects.filter(workspace_id=workspace_id, id=visitor_id)
    mine.update(seen_at=now(), left_at=now() if has_left else None)


def write_in(
    workspace_id: UUID, visitor_id: UUID, key: str, text: str, files: Sequence[UUID] = ()
) -> Entered:
    """Put what a visitor wrote into their conversation; the same key again is the same line.

    Files that are not theirs are left out. Raises Visitor.DoesNotExist.
    """
    with transaction.atomic():
        visitor = _locked(workspace_id, visitor_id)
        known = line = _known(visitor, Side.IN, key)
        if line is None:
            sent = _sent_files(visitor, files)
            line = _add(visitor, Side.IN, key, text, [one.shown() for one in sent])
        before = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
        answers = before.filter(side=Side.OUT, seq__lt=line.seq).order_by("-seq").first()
    return Entered(visitor, line, str(answers.id) if answers else "", is_new=known is None)


def write_out(
    workspace_id: UUID,
    visitor_id: UUID,
    key: str,
    text: str,
    files: Sequence[Attachment] = (),
    *,
    choices: Sequence[str] = (),
) -> Line:
    """Put our answer into a visitor's conversation; the same key again is the same line.

    Its files become the visitor's: nobody else can fetch them. `choices` are answers to press.
    Raises Visitor.DoesNotExist.
    """
    with transaction.atomic():
        visitor = _locked(workspace_id, visitor_id)
        known = _known(visitor, Side.OUT, key)
        if known is not None:
            return known
        kept = [
            keep_file(workspace_id, visitor_id, f.name, f.mime, f.body, is_ours=True) for f in files
        ]
        shown = [file.shown() for file in kept]
        return _add(visitor, Side.OUT, key, text, shown, choices)


def note_seen(workspace_id: UUID, visitor_id: UUID, seq: int) -> list[Line]:
    """Note that the visitor has seen our answers up to a place; return those not seen before."""
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id, side=Side.OUT)
    with transaction.atomic():
        fresh = list(rows.filter(seq__lte=seq, seen_at=None).select_for_update().order_by("seq"))
        seen_at = now()
        rows.filter(id__in=[line.id for line in fresh]).update(seen_at=seen_at, read_by=None)
    for line in fresh:
        line.seen_at = seen_at
    return fresh


def await_reading(workspace_id: UUID, line_ids: Iterable[UUID], until: datetime) -> int:
    """Have somebody look at a time whether these answers were read; those seen already are not."""
    rows = Line.objects.filter(workspace_id=workspace_id, id__in=list(line_ids), side=Side.OUT)
    return rows.filter(seen_at=None).update(read_by=until)


def hold_unread(workspace_id: UUID, visitor_id: UUID) -> list[Line]:
    """Return a visitor's answers that wait to be read, in order, and hold them to the commit.

    While they are held, nobody else finds them and no page of the visitor's can say it saw them.
    """
    rows = Line.objects.filter(workspace_id=workspace_id, visitor_id=visitor_id)
    waiting = rows.filter(read_by__isnull=False, seen_at=None)
    return list(waiting.select_for_update().order_by("seq"))


def forget_reading(lines: Iterable[Line]) -> None:
    """Stop waiting for these answers to be read: they went another way, or none is left."""
    held = list(lines)
    if held:
        rows = Line.objects.filter(workspace_id=held[0].workspace_id)
        rows.filter(id__in=[line.id for line in held]).update(read_by=None)


def note_gone_on(line: Line, to: str) -> None:
    """Note that a letter left for an address whose last answer is this one."""
    rows = Line.objects.filter(workspace_id=line.workspace_id, id=line.id)
    rows.update(went_to=to, went_at=now())


def choose_onward(
    workspace_id: UUID, channel_id: UUID, *, is_on: bool, wait_s: int, mailbox_id: UUID | None
) -> Onward:
    """Set how a chat's answers reach those who have left."""
    facts = {"is_on": is_on, "wait_s": wait_s, "mailbox_id": mailbox_id}
    return Onward.objects.update_or_create(
        workspace_id=workspace_id, channel_id=channel_id, defaults=facts
    )[0]


def keep_file(
    workspace_id: UUID,
    visitor_id: UUID,
    name: str,
    mime: str,
    body: bytes,
    *,
    is_ours: bool = False,
) -> File:
    """Keep a file that is about to be part of a line, or with it. Its name is only ever shown."""
    file = File(
        workspace_id=workspace_id,
        visitor_id=visitor_id,
        name=clean(name)[0],
        mime=mime,
        size=len(body),
        is_sent=is_ours,
        is_ours=is_ours,
    )
    default_storage.save(file.place, ContentFile(body))
    file.save(force_insert=True)
    return file


def sweep(workspace_id: UUID, before: datetime) -> int:
    """Remove visitors who never wrote and files that were never sent; return how many."""
    files = list(File.objects.filter(workspace_id=workspace_id, is_sent=False, at__lt=before))
    for file in files:
        default_storage.delete(file.place)
    unsent = File.objects.filter(workspace_id=workspace_id, id__in=[file.id for file in files])
    silent = Visitor.objects.filter(workspace_id=workspace_id, last_seq=0, seen_at__lt=before)
    return int(unsent.delete()[0] + silent.filter(files=None).delete()[0])


def _locked(workspace_id: UUID, visitor_id: UUID) -> Visitor:
    rows = Visitor.objects.select_for_update().filter(workspace_id=workspace_id)
    return rows.get(id=visitor_id)


def _known(visitor: Visitor, side: Side, key: str) -> Line | None:
    rows = Line.objects.filter(workspace_id=visitor.workspace_id, visitor_id=visitor.id)
    return rows.filter(side=side, key=key).first()


def _sent_files(visitor: Visitor, ids: Sequence[UUID]) -> list[File]:
    rows = File.objects.filter(
        workspace_id=visitor.workspace_id, visitor_id=visitor.id, is_ours=False
    )
    found = list(rows.filter(id__in=list(ids)[:MOST_FILES]).order_by("at", "id"))
    rows.filter(id__in=[file.id for file in found]).update(is_sent=True)
    return found


def _add(
    visitor: Visitor,
    side: Side,
    key: str,
    text: str,
    files: list[dict[str, object]],
    choices: Sequence[str] = (),
) -> Line:
    """Add a line at the next place and tell whoever has the conversation open."""
    visitor.last_seq += 1
    visitor.save(update_fields=["last_seq"])
    line = Line.objects.create(
        workspace_id=visitor.workspace_id,
        visitor_id=visitor.id,
        seq=visitor.last_seq,
        side=side,
        key=key,
        text=clean(text)[0],
        files=files,
        choices=[clean(one)[0] for one in choices],
    )
    tell(visitor.id, {"what": "line"})
    return line


def tell(visitor_id: UUID, facts: dict[str, object]) -> None:
    """Tell every process that has a page of this visitor open; with the commit, if in one."""
    notify(CHANNEL, json.dumps({"visitor": str(visitor_id), **facts}))
