"""What let people in and does not any more is forgotten."""

from __future__ import annotations

from hearwell.accounts.services.signins import forget_ended
from hearwell.kit.sweep import every

every(seconds=3600.0, name="accounts.sessions")(forget_ended)
