"""A LinkedIn in memory: members, one Page, and everything that goes wrong there.

It behaves as documented and misbehaves on request (``trouble``). ``handle`` answers all calls,
those of the sign-in pages too; ``deliveries`` is what it would post to our webhook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

import httpx

from hearwell.connect.pretended import Tokened, consented, form_of, said
from hearwell.connectors.linkedin import signing, urns
from hearwell.connectors.linkedin.manifest import COMMENT_LIMIT, PROTOCOL, SCOPES, VERSION

PAGE, OTHER_PAGE = "urn:li:organization:71000001", "urn:li:organization:71000002"
LENA, TOM, ADA = "urn:li:person:lEnA-4711", "urn:li:person:tOm_0815", "urn:li:person:aDa99"
POST, SHARE = "urn:li:activity:7400000000000000001", "urn:li:share:7400000000000000000"
CLIENT_ID, CLIENT_SECRET = "77northwind", "client-secret-canary"
APPLICATION = "98765432"
_BATCH, _MOST = 10, 100
Fields = dict[str, Any]


@dataclass
class Network(Tokened):
    """Comments by URN and notifications in their order; ``now_ms`` is its clock."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "The access token has expired; it can be renewed.",
        "consent_withdrawn": "The member has withdrawn consent: no token works, none is renewed.",
        "role_lost": "Whoever connected the Page is no administrator of it any more.",
        "access_withdrawn": "The app has lost the Community Management API.",
        "throttled": "Every call is answered with 429.",
        "outage": "Every call is answered with 503.",
        "lost_answer": "A comment is made, and the answer is a 500.",
        "version_withdrawn": "The version of the interface that we speak is not active any more.",
        "hook_disabled": "The subscription is gone and LinkedIn calls nobody, without a word.",
        "duplicates": "Every delivery comes twice.",
        "reordered": "Deliveries come last first, one notification in each.",
        "bare": "Notifications come without what was written.",
        "garbled": "Answers are HTML instead of JSON.",
    }
    comments: dict[str, Fields] = field(default_factory=dict)
    shares: dict[str, Fields] = field(default_factory=dict)
    notices: list[Fields] = field(default_factory=list)
    liked: set[tuple[str, str]] = field(default_factory=set)
    webhook: str = ""
    now_ms: int = 0
    _pushed: int = 0
    _numbers: int = 7_400_000_000_000_001_000

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A comment of ``person`` below the Page's post, or ``below`` a comment.

        With ``mention=True`` a post of theirs that mentions the Page. Returns its URN.
        """
        person = str(where.get("person", LENA))
        if where.get("mention"):
            return self._share(person, text)
        return self._comment(person, text, str(where.get("below", "")), "COMMENT")

    def edits(self, urn: str, text: str) -> None:
        """Another text for a comment."""
        comment = self.comments[urn]
        comment["message"]["text"] = text
        comment["lastModified"] = {"actor": comment["actor"], "time": self._tick()}
        self._tell("COMMENT_EDIT", urn, comment["object"], comment=self._shown(comment))

    def deletes(self, urn: str) -> None:
        """A comment is gone."""
        comment = self.comments.pop(urn)
        self._tick()
        self._tell("COMMENT_DELETE", urn, comment["object"])

    def likes(self, person: str, urn: str) -> None:
        """Somebody likes the post or a comment."""
        self._tick()
        self._tell("LIKE", f"urn:li:reaction:({person},{urn})", urn)

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to our webhook since it was last asked, signed."""
        fresh, self._pushed = self.notices[self._pushed :], len(self.notices)
        if not self.webhook or "hook_disabled" in self.trouble:
            return []
        size = 1 if "reordered" in self.trouble else _BATCH
        batches = [fresh[at : at + size] for at in range(0, len(fresh), size)]
        return [pushed(batch) for batch in self.as_delivered(batches)]

    def _tick(self) -> int:
        now = int(datetime.now(UTC).timestamp() * 1000)
        self.now_ms = max(self.now_ms + 1, now)
        return self.now_ms

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _comment(self, actor: str, text: str, below: str, action: str) -> str:
        at = self._tick()
        stands_below = urns.comment_of(below)
        post = stands_below.post if stands_below else below or POST
        number = self._number()
        urn = str(urns.CommentUrn(post, str(number)))
        comment: Fields = {
            "actor": actor,
            "commentUrn": urn,
            "id": str(number),
            "object": post,
            "message": {"attributes": [], "text": text},
            "created": {"actor": actor, "time": at},
            "lastModified": {"actor": actor, "time": at},
        }
        if stands_below:
            # There are two levels: a reply to a reply stands below the same first comment.
            above = self.comments.get(below, {})
            comment["parentComment"] = above.get("parentComment", below)
        self.comments[urn] = comment
        self._tell(action, urn, post, comment=self._shown(comment))
        return urn

    def _share(self, person: str, text: str) -> str:
        self._tick()
        urn = f"urn:li:share:{self._number()}"
        self.shares[urn] = {
            "id": urn,
            "author": person,
            "commentary": text,
            "createdAt": self.now_ms,
            "publishedAt": self.now_ms,
            "visibility": "PUBLIC",
        }
        shown = {"entity": urn, "owner": person, "text": text}
        self._tell("SHARE_MENTION", urn, urn, share=shown)
        return urn

    @staticmethod
    def _shown(comment: Fields) -> Fields:
        shown = {
            "entity": comment["commentUrn"],
            "owner": comment["actor"],
            "object": comment["object"],
            "text": comment["message"]["text"],
        }
        parent = comment.get("parentComment")
        return shown | ({"parentComment": parent} if parent else {})

    def _tell(self, action: str, made: str, post: str, **shown: Fields) -> None:
        notice: Fields = {
            "notificationId": 5_600_000_000 + len(self.notices),
            "organizationalEntity": PAGE,
            "action": action,
            "sourcePost": post,
            "decoratedSourcePost": self._shown_post(post),
            # Notifications leave out the "urn:li:" within a comment's URN.
            "generatedActivity": made.replace("comment:(urn:li:", "comment:("),
            "lastModifiedAt": self.now_ms,
            "subscriber": ADA,
        }
        if shown and "bare" not in self.trouble:
            notice["decoratedGeneratedActivity"] = shown
        self.notices.append(notice)

    def _shown_post(self, post: str) -> Fields:
        share = self.shares.get(post)
        if share:
            return {"entity": post, "owner": share["author"], "text": share["commentary"]}
        return {"entity": SHARE, "owner": PAGE, "text": "New routes", "mediaCategory": "NONE"}

    # --- its API ---------------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """What it answers."""
        if "outage" in self.trouble:
            return httpx.Response(503, text="Service Unavailable")
        if "throttled" in self.trouble:
            return refusal(429, "TOO_MANY_REQUESTS")
        if request.url.path.startswith("/oauth/v2/"):
            return self._sign_in(request)
        return self.as_heard(self._guarded(request))

    def _guarded(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.is_dead(token):
            return refusal(401, "EXPIRED_ACCESS_TOKEN" if token else "EMPTY_ACCESS_TOKEN")
        version = request.headers.get("linkedin-version")
        if version != VERSION.name or "version_withdrawn" in self.trouble:
            return refusal(426, "NONEXISTENT_VERSION")
        if request.headers.get("x-restli-protocol-version") != PROTOCOL:
            return refusal(400, "ILLEGAL_ARGUMENT")
        if "access_withdrawn" in self.trouble:
            return refusal(403, "ACCESS_DENIED")
        return self._route(request)

    def _route(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode().partition("?")
        for pattern, answer in self._routes().items():
            method, _, shape = pattern.partition(" ")
            found = re.fullmatch(f"/rest/{shape}", path)
            if found and request.method == method:
                names = tuple(unquote(one) for one in found.groups())
                return answer(names, query, json.loads(request.content or b"{}"))
        return refusal(404, "RESOURCE_NOT_FOUND")

    def _routes(self) -> Mapping[str, Callable[..., httpx.Response]]:
        part = "([^/:,()]+)"
        return {
            "GET organizationAcls": lambda *_: self._roles(),
            f"GET organizations/{part}": lambda names, *_: self._organization(*names),
            "GET organizationalEntityNotifications": self._notifications,
            f"GET socialActions/{part}/comments": self._listed,
            f"POST socialActions/{part}/comments": self._create,
            f"GET socialActions/{part}/comments/{part}": self._one,
            f"DELETE socialActions/{part}/comments/{part}": self._remove,
            f"GET posts/{part}": lambda names, *_: self._post(*names),
            "POST reactions": self._like,
            rf"DELETE reactions/\(actor:{part},entity:{part}\)": self._unlike,
            r"GET eventSubscriptions/(\(.+\))": self._subscription,
            r"PUT eventSubscriptions/(\(.+\))": self._subscribe,
            r"DELETE eventSubscriptions/(\(.+\))": self._unsubscribe,
        }

    def _roles(self) -> httpx.Response:
        pages = [OTHER_PAGE] if "role_lost" in self.trouble else [PAGE]
        found = [
            {
                "organization": page,
                "role": "ADMINISTRATOR",
                "roleAssignee": ADA,
                "state": "APPROVED",
            }
            for page in pages
        ]
        return said(elements=found)

    @staticmethod
    def _organization(number: str) -> httpx.Response:
        return said(id=int(number), localizedName="Northwind Air", vanityName="northwind-air")

    def _notifications(self, _: Any, query: str, __: Any) -> httpx.Response:
        if "role_lost" in self.trouble:
            return refusal(403, "ACCESS_DENIED")
        given = parse_qs(query)
        found = re.fullmatch(r"\(start:(\d+),end:(\d+)\)", given["timeRange"][0])
        assert found  # noqa: S101 -- a request that LinkedIn would not read either
        first, last = int(found[1]), int(found[2])
        wanted = given["actions"][0].removeprefix("List(").removesuffix(")").split(",")
        heard = [n for n in self.notices if n["action"] in wanted]
        heard = [n for n in heard if first <= n["lastModifiedAt"] <= last]
        return said(elements=_paged(heard[::-1], given))

    def _listed(self, names: tuple[str], query: str, _: Any) -> httpx.Response:
        target = names[0]
        found = [c for c in self.comments.values() if self._is_below(c, target)]
        return said(elements=_paged(found, parse_qs(query)))

    @staticmethod
    def _is_below(comment: Fields, target: str) -> bool:
        if target.startswith(urns.COMMENT):
            return bool(comment.get("parentComment") == target)
        return bool(comment["object"] == target)

    def _create(self, names: tuple[str], _: Any, body: Fields) -> httpx.Response:
        target, text = names[0], body["message"]["text"]
        parent = body.get("parentComment", "")
        if body["actor"] != PAGE or "role_lost" in self.trouble:
            return refusal(403, "ACCESS_DENIED")
        if parent and parent not in self.comments:
            return refusal(404, "NOT_FOUND")
        if len(text.encode("utf-16-le")) // 2 > COMMENT_LIMIT:
            return refusal(400, "FIELD_LENGTH_TOO_LONG")
        alike = (c for c in self.comments.values() if self._is_below(c, target))
        if any(c["actor"] == PAGE and c["message"]["text"] == text for c in alike):
            return refusal(422, "DUPLICATE_POST")
        urn = self._comment(PAGE, text, parent or body["object"], "ADMIN_COMMENT")
        if "lost_answer" in self.trouble:
            return httpx.Response(500, text="Internal Server Error")
        return httpx.Response(201, json=self.comments[urn], headers={"x-restli-id": urn[-20:-1]})

    def _one(self, names: tuple[str, str], *_: Any) -> httpx.Response:
        found = self.comments.get(str(urns.CommentUrn(*names)))
        return httpx.Response(200, json=found) if found else refusal(404, "NOT_FOUND")

    def _remove(self, names: tuple[str, str], *_: Any) -> httpx.Response:
        urn = str(urns.CommentUrn(*names))
        if urn not in self.comments:
            return refusal(404, "NOT_FOUND")
        self.deletes(urn)
        return httpx.Response(204)

    def _post(self, urn: str) -> httpx.Response:
        found = self.shares.get(urn)
        return httpx.Response(200, json=found) if found else refusal(404, "NOT_FOUND")

    def _like(self, _: Any, query: str, body: Fields) -> httpx.Response:
        like = (parse_qs(query)["actor"][0], body["root"])
        if like in self.liked:
            return refusal(409, "ALREADY_EXISTS")
        self.liked.add(like)
        return httpx.Response(201)

    def _unlike(self, names: tuple[str, str], *_: Any) -> httpx.Response:
        if names not in self.liked:
            return refusal(404, "NOT_FOUND")
        self.liked.discard(names)
        return httpx.Response(204)

    def _subscription(self, *_: Any) -> httpx.Response:
        if not self.webhook or "hook_disabled" in self.trouble:
            return refusal(404, "NOT_FOUND")
        return said(webhook=self.webhook, expiresAt=self._tick() + 86_400_000)

    def _subscribe(self, _: Any, __: Any, body: Fields) -> httpx.Response:
        self.webhook = body["webhook"]
        return httpx.Response(204)

    def _unsubscribe(self, *_: Any) -> httpx.Response:
        self.webhook = ""
        return httpx.Response(204)

    # --- its pages of consent ---------------------------------------------------------------------

    def _sign_in(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/authorization"):
            return consented(request.url.params)
        form = form_of(request)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return httpx.Response(401, json={"error": "invalid_client"})
        if not self.renews(form):
            return httpx.Response(400, json={"error": "invalid_grant"})
        return said(
            access_token=self.issue(),
            expires_in=5_184_000,
            refresh_token=self.refresh,
            refresh_token_expires_in=31_536_000,
            scope=",".join(SCOPES),
        )


def _paged(found: list[Fields], given: Mapping[str, list[str]]) -> list[Fields]:
    start, count = int(given["start"][0]), min(_MOST, int(given["count"][0]))
    return found[start : start + count]


def pushed(notices: list[Fields]) -> httpx.Request:
    """A delivery of these, signed."""
    body = {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": notices}
    content = json.dumps(body).encode()
    headers = {
        "content-type": "application/json",
        "x-li-signature": signing.signature_of(CLIENT_SECRET, content),
    }
    return httpx.Request("POST", "", headers=headers, content=content)


def refusal(status: int, code: str) -> httpx.Response:
    """An error as LinkedIn words it."""
    body = {"status": status, "code": code, "message": "In LinkedIn's words"}
    return httpx.Response(status, json=body)
