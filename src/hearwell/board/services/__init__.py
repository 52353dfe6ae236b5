"""The verbs of the status board; the only writers of its tables."""

from hearwell.board.services.casework import (
    follow_up,
    note_told,
    put_back,
    take_out,
    undo_follow_up,
)
from hearwell.board.services.links import (
    LONGEST_NAME,
    MOST_LINKS,
    TooManyLinksError,
    end_link,
    make_link,
    workspace_of_link,
)
from hearwell.board.services.matching import Match, Preview, match_cases, preview, sweep_matches
from hearwell.board.services.writing import (
    About,
    BadUpdateError,
    UnusualMatchError,
    Wording,
    WrongStateError,
    bring_back,
    correct,
    end,
    publish,
    save_draft,
    withdraw,
)

__all__ = [
    "LONGEST_NAME",
    "MOST_LINKS",
    "About",
    "BadUpdateError",
    "Match",
    "Preview",
    "TooManyLinksError",
    "UnusualMatchError",
    "Wording",
    "WrongStateError",
    "bring_back",
    "correct",
    "end",
    "end_link",
    "follow_up",
    "make_link",
    "match_cases",
    "note_told",
    "preview",
    "publish",
    "put_back",
    "save_draft",
    "sweep_matches",
    "take_out",
    "undo_follow_up",
    "withdraw",
    "workspace_of_link",
]
