"""The hub of one web process: one LISTEN connection in, every open screen out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import Error

from hearwell.accounts.services.signins import CHANNEL as SIGNED_OUT_CHANNEL
from hearwell.channels.services.connecting import ENDPOINTS_CHANNEL
from hearwell.events.notifier import LIVE_CHANNEL
from hearwell.gateway import presence
from hearwell.gateway.chat import streams
from hearwell.gateway.news import News, read_counts, read_news
from hearwell.gateway.screens import Screen, distinct_users
from hearwell.gateway.viewers import revoked
from hearwell.kit.direct import open_direct_async

log = structlog.get_logger(__name__)
COUNTS_EVERY_S, NEWS_EVERY_S = 0.25, 0.05
RECHECK_EVERY_S, EXPIRE_EVERY_S, CATCH_UP_EVERY_S = 15.0, 1.0, 15.0
LONGEST_RETRY_S = 10.0


class Feed:
    """The screens of one workspace; reads once for all of them."""

    def __init__(self, workspace_id: UUID, seq: int) -> None:
        self.workspace_id, self.seq = workspace_id, seq
        self.screens: set[Screen] = set()
        self.stir = asyncio.Event()
        self._counted_at = 0.0
        self._is_count_due = False

    async def run(self) -> None:
        """Tell the screens what is new whenever something stirs, until cancelled."""
        while True:
            await self._wait()
            try:
                await self._tell_news()
                await self._tell_counts()
            except Error as error:
                log.warning("live_interrupted", error_type=type(error).__name__)
                await asyncio.sleep(1.0)
                self.stir.set()
            await asyncio.sleep(NEWS_EVERY_S)

    async def _wait(self) -> None:
        """Wait for a stir; with counts still owed, no longer than until they may be told."""
        due = self._counted_at + COUNTS_EVERY_S - time.monotonic() if self._is_count_due else None
        try:
            await asyncio.wait_for(self.stir.wait(), None if due is None else max(due, 0.001))
        except TimeoutError:
            return
        self.stir.clear()

    async def _tell_news(self) -> None:
        news = News(self.seq, is_more=True)
        while news.is_more:
            news = await asyncio.to_thread(read_news, self.workspace_id, self.seq)
            if not news.happenings:
                return
            self.seq, self._is_count_due = news.seq, True
            for screen in list(self.screens):
                screen.tell_news(news)
                # Many screens must not hold up the hooks on the same loop.
                await asyncio.sleep(0)

    async def _tell_counts(self) -> None:
        if not self._is_count_due or time.monotonic() - self._counted_at < COUNTS_EVERY_S:
            return
        self._is_count_due, self._counted_at = False, time.monotonic()
        screens = list(self.screens)
        counts = await asyncio.to_thread(read_counts, self.workspace_id, distinct_users(screens))
        for screen in screens:
            screen.tell("counts", {"queues": dict(counts.get(screen.viewer.user_id, {}))})


class Hub:
    """Feeds by workspace, presence, and the notifications that move them."""

    def __init__(self, forget_endpoints: Callable[[], None], chats: streams.Chats) -> None:
        self.presence = presence.Presence()
        self.chats = chats
        self._feeds: dict[UUID, tuple[Feed, asyncio.Task[None]]] = {}
        self._forget_endpoints = forget_endpoints
        self._tasks: list[asyncio.Task[None]] = []
        self._rechecks = asyncio.Event()
        self._is_closing = False

    def start(self) -> None:
        """Start listening."""
        jobs = (self._listen(), self._expire(), self._recheck(), self._catch_up())
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """End every stream and all tasks."""
        self.end_streams()
        tasks = [*self._tasks, *(task for _, task in self._feeds.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def end_streams(self) -> None:
        """End every stream; the screens come back by themselves."""
        self._is_closing = True
        for screen in self._screens():
            screen.end()
        self.chats.end_streams()

    def join(self, screen: Screen) -> None:
        """Add a screen to its workspace's feed, which starts with it."""
        workspace_id = screen.viewer.workspace_id
        if workspace_id not in self._feeds:
            feed = Feed(workspace_id, screen.seq)
            self._feeds[workspace_id] = (feed, asyncio.create_task(feed.run()))
        self._feeds[workspace_id][0].screens.add(screen)
        for place in self.presence.places(workspace_id):
            screen.tell("presence", self.presence.shown(place))
        if self._is_closing:
            screen.end()

    def leave(self, screen: Screen) -> None:
        """Remove a screen; the last one takes its feed along."""
        feed, task = self._feeds[screen.viewer.workspace_id]
        feed.screens.discard(screen)
        if not feed.screens:
            task.cancel()
            del self._feeds[screen.viewer.workspace_id]

    def _screens(self) -> list[Screen]:
        return [screen for feed, _ in self._feeds.values() for screen in feed.screens]

    async def _listen(self) -> None:
        """Hold the one LISTEN connection, forever; what was missed meanwhile is caught up."""
        pause = 0.2
        while True:
            try:
                async with await open_direct_async() as connection:
                    for name in (
                        LIVE_CHANNEL,
                        presence.CHANNEL,
                        ENDPOINTS_CHANNEL,
                        streams.CHANNEL,
                        SIGNED_OUT_CHANNEL,
                    ):
                        await connection.execute(f"LISTEN {name}")
                    self._forget_endpoints()
                    self._stir_all()
                    pause = 0.2
                    async for notification in connection.notifies():
                        self._hear(notification)
            except psycopg.OperationalError as error:
                log.warning("live_listen_interrupted", error_type=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RETRY_S)

    def _hear(self, notification: psycopg.Notify) -> None:
        try:
            if notification.channel == ENDPOINTS_CHANNEL:
                self._forget_endpoints()
            elif notification.channel == presence.CHANNEL:
                self._tell_presence(self.presence.hear(json.loads(notification.payload)))
            elif notification.channel == SIGNED_OUT_CHANNEL:
                self._rechecks.set()
            elif notification.channel == streams.CHANNEL:
                self.chats.hear(json.loads(notification.payload))
            else:
                self._stir(UUID(json.loads(notification.payload)["workspace"]))
        except (ValueError, KeyError, TypeError):
            log.exception("notification_unreadable", name=notification.channel)

    def _stir(self, workspace_id: UUID) -> None:
        if workspace_id in self._feeds:
            self._feeds[workspace_id][0].stir.set()

    def _stir_all(self) -> None:
        for feed, _ in self._feeds.values():
            feed.stir.set()
        self.chats.stir_all()

    def _tell_presence(self, place: presence.Place | None) -> None:
        if place is None:
            return
        is_here, is_writing = self.presence.team_at(place)
        self.chats.show_team(place[1], is_here=is_here, is_writing=is_writing)
        if place[0] not in self._feeds:
            return
        shown: dict[str, Any] = self.presence.shown(place)
        for screen in self._feeds[place[0]][0].screens:
            screen.tell("presence", shown)

    async def _expire(self) -> None:
        while True:
            await asyncio.sleep(EXPIRE_EVERY_S)
            for place in self.presence.expire():
                self._tell_presence(place)

    async def _catch_up(self) -> None:
        """Look without being told, now and then: a notification is only a hint."""
        while True:
            await asyncio.sleep(CATCH_UP_EVERY_S)
            self._stir_all()

    async def _recheck(self) -> None:
        """End the streams of those who signed out, lost their membership or changed password.

        At once where we are told of it, else by looking now and then.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rechecks.wait(), RECHECK_EVERY_S)
            self._rechecks.clear()
            await self.recheck()

    async def recheck(self) -> None:
        """Check every viewer now."""
        screens = self._screens()
        if not screens:
            return
        try:
            gone = await asyncio.to_thread(revoked, {screen.viewer for screen in screens})
        except Error as error:
            log.warning("recheck_interrupted", error_type=type(error).__name__)
            return
        for screen in screens:
            if screen.viewer in gone:
                screen.end("signed_out")
