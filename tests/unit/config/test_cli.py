"""What a newcomer reads: every command says what it does, and no line breaks off."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner

from hearwell.config.cli import LAZY, SECTIONS, main

EVERY = sorted({*main.commands, *LAZY})
SHOWN = [name for name in EVERY if not (name in LAZY and LAZY[name].is_hidden)]


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--help"], terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_command_is_listed_under_what_it_is_for():
    listed = [name for _, names in SECTIONS for name in names]
    assert sorted(listed) == SHOWN
    front = said()
    assert "More:" not in front
    for title, names in SECTIONS:
        assert f"\n{title}:\n" in front
        assert all(re.search(rf"^  {name}  ", front, re.MULTILINE) for name in names)


def test_no_line_of_the_list_breaks_off():
    assert "..." not in said().partition("Options:")[2]


def test_the_list_begins_with_what_to_do_first():
    front = said()
    assert front.index("hearwell up") < front.index("Options:")
    assert "docs/reference/settings.md" in front


@pytest.mark.parametrize("name", SHOWN)
def test_every_command_says_what_it_does_and_each_option_what_for(name):
    told = said(name)
    assert told.startswith(f"Usage: main {name}")
    command = main.get_command(click.Context(main), name)
    assert command
    with command.make_context(name, ["--help"], resilient_parsing=True) as context:
        options = [one for one in context.command.params if isinstance(one, click.Option)]
        unexplained = [one.name for one in options if not (one.help or one.hidden)]
    assert unexplained in ([], ["shape"])  # of `study`: its choices say it
