"""How an account fares, in words: its health, how late it hears, its allowance, its sign-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hearwell.channels.models import Channel, ChannelHealth, ChannelState, HookState
from hearwell.channels.queries import HealthRow
from hearwell.channels.telling import told
from hearwell.connect.abilities import plain_span
from hearwell.kit.clock import now
from hearwell.outbound.models import KillSwitch
from hearwell.outbound.services import switches
from hearwell.web.components.clocks import duration

# So long before a sign-in ends, somebody is told.
SOON: Final = timedelta(days=7)
NEARLY_FULL: Final = 80
NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True)
class Verdict:
    """A health chip: `tone` and `icon` go with the words, never alone."""

    tone: str
    icon: str
    words: str


@dataclass(frozen=True)
class AllowanceFace:
    """How much of an allowance is used, as a bar and in words."""

    percent: int
    words: str

    @property
    def is_nearly_full(self) -> bool:
        """Whether it is time to look."""
        return self.percent >= NEARLY_FULL


@dataclass(frozen=True)
class CheckFace:
    """One check of an account: what was looked at, how it stands, what to do."""

    title: str
    words: str
    message: str
    tone: str
    icon: str


@dataclass(frozen=True)
class AccountRow:
    """An account as the table shows it."""

    channel: Channel
    verdict: Verdict
    detail: str
    behind: str
    is_late: bool
    allowance: AllowanceFace | None
    sign_in: Verdict
    parked: int
    stopped: KillSwitch | None


_FAILING: Final[Mapping[str, str | Promise]] = {
    "needs_reauth": gettext_lazy("Sign in again"),
    "scope_missing": gettext_lazy("A right is missing"),
    "account_disabled": gettext_lazy("Closed by the network"),
    "wrong_account": gettext_lazy("Signed in as somebody else"),
    "throttled": gettext_lazy("Asked to slow down"),
    "quota_exhausted": gettext_lazy("Allowance used up"),
    "unavailable": gettext_lazy("Cannot be reached"),
    "contract_changed": gettext_lazy("Not understood"),
}
_CHECKS: Final[Mapping[str, str | Promise]] = {
    "settings": gettext_lazy("What was filled in"),
    "reach": gettext_lazy("The network can be reached"),
    "credentials": gettext_lazy("Signed in"),
    "scopes": gettext_lazy("Rights"),
    "subscription": gettext_lazy("The network tells us of news"),
    "quota": gettext_lazy("Allowance"),
}
_STATES: Final[Mapping[str, tuple[str, str, str | Promise]]] = {
    "ok": ("ok", "check", gettext_lazy("good")),
    "unknown": ("", "clock", gettext_lazy("not known")),
    "warning": ("warn", "triangle-alert", gettext_lazy("needs a look")),
    "bad": ("late", "triangle-alert", gettext_lazy("does not work")),
}


def account_row(row: HealthRow, on: Sequence[KillSwitch]) -> AccountRow:
    """Put a channel's health into words."""
    health = row.health or ChannelHealth()
    is_late = health.failing_since is not None
    return AccountRow(
        channel=row.channel,
        verdict=_verdict(row, health),
        detail=told(health.failure_message) if health.failure_message else _worst(health),
        behind=behind_by(row.channel, health),
        is_late=is_late,
        allowance=allowance_face(health.allowance),
        sign_in=sign_in_face(health),
        parked=row.parked,
        stopped=switches.switch_for(on, row.channel.network, row.channel.id),
    )


def _verdict(row: HealthRow, health: ChannelHealth) -> Verdict:
    """The first thing to know: a state that people chose, then what is broken, then the rest."""
    if row.channel.state != ChannelState.ACTIVE:
        return _chosen(row.channel.state)
    if health.failing_since is not None:
        words = _FAILING.get(health.failure_code, _("Failing"))
        return Verdict("late", "triangle-alert", str(words))
    ends_soon = health.expires_at is not None and health.expires_at < now() + SOON
    if ends_soon and health.state != "bad":
        return sign_in_face(health)
    if row.parked and health.state != "bad":
        words = ngettext("%(n)s message parked", "%(n)s messages parked", row.parked)
        return Verdict("warn", "triangle-alert", words % {"n": row.parked})
    return _judged(health.state)


def _judged(state: str) -> Verdict:
    return {
        "ok": Verdict("ok", "check", _("Healthy")),
        "unknown": Verdict("", "clock", _("Not checked yet")),
        "bad": Verdict("late", "triangle-alert", _("Does not work")),
    }.get(state, Verdict("warn", "triangle-alert", _("Needs a look")))


def _chosen(state: str) -> Verdict:
    return {
        ChannelState.PAUSED.value: Verdict("warn", "pause", _("Paused")),
        ChannelState.READ_ONLY.value: Verdict("ok", "archive", _("Read only")),
        ChannelState.DISCONNECTED.value: Verdict("", "unplug", _("Disconnected")),
    }[state]


def _worst(health: ChannelHealth) -> str:
    messages = (c["message"] for c in health.checks if c["state"] == health.state)
    return next((told(message) for message in messages if message), "")


def behind_by(channel: Channel, health: ChannelHealth) -> str:
    """How late we hear: since when we hear nothing, else how long the newest message took."""
    if channel.state in {ChannelState.READ_ONLY, ChannelState.DISCONNECTED}:
        return NOTHING
    if health.failing_since is not None:
        heard = health.last_polled_at or health.failing_since
        return duration((now() - min(heard, health.failing_since)).total_seconds())
    return duration(health.lag_s) if health.lag_s is not None else _("nothing yet")


def sign_in_face(health: ChannelHealth) -> Verdict:
    """Until when the sign-in lasts, counted down."""
    ends = health.expires_at
    if ends is None:
        return Verdict("", "infinity", _("no end") if health.checked_at else NOTHING)
    left = (ends - now()).total_seconds()
    if left <= 0:
        return Verdict("late", "triangle-alert", _("Sign-in has ended"))
    if left < SOON.total_seconds():
        day = date_format(localtime(ends), "l")
        return Verdict("warn", "clock", _("Sign in again by %(day)s") % {"day": day})
    return Verdict("", "clock", duration(left))


def allowance_face(stored: Mapping[str, Any] | None) -> AllowanceFace | None:
    """Put an allowance into words: "38 % of a day", "100 % until 18:00"."""
    if not stored or not stored.get("limit"):
        return None
    percent = round(100 * min(1.0, max(0.0, stored["used"] / stored["limit"])))
    resets = stored.get("resets_at")
    if resets and percent >= NEARLY_FULL:
        at = date_format(localtime(datetime.fromisoformat(resets)), "H:i")
        return AllowanceFace(percent, _("%(p)s %% until %(at)s") % {"p": percent, "at": at})
    if stored.get("per_s"):
        words, n = plain_span(stored["per_s"])
        span = _(words) % {"n": n}
        return AllowanceFace(percent, _("%(p)s %% in %(span)s") % {"p": percent, "span": span})
    return AllowanceFace(percent, _("%(p)s %%") % {"p": percent})


def check_faces(checks: Sequence[Mapping[str, str]]) -> list[CheckFace]:
    """Put the network's checks into words, in their order."""
    return [_check_face(check) for check in checks]


def _check_face(check: Mapping[str, str]) -> CheckFace:
    tone, icon, words = _STATES.get(check["state"], _STATES["unknown"])
    title = str(_CHECKS.get(check["name"], check["name"]))
    return CheckFace(title, str(words), _(check["message"]) if check["message"] else "", tone, icon)


_HOOKS: Final[Mapping[str, tuple[str, str]]] = {
    HookState.WAITING.value: ("", "clock"),
    HookState.FAILED.value: ("late", "triangle-alert"),
    HookState.UNREACHABLE.value: ("", "minus"),
}


def hook_face(health: ChannelHealth | None) -> CheckFace | None:
    """What became of telling the network where to call us; None where there is nothing to say.

    Whether it calls is in the network's own check of the subscription.
    """
    if health is None or health.hook_state not in _HOOKS:
        return None
    tone, icon = _HOOKS[health.hook_state]
    words = str(HookState(health.hook_state).label).lower()
    message = told(health.hook_message) if health.hook_message else ""
    return CheckFace(_("Calls from the network"), words, message, tone, icon)
