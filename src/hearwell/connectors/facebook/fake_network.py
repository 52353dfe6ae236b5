"""An in-memory Facebook with one Page of ours and one customer; it misbehaves on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx

from hearwell.connectors.facebook.manifest import COMMENT_LIMIT, MESSAGE_LIMIT, SCOPES
from hearwell.connectors.meta.fake_graph import Body, Call, error
from hearwell.connectors.meta.fake_pages import TalkingNetwork

PAGE, NAME = "1784001", "Northwind Air"
LENA = {"id": "7001", "name": "Lena Vik"}
POST, REVIEW = f"{PAGE}_5001", "9100000001"
_GONE = 33


class Network(TalkingNetwork):
    """Posts, comments, reviews and private messages, each by its id."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        **TalkingNetwork.TROUBLES,
        "window_closed": "Messenger refuses private messages: outside of the window (10/2018278).",
    }
    kind: ClassVar[str] = "page"
    account: ClassVar[str] = PAGE
    said_as: ClassVar[str] = "message"
    fragile_scope: ClassVar[str] = "pages_messaging"

    def __init__(self) -> None:
        super().__init__(100)
        self.scopes = set(SCOPES)
        self.page_token = self.mint(PAGE, "page")
        self.subscribed: list[str] = []
        self._keep(POST, self._us(), "We fly to Oslo again.", kind="post")

    # --- what people do ---------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """Say something below our post, or ``private``, as a ``post``, ``review``, ``to`` one."""
        if where.get("private"):
            return self._writes(LENA, self._us(), text, to=where.get("to", ""))
        if where.get("post"):
            return self._publishes(LENA, text)
        if where.get("review"):
            return self._reviews(text, where["review"])
        return self._comments(LENA, text, str(where.get("to") or POST))

    def edits(self, ref: str, text: str) -> None:
        """Change what was said."""
        item = self.items[ref]
        item["message"], item["edits"] = text, item.get("edits", 0) + 1
        if item["kind"] == "message":
            told = {"mid": ref, "text": text, "num_edit": item["edits"]}
            self._tell_private(item, {"message_edit": told})
        else:
            self._tell_public(item, "edited")

    def deletes(self, ref: str) -> None:
        """Take away what was said; Messenger tells of that only as unsent."""
        item = self.items.pop(ref)
        if item["kind"] == "message":
            self._tell_private(item, {"message": {"mid": ref, "is_deleted": True}})
        else:
            self._tell_public(item, "remove")

    def _us(self) -> Body:
        return {"id": PAGE, "name": NAME}

    def _comments(self, who: Body, text: str, parent: str) -> str:
        post = self.items[parent].get("post", parent)
        ref = f"{post.partition('_')[2]}_{self._next()}"
        item = self._keep(ref, who, text, kind="comment", post=post, parent=parent)
        self._tell_public(item, "add")
        return ref

    def _publishes(self, who: Body, text: str) -> str:
        item = self._keep(f"{PAGE}_{self._next()}", who, text, kind="post", wall=True)
        self._tell_public(item, "add")
        return str(item["id"])

    def _reviews(self, text: str, verdict: str) -> str:
        ref = f"91{self._next()}"
        item = self._keep(ref, LENA, text, kind="review", verdict=verdict)
        self._tell_public(item, "add")
        return ref

    def _writes(self, who: Body, whom: Body, text: str, *, to: str = "", key: str = "") -> str:
        ref = f"m_Fake{self._next()}"
        item = self._keep(ref, who, text, kind="message", whom=whom)
        said: Body = {"mid": ref, "text": text}
        if to:
            said["reply_to"] = {"mid": to}
        if who["id"] == PAGE:
            said |= {"is_echo": True, "app_id": int(self.app.id)} | (
                {"metadata": key} if key else {}
            )
        self._tell_private(item, {"message": said})
        return ref

    # --- what it tells ----------------------------------------------------------------------------

    def _tell_public(self, item: Body, verb: str) -> None:
        self.now += timedelta(seconds=1)
        field = "ratings" if item["kind"] == "review" else "feed"
        self._tell_change(field, self._value(item, verb))

    def _value(self, item: Body, verb: str) -> Body:
        made = int(item["at"].timestamp())
        if item["kind"] == "review":
            return {
                "item": "rating", "verb": verb, "created_time": made,
                "open_graph_story_id": item["id"], "review_text": item["message"],
                "reviewer_id": item["from"]["id"], "reviewer_name": item["from"]["name"],
                "recommendation_type": item["verdict"],
            }  # fmt: skip
        value = {
            "item": item["kind"], "verb": verb, "created_time": made, "from": item["from"],
            "message": item["message"], "post_id": item.get("post", item["id"]),
            "post": {"status_type": self._status(str(item.get("post") or item["id"]))},
        }  # fmt: skip
        if item["kind"] == "comment":
            value |= {"comment_id": item["id"], "parent_id": item["parent"]}
        return value

    def _status(self, post: str) -> str:
        return "wall_post" if self.items.get(post, {}).get("wall") else "mobile_status_update"

    def _tell_private(self, item: Body, what: Body) -> None:
        self.now += timedelta(seconds=1)
        super()._tell_private(item, what)

    # --- its API ----------------------------------------------------------------------------------

    def answer(self, call: Call) -> Body | httpx.Response | None:
        """What the Graph says of the Page and what is on it."""
        head, _, edge = call.path.partition("/")
        if head == PAGE:
            return self._of_page(call, edge)
        if call.path == "me":
            return {"id": self.tokens[call.token], "name": NAME}
        if call.path == "me/accounts":
            return {"data": [self._offered()]}
        return self._at_item(call, head, edge)

    def _offered(self) -> Body:
        token = self.mint(PAGE, "page")
        return {"id": PAGE, "name": NAME, "access_token": token, "tasks": ["MODERATE", "MESSAGING"]}

    def _of_page(self, call: Call, edge: str) -> Body | httpx.Response | None:
        routes: dict[str, Callable[[Call], Body | httpx.Response]] = {
            "messages": self._send,
            "feed": lambda _: {"data": [self._post(one) for one in self._all("post")]},
            "tagged": lambda _: {"data": []},
            "ratings": lambda _: {"data": [self._rating(one) for one in self._all("review")]},
            "conversations": lambda _: {"data": [self._talk()]},
            "subscribed_apps": self._subscribed,
        }
        return routes[edge](call) if edge in routes else None

    def _subscribed(self, call: Call) -> Body:
        if call.method == "POST":
            self.subscribed = str(call.fields["subscribed_fields"]).split(",")
        if call.method == "DELETE":
            self.subscribed = []
        if call.method != "GET":
            return {"success": True}
        one = {"id": self.app.id, "subscribed_fields": self.subscribed}
        return {"data": [one] if self.subscribed else []}

    def _send(self, call: Call) -> Body | httpx.Response:
        to, said = call.fields["recipient"], call.fields["message"]
        refused = self._too_late() or _wrong_with(said["text"], MESSAGE_LIMIT)
        if refused is not None:
            return refused
        person = self._person(to)
        if isinstance(person, httpx.Response):
            return person
        ref = self._writes(self._us(), person, said["text"], key=said.get("metadata", ""))
        return {"recipient_id": person["id"], "message_id": ref}

    def _too_late(self) -> httpx.Response | None:
        return error(10, 2018278) if "window_closed" in self.trouble else None

    def _person(self, to: Body) -> Body | httpx.Response:
        """Whom it is for: a person, or whoever wrote a comment, which can be answered so once."""
        if "comment_id" not in to:
            return {"id": to["id"]} if to["id"] == LENA["id"] else error(100, 2018001)
        comment = self.items.get(to["comment_id"])
        if comment is None:
            return error(100, _GONE)
        if comment.get("is_answered"):
            return error(10900)
        comment["is_answered"] = True
        return dict(comment["from"])

    def _at_item(self, call: Call, ref: str, edge: str) -> Body | httpx.Response | None:
        item = self.items.get(ref)
        if item is None:
            return error(100, _GONE)
        if edge == "comments":
            return self._comment(call, item) if call.method == "POST" else self._below(item)
        if edge == "likes":
            item["is_liked"] = call.method == "POST"
            return {"success": True}
        if call.method == "DELETE":
            self.deletes(ref)
            return {"success": True}
        if call.method == "POST":
            item["is_hidden"] = call.fields.get("is_hidden") is True
            return {"success": True}
        return self._shown(item)

    def _comment(self, call: Call, parent: Body) -> Body | httpx.Response:
        text = str(call.fields["message"])
        refused = _wrong_with(text, COMMENT_LIMIT)
        if refused is not None:
            return refused
        return self._shown(self.items[self._comments(self._us(), text, str(parent["id"]))])

    def _below(self, parent: Body) -> Body:
        found = [one for one in self._all("comment") if one["parent"] == parent["id"]]
        return {"data": [self._shown(one) for one in found]}

    def _shown(self, item: Body) -> Body:
        link = f"https://www.facebook.com/{item['id']}"
        shown = {"id": item["id"], "from": item["from"], "message": item["message"]}
        shown |= {"created_time": _graph_time(item["at"]), "permalink_url": link}
        if item["kind"] == "comment":
            shown["object"] = {"id": item["post"]}
            if item["parent"] != item["post"]:
                shown["parent"] = {"id": item["parent"]}
        return shown

    def _post(self, post: Body) -> Body:
        below = [self._shown(one) for one in self._all("comment") if one["post"] == post["id"]]
        status = {"status_type": self._status(str(post["id"]))}
        return {**self._shown(post), **status, "comments": {"data": below}}

    def _rating(self, item: Body) -> Body:
        return {
            "created_time": _graph_time(item["at"]), "review_text": item["message"],
            "recommendation_type": item["verdict"], "reviewer": item["from"],
            "open_graph_story": {"id": item["id"]},
        }  # fmt: skip


def _wrong_with(text: str, limit: int) -> httpx.Response | None:
    units = len(text.encode("utf-16-le")) // 2
    return error(100, 2018034) if not 0 < units <= limit else None


def _graph_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")
