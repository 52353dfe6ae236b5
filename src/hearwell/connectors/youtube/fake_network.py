"""An in-memory YouTube: one channel, one video, comments that people write, edit and take back."""

from __future__ import annotations

import json
from typing import Any

import httpx

from hearwell.connectors.google.fake_doors import Doors, Fields, refusal
from hearwell.connectors.youtube.manifest import LONGEST, SCOPE

CHANNEL, RIVAL, LENA = (
    "UCnorthwind0000000000000",
    "UCrival00000000000000000",
    "UClena000000000000000000",
)
NAMES = {CHANNEL: "@northwind", RIVAL: "@rival", LENA: "@lena-vik"}
VIDEO = "dQnorthwind"
_SHOWN_BELOW = 5


class Network(Doors):
    """See ``Doors``; comments are kept as YouTube gives them."""

    def __init__(self) -> None:
        super().__init__(SCOPE)
        self.comments: dict[str, Fields] = {}
        self._numbers = 0

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A comment, or with ``parent`` a reply; ``author`` and ``channel`` are ids."""
        return self._write(
            text, where.get("author", LENA), where.get("parent", ""), where.get("channel", CHANNEL)
        )

    def edits(self, comment_id: str, text: str) -> None:
        """Another text for a comment."""
        snippet = self.comments[comment_id]["snippet"]
        snippet |= {"textDisplay": text, "textOriginal": text, "updatedAt": self.stamp()}

    def deletes(self, comment_id: str) -> None:
        """A comment goes, and what is below it."""
        for one in [key for key in self.comments if key.partition(".")[0] == comment_id]:
            del self.comments[one]
        self.comments.pop(comment_id, None)

    def _write(self, text: str, author: str, parent: str, channel: str = CHANNEL) -> str:
        self._numbers += 1
        own = f"Ugx{self._numbers:06}"
        comment_id, at = f"{parent}.{own}" if parent else own, self.stamp()
        snippet: Fields = {
            "authorDisplayName": NAMES.get(author, author),
            "authorChannelId": {"value": author},
            "channelId": channel,
            "videoId": VIDEO,
            "textDisplay": text,
            "textOriginal": text,
            "canRate": True,
            "likeCount": 0,
            "publishedAt": at,
            "updatedAt": at,
        }
        if parent:
            snippet["parentId"] = parent
        self.comments[comment_id] = {
            "kind": "youtube#comment", "etag": own, "id": comment_id, "snippet": snippet,
        }  # fmt: skip
        return comment_id

    # --- what it answers -------------------------------------------------------------------------

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call of the Data API."""
        path = request.url.path.removeprefix("/youtube/v3/")
        params = dict(request.url.params)
        routes = {
            ("GET", "channels"): self._channels,
            ("GET", "commentThreads"): self._threads,
            ("GET", "comments"): self._list,
            ("DELETE", "comments"): self._delete,
            ("POST", "comments/setModerationStatus"): self._moderate,
        }
        if (request.method, path) == ("POST", "comments"):
            return self._insert(json.loads(request.content))
        route = routes.get((request.method, path))
        return route(params) if route else refusal(404, "notFound")

    def _channels(self, params: dict[str, str]) -> httpx.Response:
        handle = params.get("forHandle", NAMES[CHANNEL])
        ids = [one for one, name in NAMES.items() if name == handle]
        items = [
            {"kind": "youtube#channel", "id": one,
             "snippet": {"title": NAMES[one].lstrip("@").title(), "customUrl": NAMES[one]}}
            for one in ids
        ]  # fmt: skip
        return _page(items, params)

    def _threads(self, params: dict[str, str]) -> httpx.Response:
        channel = params["allThreadsRelatedToChannelId"]
        tops = [
            one for key, one in self.comments.items()
            if "." not in key and one["snippet"]["channelId"] == channel
            and one["snippet"].get("moderationStatus", "published") == "published"
        ]  # fmt: skip
        return _page([self.thread(top) for top in reversed(tops)], params)

    def thread(self, top: Fields) -> Fields:
        """A thread with the newest of its replies."""
        below = self._below(top["id"])
        thread: Fields = {
            "kind": "youtube#commentThread",
            "id": top["id"],
            "snippet": {
                "channelId": top["snippet"]["channelId"],
                "videoId": VIDEO,
                "topLevelComment": top,
                "canReply": True,
                "totalReplyCount": len(below),
                "isPublic": True,
            },
        }
        if below:
            thread["replies"] = {"comments": below[-_SHOWN_BELOW:]}
        return thread

    def _below(self, parent: str) -> list[Fields]:
        return [one for one in self.comments.values() if one["snippet"].get("parentId") == parent]

    def _list(self, params: dict[str, str]) -> httpx.Response:
        if "id" in params:
            ids = params["id"].split(",")
            return _page([self.comments[one] for one in ids if one in self.comments], params)
        if params["parentId"] not in self.comments:
            return refusal(404, "parentCommentNotFound")
        return _page(self._below(params["parentId"]), params)

    def _insert(self, body: Fields) -> httpx.Response:
        parent, text = body["snippet"]["parentId"], body["snippet"]["textOriginal"]
        if parent not in self.comments:
            return refusal(404, "parentCommentNotFound")
        if len(text) > LONGEST:
            return refusal(400, "commentTextTooLong")
        return httpx.Response(200, json=self.comments[self._write(text, CHANNEL, parent)])

    def _delete(self, params: dict[str, str]) -> httpx.Response:
        found = self.comments.get(params["id"])
        if found is None:
            return refusal(404, "commentNotFound")
        if found["snippet"]["authorChannelId"]["value"] != CHANNEL:
            return refusal(403, "forbidden")
        self.deletes(params["id"])
        return httpx.Response(204)

    def _moderate(self, params: dict[str, str]) -> httpx.Response:
        for one in params["id"].split(","):
            if one not in self.comments:
                return refusal(404, "commentNotFound")
            self.comments[one]["snippet"]["moderationStatus"] = params["moderationStatus"]
        return httpx.Response(204)


def _page(items: list[Fields], params: dict[str, str]) -> httpx.Response:
    start, most = int(params.get("pageToken") or 0), int(params.get("maxResults", 20))
    body: Fields = {"kind": "youtube#list", "etag": "x", "items": items[start : start + most]}
    if start + most < len(items):
        body["nextPageToken"] = str(start + most)
    return httpx.Response(200, json=body)
