"""`hearwell triage`: measure the engine on labelled texts; make its model anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hearwell.triage.engine.heads import HEADS

if TYPE_CHECKING:
    from hearwell.triage.engine.model import Model


@click.group()
def triage() -> None:
    """Measure how well messages are understood, or make the model anew."""


@triage.command("eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", default="text", show_default=True, help="The column of the texts.")
@click.option("--label", default="label", show_default=True, help="The column of the labels.")
@click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which of our labels theirs are: lines “theirs,ours”, or a JSON object.",
)
@click.option("--head", type=click.Choice(list(HEADS)), help="Which question the labels answer.")
@click.option(
    "--model",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another model than the shipped one.",
)
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def measure(
    file: Path,
    text: str,
    label: str,
    mapping: Path | None,
    head: str | None,
    model: Path | None,
    is_json: bool,  # noqa: FBT001  a flag of the command line
) -> None:
    """Measure the engine on a CSV file of texts and labels.

    Prints precision, recall and F1 of every label, the calibration error, the confusion and the
    throughput. Nothing is learned and nothing is stored.
    """
    from hearwell.triage.engine.model import BadModelError
    from hearwell.triage.training.evaluate import evaluate
    from hearwell.triage.training.labelled import BadFileError, read

    try:
        labelled = read(file, text=text, label=label, mapping=mapping, head=head)
        found = evaluate(_model(model), labelled)
    except (BadFileError, BadModelError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(found.as_json() if is_json else found.as_text())


@triage.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the public sets (else HEARWELL_DATA).",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write base.npz and base.json (else into the package).",
)
@click.option(
    "--vectors",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that `hearwell embed make` has made: makes dense.npz, too.",
)
@click.option("--alarm-only", is_flag=True, help="Make the layer of alarms alone, in a minute.")
def train(
    data: Path | None,
    out: Path | None,
    vectors: Path | None,
    alarm_only: bool,  # noqa: FBT001  a flag of the command line
) -> None:
    """Make the shipped model from our own lines, the gold set and the public sets.

    The same inputs give the same bytes. Needs the extra `train`; some minutes.
    """
    from hearwell.triage.engine.embedding import NoEmbeddingError
    from hearwell.triage.engine.embedding import load as embedder_of
    from hearwell.triage.training.alarming import make_alarm
    from hearwell.triage.training.fit import NoTrainerError
    from hearwell.triage.training.making import SHIPPED, make
    from hearwell.triage.training.sets import BadLineError, MissingSetError, data_folder

    try:
        embedder = embedder_of(vectors) if vectors else None
        if not alarm_only:
            click.echo(make(data_folder(data), out, embedder))
        click.echo(make_alarm(data_folder(data), out or SHIPPED))
    except (NoTrainerError, MissingSetError, BadLineError, NoEmbeddingError) as error:
        raise click.ClickException(str(error)) from error


@triage.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the public sets (else HEARWELL_DATA).",
)
def alarms(data: Path | None) -> None:
    """Print how many messages kept apart raise an alarm or are called urgent. Totals only."""
    from hearwell.triage.training.alarmed import alarmed
    from hearwell.triage.training.making import kept_apart
    from hearwell.triage.training.sets import MissingSetError, data_folder

    model = _model(None)
    try:
        for name, examples in kept_apart(data_folder(data)).items():
            click.echo(f"{name:<8} {alarmed(model, examples).as_text()}")
    except MissingSetError as error:
        raise click.ClickException(str(error)) from error


@triage.command()
def card() -> None:
    """Print the model card of the shipped model, in Markdown."""
    from hearwell.triage.training.card import card as written

    click.echo(written(), nl=False)


def _model(path: Path | None) -> Model:
    from hearwell.triage.engine.model import load
    from hearwell.triage.shipped import shipped_model

    if path:
        return load(path)
    found = shipped_model()
    if found is None:
        message = "This installation has no model: make one with `hearwell triage train`."
        raise click.ClickException(message)
    return found
