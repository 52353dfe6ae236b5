"""A provider of text messages in memory, as documented; it misbehaves on request. No sockets."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode

import httpx

from hearwell.connect.formsig import FORM, SIGNATURE, signature, signed_form
from hearwell.connect.pretended import Pretended
from hearwell.connectors.sms.manifest import TEXT_LIMIT, VERSION
from hearwell.kit.e164 import is_e164

SID: Final = "AC00000000000000000000000000000001"
TOKEN: Final = "sms-canary-token-71c4"  # noqa: S105 -- of a fake
NUMBER, LENA = "+15005550006", "+351912345678"
HOOK: Final = "https://care.example/hooks/x"
_NUMBER_SID: Final = "PN00000000000000000000000000000001"
_REFUSED: Final = {"opted_out": 21610, "country_off": 21408, "unregistered": 30034}
Fields = dict[str, Any]


@dataclass(slots=True)
class Text:
    """A message as the provider keeps it."""

    sid: str
    sender: str
    to: str
    body: str
    is_inbound: bool
    at: datetime
    status: str
    code: int | None = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def listed(self) -> Fields:
        """As it stands in the list."""
        at = format_datetime(self.at)
        return {
            "sid": self.sid,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": "inbound" if self.is_inbound else "outbound-api",
            "status": self.status,
            "error_code": self.code,
            "num_media": str(len(self.files)),
            "date_created": at,
            "date_updated": at,
            "date_sent": at,
        }


class Network(Pretended):
    """One account with one number. ``hook`` is where it calls; ``trouble`` is what goes wrong."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "The token was changed: every call of ours is refused.",
        "throttled": "Too many calls: 429 with the time to wait.",
        "outage": "The provider answers 503.",
        "error_in_200": "A refusal arrives inside of a good answer.",
        "opted_out": "Everybody has written STOP to this number.",
        "country_off": "Sending to that country is switched off.",
        "unregistered": "The number is not registered with the carriers.",
        "carrier_lost": "What we send is accepted and then lost by the carrier.",
        "twice_and_shuffled": "Calls come twice and in another order.",
        "hook_silent": "The provider has stopped calling without saying so.",
        "version_withdrawn": "This version of the interface is gone.",
        "suspended": "The provider has suspended the account.",
        "unreadable": "Answers are no JSON.",
    }

    def __init__(self) -> None:
        super().__init__()
        self.hook = HOOK
        self.texts: list[Text] = []
        self.is_trial = False
        self._calls: list[Fields] = []
        self._serial = 0

    # --- what happens there ----------------------------------------------------------------------

    def customer_says(self, text: str, **where: str) -> str:
        """A message to our number; ``sender`` is another telephone. Returns its sid."""
        sender = where.get("sender", LENA)
        one = self._add(sender, NUMBER, text, is_inbound=True, status="received")
        self._calls.append(self._told(one, "received"))
        return one.sid

    def customer_shows(self, text: str, mime: str, body: bytes) -> str:
        """A message with a file."""
        sid = self.customer_says(text)
        one = self.text(sid)
        name = f"ME{len(self.texts):032d}"
        one.files[name] = (mime, body)
        url = f"https://api.twilio.com/{VERSION}/Accounts/{SID}/Messages/{sid}/Media/{name}"
        self._calls[-1] |= {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": mime}
        return sid

    def edits(self, id: str, text: str) -> None:  # noqa: A002 -- the name that all networks use
        """Nobody can change a text message: nothing happens."""

    def deletes(self, id: str) -> None:  # noqa: A002 -- the same
        """Nobody can take a text message back: nothing happens."""

    def arrives(self, sid: str, status: str = "delivered", code: int | None = None) -> None:
        """How far one of ours has come, told by a call."""
        one = self.text(sid)
        one.status, one.code = status, code
        self._calls.append(self._told(one, status))

    def text(self, sid: str) -> Text:
        """One message. Raises ``StopIteration`` if there is none."""
        return next(one for one in self.texts if one.sid == sid)

    def deliveries(self) -> list[httpx.Request]:
        """What it would post to us since last asked, signed for ``hook``."""
        calls, self._calls = self._calls, []
        if "hook_silent" in self.trouble:
            return []
        if "twice_and_shuffled" in self.trouble:
            calls = [*reversed(calls), *calls]
        return [self._posted(call) for call in calls]

    def _posted(self, call: Fields) -> httpx.Request:
        body = urlencode(call).encode()
        signed = signature(TOKEN, self.hook + signed_form(body)).decode()
        headers = {"content-type": FORM, SIGNATURE: signed}
        return httpx.Request("POST", "", content=body, headers=headers)

    def _told(self, one: Text, status: str) -> Fields:
        told = {"MessageSid": one.sid, "SmsSid": one.sid, "AccountSid": SID}
        told |= {"From": one.sender, "To": one.to}
        if one.is_inbound:
            return told | {"Body": one.body, "SmsStatus": "received", "NumMedia": "0"}
        code = {"ErrorCode": str(one.code)} if one.code else {}
        return told | {"MessageStatus": status, "SmsStatus": status} | code

    def _add(self, sender: str, to: str, body: str, *, is_inbound: bool, status: str) -> Text:
        self._serial += 1
        at = datetime.now(UTC).replace(microsecond=0)
        one = Text(f"SM{self._serial:032d}", sender, to, body, is_inbound, at, status)
        self.texts.append(one)
        return one

    # --- what it is asked ------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """One call of ours."""
        if wrong := self._trouble(request):
            return wrong
        path = request.url.path
        if path.startswith("/v1/Services/"):
            return httpx.Response(200, json={"sid": path.rpartition("/")[2]})
        base = f"/{VERSION}/Accounts/{SID}"
        if not path.startswith(base):
            return refusal(404, 20404, "The requested resource was not found")
        return self._answer(request, path.removeprefix(base))

    def _trouble(self, request: httpx.Request) -> httpx.Response | None:
        if "outage" in self.trouble:
            return httpx.Response(503, text="Service unavailable")
        if "unreadable" in self.trouble:
            return httpx.Response(200, text="<html>")
        if "version_withdrawn" in self.trouble:
            return refusal(404, 20404, "The requested resource was not found")
        login = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        is_known = request.headers.get("authorization") == f"Basic {login}"
        if "token_expired" in self.trouble or not is_known:
            return refusal(401, 20003, "Authenticate")
        if "throttled" in self.trouble:
            slow = refusal(429, 20429, "Too Many Requests")
            slow.headers["retry-after"] = "7"
            return slow
        return None

    def _answer(self, request: httpx.Request, rest: str) -> httpx.Response:
        if rest == ".json":
            status = "suspended" if "suspended" in self.trouble else "active"
            kind = "Trial" if self.is_trial else "Full"
            return httpx.Response(200, json={"sid": SID, "status": status, "type": kind})
        if rest == "/IncomingPhoneNumbers.json":
            return self._numbers(request.url.params.get("PhoneNumber", ""))
        if rest.startswith("/IncomingPhoneNumbers/"):
            self.hook = dict(parse_qsl(request.content.decode(), keep_blank_values=True))["SmsUrl"]
            return httpx.Response(200, json={"sid": _NUMBER_SID})
        if rest == "/Messages.json":
            return self._send(request) if request.method == "POST" else self._list(request)
        return self._one(rest.removeprefix("/Messages/"))

    def _numbers(self, wanted: str) -> httpx.Response:
        can = {"sms": True, "mms": True, "voice": True}
        ours = {"sid": _NUMBER_SID, "phone_number": NUMBER, "capabilities": can}
        found = [ours | {"sms_url": self.hook}] if wanted == NUMBER else []
        return httpx.Response(200, json={"incoming_phone_numbers": found})

    def _list(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        since, to, sender = (params.get(n, "") for n in ("DateSent>", "To", "From"))
        size, page = int(params.get("PageSize", "50")), int(params.get("Page", "0"))
        fitting = [
            one.listed()
            for one in reversed(self.texts)
            if to in ("", one.to) and sender in ("", one.sender)
            if one.at.date().isoformat() >= since
        ]
        here = fitting[page * size : (page + 1) * size]
        more = params.set("Page", str(page + 1)) if len(fitting) > (page + 1) * size else None
        path = f"/{VERSION}/Accounts/{SID}/Messages.json?{more}" if more else None
        return httpx.Response(200, json={"messages": here, "next_page_uri": path})

    def _one(self, rest: str) -> httpx.Response:
        sid, _, inner = rest.removesuffix(".json").partition("/")
        one = next((text for text in self.texts if text.sid == sid), None)
        if one is None:
            return refusal(404, 20404, "The requested resource was not found")
        if not inner:
            return httpx.Response(200, json=one.listed())
        name = inner.removeprefix("Media").removeprefix("/")
        if not name:
            listed = [{"sid": n, "content_type": mime} for n, (mime, _) in one.files.items()]
            return httpx.Response(200, json={"media_list": listed})
        if name not in one.files:
            return refusal(404, 20404, "The requested resource was not found")
        mime, body = one.files[name]
        return httpx.Response(200, content=body, headers={"content-type": mime})

    def _send(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        to, body = form.get("To", ""), form.get("Body", "")
        if wrong := self._refused(to, body):
            return wrong
        one = self._add(form.get("From", ""), to, body, is_inbound=False, status="queued")
        answer = json.loads(json.dumps(one.listed())) | {"date_sent": None}
        if "carrier_lost" in self.trouble:
            self.arrives(one.sid, "sent")
            self.arrives(one.sid, "undelivered", 30003)
        else:
            self.arrives(one.sid, "sent")
            self.arrives(one.sid, "delivered")
        return httpx.Response(201, json=answer)

    def _refused(self, to: str, body: str) -> httpx.Response | None:
        for name, code in _REFUSED.items():
            if name in self.trouble:
                return refusal(400, code, name)
        if "error_in_200" in self.trouble:
            return httpx.Response(200, json={"code": 21610, "message": "unsubscribed recipient"})
        if not is_e164(to):
            return refusal(400, 21211, "Invalid 'To' Phone Number")
        if len(body.encode("utf-16-le")) // 2 > TEXT_LIMIT:
            return refusal(400, 21617, "The concatenated message body exceeds the limit")
        return None


def refusal(status: int, code: int, message: str) -> httpx.Response:
    """An error as the provider words it."""
    return httpx.Response(status, json={"code": code, "message": message, "status": status})
