"""Answers to the exercises of (b), right and wrong."""

import numpy as np
import pytest

from w2v import cross_entropy, softmax
from w2v.check import verdict


def with_beta(v, o, U, beta):
    scores = beta * (U @ v)
    residual = softmax(scores) - np.eye(len(U))[o]
    return cross_entropy(scores, o), beta * (U.T @ residual)


def with_beta_in_the_table(v, o, U, beta):
    U = beta * U
    return cross_entropy(U @ v, o), [float(column @ softmax(U @ v) - column[o]) for column in U.T]


def without_inner_derivative(v, o, U, beta):
    loss, gradient = with_beta(v, o, U, beta)
    return loss, gradient / beta


def wrong_sign(*world):
    loss, gradient = with_beta(*world)
    return loss, -gradient


def beta_outside_only(v, o, U, beta):
    return cross_entropy(U @ v, o), beta * ((softmax(U @ v) - np.eye(len(U))[o]) @ U)


def counted(v, counts, U):
    return (softmax(U @ v) - counts / counts.sum()) @ U


def counted_pair_by_pair(v, counts, U):
    pairs = np.repeat(np.arange(len(U)), counts)
    return np.mean([softmax(U @ v) @ U - U[o] for o in pairs], axis=0)


def curvature(v, U):
    shares = softmax(U @ v)
    return (U.T * shares) @ U - np.outer(shares @ U, shares @ U)


def curvature_by_loop(v, U):
    shares = softmax(U @ v)
    mean = shares @ U
    return sum(p * np.outer(u - mean, u - mean) for p, u in zip(shares, U, strict=True)).tolist()


def without_the_averages(v, U):
    return (U.T * softmax(U @ v)) @ U


def unweighted(v, U):
    return np.cov(U.T, bias=True).reshape(len(v), len(v))


RIGHT = [
    ("zero-vector", ([1, -3],)),
    ("zero-vector", (np.array([1.0, -3.0]),)),
    ("beta", (with_beta,)),
    ("beta", (with_beta_in_the_table,)),
    ("counts", (counted,)),
    ("counts", (counted_pair_by_pair,)),
    ("curvature", (curvature,)),
    ("curvature", (curvature_by_loop,)),
]

WRONG = [
    ("zero-vector", ([-1, 3],), "The loss falls along your vector: from 1.0986 at 0"),
    ("zero-vector", ([1, 1],), "That is what the model expects"),
    ("zero-vector", ([3, -1],), "with v = 0 each has probability 1/3"),
    ("zero-vector", ([1, 2],), "Entry 1 is 2, but when entry 1 of v grows by 0.001"),
    ("zero-vector", ([[1], [-3]],), "should have shape (2,), but has (2, 1)"),
    ("beta", (without_inner_derivative,), "too small by the factor 0.5"),
    ("beta", (beta_outside_only,), "The loss with V = 3, d = 2 and beta = 0.5 should be"),
    ("beta", (wrong_sign,), "The gradient with V"),
    ("beta", (lambda *world: with_beta(*world)[0],), "another form than asked"),
    ("counts", (lambda v, n, U: n.sum() * counted(v, n, U),), "belongs to the sum of the"),
    ("counts", (lambda v, n, U: -counted(v, n, U),), "has the wrong sign"),
    ("counts", (lambda v, n, U: (softmax(U @ v) - n) @ U,), "counts [2 1] and outside"),
    ("counts", (lambda v, n, U: (softmax(U @ v) - (n > 0) / (n > 0).sum()) @ U,), "counts [2 1]"),
    ("counts", (lambda v, n, U: U,), "should have shape (1,), but has (2, 1)"),
    ("curvature", (without_the_averages,), "is 2.5, but the gradient's derivative is 0.25"),
    ("curvature", (unweighted,), "vectors 0; 2 should be [[0.42]], but is [[1.]]"),
    ("curvature", (lambda v, U: 2 * curvature(v, U),), "1; 2 should be [[0.25]], but is [[0.5]]"),
    ("curvature", (lambda v, U: np.diag(np.diag(curvature(v, U))),), "should be"),
    ("curvature", (lambda v, U: np.outer(softmax(U @ v), softmax(U @ v)),), "have shape (1, 1)"),
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
