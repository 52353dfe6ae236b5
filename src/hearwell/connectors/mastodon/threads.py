"""Where a reply stands. A status names its parent only; root and branch must be asked for.

One call tells the way from the root to a reply. What was learnt on the way serves the other
replies of the same page, so a lively thread costs one call and not one for each of its replies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connectors.mastodon.names import address_of, home_of
from hearwell.connectors.mastodon.statuses import is_open_to_all
from hearwell.connectors.mastodon.wire import Line


@dataclass(frozen=True, slots=True)
class _Spot:
    """A status in its thread; ``branch`` is empty while only the account itself has spoken."""

    root: str
    author: str
    branch: str


@dataclass(slots=True)
class Threads:
    """What is known of threads within one page or one connection. Bounded by ``most``."""

    line: Line
    account: str
    most: int = 5_000
    _spots: dict[str, _Spot] = field(default_factory=dict)

    def places(self, statuses: Iterable[Fields]) -> dict[str, Mapping[str, str]]:
        """Where the replies among these stand, as ``parse`` takes it.

        One whose thread cannot be seen has no place. Raises what concerns account, pace and line.
        """
        found: dict[str, Mapping[str, str]] = {}
        for status in statuses:
            status_id = text_or_none(status, "id")
            if status_id and _is_placed(status):
                spot = self._spot_of(status_id, status)
                if spot is not None:
                    found[status_id] = {
                        "root": spot.root,
                        "author": spot.author,
                        "branch": spot.branch or spot.root,
                    }
        return found

    def _spot_of(self, status_id: str, status: Fields) -> _Spot | None:
        parent = text_or_none(status, "in_reply_to_id") or ""
        if parent not in self._spots:
            self._ask(status_id)
        above = self._spots.get(parent)
        return self._below(above, status_id, status) if above else None

    def _ask(self, status_id: str) -> None:
        """Learn the way from the root down to this reply."""
        above: _Spot | None = None
        for status in self._ancestors(status_id):
            ancestor = text_or_none(status, "id")
            if ancestor is None:
                return
            if above is None:
                above = self._keep(ancestor, _Spot(ancestor, self._author(status), ""))
            else:
                above = self._below(above, ancestor, status)

    def _ancestors(self, status_id: str) -> list[Fields]:
        try:
            path = f"/api/v1/statuses/{status_id}/context"
            found = self.line.get(path, needs="read:statuses").fields.get("ancestors")
        except (failures.Refused, failures.ContractChanged):
            return []
        except failures.Unavailable as error:
            # A server that stumbles over one thread must not keep us from all that is in the
            # others; one that cannot be reached is another matter.
            if error.network_code.isdecimal():
                return []
            raise
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _below(self, above: _Spot, status_id: str, status: Fields) -> _Spot:
        is_ours = self._author(status) == self.account
        branch = above.branch or ("" if is_ours else status_id)
        return self._keep(status_id, _Spot(above.root, above.author, branch))

    def _keep(self, status_id: str, spot: _Spot) -> _Spot:
        if len(self._spots) >= self.most:
            self._spots.clear()
        self._spots[status_id] = spot
        return spot

    def _author(self, status: Fields) -> str:
        author = status.get("account")
        acct = text_or_none(author, "acct") if isinstance(author, dict) else None
        return address_of(acct or "?", home_of(self.account))


def _is_placed(status: Fields) -> bool:
    """Whether where it stands matters: an answer that everybody can read."""
    return bool(status.get("in_reply_to_id")) and is_open_to_all(status)
