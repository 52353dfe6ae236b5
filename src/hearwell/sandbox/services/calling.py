"""Call the brand's webhook: signed, in order, again and again until it says 200.

The signing secret is the one of the channel's endpoint: whoever rotates it there has rotated it
here. Nothing is held while waiting for an answer: entries are read in one transaction and marked
in another, and a crash between the two only means that they are sent once more.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import httpx
from django.conf import settings

from hearwell.channels.models import Endpoint
from hearwell.channels.queries import hook_path
from hearwell.channels.services.secrets import opened_ingress
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sandbox.models import Entry, Faults, Page
from hearwell.sandbox.services.opening import channel_of

MOST_AT_ONCE = 100
_DUPLICATES = 3
_BACKOFF_S = (1, 2, 5, 15, 60)
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook to be sent, and how often."""

    url: str
    secret: str = field(repr=False)
    body: bytes = field(repr=False)
    entries: Sequence[UUID]
    times: int = 1


def call_all(workspace_id: UUID) -> int:
    """Send everything that is due; returns how many entries the brand has taken."""
    sent = 0
    while (call := _next_call(workspace_id)) is not None:
        problem = _send(call)
        _note(workspace_id, call, problem)
        if problem:
            break
        sent += len(call.entries)
    return sent


def _next_call(workspace_id: UUID) -> Call | None:
    with scope(workspace_id):
        page = Page.objects.filter(is_open=True, is_sister=False).first()
        channel = channel_of(page) if page else None
        due = Entry.objects.filter(sent_at=None, for_sister=False, not_before__lte=now()).order_by(
            "seq"
        )
        entries = list(due[:MOST_AT_ONCE])
        if page is None or channel is None or channel.endpoint_id is None or not entries:
            return None
        endpoint = Endpoint.objects.get(id=channel.endpoint_id)
        path, secrets = hook_path(channel), opened_ingress(endpoint)
        if path is None or not secrets.signing:
            return None
        return _call(page, Faults.objects.get(page=page), entries, path, secrets.signing[0])


def _call(page: Page, faults: Faults, entries: Sequence[Entry], path: str, secret: str) -> Call:
    shown = [entry.body for entry in entries]
    if faults.reorder:
        shown.reverse()
    body = {"page": str(page.profile_id), "entries": shown}
    return Call(
        url=settings.HEARWELL_URL + path,
        secret=secret,
        body=json.dumps(body).encode(),
        entries=[entry.id for entry in entries],
        times=_DUPLICATES if faults.duplicate else 1,
    )


def _send(call: Call) -> str:
    """Post it; returns what went wrong, or nothing."""
    try:
        with http.client((), origins=[settings.HEARWELL_URL], timeout_s=_TIMEOUT_S) as client:
            for _ in range(call.times):
                response = client.post(call.url, content=call.body, headers=_headers(call))
                if not response.is_success:
                    return f"answered {response.status_code}"
    except httpx.TransportError as error:
        return f"not reached: {type(error).__name__}"
    return ""


def _headers(call: Call) -> dict[str, str]:
    timestamp = str(int(now().timestamp()))
    signed = f"{timestamp}.".encode() + call.body
    signature = hmac.new(call.secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-harbour-timestamp": timestamp,
        "x-harbour-signature": f"v1={signature}",
    }


def _note(workspace_id: UUID, call: Call, problem: str) -> None:
    with scope(workspace_id):
        entries = Entry.objects.filter(id__in=call.entries)
        if not problem:
            entries.update(sent_at=now(), problem="")
            return
        first = entries.order_by("seq").first()
        attempts = (first.attempts if first else 0) + 1
        wait_s = _BACKOFF_S[min(attempts, len(_BACKOFF_S)) - 1]
        entries.update(
            attempts=attempts, problem=problem, not_before=now() + timedelta(seconds=wait_s)
        )
