"""Figures of style: how long functions are, and how much test there is to the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

LONGEST = 60


def function_lengths(tree: ast.Module) -> Iterator[tuple[int, str, int]]:
    """Yield (lines, name, first line) of every function, without decorators and docstring."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            last = node.end_lineno or node.lineno
            first = body[0].lineno if body else last
            signature = node.body[0].lineno - node.lineno
            yield signature + (last - first + 1 if body else 0), node.name, node.lineno


def code_lines(path: Path) -> int:
    """Count lines that are neither blank nor only a comment."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def summary(source: list[Path], tests: list[Path]) -> str:
    """Return the figures in a few lines, with the functions that are too long by name."""
    lengths: list[int] = []
    too_long: list[str] = []
    for path in source:
        if "migrations" in path.parts:
            continue
        for lines, name, first in function_lengths(ast.parse(path.read_text())):
            lengths.append(lines)
            if lines > LONGEST:
                too_long.append(f"  {path}:{first} {name}: {lines} lines")
    code, proof = sum(map(code_lines, source)), sum(map(code_lines, tests))
    p90 = quantiles(lengths, n=10)[-1]
    functions = (
        f"functions: {len(lengths)}, median {median(lengths):.0f} lines (goal 9), "
        f"p90 {p90:.0f} (goal 32), longest {max(lengths)} (goal {LONGEST})"
    )
    ratio = (
        f"code {code} lines, tests {proof} lines, tests : code {proof / code:.2f} (goal 1.3-2.0)"
    )
    return "\n".join([functions, ratio, *too_long])
