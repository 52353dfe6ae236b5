"""Nothing calls out but the guarded clients, and the lint that says so finds what does."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "hearwell"
egress = import_module("tools.egress")

CALLS_OUT = [
    "import requests",
    "import requests as r",
    "from requests import get",
    "import urllib.request",
    "from urllib.request import urlopen as fetch",
    "from urllib import request",
    "import http.client",
    "from http.client import HTTPSConnection",
    "from http import client",
    "import httpcore",
    "import httpx\nhttpx.get('https://example.com')",
    "import httpx\nwith httpx.Client() as client: pass",
    "import httpx\nclient = httpx.AsyncClient(timeout=1)",
    "import httpx as x\nx.post('https://example.com')",
    "from httpx import Client",
    "from httpx import AsyncClient as A",
    "from httpx import get",
    "import httpx\nclass Mine(httpx.Client): pass",
    "import httpx\nmake = functools.partial(httpx.Client, timeout=1)",
    "import httpx\nhttpx.Client(transport=httpx.HTTPTransport())",
    "import socket\nsocket.create_connection(('example.com', 80))",
    "import socket\ns = socket.socket()\ns.connect(('example.com', 80))",
    "import socket as so\nso.socket(so.AF_INET)",
    "from socket import create_connection",
    "from socket import socket as S\nS()",
    "import socket\nsocket.getaddrinfo('example.com', 80)",
    "import asyncio\nasyncio.open_connection('example.com', 80)",
    "from asyncio import open_connection",
    "loop.create_connection(None, 'example.com', 80)",
    "loop.sock_connect(s, ('example.com', 80))",
    "s.sendto(b'', ('example.com', 53))",
    "import smtplib",
    "from smtplib import SMTP",
    "import imaplib",
    "import poplib",
    "import ftplib",
    "import telnetlib",
    "from xmlrpc.client import ServerProxy",
    "from xmlrpc import client",
    "import websockets",
    "from websockets.asyncio.client import connect",
    "import aiohttp",
    "import importlib\nimportlib.import_module('requests')",
    "from importlib import import_module\nimport_module('urllib.request')",
    "__import__('httpx').get('https://example.com')",
    "def inside():\n    import smtplib",
]
HARMLESS = [
    "import httpx\ntry: pass\nexcept httpx.HTTPError: pass",
    "import httpx\ndef ask(client: httpx.Client) -> httpx.Response: ...",
    "import httpx\nOpen = Callable[[str], httpx.Client]",
    "import httpx\nclient = httpx.Client(transport=httpx.MockTransport(answer))",
    "from smtplib import SMTPException, SMTPSenderRefused",
    "from http import HTTPStatus",
    "from http.server import BaseHTTPRequestHandler",
    "from urllib.parse import urlsplit",
    "import socket\nname = socket.gethostname()",
    "import socket\ndef on(line: socket.socket) -> None: ...",
    "from websockets.exceptions import WebSocketException",
    "from hearwell.kit import http\nhttp.client(None)",
]


@pytest.mark.parametrize("code", CALLS_OUT)
def test_what_calls_out_is_found(code):
    assert list(egress.ways_out(ast.parse(code)))


@pytest.mark.parametrize("code", HARMLESS)
def test_what_does_not_is_left_alone(code):
    assert not list(egress.ways_out(ast.parse(code)))


def test_nothing_of_ours_calls_out_past_the_guard():
    found = [
        complaint
        for path in sorted(SOURCE.rglob("*.py"))
        for complaint in egress.complaints(path, SOURCE, ast.parse(path.read_text()))
    ]
    assert not found


def test_every_exception_has_a_file_and_a_reason():
    for name, (allowed, why) in egress.EXCEPTIONS.items():
        assert (SOURCE / name).is_file(), name
        assert allowed, name
        assert len(why) > 20, name


def test_an_exception_that_is_no_longer_needed_is_said():
    path = SOURCE / "kit" / "http.py"
    said = list(egress.complaints(path, SOURCE, ast.parse("import httpcore")))
    assert len(said) == len(egress.EXCEPTIONS["kit/http.py"][0]) - 1
    assert all("no longer needs" in one for one in said)
