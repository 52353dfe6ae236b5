"""Speak on Harbour: join, post, comment, write in private, edit, delete, like, follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.sandbox import shapes
from hearwell.sandbox.models import DirectMessage, Follow, Like, Page, Picture, Post, Profile
from hearwell.sandbox.rules import CUSTOMER_LIMIT, handle_for, hue_of, mentions_in
from hearwell.sandbox.services.telling import tell, tell_sister

_Row = TypeVar("_Row", Post, DirectMessage)
_MAX_NAME = 60


class SpeechRefusedError(Exception):
    """Harbour does not take that: nothing said, far too long, or not one's own."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said. ``at`` may lie in the past; ``play_ref`` makes a repeat the same thing."""

    text: str
    at: datetime | None = None
    language: str = ""
    client_ref: str = ""
    play_ref: str = ""
    pictures: tuple[Picture, ...] = ()


def join(page: Page, name: str, *, handle: str = "", bio: str = "", place: str = "") -> Profile:
    """Become someone on Harbour: a new profile, or the one that already has this handle."""
    name = clean(" ".join(name.split()))[0][:_MAX_NAME]
    if not name:
        raise SpeechRefusedError
    stem = handle or handle_for(name)
    if handle:
        known = Profile.objects.filter(handle=handle, is_brand=False).first()
        if known:
            return known
    return _new_profile(page, name, stem, bio=bio, place=place)


def _new_profile(page: Page, name: str, stem: str, **more: str) -> Profile:
    taken = set(Profile.objects.filter(handle__startswith=stem).values_list("handle", flat=True))
    numbered = (f"{stem}{n}" for n in count(2))
    handle = stem if stem not in taken else next(h for h in numbered if h not in taken)
    return Profile.objects.create(
        workspace_id=page.workspace_id, handle=handle, name=name, hue=hue_of(handle), **more
    )


def post(page: Page, author: Profile, words: Words, *, on_page: bool = True) -> Post:
    """Say something in public: on the brand's page, or on one's own with or without a mention."""
    made = _post(page, author, words, on_page=on_page)
    made.root_id = made.branch_id = made.id
    made.root_by_page = author.is_brand
    made.is_told = author.is_brand or on_page or _names(page, made)
    return _keep_post(page, made)


def comment(page: Page, author: Profile, parent: Post, words: Words) -> Post:
    """Answer a post or a comment."""
    if parent.deleted_at:
        raise SpeechRefusedError
    made = _post(page, author, words, on_page=parent.on_page)
    made.parent, made.root_id, made.root_by_page = parent, parent.root_id, parent.root_by_page
    made.branch_id = parent.branch_id if parent.parent_id else made.id
    made.is_told = author.is_brand or parent.is_told or _names(page, made)
    return _keep_post(page, made)


def _post(page: Page, author: Profile, words: Words, *, on_page: bool) -> Post:
    text = _checked(words.text, may_be_empty=bool(words.pictures))
    found = mentions_in(text)
    return Post(
        workspace_id=page.workspace_id,
        author=author,
        on_page=on_page,
        text=text,
        mentions=[{"start": m.start, "end": m.end, "handle": m.handle} for m in found],
        language=words.language,
        created_at=words.at or now(),
        pictures=_shown(words),
        client_ref=words.client_ref,
        play_ref=words.play_ref,
    )


def _shown(words: Words) -> list[dict[str, str]]:
    return [{"id": str(one.id), "alt": one.alt} for one in words.pictures]


def _checked(text: str, *, may_be_empty: bool = False) -> str:
    text = clean(text)[0].strip()
    if (not text and not may_be_empty) or len(text) > CUSTOMER_LIMIT:
        raise SpeechRefusedError
    return text


def _names(page: Page, made: Post) -> bool:
    return any(mention["handle"] == page.profile.handle for mention in made.mentions)


def _keep_post(page: Page, made: Post) -> Post:
    kept, is_new = _once(made)
    if is_new:
        _hang([one["id"] for one in made.pictures], post=made)
    if is_new:
        _tell_of(page, made, "created", made.created_at)
    return kept


def _tell_of(page: Page, row: Post | DirectMessage, verb: str, at: datetime) -> None:
    """Tell the page, if it is told of such, and in public its sister, too."""
    entries = [shapes.item_entry(page, row, verb, at)]
    if _is_told(row):
        tell(page, entries)
    if isinstance(row, Post):
        tell_sister(entries)


def _hang(ids: list[str], **where: Post | DirectMessage) -> None:
    if ids:
        Picture.objects.filter(id__in=ids).update(**where)


def upload(page: Page, body: bytes, mime: str, alt: str) -> Picture:
    """Keep a picture that something is to show; those that nothing has shown in a day go."""
    stale = now() - timedelta(days=1)
    Picture.objects.filter(post=None, message=None, uploaded_at__lt=stale).delete()
    return Picture.objects.create(
        workspace_id=page.workspace_id, body=body, mime=mime, alt=clean(alt)[0]
    )


def _once(made: _Row) -> tuple[_Row, bool]:
    """Store a row, unless the play has stored it already."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        if not made.play_ref:
            raise
        return type(made).objects.get(play_ref=made.play_ref), False
    return made, True


def write(
    page: Page, customer: Profile, words: Words, *, from_brand: bool = False
) -> DirectMessage:
    """Say something in private."""
    made = DirectMessage(
        workspace_id=page.workspace_id,
        customer=customer,
        is_from_brand=from_brand,
        text=_checked(words.text, may_be_empty=bool(words.pictures)),
        language=words.language,
        created_at=words.at or now(),
        pictures=_shown(words),
        client_ref=words.client_ref,
        play_ref=words.play_ref,
    )
    kept, is_new = _once(made)
    if is_new:
        _hang([one["id"] for one in made.pictures], message=made)
        tell(page, [shapes.item_entry(page, made, "created", made.created_at)])
    return kept


# --- changes ------------------------------------------------------------------------------------


def edit(page: Page, row: Post | DirectMessage, text: str, at: datetime | None = None) -> None:
    """Change what was said; the version grows."""
    text = _checked(text)
    if row.deleted_at or text == row.text:
        return
    row.text, row.version, row.edited_at = text, row.version + 1, at or now()
    if isinstance(row, Post):
        found = mentions_in(text)
        row.mentions = [{"start": m.start, "end": m.end, "handle": m.handle} for m in found]
    row.save()
    _tell_of(page, row, "edited", row.edited_at)


def delete(page: Page, row: Post | DirectMessage, at: datetime | None = None) -> None:
    """Take back what was said; the words go at once."""
    if row.deleted_at:
        return
    row.text, row.version, row.deleted_at = "", row.version + 1, at or now()
    row.pictures = []
    row.save()
    _tell_of(page, row, "deleted", row.deleted_at)


def _is_told(row: Post | DirectMessage) -> bool:
    return row.is_told if isinstance(row, Post) else True


# --- reactions ----------------------------------------------------------------------------------


def like(
    page: Page, profile: Profile, target: Post, *, is_on: bool, at: datetime | None = None
) -> None:
    """Like a post, or no longer."""
    if _switch(Like(workspace_id=page.workspace_id, profile=profile, post=target), is_on=is_on):
        _tell_reaction(page, profile, _kind("like", is_on=is_on), target.id, at)


def like_as_page(page: Page, target: Post, *, is_on: bool) -> None:
    """The brand likes a post, or no longer; nobody tells it of what it did itself."""
    _switch(Like(workspace_id=page.workspace_id, profile=page.profile, post=target), is_on=is_on)


def hide(target: Post, *, is_on: bool) -> None:
    """Hide a comment from all but its author, or show it again."""
    if (target.hidden_at is not None) == is_on:
        return
    target.hidden_at = now() if is_on else None
    target.save(update_fields=["hidden_at"])


def follow(page: Page, profile: Profile, *, is_on: bool, at: datetime | None = None) -> None:
    """Follow the brand's page, or no longer."""
    if _switch(Follow(workspace_id=page.workspace_id, profile=profile), is_on=is_on):
        _tell_reaction(page, profile, _kind("follow", is_on=is_on), page.profile_id, at)


def _switch(row: Like | Follow, *, is_on: bool) -> bool:
    """Store or remove the row; say whether that changed anything."""
    same = type(row).objects.filter(profile=row.profile)
    if isinstance(row, Like):
        same = same.filter(post=row.post)  # type: ignore[misc]
    if not is_on:
        return bool(same.delete()[0])
    if same.exists():
        return False
    row.save(force_insert=True)
    return True


def _kind(what: str, *, is_on: bool) -> str:
    return f"{what}.{'added' if is_on else 'removed'}"


def _tell_reaction(
    page: Page, profile: Profile, kind: str, target_id: UUID, at: datetime | None
) -> None:
    moment = shapes.moment(at or now())
    body = {
        "id": f"{kind}:{target_id}:{profile.id}:{moment}",
        "type": kind,
        "at": moment,
        "actor": shapes.person(profile),
        "target_id": str(target_id),
    }
    tell(page, [body])


def mark_read(page: Page, customer: Profile) -> None:
    """The customer has seen what the brand wrote."""
    unread = DirectMessage.objects.filter(customer=customer, is_from_brand=True, read_at=None)
    seen = list(unread.select_for_update())
    at = now()
    unread.filter(id__in=[message.id for message in seen]).update(read_at=at)
    told = [
        {
            "id": f"message.read:{message.id}:1",
            "type": "message.read",
            "at": shapes.moment(at),
            "target_id": str(message.id),
            "client_ref": message.client_ref or None,
        }
        for message in seen
    ]
    tell(page, told)
