"""Line icons of the lucide package, each read once.

The package's own way opens its archive anew for every icon and reads all of its 1,745 names: some
20 ms each, which the first pages of a process paid dozens of times over.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final
from zipfile import ZipFile

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_ROOT: Final = re.compile(r"<svg([^>]*)>(.*)</svg>", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r'([a-zA-Z-]+)="([^"]*)"')
_SPACE: Final = re.compile(r">\s+<")


@cache
def _archive() -> ZipFile:
    # Its bytes, not the file: children that are forked would share the place in it.
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


@cache
def _read(name: str) -> tuple[dict[str, str], SafeString]:
    found = _ROOT.search(_archive().read(f"{name}.svg").decode())
    if found is None:
        raise ValueError(name)
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    attributes.pop("xmlns", None)  # not needed within a page
    # The drawing comes from the package: no user text.
    return attributes, mark_safe(_SPACE.sub("><", found[2]).strip())  # noqa: S308


def drawing(name: str, **attributes: str) -> SafeString:
    """Draw an icon as inline SVG, with further attributes (``aria_hidden="true"``).

    Raises KeyError where there is no such icon.
    """
    own, inner = _read(name)
    changed = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    written = format_html_join(" ", '{}="{}"', (own | changed).items())
    return format_html("<svg {}>{}</svg>", written, inner)
