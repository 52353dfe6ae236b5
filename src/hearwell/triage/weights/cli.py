"""`hearwell embed`: make a sentence model ready, and say whether it is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hearwell.triage.engine.embedding import NoEmbeddingError, load, state


@click.group()
def embed() -> None:
    """Let a sentence model of yours help to understand messages."""


@embed.command()
@click.option(
    "--from",
    "given",
    type=click.Path(exists=True, path_type=Path),
    help="A folder with model.onnx (or model.safetensors and config.json) and tokenizer.json. "
    "Left out: HEARWELL_EMBEDDING, else an installed package that carries one.",
)
def make(given: Path | None) -> None:
    """Read the model, make it small, check it on 100 sentences, and keep it in DATA."""
    from django.conf import settings

    from hearwell.triage.weights.refusal import RefusedModelError
    from hearwell.triage.weights.sources import found

    try:
        from hearwell.triage.weights.make import make as made_ready

        wanted = given or (
            Path(settings.HEARWELL_EMBEDDING) if settings.HEARWELL_EMBEDDING else None
        )
        made = made_ready(found(wanted), settings.HEARWELL_EMBEDDING_FOLDER)
    except RefusedModelError as error:
        raise click.ClickException(str(error)) from error
    except ImportError as error:
        message = f"{error.name} is missing: pip install 'hearwell[embed-make]'."
        raise click.ClickException(message) from error
    click.echo(
        f"Made {made.name} ready: {made.size / 1e6:.1f} MB, agrees with the exact model by "
        f"{made.agreement[-2]:.4f} (worst of 100 sentences {made.least:.4f})."
    )


@embed.command()
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def check(*, is_json: bool) -> None:
    """Say whether messages are understood with a sentence model, and if not, why.

    Ends with 1 where one was made ready but cannot be used.
    """
    from django.conf import settings

    folder = settings.HEARWELL_EMBEDDING_FOLDER
    said, is_on = state(folder), False
    try:
        is_on = load(folder).vectors(["Where is my parcel?"]).shape[0] == 1
    except NoEmbeddingError as error:
        said = str(error)
    click.echo(json.dumps({"is_on": is_on, "state": said}) if is_json else said)
    if not is_on and not said.startswith("Off"):
        raise SystemExit(1)
