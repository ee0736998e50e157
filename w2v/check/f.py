"""Exercises of chapter (f)."""

import numpy as np

from .judge import Wrong, exercise, require_close


def _gradient(function, at):
    """Derivative of a number by each entry of an array, by complex step."""
    gradient = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        shifted = at.astype(complex)
        shifted[place] += 1e-30j
        gradient[place] = function(shifted).imag / 1e-30
    return gradient


def _surprise(v, word, U):
    """The naive-softmax loss of one pair, from its definition."""
    scores = U @ v
    return np.log(np.exp(scores).sum()) - scores[word]


@exercise(
    "windows",
    chapter="f",
    level="warm-up",
    about="Cut a text into windows, edges included.",
    tests="every place of four texts, some shorter than the window and some with repeated "
    "words, against the definition: all other places at a distance of at most m",
)
def _windows(windows):
    for text, m in (("a b c d e", 2), ("a b c", 5), ("to be or not to be", 4), ("a a b", 1)):
        tokens = text.split()
        found = list(windows(list(tokens), m))
        case = f"For the text “{text}” and m = {m}"
        if len(found) != len(tokens):
            raise Wrong(
                f"{case} there should be {len(tokens)} windows, but there are {len(found)}."
            )
        for i, window in enumerate(found):
            near = [tokens[j] for j in range(len(tokens)) if j != i and abs(j - i) <= m]
            given = list(window)
            if given != near:
                order = ", from left to right" if sorted(map(str, given)) == sorted(near) else ""
                raise Wrong(
                    f"{case}, the outside words of “{tokens[i]}” at place {i} should be {near}"
                    f"{order}, but are {given}."
                )


@exercise(
    "best-prediction",
    chapter="f",
    level="warm-up",
    about="Find the probabilities at which the gradient of a window vanishes, and its loss there.",
    tests="shares counted by hand and the surprise at each word, for windows with repeats and at "
    "the edge of a text",
)
def _best_prediction(best_prediction):
    for words, V in (([1, 1, 2, 0], 4), ([5, 3, 5, 1], 7), ([2, 2, 0], 3)):
        probabilities, loss = best_prediction(words, V)
        where = f"for the window {words} and V = {V}"
        probabilities = np.asarray(probabilities, float)
        if probabilities.shape == (V,) and not np.isclose(probabilities.sum(), 1):
            total = probabilities.sum()
            raise Wrong(f"The probabilities {where} should add up to 1, but add up to {total:.4g}.")
        shares = np.array([words.count(word) / len(words) for word in range(V)])
        require_close(probabilities, shares, f"the probabilities {where}")
        loss, least = float(loss), -sum(np.log(shares[word]) for word in words)
        if np.isnan(loss):
            raise Wrong(
                f"The loss {where} is not a number. A word that is not in the window adds nothing "
                "to it, but on a computer 0 times the logarithm of 0 is not a number."
            )
        if np.isclose(loss, least / len(words)):
            raise Wrong(
                f"The loss {where} is {loss:.4f}: that is the mean over the pairs, and the loss of "
                "a window is their sum."
            )
        require_close(loss, least, f"the loss {where}")


@exercise(
    "weighted-window",
    chapter="f",
    level="core",
    about="Give the places of a window weights.",
    tests="the loss word by word, and the gradient by complex step, for weights of two windows",
)
def _weighted_window(weighted_window):
    rng = np.random.default_rng(7)
    worlds = [
        (np.zeros(1), [1, 1, 0], np.array([1.0, 0.5, 0.25]), np.array([[0.0], [1.0]])),
        (rng.normal(size=3), [4, 0, 4, 2], rng.random(4), rng.normal(size=(5, 3))),
    ]
    for v, words, weights, U in worlds:

        def total(vector, words=words, weights=weights, U=U):
            return sum(a * _surprise(vector, o, U) for a, o in zip(weights, words, strict=True))

        loss, gradient = weighted_window(v, words, weights, U)
        where = f"for the words {words} with the weights {weights.round(2).tolist()}"
        if np.isclose(float(loss), total(v) / weights.sum()) and abs(weights.sum() - 1) > 0.01:
            raise Wrong(
                f"The loss {where} is {float(loss):.4f}: that is the weighted mean, and the "
                "weighted sum is asked for."
            )
        require_close(loss, total(v), f"the loss {where}")
        require_close(gradient, _gradient(total, v), f"the gradient {where}")


@exercise(
    "from-counts",
    chapter="f",
    level="stretch",
    about="Add up all windows of a text, from a table of counts.",
    tests="the loss pair by pair, and both gradients by complex step, for a table that is not "
    "symmetric and has an empty row",
)
def _from_counts(from_counts):
    rng = np.random.default_rng(8)
    for counts, d in (([[0, 2], [0, 0]], 1), ([[0, 2, 1, 0], [1, 0, 0, 3], [0] * 4, [1] * 4], 3)):
        counts = np.array(counts)
        V = len(counts)
        C, U = rng.normal(size=(V, d)), rng.normal(size=(V, d))

        def total(C, U, counts=counts):
            pairs = np.argwhere(counts)
            return sum(counts[c, o] * _surprise(C[c], o, U) for c, o in pairs)

        loss, by_center, by_outside = from_counts(counts, C, U)
        where = f"for the counts {counts.tolist()}"
        if np.isclose(float(loss), total(C, U, counts.T)):
            raise Wrong(f"The loss {where} is that of counts[o, c]: the rows are centre words.")
        require_close(loss, total(C, U), f"the loss {where}")
        for found, table, other in (
            (by_center, "center", _gradient(lambda table, U=U: total(table, U), C)),
            (by_outside, "outside", _gradient(lambda table, C=C: total(C, table), U)),
        ):
            require_close(found, other, f"the gradient by `{table}` {where}")
