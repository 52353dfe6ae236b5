"""Waves of the study: begun and closed by an owner, answered by both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.surveys.models import Study, StudyAnswer
from hearwell.surveys.rules import Side
from hearwell.surveys.services.choosing import BadChoiceError
from hearwell.surveys.services.links import BadLinkError
from hearwell.surveys.studying import clean_study

_SALT: Final = "hearwell.surveys.study"
MOST_STUDIES: Final = 60
LONGEST_NAME: Final = 80
# A link that anybody may have must not fill the disk.
MOST_ANSWERS: Final = 100_000


@dataclass(frozen=True, slots=True)
class StudyLink:
    """What a link stands for: one side of one wave. It is no secret and names nobody."""

    workspace_id: UUID
    study_id: UUID
    side: Side


def study_link_of(link: StudyLink) -> str:
    """Return the address, whole."""
    facts = [link.workspace_id.hex, link.study_id.hex, link.side.value]
    return f"{settings.HEARWELL_URL}/study/{signing.dumps(facts, salt=_SALT)}/"


def read_study_link(token: str) -> StudyLink:
    """Return what a token stands for. Raises BadLinkError."""
    try:
        workspace_id, study_id, side = signing.loads(token, salt=_SALT)
        return StudyLink(UUID(workspace_id), UUID(study_id), Side(side))
    except (signing.BadSignature, ValueError) as error:
        raise BadLinkError from error


@transaction.atomic
def begin_study(workspace_id: UUID, name: str, *, by: User) -> Study:
    """Begin a wave. Raises BadChoiceError."""
    name, field_name = clean(name)[0].strip(), "name"
    if not name or len(name) > LONGEST_NAME:
        message = _("From 1 to %(most)s letters.") % {"most": LONGEST_NAME}
        raise BadChoiceError(field_name, message)
    if Study.objects.filter(workspace_id=workspace_id).count() >= MOST_STUDIES:
        message = _("At most %(most)s waves.") % {"most": MOST_STUDIES}
        raise BadChoiceError(field_name, message)
    made = Study.objects.create(workspace_id=workspace_id, name=name, by_id=by.id)
    _audit(made, "studies.begun", by)
    return made


@transaction.atomic
def set_closed(workspace_id: UUID, study_id: UUID, *, is_closed: bool, by: User) -> None:
    """Close a wave, or open it again: the way back. Raises Study.DoesNotExist."""
    one = Study.objects.select_for_update().get(workspace_id=workspace_id, id=study_id)
    if bool(one.closed_at) == is_closed:
        return
    one.closed_at = now() if is_closed else None
    one.save(update_fields=["closed_at"])
    _audit(one, "studies.closed" if is_closed else "studies.opened", by)


def voice_of(link: StudyLink, secret: str) -> str:
    """Return the hash that stands for one who answers; from it nobody is found."""
    return hashlib.sha256(f"{link.study_id}{link.side}{secret}".encode()).hexdigest()


def is_open(link: StudyLink) -> bool:
    """Say whether a wave takes answers, in scope."""
    found = Study.objects.filter(workspace_id=link.workspace_id, id=link.study_id, closed_at=None)
    return found.exists()


@transaction.atomic
def answer_study(
    link: StudyLink, voice: str, given: Mapping[str, Iterable[str]]
) -> tuple[dict[str, list[int]], int] | None:
    """Keep what one voice answers, in scope: (answers, how often it answered); the last stands.

    None where the wave takes no answers; without any real answer nothing is kept.
    """
    study = Study.objects.select_for_update(no_key=True).filter(
        workspace_id=link.workspace_id, id=link.study_id, closed_at=None
    )
    if study.first() is None:
        return None
    answers = clean_study(given)
    if not answers:
        return {}, 0
    kept = StudyAnswer.objects.filter(
        workspace_id=link.workspace_id, study_id=link.study_id, side=link.side
    )
    before = kept.filter(voice=voice).first()
    if before is not None:
        before.answers, before.times, before.at = answers, before.times + 1, now()
        before.save(update_fields=["answers", "times", "at"])
        return answers, before.times
    if kept.count() >= MOST_ANSWERS:
        return None
    StudyAnswer.objects.create(
        workspace_id=link.workspace_id, study_id=link.study_id, side=link.side, voice=voice,
        answers=answers,
    )  # fmt: skip
    return answers, 1


def _audit(one: Study, verb: str, by: User) -> None:
    record_audit(one.workspace_id, [AuditEntry(verb, by, "study", one.id, one.name)])
