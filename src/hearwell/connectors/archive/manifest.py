"""What an archive is: read, never answered."""

from __future__ import annotations

from hearwell.connect.manifest import Auth, Manifest
from hearwell.connect.model import MessageKind
from hearwell.connect.textrule import CodePoints

# Nobody can write into the past; the rule is there because every network has one.
_ANY_LENGTH = 1_000_000

MANIFEST = Manifest(
    network="archive",
    title="Archive",
    icon="archive",
    auth=Auth.NONE,
    public_text=CodePoints(_ANY_LENGTH),
    kinds=frozenset(MessageKind),
    uses_initials=False,
)
