"""Bring an archive in from the browser, and see how far each import is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import ImportState
from hearwell.channels.queries import import_runs
from hearwell.inbox.archives.records import ArchiveError, Layout
from hearwell.inbox.importing import start_import, store_upload
from hearwell.web.admin.frame import draw

UNDER_WAY: Final = (ImportState.QUEUED, ImportState.RUNNING)
MAX_BYTES: Final = 2 * 1024**3


class ArchiveForm(forms.Form):
    """A file, how it is written, whose messages to take, from when on to work on them."""

    file = forms.FileField(label=_("File"))
    layout = forms.ChoiceField(
        label=_("Format"),
        choices=[(Layout.TWCS.value, _("Tweets (CSV, twcs)")), (Layout.JSONL.value, "JSONL")],
    )
    brands = forms.CharField(label=_("Only these handles"), required=False, max_length=500)
    open_since = forms.DateField(label=_("Work on messages since"), required=False)

    def clean_file(self) -> Any:
        """Refuse what is too large to be taken through a browser."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            message = _("The file is larger than 2 GB. Import it on the server: hearwell import.")
            raise forms.ValidationError(message)
        return file


@requires("import")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: MemberRequest) -> HttpResponse:
    """Show the imports and the form; take a file and start."""
    if request.method != "POST":
        return _page(request, ArchiveForm())
    form = ArchiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        _start(request, form.cleaned_data)
    except ArchiveError as error:
        form.add_error("file", str(error))
        return _page(request, form, status=422)
    return redirect("settings_imports")


def _start(request: MemberRequest, asked: dict[str, Any]) -> None:
    file, since = asked["file"], asked["open_since"]
    run = start_import(
        request.workspace.id,
        store_upload(file.name, file.chunks()),
        file_name=file.name,
        layout=Layout(asked["layout"]),
        brands=asked["brands"].replace(",", " ").split(),
        open_since=datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None,
        started_by_id=request.membership.user_id,
    )
    entry = AuditEntry(
        "archive.import_started", request.membership.user, "import", run.id, summary=file.name
    )
    record_audit(request.workspace.id, [entry])


def _page(request: MemberRequest, form: ArchiveForm, *, status: int = 200) -> HttpResponse:
    runs = [_row(run) for run in import_runs(request.workspace.id)]
    context = {"form": form, "runs": runs, "is_moving": any(run["is_moving"] for run in runs)}
    return draw(request, "imports", "settings_imports", context, status=status)


def _row(run: Any) -> dict[str, Any]:
    return {
        "run": run,
        "label": ImportState(run.state).label,
        "is_moving": run.state in UNDER_WAY,
        "percent": round(100 * run.position / run.rows) if run.rows else None,
        "rejected": sum(run.rejected.values()),
    }
