"""The examination of the connector on a Reddit in memory: no sockets."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Act, Audience, Author, Draft, Raw
from hearwell.connect.pretended import Answered, Examined, Trouble, looked_up, said
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.reddit import fake_network as net
from hearwell.connectors.reddit.connector import RedditConnector
from hearwell.connectors.reddit.manifest import COMMENT_LIMIT, FREE, SCOPES

US = net.IDS[net.NAME]


class Fake(Examined):
    """The connector on a fresh network with one comment below a post of ours."""

    connector: RedditConnector
    network: net.Network
    stream: ClassVar[str] = "inbox"

    def __init__(self) -> None:
        self.network = net.Network()
        self.connector = RedditConnector(self.network.client)
        self.account = Account(
            external_id=US,
            handle=f"u/{net.NAME}",
            settings={"name": net.NAME, "contact": net.NAME, "moderates": net.SUBREDDIT},
            secrets={
                "access": self.network.access,
                "refresh": self.network.refresh,
                "client_id": net.CLIENT_ID,
                "client_secret": net.CLIENT_SECRET,
            },
            tier=FREE,
            scopes=frozenset(SCOPES),
        )
        self.post = self.network.post(net.NAME, "New routes")
        self.first = self.network.customer_says("My bag stayed in Lisbon 😡", below=self.post)

    def raw(self, body: bytes) -> Raw:
        """A delivery as a poll makes it."""
        return looked_up(body, "https://oauth.reddit.com")

    def _enveloped(self, **told: Any) -> Raw:
        return self.raw(json.dumps({"account": US, "name": net.NAME, **told}).encode())

    def delivered(self) -> list[Raw]:
        """What the polls bring, our own comments last."""
        streams = self.connector.streams(self.account)
        pages = [self.connector.poll(self.account, stream, None) for stream in streams]
        return [raw for page in pages for raw in page.raws]

    def story(self) -> list[Raw]:
        """A comment, then edited; our answer; a reply to it; and one that is then gone."""
        network = net.Network()
        post = network.post(net.NAME, "New routes")
        first = network.customer_says("Where is my bag?", below=post)
        ours = network.customer_says("We are looking for it.", person=net.NAME, below=first)
        thanks = network.customer_says("Thank you", below=ours)
        doubt = network.customer_says("Anyone?", below=post)
        known = {first: net.IDS[net.LENA]}
        told = [
            self._enveloped(things=[network.things[name]], parents=known)
            for name in (first, ours, thanks, doubt)
        ]
        network.edits(first, "Where is my blue bag?")
        changed = self._enveloped(changed=[network.things[first]])
        return [*told, changed, self._enveloped(gone=[doubt])]

    def draft(self) -> Draft:
        """An answer to the comment."""
        return Draft(
            text="We have found it. *Really*",
            audience=Audience.PUBLIC,
            account=US,
            thread_key=f"{self.post}:{net.IDS[net.LENA]}",
            parent_id=self.first,
            root_id=self.post,
            to=Author(net.IDS[net.LENA], f"u/{net.LENA}"),
            initials="AB",
        )

    def counts(self) -> list[Count]:
        """Code points, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 7),
            Count(Audience.PRIVATE, "🇵🇹", 2),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every documented refusal, every trouble, and every way a line can break."""
        return [
            *self.answered(self.say, _TO_A_COMMENT),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            *self.troubled(_TROUBLES),
            ErrorCase("gone", partial(self._below, "t1_k9"), failures.TargetGone),
            ErrorCase("nothing", partial(self._below, "x"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * (COMMENT_LIMIT + 1)), failures.TooLong),
            ErrorCase("theirs", partial(self._act, Act.DELETE), failures.NotAllowed),
            ErrorCase("no moderator", self._remove_elsewhere, failures.NotAllowed),
            ErrorCase("refresh revoked", partial(self.renew, refresh="dead"), failures.NeedsReauth),
        ]

    def _below(self, parent: str) -> object:
        return self.say(thread_key=parent, parent_id=parent)

    def _act(self, act: Act) -> object:
        self.connector.act(self.account, act, self.first)
        return None

    def _remove_elsewhere(self) -> object:
        post = self.network.customer_says("Elsewhere", subreddit=net.OTHER_SUBREDDIT)
        self.connector.act(self.account, Act.HIDE, post)
        return None


_NO_SCOPE = httpx.Response(
    403, json={"error": 403}, headers={"www-authenticate": 'Bearer error="insufficient_scope"'}
)
_TROUBLES: tuple[Trouble, ...] = (
    ("token_expired", True, failures.NeedsReauth),
    ("consent_withdrawn", False, failures.NeedsReauth),
    ("approval_withdrawn", True, failures.NotAllowed),
    ("throttled", True, failures.Throttled),
    ("throttled", False, failures.Throttled),
    ("ratelimit", False, failures.Throttled),
    ("outage", True, failures.Unavailable),
    ("outage", False, failures.OutcomeUnknown),
    ("lost_answer", False, failures.OutcomeUnknown),
    ("garbled", True, failures.ContractChanged),
    ("garbled", False, failures.OutcomeUnknown),
    ("locked", False, failures.NotAllowed),
)
_TO_A_COMMENT: tuple[Answered, ...] = (
    ("200 USER_REQUIRED", net.wrong("USER_REQUIRED", "log in"), failures.NeedsReauth),
    ("200 TOO_OLD", net.wrong("TOO_OLD", "archived"), failures.NotAllowed),
    ("200 USER_BLOCKED", net.wrong("USER_BLOCKED", "blocked"), failures.NotAllowed),
    ("200 SUSPENDED", net.wrong("SUSPENDED", "suspended"), failures.AccountDisabled),
    ("200 NO_TEXT", net.wrong("NO_TEXT", "we need something here"), failures.Refused),
    ("200 RATELIMIT", net.wrong("RATELIMIT", "in 3 seconds"), failures.Throttled),
    ("200 errors that are no list", said(json={"errors": [7]}), failures.Refused),
    ("200 without a thing", said(json={"errors": []}), failures.OutcomeUnknown),
    ("400 TOO_LONG", net.refusal(400, reason="TOO_LONG"), failures.TooLong),
    ("400", net.refusal(400), failures.Refused),
    ("403", net.refusal(403), failures.NotAllowed),
    ("403 scope", _NO_SCOPE, failures.ScopeMissing),
    ("404", net.refusal(404), failures.TargetGone),
    ("500", net.refusal(500), failures.OutcomeUnknown),
    ("302", httpx.Response(302, headers={"location": "/"}), failures.OutcomeUnknown),
)
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll: 502", net.refusal(502), failures.Unavailable),
    ("poll: no listing", said(kind="t1", data={}), failures.ContractChanged),
    ("poll: a list", httpx.Response(200, json=[]), failures.ContractChanged),
    ("poll: 302", httpx.Response(302), failures.ContractChanged),
    ("poll: 429 without a time", net.refusal(429), failures.Throttled),
)
