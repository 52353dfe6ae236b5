"""Write, publish, correct, withdraw and end a status update; each is audited and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.board.events import StatusChanged
from hearwell.board.models import State, StatusUpdate, StatusVersion
from hearwell.board.queries import counts_of, version_of
from hearwell.board.rules import (
    LONGEST_ENTITY,
    MOST_ENTITIES,
    NothingNamedError,
    is_unusual,
    key_of,
    pattern_of,
)
from hearwell.board.services.matching import link_all, preview
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.knowledge.rules import BadReplyError, check

LONGEST: Final = {"headline": 200, "details": 5000, "public_text": 2000}
FURTHEST: Final = timedelta(days=3650)
# As they are said to a customer, so that no other version counts as told.
_SAID: Final = ("headline", "public_text", "replies")


class BadUpdateError(ValueError):
    """The update cannot be kept like this; the text says why, for the person."""


class WrongStateError(Exception):
    """Somebody changed the update meanwhile: nothing was done. `state` says where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class UnusualMatchError(Exception):
    """It is about no open case, or about more than half: somebody has to say that it is meant."""

    def __init__(self, matched: int, of: int) -> None:
        super().__init__(f"{matched} of {of}")
        self.matched, self.of = matched, of


@dataclass(frozen=True, slots=True)
class Wording:
    """What an update says: to all, to staff, on the page for customers, as a reply by language."""

    headline: str
    details: str = ""
    public_text: str = ""
    replies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What an update is about: a topic, things that are named, accounts (none: all of them)."""

    topic: str = ""
    entities: tuple[str, ...] = ()
    channel_ids: tuple[UUID, ...] = ()


@transaction.atomic
def save_draft(
    by: Membership,
    wording: Wording,
    about: About,
    valid_until: datetime | None = None,
    update_id: UUID | None = None,
    *,
    seen: str = "",
) -> StatusUpdate:
    """Keep a draft, or change one. Nobody sees it before it is published.

    `seen` is the stamp of what the writer had before them. Raises BadUpdateError, WrongStateError,
    StatusUpdate.DoesNotExist.
    """
    said, on, until = _tidy(wording), _tidy_about(about), _checked_time(valid_until)
    if update_id is None:
        one = StatusUpdate(workspace_id=by.workspace_id)
    else:
        one = _locked(by.workspace_id, update_id, State.DRAFT, seen=seen)
        one.version += 1
    one.topic, one.channel_ids = on.topic, list(on.channel_ids)
    one.entities = list(on.entities)
    one.patterns = [pattern_of(entity) for entity in on.entities]
    one.valid_until, one.said_version = until, one.version
    one.save()
    _add_version(one, said, by)
    return one


@transaction.atomic
def publish(
    update_id: UUID, by: Membership, *, is_sure: bool = False, seen: str = ""
) -> StatusUpdate:
    """Let an update hold from now on, everywhere, for all open cases that it is about.

    Raises WrongStateError, also where it is not what was `seen`, BadUpdateError where its time is
    over, StatusUpdate.DoesNotExist and, unless `is_sure`, UnusualMatchError.
    """
    one = _locked(by.workspace_id, update_id, State.DRAFT, seen=seen)
    _checked_time(one.valid_until)
    if not is_sure:
        found = preview(by.workspace_id, update_id, most=0)
        if is_unusual(found.matched, found.of):
            raise UnusualMatchError(found.matched, found.of)
    at = now()
    _change(
        one, state=State.PUBLISHED, published_at=at, changed_at=at, first_version=one.version,
        published_by_id=by.user_id,
    )  # fmt: skip
    link_all(by.workspace_id, one.id)
    _told(one, by, "published")
    return one


@transaction.atomic
def correct(
    update_id: UUID,
    by: Membership,
    wording: Wording,
    valid_until: datetime | None = None,
    *,
    seen: str = "",
) -> StatusUpdate:
    """Say it anew; what was said before stays readable. What it is about stays as it is.

    Of two who correct what they both have `seen`, the second is told. Raises BadUpdateError,
    WrongStateError, StatusUpdate.DoesNotExist.
    """
    said, until = _tidy(wording), _checked_time(valid_until)
    one = _locked(by.workspace_id, update_id, State.PUBLISHED, seen=seen)
    before = version_of(one)
    changed = {name for name in LONGEST | {"replies": 0} if _differ(before, said, name)}
    if not changed and until == one.valid_until:
        return one
    version = one.version + bool(changed)
    values: dict[str, Any] = {"version": version, "valid_until": until}
    if changed & set(_SAID):
        values |= {"said_version": version, "changed_at": now()}
    _change(one, **values)
    if changed:
        _add_version(one, said, by)
    link_all(by.workspace_id, one.id)
    _told(one, by, "corrected", {"fields": sorted(changed)})
    return one


def _differ(before: StatusVersion, said: Wording, name: str) -> bool:
    return bool(getattr(before, name) != getattr(said, name))


@transaction.atomic
def withdraw(update_id: UUID, by: Membership) -> StatusUpdate:
    """Say that it does not hold and did not: whoever was told is to be told otherwise.

    A draft is only laid aside. Raises WrongStateError, StatusUpdate.DoesNotExist.
    """
    one = _locked(by.workspace_id, update_id, State.PUBLISHED, State.DRAFT)
    at = now()
    _change(one, state=State.WITHDRAWN, ended_at=at, ended_by_id=by.user_id, changed_at=at)
    _told(one, by, "withdrawn")
    return one


@transaction.atomic
def end(update_id: UUID, by: Membership) -> StatusUpdate:
    """Say that it is over: it held until now. Raises WrongStateError, StatusUpdate.DoesNotExist."""
    one = _locked(by.workspace_id, update_id, State.PUBLISHED)
    _change(one, state=State.ENDED, ended_at=now(), ended_by_id=by.user_id)
    _told(one, by, "ended")
    return one


@transaction.atomic
def bring_back(update_id: UUID, by: Membership) -> StatusUpdate:
    """Undo a withdrawal or an end: it is what it was. One whose time is over gets no time.

    Raises WrongStateError, StatusUpdate.DoesNotExist.
    """
    one = _locked(by.workspace_id, update_id, State.WITHDRAWN, State.ENDED)
    back = State.PUBLISHED if one.first_version is not None else State.DRAFT
    _change(one, state=back, ended_at=None, ended_by_id=None, valid_until=_later(one.valid_until))
    if back == State.PUBLISHED:
        link_all(by.workspace_id, one.id)
    _told(one, by, "brought_back")
    return one


def _locked(workspace_id: UUID, update_id: UUID, *states: str, seen: str = "") -> StatusUpdate:
    found = StatusUpdate.objects.select_for_update()
    one = found.get(workspace_id=workspace_id, id=update_id)
    if one.state not in states or seen not in {"", one.stamp}:
        raise WrongStateError(one.state)
    return one


def _change(one: StatusUpdate, **values: Any) -> None:
    for name, value in values.items():
        setattr(one, name, value)
    one.save(update_fields=list(values))


def _add_version(one: StatusUpdate, said: Wording, by: Membership) -> None:
    StatusVersion.objects.create(
        workspace_id=one.workspace_id,
        update=one,
        version=one.version,
        headline=said.headline,
        details=said.details,
        public_text=said.public_text,
        replies=dict(said.replies),
        by_id=by.user_id,
        by_name=str(by.user),
    )


def _told(one: StatusUpdate, by: Membership, what: str, data: dict[str, Any] | None = None) -> None:
    headline, counts = version_of(one).headline, counts_of(one.workspace_id, [one.id])[one.id]
    after = {"version": one.version, "cases": counts.cases, "stale": counts.stale, **(data or {})}
    entry = AuditEntry(
        f"status.{what}", by.user, "status_update", one.id, headline, after=after
    )  # fmt: skip
    record_audit(one.workspace_id, [entry])
    if one.first_version is None:
        return
    told = StatusChanged(
        one.workspace_id, one.id, what, headline, one.version, counts.cases, counts.stale,
        by.user_id,
    )  # fmt: skip
    emit([told])


def _checked_time(until: datetime | None) -> datetime | None:
    """Return until when something holds. Raises BadUpdateError.

    Without a bound a slip of a key is a year that neither a calendar nor the database can show.
    """
    if until is None:
        return None
    if until <= now():
        raise BadUpdateError(_("The time until which it holds is over. Take a later one, or none."))
    if until > now() + FURTHEST:
        raise BadUpdateError(_("The time until which it holds is too far off. Leave it empty."))
    return until


def _later(until: datetime | None) -> datetime | None:
    return until if until is not None and until > now() else None


def _tidy(wording: Wording) -> Wording:
    texts = {name: clean(getattr(wording, name))[0].strip() for name in LONGEST}
    texts["headline"] = " ".join(texts["headline"].split())
    if not texts["headline"]:
        raise BadUpdateError(_("Say in one line what holds."))
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            message = _("A text is too long: %(n)s characters, at most %(most)s.")
            raise BadUpdateError(message % {"n": len(texts[name]), "most": most})
    replies = {key: clean(text)[0].strip() for key, text in wording.replies.items()}
    replies = {key: text for key, text in sorted(replies.items()) if text}
    try:
        for text in replies.values():
            check(text)
    except BadReplyError as error:
        raise BadUpdateError(str(error)) from error
    return Wording(texts["headline"], texts["details"], texts["public_text"], replies)


def _tidy_about(about: About) -> About:
    found: dict[str, str] = {}
    try:
        for written in about.entities:
            shown = " ".join(clean(written)[0].split())
            if len(shown) > LONGEST_ENTITY:
                message = _("“%(text)s…” is too long to be found: at most %(most)s characters.")
                raise BadUpdateError(message % {"text": shown[:20], "most": LONGEST_ENTITY})
            found.setdefault(key_of(shown), shown)
    except NothingNamedError as error:
        message = _("“%(text)s” has neither letters nor digits: nothing can be found by it.")
        raise BadUpdateError(message % {"text": error}) from error
    if len(found) > MOST_ENTITIES:
        raise BadUpdateError(_("Name at most %(n)s things.") % {"n": MOST_ENTITIES})
    topic = " ".join(clean(about.topic)[0].split())[:60]
    return About(topic, tuple(found.values()), tuple(dict.fromkeys(about.channel_ids)))
