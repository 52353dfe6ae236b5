"""What a connector brings to its examination: a ``Fake`` in its folder's ``fake.py``.

The fake is an in-process network: it never opens a socket. ``raw`` must wrap any bytes as the
network would deliver them, validly signed; the rest is needed only by connectors that can do it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from importlib import import_module
from typing import TYPE_CHECKING

import httpx

from hearwell.connect.failures import Failure, OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hearwell.connect.contract import Connector
    from hearwell.connect.model import Account, Audience, Draft, IngressSecrets, Raw

Handler = Callable[[httpx.Request], httpx.Response]
# How a line breaks while we post: before a byte has left, or when it is too late to be sure.
BREAKS: tuple[tuple[type[httpx.TransportError], type[Failure]], ...] = (
    (httpx.ConnectError, Unavailable),
    (httpx.ConnectTimeout, Unavailable),
    (httpx.PoolTimeout, Unavailable),
    (httpx.ReadTimeout, OutcomeUnknown),
    (httpx.WriteError, OutcomeUnknown),
    (httpx.ReadError, OutcomeUnknown),
    (httpx.RemoteProtocolError, OutcomeUnknown),
)


def breaking(error: type[httpx.TransportError]) -> Handler:
    """A handler of a fake network that breaks the line."""

    def handler(request: httpx.Request) -> httpx.Response:
        message = "broken on purpose"
        raise error(message, request=request)

    return handler


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form with files: its bytes, and the name and type of a file."""

    body: bytes
    filename: str = ""
    mime: str = ""


def parts_of(request: httpx.Request) -> dict[str, Part]:
    """The fields of a ``multipart/form-data`` request; none where it is no form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return {}
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {kind}\r\n\r\n".encode() + request.content
    )
    found = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        filename = part.get_filename()
        mime = part.get_content_type() if filename else ""
        found[str(name)] = Part(body if isinstance(body, bytes) else b"", filename or "", mime)
    return found


@dataclass(frozen=True, slots=True)
class ErrorCase:
    """A documented error of the network: do ``act`` and ``expects`` must be raised."""

    name: str
    act: Callable[[], object] = field(repr=False)
    expects: type[Failure]


@dataclass(frozen=True, slots=True)
class Count:
    """A text and its length as the network itself counts it."""

    audience: Audience
    text: str
    length: int


class Subject(ABC):
    """A connector under examination, on a fake network of its own."""

    connector: Connector
    account: Account
    ingress: IngressSecrets | None = None

    @abstractmethod
    def raw(self, body: bytes) -> Raw:
        """``body`` as the network would deliver it, signed if the network signs."""

    def story(self) -> Sequence[Raw]:
        """Deliveries of one conversation: created, edited, a child, a deletion, our own echo.

        Every delivery stands alone, so that they can be put in any order.
        """
        return ()

    def draft(self) -> Draft:
        """A good answer to something on the fake network. Needed by ``Replies``."""
        raise NotImplementedError

    def delivered(self) -> Sequence[Raw]:
        """What the fake network has pushed since it began, oldest first."""
        return ()

    def shown(self) -> Sequence[tuple[bytes, str]]:
        """The files of the message that we sent last: their bytes, and what describes them.

        As the network shows them. Needed by those that take files (``Manifest.media``).
        """
        return ()

    def errors(self) -> Sequence[ErrorCase]:
        """Every documented error that the connector must tell apart."""
        return ()

    def counts(self) -> Sequence[Count]:
        """Texts counted by the network itself."""
        return ()

    def contacted(self) -> Collection[str]:
        """Hosts that were called so far, as ``name`` or ``name:port``."""
        return ()


def subject_for(connector: Connector) -> Subject:
    """A new examination of a connector, by the ``Fake`` in its folder.

    Raises ``ImportError`` or ``AttributeError`` if the folder has none.
    """
    folder = type(connector).__module__.rpartition(".")[0]
    fake = import_module(f"{folder}.fake").Fake()
    if not isinstance(fake, Subject):
        message = f"{folder}.fake.Fake is not a connect.subject.Subject"
        raise TypeError(message)
    return fake
