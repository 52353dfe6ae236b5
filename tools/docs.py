"""Make the pages of docs/reference that the code itself knows best.

    python tools/docs.py           write them
    python tools/docs.py --check   only tell which are out of date

settings.md from config/environment.py, events.md from the registered events and handlers,
connectors.md and connector-proof.md from the manifests, classes and quality.yaml of our own
connectors, webhooks.md from the kinds of events that other systems can be told of,
personal-data.md from the tags of hearwell/privacy, facts.md from reports/exporting.py.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearwell.events.model import DomainEvent
    from hearwell.integrations.kinds import Kind
    from hearwell.privacy.tags import Sort

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
CONNECTORS = "hearwell.connectors."
MADE = "<!-- Made by tools/docs.py: change the code, then run it again. -->"
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


# --- personal data --------------------------------------------------------------------------------


def personal_data() -> str:
    """What personal data is held where, for how long, and what an erasure does with it."""
    from hearwell.privacy.held import TABLES

    def sorts(columns: Mapping[Sort, str]) -> str:
        return "; ".join(
            f"{sort.value}: {', '.join(f'`{name}`' for name in names.split())}"
            for sort, names in columns.items()
        )

    theirs = [
        (f"`{one.table}`", sorts(one.personal), one.kept, one.erase.value,
         one.not_exported or "yes")
        for one in TABLES
        if one.personal
    ]  # fmt: skip
    team = [(f"`{one.table}`", sorts(one.members), one.kept) for one in TABLES if one.members]
    nobodys = sorted(
        (reason, one.table, names) for one in TABLES for reason, names in one.plain.items() if names
    )
    return page(
        "Personal data",
        "What is held about people, where and for how long. It is made from the tags in "
        "`hearwell/privacy/held`, of which exports and erasures are made, too; a column that can "
        "hold words and has no tag fails a test. How to use them: "
        "[Export or erase a customer](../how-to/export-or-erase-a-customer.md).",
        "## Of customers",
        table(("Table", "What", "Kept", "When the person is erased", "In an export"), theirs),
        "Beside the tables: pictures and files of messages and chats, in the media folder under "
        "the ids of message and visitor. They are in an export and go with an erasure.",
        "## Of the team",
        table(("Table", "What", "Kept"), team),
        "## Of nobody",
        table(
            ("Table", "Columns", "Why"),
            [
                (f"`{name}`", ", ".join(f"`{c}`" for c in names.split()), reason)
                for reason, name, names in sorted(nobodys, key=lambda row: row[1])
            ],
        ),
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
    """What each of our networks can and cannot do; the settings show the same list."""
    from hearwell.connect.reference import connectors_page
    from hearwell.connect.registry import all_connectors

    return f"{MADE}\n\n{connectors_page(all_connectors())}"


def proof() -> str:
    """Connector by capability by proof, from the manifests and each quality.yaml."""
    import yaml

    from hearwell.connect.proof import CAPABILITIES, badge_of, badge_rows
    from hearwell.connect.registry import all_connectors

    ours = [one for one in all_connectors() if type(one).__module__.startswith(CONNECTORS)]
    badges = []
    for one in ours:
        folder = type(one).__module__.removeprefix(CONNECTORS).split(".")[0]
        path = ROOT / "src" / "hearwell" / "connectors" / folder / "quality.yaml"
        quality = yaml.safe_load(path.read_text(encoding="utf-8"))
        is_live = (ROOT / "tests" / "live" / folder).is_dir()
        badges.append(badge_of(one, quality, is_live=is_live))
    return page(
        "What proves each connector",
        "Every connector passes the same [examination](../how-to/write-a-connector.md) on a fake "
        "network: that is `fake`. Beyond it, where its `quality.yaml` names the capability: "
        "`live`, against the network itself or a real server of it; `recorded`, against what the "
        "network really said; `spec`, against its own specification. `contract`: built to the "
        "network's "
        "documents, never spoken to the live network. Under *As a whole*, `live test` says that a "
        "test of ours speaks to a real server, of some of its capabilities, and `spec` that its "
        "requests are checked against the official specification. A dash: there is no such thing.",
        table(
            ("Network", *(name for name, _ in CAPABILITIES), "As a whole", "Exemptions"),
            badge_rows(badges),
        ),
    )


# --- webhooks -------------------------------------------------------------------------------------


def webhooks() -> str:
    """Every kind of event that other systems can be told of, and what each carries."""
    from hearwell.integrations import shapes
    from hearwell.integrations.kinds import KINDS

    rows = [
        (f"`{kind.name}`", str(kind.label), ", ".join(_told(kind)) or NONE)
        for kind in KINDS.values()
    ]
    return page(
        "What webhooks tell",
        "Every body is JSON with `id` (the `webhook-id` header, the same whatever is repeated), "
        "`type`, `version` (1; fields are only added within it), `timestamp` (when it happened), "
        "`workspace` (`id`, `name`) and `data`. How to receive them: "
        "[Tell other systems](../how-to/tell-other-systems.md).",
        table(("Type", "What happened", "In `data`"), rows),
        "A case and a message have the names and forms that the API gives them, as they are when "
        "the event is read, within a second or two: "
        f"`case` {_names(shapes.CASE)}; `message` {_names(shapes.MESSAGE)}.",
        "Only where the webhook asks for what people wrote, besides: "
        f"`case` {_names(shapes.CASE_WORDS)}; `message` {_names(shapes.MESSAGE_WORDS)}.",
        "A person (`actor`, `assignee`, `before`, `author`, `by`, `user`) is `id` and `name`, or "
        "null: nobody, or no person did it. Times are ISO 8601 in UTC, durations whole seconds.",
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _told(kind: Kind) -> list[str]:
    from hearwell.integrations.shapes import told_by

    return [f"`{name}`" for name in told_by(kind)]


# --- facts ----------------------------------------------------------------------------------------


def facts() -> str:
    """What `hearwell reports export` writes."""
    from hearwell.reports.exporting import TABLES

    parts: list[Sequence[str] | str] = []
    for one in TABLES:
        rows = [(f"`{column.name}`", column.kind, column.meaning) for column in one.columns]
        head = f"## {one.name}\n\n{one.meaning} Months are those of `{one.by}`."
        parts += [head, table(("Column", "Type", "Meaning"), rows)]
    return page(
        "Facts as Parquet",
        "What `hearwell reports export` writes "
        "([how](../how-to/read-the-reports.md#in-tools-of-your-own)): "
        "`PLACE/TABLE/workspace=SLUG/month=YYYY-MM/facts.parquet`, the place being a folder or "
        "`s3://BUCKET/PREFIX`. Times are in UTC, durations whole seconds, ids UUIDs as text; what "
        "is not known is null.",
        *parts,
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "personal-data.md": personal_data,
    "events.md": events,
    "connectors.md": connectors,
    "connector-proof.md": proof,
    "webhooks.md": webhooks,
    "facts.md": facts,
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
