"""Answers to what cannot be done: RFC 9457 problem details, never a traceback.

An answer never repeats an id it was asked for, so that a foreign id and an absent one get the
same bytes.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

log = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """What went wrong, for a program (`code`) and for a person (`detail`); `more` is added."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        self.status, self.code, self.detail, self.more = status, code, detail, more
        super().__init__(code)


def body_of(problem: Problem) -> dict[str, Any]:
    """Return the document."""
    return {
        "type": f"/api/docs#{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }


def answer(problem: Problem) -> HttpResponse:
    """Return the answer."""
    content = json.dumps(body_of(problem), default=str, ensure_ascii=False)
    response = HttpResponse(content, status=problem.status, content_type=CONTENT_TYPE)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="hearwell"'
    if "retry_after_s" in problem.more:
        response["Retry-After"] = str(problem.more["retry_after_s"])
    return response


def not_found() -> Problem:
    """What a foreign id gets, and an absent one."""
    return Problem(404, "not_found", "There is nothing here, or it is not yours to see.")


def understood(error: Exception) -> Problem:  # noqa: PLR0911  a table
    """Return what to answer to an error; an unexpected one is logged and told as our fault."""
    match error:
        case Problem():
            return error
        case AuthenticationError():
            return Problem(401, "unauthorized", "Send a valid token: Authorization: Bearer hw_…")
        case ValidationError():
            wrong = [{"where": list(e["loc"]), "what": e["msg"]} for e in error.errors]
            return Problem(422, "invalid", "The request does not have the right form.", wrong=wrong)
        case RequestDataTooBig():
            return Problem(413, "too_large", "At most 5 MB in one request.")
        case OperationalError():
            log.error("api_database_unreachable", exc_info=error)
            return Problem(503, "unavailable", "The database cannot be reached. Try again soon.")
        case Http404() | ObjectDoesNotExist():
            return not_found()
        case HttpError():
            return Problem(error.status_code, "refused", str(error))
        case _:
            log.error("api_failed", exc_info=error)
            return Problem(500, "internal", "Something went wrong on our side. It has been noted.")


# Ninja has handlers of its own for these; ours take their place.
_ANSWERED: tuple[type[Exception], ...] = (
    Exception,
    Http404,
    HttpError,
    ValidationError,
    AuthenticationError,
)


def handle_problems(api: NinjaAPI) -> None:
    """Let the API answer every error with a problem."""

    def handler(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return answer(understood(error if isinstance(error, Exception) else error()))

    for kind in _ANSWERED:
        api.add_exception_handler(kind, handler)
