"""What must be true before anything serves: tables, rights, keys, static files.

Runs in a process of its own that ends, so that its memory is given back.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from hearwell.config.addresses import database_url
from hearwell.config.environment import Environment, ProcessRole
from hearwell.config.migrating import migrate_patiently
from hearwell.kit.seal import make_keys
from hearwell.ops.roles import grant_foreign_tables, refuse_unfit

FINGERPRINT = ".fingerprint"
# htmx 2: unused here, and its comments look like imports to the one who hashes names.
UNUSED = ["*-2.js", "*-2.min.js", "htmx-2-*"]


def prepare(environment: Environment) -> None:
    """Migrate as the owner, set rights, check the serving roles, collect static files.

    Raises hearwell.ops.roles.UnfitDatabaseError.
    """
    migrate_patiently()
    grant_foreign_tables(database_url(environment, ProcessRole.MIGRATE))
    for role in (ProcessRole.WEB, ProcessRole.WORKER):
        refuse_unfit(database_url(environment, role))
    make_keys(settings.HEARWELL_KEYS)
    _erase_again()
    _collect_static(Path(settings.STATIC_ROOT))


def _erase_again() -> None:
    """Who was erased must not come back with an older copy of the database."""
    from hearwell.privacy.services import erase_again

    erase_again()


def first_sign_in_path() -> str:
    """Return the path of a new one-time link, or "" once there is an owner."""
    from hearwell.accounts.services import AlreadySetUpError, make_login_link

    try:
        return f"/login/link/{make_login_link()}/"
    except AlreadySetUpError:
        return ""


def _collect_static(root: Path) -> None:
    """Collect and hash the static files, unless they are those of the last time."""
    fingerprint = _static_fingerprint()
    mark = root / FINGERPRINT
    if mark.exists() and mark.read_text() == fingerprint:
        return
    call_command(
        "collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED
    )
    mark.write_text(fingerprint)


def _static_fingerprint() -> str:
    facts = []
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            status = Path(storage.path(name)).stat()
            facts.append((name, status.st_size, status.st_mtime_ns))
    return hashlib.sha256(json.dumps(sorted(facts)).encode()).hexdigest()
