"""A file of purchases: what each line says, or what is wrong with it. Addresses are hashed here.

Nothing but the hash of an address leaves this module: neither a page nor the database has it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.kit.text import clean
from hearwell.outcomes.files import Cells, LineError, lines_of, read_day, refuse
from hearwell.powers.money import BadAmountError, plain_amount, to_minor

COLUMNS: Final = ("date", "network", "network_id", "email_sha256", "amount", "currency", "order_id")
_NEEDED: Final = ("date", "amount", "currency", "order_id")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST: Final = 100
_NO: Final = frozenset({"no", "false", "0", "n", "nein", "لا"})

NO_COLUMNS: Final = _(
    "The first line has to name the columns: date, amount, currency, order_id; and whose it is: "
    "network and network_id, or email."
)
NO_AMOUNT: Final = _("The amount is a number such as 25.50, without thousands and without a sign.")
NO_CURRENCY: Final = _("The currency is three letters, such as EUR.")
NO_ORDER: Final = _("The number of the order is missing, or longer than 100 letters.")
NOBODY: Final = _("Nobody is named: network and network_id, or email.")
NO_ADDRESS: Final = _("This is no e-mail address.")
NO_HASH: Final = _("This is no SHA-256: 64 signs of 0-9 and a-f.")
SAME_ORDER: Final = _("This order stands in an earlier line already.")
NOT_AGREED: Final = _("They have not agreed.")
ERASED: Final = _("This person was erased: what was before that stays away.")


@dataclass(frozen=True, slots=True)
class Bought:
    """One order, of somebody on a network or of whoever has the address behind a hash."""

    order_id: str
    bought_on: date
    network: str
    network_id: str
    email_sha256: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. `wrong` (a msgid) is empty where it can be taken.

    `address` is there while erased people are looked for, and forgotten then.
    """

    number: int
    bought: Bought | None
    column: str = ""
    wrong: str = ""
    address: str = ""


def read_purchases(body: bytes, today: date) -> list[Line]:
    """Read a file. Raises FileError; what is wrong with a line is said in it."""
    found, seen = [], set[str]()
    for number, cells in lines_of(body, _NEEDED, NO_COLUMNS):
        try:
            bought = _bought(cells, today)
            if bought.order_id in seen:
                refuse("order_id", SAME_ORDER)
            seen.add(bought.order_id)
            found.append(Line(number, bought, address=_address(cells)))
        except LineError as error:
            found.append(Line(number, None, error.column, str(error)))
    return found


def without(lines: Iterable[Line], erased: Mapping[tuple[str, str], date]) -> list[Line]:
    """Refuse what people bought before they were erased: (network, name there) -> that day."""
    return [
        Line(one.number, None, "network_id", ERASED)
        if (until := erased.get(name_of(one))) and one.bought and one.bought.bought_on <= until
        else replace(one, address="")
        for one in lines
    ]


def name_of(line: Line) -> tuple[str, str]:
    """Return the network and the name there of a line's person, as far as a line knows it."""
    if line.address:
        return "email", line.address
    return (line.bought.network, line.bought.network_id) if line.bought else ("", "")


def written(lines: Sequence[Line]) -> str:
    """Write the lines that can be taken as a file of the same kind, addresses as hashes."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for one in (line.bought for line in lines if line.bought):
        table.writerow((
            one.bought_on, one.network, one.network_id, one.email_sha256,
            plain_amount(one.amount_minor, one.currency), one.currency, one.order_id,
        ))  # fmt: skip
    return out.getvalue()


def _bought(cells: Cells, today: date) -> Bought:
    day = read_day(cells.get("date", ""), today)
    currency = cells.get("currency", "").upper()
    if not _CURRENCY.fullmatch(currency):
        refuse("currency", NO_CURRENCY)
    order_id = clean(cells.get("order_id", ""))[0]
    if not 0 < len(order_id) <= _LONGEST:
        refuse("order_id", NO_ORDER)
    if cells.get("consent", "").casefold() in _NO - {""}:
        refuse("consent", NOT_AGREED)
    network, network_id, hashed = _person(cells)
    return Bought(order_id, day, network, network_id, hashed, _amount(cells, currency), currency)


def _amount(cells: Cells, currency: str) -> int:
    try:
        return to_minor(cells.get("amount", ""), currency)
    except BadAmountError:
        refuse("amount", NO_AMOUNT)


def _person(cells: Cells) -> tuple[str, str, str]:
    """Return (network, id there, hash of the address): either the first two or the last."""
    network, network_id = cells.get("network", "").lower(), clean(cells.get("network_id", ""))[0]
    if network and network_id and network != "email":
        return network[:32], network_id, ""
    if hashed := cells.get("email_sha256", "").lower():
        if not _HASH.fullmatch(hashed):
            refuse("email_sha256", NO_HASH)
        return "", "", hashed
    address = _address(cells)
    if not address:
        refuse("network_id", NOBODY)
    if not _ADDRESS.fullmatch(address):
        refuse("email", NO_ADDRESS)
    return "", "", sha256(address.encode()).hexdigest()


def _address(cells: Cells) -> str:
    """Return an address as promotions hash it: small letters, no spaces around."""
    is_mail = cells.get("network", "").lower() == "email"
    said = cells.get("email") or (cells.get("network_id", "") if is_mail else "")
    has_other = bool(cells.get("network") and cells.get("network_id") and not is_mail)
    return "" if has_other else said.strip().lower()
