"""One embedded PostgreSQL cluster: made, started as our own child, stopped.

The data folder may lie below a folder that PostgreSQL's user cannot enter (`mktemp -d`
as root makes such ones). Permissions of existing folders are not ours to change, so as
root on Linux the server gets the folder as an open descriptor and calls it
`/proc/self/fd/N`, which needs no right on the way there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hearwell.ops.binaries import program_folder
from hearwell.ops.children import run_child, told_later
from hearwell.ops.parent import send_on_parent_death
from hearwell.ops.system_user import SystemUser, database_user

SUPERUSER = "postgres"
LOGIN_ROLES = ("hearwell_owner", "hearwell_app", "hearwell_worker")
START_S = 60.0
STOP_S = 30.0

# Small, because everything together has to fit into 512 MB while it idles.
SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers": "2",
    "default_text_search_config": "pg_catalog.simple",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "idle_in_transaction_session_timeout": "5min",
}


class ClusterError(RuntimeError):
    """The database cannot be made or started; text for the operator."""


@dataclass
class Cluster:
    """An embedded server whose files live in `folder`.

    `settings` are added to the server's own; `dies_with_us` ends the server when the
    process that started it is killed (Linux).
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    dies_with_us: bool = True
    process: subprocess.Popen[bytes] | None = None
    _user: SystemUser | None = None
    _programs: Path | None = None

    @property
    def user(self) -> SystemUser:
        """The user the server runs as."""
        if self._user is None:
            self._user = database_user()
        return self._user

    @property
    def programs(self) -> Path:
        """The bin/ folder of PostgreSQL that this user can execute."""
        if self._programs is None:
            self._programs = program_folder(self.user, _copies_folder(self.folder, self.user))
        return self._programs

    @property
    def data_folder(self) -> Path:
        """PostgreSQL's own files; the major version is in the name for upgrades."""
        return self.folder / "18"

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: short (a socket's path holds 107 bytes) and 0700."""
        return socket_folder(self.folder)

    def conninfo(self, role: str, database: str) -> str:
        """Return a PostgreSQL URL for a role on this cluster."""
        return f"postgresql://{role}@/{database}?host={self.socket_folder}"

    def start(self) -> None:
        """Make the cluster where it is missing, start it and wait until it answers.

        Raises ClusterError.
        """
        _make_private(self.socket_folder, self.user)
        self._make_data_folder()
        self._stop_leftover()
        with self._server_name() as (name, descriptors):
            if not (self.data_folder / "PG_VERSION").exists():
                self._initialise(name, descriptors)
            self._write_configuration()
            self._launch(name, descriptors)
        self._wait_until_ready()

    def stop(self, *, is_urgent: bool = False) -> None:
        """Stop the server that this object started; no client is waited for."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if is_urgent else signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(STOP_S)
        self.process = None
        _remove_if_empty(self.socket_folder)

    def has_ended(self) -> bool:
        """Say whether the server that this object started runs no more."""
        return self.process is not None and self.process.poll() is not None

    def is_answering(self) -> bool:
        """Tell whether a server accepts connections in our socket folder."""
        command: list[str | Path] = [self.programs / "pg_isready", "-q", "-h", self.socket_folder]
        command += ["-U", SUPERUSER, "-d", SUPERUSER]
        return subprocess.run(command, check=False).returncode == 0

    def run(self, program: str, *arguments: str | Path, **options: object) -> None:
        """Run a client program of this PostgreSQL, as ourselves. Raises CalledProcessError."""
        command = [str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, **options)  # type: ignore[call-overload]

    def server_pid(self) -> int | None:
        """Return the process id in postmaster.pid, or None where there is none."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data_folder / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _make_data_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.data_folder.exists():
            self.data_folder.mkdir(mode=0o700)
            self.user.take_over(self.data_folder)

    def _stop_leftover(self) -> None:
        """End a server that outlived the process that started it."""
        pid = self.server_pid()
        if pid is None or not _is_postgres(pid):
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_S
        while _is_postgres(pid):
            if time.monotonic() > deadline:
                message = f"An older database server (pid {pid}) on {self.folder} does not stop."
                raise ClusterError(message)
            time.sleep(0.05)

    @contextlib.contextmanager
    def _server_name(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield what the server shall call its folder, and descriptors it must inherit."""
        if not (self.user.is_other and sys.platform == "linux"):
            yield str(self.data_folder), ()
            return
        descriptor = os.open(self.data_folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def _initialise(self, name: str, descriptors: tuple[int, ...]) -> None:
        command: list[str | Path] = [
            self.programs / "initdb",
            "-D",
            name,
            "-U",
            SUPERUSER,
            "--auth=peer",
        ]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions", "--no-sync"]
        done = run_child(
            command,
            is_killed=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            pass_fds=descriptors,
            **self.user.popen_options(),
        )
        if done.returncode:
            message = f"initdb failed: {done.stderr.decode(errors='replace').strip()}"
            raise ClusterError(message)

    def _write_configuration(self) -> None:
        """Write who may connect (only we, by the kernel's word) and the settings."""
        roles = (SUPERUSER, *LOGIN_ROLES)
        people = dict.fromkeys((_own_name(), self.user.name))
        self._write("pg_hba.conf", "local all " + ",".join(roles) + " peer map=hearwell\n")
        pairs = [f"hearwell {person} {role}\n" for person in people for role in roles]
        self._write("pg_ident.conf", "".join(pairs))
        settings = {
            **SERVER_SETTINGS,
            "unix_socket_directories": str(self.socket_folder),
            **self.settings,
        }
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        self._write("postgresql.conf", "".join(lines))

    def _write(self, name: str, text: str) -> None:
        # The folder belongs to the server's user: never follow a link it may have put there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(self.data_folder / name, flags, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if self.user.is_other:
                os.fchown(descriptor, self.user.uid, self.user.gid)

    def _launch(self, name: str, descriptors: tuple[int, ...]) -> None:
        log_path = self.folder / "postgresql.log"
        with log_path.open("ab") as log, told_later():
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=descriptors,
                # Its own session: Ctrl-C in the terminal is the supervisor's to hand on.
                start_new_session=True,
                # Threads: the supervisor has none.
                preexec_fn=_follow_parent if self.dies_with_us else None,  # noqa: PLW1509
                **self.user.popen_options(),
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while not self.is_answering():
            if self.process is None or self.process.poll() is not None:
                message = f"The database did not start; see {self.folder / 'postgresql.log'}."
                raise ClusterError(message)
            if time.monotonic() > deadline:
                message = f"The database did not answer within {START_S:.0f} s."
                raise ClusterError(message)
            time.sleep(0.05)


def socket_folder(folder: Path) -> Path:
    """Return the socket folder of the cluster in `folder`: the same for every process."""
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:10]
    uid = os.geteuid()
    if uid == 0:
        parent = Path("/run") if Path("/run").is_dir() else Path("/var/run")
        return parent / f"hearwell-{digest}"
    return Path("/tmp") / f"hearwell-{uid}-{digest}"  # noqa: S108 -- checked by _make_private


def _copies_folder(folder: Path, user: SystemUser) -> Path:
    """Where copies of the programs go: a place every user can reach."""
    return Path("/var/lib/hearwell-postgresql") if user.is_other else folder / "programs"


def _make_private(folder: Path, user: SystemUser) -> None:
    """Make a folder 0700 of `user`; refuse one that somebody else has put there."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        user.take_over(folder)
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid
    if not is_ours or stat.S_IMODE(found.st_mode) & 0o077:
        message = f"{folder} belongs to somebody else; remove it and start again."
        raise ClusterError(message)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _own_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _is_postgres(pid: int) -> bool:
    """Tell whether the process lives and is a PostgreSQL server (ids are used again)."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"postgres" in command


def _follow_parent() -> None:
    """Between fork and exec: a fast shutdown of the server when its parent dies."""
    send_on_parent_death(signal.SIGINT)
