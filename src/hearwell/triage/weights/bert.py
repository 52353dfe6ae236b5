"""Writes the ONNX graph of a BERT encoder from its weights (safetensors), without torch.

The graph is the textbook's: embeddings, then per layer attention and a gelu network, each with its
residual and layer norm (Devlin et al. 2019). Hugging Face's names of the weights.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

F32 = NDArray[np.float32]
OPSET: Final = 18  # the first whose ReduceSum and LayerNormalization are today's
_NUMBERS: Final = {"F32": np.float32, "F16": np.float16}


def read_safetensors(path: Path) -> dict[str, F32]:
    """Return the weights of a file by name, float32. Raises ValueError, OSError, KeyError."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    head: dict[str, Any] = json.loads(content[8 : 8 + length])
    found: dict[str, F32] = {}
    for name, about in head.items():
        if name == "__metadata__" or about["dtype"] not in _NUMBERS:
            continue
        begin, end = about["data_offsets"]
        raw = np.frombuffer(
            content[8 + length + begin : 8 + length + end], _NUMBERS[about["dtype"]]
        )
        found[name.removeprefix("bert.")] = raw.reshape(about["shape"]).astype(np.float32)
    return found


@dataclass(slots=True)
class _Graph:
    """A graph as it grows; every step returns the name of what it makes."""

    weights: dict[str, F32]
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def const(self, name: str, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def step(self, kind: str, takes: list[str], gives: str, **how: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, takes, [gives], **how))
        return gives

    def linear(self, x: str, of: str, gives: str) -> str:
        weight = self.const(f"{gives}.weight", self.weights[f"{of}.weight"].T)
        bias = self.const(f"{gives}.bias", self.weights[f"{of}.bias"])
        return self.step("Add", [self.step("MatMul", [x, weight], f"{gives}.product"), bias], gives)

    def norm(self, x: str, of: str, gives: str, epsilon: float) -> str:
        scale = self.const(f"{gives}.scale", self.weights[f"{of}.weight"])
        shift = self.const(f"{gives}.shift", self.weights[f"{of}.bias"])
        return self.step("LayerNormalization", [x, scale, shift], gives, axis=-1, epsilon=epsilon)


def bert(weights: dict[str, F32], config: dict[str, Any]) -> ModelProto:
    """Return the graph: ``input_ids``, ``attention_mask`` in, ``last_hidden_state`` out.

    Raises KeyError where a weight is missing, ValueError for another kind of model.
    """
    from onnx import TensorProto, checker, helper

    if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
        message = f"is a {config['model_type']} with {config['hidden_act']}, not a BERT with gelu"
        raise ValueError(message)
    graph = _Graph(weights)
    x = _embedded(graph, config)
    _shared(graph, config)
    for layer in range(config["num_hidden_layers"]):
        is_last = layer == config["num_hidden_layers"] - 1
        x = _layer(graph, layer, x, config, "last_hidden_state" if is_last else f"layer{layer}")
    size = ["batch", "tokens"]
    whole = helper.make_graph(
        graph.nodes,
        "bert",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, size)
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [*size, config["hidden_size"]])],
        graph.constants,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    checker.check_model(model)
    return model


def _embedded(graph: _Graph, config: dict[str, Any]) -> str:
    table = "embeddings.{}_embeddings.weight".format
    words = graph.const("words", graph.weights[table("word")])
    places = graph.const("places", graph.weights[table("position")])
    first = graph.const("first", graph.weights[table("token_type")][0])
    zero = graph.const("zero", np.array([0], dtype=np.int64))
    length = graph.step("Shape", ["input_ids"], "length", start=1, end=2)
    word = graph.step("Gather", [words, "input_ids"], "word")
    place = graph.step("Slice", [places, zero, length, zero], "place")
    both = graph.step("Add", [word, place], "word and place")
    whole = graph.step("Add", [both, first], "embedded")
    return graph.norm(whole, "embeddings.LayerNorm", "layer", config["layer_norm_eps"])


def _shared(graph: _Graph, config: dict[str, Any]) -> None:
    """Make what all layers use: the mask as an addend, shapes, numbers."""
    from onnx import TensorProto

    heads = config["num_attention_heads"]
    width = config["hidden_size"] // heads
    for name, number in (
        ("one", 1.0), ("far", -1e9), ("half", 0.5),
        ("root half", math.sqrt(0.5)), ("shrink", 1 / math.sqrt(width)),
    ):  # fmt: skip
        graph.const(name, np.array(number, dtype=np.float32))
    graph.const("apart", np.array([0, 0, heads, width], dtype=np.int64))
    graph.const("together", np.array([0, 0, heads * width], dtype=np.int64))
    graph.const("middle", np.array([1, 2], dtype=np.int64))
    mask = graph.step("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    out = graph.step("Mul", [graph.step("Sub", ["one", mask], "padding"), "far"], "padding far")
    graph.step("Unsqueeze", [out, "middle"], "unseen")


def _layer(graph: _Graph, number: int, x: str, config: dict[str, Any], gives: str) -> str:
    of, name, epsilon = f"encoder.layer.{number}", f"l{number}", config["layer_norm_eps"]
    told = graph.linear(_attention(graph, x, of, name), f"{of}.attention.output.dense", f"{name}.o")
    kept = graph.step("Add", [told, x], f"{name}.o+x")
    x = graph.norm(kept, f"{of}.attention.output.LayerNorm", f"{name}.y", epsilon)
    wide = _gelu(graph, graph.linear(x, f"{of}.intermediate.dense", f"{name}.i"), name)
    back = graph.linear(wide, f"{of}.output.dense", f"{name}.f")
    kept = graph.step("Add", [back, x], f"{name}.f+y")
    return graph.norm(kept, f"{of}.output.LayerNorm", gives, epsilon)


def _attention(graph: _Graph, x: str, of: str, name: str) -> str:
    def part(which: str, order: list[int]) -> str:
        flat = graph.linear(x, f"{of}.attention.self.{which}", f"{name}.{which}")
        apart = graph.step("Reshape", [flat, "apart"], f"{flat} apart")
        return graph.step("Transpose", [apart], f"{flat} turned", perm=order)

    query, key = part("query", [0, 2, 1, 3]), part("key", [0, 2, 3, 1])
    scores = graph.step("MatMul", [query, key], f"{name}.scores")
    scores = graph.step("Mul", [scores, "shrink"], f"{name}.small")
    scores = graph.step("Add", [scores, "unseen"], f"{name}.masked")
    shares = graph.step("Softmax", [scores], f"{name}.shares", axis=-1)
    heard = graph.step("MatMul", [shares, part("value", [0, 2, 1, 3])], f"{name}.heard")
    heard = graph.step("Transpose", [heard], f"{name}.back", perm=[0, 2, 1, 3])
    return graph.step("Reshape", [heard, "together"], f"{name}.whole")


def _gelu(graph: _Graph, x: str, name: str) -> str:
    bent = graph.step("Erf", [graph.step("Mul", [x, "root half"], f"{name}.g0")], f"{name}.g1")
    share = graph.step("Add", [bent, "one"], f"{name}.g2")
    return graph.step("Mul", [graph.step("Mul", [x, share], f"{name}.g3"), "half"], f"{name}.gelu")
