"""Personal data in a text, by its form: what must not be passed on unmasked. Pure.

Own rules: phone numbers alone would have cost a library of 23 MB, and what matters here is that
something is there and where, not which country's it is. Numbers that only look like data, dates
and prices among them, are told apart by check digits, by length or by the words before them.
Names and addresses are not looked for: that takes a model of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

import regex

from hearwell.kit.check_digits import is_card, is_iban


class PersonalKind(StrEnum):
    """A kind of personal data."""

    MAIL = "mail"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    IP = "ip"
    NUMBER = "number"  # of an order, booking, customer or policy


class Span(NamedTuple):
    """Where it stands: characters [begin, end) of the text."""

    kind: PersonalKind
    begin: int
    end: int


_MAIL = regex.compile(
    r"[\p{L}\p{N}._%+\-]{1,64}@[\p{L}\p{N}\-]{1,63}(?:\.[\p{L}\p{N}\-]{1,63}){1,4}"
)
_IBAN = regex.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_CARD = regex.compile(r"(?<![\d.])\d(?:[ \-]?\d){12,18}(?![\d.]\d)")
_IP4 = regex.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]\d)")
_IP6 = regex.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}(?::?[0-9a-fA-F]{1,4}){1,4}(?![\w:])")
_PHONE = regex.compile(
    r"(?<![\w.,/\-]|\d[ \-])(?:\+|00)?\(?\d(?:[ ./()\-]{0,2}\d){6,14}(?![\w]|[.,/ \-]\d)"
)
_DATE = regex.compile(r"\d{1,4}([./\-])\d{1,2}\1\d{1,4}")
_NUMBER = regex.compile(
    r"(?i)\b(?:order|booking|reservation|confirmation|reference|ref|ticket|case|account|acct|customer"
    r"|tracking|invoice|policy|contract|pnr|flight voucher|membership|member|claim"
    r"|bestell\w*|auftrags\w*|buchungs\w*|buchung|bestellung|kunden\w*|rechnungs\w*|vertrags\w*|sendungs\w*"
    r"|commande|réservation|dossier|client|facture|contrat|suivi"
    r"|pedido|reserva|número|factura|contrato|cliente|ordine|prenotazione|fattura|contratto"
    r"|encomenda|fatura|bestelling|boeking|klantnummer|factuur|ordernummer|bokning\w*|kundnummer"
    r"|ordrenummer|kundenummer|faktura|طلب|الطلب|طلبي|حجز|الحجز|فاتورة|الحساب)"
    r"(?:[ \-]?(?:number|no|nr|num|id|code|ref|reference|nummer|numéro|n°|nº|numero|رقم))?\.?"
    r"\s{0,2}(?:is|ist|est|es|è|é|:|#|=|-|\u2013)?\s{0,2}#?"
    r"(?P<is>[A-Z0-9][A-Z0-9\-]{3,23})\b"
)
_TOLD = regex.compile(
    r"(?i)(?:phone|call|tel|mobile|cell|whatsapp|nummer|number|handy|rufnummer|telefon|téléphone|tél|teléfono|móvil|numero|celular|رقم|جوال|موبايل|هاتف|واتس)\D{0,20}$"
)
_TOLD_WITHIN: Final = 32  # characters: the longest of those words and twenty more
_DIGIT = re.compile(r"\d")
_Finder = Callable[[str], Iterator[Span]]
_LEAST_PHONE, _LEAST_TOLD, _MOST_PHONE = 9, 7, 15
_LEAST_NUMBER, _PNR = 4, 6  # digits of a reference; letters and digits of a code of booking
_A_BYTE, _LEAST_COLONS = 255, 3  # of addresses


def personal_in(text: str) -> list[Span]:
    """Return what personal data a text has, by its place; spans do not overlap. Some 20 µs.

    Reads the whole text, in time that grows with its length alone.
    """
    digits = len(_DIGIT.findall(text))
    finders: tuple[_Finder, ...] = (_mails,) if "@" in text else ()
    if digits >= _LEAST_TOLD:
        finders += (_ibans, _cards, _addresses, _numbers, _phones)
    elif digits:
        finders += (_addresses, _numbers)
    found: list[Span] = []
    taken = bytearray(len(text) if finders else 0)
    for find in finders:
        for span in find(text):
            if taken.find(1, span.begin, span.end) < 0:
                found.append(span)
                taken[span.begin : span.end] = b"\1" * (span.end - span.begin)
    return sorted(found, key=lambda span: span.begin)


def kinds_in(text: str) -> tuple[PersonalKind, ...]:
    """Return the kinds of personal data in a text, each once, in the order they stand in it."""
    return tuple(dict.fromkeys(span.kind for span in personal_in(text)))


def _mails(text: str) -> Iterator[Span]:
    for found in _MAIL.finditer(text):
        yield Span(PersonalKind.MAIL, *found.span())


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        if is_iban(found.group().replace(" ", "")):
            yield Span(PersonalKind.IBAN, *found.span())


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        # Arabic and Indian digits are digits, too.
        if is_card("".join(str(int(sign)) for sign in found.group() if sign.isdigit())):
            yield Span(PersonalKind.CARD, *found.span())


def _addresses(text: str) -> Iterator[Span]:
    for found in _IP4.finditer(text):
        if all(int(part) <= _A_BYTE for part in found.group().split(".")):
            yield Span(PersonalKind.IP, *found.span())
    if text.count(":") >= _LEAST_COLONS:
        for found in _IP6.finditer(text):
            yield Span(PersonalKind.IP, *found.span())


def _numbers(text: str) -> Iterator[Span]:
    for found in _NUMBER.finditer(text):
        number = found.group("is")
        digits = sum(map(str.isdigit, number))
        is_code = number.isupper() and len(number) == _PNR and found.group().isascii()
        if (digits >= _LEAST_NUMBER or (digits and is_code)) and not _DATE.fullmatch(number):
            yield Span(PersonalKind.NUMBER, *found.span("is"))


def _phones(text: str) -> Iterator[Span]:
    for found in _PHONE.finditer(text):
        number = found.group()
        digits = sum(map(str.isdigit, number))
        begin = found.start()
        is_marked = number.startswith(("+", "00", "0", "(")) or _TOLD.search(
            text, max(0, begin - _TOLD_WITHIN), begin
        )
        least = _LEAST_TOLD if is_marked else _LEAST_PHONE
        is_parted = any(sign in number for sign in " -./()")
        if digits > _MOST_PHONE or digits < least or _DATE.search(number):
            continue
        if is_marked or (is_parted and digits >= _LEAST_PHONE):
            yield Span(PersonalKind.PHONE, *found.span())
