"""What a message means as a row of numbers, by a sentence model. Optional; pure.

Needs the extra `embed` (onnxruntime, tokenizers) and a folder that `weights.make` has made once
from somebody's sentence model. Without either there are no vectors, and the words and signs judge
alone, as `state` says.

A vector is four views of a message side by side, each of length 1: the mean of its words in the
middle of the model, near its end and at its end, and the maximum at its end. The early views keep
what the last one has already given up for the sake of the whole sentence (measured: +1 point on
77 intents, +1.5 on sentiment). From the end alone it would be the usual sentence embedding.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hearwell.triage.engine.text import cleaned

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

F32 = NDArray[np.float32]
GRAPH: Final = "vectors.onnx"
TOKENIZER: Final = "tokenizer.json"
ABOUT: Final = "about.json"
CENTRE: Final = "centre.npy"  # float32 [views, width]: of each view, where all texts lie
SPACE: Final = 1  # changes whenever the same model would give other vectors
NEEDED: Final = ("onnxruntime", "tokenizers")
EXTRA: Final = "pip install 'hearwell[embed]'"
TOKENS: Final = 128  # read of a message; the longest tweet has some 90
AT_ONCE: Final = 128  # tokens of a batch, padding included: more is no faster, and costs memory
KEPT: Final = 1_024  # vectors of texts seen last, 3 kB each

_LINKS = re.compile(r"(?:https?://|www\.)\S+")
_MENTIONS = re.compile(r"@\S+")


class NoEmbeddingError(Exception):
    """There are no vectors here. The text says why, and what to do."""


@dataclass(slots=True)
class Cache:
    """The vectors of the texts seen last, by hash: a contest's thousand copies cost one."""

    size: int = KEPT
    rows: OrderedDict[bytes, NDArray[np.float16]] = field(default_factory=OrderedDict)

    def get(self, key: bytes) -> NDArray[np.float16] | None:
        """Return a vector, and keep it for longer."""
        found = self.rows.get(key)
        if found is not None:
            self.rows.move_to_end(key)
        return found

    def put(self, key: bytes, row: F32) -> None:
        """Keep a vector; the one not asked for the longest goes."""
        self.rows[key] = row.astype(np.float16)
        if len(self.rows) > self.size:
            self.rows.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Embedder:
    """A sentence model that is ready: one thread, bounded length, batches.

    name: what it was made of.
    space: names the vectors: two embedders of one space give the same (to int8's noise).
    views: names of the graph's outputs, each ``[batch, tokens, width]``; the last is also read by
        its maximum.
    """

    name: str
    space: str
    views: tuple[str, ...]
    centre: F32
    session: InferenceSession
    tokenizer: Tokenizer
    cache: Cache = field(default_factory=Cache)

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return self.centre.size

    def vectors(self, texts: Sequence[str]) -> F32:
        """Return float32 [n, width] of texts, in their order; each view is of length 1.

        About 3 ms each on one core. An empty text has a vector, too. The same text alone and in
        a batch differs by no more than int8's noise.
        """
        plain = [readable(text) for text in texts]
        keys = [blake2b(text.encode("utf8", "replace"), digest_size=16).digest() for text in plain]
        found = np.zeros((len(texts), self.width), dtype=np.float32)
        missing: dict[bytes, list[int]] = {}
        for at, key in enumerate(keys):
            row = self.cache.get(key)
            if row is None:
                missing.setdefault(key, []).append(at)
            else:
                found[at] = row
        fresh = self._counted([plain[places[0]] for places in missing.values()])
        for (key, places), row in zip(missing.items(), fresh, strict=True):
            found[places] = row
            self.cache.put(key, row)
        return found

    def raw(self, texts: Sequence[str]) -> F32:
        """Return float32 [n, views, width]: each view of length 1, as the model gives it."""
        encoded = [self.tokenizer.encode(text) for text in texts]  # in a batch it takes threads
        order = np.argsort([len(one.ids) for one in encoded], kind="stable")
        found = np.zeros((len(texts), *self.centre.shape), dtype=np.float32)
        for rows in _batches([len(encoded[row].ids) for row in order]):
            found[order[rows]] = self._run([encoded[row].ids for row in order[rows]])
        return found

    def _counted(self, texts: Sequence[str]) -> F32:
        moved = unit(self.raw(texts) - self.centre)
        return (moved / np.float32(np.sqrt(len(self.centre)))).reshape(len(texts), self.width)

    def _run(self, tokens: Sequence[Sequence[int]]) -> F32:
        ids = np.zeros((len(tokens), max(1, *map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, known in enumerate(tokens):
            ids[row, : len(known)] = known
            mask[row, : len(known)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        names = {put.name for put in self.session.get_inputs()}
        layers: Any = self.session.run(
            list(self.views), {name: array for name, array in given.items() if name in names}
        )
        return unit(pooled(layers, mask))


def _batches(lengths: Sequence[int]) -> Iterator[slice]:
    """Yield stretches of ascending lengths: one message, or as many as `AT_ONCE` allows."""
    start = 0
    for end, length in enumerate(lengths):
        if end > start and (end + 1 - start) * length > AT_ONCE:
            yield slice(start, end)
            start = end
    if lengths:
        yield slice(start, len(lengths))


def pooled(layers: Sequence[F32], mask: NDArray[np.int64]) -> F32:
    """Return [n, views, width]: the mean of each layer, and the maximum of the last."""
    share = mask.astype(np.float32)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1)
    means = [np.matmul(share[:, None, :], layer)[:, 0] for layer in layers]
    most = np.where(mask[:, :, None] > 0, layers[-1], np.float32(-1e9)).max(axis=1)
    return np.stack([*means, most], axis=1)


def unit(rows: F32) -> F32:
    """Return rows along the last axis at length 1; a row of zeros stays."""
    length = np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    found: F32 = rows / np.maximum(length, np.float32(1e-9))
    return found


def readable(text: str) -> str:
    """Return a text as the sentence model reads it: no links, no names of accounts."""
    return _MENTIONS.sub("@user", _LINKS.sub("http", cleaned(text)))


# ------------------------------------------------------------------------------ its folder


def missing() -> list[str]:
    """Return the libraries of the extra that are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def state(folder: Path) -> str:
    """Return in one line whether there are vectors, and if not, what to do."""
    if gone := missing():
        return f"Off: {' and '.join(gone)} not installed ({EXTRA})."
    if not (folder / ABOUT).is_file():
        return "Off: no sentence model made ready yet (hearwell embed make)."
    about = json.loads((folder / ABOUT).read_text("utf8"))
    return f"On: {about['name']}, {about['bytes'] / 1e6:.1f} MB, space {about['space']}."


def load(folder: Path) -> Embedder:
    """Return the embedder that `weights.make` has left in a folder. Raises NoEmbeddingError."""
    if missing() or not (folder / ABOUT).is_file():
        raise NoEmbeddingError(state(folder))
    try:
        about = json.loads((folder / ABOUT).read_text("utf8"))
        if sha256((folder / GRAPH).read_bytes()).hexdigest() != about["sha256"]:
            message = f"{folder / GRAPH} is not the file that was checked; make it again."
            raise NoEmbeddingError(message)
        return opened(
            folder / GRAPH, folder / TOKENIZER, about["views"], np.load(folder / CENTRE),
            about["name"], about["space"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} cannot be read ({error!r}); make it again (hearwell embed make)."
        raise NoEmbeddingError(message) from error


def opened(
    graph: Path,
    tokenizer: Path,
    views: Sequence[str],
    centre: F32 | None = None,
    name: str = "",
    space: str = "",
) -> Embedder:
    """Return an embedder of a graph's file; without a centre, one of zeros."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = True  # of a bounded batch: one arena, and no holes beside it
    options.enable_mem_pattern = False
    # Weights as they lie in the file, not a second time in the order of this processor.
    options.add_session_config_entry("session.disable_prepacking", "1")
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    reader = Tokenizer.from_file(str(tokenizer))
    reader.no_padding()
    reader.enable_truncation(TOKENS)
    if centre is None:
        shapes = {put.name: put.shape for put in session.get_outputs()}
        centre = np.zeros((len(views) + 1, int(shapes[views[-1]][-1])), dtype=np.float32)
    return Embedder(name, space, tuple(views), centre, session, reader)
