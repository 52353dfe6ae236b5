"""A file that somebody sends, straight to where it is kept: no temporary copy, bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.accounts.rules import can
from hearwell.inbox.archives.records import ArchiveError
from hearwell.inbox.archives.uploads import Incoming
from hearwell.inbox.importing import uploads_folder

MAX_BYTES: Final = 2 * 1024**3
FORM_BYTES: Final = 64 * 1024
View = Callable[..., HttpResponseBase]


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]  # generic for mypy alone
    """A file of a form that is on disk already; gone with the request unless it was kept."""

    def __init__(self, incoming: Incoming, name: str, content_type: str) -> None:
        super().__init__(name=name, content_type=content_type, size=incoming.size)
        self.incoming = incoming

    def close(self) -> None:
        """Leave nothing behind that nobody wanted."""
        self.incoming.discard()


class ArchiveUpload(FileUploadHandler):
    """Writes the first file of a form to DATA/imports while it arrives.

    What cannot be kept is read to its end all the same, or the browser would show a broken
    connection instead of the reason, which is in `refusal`.
    """

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refusal = ""
        self.incoming: Incoming | None = None
        self._expected = 0

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take note of how much is to come."""
        del kwargs
        self._expected = max(int(args[2]) - FORM_BYTES, 0)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, unless it is too large or there is no room for it."""
        super().new_file(*args, **kwargs)
        if self.incoming is not None or self.refusal:
            raise SkipFile
        if self._expected > MAX_BYTES:
            self._refuse(too_large())
        try:
            self.incoming = Incoming(uploads_folder(), expected=self._expected)
        except ArchiveError as error:
            self._refuse(str(error))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece of it."""
        if self.incoming is None:
            raise SkipFile
        if start + len(raw_data) > MAX_BYTES:
            self._refuse(too_large())
        try:
            self.incoming.write(raw_data)
        except ArchiveError as error:
            self._refuse(str(error))

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        """Hand the whole file to the form."""
        del file_size
        if self.incoming is None:
            return None
        try:
            self.incoming.finish()
        except ArchiveError as error:
            self.refusal, self.incoming = str(error), None
            return None
        return ArrivedFile(self.incoming, self.file_name or "", self.content_type or "")

    def upload_interrupted(self) -> None:
        """Leave nothing of what did not come to its end."""
        self.discard()

    def discard(self) -> None:
        """Remove the file, unless it was kept."""
        if self.incoming is not None:
            self.incoming.discard()

    def _refuse(self, why: str) -> None:
        self.refusal = why
        self.discard()
        self.incoming = None
        raise SkipFile


def refusal_of(request: HttpRequest) -> str:
    """Return why a file that was sent could not be kept; empty if none was refused."""
    ours = (one for one in request.upload_handlers if isinstance(one, ArchiveUpload))
    return next((handler.refusal for handler in ours), "")


def too_large() -> str:
    """Say that a file cannot come this way."""
    return _("The file is larger than 2 GB. Import it on the server: hearwell import FILE")


def receives_archive(action: str) -> Callable[[View], View]:
    """Let a view take a file from those who may do `action`; from all others nothing is read.

    The handler must be there before anybody looks at the form, and the check against forged
    requests looks at it: so that check comes after.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def received(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = getattr(request, "membership", None)
            if request.method != "POST" or membership is None or not can(membership.role, action):
                return view(request, *args, **kwargs)
            handler = ArchiveUpload(request)
            request.upload_handlers = [handler]
            try:
                return csrf_protect(view)(request, *args, **kwargs)
            finally:
                handler.discard()

        setattr(received, POLICY_ATTRIBUTE, getattr(view, POLICY_ATTRIBUTE))
        return received

    return decorate
