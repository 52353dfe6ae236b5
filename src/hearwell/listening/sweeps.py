"""What nobody may look at any more is forgotten."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.listening import services


@every(seconds=3600.0, name="listening.forget")
def forget() -> int:
    """Remove posts that were found and not taken in, of every workspace."""
    return services.forget_everywhere()
