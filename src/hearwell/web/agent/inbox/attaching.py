"""Files that an agent adds to what they write: put there at once, shown with what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.models import Case
from hearwell.inbox import attaching
from hearwell.inbox.drafts import keep_draft
from hearwell.inbox.media import sent_file
from hearwell.inbox.unsendable import CannotSend, Unsendable
from hearwell.outbound.services.files import MAX_BYTES
from hearwell.web.agent.inbox.casepage import open_case
from hearwell.web.agent.inbox.composing import composer_of
from hearwell.web.agent.inbox.media import file_response
from hearwell.web.agent.inbox.typing import AUDIENCES, MAX_DRAFT, typed, uuid_in

_ALT: Final = "alt-"


@requires("reply")
@require_POST
def files(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Add, describe or remove files of what is written; answer with all of them.

    What was written is kept on the way: the plain form loses nothing by this.
    """
    key, audience = uuid_in(request, "key"), request.POST.get("audience", "")
    if key is None or audience not in AUDIENCES:
        raise Http404
    try:
        troubles = take_files(request, case_id, key)
        _remove(request, case_id, key)
        text = typed(request)
        if len(text) <= MAX_DRAFT:
            keep_draft(case_id, audience, text, key=key, by=request.membership)
    except Case.DoesNotExist as error:
        raise Http404 from error
    except Unsendable as refusal:
        troubles = [refusal.message]
    if request.headers.get("Accept") != "text/html; part=files":
        for words in troubles:
            messages.error(request, words)
        return redirect(f"{reverse('case', args=[case_id])}?as={audience}")
    return _drawn(request, case_id, {"audience": audience, "key": str(key)}, troubles)


def _drawn(
    request: MemberRequest, case_id: UUID, given: dict[str, str], troubles: Iterable[str]
) -> HttpResponse:
    opened = open_case(request, case_id)
    composer = composer_of(
        opened.page, opened.thread, opened.channels, request.membership, given, opened.answers
    )
    context = {"composer": composer, "troubles": list(troubles), "case_id": case_id}
    return render(request, "hearwell/case/composer_files.html", context)


def take_files(request: MemberRequest, case_id: UUID, key: UUID) -> list[str]:
    """Keep what the form brings of files and descriptions; return what was not taken, and why.

    Raises NotPermitted, CannotSend where the form was sent before, Case.DoesNotExist.
    """
    attaching.describe_files(case_id, key, _alts(request), request.membership)
    troubles = []
    for given in request.FILES.getlist("files"):
        try:
            attaching.add_file(case_id, key, given.name or "", _body(given), request.membership)
        except CannotSend as refusal:
            troubles.append(refusal.message)
    return troubles


def _body(given: UploadedFile[bytes]) -> bytes:
    """Return the bytes; of a file that is too large only as many as show that it is."""
    return bytes(given.read(MAX_BYTES + 1))


def _alts(request: MemberRequest) -> dict[UUID, str]:
    """Return the descriptions in the form, by the id of their file."""
    found: dict[UUID, str] = {}
    for name in request.POST:
        if name.startswith(_ALT):
            try:
                found[UUID(name.removeprefix(_ALT))] = str(request.POST[name])
            except ValueError:
                continue
    return found


def _remove(request: MemberRequest, case_id: UUID, key: UUID) -> None:
    file_id = uuid_in(request, "remove")
    if file_id is not None:
        attaching.remove_file(case_id, key, file_id, request.membership)


@requires("read")
@require_safe
def file(request: MemberRequest, file_id: UUID) -> HttpResponseBase:
    """Give one of our files: a picture to be shown, all else to be saved."""
    found = sent_file(request.workspace.id, file_id)
    if found is None:
        raise Http404
    return file_response(found)
