"""Every key can be changed or switched off, and what cannot be a key says why."""

from __future__ import annotations

import json
import re

import pytest

from hearwell.web.commands import COMMANDS, caps_of
from hearwell.web.keyboard import BadKeyError, check_keys, effective_keys, read_key, shown
from hearwell.web.preferences import Preferences, preferences_of
from tests.factories import make_case

DEFAULTS = {command.id: shown(command.keys) for command in COMMANDS}


def form(**changes: str) -> dict[str, str]:
    """The form as a browser sends it; `go_inbox` stands for go-inbox."""
    wanted = DEFAULTS | {name.replace("_", "-"): key for name, key in changes.items()}
    return {f"key-{name}": key for name, key in wanted.items()}


def config_of(page: str) -> dict:
    found = re.search(r'<script id="hw-config" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("j", "j"),
        ("J", "Shift+J"),
        ("shift+j", "Shift+J"),
        ("Ctrl+k", "Mod+K"),
        ("cmd+K", "Mod+K"),
        ("CONTROL+ENTER", "Mod+Enter"),
        ("Ctrl+Shift+Enter", "Mod+Shift+Enter"),
        ("?", "?"),
        ("shift+?", "?"),
        ("+", "+"),
        ("f2", "F2"),
        ("ö", "ö"),
        ("ж", "ж"),
        ("7", "7"),
        (" g   i ", "g i"),
        ("g Shift+I", "g Shift+I"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_key_is_read_as_people_write_it(written, kept):
    assert read_key(written) == kept
    assert read_key(shown(kept)) == kept


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_every_key_that_comes_with_the_product_can_be_one(command):
    assert read_key(shown(command.keys)) == command.keys


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("Ctrl+W", "closes the tab"),
        ("Ctrl+T", "opens a tab"),
        ("ctrl+c", "copies"),
        ("Tab", "from field to field"),
        ("Esc", "always"),
        ("Enter", "always"),
        ("Ctrl+J", "belongs to the browser"),
        ("F5", "belongs to the browser"),
        ("Shift+F10", "belongs to the browser"),
        ("Alt+x", "screen readers"),
        ("jk", "no key we know"),
        ("Hyper+x", "no key we know"),
        ("Ctrl+", "no key we know"),
        ("a b c", "at most"),
        ("g Ctrl+K", "stands alone"),
        ("\x00", "no key we know"),
        ("\u0301", "no key we know"),
    ],
)
def test_what_cannot_be_a_key_says_why(written, why):
    with pytest.raises(BadKeyError, match=re.escape(why)):
        read_key(written)


def test_caps_are_the_parts_of_a_key():
    assert [caps_of(key) for key in ("j", "g i", "Mod+Shift+Enter", "+", "")] == [
        ["j"],
        ["g", "i"],
        ["Ctrl", "Shift", "Enter"],
        ["+"],
        [],
    ]


def test_conflicts_name_both_commands():
    _, wrong = check_keys(DEFAULTS | {"solve": "j"})
    assert wrong == {
        "solve": "j is the key of “Next case”, too. Change one of them.",
        "next": "j is the key of “Solve”, too. Change one of them.",
    }
    _, wrong = check_keys(DEFAULTS | {"solve": "g"})
    assert wrong["solve"] == "g and g i (“Go to: Inbox”) begin alike. Change one of them."


def test_two_keys_can_be_exchanged_and_any_switched_off():
    changed, wrong = check_keys(DEFAULTS | {"next": "k", "previous": "j", "solve": ""})
    assert (changed, wrong) == ({"next": "k", "previous": "j", "solve": ""}, {})


def test_what_is_needed_while_typing_has_ctrl():
    _, wrong = check_keys(DEFAULTS | {"send": "y"})
    assert "while you type" in wrong["send"]


def test_an_own_key_wins_over_one_that_comes_later():
    keys = effective_keys({"customer": "j"})
    assert (keys["customer"], keys["next"]) == ("j", "")


def test_keys_are_saved_shown_and_used(agent, bob):
    saved = agent.post("/me/keys/", form(solve="d", claim="", palette="Ctrl+I"), follow=True)
    page = saved.content.decode()
    assert "Your keys are saved." in page
    assert 'id="key-solve" name="key-solve" value="d"' in page
    bob.refresh_from_db()
    assert bob.preferences["keys"] == {"solve": "d", "claim": "", "palette": "Mod+I"}
    page = agent.get("/inbox/").content.decode()
    keys = {c["id"]: c["keys"] for c in config_of(page)["commands"]}
    assert (keys["solve"], keys["claim"], keys["palette"]) == ("d", "", "Mod+I")
    assert re.search(r"<span>Solve</span>\s*<kbd>d</kbd>", page)
    assert re.search(r"no key", page)


def test_hints_on_buttons_are_the_persons_own(agent, bob):
    case = make_case()

    def hints() -> list[str]:
        page = agent.get(f"/c/{case.id}/").content.decode()
        return re.findall(r'class="kb hide-narrow"[^>]*>([^<]+)<', page)

    assert sorted(hints()) == sorted(["T", "A", "E", "⇧W", *["Ctrl ↵"] * 3])
    agent.post("/me/keys/", form(solve="d", claim=""))
    assert sorted(hints()) == sorted(["T", "D", "⇧W", *["Ctrl ↵"] * 3])
    agent.post("/me/", {"initials": "BB"})  # without single keys
    assert hints() == ["Ctrl ↵"] * 3


def test_a_bad_key_saves_nothing_and_says_so_at_its_field(agent, bob):
    answer = agent.post("/me/keys/", form(solve="Ctrl+W", next="b"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1 key cannot be taken. Nothing is saved yet." in page
    assert re.search(r'value="Ctrl\+W"[^>]*aria-invalid="true"', page)
    assert "Ctrl+W closes the tab." in page
    assert 'name="key-next" value="b"' in page, "what was written stays"
    bob.refresh_from_db()
    assert "keys" not in bob.preferences


def test_one_key_or_all_go_back_to_how_they_came(agent, bob):
    agent.post("/me/keys/", form(solve="d", next="b"))
    agent.post("/me/keys/", {**form(solve="d", next="b"), "reset": "solve"})
    bob.refresh_from_db()
    assert bob.preferences["keys"] == {"next": "b"}
    agent.post("/me/keys/", {**form(next="b"), "reset": "all"})
    bob.refresh_from_db()
    assert bob.preferences["keys"] == {}


def test_the_rest_of_the_settings_leaves_the_keys_alone(agent, bob):
    agent.post("/me/keys/", form(solve="d"))
    agent.post("/me/", {"initials": "BB", "single_keys": "1", "theme": "dark"})
    bob.refresh_from_db()
    assert preferences_of(bob).keys == {"solve": "d"}


@pytest.mark.parametrize(
    "stored", [7, [], {"solve": 7}, {"solve": "Ctrl+W"}, {"fly": "y"}, {"solve": "Mod+W"}]
)
def test_odd_keys_never_break_a_page(agent, bob, stored):
    bob.preferences = {"keys": stored}
    bob.save()
    assert agent.get("/inbox/").status_code == 200
    assert preferences_of(bob).keys == Preferences().keys
