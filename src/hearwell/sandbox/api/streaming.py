"""The stream: entries as they happen, a JSON line each, for a little less than half a minute.

It ends by itself, so that no thread is held for ever; whoever listens comes back. Each look is a
short transaction of its own. An empty line now and then shows that the line is alive.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from uuid import UUID

from django.http import StreamingHttpResponse

from hearwell.kit.scope import scope
from hearwell.sandbox.models import Page
from hearwell.sandbox.queries import entries_after

_LASTS_S, _LOOK_EVERY_S = 25.0, 0.5
_MOST = 100


def lines(page: Page, after: int) -> StreamingHttpResponse:
    """Stream what happens after a number."""
    account, workspace_id = str(page.profile_id), page.workspace_id
    response = StreamingHttpResponse(
        _lines(account, workspace_id, after), content_type="application/x-ndjson"
    )
    response["Cache-Control"] = "no-store"
    return response


def _lines(account: str, workspace_id: UUID, after: int) -> Iterator[str]:
    ends = time.monotonic() + _LASTS_S
    yield "\n"
    while time.monotonic() < ends:
        with scope(workspace_id):
            found = entries_after(after, _MOST)
        for entry in found:
            after = entry.seq
            yield json.dumps({"page": account, "entries": [entry.body]}) + "\n"
        if not found:
            yield "\n"
            time.sleep(_LOOK_EVERY_S)
