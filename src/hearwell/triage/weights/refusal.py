"""What is said when somebody's sentence model cannot be used."""

from __future__ import annotations


class RefusedModelError(Exception):
    """The model cannot be used; says why. Nothing was kept."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The sentence model is refused: {why}. Nothing was changed.")
