"""Find or fetch the browser that the end-to-end tests drive.

In this order: one on PATH, the distribution's package where we are root, Playwright's own
within a minute; else the one command to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# It draws no window around the page: a sixth less time for the same stories. It shows no notices.
SHELL = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ([SHELL, "chromium"], ["chromium"])  # not every distribution has the first
PLAYWRIGHT_S = 60
PLAYWRIGHT = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]


def browser_on_path() -> str | None:
    """Return the path of an installed Chromium or Chrome, the quickest there is."""
    return shutil.which(SHELL) or whole_browser()


def whole_browser() -> str | None:
    """Return the path of one with all that a person's has."""
    return next((found for name in WHOLE if (found := shutil.which(name))), None)


def playwrights_browser() -> str | None:
    """Return the path of the browser that Playwright has downloaded, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110 -- a plain path from outside


def _install_package() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)  # noqa: S607
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    return update.returncode == 0 and any(
        subprocess.run([*install, *names], check=False, env=quiet).returncode == 0
        for names in PACKAGES
    )


def _install_with_playwright() -> bool:
    try:
        return subprocess.run(PLAYWRIGHT, check=False, timeout=PLAYWRIGHT_S).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main() -> int:
    """Make sure that there is a browser; return an exit code."""
    if browser_on_path() or playwrights_browser():
        return 0
    print("No browser found; installing one for the end-to-end tests.", flush=True)
    if (_install_package() and browser_on_path()) or _install_with_playwright():
        return 0
    print("No browser could be installed. Run this, then try again:", file=sys.stderr)
    print(f"    {' '.join(PLAYWRIGHT)} --with-deps", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
