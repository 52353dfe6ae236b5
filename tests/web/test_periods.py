"""What a page of figures was asked for stands in its form again, wherever the desk is."""

from __future__ import annotations

import pytest

PAGES = (
    "/reports/response/",
    "/reports/service/",
    "/reports/methods/",
    "/reports/parity/",
    "/fairness/",
    "/surveys/",
)
# Far to the east and to the west, and over both changes of the clocks.
ASKED = ("2026-03-20", "2026-04-02"), ("2026-10-20", "2026-11-03"), ("2026-08-01", "2026-08-01")


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"])
def test_to_press_show_again_asks_for_the_same_days(owner, workspace, zone):
    workspace.time_zone = zone
    workspace.save(update_fields=["time_zone"])
    for page in PAGES:
        for first, last in ASKED:
            shown = owner.get(f"{page}?from={first}&to={last}").content.decode()
            assert f'name="from" value="{first}"' in shown, (page, first)
            assert f'name="to" value="{last}"' in shown, (page, last)
