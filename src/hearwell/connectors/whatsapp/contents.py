"""What a message says and carries, by its type. Pure; what has no words gives none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hearwell.connect.fields import Fields, nonempty_in, object_in, text_or_none
from hearwell.connect.model import Media

_FILES: Final = {
    "image": "image", "sticker": "image", "video": "video", "audio": "audio", "document": "file",
}  # fmt: skip


def text_of(message: Fields) -> str:
    """The words of a message; of what a person picked, its title; of a place, where it is."""
    kind = str(message.get("type"))
    if kind == "contacts":
        return _cards(message.get("contacts"))
    read = _WORDS.get(kind)
    found = message.get(kind)
    return read(found) if read and isinstance(found, dict) else ""


def media_of(message: Fields) -> tuple[Media, ...]:
    """The file of a message, by its id: an address is handed out on demand and dies soon."""
    kind = str(message.get("type"))
    if kind not in _FILES or kind not in message:
        return ()
    file = object_in(message[kind], kind)
    name = text_or_none(file, "filename") or ""
    return (Media(_FILES[kind], "", ref=nonempty_in(file, "id"), name=name),)


def _word(name: str) -> Callable[[Fields], str]:
    return lambda found: text_or_none(found, name) or ""


def _interactive(found: Fields) -> str:
    """The title of what was picked, or of a form that was filled in, its own summary."""
    picked = found.get(str(found.get("type")))
    if not isinstance(picked, dict):
        return ""
    words = [text_or_none(picked, name) for name in ("title", "description", "body")]
    return "\n".join(word for word in words if word)


def _place(found: Fields) -> str:
    named = [text_or_none(found, name) for name in ("name", "address", "url")]
    where = f"{found.get('latitude')}, {found.get('longitude')}"
    return "\n".join([*(word for word in named if word), where])


def _cards(found: object) -> str:
    """Names and numbers of the people that somebody handed on."""
    cards = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return "\n".join(filter(None, (_card(card) for card in cards)))


def _card(card: Mapping[str, Any]) -> str:
    name, phones = card.get("name"), card.get("phones")
    words = [text_or_none(name, "formatted_name")] if isinstance(name, dict) else []
    if isinstance(phones, list):
        words += [text_or_none(one, "phone") for one in phones if isinstance(one, dict)]
    return ", ".join(word for word in words if word)


def _order(found: Fields) -> str:
    items = found.get("product_items")
    lines = (
        [_line(one) for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    )
    return "\n".join([*filter(None, [text_or_none(found, "text")]), *lines])


def _line(item: Mapping[str, Any]) -> str:
    price = f"{item.get('item_price')} {item.get('currency')}"
    return f"{item.get('quantity')} x {item.get('product_retailer_id')} ({price})"


_WORDS: Final[Mapping[str, Callable[[Fields], str]]] = {
    "text": _word("body"),
    "image": _word("caption"),
    "video": _word("caption"),
    "document": _word("caption"),
    "button": _word("text"),
    "interactive": _interactive,
    "location": _place,
    "order": _order,
}
