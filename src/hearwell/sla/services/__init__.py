"""The verbs of clocks and promises; the only writers of their tables."""

from hearwell.sla.services.book import Book, book_of
from hearwell.sla.services.calendars import make_calendar, update_calendar
from hearwell.sla.services.historic import close_batch, close_historic, past_of
from hearwell.sla.services.judged import reconcile_first_replies
from hearwell.sla.services.meeting import Answered, cancel, end, meet, meet_all, reconcile
from hearwell.sla.services.promises import (
    ensure_defaults,
    make_policy,
    move_policy,
    retire_policy,
    update_policy,
)
from hearwell.sla.services.regrouping import regroup
from hearwell.sla.services.reopening import restart_answer
from hearwell.sla.services.starting import start_clocks
from hearwell.sla.services.sweeping import sweep_breaches, sweep_warnings
from hearwell.sla.services.taking_back import take_back

__all__ = [
    "Answered",
    "Book",
    "book_of",
    "cancel",
    "close_batch",
    "close_historic",
    "end",
    "ensure_defaults",
    "make_calendar",
    "make_policy",
    "meet",
    "meet_all",
    "move_policy",
    "past_of",
    "reconcile",
    "reconcile_first_replies",
    "regroup",
    "restart_answer",
    "retire_policy",
    "start_clocks",
    "sweep_breaches",
    "sweep_warnings",
    "take_back",
    "update_calendar",
    "update_policy",
]
