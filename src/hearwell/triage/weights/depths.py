"""Finds the layers inside an exported sentence model, whoever exported it, and lets them out.

A BERT encoder ends each of its layers with a layer norm, and has one more after the embeddings and
one in the middle of each layer. Newer exports keep it as one operation, older ones as its
arithmetic, whose end is ``x * scale + shift`` with two constants of the model's width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hearwell.triage.weights.refusal import RefusedModelError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

LAST: Final = "last_hidden_state"


def opened_at_depths(model: ModelProto) -> tuple[ModelProto, tuple[str, ...]]:
    """Return the model with three layers as outputs, and their names: middle, late and last.

    Raises RefusedModelError where it has no `last_hidden_state` or its layers cannot be told.
    """
    from onnx import TensorProto, helper

    outputs = {put.name: put for put in model.graph.output}
    if LAST not in outputs:
        message = f"it has no output {LAST}; it has {', '.join(sorted(outputs))}"
        raise RefusedModelError(message)
    norms = _norms(model)
    if len(norms) < 5 or len(norms) % 2 == 0 or norms[-1] != LAST:  # noqa: PLR2004  two layers
        message = "its layers cannot be told from its graph; export it as a plain BERT encoder"
        raise RefusedModelError(message)
    ends = norms[2::2]  # after the embeddings comes the middle of layer 1, then its end
    views = (ends[len(ends) // 2 - 1], ends[-2], ends[-1])
    shape: list[str | int | None] = [
        "batch",
        "tokens",
        _width(model, outputs[LAST].type.tensor_type.shape.dim[-1].dim_value),
    ]
    del model.graph.output[:]
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name in dict.fromkeys(views)
    )
    return model, views


def _width(model: ModelProto, told: int) -> int:
    return told or max(min(one.dims) for one in model.graph.initializer if len(one.dims) > 1)


def _norms(model: ModelProto) -> list[str]:
    """Return what the layer norms give, in the graph's order."""
    rows = {one.name for one in model.graph.initializer if len(one.dims) == 1}
    makers = {name: node for node in model.graph.node for name in node.output}

    def is_norm(node: NodeProto) -> bool:
        if node.op_type == "LayerNormalization":
            return True
        if node.op_type != "Add" or not rows.intersection(node.input):
            return False
        before = [makers[name] for name in node.input if name in makers]
        return any(one.op_type == "Mul" and rows.intersection(one.input) for one in before)

    return [node.output[0] for node in model.graph.node if is_norm(node)]
