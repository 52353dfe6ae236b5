"""What an account looks for on its network: the seam at which others say so, from above.

``searched_by(searches_of)`` registers the one function that is asked. It is called in the scope of
the channel's workspace whenever the account may look again, so a change needs no message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hearwell.channels.models import Channel
from hearwell.channels.rules import SEARCH_STREAM


@dataclass(frozen=True, slots=True)
class Search:
    """Words, or a hashtag, to be looked for again and again. `key` names its cursor."""

    key: str
    words: str

    @property
    def stream(self) -> str:
        """The name under which it is kept how far it has been read."""
        return f"{SEARCH_STREAM}{self.key}"


Asked = Callable[[Channel], Sequence[Search]]


def _nothing(channel: Channel) -> Sequence[Search]:
    del channel
    return ()


_asked: list[Asked] = [_nothing]


def searched_by(searches_of: Asked) -> None:
    """Register who says what is looked for; the last one counts."""
    _asked[0] = searches_of


def searches_of(channel: Channel) -> Sequence[Search]:
    """Return what this account is to look for now."""
    return _asked[0](channel)
