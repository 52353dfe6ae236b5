"""Outgoing webhooks: who is told what, how it went, and once more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.schemas import Storable
from hearwell.integrations import queries, services
from hearwell.integrations.kinds import KINDS
from hearwell.integrations.models import HookDelivery, Subscription
from hearwell.integrations.services import BadWebhookError, WebhookFacts
from hearwell.kit.clock import now

router = Router(tags=["Webhooks"])


class Webhook(Schema):
    """An address that is told what happens. `off_reason` says why it is off, empty where it is on.

    `previous_secret_until`: until then the secret before signs, too.
    """

    id: UUID
    url: str
    description: str
    kinds: list[str]
    with_words: bool
    is_on: bool
    off_reason: str
    off_at: datetime | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    waiting: int
    failed: int
    delivered: int


class WebhookWithSecret(Webhook):
    """A webhook and its secret, which is shown this once."""

    secret: str


Url = Annotated[str, Field(max_length=2000), Storable]
Description = Annotated[str, Field(max_length=200), Storable]


class WebhookIn(Schema):
    """What to tell, and where. `with_words`: with what people wrote and customers' names."""

    url: Url
    kinds: list[str]
    description: Description = ""
    with_words: bool = False


class WebhookChange(Schema):
    """What is to be different; what is left out stays."""

    url: Url | None = None
    kinds: list[str] | None = None
    description: Description | None = None
    with_words: bool | None = None
    is_on: bool | None = None


class HookDeliveryOut(Schema):
    """One event for one webhook. `message_id` is the `webhook-id` that its receiver knows."""

    id: UUID
    message_id: UUID
    kind: str
    state: str
    is_test: bool
    occurred_at: datetime
    due_at: datetime
    attempts: int
    replays: int
    tried_at: datetime | None
    status: int | None
    error: str
    answer: str
    took_ms: int | None
    body: str


class HookDeliveryList(Schema):
    """A page of deliveries, newest first; ask again with `cursor=next_cursor` until it is null."""

    items: list[HookDeliveryOut]
    next_cursor: str | None


class ReplayIn(Schema):
    """From when on."""

    since: datetime


class Replayed(Schema):
    """How many are sent again."""

    count: int


class WebhookKind(Schema):
    """A kind of event that can be told, and what it means."""

    name: str
    label: str


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (Subscription.DoesNotExist, HookDelivery.DoesNotExist) as error:
        raise not_found() from error
    except BadWebhookError as error:
        if error.field == "is_on":
            raise Problem(409, "webhook_off", str(error)) from error
        raise Problem(422, "invalid", f"{error.field}: {error}", field=error.field) from error


def _out(request: ApiRequest, webhook_id: UUID, **more: Any) -> dict[str, Any]:
    found = queries.webhook_row(request.auth.workspace_id, webhook_id)
    if found is None:
        raise not_found()
    return _shape(found) | more


def _shape(row: queries.WebhookRow) -> dict[str, Any]:
    same = (
        "id", "url", "description", "kinds", "with_words", "is_on", "off_reason", "off_at",
        "failing_since", "created_at",
    )  # fmt: skip
    until = row.webhook.before_until
    return {
        **{name: getattr(row.webhook, name) for name in same},
        "previous_secret_until": until if until and until > now() else None,
        "waiting": row.waiting,
        "failed": row.failed,
        "delivered": row.delivered,
    }


@router.get("/webhook-kinds", response=list[WebhookKind], summary="List kinds of events")
@needs("manage_settings")
def kinds(request: ApiRequest) -> list[dict[str, str]]:  # noqa: ARG001  ninja hands it over
    """The kinds that a webhook can be told of."""
    return [{"name": kind.name, "label": str(kind.label)} for kind in KINDS.values()]


@router.get("/webhooks", response=list[Webhook], summary="List webhooks")
@needs("manage_settings")
def webhooks(request: ApiRequest) -> list[dict[str, Any]]:
    """The webhooks of the workspace, with how their deliveries of the last 30 days stand."""
    return [_shape(row) for row in queries.webhook_rows(request.auth.workspace_id)]


@router.post("/webhooks", response={201: WebhookWithSecret}, summary="Make a webhook")
@needs("manage_settings")
def make(request: ApiRequest, body: WebhookIn) -> Any:
    """Tell an address what happens from now on. Keep the secret: it is not shown again."""
    member = request.auth
    with _told():
        row, secret = services.make_webhook(
            member.workspace_id, WebhookFacts(**body.dict()), by=member.user
        )
    return Status(201, _out(request, row.id, secret=secret))


@router.get("/webhooks/{webhook_id}", response=Webhook, summary="Get a webhook")
@needs("manage_settings")
def webhook(request: ApiRequest, webhook_id: UUID) -> Any:
    """One webhook."""
    return _out(request, webhook_id)


@router.patch("/webhooks/{webhook_id}", response=Webhook, summary="Change a webhook")
@needs("manage_settings")
def change(request: ApiRequest, webhook_id: UUID, body: WebhookChange) -> Any:
    """Change its address, kinds or words, or switch it on or off."""
    member = request.auth
    wanted = body.dict(exclude_none=True)
    is_on = wanted.pop("is_on", None)
    with _told():
        row = queries.webhook_by_id(member.workspace_id, webhook_id)
        if row is None:
            raise not_found()
        same = ("url", "kinds", "description", "with_words")
        if wanted:
            facts = WebhookFacts(**{name: getattr(row, name) for name in same} | wanted)
            services.save_webhook(member.workspace_id, webhook_id, facts, by=member.user)
        if is_on is not None:
            services.switch_webhook(member.workspace_id, webhook_id, is_on=is_on, by=member.user)
    return _out(request, webhook_id)


@router.delete("/webhooks/{webhook_id}", response={204: None}, summary="Remove a webhook")
@needs("manage_settings")
def remove(request: ApiRequest, webhook_id: UUID) -> Status[None]:
    """Remove it and everything that waits for it."""
    with _told():
        services.remove_webhook(request.auth.workspace_id, webhook_id, by=request.auth.user)
    return Status(204, None)


@router.post(
    "/webhooks/{webhook_id}/rotate-secret",
    response=WebhookWithSecret,
    summary="Make a new secret",
)
@needs("manage_settings")
def rotate(request: ApiRequest, webhook_id: UUID) -> Any:
    """Make a new secret. For 24 hours every delivery is signed with both."""
    with _told():
        _row, secret = services.rotate_secret(
            request.auth.workspace_id, webhook_id, by=request.auth.user
        )
    return _out(request, webhook_id, secret=secret)


@router.post("/webhooks/{webhook_id}/test", response={202: HookDeliveryOut}, summary="Send a test")
@needs("manage_settings")
def test(request: ApiRequest, webhook_id: UUID) -> Any:
    """Send `webhook.test`, once. Watch its delivery. 409: the webhook is off."""
    with _told():
        row = services.send_test(request.auth.workspace_id, webhook_id, by=request.auth.user)
    return Status(202, row)


@router.get(
    "/webhooks/{webhook_id}/deliveries", response=HookDeliveryList, summary="List deliveries"
)
@needs("manage_settings")
def deliveries(
    request: ApiRequest,
    webhook_id: UUID,
    state: Literal["waiting", "delivered", "failed"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 50,
    cursor: Annotated[str, Query(max_length=200, description="From the page before.")] = "",
) -> Any:
    """What was sent, waits, or was given up. Kept 14 days once delivered, else 30."""
    if queries.webhook_by_id(request.auth.workspace_id, webhook_id) is None:
        raise not_found()
    page = queries.deliveries(
        request.auth.workspace_id, webhook_id, state=state or "", cursor=cursor, limit=limit
    )
    return {"items": page.rows, "next_cursor": page.next_cursor or None}


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    response={202: HookDeliveryOut},
    summary="Send a delivery again",
)
@needs("manage_settings")
def replay(request: ApiRequest, webhook_id: UUID, delivery_id: UUID) -> Any:
    """Send it again, with the same id and body. 409: the webhook is off."""
    with _told():
        row = services.replay(
            request.auth.workspace_id, webhook_id, delivery_id, by=request.auth.user
        )
    return Status(202, row)


@router.post(
    "/webhooks/{webhook_id}/replay-failed",
    response={202: Replayed},
    summary="Send again what failed",
)
@needs("manage_settings")
def replay_failed(request: ApiRequest, webhook_id: UUID, body: ReplayIn) -> Any:
    """Send everything again that was given up and happened since. 409: the webhook is off."""
    since = body.since
    if since.tzinfo is None:
        raise Problem(422, "invalid", "since: say the time zone, as in 2026-03-02T12:00:00Z.")
    with _told():
        count = services.replay_failed(
            request.auth.workspace_id, webhook_id, since, by=request.auth.user
        )
    return Status(202, {"count": count})
