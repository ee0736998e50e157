"""Exercises of chapter (i): right in other clothes, wrong with a sentence that helps."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from w2v.check import verdict

# --- how-many-pairs ------------------------------------------------------------------------------


def pairs_needed(pairs, width, wanted):
    return pairs * (width / wanted) ** 2


# --- random-directions ---------------------------------------------------------------------------


def drawn_spread(d):
    vectors = np.random.default_rng(0).normal(size=(2000, d))
    return (vectors[:, 0] / np.linalg.norm(vectors, axis=1)).std()


# --- sixty-degrees -------------------------------------------------------------------------------


def cosines(a, b, c, d):
    one, other = b - a, d - c
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / lengths


def mean_angle(a, b, c, d):
    return np.degrees(np.arccos(cosines(a, b, c, d))).mean()


def mean_angle_by_loop(a, b, c, d):
    angles = []
    for first, second, third, fourth in zip(a, b, c, d, strict=True):
        one, other = second - first, fourth - third
        one, other = one / np.sqrt(one @ one), other / np.sqrt(other @ other)
        angles.append(2 * np.arcsin(np.linalg.norm(one - other) / 2))
    return sum(angles) / len(angles) * 180 / np.pi


# --- paired-bootstrap ----------------------------------------------------------------------------


def differences(score, one, other, drawn):
    return [
        spearmanr(score[row], one[row])[0] - spearmanr(score[row], other[row])[0] for row in drawn
    ]


def differences_at_once(score, one, other, drawn):
    ranks = rankdata(np.array([score, one, other])[:, drawn], axis=2)
    ranks -= ranks.mean(axis=2, keepdims=True)
    ranks /= np.linalg.norm(ranks, axis=2, keepdims=True)
    return (ranks[0] * (ranks[1] - ranks[2])).sum(axis=1)


def by_values(score, one, other, drawn):
    return [
        np.corrcoef(score[row], one[row])[0, 1] - np.corrcoef(score[row], other[row])[0, 1]
        for row in drawn
    ]


def ranked_before(score, one, other, drawn):
    return by_values(rankdata(score), rankdata(one), rankdata(other), drawn)


def ties_apart(score, one, other, drawn):
    def ranks(values):
        return np.argsort(np.argsort(values, kind="stable"), kind="stable")

    return [
        np.corrcoef(ranks(score[r]), ranks(one[r]))[0, 1]
        - np.corrcoef(ranks(score[r]), ranks(other[r]))[0, 1]
        for r in drawn
    ]


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("how-many-pairs", [pairs_needed]),
        ("how-many-pairs", [lambda pairs, width, wanted: round(pairs / (wanted / width) ** 2)]),
        ("random-directions", [lambda d: 1 / np.sqrt(d)]),
        ("random-directions", [lambda d: d**-0.5]),
        ("sixty-degrees", [60, mean_angle]),
        ("sixty-degrees", [np.degrees(np.pi / 3), mean_angle_by_loop]),
        ("paired-bootstrap", [differences]),
        ("paired-bootstrap", [differences_at_once]),
    ],
)
def test_a_right_answer_is_right(name, answers):
    found = verdict(name, *answers)
    assert found.status == "right", found.message


@pytest.mark.parametrize(
    ("name", "answers", "message"),
    [
        ("how-many-pairs", [lambda n, b, w: n * b / w], "half as wide, not a quarter"),
        ("how-many-pairs", [lambda n, b, w: n * (w / b) ** 2], "needs more pairs"),
        ("how-many-pairs", [lambda n, b, w: n * np.sqrt(b / w)], "on the other side"),
        ("how-many-pairs", [lambda n, b, w: 5000], "100 pairs give an interval 0.4 wide"),
        ("random-directions", [lambda d: 1 / d], "take its root"),
        ("random-directions", [lambda d: np.sqrt(d)], "beside a direction, not along it"),
        ("random-directions", [drawn_spread], "drawn at random"),
        ("random-directions", [lambda d: 0.1], "The spread in 2 dimensions"),
        ("random-directions", [lambda d: [1 / np.sqrt(d)]], "should have shape ()"),
        ("sixty-degrees", [45, mean_angle], "d still wins"),
        ("sixty-degrees", [90, mean_angle], "c wins already"),
        ("sixty-degrees", [np.pi / 3, mean_angle], "in radians"),
        ("sixty-degrees", [0.5, mean_angle], "the cosine of the angle"),
        ("sixty-degrees", [-60, mean_angle], "none between two vectors"),
        (
            "sixty-degrees",
            [60, lambda *q: np.degrees(np.arccos(cosines(*q).mean()))],
            "the angle of the mean cosine",
        ),
        ("sixty-degrees", [60, lambda *q: np.radians(mean_angle(*q))], "Yours is in radians"),
        (
            "sixty-degrees",
            [60, lambda a, b, c, d: mean_angle(b, a, c, d)],
            "points the other way",
        ),
        (
            "sixty-degrees",
            [60, lambda a, b, c, d: mean_angle(0 * a, b, 0 * c, d)],
            "that of two differences",
        ),
        ("paired-bootstrap", [by_values], "that of the ranks"),
        ("paired-bootstrap", [ranked_before], "before they are drawn"),
        ("paired-bootstrap", [lambda s, a, b, r: differences(s, b, a, r)], "the other way round"),
        ("paired-bootstrap", [ties_apart], "share the mean of their ranks"),
        (
            "paired-bootstrap",
            [lambda *world: np.quantile(differences(*world), [0.025, 0.975])],
            "The differences of 2 draws",
        ),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(name, answers, message):
    found = verdict(name, *answers)
    assert found.status == "wrong"
    assert message in found.message


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("how-many-pairs", [...]),
        ("how-many-pairs", [lambda *world: None]),
        ("random-directions", [lambda d: None]),
        ("sixty-degrees", [..., mean_angle]),
        ("sixty-degrees", [60, lambda *world: None]),
        ("paired-bootstrap", [lambda *world: None]),
    ],
)
def test_no_answer_is_missing(name, answers):
    assert verdict(name, *answers).status == "missing"
