"""Webhooks: make, change, switch, rotate, test; their deliveries, and once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import get_current_timezone, is_naive, localtime, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.integrations import queries, services
from hearwell.integrations.kinds import KINDS
from hearwell.integrations.models import HookDelivery, HookState, Subscription
from hearwell.integrations.services import BadWebhookError, WebhookFacts
from hearwell.kit.clock import now
from hearwell.web.admin.frame import draw
from hearwell.web.admin.webhooks.faces import ADVICE, face_of, kinds_by_group, pretty

PAGE: Final = "settings_webhooks"
SHOWN: Final = 50
_BEGIN: Final = ("case.opened", "case.closed", "message.received", "reply.sent")


@requires("manage_settings")
@require_safe
def webhooks(request: MemberRequest) -> HttpResponse:
    """Show the webhooks and how they stand."""
    context = {"rows": queries.webhook_rows(request.workspace.id), "of": len(KINDS)}
    return draw(request, "webhooks/list", PAGE, context)


@requires("manage_settings")
@require_safe
def notice(request: MemberRequest) -> HttpResponse:
    """Say which webhooks went off by themselves; nothing (204) where none did."""
    off = queries.switched_off_by_itself(request.workspace.id)
    if not off:
        return HttpResponse(status=204)
    return render(request, "hearwell/parts/hook_notice.html", {"hooks_off": off})


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: MemberRequest) -> HttpResponse:
    """Make a webhook; its secret is on the page that answers, and nowhere later."""
    if request.method != "POST":
        return _draw_new(request, WebhookFacts("", _BEGIN))
    facts = _facts(request.POST)
    try:
        row, secret = services.make_webhook(request.workspace.id, facts, by=_user(request))
    except BadWebhookError as error:
        return _draw_new(request, facts, error=error)
    return _draw(request, row.id, secret=secret, is_new=True)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    """Show a webhook and its deliveries, or change what it is."""
    if request.method != "POST":
        return _draw(request, webhook_id)
    facts = _facts(request.POST)
    try:
        services.save_webhook(request.workspace.id, webhook_id, facts, by=_user(request))
    except BadWebhookError as error:
        return _draw(request, webhook_id, typed=facts, error=error)
    except Subscription.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved."))
    return redirect("settings_webhook", webhook_id)


@requires("manage_settings")
@require_POST
def act(request: MemberRequest, webhook_id: UUID) -> HttpResponse:
    """Switch it, rotate its secret, test it, remove it, send again what failed."""
    what = request.POST.get("do", "")
    try:
        if what == "rotate":
            _row, secret = services.rotate_secret(
                request.workspace.id, webhook_id, by=_user(request)
            )
            return _draw(request, webhook_id, secret=secret)
        if what == "remove":
            services.remove_webhook(request.workspace.id, webhook_id, by=_user(request))
            messages.success(request, _("The webhook is gone, and all that waited for it."))
            return redirect(PAGE)
        messages.success(request, _done(request, webhook_id, what))
    except BadWebhookError as error:
        return _draw(request, webhook_id, error=error)
    except Subscription.DoesNotExist as error:
        raise Http404 from error
    return redirect("settings_webhook", webhook_id)


def _done(request: MemberRequest, webhook_id: UUID, what: str) -> str:
    place, by = request.workspace.id, _user(request)
    if what in ("on", "off"):
        services.switch_webhook(place, webhook_id, is_on=what == "on", by=by)
        return _("It is on.") if what == "on" else _("It is off.")
    if what == "test":
        services.send_test(place, webhook_id, by=by)
        return _("A test is on its way. Load this page again in a moment to see its answer.")
    if what == "replay_failed":
        count = services.replay_failed(place, webhook_id, _since(request.POST), by=by)
        if not count:
            return _("Nothing was given up since then.")
        said = ngettext("%d is sent again.", "%d are sent again.", count)
        return said % count
    raise Http404


def _since(form: QueryDict) -> datetime:
    """Read what a field for date and time sends. Raises BadWebhookError."""
    try:
        read = datetime.fromisoformat(form.get("since", ""))
    except ValueError as error:
        raise BadWebhookError(_("Say since when, with date and time."), at="since") from error
    return make_aware(read, get_current_timezone()) if is_naive(read) else read


@requires("manage_settings")
@require_safe
def delivery(request: MemberRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Show one delivery: what was sent, what was answered."""
    row, webhook_row = _delivery(request, webhook_id, delivery_id)
    context = {"face": face_of(row), "webhook": webhook_row, "body": pretty(row.body)}
    return draw(request, "webhooks/delivery", PAGE, context)


@requires("manage_settings")
@require_POST
def replay(request: MemberRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery again."""
    try:
        services.replay(request.workspace.id, webhook_id, delivery_id, by=_user(request))
    except BadWebhookError as error:
        messages.error(request, str(error))
    except (Subscription.DoesNotExist, HookDelivery.DoesNotExist) as error:
        raise Http404 from error
    else:
        messages.success(request, _("It is sent again, under the same id."))
    return redirect("settings_webhook_delivery", webhook_id, delivery_id)


def _delivery(
    request: MemberRequest, webhook_id: UUID, delivery_id: UUID
) -> tuple[HookDelivery, Subscription]:
    row = queries.delivery_by_id(request.workspace.id, webhook_id, delivery_id)
    known = queries.webhook_by_id(request.workspace.id, webhook_id)
    if row is None or known is None:
        raise Http404
    return row, known


def _draw_new(
    request: MemberRequest, facts: WebhookFacts, error: BadWebhookError | None = None
) -> HttpResponse:
    context = {"facts": facts, "groups": kinds_by_group(facts.kinds), "error": error}
    return draw(request, "webhooks/new", PAGE, context, status=422 if error else 200)


def _draw(
    request: MemberRequest,
    webhook_id: UUID,
    *,
    typed: WebhookFacts | None = None,
    error: BadWebhookError | None = None,
    secret: str = "",
    is_new: bool = False,
) -> HttpResponse:
    found = queries.webhook_row(request.workspace.id, webhook_id)
    if found is None:
        raise Http404
    known = found.webhook
    facts = typed or WebhookFacts(known.url, known.kinds, known.description, known.with_words)
    context: dict[str, Any] = {
        "found": found,
        "webhook": known,
        "facts": facts,
        "groups": kinds_by_group(facts.kinds),
        "advice": ADVICE.get(known.off_reason, ""),
        "has_two": bool(known.before_until and known.before_until > now()),
        "secret": secret,
        "is_new": is_new,
        "error": error,
        "since": f"{localtime(now() - timedelta(days=1)):%Y-%m-%dT%H:%M}",
        **_deliveries(request, webhook_id),
    }
    response = draw(request, "webhooks/webhook", PAGE, context, status=422 if error else 200)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


def _deliveries(request: MemberRequest, webhook_id: UUID) -> dict[str, Any]:
    wanted = request.GET.get("state", "")
    state = wanted if wanted in HookState.values else ""
    cursor = request.GET.get("before", "").replace("\x00", "")
    page = queries.deliveries(
        request.workspace.id, webhook_id, state=state, cursor=cursor, limit=SHOWN
    )
    older = {"before": page.next_cursor, "state": state}
    here = reverse("settings_webhook", args=[webhook_id])
    return {
        "faces": [face_of(row) for row in page.rows],
        "state": state,
        "states": HookState.choices,
        "older_url": f"{here}?{urlencode(older)}" if page.next_cursor else "",
    }


def _facts(form: QueryDict) -> WebhookFacts:
    return WebhookFacts(
        form.get("url", "")[:4000],
        form.getlist("kinds")[:100],
        form.get("description", "")[:400],
        form.get("with_words") == "1",
    )


def _user(request: MemberRequest) -> User:
    return cast("User", request.user)
