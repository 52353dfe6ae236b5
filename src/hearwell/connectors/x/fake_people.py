"""Who is on the X in memory, what they say there, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hearwell.connectors.x import parse
from hearwell.connectors.x.fake_answers import shown_dm, shown_post
from hearwell.connectors.x.ids import moment_of

US, LENA, TOM = "1700000000000000001", "1700000000000000002", "1700000000000000003"
HANDLES = {US: "northwind", LENA: "lena", TOM: "tom"}
_EPOCH_MS = 1_288_834_974_657
Fields = dict[str, Any]


@dataclass
class People:
    """Posts and messages by id, events in their order."""

    posts: dict[str, Fields] = field(default_factory=dict)
    messages: dict[str, Fields] = field(default_factory=dict)
    events: list[Fields] = field(default_factory=list)
    now_ms: int = 0

    def __post_init__(self) -> None:
        self.now_ms = int(datetime.now(UTC).timestamp() * 1000) - 3_600_000
        self.ours = self.post(US, "New routes from Lisbon")

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A post of ``person``; with ``below`` an answer to one, with ``private`` a message.

        It calls the account unless ``calls=False``; ``quotes`` is a post that it quotes.
        """
        person = str(where.get("person", LENA))
        if where.get("private"):
            return self.message(person, US, text)
        below, quotes = str(where.get("below", "")), str(where.get("quotes", ""))
        said_text = (
            text if where.get("calls") is False or "@northwind" in text else (f"{text} @northwind")
        )
        number = self.post(person, said_text, below, quotes)
        for kind in self._kinds_of(number):
            self._tell(kind, number)
        return number

    def edits(self, number: str, text: str) -> str:
        """A post has another text, and another id. Nobody is told: X has no event for it."""
        before = self.posts[number]
        newer = self._number()
        history = [*before["edit_history_tweet_ids"], newer]
        self.posts[newer] = {**before, "id": newer, "text": text}
        for one in history:
            self.posts[one]["edit_history_tweet_ids"] = history
        return newer

    def deletes(self, number: str) -> None:
        """A post or a message is gone. Only the account's own deletions are told."""
        self.messages.pop(number, None)
        found = self.posts.get(number)
        for one in found["edit_history_tweet_ids"] if found else ():
            self.posts.pop(one, None)
        if found and found["author_id"] == US:
            payload = {"id": number, "author_id": US}
            self._event(parse.DELETE, payload, {})

    def post(self, author: str, text: str, below: str = "", quotes: str = "") -> str:
        """Any post."""
        number = self._number()
        parent = self.posts.get(below)
        refs = [{"type": "replied_to", "id": below}] if below else []
        refs += [{"type": "quoted", "id": quotes}] if quotes else []
        self.posts[number] = {
            "id": number,
            "author_id": author,
            "text": text,
            "created_at": moment_of(number).isoformat().replace("+00:00", "Z"),
            "conversation_id": parent["conversation_id"] if parent else number,
            "edit_history_tweet_ids": [number],
            "referenced_tweets": refs,
        }
        return number

    def message(self, sender: str, recipient: str, text: str, files: tuple[str, ...] = ()) -> str:
        """A direct message."""
        number = self._number()
        self.messages[number] = {
            "id": number,
            "sender_id": sender,
            "recipient_id": recipient,
            "text": text,
            "files": files,
        }
        kind = parse.DM_SENT if sender == US else parse.DM_RECEIVED
        self._event(kind, shown_dm(self.messages[number], HANDLES), None)
        return number

    def _number(self) -> str:
        self.now_ms = max(self.now_ms + 1, int(datetime.now(UTC).timestamp() * 1000))
        return str((self.now_ms - _EPOCH_MS) << 22)

    def _kinds_of(self, number: str) -> list[str]:
        post = self.posts[number]
        refs = {one["type"]: self.posts.get(one["id"]) for one in post["referenced_tweets"]}
        told = {
            parse.MENTION: "@northwind" in post["text"],
            parse.REPLY: (refs.get("replied_to") or {}).get("author_id") == US,
            parse.QUOTE: (refs.get("quoted") or {}).get("author_id") == US,
        }
        return [kind for kind, is_told in told.items() if is_told]

    def _tell(self, kind: str, number: str) -> None:
        page = self.page([self.posts[number]])
        self._event(kind, page["data"][0], page["includes"])

    def _event(self, kind: str, payload: Fields, includes: Fields | None) -> None:
        event: Fields = {
            "event_uuid": str(-(len(self.events) + 5_000)),
            "filter": {"user_id": US},
            "event_type": kind,
            "tag": "hearwell",
            "payload": payload,
        }
        self.events.append({"data": event | ({} if includes is None else {"includes": includes})})

    def page(self, found: list[Fields]) -> Fields:
        """Posts as X shows them, with what is asked for beside them."""
        return shown_post(found, self.posts, HANDLES)
