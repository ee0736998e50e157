"""Exercises of chapter (j)."""

from fractions import Fraction
from math import inf

import numpy as np

from .judge import Wrong, exercise, require_close


@exercise(
    "fastest-product",
    chapter="j",
    level="warm-up",
    about="Find how much faster a program becomes if one part of it does.",
    tests="the time before and after, in exact fractions: with parts of a half, of 36% and of the "
    "whole, twice, ten times and infinitely faster",
)
def _fastest_product(speedup):
    for share, factor in ((0.5, 2), (0.36, 10), (0.36, inf), (0.9, inf), (1.0, 3)):
        part = Fraction(str(share))
        left = 1 - part + (0 if factor == inf else part / factor)
        expected = float(1 / left)
        found = float(speedup(share, factor))
        if not abs(found - expected) < 1e-9 * expected:
            hint = ""
            if abs(found - left) < 1e-9:
                hint = " Yours is the time that is left, and not how many times as fast it is."
            elif factor != inf and abs(found - (1 + share * (factor - 1))) < 1e-9:
                hint = " Times add up, and speeds do not: add what each part takes."
            elif abs(found - factor) < 1e-9 and share < 1:
                hint = " The other parts take as long as before."
            elif factor != inf and abs(found - 1 / (share + (1 - share) / factor)) < 1e-9:
                hint = " There the other parts became faster, and not this one."
            raise Wrong(
                f"If a part that takes {share:.0%} of the time becomes {factor:g} times as fast, "
                f"the whole becomes {expected:.4g} times as fast, and not {found:.4g}.{hint}"
            )


@exercise(
    "block-size",
    chapter="j",
    level="warm-up",
    about="Count what a block of any size costs, and how much of it is used.",
    tests="scores, vectors and weights that are counted one by one, for three blocks",
)
def _block_size(block_costs):
    for b, m, N, d in ((2, 1, 3, 10), (4, 5, 4, 100), (16, 5, 8, 50)):
        scores, used, vectors = 0, 0, set()
        for row in range(m, m + b):
            vectors.add(("centre", row))
            for place in range(b + 2 * m):
                scores += 1
                used += 0 < abs(place - row) <= m
                vectors.add(("outside", place))
            for negative in range(N):
                scores += 1
                used += 1
                vectors.add(("negative", negative))
        pairs = b * (m + 1)
        expected = scores * 6 * d / pairs, len(vectors) * 8 * d / pairs, used / scores
        found = tuple(block_costs(b, m, N, d))
        if len(found) != 3:
            raise Wrong(f"Three numbers are asked for, but there are {len(found)}.")
        names = "operations a pair", "bytes a pair", "share of scores that is used"
        for place, name in enumerate(names):
            hint = ""
            if abs(found[place] - expected[place] * pairs) < 1e-9:
                hint = " That is for the whole block: divide by its expected pairs."
            elif abs(found[place] - expected[place] / 6 * 2) < 1e-9:
                hint = " A score costs three products: one forward, two for the gradients."
            elif place == 1 and abs(found[1] - expected[1] / 2) < 1e-9:
                hint = " A vector is fetched and written back."
            elif place == 1 and abs(found[1] - (b + 2 * m + N) * 8 * d / pairs) < 1e-9:
                hint = " The centre vectors are fetched, too."
            elif place == 2 and abs(found[2] - (used + b) / scores) < 1e-9:
                hint = " The centre word itself is not used, although it is in the band."
            if not np.isclose(found[place], expected[place], rtol=1e-9):
                raise Wrong(
                    f"With b = {b}, m = {m}, N = {N} and d = {d}, the {name} should be "
                    f"{expected[place]:.5g}, but yours is {found[place]:.5g}.{hint}"
                )


@exercise(
    "scatter",
    chapter="j",
    level="core",
    about="Add rows to a table where rows are named more than once, without a loop.",
    tests="sums that are taken one row at a time, for tables of three to fifty rows, with and "
    "without repeats, and with no updates at all",
)
def _scatter(scatter):
    rng = np.random.default_rng(4)
    worlds = [
        (np.zeros((3, 2)), np.array([2, 0, 2, 2]), np.arange(1.0, 9).reshape(4, 2)),
        (rng.normal(size=(50, 3)), rng.integers(50, size=400), rng.normal(size=(400, 3))),
        (rng.normal(size=(5, 3)), np.array([4, 1]), rng.normal(size=(2, 3))),
        (np.ones((4, 2)), np.zeros(0, dtype=int), np.zeros((0, 2))),
    ]
    for table, rows, updates in worlds:
        expected = table.copy()
        for row, update in zip(rows.tolist(), updates, strict=True):
            expected[row] += update
        found = np.asarray(scatter(table, rows, updates), dtype=float)
        where = f"with the rows {rows.tolist()}" if len(rows) < 9 else f"with {len(rows)} rows"
        if found.shape == table.shape and not np.allclose(found, expected):
            lost = table.copy()
            lost[rows] += updates
            raise Wrong(
                f"{where.capitalize()}, the table {_brief(table)} should become "
                f"{_brief(expected)}, but yours is {_brief(found)}."
                + _lost_or_double(found, expected, lost, table)
            )
        require_close(found, expected, f"the table {where}")


def _lost_or_double(found, expected, lost, table):
    if np.allclose(found, lost):
        return " Of the updates of one row, only the last has arrived: the repeats are lost."
    if np.allclose(found, expected - table):
        return " Yours are the updates alone: the table's own numbers are missing."
    if np.allclose(found, 2 * table - expected):
        return " Yours are subtracted."
    return ""


def _brief(array):
    return np.array2string(array, precision=2, threshold=8, separator=", ").replace("\n", "")


@exercise(
    "border-pairs",
    chapter="j",
    level="stretch",
    about="Count the pairs that a word expects near the border of its document, and those of a "
    "whole document.",
    tests="windows of every radius, counted pair by pair in exact fractions, for m up to 6",
)
def _border_pairs(near_border, whole_document):
    for m in (1, 2, 3, 6):
        for k in range(m + 1):
            expected = _pairs_of(k, 2 * m + k + 1, m)
            found = float(near_border(k, m))
            if abs(found - expected) > 1e-9:
                hint = ""
                if abs(found - (m + 1)) < 1e-9:
                    hint = " That is what a word in the middle expects."
                elif abs(found + Fraction(m + 1, 2) - expected) < 1e-9:
                    hint = " There are words on its right, too."
                elif abs(found - (k + m)) < 1e-9:
                    hint = " Not every word within reach is in the window: its radius is random."
                raise Wrong(
                    f"With m = {m} and k = {k} words on its left, a word expects "
                    f"{_readable(expected)} pairs, and not {found:.6g}.{hint}"
                )
        for T in (m, m + 1, 3 * m + 5):
            expected = sum(_pairs_of(t, T, m) for t in range(T))
            found = float(whole_document(T, m))
            if abs(found - expected) > 1e-9:
                hint = ""
                if abs(found - T * (m + 1)) < 1e-9:
                    hint = " The windows near both borders have fewer."
                elif abs(2 * found - expected) < 1e-9:
                    hint = " Each of two words is the centre of one pair: both count."
                raise Wrong(
                    f"With m = {m}, a document of {T} words expects {_readable(expected)} pairs, "
                    f"and not {found:.6g}.{hint}"
                )


def _pairs_of(place, length, m):
    """Pairs that a place expects, averaged over all radii."""
    counts = [
        sum(other != place and abs(other - place) <= radius for other in range(length))
        for radius in range(1, m + 1)
    ]
    return Fraction(sum(counts), m)


def _readable(fraction):
    return str(fraction) if fraction.denominator == 1 else f"{fraction} = {float(fraction):.4f}"
