"""The listening pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.rules import can
from hearwell.listening.models import Term, TermKind
from hearwell.listening.queries import (
    failed_searches,
    latest_posts,
    may_answer_untagged,
    term_by_id,
    term_rows,
)
from hearwell.listening.rules import Outcome
from hearwell.listening.services import (
    BadTermError,
    TermFacts,
    judge_hit,
    let_answer,
    save_term,
    switch_term,
)
from hearwell.listening.services.terms import tidied
from hearwell.web.admin.frame import draw
from hearwell.web.admin.listening.faces import (
    OUTCOMES,
    blank_term,
    networks_for,
    preview_of,
    term_face,
)

PAGE: Final = "settings_listening"
_LISTS: Final = ("phrases", "exclusions", "helps", "against")
_SWITCHES: Final = ("is_common", "is_exact", "is_lenient")
_MOST_TYPED: Final = 20_000
_VERDICTS: Final = {"yes": True, "no": False, "none": None}


@requires("manage_settings")
@require_safe
def terms(request: MemberRequest) -> HttpResponse:
    """Show what is listened for, with its figures, and whether it may be answered."""
    rows = term_rows(request.workspace.id)
    failed = failed_searches(request.workspace.id, [row.term for row in rows])
    networks = networks_for(request.workspace.id, ())
    context = {
        "terms": [term_face(row, failed.get(row.term.id, ())) for row in rows],
        "may_answer": may_answer_untagged(request.workspace.id),
        "is_owner": can(request.membership.role, "manage_workspace"),
        "searched": [one for one in networks if one.can_search],
        "unsearched": [one.title for one in networks if not one.can_search],
    }
    return draw(request, "listening/terms", PAGE, context)


@requires("manage_workspace")
@require_POST
def answers(request: MemberRequest) -> HttpResponse:
    """Allow answers to those who did not address us, or stop them. An owner's choice."""
    is_allowed = request.POST.get("act") == "allow"
    if let_answer(request.membership, cast("User", request.user), is_allowed=is_allowed):
        said = (
            _("Answers are allowed. For what comes in from now on, clocks run.")
            if is_allowed
            else _("Answers are stopped. What is on its way goes out.")
        )
        messages.success(request, said)
    return redirect(PAGE)


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def new_term(request: MemberRequest) -> HttpResponse:
    """Add a term."""
    return _edit(request, blank_term())


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def term(request: MemberRequest, term_id: UUID) -> HttpResponse:
    """Change a term, and see what it does with the newest posts."""
    return _edit(request, _term(request, term_id))


def _term(request: MemberRequest, term_id: UUID) -> Term:
    found = term_by_id(request.workspace.id, term_id)
    if found is None:
        raise Http404
    return found


def _edit(request: MemberRequest, known: Term) -> HttpResponse:
    if request.method != "POST":
        return _draw(request, known, known)
    facts = _facts(request.POST)
    try:
        if request.POST.get("act") == "preview":
            return _draw(request, known, _as_typed(known, tidied(facts)), is_typed=True)
        saved = save_term(
            request.workspace.id,
            facts,
            by=cast("User", request.user),
            term_id=known.id if known.version else None,
        )
    except BadTermError as error:
        typed = _as_typed(known, facts)
        return _draw(request, known, typed, is_typed=True, error=str(error), status=422)
    messages.success(request, _("Saved. It holds for what is found from now on."))
    return redirect("settings_term", saved.id)


def _facts(form: QueryDict) -> TermFacts:
    """Read the form: a list has an entry a line, the languages may stand in one line."""
    facts: dict[str, Any] = {name: tuple(_lines(form.get(name, ""))) for name in _LISTS}
    facts |= {name: form.get(name) == "1" for name in _SWITCHES}
    return TermFacts(
        name=form.get("name", ""),
        kind=form.get("kind", TermKind.NAME.value),
        languages=tuple(form.get("languages", "")[:_MOST_TYPED].replace(",", " ").split()),
        networks=tuple(form.getlist("networks")),
        **facts,
    )


def _lines(text: str) -> list[str]:
    return text[:_MOST_TYPED].replace(",", "\n").splitlines()


def _as_typed(known: Term, facts: TermFacts) -> Term:
    """Return a term that is not kept, as it would be."""
    values = {n: list(v) if isinstance(v, tuple) else v for n, v in asdict(facts).items()}
    return Term(id=known.id, version=known.version, is_active=known.is_active, **values)


def _draw(
    request: MemberRequest,
    known: Term,
    shown: Term,
    *,
    is_typed: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    is_new, can_preview = not known.version, bool(shown.phrases) and not error
    context: dict[str, Any] = {
        "term": shown,
        "title": known.name or _("New term"),
        "is_new": is_new,
        "is_typed": is_typed,
        "kinds": TermKind.choices,
        "networks": networks_for(request.workspace.id, shown.networks),
        "languages": ", ".join(shown.languages),
        "lists": {name: "\n".join(getattr(shown, name)) for name in _LISTS},
        "error": error,
        "action": request.path,
    }
    if can_preview:
        context["preview"] = preview_of(
            shown.wanted,
            latest_posts(request.workspace.id),
            request.GET.get("show", Outcome.HIT.value),
            can_judge=not is_typed,
        )
    return draw(request, "listening/term", PAGE, context, status=status)


@requires("manage_settings")
@require_POST
def switch(request: MemberRequest, term_id: UUID) -> HttpResponse:
    """Listen for a term, or no longer."""
    is_active = request.POST.get("act") == "on"
    known = _term(request, term_id)
    if switch_term(
        request.workspace.id, known.id, is_active=is_active, by=cast("User", request.user)
    ):
        words = _("We listen for “%(name)s” again.") if is_active else _("“%(name)s” is off.")
        messages.success(request, words % {"name": known.name})
    return redirect(PAGE)


@requires("manage_settings")
@require_POST
def judge(request: MemberRequest, term_id: UUID, hit_id: UUID) -> HttpResponse:
    """Say whether a post is about us; the same button again takes it back."""
    known = _term(request, term_id)
    said, me = request.POST.get("verdict", ""), request.membership.user_id
    if said not in _VERDICTS or not judge_hit(
        request.workspace.id, hit_id, is_about_us=_VERDICTS[said], by_id=me
    ):
        raise Http404
    shown = request.POST.get("show", "")
    query = f"?show={shown}" if shown in OUTCOMES else ""
    return redirect(f"{reverse('settings_term', args=[known.id])}{query}#post-{hit_id}")
