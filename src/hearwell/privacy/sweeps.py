"""A few times a day, who has been kept long enough is erased."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.privacy import services

every(seconds=4 * 3600.0, name="privacy.kept")(services.erase_old)
