"""Answers to the exercises of (a), right and wrong."""

import numpy as np
import pytest

from w2v import cross_entropy, log_softmax, softmax
from w2v.check import verdict


def losses(scores, words):
    return -log_softmax(scores)[np.arange(len(words)), words]


def losses_one_by_one(scores, words):
    return [cross_entropy(row, word) for row, word in zip(scores, words, strict=True)]


def overflowing(scores, words):
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.log(shares[np.arange(len(words)), words])


def over_the_wrong_axis(scores, words):
    logs = scores - np.log(np.exp(scores).sum(axis=0))
    return -logs[np.arange(len(words)), words]


def soft(scores, q):
    return -(q @ log_softmax(scores))


def soft_by_loop(scores, q):
    return sum(share * cross_entropy(scores, word) for word, share in enumerate(q))


def divergence(scores, q):
    kept = q > 0
    return (q[kept] * (np.log(q[kept]) - log_softmax(scores)[kept])).sum()


RIGHT = [
    ("bits", (np.log(8), np.log2(8))),
    ("bits", (2.08, 3)),
    ("bits", (np.array(2.0794), 3.0)),
    ("batch", (losses,)),
    ("batch", (losses_one_by_one,)),
    ("batch", (lambda s, w: -np.take_along_axis(log_softmax(s), w[:, None], 1)[:, 0],)),
    ("perplexity", (lambda p: np.exp(-np.log(p).mean()),)),
    ("perplexity", (lambda p: float(np.prod(p ** (-1 / len(p)))),)),
    ("perplexity", (lambda p: 2 ** (-np.log2(p).sum() / len(p)),)),
    ("soft-targets", (soft,)),
    ("soft-targets", (soft_by_loop,)),
]

WRONG = [
    ("bits", (3, np.log(8)), "exchanged: a bit is less than a nat"),
    ("bits", (-np.log(8), -3), "A surprise is never negative"),
    ("bits", (np.log10(8), 3), "is not 0.90309 nats. The logarithm is to the base 10 here"),
    ("bits", (np.log(8), 8), "The surprise is not 8 bits."),
    ("bits", (1 / 8, 3), "The surprise is not 0.125 nats."),
    ("bits", ([1, 2], 3), "Two single numbers are asked for, but one has the shape (2,)"),
    ("batch", (lambda s, w: -log_softmax(s)[:, w],), "every row met every word"),
    ("batch", (lambda s, w: losses(s, w).mean(),), "One loss for each pair is asked for"),
    ("batch", (overflowing,), "an exponential overflowed"),
    ("batch", (over_the_wrong_axis,), "for scores of shape (2, 3) and the words [1 2] should be"),
    ("batch", (lambda s, w: -losses(s, w),), "should be [0.5514 2.2395], but is [-0.5514 -2.2395]"),
    ("batch", (lambda s, w: losses(s, w)[:, None],), "should have shape (2,), but has (2, 1)"),
    ("perplexity", (lambda p: (1 / p).mean(),), "is 4, but yours is 5: that is the mean of 1/p"),
    ("perplexity", (lambda p: np.exp(-np.log(p).sum()),), "is 4, but yours is 16"),
    ("perplexity", (lambda p: -np.log(p).mean(),), "is 4, but yours is 1.38629"),
    ("perplexity", (lambda p: 2 ** -np.log(p).mean(),), "is 4, but yours is 2.614"),
    ("perplexity", (lambda p: np.prod(p) ** (-1 / len(p)),), "For 5,000 words of probability 1/10"),
    ("perplexity", (lambda p: 1 / p,), "One number is asked for"),
    ("soft-targets", (lambda s, q: -(q * log_softmax(s)).mean(),), "not their mean"),
    ("soft-targets", (divergence,), "scores [0. 1.] and q = [0.25 0.75] should be 0.56326"),
    ("soft-targets", (lambda s, q: -(softmax(s) @ np.log(q)),), "should be 0.56326"),
    ("soft-targets", (lambda s, q: -(q @ np.log(softmax(s))),), "a probability became 0"),
    ("soft-targets", (lambda s, q: -q * log_softmax(s),), "should have shape (), but has (2,)"),
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
