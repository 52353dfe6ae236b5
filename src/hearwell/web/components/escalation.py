"""Levels, parts, reasons, tasks and targets of escalation in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Role
from hearwell.escalation.rules import Part, Severity

LEVELS: Final[dict[int, str | Promise]] = {
    Severity.CASE: gettext_lazy("Case"),
    Severity.WATCH: gettext_lazy("Watch"),
    Severity.ISSUE: gettext_lazy("Issue"),
    Severity.CRISIS: gettext_lazy("Crisis"),
    Severity.CRITICAL: gettext_lazy("Critical"),
}
MEANINGS: Final[dict[int, str | Promise]] = {
    Severity.CASE: gettext_lazy("one complaint"),
    Severity.WATCH: gettext_lazy("more is said than usual"),
    Severity.ISSUE: gettext_lazy("many complain of one thing"),
    Severity.CRISIS: gettext_lazy("safety, law, press, or an issue that lasts"),
    Severity.CRITICAL: gettext_lazy("people are hurt, a recall, conduct at the top"),
}
PARTS: Final[dict[str, str | Promise]] = {
    Part.LEAD: gettext_lazy("Incident lead"),
    Part.FACTS: gettext_lazy("Facts"),
    Part.WORDS: gettext_lazy("Wording"),
    Part.LEGAL: gettext_lazy("Legal"),
    Part.SECURITY: gettext_lazy("Security and IT"),
    Part.SPONSOR: gettext_lazy("Executive sponsor"),
}
WHYS: Final[dict[str, str | Promise]] = {
    "person": gettext_lazy("by hand"),
    "safety": gettext_lazy("words of danger or harm"),
    "legal": gettext_lazy("words of lawyers or regulators"),
    "press": gettext_lazy("words of the press"),
}
ALARM_WORDS: Final[dict[str, str | Promise]] = {
    "safety": gettext_lazy("Danger and safety"),
    "legal": gettext_lazy("Law and regulators"),
    "press": gettext_lazy("The press"),
}
PASSED: Final[dict[str, str | Promise]] = {
    "nobody": gettext_lazy("nobody is named"),
    "left": gettext_lazy("they have left"),
    "away": gettext_lazy("they are away"),
    "closed": gettext_lazy("the team is off duty"),
}
# What the defaults ask for; a workspace's own tasks are in its own words.
TASKS: Final[dict[str, str | Promise]] = {
    "Say what it is: watch, issue or nothing": gettext_lazy(
        "Say what it is: watch, issue or nothing"
    ),
    "Name the incident lead": gettext_lazy("Name the incident lead"),
    "Confirm the facts with those who know": gettext_lazy("Confirm the facts with those who know"),
    "Agree what agents may say": gettext_lazy("Agree what agents may say"),
    "Publish the holding statement": gettext_lazy("Publish the holding statement"),
    "Tell gate, shop and phone staff the same": gettext_lazy(
        "Tell gate, shop and phone staff the same"
    ),
    "Save evidence: posts, times, replies": gettext_lazy("Save evidence: posts, times, replies"),
    "Book the review, within 48 hours": gettext_lazy("Book the review, within 48 hours"),
    "Open the war room": gettext_lazy("Open the war room"),
    "Inform the chief executive": gettext_lazy("Inform the chief executive"),
}
ROLES: Final[dict[str, str | Promise]] = {
    Role.OWNER: gettext_lazy("any owner"),
    Role.ADMIN: gettext_lazy("any admin"),
    Role.LEAD: gettext_lazy("any lead"),
    Role.AGENT: gettext_lazy("any agent"),
}
LOG: Final[dict[str, str | Promise]] = {
    "proposed": gettext_lazy("Proposed at level %(level)s"),
    "spiked": gettext_lazy("It was noticed again: %(title)s"),
    "opened": gettext_lazy("Opened at level %(level)s"),
    "level": gettext_lazy("Level %(before)s became level %(level)s"),
    "part": gettext_lazy("%(part)s: %(person)s, else %(deputy)s"),
    "stopped": gettext_lazy("Planned and automatic posts stopped"),
    "resumed": gettext_lazy("Posts allowed again; what was held waits for a review"),
    "written": gettext_lazy("Statement written, version %(version)s"),
    "signed": gettext_lazy("Version %(version)s signed: %(part)s"),
    "sent_back": gettext_lazy("Version %(version)s sent back: %(part)s"),
    "deputies": gettext_lazy("Version %(version)s goes to the deputies"),
    "approved": gettext_lazy("Version %(version)s approved"),
    "published": gettext_lazy("Version %(version)s published: %(where)s"),
    "update_due": gettext_lazy("The promised update is due"),
    "ticked": gettext_lazy("Done:"),
    "unticked": gettext_lazy("Not done after all:"),
    "ended": gettext_lazy("Ended"),
    "dismissed": gettext_lazy("Dismissed"),
    "brought_back": gettext_lazy("Proposed again"),
    "reviewed": gettext_lazy("Reviewed"),
}


@dataclass(frozen=True)
class Names:
    """What people and teams are called here."""

    people: Mapping[UUID, str]
    teams: Mapping[UUID, str]

    def person(self, user_id: object) -> str:
        """Return a member's name; somebody who left has none any more."""
        try:
            known = self.people.get(UUID(str(user_id)))
        except ValueError:
            return _("nobody")
        return known or _("somebody who left")

    def target(self, target: str) -> str:
        """Return who a target of a path is."""
        kind, _sign, value = target.partition(":")
        match kind:
            case "user":
                return self.person(value)
            case "team":
                known = {str(key): name for key, name in self.teams.items()}.get(value)
                return _("team %(name)s") % {"name": known} if known else _("a team that is gone")
            case "role":
                return str(ROLES.get(value, value))
            case "part":
                return str(PARTS.get(value, value))
            case "assignee":
                return _("whoever has the case")
        return _("nobody")

    def is_gone(self, target: str) -> bool:
        """Say whether a target names somebody or something that is not here any more."""
        kind, _sign, value = target.partition(":")
        known = {"user": self.people, "team": self.teams}.get(kind)
        return known is not None and value not in {str(key) for key in known}


def task_words(text: str) -> str:
    """Return a task in the reader's language, where it is one of the defaults."""
    return str(TASKS.get(text, text))


def log_words(what: str, data: Mapping[str, Any], names: Names) -> str:
    """Say what a line of the log notes by itself."""
    known = LOG.get(what)
    if known is None:
        return ""
    values = {
        "level": data.get("level", ""),
        "before": data.get("before", ""),
        "title": data.get("title", ""),
        "version": data.get("version", ""),
        "where": data.get("where") or _("where is not said"),
        "part": PARTS.get(str(data.get("part", "")), data.get("part", "")),
        "person": names.person(data.get("user_id", "")),
        "deputy": names.person(data.get("deputy_id", "")),
    }
    return str(known) % values
