"""Migrations are linear, complete, and say the truth about the models."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("hearwell.")]


@pytest.mark.django_db
@pytest.mark.parametrize("label", OURS)
def test_one_line_without_branches(label):
    loader = MigrationLoader(connection)
    assert len(loader.graph.leaf_nodes(label)) <= 1
    for key in loader.graph.nodes:
        if key[0] == label:
            children = [
                child for child in loader.graph.node_map[key].children if child.key[0] == label
            ]
            assert len(children) <= 1, key


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree(capsys):
    try:
        call_command("makemigrations", "--check", "--dry-run", *OURS)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
