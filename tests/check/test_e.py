"""Answers to the exercises of (e), right and wrong."""

import numpy as np
import pytest

from w2v import negative_sampling
from w2v.check import verdict
from w2v.proof import (
    J_negative,
    K,
    Matrix,
    d,
    grad,
    negative,
    o,
    over,
    partial,
    score,
    sigma,
    u,
    v,
)


def judged(name, *answers):
    found = verdict(name, *answers)
    return found.status, found.message


def logistic(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    "answer",
    [
        lambda K: -np.log(K),
        lambda K: np.array(-np.log(K)),
        lambda K: float(np.log((1 / (K + 1)) / (1 - 1 / (K + 1)))),
    ],
)
def test_the_lowest_score(answer):
    assert judged("lowest-score", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.log, "With K = 5 the loss at x = 1.609 is 9.1411, but at 1.509 it is 8.7"),
        (lambda K: 0.0, "With K = 5 the loss at x = 0 is 4.1589, but at -0.1 it is"),
        (lambda K: -np.log(K + 1), "With K = 5 the loss at x = -1.792"),
        (lambda K: -1.6094379124341003, "With K = 1 the loss at x = -1.609"),
        (lambda K: -np.inf, "moderate size, but is -inf"),
        (lambda K: float("nan"), "moderate size, but is nan"),
        (lambda K: "low", "should be a number, but is 'low'"),
    ],
)
def test_not_the_lowest_score(answer, message):
    status, found = judged("lowest-score", answer)
    assert status == "wrong"
    assert message in found


def rows_by_loop(v, o, U, negatives):
    rows = {}
    for word, label in [(o, 1), *((word, 0) for word in negatives.tolist())]:
        share = (logistic(U[word] @ v) - label) * v
        rows[word] = rows.get(word, 0) + share
    return list(rows), np.array(list(rows.values()))


def rows_of_the_table(v, o, U, negatives):
    words = np.unique(np.append(negatives, o))[::-1]
    return words, negative_sampling(v, o, U, negatives)[2][words]


@pytest.mark.parametrize("answer", [rows_by_loop, rows_of_the_table])
def test_touched_rows(answer):
    assert judged("touched-rows", answer)[0] == "right"


def repeated(v, o, U, negatives):
    words = np.append(negatives, o)
    residual = logistic(U[words] @ v) - (np.arange(len(words)) == len(words) - 1)
    return words, np.outer(residual, v)


def counted_once(v, o, U, negatives):
    words, rows = rows_by_loop(v, o, U, np.unique(negatives))
    return words, rows


def without_the_drawn_outside_word(v, o, U, negatives):
    return rows_by_loop(v, o, U, negatives[negatives != o])


def only_the_negatives(v, o, U, negatives):
    return rows_by_loop(v, negatives[0], U, negatives[1:])


def every_word(v, o, U, negatives):
    return np.arange(len(U)), negative_sampling(v, o, U, negatives)[2]


def turned(v, o, U, negatives):
    words, rows = rows_by_loop(v, o, U, negatives)
    return words, -rows


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (repeated, "with o = 0 and negatives [2, 2] should name each word once, but are [2, 2, 0]"),
        (counted_once, "The row of word 2 with o = 0 and negatives [2, 2] should be [1.], but is"),
        (
            without_the_drawn_outside_word,
            "The row of word 0 with o = 0 and negatives [0, 1] should be [0.], but is [-0.5]",
        ),
        (
            only_the_negatives,
            "Word 0 takes part with o = 0 and negatives [2, 1], but the",
        ),
        (every_word, "Word 1 takes no part with o = 0 and negatives [2, 2]"),
        (turned, "should be [-0.5], but is [0.5]"),
        (lambda v, o, U, n: (np.append(n, o), np.zeros((2, 1))), "should have shape (3, 1)"),
        (lambda v, o, U, n: (np.array([0.0, 1.0]), U), "should be a list of whole numbers"),
        (lambda v, o, U, n: negative_sampling(v, o, U, n)[2], "another form than asked"),
    ],
)
def test_not_the_touched_rows(answer, message):
    status, found = judged("touched-rows", answer)
    assert status == "wrong"
    assert message in found


def average(v, o, U, noise, K):
    factors = K * noise * logistic(U @ v)
    factors[o] -= 1 - logistic(U[o] @ v)
    return np.outer(factors, v)


def average_by_word(v, o, U, noise, K):
    return [
        (K * noise[x] * logistic(U[x] @ v) - (x == o) * logistic(-U[x] @ v)) * v
        for x in range(len(U))
    ]


@pytest.mark.parametrize("answer", [average, average_by_word])
def test_average_gradient(answer):
    assert judged("average-gradient", answer)[0] == "right"


def only_the_pull(v, o, U, noise, K):
    gradient = average(v, o, U, noise, K)
    gradient[o] = -logistic(-U[o] @ v) * v
    return gradient


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda v, o, U, q, K: average(v, o, U, q, 1), "row 0 with o = 0, K = 2 and noise [0.5"),
        (
            lambda v, o, U, q, K: average(v, o, U, np.full(len(U), 1 / len(U)), K),
            "The average of row 0 with o = 0, K = 1 and noise",
        ),
        (only_the_pull, "should be [-0.25], but is [-0.5]"),
        (lambda v, o, U, q, K: -average(v, o, U, q, K), "should be [-0.25], but is [0.25]"),
        (lambda v, o, U, q, K: average(v, o, U, q, K).T, "should have shape (3, 1)"),
    ],
)
def test_not_the_average_gradient(answer, message):
    status, found = judged("average-gradient", answer)
    assert status == "wrong"
    assert message in found


def hessian(bend):
    def term(word):
        return bend(word) * (u(word) @ u(word).T)

    return term(o) + over(K, lambda s: term(negative(s)))


def test_negative_hessian():
    one = hessian(lambda word: sigma(score(word)) * (1 - sigma(score(word))))
    other = hessian(lambda word: sigma(-score(word)) * sigma(score(word)))
    entries = Matrix(d, d, lambda i, j: partial(grad(J_negative, v)[i, 0], v[j, 0]))
    for answer in (one, other, entries):
        assert judged("negative-hessian", answer)[0] == "right"


def only_the_drawn(word):
    return sigma(score(word)) * (1 - sigma(score(word))) * (u(word) @ u(word).T)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (hessian(lambda word: 1 - sigma(score(word))), "a world in which the matrix of second"),
        (only_the_drawn(o), "(on the left) and the answer (on the right) differ: with V = 2"),
        (over(K, lambda s: only_the_drawn(negative(s))), "on the right."),
        (only_the_drawn(o) - over(K, lambda s: only_the_drawn(negative(s))), "differ: with"),
        (u(o) * sigma(score(o)), "The shapes differ: cannot compare (d x d) and (d x 1)"),
        (np.eye(2), "should be a d x d matrix made of `u(o) @ u(o).T` and the like, but is a nd"),
        (1, "but is a int"),
    ],
)
def test_not_the_negative_hessian(answer, message):
    status, found = judged("negative-hessian", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize(
    "name", ["lowest-score", "touched-rows", "average-gradient", "negative-hessian"]
)
def test_no_answer(name):
    assert judged(name, ...) == ("missing", "no answer yet.")


@pytest.mark.parametrize("name", ["lowest-score", "touched-rows", "average-gradient"])
def test_a_function_without_result_is_no_answer(name):
    assert judged(name, lambda *arguments: None)[0] == "missing"
