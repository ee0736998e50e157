"""Answers to the exercises of (f), right and wrong."""

import numpy as np
import pytest

from w2v import context, log_softmax, naive_softmax, skip_gram, softmax
from w2v.check import verdict


def judged(name, *answers):
    found = verdict(name, *answers)
    return found.status, found.message


def sliced(tokens, m):
    return [tokens[max(0, t - m) : t] + tokens[t + 1 : t + m + 1] for t in range(len(tokens))]


def by_context(tokens, m):
    return (tuple(context(tokens, t, m)) for t in range(len(tokens)))


@pytest.mark.parametrize("answer", [sliced, by_context])
def test_windows(answer):
    assert judged("windows", answer)[0] == "right"


def from_the_end(tokens, m):
    return [tokens[t - m : t] + tokens[t + 1 : t + m + 1] for t in range(len(tokens))]


def around_the_corner(tokens, m):
    return [
        [tokens[(t + j) % len(tokens)] for j in range(-m, m + 1) if j] for t in range(len(tokens))
    ]


def by_word(tokens, m):
    return [
        [word for word in tokens[max(0, t - m) : t + m + 1] if word != tokens[t]]
        for t in range(len(tokens))
    ]


def with_the_center(tokens, m):
    return [tokens[max(0, t - m) : t + m + 1] for t in range(len(tokens))]


def one_short(tokens, m):
    return [tokens[max(0, t - m) : t] + tokens[t + 1 : t + m] for t in range(len(tokens))]


def right_to_left(tokens, m):
    return [window[::-1] for window in sliced(tokens, m)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (from_the_end, "m = 2, the outside words of “b” at place 1 should be ['a', 'c', 'd'], but"),
        (around_the_corner, "“a” at place 0 should be ['b', 'c'], but are ['d', 'e', 'b', 'c']"),
        (by_word, "“to” at place 0 should be ['be', 'or', 'not', 'to'], but are ['be', 'or', "),
        (with_the_center, "should be ['b', 'c'], but are ['a', 'b', 'c']"),
        (one_short, "should be ['b', 'c'], but are ['b']"),
        (right_to_left, "should be ['b', 'c'], from left to right, but are ['c', 'b']"),
        (lambda tokens, m: sliced(tokens, m)[m:-m], "there should be 5 windows, but there are 1"),
        (lambda tokens, m: 5, "another form than asked"),
    ],
)
def test_not_the_windows(answer, message):
    status, found = judged("windows", answer)
    assert status == "wrong"
    assert message in found


def shares(words, V):
    return np.array([words.count(word) for word in range(V)]) / len(words)


def best(words, V):
    probabilities = shares(words, V)
    return probabilities, -np.log(probabilities[words]).sum()


def best_with_exact_zeros(words, V):
    probabilities = shares(words, V)
    logarithms = np.log(probabilities, out=np.zeros(V), where=probabilities > 0)
    return list(probabilities), -len(words) * (probabilities @ logarithms)


@pytest.mark.parametrize("answer", [best, best_with_exact_zeros])
def test_best_prediction(answer):
    assert judged("best-prediction", answer)[0] == "right"


def careless(words, V):
    probabilities = shares(words, V)
    with np.errstate(all="ignore"):
        return probabilities, -len(words) * (probabilities * np.log(probabilities)).sum()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (careless, "the window [1, 1, 2, 0] and V = 4 is not a number. A word that is not"),
        (
            lambda words, V: (best(words, V)[0], best(words, V)[1] / len(words)),
            "mean over the pairs",
        ),
        (
            lambda words, V: (np.isin(range(V), words) / len(set(words)), 0.0),
            "should be [0.25 0.5 0.25 0. ], but is [0.3333 0.3333 0.3333 0. ]",
        ),
        (
            lambda words, V: (shares(words, V) * len(words), 0),
            "should add up to 1, but add up to 4",
        ),
        (lambda words, V: (shares(words, V), 0.0), "should be 4.1588"),
        (lambda words, V: (shares(words, V)[words], 0.0), "add up to 1, but add up to 1.5"),
        (lambda words, V: (shares(words, V)[:3], 0.0), "should have shape (4,), but has (3,)"),
        (lambda words, V: shares(words, V), "another form"),
    ],
)
def test_not_the_best_prediction(answer, message):
    status, found = judged("best-prediction", answer)
    assert status == "wrong"
    assert message in found


def weighted(v, words, weights, U):
    residual = sum(weights) * softmax(U @ v) - np.bincount(words, weights, minlength=len(U))
    return -(weights * log_softmax(U @ v)[words]).sum(), residual @ U


def weighted_by_pairs(v, words, weights, U):
    loss, gradient = 0, 0
    for word, weight in zip(words, weights, strict=True):
        pair, by_center, _ = naive_softmax(v, word, U)
        loss, gradient = loss + weight * pair, gradient + weight * by_center
    return loss, gradient


@pytest.mark.parametrize("answer", [weighted, weighted_by_pairs])
def test_weighted_window(answer):
    assert judged("weighted-window", answer)[0] == "right"


def with_2m(v, words, weights, U):
    residual = len(words) * softmax(U @ v) - np.bincount(words, weights, minlength=len(U))
    return weighted(v, words, weights, U)[0], residual @ U


def with_plain_counts(v, words, weights, U):
    residual = sum(weights) * softmax(U @ v) - np.bincount(words, minlength=len(U))
    return weighted(v, words, weights, U)[0], residual @ U


def mean_of_both(v, words, weights, U):
    loss, gradient = weighted(v, words, weights, U)
    return loss / sum(weights), gradient / sum(weights)


def without_weights(v, words, weights, U):
    return weighted(v, words, np.ones(len(words)), U)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            with_2m,
            "The gradient for the words [1, 1, 0] with the weights [1.0, 0.5",
        ),
        (with_plain_counts, "The gradient for the words [1, 1, 0]"),
        (mean_of_both, "that is the weighted mean, and the weighted sum is asked for"),
        (without_weights, "The loss for the words [1, 1, 0] with the weights [1.0, 0.5, 0.25]"),
        (
            lambda *world: (weighted(*world)[0], -weighted(*world)[1]),
            "should be [-0.625], but is [0.625]",
        ),
        (lambda *world: (weighted(*world)[0], world[3]), "should have shape (1,), but has (2, 1)"),
    ],
)
def test_not_the_weighted_window(answer, message):
    status, found = judged("weighted-window", answer)
    assert status == "wrong"
    assert message in found


def by_matrices(counts, center, outside):
    scores = center @ outside.T
    residual = counts.sum(1, keepdims=True) * softmax(scores) - counts
    return -(counts * log_softmax(scores)).sum(), residual @ outside, residual.T @ center


def by_windows(counts, center, outside):
    loss, by_center, by_outside = 0, np.zeros(center.shape), np.zeros(outside.shape)
    for c, row in enumerate(counts):
        words = np.repeat(np.arange(len(row)), row)
        if len(words):
            window = skip_gram(c, words, center, outside)
            loss += window[0]
            by_center += window[1]
            by_outside += window[2]
    return loss, by_center, by_outside


@pytest.mark.parametrize("answer", [by_matrices, by_windows])
def test_from_counts(answer):
    assert judged("from-counts", answer)[0] == "right"


def without_row_sums(counts, center, outside):
    residual = softmax(center @ outside.T) - counts
    return by_matrices(counts, center, outside)[0], residual @ outside, residual.T @ center


def not_turned(counts, center, outside):
    loss, by_center, _ = by_matrices(counts, center, outside)
    scores = center @ outside.T
    residual = counts.sum(1, keepdims=True) * softmax(scores) - counts
    return loss, by_center, residual @ center


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda N, C, U: by_matrices(N.T, C, U), "is that of counts[o, c]: the rows are centre"),
        (without_row_sums, "The gradient by `center` for the counts [[0, 2], [0, 0]] should be"),
        (not_turned, "The gradient by `outside` for the counts [[0, 2], [0, 0]] should be"),
        (
            lambda N, C, U: by_matrices((N > 0).astype(int), C, U),
            "The loss for the counts [[0, 2], [0, 0]] should be",
        ),
        (
            lambda N, C, U: tuple(part / N.sum() for part in by_matrices(N, C, U)),
            "The loss for the counts",
        ),
        (lambda N, C, U: by_matrices(N, C, U)[:2], "another form than asked"),
    ],
)
def test_not_from_counts(answer, message):
    status, found = judged("from-counts", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize("name", ["windows", "best-prediction", "weighted-window", "from-counts"])
def test_no_answer(name):
    assert judged(name, ...) == ("missing", "no answer yet.")
    assert judged(name, lambda *arguments: None)[0] == "missing"
