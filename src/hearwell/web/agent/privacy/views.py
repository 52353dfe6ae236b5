"""What is held about one customer, on a page of its own: these steps are taken with care."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.contacts.models import Contact
from hearwell.contacts.queries import contact_by_id, identities_of
from hearwell.privacy import services
from hearwell.privacy.person import known
from hearwell.privacy.services import RefusedError, Why

RIGHT: Final = "manage_privacy"
REFUSALS: Final[dict[Why, str | Promise]] = {
    Why.HELD: gettext_lazy("Their data is under legal hold. End the hold first, if you may."),
    Why.OPEN_CASE: gettext_lazy(
        "A case of theirs is still open. Close it first, so that nobody waits for an answer."
    ),
    Why.ON_ITS_WAY: gettext_lazy(
        "Something to them is still on its way. Wait until it is there, or take it back."
    ),
    Why.GONE: gettext_lazy("Their data is erased already."),
}


@requires(RIGHT)
@require_safe
def held(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Show what is held, and what can be done with it."""
    contact = _contact(request, contact_id)
    person = known(request.workspace.id, contact_id)
    why = None if contact.erased_at else services.why_not(person)
    context = {
        "section": "inbox",
        "contact": contact,
        "name": contact.name or _("Somebody"),
        "identities": identities_of(request.workspace.id, contact_id),
        "cases": len(person.sets["cases"]),
        "said": len(person.sets["messages"]),
        "case_id": next(iter(person.sets["cases"]), None),
        "refusal": REFUSALS[why] if why else "",
    }
    return render(request, "hearwell/privacy/person.html", context)


@requires(RIGHT)
@require_POST
def export(request: MemberRequest, contact_id: UUID) -> HttpResponseBase:
    """Hand out the zip. It is made on disk first, so that no slow reader holds a transaction."""
    _contact(request, contact_id)
    target = TemporaryFile()  # noqa: SIM115  the response closes it
    services.export_into(target, contact_id, request.membership)
    target.seek(0)
    answer = FileResponse(target, as_attachment=True, filename=f"customer-{contact_id}.zip")
    answer["Cache-Control"] = "no-store"
    return answer


@requires(RIGHT)
@require_POST
def hold(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Put it under legal hold, or end that."""
    _contact(request, contact_id)
    if request.POST.get("do") == "end":
        services.let_go(contact_id, request.membership)
        messages.success(request, _("The hold has ended."))
    elif why := request.POST.get("why", "").strip():
        services.hold(contact_id, request.membership, why)
        messages.success(request, _("Nothing of theirs can be erased until the hold ends."))
    else:
        messages.error(request, _("Say why it is held; nothing was changed."))
    return redirect("person_data", contact_id)


@requires(RIGHT)
@require_POST
def erase(request: MemberRequest, contact_id: UUID) -> HttpResponse:
    """Ask the worker to erase it, for somebody who has said that they know what goes."""
    _contact(request, contact_id)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick that you know it cannot be undone; nothing was changed."))
        return redirect("person_data", contact_id)
    try:
        services.ask_to_erase(contact_id, request.membership)
    except RefusedError as error:
        messages.error(request, str(REFUSALS[error.why]))
    else:
        messages.success(request, _("Their data is being erased. It takes a moment."))
    return redirect("person_data", contact_id)


def _contact(request: MemberRequest, contact_id: UUID) -> Contact:
    contact = contact_by_id(request.workspace.id, contact_id)
    if contact is None:
        raise Http404
    return contact
