"""The head of a mail: unfolded fields, and parameters of those that have them (RFC 2045, 2231)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from hearwell.connectors.email.charsets import decode, header_text
from hearwell.connectors.email.limits import MAX_FIELD, MAX_FIELDS

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,64})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of a head, in order, by lower-case name; values unfolded and still bytes."""

    fields: Sequence[tuple[str, bytes]] = ()

    def all(self, name: str) -> list[bytes]:
        """Every value of a field, the topmost (newest) first."""
        return [value for known, value in self.fields if known == name]

    def raw(self, name: str) -> bytes:
        """The first value of a field, empty if there is none."""
        return next((value for known, value in self.fields if known == name), b"")

    def text(self, name: str) -> str:
        """The first value as text, encoded words undone."""
        return " ".join(header_text(self.raw(name)).split())

    def has(self, name: str) -> bool:
        """Whether the field is there, if only empty."""
        return any(known == name for known, _ in self.fields)


def head_of(block: bytes) -> Head:
    """Read a block of header lines; what is no field (an mbox "From " line, junk) is passed over.

    Fields and their lengths are bounded; what is beyond is not seen.
    """
    found: list[tuple[str, bytearray]] = []
    for line in block.splitlines():
        if line[:1] in (b" ", b"\t"):
            if found and len(found[-1][1]) < MAX_FIELD:
                found[-1][1].extend(b" " + line.strip())
            continue
        named = _NAME.match(line)
        if named is None:
            continue
        if len(found) >= MAX_FIELDS:
            break
        found.append((named[1].decode("ascii").lower(), bytearray(line[named.end() :].strip())))
    return Head([(name, bytes(value[:MAX_FIELD])) for name, value in found])


@dataclass(frozen=True, slots=True)
class Value:
    """A structured value: ``text/plain; charset=utf-8`` is `main` and `parameters`."""

    main: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter, empty if there is none."""
        return self.parameters.get(name, "")


def value_of(raw: bytes) -> Value:
    """Read a structured value, parameters joined and decoded, also where they are encoded words."""
    text = decode(raw)
    main, _, _ = text.partition(";")
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, section, is_encoded, value in _parameters(text):
        pieces.setdefault(name, {}).setdefault(section, (value, is_encoded))
    joined = {name: _joined(sections) for name, sections in pieces.items()}
    return Value(main.strip().lower(), joined)


def _parameters(text: str) -> Iterator[tuple[str, int, bool, str]]:
    for match in _PARAMETER.finditer(text):
        section = _SECTION.fullmatch(match[1])
        if section is None:
            continue
        value = match[2].strip()
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:].removesuffix('"'))
        yield section[1].lower(), int(section[2] or 0), section[3] is not None, value


def _joined(sections: Mapping[int, tuple[str, bool]]) -> str:
    """Put the sections of a parameter together (RFC 2231), decode what is encoded."""
    if not any(is_encoded for _, is_encoded in sections.values()):
        plain = "".join(sections[n][0] for n in sorted(sections))
        return header_text(plain.encode("utf-8", "replace")) if "=?" in plain else plain
    charset, data = "", b""
    for number in sorted(sections):
        value, is_encoded = sections[number]
        if is_encoded and number == 0 and value.count("'") > 1:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if is_encoded else value.encode("utf-8", "replace")
    return decode(data, charset)
