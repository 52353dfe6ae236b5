"""`hearwell up`: the whole house on one machine, from nothing, in one process tree.

Everything is loaded once, by the supervisor; web, worker and listener are forks of it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import IO

from hearwell.config import freshness, serving
from hearwell.config.addresses import embedded_cluster
from hearwell.config.environment import Environment, ProcessRole, read_environment
from hearwell.config.external import adopt
from hearwell.config.secrets import make_secret_key
from hearwell.config.wiring import own_origins
from hearwell.ops.cluster import SUPERUSER, Cluster
from hearwell.ops.forking import Closable, Fork
from hearwell.ops.reviving import Reviver
from hearwell.ops.roles import DATABASE, UnfitDatabaseError, prepare_database, prepare_roles
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
    with only_one(environment.data, environment.url) as lock:
        listener = _listening_socket(environment)
        make_secret_key(environment)
        supervisor = Supervisor(_children(environment, listener, lock), report)
        supervisor.catch_signals()
        with listener, running_database(environment) as database:
            if database is not None:
                supervisor.look_after = Reviver(database, report)
            if not supervisor.is_stopping:
                _serve(Preparation(environment, (lock, listener)), supervisor, report)
    report("Hearwell has stopped.")


def _serve(preparation: Preparation, supervisor: Supervisor, report: Report) -> None:
    environment = preparation.environment
    serving.load()
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


def _children(environment: Environment, listener: socket.socket, lock: IO[str]) -> list[Child]:
    common = process_variables(environment)
    # Our own sandbox network answers on our own address, and nothing else inside may be called.
    egress = " ".join(dict.fromkeys([*environment.egress_allow, *own_origins(environment)]))
    outgoing = {**common, "HEARWELL_EGRESS_ALLOW": egress}
    door = partial(_said_in_one_line, partial(serving.web, listener))
    forks = (
        Fork("web", door, common, (lock,)),
        Fork("worker", partial(_said_in_one_line, serving.worker), outgoing, (lock, listener)),
        Fork("listen", partial(_said_in_one_line, serving.listen), outgoing, (lock, listener)),
    )
    return [Child(fork.name, fork.begin) for fork in forks]


def _said_in_one_line(work: Callable[[], object]) -> None:
    """Do a child's work; what the operator can do something about ends it with one line."""
    try:
        work()
    except UnfitDatabaseError as error:
        message = f"Error: {error}"
        raise SystemExit(message) from error


def process_variables(environment: Environment) -> Mapping[str, str]:
    """Return the variables by which a child finds the same house."""
    return {
        "DATA": str(environment.data),
        "PORT": str(environment.port),
        "HEARWELL_URL": environment.url,
        "PYTHONUNBUFFERED": "1",
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
    return listener


@dataclass
class Preparation:
    """`hearwell prepare` before anything serves; beside it, if only the link is wanted."""

    environment: Environment
    lets_go: Collection[Closable]
    process: BaseProcess | None = None
    is_fresh: bool = False
    answer: Connection | None = None

    def begin(self) -> None:
        """Prepare to the end, unless the last start has left nothing to do."""
        self.is_fresh = freshness.is_prepared(self.environment)
        if self.is_fresh and freshness.has_owner(self.environment):
            return
        self.answer, theirs = Pipe(duplex=False)
        work = partial(_prepare, theirs, only_link=self.is_fresh)
        variables = process_variables(self.environment)
        self.process = Fork("prepare", work, variables, self.lets_go).begin()
        theirs.close()
        if not self.is_fresh:
            self.process.join(PREPARE_S)
            self._raise_if_failed()

    def is_done(self) -> bool:
        """Tell whether the link is there, if one is wanted."""
        return self.process is None or self.process.exitcode is not None

    def link(self) -> str:
        """Return the path of the first owner's link, or "" once there is an owner."""
        if self.process is None or self.answer is None:
            return ""
        self.process.join()
        self._raise_if_failed()
        with self.answer:
            found = str(self.answer.recv())
        freshness.note_prepared(self.environment, has_owner=not found)
        return found

    def _raise_if_failed(self) -> None:
        if self.process and self.process.exitcode != 0:
            message = "The database could not be prepared (see above)."
            raise CannotStartError(message)


def _prepare(answer: Connection, *, only_link: bool) -> None:
    """Prepare in a process of its own, and say the path of the first owner's link."""
    from hearwell.config import prepare as story

    serving.become(ProcessRole.MIGRATE)
    if not only_link:
        _said_in_one_line(partial(story.prepare, read_environment()))
    answer.send(story.first_sign_in_path())


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
