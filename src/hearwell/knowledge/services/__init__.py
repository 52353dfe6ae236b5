"""The verbs of knowledge; the only writers of its tables."""

from hearwell.knowledge.services.macros import BadMacroError, MacroFacts, remove_macro, save_macro
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
    "BadArticleError",
    "BadMacroError",
    "MacroFacts",
    "Words",
    "approve",
    "begin_article",
    "needs_another_reader",
    "note_use",
    "remove_macro",
    "retire",
    "save_macro",
    "send_back",
    "submit",
    "write",
]
