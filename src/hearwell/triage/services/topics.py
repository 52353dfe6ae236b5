"""Topics of a workspace: what is looked for in every message that is judged from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.text import clean
from hearwell.triage.learning.topics import words_of
from hearwell.triage.models import Topic
from hearwell.triage.services.learning import locked

MOST_TOPICS: Final = 200
MOST_PHRASES: Final = 100
LONGEST: Final = 60
_CODE: Final = 3  # letters of ISO 639


class BadTopicError(ValueError):
    """The topic cannot be kept like this; the text says why, for the person."""


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic as somebody writes it down. Without phrases its name is the phrase."""

    name: str
    phrases: Sequence[str] = ()
    language: str = ""
    is_active: bool = True


@transaction.atomic
def save_topic(facts: TopicFacts, by: Membership, topic_id: UUID | None = None) -> Topic:
    """Add a topic, or change one. Raises BadTopicError, Topic.DoesNotExist."""
    tidy = _tidied(facts)
    state = locked(by.workspace_id)
    known = Topic.objects.filter(workspace_id=by.workspace_id)
    topic = known.get(id=topic_id) if topic_id else Topic(workspace_id=by.workspace_id)
    if topic_id is None and known.count() >= MOST_TOPICS:
        message = f"There are {MOST_TOPICS} topics already. Remove one first."
        raise BadTopicError(message)
    if known.filter(name__iexact=tidy.name).exclude(id=topic.id).exists():
        message = f"There is a topic “{tidy.name}” already."
        raise BadTopicError(message)
    before = _facts(topic) if topic_id else None
    topic.name, topic.phrases = tidy.name, list(tidy.phrases)
    topic.language, topic.is_active = tidy.language, tidy.is_active
    topic.changed_at, topic.changed_by_id = now(), by.user_id
    topic.save()
    state.stamp = uuid7()
    state.save(update_fields=["stamp"])
    action = "triage.topic_changed" if topic_id else "triage.topic_added"
    _audit(by, action, topic, before, _facts(topic))
    return topic


@transaction.atomic
def remove_topic(topic_id: UUID, by: Membership) -> None:
    """Remove a topic; messages that it was found in keep its name. Raises Topic.DoesNotExist."""
    state = locked(by.workspace_id)
    topic = Topic.objects.get(workspace_id=by.workspace_id, id=topic_id)
    before = _facts(topic)
    Topic.objects.filter(workspace_id=by.workspace_id, id=topic_id).delete()
    state.stamp = uuid7()
    state.save(update_fields=["stamp"])
    _audit(by, "triage.topic_removed", topic, before, None)


def _tidied(facts: TopicFacts) -> TopicFacts:
    name = clean(facts.name)[0].strip()
    if not name or len(name) > LONGEST:
        message = f"Give the topic a name of at most {LONGEST} characters."
        raise BadTopicError(message)
    written = [clean(one)[0].strip()[:LONGEST] for one in facts.phrases] or [name]
    phrases = list(dict.fromkeys(one for one in written if words_of(one))) or [name]
    if not any(words_of(one) for one in phrases):
        message = "Write at least one word that the topic is found by."
        raise BadTopicError(message)
    if len(phrases) > MOST_PHRASES:
        message = f"Write at most {MOST_PHRASES} words or phrases."
        raise BadTopicError(message)
    language = facts.language.partition("-")[0].strip().lower()
    if language and not (language.isascii() and language.isalpha() and len(language) <= _CODE):
        message = "Name the language by its code, such as “de”, or leave it out."
        raise BadTopicError(message)
    return TopicFacts(name, phrases, language, facts.is_active)


def _facts(topic: Topic) -> dict[str, object]:
    return {name: getattr(topic, name) for name in ("name", "phrases", "language", "is_active")}


def _audit(
    by: Membership,
    action: str,
    topic: Topic,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    entry = AuditEntry(action, by.user, "topic", topic.id, topic.name, before, after)
    record_audit(by.workspace_id, [entry])
