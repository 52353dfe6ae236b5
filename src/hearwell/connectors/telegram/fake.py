"""An in-process Bot API for the examination: no sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, IngressSecrets, Raw, Source
from hearwell.connect.pretended import Answered, Examined, Pretended
from hearwell.connect.subject import (
    Count,
    ErrorCase,
    Part,
    parts_of,
)
from hearwell.connectors.telegram.connector import ASKING, SECRET_HEADER, TelegramConnector
from hearwell.connectors.telegram.manifest import (
    CAPTION_LIMIT,
    FILE_BYTES,
    MOST_OF_ALBUM,
    PHOTO_BYTES,
    PHOTO_TYPES,
    TEXT_LIMIT,
)
from hearwell.kit.sniff import type_of

BOT = {"id": 7_000_000_001, "is_bot": True, "first_name": "Northwind", "username": "northwind_bot"}
LENA = {"id": 42, "is_bot": False, "first_name": "Lena", "last_name": "Vik", "username": "lena"}
_TOKEN, _SECRET = "7000000001:canary-5f1d", "hook-canary-2b7c"
_PLAIN = {"caption", "business_connection_id"}
_ATTACHED = "attach://"
_BY_KIND = {"photo": PHOTO_BYTES, "document": FILE_BYTES}
Fields = dict[str, Any]


class FakeTelegram(Pretended):
    """Updates in a list, calls answered by method; ``next_answer`` makes it misbehave once."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[Fields] = []
        self.calls: list[tuple[str, Fields]] = []
        self.webhook = ""
        self.files: dict[str, bytes] = {}
        self.last_files: list[bytes] = []
        self.captions: list[str] = []
        self.now = int(datetime.now(UTC).timestamp()) - 600
        self._numbers = 100

    def say(self, text: str, person: Fields = LENA, **more: Any) -> Fields:
        """A private message; ``chat`` puts it into a group."""
        self.now += 1
        self._numbers += 1
        message: Fields = {
            "message_id": self._numbers, "from": dict(person), "date": self.now, "text": text,
            "chat": {"id": person["id"], "type": "private", "first_name": person["first_name"]},
        } | more  # fmt: skip
        self.update(message=message)
        return message

    def edit(self, message: Fields, text: str) -> None:
        """Another text for a message."""
        self.now += 1
        self.update(edited_message=message | {"text": text, "edit_date": self.now})

    def update(self, **what: Any) -> None:
        """Any update."""
        self.updates.append({"update_id": 5000 + len(self.updates), **what})

    def respond(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        if request.url.path.startswith("/file/"):
            return self._download(request.url.path)
        token, _, method = request.url.path.removeprefix("/bot").rpartition("/")
        if token != _TOKEN:
            return refusal(401, "Unauthorized")
        body, files = _read(request)
        fields = {name: part.filename for name, part in files.items() if name in _BY_KIND}
        self.calls.append((method, body | fields))
        routes: dict[str, Callable[[], Any]] = {
            "getMe": lambda: dict(BOT),
            "getWebhookInfo": lambda: {"url": self.webhook, "pending_update_count": 0},
            "setWebhook": lambda: self._called_at(body["url"]),
            "deleteWebhook": lambda: self._called_at(""),
            "getUpdates": lambda: self._next(body),
            "sendMessage": lambda: self._said(body, body["text"]),
            "sendPhoto": lambda: self._sent_file(body, "photo", files),
            "sendDocument": lambda: self._sent_file(body, "document", files),
            "sendMediaGroup": lambda: self._sent_album(body, files),
            "getFile": lambda: self._file(body["file_id"]),
        }
        result = routes.get(method, lambda: True)()
        return result if isinstance(result, httpx.Response) else ok(result)

    def _called_at(self, url: str) -> bool:
        self.webhook = url
        return True

    def _next(self, body: Fields) -> Any:
        if self.webhook:
            return refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = body.get("offset", 0)
        return [u for u in self.updates if u["update_id"] >= offset][: body.get("limit", 100)]

    def _file(self, file_id: str) -> Any:
        if file_id not in self.files:
            return refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_path": f"photos/{file_id}.jpg"}

    def _download(self, path: str) -> httpx.Response:
        found = self.files.get(path.rpartition("/")[2].removesuffix(".jpg"))
        is_ours = path.startswith(f"/file/bot{_TOKEN}/photos/")
        return httpx.Response(200, content=found) if found and is_ours else httpx.Response(404)

    def _sent_file(self, body: Fields, kind: str, files: Mapping[str, Part]) -> Any:
        caption = body.get("caption", "")
        wrong = _wrong_with(kind, files.get(kind), caption)
        if wrong is not None:
            return wrong
        self.last_files, self.captions = [files[kind].body], [caption]
        return self._said(body, caption)

    def _sent_album(self, body: Fields, files: Mapping[str, Part]) -> Any:
        """All of it or nothing; each part of it is a message."""
        album = body["media"]
        if not 2 <= len(album) <= MOST_OF_ALBUM:  # noqa: PLR2004 - one is no album
            return refusal(400, "Bad Request: wrong number of media in the group")
        kinds = {one["type"] for one in album}
        if "document" in kinds and len(kinds) > 1:
            return refusal(400, "Bad Request: document can't be mixed with other media types")
        named = [one["media"].removeprefix(_ATTACHED) for one in album]
        captions = [one.get("caption", "") for one in album]
        for one, name, caption in zip(album, named, captions, strict=True):
            wrong = _wrong_with(one["type"], files.get(name), caption)
            if wrong is not None:
                return wrong
        self.last_files, self.captions = [files[name].body for name in named], captions
        said = [self._said(body, caption) for caption in captions]
        return next((one for one in said if isinstance(one, httpx.Response)), said)

    def _said(self, body: Fields, text: str) -> Any:
        if body["chat_id"] != LENA["id"]:
            return refusal(400, "Bad Request: chat not found")
        if _units(text) > TEXT_LIMIT:
            return refusal(400, "Bad Request: message is too long")
        self._numbers += 1
        chat = {"id": body["chat_id"], "type": "private"}
        return {"message_id": self._numbers, "from": dict(BOT), "date": self.now, "chat": chat}


def _wrong_with(kind: str, file: Part | None, caption: str) -> httpx.Response | None:
    if file is None or not file.body:
        return refusal(400, "Bad Request: there is no file in the request")
    if len(file.body) > _BY_KIND[kind]:
        return refusal(413, "Request Entity Too Large")
    if kind == "photo" and type_of(file.body) not in PHOTO_TYPES:
        return refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
    if _units(caption) > CAPTION_LIMIT:
        return refusal(400, "Bad Request: message caption is too long")
    return None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _read(request: httpx.Request) -> tuple[Fields, dict[str, Part]]:
    """The fields of a call, whichever way they came, and its files."""
    parts = parts_of(request)
    if not parts:
        return json.loads(request.content or b"{}"), {}
    plain = {name: part.body.decode() for name, part in parts.items() if not part.filename}
    body: Fields = {n: v if n in _PLAIN else json.loads(v) for n, v in plain.items()}
    return body, {name: part for name, part in parts.items() if part.filename}


def ok(result: Any) -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, json={"ok": True, "result": result})


def refusal(code: int, description: str, **parameters: Any) -> httpx.Response:
    """An error as the Bot API words it."""
    body: Fields = {"ok": False, "error_code": code, "description": description}
    return httpx.Response(code, json=body | ({"parameters": parameters} if parameters else {}))


class Fake(Examined):
    """The examination of the connector on a fresh fake with one message in it."""

    connector: TelegramConnector
    stream = "default"

    def __init__(self) -> None:
        self.network = self.telegram = FakeTelegram()
        self.connector = TelegramConnector(
            lambda _: httpx.Client(transport=httpx.MockTransport(self.telegram.handle))
        )
        self.account = Account(
            external_id=str(BOT["id"]),
            handle="@northwind_bot",
            settings={"ways": ASKING},
            secrets={"token": _TOKEN},
        )
        self.ingress = IngressSecrets(signing=(_SECRET,))
        self.first = self.telegram.say("My bag stayed in Lisbon")

    def raw(self, body: bytes) -> Raw:
        """A call of Telegram's, with our secret. The header is all that is signed."""
        url = f"https://care.example/hooks/x?bot={BOT['id']}"
        return Raw("POST", url, {SECRET_HEADER: _SECRET}, body, datetime.now(UTC), Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """One call an update."""
        return [self.raw(json.dumps(update).encode()) for update in self.telegram.updates]

    def story(self) -> list[Raw]:
        """A message, edited twice, and one more in answer to it."""
        telegram = FakeTelegram()
        first = telegram.say("Where is my bag?")
        telegram.say("Anyone?", reply_to_message=first)
        telegram.edit(first, "Where is my blue bag?")
        telegram.edit(first, "Where is my blue bag? Tag LIS 4711")
        return [self.raw(json.dumps(update).encode()) for update in telegram.updates]

    def draft(self) -> Draft:
        """An answer to the first message."""
        number = f"{LENA['id']}:{self.first['message_id']}"
        return Draft(
            text="We have found it.",
            audience=Audience.PRIVATE,
            account=str(BOT["id"]),
            thread_key=f"chat:{LENA['id']}",
            parent_id=number,
            to=Author(str(LENA["id"]), "lena", "Lena Vik"),
            initials="AB",
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """The files that the bot sent last; there is no place for a description."""
        return [(body, "") for body in self.telegram.last_files]

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            ErrorCase(
                "chat not found", partial(self.say, thread_key="chat:1"), failures.TargetGone
            ),
            ErrorCase("too long", partial(self.say, "x" * 4097), failures.TooLong),
        ]

    def counts(self) -> list[Count]:
        """UTF-16 units, by hand."""
        return [
            Count(Audience.PRIVATE, "plain words", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 11),
            Count(Audience.PUBLIC, "🇵🇹", 4),
            Count(Audience.PUBLIC, "e\u0301", 2),
        ]


_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
)
_REFUSALS: tuple[Answered, ...] = (
    ("401", refusal(401, "Unauthorized"), failures.NeedsReauth),
    ("404", refusal(404, "Not Found"), failures.NeedsReauth),
    ("blocked", refusal(403, "Forbidden: bot was blocked by the user"), failures.NotAllowed),
    ("429", refusal(429, "Too Many Requests: retry after 7", retry_after=7), failures.Throttled),
    ("429, no time", refusal(429, "Too Many Requests"), failures.Throttled),
    ("409", refusal(409, "Conflict: terminated by other getUpdates request"), failures.Refused),
    ("moved", refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001),
     failures.TargetGone),
    ("400", refusal(400, "Bad Request: something else"), failures.Refused),
    ("no picture", refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"), failures.MediaRejected),
    ("caption", refusal(400, "Bad Request: message caption is too long"), failures.TooLong),
    ("413", refusal(413, "Request Entity Too Large"), failures.MediaRejected),
    ("500", httpx.Response(500), failures.OutcomeUnknown),
    ("502 in HTML", httpx.Response(502, text="<html>"), failures.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), failures.OutcomeUnknown),
    ("200 without a message", ok({"message_id": 1}), failures.OutcomeUnknown),
)  # fmt: skip
