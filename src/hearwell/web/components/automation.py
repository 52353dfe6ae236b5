"""What rules do and why they did not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.automation.rules import Then

# Lines of a case's story that rules bring along: icon and words.
RULED: Final[dict[str, tuple[str, str | Promise]]] = {
    "put_to": ("split", gettext_lazy("%(who)s put the case to the team %(team)s")),
    "urgency": ("triangle-alert", gettext_lazy("%(who)s set the urgency to %(urgency)s")),
    "suggested": ("book-open", gettext_lazy("%(who)s laid the reply “%(title)s” ready")),
}
ACTS: Final[dict[str, Promise]] = {
    "tags": gettext_lazy("put on a label"),
    "untags": gettext_lazy("take off a label"),
    "urgency": gettext_lazy("set the urgency"),
    "team": gettext_lazy("put to a team"),
    "assign": gettext_lazy("assign"),
    "note": gettext_lazy("write a note"),
    "suggest": gettext_lazy("lay a reply ready"),
    "send": gettext_lazy("send a reply"),
    "snooze_h": gettext_lazy("snooze"),
    "close": gettext_lazy("close"),
}
WHYS: Final[dict[str, Promise]] = {
    "already": gettext_lazy("it was so already"),
    "changed": gettext_lazy("somebody changed it since"),
    "circle": gettext_lazy("the rule would have gone in a circle"),
    "claimed": gettext_lazy("somebody is on the case"),
    "closed": gettext_lazy("the case is closed"),
    "deep": gettext_lazy("too many rules followed from one another"),
    "gone": gettext_lazy("that person or team is gone"),
    "guard": gettext_lazy("the guard found something"),
    "held": gettext_lazy("somebody has the case"),
    "lately": gettext_lazy("an automatic reply was sent within the last 24 hours"),
    "names_agent": gettext_lazy("the saved reply names an agent"),
    "no_reply": gettext_lazy("the saved reply is not published any more"),
    "nobody": gettext_lazy("nobody answers for this rule any more: save it again"),
    "not_allowed": gettext_lazy("no owner has allowed this rule to post this in public"),
    "note": gettext_lazy("a note stays"),
    "on_its_way": gettext_lazy("a reply is on its way"),
    "rate": gettext_lazy("the rule had done too much within an hour"),
    "refused": gettext_lazy("it could not be sent"),
    "rights": gettext_lazy("whoever answers for the rule may not"),
    "sent": gettext_lazy("it has been sent"),
    "stopped": gettext_lazy("sending is stopped"),
    "taken": gettext_lazy("somebody is on the case"),
    "waiting": gettext_lazy("somebody waits for an answer"),
    "writing": gettext_lazy("somebody is writing there"),
}


def why_words(code: str, said: str = "") -> str:
    """Say why something was not done, or stays."""
    return " ".join(filter(None, [str(WHYS.get(code, code)), said and f"({said})"]))


def line_words(line: Mapping[str, Any]) -> str:
    """Say what became of one act of a run."""
    what = _tagged(str(line.get("act", "")), line.get("tags", ()))
    if not line.get("ok"):
        why = why_words(str(line.get("why", "")), str(line.get("words", "")))
        return _("not done: %(what)s, %(why)s") % {"what": what, "why": why} if what else why
    if line.get("undone"):
        return _("%(what)s (taken back)") % {"what": what}
    if line.get("stays"):
        values = {"what": what, "why": why_words(str(line["stays"]))}
        return _("%(what)s (stays: %(why)s)") % values
    if line.get("waits"):
        return _("%(what)s, as soon as somebody has the case") % {"what": what}
    if line.get("waits_for_approval"):
        return _("%(what)s, once somebody has approved it") % {"what": what}
    return what


def _tagged(act: str, tags: Iterable[str]) -> str:
    """Say an act with the labels that it puts on or takes off."""
    named = ", ".join(_("“%(name)s”") % {"name": tag} for tag in tags)
    return f"{ACTS.get(act, '')} {named}".strip()


def then_words(then: Then) -> str:
    """Say what a rule does."""
    return "; ".join(_tagged(act, {"tags": then.tags, "untags": then.untags}.get(act, ()))
                     for act in then.acts)  # fmt: skip


def acts_words(acts: Iterable[str], hindered: Mapping[str, str] | None = None) -> str:
    """Say what would be done, and what would not."""
    parts = []
    for act in acts:
        why = (hindered or {}).get(act)
        word = str(ACTS[act])
        parts.append(_("not: %(what)s, %(why)s") % {"what": word, "why": why_words(why)}
                     if why else word)  # fmt: skip
    return "; ".join(parts)


def by_rule(data: Mapping[str, Any]) -> str:
    """Name the rule that did what a line of a story tells; empty where a person did."""
    name = data.get("by_rule")
    return _("Rule “%(name)s”") % {"name": name} if name else ""


def ruled_words(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what the lines of rules name."""
    return {name: str(data.get(name, "")) for name in ("team", "urgency", "title")}
