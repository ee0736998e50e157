"""Answers to the exercises of (c), right and wrong."""

import numpy as np
import pytest

from w2v import naive_softmax, softmax
from w2v.check import verdict


def trained(U, pairs, rate):
    for v, o in pairs:
        U = U - rate * naive_softmax(v, o, U)[2]
    return U


def trained_by_words(U, pairs, rate):
    table = [list(row) for row in U]
    for v, o in pairs:
        shares = softmax(np.array(table) @ v)
        for w, row in enumerate(table):
            table[w] = [u - rate * (shares[w] - (w == o)) * x for u, x in zip(row, v, strict=True)]
    return table


def all_at_once(U, pairs, rate):
    return U - rate * sum(naive_softmax(v, o, U)[2] for v, o in pairs)


def only_the_word_seen(U, pairs, rate):
    U = U.copy()
    for v, o in pairs:
        U[o] -= rate * naive_softmax(v, o, U)[2][o]
    return U


def in_place(U, pairs, rate):
    for v, o in pairs:
        U -= rate * naive_softmax(v, o, U)[2]
    return U


def after(p, v, rate, power=2):
    gain = np.exp(rate * (1 - p) * np.linalg.norm(v) ** power)
    return p * gain / (p * gain + 1 - p)


def after_by_odds(p, v, rate):
    return 1 / (1 + np.exp(-(np.log(p / (1 - p)) + rate * (1 - p) * v @ v)))


def without_residual(p, v, rate):
    gain = np.exp(rate * v @ v)
    return p * gain / (p * gain + 1 - p)


RIGHT = [
    ("residuals", ([[0.2, -0.1], [-1.6, 0.8], [1.4, -0.7]],)),
    ("residuals", (np.outer([0.1, -0.8, 0.7], [2, -1]),)),
    ("sum", (trained,)),
    ("sum", (trained_by_words,)),
    ("after-step", (after,)),
    ("after-step", (after_by_odds,)),
    ("gainer", ([0.8, 0.1, 0.1], 1, 2)),
    ("gainer", (np.array([0.05, 0.6, 0.15, 0.2]), np.int64(0), 2)),
]

WRONG = [
    ("residuals", ([[-0.2, 0.1], [1.6, -0.8], [-1.4, 0.7]],), "the directions of the step"),
    ("residuals", ([[0.2, -0.1], [-2, 1], [1.4, -0.7]],), "The sum over all words contains word 1"),
    ("residuals", ([[0.2, -0.1], [0.4, -0.2], [1.4, -0.7]],), "probability 0.2, which was seen"),
    ("residuals", ([[0, 0], [-1.6, 0.8], [0, 0]],), "The row of word 0 is [0. 0.], but should be"),
    ("residuals", (np.ones((2, 3)),), "should have shape (3, 2)"),
    ("residuals", ([0.1, -0.8, 0.7],), "should have shape (3, 2), but has (3,)"),
    ("sum", (all_at_once,), "is that of a single step with all pairs"),
    ("sum", (lambda U, pairs, rate: trained(U, pairs, -rate),), "moved the wrong way"),
    ("sum", (only_the_word_seen,), "The sum of the outside vectors after 1 pairs"),
    ("sum", (lambda U, pairs, rate: trained(U, pairs, 1.01 * rate),), "should be [[ 0.5]"),
    ("sum", (in_place,), "work on a copy"),
    ("after-step", (lambda p, v, rate: p * np.exp(rate * (1 - p) * v @ v),), "more than 1"),
    ("after-step", (lambda *world: after(*world, power=1),), "the length of v occurs twice"),
    ("after-step", (without_residual,), "with probability 0.5, v = [2.] and rate 1 should be 0.88"),
    ("after-step", (lambda p, v, rate: p + rate * (1 - p),), "should be 0.88079"),
    ("after-step", (lambda p, v, rate: v,), "should have shape ()"),
    ("gainer", ([0.8, 0.1, 0.1], 1, 1), "Word 1 was seen. Of course it gains"),
    ("gainer", ([0.8, 0.1, 0.1], 1, 0), "Word 0 does not gain: a step of rate 0.01"),
    ("gainer", ([0.9, 0.1], 1, 0), "With two words, one's gain is the other's loss"),
    ("gainer", ([0.5, 0.25, 0.25], 1, 2), "takes its probability from 0.250000 to 0.24"),
    ("gainer", ([0.8, 0.3, 0.1], 1, 2), "but sum to 1.2"),
    ("gainer", ([1.1, -0.2, 0.1], 1, 2), "should be positive"),
    ("gainer", ([0.8, 0.1, 0.1], 1, 3), "The word that gains is 3, but the words are 0 to 2"),
    ("gainer", (0.5, 1, 2), "should be a list"),
    ("gainer", ([0.8, 0.1, 0.1], "sat", 2), "another form than asked"),
]


@pytest.mark.parametrize(("name", "answers"), RIGHT)
def test_right_answers_of_every_style(name, answers):
    found = verdict(name, *answers)
    assert found.status == "right", found.message


@pytest.mark.parametrize(("name", "answers", "message"), WRONG)
def test_a_mistake_is_told_with_an_example(name, answers, message):
    found = verdict(name, *answers)
    assert found.status == "wrong"
    assert message in found.message


@pytest.mark.parametrize(("name", "answers"), RIGHT)
def test_no_answer_is_missing(name, answers):
    assert verdict(name, *[...] * len(answers)).status == "missing"
    if callable(answers[0]):
        assert verdict(name, lambda *arguments: None).status == "missing"
