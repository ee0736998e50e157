"""Exercises of chapter (i)."""

from fractions import Fraction
from math import acos, cos, degrees, fsum, radians, sin, sqrt

import numpy as np

from .judge import Wrong, exercise, require_close


@exercise(
    "how-many-pairs",
    chapter="i",
    level="warm-up",
    about="Find how many pairs a test set needs for an interval of a given width.",
    tests="three cases in exact fractions, one of which needs fewer pairs than there are",
)
def _how_many_pairs(pairs_needed):
    for pairs, width, wanted in ((100, 0.4, 0.1), (353, 0.15, 0.03), (1000, 0.02, 0.08)):
        factor = Fraction(str(width)) / Fraction(str(wanted))
        expected = float(pairs * factor * factor)
        found = float(pairs_needed(pairs, width, wanted))
        if abs(found - expected) > 1:  # whole pairs are as good
            hint = ""
            if abs(found - pairs * factor) < 1:
                hint = " Four times the pairs make an interval half as wide, not a quarter."
            elif abs(found - pairs / factor / factor) < 1:
                hint = " A narrower interval needs more pairs."
            elif abs(found - pairs * sqrt(factor)) < 1:
                hint = " The root is on the other side: the width falls with the root of n."
            raise Wrong(
                f"If {pairs} pairs give an interval {width} wide, it takes {expected:,.0f} for "
                f"one that is {wanted} wide, and not {found:,.0f}.{hint}"
            )


@exercise(
    "random-directions",
    chapter="i",
    level="core",
    about="Find how far the cosine of two random directions is from 0, as dimensions grow.",
    tests="the standard deviation by integrating over the sphere, for 2, 3, 10 and 100 dimensions",
)
def _random_directions(spread):
    for d in (2, 3, 10, 100):
        # On the sphere, the angle has a density in proportion to sin(angle)^(d-2).
        angles = [radians(90) * (2 * k + 1) / 20_000 for k in range(20_000)]
        density = [sin(angle) ** (d - 2) for angle in angles]
        square = fsum(cos(a) ** 2 * p for a, p in zip(angles, density, strict=True))
        expected = sqrt(square / fsum(density))
        found = np.asarray(spread(d), dtype=float)
        hint = ""
        if found.shape == ():
            if np.isclose(found, expected**2, rtol=1e-3):
                hint = " Yours is the variance: take its root."
            elif np.isclose(found, sqrt(d), rtol=1e-3):
                hint = " With more dimensions there is more room beside a direction, not along it."
            elif np.isclose(found, degrees(acos(min(1, expected)) - acos(0)), rtol=1e-3):
                hint = " The cosine is asked for, not the angle."
            elif 0 < abs(found - expected) < 0.05 * expected:
                hint = " Yours looks as if it had been drawn at random: it can be had exactly."
        try:
            require_close(found, expected, f"the spread in {d} dimensions", 1e-4)
        except Wrong as wrong:
            raise Wrong(f"{wrong}{hint}") from None


@exercise(
    "sixty-degrees",
    chapter="i",
    level="core",
    about="Find the angle beyond which an analogy only answers with its third word, and the "
    "angles in the text.",
    tests="the limit by bisection, with vectors that are built for each angle; and the mean angle "
    "for three questions, one at a time",
)
def _sixty_degrees(limit, mean_angle):
    c, d = np.array([1.0, 0, 0]), np.array([0.6, 0.8, 0])
    wanted = d - c
    aside = np.array([0, 0, np.linalg.norm(wanted)])

    def wins(angle):
        difference = cos(radians(angle)) * wanted + sin(radians(angle)) * aside  # b - a
        return (difference + c) @ d > (difference + c) @ c

    low, high = 0.0, 180.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if wins(middle) else (low, middle)
    limit = float(limit)
    if abs(limit - low) > 0.01:
        if abs(limit - radians(low)) < 0.001:
            raise Wrong("The angle is right, but in radians: degrees are asked for.")
        if abs(limit - cos(radians(low))) < 1e-3:
            raise Wrong("That is the cosine of the angle: the angle in degrees is asked for.")
        if not 0 <= limit <= 180:
            raise Wrong(f"An angle of {limit:g} degrees is none between two vectors.")
        between = round((limit + low) / 2)
        says = "d still wins" if wins(between) else "c wins already"
        raise Wrong(
            f"Take c = {c.tolist()} and d = {d.tolist()}, and a difference b - a that is as long "
            f"as d - c. At an angle of {between} degrees between the two differences, {says}: so "
            f"{limit:g} degrees is not the limit."
        )

    questions = np.array(
        [
            [[1.0, 0], [0.6, 0.8], [0.0, 1], [0.0, -1]],  # a, for instance: then b, c, d
            [[0.0, 1], [0.8, 0.6], [1.0, 0], [0.6, 0.8]],
            [[-1.0, 0], [0.0, 1], [0.6, -0.8], [0.8, 0.6]],
        ]
    )
    a, b, c, d = questions.transpose(1, 0, 2)
    angles = [_angle(*pair) for pair in zip(b - a, d - c, strict=True)]
    expected = fsum(angles) / len(angles)
    found = np.asarray(mean_angle(a, b, c, d), dtype=float)
    hint = ""
    if found.shape == ():
        lengths = [np.linalg.norm(x, axis=1) for x in (b - a, d - c)]
        cosines = ((b - a) * (d - c)).sum(axis=1) / lengths[0] / lengths[1]
        if np.isclose(found, degrees(acos(cosines.mean()))):
            hint = " Yours is the angle of the mean cosine: take the angles first, then their mean."
        elif np.isclose(found, radians(expected)):
            hint = " Yours is in radians."
        elif np.isclose(found, np.mean([_angle(*pair) for pair in zip(b, d, strict=True)])):
            hint = " The angle is that of two differences, b - a and d - c."
        elif np.isclose(found, 180 - expected):
            hint = " One of the differences points the other way."
    try:
        require_close(found, expected, "the mean angle of three questions", 1e-6)
    except Wrong as wrong:
        raise Wrong(f"{wrong}{hint}") from None


def _angle(one, other):
    product = fsum(x * y for x, y in zip(one, other, strict=True))
    return degrees(acos(product / sqrt(fsum(x * x for x in one) * fsum(y * y for y in other))))


@exercise(
    "paired-bootstrap",
    chapter="i",
    level="stretch",
    about="Draw pairs anew, and see by how much two systems differ that were asked the same.",
    tests="ranks by counting, draw by draw, for 2 and 200 draws from 5 and 12 pairs with tied "
    "scores",
)
def _paired_bootstrap(differences):
    rng = np.random.default_rng(3)
    worlds = [
        (
            np.array([0.0, 1, 1, 3, 2]),
            np.array([0.1, 0.9, 0.3, 0.4, 0.35]),
            np.array([0.3, 0.2, 0.8, 0.1, 0.5]),
            np.array([[0, 1, 2, 3, 4], [0, 0, 3, 1, 4]]),
        ),
        (
            rng.integers(4, size=12).astype(float),
            rng.normal(size=12) ** 3,
            rng.normal(size=12),
            rng.integers(12, size=(200, 12)),
        ),
    ]
    for score, one, other, drawn in worlds:
        expected = [
            _spearman(score[row], one[row]) - _spearman(score[row], other[row]) for row in drawn
        ]
        found = np.asarray(differences(score, one, other, drawn), dtype=float)
        where = f"of {len(drawn)} draws from {len(score)} pairs"
        hint = ""
        if found.shape == (len(drawn),):
            alternatives = {
                " Yours is by the values: Spearman's correlation is that of the ranks.": [
                    _pearson(score[r], one[r]) - _pearson(score[r], other[r]) for r in drawn
                ],
                " Yours ranks all pairs once, before they are drawn: rank those that were drawn.": [
                    _pearson(_ranks(score)[r], _ranks(one)[r])
                    - _pearson(_ranks(score)[r], _ranks(other)[r])
                    for r in drawn
                ],
                " The signs are the other way round: the first system minus the second.": [
                    -value for value in expected
                ],
                " Equal values share the mean of their ranks; yours have different ones.": [
                    _pearson(_ties_apart(score[r]), _ties_apart(one[r]))
                    - _pearson(_ties_apart(score[r]), _ties_apart(other[r]))
                    for r in drawn
                ],
            }
            for sentence, values in alternatives.items():
                if np.allclose(found, values):
                    hint = sentence
        try:
            require_close(found, expected, f"the differences {where}")
        except Wrong as wrong:
            raise Wrong(f"{wrong}{hint}" if hint else str(wrong)) from None


def _ranks(values):
    below = [
        fsum(1.0 if other < value else 0.5 if other == value else 0 for other in values)
        for value in values
    ]
    return np.array(below)


def _ties_apart(values):
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def _spearman(one, other):
    return _pearson(_ranks(one), _ranks(other))


def _pearson(one, other):
    one, other = (np.asarray(x, dtype=float) - fsum(x) / len(x) for x in (one, other))
    return fsum(one * other) / sqrt(fsum(one * one) * fsum(other * other))
