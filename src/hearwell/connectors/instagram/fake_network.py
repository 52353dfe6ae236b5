"""An in-memory Instagram with one account of ours and one customer; it misbehaves on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import httpx

from hearwell.connectors.instagram.manifest import (
    COMMENT_LIMIT,
    MESSAGE_BYTES,
    NEEDS_BY_FACEBOOK,
    NEEDS_BY_INSTAGRAM,
)
from hearwell.connectors.meta.fake_graph import Body, Call, error
from hearwell.connectors.meta.fake_pages import TalkingNetwork

ACCOUNT, NAME = "17841400000000001", "northwindair"
PAGE = "1784001"
LENA = {"id": "70010001", "username": "lena.vik"}
MEDIA = "1790001"
_GONE, _DAYS_60 = 33, 60 * 24 * 3600


class Network(TalkingNetwork):
    """One picture of ours, comments on it, and private messages, each by its id."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        **TalkingNetwork.TROUBLES,
        "window_closed": "Instagram refuses private messages: outside of the window (10/2534022).",
    }
    kind: ClassVar[str] = "instagram"
    account: ClassVar[str] = ACCOUNT
    said_as: ClassVar[str] = "text"
    fragile_scope: ClassVar[str] = "instagram_manage_messages"

    def __init__(self) -> None:
        super().__init__(1790100)
        self.scopes = {need.scope for need in NEEDS_BY_FACEBOOK}
        self.page_token = self.mint(PAGE, "page")
        self.subscribed: dict[str, list[str]] = {}

    # --- what people do ---------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """Comment on our picture, ``to=ID`` on a comment, or ``private`` (to a ``story``)."""
        if where.get("private"):
            story = {"story": {"id": "1", "url": "https://cdn.example/story.jpg"}}
            answered = (
                story if where.get("story") else {"mid": where["to"]} if "to" in where else {}
            )
            return self._writes(LENA, self._us(), text, answered)
        return self._comments(LENA, text, str(where.get("to", "")))

    def edits(self, ref: str, text: str) -> None:
        """Change what was said: Instagram tells nobody."""
        self.items[ref]["text"] = text

    def deletes(self, ref: str) -> None:
        """Take away what was said; of comments Instagram tells nobody, of messages at once."""
        item = self.items.pop(ref)
        if item["kind"] == "message":
            self._tell_private(item, {"message": {"mid": ref, "is_deleted": True}})

    def _us(self) -> Body:
        return {"id": ACCOUNT, "username": NAME}

    def _comments(self, who: Body, text: str, parent: str) -> str:
        top = self.items[parent].get("parent") or parent if parent else ""
        item = self._keep(str(self._next()), who, text, kind="comment", parent=top)
        value = {"id": item["id"], "text": text, "from": dict(who)}
        value["media"] = {"id": MEDIA, "media_product_type": "FEED"}
        if top:
            value["parent_id"] = top
        self._tell_change("comments", value)
        return str(item["id"])

    def _writes(self, who: Body, whom: Body, text: str, answered: Body) -> str:
        item = self._keep(f"aWdfZAG{self._next()}", who, text, kind="message", whom=whom)
        said: Body = {"mid": item["id"], "text": text}
        if answered:
            said["reply_to"] = answered
        if who["id"] == ACCOUNT:
            said["is_echo"] = True
        self._tell_private(item, {"message": said})
        return str(item["id"])

    # --- its API ----------------------------------------------------------------------------------

    def answer(self, call: Call) -> Body | httpx.Response | None:
        """What the Graph says of the account and what is on it."""
        if call.path == "oauth/authorize":
            return self._consent(call)
        if call.path in {"access_token", "refresh_access_token"}:
            return self._extended(call)
        head, _, edge = call.path.partition("/")
        if call.path == "me":
            return self._me(call)
        if call.path == "me/accounts":
            return {"data": [self._offered()]}
        if head in {ACCOUNT, PAGE}:
            return self._of_account(call, head, edge)
        return self._at_item(call, head, edge)

    def is_open(self, call: Call) -> bool:
        """Whether a call needs no token of an account."""
        return super().is_open(call) or call.path == "oauth/authorize"

    def _wrong_app(self, call: Call) -> httpx.Response | None:
        """On Instagram itself one answer, in words of its own, for whatever is wrong."""
        wrong = super()._wrong_app(call)
        if wrong is None or call.method == "GET":
            return wrong
        said = {"error_type": "OAuthException", "code": 400, "error_message": "Invalid app"}
        return httpx.Response(400, json=said)

    def _token(self) -> Body:
        """Through Facebook and on Instagram alike; there with the rights that were given."""
        given = ",".join(need.scope for need in NEEDS_BY_INSTAGRAM)
        return {**super()._token(), "user_id": ACCOUNT, "permissions": given}

    def _extended(self, call: Call) -> Body | httpx.Response:
        if not self.is_alive(str(call.fields.get("access_token", ""))):
            return error(190, 463)
        token = self.mint(ACCOUNT, "instagram")
        return {"access_token": token, "token_type": "bearer", "expires_in": _DAYS_60}

    def _me(self, call: Call) -> Body:
        linked = {"instagram_business_account": {"id": ACCOUNT, "username": NAME}}
        return {"id": self.tokens[call.token], "user_id": ACCOUNT, "username": NAME, **linked}

    def _offered(self) -> Body:
        token = self.mint(PAGE, "page")
        linked = {"id": ACCOUNT, "username": NAME}
        named = {"id": PAGE, "name": "Northwind Air", "access_token": token}
        return {**named, "instagram_business_account": linked}

    def _of_account(self, call: Call, who: str, edge: str) -> Body | httpx.Response | None:
        routes: dict[str, Callable[[Call], Body | httpx.Response]] = {
            "messages": self._send,
            "media": lambda _: {"data": [self._media()]},
            "tags": lambda _: {"data": []},
            "conversations": lambda _: {"data": [self._talk()]},
            "mentions": lambda call: self._reply(call, ""),
            "subscribed_apps": lambda call: self._subscribed(call, who),
        }
        return routes[edge](call) if edge in routes else None

    def _subscribed(self, call: Call, who: str) -> Body:
        if call.method == "POST":
            self.subscribed[who] = str(call.fields["subscribed_fields"]).split(",")
        if call.method == "DELETE":
            self.subscribed.pop(who, None)
        if call.method != "GET":
            return {"success": True}
        fields = self.subscribed.get(who)
        return {"data": [{"id": self.app.id, "subscribed_fields": fields}] if fields else []}

    def _send(self, call: Call) -> Body | httpx.Response:
        to, text = call.fields["recipient"], call.fields["message"]["text"]
        if "window_closed" in self.trouble:
            return error(10, 2534022)
        if not 0 < len(text.encode()) <= MESSAGE_BYTES:
            return error(100, 2534015)
        person = self._person(to)
        if isinstance(person, httpx.Response):
            return person
        ref = self._writes(self._us(), person, text, {})
        return {"recipient_id": person["id"], "message_id": ref}

    def _person(self, to: Body) -> Body | httpx.Response:
        """Whom it is for: a person, or whoever wrote a comment, which can be answered so once."""
        if "comment_id" not in to:
            return dict(LENA) if to["id"] == LENA["id"] else error(100, 2534014)
        comment = self.items.get(to["comment_id"])
        if comment is None:
            return error(100, _GONE)
        if comment.get("is_answered"):
            return error(100, 2534025)
        comment["is_answered"] = True
        return dict(comment["from"])

    def _at_item(self, call: Call, ref: str, edge: str) -> Body | httpx.Response | None:
        item = self.items.get(ref)
        if item is None:
            return error(100, _GONE)
        if edge == "replies":
            if call.method == "POST":
                return self._reply(call, ref) if not item["parent"] else error(100)
            below = [one for one in self._all("comment") if one["parent"] == ref]
            return {"data": [self._shown(one) for one in below]}
        if call.method == "DELETE":
            self.deletes(ref)
            return {"success": True}
        if call.method == "POST":
            item["is_hidden"] = call.fields.get("hide") is True
            return {"success": True}
        return {**self._shown(item), "media": {"id": MEDIA}}

    def _reply(self, call: Call, parent: str) -> Body | httpx.Response:
        text = str(call.fields["message"])
        if not 0 < len(text.encode("utf-16-le")) // 2 <= COMMENT_LIMIT:
            return error(100)
        return self._shown(self.items[self._comments(self._us(), text, parent)])

    def _shown(self, item: Body) -> Body:
        at = item["at"].strftime("%Y-%m-%dT%H:%M:%S+0000")
        shown = {"id": item["id"], "from": item["from"], "username": item["from"]["username"]}
        if item["kind"] == "message":
            return {**shown, "message": item["text"], "created_time": at}
        parent = {"parent_id": item["parent"]} if item["parent"] else {}
        return {**shown, "text": item["text"], "timestamp": at, **parent}

    def _media(self) -> Body:
        comments = self._all("comment")
        held = [
            {
                **self._shown(top),
                "replies": {"data": [self._shown(c) for c in comments if c["parent"] == top["id"]]},
            }
            for top in comments
            if not top["parent"]
        ]
        return {"id": MEDIA, "comments": {"data": held}}
