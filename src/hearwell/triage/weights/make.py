"""Makes a sentence model ready: reads, opens its layers, quantises to int8, checks, keeps.

The check is the point: an exporter, a quantiser or a damaged file can give a model that runs and
means nothing. On 100 sentences of our own the int8 model must agree with the exact one (cosine on
average at least .985 in each view); where the exact one was written here from bare weights, it must
agree with the textbook in numpy (.999); and sentences that mean the same must lie together.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.embedding import (
    ABOUT,
    CENTRE,
    GRAPH,
    SPACE,
    TOKENIZER,
    Embedder,
    opened,
    readable,
    unit,
)  # fmt: skip
from hearwell.triage.weights.bert import bert, read_safetensors
from hearwell.triage.weights.depths import opened_at_depths
from hearwell.triage.weights.reference import last_hidden_state
from hearwell.triage.weights.refusal import RefusedModelError
from hearwell.triage.weights.sources import Source

if TYPE_CHECKING:
    from onnx import ModelProto

F32 = NDArray[np.float32]
SENTENCES: Final = Path(__file__).parent / "sentences.txt"
PARITY: Final = 0.985  # int8 against fp32
WRITTEN: Final = 0.999  # fp32 against the textbook
LARGEST: Final = 24_000_000  # bytes, of all-MiniLM-L6-v2 in int8; others may be larger
_COMPARED: Final = 20  # sentences counted by the slow textbook
_NEARER: Final = 0.2  # cosine; a good model has some 0.6
_TWINS: Final = 10  # pairs of sentences at the head of the file that mean the same


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it. agreement: of each view, the mean cosine of int8 and fp32."""

    name: str
    space: str
    size: int
    agreement: tuple[float, ...]
    least: float  # of the usual sentence embedding, the worst of the 100
    written: float | None  # cosine of a graph that was written here and the textbook in numpy


def sentences() -> list[str]:
    """Return the 100 sentences; the first twenty are ten pairs that mean the same."""
    return [readable(line) for line in SENTENCES.read_text("utf8").splitlines()]


def make(source: Source, folder: Path) -> Made:
    """Make `source` ready in `folder`, in place of what was there. Takes some 20 s.

    Raises RefusedModelError, with the folder left as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".embedding-") as name:
        work = Path(name)
        views, origin = _exact(source, work / "exact.onnx")
        _quantise(work / "exact.onnx", work / GRAPH)
        shutil.copyfile(source.tokenizer, work / TOKENIZER)
        made = _checked(source, origin, views, work)
        (work / "exact.onnx").unlink()
        _replace(work, folder)
    return made


def _exact(source: Source, path: Path) -> tuple[tuple[str, ...], str]:
    """Write the model in full precision, its layers open; return their names, and its hash."""
    import onnx

    try:
        origin = sha256(source.weights.read_bytes()).hexdigest()
        model: ModelProto
        if source.config is None:
            model = onnx.load(str(source.weights))
        else:
            model = bert(read_safetensors(source.weights), json.loads(source.config.read_text()))
    except RefusedModelError:
        raise
    except Exception as error:  # protobuf and numpy raise what they like on a damaged file
        message = f"{source.weights.name} cannot be read ({error!r})"
        raise RefusedModelError(message) from error
    model, views = opened_at_depths(model)
    onnx.save(model, str(path))
    return views, origin


def _quantise(exact: Path, path: Path) -> None:
    """Write the model with 8-bit weights: per channel, in 7 bits, exact without VNNI, too."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)  # it gives advice there, by the line
    try:
        quantize_dynamic(
            str(exact), str(path), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )
    finally:
        root.setLevel(before)


def _checked(source: Source, origin: str, views: tuple[str, ...], work: Path) -> Made:
    content, tokenizer = (work / GRAPH).read_bytes(), work / TOKENIZER
    whole = opened(work / "exact.onnx", tokenizer, views)
    exact = _raw(whole)
    written = _check_written(source, whole, exact[:, len(views) - 1])
    small = _raw(opened(work / GRAPH, tokenizer, views))
    cosines = (exact * small).sum(axis=2)
    agreement = tuple(round(float(mean), 4) for mean in cosines.mean(axis=0))
    if not np.isfinite(cosines).all() or min(agreement) < PARITY:
        message = f"in 8 bits it agrees with itself by {min(agreement)} only, below {PARITY}"
        raise RefusedModelError(message)
    _check_twins(exact[:, len(views) - 1])
    space = f"{SPACE}-{origin[:12]}-{'-'.join(map(str, small.shape[1:]))}"
    np.save(work / CENTRE, exact.mean(axis=0))
    about: dict[str, Any] = {
        "name": source.name, "space": space, "views": list(views), "bytes": len(content),
        "sha256": sha256(content).hexdigest(), "origin": origin, "agreement": agreement,
        "written": written,
    }  # fmt: skip
    (work / ABOUT).write_text(json.dumps(about, indent=2), "utf8")
    least = float(cosines[:, len(views) - 1].min())
    return Made(source.name, space, len(content), agreement, round(least, 4), written)


def _raw(embedder: Embedder) -> F32:
    return embedder.raw(sentences())


def _check_written(source: Source, embedder: Embedder, found: F32) -> float | None:
    """Return the least cosine of a graph written here and the textbook; None for one given."""
    if source.config is None:
        return None
    weights, config = read_safetensors(source.weights), json.loads(source.config.read_text())
    read = embedder.tokenizer.encode_batch(sentences()[:_COMPARED])
    means = [last_hidden_state(weights, config, one.ids).mean(axis=0) for one in read]
    least = float((unit(np.stack(means)) * found[:_COMPARED]).sum(axis=1).min())
    if not least >= WRITTEN:
        message = f"the graph agrees with its weights by {least:.4f} only, below {WRITTEN}"
        raise RefusedModelError(message)
    return round(least, 6)


def _check_twins(rows: F32) -> None:
    """Refuse a model to which sentences that mean the same are no nearer than any others."""
    rows = unit(rows - rows.mean(axis=0))
    nearness = rows @ rows.T
    twins = float(np.mean([nearness[2 * at, 2 * at + 1] for at in range(_TWINS)]))
    others = float(np.median(nearness[: 2 * _TWINS]))
    if not twins > others + _NEARER:
        message = "sentences that mean the same are no nearer to it than any others"
        raise RefusedModelError(message)


def _replace(work: Path, folder: Path) -> None:
    """Put the new files in place; `about`, which names the graph's hash, last."""
    folder.mkdir(exist_ok=True)
    for name in (GRAPH, TOKENIZER, CENTRE, ABOUT):
        (work / name).replace(folder / name)
