"""An in-process Cloud API: one number, its webhook, its templates and files. No sockets.

It behaves as documented, and misbehaves on request (``trouble``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from hearwell.connect.subject import Part, parts_of
from hearwell.connectors.whatsapp.fake_templates import TEMPLATES
from hearwell.connectors.whatsapp.manifest import (
    FILE_BYTES,
    FILES,
    FILM_BYTES,
    FILMS,
    IMAGE_BYTES,
    IMAGES,
    MEDIA_HOST,
    TEXT_LIMIT,
    VERSION,
)

NUMBER, WABA, PHONE = "106540352242922", "102290129340398", "15550783881"
TOKEN, APP_SECRET = "EAAJ-canary-token", "app-secret-canary-77d1"
LENA: Final = {"wa_id": "351912345678", "user_id": "PT.13491208655302741918", "name": "Lena Vik"}
_SIZES: Final = (
    *((mime, IMAGE_BYTES) for mime in IMAGES),
    *((mime, FILM_BYTES) for mime in FILMS),
    *((mime, FILE_BYTES) for mime in FILES),
)
_DAY: Final = 86_400
Fields = dict[str, Any]


def refusal(status: int, code: int, **more: Any) -> httpx.Response:
    """An error as the Graph API words it; ``headers`` go along."""
    headers = more.pop("headers", {})
    error: Fields = {
        "message": f"(#{code}) In Meta's words",
        "type": "OAuthException",
        "code": code,
    }
    return httpx.Response(
        status, json={"error": error | more | {"fbtrace_id": "AXsgnV2Cm3Z"}}, headers=headers
    )


def usage(minutes: int) -> dict[str, str]:
    """The header in which Meta says how long to wait."""
    one = {"type": "whatsapp", "call_count": 100, "estimated_time_to_regain_access": minutes}
    return {"x-business-use-case-usage": json.dumps({WABA: [one]})}


class Network:
    """The Cloud API with one number. What it would tell us waits in ``deliveries``."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "The access token has expired (190).",
        "right_missing": "The token lacks a right (10).",
        "throttled": "Too many calls; Meta says to wait for some minutes (80007).",
        "pair_limit": "Too many messages to one person (131056).",
        "outage": "Meta answers 503 to everything.",
        "error_in_200": "Meta answers 200 with an error inside.",
        "version_gone": "Meta has withdrawn the version of its interface (2635).",
        "number_locked": "Meta has locked the account (131031).",
        "window_closed": "The 24 hours have passed for everybody (131047).",
        "template_paused": "Meta has paused every template (132015).",
        "hook_off": "Meta no longer calls us: the app is not subscribed any more.",
        "duplicates": "Every call comes twice.",
        "reordered": "Calls come in reverse order.",
        "undelivered": "Messages are accepted and then cannot be delivered (131026).",
    }
    FORM: ClassVar[Mapping[str, str]] = {
        "phone_number_id": NUMBER,
        "waba_id": WABA,
        "token": TOKEN,
        "app_secret": APP_SECRET,
        "version": VERSION,
    }

    def __init__(self) -> None:
        self.trouble: set[str] = set()
        self.calls: list[httpx.Request] = []
        self.hosts: set[str] = set()
        self.files: dict[str, Part] = {}
        self.sent: list[Fields] = []
        self.templates: list[Fields] = [dict(one) for one in TEMPLATES]
        self.hook: Fields = {}
        self.is_hooked = True
        self.now = int(datetime.now(UTC).timestamp()) - 600
        self._waiting: list[bytes] = []
        self._said: dict[str, str] = {}
        self._heard_at: dict[str, int] = {}
        self._number = 0

    # --- what people do --------------------------------------------------------------------------

    def customer_says(self, text: str, **where: Any) -> str:
        """A message of a customer (``person``, ``context``, ``type`` …); returns its id."""
        person = where.pop("person", LENA)
        number = self._next_id()
        self._said[number] = text
        kind = where.pop("type", "text")
        body: Fields = {"text": {"body": text}} if kind == "text" else {}
        message = self._from(person, number, kind) | body | where
        self._heard_at[person["wa_id"]] = self._heard_at[person["user_id"]] = self.now
        self._tell("messages", contacts=[_contact(person)], messages=[message])
        return number

    def edits(self, id: str, text: str) -> None:  # noqa: A002 -- as every fake network has it
        """The customer changes a message, as numbers with the phone app are told."""
        self._said[id] = text
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

    def deliveries(self) -> list[httpx.Request]:
        """The calls since last asked, signed as Meta signs; the address is left to the caller."""
        bodies, self._waiting = self._waiting, []
        if not self.is_hooked or "hook_off" in self.trouble:
            return []
        if "duplicates" in self.trouble:
            bodies = [body for one in bodies for body in (one, one)]
        if "reordered" in self.trouble:
            bodies.reverse()
        return [httpx.Request("POST", "", headers=signed(body), content=body) for body in bodies]

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
        change = {"value": told, "field": field}
        body: Fields = {
            "object": "whatsapp_business_account",
            "entry": [{"id": WABA, "changes": [change]}],
        }
        # Meta escapes what JSON lets stand, and signs that.
        self._waiting.append(json.dumps(body).replace("/", "\\/").encode())

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

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One call to the API, or to where files lie."""
        request.read()
        self.calls.append(request)
        self.hosts.add(request.url.netloc.decode())
        wrong = self._wrong(request)
        if wrong is not None:
            return wrong
        path = request.url.path
        if path.startswith("/whatsapp_business/"):
            return self._download(request)
        parts = path.strip("/").split("/")[1:]
        edge = parts[1] if len(parts) > 1 else ""
        routes: Mapping[tuple[str, str], Callable[[httpx.Request], httpx.Response]] = {
            ("POST", "messages"): self._message,
            ("POST", "media"): self._upload,
            ("GET", "message_templates"): self._list,
            ("GET", "subscribed_apps"): self._apps,
            ("POST", "subscribed_apps"): self._hook,
            ("DELETE", "subscribed_apps"): self._unhook,
            ("GET", ""): self._object,
        }
        known = routes.get((request.method, edge))
        if known is None or (edge and parts[0] not in {NUMBER, WABA}):
            return refusal(400, 100, error_subcode=33)
        return known(request)

    def _wrong(self, request: httpx.Request) -> httpx.Response | None:
        """What is wrong with every call at present."""
        is_known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        answers: tuple[tuple[str, Callable[[], httpx.Response]], ...] = (
            ("outage", lambda: httpx.Response(503, text="<html>Sorry</html>")),
            ("version_gone", lambda: refusal(400, 2635)),
            ("token_expired", lambda: refusal(401, 190, error_subcode=463)),
            ("right_missing", lambda: refusal(403, 10)),
            ("throttled", lambda: refusal(400, 80007, headers=usage(7))),
            ("error_in_200", lambda: refusal(200, 131000)),
        )
        found = next((answer for name, answer in answers if name in self.trouble), None)
        if found is not None:
            return found()
        return None if is_known else refusal(401, 190)

    def _object(self, request: httpx.Request) -> httpx.Response:
        named = request.url.path.rpartition("/")[2]
        if named == NUMBER:
            known = {
                "id": NUMBER, "display_phone_number": "+1 555-078-3881",
                "verified_name": "Northwind", "quality_rating": "GREEN", "status": "CONNECTED",
            }  # fmt: skip
            return httpx.Response(200, json=known)
        if named not in self.files:
            return refusal(400, 100, error_subcode=33)
        file = self.files[named]
        url = f"https://{MEDIA_HOST}/whatsapp_business/attachments/?mid={named}&hash=ATs"
        told = {
            "messaging_product": "whatsapp", "url": url, "mime_type": file.mime, "id": named,
            "sha256": hashlib.sha256(file.body).hexdigest(), "file_size": str(len(file.body)),
        }  # fmt: skip
        return httpx.Response(200, json=told)

    def _download(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(urlsplit(str(request.url)).query)
        file = self.files.get(query.get("mid", [""])[0])
        return httpx.Response(404) if file is None else httpx.Response(200, content=file.body)

    def _list(self, request: httpx.Request) -> httpx.Response:
        """Two a page, so that paging is gone through."""
        after = int(request.url.params.get("after") or 0)
        page, end = self.templates[after : after + 2], after + 2
        paging: Fields = {"cursors": {"before": str(after), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = f"https://graph.facebook.com/next?after={end}"
        return httpx.Response(200, json={"data": page, "paging": paging})

    def _apps(self, request: httpx.Request) -> httpx.Response:
        del request
        is_called = self.is_hooked and "hook_off" not in self.trouble
        app = {"whatsapp_business_api_data": {"id": "1", "name": "Hearwell"}}
        return httpx.Response(200, json={"data": [app] if is_called else []})

    def _hook(self, request: httpx.Request) -> httpx.Response:
        self.hook, self.is_hooked = json.loads(request.content or b"{}"), True
        self.trouble.discard("hook_off")
        return httpx.Response(200, json={"success": True})

    def _unhook(self, request: httpx.Request) -> httpx.Response:
        del request
        self.is_hooked = False
        return httpx.Response(200, json={"success": True})

    def _upload(self, request: httpx.Request) -> httpx.Response:
        file = parts_of(request).get("file")
        limits = dict(_SIZES)
        if file is None or file.mime not in limits or len(file.body) > limits[file.mime]:
            return refusal(400, 131053)
        number = str(4490709327384033 + len(self.files))
        self.files[number] = file
        return httpx.Response(200, json={"id": number})

    def _message(self, request: httpx.Request) -> httpx.Response:
        body: Fields = json.loads(request.content)
        wrong = self._wrong_message(body)
        if wrong is not None:
            return wrong
        number, key = self._next_id(), body.get("biz_opaque_callback_data")
        self.sent.append(body | {"id": number})
        opaque = {"biz_opaque_callback_data": key} if key else {}
        if "undelivered" in self.trouble:
            errors = [{"code": 131026, "title": "Message undeliverable"}]
            self.status(number, "failed", errors=errors, **opaque)
        else:
            self.status(number, "sent", **opaque)
            self.status(number, "delivered", **opaque)
        contact = {"input": body.get("to") or body.get("recipient"), "wa_id": LENA["wa_id"]}
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [contact],
            "messages": [{"id": number}],
        }
        return httpx.Response(200, json=answer)

    def _wrong_message(self, body: Fields) -> httpx.Response | None:
        person = body.get("to") or body.get("recipient") or ""
        is_template = body.get("type") == "template"
        heard = self._heard_at.get(person)
        if "number_locked" in self.trouble:
            return refusal(403, 131031)
        if "pair_limit" in self.trouble:
            return refusal(400, 131056)
        if not is_template and (
            heard is None or heard < self.now - _DAY or "window_closed" in self.trouble
        ):
            return refusal(400, 131047)
        if is_template:
            return self._wrong_template(body["template"])
        return self._wrong_content(body)

    def _wrong_template(self, used: Fields) -> httpx.Response | None:
        key = (used["name"], used["language"]["code"])
        known = next((t for t in self.templates if (t["name"], t["language"]) == key), None)
        if known is None or known["status"] != "APPROVED":
            return refusal(404, 132001)
        if "template_paused" in self.trouble:
            return refusal(400, 132015)
        given = [p["text"] for c in used.get("components", []) for p in c["parameters"]]
        wanted = {(c["type"], word) for c in known["components"] for word in _blanks(c)}
        if len(given) != len(wanted):
            return refusal(400, 132000)
        return refusal(400, 132018) if any("\n" in said for said in given) else None

    def _wrong_content(self, body: Fields) -> httpx.Response | None:
        content = body.get(str(body.get("type"))) or {}
        if len(content.get("body", "")) > TEXT_LIMIT:
            return refusal(400, 100)
        is_known = "id" not in content or content["id"] in self.files
        return None if is_known else refusal(400, 131053)


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The headers of a call."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}


def _blanks(component: Fields) -> set[str]:
    return {word.split("}}")[0] for word in str(component.get("text", "")).split("{{")[1:]}


def _contact(person: Mapping[str, str]) -> Fields:
    profile = {"name": person["name"]}
    return {"profile": profile, "wa_id": person["wa_id"], "user_id": person["user_id"]}
