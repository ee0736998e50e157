"""No equation without a claim, no claim without an equation, and both say the same."""

import re
from pathlib import Path

import nbformat
import pytest

from w2v.proof.ledger import equation, equations

BOOK = Path(__file__).resolve().parents[1] / "book"
LABEL = re.compile(r"\$\$(?P<latex>(?:(?!\$\$).)+)\$\$\s*\((?P<label>eq-[\w-]+)\)", re.DOTALL)


def displayed():
    """Triples of page, label and LaTeX of every labelled display of the book."""
    for path in sorted(BOOK.glob("*.*")):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        elif path.suffix == ".md":
            texts = [path.read_text(encoding="utf-8")]
        else:
            continue
        for text in texts:
            for found in LABEL.finditer(text):
                yield path.stem, found["label"], found["latex"]


def number_of(label):
    return label.removeprefix("eq-").replace("-star", "*")


def plain(latex):
    """LaTeX without what changes only spacing, and without the sentence's punctuation."""
    latex = re.sub(r"\\[,;!]|~", " ", latex).strip()
    latex = re.sub(r"\s*[.,:;]$", "", latex)
    return re.sub(r"\s+", "", latex)


DISPLAYED = list(displayed())


def test_every_claim_is_displayed_once_in_the_chapter_of_its_part():
    places = {}
    for page, label, _ in DISPLAYED:
        places.setdefault(number_of(label), []).append(page[0])
    assert places == {claim.number: [claim.part] for claim in equations()}


@pytest.mark.parametrize(("page", "label", "latex"), DISPLAYED, ids=[d[1] for d in DISPLAYED])
def test_what_is_displayed_is_what_is_claimed(page, label, latex):
    assert plain(latex) == plain(equation(number_of(label)).latex)


def test_the_comparison_sees_a_changed_sign():
    latex = equation("18").latex
    assert plain(latex) != plain(latex.replace("-", "+", 1))
    assert plain(latex + " .") == plain(latex.replace(" ", "\n"))
