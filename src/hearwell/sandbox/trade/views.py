"""The two services, and the page behind a payment link. JSON in, JSON out, by a secret."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import public
from hearwell.kit.scope import scope
from hearwell.powers.money import shown_amount
from hearwell.sandbox.api.door import HANG_S, RefusalError, fields_of
from hearwell.sandbox.models import TradeAct, TradeHouse, TradeThing
from hearwell.sandbox.queries import open_page, workspace_at
from hearwell.sandbox.services import trading
from hearwell.sandbox.services.trading import TradeFault, digest
from hearwell.sandbox.trade.deeds import NotDoneError, deed_for
from hearwell.sandbox.trade.documents import document_of

KEY_HEADER: Final = "idempotency-key"
_LONGEST_KEY: Final = 80
_MOST: Final = 20
# What one may look for things by, beside their number.
_SOUGHT: Final = ("email", "phone")
_COLLECTIONS: Final = {"orders": "order", "bookings": "booking", "bags": "bag", "calls": "call"}


@csrf_exempt
@public
def call(request: HttpRequest, address: str, house: str, rest: str) -> HttpResponseBase:
    """Answer one call of a service."""
    try:
        return _answer(request, address, house, rest.strip("/").split("/"))
    except RefusalError as refusal:
        return refusal.response()


def _refused(status: int, words: str) -> RefusalError:
    error = RefusalError(status, words)
    error.body = {"message": words}
    return error


def _answer(request: HttpRequest, address: str, house: str, way: list[str]) -> HttpResponseBase:
    if way == ["openapi.json"]:
        return JsonResponse(document_of(house, _base(address, house)))
    workspace_id = workspace_at(address)
    if workspace_id is None:
        raise _refused(HTTPStatus.NOT_FOUND, "There is no such house.")
    with scope(workspace_id):  # of its own, so that a fault stays used up whatever follows
        row = _house(request, house)
        fault = trading.take_fault(row) if request.method == "POST" else None
    if fault is TradeFault.SLOW_DOWN:
        raise _refused(HTTPStatus.TOO_MANY_REQUESTS, "Slower, please.")
    if fault is TradeFault.FAIL_BEFORE:
        raise _refused(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke.")
    with scope(workspace_id):
        answer = _reading(row, request, way) if request.method == "GET" else None
        answer = answer or _acting(row, request, way, address, fault)
    if fault is TradeFault.FAIL_AFTER:
        raise _refused(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke.")
    if fault is TradeFault.HANG_AFTER:
        time.sleep(HANG_S)
    return answer


def _house(request: HttpRequest, house: str) -> TradeHouse:
    row = TradeHouse.objects.filter(house=house).first()
    given = digest(request.headers.get("authorization", "").removeprefix("Bearer "))
    if row is None or not secrets.compare_digest(bytes(row.digest), given):
        raise _refused(HTTPStatus.UNAUTHORIZED, "The secret is not known here.")
    return row


def _base(address: str, house: str) -> str:
    return f"{settings.HEARWELL_URL}/sandbox/trade/{address}/{house}"


def _reading(house: TradeHouse, request: HttpRequest, way: list[str]) -> HttpResponse:
    if way[0] == "acts" and len(way) == 2:  # noqa: PLR2004  acts/KEY
        act = TradeAct.objects.filter(house=house.house, key=way[1]).first()
        if act is None:
            raise _refused(HTTPStatus.NOT_FOUND, "Nothing was done under this key.")
        return JsonResponse({"act": _shown(act.result, house, request)})
    kind = _COLLECTIONS.get(way[0], "")
    things = TradeThing.objects.filter(house=house.house, kind=kind).order_by("number")
    if not kind or len(way) > 2:  # noqa: PLR2004  orders/NUMBER
        raise _refused(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    if len(way) == 2:  # noqa: PLR2004
        return JsonResponse({kind: _thing(house, kind, way[1]).body})
    by = next((name for name in _SOUGHT if request.GET.get(name)), "")
    wanted = request.GET.get(by, "")
    found = [t.body for t in things if by and _plain(str(t.body.get(by, ""))) == _plain(wanted)]
    return JsonResponse({way[0]: found[:_MOST]})


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _thing(house: TradeHouse, kind: str, number: str) -> TradeThing:
    rows = TradeThing.objects.filter(house=house.house, kind=kind)
    found = rows.filter(number=number.replace("\x00", "").upper()).first()
    if found is None:
        raise _refused(HTTPStatus.NOT_FOUND, f"There is no {kind} of this number.")
    return found


def _acting(
    house: TradeHouse, request: HttpRequest, way: list[str], address: str, fault: TradeFault | None
) -> HttpResponse:
    key = request.headers.get(KEY_HEADER, "")
    if request.method != "POST" or not 0 < len(key) <= _LONGEST_KEY:
        raise _refused(HTTPStatus.BAD_REQUEST, "Send a POST with an Idempotency-Key.")
    do = _deed(house, request, way, key)
    try:
        act, is_new = do()
        if fault is TradeFault.SAY_TWICE:  # a proxy on the way sends it once more
            act, is_new = do()
    except NotDoneError as why:
        raise _refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(why)) from why
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return JsonResponse({"act": _shown(act.result, house, request, address)}, status=status)


def _deed(
    house: TradeHouse, request: HttpRequest, way: list[str], key: str
) -> Callable[[], tuple[TradeAct, bool]]:
    fields = fields_of(request)
    if len(way) == 3 and way[0] == "acts" and way[2] == trading.UNDO:  # noqa: PLR2004
        return lambda: (_undone(house, key, way[1]), True)
    kind = _COLLECTIONS.get(way[0], "") if len(way) == 3 else ""  # noqa: PLR2004
    does = deed_for(house.house, way[-1], kind)
    if does is None or len(way) not in (1, 3):
        raise _refused(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    thing = _thing(house, kind, way[1]) if kind else None
    return lambda: trading.do(house, key, does, thing, fields)


def _undone(house: TradeHouse, key: str, undone_key: str) -> TradeAct:
    try:
        return trading.undo(house, key, undone_key)
    except TradeAct.DoesNotExist as error:
        raise _refused(HTTPStatus.NOT_FOUND, "Nothing was done under this key.") from error


def _shown(
    result: dict[str, Any], house: TradeHouse, request: HttpRequest, address: str = ""
) -> dict[str, Any]:
    address = address or request.path.split("/")[3]
    link = ""
    if result.get("pay_code"):
        link = settings.HEARWELL_URL + reverse("sandbox:pay", args=[address, result["pay_code"]])
    elif result.get("has_invoice"):
        link = f"https://invoices.northwind.example/{house.house}/{result['number']}.pdf"
    hidden = ("pay_code", "has_invoice")
    return {k: v for k, v in result.items() if k not in hidden} | {"link": link}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, address: str, code: str) -> HttpResponse:
    """Show what is to be paid, or take it: nobody's money moves, and no card is asked for."""
    workspace_id = workspace_at(address)
    if workspace_id is None:
        raise Http404
    with scope(workspace_id):
        thing = TradeThing.objects.filter(pay_code=code).first() if code else None
        page = open_page()
        if thing is None or page is None:
            raise Http404
        if request.method == "POST":
            trading.pay(thing)
            return redirect("sandbox:pay", address, code)
        amount = shown_amount(thing.body.get("due") or 0, thing.body["currency"])
        context = {"page": page, "thing": thing.body, "amount": amount}
        return render(request, "sandbox/pay.html", context)
