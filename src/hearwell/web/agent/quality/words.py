"""What the scorecard, the risks and the figures of quality are called on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearwell.accounts.models import Membership
from hearwell.quality.agreement import ENOUGH, LAST, Agreement, Trust
from hearwell.quality.models import Grade, Sample, Scorecard
from hearwell.quality.rules import CRITERIA, MARKS, Score

CRITERION_WORDS: Final[Mapping[str, str | Promise]] = {
    "understood": _("Understood"),
    "solved": _("Solved"),
    "tone": _("Tone"),
    "voice": _("Voice guide"),
    "personal": _("Personal"),
    "channel": _("Right channel"),
}
MARK_WORDS: Final[Mapping[str, str | Promise]] = {
    "yes": _("Yes"),
    "partly": _("Partly"),
    "no": _("No"),
    "na": _("Does not apply"),
}
ANCHORS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "understood": {
        "yes": _("It speaks to all that was asked."),
        "partly": _("One thing that was asked is passed over."),
        "no": _("It answers something else."),
    },
    "solved": {
        "yes": _("Nothing is left to ask; or what comes next, who does it and when."),
        "partly": _("A step is missing: the customer has to ask once more."),
        "no": _("The customer is as far as before."),
    },
    "tone": {
        "yes": _("Kind, and as serious as they are."),
        "partly": _("Correct but cold, or too light for it."),
        "no": _("It blames, lectures or jokes at them."),
    },
    "voice": {
        "yes": _("As the voice guide says."),
        "partly": _("One thing that the guide avoids."),
        "no": _("It does not sound like us."),
    },
    "personal": {
        "yes": _("Written to this person, about their case."),
        "partly": _("A saved reply with a line of its own."),
        "no": _("It could have gone to anybody."),
    },
    "channel": {
        "yes": _("Where they wrote, and personal data in private."),
        "partly": _("Sent elsewhere although it could be solved here."),
        "no": _("Personal data in public, or passed on without help."),
    },
}
RISK_WORDS: Final[Mapping[str, str | Promise]] = {
    "negative": _("they were angry or sad"),
    "severe": _("it was urgent"),
    "late": _("it was late"),
    "reopened": _("the case came back afterwards"),
    "complaint": _("a complaint"),
    "public": _("several people were in the public thread"),
    "new_agent": _("whoever wrote it is new"),
}
TRUST_WORDS: Final[Mapping[str, str | Promise]] = {
    Trust.TOO_FEW: _("Too few to say"),
    Trust.ALIKE: _("Cannot be told: all marks are the same"),
    Trust.UNRELIABLE: _("Unreliable: the graders agree too little"),
    Trust.RELIABLE: _("Reliable"),
}


def person_names(workspace_id: UUID) -> dict[UUID, str]:
    """Return the name of each member. One query."""
    rows = Membership.objects.filter(workspace_id=workspace_id).select_related("user")
    return {one.user_id: str(one.user) for one in rows}


def whole(share: float) -> int:
    """Return a share as whole per cent."""
    return round(share * 100)


def score_words(score: Score, fewest: int) -> str:
    """Say a score with its interval and of how many, or that there are too few."""
    if score.mean is None or score.low is None or score.high is None:
        return gettext("%(n)s of the %(fewest)s it takes") % {"n": score.n, "fewest": fewest}
    values = {
        "mean": whole(score.mean),
        "low": whole(score.low),
        "high": whole(score.high),
        "n": score.n,
    }
    return gettext("%(mean)s %% (%(low)s to %(high)s), n = %(n)s") % values


_NONE: Final = "\N{EN DASH}"
_TWO: Final = 2  # of one reply there is no agreement


@dataclass(frozen=True)
class AgreementFace:
    """Agreement as it is shown: kappa, its interval, equal marks, of how many, and what it says."""

    title: str
    kappa: str
    interval: str
    equal: str
    n: int
    trust: str
    is_bad: bool
    is_few: bool


def agreement_face(title: str, found: Agreement) -> AgreementFace:
    """Put an agreement into words."""
    has_interval = found.low is not None and found.high is not None
    return AgreementFace(
        title=title,
        kappa=_NONE if found.kappa is None or found.n < _TWO else f"{found.kappa:.2f}",
        interval=gettext("%(low)s to %(high)s")
        % {"low": f"{found.low:.2f}", "high": f"{found.high:.2f}"}
        if has_interval
        else _NONE,
        equal=_NONE if found.percent is None else f"{whole(found.percent)} %",
        n=found.n,
        trust=str(TRUST_WORDS[found.trust]),
        is_bad=found.trust is Trust.UNRELIABLE,
        is_few=found.trust in {Trust.TOO_FEW, Trust.ALIKE},
    )


def reliability(found: Agreement) -> str:
    """Say what the agreement of the graders makes of the scores."""
    values = {"n": found.n, "last": LAST, "enough": ENOUGH}
    if found.trust is Trust.TOO_FEW:
        return (
            gettext("Too few to say how far the graders agree: %(n)s of %(enough)s replies.")
            % values
        )
    kappa = _NONE if found.kappa is None else f"{found.kappa:.2f}"
    sentences = {
        Trust.ALIKE: gettext("All %(n)s pairs of grades are the same: chance explains it as well."),
        Trust.UNRELIABLE: gettext(
            "Unreliable: two graders agree too little on the last %(n)s replies"
            " (weighted kappa %(kappa)s, it takes 0.6)."
        ),
        Trust.RELIABLE: gettext(
            "Two graders agree on the last %(n)s replies (weighted kappa %(kappa)s)."
        ),
    }
    return sentences[found.trust] % {**values, "kappa": kappa}


@dataclass(frozen=True)
class Choice:
    """One mark of a criterion, with what it means; `key` gives it."""

    value: str
    key: int
    label: str
    anchor: str
    is_on: bool


@dataclass(frozen=True)
class CriterionFace:
    """One line of the scorecard."""

    name: str
    label: str
    choices: list[Choice]


def scorecard_faces(card: Scorecard, marks: Mapping[str, str]) -> list[CriterionFace]:
    """Return the scorecard to be filled in, with what is marked so far."""
    return [
        CriterionFace(
            name,
            str(CRITERION_WORDS[name]),
            [
                Choice(
                    mark,
                    key,
                    str(MARK_WORDS[mark]),
                    anchor_of(card, name, mark),
                    marks.get(name) == mark,
                )
                for key, mark in enumerate(MARKS, 1)
            ],
        )
        for name in CRITERIA
    ]


def anchor_of(card: Scorecard, name: str, mark: str) -> str:
    """Return what a mark means: in the workspace's words, else in ours."""
    return card.anchors.get(name, {}).get(mark, "") or str(ANCHORS[name].get(mark, ""))


@dataclass(frozen=True)
class GradeFace:
    """A grade as it is read: by whom, each mark, the note."""

    who: str
    score: str
    marks: list[tuple[str, str]]
    note: str
    number: int
    is_undone: bool
    grade: Grade


def grade_faces(grades: Iterable[Grade], names: Mapping[UUID, str]) -> list[GradeFace]:
    """Put grades into words."""
    return [
        GradeFace(
            names.get(one.grader_id, gettext("Somebody who has left")),
            "" if one.score is None else f"{whole(one.score)} %",
            mark_words(one.marks),
            one.note,
            one.number,
            one.undone_at is not None,
            one,
        )
        for one in grades
    ]


def mark_words(marks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (criterion, mark) in words, in the order of the scorecard."""
    return [
        (str(CRITERION_WORDS[name]), str(MARK_WORDS[marks[name]]))
        for name in CRITERIA
        if name in marks
    ]


def drawn_words(sample: Sample) -> str:
    """Say why a reply is read again."""
    if sample.calibration_id is not None:
        return gettext("For a calibration")
    if sample.is_random:
        return gettext("Drawn by chance")
    if not sample.reasons:
        return gettext("Drawn by risk, though nothing speaks for one")
    reasons = ", ".join(str(RISK_WORDS[name]) for name in sample.reasons)
    return gettext("Drawn by risk: %(reasons)s") % {"reasons": reasons}
