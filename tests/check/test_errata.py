"""Answers to the exercises of the errata, right and wrong."""

import numpy as np
import pytest

from w2v.check import verdict
from w2v.proof import J_negative, K, grad, negative, o, over, score, sigma, u, v


def judged(name, *answers):
    found = verdict(name, *answers)
    return found.status, found.message


@pytest.mark.parametrize("answer", [lambda V: (1 / V, 1, 1), lambda V: np.array([V**-1.0, 1, 1])])
def test_more_words(answer):
    assert judged("errata-more-words", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda V: (0.5, 1, 1), "The truth with 3 words of score 0 should be 0.3333"),
        (lambda V: (1 / V, V, 1), "right-hand side of (38) with 2 words of score 0 should be 1"),
        (lambda V: (1 / V, 1, 1 / V), "right-hand side of (39) with 2 words of score 0 should be"),
        (lambda V: (1 / V, 1), "Three numbers are asked for, but there are 2"),
        (lambda V: "one", "another form than asked"),
    ],
)
def test_not_more_words(answer, message):
    status, found = judged("errata-more-words", answer)
    assert status == "wrong"
    assert message in found


WORLD = {"u_o": 0, "u_w": np.log(2), "v": 1}


def line(push):
    def term(s):
        return push(score(negative(s))) * u(negative(s))

    return -(1 - sigma(score(o))) * u(o) + over(K, term)


CORRECTED = line(lambda z: 1 - sigma(-z))


@pytest.mark.parametrize("world", [WORLD, {"u_o": 1.0, "u_w": -3, "v": 0.5}])
@pytest.mark.parametrize("corrected", [CORRECTED, line(sigma), grad(J_negative, v)])
def test_lost_minus(world, corrected):
    assert judged("errata-lost-minus", world, corrected)[0] == "right"


@pytest.mark.parametrize(
    ("world", "corrected", "message"),
    [
        ({**WORLD, "v": 0}, CORRECTED, "v = 0 both sides are 0.346574, since the negative's score"),
        ({**WORLD, "u_w": 0}, CORRECTED, "both sides are 0, since the negative's score is 0"),
        ({"u_o": 1}, CORRECTED, "should give numbers to u_o, u_w and v"),
        ({**WORLD, "v": "one"}, CORRECTED, "should give numbers to u_o, u_w and v"),
        (WORLD, line(lambda z: 1 - sigma(z)), "a world in which the gradient (on the left)"),
        (WORLD, line(lambda z: -sigma(z)), "differ: with V = 2"),
        (WORLD, CORRECTED.T, "The shapes differ"),
        (WORLD, "1 - sigma(-x)", "should be a column such as"),
    ],
)
def test_not_lost_minus(world, corrected, message):
    status, found = judged("errata-lost-minus", world, corrected)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize("kind", [set, list])
def test_where_to_check(kind):
    answers = kind([46, 47, 48]), kind([53, 54, 59, 60])
    assert judged("errata-where-to-check", *answers)[0] == "right"


@pytest.mark.parametrize(
    ("table", "vector", "message"),
    [
        (set(), {53, 54, 59, 60}, "At U = 0 a check misses (46), too: the truth is (0.000, 0.000)"),
        ({46, 47, 48, 53}, {53, 54, 59, 60}, "At U = 0 a check does find (53): the truth is"),
        ({46, 47, 48}, {53, 54, 59}, "At v = 0 a check misses (60), too"),
        ({46, 47, 48}, {47, 53, 54, 59, 60}, "At v = 0 a check does find (47): the truth is"),
        ({53, 54, 59, 60}, {46, 47, 48}, "At U = 0 a check misses (46)"),
        ({46, 47, 48, 49}, set(), "49 is not one of the seven lines"),
        ({"46"}, set(), "'46' is not one of the seven lines"),
        (46, 47, "another form than asked"),
    ],
)
def test_not_where_to_check(table, vector, message):
    status, found = judged("errata-where-to-check", table, vector)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("errata-more-words", [...]),
        ("errata-lost-minus", [..., ...]),
        ("errata-lost-minus", [WORLD, ...]),
        ("errata-where-to-check", [{46}, ...]),
    ],
)
def test_no_answer(name, answers):
    assert judged(name, *answers) == ("missing", "no answer yet.")
