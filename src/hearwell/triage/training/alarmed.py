"""How many messages raise an alarm or are called urgent: of those that should, and of the others.

Only totals: the lines that are held out are nobody's to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearwell.kit.shares import Share
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import URGENT, judge
from hearwell.triage.engine.model import Model
from hearwell.triage.training.sets import PRESSING, Example

ALARMING = frozenset("SHL")  # safety, health, law and press: what the rules raise by themselves


@dataclass(frozen=True, slots=True)
class Alarmed:
    """What came of a set of labelled messages.

    alarmed: those of harm and law that raised an alarm. urgent: those of any urgency that were
    called urgent (3 or 4). false_alarms, false_urgent: those of none that were.
    """

    alarmed: Share
    urgent: Share
    false_alarms: Share
    false_urgent: Share

    @property
    def precision(self) -> Share:
        """Of those called urgent, how many are."""
        return Share(self.urgent.right, self.urgent.right + self.false_urgent.right)

    def as_text(self) -> str:
        """Return it as one line."""
        parts = {
            "alarm": self.alarmed, "urgent": self.urgent, "precision": self.precision,
            "false alarms": self.false_alarms, "falsely urgent": self.false_urgent,
        }  # fmt: skip
        return "  ".join(
            f"{name} {share.value:.3f} of {share.n}" for name, share in parts.items() if share.n
        )


def alarmed(model: Model, examples: Sequence[Example]) -> Alarmed:
    """Judge messages whose urgency is known, and count."""
    said = judge([Item(one.text) for one in examples], model)
    known = list(zip(examples, said, strict=True))
    law = frozenset("L")

    def share(letters: Iterable[str], *, of_alarm: bool) -> Share:
        told = [
            bool(opinion.alarms) if of_alarm else opinion.urgency >= URGENT
            for one, opinion in known
            if one.urgency in letters
        ]
        return Share(sum(told), len(told))

    return Alarmed(
        share(ALARMING, of_alarm=True),
        share(PRESSING | law, of_alarm=False),
        share(".", of_alarm=True),
        share(".", of_alarm=False),
    )
