"""Exercises of chapter (h): right in other clothes, wrong with a sentence that helps."""

import numpy as np
import pytest

from w2v.check import verdict

# --- constant-score ------------------------------------------------------------------------------


def loss_at(score, K):
    return np.log1p(np.exp(-score)) + K * np.log1p(np.exp(score))


def constant_score(K):
    return -np.log(K), np.log(1 + K) + K * np.log((1 + K) / K)


def by_search(K):
    scores = np.linspace(-6, 3, 9_000_001)
    best = scores[loss_at(scores, K).argmin()]
    return np.array([best, loss_at(best, K)])


# --- place ---------------------------------------------------------------------------------------


def cosines(table, word):
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    return unit @ unit[word]


def place(table, word, partner):
    cosine = cosines(table, word)
    cosine[word] = -np.inf
    return (cosine > cosine[partner]).sum() + 1


def by_sorting(table, word, partner):
    order = [row for row in np.argsort(-cosines(table, word)) if row != word]
    return float(order.index(partner) + 1)


def by_products(table, word, partner):
    products = table @ table[word]
    return sum(products[row] > products[partner] for row in range(len(table)) if row != word) + 1


def by_distance(table, word, partner):
    far = np.linalg.norm(table - table[word], axis=1)
    return sum(far[row] < far[partner] for row in range(len(table)) if row != word) + 1


# --- blind-softmax -------------------------------------------------------------------------------


def blind(counts):
    shares = counts / counts.sum()
    some = shares > 0
    return shares, -(shares[some] * np.log(shares[some])).sum()


def blind_by_loop(counts):
    total = sum(counts)
    shares = [n / total for n in counts]
    return shares, sum(p * np.log(1 / p) for p in shares if p)


def blind_uniform(counts):
    return np.full(len(counts), 1 / len(counts)), np.log(len(counts))


def blind_unnormalised(counts):
    return counts, 1.0


def blind_in_bits(counts):
    shares, loss = blind(counts)
    return shares, loss / np.log(2)


def blind_summed(counts):
    shares, loss = blind(counts)
    return shares, loss * counts.sum()


def blind_nan(counts):
    shares = counts / counts.sum()
    return shares, -(shares * np.log(shares)).sum()


# --- sharp-curvature -----------------------------------------------------------------------------


def sharp_curvature(vectors):
    return np.linalg.eigvalsh(vectors.T @ vectors)[-1] / 4


def sharp_by_norm(vectors):
    return np.linalg.norm(vectors, 2) ** 2 / 4


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("constant-score", constant_score),
        ("constant-score", by_search),
        ("place", place),
        ("place", by_sorting),
        ("blind-softmax", blind),
        ("blind-softmax", blind_by_loop),
        ("sharp-curvature", sharp_curvature),
        ("sharp-curvature", sharp_by_norm),
    ],
)
def test_a_right_answer_is_right(name, answer):
    found = verdict(name, answer)
    assert found.status == "right", found.message


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("constant-score", lambda K: (np.log(K), loss_at(np.log(K), K)), "a smaller score"),
        ("constant-score", lambda K: (-np.log(K + 1), 0.0), "With K = 1"),
        ("constant-score", lambda K: (-np.log(K), constant_score(K)[1] / np.log(2)), "in bits"),
        ("constant-score", lambda K: (-np.log(K), loss_at(-np.log(K), 1)), "the K negatives"),
        ("constant-score", lambda K: -np.log(K), "should return two numbers"),
        ("constant-score", lambda K: (0.0, (1 + K) * np.log(2)), "With K = 5"),
        ("place", lambda *world: place(*world) - 1, "The first place is 1"),
        ("place", lambda *world: place(*world) + 1, "not among its own neighbours"),
        ("place", by_products, "long vectors come first"),
        ("place", by_distance, "the angle is asked for"),
        ("place", lambda t, w, p: len(t) - place(t, w, p), "counts from the farthest"),
        ("place", lambda t, w, p: cosines(t, w)[p], "a whole number"),
        ("place", lambda t, w, p: 7, "is at place 1 for word 0"),
        ("blind-softmax", blind_uniform, "would be less if word 0 had a little more"),
        ("blind-softmax", blind_unnormalised, "should add up to 1"),
        ("blind-softmax", blind_in_bits, "in bits"),
        ("blind-softmax", blind_summed, "the sum over all pairs"),
        ("blind-softmax", blind_nan, "0 log 0 is 0"),
        ("blind-softmax", lambda counts: blind(counts)[1], "probabilities and a loss"),
        ("blind-softmax", lambda counts: (blind(counts)[0][:2], 1.0), "3 probabilities"),
        ("sharp-curvature", lambda u: (u * u).sum() / 4, "takes every vector for parallel"),
        ("sharp-curvature", lambda u: 4 * sharp_curvature(u), "at most 1/4"),
        ("sharp-curvature", lambda u: np.linalg.norm(u, 2) / 4, "the root of what is needed"),
        ("sharp-curvature", lambda u: np.linalg.norm(u, axis=1).sum() / 4, "should be 0.25"),
        ("sharp-curvature", lambda u: np.linalg.eigvalsh(u.T @ u) / 4, "should have shape ()"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(name, answer, message):
    found = verdict(name, answer)
    assert found.status == "wrong"
    assert message in found.message


@pytest.mark.parametrize("name", ["constant-score", "place", "blind-softmax", "sharp-curvature"])
def test_no_answer_is_missing(name):
    assert verdict(name, ...).status == "missing"
    assert verdict(name, lambda *world: None).status == "missing"
