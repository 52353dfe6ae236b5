"""Triage beside a model on labels that people gave: agreement, precision, recall. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hearwell.kit.shares import Share
from hearwell.triage.rules import Duty, Kind

FIELDS: Final = {"duty": [str(duty) for duty in Duty], "kind": [str(kind) for kind in Kind]}


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled message: what is true, what triage had said, what the model said.

    Each is field -> label; a truth is empty where nobody said it.
    """

    truth: dict[str, str]
    triage: dict[str, str]
    model: dict[str, str]


def compared(cases: Sequence[Case]) -> dict[str, Any]:
    """Return the figures for duty and kind, of both.

    ``{"n", "duty": {"triage": {...}, "model": {...}, "only_triage", "only_model"}, "kind": ...}``;
    each side has ``agreement`` and, by label, ``precision`` and ``recall``, all as shares
    ``{"hits", "n", "share", "low", "high"}`` (Wilson's 95 % interval; share None where n is 0).
    """
    return {"n": len(cases), **{field: _of_field(cases, field) for field in FIELDS}}


def _of_field(all_cases: Sequence[Case], field: str) -> dict[str, Any]:
    cases = [one for one in all_cases if one.truth[field]]
    truths = [one.truth[field] for one in cases]
    sides = {
        "triage": [one.triage[field] for one in cases],
        "model": [one.model[field] for one in cases],
    }
    rights = {
        side: [a == b for a, b in zip(said, truths, strict=True)] for side, said in sides.items()
    }
    pairs = list(zip(rights["triage"], rights["model"], strict=True))
    return {
        **{side: _of_side(truths, said, field) for side, said in sides.items()},
        "only_triage": sum(a and not b for a, b in pairs),
        "only_model": sum(b and not a for a, b in pairs),
    }


def _of_side(truths: Sequence[str], said: Sequence[str], field: str) -> dict[str, Any]:
    pairs = list(zip(truths, said, strict=True))
    labels = [one for one in FIELDS[field] if one in {*truths, *said}]
    return {
        "agreement": share(a == b for a, b in pairs),
        "labels": {
            label: {
                "precision": share(a == label for a, b in pairs if b == label),
                "recall": share(b == label for a, b in pairs if a == label),
            }
            for label in labels
        },
    }


def share(hits: Iterable[bool]) -> dict[str, Any]:
    """Return a share as JSON holds it, with its interval (``kit.shares``)."""
    found = list(hits)
    counted = Share(sum(found), len(found))
    low, high = counted.interval or (None, None)
    return {
        "hits": counted.right,
        "n": counted.n,
        "share": counted.value,
        "low": low,
        "high": high,
    }
