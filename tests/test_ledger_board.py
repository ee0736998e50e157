"""The ledger as a board: 64 squares, each with its verdict, each a link, for every eye and ear."""

import itertools
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from w2v.notebook import CHAPTERS, ledger_board
from w2v.proof.ledger import VERDICTS, Settled

ROOT = Path(__file__).resolve().parents[1]
CSS = (ROOT / "book" / "_static" / "ledger.css").read_text(encoding="utf-8")
SIGNS = {"true": "✓", "definition": "≔", "conditional": "if", "malformed": "≈", "wrong": "✗"}


def row(number, part="e", verdict="true", method="proved for every size"):
    equation = SimpleNamespace(number=number, part=part)
    return Settled(equation, verdict, method, None, 0.0)


class Board(HTMLParser):
    """The squares of a board: (visible text, attributes), list by list; and all other text."""

    def __init__(self, rows):
        super().__init__()
        self.lists, self.text, self.stack = [], "", []
        self.feed(ledger_board(rows).data)
        assert not self.stack

    def handle_starttag(self, tag, attributes):
        self.stack.append(tag)
        if tag == "ol":
            self.lists.append([])
        if tag == "a":
            self.lists[-1].append(["", dict(attributes)])

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "a" in self.stack:
            self.lists[-1][-1][0] += data
        else:
            self.text += data


def test_every_square_leads_to_its_equation_and_says_its_verdict():
    verdicts = list(SIGNS)
    rows = [
        row(str(number), part=part, verdict=verdicts[number % 5])
        for number, part in zip(range(1, 65), itertools.cycle("abcdef"), strict=False)
    ]
    board = Board([*rows, row("61*"), row("62*", part="f")])
    numbered, starred = board.lists
    assert len(numbered) == 64
    for (text, at), settled in zip(numbered, rows, strict=True):
        number, part = settled.equation.number, settled.equation.part
        assert text.split() == [number, SIGNS[settled.verdict]]
        assert at["href"] == f"{CHAPTERS[part]}.ipynb#equation-eq-{number}"
        assert at["aria-label"] == f"equation {number}: {settled.verdict}"
        assert at["class"] == f"ledger-{settled.verdict}"
    assert [text.split()[0] for text, _ in starred] == ["61*", "62*"]
    assert starred[0][1]["href"] == "e_negative_sampling.ipynb#equation-eq-61-star"
    # The legend counts the numbered ones.
    for verdict in SIGNS:
        count = sum(settled.verdict == verdict for settled in rows)
        assert re.search(rf"{SIGNS[verdict]}\s+{verdict}: {count}\n", board.text)


def test_every_verdict_has_a_sign():
    assert set(SIGNS) == set(VERDICTS)


def test_no_word_is_said_of_what_is_not_there():
    board = Board([row("1"), row("2")])
    assert len(board.lists) == 1
    assert "Starred" not in board.text
    assert "wrong" not in board.text


def test_a_verdict_without_a_sign_is_seen():
    ((text, at),) = Board([row("7", verdict="not proved", method='a "<" b')]).lists[0]
    assert text.split() == ["7", "?"]
    assert at["aria-label"] == "equation 7: not proved"
    assert at["title"] == 'a "<" b'


# --- its looks ---------------------------------------------------------------------------------


def luminance(color):
    color = color.lstrip("#")
    color = "".join(2 * digit for digit in color) if len(color) == 3 else color
    shares = [int(color[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("verdict", SIGNS)
def test_every_sign_can_be_read_by_day_and_by_night(verdict):
    inks, papers = (re.findall(rf"--{verdict}{kind}: (#\w+);", CSS) for kind in ("-ink", ""))
    assert len(inks) == len(papers) == 2
    for pair in zip(inks, papers, strict=True):
        dark, light = sorted(map(luminance, pair))
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert f".ledger-board .ledger-{verdict} {{" in CSS


# --- its links in the book -----------------------------------------------------------------------


def lead_to_pages(html, kind="html", **builder):
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    try:
        from w2v_book import notebook_links
    finally:
        sys.path.remove(str(ROOT / "book" / "_ext"))
    document = new_document("page")
    document += nodes.raw("", html, format=kind)
    app = SimpleNamespace(builder=SimpleNamespace(**builder))
    notebook_links._lead_to_pages(app, document, "page")
    return document.children[0].astext()


def test_links_lead_to_pages():
    board = ledger_board([row("16", part="b")]).data
    page = lead_to_pages(board, link_suffix=".html")
    assert 'href="b_center_vector.html#equation-eq-16"' in page
    assert page == board.replace(".ipynb", ".html")
    assert "b_center_vector.html#" in lead_to_pages(board)


@pytest.mark.parametrize(
    "html",
    [
        "<p>The file x.ipynb</p>",
        '<a href="https://example.org/x.ipynb">there</a>',
        '<img src="x.ipynb">',
        "<p>plain</p>",
    ],
)
def test_nothing_else_is_changed(html):
    assert lead_to_pages(html, link_suffix=".html") == html


def test_what_is_not_html_is_left_alone():
    latex = '<a href="x.ipynb#y">'
    assert lead_to_pages(latex, kind="latex", link_suffix=".html") == latex
