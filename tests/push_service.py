"""A push service and the browser behind it, on loopback: takes what is posted and reads it.

Reads with `http_ece`, which is none of ours, and checks the signature as RFC 8292 wants it.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hearwell.notifications.rules import packed
from hearwell.notifications.webpush import point_of


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """One browser: its keys, and what it was shown."""

    url: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    shown: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: int = 201  # 0: none, the line is closed
    asked: int = 0

    @property
    def subscription(self) -> dict[str, Any]:
        """What the browser's PushSubscription says."""
        keys = {"p256dh": packed(point_of(self.private)), "auth": packed(self.auth)}
        return {"endpoint": self.url, "keys": keys}

    def take(self, body: bytes, headers: dict[str, str], origin: str) -> int:
        """Take a push as the service and then as the browser would."""
        self.asked += 1
        if self.answer != 201:
            return self.answer
        check_sender(headers["Authorization"], origin)
        assert headers["Content-Encoding"] == "aes128gcm"
        read = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        self.shown.append(json.loads(read))
        self.sizes.append(len(body))
        self.headers.append(headers)
        return 201


def check_sender(header: str, origin: str) -> None:
    """Check the signature, the audience and the time of a push."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(parts["k"]))
    raw = _raw(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    told = json.loads(_raw(claims))
    assert scheme == "vapid"
    assert told["aud"] == origin
    assert told["sub"].startswith(("mailto:", "https://"))


class PushService:
    """The service: an address for each browser."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.browsers: dict[str, Browser] = {}

    def browser(self) -> Browser:
        """Let a browser subscribe."""
        path = f"/push/{len(self.browsers)}"
        self.browsers[path] = Browser(self.origin + path)
        return self.browsers[path]


@contextmanager
def push_service() -> Iterator[PushService]:
    """Run a push service during the block."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            browser = service.browsers[self.path]
            status = browser.take(body, dict(self.headers.items()), service.origin)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service = PushService(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
