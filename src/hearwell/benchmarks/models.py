"""The table of benchmarks: panels, each with its brands."""

from __future__ import annotations

from django.db import models

from hearwell.benchmarks.rules import Brand
from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Panel(Scoped):
    """Brands that are compared. `brands` as `rules.Brand.stored`, in the order they were given.

    `industry` is a key of `rules.INDUSTRIES` or a word of the team's own. `before` holds what the
    last change replaced, so that it can be taken back once; `version` grows with every change.
    """

    name = models.CharField(max_length=80)
    industry = models.CharField(max_length=60)
    brands = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    is_removed = models.BooleanField(default=False)
    by_id = models.UUIDField()
    made_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def members(self) -> list[Brand]:
        """The brands as the rules take them."""
        return [Brand.read(one) for one in self.brands]
