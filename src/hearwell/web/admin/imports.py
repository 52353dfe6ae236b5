"""Bring an archive in from the browser, see how far each import is, and stop it or let it go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import ImportRun
from hearwell.channels.queries import import_run, import_runs
from hearwell.inbox import uploading
from hearwell.inbox.archives.look import LayoutError, NamelessError
from hearwell.inbox.archives.records import ArchiveError, Layout
from hearwell.inbox.archives.uploads import REJECTS
from hearwell.kit.clock import now
from hearwell.web.admin.frame import draw
from hearwell.web.admin.uploads import ArrivedFile, receives_archive, refusal_of
from hearwell.web.components.runs import RunFace, run_face

LAYOUTS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("", _("Told by the file")),
    (Layout.TWCS.value, _("Tweets (CSV, twcs)")),
    (Layout.JSONL.value, _("JSON lines")),
    (Layout.MBOX.value, _("Mailbox (mbox)")),
    (Layout.PLAY.value, _("Google Play reviews (CSV)")),
)


class ArchiveForm(forms.Form):
    """A file, how it is written, whose messages to take, from when on to work on them.

    `refusal` says why a file that was sent could not be kept.
    """

    file = forms.FileField(
        label=_("File, plain or .gz"),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty."),
        },
    )
    layout = forms.ChoiceField(label=_("Format"), choices=LAYOUTS, required=False)
    brands = forms.CharField(
        label=_("Only these handles"),
        help_text=_("All, if empty. Of a mailbox: your own addresses"),
        required=False,
        max_length=500,
    )
    open_since = forms.DateField(
        label=_("Work on messages since"),
        help_text=_("None, if empty"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, refusal: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if refusal:
            self.fields["file"].error_messages["required"] = refusal


@receives_archive("import")
@requires("import")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: MemberRequest) -> HttpResponse:
    """Show the imports and the form; take a file and start."""
    if request.method != "POST":
        return _page(request, ArchiveForm())
    form = ArchiveForm(request.POST, request.FILES, refusal=refusal_of(request))
    if form.is_valid():
        try:
            return _start(request, form.cleaned_data)
        except LayoutError as error:
            form.add_error("layout", str(error))
        except NamelessError as error:
            form.add_error("brands", str(error))
        except ArchiveError as error:
            form.add_error("file", str(error))
    return _page(request, form, status=422)


def _start(request: MemberRequest, asked: dict[str, Any]) -> HttpResponse:
    file: ArrivedFile = asked["file"]
    since = asked["open_since"]
    run, is_new = uploading.take_upload(
        request.workspace.id,
        file.incoming,
        file_name=file.name or "",
        layout=Layout(asked["layout"]) if asked["layout"] else None,
        brands=asked["brands"].replace(",", " ").split(),
        open_since=datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None,
        started_by_id=request.membership.user_id,
    )
    if not is_new:
        return redirect(f"{reverse('settings_imports')}?known={run.id}")
    _audit(request, "archive.import_started", run)
    return redirect("settings_imports")


def _audit(request: MemberRequest, action: str, run: ImportRun) -> None:
    entry = AuditEntry(action, request.membership.user, "import", run.id, summary=run.file_name)
    record_audit(request.workspace.id, [entry])


def _page(request: MemberRequest, form: ArchiveForm, *, status: int = 200) -> HttpResponse:
    runs, moment = import_runs(request.workspace.id), now()
    faces = [run_face(run, moment) for run in runs]
    context = {
        "form": form,
        "runs": [(face, uploading.rejects_file(face.run) is not None) for face in faces],
        "is_moving": any(run.is_under_way for run in runs),
        "known": _known(request.GET.get("known", ""), faces),
    }
    return draw(request, "imports", "settings_imports", context, status=status)


def _known(wanted: str, faces: Sequence[RunFace]) -> RunFace | None:
    """Return the import that a file turned out to be, if the address names one."""
    return next((face for face in faces if str(face.run.id) == wanted), None)


ACTS: Final[dict[str, tuple[Callable[[ImportRun], bool], str]]] = {
    "pause": (uploading.pause, "archive.import_paused"),
    "resume": (uploading.resume, "archive.import_resumed"),
    "cancel": (uploading.cancel, "archive.import_cancelled"),
}


@requires("import")
@require_POST
def steer(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Pause an import, let it go on, or end it. One of a terminal is steered there."""
    run, asked = _run(request, run_id), ACTS.get(request.POST.get("act", ""))
    if asked is None or not run.is_background:
        raise Http404
    act, name = asked
    if act(run):
        _audit(request, name, run)
    else:
        messages.info(request, gettext("It had come to its end or was stopped already."))
    return redirect("settings_imports")


@requires("import")
@require_safe
def rejects(request: MemberRequest, run_id: UUID) -> HttpResponseBase:
    """Give the rows that could not be used: the line each began on, why, and the row itself."""
    run = _run(request, run_id)
    path = uploading.rejects_file(run)
    if path is None:
        raise Http404
    name = f"{Path(run.file_name).name}{REJECTS}"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


def _run(request: MemberRequest, run_id: UUID) -> ImportRun:
    run = import_run(request.workspace.id, run_id)
    if run is None:
        raise Http404
    return run
