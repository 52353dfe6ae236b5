"""What a telephone line is here: heard of, never dialled."""

from __future__ import annotations

from hearwell.connect.manifest import Auth, Manifest
from hearwell.connect.model import MessageKind
from hearwell.connect.terms import Retention
from hearwell.connect.textrule import CodePoints

MANIFEST = Manifest(
    network="phone",
    title="Phone",
    icon="phone",
    auth=Auth.TOKEN,
    # Nothing is ever sent; the rule counts what is noted of a call.
    public_text=CodePoints(20_000),
    kinds=frozenset({MessageKind.CALL}),
    uses_initials=False,
    is_by_contract=True,
    retention=Retention("Recordings stay where the switchboard keeps them; we keep their links."),
)
