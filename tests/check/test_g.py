"""Answers to the exercises of (g), right and wrong."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from w2v.check import verdict


def judged(name, *answers):
    found = verdict(name, *answers)
    return found.status, found.message


GOLDEN = (np.sqrt(5) - 1) / 2


@pytest.mark.parametrize(
    "answer", [lambda t: t / GOLDEN**2, lambda t: np.float64(t * (3 + np.sqrt(5)) / 2)]
)
def test_where_thinning_begins(answer):
    assert judged("thinning-begins", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            lambda t: t,
            "With t = 0.001 and the share 0.001 the program's formula gives 2.0000",
        ),
        (lambda t: t / GOLDEN, "0.001618 the program's formula gives 1.4042: more than 1"),
        (lambda t: 4 * t, "the share 0.004 the program's formula gives 0.7500: less than 1"),
        (lambda t: 0.0026180339887, "With t = 1e-05 and the share 0.002618"),
        (lambda t: -t, "should be positive, but is -0.001"),
        (lambda t: "t", "another form than asked"),
    ],
)
def test_not_where_thinning_begins(answer, message):
    status, found = judged("thinning-begins", answer)
    assert status == "wrong"
    assert message in found


def by_search(counts, numbers, power):
    weights = counts.astype(float) ** power
    return np.searchsorted(np.cumsum(weights / weights.sum()), numbers, side="right")


def by_loop(counts, numbers, power):
    weights = [float(count) ** power for count in counts]
    words = []
    for number in numbers:
        rest, word = number * sum(weights), 0
        while rest >= weights[word] and word < len(weights) - 1:
            rest -= weights[word]
            word += 1
        words.append(word)
    return words


@pytest.mark.parametrize("answer", [by_search, by_loop])
def test_draw(answer):
    assert judged("draw", answer)[0] == "right"


def divided_by_the_counts(counts, numbers, power):
    return np.searchsorted(np.cumsum(counts**power / counts.sum()), numbers, side="right")


def not_divided(counts, numbers, power):
    return np.searchsorted(np.cumsum(counts.astype(float) ** power), numbers, side="right")


def ignoring_the_power(counts, numbers, power):
    return by_search(counts, numbers, 0.75)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (divided_by_the_counts, "So the number 0.5 should give word 0, but gives 2"),
        (not_divided, "So the number 0.81 should give word 1, but gives 0"),
        (lambda *world: by_search(*world) + 1, "the number 0 should give word 0, but gives 1"),
        (
            lambda counts, numbers, power: by_search(counts, numbers, 1),
            "So the number 0.81 should give word 1, but gives 0",
        ),
        (
            ignoring_the_power,
            "With the counts [50, 30, 10, 7, 3] and the power 1, word 0 should get 500 of 1000",
        ),
        (lambda counts, numbers, power: by_search(counts, numbers, power)[0], "the shape is ()"),
    ],
)
def test_not_draw(answer, message):
    status, found = judged("draw", answer)
    assert status == "wrong"
    assert message in found


def by_radius(n, m):
    radius = np.minimum(np.arange(1, m + 1), n - 1)
    return np.mean(2 * radius * n - radius * (radius + 1))


def by_distance(n, m):
    return sum(2 * (n - k) * Fraction(m - k + 1, m) for k in range(1, min(m, n - 1) + 1))


@pytest.mark.parametrize("answer", [by_radius, by_distance])
def test_pairs(answer):
    assert judged("pairs", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n, m: 2 * m * n - m * (m + 1), "n = 6 words with m = 2 should be 14"),
        (
            lambda n, m: np.mean([2 * r * n - r * (r + 1) for r in range(1, m + 1)]),
            "n = 2 words with m = 5 should be 2",
        ),
        (lambda n, m: n * (m + 1), "n = 6 words with m = 1 should be 10"),
        (lambda n, m: by_radius(n, m) / 2, "m = 1 should be 10"),
        (lambda n, m: [by_radius(n, m)], "should have shape (), but has (1,)"),
    ],
)
def test_not_the_pairs(answer, message):
    status, found = judged("pairs", answer)
    assert status == "wrong"
    assert message in found


def binomial(distance, window, keep):
    n = distance - 1
    return sum(comb(n, k) * keep**k * (1 - keep) ** (n - k) for k in range(window) if k <= n)


def step_by_step(distance, window, keep):
    left = np.array([1.0])  # chances of 0, 1, ... words between
    for _ in range(distance - 1):
        left = np.convolve(left, [1 - keep, keep])
    return left[:window].sum()


@pytest.mark.parametrize("answer", [binomial, step_by_step])
def test_still_meet(answer):
    assert judged("still-meet", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda distance, window, keep: binomial(distance + 1, window, keep), "distance 2"),
        (
            lambda distance, window, keep: binomial(distance, window + 1, keep),
            "distance 3 (where 2 words stand between the two), window 2 and keep 0.5 should be",
        ),
        (lambda distance, window, keep: binomial(distance, window, 1 - keep), "keep 0.25"),
        (lambda distance, window, keep: float(distance <= window), "should be 0.75"),
        (lambda distance, window, keep: keep ** (distance - 1), "(where 1 word stands between"),
    ],
)
def test_not_still_meet(answer, message):
    status, found = judged("still-meet", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize("name", ["thinning-begins", "draw", "pairs", "still-meet"])
def test_no_answer(name):
    assert judged(name, ...) == ("missing", "no answer yet.")
    assert judged(name, lambda *arguments: None)[0] == "missing"
