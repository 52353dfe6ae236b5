"""A network's stand-in on this machine: serves a connector's ``fake_network.Network`` over HTTP.

What it would deliver is posted to our hook. Under ``/_control/`` a person, or curl, lets customers
write, edit and delete, and switches each of the network's troubles on and off. For demos and tests;
it listens on the loopback address alone.
"""

from __future__ import annotations

import html
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

import click
import httpx

CONTROL: Final = "/_control/"
_HOP: Final = frozenset({"connection", "transfer-encoding", "content-length", "content-encoding"})
_MOST_BODY: Final = 64 * 1024 * 1024
_SEE_OTHER, _FORBIDDEN, _BAD = 303, 403, 400


class Network(Protocol):
    """What a ``fake_network.Network`` is."""

    TROUBLES: Mapping[str, str]
    trouble: set[str]

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a call of the network's interface."""

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to our hook since it was last asked."""

    def customer_says(self, text: str, **where: Any) -> str:
        """Let a customer write; returns the message's id."""

    def edits(self, ref: str, text: str, /) -> None:
        """Let the author change it."""

    def deletes(self, ref: str, /) -> None:
        """Let the author delete it."""


class NoStandInError(LookupError):
    """The network has nothing that could stand for it."""


def network_named(name: str) -> Network:
    """Return a new stand-in of one of our networks. Raises NoStandInError."""
    try:
        found = import_module(f"hearwell.connectors.{name}.fake_network").Network
    except (ModuleNotFoundError, AttributeError):
        raise NoStandInError(name) from None
    made: Network = found()
    return made


class StandIn:
    """One network behind one port. ``said`` are the ids of what customers wrote, newest last."""

    def __init__(self, network: Network, *, hook: str = "", port: int = 0) -> None:
        self.network = network
        self.said: deque[str] = deque(maxlen=50)
        self.log: deque[str] = deque(maxlen=50)
        self._lock = threading.Lock()
        self._call_at(hook)
        self._client = httpx.Client(timeout=10.0)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self

    @property
    def origin(self) -> str:
        """Where it listens: what HEARWELL_NETWORKS_AT is told."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve in a thread of its own until `close`."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Let the network answer a call of ours, one at a time, then deliver what came of it."""
        with self._lock:
            response = self.network.handle(request)
        self.log.append(f"{request.method} {request.url.path} → {response.status_code}")
        return response

    def act(self, verb: str, given: Mapping[str, str]) -> None:
        """Do what the control page asks for. Raises KeyError for what it has not."""
        with self._lock:
            self._catch_up()
            match verb:
                case "trouble":
                    self._switch(given["name"], is_on=given.get("on") == "1")
                case "say":
                    self.said.append(self.network.customer_says(given["text"]))
                case "edit":
                    self.network.edits(given["id"], given["text"])
                case "delete":
                    self.network.deletes(given["id"])
                case "hook":
                    self._call_at(given.get("url", ""))
                case _:
                    raise KeyError(verb)

    def _catch_up(self) -> None:
        """What people do here happens now: some networks begin in the past."""
        catch_up = getattr(self.network, "catch_up", None)
        if catch_up is not None:
            catch_up()

    def _call_at(self, hook: str) -> None:
        """Deliver there from now on. Some networks sign the address that they call."""
        self.hook = hook
        if hook and isinstance(getattr(self.network, "hook", None), str):
            self.network.hook = hook  # type: ignore[attr-defined]  # not every network has one

    def _switch(self, name: str, *, is_on: bool) -> None:
        if name not in self.network.TROUBLES:
            raise KeyError(name)
        (self.network.trouble.add if is_on else self.network.trouble.discard)(name)

    def deliver(self) -> list[int]:
        """Post to our hook what is due, in its order; returns the answers' status codes."""
        with self._lock:
            due = self.network.deliveries()
        return [self._post(one) for one in due] if self.hook else []

    def _post(self, due: httpx.Request) -> int:
        query = f"?{due.url.query.decode()}" if due.url.query else ""
        headers = {k: v for k, v in due.headers.items() if k not in {"host", *_HOP}}
        body = due.read()
        try:
            told = self._client.request(
                due.method, self.hook + query, content=body, headers=headers
            )
        except httpx.HTTPError as error:
            self.log.append(f"hook: {type(error).__name__}")
            return 0
        self.log.append(f"hook → {told.status_code}")
        return told.status_code

    def page(self) -> str:
        """The control page."""
        return _PAGE.format(
            origin=html.escape(self.origin),
            troubles="".join(map(self._trouble, self.network.TROUBLES.items())),
            said="".join(map(_said, reversed(self.said))),
            hook=html.escape(self.hook),
            log="\n".join(map(html.escape, reversed(self.log))),
        )

    def _trouble(self, one: tuple[str, str]) -> str:
        name, words = one
        is_on = name in self.network.trouble
        return _TROUBLE.format(
            name=html.escape(name),
            words=html.escape(words),
            to="0" if is_on else "1",
            press="Switch off" if is_on else "Switch on",
            state="<b>on</b>" if is_on else "off",
        )


def _said(ref: str) -> str:
    return _SAID.format(ref=html.escape(ref))


class _Server(ThreadingHTTPServer):
    """The port of one stand-in."""

    daemon_threads = True
    stand_in: StandIn


class _Handler(BaseHTTPRequestHandler):
    """Hands control over to the page and everything else to the network."""

    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name there
        """Say nothing: the page shows what was called."""

    def _any(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), _MOST_BODY))
        stand_in, path = self.server.stand_in, urlsplit(self.path).path
        if not self._is_meant(path):
            self._say(httpx.Response(_FORBIDDEN))
            return
        if path.startswith(CONTROL):
            self._say(self._controlled(path.removeprefix(CONTROL).strip("/"), body))
            return
        request = httpx.Request(
            self.command,
            stand_in.origin + self.path,
            headers=list(self.headers.items()),
            content=body,
        )
        self._say(stand_in.answer(request))
        stand_in.deliver()

    def _is_meant(self, path: str) -> bool:
        """Another site's page in the same browser must not press our buttons.

        Nor one whose name leads to this machine meanwhile: it would be of the same origin.
        """
        here = {f"{name}:{self.server.server_port}" for name in ("127.0.0.1", "localhost")}
        host = self.headers.get("host", "")
        origin = self.headers.get("origin", f"http://{host}") if path.startswith(CONTROL) else ""
        return host in here and origin.removeprefix("http://") in {*here, ""}

    def _controlled(self, verb: str, body: bytes) -> httpx.Response:
        stand_in = self.server.stand_in
        if self.command != "POST":
            kind = {"content-type": "text/html; charset=utf-8"}
            return httpx.Response(200, text=stand_in.page(), headers=kind)
        given = {k: v[0] for k, v in parse_qs(body.decode("utf-8", "replace")).items()}
        try:
            stand_in.act(verb, given)
        except KeyError as error:
            return httpx.Response(_BAD, text=f"There is no {error}.")
        stand_in.deliver()
        return httpx.Response(_SEE_OTHER, headers={"location": CONTROL})

    def _say(self, response: httpx.Response) -> None:
        body = response.read()
        self.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            if name not in _HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any  # noqa: N815 -- theirs


@click.command("stand-in")
@click.argument("network")
@click.option("--port", default=9001, show_default=True, help="Where it listens on this machine.")
@click.option("--hook", default="", help="Our webhook's address, from the account's page.")
def stand_in(network: str, port: int, hook: str) -> None:
    """Let something on this machine stand for a network, with its troubles at your hand."""
    try:
        made = StandIn(network_named(network), hook=hook, port=port)
    except NoStandInError:
        message = f"Nothing can stand for {network}."
        raise click.ClickException(message) from None
    click.echo(f"Start Hearwell with HEARWELL_NETWORKS_AT={network}={made.origin}")
    click.echo(f"Customers and troubles: {made.origin}{CONTROL}")
    made.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        made.close()


_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Stand-in</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;max-width:48rem;
margin:1rem auto;padding:0 1rem}}form{{display:inline}}input{{max-width:100%}}
li{{margin:.4rem 0}}pre{{white-space:pre-wrap}}</style>
<h1>Stand-in at {origin}</h1>
<h2>A customer writes</h2>
<form method="post" action="/_control/say"><label>Text <input name="text" required></label>
<button>Say</button></form><ul>{said}</ul>
<h2>Troubles</h2><ul>{troubles}</ul>
<h2>Where it calls us</h2>
<form method="post" action="/_control/hook"><label>Address
<input name="url" size="50" value="{hook}"></label><button>Keep</button></form>
<h2>Calls</h2><pre>{log}</pre></html>"""
_TROUBLE: Final = """<li>{words} ({state})
<form method="post" action="/_control/trouble"><input type="hidden" name="name" value="{name}">
<input type="hidden" name="on" value="{to}"><button aria-label="{press}: {name}">{press}</button>
</form></li>"""
_SAID: Final = """<li><code>{ref}</code>
<form method="post" action="/_control/edit"><input type="hidden" name="id" value="{ref}">
<label>New text <input name="text" required></label><button>Edit</button></form>
<form method="post" action="/_control/delete"><input type="hidden" name="id" value="{ref}">
<button>Delete</button></form></li>"""
