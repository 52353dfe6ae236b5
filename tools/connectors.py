"""Write docs/reference/connectors.md anew, from the connectors as they are.

python tools/connectors.py
"""

from __future__ import annotations

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "connectors.md"


def made() -> str:
    """Return the page as the code says it. Django must be set up: the wiring registers."""
    from hearwell.connect.reference import connectors_page
    from hearwell.connect.registry import all_connectors

    return connectors_page(all_connectors())


def main() -> None:
    """Write it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")
    import django

    django.setup()
    PAGE.write_text(made(), "utf-8")


if __name__ == "__main__":
    main()
