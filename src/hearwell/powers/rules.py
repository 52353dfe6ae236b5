"""Which replies a second person has to read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks for; what is empty fits anything."""

    role: str = ""
    user_id: UUID | None = None
    network: str = ""
    audience: str = ""
    kind: str = ""

    def fits(self, what: Submitted) -> bool:
        """Whether a reply falls under it."""
        asked = asdict(self)
        return all(not want or want == getattr(what, name) for name, want in asked.items())

    def is_about(self, role: str, user_id: UUID) -> bool:
        """Whether it is about somebody's replies, wherever they go."""
        return self.role in {"", role} and self.user_id in {None, user_id}

    def told(self) -> dict[str, str]:
        """What it asks for, as it is kept with a reply: the rule may be gone by then."""
        return {name: str(want) for name, want in asdict(self).items() if want}


@dataclass(frozen=True, slots=True)
class Submitted:
    """A reply that somebody wants to send: who, where, to whom, in what kind of case."""

    role: str
    user_id: UUID
    network: str
    audience: str
    kind: str


def reasons_to_read(rules: Iterable[Conditions], what: Submitted) -> list[dict[str, str]]:
    """Return the conditions of the rules that a reply falls under; none, and it goes by itself."""
    return [rule.told() for rule in rules if rule.fits(what)]
