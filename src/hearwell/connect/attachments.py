"""Files that go out with a message, and what a network says of one that it was handed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

# Before the ``Media.ref`` of a file that came out of an archive: nobody can be asked for it.
FILED: Final = "filed:"
IMAGE, FILE = "image", "file"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of ours. ``mime`` is what its bytes say, ``alt`` what is to be seen on a picture.

    ``ref`` names it in this house, ``digest`` is the SHA-256 of its bytes in hex. Only the sender
    fills in the rest, just before it posts: ``handle`` is what the network calls it (``Uploads``),
    ``body`` its bytes where it goes out together with the message.
    """

    mime: str
    name: str
    size: int
    alt: str = ""
    ref: str = ""
    digest: str = ""
    handle: str = field(default="", compare=False)
    body: bytes = field(default=b"", compare=False, repr=False)

    @property
    def kind(self) -> str:
        """How a thread shows it: ``image`` or ``file``."""
        return IMAGE if self.mime.startswith("image/") else FILE


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the network has. With ``check_after`` it has yet to prepare it."""

    handle: str
    check_after: datetime | None = None
