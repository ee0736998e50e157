"""Exercises of chapter (b)."""

import numpy as np

from .judge import Wrong, exercise, require_close


def _loss(v, o, U):
    """The loss from its definition; also for complex numbers."""
    scores = U @ v
    return np.log(np.exp(scores).sum()) - scores[o]


def _slopes(function, at):
    """The derivative by each entry of a vector, in the last axis, by complex step."""
    steps = at + 1e-30j * np.eye(len(at))
    return np.stack([np.imag(function(step)) / 1e-30 for step in steps], axis=-1)


@exercise(
    "zero-vector",
    chapter="b",
    level="warm-up",
    about="Find the gradient at the centre vector 0 by hand.",
    tests="the derivative of the loss by complex step",
)
def _zero_vector(gradient):
    U, o = np.array([[2.0, 0.0], [0.0, 4.0], [1.0, -1.0]]), 1
    expected = _slopes(lambda v: _loss(v, o, U), np.zeros(2))
    found = np.asarray(gradient, float)
    if found.shape == (2,) and np.allclose(found, -expected):
        raise Wrong(
            f"The loss falls along your vector: from {_loss(np.zeros(2), o, U):.4f} at 0 to "
            f"{_loss(found / 100, o, U):.4f} a hundredth of it further. A gradient points to where "
            "the loss grows: expected minus observed."
        )
    if found.shape == (2,) and np.allclose(found, expected + U[o]):
        raise Wrong(
            "That is what the model expects, the average of the outside vectors. The observed "
            "vector has still to be subtracted."
        )
    if found.shape == (2,) and np.allclose(found, U.sum(axis=0) - U[o]):
        raise Wrong(
            "All three words together should have weight 1: with v = 0 each has probability 1/3."
        )
    if found.shape == (2,) and not np.allclose(found, expected):
        place = int(np.abs(found - expected).argmax())
        raise Wrong(
            f"Entry {place} is {found[place]:g}, but when entry {place} of v grows by 0.001, the "
            f"loss changes by about {expected[place] / 1000:g}."
        )
    require_close(found, expected, "the gradient")


@exercise(
    "beta",
    chapter="b",
    level="core",
    about="Put an inverse temperature into the softmax.",
    tests="the loss from its definition, and the gradient by complex step, with three and "
    "five words, for two temperatures",
)
def _beta(softmax_with_beta):
    for V, d, beta in ((3, 2, 0.5), (5, 4, 3.0)):
        rng = np.random.default_rng(V)
        v, U, o = rng.normal(size=d), rng.normal(size=(V, d)), int(rng.integers(V))
        loss, gradient = softmax_with_beta(v, o, U, beta)
        where = f"with V = {V}, d = {d} and beta = {beta}"
        require_close(loss, _loss(v, o, beta * U), f"the loss {where}")
        expected = _slopes(lambda v, o=o, U=beta * U: _loss(v, o, U), v)
        gradient = np.asarray(gradient, float)
        if gradient.shape == expected.shape and np.allclose(gradient * beta, expected):
            raise Wrong(
                f"The gradient {where} is too small by the factor {beta}: the inner derivative of "
                "each score is beta times its outside vector."
            )
        require_close(gradient, expected, f"the gradient {where}")


@exercise(
    "counts",
    chapter="b",
    level="core",
    about="Find the gradient of the average loss over all the words seen near one centre word.",
    tests="the average of the losses pair by pair, differentiated by complex step, for counts of "
    "one, three and ten words",
)
def _counts(gradient_of_counts):
    rng = np.random.default_rng(3)
    worlds = [
        (np.array([1.0]), np.array([0, 1]), np.array([[0.0], [2.0]])),
        (np.array([0.0]), np.array([2, 1]), np.array([[0.0], [2.0]])),
        (rng.normal(size=3), np.array([3, 0, 2, 5]), rng.normal(size=(4, 3))),
    ]
    for v, counts, U in worlds:
        pairs = [word for word, count in enumerate(counts) for _ in range(count)]

        def average(v, pairs=pairs, U=U):
            return sum(_loss(v, o, U) for o in pairs) / len(pairs)

        expected = _slopes(average, v)
        where = f"with v = {v.round(3)}, counts {counts} and outside vectors {_rows(U)}"
        found = np.asarray(gradient_of_counts(v, counts, U), float)
        if found.shape == v.shape and np.allclose(found, -expected):
            raise Wrong(f"The gradient {where} has the wrong sign: {found.round(4)}.")
        if found.shape == v.shape and np.allclose(found, len(pairs) * expected) and len(pairs) > 1:
            raise Wrong(
                f"The gradient {where} is {found.round(4)}: that belongs to the sum of the "
                f"{len(pairs)} losses. The average is asked for."
            )
        require_close(found, expected, f"the gradient {where}")


@exercise(
    "curvature",
    chapter="b",
    level="stretch",
    about="Differentiate the gradient once more, and see that the loss has no false valleys.",
    tests="the gradient's derivative by complex step, for two words on a line and for five words "
    "in three dimensions",
)
def _curvature(curvature):
    rng = np.random.default_rng(4)
    worlds = [
        (np.array([0.0]), np.array([[1.0], [2.0]])),
        (np.array([1.0]), np.array([[0.0], [2.0]])),
        (rng.normal(size=3), rng.normal(size=(5, 3))),
    ]
    for v, U in worlds:

        def gradient(v, U=U):
            weights = [np.exp(row @ v) for row in U]
            return sum(a * row for a, row in zip(weights, U, strict=True)) / sum(weights) - U[0]

        expected = _slopes(gradient, v)
        found = np.asarray(curvature(v, U), float)
        where = f"with v = {v.round(3)} and outside vectors {_rows(U)}"
        shares = np.exp(U @ v) / np.exp(U @ v).sum()
        squares = sum(share * np.outer(row, row) for share, row in zip(shares, U, strict=True))
        if found.shape == squares.shape and np.allclose(found, squares):
            raise Wrong(
                f"The matrix {where} is {_rows(found)}, but the gradient's derivative is "
                f"{_rows(expected)}: the probabilities change as well as the exponentials, and so "
                "the product of two averages has to be subtracted."
            )
        require_close(found, expected, f"the matrix {where}")


def _rows(matrix):
    return "; ".join(" ".join(f"{entry:.4g}" for entry in row) for row in matrix)
