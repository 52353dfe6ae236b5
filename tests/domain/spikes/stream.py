"""A stream of an airline's mentions: ordinary days, and what may come on top of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from hearwell.channels.models import Channel
from hearwell.connect.model import Author, InboundMessage
from hearwell.simulation.crowd import day
from tests.factories import make_item, receive

MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
A_DAY = timedelta(days=1)
# One fault, as different people tell it.
_FAULT = (
    "your app won't let me check in, error 503 again and again",
    "Check-in is broken!! error 503 on the app since ten minutes",
    "Anyone else cannot check in? The app just says error 503",
    "error 503 when I try to check in online, flight leaves in two hours",
    "is check in down? app shows error 503, website too",
    "I cannot check in, your app crashes with 503. This is ridiculous",
    "Online check-in not working at all, 503 error, terrible service",
    "Tried five times to check in, the app fails every time with error 503",
    "503 error at check-in. fix your app please!",
    "The app is broken, check in gives me an error. Unacceptable",
)
_SUFFIXES = ("", " 😡", " Help!", " Still nothing.", " Come on.", " Worst app ever.")


def ordinary(first: datetime, days: int, a_day: int, seed: int = 1) -> Iterator[InboundMessage]:
    """Yield the messages of some ordinary days; on Mondays twice as many."""
    for n in range(days):
        begins = first + n * A_DAY
        many = a_day * 2 if begins.weekday() == 0 else a_day
        for one in day(many, seed + n):
            yield make_item(
                one.text,
                occurred_at=begins + timedelta(seconds=one.at_s),
                author=Author(f"{n}-{one.customer}", one.customer, one.customer),
            )


def incident(begins: datetime, count: int, every_s: float, seed: int = 3) -> list[InboundMessage]:
    """Return messages about one fault, by as many people."""
    dice = random.Random(seed)
    return [
        make_item(
            _FAULT[n % len(_FAULT)] + dice.choice(_SUFFIXES),
            occurred_at=begins + timedelta(seconds=n * every_s),
            author=Author(f"hit-{n}", f"hit{n}", f"Passenger {n}"),
        )
        for n in range(count)
    ]


def contest(begins: datetime, count: int, every_s: float) -> list[InboundMessage]:
    """Return one text that bots pass on, hardly changed."""
    return [
        make_item(
            f"RT @NorthwindAir: Win two tickets to Bali! Follow us and retweet to take part"
            f" #win{n % 3} https://nw.example/{n}",
            occurred_at=begins + timedelta(seconds=n * every_s),
            author=Author(f"bot-{n}", f"bot{n}", f"Bot {n}"),
        )
        for n in range(count)
    ]


def praise(begins: datetime, count: int, every_s: float) -> list[InboundMessage]:
    """Return what people say when a crew has sung for a child."""
    said = (
        "The crew sang happy birthday for a little boy, so lovely! Thank you",
        "What a wonderful crew, they sang for the birthday boy. Love it!",
        "Thank you for the birthday song on board, amazing crew",
        "That birthday song by the crew made my day, great people!",
        "Great crew! The whole cabin sang for the birthday boy, thank you",
    )
    return [
        make_item(
            f"{said[n % len(said)]}{_SUFFIXES[0]}{' ❤' * (n % 4)}",
            occurred_at=begins + timedelta(seconds=n * every_s),
            author=Author(f"fan-{n}", f"fan{n}", f"Fan {n}"),
        )
        for n in range(count)
    ]


def take_in(channel: Channel, items: Iterable[InboundMessage]) -> None:
    """Take items in, in batches, in order of time."""
    ordered = sorted(items, key=lambda item: item.occurred_at)
    for at in range(0, len(ordered), 500):
        receive(channel, ordered[at : at + 500])
