"""An OpenID Connect provider on loopback, written to the specification: keys, codes, PKCE.

It knows one person at a time and can be told to lie.
"""

from __future__ import annotations

import base64
import hashlib
import html
import http.server
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

CLIENT_ID, SECRET = "hearwell:desk", "s3cret +/="
PAGE = """<!doctype html><html lang="en"><head><title>Example ID</title></head><body><main>
<h1>Example ID</h1><p><a href="{yes}">Go on as {email}</a></p><p><a href="{no}">Stop</a></p>
</main></body></html>"""


def packed(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    """Return a whole number as JWK writes it."""
    return packed(value.to_bytes((value.bit_length() + 7) // 8))


@cache
def rsa_key(_whose: str) -> rsa.RSAPrivateKey:
    """Return somebody's key, made once: it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """The provider: whom it vouches for, what it publishes, and what it lies about."""

    url: str = ""
    email: str = "nia@example.com"
    is_verified: Any = True
    subject: str = "subject-1"
    algorithm: str = "RS256"
    lies: dict[str, Any] = field(default_factory=dict)
    description_lies: dict[str, Any] = field(default_factory=dict)
    token_lies: dict[str, Any] = field(default_factory=dict)
    header_lies: dict[str, Any] = field(default_factory=dict)
    leaves_out: set[str] = field(default_factory=set)
    is_down: bool = False
    forges: bool = False
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    rsa_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa_key("ours"))
    ec_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def description(self) -> dict[str, Any]:
        """Return the document at .well-known/openid-configuration."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            **self.description_lies,
        }

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        numbers, point = (
            self.rsa_key.public_key().public_numbers(),
            self.ec_key.public_key().public_numbers(),
        )
        return {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AA"},
                {"kty": "RSA", "kid": "rsa", "use": "sig", "e": number(numbers.e),
                 "n": number(numbers.n)},
                {"kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256",
                 "x": packed(point.x.to_bytes(32)), "y": packed(point.y.to_bytes(32))},
            ]
        }  # fmt: skip

    def authorize(self, query: dict[str, str]) -> str:
        """Return where a person is sent who agrees."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.url}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def told(self, path: str, authorization: str) -> dict[str, Any]:
        """Return what stands at an address for machines."""
        if path == "/userinfo":
            return self.userinfo(authorization)
        return self.keys() if path == "/keys" else self.description()

    def page(self, query_string: str) -> bytes:
        """Return the page on which a person agrees, or stops."""
        query = {name: values[0] for name, values in parse_qs(query_string).items()}
        no = urlencode({"error": "access_denied", "state": query["state"]})
        return PAGE.format(
            yes=html.escape(self.authorize(query)),
            no=html.escape(f"{query['redirect_uri']}?{no}"),
            email=html.escape(self.email),
        ).encode()

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return tokens for a code: once, to the right client, with its verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        name, secret = unquote_plus(name), unquote_plus(secret)
        if authorization[:6] != "Basic ":
            name, secret = form.get("client_id", ""), form.get("client_secret", "")
        challenge = packed(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        is_right = (
            asked is not None
            and (name, secret) == (CLIENT_ID, SECRET)
            and asked["redirect_uri"] == form["redirect_uri"]
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == challenge
        )
        if asked is None or not is_right:
            return None
        token = self.id_token(asked["nonce"])
        return {"access_token": "let-me", "token_type": "Bearer", "id_token": token,
                **self.token_lies}  # fmt: skip

    def id_token(self, nonce: str) -> str:
        """Return a signed ID token."""
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "sub": self.subject, "nonce": nonce,
            "iat": int(time.time()), "exp": int(time.time()) + 300, "email": self.email,
            "email_verified": self.is_verified, **self.lies,
        }  # fmt: skip
        told = {name: value for name, value in claims.items() if name not in self.leaves_out}
        kid = "rsa" if self.algorithm == "RS256" else "ec"
        header = {"alg": self.algorithm, "kid": kid, **self.header_lies}
        parts = [packed(json.dumps(part).encode()) for part in (header, told)]
        return ".".join([*parts, packed(self._signature(".".join(parts).encode()))])

    def _signature(self, signed: bytes) -> bytes:
        if self.algorithm == "ES256":
            der = self.ec_key.sign(signed, ec.ECDSA(hashes.SHA256()))
            return b"".join(part.to_bytes(32) for part in utils.decode_dss_signature(der))
        key = self.rsa_key
        if self.forges:
            key = rsa_key("forger's")
        return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    def userinfo(self, authorization: str) -> dict[str, Any]:
        """Return what is known of the person to whom the token belongs."""
        assert authorization == "Bearer let-me"
        return {"sub": self.lies.get("userinfo_sub", self.subject), "email": self.email,
                "email_verified": self.is_verified}  # fmt: skip


@contextmanager
def a_provider() -> Iterator[Provider]:
    """Serve a provider on a free port."""
    provider = Provider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/authorize":
                self.answer(200, provider.page(parts.query), "text/html; charset=utf-8")
                return
            told = provider.told(parts.path, self.headers.get("authorization", ""))
            self.answer(503 if provider.is_down else 200, json.dumps(told).encode())

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.token(form, self.headers.get("authorization", ""))
            refused = tokens is None or provider.is_down
            self.answer(400 if refused else 200, json.dumps(tokens).encode())

        def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep the test output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
