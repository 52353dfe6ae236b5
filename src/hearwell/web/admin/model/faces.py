"""How calls and comparisons are shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.secondopinion.models import Call, CallState, Comparison
from hearwell.secondopinion.rules import MICROS, Outcome
from hearwell.web.components.marks import KINDS

OUTCOMES: Final[dict[str, str | Promise]] = {
    Outcome.USED: _("Answered as asked"),
    Outcome.NO_ADDRESS: _("The address may not be called from here"),
    Outcome.OVER_CAP: _("The month's money is used up"),
    Outcome.PAUSED: _("Left alone for a while after failures"),
    Outcome.OFF: _("No model is connected"),
    Outcome.TIMEOUT: _("Too slow"),
    Outcome.NO_CONNECTION: _("Nobody answers at the address"),
    Outcome.REFUSED: _("The model's server refused: look at key and name of the model"),
    Outcome.BUSY: _("The model's server has too much to do (429)"),
    Outcome.BROKEN: _("The model's server is in trouble"),
    Outcome.TOO_LARGE: _("The answer was too long"),
    Outcome.NOT_JSON: _("The answer was no chat completion"),
    Outcome.NO_LABELS: _("The answer was not the labels that were asked for"),
    Outcome.NO_DRAFT: _("The answer was not the draft that was asked for"),
    Outcome.FOREIGN_LINK: _("The draft had a link that is in no article"),
    Outcome.FOREIGN_DATA: _("The draft had an address or a number that nobody gave it"),
    Outcome.LOST: _("Broken off"),
}
DUTIES: Final[dict[str, str | Promise]] = {
    "answer": _("Answer"),
    "acknowledge": _("Acknowledge"),
    "none": _("Nothing"),
}
_CENTS: Final = MICROS // 100


def shown_money(micros: int, currency: str) -> str:
    """Write millionths for people: 0.34 EUR; below a cent, all that counts."""
    if micros and micros < _CENTS:
        return f"{micros / MICROS:.6f}".rstrip("0") + f" {currency}"
    return f"{micros / MICROS:.2f} {currency}"


@dataclass(frozen=True)
class CallFace:
    """One call in the log."""

    row: Call
    outcome: str | Promise
    cost: str
    is_used: bool

    @property
    def is_open(self) -> bool:
        """Whether nothing came of it yet."""
        return self.row.state != CallState.DONE


def face_of(row: Call, currency: str) -> CallFace:
    """Return a call as it is shown."""
    words = OUTCOMES.get(row.outcome, row.outcome)
    return CallFace(row, words, shown_money(row.cost, currency), row.outcome == Outcome.USED)


def set_out(text: str) -> str:
    """Write JSON with its lines set out; other text as it stands."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


@dataclass(frozen=True)
class Row:
    """One label of a comparison: precision and recall of both sides."""

    label: str | Promise
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """Duty or kind, compared."""

    name: str | Promise
    triage: str
    model: str
    only_triage: int
    only_model: int
    rows: list[Row]


def tables_of(comparison: Comparison) -> list[Table]:
    """Return the figures of a comparison as tables; none where nothing was answered."""
    figures = comparison.figures or {}
    if not figures.get("n"):
        return []
    named: tuple[tuple[str, str | Promise], ...] = (("duty", _("Duty")), ("kind", _("Kind")))
    return [_table(name, figures[field], field) for field, name in named]


def _table(name: str | Promise, found: dict[str, Any], field: str) -> Table:
    labels = dict.fromkeys([*found["triage"]["labels"], *found["model"]["labels"]])
    nothing = {"n": 0, "share": None}
    rows = [
        Row(
            KINDS[label].word if field == "kind" else DUTIES[label],
            [
                written(found[side]["labels"].get(label, {}).get(what, nothing))
                for side in ("triage", "model")
                for what in ("precision", "recall")
            ],
        )
        for label in labels
    ]
    return Table(
        name,
        written(found["triage"]["agreement"]),
        written(found["model"]["agreement"]),
        found["only_triage"],
        found["only_model"],
        rows,
    )


def written(share: dict[str, Any]) -> str:
    """Write a share with its interval and n: 83 % (64 to 93, n 24)."""
    if share["share"] is None:
        return "\N{EN DASH}"
    low, high = (round(100 * share[end]) for end in ("low", "high"))
    return f"{round(100 * share['share'])} % ({low}\N{EN DASH}{high}, n {share['n']})"
