"""A place for exports in an S3-compatible store: one PUT a file, addressed by path.

Endpoint, region and keys come from settings, never from a command line, where other people of the
machine could read them. A file is made in a temporary folder and then sent with its SHA-256, which
the store compares: what is there is whole, or the file that was there before.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings

from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.sigv4 import encoded

SCHEME: Final = "s3://"
# What one PUT may carry, by S3's own limit; a month of facts has megabytes.
MOST_BYTES: Final = 5 * 1024**3
# A store answers when it has all of a file: give it time.
_TIMEOUT_S: Final = 120.0
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9.]{1,60})</Code>")
_REGION: Final = "is the bucket in the region that HEARWELL_S3_REGION names?"
_HINTS: Final = {
    "AccessDenied": "the key may not write there",
    "AuthorizationHeaderMalformed": _REGION,
    "InvalidAccessKeyId": "it does not know HEARWELL_S3_KEY_ID",
    "NoSuchBucket": "there is no such bucket; make it first",
    "PermanentRedirect": _REGION,
    "RequestTimeTooSkewed": "this machine's clock is wrong",
    "SignatureDoesNotMatch": "HEARWELL_S3_SECRET_KEY is not the secret of that key",
}


class StoreError(Exception):
    """A file is not in the store; the text names it and is for the operator."""


@dataclass(frozen=True, slots=True)
class Address:
    """`s3://bucket/prefix`, the prefix without slashes around it."""

    bucket: str
    prefix: str

    def path(self, name: str) -> str:
        """Where a file is, below the store's address, percent-encoded."""
        return encoded("/" + "/".join(filter(None, (self.bucket, self.prefix, name))))

    def __str__(self) -> str:
        """The address as people write it."""
        return SCHEME + "/".join(filter(None, (self.bucket, self.prefix)))


def address_of(text: str) -> Address:
    """Read `s3://bucket/prefix`. Raises ValueError for the operator; keys do not belong there."""
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    parts = prefix.strip("/").split("/")
    is_bucket = _BUCKET.fullmatch(bucket) and text.startswith(SCHEME)
    is_prefix = prefix.isprintable() and (parts == [""] or not {"", ".", ".."} & set(parts))
    if not is_bucket or not is_prefix:
        message = "This is no address such as s3://bucket/prefix."
        raise ValueError(message)
    return Address(bucket, "/".join(parts))


@contextmanager
def in_store(address: Address, name: str) -> Iterator[Path]:
    """A place in the store of the settings. Raises StoreError."""
    check_keys()
    with tempfile.TemporaryDirectory(prefix="hearwell-") as aside:
        made = Path(aside) / Path(name).name
        yield made
        try:
            _put(address.path(name), made)
        except StoreError as error:
            message = f"{address}/{name}: {error}"
            raise StoreError(message) from error


def check_keys() -> None:
    """Raise StoreError unless this house has keys for a store."""
    by = settings.HEARWELL_S3_BY
    if not by.key_id or not by.secret:
        message = "Set HEARWELL_S3_KEY_ID and HEARWELL_S3_SECRET_KEY to export to a store."
        raise StoreError(message)


def _put(path: str, made: Path) -> None:
    size = made.stat().st_size
    if size > MOST_BYTES:
        message = f"it has {size:,} bytes; one upload carries {MOST_BYTES:,} at most."
        raise StoreError(message)
    url = httpx.URL(settings.HEARWELL_S3_AT + path)
    with made.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        headers = {"host": url.netloc.decode(), "x-amz-content-sha256": sha256}
        signed = settings.HEARWELL_S3_BY.signed("PUT", path, headers, sha256, now())
        # From the open file: a length is said and nothing is read whole.
        with http.client(
            [url.host], origins=settings.HEARWELL_EGRESS_ALLOW, timeout_s=_TIMEOUT_S
        ) as client:
            try:
                answer = client.put(url, content=file, headers=signed)
            except httpx.HTTPError as error:
                raise StoreError(_unreached(url, error)) from error
    if not answer.is_success:
        raise StoreError(_refused(answer))


def _unreached(url: httpx.URL, error: httpx.HTTPError) -> str:
    if isinstance(error, http.EgressDeniedError) or isinstance(error.__cause__, http.InsideError):
        origin = f"{url.scheme}://{url.netloc.decode()}"
        return f"{origin} lies inside, or is not https: HEARWELL_EGRESS_ALLOW does not name it."
    return f"the store could not be reached ({error})."


def _refused(answer: httpx.Response) -> str:
    """Say what the store said: its code alone, for its words repeat what was signed."""
    found = _CODE.search(answer.content)
    code = found[1].decode() if found else ""
    hint = _HINTS.get(code, _REGION if answer.is_redirect else "")
    said = f"{answer.status_code} {code}".strip()
    return f"the store refused it ({said})" + (f": {hint}" if hint else "") + "."
