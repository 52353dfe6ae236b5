"""The texts on the screen, from the code into the catalogues and back.

    python tools/texts.py update    # new texts into every catalogue, old ones out, compiled
    python tools/texts.py           # what is missing or wrong, a line each

No GNU gettext is needed: Django turns a template into what reads like Python, Babel finds the
calls. A catalogue has neither dates nor line numbers, so it changes only with its words.
"""

from __future__ import annotations

import ast
import gettext
import io
import re
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import catalogue_rules
import pure_words
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "hearwell"
LOCALE: Final = SOURCE / "locale"
# As Django's own catalogues count, so that its texts and ours agree.
PLURALS: Final[Mapping[str, str]] = {
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
    ),
    "de": "nplurals=2; plural=(n != 1);",
}
CALLS: Final = ("gettext", "ngettext", "pgettext", "npgettext")
KEYWORDS: Final = dict.fromkeys(
    ["_", *(f"{name}{end}" for name in CALLS for end in ("", "_lazy", "_noop"))]
)
WIDTH: Final = 96
STRING: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
CALL: Final = re.compile(
    rf"\b(n?p?gettext|_)\(u?((?:{STRING.pattern})(?:,\s*u?(?:{STRING.pattern}))*)", re.DOTALL
)
Call: TypeAlias = tuple[str, tuple[str, ...]]


class Text(NamedTuple):
    """One text of the code: what it means where that is not clear, one form or two."""

    context: str | None
    one: str
    many: str | None


def texts_of_code(source: Path = SOURCE) -> dict[Text, str]:
    """Return every text, with the file it was first found in."""
    found: dict[Text, str] = {}
    for path in sorted(source.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and path.is_file():
            where = str(path.relative_to(source))
            for text in _texts(path):
                found.setdefault(text, where)
            for words in pure_words.answered(path, source) if path.suffix == ".py" else ():
                found.setdefault(Text(None, words, None), where)
    for words, where in pure_words.told():
        found.setdefault(Text(None, words, None), where)
    _join_plurals(found)
    return found


def _texts(path: Path) -> Iterator[Text]:
    calls: Iterator[Call] = iter(())
    if path.suffix == ".py":
        calls = _calls_of_python(path.read_text())
    elif "templates" in path.parts:
        calls = _calls_of_template(path.read_text(), str(path))
    for name, words in calls:
        if text := _text(name, words):
            yield text


def _calls_of_python(code: str) -> Iterator[Call]:
    found = extract_python(io.BytesIO(code.encode()), KEYWORDS, (), {"encoding": "utf-8"})
    for _line, name, words, _notes in found:
        yield str(name), catalogue_rules.strings(words)


def _calls_of_template(code: str, origin: str) -> Iterator[Call]:
    """What is no text has become X there, so only calls look like calls."""
    for call in CALL.finditer(templatize(code, origin=origin)):
        yield call[1], tuple(ast.literal_eval(one) for one in STRING.findall(call[2]))


def _text(name: str, words: tuple[str, ...]) -> Text | None:
    """Read the arguments of a call; a variable among them is empty and no text of ours."""
    takes = list(words)
    context = takes.pop(0) if "pgettext" in name else None
    one = takes[0] if takes else None
    many = (takes[1] or None) if name.startswith("n") and len(takes) > 1 else None
    return Text(context, one, many) if one else None


def _join_plurals(found: dict[Text, str]) -> None:
    """A text that is also the first form of a plural is one entry, as gettext wants it."""
    for text in [t for t in found if t.many is not None]:
        found.pop(Text(text.context, text.one, None), None)


def catalogue_path(language: str) -> Path:
    """Return where the words of a language are kept."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    """Read the words of a language; an empty catalogue if there are none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _key(message: Message) -> Text:
    one, *many = catalogue_rules.strings(message.id)
    return Text(message.context or None, one, many[0] if many else None)


def merged(language: str, texts: Mapping[Text, str]) -> Catalog:
    """Return the catalogue with all texts of the code and no others, known words kept."""
    known = {_key(m): m for m in read_catalogue(language) if m.id}
    fresh = Catalog(locale=language)
    for text in sorted(texts, key=lambda t: (t.one, t.context or "", t.many or "")):
        old = known.get(text)
        fresh.add(
            (text.one, text.many) if text.many else text.one,
            old.string if old else ("",) * forms_of(language) if text.many else "",
            context=text.context,
            flags=old.flags if old else (),
            user_comments=old.user_comments if old else (),
        )
    return fresh


def forms_of(language: str) -> int:
    """Return how many forms of a plural the language has."""
    return int(PLURALS[language].removeprefix("nplurals=").partition(";")[0])


def _header(language: str) -> str:
    return (
        "Project-Id-Version: Hearwell\n"
        f"Language: {language}\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        f"Plural-Forms: {PLURALS[language]}\n"
    )


def written(language: str, catalogue: Catalog) -> bytes:
    """Return the catalogue as text, the same bytes for the same words."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, no_location=True)
    lines = "".join(f'"{line}\\n"\n' for line in _header(language).splitlines())
    return b'msgid ""\nmsgstr ""\n' + lines.encode() + b"\n" + out.getvalue().strip() + b"\n"


def compiled(language: str, catalogue: Catalog) -> bytes:
    """Return the catalogue as gettext reads it at run time, the same bytes for the same words.

    Untranslated and doubtful entries are left out: the English text is shown for them.
    """
    pairs = {b"": _header(language).encode()}
    for message in catalogue:
        forms = catalogue_rules.strings(message.string)
        if not message.id or message.fuzzy or not all(forms):
            continue
        key = f"{message.context}\x04" if message.context else ""
        pairs[(key + "\0".join(catalogue_rules.strings(message.id))).encode()] = "\0".join(
            forms
        ).encode()
    return _packed(sorted(pairs.items()))


def _packed(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Lay the strings out: a head, two tables of length and place, all keys, all values."""
    count = len(pairs)
    place, tables, strings = 28 + 16 * count, [], []
    for column in (0, 1):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), place))
            strings.append(pair[column] + b"\0")
            place += len(pair[column]) + 1
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + b"".join(tables) + b"".join(strings)


def update() -> None:
    """Bring every catalogue up to the code, and compile it."""
    texts = texts_of_code()
    for language in PLURALS:
        catalogue = merged(language, texts)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(language, catalogue))
        path.with_suffix(".mo").write_bytes(compiled(language, catalogue))
        gettext.GNUTranslations(io.BytesIO(path.with_suffix(".mo").read_bytes()))


def complaints() -> Iterator[str]:
    """Yield a line for every text that a language lacks or has wrong, and for stale files."""
    texts = texts_of_code()
    for language in PLURALS:
        path = catalogue_path(language)
        catalogue = read_catalogue(language)
        name = path.relative_to(ROOT)
        known = {_key(m): m for m in catalogue if m.id}
        for text in sorted(known.keys() - texts.keys(), key=str):
            yield f"{name}: no longer in the code: {text.one!r}"
        for text, where in texts.items():
            message = known.get(text)
            for what in catalogue_rules.faults(message, forms_of(language)):
                yield f"{name}: {what}: {text.one!r} ({where})"
        binary = path.with_suffix(".mo")
        if not binary.exists() or binary.read_bytes() != compiled(language, catalogue):
            yield f"{name}: not compiled as it stands"


def main() -> int:
    """Do what was asked for; return an exit code."""
    pure_words.start()
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    found = list(complaints())
    for line in found:
        print(line)
    if found:
        print("Run: python tools/texts.py update. Then translate, and run it again.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
