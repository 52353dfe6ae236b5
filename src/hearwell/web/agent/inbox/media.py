"""Pictures and files of messages, served by us alone: see ``inbox.media``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.connect.attachments import Attachment
from hearwell.conversations.models import Message
from hearwell.inbox.media import MOST, Kept, LostError, has_file, kept
from hearwell.kit.sniff import ENOUGH, OCTETS, PICTURES, type_of
from hearwell.web.components.thread import MediaFace

# It is somebody else's file: whatever is in it, it may not act as a page of ours.
_POLICY: Final = "default-src 'none'; sandbox"
_KINDS: Final[Mapping[str, str | Promise]] = {
    "image": gettext_lazy("Picture"),
    "video": gettext_lazy("Video"),
    "audio": gettext_lazy("Sound"),
    "link": gettext_lazy("Link"),
    "quote": gettext_lazy("Quoted"),
}
_A_DAY: Final = "private, max-age=86400, immutable"


def attached(message: Message) -> list[MediaFace]:
    """Return what is attached to a message, as it is drawn."""
    return list(_faces(message))


def going_out(files: Iterable[Attachment]) -> list[MediaFace]:
    """Return what goes along with a reply that has not arrived yet."""
    return [_our_face(file) for file in files]


def _our_face(file: Attachment) -> MediaFace:
    words = _words({"kind": file.kind, "name": file.name, "size": file.size})
    url = reverse("file", args=[file.ref])
    return MediaFace(words, url, file.alt, is_picture=file.mime in PICTURES)


def _faces(message: Message) -> Iterator[MediaFace]:
    for index, one in enumerate(message.media):
        words = _words(one)
        if has_file(one) and index < MOST:
            url = reverse("media", args=[message.id, index])
            is_picture = one.get("kind") == "image"
            yield MediaFace(words, url, str(one.get("alt") or ""), is_picture=is_picture)
        else:
            url = str(one.get("url") or "")
            yield MediaFace(words, url if url.startswith("https://") else "", is_elsewhere=True)


def _words(one: Mapping[str, Any]) -> str:
    """Name an attachment: what its sender called it and how large it is."""
    kind, name = str(one.get("kind", "")), str(one.get("name") or one.get("alt") or "")
    size = one.get("size")
    label = str(_KINDS.get(kind, _("Attachment")))
    words = label if not name else name if kind == "file" else f"{label}: {name}"
    return f"{words} ({filesizeformat(size)})" if size else words


@requires("read")
@require_safe
def media(request: MemberRequest, message_id: UUID, index: int) -> HttpResponseBase:
    """Give a file: a picture to be shown, all else to be saved.

    503 while it is being fetched, 410 where it cannot be had.
    """
    try:
        found = kept(request.workspace.id, message_id, index)
    except Message.DoesNotExist as error:
        raise Http404 from error
    except LostError:
        return HttpResponse(_("The network no longer has this file."), status=HTTPStatus.GONE)
    if found is None:
        words = _("This file is being fetched. Open it again in a moment.")
        answer = HttpResponse(words, status=HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = "5"
        return answer
    return file_response(found)


def file_response(found: Kept) -> FileResponse:
    """Answer with a file: only a picture is shown, by what its bytes are."""
    kind = type_of(found.file.read(ENOUGH))
    found.file.seek(0)
    is_shown = kind in PICTURES
    answer = FileResponse(
        found.file,
        as_attachment=not is_shown,
        filename=_plain(found.name) or _("attachment"),
        content_type=kind if is_shown else OCTETS,
    )
    answer["Content-Security-Policy"] = _POLICY
    answer["Cache-Control"] = _A_DAY
    return answer


def _plain(name: str) -> str:
    """Return a name without what ends a header or turns the direction of writing."""
    return "".join(char for char in name if char.isprintable())
