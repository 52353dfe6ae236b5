"""The model that comes with Hearwell, and the sentence model beside it where there is one.

Without the first the rules decide alone, without the second words and signs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from hearwell.triage.engine.alarm import AlarmLayer
    from hearwell.triage.engine.dense import Dense
    from hearwell.triage.engine.embedding import Embedder
    from hearwell.triage.engine.model import Model

NAME = "base.npz"
DENSE = "dense.npz"
ALARM = "alarm.npz"
_log = structlog.get_logger()


@cache
def shipped_model() -> Model | None:
    """Return the model of this installation, read once per process, or None where there is none.

    One that cannot be read is logged and not used: what customers write must come in.
    """
    from hearwell.triage.engine.model import BadModelError, from_bytes

    try:
        found = from_bytes((files("hearwell.triage") / "data" / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except (BadModelError, OSError) as error:
        _log.error("triage.model_unreadable", why=str(error))
        return None
    return replace(found, alarm=_alarm())


def _alarm() -> AlarmLayer | None:
    from hearwell.triage.engine.alarm import BadAlarmError, from_bytes

    try:
        return from_bytes((files("hearwell.triage") / "data" / ALARM).read_bytes())
    except FileNotFoundError:
        return None
    except (BadAlarmError, OSError) as error:
        _log.error("triage.alarm_unreadable", why=str(error))
        return None


def with_vectors(model: Model | None, folder: Path) -> tuple[Model | None, Embedder | None]:
    """Return the model with its layer for vectors, and what makes them from `folder`.

    Where one of the two is missing, or the sentence model is another than the layer was trained
    with, the model as it is and None; why is logged once.
    """
    found = None if model is None else _vectors_for(model.version, folder)
    if model is None or found is None:
        return model, None
    dense, embedder = found
    return replace(model, dense=dense), embedder


@cache
def _vectors_for(version: str, folder: Path) -> tuple[Dense, Embedder] | None:
    from hearwell.triage.engine.dense import BadDenseError, from_bytes
    from hearwell.triage.engine.embedding import ABOUT, NoEmbeddingError, load

    if not (folder / ABOUT).is_file():  # nobody asked for it
        return None
    try:
        dense = from_bytes((files("hearwell.triage") / "data" / DENSE).read_bytes(), version)
        embedder = load(folder)
    except (OSError, BadDenseError, NoEmbeddingError) as error:
        _log.warning("triage.no_vectors", why=str(error))
        return None
    if not dense.fits(embedder):
        _log.warning("triage.no_vectors", why=f"{embedder.name} is another sentence model")
        return None
    return dense, embedder
