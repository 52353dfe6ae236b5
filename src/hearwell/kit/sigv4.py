"""AWS Signature Version 4, by which S3-compatible stores know who asks. Pure.

Only what one request with a known body needs: no chunks signed one by one, no signed addresses.
The steps and their names are those of "Signature Version 4 signing process" in AWS's reference.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from typing import Final
from urllib.parse import quote

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_KIND: Final = "aws4_request"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose keys, and for which region and service they sign."""

    key_id: str
    secret: str = field(repr=False)
    region: str
    service: str = "s3"

    def signed(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        sha256: str,
        at: datetime,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Return the headers with `x-amz-date` and `authorization` added, names in lower case.

        Parameters
        ----------
        path: as it is sent, percent-encoded once (see ``encoded``).
        headers: what is signed; `host` must be among them.
        sha256: of the body, in hex; S3 wants it as `x-amz-content-sha256`, too.
        at: aware; stores refuse what is more than fifteen minutes off.
        query: names and values that are not encoded yet.
        """
        stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        sent = {name.lower(): value for name, value in headers.items()} | {"x-amz-date": stamp}
        names = ";".join(sorted(sent))
        canonical = _canonical_request(method, path, query or {}, sent, sha256)
        scope = f"{stamp[:8]}/{self.region}/{self.service}/{_KIND}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = self._signature(stamp[:8], f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}")
        told = f"Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        return sent | {"authorization": f"{_ALGORITHM} {told}"}

    def _signature(self, day: str, text: str) -> str:
        words = (day, self.region, self.service, _KIND)
        return reduce(_hmac, (*words, text), f"AWS4{self.secret}".encode()).hex()


def encoded(path: str) -> str:
    """Percent-encode a path for S3: everything but unreserved characters and slashes, once."""
    return quote(path, safe="/-_.~")


def _canonical_request(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], sha256: str
) -> str:
    asked = sorted((quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in query)
    lines = [f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers)]
    told = "&".join(f"{name}={value}" for name, value in asked)
    return "\n".join((method, path, told, "".join(lines), ";".join(sorted(headers)), sha256))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
