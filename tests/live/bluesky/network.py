"""A real Bluesky network as a test uses it: started, its PDS killed and restarted, stopped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from hearwell.ops.cluster import Cluster
from tests.cluster_for_tests import FAST
from tests.house import free_port, wait_until
from tests.live.installed import node_modules

HERE = Path(__file__).parent
START_S = 180.0
JWT_SECRET = "the jwt secret of a network for tests"


@dataclass
class Network:
    """A directory (PLC), an app view and one personal data server (PDS), all on loopback."""

    folder: Path
    modules: Path
    database: str
    plc_port: int = field(default_factory=free_port)
    pds_port: int = field(default_factory=free_port)
    view_port: int = field(default_factory=free_port)
    jetstream_port: int = field(default_factory=free_port)
    rotation_key: str = field(default_factory=lambda: secrets.token_hex(32))
    view: subprocess.Popen[str] | None = None
    pds: subprocess.Popen[str] | None = None
    jetstream: subprocess.Popen[str] | None = None
    view_did: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the PDS."""
        return f"http://localhost:{self.pds_port}"

    @property
    def directory(self) -> str:
        """The address of the directory of DIDs."""
        return f"http://localhost:{self.plc_port}"

    @property
    def stream(self) -> str:
        """The address of the Jetstream."""
        return f"ws://localhost:{self.jetstream_port}"

    def start(self) -> None:
        """Start everything and wait until it answers."""
        self.view, self.view_did = self._run("view")
        self.start_pds()

    def start_pds(self) -> None:
        """Start the PDS, on the data it left."""
        (self.folder / "pds").mkdir(exist_ok=True)
        self.pds, _ = self._run("pds")
        wait_until(self._answers, seconds=START_S, what="the PDS")

    def start_jetstream(self) -> None:
        """Hand the firehose on, from now on."""
        if self.jetstream is None:
            self.jetstream, _ = self._run("jetstream")

    def kill_pds(self) -> None:
        """End the PDS as a power cut does."""
        assert self.pds
        self.pds.send_signal(signal.SIGKILL)
        self.pds.wait(30)

    def stop(self) -> None:
        """End both processes."""
        for process in (self.jetstream, self.pds, self.view):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(30)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/xrpc/_health", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _run(self, role: str) -> tuple[subprocess.Popen[str], str]:
        options = {
            "modules": str(self.modules),
            "database": self.database,
            "folder": str(self.folder / "pds"),
            "plc": self.plc_port,
            "pds": self.pds_port,
            "view": self.view_port,
            "jetstream": self.jetstream_port,
            "viewDid": self.view_did,
            "rotationKey": self.rotation_key,
            "jwtSecret": JWT_SECRET,
        }
        process = subprocess.Popen(
            ["node", "--no-deprecation", str(HERE / "network.cjs"), role],
            env={**os.environ, "OPTIONS": json.dumps(options), "LOG_ENABLED": "false"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready: list[str] = []
        threading.Thread(target=self._listen, args=(process, ready), daemon=True).start()
        wait_until(lambda: ready or process.poll() is not None, seconds=START_S, what=f"the {role}")
        assert ready, "".join(self.said)
        return process, ready[0]

    def _listen(self, process: subprocess.Popen[str], ready: list[str]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                self.said.append(line)
                if line.startswith("READY"):
                    ready.append(line.removeprefix("READY").strip())


def expired_token(did: str) -> str:
    """An access token that ran out a minute ago, signed as the PDS signs."""
    then = int(time.time()) - 60
    claims = {
        "scope": "com.atproto.appPass",
        "aud": "did:web:localhost",
        "sub": did,
        "iat": then - 7200,
        "exp": then,
    }
    body = ".".join(
        _encoded(json.dumps(p).encode()) for p in ({"typ": "at+jwt", "alg": "HS256"}, claims)
    )
    signature = hmac.new(JWT_SECRET.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{_encoded(signature)}"


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@contextmanager
def running_network() -> Iterator[Network]:
    """Have a fresh network during the block. Skips the test where there is no node."""
    modules = node_modules("bluesky", HERE / "package.json")
    folder = Path(tempfile.mkdtemp(prefix="hw-bluesky-"))
    cluster = Cluster(folder / "postgresql", settings=FAST)
    network: Network | None = None
    try:
        cluster.start()
        with psycopg.connect(cluster.conninfo("postgres", "postgres"), autocommit=True) as server:
            server.execute("CREATE DATABASE appview")
        # node's pg wants a host in the address even where the socket is named beside it.
        address = f"postgresql://postgres@localhost/appview?host={cluster.socket_folder}"
        network = Network(folder, modules, address)
        network.start()
        yield network
    finally:
        if network is not None:
            network.stop()
        cluster.stop(is_urgent=True)
        shutil.rmtree(folder, ignore_errors=True)
