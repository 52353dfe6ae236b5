"""Looks at the tables for claims that have run out, and for people of whom nothing is heard."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.routing.services import expire_claims, notice_absence

every(seconds=5.0, name="routing.claims")(expire_claims)
every(seconds=10.0, name="routing.absence")(notice_absence)
