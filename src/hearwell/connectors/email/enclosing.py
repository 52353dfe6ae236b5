"""Parts of a mail around other parts, and files as parts."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from hearwell.connect.attachments import Attachment

_UNSAFE = str.maketrans({'"': "'", "\\": "_", "%": "_"})


def multipart(kind: str, parts: Iterable[bytes], boundary: str) -> bytes:
    """Parts, each with its own head, behind one that says how they belong together."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    mark = f"--{boundary}"
    body = b"".join(f"{mark}\r\n".encode() + part for part in parts)
    return head + body + f"{mark}--\r\n".encode()


def file_part(file: Attachment) -> bytes:
    """A file to be saved under its name, whatever it is: nothing is shown inside the mail."""
    data = base64.encodebytes(file.body).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: {file.mime}; {_named('name', file.name)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_named('filename', file.name)}\r\n\r\n"
    )
    return head.encode() + data


def _named(field: str, name: str) -> str:
    """A name as a parameter (RFC 2231 where it is not ASCII); no line end is left in it."""
    plain = "".join(char for char in name if char.isprintable())
    if plain.isascii():
        return f'{field}="{plain.translate(_UNSAFE)}"'
    return f"{field}*=utf-8''{quote(plain, safe='')}"
