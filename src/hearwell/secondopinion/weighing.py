"""Triage beside a model on labels that people gave: agreement, precision, recall. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hearwell.triage.rules import Duty, Kind

_Z: Final = 1.96
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
    """Return a share with Wilson's 95 % interval (E. B. Wilson, JASA 22, 1927)."""
    found = list(hits)
    n, right = len(found), sum(found)
    if not n:
        return {"hits": 0, "n": 0, "share": None, "low": None, "high": None}
    part, z2 = right / n, _Z * _Z
    middle = (part + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z / (1 + z2 / n) * (part * (1 - part) / n + z2 / (4 * n * n)) ** 0.5
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return {"hits": right, "n": n, "share": part, "low": low, "high": high}
