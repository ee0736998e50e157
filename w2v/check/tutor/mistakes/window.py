"""Mistakes of part (f): the window is a sum over pairs.

Each mistake sums over other pairs, or puts what is right into other rows. What a pair gives
is taken as right: `registry` adds the windows of pairs that are wrong themselves.
"""

import functools
from dataclasses import replace

import numpy as np

from ..worlds import truth
from .mistake import Mistake


def pair(world, v, o):
    """What is right for one pair of a window.

    Parameters
    ----------
    world : World
    v : ndarray, shape (d,)
    o : int

    Returns
    -------
    dict of str to ndarray
    """
    if world.drawn_for is None:
        return truth("d", replace(world, v=v, o=o))
    return truth("e", replace(world, v=v, o=o, negatives=world.drawn_for[o]))


@functools.lru_cache(maxsize=512)
def pair_of_center(world, o):
    """What is right for the centre word and an outside word; not to be changed.

    Parameters
    ----------
    world : World
    o : int

    Returns
    -------
    dict of str to ndarray
    """
    return pair(world, world.C[world.c], o)


def window(world, pairs, row=None):
    """The three results of a window, from those of its pairs.

    Parameters
    ----------
    world : World
    pairs : list of dict
    row : int, optional
        Where the centre's gradient goes, if not to the row of the centre word.

    Returns
    -------
    dict of str to ndarray
    """
    row = world.c if row is None else row
    center, outside = np.zeros(world.C.shape), np.zeros(world.U.shape)
    loss = 0.0
    for each in pairs:
        loss = loss + each["loss"]
        center[row] += each["center"]
        outside += each["outside"]
    return {"loss": loss, "center": center, "outside": outside}


def _right(world):
    return [pair_of_center(world, o) for o in world.context]


def _over(choose):
    """A window over other outside words."""

    def results(world):
        return window(world, [pair_of_center(world, o) for o in choose(world)])

    return results


def _in_row(choose):
    """The right centre's gradient in another row."""

    def results(world):
        row = choose(world)
        return {"center": window(world, _right(world), row=row)["center"]}

    return results


def _mean(world):
    n = len(world.context)
    return {name: value / n for name, value in window(world, _right(world)).items()}


def _in_every_row(world):
    found = sum(each["center"] for each in _right(world))
    return {"center": np.tile(found, (len(world.C), 1))}


def _in_rows_of_outside_words(world):
    table = np.zeros(world.C.shape)
    for o, each in zip(world.context, _right(world), strict=True):
        table[o] += each["center"]
    return {"center": table}


def _vector_only(world):
    return {"center": sum(each["center"] for each in _right(world))}


def _swapped(world):
    found = window(world, _right(world))
    return {"center": found["outside"], "outside": found["center"]}


def _center_of_outside_word(world):
    return window(world, [pair(world, world.C[o], o) for o in world.context])


def _center_of_outside_word_own_row(world):
    table = np.zeros(world.C.shape)
    for o in world.context:
        table[o] += pair(world, world.C[o], o)["center"]
    return _center_of_outside_word(world) | {"center": table}


def _roles_exchanged(world):
    pairs = [pair(world, world.C[o], world.c) for o in world.context]
    return window(world, pairs)


def _roles_exchanged_own_row(world):
    table = np.zeros(world.C.shape)
    for o in world.context:
        table[o] += pair(world, world.C[o], world.c)["center"]
    return _roles_exchanged(world) | {"center": table}


def _bag_of_words(world):
    v = world.C[list(world.context)].sum(axis=0)
    return window(world, [pair(world, v, world.c)])


def _bag_of_words_mean(world):
    v = world.C[list(world.context)].mean(axis=0)
    return window(world, [pair(world, v, world.c)])


def _vector_from_outside_table(world):
    return window(world, [pair(world, world.U[world.c], o) for o in world.context])


def _outside_in_row_of_center(world):
    table = np.zeros(world.U.shape)
    for o, each in zip(world.context, _right(world), strict=True):
        table[world.c] += each["outside"][o]
    return {"outside": table}


def _only_rows_of_context(world):
    found = window(world, _right(world))["outside"]
    kept = np.zeros(found.shape)
    rows = sorted(set(world.context))
    kept[rows] = found[rows]
    return {"outside": kept}


def _own_row_only(world):
    table = np.zeros(world.U.shape)
    for o, each in zip(world.context, _right(world), strict=True):
        table[o] += each["outside"][o]
    return {"outside": table}


def _transposed(world):
    found = window(world, _right(world))
    return {"center": found["center"].T, "outside": found["outside"].T}


def _softmax_for_all(world):
    return window(world, _right(replace(world, drawn_for=None)))


MISTAKES = [
    Mistake(
        "last-word-missing",
        "the last outside word is left out: j runs to m, and m is included.",
        "62",
        _over(lambda world: world.context[:-1]),
    ),
    Mistake(
        "first-word-missing",
        "the first outside word is left out: in Python it has the index 0.",
        "62",
        _over(lambda world: world.context[1:]),
    ),
    Mistake(
        "only-last-word",
        "only the last outside word is left: `=` where `+=` is needed.",
        "62",
        _over(lambda world: world.context[-1:]),
    ),
    Mistake(
        "only-first-word",
        "only the first outside word takes part: the function returns inside the loop.",
        "62",
        _over(lambda world: world.context[:1]),
    ),
    Mistake(
        "mean-of-the-window",
        "that is the mean over the pairs: the loss of a window, and so each gradient, is a sum.",
        "62",
        _mean,
    ),
    Mistake(
        "repeats-dropped",
        "outside words that stand in the window twice are counted once: the sum runs over places, "
        "not over different words.",
        "63*",
        _over(lambda world: sorted(set(world.context))),
    ),
    Mistake(
        "center-word-included",
        "the centre word is counted among its outside words: j = 0 is left out.",
        "62",
        _over(lambda world: (*world.context, world.c)),
    ),
    Mistake(
        "center-word-skipped",
        "outside words that are the same word as the centre are skipped: j = 0 is left out by its "
        "place, not by its word.",
        "63*",
        _over(lambda world: [o for o in world.context if o != world.c]),
    ),
    Mistake(
        "row-of-the-place",
        "the centre's gradient stands in the row of its place in the window: it belongs to the "
        "row of its word.",
        "64",
        _in_row(lambda world: len(world.context) // 2),
    ),
    Mistake(
        "row-0",
        "the centre's gradient stands in row 0: it belongs to the row of the centre word.",
        "64",
        _in_row(lambda world: 0),
    ),
    Mistake(
        "last-row",
        "the centre's gradient stands in the last row: it belongs to the row of the centre word.",
        "64",
        _in_row(lambda world: len(world.C) - 1),
    ),
    Mistake(
        "row-of-last-outside-word",
        "the centre's gradient stands in the row of the last outside word: it belongs to the row "
        "of the centre word.",
        "64",
        _in_row(lambda world: world.context[-1]),
    ),
    Mistake(
        "in-every-row",
        "the centre's gradient is added to every row: the loss depends on no other centre vector.",
        "64",
        _in_every_row,
    ),
    Mistake(
        "rows-of-outside-words",
        "each pair's gradient is added to the row of its outside word: the centre vector of c was "
        "used, and only that moves.",
        "64",
        _in_rows_of_outside_words,
    ),
    Mistake(
        "vector-only",
        "that is the gradient by the vector of the centre word alone: a table is asked for, with "
        "zeros in all other rows.",
        "64",
        _vector_only,
    ),
    Mistake(
        "swapped",
        "the two tables are exchanged: that of the centre vectors comes first.",
        "63",
        _swapped,
    ),
    Mistake(
        "center-of-outside-word",
        "each pair has the centre vector of its outside word: it is the vector of the centre word.",
        "63",
        _center_of_outside_word,
    ),
    Mistake(
        "center-of-outside-word-own-row",
        "each pair has the centre vector of its outside word, and moves it: it is the vector of "
        "the centre word.",
        "63",
        _center_of_outside_word_own_row,
    ),
    Mistake(
        "roles-exchanged",
        "the centre word is predicted from its outside words: it is the other way round.",
        "63",
        _roles_exchanged,
    ),
    Mistake(
        "roles-exchanged-own-row",
        "the centre word is predicted from its outside words, whose vectors move: it is the other "
        "way round.",
        "63",
        _roles_exchanged_own_row,
    ),
    Mistake(
        "bag-of-words",
        "the outside words' vectors are added up to predict the centre word: that is the bag of "
        "words, and skip-gram has a pair for each outside word.",
        "62",
        _bag_of_words,
    ),
    Mistake(
        "bag-of-words-mean",
        "the outside words' vectors are averaged to predict the centre word: that is the bag of "
        "words, and skip-gram has a pair for each outside word.",
        "62",
        _bag_of_words_mean,
    ),
    Mistake(
        "vector-from-outside-table",
        "the vector of the centre word is taken from the outside vectors: it is a row of the "
        "centre vectors.",
        "63",
        _vector_from_outside_table,
    ),
    Mistake(
        "outside-in-row-of-center",
        "the outside words' rows are added to the row of the centre word.",
        "62",
        _outside_in_row_of_center,
    ),
    Mistake(
        "only-rows-of-context",
        "only the rows of words in the window are left: with the softmax, every word is pushed.",
        "62",
        _only_rows_of_context,
    ),
    Mistake(
        "own-row-only",
        "of each pair's table only the row of its outside word is added: the whole table is.",
        "62",
        _own_row_only,
    ),
    Mistake(
        "transposed",
        "the table is transposed: the gradient has the shape of the table that it belongs to.",
        "62",
        _transposed,
    ),
    Mistake(
        "given-loss-unused",
        "the naive softmax is used for every pair, whatever loss of a pair is given.",
        "62",
        _softmax_for_all,
    ),
]
