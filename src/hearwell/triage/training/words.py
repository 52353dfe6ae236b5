"""The tables of words that signs and senses are made of: other words, another model. Pure."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

TRIAGE: Final = Path(__file__).parents[1]
_TABLES: Final = ("cues*.py", "senses*.py", "matters/together.txt", "matters/words/*")


def hash_of_words(folder: Path) -> str:
    """Return the hash of the tables of words in triage's folder."""
    tables = [path for shape in _TABLES for path in sorted(folder.glob(shape))]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in tables)).hexdigest()
