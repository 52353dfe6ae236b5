"""What makes the pages an app that can be installed: manifest, service worker, offline page.

The worker keeps static files under their hashed names and one page that says that there is no
connection. It never keeps a page with anybody's data in it, and answers nothing else.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import public

# What the offline page needs; all else is kept when it is first used.
FILES: Final = ("tokens.css", "components.css", "app.css", "icon.svg")
INK: Final = "#0d2b33"


@public
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Describe the app to browsers."""
    response = JsonResponse(_described(), content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


def _described() -> dict[str, Any]:
    def icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
        source = static(f"hearwell/icons/{name}.png")
        sizes = f"{size}x{size}"
        return {"src": source, "sizes": sizes, "type": "image/png", "purpose": purpose}

    return {
        "id": "/",
        "name": "Hearwell",
        "short_name": "Hearwell",
        "description": _("Hear every customer, answer in time."),
        "lang": get_language() or "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": INK,
        "theme_color": INK,
        "icons": [
            icon("icon-192", 192),
            icon("icon-512", 512),
            icon("maskable-512", 512, "maskable"),
        ],
        "shortcuts": [
            {"name": _("Mine"), "url": reverse("inbox_queue", args=["mine"])},
            {"name": _("Unassigned"), "url": reverse("inbox_queue", args=["unassigned"])},
            {"name": _("Wallboard"), "url": reverse("wallboard")},
        ],
    }


@public
@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Give the worker, at the root so that it may answer for every page."""
    script = _script()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _script() -> str:
    files = [static(f"hearwell/{name}") for name in FILES]
    values = {
        "files": files,
        "offline": reverse("offline"),
        "icon": static("hearwell/icons/icon-192.png"),
    }
    values["badge"] = static("hearwell/icons/badge-96.png")
    source = render_to_string("hearwell/install/sw.js", {})
    version = hashlib.sha256(f"{values}{source}".encode()).hexdigest()[:12]
    return f"const KNOWN = {json.dumps({**values, 'version': version})};\n{source}"


@public
@require_safe
def offline(_request: HttpRequest) -> HttpResponse:
    """Say that there is no connection. It is kept in browsers, so nobody's name may be in it."""
    return HttpResponse(render_to_string("hearwell/install/offline.html", {}))
