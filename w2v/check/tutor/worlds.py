"""The worlds that functions are tried in, and what is right in them.

The losses are those of the derivation, read literally. Their gradients are taken by complex
step, in milliseconds and without SymPy; in every world of this module they are the gradients
that `w2v.proof` proves, which the tests check to the last digits.
"""

import functools
import itertools
from dataclasses import dataclass, replace

import numpy as np

from ...gradcheck import complex_step


@dataclass(frozen=True, eq=False)
class World:
    """Vectors and words to try a function with.

    Attributes
    ----------
    U : ndarray, shape (V, d)
        The outside vectors, one in each row.
    v : ndarray, shape (d,)
        The centre vector.
    o : int
        The outside word.
    negatives : tuple of int
        The negatives, in part (e).
    draws : tuple of int
        What is drawn one after the other, where a function draws its negatives itself.
    C : ndarray, shape (V, d), or None
        The centre vectors, in part (f).
    c : int
        The centre word there.
    context : tuple of int
        The words around it.
    drawn_for : dict from int to tuple, or None
        Negatives of each outside word, where the pairs of a window have the loss of part (e).
    x : ndarray or None
        Scores for the logistic function.
    """

    U: np.ndarray
    v: np.ndarray
    o: int = 0
    negatives: tuple = ()
    draws: tuple = ()
    C: np.ndarray | None = None
    c: int = 0
    context: tuple = ()
    drawn_for: dict | None = None
    x: np.ndarray | None = None


def log_sum_exp(scores):
    """The logarithm of a sum of exponentials; also for complex numbers.

    Parameters
    ----------
    scores : ndarray, shape (V,)

    Returns
    -------
    float or complex

    Examples
    --------
    >>> round(float(log_sum_exp(np.array([800.0, 800.0]))) - 800, 4)
    0.6931
    """
    largest = scores[scores.real.argmax()]
    return largest + np.log(np.exp(scores - largest).sum())


def softmax_loss(v, o, U):
    """Equation (8), words in rows.

    Parameters
    ----------
    v : ndarray, shape (d,)
    o : int
    U : ndarray, shape (V, d)

    Returns
    -------
    float or complex

    Examples
    --------
    >>> round(float(softmax_loss(np.array([1.0]), 0, np.zeros((2, 1)))), 4)
    0.6931
    """
    return log_sum_exp(U @ v) - U[o] @ v


def sampling_loss(v, o, U, negatives):
    """The loss of part (e), as in equation (45): -log sigma(x) is log(1 + exp(-x)).

    Parameters
    ----------
    v : ndarray, shape (d,)
    o : int
    U : ndarray, shape (V, d)
    negatives : sequence of int

    Returns
    -------
    float or complex

    Examples
    --------
    >>> round(float(sampling_loss(np.array([1.0]), 0, np.zeros((2, 1)), [1])), 4)
    1.3863
    """
    scores = [-(U[o] @ v), *(U[word] @ v for word in negatives)]
    return sum(log_sum_exp(np.array([0 * score, score])) for score in scores)


def pair_loss(v, o, U, world):
    """The loss of one pair of a window, in a world of part (f)."""
    if world.drawn_for is None:
        return softmax_loss(v, o, U)
    return sampling_loss(v, o, U, world.drawn_for[o])


def _window_loss(C, U, world):
    return sum(pair_loss(C[world.c], o, U, world) for o in world.context)


def truth(part, world):
    """What is right: the loss, and its gradients by complex step.

    Parameters
    ----------
    part : {"a", "b", "c", "d", "e", "f", "sigmoid"}
    world : World

    Returns
    -------
    dict of str to ndarray
        "loss", "center" and "outside"; "value" for the logistic function.

    Examples
    --------
    >>> truth("d", World(U=np.zeros((2, 1)), v=np.ones(1)))["outside"]
    array([[-0.5],
           [ 0.5]])
    """
    with np.errstate(all="ignore"):
        return dict(_truth(part, world))


@functools.lru_cache(maxsize=512)
def _truth(part, world):
    v, o, U = world.v, world.o, world.U
    if part == "sigmoid":
        values = [np.exp(-log_sum_exp(np.array([0.0, -x]))) for x in world.x.ravel()]
        return {"value": np.array(values).reshape(world.x.shape)}
    if part == "f":
        C = world.C
        return {
            "loss": np.array(_window_loss(C, U, world)),
            "center": complex_step(lambda table: _window_loss(table, U, world), C),
            "outside": complex_step(lambda table: _window_loss(C, table, world), U),
        }

    def loss(v, U):
        return sampling_loss(v, o, U, world.negatives) if part == "e" else softmax_loss(v, o, U)

    return {
        "loss": np.array(loss(v, U)),
        "center": complex_step(lambda vector: loss(vector, U), v),
        "outside": complex_step(lambda table: loss(v, table), U),
    }


def _random(seed, V, d, **rest):
    """A world without structure; no two of its scores are near each other, or near 0."""
    rng = np.random.default_rng(seed)
    return World(U=rng.normal(size=(V, d)).round(2), v=rng.normal(size=d).round(2), **rest)


def _with_centers(seed, V, d, **rest):
    world = _random(seed, V, d, **rest)
    C = np.random.default_rng(seed + 100).normal(size=(V, d)).round(2)
    return replace(world, C=C, v=C[world.c])


def _extreme(V, **rest):
    """Scores of 800 and -800, and the word of the lower one was seen."""
    U = np.zeros((V, 2))
    U[:2] = [[-800.0, 0.0], [800.0, 1.0]]
    return World(U=U, v=np.array([1.0, 0.0]), **rest)


_PAIRS = (
    _random(1, 5, 3, o=3),
    _random(2, 3, 4, o=1),
    _random(3, 6, 2, o=0),
    _random(4, 4, 5, o=3),
)
_SAMPLED = (
    _random(5, 6, 3, o=3, negatives=(5, 1, 2)),
    _random(6, 5, 3, o=1, negatives=(4, 2, 4, 4, 0)),
    _random(7, 4, 5, o=2, negatives=(3, 2, 0, 2)),
    _random(8, 5, 2, o=4, negatives=(1, 1, 4, 3)),
    _random(9, 7, 4, o=0, negatives=(6,)),
)
_WINDOWS = (
    _with_centers(11, 6, 3, c=4, context=(1, 5, 1, 0)),
    _with_centers(12, 5, 3, c=1, context=(2, 1, 3, 3, 0, 2)),
    _with_centers(13, 7, 2, c=6, context=(0, 3, 5)),
)
_NEGATIVES = {0: (1, 1), 1: (3, 3), 2: (1, 3), 3: (1,), 4: (0, 3)}
_GIVEN_PAIR = _with_centers(14, 5, 3, c=0, context=(2, 4, 2), drawn_for=_NEGATIVES)
_SCORES = (
    World(U=np.zeros((1, 1)), v=np.zeros(1), x=np.array([0.3, -1.7, 2.4, 0.0])),
    World(U=np.zeros((1, 1)), v=np.zeros(1), x=np.array([[1.2, -0.4, 0.7], [-2.2, 0.1, 3.1]])),
    World(U=np.zeros((1, 1)), v=np.zeros(1), x=np.array(-0.6)),
)

#: Where right and wrong are told apart, and mistakes from each other.
ORDINARY = dict.fromkeys("abcd", _PAIRS) | {"e": _SAMPLED, "f": _WINDOWS, "sigmoid": _SCORES}

#: Where a right formula may overflow.
EXTREME = dict.fromkeys("abcd", (_extreme(4), replace(_extreme(4), o=1))) | {
    "e": (_extreme(4, negatives=(2, 1)), replace(_extreme(4, negatives=(0, 3)), o=1)),
    "f": (replace(_extreme(4, c=3, context=(0, 2)), C=np.array([[1.0, 0.0]] * 4)),),
    "sigmoid": (replace(_SCORES[0], x=np.array([-800.0, 800.0])),),
}

#: In which a window must be made of the pairs' loss that was given.
GIVEN_PAIR = _GIVEN_PAIR


def small_worlds(part):
    """Worlds of small integers, the smallest first: one of them shows what is wrong.

    Parameters
    ----------
    part : str

    Returns
    -------
    iterator of World

    Examples
    --------
    >>> next(small_worlds("b")).U.tolist()
    [[0.0], [0.0]]
    """
    if part == "sigmoid":
        yield from (replace(_SCORES[0], x=np.array(float(x))) for x in (0, 1, -1, 2))
        yield from (replace(_SCORES[0], x=np.array(x)) for x in ([0.0, 1.0], [[0.0, 1.0, 2.0]]))
        return
    for world in _small_tables():
        V = len(world.U)
        if part == "e":
            drawn = [(1,), (1, 1), (0,), (0, 1), (1, 0, 1)]
            drawn += [(1, 2), (2, 1), (2, 1, 2)] if V > 2 else []
            yield from (replace(world, negatives=negatives) for negatives in drawn)
        elif part == "f":
            yield from _small_windows(world, V)
        else:
            yield world
            yield replace(world, o=V - 1)


def _small_tables():
    """Two words on a line, three words on a line, three words in the plane."""
    for rows in [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (1, -1)]:
        for v in (1.0, 2.0):
            yield World(U=np.array(rows, float)[:, None], v=np.array([v]))
    for rows in [(0, 1, 2), (1, 0, -1), (2, 0, 1)]:
        yield World(U=np.array(rows, float)[:, None], v=np.array([1.0]))
    yield World(U=np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]]), v=np.array([1.0, -1.0]))


def _small_windows(world, V):
    others = [(1,), (1, 1), (0, 1), (1, 0)] + ([(1, 2), (2, 1, 2)] if V > 2 else [])
    for context, c in itertools.product(others, (0, V - 1)):
        # The row of each word is different, so that a wrong row shows.
        C = world.v[None, :] + np.arange(float(V))[:, None]
        yield replace(world, C=C, c=c, v=C[c], context=context)
