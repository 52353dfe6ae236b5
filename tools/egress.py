"""Nothing leaves this system but by the guarded clients of `kit`. Imports alone cannot show it.

Forbidden are modules that call out (requests, smtplib, …), and of modules that have other uses the
names that open a connection (`httpx.Client`, `socket.create_connection`, …). Each exception names
its file, what it may use there, and why that cannot be talked into reaching inside; one that is
no longer needed is a complaint, too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

MODULES: Final = frozenset({
    "aiohttp", "anyio", "boto3", "botocore", "curl_cffi", "dns", "ftplib", "grpc", "h11", "h2",
    "http.client", "httpcore", "httpx2", "imaplib", "niquests", "nntplib", "paramiko", "poplib",
    "pycurl", "requests", "smtplib", "socks", "telnetlib", "trio", "urllib.request", "urllib3",
    "websocket", "websockets", "wsproto", "xmlrpc.client",
})  # fmt: skip
NAMES: Final = frozenset({
    "httpx.AsyncClient", "httpx.AsyncHTTPTransport", "httpx.Client", "httpx.HTTPTransport",
    "httpx.delete", "httpx.get", "httpx.head", "httpx.options", "httpx.patch", "httpx.post",
    "httpx.put", "httpx.request", "httpx.stream",
    "asyncio.open_connection", "asyncio.open_unix_connection",
    "socket.create_connection", "socket.fromfd", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.gethostbyname_ex", "socket.getnameinfo", "socket.socket", "socket.socketpair",
    "ssl.get_server_certificate",
})  # fmt: skip
# Of whatever object: an event loop's, a socket's.
METHODS: Final = frozenset({
    "connect_ex", "create_connection", "create_datagram_endpoint", "create_unix_connection",
    "sendto", "sock_connect", "sock_sendto",
})  # fmt: skip
# What fails, not what calls.
HARMLESS: Final = frozenset({
    "smtplib.SMTPException", "smtplib.SMTPSenderRefused", "smtplib.SMTPServerDisconnected",
    "websockets.exceptions",
})  # fmt: skip
_GUARD: Final = "it is the guard: names are resolved once and checked, then connected to"
_GIVEN: Final = "speaks on a socket that kit.sockets opened and it was given"
EXCEPTIONS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "kit/http.py": (
        frozenset({"httpcore", "httpx.Client", "httpx.HTTPTransport", "socket.getaddrinfo"}),
        _GUARD,
    ),
    "kit/http_async.py": (
        frozenset({"httpcore", "httpx.AsyncClient", "httpx.AsyncHTTPTransport"}),
        _GUARD,
    ),
    "kit/sockets.py": (
        frozenset(
            {
                "asyncio.open_connection",
                "socket.create_connection",
                "socket.getaddrinfo",
            }
        ),
        _GUARD,
    ),
    "connectors/email/imap.py": (frozenset({"imaplib"}), _GIVEN),
    "connectors/email/smtp.py": (frozenset({"smtplib"}), _GIVEN),
    "connectors/mastodon/transport.py": (frozenset({"websockets"}), _GIVEN),
    "connectors/bluesky/stream.py": (frozenset({"websockets"}), _GIVEN),
    "connectors/email/limited.py": (
        frozenset({"socket.socketpair"}),
        "a pair between this process and its child; it leads nowhere else",
    ),
    "connectors/email/child.py": (
        frozenset({"socket.socket"}),
        "takes its end of that pair, by number",
    ),
    "config/up.py": (
        frozenset({"http.client", "socket.socket"}),
        "listens, and asks its own web process whether it is ready; the address is the operator's",
    ),
    "ops/doctor/work.py": (
        frozenset({"http.client"}),
        "`hearwell doctor` asks our own web process whether it is ready",
    ),
    "config/processes.py": (
        frozenset({"socket.socket"}),
        "takes the listening socket over, by number",
    ),
    "config/standin.py": (
        frozenset({"httpx.Client"}),
        "`hearwell stand-in`, for developers: calls the address on its command line",
    ),
    "connectors/mastodon/fake.py": (
        frozenset({"httpx.Client"}),
        "on a transport that answers in memory",
    ),
    "connectors/x/streaming.py": (
        frozenset({"httpx.AsyncClient"}),
        "on the transport of a network in memory, where a test gives one",
    ),
}


def complaints(path: Path, source: Path, tree: ast.Module) -> Iterator[str]:
    """Yield one line for each way out in `path` that does not lead through the guard."""
    name = path.relative_to(source).as_posix()
    allowed, _why = EXCEPTIONS.get(name, (frozenset(), ""))
    used = set()
    for line, what in ways_out(tree):
        used.add(what)
        if what not in allowed:
            yield f"src/hearwell/{name}:{line}: {what} calls out past kit.http and kit.sockets"
    for what in sorted(allowed - used):
        yield f"tools/egress.py: {name} no longer needs its exception for {what}"


def ways_out(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, what) for everything in a file that could open a connection by itself."""
    known: dict[str, str] = {}
    types = _types(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node, known)
    for node in ast.walk(tree):
        if id(node) in types:
            continue
        if isinstance(node, ast.Attribute | ast.Name):
            dotted = _dotted(node, known)
            if dotted in NAMES:
                yield node.lineno, dotted
            elif isinstance(node, ast.Attribute) and node.attr in METHODS:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call):
            yield from _imported_by_name(node, known)


def _imported(
    node: ast.Import | ast.ImportFrom, known: dict[str, str]
) -> Iterator[tuple[int, str]]:
    """Note what names stand for; yield modules, and members of modules, that call out."""
    base = f"{node.module}." if isinstance(node, ast.ImportFrom) and not node.level else ""
    for alias in node.names:
        full = base + alias.name
        bound = alias.asname or (alias.name if base else alias.name.partition(".")[0])
        known[bound] = full if alias.asname or base else bound
        found = _module_of(full)
        if found and not any(_is_within(full, harmless) for harmless in HARMLESS):
            yield node.lineno, found
        elif full in NAMES and full != "socket.socket":
            yield node.lineno, full


def _imported_by_name(node: ast.Call, known: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    is_import = _dotted(node.func, known) in ("__import__", "importlib.import_module")
    first = node.args[0] if node.args else None
    if is_import and isinstance(first, ast.Constant) and isinstance(first.value, str):
        found = _module_of(first.value)
        if found or first.value in ("httpx", "socket"):
            yield node.lineno, found or first.value


def _module_of(full: str) -> str:
    return next((module for module in MODULES if _is_within(full, module)), "")


def _is_within(full: str, module: str) -> bool:
    return full == module or full.startswith(f"{module}.")


def _dotted(node: ast.AST, known: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _types(tree: ast.Module) -> set[int]:
    """Return the nodes that name a type and make nothing: annotations, and what stands in [ ].

    A client on a transport in memory makes no connection either.
    """
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            roots.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            roots.append(node.returns)
        elif isinstance(node, ast.Subscript):
            roots.append(node.slice)
        elif isinstance(node, ast.Call) and _is_in_memory(node):
            roots.append(node.func)
    return {id(inner) for root in roots for inner in ast.walk(root)}


def _is_in_memory(node: ast.Call) -> bool:
    transport = next((word.value for word in node.keywords if word.arg == "transport"), None)
    return (
        isinstance(transport, ast.Call)
        and isinstance(transport.func, ast.Attribute)
        and transport.func.attr == "MockTransport"
    )
