"""The eight ways of counting, named and versioned.

A method is one SQL file in `sql/` over two relations, in the subset that PostgreSQL and DuckDB
share. It must be the only definition: archives and the application both run it.

`study_message`, one row for each message and brand it concerns:

===============  =========  ====================================================================
message          text       id of the message, unique within its brand
brand            text       the brand's handle
author           text       who wrote it
is_own           boolean    the brand wrote it
at               timestamp  UTC, without zone
parent           text       id of the message it replies to, or NULL
needs_reply      boolean    the verdict: triage, corrected by people, or the archive's rule
is_named         boolean    the text names the brand's handle
is_addressed     boolean    names it, replies to it, or came into the brand's own channel
is_retweet       boolean    the text begins `RT @`
is_question      boolean    the text has a question mark
handles          integer    how many different handles the text names
is_automatic     boolean    written by a machine for the brand
===============  =========  ====================================================================

`study_scope`, exactly one row: `starts_at`, `ends_at` (messages in between are counted; replies
may come later), `horizon` (the end of the record), `window_s` (how long a brand may take).

A method returns one row for each message it looks at: `brand, message, asked_at, needs_reply,
wait_s` (seconds, NULL unless answered), `is_outlier` (left out of the mean), `is_waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from hearwell.kit.marking import marked as _

DAY_S = 86_400
RELATION = (
    "message", "brand", "author", "is_own", "at", "parent", "needs_reply", "is_named",
    "is_addressed", "is_retweet", "is_question", "handles", "is_automatic",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Method:
    """One way of counting. `window_s` is how long an answer may take and still count."""

    name: str
    version: int
    title: str
    definition: str
    window_s: int | None = None

    @property
    def sql(self) -> str:
        """The SELECT over `study_message` and `study_scope`."""
        return sql_file(self.name)

    @property
    def ripe_after_s(self) -> int:
        """Seconds after which an unanswered message is held to be unanswered."""
        return self.window_s or DAY_S


@cache
def sql_file(name: str) -> str:
    """Text of one SQL file of this package, without its `.sql`."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")


ALL = (
    Method(
        "hearwell",
        1,
        _("Hearwell 24 h"),
        _(
            "Messages that need an answer; a human reply to that person within 24 hours, in "
            "reply to this message or a later one. Replies sent in the network itself count."
        ),
        DAY_S,
    ),
    Method(
        "simply-measured",
        1,
        _("Every mention"),
        _(
            "Every message by another author that names the handle and is no retweet; a reply "
            "of the handle's account to that very message."
        ),
    ),
    Method(
        "socially-devoted",
        1,
        _("Questions"),
        _(
            "Every question to the brand (a text with a question mark, no retweet); a reply to "
            "that very message."
        ),
    ),
    Method(
        "quintly",
        1,
        _("Questions, 7 days"),
        _(
            "Every mention with a question mark; a reply to that very message within 7 days "
            "that names no more than one account."
        ),
        7 * DAY_S,
    ),
    Method(
        "sprout-72h",
        1,
        _("72 hours (our reading)"),
        _(
            "Messages that need an answer; a reply to that very message within 72 hours. Our "
            "reading: the Sprout Index does not publish how it judges."
        ),
        3 * DAY_S,
    ),
    Method(
        "facebook-page",
        1,
        _("Page badge"),
        _(
            "A person's first message after 24 hours of silence, in the last 30 days or the "
            "brand's last 10; a human reply before their next. The mean is of the fastest 90 %."
        ),
    ),
    Method(
        "conversocial",
        1,
        _("Mentions, any reply (our reading)"),
        _("Every mention of the handle, retweets too; any later reply to that person."),
    ),
    Method(
        "any-reply",
        1,
        _("Everything"),
        _(
            "Every message to the brand and every message that it replied to; a reply to that "
            "very message. An upper bound."
        ),
    ),
)
METHODS = {method.name: method for method in ALL}
DEFAULT = "hearwell"


def compose(
    method: Method,
    ask: str,
    *,
    scope: str,
    relation: str | None = None,
    is_by_brand: bool = True,
) -> str:
    """One statement: the relations, the method's judgements and what is asked of them.

    Parameters
    ----------
    ask: a SQL file over `judged`: summary, spread or by-day.
    scope: a SELECT giving `study_scope`.
    relation: a SELECT giving `study_message`; None where it exists as a table.
    is_by_brand: one answer for each brand, or one over all of them (its `brand` is empty).
    """
    judged = "judged" if is_by_brand else "judged_by_brand"
    parts = [("study_message", relation), ("study_scope", scope), (judged, method.sql)]
    if not is_by_brand:
        parts.append(("judged", _OF_ALL))
    ctes = ",\n".join(f"{name} as (\n{body}\n)" for name, body in parts if body is not None)
    return f"with {ctes}\n{sql_file(ask)}"


_OF_ALL = """select cast('' as varchar) as brand, message, asked_at, needs_reply, wait_s,
    is_outlier, is_waiting
from judged_by_brand"""
