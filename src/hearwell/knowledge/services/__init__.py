"""The verbs of knowledge; the only writers of its tables."""

from hearwell.knowledge.services.macros import BadMacroError, MacroFacts, remove_macro, save_macro
from hearwell.knowledge.services.remembering import (
    Answered,
    forget,
    hide_suggestion,
    remember,
    show_again,
)
from hearwell.knowledge.services.using import note_use
from hearwell.knowledge.services.writing import (
    BadArticleError,
    Words,
    approve,
    begin_article,
    needs_another_reader,
    retire,
    send_back,
    submit,
    write,
)

__all__ = [
    "Answered",
    "BadArticleError",
    "BadMacroError",
    "MacroFacts",
    "Words",
    "approve",
    "begin_article",
    "forget",
    "hide_suggestion",
    "needs_another_reader",
    "note_use",
    "remember",
    "remove_macro",
    "retire",
    "save_macro",
    "send_back",
    "show_again",
    "submit",
    "write",
]
