"""Every page, on a desk and on a phone, by day and by night."""

import itertools
import json
import re
from pathlib import Path

import pytest
from building import ROOT
from measures import (
    BAD_FORMULAS,
    BAD_ICONS,
    BROKEN_IMAGES,
    CUT_OFF,
    EQUATIONS,
    OPEN_ALL,
    OUT_OF_REACH,
    SAME_ID,
    SIDEWAYS,
    STICKING_OUT,
    TEXT,
    violations,
)
from reading import PAGES, THEMES, WIDTHS

VIEWS = list(itertools.product(PAGES, WIDTHS, THEMES))


class View:
    """A page as one reader sees it."""

    def __init__(self, reader, page, width, theme):
        self.page, self.width, self.theme = page, width, theme
        self.tab = reader.open(page)
        self.faults = list(reader.faults)  # before anything is done to the page


@pytest.fixture(
    scope="module", params=VIEWS, ids=lambda view: f"{Path(view[0]).stem}-{view[1]}-{view[2]}"
)
def view(request, reader):
    page, width, theme = request.param
    return View(reader(width, theme), page, width, theme)


def labels(page):
    """The equations that a page's source labels: {"equation-eq-18": "(18)"}."""
    source = ROOT / page
    if source.with_suffix(".ipynb").exists():
        cells = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    elif source.with_suffix(".md").exists():
        text = source.with_suffix(".md").read_text(encoding="utf-8")
    else:
        text = ""
    found = re.findall(r"\$\$\s*\(eq-(\d+)(-star)?\)", text)
    return {
        f"equation-eq-{number}{star}": f"({number}{'*' * bool(star)})" for number, star in found
    }


def test_it_asks_nobody_else_and_nothing_fails(view):
    assert view.faults == []


def test_the_theme_is_the_one_that_the_reader_prefers(view):
    theme, paper, ink = view.tab.evaluate(
        """() => [document.documentElement.dataset.theme, ...["backgroundColor", "color"].map(
            colour => getComputedStyle(document.body)[colour])]"""
    )
    paper, ink = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (paper, ink))
    assert theme == view.theme
    assert (paper < ink) == (view.theme == "dark")


def test_every_formula_is_set_and_numbered(view):
    assert view.tab.evaluate(BAD_FORMULAS) == []
    assert not re.search(r"\\[(\[\])]|\$\$|\\begin\{|\\(frac|boldsymbol|mathbf)\b", text(view))
    assert view.tab.evaluate(EQUATIONS) == labels(view.page)


def text(view):
    return view.tab.evaluate(TEXT)


def test_pictures_are_there(view):
    assert view.tab.evaluate(BROKEN_IMAGES) == []
    assert view.tab.evaluate(BAD_ICONS) == []


def test_nothing_is_wider_than_the_window_or_cut_off(view):
    content, window = view.tab.evaluate(SIDEWAYS)
    assert content <= window
    assert view.tab.evaluate(STICKING_OUT) == []
    assert view.tab.evaluate(CUT_OFF) == []


def test_what_scrolls_can_be_reached_by_keyboard(view):
    assert view.tab.evaluate(OUT_OF_REACH) == []


def test_names_are_used_once(view):
    assert view.tab.evaluate(SAME_ID) == []


def test_axe_finds_nothing(view, request):
    folder = request.config.getoption("--screenshots")
    if folder:
        name = f"{Path(view.page).stem}-{view.width}-{view.theme}.png"
        view.tab.screenshot(path=Path(folder, name), full_page=True)
    assert violations(view.tab) == []


def test_nothing_is_wrong_with_what_was_closed(view):
    opened = view.tab.evaluate(OPEN_ALL)
    content, window = view.tab.evaluate(SIDEWAYS)
    assert content <= window
    assert view.tab.evaluate(STICKING_OUT) == []
    if opened and view.width == WIDTHS[0]:  # axe takes its time; the colours are the same
        assert violations(view.tab) == []
