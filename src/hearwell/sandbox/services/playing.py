"""Where the demo's play stands, and how its traces are taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from hearwell.kit.clock import now
from hearwell.sandbox.models import DirectMessage, Entry, Play, Post, Profile


class Timed(Protocol):
    """Anything with a moment."""

    @property
    def at(self) -> datetime:
        """When it is due."""


def begin(workspace_id: UUID) -> None:
    """Raise the curtain; a play that was stopped goes on where it was."""
    play, is_new = Play.objects.get_or_create(workspace_id=workspace_id)
    if not is_new and play.ended_at is not None:
        play.ended_at, play.next_at = None, now()
        play.save(update_fields=["ended_at", "next_at"])
    _wake(workspace_id)


def _wake(workspace_id: UUID) -> None:
    from hearwell.sandbox.tasks import wake_play

    transaction.on_commit(lambda: wake_play(workspace_id))


def advance(said: int, every: Sequence[Timed]) -> None:
    """Note how many lines have been said, and when the next one is due."""
    play = Play.objects.select_for_update().get()
    play.step += said
    if play.step >= len(every):
        play.ended_at = play.ended_at or now()
    else:
        play.next_at = every[play.step].at
    play.save(update_fields=["step", "next_at", "ended_at"])


def end(workspace_id: UUID) -> None:
    """Let the curtain fall."""
    Play.objects.filter(workspace_id=workspace_id, ended_at=None).update(ended_at=now())


def clear(handles: Sequence[str]) -> None:
    """Forget the play: its people with all they said, and what the brand said to them.

    The entries that are still to be sent go too; those that were told have been told.
    """
    Play.objects.all().delete()
    Post.objects.exclude(play_ref="").update(parent=None)
    Post.objects.exclude(play_ref="").delete()
    DirectMessage.objects.exclude(play_ref="").delete()
    Profile.objects.filter(handle__in=handles, is_brand=False).delete()
    Entry.objects.filter(sent_at=None).update(sent_at=now())
