"""The door of the API: who is calling, for which page, and whether the network behaves today."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from hearwell.accounts.access import public
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sandbox.models import Page
from hearwell.sandbox.queries import speaking_pages, workspace_at
from hearwell.sandbox.services.misbehaving import Fault, take_fault
from hearwell.sandbox.services.opening import digest

RETRY_AFTER_S = 5
# Longer than a patient client waits, short enough to give the thread back soon.
HANG_S = 7.0


class RefusalError(Exception):
    """The network says no: a status, a code, and what else the caller should know."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body: dict[str, object] = {"error": {"code": code, **more}}

    def response(self) -> JsonResponse:
        """The answer that says so."""
        headers = {"Retry-After": str(RETRY_AFTER_S)} if self.status == _TOO_MANY else {}
        return JsonResponse(self.body, status=self.status, headers=headers)


_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


def endpoint(
    method: str, *, writes: bool = False, needs_token: bool = True
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Make a function of (request, page, …) an endpoint of the API at an address."""

    def decorate(answer: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public
        def view(request: HttpRequest, address: str, **kwargs: object) -> HttpResponseBase:
            if request.method != method:
                return RefusalError(HTTPStatus.METHOD_NOT_ALLOWED, "wrong_method").response()
            try:
                return _answer(request, address, answer, kwargs, (writes, needs_token))
            except RefusalError as refusal:
                return refusal.response()

        return view

    return decorate


def _answer(
    request: HttpRequest,
    address: str,
    answer: Callable[..., HttpResponseBase],
    kwargs: Mapping[str, object],
    ways: tuple[bool, bool],
) -> HttpResponseBase:
    writes, needs_token = ways
    workspace_id = workspace_at(address)
    if workspace_id is None:
        raise RefusalError(HTTPStatus.FORBIDDEN, "page_closed")
    with scope(workspace_id):  # of its own, so that a fault stays used up whatever follows
        page = _page(request, needs_token=needs_token)
        if writes and not page.may_write:
            raise RefusalError(HTTPStatus.FORBIDDEN, "scope_missing")
        fault = take_fault(page) if writes else None
    if fault is Fault.THROTTLE:
        raise RefusalError(_TOO_MANY, "slow_down")
    if fault is Fault.FAIL_BEFORE:
        raise RefusalError(HTTPStatus.INTERNAL_SERVER_ERROR, "broken")
    with scope(workspace_id):
        response = answer(request, page, **kwargs)
    if fault is Fault.FAIL_AFTER:
        raise RefusalError(HTTPStatus.INTERNAL_SERVER_ERROR, "broken")
    if fault is Fault.HANG_AFTER:
        time.sleep(HANG_S)
    return response


def _page(request: HttpRequest, *, needs_token: bool) -> Page:
    pages = speaking_pages()
    if not pages:
        raise RefusalError(HTTPStatus.FORBIDDEN, "page_closed")
    if not needs_token:
        return pages[0]
    token = digest(request.headers.get("authorization", "").removeprefix("Bearer "))
    page = next((p for p in pages if secrets.compare_digest(bytes(p.access_digest), token)), None)
    if page is None:
        raise RefusalError(HTTPStatus.UNAUTHORIZED, "token_unknown")
    if page.access_expires_at <= now():
        raise RefusalError(HTTPStatus.UNAUTHORIZED, "token_expired")
    return page


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object in the body."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "not_an_object")
    return body


def text_in(fields: Mapping[str, object], name: str) -> str:
    """A string in the body, empty if it is missing or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
