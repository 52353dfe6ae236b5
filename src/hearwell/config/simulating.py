"""``hearwell simulate``: play a day at the desk in a house made for it, and say how it went."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from hearwell.config.scratch import ground, set_up_django

_HOURS = 24


@click.group()
def simulate() -> None:
    """Play invented days on the real house, in a database that is removed afterwards."""


@simulate.command()
@click.option("--messages", default=10_000, show_default=True, help="First messages of the day.")
@click.option("--agents", default=20, show_default=True, help="People at the desk, all day.")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same day.")
@click.option(
    "--spike-hour",
    type=click.IntRange(0, _HOURS - 1),
    help="An hour in which ten times as many people write.",
)
@click.option("--json", "is_json", is_flag=True, help="Figures for programs.")
def day(*, messages: int, agents: int, seed: int, spike_hour: int | None, is_json: bool) -> None:
    """Play a day of customers and agents: real services and database, the day's own clock.

    The same people also work the day first come, first served, to see what the order of the work
    is worth. Nothing here touches this installation's data, and nothing leaves the machine.
    """
    with ground() as made:
        set_up_django(made, "worker")
        figures = _played(messages, agents, seed, spike_hour, is_silent=is_json)
    click.echo(json.dumps(figures, indent=2) if is_json else _told(figures))


@simulate.command()
@click.option("--number", default=1_000, show_default=True, help="Escalated cases.")
@click.option(
    "--absent",
    default=0.4,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="How much of the time each person is not there.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed is the same run.")
def escalations(*, number: int, absent: float, seed: int) -> None:
    """Play escalations with people absent at random, and say who had each in time.

    Half of the absent say that they are away and are passed over; the others do not answer. Nothing
    here touches this installation's data, and nothing leaves the machine.
    """
    with ground() as made:
        set_up_django(made, "worker")
        from hearwell.simulation.escalations import play_escalations

        click.echo(json.dumps(play_escalations(number, absent, seed), indent=2))


def _played(
    messages: int, agents: int, seed: int, spike_hour: int | None, *, is_silent: bool
) -> dict[str, Any]:
    from hearwell.simulation.crowd import DAY_S, Spike
    from hearwell.simulation.day import play
    from hearwell.simulation.findings import found

    spike = Spike(spike_hour) if spike_hour is not None else None
    if is_silent or not sys.stderr.isatty():
        return found(play(messages, agents, seed, spike), spike)
    with click.progressbar(length=DAY_S, label="The day", file=sys.stderr) as bar:
        played = play(
            messages, agents, seed, spike, tell=lambda at_s: bar.update(int(at_s) - bar.pos)
        )
    return found(played, spike)


def _told(figures: dict[str, Any]) -> str:
    def share(name: str) -> str:
        one = figures[name]
        return f"{100 * one['share']:.1f} % ({one['n']} of {one['of']})" if one["of"] else "nobody"

    lines = [
        f"{figures['messages']} messages, {figures['agents']} agents",
        f"wanted an answer             {figures['wanted_an_answer']}",
        f"answered                     {figures['answered']}",
        f"taken for noise by triage    {figures['missed_by_triage']}",
        f"without owner or verdict     {figures['without_owner_or_verdict']}",
        f"closed without a reason      {figures['closed_without_a_reason']}",
        f"closed without an answer     {figures['closed_unanswered']}",
        f"urgent, within 15 minutes    {share('urgent_within_15_min')}",
        f"  first come, first served   {share('urgent_first_come')}",
        f"within what they expect      {share('within_what_they_expect')}",
        f"  first come, first served   {share('within_what_they_expect_first_come')}",
        f"points above that            {figures['points_above_first_come']}",
    ]
    if "urgent_in_spike" in figures:
        lines.insert(9, f"  in the hour of the spike   {share('urgent_in_spike')}")
    return "\n".join(lines)
