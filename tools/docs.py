"""Make the pages of docs/reference that the code itself knows best.

    python tools/docs.py           write them
    python tools/docs.py --check   only tell which are out of date

settings.md from config/environment.py, events.md from the registered events and handlers,
connectors.md from the manifests and classes of our own connectors.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearwell.connect.manifest import Manifest
    from hearwell.connect.textrule import TextRule
    from hearwell.events.model import DomainEvent

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
MADE = "<!-- Made by tools/docs.py: change the code, then run it again. -->"
OURS = "hearwell.connectors."
NONE = "-"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table's lines."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(map(_cell, row))} |" for row in rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page(title: str, *parts: Sequence[str] | str) -> str:
    """Return a whole page."""
    blocks = [part if isinstance(part, str) else "\n".join(part) for part in parts]
    return "\n\n".join([MADE, f"# {title}", *blocks]) + "\n"


def in_one_line(text: str | None) -> str:
    """Return a docstring without its line ends; literals as Markdown writes them."""
    return " ".join(inspect.cleandoc(text or "").split()).replace("``", "`")


# --- settings -------------------------------------------------------------------------------------


def settings() -> str:
    """Every environment variable, its default and its meaning."""
    from hearwell.config.environment import VARIABLES

    rows = [
        (
            f"`{one.name}`",
            one.worked_out or (f"`{one.default}`" if one.default else NONE),
            one.meaning,
        )
        for one in VARIABLES
    ]
    return page(
        "Settings",
        "Environment variables, read once when a process starts. An empty one counts as not set. "
        "A value that cannot be used is refused in one line. `make up` takes `DATA` and `PORT` on "
        "its own line, too: `make up PORT=8080`. What a team decides (promises, people, networks) "
        "is under **Settings** in the browser.",
        table(("Variable", "Default", "Meaning"), rows),
        "PostgreSQL's own variables (`PGSSLROOTCERT`, …) and `TMPDIR`, where archives are put in "
        "order, work as usual.",
    )


# --- events ---------------------------------------------------------------------------------------


def events() -> str:
    """Every event, what it carries, who listens."""
    from hearwell.events.model import EVENT_TYPES

    found = [one for one in EVENT_TYPES.values() if one.__module__.startswith("hearwell.")]
    by_place: dict[str, list[type[DomainEvent]]] = {}
    for event in sorted(found, key=lambda event: (event.__module__, event.name)):
        by_place.setdefault(event.__module__.split(".")[1], []).append(event)
    parts: list[Sequence[str] | str] = []
    for place, in_place in by_place.items():
        parts.append(f"## {place}")
        for event in in_place:
            parts += [
                f"### {event.name}",
                in_one_line(event.__doc__),
                _carried(event),
                _heard(event),
            ]
    return page(
        "Events",
        "What happened, told in the transaction in which it happened and kept as JSON. Handlers "
        "run as jobs of their own: at least once, in batches of one workspace, possibly out of "
        "order. Every event carries `workspace_id` besides. `hearwell events` prints the same in "
        "short.",
        *parts,
    )


def _carried(event: type[DomainEvent]) -> list[str]:
    rows = [
        (f"`{field.name}`", f"`{field.type}`", _default(field))
        for field in dataclasses.fields(event)
        if field.name != "workspace_id"
    ]
    return table(("Field", "Type", "If left out"), rows) if rows else ["It carries nothing more."]


def _default(field: dataclasses.Field[object]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"`{field.default!r}`"
    return "empty" if field.default_factory is not dataclasses.MISSING else NONE


def _heard(event: type[DomainEvent]) -> list[str]:
    from hearwell.events.registry import handlers_of

    heard = [
        f"- `{name}`: {in_one_line(handler.__doc__).split('. ')[0].rstrip('.')}"
        for name, handler in sorted(handlers_of(event.name).items())
        if name.startswith("hearwell.")
    ]
    return ["Heard by:", "", *heard] if heard else ["No handler listens."]


# --- connectors -----------------------------------------------------------------------------------


def connectors() -> str:
    """What each of our connectors can do, and the limits of its network."""
    from hearwell.connect.contract import Polls
    from hearwell.connect.registry import all_connectors

    ours = [one for one in all_connectors() if type(one).__module__.startswith(OURS)]
    abilities = _abilities()
    overview = table(
        ("Ability", *(one.manifest.title for one in ours)),
        [
            (
                f"**{name}**: {what[0].lower()}{what[1:]}",
                *("yes" if isinstance(one, kind) else NONE for one in ours),
            )
            for name, kind, what in abilities
        ],
    )
    parts: list[Sequence[str] | str] = []
    for one in ours:
        folder = type(one).__module__.split(".")[2]
        readme = f"../../src/hearwell/connectors/{folder}/README.md"
        parts += [
            f"## {one.manifest.title}",
            f"{in_one_line(type(one).__doc__)} [More]({readme})",
            table(("", ""), _facts(one.manifest, is_asked=isinstance(one, Polls))),
        ]
    return page(
        "Connectors",
        "What the class of a connector is, it can do; no flag says so besides. What one account "
        "may really do is narrowed by its tier and scopes, and one message by its window. "
        "[The contract](../explanation/connector-contract.md) says what each ability means; other "
        "packages can [plug in their own](../how-to/write-a-connector.md).",
        overview,
        *parts,
    )


def _abilities() -> list[tuple[str, type, str]]:
    """Return the small classes of the contract with the first sentence of each."""
    from hearwell.connect import contract

    found = [
        (name, kind, in_one_line(kind.__doc__).split(". ")[0].rstrip("."))
        for name, kind in vars(contract).items()
        if inspect.isclass(kind) and kind.__module__ == contract.__name__
    ]
    return [one for one in found if one[0] != "Connector" and inspect.isabstract(one[1])]


def _facts(manifest: Manifest, *, is_asked: bool) -> list[tuple[str, str]]:
    from hearwell.connect.model import Audience

    audiences = sorted(manifest.reply_audiences)
    return [
        ("Key", f"`{manifest.network}`"),
        ("An account is connected by", manifest.auth.value.replace("_", " ")),
        ("Hosts", ", ".join(sorted(f"`{host}`" for host in manifest.hosts)) or "the account's own"),
        ("Brings in", ", ".join(sorted(kind.value for kind in manifest.kinds)) or NONE),
        ("Answers", ", ".join(one.value for one in audiences) or "none: it is only read"),
        ("Longest text", _texts(manifest, [one for one in audiences if one in Audience])),
        ("An answer is taken", _windows(manifest)),
        ("Files", _media(manifest)),
        ("Rates", _rates(manifest)),
        ("Edits and deletions by customers", f"{manifest.edits.value}, {manifest.deletions.value}"),
        ("What was deleted must go here, too", "yes" if manifest.must_purge else "no"),
        ("Our own messages come back as echoes", "yes" if manifest.has_echo else "no"),
        ("Against posting twice", _safety(manifest)),
        ("Asked for news", f"every {manifest.poll_every_s:g} s" if is_asked else "never"),
        ("Replies are signed with initials", "yes" if manifest.uses_initials else "no"),
    ]


def _texts(manifest: Manifest, audiences: Sequence[object]) -> str:
    rules: dict[str, TextRule] = {}
    for audience in audiences:
        rules[str(getattr(audience, "value", audience))] = manifest.text_rule(audience)  # type: ignore[arg-type]
    said = [f"{name}: {_limit(rule)}" for name, rule in rules.items()]
    return "; ".join(said) or NONE


def _limit(rule: TextRule) -> str:
    in_bytes = getattr(rule, "max_bytes", None)
    return f"{rule.limit:,} {rule.name}" + (f" and {in_bytes:,} bytes" if in_bytes else "")


def _windows(manifest: Manifest) -> str:
    said = [f"{w.audience.value}: within {_length(w.lasts)}" for w in manifest.windows]
    return "; ".join(said) or ("at any time" if manifest.reply_audiences else NONE)


def _length(lasts: timedelta) -> str:
    return f"{lasts.days} days" if lasts.days else f"{lasts.total_seconds() / 3600:g} hours"


def _media(manifest: Manifest) -> str:
    said = [
        f"{one.max_count} {one.kind} of {one.max_bytes / 1024**2:g} MB each"
        for one in manifest.media
    ]
    return "; ".join(said) or NONE


def _rates(manifest: Manifest) -> str:
    said = [
        f"{one.what}: {one.calls} in {one.per_s} s for each {one.scope}" for one in manifest.rates
    ]
    return "; ".join(said) or "none known"


def _safety(manifest: Manifest) -> str:
    return f"idempotency: {manifest.idempotency.value}; reading back: {manifest.read_back.value}"


# --------------------------------------------------------------------------------------------------

PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "events.md": events,
    "connectors.md": connectors,
}


def out_of_date() -> list[str]:
    """Return the pages that are not what the code says. Django must be set up."""
    return [
        name
        for name, make in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != make()
    ]


def main() -> int:
    """Write the pages, or tell which are out of date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")
    import django

    django.setup()
    stale = out_of_date()
    if "--check" not in sys.argv[1:]:
        for name in stale:
            (REFERENCE / name).write_text(PAGES[name](), "utf-8")
        print("\n".join(f"docs/reference/{name} is new" for name in stale) or "Nothing has changed")
        return 0
    for name in stale:
        print(f"docs/reference/{name} is out of date: python tools/docs.py")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
