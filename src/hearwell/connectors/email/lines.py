"""One way to open a line to a mail server, for IMAP and SMTP alike, and what failing to means."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Protocol

from hearwell.connect.failures import NotAllowed, Unavailable
from hearwell.connect.wording import Wording
from hearwell.connectors.email.mailbox import Security, Server
from hearwell.kit.sockets import AddressRefusedError, Streams

WITHOUT_TLS = Wording(
    "%(server)s is asked for without TLS. Only a server inside may be, if allowed."
)
INSIDE = Wording("%(server)s lies inside this network, where Hearwell may not connect to.")
BAD_CERTIFICATE = Wording("The certificate of %(server)s is not valid: %(why)s.")
NO_TLS = Wording("%(server)s does not speak TLS here. Is it STARTTLS, or another port?")
UNREACHABLE = Wording("%(server)s cannot be reached just now.")


class Opens(Protocol):
    """What the connector needs of `kit.sockets.Opener`; the examination brings its own."""

    @property
    def context(self) -> ssl.SSLContext:
        """What TLS is verified against."""

    def may_lie_inside(self, host: str, port: int) -> bool:
        """Whether the operator allows this place inside."""

    def open(self, host: str, port: int, *, tls: bool, timeout_s: float) -> socket.socket:
        """A connected socket; raises OSError."""

    async def open_streams(self, host: str, port: int, *, tls: bool, timeout_s: float) -> Streams:
        """The same within an event loop."""


class InsecureError(OSError):
    """A line without TLS was asked for to a place that is not on the operator's list."""


@dataclass(slots=True)
class Deadline:
    """How long a whole dialogue may still take: a server that dawdles at each step is cut off."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    def left(self, at_most: float) -> float:
        """Seconds for the next step. Raises TimeoutError when none are left."""
        left = self.seconds - (time.monotonic() - self.began)
        if left <= 0:
            message = "the server took too long"
            raise TimeoutError(message)
        return min(left, at_most)


def check_security(opener: Opens, server: Server) -> None:
    """Refuse to send a password in the clear over the internet."""
    if server.security is Security.NONE and not opener.may_lie_inside(server.host, server.port):
        message = f"{server} would be spoken to without TLS"
        raise InsecureError(message)


def connected(opener: Opens, server: Server, timeout_s: float) -> socket.socket:
    """Open a line. Raises Unavailable or NotAllowed, in words for the person who set it up."""
    try:
        check_security(opener, server)
        is_tls = server.security is Security.TLS
        return opener.open(server.host, server.port, tls=is_tls, timeout_s=timeout_s)
    except OSError as error:
        raise unreachable(server, error) from error


def unreachable(server: Server, error: OSError) -> Unavailable | NotAllowed:
    """The failure that an error on the way to a server stands for: nothing was sent yet."""
    code = type(error).__name__
    match error:
        case InsecureError():
            return NotAllowed(WITHOUT_TLS(server=server), network_code=code)
        case AddressRefusedError():
            return NotAllowed(INSIDE(server=server), network_code=code)
        case ssl.SSLCertVerificationError():
            words = BAD_CERTIFICATE(server=server, why=error.verify_message)
            return Unavailable(words, network_code=code)
        case ssl.SSLError():
            return Unavailable(NO_TLS(server=server), network_code=code)
        case _:
            return Unavailable(UNREACHABLE(server=server), network_code=code)
