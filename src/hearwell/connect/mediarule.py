"""What files a network takes with a message, and what is wrong with those of a draft. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hearwell.connect.attachments import FILE, IMAGE, Attachment
from hearwell.connect.model import Problem

NO_ALT: Final = "no_alt"
_REJECTED: Final = "media_rejected"
_KB, _MB = 1000, 1000 * 1000
VIDEO, AUDIO = "video", "audio"
_KIND_WORDS: Final = {
    IMAGE: ("picture", "pictures"),
    VIDEO: ("film", "films"),
    AUDIO: ("sound", "sounds"),
    FILE: ("file", "files"),
}


@dataclass(frozen=True, slots=True)
class MediaLimit:
    """How many files of a kind a message may carry, of which types, and how large each, in bytes.

    ``types`` empty takes any. ``max_alt`` is how many characters may describe a picture; 0 where
    the network has no place for a description. What ``goes_alone`` has no other file beside it.
    """

    kind: str
    max_count: int
    max_bytes: int
    types: frozenset[str] = frozenset()
    max_alt: int = 0
    goes_alone: bool = False

    def takes(self, file: Attachment) -> bool:
        """Whether it is of a type that this limit is about."""
        return not self.types or file.mime in self.types


@dataclass(frozen=True, slots=True)
class MediaRule:
    """What one account may send along: its limits, and how many bytes and files in all.

    ``most`` is the number of files of one message, of whatever kind; 0 for as many as the limits
    allow. A file that is too large for the first limit of its type may fit the next one: Telegram
    takes a large photo as a file.
    """

    title: str
    limits: tuple[MediaLimit, ...] = ()
    max_bytes: int = 0
    most: int = 0

    def limit_for(self, file: Attachment) -> MediaLimit | None:
        """The limit that a file falls under; None if its type is not taken."""
        taken = [limit for limit in self.limits if limit.takes(file)]
        fitting = (limit for limit in taken if file.size <= limit.max_bytes)
        return next(fitting, taken[-1] if taken else None)

    @property
    def types(self) -> frozenset[str]:
        """The types that are taken; empty where any is, or none."""
        if any(not limit.types for limit in self.limits):
            return frozenset()
        return frozenset().union(*(limit.types for limit in self.limits))

    def wrong_with(self, file: Attachment) -> list[Problem]:
        """What is wrong with one file, whatever else goes along."""
        limit = self.limit_for(file)
        if limit is None:
            return [
                Problem(_REJECTED, f"{self.title} does not take this kind of file: {file.name}.")
            ]
        return [*_of_one(self.title, limit, file)]

    def problems(self, files: Sequence[Attachment]) -> list[Problem]:
        """Everything that would stop these files, and the pictures that nobody described."""
        found = [problem for file in files for problem in self.wrong_with(file)]
        return [
            *found,
            *self._too_many(files),
            *self._not_alone(files),
            *([] if any(one.blocking for one in found) else self._too_much(files)),
        ]

    def _too_many(self, files: Sequence[Attachment]) -> Iterator[Problem]:
        counts: dict[MediaLimit, int] = {}
        for file in files:
            limit = self.limit_for(file)
            if limit is not None:
                counts[limit] = counts.get(limit, 0) + 1
        for limit, count in counts.items():
            if count > limit.max_count:
                yield _too_many(self.title, limit.kind, limit.max_count)
        if self.most and len(files) > self.most:
            yield _too_many(self.title, FILE, self.most)

    def _not_alone(self, files: Sequence[Attachment]) -> Iterator[Problem]:
        found = (self.limit_for(file) for file in files)
        limits = dict.fromkeys(limit for limit in found if limit is not None)
        for limit in limits:
            if limit.goes_alone and len(limits) > 1:
                one = _KIND_WORDS.get(limit.kind, _KIND_WORDS[FILE])[0]
                words = f"{self.title} takes a {one} only by itself. Send the other files apart."
                yield Problem(_REJECTED, words)

    def _too_much(self, files: Sequence[Attachment]) -> Iterator[Problem]:
        if self.max_bytes and sum(file.size for file in files) > self.max_bytes:
            words = f"{self.title} takes {plain_size(self.max_bytes)} of files with one message."
            yield Problem(_REJECTED, words)


def plain_type(mime: str) -> str:
    """A type as people call it: ``image/jpeg`` is JPEG."""
    return mime.rpartition("/")[2].upper()


def plain_size(size: int) -> str:
    """A number of bytes for people: ``950 kB``, ``1 MB``, ``7.6 MB``."""
    if size < _MB:
        return f"{max(1, size // _KB)} kB"
    return f"{size / _MB:.1f} MB".replace(".0 ", " ")


def _of_one(title: str, limit: MediaLimit, file: Attachment) -> Iterator[Problem]:
    if file.size > limit.max_bytes:
        words = (
            f"{file.name} is too large for {title}: {plain_size(file.size)},"
            f" where {plain_size(limit.max_bytes)} are taken."
        )
        yield Problem(_REJECTED, words)
    if not limit.max_alt or file.kind != IMAGE:
        return
    if len(file.alt) > limit.max_alt:
        over = len(file.alt) - limit.max_alt
        yield Problem(_REJECTED, f"The description of {file.name} is {over} characters too long.")
    if not file.alt.strip():
        yield Problem(NO_ALT, f"{file.name} has no description.", blocking=False)


def _too_many(title: str, kind: str, most: int) -> Problem:
    one, many = _KIND_WORDS.get(kind, _KIND_WORDS[FILE])
    return Problem(_REJECTED, f"{title} takes {most} {one if most == 1 else many} with a message.")
