"""A small server that speaks the chat completions protocol, on loopback: it says what it is told.

Each answer is scripted by what a test puts into `script`; without one it labels by a plain rule, so
that a comparison has something true in it. What it was asked is kept, headers and all.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], "Say"]


@dataclass(frozen=True)
class Say:
    """What is answered: a status, the words of the model or raw bytes, how late, with what."""

    words: str = ""
    status: int = 200
    raw: bytes | None = None
    late_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    usage: dict[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 300, "completion_tokens": 20}
    )

    @property
    def body(self) -> bytes:
        """The bytes of a chat completion, unless raw ones are given."""
        if self.raw is not None:
            return self.raw
        answer: dict[str, Any] = {
            "id": "c-1",
            "object": "chat.completion",
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": self.words},
                 "finish_reason": "stop"}
            ],
        }  # fmt: skip
        if self.usage is not None:
            answer["usage"] = self.usage
        return json.dumps(answer).encode()


def labels(**changes: Any) -> Say:
    """Say labels that are as they should be, but for the changes."""
    said = {"duty": "answer", "kind": "complaint", "urgency": 1, "certainty": 0.9} | changes
    return Say(json.dumps(said))


def by_rule(asked: dict[str, Any]) -> Say:
    """Label by a plain rule, or draft a plain sentence."""
    data = json.loads(asked["messages"][1]["content"])
    if "message" not in data:
        return Say(json.dumps({"reply": "Thank you, we look into it."}))
    is_asking = "?" in data["message"]
    return labels(kind="question" if is_asking else "complaint")


@dataclass
class ModelServer:
    """Where it is, what it says next, what it was asked."""

    origin: str
    script: Script = by_rule
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The base that somebody enters."""
        return f"{self.origin}/v1"

    def says(self, say: Say) -> None:
        """Say this to everybody from now on."""
        self.script = lambda _asked: say

    def data(self, at: int = -1) -> dict[str, Any]:
        """What stood in the user turn of a call."""
        read: dict[str, Any] = json.loads(self.asked[at]["messages"][1]["content"])
        return read


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Run one on a free port."""
    served: list[ModelServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server = served[0]
            server.asked.append(body)
            server.headers.append(dict(self.headers))
            server.paths.append(self.path)
            say = server.script(body)
            if say.late_s:
                time.sleep(say.late_s)
            try:
                self.send_response(say.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(say.body)))
                for name, value in say.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(say.body)
            except OSError:  # the caller has hung up
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    served.append(ModelServer(f"http://127.0.0.1:{listening.server_port}"))
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield served[0]
    finally:
        listening.shutdown()
        thread.join(5)
        listening.server_close()
