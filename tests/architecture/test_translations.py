"""The tool that keeps the catalogues finds every text, and every way a translation goes wrong."""

from __future__ import annotations

import gettext
import importlib
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

import tools
from tools import bare_words, catalogue_rules

TOOLS = Path(tools.__path__[0])


@pytest.fixture
def texts(monkeypatch):
    """The tool as it is when it runs: a script beside its modules."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("texts")


def test_texts_are_found_in_python_and_in_templates(texts, tmp_path):
    (tmp_path / "a.py").write_text(
        "_('one' ' more')\nngettext_lazy('%(n)s case', '%(n)s cases', n)\n"
        "pgettext('verb', 'open')\ngettext(variable)\n"
    )
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "a.html").write_text(
        '{% load i18n %}{% translate "It’s “so”" %}{% translate name %}\n'
        "{% blocktranslate trimmed with a=b count n=n %}\n  {{ n }} row of {{ a }}\n"
        "{% plural %}\n  {{ n }} rows of {{ a }}\n{% endblocktranslate %}\n"
        '{% fig _("Rate") x %}'
    )
    found = {(text.context, text.one, text.many) for text in texts.texts_of_code(tmp_path)}
    assert found >= {
        (None, "one more", None),
        (None, "%(n)s case", "%(n)s cases"),
        ("verb", "open", None),
        (None, "It’s “so”", None),
        (None, "%(n)s row of %(a)s", "%(n)s rows of %(a)s"),
        (None, "Rate", None),
    }


def test_what_connectors_say_is_among_the_texts(texts):
    found = {text.one for text in texts.texts_of_code(texts.SOURCE / "connectors")}
    assert {"Handle", "We ask it"} <= found


def test_the_plural_forms_are_those_of_the_language(texts):
    for language, rule in texts.PLURALS.items():
        count = get_plural(language)
        ours = gettext.c2py(rule.partition("plural=")[2].rstrip(";"))
        assert texts.forms_of(language) == count.num_plurals
        assert len({ours(n) for n in range(120)}) == texts.forms_of(language)


def test_what_is_compiled_is_read_again_with_all_its_forms(texts):
    catalogue = Catalog(locale="ar")
    forms = ("none", "one", "two", "few %(n)s", "many %(n)s", "other %(n)s")
    catalogue.add(("%(n)s case", "%(n)s cases"), forms)
    catalogue.add("open", "öffnen", context="verb")
    catalogue.add("not yet", "")
    catalogue.add("doubtful", "zweifelhaft", flags=["fuzzy"])
    read = gettext.GNUTranslations(io.BytesIO(texts.compiled("ar", catalogue)))
    said = [read.ngettext("%(n)s case", "%(n)s cases", n) for n in (0, 1, 2, 3, 11, 100)]
    assert said == list(forms)
    assert read.pgettext("verb", "open") == "öffnen"
    assert [read.gettext(text) for text in ("not yet", "doubtful")] == ["not yet", "doubtful"]


def test_the_same_words_are_the_same_bytes(texts):
    code = texts.texts_of_code()
    for language in texts.PLURALS:
        catalogue = texts.merged(language, code)
        assert texts.written(language, catalogue) == texts.catalogue_path(language).read_bytes()


ONE = "Sent to %(name)s by <b>%(who)s</b>"
MANY = ("%(n)s case of %(who)s", "%(n)s cases of %(who)s")


@pytest.mark.parametrize(
    ("text", "translation", "what"),
    [
        (ONE, "", "not translated"),
        (ONE, "An %(name)s von <b>%(wer)s</b>", "other places"),
        (ONE, "An %(name)s von <b>jemand</b>", "other places"),
        (ONE, "An %(name)s von %(who)s", "other tags"),
        ("Why: %s", "Warum", "other %s"),
        ("Call {name}", "Rufe {nome}", "other places"),
        ("Sent", "Gesendet ", "white space"),
        (MANY, ("%(n)s Fall von %(who)s", ""), "not translated"),
        (MANY, ("%(n)s Fall von %(who)s",), "1 forms"),
        (MANY, ("%(n)s Fall von %(who)s", "Fälle von %(who)s"), "other places"),
    ],
)
def test_a_wrong_translation_is_told(text, translation, what):
    found = list(catalogue_rules.faults(Message(text, translation), 2))
    assert [line for line in found if what in line]


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        (ONE, "<b>%(who)s</b> hat es an %(name)s gesendet"),
        (MANY, ("Ein Fall von %(who)s", "%(n)s Fälle von %(who)s")),
        ("100 %% of %s", "%s zu 100 %%"),
    ],
)
def test_a_right_translation_passes(text, translation):
    assert list(catalogue_rules.faults(Message(text, translation), 2)) == []


def test_a_doubtful_and_a_missing_one_are_told():
    assert list(catalogue_rules.faults(Message("a", "b", flags=["fuzzy"]), 2)) == ["fuzzy"]
    assert list(catalogue_rules.faults(None, 2)) == ["missing"]


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("<p>Send it now</p>", True),
        ('<button aria-label="Close it">×</button>', True),
        ('<p>{% translate "Send it now" %}</p>', False),
        ("<p>{% blocktranslate %}Send it{% endblocktranslate %} {{ name }} · Hearwell</p>", False),
        ("<kbd>Backspace</kbd>{# a note #}<code>make up</code>", False),
        ('<input class="tall wide" data-name="word">', False),
    ],
)
def test_bare_words_are_found_in_templates(text, is_bare, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"{{% load i18n %}}\n{text}")
    assert [line[:11] for line in bare_words.complaints(page, tmp_path)] == (
        ["page.html:2"] * is_bare
    )
