"""Start a Chromium: that of ``W2V_CHROMIUM``, else one on the PATH, else Playwright's own."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
HELP = (
    "no Chromium could be started. Install one (Debian, Ubuntu: apt install chromium), or let "
    "Playwright fetch its own (python -m playwright install chromium), or name the program in "
    "the environment variable W2V_CHROMIUM"
)


class NoChromiumError(RuntimeError):
    """No browser starts; the message says what to install."""


@contextmanager
def launch():
    """Yield a running browser (playwright.sync_api.Browser); NoChromiumError if none starts."""
    with sync_playwright() as playwright:
        browser = _first_that_starts(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


def _first_that_starts(chromium):
    reasons = []
    for path in _candidates():
        try:
            return chromium.launch(executable_path=path)
        except Error as error:
            reasons.append(f"{path or 'that of Playwright'}: {str(error).strip().splitlines()[0]}")
    raise NoChromiumError(f"{HELP}.\nTried: " + "; ".join(reasons))


def _candidates():
    """Paths of programs; None is Playwright's own."""
    chosen = os.environ.get("W2V_CHROMIUM")
    if chosen:  # and no other: who names one wants to know that it fails
        return [chosen]
    return [*filter(None, map(shutil.which, NAMES)), None]
