"""How we stand among our peers, and what went together with a series, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.outcomes.correlating import Together
from hearwell.reports.summary.answer import Answer, Link, Said, Value
from hearwell.reports.summary.change import PEERS
from hearwell.reports.summary.money import NO_RETURN

_NO_PANEL: Final = _(
    "How we stand among our peers nobody can say yet: make a panel under Benchmarks with our brand "
    "and theirs."
)
_NOT_OURS: Final = _(
    "How we stand among our peers nobody can say yet: no panel under Benchmarks says which brand "
    "is ours."
)
_PLACE: Final = _(
    "Among the brands of the panel “%(panel)s” that can be ranked (%(ranked)s) we are number "
    "%(place)s by response rate, at percentile %(percentile)s: so many per cent of the others "
    "stand below us, those alike by half."
)
_ALONE: Final = _(
    "Of the panel “%(panel)s” nobody but us can be ranked, so there is nobody to compare with."
)
_NO_PLACE: Final = _("Among our peers (panel “%(panel)s”) we have no place: %(why)s.")
_HOW: Final = _(
    "Among peers: public messages alone, %(first)s to %(last)s, by the method “%(method)s”; ours: "
    "%(rate)s, n %(n)s."
)
_BENCHMARKS: Final = _("Benchmarks")
_LEAGUE: Final = _("The league: %(name)s")
_SERIES: Final = _("Health and sales")
_TOGETHER: Final = _(
    "“%(measure)s” and “%(series)s” rose and fell together (r %(r)s, n %(n)s). Correlation, not "
    "cause."
)
_OPPOSITE: Final = _(
    "When “%(measure)s” rose, “%(series)s” fell (r %(r)s, n %(n)s). Correlation, not cause."
)
_UNCLEAR: Final = _(
    "“%(measure)s” and “%(series)s” do not clearly go together (r %(r)s, n %(n)s; of their changes "
    "r %(changes)s). A correlation would be no cause, either."
)
_UNKNOWN: Final = _(
    "“%(series)s” is imported, but has too few values beside what customers say (n %(n)s) to tell "
    "whether they go together."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where our brand stands in a panel. `why` says what keeps it from a place.

    `rate` is our response rate over `n`, days are ISO; `percentile` is None where nobody else is
    ranked.
    """

    panel: str
    panel_id: str
    why: str
    place: int | None
    ranked: int
    percentile: float | None
    rate: float | None
    n: int
    method: str
    first: str
    last: str


def with_peers(answer: Answer, standing: Standing | None, panels: int) -> Answer:
    """Add to the answer how we stand; without a panel of ours, how to make one."""
    notes = tuple(one for one in answer.notes if one.text != PEERS)
    if standing is None:
        said = Said(_NOT_OURS if panels else _NO_PANEL)
        link = Link("benchmarks", _BENCHMARKS)
        return replace(answer, notes=(*notes, said), links=(*answer.links, link))
    link = Link("benchmark", _LEAGUE, standing.panel_id, standing.panel)
    return replace(
        answer, more=(*answer.more, _placed(standing)), notes=(*notes, _how(standing)),
        links=(*answer.links, link),
    )  # fmt: skip


def _placed(one: Standing) -> Said:
    panel = {"panel": Value(one.panel, "name")}
    if one.place is None:
        return Said(_NO_PLACE, panel | {"why": Value(one.why, "words")})
    if one.percentile is None:
        return Said(_ALONE, panel)
    return Said(
        _PLACE,
        panel | {
            "ranked": Value(one.ranked), "place": Value(one.place),
            "percentile": Value(round(one.percentile)),
        },
    )  # fmt: skip


def _how(one: Standing) -> Said:
    return Said(_HOW, {
        "first": Value(one.first, "day"), "last": Value(one.last, "day"),
        "method": Value(one.method, "words"), "n": Value(one.n),
        "rate": Value("\N{EN DASH}", "name") if one.rate is None
        else Value(one.rate, "share", one.n),
    })  # fmt: skip


def with_series(answer: Answer, name: str, measures: Sequence[tuple[str, Together]]) -> Answer:
    """Add to the answer whether a series went together with the brand's health.

    The first measure of which that can be said is told of, however it turned out: the one that
    fits best would be chosen by chance.
    """
    more = tuple(one for one in answer.more if one.text != NO_RETURN)
    link = Link("report_series", _SERIES)
    said = _related(name, measures)
    return replace(answer, more=(*more, said), links=(*answer.links, link))


def _related(name: str, measures: Sequence[tuple[str, Together]]) -> Said:
    series = {"series": Value(name, "name")}
    title, both = next((one for one in measures if one[1].levels.r is not None), ("", None))
    if both is None or both.levels.r is None:
        most = max((one.levels.n for _title, one in measures), default=0)
        return Said(_UNKNOWN, series | {"n": Value(most)})
    levels, changes = both.levels, both.changes
    is_clear = levels.is_sure and changes.is_sure and (changes.r or 0) * both.levels.r > 0
    text = (_TOGETHER if both.levels.r > 0 else _OPPOSITE) if is_clear else _UNCLEAR
    return Said(
        text,
        series | {
            "measure": Value(title, "words"), "r": Value(both.levels.r, "r"), "n": Value(levels.n),
            "changes": Value("\N{EN DASH}", "name") if changes.r is None
            else Value(changes.r, "r"),
        },
    )  # fmt: skip
