"""Calls of the connector that were made on a real network once and are played again in tests.

A scene is one call. Its recording (``recorded/<scene>.json``) holds the facts it was made with,
every request and answer of it, and what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from hearwell.connect.connecting import Connected
from hearwell.connect.failures import Failure
from hearwell.connect.model import Account, Act, Audience, Author, Draft, RawPage
from hearwell.connectors.bluesky.connector import BlueskyConnector

FOLDER = Path(__file__).parent / "recorded"
SERVER, VIEW, DIRECTORY = (
    "https://pds.example.com",
    "https://view.example.com",
    "https://plc.example.com",
)
KEPT_HEADERS = ("ratelimit-", "retry-after", "content-type")
Facts = dict[str, Any]
Scene = Callable[[BlueskyConnector, Account, Facts], object]


def account_of(facts: Facts) -> Account:
    """The account a scene was played with."""
    return Account(
        external_id=facts["account"],
        handle=facts["handle"],
        settings={"pds": SERVER, "since": facts["since"]},
        secrets={"access": facts["access"], "refresh": "a refresh token", "password": "a password"},
        scopes=frozenset({"read", "write"}),
    )


def draft_of(facts: Facts) -> Draft:
    """The reply of a scene."""
    parent = facts["parent"]
    return Draft(
        text=facts["text"],
        audience=Audience.PUBLIC,
        account=facts["account"],
        thread_key=parent["thread_key"],
        parent_id=parent["uri"],
        root_id=parent["root"],
        to=Author(*parent["author"]),
        initials="AB",
        parent_seen_at=datetime.fromisoformat(parent["at"]),
    )


def _poll(stream: str) -> Scene:
    return lambda c, a, f: c.poll(a, stream, f.get("cursor"))


def _act(act: Act) -> Scene:
    return lambda c, a, f: c.act(a, act, f["ref"])


def _send(c: BlueskyConnector, a: Account, f: Facts) -> object:
    return c.send(a, draft_of(f), f["key"])


def _find(c: BlueskyConnector, a: Account, f: Facts) -> object:
    since = datetime.fromisoformat(f["parent"]["at"])
    return c.find_sent(a, draft_of(f), f["key"], since=since)


SCENES: Mapping[str, Scene] = {
    "connect": lambda c, _, f: c.connect(f["given"]),
    "connect_wrong_password": lambda c, _, f: c.connect(f["given"]),
    "connect_unknown_handle": lambda c, _, f: c.connect(f["given"]),
    "identity": lambda c, a, _: c.identity(a),
    "identity_no_token": lambda c, a, _: c.identity(a),
    "health": lambda c, a, _: c.health(a),
    "refresh": lambda c, a, _: sorted(c.refresh(a)),
    "poll_bad_token": _poll("messages"),
    "poll_expired_token": _poll("messages"),
    "poll_first": _poll("messages"),
    "poll_more": _poll("messages"),
    "poll_quiet": _poll("messages"),
    "poll_deleted": _poll("messages"),
    "poll_own": _poll("own"),
    "poll_reactions": _poll("reactions"),
    "poll_replies": _poll("replies"),
    "fetch": lambda c, a, f: [c.parse(raw) for raw in [c.fetch_one(a, f["ref"])] if raw],
    "fetch_deleted": lambda c, a, f: c.fetch_one(a, f["ref"]),
    "timeline": lambda c, a, f: c.timeline(a, f["author"], None),
    "timeline_nobody": lambda c, a, f: c.timeline(a, f["author"], None),
    "search": lambda c, a, f: c.search(a, f["words"], None),
    "find_before": _find,
    "send": _send,
    "send_again": _send,
    "send_other_under_key": _send,
    "find_after": _find,
    "send_too_long": _send,
    "send_deleted_parent": _send,
    "send_closed_thread": _send,
    "send_blocked": _send,
    "send_throttled": _send,
    "like": _act(Act.LIKE),
    "like_again": _act(Act.LIKE),
    "unlike": _act(Act.UNLIKE),
    "hide": _act(Act.HIDE),
    "unhide": _act(Act.UNHIDE),
    "delete": _act(Act.DELETE),
    "delete_again": _act(Act.DELETE),
}


def outcome_of(connector: BlueskyConnector, play: Callable[[], object]) -> list[str]:
    """What came of a call, in words that can be compared."""
    try:
        result = play()
    except Failure as failure:
        return [repr(failure), str(failure.retry_at)]
    if isinstance(result, RawPage):
        items = [item for raw in result.raws for item in connector.parse(raw)]
        return [*map(told, items), f"cursor {result.cursor}", f"again {result.poll_after}"]
    if isinstance(result, Connected):
        return [told(replace(result, scopes=frozenset())), *sorted(result.scopes)]
    return [told(result)]


def told(value: object) -> str:
    """A value in words, without what stands at its default: a later field changes no recording."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(told, value))}]"
    if not is_dataclass(value):
        return repr(value)
    shown = [
        f"{one.name}={told(mine)}"
        for one in fields(value)
        if one.repr and (mine := getattr(value, one.name)) != _default_of(one)
    ]
    return f"{type(value).__name__}({', '.join(shown)})"


def _default_of(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()


@dataclass
class Recording:
    """One scene as it was played on the real network."""

    at: datetime
    facts: Facts
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    outcome: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, name: str) -> Recording:
        """Read a recording."""
        said = json.loads((FOLDER / f"{name}.json").read_text())
        at = datetime.fromisoformat(said["at"]).astimezone(UTC)
        return cls(at, said["facts"], said["exchanges"], said["outcome"])

    def save(self, name: str, neutral: Callable[[str], str]) -> None:
        """Write it, with addresses and tokens made neutral."""
        said = {
            "at": self.at.isoformat(),
            "facts": self.facts,
            "exchanges": self.exchanges,
            "outcome": self.outcome,
        }
        text = json.dumps(said, ensure_ascii=False, indent=1)
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(neutral(text) + "\n")


def asked(request: httpx.Request) -> dict[str, Any]:
    """A request as a recording holds it: no header, for there are the tokens."""
    url = request.url
    return {
        "method": request.method,
        "url": f"{url.scheme}://{url.netloc.decode()}{url.path}",
        "query": sorted(map(list, url.params.multi_items())),
        "body": json.loads(request.content) if request.content else None,
    }


def answered(response: httpx.Response) -> dict[str, Any]:
    """An answer as a recording holds it."""
    kept = {k: v for k, v in response.headers.items() if k.startswith(KEPT_HEADERS)}
    body = response.json() if "json" in response.headers.get("content-type", "") else None
    return {"status": response.status_code, "headers": kept, "body": body}
