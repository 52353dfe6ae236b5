"""A small archive whose figures were worked out by hand, and how to write archives in tests."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

HEADER = [
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
]
Row = tuple[object, str, bool, str, str, object]

# id, author, from a customer?, day and time of March 2026, text, replies to
ROWS: list[Row] = [
    (1, "ann", True, "02 09:00:00", "@NorthwindAir where is my bag?", ""),
    (2, "NorthwindAir", False, "02 09:10:00", "@ann We are looking into it", 1),
    (3, "ann", True, "02 09:20:00", "@northwindair THANKS", 2),
    (4, "ben", True, "02 10:00:00", "@NorthwindAir @SkerryJet you lost my booking again?", ""),
    (5, "SkerryJet", False, "02 12:00:00", "@ben @NorthwindAir sorry to hear", 4),
    (6, "cat", True, "02 11:00:00", "RT @NorthwindAir: spring fares are here, have a look", ""),
    (7, "dan", True, "02 11:30:00", "@NorthwindAirways what a name?", ""),
    (8, "eve", True, "02 12:00:00", "Is @NorthwindAir? flying today, does anyone know?", ""),
    (9, "NorthwindAir", False, "03 14:00:00", "@eve We are, sorry that it took so long", 8),
    (10, "fay", True, "02 13:00:00", "@NorthwindAir my seat is broken and cold", ""),
    (11, "fay", True, "02 13:05:00", "@NorthwindAir row 12 if that helps you at all", 10),
    (12, "NorthwindAir", False, "02 13:35:00", "@fay It does. Somebody is on the way", 11),
    (13, "gus", True, "02 14:00:00", "@SkerryJet can I bring my dog?", ""),
    (14, "SkerryJet", False, "11 14:00:00", "@gus Yes, in the hold", 13),
    (15, "hal", True, "03 08:00:00", "no handle here, but why are you so late?", 2),
    (16, "ida", True, "03 09:00:00", "somebody lost something somewhere else", ""),
    (17, "NorthwindAir", False, "03 09:05:00", "@ida Was that with us?", 16),
]


def created(moment: str) -> str:
    """`02 09:00:00` of March 2026 as Twitter writes times."""
    day, clock = moment.split(" ", 1)
    name = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(int(day) - 1) % 7]
    return f"{name} Mar {day} {clock} +0000 2026"


def twcs(rows: list[Row]) -> str:
    """The rows in the twcs layout."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row_id, author, inbound, moment, text, parent in rows:
        writer.writerow([row_id, author, inbound, created(moment), text, "", parent])
    return out.getvalue()


def line(
    row_id: str,
    author: str,
    inbound: bool,
    moment: str,
    text: str = "",
    **more: object,
) -> str:
    """One line of JSON; `moment` is a time of 2 March 2026."""
    row = {"id": row_id, "author": author, "inbound": inbound, "at": f"2026-03-02T{moment}Z"}
    return json.dumps(row | {"text": text} | more) + "\n"


def write(path: Path, text: str) -> Path:
    """Write an archive, compressed where the name ends in .gz."""
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
