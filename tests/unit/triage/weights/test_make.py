import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import helper, numpy_helper

from hearwell.triage.engine.embedding import NoEmbeddingError, load, state, unit
from hearwell.triage.weights import make as making
from hearwell.triage.weights.bert import bert, read_safetensors
from hearwell.triage.weights.cli import embed
from hearwell.triage.weights.depths import opened_at_depths
from hearwell.triage.weights.make import LARGEST, PARITY, WRITTEN, make, sentences
from hearwell.triage.weights.refusal import RefusedModelError
from hearwell.triage.weights.sources import PACKAGES, Source, found

TEXTS = ["Where is my parcel?", "Thanks!", "", "My bag went to Lisbon and I am in Oslo. " * 30]


def exported(source: Source, path: Path, *, is_old: bool) -> None:
    """Write the model as others export it: token types asked for, old ones without LayerNorm."""
    assert source.config is not None
    model = bert(read_safetensors(source.weights), json.loads(source.config.read_text()))
    like = model.graph.input[0]
    model.graph.input.append(
        helper.make_tensor_value_info("token_type_ids", 7, ["batch", "tokens"])
    )
    model.graph.node.append(helper.make_node("Identity", ["token_type_ids"], ["unused"]))
    assert like.name == "input_ids"
    if is_old:
        nodes = [part for node in model.graph.node for part in _apart(node)]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        model.graph.initializer.extend(
            [
                numpy_helper.from_array(np.array([-1]), "last axis"),
                numpy_helper.from_array(np.array(1e-12, dtype=np.float32), "epsilon"),
            ]
        )
    onnx.save(model, str(path))


def _apart(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    if node.op_type != "LayerNormalization":
        return [node]
    x, scale, shift = node.input
    of = node.output[0]
    steps = [
        ("ReduceMean", [x, "last axis"], f"{of} mean"), ("Sub", [x, f"{of} mean"], f"{of} moved"),
        ("Mul", [f"{of} moved", f"{of} moved"], f"{of} square"),
        ("ReduceMean", [f"{of} square", "last axis"], f"{of} variance"),
        ("Add", [f"{of} variance", "epsilon"], f"{of} safe"),
        ("Sqrt", [f"{of} safe"], f"{of} root"),
        ("Div", [f"{of} moved", f"{of} root"], f"{of} norm"),
        ("Mul", [f"{of} norm", scale], f"{of} scaled"), ("Add", [f"{of} scaled", shift], of),
    ]  # fmt: skip
    return [helper.make_node(kind, takes, [gives]) for kind, takes, gives in steps]


def test_made_of_bare_weights_it_agrees_with_the_textbook_and_with_itself_in_8_bits(
    tiny: Source, tmp_path: Path
) -> None:
    made = make(tiny, tmp_path / "embedding")
    assert made.written is not None
    assert made.written >= WRITTEN
    assert min(made.agreement) >= PARITY
    embedder = load(tmp_path / "embedding")
    vectors = embedder.vectors(TEXTS)
    assert vectors.shape == (4, 4 * 32)
    assert np.isfinite(vectors).all()
    assert state(tmp_path / "embedding").startswith("On: tiny")


@pytest.mark.parametrize("is_old", [False, True])
def test_an_exported_model_gives_the_same_vectors(
    tiny: Source, tmp_path: Path, is_old: bool
) -> None:
    make(tiny, tmp_path / "ours")
    folder = tmp_path / "exported"
    (folder / "onnx").mkdir(parents=True)
    (folder / "tokenizer.json").write_bytes(tiny.tokenizer.read_bytes())
    exported(tiny, folder / "onnx" / "model.onnx", is_old=is_old)
    make(found(folder), tmp_path / "theirs")
    ours, theirs = (load(tmp_path / name).vectors(sentences()) for name in ("ours", "theirs"))
    assert (ours * theirs).sum(axis=1).mean() > 0.97  # noise of 8 bits in so small a model


def test_a_text_alone_in_a_batch_and_from_the_cache_has_one_vector(
    tiny: Source, tmp_path: Path
) -> None:
    make(tiny, tmp_path / "embedding")
    embedder = load(tmp_path / "embedding")
    batch = embedder.vectors([*TEXTS, *TEXTS])
    assert (batch[:4] == batch[4:]).all()
    assert len(embedder.cache.rows) == 4
    again = embedder.vectors(TEXTS)
    assert np.allclose(again, batch[:4], atol=2e-3)  # kept in float16
    alone = np.concatenate([load(tmp_path / "embedding").vectors([text]) for text in TEXTS])
    assert (unit(alone) * unit(batch[:4])).sum(axis=1).min() > 0.95


def test_damaged_weights_are_refused_and_what_was_there_stays(
    tiny: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "embedding"
    make(tiny, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(tiny.weights.read_bytes()[:5_000])
    with pytest.raises(RefusedModelError, match="cannot be read"):
        make(replace(tiny, weights=cut), folder)

    def spoiled(weights: dict[str, np.ndarray], config: dict[str, object]) -> onnx.ModelProto:
        weights["encoder.layer.0.output.dense.weight"] *= -3
        return bert(weights, config)

    monkeypatch.setattr(making, "bert", spoiled)
    with pytest.raises(RefusedModelError, match="agrees with its weights"):
        make(tiny, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_graph_whose_layers_cannot_be_told_is_refused() -> None:
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["last_hidden_state"])], "none",
        [value("x", 1, [1])], [value("last_hidden_state", 1, [1])],
    )  # fmt: skip
    with pytest.raises(RefusedModelError, match="layers cannot be told"):
        opened_at_depths(helper.make_model(graph))
    graph.output[0].name = "logits"
    with pytest.raises(RefusedModelError, match="no output last_hidden_state; it has logits"):
        opened_at_depths(helper.make_model(graph))


def test_another_graph_than_the_checked_one_is_not_used(tiny: Source, tmp_path: Path) -> None:
    folder = tmp_path / "embedding"
    make(tiny, folder)
    graph = folder / "vectors.onnx"
    graph.write_bytes(graph.read_bytes() + b" ")
    with pytest.raises(NoEmbeddingError, match="make it again"):
        load(folder)


def test_the_command_says_what_is_missing_makes_and_checks(
    tiny: Source, tmp_path: Path, settings
) -> None:
    settings.HEARWELL_EMBEDDING_FOLDER = tmp_path / "embedding"
    off = CliRunner().invoke(embed, ["check"])
    assert (off.exit_code, off.output[:24]) == (0, "Off: no sentence model m")
    none = CliRunner().invoke(embed, ["make", "--from", str(tmp_path)])
    assert none.exit_code == 1
    assert "has neither model.onnx nor model.safetensors" in none.output
    settings.HEARWELL_EMBEDDING = str(tiny.weights.parent)
    made = CliRunner().invoke(embed, ["make"])
    assert made.output.startswith("Made model ready: ")
    assert json.loads(CliRunner().invoke(embed, ["check", "--json"]).output)["is_on"]


@pytest.mark.slow
def test_the_known_package_is_made_small_enough_and_agrees(tmp_path: Path) -> None:
    source = found()
    assert source.name in PACKAGES
    made = make(source, tmp_path / "embedding")
    assert made.size <= LARGEST
    assert min(made.agreement) >= PARITY
    near = load(tmp_path / "embedding").vectors(
        ["I want a refund", "Give me my money back", "The sunset over the lake was lovely"]
    )
    assert near[0] @ near[1] > near[0] @ near[2] + 0.2
