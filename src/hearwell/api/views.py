"""The API's reference page and its description, open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public
from hearwell.api.description import committed, reference
from hearwell.api.problems import answer, not_found


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every call and shape, on a page that needs no script."""
    return render(request, "api/docs.html", {"reference": reference()})


@public
@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document."""
    return HttpResponse(committed(), content_type="application/json; charset=utf-8")


@public
@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """Answer to an address that no call has, whoever asks and by whatever method, as a problem."""
    return answer(not_found())
