"""The reference page of what every network can and cannot do, as Markdown. Pure.

The settings show the same list (`abilities.portrait_of`); this is it in print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hearwell.connect.abilities import Ability, Can, Group, Portrait, portrait_of
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Connects,
    Polls,
    Replies,
    Streams,
)

_MARKS = {Can.YES: "yes", Can.PARTLY: "partly", Can.NO: "-"}
_OURS = "hearwell.connectors."
_INTRODUCTION = """\
What the class of a connector is, it can do; no flag says so besides. What one account may really \
do is narrowed by its rights and its plan, and what one message allows by its window and its \
author. The same is shown under **Settings → Networks → All of it**. \
[The contract](../explanation/connector-contract.md) says what each ability means; other packages \
can [plug in their own](../how-to/write-a-connector.md)."""


def connectors_page(connectors: Iterable[Connector]) -> str:
    """Return the whole page for our own connectors among these, in their order."""
    ours = [one for one in connectors if type(one).__module__.startswith(_OURS)]
    portraits = [portrait_of(one) for one in ours]
    parts = [
        "# Connectors: what each network can and cannot do",
        _INTRODUCTION,
        _overview(portraits),
        *(
            part
            for one, portrait in zip(ours, portraits, strict=True)
            for part in _chapter(one, portrait)
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(portraits: Sequence[Portrait]) -> str:
    """Every ability that some network has, by network."""
    titles = {
        (one.group, one.key): one.title
        for portrait in portraits
        for one in portrait.abilities
        if not one.key.endswith("_length") and not one.key.startswith("rate_")
    }
    rows = [
        [f"{group.value}: {title[0].lower()}{title[1:]}", *(_mark(p, key) for p in portraits)]
        for group in Group
        for (its_group, key), title in titles.items()
        if its_group is group
    ]
    return _table(["", *(portrait.title for portrait in portraits)], rows)


def _mark(portrait: Portrait, key: str) -> str:
    found = next((one.can for one in portrait.abilities if one.key == key), Can.NO)
    return _MARKS[found]


def _chapter(connector: Connector, portrait: Portrait) -> Iterable[str]:
    manifest = connector.manifest
    folder = type(connector).__module__.split(".")[2]
    yield f"## {portrait.title}"
    yield (
        f"Key `{manifest.network}`. {_hosts(connector)} "
        f"[More](../../src/hearwell/connectors/{folder}/README.md)"
    )
    if isinstance(connector, Connects | Authorizes) and connector.steps:
        yield "\n".join(f"{n}. {step.text}" for n, step in enumerate(connector.steps, start=1))
    rows = [
        [group.value if first else "", one.title, _MARKS[one.can], _words(one)]
        for group in Group
        for first, one in _flagged(portrait.of(group))
    ]
    yield _table(["", "", "", ""], rows)


def _flagged(abilities: Sequence[Ability]) -> Iterable[tuple[bool, Ability]]:
    """Yield each ability and whether it is the first of its group."""
    return ((place == 0, one) for place, one in enumerate(abilities))


def _hosts(connector: Connector) -> str:
    hosts = sorted(connector.manifest.hosts)
    is_alone = not isinstance(connector, Polls | Streams | Replies)
    if is_alone or connector.manifest.is_hosted_here:
        return "It contacts nobody."
    if not hosts:
        return "It contacts the account's own server."
    return f"It contacts {', '.join(f'`{host}`' for host in hosts)}."


def _words(ability: Ability) -> str:
    values = {name: f"{number:,}" for name, number in ability.values.items()}
    words = [ability.words % values] if ability.words else []
    return " ".join([*words, ", ".join(ability.listed)]).strip()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), f"|{'---|' * len(head)}", *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
