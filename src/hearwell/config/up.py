"""`hearwell up`: the whole house on one machine, from nothing, in one process tree."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hearwell.config import freshness
from hearwell.config.addresses import embedded_cluster
from hearwell.config.environment import Environment
from hearwell.config.external import adopt
from hearwell.config.secrets import make_secret_key
from hearwell.config.wiring import own_origins
from hearwell.ops.cluster import SUPERUSER, Cluster
from hearwell.ops.reviving import Reviver
from hearwell.ops.roles import DATABASE, prepare_database, prepare_roles
from hearwell.ops.running import AlreadyRunningError, make_data_folder, only_one
from hearwell.ops.supervisor import Child, Supervisor

PREPARE_S = 600
Report = Callable[[str], None]


class CannotStartError(RuntimeError):
    """Something outside is in the way; one line for the operator."""


def up(environment: Environment, report: Report) -> None:
    """Start everything, keep it alive until SIGINT or SIGTERM, stop everything.

    Raises CannotStartError, AlreadyRunningError, and the operator's errors of `ops`.
    """
    make_data_folder(environment.data)
    with only_one(environment.data, environment.url):
        listener = _listening_socket(environment)
        make_secret_key(environment)
        supervisor = Supervisor(_children(environment, listener), report)
        supervisor.catch_signals()
        with listener, running_database(environment) as database:
            if database is not None:
                supervisor.look_after = Reviver(database, report)
            if not supervisor.is_stopping:
                _serve(environment, supervisor, report)
    report("Hearwell has stopped.")


def _serve(environment: Environment, supervisor: Supervisor, report: Report) -> None:
    preparation = Preparation(environment)
    preparation.begin()
    supervisor.start()
    try:
        supervisor.watch(until=lambda: preparation.is_done() and _answers(environment))
        if not supervisor.is_stopping:
            _welcome(environment, preparation.link(), report)
            supervisor.watch()
    finally:
        supervisor.stop()


def _welcome(environment: Environment, link: str, report: Report) -> None:
    report(f"Hearwell is running at {environment.url} (data in {environment.data})")
    if link:
        report(f"Sign in as the first owner (works once, 15 minutes): {environment.url}{link}")


@contextlib.contextmanager
def running_database(environment: Environment) -> Iterator[Cluster | None]:
    """Have the embedded database running during the block; None where it is not ours."""
    if not environment.is_embedded:
        adopt(environment)
        yield None
        return
    cluster = embedded_cluster(environment)
    cluster.start()
    try:
        admin = cluster.conninfo(SUPERUSER, SUPERUSER)
        prepare_roles(admin)
        prepare_database(admin, DATABASE)
        yield cluster
    finally:
        cluster.stop()


@contextlib.contextmanager
def reachable_database(environment: Environment) -> Iterator[None]:
    """Have the database answer during the block: that of a running `up`, else our own.

    For commands beside `up`. Raises CannotStartError where there is no database yet.
    """
    if not environment.is_embedded:
        yield
        return
    cluster = embedded_cluster(environment)
    if not (cluster.data_folder / "PG_VERSION").exists():
        message = f"There is no Hearwell in {environment.data} yet: start `hearwell up` first."
        raise CannotStartError(message)
    try:
        with only_one(environment.data, environment.url), running_database(environment):
            yield
    except AlreadyRunningError:
        yield


def _children(environment: Environment, listener: socket.socket) -> list[Child]:
    hearwell = [sys.executable, "-m", "hearwell"]
    common = process_variables(environment)
    # Our own sandbox network answers on our own address, and nothing else inside may be called.
    egress = " ".join(dict.fromkeys([*environment.egress_allow, *own_origins(environment)]))
    outgoing = {**common, "HEARWELL_EGRESS_ALLOW": egress}
    descriptor = listener.fileno()
    return [
        Child("web", [*hearwell, "web", "--fd", str(descriptor)], common, (descriptor,)),
        Child("worker", [*hearwell, "worker"], outgoing),
        Child("listen", [*hearwell, "listen"], outgoing),
    ]


def process_variables(environment: Environment) -> Mapping[str, str]:
    """Return the variables by which a child finds the same house."""
    return {
        "DATA": str(environment.data),
        "PORT": str(environment.port),
        "HEARWELL_URL": environment.url,
        "PYTHONUNBUFFERED": "1",
        # Idle memory: the allocator's arenas for many threads are most of it.
        "MALLOC_ARENA_MAX": "2",
    }


def _listening_socket(environment: Environment) -> socket.socket:
    """Bind the port before anything is started, and keep it over restarts of the web process."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((environment.bind, environment.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        message = (
            f"Port {environment.port} cannot be used ({error.strerror}): "
            f"choose another one, for example PORT={environment.port + 1} make up"
        )
        raise CannotStartError(message) from error
    listener.set_inheritable(True)
    return listener


@dataclass
class Preparation:
    """`hearwell prepare` before anything serves; beside it, if only the link is wanted."""

    environment: Environment
    process: subprocess.Popen[str] | None = None
    is_fresh: bool = False

    def begin(self) -> None:
        """Prepare to the end, unless the last start has left nothing to do."""
        self.is_fresh = freshness.is_prepared(self.environment)
        if self.is_fresh and freshness.has_owner(self.environment):
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hearwell", "prepare", "--with-link"]
            + ["--only-link"] * self.is_fresh,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **process_variables(self.environment)},
            start_new_session=True,
        )
        if not self.is_fresh:
            self.process.wait(PREPARE_S)
            self._raise_if_failed()

    def is_done(self) -> bool:
        """Tell whether the link is there, if one is wanted."""
        return self.process is None or self.process.poll() is not None

    def link(self) -> str:
        """Return the path of the first owner's link, or "" once there is an owner."""
        if self.process is None:
            return ""
        found = self.process.communicate()[0].strip()
        self._raise_if_failed()
        freshness.note_prepared(self.environment, has_owner=not found)
        return found

    def _raise_if_failed(self) -> None:
        if self.process and self.process.returncode:
            message = "The database could not be prepared (see above)."
            raise CannotStartError(message)


def _answers(environment: Environment) -> bool:
    """Tell whether the web process answers its health page."""
    connection = http.client.HTTPConnection(environment.bind, environment.port, timeout=1)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
