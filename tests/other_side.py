"""Somebody else's system on loopback: keeps orders, refunds once for each key, fails as told."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

HANG_S = 1.6


@dataclass
class OtherSide:
    """Where it is, what it has, what it did, how the next calls go wrong.

    `faults`: hang_after, break_after, cut_after (acted, then nobody answers), hang_before,
    break_before, busy, refuse, garbage, away, huge; kill_before, kill_after: whoever calls is dead
    then (by the process that it says in X-Pid). `look_faults`: break, kill.
    """

    origin: str
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    acts: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    look_faults: deque[str] = field(default_factory=deque)
    asked: list[tuple[str, str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    # What acted but keeps no trace for so many look-ups: a system that is slow to show.
    blind: int = 0
    killed: int = 0


class _Handler(BaseHTTPRequestHandler):
    side: OtherSide

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else {}
        parts = urlsplit(self.path)
        self.side.asked.append((method, self.path, dict(self.headers), body))
        try:
            if parts.path == "/api/acts":
                self._look(parse_qs(parts.query).get("key", [""])[0])
            elif method == "GET":
                self._read(unquote(parts.path).rpartition("/")[2])
            else:
                self._act(parts.path, body)
        except OSError:  # the caller has hung up
            self.close_connection = True

    def _look(self, key: str) -> None:
        fault = self.side.look_faults.popleft() if self.side.look_faults else ""
        if fault == "break":
            return self._say(500, {"message": "later"})
        if fault == "kill":
            return self._kill()
        if self.side.blind:
            self.side.blind -= 1
            return self._say(404, {})
        found = self.side.acts.get(key)
        return self._say(200, found) if found else self._say(404, {"message": "no such act"})

    def _read(self, ref: str) -> None:
        fault = self.side.faults.popleft() if self.side.faults else ""
        if fault == "garbage":
            return self._raw(200, b"<html>not json")
        if fault == "huge":
            return self._raw(200, b'{"x": "' + b"a" * 400_000 + b'"}')
        if fault == "hang_before":
            time.sleep(HANG_S)
        order = self.side.orders.get(ref)
        return self._say(200, {"order": order}) if order else self._say(404, {"message": "none"})

    def _act(self, path: str, body: dict[str, Any]) -> None:
        fault = self.side.faults.popleft() if self.side.faults else ""
        if fault == "hang_before":
            time.sleep(HANG_S)
            return self._say(503, {})
        if fault == "kill_before":
            return self._kill()
        if fault in ("break_before", "busy", "refuse", "away"):
            status = {"break_before": 500, "busy": 429, "refuse": 422, "away": 302}[fault]
            return self._say(status, {"message": "Not this order: it was refunded <b>before</b>."})
        return self._acted(fault, self._do(path, body))

    def _acted(self, fault: str, made: dict[str, Any]) -> None:
        if fault == "kill_after":
            return self._kill()
        if fault == "hang_after":
            time.sleep(HANG_S)
        if fault == "cut_after":
            self.close_connection = True
            return None
        if fault == "break_after":
            return self._say(500, {"message": "oops"})
        if fault == "garbage":
            return self._raw(200, b"OK")
        return self._say(201, made)

    def _do(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = self.headers.get("Idempotency-Key", "")
        known = self.side.acts.get(key)
        if known is not None:
            return known
        if path.endswith("/undo"):
            self.side.undone.append(path.split("/")[-2])
        self.side.done.append(key)
        made = {"id": f"R{len(self.side.done)}", "status": "refunded", "asked": body}
        self.side.acts[key] = made
        return made

    def _kill(self) -> None:
        os.kill(int(self.headers["X-Pid"]), signal.SIGKILL)
        self.side.killed += 1
        self.close_connection = True

    def _say(self, status: int, document: Any) -> None:
        self._raw(status, json.dumps(document).encode())

    def _raw(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def other_side() -> Iterator[OtherSide]:
    """Run one on a free port."""
    handler = type("Handler", (_Handler,), {})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    listening.daemon_threads = True
    side = OtherSide(f"http://127.0.0.1:{listening.server_port}")
    handler.side = side  # type: ignore[attr-defined]
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield side
    finally:
        listening.shutdown()
        thread.join(5)
        listening.server_close()
