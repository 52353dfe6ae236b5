"""From labelled texts to the shipped file, with what it was made of and how well it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from hearwell.triage.engine.embedding import Embedder
from hearwell.triage.engine.model import Model
from hearwell.triage.shipped import DENSE
from hearwell.triage.training.evaluate import on_examples
from hearwell.triage.training.fit import Recipe, calibrated, cross_validated, prepare
from hearwell.triage.training.sets import HELD_OUT, Example, gold, weak, written
from hearwell.triage.training.vectors import layer, meant_of, worth
from hearwell.triage.training.words import TRIAGE, hash_of_words

SHIPPED: Final = TRIAGE / "data"
SERIES: Final = 1  # of the features; the rest of a version is a hash of texts, words and recipe


def make(folder: Path, out: Path | None = None, embedder: Embedder | None = None) -> str:
    """Write base.npz and base.json; return what to tell whoever asked.

    With a sentence model also dense.npz, its layer. Raises MissingSetError, BadLineError,
    NoTrainerError.
    """
    every = gold(folder)
    examples = _examples(folder, every)
    recipe = Recipe()
    prepared = prepare(examples)
    unseen = cross_validated(prepared, recipe)
    model = calibrated(prepared, version_of(examples, recipe), recipe, unseen)
    checks = checked(model, every)
    about = {"made_of": _made_of(examples), "recipe": asdict(recipe), "checks": checks}
    target = out or SHIPPED
    target.mkdir(parents=True, exist_ok=True)
    if embedder is not None:
        meant = meant_of(examples, prepared, unseen, embedder)
        (target / DENSE).write_bytes(layer(model, meant, embedder).to_bytes())
        about["vectors"] = worth(model, meant) | {"space": embedder.space}
    replace(model, about={"made_of": about["made_of"]}).save(target / "base.npz")
    card = {"version": model.version, "bands": asdict(model.bands), **about}
    (target / "base.json").write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", "utf8")
    return _told(model, checks, target)


def shipped_is_of(folder: Path) -> str:
    """Return the version that these inputs and this recipe would make. Raises MissingSetError."""
    return version_of(learned_from(folder))


def learned_from(folder: Path) -> list[Example]:
    """Return every text that the shipped model is made from. Raises MissingSetError."""
    return _examples(folder, gold(folder))


def _examples(folder: Path, every: Sequence[Example]) -> list[Example]:
    learned = [one for one in every if not one.is_check]
    return [*learned, *written(), *weak(folder, apart_from=every)]


def checked(model: Model, every: Sequence[Example]) -> dict[str, Any]:
    """Return set -> head -> figures on what was kept apart: the gold set's part, and our lines."""
    found = {"gold": on_examples(model, [one for one in every if one.is_check])}
    for source in sorted({one.source for one in every}):
        part = [one for one in every if one.is_check and one.source == source]
        found[f"gold {source}"] = on_examples(model, part)
    lines = written(HELD_OUT, is_check=True)
    for language in sorted({one.language for one in lines}):
        found[language] = on_examples(model, [one for one in lines if one.language == language])
    return found


def kept_apart(folder: Path) -> dict[str, list[Example]]:
    """Return name -> examples that nothing is learned from: the gold set's part, and our lines."""
    found = {"gold": [one for one in gold(folder) if one.is_check]}
    for one in written(HELD_OUT, is_check=True):
        found.setdefault(one.language, []).append(one)
    return found


def _made_of(examples: Sequence[Example]) -> dict[str, Any]:
    """Return source -> how many texts, and the hash of them with their labels."""
    return {
        source: {"n": len(part), "sha256": _hash(part)}
        for source in sorted({one.source for one in examples})
        for part in [[one for one in examples if one.source == source]]
    }


def _hash(examples: Sequence[Example]) -> str:
    lines = (json.dumps([one.text, sorted(one.labels.items()), one.weight]) for one in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def version_of(examples: Sequence[Example], recipe: Recipe | None = None) -> str:
    """Return the version that a model of these examples and of the words in our tables has."""
    recipe = recipe or Recipe()
    said = _hash(examples) + hash_of_words(TRIAGE) + json.dumps(asdict(recipe), sort_keys=True)
    return f"base-{SERIES}.{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _told(model: Model, checks: dict[str, Any], target: Path) -> str:
    lines = [f"{model.version}: {(target / 'base.npz').stat().st_size / 1e6:.1f} MB in {target}"]
    for name, heads in checks.items():
        figures = "  ".join(f"{head} {one['macro_f1']:.3f}" for head, one in heads.items())
        lines.append(f"  {name:<16} {figures}")
    return "\n".join(lines)
