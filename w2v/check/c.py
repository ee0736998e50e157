"""Exercises of chapter (c)."""

import math

import numpy as np

from .judge import Wrong, exercise, require_close


def _shares(table, v):
    """Probabilities of the words, one at a time."""
    weights = [math.exp(sum(a * b for a, b in zip(row, v, strict=True))) for row in table]
    return [weight / sum(weights) for weight in weights]


@exercise(
    "residuals",
    chapter="c",
    level="warm-up",
    about="Write down the gradients of three outside vectors from three probabilities.",
    tests="each entry by complex step on the loss, in a world with these probabilities",
)
def _residuals(gradients):
    v, shares, o = np.array([2.0, -1.0]), np.array([0.1, 0.2, 0.7]), 1
    # Vectors along v whose scores are the logarithms of the probabilities.
    U = np.outer(np.log(shares), v) / (v @ v)

    expected = np.empty((3, 2))
    for place in np.ndindex(3, 2):
        shifted = U.astype(complex)
        shifted[place] += 1e-30j
        scores = shifted @ v
        expected[place] = (np.log(np.exp(scores).sum()) - scores[o]).imag / 1e-30
    found = np.asarray(gradients, float)
    if found.shape == (2, 3):
        raise Wrong("One row for each word is asked for: the array should have shape (3, 2).")
    if found.shape == (3, 2):
        if np.allclose(found, -expected):
            raise Wrong(
                "These are the directions of the step. The gradient points the other way: expected "
                "minus observed."
            )
        if np.allclose(found[o], -v):
            raise Wrong(
                "The row of word 1 is -v: that is the first term alone. The sum over all words "
                "contains word 1, too."
            )
        for word in range(3):
            if not np.allclose(found[word], expected[word]):
                raise Wrong(
                    f"The row of word {word} is {found[word]}, but should be "
                    f"{expected[word].round(4)}: the residual of a word of probability "
                    f"{shares[word]}{', which was seen' if word == o else ''}, times {v}."
                )
    require_close(found, expected, "the array of the three gradients")


def _trained(U, pairs, rate, at_once=False):
    """The table after the pairs; `at_once`: each with the table of the beginning."""
    table = U.tolist()
    for v, seen in pairs:
        shares = _shares(U.tolist() if at_once else table, v)
        for word, row in enumerate(table):
            for place in range(len(v)):
                row[place] -= rate * (shares[word] - (word == seen)) * v[place]
    return table


@exercise(
    "sum",
    chapter="c",
    level="core",
    about="Train on pairs, and see that the sum of all outside vectors never changes.",
    tests="the table after one, two and forty pairs, entry by entry in plain Python, and its sum",
)
def _sum(train_on_pairs):
    rng = np.random.default_rng(7)
    many = [(rng.normal(size=2), int(word)) for word in rng.integers(4, size=40)]
    worlds = [
        (np.zeros((2, 1)), [(np.array([1.0]), 0)], 1.0),
        (np.zeros((2, 1)), [(np.array([1.0]), 0), (np.array([2.0]), 0)], 1.0),
        (rng.normal(size=(4, 2)), many, 0.5),
    ]
    for U, pairs, rate in worlds:
        table, at_once = _trained(U, pairs, rate), _trained(U, pairs, rate, at_once=True)
        found = np.asarray(train_on_pairs(U, pairs, rate), float)
        where = f"after {len(pairs)} pairs at rate {rate:g}, from {U.round(3).tolist()}"
        if found.shape == U.shape and not np.allclose(found, table):
            if len(pairs) > 1 and np.allclose(found, at_once):
                raise Wrong(
                    f"The table {where} is that of a single step with all pairs: each pair should "
                    "be taken with the table as the pair before has left it."
                )
            if np.allclose(found - U, U - np.array(table)):
                raise Wrong(f"The table {where} moved the wrong way: steps go against a gradient.")
            if not np.allclose(found.sum(axis=0), U.sum(axis=0)):
                raise Wrong(
                    f"The sum of the outside vectors {where} is {found.sum(axis=0).round(4)}, but "
                    f"was {U.sum(axis=0).round(4)}. Each pair should move all the vectors."
                )
        require_close(found, table, f"the table {where}")


@exercise(
    "after-step",
    chapter="c",
    level="core",
    about="Predict the probability of the word seen after one step of its vector alone.",
    tests="the step itself, in worlds of two to six words, for steps from 0 to 5",
)
def _after_step(after_step):
    rng = np.random.default_rng(8)
    worlds = [(np.zeros((2, 1)), np.array([2.0]), 0, 1.0)]
    worlds += [
        (rng.normal(size=(V, d)), rng.normal(size=d), int(rng.integers(V)), rate)
        for V, d, rate in ((3, 2, 0.0), (6, 4, 0.3), (4, 3, 5.0))
    ]
    for U, v, o, rate in worlds:
        share = _shares(U, v)[o]
        table = U.tolist()
        for place in range(len(v)):
            table[o][place] -= rate * (share - 1) * v[place]
        expected = _shares(table, v)[o]
        where = f"with probability {share:.4g}, v = {v.round(3)} and rate {rate:g}"
        found = np.asarray(after_step(share, v, rate), float)
        if found.shape == () and found > 1:
            raise Wrong(
                f"The new probability {where} is {found:.4g}, more than 1: all shares have to be "
                "divided by the new sum."
            )
        if found.shape == ():
            gain = math.exp(rate * (1 - share) * float(np.linalg.norm(v)))
            if rate and abs(found - share * gain / (share * gain + 1 - share)) < 1e-9:
                raise Wrong(
                    f"The new probability {where} is {expected:.4g}, but yours {found:.4g}: the "
                    "score grows by the product of the step with v, in which the length of v "
                    "occurs twice."
                )
        require_close(found, expected, f"the new probability {where}")


@exercise(
    "gainer",
    chapter="c",
    level="stretch",
    about="Find a world in which a step makes a word more probable that was not seen.",
    tests="a small step of all the outside vectors in your world, and the probabilities after it",
)
def _gainer(probabilities, seen, gainer):
    shares = np.asarray(probabilities, float)
    if shares.ndim != 1 or not len(shares):
        raise Wrong(f"The probabilities should be a list, but have the shape {shares.shape}.")
    if not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise Wrong(
            f"The probabilities {shares} should be positive, and sum to 1, but sum to "
            f"{shares.sum():g}."
        )
    for name, word in (("seen", seen), ("gains", gainer)):
        if int(word) != word or not 0 <= word < len(shares):
            raise Wrong(
                f"The word that {name} is {word}, but the words are 0 to {len(shares) - 1}."
            )
    if seen == gainer:
        raise Wrong(f"Word {seen} was seen. Of course it gains; another word is asked for.")
    residual = [share - (word == seen) for word, share in enumerate(shares)]
    table = [[math.log(share) - 0.01 * r] for share, r in zip(shares, residual, strict=True)]
    after = _shares(table, [1.0])
    if after[gainer] <= shares[gainer] + 1e-12:
        hint = "" if len(shares) > 2 else " With two words, one's gain is the other's loss."
        raise Wrong(
            f"Word {gainer} does not gain: a step of rate 0.01 with v = 1 takes its probability "
            f"from {shares[gainer]:.6f} to {after[gainer]:.6f}.{hint}"
        )
