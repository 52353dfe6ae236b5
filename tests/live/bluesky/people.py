"""People of the network, through ``atproto``: a client that shares no code with ours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import atproto
from atproto import models
from atproto_client.exceptions import AtProtocolError

from tests.live.desk import soon

PASSWORD = "a password of its own"
POST = "app.bsky.feed.post"
_numbers = count(1)


@dataclass
class Person:
    """Somebody with an account and an app of their own."""

    client: atproto.Client
    handle: str
    did: str
    address: str

    def mention(self, other: Person, text: str, **more: Any) -> models.ComAtprotoRepoStrongRef.Main:
        """Post "@other text", the mention linked."""
        words = atproto.client_utils.TextBuilder()
        words.mention(f"@{other.handle}", other.did).text(f" {text}")
        return _ref(self.client.send_post(words, **more))

    def post(self, text: str, **more: Any) -> models.ComAtprotoRepoStrongRef.Main:
        """Post a text."""
        return _ref(self.client.send_post(text, **more))

    def announce(self, text: str) -> models.ComAtprotoRepoStrongRef.Main:
        """Post a text, and wait until everybody can see it.

        A reply that is indexed before what it answers is never told of.
        """
        post = self.post(text)
        self.seen(post.uri)
        return post

    def seen(self, uri: str) -> None:
        """Wait until a post can be seen."""
        soon(lambda: self.client.get_posts([uri]).posts, what=f"{uri} being seen")

    def reply(
        self, parent: Any, text: str, root: Any = None
    ) -> models.ComAtprotoRepoStrongRef.Main:
        """Answer a post."""
        ref = models.AppBskyFeedPost.ReplyRef(parent=_ref(parent), root=_ref(root or parent))
        return self.post(text, reply_to=ref)

    def replies_to(self, uri: str) -> list[models.AppBskyFeedDefs.PostView]:
        """What this person sees right below a post."""
        thread = self.client.get_post_thread(uri).thread
        replies = getattr(thread, "replies", None) or []
        return [one.post for one in replies if hasattr(one, "post")]

    def app_password(self) -> str:
        """A new app password, as the settings of the app make it."""
        made = self.client.com.atproto.server.create_app_password({"name": f"hw {next(_numbers)}"})
        return made.password

    def leave(self) -> None:
        """Put the app away."""
        self.client.request._client.close()

    def create(self, record: dict[str, Any], kind: str = POST) -> str:
        """Write a record; returns its address."""
        body = {"repo": self.did, "collection": kind, "record": self._stamped(record, kind)}
        return str(self.call("com.atproto.repo.createRecord", body).content["uri"])

    def put(self, kind: str, rkey: str, record: dict[str, Any]) -> None:
        """Write a record under a key."""
        stamped = self._stamped(record, kind)
        body = {"repo": self.did, "collection": kind, "rkey": rkey, "record": stamped}
        self.call("com.atproto.repo.putRecord", body)

    def record(self, uri: str) -> dict[str, Any]:
        """A record as it stands."""
        _, _, did, kind, rkey = uri.split("/")
        query = {"repo": did, "collection": kind, "rkey": rkey}
        answer = self.client.request.get(
            f"{self.address}/xrpc/com.atproto.repo.getRecord", params=query, headers=self.headers()
        )
        return dict(answer.content["value"])

    def facets(self, text: str, other: Person) -> list[dict[str, Any]]:
        """The mark at the first mention of somebody in a text."""
        words = f"@{other.handle}"
        start = len(text[: text.index(words)].encode())
        index = {"byteStart": start, "byteEnd": start + len(words)}
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": other.did}
        return [{"index": index, "features": [feature]}]

    def call(self, method: str, body: dict[str, Any]) -> Any:
        """Any call that the client has no words for."""
        return self.client.request.post(
            f"{self.address}/xrpc/{method}", json=body, headers=self.headers()
        )

    def headers(self) -> dict[str, str]:
        """The proof of who is calling."""
        session = self.client._session
        assert session
        return {"authorization": f"Bearer {session.access_jwt}"}

    def _stamped(self, record: dict[str, Any], kind: str) -> dict[str, Any]:
        return {"$type": kind, "createdAt": self.client.get_current_time_iso(), **record}


def _ref(made: Any) -> models.ComAtprotoRepoStrongRef.Main:
    return models.ComAtprotoRepoStrongRef.Main(uri=made.uri, cid=made.cid)


def arrive(address: str, name: str) -> Person:
    """A new person on the network; returns once the app view knows them."""
    handle = f"{name}{next(_numbers)}.test"
    client = atproto.Client(base_url=address)
    client.com.atproto.server.create_account(
        {"handle": handle, "email": f"{handle}@example.com", "password": PASSWORD}
    )
    soon(lambda: _signed_in(client, handle), what=f"the profile of {handle}")
    assert client.me
    return Person(client, handle, client.me.did, address)


def _signed_in(client: atproto.Client, handle: str) -> bool:
    """A new account's profile is not in the app view at once."""
    try:
        client.login(handle, PASSWORD)
    except AtProtocolError:
        return False
    return True
