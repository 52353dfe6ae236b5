"""BERT in plain numpy, slow and to the letter: what the written graph is checked against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
_erf = np.vectorize(math.erf, otypes=[np.float32])


def last_hidden_state(weights: dict[str, F32], config: dict[str, Any], ids: Sequence[int]) -> F32:
    """Return [tokens, width] of one text's tokens, none of them padding."""
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]

    def linear(x: F32, of: str) -> F32:
        found: F32 = x @ weights[f"{of}.weight"].T + weights[f"{of}.bias"]
        return found

    def norm(x: F32, of: str) -> F32:
        moved = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((moved * moved).mean(axis=-1, keepdims=True) + epsilon)
        found: F32 = moved / spread * weights[f"{of}.weight"] + weights[f"{of}.bias"]
        return found

    def apart(x: F32) -> F32:
        return x.reshape(len(ids), heads, -1).transpose(1, 0, 2)

    table = "embeddings.{}_embeddings.weight".format
    x = weights[table("word")][list(ids)] + weights[table("position")][: len(ids)]
    x = norm(x + weights[table("token_type")][0], "embeddings.LayerNorm")
    for number in range(config["num_hidden_layers"]):
        of = f"encoder.layer.{number}"
        query, key, value = (
            apart(linear(x, f"{of}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        odds = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        odds = np.exp(odds - odds.max(axis=-1, keepdims=True))
        heard = (odds / odds.sum(axis=-1, keepdims=True)) @ value
        whole = heard.transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(
            x + linear(whole, f"{of}.attention.output.dense"), f"{of}.attention.output.LayerNorm"
        )
        wide = linear(x, f"{of}.intermediate.dense")
        wide = wide * (1 + _erf(wide / math.sqrt(2))) / 2
        x = norm(x + linear(wide, f"{of}.output.dense"), f"{of}.output.LayerNorm")
    return x
