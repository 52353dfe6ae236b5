"""The playbook as everybody reads it: what holds, its versions, what changed between two."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.kit.numbers import whole_number
from hearwell.strategy import powers
from hearwell.strategy.models import Playbook
from hearwell.strategy.queries import latest, readiness, version_of, versions
from hearwell.strategy.rules import QUESTIONS, Answers, compare
from hearwell.web.admin.frame import draw
from hearwell.web.admin.playbook.words import TITLES, book_face, change_face, lack_of

PAGE = "playbook"


def _rights() -> dict[str, list[str]]:
    return {role: powers.rights_of(role) for role, _label in powers.roles()}


def _number(text: str | None) -> int:
    return whole_number(text, digits=6) or 0


@requires("read")
@require_safe
def playbook(request: MemberRequest) -> HttpResponse:
    """Show the version that holds, or one that held; and what the answers leave open."""
    place = request.workspace.id
    wanted = request.GET.get("v")
    book = version_of(place, _number(wanted)) if wanted else latest(place)
    if wanted and book is None:
        raise Http404
    ready = readiness(request.workspace)
    context = {
        "book": book,
        "face": book_face(Answers.parse(book.answers), book.shown, _rights()) if book else None,
        "is_old": bool(wanted) and book is not None and book.version != ready.version,
        "ready": ready,
        "lacks": [lack_of(one) for one in ready.missing],
        "versions": versions(place),
        "questions": [(name, TITLES[name]) for name in QUESTIONS],
        "open": {one.question for one in ready.missing},
        "may_change": can(request.membership.role, "manage_settings"),
    }
    return draw(request, "playbook/playbook", PAGE, context)


@requires("read")
@require_safe
def changes(request: MemberRequest) -> HttpResponse:
    """Compare two versions: what was, what is, who made the newer one and when."""
    place = request.workspace.id
    known = versions(place)
    older, newer = (_number(request.GET.get(name)) for name in ("from", "to"))
    pair = [one for one in known if one.version in {older, newer}]
    context: dict[str, object] = {"versions": known, "older": older, "newer": newer, "pair": pair}
    if len(pair) == 2:  # noqa: PLR2004  an older one and a newer one
        context |= {"groups": _groups(pair[1], pair[0]), "newest": pair[0], "oldest": pair[1]}
    return draw(request, "playbook/changes", PAGE, context)


def _groups(old: Playbook, new: Playbook) -> list[tuple[str, list[object]]]:
    found = compare(Answers.parse(old.answers), Answers.parse(new.answers))
    return [
        (
            str(TITLES[name]),
            [change_face(one, old.shown, new.shown) for one in found if one.question == name],
        )
        for name in QUESTIONS
        if any(one.question == name for one in found)
    ]
