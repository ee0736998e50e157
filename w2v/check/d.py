"""Exercises of chapter (d)."""

import numpy as np

from .judge import Wrong, exercise, require_close


def _gradient(v, o, U):
    """The gradient by U, with words as rows, by one complex step for each entry."""
    gradient = np.empty(U.shape)
    for place in np.ndindex(U.shape):
        shifted = U.astype(complex)
        shifted[place] += 1e-30j
        scores = shifted @ v
        gradient[place] = (np.log(np.exp(scores).sum()) - scores[o]).imag / 1e-30
    return gradient


@exercise(
    "small-matrix",
    chapter="d",
    level="warm-up",
    about="Write down the matrix of (42) for three words in two dimensions.",
    tests="every entry by complex step on the loss",
)
def _small_matrix(matrix):
    v = np.array([3.0, -6.0])
    expected = _gradient(v, 0, np.zeros((3, 2))).T
    found = np.asarray(matrix, float)
    if found.shape == (3, 2):
        raise Wrong(
            "On paper a word is a column, so the matrix should have shape (2, 3); yours has "
            "(3, 2), as in code."
        )
    if found.shape == (2, 3):
        if np.allclose(found, -expected):
            raise Wrong("Every sign is wrong: column 0, of the word seen, should point against v.")
        if np.allclose(found, np.outer(v, [1, 1, 1]) / 3):
            raise Wrong(
                "That is v times the probabilities. What was seen is still to be taken off."
            )
        for word in range(3):
            if not np.allclose(found[:, word], expected[:, word]):
                factor = f"{expected[0, word] / v[0]:.4g}"
                raise Wrong(
                    f"Column {word} is {found[:, word]}, but should be {factor} times v, which is "
                    f"{expected[:, word].round(4) + 0}."
                )
    require_close(found, expected, "the matrix")


@exercise(
    "rank-one",
    chapter="d",
    level="core",
    about="Prove that the gradient has rank one, and that its columns sum to zero.",
    tests="a proof for every size that the loss with shifted outside vectors is the loss",
)
def _rank_one(shifted_loss):
    from sympy import Expr, MatrixSymbol

    from w2v.proof import J_softmax, prove

    if not isinstance(shifted_loss, Expr):
        kind = type(shifted_loss).__name__
        raise Wrong(f"The loss should be an expression of numbers, but is a {kind}.")
    names = {symbol.name for symbol in shifted_loss.atoms(MatrixSymbol)}
    if "h" not in names:
        raise Wrong(
            'The vector h does not occur in the loss: make one with `named("h", d, 1)`, and add it '
            "to every outside vector."
        )
    if "U" not in names or "v" not in names:
        raise Wrong("The loss should be made of U, v and h.")
    verdict = prove(shifted_loss, J_softmax)
    if verdict.status == "refuted":
        raise Wrong(
            "The loss does change. Here is a world, with your loss on the left and J_softmax on "
            f"the right: {verdict.witness}. Was h added to every outside vector, above and below "
            "the line?"
        )
    if not verdict:
        raise Wrong("The engine can neither prove nor refute it: write the loss as in (6).")


@exercise(
    "moved-scores",
    chapter="d",
    level="core",
    about="Find out what a step does to another centre word, without the large matrix.",
    tests="the whole table moved entry by entry, for a vector at a right angle, the same vector, "
    "and random ones",
)
def _moved_scores(moved_scores):
    rng = np.random.default_rng(9)
    line = np.zeros((2, 2))
    e, f = np.eye(2)
    worlds = [
        (line, 2 * e, 0, 1.0, 3 * e),
        (line, 2 * e, 0, 1.0, f),
        (rng.normal(size=(5, 3)), rng.normal(size=3), 4, 0.3, rng.normal(size=3)),
        (rng.normal(size=(3, 4)), rng.normal(size=4), 1, 2.0, rng.normal(size=4)),
    ]
    for U, v, o, rate, other in worlds:
        table = U - rate * _gradient(v, o, U)
        expected = np.array([sum(a * b for a, b in zip(row, other, strict=True)) for row in table])
        where = (
            f"of v' = {other.round(3)}, after a step of rate {rate:g} with v = {v.round(3)} and "
            f"o = {o}"
        )
        found = np.asarray(moved_scores(U, v, o, rate, other), float)
        if found.shape == expected.shape and not np.allclose(found, expected):
            if np.allclose(found, U @ other):
                raise Wrong(
                    f"The scores {where} did not change, but should be {expected.round(4)}."
                )
            if np.allclose(found, table @ v):
                raise Wrong(f"These are the scores of v. Those {where} are {expected.round(4)}.")
            if np.allclose(found - U @ other, U @ other - expected):
                raise Wrong(
                    f"The scores {where} moved the wrong way: the word seen should gain if v and "
                    f"v' agree. They should be {expected.round(4)}, but are {found.round(4)}."
                )
        require_close(found, expected, f"the scores {where}")


@exercise(
    "seen-word",
    chapter="d",
    level="stretch",
    about="Read off the gradient alone which word was seen.",
    tests="every word of worlds with three to six words, for centre vectors of either sign and "
    "with a zero entry, at probabilities from 0.01 to 0.99",
)
def _seen_word(seen_word):
    rng = np.random.default_rng(10)
    vectors = [np.array([1.0, 2.0]), np.array([-1.0, -2.0]), np.array([0.0, 1.0, -3.0])]
    worlds = [
        (v, V, o, share)
        for v in (*vectors, rng.normal(size=4))
        for V in (3, 4, 6)
        for o in range(V)
        for share in (0.01, 0.5, 0.99)
    ]
    for v, V, o, share in worlds:
        shares = rng.random(V) + 0.1
        shares *= (1 - share) / (shares.sum() - shares[o])
        shares[o] = share
        gradient = _gradient(v, o, np.outer(np.log(shares), v) / (v @ v))
        found = np.asarray(seen_word(gradient))
        if found.shape != () or found.dtype.kind not in "iu":
            raise Wrong(f"The place of a word is asked for, a whole number: not {found}.")
        if found != o:
            rows = "; ".join(" ".join(f"{entry:.3g}" for entry in row) for row in gradient)
            raise Wrong(
                f"Word {o} was seen, and you say {found}, when the rows of the gradient are "
                f"{rows}. The centre vector was {v.round(3)}."
            )
