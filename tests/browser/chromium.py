"""Finds a Chromium for the page's tests: the one of $BROWSER_PATH, the system's, or Playwright's own."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",  # for root, in containers; nothing but the sandbox's own page is opened
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
MISSING = "there is no Chromium: run scripts/browser, install chromium or google-chrome, or set BROWSER_PATH"


def find() -> str | None:
    """The path of a browser, None if there is none."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        return given if os.access(given, os.X_OK) else None
    return next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()


def _of_playwright() -> str | None:
    """What `playwright install chromium` has brought, if it has."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Say where it is; exit code 1 if it is nowhere."""
    path = find()
    sys.stdout.write(f"{path or MISSING}\n")
    sys.exit(0 if path else 1)


if __name__ == "__main__":
    main()
