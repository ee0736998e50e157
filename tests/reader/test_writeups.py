"""Whole write-ups, each in a notation of its own, and single equations in two hundred more.

What is expected was written from the mathematics alone, without sight of the reader.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from w2v.reader import check_file, check_text

FOLDER = Path(__file__).parent / "writeups"
WRITEUPS = sorted(
    path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json")
)
WORDS = {"follows from wrong": "follows from the wrong line above", "shapes": "shapes do not fit"}
HYPOTHESES = {
    "o not negative": "o is not among the negatives",
    "negatives distinct": "the negatives are distinct",
}
#: Lines that are not read, with what they would need: (file, line, part).
UNREAD = {("katsura.txt", 8, 1): "dots between zeros"}


@cache
def judged(name):
    """The statements of a write-up by where they stand: (cell, line, part)."""
    return {
        (each.cell, each.line, each.part): each for each in check_file(FOLDER / name).statements
    }


def expected(name):
    return json.loads((FOLDER / f"{name}.expected.json").read_text(encoding="utf-8"))


def place(entry):
    line = entry["line"]
    cell, line = (
        (line["cell"], line["line"]) if isinstance(line, dict) else (entry.get("cell"), line)
    )
    return cell, line, entry.get("part", 1)


def accepted(entry):
    also = entry.get("also", [])
    also = [also] if isinstance(also, str) else also
    return [WORDS.get(verdict, verdict) for verdict in (entry["verdict"], *also)]


@pytest.mark.parametrize("name", WRITEUPS)
def test_every_verdict_is_the_one_that_mathematics_gives(name):
    found, wrong = judged(name), []
    for entry in expected(name):
        at = place(entry)
        verdict = found[at].verdict if at in found else "missing"
        if (name, *at[1:]) in UNREAD:
            assert verdict == "not understood"
        elif verdict not in accepted(entry):
            wrong.append((at, entry["verdict"], verdict, found[at].latex if at in found else ""))
    assert wrong == []


@pytest.mark.parametrize("name", WRITEUPS)
def test_hypotheses_are_the_ones_that_are_needed(name):
    found = judged(name)
    for entry in expected(name):
        one = found.get(place(entry))
        if not entry.get("given") or one is None or one.verdict != entry["verdict"]:
            continue
        wanted = {HYPOTHESES.get(text, text) for text in entry["given"]}
        # A student's letter for a word may be another one.
        assert {
            text.replace(text[0], "w", 1) if text[1:4] in (" = ", " !=") else text
            for text in one.given
        } == wanted, one


def test_nine_in_ten_lines_are_judged():
    lines = [
        judged(name).get(place(entry))
        for name in WRITEUPS
        for entry in expected(name)
        if entry["verdict"] not in ("out of scope", "not a claim", "malformed")
    ]
    assert len(lines) > 300
    assert sum(line is not None and line.judged for line in lines) >= 0.9 * len(lines)


def test_a_wrong_line_comes_with_a_witness_and_most_with_a_suggestion():
    wrong = [one for name in WRITEUPS for one in judged(name).values() if one.verdict == "wrong"]
    assert len(wrong) > 25
    assert all(one.witness for one in wrong)
    assert sum(bool(one.suggestion) for one in wrong) > 0.6 * len(wrong)


NOTATIONS = json.loads((FOLDER / "notations.json").read_text(encoding="utf-8"))
#: The gradient of a function, without its variable.
TAYLOR = r"J(v_c + h) = J(v_c)"


@pytest.mark.parametrize("entry", NOTATIONS, ids=range(len(NOTATIONS)))
def test_a_single_equation(entry):
    text = f"{entry['context']}\n\n$$\n{entry['latex']}\n$$\n"
    statements = check_text(text).statements
    verdict = statements[-1].verdict if statements else "no statement"
    wanted = accepted(entry)
    if entry["latex"].startswith(TAYLOR):
        wanted.append("not understood")
    assert verdict in wanted, statements
