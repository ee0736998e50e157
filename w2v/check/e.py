"""Exercises of chapter (e)."""

import itertools

import numpy as np

from .judge import Wrong, exercise, require_close
from .proving import require_proved


def _loss(v, o, U, negatives):
    """The loss of a pair from its definition; also for complex numbers."""
    return np.log1p(np.exp(-(U[o] @ v))) + sum(np.log1p(np.exp(U[w] @ v)) for w in negatives)


def _by_table(v, o, U, negatives):
    """The gradient by the outside vectors, one complex step for each entry."""
    gradient = np.zeros(U.shape)
    for place in np.ndindex(U.shape):
        shifted = U.astype(complex)
        shifted[place] += 1e-30j
        gradient[place] = _loss(v, o, shifted, negatives).imag / 1e-30
    return gradient


@exercise(
    "lowest-score",
    chapter="e",
    level="warm-up",
    about="Find the score that a word prefers which is seen once and drawn K times.",
    tests="the slope of the loss at the score, by complex step, for K = 1, 2, 5 and 20",
)
def _lowest_score(lowest_score):
    def loss(x, K):
        return np.log1p(np.exp(-x)) + K * np.log1p(np.exp(x))

    for K in (5, 1, 2, 20):
        x = _number(lowest_score(K), f"The score for K = {K}")
        slope = loss(x + 1e-30j, K).imag / 1e-30
        if abs(slope) > 1e-9 * (K + 1):
            other = x - 0.1 * np.sign(slope)
            raise Wrong(
                f"With K = {K} the loss at x = {x:.4g} is {loss(x, K):.4f}, but at "
                f"{other:.4g} it is {loss(other, K):.4f}, which is less."
            )


def _number(value, what):
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise Wrong(f"{what} should be a number, but is {value!r}.") from None
    if not abs(value) < 100:
        raise Wrong(f"{what} should be a number of moderate size, but is {value}.")
    return value


@exercise(
    "touched-rows",
    chapter="e",
    level="core",
    about="Return the gradient by the outside vectors without its rows of zeros.",
    tests="each row by complex step on the loss, with distinct negatives, with repeats, and with "
    "the outside word among them",
)
def _touched_rows(touched_rows):
    rng = np.random.default_rng(5)
    worlds = [
        (np.ones(1), 0, np.zeros((3, 1)), [2, 1]),
        (np.ones(1), 0, np.zeros((3, 1)), [2, 2]),
        (np.ones(1), 0, np.zeros((3, 1)), [0, 1]),
        (rng.normal(size=3), 4, rng.normal(size=(6, 3)), [1, 4, 1, 0, 1]),
    ]
    for v, o, U, negatives in worlds:
        where = f"with o = {o} and negatives {negatives}"
        words, rows = touched_rows(v, o, U, np.array(negatives))
        words, rows = np.asarray(words), np.asarray(rows, float)
        if words.ndim != 1 or words.dtype.kind not in "iu":
            raise Wrong(f"The words {where} should be a list of whole numbers, but are {words}.")
        named = words.tolist()
        if len(set(named)) < len(named):
            raise Wrong(
                f"The words {where} should name each word once, but are {named}: what a word "
                "receives several times has to be added up."
            )
        for word in sorted({o, *negatives} ^ set(named)):
            part = "takes no part" if word in named else "takes part"
            raise Wrong(f"Word {word} {part} {where}, but the words are {named}.")
        if rows.shape != (len(named), len(v)):
            raise Wrong(
                f"The rows {where} should have shape {(len(named), len(v))}, but have {rows.shape}."
            )
        expected = _by_table(v, o, U, negatives)
        for word, row in zip(named, rows, strict=True):
            require_close(row, expected[word], f"the row of word {word} {where}")


@exercise(
    "average-gradient",
    chapter="e",
    level="core",
    about="Find the gradient on average over the draws of the negatives.",
    tests="the average over every possible draw of one and of two negatives from three words, "
    "each with its probability, and each gradient by complex step",
)
def _average_gradient(average_gradient):
    rng = np.random.default_rng(6)
    worlds = [
        (np.ones(1), 0, np.zeros((3, 1)), np.array([0.5, 0.25, 0.25]), 1),
        (np.ones(1), 0, np.zeros((3, 1)), np.array([0.5, 0.25, 0.25]), 2),
        (rng.normal(size=2), 1, rng.normal(size=(3, 2)), np.array([0.2, 0.7, 0.1]), 2),
    ]
    for v, o, U, noise, K in worlds:
        expected = sum(
            noise[list(draw)].prod() * _by_table(v, o, U, draw)
            for draw in itertools.product(range(len(U)), repeat=K)
        )
        found = np.asarray(average_gradient(v, o, U, noise, K), float)
        where = f"with o = {o}, K = {K} and noise {noise}"
        if found.shape != U.shape:
            require_close(found, expected, f"the average gradient {where}")
        for word, row in enumerate(found):
            require_close(row, expected[word], f"the average of row {word} {where}")


@exercise(
    "negative-hessian",
    chapter="e",
    level="stretch",
    about="Derive the second derivatives of the loss by the centre vector.",
    tests="a proof for every size that it is the derivative of the derivative",
)
def _negative_hessian(hessian):
    from w2v.proof import J_negative, Matrix, d, partial, v

    truth = Matrix(d, d, lambda i, j: partial(partial(J_negative, v[i, 0]), v[j, 0]))
    form = "a d x d matrix made of `u(o) @ u(o).T` and the like"
    require_proved(truth, hessian, "the matrix of second derivatives", form)
