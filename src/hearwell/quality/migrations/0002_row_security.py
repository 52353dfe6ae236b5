"""Row-level security, keys within a workspace, and the look across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_PLACES = """
CREATE FUNCTION quality_places() RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.workspace_id FROM quality_plan p WHERE p.is_on
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("quality", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "quality_plan",
            "quality_calibration",
            "quality_sample",
            "quality_grade",
            "quality_response",
        ),
        rls.protect("quality_scorecard", "quality_draw", "quality_guide", grant="SELECT, INSERT"),
        rls.composite_fk("quality_sample", "calibration_id", "quality_calibration"),
        rls.composite_fk("quality_grade", "sample_id", "quality_sample"),
        rls.composite_fk("quality_response", "sample_id", "quality_sample"),
        rls.definer_function("quality_places()", _PLACES),
    ]
