"""The model that comes with Hearwell. Without one, the rules decide alone."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from hearwell.triage.engine.model import Model

NAME = "base.npz"
_log = structlog.get_logger()


@cache
def shipped_model() -> Model | None:
    """Return the model of this installation, read once per process, or None where there is none.

    One that cannot be read is logged and not used: what customers write must come in.
    """
    from hearwell.triage.engine.model import BadModelError, from_bytes

    try:
        return from_bytes((files("hearwell.triage") / "data" / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except (BadModelError, OSError) as error:
        _log.error("triage.model_unreadable", why=str(error))
        return None
