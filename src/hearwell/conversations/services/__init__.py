"""The verbs of conversations: the only writers of its tables."""

from __future__ import annotations

from hearwell.conversations.services.arrivals import record_echo, record_inbound
from hearwell.conversations.services.batches import (
    BatchGoneError,
    Seen,
    Undone,
    close_many,
    held_by_others,
    keep_batch,
    moved_on,
    snooze_many,
    undo_batch,
    untagged,
)
from hearwell.conversations.services.changes import (
    forget_early,
    record_deletion,
    record_edit,
    record_reactions,
    record_receipts,
)
from hearwell.conversations.services.handing import ROUTED, Handing, hand
from hearwell.conversations.services.inhand import CannotMoveError, Moved
from hearwell.conversations.services.joining import join
from hearwell.conversations.services.moving import merge, split
from hearwell.conversations.services.opening import opening, write_opened
from hearwell.conversations.services.passing import PASSED_ON, pass_on
from hearwell.conversations.services.people import hand_over
from hearwell.conversations.services.place import credited
from hearwell.conversations.services.renaming import rename_threads
from hearwell.conversations.services.replies import OutboundMessage, record_outbound
from hearwell.conversations.services.retention import (
    drop_record,
    forget_names,
    let_go_of_files,
    let_go_of_words,
)
from hearwell.conversations.services.stages import addressed, stage_cases
from hearwell.conversations.services.standing import apply_verdicts, judge_cases, reschedule
from hearwell.conversations.services.threads import (
    ChannelRef,
    archived_cases,
    hold_channel_by_id,
    thread,
)
from hearwell.conversations.services.undoing import undo_move
from hearwell.conversations.services.urgency import set_urgency
from hearwell.conversations.services.views import (
    MOST_VIEWS,
    BadViewError,
    change_view,
    delete_view,
    move_view,
    restore_view,
    save_view,
)
from hearwell.conversations.services.work import (
    ANYBODY,
    CaseMovedError,
    assign,
    close,
    log,
    mark_read,
    place_team,
    reopen,
    snooze,
    wake,
    wake_due,
)
from hearwell.conversations.services.writing import (
    add_note,
    save_draft,
    settle_draft,
    tag,
    untag,
)

__all__ = [
    "ANYBODY",
    "MOST_VIEWS",
    "PASSED_ON",
    "ROUTED",
    "BadViewError",
    "BatchGoneError",
    "CannotMoveError",
    "CaseMovedError",
    "ChannelRef",
    "Handing",
    "Moved",
    "OutboundMessage",
    "Seen",
    "Undone",
    "add_note",
    "addressed",
    "apply_verdicts",
    "archived_cases",
    "assign",
    "change_view",
    "close",
    "close_many",
    "credited",
    "delete_view",
    "drop_record",
    "forget_early",
    "forget_names",
    "hand",
    "hand_over",
    "held_by_others",
    "hold_channel_by_id",
    "join",
    "judge_cases",
    "keep_batch",
    "let_go_of_files",
    "let_go_of_words",
    "log",
    "mark_read",
    "merge",
    "move_view",
    "moved_on",
    "opening",
    "pass_on",
    "place_team",
    "record_deletion",
    "record_echo",
    "record_edit",
    "record_inbound",
    "record_outbound",
    "record_reactions",
    "record_receipts",
    "rename_threads",
    "reopen",
    "reschedule",
    "restore_view",
    "save_draft",
    "save_view",
    "set_urgency",
    "settle_draft",
    "snooze",
    "snooze_many",
    "split",
    "stage_cases",
    "tag",
    "thread",
    "undo_batch",
    "undo_move",
    "untag",
    "untagged",
    "wake",
    "wake_due",
    "write_opened",
]
