"""The tags of every table, by where it stands in the house."""

from __future__ import annotations

from typing import Final

from hearwell.privacy.held.care import CARE
from hearwell.privacy.held.house import HOUSE
from hearwell.privacy.held.work import WORK
from hearwell.privacy.tags import Held

TABLES: Final[tuple[Held, ...]] = (*CARE, *WORK, *HOUSE)
# Those that hold something of one customer that can be found by who it is about.
OF_CUSTOMERS: Final = tuple(one for one in TABLES if one.by)
