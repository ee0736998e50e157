"""A number that the prose reports is one that a cell of its chapter has computed."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from check_prose import prose  # noqa: E402

sys.path.remove(str(ROOT / "tools"))

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
SCALES = {"million": 1e6, "billion": 1e9, "thousand": 1e3, "%": 0.01}

# Measured on a corpus that is not the book's: the cell itself shows the command.
COMMAND = re.compile(r"^(?:\$ )?(?:python benchmarks/|make bench)", re.MULTILINE)

# Thousands may be set apart by a comma or a space; a sentence may end after a number.
NUMBER = re.compile(
    r"(?<![\w.(-])(?:\d{1,3}(?:[, ]\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?![\w)])"
    r"(?:\s?(?P<scale>%|million|billion|thousand))?"
)


def claimed(text):
    """Yield (as written, value, half of the last digit) of numbers that look measured."""
    for found in NUMBER.finditer(prose(text)):
        digits = re.sub(r"[, ]", "", found[0].removesuffix(found["scale"] or "").strip())
        if not digits:
            continue
        scale = SCALES.get(found["scale"], 1.0)
        decimals = len(digits.partition(".")[2])
        value = float(digits)
        if "." not in digits and scale == 1 and (value < 100 or 1900 < value < 2030):
            continue  # counts, years: nothing was measured
        yield found[0], value * scale, 0.5001 * 10.0**-decimals * scale


def computed(notebook):
    """All numbers that the code of a notebook contains or prints."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            texts.append(cell.source)
            for output in cell.outputs:
                texts.append(output.get("text", ""))
                texts += [
                    str(value)
                    for key, value in output.get("data", {}).items()
                    if key in ("text/plain", "text/markdown")
                ]
    text = re.sub(r"(?<=\d)[,_](?=\d{3})", "", "\n".join(texts))
    return [abs(float(n)) for n in re.findall(r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", text)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_numbers_in_the_prose_are_computed_in_the_chapter(path):
    notebook = nbformat.read(path, as_version=4)
    numbers = computed(notebook)
    unknown = [
        f"{cell.id}: {written}"
        for cell in notebook.cells
        if cell.cell_type == "markdown" and not COMMAND.search(cell.source)
        for written, value, half in claimed(cell.source)
        if not any(abs(number - value) <= half for number in numbers)
    ]
    assert not unknown
