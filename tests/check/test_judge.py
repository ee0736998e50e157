"""From an answer to a verdict, whatever the answer does."""

import numpy as np
import pytest

from w2v.check import Wrong, check, exercise, exercises, judge, verdict
from w2v.check.judge import CHAPTERS, LEVELS, require_close


@pytest.fixture
def double(monkeypatch):
    """An exercise of which we know everything: double a vector."""
    exercises()  # the book's own are there before, so that ours goes away afterwards
    monkeypatch.setattr(judge, "_EXERCISES", dict(judge._EXERCISES))

    @exercise("double", "b", "core", "Double a vector.", "two vectors")
    def _double(function):
        for size in (2, 3):
            vector = np.arange(1.0, size + 1)
            require_close(function(vector), 2 * vector, f"the double of {vector}")

    return "double"


def in_place(vector):
    vector *= 2
    return vector


def loud(vector):
    raise RuntimeError("no")


def unwritten(vector):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        (lambda vector: 2 * vector, "right", "Tried: two vectors"),
        (lambda vector: list(vector + vector), "right", ""),
        (..., "missing", "no answer yet"),
        (None, "missing", "no answer yet"),
        (lambda vector: None, "missing", "no answer yet"),
        (lambda vector: ..., "missing", "no answer yet"),
        (unwritten, "missing", "no answer yet"),
        (lambda vector: 3 * vector, "wrong", "should be [2. 4.], but is [3. 6.]"),
        (lambda vector: 2 * vector[:, None], "wrong", "should have shape (2,), but has (2, 1)"),
        (lambda vector: "two", "wrong", "should be numbers, but is two"),
        (lambda vector: [[1], 2], "wrong", "should be numbers"),
        (lambda vector: 2 * vector + np.nan, "wrong", "but is [nan nan]"),
        (lambda vector: 2 * vector + 1e-6, "wrong", "should be"),
        (in_place, "wrong", "work on a copy"),
        (loud, "wrong", "no (called with [1. 2.] of shape (2,))"),
        (lambda: 3, "wrong", "raised TypeError"),
        (7, "wrong", "another form than asked"),
    ],
)
def test_every_answer_gets_a_verdict(double, answer, status, message, capsys):
    found = verdict(double, answer)
    assert (found.name, found.status) == ("double", status)
    assert message in found.message
    check(double, answer)
    assert capsys.readouterr().out == f"exercise double: {found.message}\n"


def test_an_answer_cannot_spoil_what_is_tried_next(double):
    seen = []

    def spoil(vector):
        seen.append(vector.copy())
        result = 2 * vector
        vector[:] = 0
        return result

    assert verdict(double, spoil).status == "wrong"
    np.testing.assert_array_equal(seen[0], [1, 2])


@pytest.mark.parametrize("bad", ["no-such", "", "Double"])
def test_an_unknown_name_is_answered_with_those_there_are(double, bad):
    with pytest.raises(ValueError, match=f"there is no exercise '{bad}'; there are .*double"):
        check(bad, ...)


def test_the_number_of_answers_is_checked(double):
    with pytest.raises(ValueError, match="asks for 1 answers, but was given 2"):
        check(double, ..., ...)


def test_names_and_levels_are_checked_when_an_exercise_is_written(double):
    with pytest.raises(ValueError, match="there is an exercise 'double' already"):
        exercise("double", "b", "core", "", "")(lambda answer: None)
    with pytest.raises(ValueError, match="`level` must be one of"):
        exercise("other", "b", "hard", "", "")


def test_messages_of_a_judge_reach_the_reader(monkeypatch):
    exercises()
    monkeypatch.setattr(judge, "_EXERCISES", dict(judge._EXERCISES))

    @exercise("word", "b", "warm-up", "Name a word.", "the word")
    def _word(word):
        if word != "cat":
            raise Wrong(f"It is not {word!r}.")

    assert str(verdict("word", "dog")) == "exercise word: not yet. It is not 'dog'."
    assert verdict("word", "cat").status == "right"


def test_tolerance_is_relative_and_absolute():
    require_close(1e9 + 0.5, 1e9, "it")
    require_close(1e-10, 0, "it")
    for found, expected in ((1e9 + 5, 1e9), (1e-8, 0), (1 + 1e-8, 1)):
        with pytest.raises(Wrong, match="It should be"):
            require_close(found, expected, "it")


def test_the_exercises_of_the_book_are_in_its_order_and_told_apart():
    all_of_them = exercises()
    chapters = [CHAPTERS.index(each.chapter) for each in all_of_them]
    assert chapters == sorted(chapters)
    assert len({each.name for each in all_of_them}) == len(all_of_them)
    for each in all_of_them:
        assert each.level in LEVELS
        assert each.about.endswith(".")
        assert not each.tests.endswith(".")  # `check` prints it at the end of a line
