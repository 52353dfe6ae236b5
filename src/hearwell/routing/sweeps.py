"""Looks at the tables for claims that have run out."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.routing.services import expire_claims

every(seconds=5.0, name="routing.claims")(expire_claims)
