"""To begin a private talk out of something public: another small class of the contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import timedelta

    from hearwell.connect.model import Account, Author


@dataclass(frozen=True, slots=True)
class NewThread:
    """A thread that we may begin: its key, and whom it is with."""

    key: str
    to: Author


class AnswersPrivately(ABC):
    """Can answer a public message in private, once, and so begin a talk with whoever wrote it.

    ``private_answer_for`` is how long after the message the network takes that answer.
    """

    private_answer_for: ClassVar[timedelta]

    @abstractmethod
    def private_thread(self, account: Account, ref: str, author: Author) -> NewThread | None:
        """PURE. The private thread that an answer to ``ref`` begins; None if there can be none.

        ``account`` comes without its secrets. The draft that is sent there is private and has
        ``ref`` as its parent; ``preflight`` says whether it is too late. What they answer comes in
        under the same key.
        """
