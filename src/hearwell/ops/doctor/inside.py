"""What the database says of itself: roles, guards, tables, partitions, time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, Final

import psycopg

from hearwell.channels.sweeps import KEEP_RAW
from hearwell.kit.clock import now
from hearwell.ops.doctor.finding import Finding, bad, good, look
from hearwell.ops.roles import UnfitDatabaseError, refuse_unfit

Applied = tuple[str, str]
SKEW_S: Final = 2.0
_ROLES_TODO: Final = "docs/how-to/use-your-own-postgresql.md says which roles there must be."
# Read before it is known which workspace somebody is of: docs/reference/tables.md says why.
BEFORE_ANY_SCOPE: Final = (
    "accounts_apitoken", "accounts_loginlink", "accounts_membership", "accounts_signinprovider",
    "channels_lease",
)  # fmt: skip
_UNGUARDED: Final = """
    SELECT c.relname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
      AND c.relname <> ALL (%s)
    ORDER BY c.relname
"""
_TRIGGERS: Final = """
    SELECT count(*) FROM pg_trigger
    WHERE tgname IN ('accounts_audit_block', 'accounts_audit_chain') AND tgenabled = 'O'
"""
_PARTITIONS: Final = """
    SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.channels_rawdelivery'::regclass
      AND c.relname ~ '^channels_rawdelivery_d[0-9]{8}$'
"""


def reach(names: dict[str, str]) -> Iterator[Finding]:
    """Connect as each role, and judge it; `names`: what the process is for -> its connection."""
    for process, address in names.items():
        try:
            refuse_unfit(address)
        except psycopg.OperationalError as error:
            said = " ".join(str(error).split())
            yield bad(
                "Database",
                f"It does not let {process} in: {said}",
                "Start it (`hearwell up` starts the embedded one); else look at DATABASE_URL "
                "and its siblings.",
            )
            return
        except UnfitDatabaseError as error:
            yield bad("Roles", f"{process}: {error}", _ROLES_TODO)
        else:
            yield good("Database", f"Answers {process}, in a role that cannot pass its guards.")


def guards(worker: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Judge whether the guards of the tables are on: row-level security, the audit trail's seal."""
    open_tables = [name for (name,) in worker.execute(_UNGUARDED, [list(BEFORE_ANY_SCOPE)])]
    if open_tables:
        yield bad(
            "Guards",
            f"Row-level security is off: {', '.join(open_tables)}.",
            "Somebody has switched it off by hand: ALTER TABLE … ENABLE and FORCE ROW LEVEL "
            "SECURITY, then find out who and why.",
        )
    row = worker.execute(_TRIGGERS).fetchone()
    if row != (2,):
        yield bad(
            "Guards",
            "The audit trail is not sealed: its triggers are off.",
            "ALTER TABLE accounts_auditrow ENABLE TRIGGER ALL, the same for accounts_auditblock, "
            "then `hearwell audit verify`.",
        )
    if not open_tables and row == (2,):
        yield good("Guards", "Row-level security is on everywhere, the audit trail is sealed.")


def tables(worker: psycopg.Connection[Any], known: Collection[Applied]) -> Iterator[Finding]:
    """Compare what has been applied with the migrations that this version knows."""
    applied = set(worker.execute("SELECT app, name FROM django_migrations"))
    missing = sorted(set(known) - applied)
    if not missing:
        yield good("Tables", f"Those of this version ({len(known)} migrations).")
        return
    names = ", ".join(".".join(one) for one in missing[:3])
    yield bad(
        "Tables",
        f"{len(missing)} migrations of this version are not applied: {names}.",
        "`hearwell prepare` applies them (`hearwell up` does it at each start).",
    )


def partitions(worker: psycopg.Connection[Any], today: date | None = None) -> Iterator[Finding]:
    """Judge whether tomorrow's deliveries have a place, and whether old ones went."""
    today = today or now().date()
    days = {day for (day,) in worker.execute(_PARTITIONS)}
    oldest = today - KEEP_RAW - timedelta(days=2)
    old = sorted(day for day in days if day < oldest)
    if today + timedelta(days=1) not in days:
        yield bad(
            "Partitions",
            "There is no partition for tomorrow's deliveries.",
            "A worker makes them, each hour: let one run, and look at its log for `sweep_failed`.",
        )
    if old:
        yield look(
            "Partitions",
            f"Deliveries since {old[0]} are still kept: some of them were never taken in.",
            "Settings → Networks shows what waits; a day goes once nothing of it does.",
        )
    if today + timedelta(days=1) in days and not old:
        yield good("Partitions", f"Made until {max(days)}, old ones gone.")


def skew(worker: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Compare this machine's clock with the database's."""
    before = time.time()
    row = worker.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    assert row is not None
    apart = abs(row[0] - (before + time.time()) / 2)
    if apart > SKEW_S:
        yield bad(
            "Clock",
            f"This machine and the database are {apart:.0f} s apart.",
            "Run chrony or systemd-timesyncd on both.",
        )
