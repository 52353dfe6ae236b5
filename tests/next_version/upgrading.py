"""Go to the next version and back, as often as told: started by the test as a process."""

from __future__ import annotations

import sys

import django


def main() -> None:
    """Migrate forwards and backwards, as `hearwell prepare` does."""
    django.setup()
    from hearwell.config.migrating import migrate_patiently

    for _ in range(int(sys.argv[1])):
        migrate_patiently()
        migrate_patiently("next_version", "zero")


if __name__ == "__main__":
    main()
