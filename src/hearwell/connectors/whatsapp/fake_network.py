"""An in-process Cloud API: one number, its webhook, its templates and files. No sockets.

It behaves as documented, and misbehaves on request (``trouble``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import httpx

from hearwell.connect.subject import Part
from hearwell.connectors.meta.fake_graph import Call, GraphNetwork, error
from hearwell.connectors.whatsapp.fake_templates import TEMPLATES
from hearwell.connectors.whatsapp.manifest import (
    FILE_BYTES,
    FILES,
    FILM_BYTES,
    FILMS,
    IMAGE_BYTES,
    IMAGES,
    MANAGEMENT,
    MEDIA_HOST,
    MESSAGING,
    TEXT_LIMIT,
)

NUMBER, WABA, PHONE = "106540352242922", "102290129340398", "15550783881"
LENA: Final = {"wa_id": "351912345678", "user_id": "PT.13491208655302741918", "name": "Lena Vik"}
_SIZES: Final = {
    **dict.fromkeys(IMAGES, IMAGE_BYTES),
    **dict.fromkeys(FILMS, FILM_BYTES),
    **dict.fromkeys(FILES, FILE_BYTES),
}
_DAY: Final = 86_400
Fields = dict[str, Any]


class Network(GraphNetwork):
    """The Cloud API with one number. What it would tell us waits in ``deliveries``."""

    kind: ClassVar[str] = "whatsapp_business_account"
    fragile_scope: ClassVar[str] = MESSAGING
    TROUBLES: ClassVar[Mapping[str, str]] = {
        **GraphNetwork.TROUBLES,
        "pair_limit": "Too many messages went to one person (131056).",
        "window_closed": "More than 24 hours have passed for everybody (131047).",
        "template_paused": "Every template is paused for its low quality (132015).",
        "number_locked": "The account is locked (131031).",
        "undelivered": "Messages are taken and then cannot be delivered (131026).",
        "low_quality": "People report the number often: its rating is red.",
    }

    def __init__(self) -> None:
        super().__init__()
        self.scopes = {MESSAGING, MANAGEMENT}
        self.files: dict[str, Part] = {}
        self.sent: list[Fields] = []
        self.templates: list[Fields] = [dict(one) for one in TEMPLATES]
        self.own_hook: Fields = {}
        self.now = int(datetime.now(UTC).timestamp()) - 600
        self._heard_at: dict[str, int] = {}
        self._number = 0

    def form(self) -> dict[str, str]:
        """What a person fills in to connect the number, with a fresh token."""
        return {
            "phone_number_id": NUMBER,
            "waba_id": WABA,
            "token": self.mint(NUMBER),
            "app_id": self.app.id,
            "app_secret": self.app.secret,
        }

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A message of a customer (``person``, ``context``, ``type`` …); returns its id."""
        person = where.pop("person", LENA)
        number = self._next_id()
        kind = where.pop("type", "text")
        body: Fields = {"text": {"body": text}} if kind == "text" else {}
        message = self._from(person, number, kind) | body | where
        self._heard_at[person["wa_id"]] = self._heard_at[person["user_id"]] = self.now
        self._tell("messages", contacts=[_contact(person)], messages=[message])
        return number

    def edits(self, id: str, text: str) -> None:  # noqa: A002 -- as every fake network has it
        """The customer changes a message, as numbers with the phone app are told."""
        inner = {"type": "text", "text": {"body": text}}
        edit = {"original_message_id": id, "message": inner}
        message = self._from(LENA, self._next_id(), "edit") | {"edit": edit}
        self._tell("messages", contacts=[_contact(LENA)], messages=[message])

    def deletes(self, id: str) -> None:  # noqa: A002 -- the same
        """The customer takes a message back for everybody."""
        revoke = {"original_message_id": id}
        message = self._from(LENA, self._next_id(), "revoke") | {"revoke": revoke}
        self._tell("messages", contacts=[_contact(LENA)], messages=[message])

    def changes_number(self, phone: str, user_id: str) -> None:
        """The customer has another number, and so another id."""
        system = {
            "body": "User Lena Vik changed", "type": "user_changed_number", "wa_id": phone,
            "user_id": user_id, "previous_user_id": LENA["user_id"],
        }  # fmt: skip
        message = self._from(LENA, self._next_id(), "system") | {"system": system}
        self._tell("messages", messages=[message])

    def we_say_by_phone(self, text: str) -> str:
        """Somebody answers in the phone app."""
        number = self._next_id()
        message = {
            "from": PHONE, "to": LENA["wa_id"], "to_user_id": LENA["user_id"], "id": number,
            "timestamp": str(self.now), "type": "text", "text": {"body": text},
        }  # fmt: skip
        self._tell("smb_message_echoes", message_echoes=[message])
        return number

    def sends_file(self, body: bytes, mime: str = "image/jpeg", caption: str = "") -> str:
        """A customer sends a picture; returns the message's id."""
        media_id = str(1003383421387256 + len(self.files))
        self.files[media_id] = Part(body, "picture.jpg", mime)
        digest = hashlib.sha256(body).hexdigest()
        image = {"mime_type": mime, "sha256": digest, "id": media_id, "caption": caption}
        return self.customer_says(caption, type="image", image=image)

    # --- what it tells us ------------------------------------------------------------------------

    def status(self, number: str, state: str, **more: Any) -> None:
        """A receipt for a message of ours."""
        status = {
            "id": number, "status": state, "timestamp": str(self.now),
            "recipient_id": LENA["wa_id"], "recipient_user_id": LENA["user_id"],
        }  # fmt: skip
        self._tell("messages", contacts=[_contact(LENA)], statuses=[status | more])

    def _tell(self, field: str, **value: Any) -> None:
        self.now += 1
        metadata = {"display_phone_number": PHONE, "phone_number_id": NUMBER}
        told = {"messaging_product": "whatsapp", "metadata": metadata} | value
        self.tell({"id": WABA, "changes": [{"value": told, "field": field}]})

    def _next_id(self) -> str:
        self.now += 1
        self._number += 1
        return f"wamid.HBgLMzUxOTEyMzQ1Njc4FQIA{self._number:06d}"

    def _from(self, person: Mapping[str, str], number: str, kind: str) -> Fields:
        return {
            "from": person["wa_id"], "from_user_id": person["user_id"], "id": number,
            "timestamp": str(self.now), "type": kind,
        }  # fmt: skip

    # --- what we ask of it -----------------------------------------------------------------------

    def answer(self, call: Call) -> Fields | httpx.Response | None:
        """What the Cloud API answers."""
        if call.path.startswith("whatsapp_business/attachments"):
            file = self.files.get(str(call.fields.get("mid")))
            return httpx.Response(200, content=file.body) if file else httpx.Response(404)
        routes: Mapping[tuple[str, str], Callable[[Call], Fields | httpx.Response]] = {
            ("POST", f"{NUMBER}/messages"): self._message,
            ("POST", f"{NUMBER}/media"): self._upload,
            ("GET", f"{WABA}/message_templates"): self._list,
            ("GET", f"{WABA}/subscribed_apps"): self._apps,
            ("POST", f"{WABA}/subscribed_apps"): self._hook,
            ("DELETE", f"{WABA}/subscribed_apps"): self._unhook,
            ("GET", NUMBER): self._phone,
        }
        known = routes.get((call.method, call.path))
        if known is not None:
            return known(call)
        return self._file(call.path) if call.method == "GET" else None

    def _phone(self, call: Call) -> Fields:
        del call
        return {
            "id": NUMBER, "display_phone_number": "+1 555-078-3881",
            "verified_name": "Northwind", "status": "CONNECTED",
            "quality_rating": "RED" if "low_quality" in self.trouble else "GREEN",
        }  # fmt: skip

    def _file(self, number: str) -> Fields | None:
        if number not in self.files:
            return None
        file = self.files[number]
        return {
            "messaging_product": "whatsapp", "mime_type": file.mime, "id": number,
            "url": f"https://{MEDIA_HOST}/whatsapp_business/attachments/?mid={number}&hash=ATs",
            "sha256": hashlib.sha256(file.body).hexdigest(), "file_size": str(len(file.body)),
        }  # fmt: skip

    def _list(self, call: Call) -> Fields:
        """Two a page, so that paging is gone through."""
        start = int(call.fields.get("after") or 0)
        end = start + 2
        paging: Fields = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = f"https://graph.facebook.com/next?after={end}"
        return {"data": self.templates[start:end], "paging": paging}

    def _apps(self, call: Call) -> Fields:
        del call
        app = {"whatsapp_business_api_data": {"id": self.app.id, "name": "Hearwell"}}
        return {"data": [app] if self.own_hook else []}

    def _hook(self, call: Call) -> Fields:
        self.own_hook = dict(call.fields)
        return {"success": True}

    def _unhook(self, call: Call) -> Fields:
        del call
        self.own_hook = {}
        return {"success": True}

    def _upload(self, call: Call) -> Fields | httpx.Response:
        file = call.files.get("file")
        if file is None or len(file.body) > _SIZES.get(file.mime, 0):
            return error(131053)
        number = str(4490709327384033 + len(self.files))
        self.files[number] = file
        return {"id": number}

    def _message(self, call: Call) -> Fields | httpx.Response:
        body = dict(call.fields)
        wrong = self._wrong(body)
        if wrong is not None:
            return wrong
        number, key = self._next_id(), body.get("biz_opaque_callback_data")
        self.sent.append(body | {"id": number})
        opaque = {"biz_opaque_callback_data": key} if key else {}
        if "undelivered" in self.trouble:
            told = [{"code": 131026, "title": "Message undeliverable"}]
            self.status(number, "failed", errors=told, **opaque)
        else:
            self.status(number, "sent", **opaque)
            self.status(number, "delivered", **opaque)
        contact = {"input": body.get("to") or body.get("recipient"), "wa_id": LENA["wa_id"]}
        known = {"messaging_product": "whatsapp", "contacts": [contact]}
        return known | {"messages": [{"id": number}]}

    def _wrong(self, body: Fields) -> httpx.Response | None:
        if "number_locked" in self.trouble:
            return error(131031, status=403)
        if "pair_limit" in self.trouble:
            return error(131056)
        if body.get("type") == "template":
            return self._wrong_template(body["template"])
        heard = self._heard_at.get(str(body.get("to") or body.get("recipient")))
        if heard is None or heard < self.now - _DAY or "window_closed" in self.trouble:
            return error(131047)
        return self._wrong_content(body)

    def _wrong_template(self, used: Fields) -> httpx.Response | None:
        key = (used["name"], used["language"]["code"])
        known = next((t for t in self.templates if (t["name"], t["language"]) == key), None)
        if known is None or known["status"] != "APPROVED":
            return error(132001, status=404)
        if "template_paused" in self.trouble:
            return error(132015)
        given = [p["text"] for c in used.get("components", []) for p in c["parameters"]]
        wanted = {(c["type"], word) for c in known["components"] for word in _blanks(c)}
        if len(given) != len(wanted):
            return error(132000)
        return error(132018) if any("\n" in said for said in given) else None

    def _wrong_content(self, body: Fields) -> httpx.Response | None:
        content = body.get(str(body.get("type"))) or {}
        if len(content.get("body", "")) > TEXT_LIMIT:
            return error(100)
        return error(131053) if content.get("id", "") not in {"", *self.files} else None


def _blanks(component: Fields) -> set[str]:
    return {word.split("}}")[0] for word in str(component.get("text", "")).split("{{")[1:]}


def _contact(person: Mapping[str, str]) -> Fields:
    profile = {"name": person["name"]}
    return {"profile": profile, "wa_id": person["wa_id"], "user_id": person["user_id"]}
