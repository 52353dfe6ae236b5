"""A database for one run: embedded, durable settings, migrated, then removed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hearwell.ops.children import run_child
from hearwell.ops.cluster import Cluster
from hearwell.ops.roles import prepare_database, prepare_roles

NAME = "hearwell"


@dataclass(frozen=True)
class Ground:
    """Where such a database is, for each role, and its data folder."""

    data: Path
    owner: str
    app: str
    worker: str

    def environment(self, role: str) -> dict[str, str]:
        """Return the variables under which a process of ours finds this database."""
        return {
            "DATA": str(self.data),
            "DATABASE_URL": self.app,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_WORKER_URL": self.worker,
            "HEARWELL_ROLE": role,
            "HEARWELL_SECRET_KEY": "for one run only",
            "DJANGO_SETTINGS_MODULE": "hearwell.config.settings",
        }


@contextmanager
def ground() -> Iterator[Ground]:
    """Start a cluster as an operator would get it, migrate it, and remove it afterwards.

    Also where we are told to end: for this block's time SIGTERM raises SystemExit.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    data = Path(tempfile.mkdtemp(prefix="hearwell-scratch-"))
    data.chmod(0o755)  # the database's own system user must get through
    cluster = Cluster(data / "postgresql")
    try:
        cluster.start()
        yield _prepared(cluster, data)
    finally:
        cluster.stop(is_urgent=True)
        shutil.rmtree(data, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _prepared(cluster: Cluster, data: Path) -> Ground:
    admin = cluster.conninfo("postgres", "postgres")
    prepare_roles(admin)
    prepare_database(admin, NAME)
    roles = (cluster.conninfo(f"hearwell_{role}", NAME) for role in ("owner", "app", "worker"))
    made = Ground(data, *roles)
    command: list[str | Path] = [Path(sys.executable).with_name("hearwell"), "prepare"]
    environment = {**os.environ, **made.environment("migrate")}
    done = run_child(command, is_killed=True, env=environment, stdout=subprocess.DEVNULL)
    done.check_returncode()
    return made


def set_up_django(made: Ground, role: str) -> None:
    """Load Django in this process, connected as one of its roles."""
    os.environ.update(made.environment(role))
    import django

    django.setup()
