"""What a case tells of the question whether it is solved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hearwell.conversations.models import CaseLog

SAID: Final[dict[str, tuple[str, str | Promise]]] = {
    "solved_asked": ("mail", gettext_lazy("The customer was asked whether it is solved")),
    "solved_yes": ("check", gettext_lazy("The customer says: it is solved")),
    "solved_no": (
        "triangle-alert",
        gettext_lazy("The customer says: it is not solved. The case is back, first and urgent"),
    ),
    "survey_asked": ("mail", gettext_lazy("The customer was asked how it was, by a survey")),
    "survey_answered": ("check", gettext_lazy("The customer answered a survey")),
    "solved_undone": (
        "undo-2",
        gettext_lazy("%(who)s: the customer's answer was misread, it counts no more"),
    ),
}
_ANSWERS: Final = frozenset({"solved_yes", "solved_no"})


def question_of(line: CaseLog) -> str:
    """Return the id of the question that a line is the answer to; empty for any other line."""
    return str(line.data.get("question", "")) if line.verb in _ANSWERS else ""


def misread_among(log: Iterable[CaseLog]) -> set[str]:
    """Return the ids of the questions whose answers were taken back."""
    return {str(line.data.get("question")) for line in log if line.verb == "solved_undone"}
