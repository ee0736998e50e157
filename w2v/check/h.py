"""Exercises of chapter (h)."""

from math import acos, fsum, log, log1p, sqrt

import numpy as np

from .judge import Wrong, exercise, require_close


@exercise(
    "constant-score",
    chapter="h",
    level="warm-up",
    about="Find the best loss of a model that never looks at the centre word.",
    tests="the score at which the loss stops falling, found by bisection, and the loss there, "
    "for K = 1, 5 and 20",
)
def _constant_score(constant_score):
    def loss_at(score, K):
        return np.log(1 + np.exp(-score)) + K * np.log(1 + np.exp(score))

    for K in (1, 5, 20):
        low, high = -50.0, 50.0
        while high - low > 1e-13 * max(1, abs(low)):
            middle = (low + high) / 2
            rises = loss_at(middle + 1e-30j, K).imag > 0
            low, high = (low, middle) if rises else (middle, high)
        best, least = low, float(loss_at(low, K))
        score, loss = _two_numbers(constant_score(K), "the score and the loss")
        if abs(score - best) > 1e-6:
            side = "smaller" if best < score else "larger"
            raise Wrong(
                f"With K = {K}, the loss is {loss_at(score, K):.4f} at your score {score:.4f}, and "
                f"a {side} score makes it less. Where is its derivative 0?"
            )
        if abs(loss - least) > 1e-6:
            hint = ""
            if abs(loss - least / log(2)) < 1e-4:
                hint = " Yours is in bits; the book's losses are in nats."
            elif abs(loss - loss_at(best, 1)) < 1e-4 or abs(loss - log1p(1 / K)) < 1e-4:
                hint = " Has each of the K negatives its summand?"
            raise Wrong(
                f"With K = {K} and the score {best:.4f}, -log sigma(s) - K log sigma(-s) is "
                f"{least:.4f}, but your loss is {loss:.4f}.{hint}"
            )


def _two_numbers(found, what):
    try:
        first, second = found
        return float(first), float(second)
    except (TypeError, ValueError):
        raise Wrong(
            f"The function should return two numbers, {what}, but returned {found!r:.60}."
        ) from None


@exercise(
    "place",
    chapter="h",
    level="core",
    about="Tell at which place one word stands among the neighbours of another.",
    tests="the angles of all words, one at a time, in tables of three, five and thirty words whose "
    "vectors differ much in length, one of them of whole numbers",
)
def _place(place):
    small = np.array([[1.0, 0.0], [0.9, 0.3], [4.0, 4.0], [6.0, 5.0], [-2.0, 1.0]])
    rng = np.random.default_rng(1)
    large = rng.normal(size=(30, 4)) * rng.choice([0.2, 1, 9], size=(30, 1))
    tables = ((small, [(0, 1), (0, 2), (2, 1)]), (large, [(0, 5), (7, 3), (29, 0), (12, 13)]))
    for table, questions in (*tables, (np.array([[2, 0], [3, 1], [0, 5]]), [(0, 2)])):
        for word, partner in questions:
            found = place(table, word, partner)
            if np.ndim(found) or not float(found).is_integer():
                raise Wrong(f"A place is a whole number, but yours is {found!r}.")
            angles = [_angle(table[word], other) for other in table]
            others = [row for row in range(len(table)) if row != word]
            expected = 1 + sum(angles[row] < angles[partner] for row in others)
            if found != expected:
                raise Wrong(
                    f"{_listed(table)}word {partner} is at place {expected} for word {word}, and "
                    f"not at {int(found)}.{_why_not(table, word, partner, found, expected)}"
                )


def _angle(one, other):
    product = fsum(x * y for x, y in zip(one, other, strict=True))
    lengths = sqrt(fsum(x * x for x in one)) * sqrt(fsum(y * y for y in other))
    return acos(max(-1.0, min(1.0, product / lengths)))


def _listed(table):
    return f"In the table {table.tolist()}, " if len(table) < 6 else f"Of {len(table)} words, "


def _why_not(table, word, partner, found, expected):
    others = [row for row in range(len(table)) if row != word]
    products = table @ table[word]
    distances = ((table - table[word]) ** 2).sum(axis=1)
    if found == 1 + sum(products[row] > products[partner] for row in others):
        return " Yours is the place by scalar products, in which long vectors come first."
    if found == 1 + sum(distances[row] < distances[partner] for row in others):
        return " Yours is the place by the distance of the points: the angle is asked for."
    if found == expected - 1:
        return " The first place is 1."
    if found == expected + 1:
        return " A word is not among its own neighbours."
    if found == len(table) - expected:
        return " Yours counts from the farthest."
    return ""


@exercise(
    "blind-softmax",
    chapter="h",
    level="core",
    about="Find the best loss of a softmax that gives every centre word the same probabilities.",
    tests="that no small change of the probabilities lowers the average loss, and the loss from "
    "its definition, for three, six and one words, one of which never occurs",
)
def _blind_softmax(blind):
    for counts in ([2, 1, 1], [90, 5, 3, 1, 1, 0], [7]):
        counts = np.array(counts)
        with np.errstate(all="ignore"):
            probabilities, loss = _pair(blind(counts.astype(float)))
        where = f"for the counts {counts.tolist()}"
        if probabilities.shape != counts.shape:
            raise Wrong(
                f"There should be {len(counts)} probabilities {where}, but yours have the shape "
                f"{probabilities.shape}."
            )
        if abs(probabilities.sum() - 1) > 1e-9 or (probabilities < 0).any():
            raise Wrong(
                f"Probabilities {where} should add up to 1, but yours are {_short(probabilities)}."
            )

        def cost(shares, counts=counts):
            terms = [
                n * -log(p) if p > 0 else np.inf for n, p in zip(counts, shares, strict=True) if n
            ]
            return fsum(terms) / counts.sum()

        here = cost(probabilities)
        for giver in range(len(counts)):
            for taker in range(len(counts)):
                moved = probabilities.copy()
                step = min(1e-3, moved[giver])
                moved[[giver, taker]] += [-step, step]
                if giver != taker and cost(moved) < here - 1e-9:
                    raise Wrong(
                        f"{where.capitalize()}, your probabilities {_short(probabilities)} cost "
                        f"{here:.4f} on average. It would be less if word {taker} had a little "
                        f"more and word {giver} less."
                    )
        if not abs(loss - here) < 1e-9:
            hint = ""
            if abs(loss - here / log(2)) < 1e-6:
                hint = " Yours is in bits; the book's losses are in nats."
            elif abs(loss - here * counts.sum()) < 1e-6:
                hint = " Yours is the sum over all pairs."
            elif np.isnan(loss):
                hint = " A word that never occurs costs nothing: 0 log 0 is 0 here."
            raise Wrong(f"The average loss {where} is {here:.4f}, but yours is {loss:.4f}.{hint}")


def _pair(found):
    try:
        probabilities, loss = found
        return np.asarray(probabilities, dtype=float), float(loss)
    except (TypeError, ValueError):
        raise Wrong(
            f"The function should return probabilities and a loss, but returned {found!r:.60}."
        ) from None


def _short(values):
    return np.array2string(values, precision=3, threshold=8)


@exercise(
    "sharp-curvature",
    chapter="h",
    level="stretch",
    about="Find the largest curvature of the loss along a word's vector, and with it how "
    "cautious the trainer's limit is.",
    tests="vectors that are parallel, at right angles, and random: the second derivative in the "
    "direction that an iteration finds",
)
def _sharp_curvature(sharp_curvature):
    rng = np.random.default_rng(2)
    worlds = [
        ("for two vectors of length 1 at a right angle", np.eye(2)),
        ("for three equal vectors of length 2", np.tile([0.0, 2.0], (3, 1))),
        ("for 8 random vectors of 3 entries", rng.normal(size=(8, 3))),
        ("for 2 random vectors of 6 entries", rng.normal(size=(2, 6))),
    ]
    for where, vectors in worlds:
        direction = np.array([1 / (3 + k) for k in range(vectors.shape[1])])
        for _ in range(3000):
            direction = sum((u @ direction) * u for u in vectors)
            direction = direction / np.linalg.norm(direction)
        # At score 0, where sigma (1 - sigma) is largest.
        expected = fsum((u @ direction) ** 2 / 4 for u in vectors)
        found = np.asarray(sharp_curvature(vectors), dtype=float)
        hint = ""
        if found.shape == ():
            if np.isclose(found, fsum(u @ u for u in vectors) / 4) and found > expected * 1.001:
                hint = (
                    " Yours is the chapter's bound: it takes every vector for parallel to the "
                    "direction of the step."
                )
            elif np.isclose(found, 4 * expected):
                hint = " The second derivative with respect to a score is at most 1/4."
            elif np.isclose(found, sqrt(expected)) or np.isclose(found, sqrt(4 * expected) / 4):
                hint = " A singular value of the table is the root of what is needed."
            elif np.isclose(found, fsum((u @ u) ** 0.5 for u in vectors) / 4):
                hint = " Lengths count by their squares."
        try:
            require_close(found, expected, f"the largest curvature {where}", 1e-6)
        except Wrong as wrong:
            raise Wrong(f"{wrong}{hint}") from None
