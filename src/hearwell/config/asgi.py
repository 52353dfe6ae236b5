"""The one port: machines go straight to the gateway, people to Django in threads.

Django's own ASGI handler is the slow way (measured, one process: 214 stored rows a second
against 627 through a2wsgi and 4,433 through the bare gateway), so pages run as WSGI in a
bounded pool of threads and neither hooks nor live updates ever pass through Django.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")

from a2wsgi import WSGIMiddleware
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings

from hearwell.config import collector
from hearwell.config.measuring import metrics_module, traces_module

# Sets Django up, which everything below needs.
from hearwell.config.wsgi import application as _django  # isort: skip
from hearwell.gateway.app import app as _gateway

_pages: ASGI3Application = WSGIMiddleware(  # type: ignore[assignment]
    _django,  # type: ignore[arg-type]
    workers=settings.ENVIRONMENT.web_threads,
)
collector.settle()
MACHINES = ("/hooks/", "/live/", "/chat/")


def is_for_machines(path: str) -> bool:
    """Tell whether the gateway answers this path."""
    return path == "/live" or path.startswith(MACHINES)


async def _handed_on(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Hand each call to the gateway or to the pages; the gateway lives with the process."""
    is_page = scope["type"] == "http" and not is_for_machines(scope["path"])
    await (_pages if is_page else _gateway)(scope, receive, send)  # type: ignore[arg-type]


_metrics = metrics_module(settings.ENVIRONMENT)
_traces = traces_module(settings.ENVIRONMENT)
_traced: ASGI3Application = _traces.traced(_handed_on) if _traces else _handed_on
application: ASGI3Application = _metrics.counted(_traced) if _metrics else _traced
