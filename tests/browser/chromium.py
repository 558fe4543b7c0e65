"""Find a Chromium for the browser tests, or install one: Playwright's, else the system's, else Debian's through apt.

`python -m tests.browser.chromium` prints where it is, or why there is none; the tests then skip, or fail where CI is set.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def managed() -> str | None:
    """Playwright's own, if it was downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def system() -> str | None:
    """One on the PATH, or the one that CHROMIUM names."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@functools.cache
def find() -> str | None:
    """An executable that is there already."""
    return managed() or system()


def install() -> str:
    """Try Playwright's download, then apt; "" when one worked, else why not."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _ran(command, 300) and managed():
        return ""
    if not shutil.which("apt-get"):
        return "Playwright could not download a Chromium, and there is no apt-get"
    if os.geteuid():
        return "Playwright could not download a Chromium, and apt-get needs root"
    if _ran(["apt-get", "update", "-qq"], 300) and _ran(["apt-get", "install", "-y", "-qq", "chromium"], 600) and system():
        return ""
    return "neither Playwright nor apt-get could install a Chromium"


def _ran(command: list[str], seconds: int) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    reason = "" if find() else install()
    find.cache_clear()
    print(f"Chromium for the browser tests: {find() or f'none ({reason}); they will be skipped, or fail in CI'}")
