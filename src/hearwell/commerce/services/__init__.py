"""The verbs of tools; the only writers of their tables."""

from hearwell.commerce.services.declaring import (
    ServiceFacts,
    adopt_tool,
    go_live,
    import_tools,
    remove_service,
    remove_tool,
    save_service,
    save_tool,
    take_off,
)
from hearwell.commerce.services.looking import look_by_hand, make_lookups, refresh, try_out
from hearwell.commerce.services.recovery import hold_all
from hearwell.commerce.services.running import (
    BadRunError,
    Checked,
    Wanted,
    check_run,
    release_granted,
    settle_by_hand,
    start_run,
    try_again,
    undo,
    undo_until,
)

__all__ = [
    "BadRunError",
    "Checked",
    "ServiceFacts",
    "Wanted",
    "adopt_tool",
    "check_run",
    "go_live",
    "hold_all",
    "import_tools",
    "look_by_hand",
    "make_lookups",
    "refresh",
    "release_granted",
    "remove_service",
    "remove_tool",
    "save_service",
    "save_tool",
    "settle_by_hand",
    "start_run",
    "take_off",
    "try_again",
    "try_out",
    "undo",
    "undo_until",
]
