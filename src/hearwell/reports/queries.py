"""Figures for the report pages: each with its method and its n."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.reports.relation import Filters, Period, study
from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import DEFAULT, METHODS, Method
from hearwell.sla.queries import Attainment, WaitingNow, attainment, waiting_now

STEPS = ("5m", "15m", "30m", "1h", "8h", "24h")


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """The figures of one channel."""

    channel_id: UUID
    network: str
    handle: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) by when messages came."""

    day: date
    needs_reply: int
    answered: int

    @property
    def response_rate(self) -> float | None:
        """Answered of those that needed a reply."""
        return self.answered / self.needs_reply if self.needs_reply else None


@dataclass(frozen=True, slots=True)
class ResponseReport:
    """The response report, with its series for the charts.

    `steps`: (label, count) of how long people waited, from "5m" to "longer", then "late" (a reply
    came after the method's window) and "waiting". `waiting_now` looks at the present, not the
    period; `before` is the period of the same length before.
    """

    method: Method
    period: Period
    filters: Filters
    made_at: datetime
    total: Figures
    before: Figures
    by_channel: list[ChannelFigures]
    by_day: list[Day]
    steps: list[tuple[str, int]]
    waiting_now: WaitingNow
    attainment: list[Attainment]


def response_report(
    workspace_id: UUID,
    period: Period,
    method: str = DEFAULT,
    filters: Filters | None = None,
) -> ResponseReport:
    """Return the response report of a workspace in scope.

    Parameters
    ----------
    method: a name of `reports.study.methods.METHODS`; KeyError for any other.
    """
    way, chosen, moment = METHODS[method], filters or Filters(), now()
    asked = study(workspace_id, period, way, chosen, horizon=moment)
    return ResponseReport(
        method=way,
        period=period,
        filters=chosen,
        made_at=moment,
        total=_total(asked.ask("summary"), way),
        before=_total(asked.ask_before("summary"), way),
        by_channel=_channels(workspace_id, way, asked.ask("summary", is_by_channel=True)),
        by_day=[
            Day(row["asked_on"].date(), row["needs_reply"], row["answered"])
            for row in asked.ask("by-day")
        ],
        steps=_steps(asked.ask("spread")),
        waiting_now=waiting_now(workspace_id),
        attainment=attainment(workspace_id, period.starts_at, period.ends_at),
    )


def channel_figures(
    workspace_id: UUID, period: Period, method: str = DEFAULT
) -> list[ChannelFigures]:
    """Return the figures of each account alone, as the response report counts them."""
    way = METHODS[method]
    asked = study(workspace_id, period, way, Filters(), horizon=now())
    return _channels(workspace_id, way, asked.ask("summary", is_by_channel=True))


def _total(rows: list[dict[str, Any]], method: Method) -> Figures:
    return Figures.of(method, rows[0]) if rows else Figures.none(method, "")


def _channels(
    workspace_id: UUID, method: Method, rows: list[dict[str, Any]]
) -> list[ChannelFigures]:
    known = Channel.objects.filter(workspace_id=workspace_id).in_bulk(
        [UUID(row["brand"]) for row in rows]
    )
    found = [
        ChannelFigures(channel.id, channel.network, channel.handle, Figures.of(method, row))
        for row in rows
        if (channel := known.get(UUID(row["brand"])))
    ]
    return sorted(found, key=lambda row: (-row.figures.needs_reply, row.handle))


def _steps(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    row = rows[0] if rows else {}
    names = [*((step, f"to_{step}") for step in STEPS), *((n, n) for n in ("longer", "late"))]
    return [(label, row.get(name) or 0) for label, name in (*names, ("waiting", "waiting"))]
