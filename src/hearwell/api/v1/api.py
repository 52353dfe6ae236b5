"""Version 1, put together."""

from importlib.metadata import version
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import NinjaAPI, Router

from hearwell.api.access import TokenAuth
from hearwell.api.problems import handle_problems
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import router as acting
from hearwell.api.v1.automation import router as automation
from hearwell.api.v1.batches import router as batches
from hearwell.api.v1.benchmarks import router as benchmarks
from hearwell.api.v1.calls import router as calls
from hearwell.api.v1.desk import router as desk
from hearwell.api.v1.incidents import router as incidents
from hearwell.api.v1.knowledge import router as knowledge
from hearwell.api.v1.moderating import router as moderating
from hearwell.api.v1.moving import router as moving
from hearwell.api.v1.outcomes import router as outcomes
from hearwell.api.v1.playbook import router as playbook
from hearwell.api.v1.powers import router as powers
from hearwell.api.v1.privacy import router as privacy
from hearwell.api.v1.quality import router as quality
from hearwell.api.v1.reading import router as reading
from hearwell.api.v1.reports import router as reports
from hearwell.api.v1.scheduled import router as scheduled
from hearwell.api.v1.spikes import router as spikes
from hearwell.api.v1.standing import router as standing
from hearwell.api.v1.statuses import router as statuses
from hearwell.api.v1.suppressions import router as suppressions
from hearwell.api.v1.surveys import router as surveys
from hearwell.api.v1.tending import router as tending
from hearwell.api.v1.tools import router as tools
from hearwell.api.v1.understanding import router as understanding
from hearwell.api.v1.views import router as views
from hearwell.api.v1.voice import router as voice
from hearwell.api.v1.waits import router as waits
from hearwell.api.v1.watching import router as watching
from hearwell.api.v1.webhooks import router as webhooks

DESCRIPTION = """Cases, messages and replies of one workspace. Make a token under My settings and
send it as `Authorization: Bearer hw_…`. Errors are RFC 9457 problem details. At most 10 requests
a second, 120 at once; beyond that 429 with `Retry-After`."""
open_to_all = Router(tags=["Health"])


@open_to_all.get("/health", response=schemas.Health, auth=None, summary="Is it up?")
def health(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  ninja hands it over
    """Say that the API answers and that its database can be reached. Needs no token."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "version": version("hearwell")}


# In the order of the reference page.
ROUTERS = (
    open_to_all, reading, views, acting, calls, moderating, tending, batches, standing, knowledge,
    desk, moving, powers, automation, understanding, playbook, spikes, incidents, tools,
    suppressions, statuses, waits, surveys, quality, reports, outcomes, benchmarks, watching,
    voice, scheduled, privacy, webhooks,
)  # fmt: skip


def build() -> NinjaAPI:
    """Return the API."""
    api = NinjaAPI(
        title="Hearwell API",
        version="1.0.0",
        description=DESCRIPTION,
        auth=TokenAuth(),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api-v1",
    )
    handle_problems(api)
    for router in ROUTERS:
        api.add_router("", router)
    return api


api = build()
