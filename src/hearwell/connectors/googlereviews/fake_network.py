"""In-memory Business Profile APIs: a business, two locations, reviews and moderated answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from hearwell.connectors.google.fake_doors import TROUBLES, Doors, Fields, refusal
from hearwell.connectors.googlereviews.manifest import LONGEST_BYTES, PUBSUB_SCOPE, SCOPE

ACCOUNT = "accounts/1001"
LOCATIONS = {"2001": "Northwind Lisbon", "2002": "Northwind Porto"}
TOPIC, SUBSCRIPTION = "projects/northwind/topics/reviews", "projects/northwind/subscriptions/hw"
STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")
NO_QUOTA, UNVERIFIED, REJECTED, PENDING = (
    "quota_never_granted", "location_unverified", "answer_rejected", "answer_pending",
)  # fmt: skip


class Network(Doors):
    """See ``Doors``; reviews are kept by name, as Google gives them."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        **TROUBLES,
        NO_QUOTA: "Access was never granted: the quota is 0.",
        UNVERIFIED: "The location is not verified, so nothing can be answered.",
        REJECTED: "Google's moderation rejects every answer.",
        PENDING: "Answers wait for Google's moderation.",
    }

    def __init__(self) -> None:
        super().__init__(f"{SCOPE} {PUBSUB_SCOPE}")
        self.reviews: dict[str, Fields] = {}
        self.rings: list[str] = []
        self._numbers = 0

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A review with ``stars`` of the location ``place``; without words if ``text`` is empty."""
        self._numbers += 1
        review, at = f"AbFvOq{self._numbers:06}", self.stamp()
        name = f"{ACCOUNT}/locations/{where.get('place', '2001')}/reviews/{review}"
        told: Fields = {
            "name": name,
            "reviewId": review,
            "reviewer": {"displayName": where.get("author", "Lena Vik")},
            "starRating": STARS[int(where.get("stars", 5)) - 1],
            "createTime": at,
            "updateTime": at,
        }
        self.reviews[name] = told | ({"comment": text} if text else {})
        self._ring(name)
        return name

    def edits(self, name: str, text: str, stars: int | None = None) -> None:
        """Other words, and other stars if given."""
        review = self.reviews[name]
        review |= {"comment": text, "updateTime": self.stamp()}
        if stars is not None:
            review["starRating"] = STARS[stars - 1]
        self._ring(name)

    def deletes(self, name: str) -> None:
        """The review goes, and our answer with it."""
        self.reviews.pop(name, None)

    def moderates(self, name: str, state: str, violation: str = "") -> None:
        """What Google's moderation says of our answer."""
        answer = self.reviews[name]["reviewReply"]
        answer |= {"reviewReplyState": state}
        if violation:
            answer["policyViolation"] = violation

    def _ring(self, name: str) -> None:
        self.rings.append(name)

    # --- what it answers -------------------------------------------------------------------------

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call of any of the APIs."""
        version, _, path = request.url.path.lstrip("/").partition("/")
        if NO_QUOTA in self.trouble:
            return refusal(
                429, "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
                metadata={"quota_limit_value": "0", "service": "mybusiness.googleapis.com"},
            )  # fmt: skip
        if version == "v4":
            return self._v4(request, path)
        return self._v1(request, path)

    def _v1(self, request: httpx.Request, path: str) -> httpx.Response:
        if path == "accounts":
            account = {"name": ACCOUNT, "accountName": "Northwind", "type": "LOCATION_GROUP"}
            return httpx.Response(200, json={"accounts": [account]})
        if path == f"{ACCOUNT}/locations":
            found = [{"name": f"locations/{i}", "title": title} for i, title in LOCATIONS.items()]
            return httpx.Response(200, json={"locations": found})
        if path == f"{ACCOUNT}/notificationSetting":
            return httpx.Response(200, json=json.loads(request.content))
        if path == f"{SUBSCRIPTION}:pull":
            told = [{"ackId": f"ack-{n}", "message": {}} for n, _ in enumerate(self.rings)]
            return httpx.Response(200, json={"receivedMessages": told} if told else {})
        if path == f"{SUBSCRIPTION}:acknowledge":
            self.rings.clear()
            return httpx.Response(200, json={})
        return refusal(404, "NOT_FOUND", "NOT_FOUND")

    def _v4(self, request: httpx.Request, path: str) -> httpx.Response:
        if path.endswith("/reviews"):
            return self._list(path, dict(request.url.params))
        review = self.reviews.get(path.removesuffix("/reply"))
        if review is None:
            return refusal(404, "NOT_FOUND", "NOT_FOUND")
        if request.method == "GET":
            return httpx.Response(200, json=review)
        if request.method == "DELETE":
            gone = review.pop("reviewReply", None)
            return httpx.Response(200, json={}) if gone else refusal(404, "NOT_FOUND")
        return self._put(review, str(json.loads(request.content)["comment"]))

    def _put(self, review: Fields, text: str) -> httpx.Response:
        if UNVERIFIED in self.trouble:
            return refusal(400, "failedPrecondition", "FAILED_PRECONDITION")
        if len(text.encode()) > LONGEST_BYTES:
            return refusal(400, "badRequest", "INVALID_ARGUMENT")
        state = "REJECTED" if REJECTED in self.trouble else "APPROVED"
        state = "PENDING" if PENDING in self.trouble else state
        review["reviewReply"] = {
            "comment": text, "updateTime": self.stamp(), "reviewReplyState": state,
        }  # fmt: skip
        return httpx.Response(200, json=review["reviewReply"])

    def _list(self, path: str, params: dict[str, str]) -> httpx.Response:
        found = [one for name, one in self.reviews.items() if name.startswith(f"{path}/")]
        found.sort(key=lambda one: str(one["updateTime"]), reverse=True)
        start, most = int(params.get("pageToken") or 0), int(params.get("pageSize", 50))
        body: Fields = {"reviews": found[start : start + most], "totalReviewCount": len(found)}
        if start + most < len(found):
            body["nextPageToken"] = str(start + most)
        return httpx.Response(200, json=body if found else {})
