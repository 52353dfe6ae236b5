"""What is thought of a batch of messages, come what may: a message is never lost to a bad number.

A bug in the engine, a delta that is broken, a text that nobody thought of: the others of the batch
are judged as ever, the one by the rules alone, and if those stumble, too, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.conf import settings

from hearwell.triage.engine.heads import SENTIMENTS
from hearwell.triage.rules import ENGINE, Duty, Kind
from hearwell.triage.shipped import with_vectors

if TYPE_CHECKING:  # numpy: only where messages are judged
    from hearwell.triage.engine.features import Item
    from hearwell.triage.engine.judge import Opinion
    from hearwell.triage.learning.mind import Mind

_NEUTRAL = SENTIMENTS[1]
_SHOWN = 10
log = structlog.get_logger(__name__)


def opinions_on(items: Sequence[Item], ids: Sequence[UUID], mind: Mind) -> list[Opinion]:
    """Return an opinion on each message, in their order. `ids` are theirs, for the log."""
    try:
        return _judged(items, mind)
    except Exception:
        log.exception("triage.judging_failed", messages=len(items))
    found: list[Opinion] = []
    failed: list[str] = []
    for item, message_id in zip(items, ids, strict=True):
        try:
            found += _judged([item], mind)
        except Exception:  # noqa: BLE001 -- logged above once, below by message
            found.append(_ruled(item, mind))
            failed.append(str(message_id))
    log.error("triage.judged_by_rules", messages=len(failed), some=failed[:_SHOWN])
    return found


def _judged(items: Sequence[Item], mind: Mind) -> list[Opinion]:
    from hearwell.triage.engine.judge import judge

    model, embedder = with_vectors(mind.model, settings.HEARWELL_EMBEDDING_FOLDER)
    return judge(items, model, mind.delta, mind.bands, embedder=embedder)


def _ruled(item: Item, mind: Mind) -> Opinion:
    from hearwell.triage.engine.judge import by_rules_alone

    try:
        return by_rules_alone(item, mind.bands)
    except Exception:
        log.exception("triage.rules_failed")
        return _somebody_must_look()


def _somebody_must_look() -> Opinion:
    from hearwell.triage.engine.judge import Opinion

    return Opinion(
        duty=Duty.ANSWER,
        kind=Kind.REQUEST,
        sentiment=_NEUTRAL,
        urgency=1,
        certainty=0.0,
        is_unsure=True,
        is_thanks=False,
        language="",
        reasons=(),
        engine=ENGINE,
    )
