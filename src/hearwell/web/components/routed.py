"""Why a case is with whom: the reasons of routing in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from hearwell.web.components.marks import KINDS, badge_of

PRESENCES: Final[dict[str, str | Promise]] = {
    "available": gettext_lazy("Available"),
    "busy": gettext_lazy("Busy"),
    "away": gettext_lazy("Away"),
}
WAITS: Final[dict[str, str | Promise]] = {
    "new": gettext_lazy("The rules look at them now"),
    "pull": gettext_lazy("They wait to be taken: this team takes its cases itself"),
    "closed": gettext_lazy("The team's hours are over, and no team that follows it is open"),
    "nobody": gettext_lazy("Nobody of the team is available"),
    "skill": gettext_lazy("Nobody available can do it"),
    "full": gettext_lazy("Everybody available who can do it has no room"),
    "soon": gettext_lazy("They are given out now"),
}
_WORDS: Final[dict[str, str | Promise]] = {
    "rule": gettext_lazy("Now with the team %(team)s: rule “%(rule)s”"),
    "default": gettext_lazy("Now with the team %(team)s: no rule takes it"),
    "any_skill": gettext_lazy(
        "Nobody in %(team)s who can do it (%(needs)s) had room for %(minutes)s min: "
        "now anybody there may"
    ),
    "overflow": gettext_lazy(
        "Nobody in %(from)s had room for it in time: now with the team %(team)s"
    ),
    "hours": gettext_lazy("The hours of %(from)s are over: now with the team %(team)s"),
    "away": gettext_lazy(
        "Back in its queue: %(name)s has been away for %(minutes)s min, and the customer waits"
    ),
    "left": gettext_lazy("Back in its queue: who had it has left this workspace"),
    "next": gettext_lazy("It was the next: the most pressing that %(who)s may take"),
}


_MARK: Final = (
    '<span class="nowrap xs mut" data-presence-of="{}" data-presence="{}">'
    '<span class="pres" aria-hidden="true"></span> <span class="w">{}</span></span>'
)


def presence(user_id: UUID, value: str) -> SafeString:
    """Draw whether somebody is here: a shape and a word; nothing for one who never was."""
    if value not in PRESENCES:
        return SafeString("")
    return format_html(_MARK, user_id, value, PRESENCES[value])


def language_name(code: str) -> str:
    """Name a language in the reader's language; a code that we have no name for stays one."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code.upper()


def skill_name(kind: str, value: str) -> str:
    """Name a skill as a thing: "German", "Mastodon", "complaints"."""
    if kind == "language":
        return language_name(value)
    if kind == "network":
        return str(badge_of(value).title)
    if kind == "kind" and value in KINDS:
        return str(KINDS[value].word)
    return value


def skill_words(kind: str, value: str) -> str:
    """Say of a person that they have a skill."""
    name = skill_name(kind, value)
    if kind == "language":
        return _("speaks %(language)s") % {"language": name}
    if kind == "network":
        return _("works on %(network)s") % {"network": name}
    if kind == "kind":
        return _("takes this kind: %(kind)s") % {"kind": name}
    return _("knows %(product)s") % {"product": name}


def needs_words(needs: Iterable[Iterable[str]]) -> str:
    """Name what is needed, in one line."""
    return ", ".join(skill_name(kind, value) for kind, value in needs)


def routed_words(data: Mapping[str, Any], who: str, to: str) -> str:
    """Say what routing did with a case and why, from the line in its story.

    ``who`` pressed (for the next case), ``to`` is who has it now.
    """
    code = str(data.get("code", ""))
    if code == "given":
        return _given(data, to)
    values = {
        **{name: str(data.get(name, "")) for name in ("team", "rule", "from", "name", "minutes")},
        "needs": needs_words(data.get("skills", ())),
        "who": who,
    }
    words = str(_WORDS.get(code, gettext_lazy("Now with the team %(team)s"))) % values
    if data.get("closed"):
        words = _("%(words)s; the hours of %(closed)s are over") % {
            "words": words,
            "closed": data["closed"],
        }
    return words


def _given(data: Mapping[str, Any], to: str) -> str:
    """Say for instance "Given to Bea: speaks German, 2 of 6 points used; rule “German posts”"."""
    reasons = [skill_words(kind, value) for kind, value in data.get("skills", ())]
    points = {"used": data.get("used", 0), "capacity": data.get("capacity", 0)}
    reasons.append(_("%(used)s of %(capacity)s points used") % points)
    if data.get("method") == "round_robin":
        reasons.append(_("their turn"))
    values = {"name": to, "reasons": ", ".join(reasons), "rule": data.get("rule", "")}
    if data.get("rule"):
        return _("Given to %(name)s: %(reasons)s; rule “%(rule)s”") % values
    return _("Given to %(name)s: %(reasons)s") % values
