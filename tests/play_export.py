"""A month of reviews as Google Play exports it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

COLUMNS = (
    "Package Name", "App Version Code", "App Version Name", "Reviewer Language", "Device",
    "Review Submit Date and Time", "Review Submit Millis Since Epoch",
    "Review Last Update Date and Time", "Review Last Update Millis Since Epoch",
    "Star Rating", "Review Title", "Review Text",
    "Developer Reply Date and Time", "Developer Reply Millis Since Epoch",
    "Developer Reply Text", "Review Link",
)  # fmt: skip
APP = "com.northwind.app"
CONSOLE = "https://play.google.com/console/developers/1/app/2/user-feedback/review-details"
SENT = 1_772_442_000_000  # 2026-03-02 09:00 UTC
HOUR = 3_600_000


def review(name: str, text: str, stars: int = 1, **more: object) -> dict[str, object]:
    """Return a row; its keys are those of COLUMNS."""
    return {
        "Package Name": APP,
        "Reviewer Language": "pt_BR",
        "Device": "star2qltechn",
        "Review Submit Millis Since Epoch": SENT,
        "Review Last Update Millis Since Epoch": SENT,
        "Star Rating": stars,
        "Review Text": text,
        "Review Link": f"{CONSOLE}?reviewId={name}&corpus=PUBLIC_REVIEWS" if name else "",
        **more,
    }


def answered(text: str, at: int) -> dict[str, object]:
    """Return what a row has besides, where the owner answered."""
    return {"Developer Reply Millis Since Epoch": at, "Developer Reply Text": text}


def write(path: Path, *rows: dict[str, object], encoding: str = "utf-16") -> Path:
    """Write a file as the shop does: UTF-16 with its mark."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path
