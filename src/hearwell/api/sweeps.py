"""Old idempotency keys are forgotten."""

from __future__ import annotations

from hearwell.api.services import forget_keys
from hearwell.kit.sweep import every

every(seconds=3600.0, name="api.keys")(forget_keys)
