"""A sentence model so small that making it ready takes a second: two layers of 32 numbers."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from hearwell.triage.weights.make import sentences
from hearwell.triage.weights.sources import Source

CONFIG = {
    "model_type": "bert", "hidden_act": "gelu", "hidden_size": 32, "num_attention_heads": 4,
    "num_hidden_layers": 2, "layer_norm_eps": 1e-12,
}  # fmt: skip


def tiny_weights(words: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)

    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.06, shape).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": 15 * drawn(words, 32),
        "embeddings.position_embeddings.weight": drawn(128, 32) / 10,
        "embeddings.token_type_embeddings.weight": drawn(2, 32),
    }
    for layer in range(2):
        of = f"encoder.layer.{layer}"
        parts = ("query", "key", "value")
        for name in (*(f"attention.self.{p}" for p in parts), "attention.output.dense"):
            found |= {f"{of}.{name}.weight": drawn(32, 32), f"{of}.{name}.bias": drawn(32)}
        found |= {
            f"{of}.intermediate.dense.weight": drawn(64, 32),
            f"{of}.intermediate.dense.bias": drawn(64),
        }
        found |= {f"{of}.output.dense.weight": drawn(32, 64), f"{of}.output.dense.bias": drawn(32)}
    norms = [
        f"encoder.layer.{n}.{w}.LayerNorm" for n in range(2) for w in ("attention.output", "output")
    ]
    for of in ("embeddings.LayerNorm", *norms):
        found |= {f"{of}.weight": 1 + drawn(32) / 10, f"{of}.bias": drawn(32) / 10}
    return found


def save_safetensors(path: Path, weights: dict[str, np.ndarray]) -> None:
    head, at = {}, 0
    for name, array in weights.items():
        head[f"bert.{name}"] = {
            "dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes],
        }  # fmt: skip
        at += array.nbytes
    told = json.dumps(head).encode()
    content = b"".join(array.tobytes() for array in weights.values())
    path.write_bytes(len(told).to_bytes(8, "little") + told + content)


@pytest.fixture
def tiny(tmp_path: Path) -> Source:
    folder = tmp_path / "model"
    folder.mkdir()
    words = sorted(
        {word for line in sentences() for word in re.findall(r"\w+|[^\w\s]+", line.lower())}
    )
    reader = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(["?", *words])}, unk_token="?")
    )
    reader.normalizer = normalizers.Lowercase()
    reader.pre_tokenizer = pre_tokenizers.Whitespace()
    reader.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(CONFIG))
    save_safetensors(folder / "model.safetensors", tiny_weights(len(words) + 1))
    return Source(
        "tiny", folder / "model.safetensors", folder / "tokenizer.json", folder / "config.json"
    )
