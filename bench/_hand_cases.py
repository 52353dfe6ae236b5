"""Twenty cases of our own writing, each with the keys that an agent presses for it.

A case begins in the list, its row under the cursor (where the last case, j or k left it), and ends
when it is done and the next case is open. `Text` is typed and not counted; a key with Ctrl or Shift
held is one press. What was done is read from the server afterwards, never from the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NEXT: Final = "Control+."
SEND, SEND_AND_SOLVE, SAVED = "Control+Enter", "Control+Shift+Enter", "Control+;"


class Text(str):
    """Typed, and no keystroke of the count."""

    __slots__ = ()


@dataclass(frozen=True)
class Recorded:
    """A case: who wrote what, which keys are pressed, and words that the case then holds."""

    what: str
    customer: str
    wrote: str
    keys: tuple[str, ...]
    proof: tuple[str, ...]
    is_private: bool = False
    # Somebody whose replies are read first has answered it before the hands come.
    handed_in: str = ""


CASES: Final = (
    Recorded(
        "answer in own words and solve",
        "Anna Ahl",
        "Which terminal does NW 401 leave from?",
        ("Enter", "r", Text("Terminal 2, Anna. Have a good flight"), SEND_AND_SOLVE, NEXT),
        ("Terminal 2, Anna", "Closed: Solved"),
    ),
    Recorded(
        "answer and wait for the customer",
        "Bela Borg",
        "My seat was changed without asking me.",
        ("Enter", "r", Text("Sorry, Bela. Which booking is it?"), SEND, NEXT),
        ("Which booking is it?",),
    ),
    Recorded(
        "answer with a saved reply, found by its words",
        "Cara Cole",
        "Nobody can tell me where my suitcase is!",
        ("Enter", SAVED, Text("trace"), "Enter", SEND_AND_SOLVE, NEXT),
        ("Hi Cara, we trace your bag", "Closed: Solved"),
    ),
    Recorded(
        "answer with the saved reply that suits",
        "Dora Dahl",
        "My delayed bag did not come, where are delayed bags?",
        ("Enter", SAVED, "Enter", SEND, NEXT),
        ("Hi Dora, we trace your bag",),
    ),
    Recorded(
        "own words before a saved reply",
        "Emil Eng",
        "Two days without my bag, and I have a wedding to go to.",
        ("Enter", "r", Text("What a start, Emil. "), SAVED, Text("trace"), "Enter", SEND, NEXT),
        ("What a start, Emil.", "Hi Emil, we trace your bag"),
    ),
    Recorded(
        "run a macro: reply, label, close",
        "Fia Fors",
        "Lovely crew on NW 12, thank you!",
        ("Enter", SAVED, Text("and close"), "Enter", SEND, NEXT),
        ("Thank you, Fia!", "thanked", "Closed: Solved"),
    ),
    Recorded(
        "hand to a colleague",
        "Gus Gran",
        "I want to speak to somebody about the group booking of our choir.",
        ("Enter", "Shift+A", "2", NEXT),
        ("assigned to Bob Brown",),
    ),
    Recorded(
        "hand to a colleague with a note",
        "Hilda Holm",
        "The invoice for our company is wrong again.",
        ("Enter", "Shift+A", "2", "n", Text("Bob, the third time. Call them"), SEND, NEXT),
        ("assigned to Bob Brown", "Bob, the third time"),
    ),
    Recorded(
        "snooze until the morning",
        "Ivan Iversen",
        "I will send my boarding pass tomorrow.",
        ("Enter", "s", "3", NEXT),
        ("Snoozed",),
    ),
    Recorded(
        "close: no answer needed",
        "Jana Juul",
        "Bye bye Northwind, see you in spring.",
        ("Enter", "e", "1", NEXT),
        ("Closed: No answer needed",),
    ),
    Recorded(
        "close as spam",
        "Kim Kask",
        "Cheap watches, best watches, http://watches.example",
        ("Enter", "e", "5", NEXT),
        ("Closed: Spam",),
    ),
    Recorded(
        "leave a note for the team",
        "Lars Lind",
        "The lounge in Oslo was closed at noon.",
        ("Enter", "n", Text("Asked the station, answer by three"), SEND, NEXT),
        ("Asked the station",),
    ),
    Recorded(
        "merge as suggested",
        "Mona Moe",
        "My husband wrote already, it is NW-7QX3K. Any news?",
        ("Enter", "m", "Enter", "Enter", NEXT),
        ("merged",),
    ),
    Recorded(
        "correct what kind of message it is",
        "Nils Nord",
        "I see you fly to Tromsø again.",
        ("Enter", "w", Text("Complaint"), "Enter", NEXT),
        ("Complaint",),
    ),
    Recorded(
        "approve a colleague's reply",
        "Olga Olsen",
        "May I bring my own pram to the gate?",
        ("Enter", "y", "Enter", NEXT),
        ("You may, up to the door of the plane",),
        handed_in="You may, up to the door of the plane",
    ),
    Recorded(
        "ask a colleague for changes",
        "Pia Palm",
        "Can I get my money for the taxi?",
        ("Enter", "y", "Tab", Text("Ask for the receipt first."), "Tab", "Enter", NEXT),
        ("Pia Palm",),
        handed_in="Yes, all of it",
    ),
    Recorded(
        "take a sent reply back, mend it, send it",
        "Rune Rask",
        "When does the gate of NW 88 close?",
        ("Enter", "r", Text("At ten"), SEND, "Control+z", Text(" past nine"), SEND, NEXT),
        ("At ten past nine",),
    ),
    Recorded(
        "say that it takes a while",
        "Sara Sand",
        "Who pays for the broken wheel of my wheelchair?",
        ("Enter", "h", "r", Text("We ask the workshop, Sara"), SEND, NEXT),
        ("We ask the workshop, Sara",),
    ),
    Recorded(
        "answer in private what was asked in private",
        "Tove Tang",
        "My booking code is NWA7Q2, can you change the name?",
        ("Enter", "r", Text("Done, Tove. You have it by mail"), SEND_AND_SOLVE, NEXT),
        ("Done, Tove.", "Closed: Solved"),
        is_private=True,
    ),
    Recorded(
        "answer although warned",
        "Ulla Urd",
        "How do I reach the station in Bergen?",
        ("Enter", "r", Text("Write to bergen@mail.example"), SEND, "Tab", "Enter", NEXT),
        ("Write to bergen@mail.example",),
    ),
)
