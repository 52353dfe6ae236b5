"""A customer's own site: another origin, a strict content policy, one script tag."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page

PAGE = """<!doctype html>
<html lang="{lang}"{dir}><head><meta charset="utf-8"><title>Northwind Air</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Northwind Air</h1><p>{path}</p><a href="/other">Other page</a></main>
{chat}{line}</body></html>"""


@dataclass
class Site:
    """The site; ``line`` is what its owner pasted, ``chat`` an element of their own, if any."""

    url: str
    house: str
    line: str = ""
    chat: str = ""
    lang: str = "en"
    dir: str = ""
    asked: list[str] = field(default_factory=list)

    def page(self, path: str) -> bytes:
        """Return a page."""
        turn = f' dir="{self.dir}"' if self.dir else ""
        return PAGE.format(
            lang=self.lang, dir=turn, path=path, chat=self.chat, line=self.line
        ).encode()

    @property
    def policy(self) -> str:
        """As strict as a site can be that shows the chat."""
        house = self.house
        return f"default-src 'none'; script-src {house}; connect-src {house}; base-uri 'none'"


@contextmanager
def a_site_with_a_chat(page: Page, house: str) -> Iterator[Site]:
    """Serve a site whose owner has connected its chat in the browser, and pasted the line."""
    with a_site(house) as made:
        page.goto("/settings/networks/connect/webchat/")
        page.get_by_label("Your sites").fill(made.url)
        page.get_by_role("button", name="Check and connect").click()
        made.line = page.get_by_label("Paste this line into your pages").input_value()
        assert made.line.startswith('<script type="module" src="http')
        yield made


@contextmanager
def a_site(house: str) -> Iterator[Site]:
    """Serve a site on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", site.policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}", house)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
