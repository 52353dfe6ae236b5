"""Every address of the house; each part keeps its own list in its `urls.py`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.urls import include, path

# prefix → module with `urlpatterns`
PARTS: tuple[tuple[str, str], ...] = (
    ("", "hearwell.ops.urls"),
    ("", "hearwell.accounts.urls"),
    ("account/", "allauth.urls"),
    ("api/", "hearwell.api.urls"),
    ("sandbox/", "hearwell.sandbox.urls"),
    ("", "hearwell.web.urls"),
)


def _has_part(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[Any] = [
    path(prefix, include(module)) for prefix, module in PARTS if _has_part(module)
]

if _has_part("hearwell.web.errors"):
    handler400 = "hearwell.web.errors.bad_request"
    handler403 = "hearwell.web.errors.forbidden"
    handler404 = "hearwell.web.errors.not_found"
    handler500 = "hearwell.web.errors.server_error"
