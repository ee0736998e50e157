"""Answers to the exercises of (d), right and wrong."""

import numpy as np
import pytest
from sympy import exp, log

from w2v import naive_softmax, softmax
from w2v.check import verdict
from w2v.proof import J_softmax, Matrix, U, V, d, named, o, over, score, u, v

h = named("h", d, 1)
shifted = Matrix(d, V, lambda k, word: U[k, word] + h[k, 0])


def loss_of(score):
    return -log(exp(score(o)) / over(V, lambda x: exp(score(x))))


def loss_of_8(score):
    return -score(o) + log(over(V, lambda x: exp(score(x))))


def only_above(word):
    return score(word) + (h.T @ v)


def moved(table, v, o, rate, other):
    residual = softmax(table @ v) - np.eye(len(table))[o]
    return table @ other - rate * (v @ other) * residual


def moved_by_table(table, v, o, rate, other):
    return (table - rate * naive_softmax(v, o, table)[2]) @ other


def longest(gradient):
    return int((gradient**2).sum(axis=1).argmax())


def alone_on_its_side(gradient):
    """Without lengths: the word whose row points against all the others."""
    signs = np.sign(gradient @ gradient[0])
    return 0 if (signs[1:] < 0).all() else int(np.flatnonzero(signs < 0)[0])


RIGHT = [
    ("small-matrix", ([[-2, 1, 1], [4, -2, -2]],)),
    ("small-matrix", (np.outer([3, -6], np.array([-2, 1, 1]) / 3),)),
    ("rank-one", (loss_of(lambda word: shifted[:, word].T @ v),)),
    ("rank-one", (loss_of_8(lambda word: (u(word) + h).T @ v),)),
    ("moved-scores", (moved,)),
    ("moved-scores", (moved_by_table,)),
    ("seen-word", (longest,)),
    ("seen-word", (alone_on_its_side,)),
    ("seen-word", (lambda gradient: np.linalg.norm(gradient, axis=1).argmax(),)),
]

WRONG = [
    ("small-matrix", ([[-2, 4], [1, -2], [1, -2]],), "yours has (3, 2), as in code"),
    ("small-matrix", ([[2, -1, -1], [-4, 2, 2]],), "Every sign is wrong"),
    ("small-matrix", ([[1, 1, 1], [-2, -2, -2]],), "What was seen is still to be taken off"),
    ("small-matrix", ([[-3, 1, 1], [6, -2, -2]],), "-0.6667 times v, which is [-2.  4.]"),
    ("small-matrix", ([[-2, 0, 0], [4, 0, 0]],), "is [0. 0.], but should be 0.3333 times v"),
    ("small-matrix", ([-2, 1, 1],), "should have shape (2, 3), but has (3,)"),
    ("rank-one", (J_softmax,), "The vector h does not occur"),
    ("rank-one", (J_softmax + (h.T @ v),), "The loss does change"),
    ("rank-one", (-log(exp(only_above(o)) / over(V, lambda x: exp(score(x)))),), "above and below"),
    ("rank-one", (h[0, 0] * 1,), "The loss should be made of U, v and h"),
    ("rank-one", (shifted,), "should be an expression of numbers, but is a Matrix"),
    ("rank-one", (0.5,), "but is a float"),
    ("moved-scores", (lambda table, v, o, rate, other: table @ other,), "did not change"),
    ("moved-scores", (lambda *world: moved_by_table(*world[:4], world[1]),), "the scores of v"),
    ("moved-scores", (lambda t, v, o, r, other: moved(t, v, o, -r, other),), "moved the wrong way"),
    (
        "moved-scores",
        (lambda t, v, o, r, other: moved(t, v, o, 2 * r, other),),
        "of v' = [3. 0.], after a step of rate 1 with v = [2. 0.] and o = 0 should be",
    ),
    ("moved-scores", (lambda *world: moved(*world)[:, None],), "should have shape (2,)"),
    ("seen-word", (lambda gradient: gradient[:, 0].argmin(),), "the rows of the gradient are"),
    ("seen-word", (lambda gradient: gradient.sum(axis=1).argmin(),), "Word 0 was seen"),
    ("seen-word", (lambda gradient: abs(gradient[:, 0]).argmax(),), "was [ 0.  1. -3.]"),
    ("seen-word", (lambda gradient: gradient[0],), "a whole number: not"),
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
