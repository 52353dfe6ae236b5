"""``GET /live/wall``: the wallboard's figures, counted and drawn once for all boards of a process.

A board is a member's page, or a screen with a link of its own (`reports.services`). The protocol
is in docs/reference/live-protocol.md.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error, connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hearwell.accounts.models import Workspace
from hearwell.gateway.screens import KEEP_ALIVE_S, PING
from hearwell.gateway.viewers import NotAMemberError, Viewer, revoked, session_key_of, viewer_of
from hearwell.kit.buckets import Buckets, caller_of
from hearwell.kit.clock import now
from hearwell.reports.services import ended_boards, workspace_of_board
from hearwell.reports.wall.shared import COUNTED_EVERY_S, SHARED

log = structlog.get_logger(__name__)
RECHECK_EVERY_S: Final = 5.0
MOST_BOARDS: Final = 500
FRAGMENT: Final = "hearwell/wall/figures.html"
# An address may open so many streams at once, then one in five seconds: a wall of screens comes
# back together after a power cut, and somebody who guesses at links gets nowhere.
OPENINGS: Final = Buckets(burst=60, per_s=0.2)
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Board:
    """One open board. It holds the latest figures only, so that a slow one piles nothing up."""

    def __init__(self, workspace_id: UUID, language: str, proof: Viewer | str) -> None:
        self.workspace_id, self.language, self.proof = workspace_id, language, proof
        self._latest: bytes | None = None
        self._last_word: bytes | None = None
        self._stir = asyncio.Event()

    def show(self, line: bytes) -> None:
        """Put the figures that are to be told next in place of those before."""
        self._latest = line
        self._stir.set()

    def end(self, why: str = "") -> None:
        """End the stream; with a reason, tell the board that it is over."""
        self._last_word = encoded("over", {"why": why}) if why else b""
        self._stir.set()

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield what is told, a ping when nothing was for 15 s."""
        while self._last_word is None:
            try:
                await asyncio.wait_for(self._stir.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield PING
                continue
            self._stir.clear()
            line, self._latest = self._latest, None
            if line is not None and self._last_word is None:
                yield line
        yield self._last_word


class Walls:
    """The boards of one web process, by workspace; each workspace is counted once for all."""

    def __init__(self) -> None:
        self._boards: dict[UUID, set[Board]] = {}
        self._feeds: dict[UUID, asyncio.Task[None]] = {}
        self._drawn: dict[UUID, Mapping[str, bytes]] = {}
        self._rechecking: asyncio.Task[None] | None = None
        self._is_closing = False

    def start(self) -> None:
        """Begin to look who may still watch."""
        self._rechecking = asyncio.create_task(self._recheck())

    async def stop(self) -> None:
        """End every stream and all tasks."""
        self.end_streams()
        tasks = [task for task in (*self._feeds.values(), self._rechecking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def end_streams(self) -> None:
        """End every stream; the boards come back by themselves."""
        self._is_closing = True
        for board in self._all():
            board.end()

    def is_full(self) -> bool:
        """Say whether there is room for no more boards."""
        return len(self._all()) >= MOST_BOARDS

    def join(self, board: Board) -> None:
        """Add a board to its workspace's feed, which starts with it."""
        self._boards.setdefault(board.workspace_id, set()).add(board)
        if board.workspace_id not in self._feeds:
            task = asyncio.create_task(self._feed(board.workspace_id))
            self._feeds[board.workspace_id] = task
        known = self._drawn.get(board.workspace_id, {}).get(board.language)
        if known is not None:
            board.show(known)
        if self._is_closing:
            board.end()

    def leave(self, board: Board) -> None:
        """Remove a board; the last one takes its feed along."""
        boards = self._boards[board.workspace_id]
        boards.discard(board)
        if not boards:
            del self._boards[board.workspace_id]
            self._drawn.pop(board.workspace_id, None)
            self._feeds.pop(board.workspace_id).cancel()

    def _all(self) -> list[Board]:
        return [board for boards in self._boards.values() for board in boards]

    async def _feed(self, workspace_id: UUID) -> None:
        """Count, draw and tell, every few seconds, until cancelled."""
        while True:
            boards = list(self._boards.get(workspace_id, ()))
            try:
                drawn = await asyncio.to_thread(draw, workspace_id, {b.language for b in boards})
                self._drawn[workspace_id] = drawn
                for board in boards:
                    board.show(drawn[board.language])
            except (Error, Workspace.DoesNotExist) as error:
                # The boards say themselves how old their figures are.
                log.warning("wall_not_counted", error_type=type(error).__name__)
            except Exception:  # the next time may go well: nobody else would begin again
                log.exception("wall_not_counted")
            await asyncio.sleep(COUNTED_EVERY_S)

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_EVERY_S)
            await self.recheck()

    async def recheck(self) -> None:
        """End the boards of those who signed out or lost their place, and of links that ended."""
        boards = self._all()
        if not boards:
            return
        try:
            gone = await asyncio.to_thread(_gone, {board.proof for board in boards})
        except Error as error:
            log.warning("wall_recheck_interrupted", error_type=type(error).__name__)
            return
        for board in boards:
            if board.proof in gone:
                board.end("ended" if isinstance(board.proof, str) else "signed_out")


def draw(workspace_id: UUID, languages: Collection[str]) -> Mapping[str, bytes]:
    """Return the event with the figures for each language; counted at most every few seconds."""
    try:
        figures = SHARED.figures(workspace_id)
    finally:
        connection.close()
    found = {}
    for language in languages:
        with translation.override(language), timezone.override(figures.zone):
            html = render_to_string(FRAGMENT, {"wall": figures})
        found[language] = encoded("figures", {"html": html, "now": now().isoformat()})
    return found


def encoded(name: str, data: Mapping[str, object]) -> bytes:
    """Return one event; it has no id, for there is nothing to resume."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _gone(proofs: Collection[Viewer | str]) -> set[Viewer | str]:
    tokens = {proof for proof in proofs if isinstance(proof, str)}
    viewers = {proof for proof in proofs if isinstance(proof, Viewer)}
    try:
        found: set[Viewer | str] = {*ended_boards(tokens)}
        return found | (revoked(viewers) if viewers else set())
    finally:
        connection.close()


async def wall(request: Request) -> Response:
    """Open one board's stream. Who may not watch is told so in it: scripts see no status."""
    walls: Walls = request.app.state.walls
    wait_s = OPENINGS.take(caller_of(request.client.host if request.client else ""))
    if wait_s or walls.is_full():
        return Response(status_code=429, headers={"Retry-After": str(wait_s or 30)})
    try:
        board = await _board(request)
    except Error:
        return Response(status_code=503, headers={"Retry-After": "5"})
    lines = _over(board) if isinstance(board, str) else _lines(walls, board)
    return StreamingResponse(lines, media_type="text/event-stream", headers=_HEADERS)


async def _board(request: Request) -> Board | str:
    """Return the board of who asks, or why there is none."""
    language = request.query_params.get("lang", "")
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    token = request.query_params.get("board")
    if token:
        workspace_id = await asyncio.to_thread(_place_of, token)
        return Board(workspace_id, language, token) if workspace_id else "ended"
    key = session_key_of(request.headers.get("cookie", ""))
    try:
        viewer = await asyncio.to_thread(viewer_of, key) if key else None
    except NotAMemberError:
        viewer = None
    return Board(viewer.workspace_id, language, viewer) if viewer else "signed_out"


def _place_of(token: str) -> UUID | None:
    try:
        return workspace_of_board(token)
    finally:
        connection.close()


async def _over(why: str) -> AsyncIterator[bytes]:
    yield encoded("over", {"why": why})


async def _lines(walls: Walls, board: Board) -> AsyncIterator[bytes]:
    walls.join(board)
    try:
        async for line in board.lines():
            yield line
    finally:
        walls.leave(board)
