"""A fake that misbehaves at one call of many."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from hearwell.connectors.bluesky.fake import Fake

LOST = "lost on purpose"


def once(fake: Fake, path: str, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """Answer the next call of one method so, all others as usual."""

    def watch(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(path):
            return answer(request)
        reply = fake.network.handle(request)
        fake.network.next_answer = watch
        return reply

    fake.network.next_answer = watch
