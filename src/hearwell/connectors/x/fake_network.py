"""An X in memory: people, one account of ours, and everything that goes wrong there.

It behaves as documented and misbehaves on request (``trouble``). ``handle`` answers all calls,
those of the sign-in page too; ``deliveries`` is what it would post to our webhook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from hearwell.connect import weighted
from hearwell.connect.pretended import Tokened, consented, form_of
from hearwell.connect.subject import parts_of
from hearwell.connectors.x import parse
from hearwell.connectors.x.fake_answers import problem, refusal, said
from hearwell.connectors.x.fake_people import HANDLES, US, Fields, People
from hearwell.connectors.x.ids import moment_of, order
from hearwell.connectors.x.manifest import POST_WEIGHT, SCOPES
from hearwell.connectors.x.signing import HEADER, signature_of

CLIENT_ID, CLIENT_SECRET = "x-client", "client-secret-canary"
API_SECRET, BEARER = "api-secret-canary", "bearer-canary"
Route = Callable[..., httpx.Response]
# What X says of the account itself, where it is asked for.
_METRICS = {"public_metrics": {"followers_count": 1204, "following_count": 3, "tweet_count": 90}}


@dataclass
class Network(People, Tokened):
    """The network and its interface; ``trouble`` says what goes wrong."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "The access token has expired; it can be renewed.",
        "consent_withdrawn": "The sign-in was revoked: no token works and none is renewed.",
        "credits_used_up": "The app has no credits left: every call is answered with 402.",
        "access_withdrawn": "The app has lost its access: every call is answered with 403.",
        "throttled": "Every call is answered with 429.",
        "outage": "Every call is answered with 503.",
        "lost_answer": "A post is made, and the answer is a 503.",
        "error_in_200": "Single posts are answered with 200 and an error instead of the post.",
        "not_summoned": "Replies are refused: their authors did not call the account.",
        "hook_disabled": "Our address failed its check and X calls nobody, without a word.",
        "duplicates": "Every delivery comes twice.",
        "reordered": "Deliveries come last first.",
        "garbled": "Answers are HTML instead of JSON.",
        "version_withdrawn": "The interface that we speak is gone: 410.",
    }
    liked: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    hooks: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, Fields] = field(default_factory=dict)
    replays: list[Fields] = field(default_factory=list)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    scopes: tuple[str, ...] = SCOPES
    _pushed: int = 0
    _verifier: str = ""

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to our webhook since it was last asked, signed."""
        fresh, self._pushed = self.events[self._pushed :], len(self.events)
        if not self.hooks or "hook_disabled" in self.trouble:
            return []
        return [pushed(event) for event in self.as_delivered(fresh)]

    # --- its API ---------------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """What it answers."""
        self.calls.append(f"{request.method} {request.url.path}")
        if "outage" in self.trouble:
            return httpx.Response(503, text="Service Unavailable")
        if request.url.path == "/i/oauth2/authorize":
            return self._consent(request)
        return self.as_heard(self._refused(request) or self._route(request))

    def _refused(self, request: httpx.Request) -> httpx.Response | None:
        if "throttled" in self.trouble:
            reset = str(int(datetime.now(UTC).timestamp()) + 300)
            headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
            return refusal(429, "", headers)
        if "version_withdrawn" in self.trouble:
            return refusal(410, "")
        if request.url.path == "/2/oauth2/token":
            return None
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token != BEARER and self.is_dead(token):
            return refusal(401, "")
        if "credits_used_up" in self.trouble:
            return refusal(402, "credits-depleted")
        return refusal(403, "client-forbidden") if "access_withdrawn" in self.trouble else None

    def _route(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/2/")
        query = dict(request.url.params)
        for pattern, answer in self._routes().items():
            method, _, shape = pattern.partition(" ")
            found = re.fullmatch(shape, path)
            if found and request.method == method:
                return answer(request, query, *found.groups())
        return refusal(404, "resource-not-found")

    def _routes(self) -> Mapping[str, Route]:
        return {
            "POST oauth2/token": self._token,
            "GET users/me": lambda *_: said(data=self._user(US) | _METRICS),
            r"GET users/by/username/(\w+)": self._by_name,
            r"GET users/(\d+)/mentions": self._mentions,
            r"GET users/(\d+)/tweets": self._timeline,
            "GET tweets/search/recent": self._search,
            "GET tweets": self._looked_up,
            "POST tweets": self._create,
            r"DELETE tweets/(\d+)": self._remove,
            r"PUT tweets/(\d+)/hidden": self._hide,
            r"POST users/(\d+)/likes": self._like,
            r"DELETE users/(\d+)/likes/(\d+)": self._unlike,
            "GET dm_events": self._dms,
            r"GET dm_conversations/with/(\d+)/dm_events": self._dms,
            r"POST dm_conversations/with/(\d+)/messages": self._write,
            "POST media/upload": self._upload,
            "POST media/metadata": self._describe,
            "GET webhooks": lambda *_: said(data=self._hooks_shown()),
            "POST webhooks": self._hook_up,
            r"PUT webhooks/(\d+)": self._hook_checked,
            "POST webhooks/replay": self._replay,
            "GET activity/subscriptions": lambda *_: said(data=list(self.subscriptions.values())),
            "POST activity/subscriptions": self._subscribe,
            r"DELETE activity/subscriptions/(\d+)": self._unsubscribe,
        }

    # --- its sign-in -----------------------------------------------------------------------------

    def _consent(self, request: httpx.Request) -> httpx.Response:
        """The person agrees at once and is sent back."""
        self._verifier = request.url.params["code_challenge"]
        return consented(request.url.params)

    def _token(self, request: httpx.Request, *_: Any) -> httpx.Response:
        form = form_of(request)
        expected = httpx.BasicAuth(CLIENT_ID, CLIENT_SECRET)
        probe = next(expected.auth_flow(httpx.Request("POST", "https://x")))
        if request.headers.get("authorization") != probe.headers["authorization"]:
            return httpx.Response(401, json={"error": "invalid_client"})
        if form["grant_type"] == "refresh_token":
            if not self.renews(form):
                self.spent.add(form["refresh_token"])
                return httpx.Response(400, json={"error": "invalid_request"})
            self.spent.add(self.refresh)
        elif form.get("code") != "code-1":
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.trouble.discard("consent_withdrawn")
        return self._issued()

    def _issued(self) -> httpx.Response:
        access = self.issue()
        self.refresh = access.replace("access", "refresh")
        body = {"access_token": access, "refresh_token": self.refresh, "expires_in": 7200}
        return httpx.Response(200, json={**body, "scope": " ".join(self.scopes)})

    # --- posts -----------------------------------------------------------------------------------

    def _user(self, user: str) -> Fields:
        return {"id": user, "username": HANDLES[user], "name": HANDLES[user].capitalize()}

    def _by_name(self, _: Any, __: Any, name: str) -> httpx.Response:
        found = next((one for one, handle in HANDLES.items() if handle == name), None)
        return (
            said(data=self._user(found))
            if found
            else said(errors=[problem("resource-not-found", name)])
        )

    def _listed(self, found: list[Fields], query: Mapping[str, str]) -> httpx.Response:
        """Newest first, each in its newest version."""
        since = order(query.get("since_id", ""))
        newest = [one for one in found if one["edit_history_tweet_ids"][-1] == one["id"]]
        kept = [one for one in newest if order(one["id"]) > since]
        kept.sort(key=lambda one: order(one["id"]), reverse=True)
        return httpx.Response(200, json=self.page(kept[: int(query.get("max_results", 10))]))

    def _mentions(self, _: Any, query: Mapping[str, str], user: str) -> httpx.Response:
        name = f"@{HANDLES[user]}"
        called = [one for one in self.posts.values() if name in one["text"]]
        return self._listed([one for one in called if one["author_id"] != user], query)

    def _timeline(self, _: Any, query: Mapping[str, str], user: str) -> httpx.Response:
        if user not in HANDLES:
            return said(errors=[problem("resource-not-found", user)])
        own = [one for one in self.posts.values() if one["author_id"] == user]
        return self._listed(own, query)

    def _search(self, _: Any, query: Mapping[str, str]) -> httpx.Response:
        talks = set(re.findall(r"conversation_id:(\d+)", query["query"]))
        found = [one for one in self.posts.values() if one["conversation_id"] in talks]
        return self._listed([one for one in found if one["author_id"] != US], query)

    def _looked_up(self, _: Any, query: Mapping[str, str]) -> httpx.Response:
        ids = query["ids"].split(",")
        found = [self.posts[one] for one in ids if one in self.posts]
        lacking = [problem("resource-not-found", one) for one in ids if one not in self.posts]
        if "error_in_200" in self.trouble:
            found, lacking = [], [problem("resource-not-found", one) for one in ids]
        newest = [self.posts[one["edit_history_tweet_ids"][-1]] for one in found]
        page = self.page(newest) if newest else {}
        return httpx.Response(200, json=page | ({"errors": lacking} if lacking else {}))

    def _create(self, request: httpx.Request, _: Any) -> httpx.Response:
        body = json.loads(request.content)
        text, parent = body["text"], body.get("reply", {}).get("in_reply_to_tweet_id", "")
        if weighted.Weighted(POST_WEIGHT).count(text) > POST_WEIGHT:
            return refusal(400, "invalid-request")
        is_gone = parent and parent not in self.posts
        own = (one for one in self.posts.values() if one["author_id"] == US)
        is_there = any(one["text"].endswith(text) for one in own)
        if is_gone or is_there or "not_summoned" in self.trouble:
            return refusal(403, "")
        who = HANDLES[self.posts[parent]["author_id"]] if parent else ""
        number = self.post(US, f"@{who} {text}" if who else text, parent)
        self.posts[number]["files"] = body.get("media", {}).get("media_ids", [])
        self._tell(parse.CREATE, number)
        if "lost_answer" in self.trouble:
            return httpx.Response(503, text="Service Unavailable")
        return httpx.Response(201, json={"data": {"id": number, "text": text}})

    def _remove(self, _: Any, __: Any, number: str) -> httpx.Response:
        if number in self.posts and self.posts[number]["author_id"] != US:
            return refusal(403, "")
        self.deletes(number)
        return said(data={"deleted": True})

    def _hide(self, request: httpx.Request, _: Any, number: str) -> httpx.Response:
        if number not in self.posts:
            return refusal(404, "resource-not-found")
        is_hidden = json.loads(request.content)["hidden"]
        (self.hidden.add if is_hidden else self.hidden.discard)(number)
        return said(data={"hidden": is_hidden})

    def _like(self, request: httpx.Request, *_: Any) -> httpx.Response:
        self.liked.add(json.loads(request.content)["tweet_id"])
        return said(data={"liked": True})

    def _unlike(self, _: Any, __: Any, ___: str, number: str) -> httpx.Response:
        self.liked.discard(number)
        return said(data={"liked": False})

    # --- messages and files ----------------------------------------------------------------------

    def _dms(self, _: Any, query: Mapping[str, str], person: str = "") -> httpx.Response:
        found = [
            {
                "id": one["id"],
                "event_type": "MessageCreate",
                "text": one["text"],
                "sender_id": one["sender_id"],
                "dm_conversation_id": "-".join(sorted([one["sender_id"], one["recipient_id"]])),
                "created_at": moment_of(one["id"]).isoformat().replace("+00:00", "Z"),
            }
            for one in self.messages.values()
            if not person or person in {one["sender_id"], one["recipient_id"]}
        ]
        found.sort(key=lambda one: order(one["id"]), reverse=True)
        users = [self._user(one) for one in HANDLES]
        most = int(query.get("max_results", 10))
        return said(data=found[:most], includes={"users": users}, meta={})

    def _write(self, request: httpx.Request, _: Any, person: str) -> httpx.Response:
        if person not in HANDLES:
            return refusal(404, "resource-not-found")
        body = json.loads(request.content)
        files = tuple(one["media_id"] for one in body.get("attachments", ()))
        number = self.message(US, person, body["text"], files)
        if "lost_answer" in self.trouble:
            return httpx.Response(503, text="Service Unavailable")
        return httpx.Response(201, json={"data": {"dm_event_id": number}})

    def _upload(self, request: httpx.Request, _: Any) -> httpx.Response:
        number = self._number()
        self.files[number] = (parts_of(request)["media"].body, "")
        return said(data={"id": number, "expires_after_secs": 86400})

    def _describe(self, request: httpx.Request, _: Any) -> httpx.Response:
        body = json.loads(request.content)
        alt = body["metadata"]["alt_text"]["text"]
        self.files[body["id"]] = (self.files[body["id"]][0], alt)
        return said(data={"id": body["id"]})

    # --- being told ------------------------------------------------------------------------------

    def _hooks_shown(self) -> list[Fields]:
        is_valid = "hook_disabled" not in self.trouble
        return [{"id": one, "url": url, "valid": is_valid} for one, url in self.hooks.items()]

    def _hook_up(self, request: httpx.Request, _: Any) -> httpx.Response:
        number = self._number()
        self.hooks[number] = json.loads(request.content)["url"]
        return said(data={"id": number, "url": self.hooks[number], "valid": True})

    def _hook_checked(self, *_: Any) -> httpx.Response:
        self.trouble.discard("hook_disabled")
        return said(data={"valid": True})

    def _replay(self, request: httpx.Request, _: Any) -> httpx.Response:
        self.replays.append(json.loads(request.content))
        self._pushed = 0
        return said(job_id="1", created_at="2026-11-27T07:00:00.000Z")

    def _subscribe(self, request: httpx.Request, _: Any) -> httpx.Response:
        number = self._number()
        made = {**json.loads(request.content), "subscription_id": number}
        self.subscriptions[number] = made
        return said(data={"subscription": made})

    def _unsubscribe(self, _: Any, __: Any, number: str) -> httpx.Response:
        self.subscriptions.pop(number, None)
        return said(data={"deleted": True})


def pushed(event: Fields) -> httpx.Request:
    """A delivery of an event, signed."""
    content = json.dumps(event).encode()
    headers = {"content-type": "application/json", HEADER: signature_of(API_SECRET, content)}
    return httpx.Request("POST", "", headers=headers, content=content)
