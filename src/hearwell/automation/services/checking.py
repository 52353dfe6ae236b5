"""What a rule must be before it is kept: each thing that cannot be is told at its field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.automation.models import Rule
from hearwell.automation.queries import sendable
from hearwell.automation.rules import Conditions, Sketch, Then, Trigger, circle
from hearwell.conversations.models import Tag
from hearwell.inbox.acts import CLOSE_REASONS, MAX_NOTE, MAX_SNOOZE, NOT_ABOUT_US
from hearwell.kit.text import clean
from hearwell.knowledge.rules import slots
from hearwell.routing.models import Team
from hearwell.routing.rules import MOST_URGENT, When
from hearwell.routing.services import BadRoutingError, Known
from hearwell.routing.services.rulebook import check_when
from hearwell.sla.calendars import current_calendars

if TYPE_CHECKING:
    from hearwell.automation.services.rulebook import RuleFacts

LONGEST_NAME: Final = 80
LONGEST_TAG: Final = 60
LONGEST_WORD: Final = 80
MOST_WORDS: Final = 100
MOST_TAGS: Final = 10
MOST_HOURLY: Final = 10_000
MOST_QUIET_H: Final = 24 * 90
# Spam that a rule takes for spam must not be hidden from a person's judgement of the terms.
REASONS: Final = tuple(one for one in CLOSE_REASONS if one != NOT_ABOUT_US)


class BadAutomationError(ValueError):
    """A rule that cannot be so; the message is for `field` of its form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def check(
    workspace_id: UUID,
    facts: RuleFacts,
    known: Known,
    others: Sequence[Rule],
    rule: Rule | None,
) -> dict[str, Any]:
    """Return the columns of a rule, tidied. Raises BadAutomationError for the first bad field."""
    name = " ".join(clean(facts.name)[0].split())[:LONGEST_NAME]
    if not name:
        raise BadAutomationError(_("Give the rule a name: it stands in every story."), "name")
    if any(one.name.casefold() == name.casefold() for one in others):
        raise BadAutomationError(_("There is a rule of this name already."), "name")
    if facts.trigger is Trigger.QUIET and not 1 <= facts.quiet_h <= MOST_QUIET_H:
        raise BadAutomationError(_("Say after how many hours, from 1 to 2160 (90 days)."), "quiet")
    if not 1 <= facts.hourly_most <= MOST_HOURLY:
        raise BadAutomationError(_("Choose a number from 1 to 10,000."), "hourly_most")
    _check_wanted(workspace_id, facts.wanted, known)
    _check_then(workspace_id, facts.then)
    if facts.is_active:
        own = str(rule.id) if rule else "new"
        sketch = Sketch(own, name, facts.trigger, facts.then, facts.tags, facts.wanted.not_tags)
        refuse_circle(sketch, [one for one in others if one.is_active])
    return {**facts.stored(), "name": name}


def refuse_circle(sketch: Sketch, others: Iterable[Rule]) -> None:
    """Raise BadAutomationError where a rule would set itself off, by itself or through others."""
    found = circle(sketch, [one.sketch for one in others])
    if not found:
        return
    field = "send" if sketch.trigger is Trigger.REPLIED else "tags_on"
    if len(found) == 1:
        words = _(
            "This rule would set itself off: it does what it waits for. "
            "Change what it does, or when it looks."
        )
        raise BadAutomationError(words, field)
    words = _("These rules would set each other off without end: %(names)s. Break the circle here.")
    names = " → ".join(_("“%(name)s”") % {"name": name} for name in [*found, found[0]])
    raise BadAutomationError(words % {"names": names}, field)


def _check_wanted(workspace_id: UUID, wanted: Conditions, known: Known) -> None:
    if not wanted.when.is_empty:
        _check_when(workspace_id, wanted.when, known)
    if len(wanted.words) > MOST_WORDS or any(len(one) > LONGEST_WORD for one in wanted.words):
        raise BadAutomationError(_("At most 100 words or phrases of 80 letters each."), "words")
    both = wanted.when.tags & wanted.not_tags
    if both:
        words = _("No case can meet this: it must have “%(tag)s” and must not have it.")
        raise BadAutomationError(words % {"tag": min(both)}, "not_tags")
    if wanted.hours:
        keys = {one.key for one in current_calendars(workspace_id)}
        if wanted.calendar_key not in keys:
            raise BadAutomationError(_("Choose whose opening hours count."), "calendar_key")
    low, high = wanted.earlier_from, wanted.earlier_to
    if low is not None and high is not None and low > high:
        words = _("No case can meet this: “at most” is less than “at least”.")
        raise BadAutomationError(words, "earlier_to")


def _check_when(workspace_id: UUID, when: When, known: Known) -> None:
    """Check routing's conditions as routing does; a label may be one that only rules put on."""
    tags = Tag.objects.filter(workspace_id=workspace_id).values_list("name", flat=True)
    unknown = when.tags - {name.lower() for name in tags}
    if any(len(tag) > LONGEST_TAG for tag in unknown):
        raise BadAutomationError(_("A label has at most 60 characters."), "tags")
    others = {**when.stored(), "tags": sorted(when.tags - unknown)}
    reduced = When.parse(others)
    if reduced.is_empty:
        return
    try:
        check_when(workspace_id, reduced, known)
    except BadRoutingError as error:
        raise BadAutomationError(str(error), error.field) from error


def _check_then(workspace_id: UUID, then: Then) -> None:
    if not then.acts:
        raise BadAutomationError(
            _("This rule does nothing yet. Choose at least one thing."), "tags_on"
        )
    _check_tags(then)
    if then.urgency is not None and not 0 <= then.urgency <= MOST_URGENT:
        raise BadAutomationError(_("Urgency goes from 0 to 4."), "urgency")
    if then.team and not Team.objects.filter(workspace_id=workspace_id, id=then.team).exists():
        raise BadAutomationError(_("This team is gone. Choose another one."), "team")
    if then.assign and not takes_cases(workspace_id, then.assign):
        raise BadAutomationError(_("This person cannot take cases. Choose another one."), "assign")
    if len(then.note) > MAX_NOTE:
        raise BadAutomationError(_("The note is too long."), "note")
    if then.snooze_h and not 0 < then.snooze_h <= MAX_SNOOZE.days * 24:
        raise BadAutomationError(_("Choose from 1 to 2160 hours (90 days)."), "snooze_h")
    if then.close and then.close not in REASONS:
        raise BadAutomationError(_("Choose a reason for closing the case."), "close")
    if then.close and then.snooze_h:
        words = _("A case cannot be snoozed and closed at once. Choose one of them.")
        raise BadAutomationError(words, "snooze_h")
    _check_replies(workspace_id, then)


def _check_replies(workspace_id: UUID, then: Then) -> None:
    if then.audience not in {"private", "public"}:
        raise BadAutomationError(_("Choose who can read it."), "audience")
    if then.suggest and then.send:
        words = _("Lay a reply ready for a person, or send one: not both.")
        raise BadAutomationError(words, "send")
    _check_reply(workspace_id, "suggest", then.suggest)
    _check_reply(workspace_id, "send", then.send)


def _check_tags(then: Then) -> None:
    for field, tags in (("tags_on", then.tags), ("tags_off", then.untags)):
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            words = _("At most 10 labels of at most 60 characters.")
            raise BadAutomationError(words, field)
    both = {tag.lower() for tag in then.tags} & {tag.lower() for tag in then.untags}
    if both:
        words = _("“%(tag)s” is put on and taken off at once.")
        raise BadAutomationError(words % {"tag": min(both)}, "tags_off")


def takes_cases(workspace_id: UUID, user_id: str) -> bool:
    """Say whether somebody is of the workspace and may answer."""
    member = Membership.objects.filter(workspace_id=workspace_id, user_id=user_id).first()
    return member is not None and can(member.role, "reply")


def _check_reply(workspace_id: UUID, field: str, article_id: str) -> None:
    if not article_id:
        return
    versions = sendable(workspace_id, UUID(article_id))
    if not versions:
        words = _("This saved reply is not there any more. Choose another one.")
        raise BadAutomationError(words, field)
    if field == "send" and any(names_agent(one.reply) for one in versions.values()):
        words = _(
            "This saved reply names the agent, and no agent sends this one. "
            "Choose one that does without."
        )
        raise BadAutomationError(words, field)


def names_agent(text: str) -> bool:
    """Say whether a saved reply speaks of the person who sends it."""
    return any(slot.name.startswith("agent.") for slot in slots(text))
