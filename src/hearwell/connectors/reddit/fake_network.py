"""A Reddit in memory: users, posts, comments, messages, and everything that goes wrong there.

It behaves as documented and misbehaves on request (``trouble``). ``handle`` answers all calls,
those of the sign-in pages too. Reddit calls nobody, so ``deliveries`` is always empty.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from hearwell.connect.pretended import Tokened, consented, form_of, said
from hearwell.connectors.reddit.manifest import COMMENT_LIMIT, SCOPES

NAME, LENA, TOM = "northwind_care", "lena_hoff", "tom-vik"
IDS: Mapping[str, str] = {NAME: "t2_brand1", LENA: "t2_lena1", TOM: "t2_tom1"}
SUBREDDIT, OTHER_SUBREDDIT = "northwind", "travel"
CLIENT_ID, CLIENT_SECRET = "q3northwind", "client-secret-canary"
_AGENT = re.compile(r"\w+:[\w.]+:v\S+ \(by /u/[\w-]+\)")
_LIMIT, _PAGE = 1000, 25
Fields = dict[str, Any]


@dataclass
class Network(Tokened):
    """Things by fullname, oldest first."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "The access token has expired; it can be renewed.",
        "consent_withdrawn": "The user has withdrawn consent: no token works, none is renewed.",
        "approval_withdrawn": "Reddit refuses every call of the app.",
        "suspended": "The account is suspended.",
        "throttled": "Every call is answered with 429.",
        "ratelimit": "What is said is refused with RATELIMIT, within a 200.",
        "few_calls_left": "The headers say that few calls are left.",
        "outage": "Every call is answered with 503.",
        "lost_answer": "A comment is made, and the answer is a 500.",
        "garbled": "Answers are HTML instead of JSON.",
        "reordered": "Lists come in another order.",
        "locked": "Every post is locked.",
    }
    things: dict[str, Fields] = field(default_factory=dict)
    votes: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    now: float = 0.0
    _used: int = 0
    _made: int = 100

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A comment of ``person`` ``below`` a thing; ``private=True`` a message; else a post.

        Posts stand in ``subreddit``. What is below one of ours, or calls it, is in its inbox.
        """
        person = str(where.get("person", LENA))
        if where.get("private"):
            return self._message(person, text)
        below = str(where.get("below", ""))
        if below:
            return self._comment(person, text, below)
        return self.post(person, text, str(where.get("subreddit", SUBREDDIT)))

    def edits(self, name: str, text: str) -> None:
        """Another text; nobody is told."""
        data = self.things[name]["data"]
        data["body" if "body" in data else "selftext"] = text
        data["edited"] = max(self._tick(), float(int(data["edited"]) + 1))

    def deletes(self, name: str) -> None:
        """Deleted by its author: its place stays."""
        data = self.things[name]["data"]
        data |= {"author": "[deleted]", "body" if "body" in data else "selftext": "[deleted]"}
        data.pop("author_fullname", None)

    def removes(self, name: str) -> None:
        """Removed by a moderator."""
        data = self.things[name]["data"]
        data["body" if "body" in data else "selftext"] = "[removed]"

    def post(self, person: str, title: str, subreddit: str = SUBREDDIT) -> str:
        """A post; returns its fullname."""
        return self._add("t3", person, {"title": title, "selftext": ""}, subreddit)

    def _tick(self) -> float:
        self.now = max(self.now + 0.01, datetime.now(UTC).timestamp())
        return round(self.now, 3)

    def _add(self, kind: str, person: str, said: Fields, subreddit: str, link: str = "") -> str:
        self._made += 1
        number = f"k{self._made}"
        name = f"{kind}_{number}"
        page = link.removeprefix("t3_") or number
        self.things[name] = {
            "kind": kind,
            "data": {
                "name": name, "id": number, "author": person, "author_fullname": IDS[person],
                "created_utc": self._tick(), "edited": False, "subreddit": subreddit,
                "permalink": f"/r/{subreddit}/comments/{page}/_/{number if link else ''}",
            } | said,
        }  # fmt: skip
        return name

    def _comment(self, person: str, text: str, below: str) -> str:
        above = self.things[below]["data"]
        link = str(above.get("link_id", below))
        said = {"body": text, "parent_id": below, "link_id": link}
        return self._add("t1", person, said, above["subreddit"], link)

    def _message(self, person: str, text: str, below: str = "") -> str:
        first = self.things[below]["data"].get("first_message_name") or below if below else None
        said = {
            "body": text, "subject": "A bag", "parent_id": below or None, "context": "",
            "dest": NAME, "first_message_name": first, "was_comment": False,
        }  # fmt: skip
        name = self._add("t4", person, said, "")
        del self.things[name]["data"]["permalink"]
        return name

    # --- its API ---------------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """What it answers."""
        self.calls.append(request.url.path)
        if "outage" in self.trouble:
            return httpx.Response(503, text="<html>")
        if "throttled" in self.trouble:
            return httpx.Response(429, headers={"x-ratelimit-reset": "41.5"}, json={"error": 429})
        if request.url.path.endswith("/authorize"):
            return consented(request.url.params)
        if request.url.path.endswith("/access_token"):
            return self._token(request)
        return self.as_heard(self._counted(self._guarded(request)))

    def _counted(self, answer: httpx.Response) -> httpx.Response:
        self._used += 1
        left = 3.0 if "few_calls_left" in self.trouble else float(max(0, _LIMIT - self._used))
        answer.headers["x-ratelimit-used"] = str(self._used)
        answer.headers["x-ratelimit-remaining"] = str(left)
        answer.headers["x-ratelimit-reset"] = "311.4"
        return answer

    def _guarded(self, request: httpx.Request) -> httpx.Response:
        if not _AGENT.fullmatch(request.headers.get("user-agent", "")):
            return refusal(429)
        if "approval_withdrawn" in self.trouble:
            return refusal(403)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.is_dead(token):
            return refusal(401)
        query = dict(request.url.params)
        if request.method == "POST":
            return self._done(request.url.path, form_of(request))
        return self._told(request.url.path, query)

    def _told(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        if path == "/api/v1/me":
            is_suspended = "suspended" in self.trouble
            number = IDS[NAME].removeprefix("t2_")
            profile = {"display_name": f"u_{NAME}", "subscribers": 77}
            return said(name=NAME, id=number, is_suspended=is_suspended, subreddit=profile)
        if path == "/api/info":
            wanted = query.get("id", "").split(",")
            return _listing([self.things[n] for n in wanted if n in self.things], None)
        if path == "/subreddits/mine/moderator":
            return _listing([{"kind": "t5", "data": {"display_name": SUBREDDIT}}], None)
        user = re.fullmatch(r"/user/([\w-]+)/(?:comments|overview)", path)
        if user and user[1] not in IDS:
            return refusal(404)
        found = self._list(path, query, user[1] if user else "")
        return refusal(404) if found is None else self._paged(found, query)

    def _list(self, path: str, query: Mapping[str, str], user: str) -> list[Fields] | None:
        things = list(self.things.values())[::-1]
        if path in ("/message/inbox", "/message/mentions"):
            shown = [one for one in things if self._is_for_us(one, path.endswith("mentions"))]
            return [self._in_inbox(one) for one in shown]
        if path == "/message/sent":
            return [t for t in things if t["kind"] == "t4" and t["data"]["author"] == NAME]
        if user:
            kinds = ("t1",) if path.endswith("comments") else ("t1", "t3")
            return [t for t in things if t["kind"] in kinds and t["data"]["author"] == user]
        if path == "/search":
            words = query["q"].casefold()
            posts = [t for t in things if t["kind"] == "t3"]
            return [t for t in posts if words in t["data"]["title"].casefold()]
        watched = re.fullmatch(r"/r/([\w+]+)/comments", path)
        if watched is None:
            return None
        names = watched[1].split("+")
        return [t for t in things if t["kind"] == "t1" and t["data"]["subreddit"] in names]

    def _is_for_us(self, thing: Fields, is_mention: bool) -> bool:  # noqa: FBT001
        data = thing["data"]
        if data["author"] in (NAME, "[deleted]") or thing["kind"] == "t3":
            return False
        if is_mention or thing["kind"] == "t1":
            calls = f"u/{NAME}" in data["body"] and thing["kind"] == "t1"
            parent = self.things.get(data["parent_id"] or "", {}).get("data", {})
            return calls or (not is_mention and parent.get("author") == NAME)
        return True

    def _in_inbox(self, thing: Fields) -> Fields:
        """As the inbox shows a comment: without its post's fullname, with an address instead."""
        if thing["kind"] != "t1":
            return thing
        data = dict(thing["data"])
        context = data.pop("permalink")
        del data["link_id"], data["edited"]
        kind = "username_mention" if f"u/{NAME}" in data["body"] else "comment_reply"
        return {"kind": "t1", "data": data | {"context": f"{context}/?context=3", "type": kind}}

    def _paged(self, found: list[Fields], query: Mapping[str, str]) -> httpx.Response:
        names = [one["data"]["name"] for one in found]
        start = names.index(query["after"]) + 1 if query.get("after") in names else 0
        count = min(100, int(query.get("limit", _PAGE)))
        page = found[start : start + count]
        after = page[-1]["data"]["name"] if start + count < len(found) else None
        return _listing(page[::-1] if "reordered" in self.trouble else page, after)

    def _done(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        if "ratelimit" in self.trouble:
            words = "you are doing that too much. try again in 9 minutes."
            return wrong("RATELIMIT", words, ratelimit=539.2)
        name = form.get("id") or form.get("thing_id", "")
        thing = self.things.get(name)
        if path == "/api/comment":
            return self._reply(thing, name, form["text"])
        if path == "/api/vote":
            self.votes[name] = int(form["dir"])
        elif path == "/api/del" and thing and thing["data"]["author"] == NAME:
            self.deletes(name)
        elif path in ("/api/remove", "/api/approve"):
            if thing is None or thing["data"]["subreddit"] != SUBREDDIT:
                return refusal(403)
            thing["data"]["banned_by"] = NAME if path.endswith("remove") else None
        return said()

    def _reply(self, thing: Fields | None, name: str, text: str) -> httpx.Response:
        if thing is None or thing["data"]["author"] == "[deleted]":
            return wrong("DELETED_COMMENT", "that comment has been deleted")
        if "locked" in self.trouble:
            return wrong("THREAD_LOCKED", "Comments are locked")
        if len(text) > COMMENT_LIMIT:
            return wrong("TOO_LONG", f"this is too long (max: {COMMENT_LIMIT})")
        is_private = thing["kind"] == "t4"
        made = self._message(NAME, text, name) if is_private else self._comment(NAME, text, name)
        if "lost_answer" in self.trouble:
            return httpx.Response(500, text="<html>")
        return said(json={"errors": [], "data": {"things": [self.things[made]]}})

    # --- its pages of consent ---------------------------------------------------------------------

    def _token(self, request: httpx.Request) -> httpx.Response:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return refusal(401)
        if not self.renews(form_of(request)):
            return said(error="invalid_grant")
        return said(
            access_token=self.issue(),
            token_type="bearer",  # noqa: S106 -- the name of a kind
            expires_in=86_400,
            refresh_token=self.refresh,
            scope=" ".join(SCOPES),
        )


def wrong(code: str, words: str, **more: Any) -> httpx.Response:
    """An error as Reddit tells it: within a 200."""
    return said(json={"errors": [[code, words, "text"]], **more})


def refusal(status: int, **more: Any) -> httpx.Response:
    """An error by its status."""
    return httpx.Response(status, json={"message": "In Reddit's words", "error": status, **more})


def _listing(things: list[Fields], after: str | None) -> httpx.Response:
    data = {"after": after, "before": None, "dist": len(things), "children": things}
    return said(kind="Listing", data=data)
