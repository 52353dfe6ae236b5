"""The doors that Google's in-memory networks share: consent, tokens, and how they misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx

from hearwell.connect.pretended import Pretended, consented, form_of

Fields = dict[str, Any]
ACCESS, REFRESH, CODE = "ya29.canary-access", "1//canary-refresh", "4/canary-code"
CLIENT, CLIENT_SECRET = "1234-abc.apps.googleusercontent.com", "GOCSPX-canary"
TOKEN_EXPIRED, ENDED, THROTTLED, QUOTA, OUTAGE, ODD, NO_ACCESS, NO_SCOPE, WITHDRAWN = (
    "token_expired", "sign_in_ended", "throttled", "quota", "outage", "error_in_200",
    "access_withdrawn", "scope_missing", "version_withdrawn",
)  # fmt: skip
TROUBLES: Mapping[str, str] = {
    TOKEN_EXPIRED: "The access token has run out; renewing it helps.",
    ENDED: "The sign-in was taken away: neither token is accepted any more.",
    THROTTLED: "Google asks us to slow down.",
    QUOTA: "The day's quota is used up until midnight in California.",
    OUTAGE: "Google's API is down and answers with errors of its own.",
    ODD: "An error comes in an answer that says 200.",
    NO_ACCESS: "The API was switched off in the Google Cloud project.",
    NO_SCOPE: "The sign-in lacks the permission for this.",
    WITHDRAWN: "This version of the API was withdrawn.",
}


def refusal(code: int, reason: str, status: str = "", **more: Any) -> httpx.Response:
    """An error as Google words it, its reason in both places."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, **more}]
    error = {
        "code": code,
        "message": f"The request cannot be completed: {reason}.",
        "errors": [{"domain": "global", "reason": reason, "message": reason}],
        "status": status or "FAILED",
        "details": details,
    }
    return httpx.Response(code, json={"error": error})


_ANSWERS: tuple[tuple[str, Callable[[], httpx.Response]], ...] = (
    (OUTAGE, lambda: httpx.Response(503, text="<html>Sorry</html>")),
    (THROTTLED, lambda: refusal(403, "rateLimitExceeded")),
    (QUOTA, lambda: refusal(403, "quotaExceeded")),
    (ODD, lambda: httpx.Response(200, json=json.loads(refusal(403, "forbidden").content))),
    (NO_ACCESS, lambda: refusal(403, "accessNotConfigured", "PERMISSION_DENIED")),
    (NO_SCOPE, lambda: refusal(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED")),
    (WITHDRAWN, lambda: refusal(410, "gone")),
)


class Doors(Pretended):
    """Consent and tokens, and a clock that moves on with every change."""

    TROUBLES: ClassVar[Mapping[str, str]] = TROUBLES

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.calls: list[httpx.Request] = []
        self.tokens = {ACCESS}
        self.scope = scope
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    def tick(self) -> datetime:
        """A second later."""
        self.now += timedelta(seconds=1)
        return self.now

    def catch_up(self) -> None:
        """What we do ourselves happens now, not an hour ago."""
        self.now = max(self.now, datetime.now(UTC).replace(microsecond=0))

    def stamp(self) -> str:
        """The next second, as Google writes times."""
        return self.tick().strftime("%Y-%m-%dT%H:%M:%SZ")

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Any call."""
        self.calls.append(request)
        if request.url.path == "/o/oauth2/v2/auth":
            return consented(request.url.params, CODE)
        if request.url.path == "/token":
            return self._token(request)
        for trouble, answer in _ANSWERS:
            if trouble in self.trouble:
                return answer()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if {TOKEN_EXPIRED, ENDED} & self.trouble or token not in self.tokens:
            return refusal(401, "authError", "UNAUTHENTICATED")
        if request.method != "GET":
            self.catch_up()
        return self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """A call that nothing stands in the way of."""
        raise NotImplementedError

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = form_of(request)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return httpx.Response(401, json={"error": "invalid_client"})
        is_known = form.get("code") == CODE or form.get("refresh_token") == REFRESH
        if not is_known or (ENDED in self.trouble and form["grant_type"] == "refresh_token"):
            return httpx.Response(400, json={"error": "invalid_grant"})
        # What comes back from consent is good again, and so is a renewed token.
        self.trouble -= {TOKEN_EXPIRED, ENDED}
        access = f"{ACCESS}-{len(self.tokens)}"
        self.tokens.add(access)
        token: Fields = {"access_token": access, "expires_in": 3599, "token_type": "Bearer",
                         "scope": self.scope}  # fmt: skip
        if form["grant_type"] == "authorization_code":
            token["refresh_token"] = REFRESH
        return httpx.Response(200, json=token)
