"""Play the scenes on a real network and write down what was said: the golden files.

    python -m tests.live.bluesky.record

Writes ``tests/unit/connectors/bluesky/recorded`` and ``tests/conformance/payloads/bluesky``. People
and words are invented here; addresses and tokens are made neutral.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import time_machine

from hearwell.connect.model import Account, InboundMessage, Raw, RawPage
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.connectors.bluesky.session import Places
from tests.live.bluesky.network import Network, expired_token, running_network
from tests.live.bluesky.people import Person, arrive, soon
from tests.unit.connectors.bluesky.scenes import (
    DIRECTORY,
    SCENES,
    SERVER,
    VIEW,
    Facts,
    Recording,
    answered,
    asked,
    outcome_of,
)

ROOT = Path(__file__).parents[3]
PAYLOADS = ROOT / "tests" / "conformance" / "payloads" / "bluesky"
_SIGNATURE = re.compile(r"(eyJ[\w-]+\.eyJ[\w-]+)\.[\w-]+")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class Tape(httpx.BaseTransport):
    """Passes calls on and keeps what was said."""

    def __init__(self, kept: list[dict[str, Any]]) -> None:
        self.inner, self.kept = httpx.HTTPTransport(), kept

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange."""
        response = self.inner.handle_request(request)
        response.read()
        self.kept.append({"asked": asked(request), "answer": answered(response)})
        return response

    def close(self) -> None:
        """Hang up."""
        self.inner.close()


class Stage:
    """A network, people on it, and a tape that runs."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.exchanges: list[dict[str, Any]] = []
        self.connector = BlueskyConnector(
            lambda _: httpx.Client(transport=Tape(self.exchanges), timeout=30),
            Places(network.url, network.directory),
        )
        self.brand = arrive(network.url, "northwind")
        self.lena = arrive(network.url, "lena")
        self.omar = arrive(network.url, "omar")
        self.password = self.brand.app_password()
        given = {"handle": self.brand.handle, "password": self.password, "service": ""}
        known = self.connector.connect(given)
        self.account = Account(
            known.external_id, known.handle, known.settings, known.secrets, scopes=known.scopes
        )

    def play(self, name: str, *, account: Account | None = None, **facts: Any) -> object:
        """Play a scene and save it; returns what came of it."""
        account = account or self.account
        known: Facts = {
            "account": account.external_id,
            "handle": account.handle,
            "since": account.settings["since"],
            "access": account.secrets.get("access", ""),
            **facts,
        }
        self.exchanges.clear()
        recording = Recording(datetime.now(UTC), known)
        result: list[object] = []

        def call() -> object:
            result.append(SCENES[name](self.connector, account, known))
            return result[0]

        with time_machine.travel(recording.at, tick=False):
            recording.outcome = outcome_of(self.connector, call)
        recording.exchanges = list(self.exchanges)
        recording.save(name, self.neutral)
        return result[0] if result else None

    def neutral(self, text: str) -> str:
        """Without ports, signatures and passwords."""
        for address, stands_for in (
            (self.network.url, SERVER),
            (self.network.directory, DIRECTORY),
            (f"http://localhost:{self.network.view_port}", VIEW),
        ):
            text = text.replace(address, stands_for)
        return _SIGNATURE.sub(r"\1.signature", text.replace(self.password, "abcd-efgh-ijkl-mnop"))

    def keep(self, name: str, *raws: Raw) -> None:
        """Save deliveries as payloads for the examination."""
        PAYLOADS.mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(raws):
            said = json.dumps(json.loads(raw.body), ensure_ascii=False, indent=1)
            ending = f"_{number + 1}" if len(raws) > 1 else ""
            (PAYLOADS / f"{name}{ending}.json").write_text(self.neutral(said) + "\n")

    def heard(self, uri: str) -> InboundMessage:
        """Poll from the start, off the record, until a post is heard."""
        return soon(lambda: self._heard(uri), what=f"hearing {uri}")

    def _heard(self, uri: str) -> InboundMessage | None:
        page = self.connector.poll(self.account, "messages", None)
        items = [item for raw in page.raws for item in self.connector.parse(raw)]
        found = [i for i in items if i.external_id == uri and isinstance(i, InboundMessage)]
        return found[0] if found else None


def parent_of(item: InboundMessage) -> Facts:
    """What a scene needs to know of the post that is answered."""
    author = item.author
    return {
        "uri": item.external_id,
        "root": item.root_id,
        "thread_key": item.thread_key,
        "author": [author.external_id, author.handle, author.name],
        "at": item.occurred_at.isoformat(),
    }


def sessions(stage: Stage) -> None:
    """Signing in, who we are, and dead tokens."""
    given = {"handle": stage.brand.handle, "password": stage.password, "service": ""}
    stage.play("connect", given=given)
    stage.play("connect_wrong_password", given=given | {"password": "not the one"})
    stage.play("connect_unknown_handle", given=given | {"handle": "nobody-here.test"})
    stage.play("identity")
    stage.play("identity_no_token", account=replace(stage.account, secrets={}))
    stage.play("health")
    stage.play("refresh")
    for name, access in (("bad", "x.y.z"), ("expired", expired_token(stage.brand.did))):
        dead = replace(stage.account, secrets={**stage.account.secrets, "access": access})
        stage.play(f"poll_{name}_token", account=dead)


def hearing(stage: Stage) -> Facts:
    """A mention with everything in it, a quote with a picture, a comment, likes; one is deleted."""
    brand, lena, omar = stage.brand, stage.lena, stage.omar
    ours = brand.announce("We fly to Oslo")
    words = f"😡 @{brand.handle} wo ist mein Koffer? #hilfe https://example.com/é"
    mention = lena.create({"text": words, "langs": ["de"], "facets": lena.facets(words, brand)})
    stage.heard(mention)
    first = stage.play("poll_first")
    assert isinstance(first, RawPage)
    stage.keep("mention", *first.raws)
    picture = lena.client.request.post(
        f"{lena.address}/xrpc/com.atproto.repo.uploadBlob",
        content=PIXEL,
        headers={**lena.headers(), "content-type": "image/png"},
    ).content["blob"]
    embed = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"$type": "app.bsky.embed.record", "record": {"uri": ours.uri, "cid": ours.cid}},
        "media": {
            "$type": "app.bsky.embed.images",
            "images": [{"alt": "A broken suitcase", "image": picture}],
        },
    }
    quote = lena.create({"text": "Look at this", "embed": embed})
    comment = omar.reply(ours, "At last! नमस्ते 👨‍👩‍👧‍👦").uri
    for uri in (quote, comment):
        stage.heard(uri)
    more = stage.play("poll_more", cursor=first.cursor)
    assert isinstance(more, RawPage)
    stage.keep("quote_and_comment", *more.raws)
    stage.play("poll_quiet", cursor=more.cursor)
    omar.client.like(ours.uri, ours.cid)
    omar.client.repost(ours.uri, ours.cid)
    omar.client.follow(brand.did)
    soon(lambda: len(_reasons(brand) & {"like", "repost", "follow"}) == 3, what="reactions")
    reactions = stage.play("poll_reactions")
    assert isinstance(reactions, RawPage)
    stage.keep("reactions", *reactions.raws)
    doubt = omar.mention(brand, "never mind")
    stage.heard(doubt.uri)
    before = stage.connector.poll(stage.account, "messages", more.cursor)
    omar.client.delete_post(doubt.uri)
    soon(lambda: stage.connector.fetch_one(stage.account, doubt.uri) is None, what="the deletion")
    gone = stage.play("poll_deleted", cursor=before.cursor)
    assert isinstance(gone, RawPage)
    stage.keep("deleted", *gone.raws)
    below = stage.play("poll_replies")
    assert isinstance(below, RawPage)
    stage.keep("below", *below.raws)
    return {"mention": mention, "ours": ours.uri, "comment": comment, "deleted": doubt.uri}


def reading(stage: Stage, facts: Facts) -> None:
    """One post, a feed, a search."""
    stage.play("fetch", ref=facts["mention"])
    stage.play("fetch_deleted", ref=facts["deleted"])
    raw = stage.connector.fetch_one(stage.account, facts["mention"])
    assert raw
    stage.keep("fetched", raw)
    for name, more in (("timeline", {"author": stage.lena.handle}), ("search", {"words": "Oslo"})):
        page = stage.play(name, **more)
        assert isinstance(page, RawPage)
        stage.keep(name, *page.raws)
    stage.play("timeline_nobody", author="nobody-here.test")


def answering(stage: Stage, facts: Facts) -> None:
    """Once, again, under a key that is taken, too long, to what cannot be answered."""
    lena, brand = stage.lena, stage.brand
    parent = parent_of(stage.heard(facts["mention"]))
    text = f"Es tut uns leid, @{lena.handle}: https://example.com/hilfe 🧳 #Koffer"
    reply: Facts = {"parent": parent, "text": text, "key": "0199a000-0000-7000-8000-00000000000a"}
    stage.play("find_before", **reply)
    stage.play("send", **reply)
    stage.play("send_again", **reply)
    stage.play("send_other_under_key", **reply | {"text": "Something else"})
    stage.play("find_after", **reply)
    own = stage.play("poll_own")
    assert isinstance(own, RawPage)
    stage.keep("own", *own.raws)
    stage.play("send_too_long", **reply | {"text": "👨‍👩‍👧‍👦" * 150, "key": "too-long"})
    gone = parent | {"uri": facts["deleted"]}
    stage.play("send_deleted_parent", **reply | {"parent": gone, "key": "gone"})
    closed = lena.mention(brand, "do not answer").uri
    gate = {"post": closed, "allow": []}
    lena.put("app.bsky.feed.threadgate", closed.rpartition("/")[2], gate)
    item = stage.heard(closed)
    ask: Callable[[], Any] = lambda: brand.client.get_posts([closed]).posts[0].viewer.reply_disabled  # noqa: E731
    soon(ask, what="the gate")
    stage.play("send_closed_thread", **reply | {"parent": parent_of(item), "key": "closed"})
    blocked = stage.heard(stage.omar.mention(brand, "I have had it").uri)
    stage.omar.create({"subject": brand.did}, "app.bsky.graph.block")
    soon(lambda: not brand.client.get_posts([blocked.external_id]).posts, what="the block")
    stage.play("send_blocked", **reply | {"parent": parent_of(blocked), "key": "blocked"})


def moderating(stage: Stage, facts: Facts) -> None:
    """Like and unlike, hide and show, delete ours."""
    lena, brand = stage.lena, stage.brand
    ours = brand.announce("We fly to Bergen")
    comment = lena.reply(ours, "Spam").uri
    stage.heard(comment)
    view: Callable[[], Any] = lambda: brand.client.get_posts([comment]).posts[0].viewer.like  # noqa: E731
    stage.play("like", ref=comment)
    soon(view, what="the like")
    stage.play("like_again", ref=comment)
    stage.play("unlike", ref=comment)
    stage.play("hide", ref=comment)
    stage.play("unhide", ref=comment)
    stage.play("delete", ref=ours.uri)
    stage.play("delete_again", ref=ours.uri)


def throttled(stage: Stage, facts: Facts) -> None:
    """Use up the hour's points, then try to answer."""
    parent = parent_of(stage.heard(facts["mention"]))
    value = {"$type": "app.example.thing", "number": 1}
    kind = "com.atproto.repo.applyWrites#create"
    write = {"$type": kind, "collection": "app.example.thing", "value": value}
    body = {"repo": stage.brand.did, "writes": [write] * 200}
    address = f"{stage.network.url}/xrpc/com.atproto.repo.applyWrites"
    for _ in range(12):
        headers = stage.brand.headers()
        if httpx.post(address, json=body, headers=headers, timeout=60).status_code == 429:
            break
    stage.play("send_throttled", parent=parent, text="We are on it", key="throttled")


def _reasons(who: Person) -> set[str]:
    answer = who.client.app.bsky.notification.list_notifications({"limit": 100})
    return {one.reason for one in answer.notifications}


def main() -> None:
    """Record everything."""
    with running_network() as network:
        stage = Stage(network)
        sessions(stage)
        facts = hearing(stage)
        reading(stage, facts)
        answering(stage, facts)
        moderating(stage, facts)
        throttled(stage, facts)


if __name__ == "__main__":
    main()
