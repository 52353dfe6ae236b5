"""The fake server's HTTP API: routes, rights, pages, pace. No socket: a call in, a reply out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

from hearwell.connectors.mastodon import fake_views as views
from hearwell.connectors.mastodon.fake_calls import (
    Call,
    RefusedError,
    Reply,
    links,
    next_window,
    order,
    proves,
)
from hearwell.connectors.mastodon.fake_files import check_words, look_at_file, take_file
from hearwell.connectors.mastodon.fake_server import (
    MASTODON,
    TAKAHE,
    FakeServer,
    Fields,
    Notice,
    Person,
    Status,
)

_DEFAULT_PAGE, _LARGEST_PAGE = 20, 40
T = TypeVar("T", Status, Notice)


@dataclass
class FakeApi:
    """``limit`` calls a token in five minutes; ``next_reply`` answers one call in its stead."""

    server: FakeServer
    limit: int = 300
    used: dict[str, int] = field(default_factory=dict)
    next_reply: Callable[[Call], Reply] | None = None

    def __post_init__(self) -> None:
        server = self.server
        server.show_status = lambda one, reader: views.status(one, reader, server)
        server.show_notice = lambda one: views.notice(one, server)

    def answer(self, call: Call) -> Reply:
        """One call."""
        if self.next_reply is not None:
            taken, self.next_reply = self.next_reply, None
            return taken(call)
        try:
            pace = self._count(call)
            reply = self._route(call)
        except RefusedError as refused:
            return refused.reply
        return Reply(reply.status, reply.body, {**pace, **reply.headers})

    def _count(self, call: Call) -> dict[str, str]:
        token = call.token
        if not token:
            return {}
        self.used[token] = self.used.get(token, 0) + 1
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - self.used[token])),
            "x-ratelimit-reset": next_window(),
        }
        if self.used[token] > self.limit:
            raise RefusedError(429, {"error": "Too many requests"}, headers)
        return headers

    def _route(self, call: Call) -> Reply:
        path = call.path.rstrip("/")
        if self.server.kind == TAKAHE and call.token and call.token not in self.server.tokens:
            raise RefusedError(400, "Invalid Bearer token")
        for method, pattern, scope, handler in _ROUTES:
            found = re.fullmatch(pattern, path) if method == call.method else None
            if found:
                me = self._let_in(call, scope) if scope else None
                return handler(self, call, me, *found.groups())
        raise RefusedError(404, {"error": "Not Found"})

    def _let_in(self, call: Call, scope: str) -> Person:
        """Who calls, if they have the right. Raises as the server's family refuses."""
        grant = self.server.tokens.get(call.token)
        if grant is None:
            words = "The access token is invalid"
            bearer = (
                f'Bearer realm="Doorkeeper", error="invalid_token", error_description="{words}"'
            )
            raise RefusedError(401, {"error": words}, {"www-authenticate": bearer})
        if not {scope, scope.partition(":")[0]} & grant["scopes"]:
            words = "This action is outside the authorized scopes"
            bearer = f'Bearer error="insufficient_scope", error_description="{words}"'
            headers = {"www-authenticate": bearer} if self.server.kind == MASTODON else {}
            raise RefusedError(403, {"error": words}, headers)
        person = self.server.people[grant["account"]]
        if person.is_suspended:
            raise RefusedError(403, {"error": "Your login is currently disabled"})
        return person

    # --- the server itself, and how one is let in ----------------------------------------------

    def instance(self, call: Call, _: Person | None) -> Reply:
        """What it says of itself."""
        if call.path.startswith("/api/v2"):
            return Reply(200, views.instance(self.server))
        return Reply(200, views.old_instance(self.server))

    def register(self, call: Call, _: Person | None) -> Reply:
        """A new application."""
        app: Fields = {
            "id": self.server.next_id(),
            "name": call.one("client_name"),
            "website": call.one("website") or None,
            "redirect_uri": call.one("redirect_uris"),
            "client_id": secrets.token_urlsafe(16),
            "client_secret": secrets.token_urlsafe(16),
            "scopes": call.one("scopes", "read").split(),
        }
        self.server.apps[app["client_id"]] = app
        return Reply(200, app)

    def consent(self, call: Call, _: Person | None) -> Reply:
        """Somebody (``acct``) agrees: the code goes back with them."""
        app = self.server.apps.get(call.one("client_id"))
        person = self.server.find(call.one("acct", "?"))
        if app is None or person is None or app["redirect_uri"] != call.one("redirect_uri"):
            raise RefusedError(400, {"error": "invalid_request"})
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = {
            "app": app,
            "account": person.id,
            "scope": call.one("scope", "read"),
            "challenge": call.one("code_challenge"),
        }
        back = {"code": code} | ({"state": call.one("state")} if call.one("state") else {})
        return Reply(302, "", {"location": f"{app['redirect_uri']}?{urlencode(back)}"})

    def token(self, call: Call, _: Person | None) -> Reply:
        """A token for a code, once."""
        grant = self.server.codes.pop(call.one("code"), None)
        secret = call.one("client_secret")
        if (
            grant is None
            or grant["app"]["client_secret"] != secret
            or not proves(call, grant["challenge"])
        ):
            raise RefusedError(400, {"error": "invalid_grant"})
        access = self.server.let_in(self.server.people[grant["account"]], grant["scope"].split())
        body = {
            "access_token": access,
            "token_type": "Bearer",
            "scope": grant["scope"],
            "created_at": int(datetime.now(UTC).timestamp()),
        }
        return Reply(200, body)

    def revoke(self, call: Call, _: Person | None) -> Reply:
        """A token that is good no more."""
        self.server.tokens.pop(call.one("token"), None)
        return Reply(200, {})

    # --- accounts ------------------------------------------------------------------------------

    def me(self, _: Call, me: Person) -> Reply:
        """Who the token speaks for."""
        return Reply(200, views.own_account(me, self.server))

    def lookup(self, call: Call, _: Person) -> Reply:
        """Somebody by name."""
        person = self.server.find(call.one("acct"))
        if person is None:
            raise RefusedError(404, {"error": "Record not found"})
        return Reply(200, views.account(person, self.server))

    def own_statuses(self, call: Call, me: Person, account_id: str) -> Reply:
        """What somebody said, as far as the caller may see it."""
        theirs = [one for one in self.server.statuses.values() if one.author.id == account_id]
        return self._statuses(call, me, theirs)

    def follow(self, _: Call, me: Person, account_id: str) -> Reply:
        """Follow somebody."""
        self.server.follow(me, self.server.people[account_id])
        return Reply(200, {"id": account_id, "following": True})

    # --- lists ---------------------------------------------------------------------------------

    def notifications(self, call: Call, me: Person) -> Reply:
        """What happened to the caller."""
        types, without = call.many("types"), call.many("exclude_types")
        shows_filtered = call.one("include_filtered") == "true"
        mine = [
            one
            for one in self.server.notices
            if one.owner == me.id
            and (not types or one.kind in types)
            and one.kind not in without
            and (shows_filtered or not one.is_filtered)
        ]
        page = self._page(call, mine)
        return Reply(200, [views.notice(one, self.server) for one in page], self._links(call, page))

    def clear(self, _: Call, me: Person) -> Reply:
        """Forget them all."""
        self.server.notices = [one for one in self.server.notices if one.owner != me.id]
        return Reply(200, {})

    def policy(self, _: Call, me: Person) -> Reply:
        """Whose notifications are put by or thrown away."""
        if self.server.kind != MASTODON:
            raise RefusedError(404, {"error": "Not Found"})
        names = ("for_not_following", "for_not_followers", "for_new_accounts")
        said = dict.fromkeys(names, "accept") | {"for_private_mentions": "filter"}
        summary = {"pending_requests_count": 0, "pending_notifications_count": 0}
        return Reply(200, {**said, **me.policy, "summary": summary})

    def conversations(self, _: Call, me: Person) -> Reply:
        """Private talks."""
        if self.server.kind == TAKAHE:
            raise RefusedError(404, {"error": "Not Found"})
        return Reply(200, views.conversations(me, self.server)[:_LARGEST_PAGE])

    def home(self, call: Call, me: Person) -> Reply:
        """What those say whom the caller follows."""
        near = me.follows | {me.id}
        return self._statuses(
            call, me, [one for one in self.server.statuses.values() if one.author.id in near]
        )

    def tagged(self, call: Call, me: Person, tag: str) -> Reply:
        """What everybody says under a hashtag."""
        mark = re.compile(rf"(?<!\w)#{re.escape(tag)}(?!\w)", re.IGNORECASE)
        found = [
            one
            for one in self.server.statuses.values()
            if one.visibility == "public" and mark.search(one.text)
        ]
        return self._statuses(call, me, found)

    def search(self, call: Call, me: Person) -> Reply:
        """People by name, statuses by words."""
        words, kind = call.one("q"), call.one("type")
        found: dict[str, list[Fields]] = {"accounts": [], "statuses": [], "hashtags": []}
        person = self.server.find(words)
        if kind != "statuses" and person is not None:
            found["accounts"] = [views.account(person, self.server)]
        if kind != "accounts":
            hits = [
                one
                for one in reversed(self.server.statuses.values())
                if one.visibility == "public" and words.lower() in one.text.lower()
            ]
            start = int(call.one("offset", "0"))
            page = hits[start : start + int(call.one("limit", "20"))]
            found["statuses"] = [views.status(one, me, self.server) for one in page]
        return Reply(200, found)

    def _statuses(self, call: Call, me: Person, statuses: Sequence[Status]) -> Reply:
        page = self._page(call, [one for one in statuses if self.server.may_see(me, one)])
        shown = [views.status(one, me, self.server) for one in page]
        return Reply(200, shown, self._links(call, page))

    def _page(self, call: Call, items: Sequence[T]) -> list[T]:
        """A page by ids, newest first; Takahe gives one after ``min_id`` the other way round."""
        low = call.one("min_id") or call.one("since_id")
        high = call.one("max_id")
        found = sorted(items, key=lambda one: order(one.id), reverse=True)
        found = [one for one in found if not high or order(one.id) < order(high)]
        found = [one for one in found if not low or order(one.id) > order(low)]
        size = min(int(call.one("limit") or _DEFAULT_PAGE), _LARGEST_PAGE)
        if not call.one("min_id"):
            return found[:size]
        page = found[-size:]
        return page[::-1] if self.server.kind == TAKAHE else page

    def _links(self, call: Call, page: Sequence[Status | Notice]) -> dict[str, str]:
        return links(call, self.server.origin, sorted((one.id for one in page), key=order))

    # --- statuses ------------------------------------------------------------------------------

    def _seen(self, me: Person, status_id: str) -> Status:
        status = self.server.statuses.get(status_id)
        if status is None or not self.server.may_see(me, status):
            raise RefusedError(404, {"error": "Record not found"})
        return status

    def _own(self, me: Person, status_id: str) -> Status:
        status = self._seen(me, status_id)
        if status.author.id != me.id:
            raise RefusedError(404, {"error": "Record not found"})
        return status

    def show(self, _: Call, me: Person, status_id: str) -> Reply:
        """One status."""
        return Reply(200, views.status(self._seen(me, status_id), me, self.server))

    def context(self, _: Call, me: Person, status_id: str) -> Reply:
        """What stands above and below it."""
        status = self._seen(me, status_id)
        server = self.server
        ways = {"ancestors": server.ancestors(status), "descendants": server.descendants(status)}
        shown = {
            name: [views.status(one, me, server) for one in found if server.may_see(me, one)]
            for name, found in ways.items()
        }
        return Reply(200, shown)

    def post(self, call: Call, me: Person) -> Reply:
        """Say something, once for a key where keys are kept."""
        key = (me.id, call.headers.get("idempotency-key", ""))
        if self.server.kind == MASTODON and key[1] and key in self.server.keys:
            return self.show(call, me, self.server.keys[key])
        check_words(call, self.server)
        parent = call.one("in_reply_to_id") or None
        if parent is not None:
            self._seen(me, parent)
        status = self.server.say(
            me,
            call.one("status"),
            visibility=call.one("visibility", "public"),
            parent=parent,
            warning=call.one("spoiler_text"),
            media=self.server.files.for_status(call.params.get("media_ids[]", []), me.id),
        )
        self.server.keys[key] = status.id
        return self.show(call, me, status.id)

    def change(self, call: Call, me: Person, status_id: str) -> Reply:
        """Say it otherwise."""
        check_words(call, self.server)
        status = self._own(me, status_id)
        self.server.edit(status, call.one("status"), call.one("spoiler_text"))
        return self.show(call, me, status_id)

    def remove(self, _: Call, me: Person, status_id: str) -> Reply:
        """Take it back."""
        status = self._own(me, status_id)
        shown = views.status(status, me, self.server) | {"text": status.text}
        self.server.delete(status)
        return Reply(200, shown)

    def favourite(self, call: Call, me: Person, status_id: str) -> Reply:
        """Like it, or no longer."""
        is_on = call.path.endswith("/favourite")
        self.server.like(me, self._seen(me, status_id), is_on=is_on)
        return self.show(call, me, status_id)

    def reblog(self, call: Call, me: Person, status_id: str) -> Reply:
        """Show it around."""
        self.server.boost(me, self._seen(me, status_id))
        return self.show(call, me, status_id)


_ID = "([0-9A-Za-z]+)"
_STATUS = f"/api/v1/statuses/{_ID}"
_ROUTES: Sequence[tuple[str, str, str, Callable[..., Reply]]] = (
    ("GET", "/api/v[12]/instance", "", FakeApi.instance),
    ("POST", "/api/v1/apps", "", FakeApi.register),
    ("POST", "/oauth/authorize", "", FakeApi.consent),
    ("POST", "/oauth/token", "", FakeApi.token),
    ("POST", "/oauth/revoke", "", FakeApi.revoke),
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts", FakeApi.me),
    ("GET", "/api/v1/accounts/lookup", "read:accounts", FakeApi.lookup),
    ("GET", f"/api/v1/accounts/{_ID}/statuses", "read:statuses", FakeApi.own_statuses),
    ("POST", f"/api/v1/accounts/{_ID}/follow", "write:follows", FakeApi.follow),
    ("GET", "/api/v1/notifications", "read:notifications", FakeApi.notifications),
    ("POST", "/api/v1/notifications/clear", "write:notifications", FakeApi.clear),
    ("GET", "/api/v2/notifications/policy", "read:notifications", FakeApi.policy),
    ("GET", "/api/v1/conversations", "read:statuses", FakeApi.conversations),
    ("GET", "/api/v1/timelines/home", "read:statuses", FakeApi.home),
    ("GET", r"/api/v1/timelines/tag/(\w+)", "read:statuses", FakeApi.tagged),
    ("GET", "/api/v2/search", "read:search", FakeApi.search),
    (
        "POST",
        "/api/v2/media",
        "write:media",
        take_file,
    ),
    (
        "GET",
        f"/api/v1/media/{_ID}",
        "write:media",
        look_at_file,
    ),
    ("POST", "/api/v1/statuses", "write:statuses", FakeApi.post),
    ("GET", _STATUS, "read:statuses", FakeApi.show),
    ("PUT", _STATUS, "write:statuses", FakeApi.change),
    ("DELETE", _STATUS, "write:statuses", FakeApi.remove),
    ("GET", f"{_STATUS}/context", "read:statuses", FakeApi.context),
    ("POST", f"{_STATUS}/(?:un)?favourite", "write:favourites", FakeApi.favourite),
    ("POST", f"{_STATUS}/reblog", "write:statuses", FakeApi.reblog),
)
