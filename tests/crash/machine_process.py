"""Three machines: on each a door, a worker, a sender, a listener and a desk, which may die.

Started by `machines.machines`; each is a process of its own, forked from one that has loaded
everything once. A machine has a folder of its own and shares with the others what it must: the
keys and the key that signs sessions are copies, `media` is one folder. Environment: LAB_FOLDER,
LAB_SOCKETS (descriptors to listen on, one a machine), LAB_NETWORK (its address).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

from tests.crash.house_process import SWEEPS, answer, hurry, say_who_calls
from tests.crash.keeping import Work, keep_alive

KINDS = ("web", "worker", "sender", "listen", "desk")
# Beside what the laboratory needs, one with an effect that people see.
SWEPT = {*SWEEPS, "sla.breaches"}


def furnish(folder: Path) -> str:
    """Make the workspace, and note what the test has to know of it. Returns its id."""
    from django.db import connections

    from hearwell.accounts.models import User
    from tests.crash import laboratory
    from tests.gateway.watching import signed_in

    workspace_id, hooks = laboratory.furnish(os.environ["LAB_NETWORK"])
    cookie = signed_in(User.objects.get())
    connections.close_all()
    facts = {"workspace": str(workspace_id), "hooks": hooks, "cookie": cookie}
    (folder / "furnished.new").write_text(json.dumps(facts))
    (folder / "furnished.new").rename(folder / "furnished.json")
    return str(workspace_id)


def make_machines(folder: Path, how_many: int) -> list[Path]:
    """Make a folder for each machine, with what all of them must have alike."""
    from django.conf import settings

    (folder / "media").mkdir()
    made = [folder / f"machine-{n}" for n in range(how_many)]
    for data in made:
        shutil.copytree(settings.HEARWELL_KEYS, data / "keys")
        (data / "media").symlink_to(folder / "media")
    return made


def settle_in(data: Path, role: str) -> None:
    """Be a process of one machine, of one role."""
    from django.conf import settings
    from django.db import connections

    from hearwell.config.addresses import database_url, django_database
    from hearwell.config.environment import ProcessRole

    settings.HEARWELL_DATA, settings.HEARWELL_ROLE = data, role
    settings.MEDIA_ROOT = data / "media"
    settings.HEARWELL_KEYS = settings.HEARWELL_KEYS_DIR = data / "keys"
    address = database_url(settings.ENVIRONMENT, ProcessRole(role))
    connections["default"].settings_dict.update(django_database(address))


def web(data: Path, descriptor: int) -> None:
    """Be the door and the pages of a machine."""
    from django.conf import settings

    from hearwell.config.processes import serve_web

    settle_in(data, "web")
    serve_web(settings.ENVIRONMENT, os.dup(descriptor))


def worker(data: Path) -> None:
    """Do all jobs but sending."""
    from hearwell.config.processes import run_worker

    settle_in(data, "worker")
    run_worker(["inbound", "default"])


def sender(data: Path) -> None:
    """Send, and nothing else."""
    from hearwell.config.processes import run_worker

    settle_in(data, "worker")
    run_worker(["outbound"])


def listen(data: Path) -> None:
    """Hear the accounts that this machine is given, and number events."""
    from hearwell.config.processes import run_listener

    settle_in(data, "listen")
    run_listener()


def desk(data: Path) -> None:
    """Answer whoever has no answer; the other machines' desks do it at the same time."""
    settle_in(data, "worker")
    answer(0.5)


def processes_of(data: Path, descriptor: int) -> list[Work]:
    """All of one machine, in the order of KINDS."""
    others: list[Callable[[Path], None]] = [worker, sender, listen, desk]
    return [partial(web, data, descriptor), *(partial(other, data) for other in others)]


def main() -> None:
    """Keep the processes of all machines alive."""
    django.setup()
    from django.conf import settings

    import hearwell.config.asgi
    import hearwell.inbox.reply
    import hearwell.outbound.sender  # noqa: F401 -- loaded once, before the forks
    from hearwell.kit.seal import make_keys

    folder = Path(os.environ["LAB_FOLDER"])
    sockets = [int(one) for one in os.environ["LAB_SOCKETS"].split(",")]
    hurry(SWEPT)
    say_who_calls()
    make_keys(settings.HEARWELL_KEYS)
    os.environ["LAB_WORKSPACE"] = furnish(folder)
    machines = make_machines(folder, len(sockets))
    works = [
        work
        for data, descriptor in zip(machines, sockets, strict=True)
        for work in processes_of(data, descriptor)
    ]
    keep_alive(works, folder / "book")


if __name__ == "__main__":
    main()
