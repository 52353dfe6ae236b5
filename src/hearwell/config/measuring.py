"""Where each kind of process shows its figures and sends its traces, if it does so at all."""

from __future__ import annotations

from types import ModuleType
from typing import Final

import structlog

from hearwell.config.addresses import database_url
from hearwell.config.environment import Environment, ProcessRole

# Beside one another on one machine: the port that was given, the next, and the one after.
_OFFSETS: Final = {ProcessRole.WEB: 0, ProcessRole.WORKER: 1, ProcessRole.LISTEN: 2}
log = structlog.get_logger(__name__)


def begin(environment: Environment, role: ProcessRole) -> None:
    """Show figures and send traces from now on, as far as they are wanted.

    What is in the way is logged: to serve people matters more.
    """
    traces = traces_module(environment)
    if traces is not None:
        traces.begin(environment.traces, role)
    metrics = metrics_module(environment)
    if metrics is None or environment.metrics is None:
        return
    host, port = environment.metrics
    worker = database_url(environment, role) if role is ProcessRole.WORKER else None
    try:
        metrics.serve(host, port + _OFFSETS[role], worker=worker)
    except OSError as error:
        log.warning("metrics_refused", port=port + _OFFSETS[role], reason=error.strerror)


def metrics_module(environment: Environment) -> ModuleType | None:
    """Return `ops.metrics`, loaded only where figures are wanted and the extra is installed."""
    if environment.metrics is None:
        return None
    try:
        from hearwell.ops import metrics
    except ModuleNotFoundError:
        log.warning("metrics_not_installed", reason="pip install 'hearwell[metrics]'")
        return None
    return metrics


def traces_module(environment: Environment) -> ModuleType | None:
    """Return `ops.traces`, loaded only where traces are wanted and the extra is installed."""
    if not environment.traces:
        return None
    try:
        from hearwell.ops import traces
    except ModuleNotFoundError:
        log.warning("traces_not_installed", reason="pip install 'hearwell[tracing]'")
        return None
    return traces
