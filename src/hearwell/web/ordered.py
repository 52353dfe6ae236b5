"""The reports that can be sent by e-mail: each is the page's own, words and all.

The screens are imported when a report is made, so that a process that sends none stays small.
"""

from __future__ import annotations

from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.scheduledreports.kinds import Asked, Found, Kind


def _summary(asked: Asked) -> Found:
    from hearwell.web.agent.reports.ordered import summary_found

    return summary_found(asked)


def _service(asked: Asked) -> Found:
    from hearwell.web.agent.reports.ordered import service_found

    return service_found(asked)


def _league(asked: Asked) -> Found:
    from hearwell.web.agent.benchmarks.ordered import league_found

    return league_found(asked)


KINDS: Final = (
    Kind("summary", _("Summary"), _summary),
    Kind("service", _("Service"), _service),
    Kind("league", _("Benchmark league"), _league, has_panel=True),
)
