"""A browser, the built book, a server for it, and readers.

``make browser`` runs these tests. They need Chromium, so ``make test`` leaves them out.
"""

import os
import sys
from pathlib import Path

import pytest
from building import ROOT, build_the_book
from reading import HEIGHTS, Reader

sys.path.insert(0, str(ROOT / "tools"))

SITE = "W2V_SITE"  # a folder with pages that are built already: for the work on the tests
REQUIRED = "W2V_BROWSER_REQUIRED"  # without a browser the tests fail: for machines that have one


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="FOLDER", help="keep a picture of every page")


@pytest.fixture(scope="session")
def chromium():
    missing = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
    try:
        from chromium import NoChromiumError, launch
    except ModuleNotFoundError as error:
        missing(f"{error}: python -m pip install playwright axe-playwright-python")
    try:
        with launch() as browser:
            yield browser
    except NoChromiumError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def site(chromium, tmp_path_factory):
    """The folder of the built pages."""
    if os.environ.get(SITE):
        return Path(os.environ[SITE]).resolve()
    return build_the_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def address(site):
    """Where the pages are served, with a slash at the end."""
    from serving import served

    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def reader(chromium, address):
    """A function that gives the reader with a certain window; one for each kind of window."""
    readers = {}

    def get(width=1280, theme="light", **more):
        key = (width, theme, *sorted(more.items()))
        if key not in readers:
            height = more.pop("height", HEIGHTS.get(width, 800))
            readers[key] = Reader(
                chromium,
                address,
                viewport={"width": width, "height": height},
                color_scheme=theme,
                **more,
            )
        return readers[key]

    yield get
    for each in readers.values():
        each.close()
