"""Connect a channel, step by step: choose a network, fill in, the network is asked, go live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels import queries
from hearwell.channels.models import Channel, Purpose
from hearwell.channels.services import consent
from hearwell.channels.services.trying import (
    NotConnectableError,
    OtherAccountError,
    SameNameError,
    Trial,
    Wish,
    keep_trial,
    try_connect,
    ways_in,
)
from hearwell.connect.abilities import Group, Portrait, portrait_of
from hearwell.connect.connecting import FieldKind
from hearwell.connect.contract import Authorizes, Connector, Connects, Replies, Subscribes
from hearwell.connect.failures import Failure
from hearwell.connect.registry import UnknownNetworkError, all_connectors, connector_for
from hearwell.kit.scope import scope
from hearwell.strategy.queries import readiness
from hearwell.web.admin.frame import draw
from hearwell.web.admin.networks.abilities import ability_face
from hearwell.web.admin.networks.account import channel_or_404, health_context, hook_url
from hearwell.web.admin.networks.asking import (
    OWN,
    Answer,
    Asked,
    answer_of,
    field_faces,
    known_values,
    reach_note,
    read_form,
    wished_before,
)
from hearwell.web.admin.networks.chat import tag_of
from hearwell.web.admin.networks.faces import check_faces
from hearwell.web.admin.playbook.words import lack_of
from hearwell.web.components.marks import badge_of
from hearwell.web.setup.views import address

UNPROCESSABLE, BAD_REQUEST = 422, 400
MARK: Final = "consent_mark"
CURRENT: Final = "settings_networks"
_PURPOSE_HINTS: Final = {
    Purpose.CARE.value: gettext_lazy("Answers go out from here."),
    Purpose.BRAND.value: gettext_lazy(
        "For publishing. Questions are better answered from a care account."
    ),
    Purpose.BOTH.value: gettext_lazy("One account for everything."),
}


@dataclass(frozen=True)
class Choice:
    """A network to choose, and how it is connected."""

    portrait: Portrait
    how: str


# --- step one: choose --------------------------------------------------------------------------


@requires("manage_channels")
@require_safe
def choose(request: MemberRequest) -> HttpResponse:
    """Show the networks that can be connected, or those that fit what was searched for."""
    return _draw_choice(request)


def _draw_choice(request: MemberRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    wanted = request.GET.get("q", "").strip().casefold()[:80]
    found = [choice for choice in _choices() if wanted in _searched(choice.portrait)]
    context = {
        "choices": found,
        "wanted": request.GET.get("q", "")[:80],
        "trouble": trouble,
        "sandbox_open": address("sandbox:open"),
        "own": OWN,
    }
    return draw(request, "connect_choose", CURRENT, context, status=status)


def _choices() -> list[Choice]:
    portraits = (portrait_of(connector) for connector in all_connectors())
    return [Choice(one, _how(one)) for one in portraits if one.is_connectable]


def _how(portrait: Portrait) -> str:
    return next(_(one.words) for one in portrait.abilities if one.key == "connect")


def _searched(portrait: Portrait) -> str:
    """Everything by which somebody may look for a network."""
    brings = next(one.listed for one in portrait.abilities if one.key == "reads")
    names = (portrait.title, portrait.network, str(badge_of(portrait.network).title), *brings)
    return " ".join(names).casefold()


# --- step two: fill in, and be asked for -------------------------------------------------------


@requires("manage_channels", in_scope=False)
@require_http_methods(["GET", "HEAD", "POST"])
def connect_network(request: MemberRequest, network: str) -> HttpResponse:
    """Draw the form of a network; ask the network with what was typed, and keep what it says."""
    way_in = _way_in(network)
    if request.method != "POST":
        with scope(request.workspace.id):
            wish, channel = wished_before(request, network)
            return draw_form(request, wish, shown=known_values(channel))
    asked = read_form(request, network, way_in)
    if asked.complaints:
        return _again(request, asked, Answer(by_field=dict(asked.complaints)))
    try:
        if isinstance(way_in, Authorizes):
            return _send_away(request, asked)
        return settle(request, asked.wish, try_connect(network, asked.filled.given))
    except (Failure, OtherAccountError, SameNameError) as error:
        return _again(request, asked, answer_of(error))
    except TrialFailedError as failed:
        return _again(request, asked, Answer(trial=failed.trial))


class TrialFailedError(Exception):
    """The network answered, and something is bad: nothing was kept."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(trial.health.state)
        self.trial = trial


def _way_in(network: str) -> Connects | Authorizes:
    try:
        return ways_in(network)
    except (NotConnectableError, UnknownNetworkError) as error:
        raise Http404 from error


def settle(request: MemberRequest, wish: Wish, trial: Trial) -> HttpResponse:
    """Keep what the network confirmed and go to the last step.

    Raises TrialFailedError if a check is bad, and as `trying.keep_trial`.
    """
    if not trial.is_good:
        raise TrialFailedError(trial)
    with scope(request.workspace.id):
        kept = keep_trial(request.workspace.id, trial, wish, actor=cast("User", request.user))
    again = "" if kept.is_new else "?again=1"
    return redirect(reverse("network_ready", args=[kept.channel.id]) + again)


def _again(request: MemberRequest, asked: Asked, answer: Answer) -> HttpResponse:
    with scope(request.workspace.id):
        return draw_form(request, asked.wish, answer, shown=asked.typed, status=UNPROCESSABLE)


def draw_form(
    request: MemberRequest,
    wish: Wish,
    answer: Answer | None = None,
    *,
    shown: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the guided page of a network, with what is wrong at its place. In scope."""
    answer, connector, way_in = (
        answer or Answer(),
        connector_for(wish.network),
        _way_in(wish.network),
    )
    faces = field_faces(way_in.fields, shown or {}, answer.by_field)
    known = {one.name for one in faces} | {"brand", "purpose"}
    # What a connector says about a field that is not drawn is said at the top.
    stray = [words for name, words in answer.by_field.items() if name not in known]
    context = {
        "network": wish.network,
        "title": connector.manifest.title,
        "is_by_contract": connector.manifest.is_by_contract,
        "way_in": way_in,
        "steps": [
            {"text": _(one.text), "url": one.url, "back": return_url() if one.shows_return else ""}
            for one in way_in.steps
        ],
        "is_consent": isinstance(way_in, Authorizes),
        "plain": [one for one in faces if not one.is_advanced],
        "advanced": [one for one in faces if one.is_advanced],
        "is_unfolded": any(one.error for one in faces if one.is_advanced),
        "has_secret": any(one.kind is FieldKind.SECRET for one in way_in.fields),
        "wish": wish,
        "again": _known_account(request, wish),
        "brands": queries.brand_names(request.workspace.id),
        "purposes": _purposes(connector),
        "answer": answer,
        "at_top": " ".join(filter(None, [answer.at_top, *stray])),
        "checks": check_faces(_stored(answer.trial)) if answer.trial else [],
        "note": reach_note(connector),
        "groups": _told(portrait_of(connector)),
    }
    return draw(request, "connect_form", CURRENT, context, status=status)


def _purposes(connector: Connector) -> list[tuple[str, str, str]]:
    """Return value, label and hint of each purpose; where nothing goes out, that is said."""
    hints = {value: str(hint) for value, hint in _PURPOSE_HINTS.items()}
    if not isinstance(connector, Replies):
        hints[Purpose.CARE.value] = _("Customers are heard here. Answers are given elsewhere.")
    return [(value, str(label), hints[value]) for value, label in Purpose.choices]


def _known_account(request: MemberRequest, wish: Wish) -> Channel | None:
    if wish.channel_id is None:
        return None
    return queries.channel_by_id(request.workspace.id, wish.channel_id)


def _stored(trial: Trial) -> list[dict[str, str]]:
    return [
        {"name": one.name, "state": str(one.state), "message": one.message}
        for one in trial.health.checks
    ]


def _told(portrait: Portrait) -> list[dict[str, Any]]:
    """What is said beside the form about what this network can and cannot do."""
    return [
        {"title": _(group.value), "abilities": [ability_face(one) for one in portrait.of(group)]}
        for group in (Group.HEARING, Group.ANSWERING)
    ]


# --- by consent --------------------------------------------------------------------------------


def return_url() -> str:
    """Where networks send people back to."""
    return settings.HEARWELL_URL + reverse("connect_back")


def session_mark(request: MemberRequest) -> str:
    """Return this session's own secret, by which somebody who comes back is known."""
    if MARK not in request.session:
        request.session[MARK] = consent.new_mark()
    return str(request.session[MARK])


def _send_away(request: MemberRequest, asked: Asked) -> HttpResponse:
    """Show where the person goes now: a link, since a form may only lead to our own pages."""
    begun = consent.begin_consent(asked.wish.network, asked.filled.given, return_url())
    with scope(request.workspace.id):
        consent.keep_consent(
            request.workspace.id,
            begun,
            asked.wish,
            user=cast("User", request.user),
            session_mark=session_mark(request),
        )
        context = {
            "network": asked.wish.network,
            "title": connector_for(asked.wish.network).manifest.title,
            "url": begun.departure.url,
            "host": begun.host,
        }
        return draw(request, "connect_leave", CURRENT, context)


@requires("manage_channels", in_scope=False)
@require_safe
def back(request: MemberRequest) -> HttpResponse:
    """Take back somebody who was asked on the network's page, and finish what they began."""
    try:
        with scope(request.workspace.id):
            returned = consent.take_back(
                request.workspace.id,
                request.GET.get("state", ""),
                user=cast("User", request.user),
                session_mark=session_mark(request),
            )
    except consent.ConsentError as error:
        with scope(request.workspace.id):
            return _draw_choice(request, trouble=_refusal(error), status=BAD_REQUEST)
    try:
        trial = consent.finish_consent(returned, request.GET.dict(), return_url())
        return settle(request, returned.wish, trial)
    except (Failure, OtherAccountError, SameNameError) as error:
        answer = answer_of(error)
    except TrialFailedError as failed:
        answer = Answer(trial=failed.trial)
    with scope(request.workspace.id):
        return draw_form(request, returned.wish, answer, status=UNPROCESSABLE)


def _refusal(error: consent.ConsentError) -> str:
    if isinstance(error, consent.ConsentExpiredError):
        return _("That took more than an hour, so the way back is closed. Please begin again.")
    if isinstance(error, consent.ConsentOfOtherError):
        return _(
            "This was begun by somebody else, or in another browser. Nothing was connected. "
            "Finish it there, or begin again here."
        )
    return _(
        "This way back was used already, or was not begun in this workspace. Nothing was "
        "connected. Please begin again."
    )


# --- step three: live --------------------------------------------------------------------------


@requires("manage_channels")
@require_safe
def ready(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Say what was checked, and what happens next."""
    channel = channel_or_404(request, channel_id)
    row, plan = queries.health_row(channel), readiness(request.workspace)
    context = {
        **health_context(channel, row.health),
        "ready": plan,
        "lacks": [lack_of(one) for one in plan.missing],
        "is_again": request.GET.get("again") == "1",
        "portrait": portrait_of(connector_for(channel.network)),
        "note": reach_note(connector_for(channel.network)),
        "entered_by_hand": "" if _is_told(channel.network) else hook_url(channel),
        "tag": tag_of(channel),
    }
    return draw(request, "connect_ready", CURRENT, context)


def _is_told(network: str) -> bool:
    """Whether a network is told by us where to call, or is in this house."""
    connector = connector_for(network)
    is_here = network == OWN or connector.manifest.is_hosted_here
    return is_here or isinstance(connector, Subscribes)
