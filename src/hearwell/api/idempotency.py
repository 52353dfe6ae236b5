"""Idempotency keys: the same request again gets the first answer, and nothing happens twice.

The contract is Stripe's (RELIABILITY of theirs, docs.stripe.com/api/idempotent_requests): a key of
at most 255 characters, kept for at least 24 hours; the first status and body are given again, even
of an error on our side; the same key with another request is an error. What was refused before
anything began (form, rights, rate) is not kept.

The key's row is written in the transaction of the act itself. Of two requests at once the second
waits for the first one's commit at the unique index, then gets its answer; where the process dies
in between, neither key nor act remains and the program may simply ask again.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.http import HttpResponse
from ninja import Schema

from hearwell.api.access import ApiRequest
from hearwell.api.models import Remembered
from hearwell.api.problems import CONTENT_TYPE, Problem, body_of, understood
from hearwell.api.services import keep_answer, remember
from hearwell.kit.ids import uuid7

HEADER = "Idempotency-Key"
LONGEST = 255
REPLAYED = "Idempotency-Replayed"
View = Callable[..., tuple[int, Schema]]


def remembered(*, is_required: bool) -> Callable[[View], Callable[..., HttpResponse]]:
    """Let a view that returns (status, schema) run once for each key. Goes inside `needs`."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def once(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = request.headers.get(HEADER, "")
            if not key and is_required:
                detail = f"Send an {HEADER} header: a new UUID for each reply, the same on retry."
                raise Problem(400, "idempotency_key_missing", detail)
            if len(key) > LONGEST:
                raise Problem(400, "idempotency_key_too_long", f"{HEADER}: at most 255 characters.")
            if not key.isprintable():
                raise Problem(400, "idempotency_key_odd", f"{HEADER}: letters, digits and signs.")
            if not key:
                return _response(*_outcome(view, request, args, kwargs))
            return _once(key, request, functools.partial(_outcome, view, request, args, kwargs))

        return once

    return decorate


def key_of(request: ApiRequest) -> UUID:
    """Return the UUID that this request's act is known by further down; new without a key."""
    key = request.headers.get(HEADER, "")
    return uuid5(NAMESPACE_URL, f"hearwell:{request.auth.id}:{key}") if key else uuid7()


def _outcome(
    view: View, request: ApiRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[int, str, str]:
    """Run the act in a savepoint; return status, content type and body, of an error too."""
    try:
        with transaction.atomic():
            status, made = view(request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001  every outcome is told and kept
        problem = understood(error)
        return problem.status, CONTENT_TYPE, _json(body_of(problem))
    return status, "application/json; charset=utf-8", _json(made.model_dump(mode="json"))


def _json(document: Any) -> str:
    return json.dumps(document, default=str, ensure_ascii=False)


def _response(status: int, content_type: str, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type=content_type)


def _once(key: str, request: ApiRequest, act: Callable[[], tuple[int, str, str]]) -> HttpResponse:
    kept, is_new = remember(request.auth, key, _digest(request))
    if not is_new:
        return _replay(kept, _digest(request))
    outcome = act()
    keep_answer(kept, *outcome)
    return _response(*outcome)


def _replay(kept: Remembered, digest: str) -> HttpResponse:
    if kept.digest != digest:
        detail = f"This {HEADER} was used for another request. Make a new one for each request."
        raise Problem(422, "idempotency_key_reused", detail)
    response = _response(kept.status or 500, kept.content_type, kept.body)
    response[REPLAYED] = "true"
    return response


def _digest(request: ApiRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    return digest.hexdigest()
