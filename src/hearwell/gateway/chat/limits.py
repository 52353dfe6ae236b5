"""How much a visitor and an address may do. In memory, as all buckets: each process allows it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hearwell.gateway.chat.refusals import Refusal
from hearwell.kit.buckets import Buckets, caller_of

MAX_TEXT: Final = 4000
MAX_BODY: Final = 64 * 1024
MAX_FILE: Final = 10 * 1024 * 1024
# What one visitor may leave here, and all of a site in a day: strangers share our disk.
MAX_OF_VISITOR: Final = 100 * 1024 * 1024
MAX_OF_DAY: Final = 2 * 1024 * 1024 * 1024
# All files being read at once.
MAX_IN_FLIGHT: Final = 64 * 1024 * 1024
STREAMS_PER_VISITOR: Final = 8
STREAMS_PER_ADDRESS: Final = 60
_TOO_MANY: Final = 429


class Limits:
    """Buckets by visitor and by address; a house without an address (a socket) has but one."""

    def __init__(self) -> None:
        self._by_visitor = {
            "messages": Buckets(burst=12, per_s=0.5),
            "files": Buckets(burst=10, per_s=0.05),
            "signs": Buckets(burst=40, per_s=2.0),
            "streams": Buckets(burst=20, per_s=0.5),
        }
        self._by_address = {
            "sessions": Buckets(burst=40, per_s=0.5),
            "messages": Buckets(burst=120, per_s=4.0),
            "files": Buckets(burst=20, per_s=0.1),
            "signs": Buckets(burst=400, per_s=20.0),
            "streams": Buckets(burst=200, per_s=5.0),
        }

    def take(self, what: str, *, address: str, visitor: UUID | None = None) -> None:
        """Take one of each. Raises Refusal (429) with the seconds to wait."""
        waits = [self._by_address[what].take(caller_of(address))]
        if visitor is not None:
            waits.append(self._by_visitor[what].take(str(visitor)))
        if any(waits):
            words = "That was a little fast. It will be sent in a moment."
            raise Refusal(_TOO_MANY, "too_fast", words, retry_after_s=max(waits))
