"""Looks at the tables for what has fallen due."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.sla.services import sweep_breaches, sweep_warnings

every(seconds=1.0, name="sla.breaches")(sweep_breaches)
every(seconds=5.0, name="sla.warnings")(sweep_warnings)
