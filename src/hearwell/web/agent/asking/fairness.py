"""The fairness audit: whether everybody is answered alike, and a plain warning where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.fairness.queries import Followed, audit_of
from hearwell.fairness.rules import ALPHA, LEAST, Comparison, Group
from hearwell.web.agent.asking.results import between, percent
from hearwell.web.agent.reports.spans import period_of, span_of
from hearwell.web.components.clocks import duration
from hearwell.web.components.tables import as_csv
from hearwell.web.templatetags.hearwell import network_name

_HEAD: Final = (
    "respect", "group", "n", "answered", "rate", "low", "high", "median_min", "p_rate", "p_time",
)  # fmt: skip
_PARTIES: Final[dict[str, str | Promise]] = {
    "1": gettext_lazy("One party"),
    "2": gettext_lazy("Two parties"),
    "3": gettext_lazy("Three parties or more"),
}
_LEAST_P: Final = 0.001


@dataclass(frozen=True, slots=True)
class GroupFace:
    """A group in words."""

    label: str
    n: int
    rate: str
    interval: str
    median: str
    is_few: bool


@dataclass(frozen=True, slots=True)
class RespectFace:
    """One respect: its groups, what the tests say, and a warning for each that is unlike."""

    key: str
    title: str
    groups: list[GroupFace]
    tests: list[str]
    warnings: list[str]
    notes: list[str] = field(default_factory=list)
    nothing: str = ""


@requires("read")
@require_safe
def fairness(request: MemberRequest) -> HttpResponse:
    """Show the audit of a period, or give it as CSV."""
    period = period_of(request)
    found = audit_of(request.workspace.id, period.starts_at, period.ends_at)
    followed = found.followed
    parts = [("language", found.languages), ("parties", found.parties),
             ("followers", followed.tenths)]  # fmt: skip
    if request.GET.get("format") == "csv":
        return as_csv("fairness", _HEAD, [row for key, one in parts for row in _table(key, one)])
    context = {
        "section": "reports",
        "span": span_of(request),
        "found": found,
        "respects": [
            _face("language", _("By language"), found.languages, _language),
            _face("parties", _("By number of parties named in public"), found.parties, _named),
            _followers(followed),
        ],
        "sampled": _sampled(found.every),
        "least": LEAST,
        "alpha": f"{ALPHA:.4f}",
        "csv_url": f"?{request.GET.urlencode()}&format=csv",
    }
    return render(request, "hearwell/asking/fairness.html", context)


def _sampled(every: int) -> str:
    words = _("Of so many messages one in %(every)s was taken, by chance: that is enough.")
    return words % {"every": every} if every > 1 else ""


def _language(key: str) -> str:
    return key.upper() if key else _("Nobody could tell")


def _named(key: str) -> str:
    return str(_PARTIES[key])


def _followers(one: Followed) -> RespectFace:
    title = _("By followers, in tenths of those whose number is known")
    face = _face("followers", title, one.tenths, lambda key: _tenth(key, one))
    face.groups[:] = [_group(group, lambda key: _tenth(key, one)) for group in one.in_order]
    words = _("Followers are known of %(known)s of %(all)s messages, as the network told them "
              "last; those with the same number stand in the same tenth.")  # fmt: skip
    said = [words % {"known": one.known, "all": one.n}] if one.known else []
    if one.unknown:
        shown = ", ".join(network_name(network) for network in one.unknown)
        said.append(_("Not known of: %(networks)s.") % {"networks": shown})
    nobody = _("Of nobody who needed an answer are the followers known.") if one.n else ""
    return replace(face, notes=said, nothing=nobody)


def _tenth(key: str, one: Followed) -> str:
    low, high = one.spans[key]
    values = {"tenth": _("Tenth %(n)s") % {"n": int(key) + 1}, "low": low, "high": high}
    words = _("%(tenth)s: %(low)s to %(high)s") if low < high else _("%(tenth)s: %(low)s")
    return words % values


def _face(key: str, title: str, one: Comparison, label: Callable[[str], str]) -> RespectFace:
    return RespectFace(
        key, title, [_group(group, label) for group in one.groups],
        [_("Rates: %(p)s") % {"p": _p(one.p_rate)}, _("Times: %(p)s") % {"p": _p(one.p_time)}],
        _warnings(one, label),
    )  # fmt: skip


def _group(one: Group, label: Callable[[str], str]) -> GroupFace:
    median = one.median_min
    return GroupFace(
        label(one.key), one.n, percent(one.answered.value), between(one.answered.interval),
        _("none") if median is None else duration(median * 60), not one.is_tested,
    )  # fmt: skip


def _p(p: float | None) -> str:
    if p is None:
        return _("nothing to compare")
    return "p < 0.001" if p < _LEAST_P else f"p = {p:.3f}"


def _warnings(one: Comparison, label: Callable[[str], str]) -> list[str]:
    found = []
    if one.is_unlike_in_rate:
        most, least = one.by_rate[0], one.by_rate[-1]
        words = _("Not everybody is answered alike: %(most)s %(more)s, %(least)s %(less)s.")
        found.append(words % {
            "most": label(most.key), "more": percent(most.answered.value),
            "least": label(least.key), "less": percent(least.answered.value),
        })  # fmt: skip
    if one.is_unlike_in_time:
        soon, late = one.by_time[0], one.by_time[-1]
        words = _(
            "Not all are answered as soon: %(soon)s after %(sooner)s, %(late)s after %(later)s."
        )
        found.append(words % {
            "soon": label(soon.key), "sooner": duration((soon.median_min or 0) * 60),
            "late": label(late.key), "later": duration((late.median_min or 0) * 60),
        })  # fmt: skip
    return found


def _table(key: str, one: Comparison) -> list[list[object]]:
    return [
        [key, group.key, group.n, group.answered.right, group.answered.value,
         *(group.answered.interval or (None, None)), group.median_min, one.p_rate, one.p_time]
        for group in one.groups
    ]  # fmt: skip
