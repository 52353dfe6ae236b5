"""What the Facebook and the Instagram in memory do alike, and the examinations on them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Draft, IngressSecrets, Raw
from hearwell.connect.pretended import Answered, Examined, posted
from hearwell.connect.subject import ErrorCase
from hearwell.connectors.meta.fake_graph import (
    CHALLENGE,
    Body,
    GraphNetwork,
    error,
    escaped,
    throttled,
)
from hearwell.connectors.meta.hook import HEADER, signature_of
from hearwell.connectors.meta.messaging import thread_of

_HOOK: Final = "https://care.example/hooks/x"
_SECOND: Final = timedelta(seconds=1)


class TalkingNetwork(GraphNetwork):
    """Things by their ids, as people said them, and what it told of them."""

    # Whose deliveries they are, and the name under which a text is kept.
    account: ClassVar[str]
    said_as: ClassVar[str]

    def __init__(self, first_number: int) -> None:
        super().__init__()
        self.items: dict[str, Body] = {}
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
        self.told: list[Body] = []
        self._number = first_number

    def _keep(self, ref: str, who: Body, text: str, **more: Any) -> Body:
        now = datetime.now(UTC).replace(microsecond=0) - 2 * _SECOND
        self.now = max(self.now + _SECOND, now)
        said = {self.said_as: text, "at": self.now}
        self.items[ref] = {"id": ref, "from": dict(who), **said, **more}
        return self.items[ref]

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _all(self, kind: str) -> list[Body]:
        return [one for one in reversed(list(self.items.values())) if one["kind"] == kind]

    def _talk(self) -> Body:
        said = [{**self._shown(one), "to": {"data": [one["whom"]]}} for one in self._all("message")]
        return {"id": "t_1", "messages": {"data": said}}

    @abstractmethod
    def _shown(self, item: Body) -> Body:
        """A thing as the Graph API shows it."""

    def _tell_change(self, field: str, value: Body) -> None:
        change = {"field": field, "value": value}
        at = int(self.now.timestamp())
        self._tell({"id": self.account, "time": at, "changes": [change]})

    def _tell_private(self, item: Body, what: Body) -> None:
        sides = {"sender": {"id": item["from"]["id"]}, "recipient": {"id": item["whom"]["id"]}}
        at = int(item["at"].timestamp() * 1000)
        said = {**sides, "timestamp": at, **what}
        self._tell({"id": self.account, "time": at, "messaging": [said]})

    def _tell(self, entry: Body) -> None:
        self.told.append({"object": self.kind, "entry": [entry]})
        self.tell(entry)


class TalkingFake(Examined):
    """A connector on such a network, and Lena who lost a bag."""

    network: TalkingNetwork
    # A message of hers, whom private messages go to, and how the window's end is worded.
    message: ClassVar[str]
    lena: ClassVar[str]
    window_closed: ClassVar[int]

    def __init__(self, account: Account) -> None:
        secret = self.network.app.secret
        self.account = replace(account, scopes=frozenset(self.network.scopes))
        self.ingress = IngressSecrets((secret,), CHALLENGE)

    def raw(self, body: bytes) -> Raw:
        """A delivery with Meta's signature over these very bytes."""
        return posted(_HOOK, {HEADER: signature_of(self.network.app.secret, body)}, body)

    def told_by(self, network: TalkingNetwork) -> list[Raw]:
        """Everything that a network has told."""
        return [self.raw(escaped(payload)) for payload in network.told]

    def delivered(self) -> list[Raw]:
        """Everything it has told us."""
        return self.told_by(self.network)

    @abstractmethod
    def draft(self, **changes: Any) -> Draft:
        """A public answer to the first comment."""

    def private(self, **changes: Any) -> Draft:
        """A private message to Lena."""
        to = {"thread_key": thread_of(self.lena), "parent_id": self.message}
        return self.draft(audience=Audience.PRIVATE, initials=None, **{**to, **changes})

    def write(self, **changes: Any) -> object:
        """Send the private message, somewhat changed."""
        return self.send(self.private(**changes))

    def errors(self) -> list[ErrorCase]:
        """Every error that matters to both, and every way a line can break."""
        late = ("window", error(10, self.window_closed), failures.WindowClosed)
        nobody = partial(self.write, thread_key="dm:1")
        return [
            *self.broken(),
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.answered(self.write, [late]),
            ErrorCase("nobody", nobody, failures.NotAllowed),
        ]


_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
)
_REFUSALS: tuple[Answered, ...] = (
    ("190", error(190, status=401), failures.NeedsReauth),
    ("190/460", error(190, 460), failures.NeedsReauth),
    ("4", throttled(4), failures.Throttled),
    ("32 in 200", error(32, status=200), failures.Throttled),
    ("80001", throttled(80001), failures.Throttled),
    ("10", error(10), failures.ScopeMissing),
    ("200", error(200, status=403), failures.ScopeMissing),
    ("10/1893063", error(10, 1893063), failures.AccountDisabled),
    ("368", error(368), failures.AccountDisabled),
    ("100/33", error(100, 33), failures.TargetGone),
    ("506", error(506), failures.Duplicate),
    ("551", error(551, 1545041), failures.NotAllowed),
    ("2", error(2, status=500), failures.OutcomeUnknown),
    ("502 in HTML", httpx.Response(502, text="<html>"), failures.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), failures.OutcomeUnknown),
    ("200 without an id", httpx.Response(200, json={"success": True}), failures.OutcomeUnknown),
    ("2635", error(2635), failures.Refused),
)
