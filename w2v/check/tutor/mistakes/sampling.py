"""Mistakes of part (e): the negative-sampling loss and its gradients.

Each word that takes part has a coefficient, sigma - 1 for the outside word and sigma for a
negative. Most mistakes are other coefficients, or other words.
"""

from dataclasses import replace

import numpy as np

from .mistake import Mistake


def _sigma(x):
    return 1 / (1 + np.exp(-x))


def _score(world, word):
    return world.U[word] @ world.v


def gradients(world, pull, pushes, words=None):
    """Both gradients, from the coefficient of each word.

    Parameters
    ----------
    world : World
    pull : float
        Coefficient of the outside word.
    pushes : sequence of float
        Those of the negatives.
    words : sequence of int, optional
        Which words the pushes belong to, if not to the negatives.

    Returns
    -------
    dict of str to ndarray
    """
    words = world.negatives if words is None else words
    center = pull * world.U[world.o]
    outside = np.zeros(world.U.shape)
    outside[world.o] += pull * world.v
    for push, word in zip(pushes, words, strict=True):
        center = center + push * world.U[word]
        outside[word] += push * world.v
    return {"center": center, "outside": outside}


def _coefficients(world, words=None):
    """What is right: the coefficient of o, and those of some negatives."""
    words = world.negatives if words is None else words
    pull = _sigma(_score(world, world.o)) - 1
    return pull, [_sigma(_score(world, word)) for word in words]


def _with_negatives(world, words):
    """Everything as it should be, but with other negatives."""
    pull, pushes = _coefficients(world, words)
    loss = -np.log(_sigma(_score(world, world.o)))
    loss -= sum(np.log(_sigma(-_score(world, word))) for word in words)
    return {"loss": loss} | gradients(world, pull, pushes, words)


def _of_pushes(push):
    """A mistake in the coefficient of a negative, a function of its score."""

    def results(world):
        pull, _ = _coefficients(world)
        return gradients(world, pull, [push(_score(world, word)) for word in world.negatives])

    return results


def _of_both(pull, push):
    """Mistakes in both coefficients, functions of the scores."""

    def results(world):
        pushes = [push(_score(world, word)) for word in world.negatives]
        return gradients(world, pull(_score(world, world.o)), pushes)

    return results


def _minus_lost(world):
    loss = -np.log(_sigma(_score(world, world.o)))
    loss -= sum(np.log(_sigma(_score(world, word))) for word in world.negatives)
    return {"loss": loss} | _of_pushes(lambda x: 1 - _sigma(x))(world)


def _negative_term_added(world):
    loss = -np.log(_sigma(_score(world, world.o)))
    loss += sum(np.log(_sigma(-_score(world, word))) for word in world.negatives)
    return {"loss": loss} | _of_pushes(lambda x: -_sigma(x))(world)


def _sigma_missing(world):
    loss = -_score(world, world.o) + sum(_score(world, word) for word in world.negatives)
    return {"loss": loss} | _of_both(lambda x: -1.0, lambda x: 1.0)(world)


def _log_missing(world):
    loss = -_sigma(_score(world, world.o))
    loss -= sum(_sigma(-_score(world, word)) for word in world.negatives)
    slope = _of_both(lambda x: -_sigma(x) * (1 - _sigma(x)), lambda x: _sigma(x) * (1 - _sigma(x)))
    return {"loss": loss} | slope(world)


def _mean_of_negatives(world):
    K = len(world.negatives)
    pull, pushes = _coefficients(world)
    loss = -np.log(_sigma(_score(world, world.o)))
    loss -= sum(np.log(_sigma(-_score(world, word))) for word in world.negatives) / K
    return {"loss": loss} | gradients(world, pull, [push / K for push in pushes])


def _mean_of_all(world):
    right = _with_negatives(world, world.negatives)
    return {name: value / (len(world.negatives) + 1) for name, value in right.items()}


def _pull_forgotten(world):
    _, pushes = _coefficients(world)
    loss = -sum(np.log(_sigma(-_score(world, word))) for word in world.negatives)
    return {"loss": loss} | gradients(world, 0.0, pushes)


def _pushes_forgotten(world):
    return _with_negatives(world, ())


def _pull_each_time(world):
    pull, pushes = _coefficients(world)
    K = len(world.negatives)
    loss = -K * np.log(_sigma(_score(world, world.o)))
    loss -= sum(np.log(_sigma(-_score(world, word))) for word in world.negatives)
    return {"loss": loss} | gradients(world, K * pull, pushes)


def _score_of_o(world):
    pull, pushes = _coefficients(world)
    score = _score(world, world.o)
    loss = -np.log(_sigma(score)) - len(pushes) * np.log(_sigma(-score))
    return {"loss": loss} | gradients(world, pull, [_sigma(score)] * len(pushes))


def _score_of_last(world):
    pull, pushes = _coefficients(world)
    score = _score(world, world.negatives[-1])
    loss = -np.log(_sigma(_score(world, world.o))) - len(pushes) * np.log(_sigma(-score))
    return {"loss": loss} | gradients(world, pull, [_sigma(score)] * len(pushes))


def _once(words):
    return sorted(set(words))


def _other_words(choose):
    """A mistake in the words that are taken for the negatives."""

    def results(world):
        return _with_negatives(world, tuple(choose(world)))

    return results


def _all_words(world):
    return range(len(world.U))


def _all_others(world):
    return [word for word in range(len(world.U)) if word != world.o]


def _drawn_without_another_draw(world):
    return world.draws[: len(world.negatives)] if world.draws else world.negatives


#: Mistakes in the coefficients, with the loss that goes with them.
COEFFICIENTS = [
    Mistake(
        "minus-lost",
        "the minus sign inside a negative's logarithm is lost: it is sigma(-u_w . v), so the "
        "coefficient of a negative is 1 - sigma(-u_w . v), which is sigma(u_w . v).",
        "49",
        _minus_lost,
    ),
    Mistake(
        "negative-as-outside-word",
        "the negatives have the coefficient sigma - 1, as if they had been seen: only the outside "
        "word has that, a negative has sigma.",
        "61",
        _of_pushes(lambda x: _sigma(x) - 1),
    ),
    Mistake(
        "negatives-pulled",
        "the negatives have the wrong sign: their answer is meant to be no, so they are pushed "
        "away.",
        "49",
        _negative_term_added,
    ),
    Mistake(
        "sigma-twice",
        "the derivative of sigma is taken twice: the logarithm's fraction has used it up, and only "
        "the derivative of the score should follow.",
        "48",
        _of_both(
            lambda x: -(1 - _sigma(x)) * _sigma(x) * (1 - _sigma(x)),
            lambda x: _sigma(x) * _sigma(x) * (1 - _sigma(x)),
        ),
    ),
    Mistake(
        "sigma-of-one-minus-sigma",
        "a product was read as a call: the derivative of sigma is sigma(x) times (1 - sigma(x)), "
        "not sigma of 1 - sigma(x).",
        "44",
        _of_both(lambda x: -_sigma(1 - _sigma(x)), lambda x: _sigma(1 - _sigma(-x))),
    ),
    Mistake(
        "log-missing",
        "the logarithms are missing: that belongs to the probabilities themselves.",
        "45",
        _log_missing,
    ),
    Mistake(
        "sigma-missing",
        "the logistic function is missing: each score should go through sigma first.",
        "45",
        _sigma_missing,
    ),
    Mistake(
        "sign",
        "every sign is turned round: the coefficient is sigma - 1 for the outside word and sigma "
        "for a negative.",
        "49",
        _of_both(lambda x: 1 - _sigma(x), lambda x: -_sigma(x)),
    ),
    Mistake(
        "label-forgotten",
        "the outside word has the coefficient sigma: 1 has to be taken off, because it was seen.",
        "55",
        _of_both(_sigma, _sigma),
    ),
    Mistake(
        "outside-word-pushed",
        "the outside word has the wrong sign: it was seen, so its coefficient is sigma - 1.",
        "55",
        _of_both(lambda x: 1 - _sigma(x), _sigma),
    ),
    Mistake(
        "outside-word-as-negative",
        "the outside word has the coefficient -sigma: it is -(1 - sigma).",
        "55",
        _of_both(lambda x: -_sigma(x), _sigma),
    ),
    Mistake(
        "mean-of-negatives",
        "the negatives are averaged: their terms are a sum.",
        "45",
        _mean_of_negatives,
    ),
    Mistake(
        "mean-of-all",
        "everything is divided by K + 1: the loss is a sum over the words, not their mean.",
        "45",
        _mean_of_all,
    ),
    Mistake(
        "outside-word-forgotten",
        "the outside word's own term is missing.",
        "45",
        _pull_forgotten,
    ),
    Mistake(
        "negatives-forgotten", "the terms of the negatives are missing.", "45", _pushes_forgotten
    ),
    Mistake(
        "outside-word-each-time",
        "the outside word's term was added once for each negative: it stands before the sum.",
        "45",
        _pull_each_time,
    ),
    Mistake(
        "score-of-outside-word",
        "every negative has the score of the outside word: each has its own, u_w . v.",
        "45",
        _score_of_o,
    ),
    Mistake(
        "score-of-last-negative",
        "every negative has the score of the last one: a variable of the loop is used after it.",
        "45",
        _score_of_last,
    ),
]

#: Mistakes in the choice of words.
WORDS = [
    Mistake(
        "repeats-dropped",
        "a word that is drawn several times is counted once: it counts as often as it is drawn.",
        "61*",
        _other_words(lambda world: _once(world.negatives)),
    ),
    Mistake(
        "last-negative-for-all",
        "the last negative stands for all of them: the loop's variable was captured, or only its "
        "last value is used.",
        "56",
        _other_words(lambda world: world.negatives[-1:] * len(world.negatives)),
    ),
    Mistake(
        "outside-word-for-all",
        "the outside word stands where each negative should: w_s is another word for each s.",
        "56",
        _other_words(lambda world: (world.o,) * len(world.negatives)),
    ),
    Mistake(
        "only-last-negative",
        "only the last negative is left: `=` where `+=` is needed, or the addition stands behind "
        "the loop.",
        "45",
        _other_words(lambda world: world.negatives[-1:]),
    ),
    Mistake(
        "only-first-negative",
        "only the first negative takes part: the function returns, or stops, inside the loop.",
        "45",
        _other_words(lambda world: world.negatives[:1]),
    ),
    Mistake(
        "last-negative-missing",
        "the last negative is left out: s runs from 1 to K, and K is included.",
        "45",
        _other_words(lambda world: world.negatives[:-1]),
    ),
    Mistake(
        "first-negative-missing",
        "the first negative is left out: in Python it has the index 0.",
        "45",
        _other_words(lambda world: world.negatives[1:]),
    ),
    Mistake(
        "outside-word-skipped",
        "negatives that are the outside word are skipped: they were given, and count like others.",
        "61*",
        _other_words(lambda world: [word for word in world.negatives if word != world.o]),
    ),
    Mistake(
        "place-for-word",
        "the number s of a negative is used as if it were the word: the word is w_s.",
        "56",
        _other_words(lambda world: range(len(world.negatives))),
    ),
    Mistake(
        "all-words-negative",
        "all words of the vocabulary are taken for negatives: only those that were drawn are.",
        "45",
        _other_words(_all_words),
    ),
    Mistake(
        "all-other-words-negative",
        "all words but o are taken for negatives: only those that were drawn are.",
        "45",
        _other_words(_all_others),
    ),
    Mistake(
        "outside-word-not-redrawn",
        "a draw that gives the outside word was kept: the course draws such a word again.",
        "52",
        _other_words(_drawn_without_another_draw),
    ),
]


def _loss_of(function):
    def results(world):
        scores = np.array([_score(world, word) for word in world.negatives])
        return {"loss": function(_score(world, world.o), scores)}

    return results


#: Mistakes in the loss alone.
LOSSES = [
    Mistake(
        "sigma-of-the-sum",
        "the negatives' scores are added before the logistic function: each has a term of its own.",
        "45",
        _loss_of(lambda seen, drawn: -np.log(_sigma(seen)) - np.log(_sigma(-drawn.sum()))),
    ),
    Mistake(
        "log-of-the-sum",
        "the logarithm of a sum is taken: it is the sum of the logarithms.",
        "45",
        _loss_of(lambda seen, drawn: -np.log(_sigma(seen)) - np.log(_sigma(-drawn).sum())),
    ),
    Mistake(
        "minus-everywhere",
        "the outside word's score has a minus sign, too: only the negatives' have.",
        "45",
        _loss_of(lambda seen, drawn: -np.log(_sigma(-seen)) - np.log(_sigma(-drawn)).sum()),
    ),
]


def _center_by_v(world):
    pull, pushes = _coefficients(world)
    return {"center": (pull + sum(pushes)) * world.v}


def _outside_by_u(world):
    pull, pushes = _coefficients(world)
    table = np.zeros(world.U.shape)
    table[world.o] += pull * world.U[world.o]
    for push, word in zip(pushes, world.negatives, strict=True):
        table[word] += push * world.U[word]
    return {"outside": table}


def _assigned(world):
    """Every row written with `=`, first that of o."""
    pull, pushes = _coefficients(world)
    table = np.zeros(world.U.shape)
    table[world.o] = pull * world.v
    for push, word in zip(pushes, world.negatives, strict=True):
        table[word] = push * world.v
    return {"outside": table}


def _outside_word_assigned_last(world):
    pull, pushes = _coefficients(world)
    table = gradients(world, 0.0, pushes)["outside"]
    table[world.o] = pull * world.v
    return {"outside": table}


def _both_assigned_outside_word_last(world):
    table = _assigned(world)["outside"]
    table[world.o] = _coefficients(world)[0] * world.v
    return {"outside": table}


def _repeats_kept_once(world):
    """`table[negatives] += ...`: of a word's repeats only the last is kept."""
    pull, pushes = _coefficients(world)
    by_word = dict(zip(world.negatives, pushes, strict=True))
    return {"outside": gradients(world, pull, by_word.values(), by_word.keys())["outside"]}


def _repeats_kept_once_of_all(world):
    """`table[[o, *negatives]] += ...`: the same, and o's own share is lost to a negative's."""
    pull, pushes = _coefficients(world)
    by_word = {world.o: pull} | dict(zip(world.negatives, pushes, strict=True))
    table = np.zeros(world.U.shape)
    for word, coefficient in by_word.items():
        table[word] = coefficient * world.v
    return {"outside": table}


def _all_into_the_row_of_o(world):
    pull, pushes = _coefficients(world)
    table = np.zeros(world.U.shape)
    table[world.o] = (pull + sum(pushes)) * world.v
    return {"outside": table}


def _only_row_of_o(world):
    return {"outside": gradients(world, _coefficients(world)[0], (), ())["outside"]}


def _rows_that_take_part(world):
    pull, pushes = _coefficients(world)
    return {"outside": np.outer([pull, *pushes], world.v)}


def _transposed(world):
    pull, pushes = _coefficients(world)
    return {"outside": gradients(world, pull, pushes)["outside"].T}


#: Mistakes in one of the gradients.
GRADIENTS = [
    Mistake(
        "by-another-variable",
        "the coefficients are multiplied by v: by the centre vector, what is left of a score is u.",
        "49",
        _center_by_v,
    ),
    Mistake(
        "own-vectors",
        "the coefficients are multiplied by the words' own vectors: by an outside vector, what is "
        "left of a score is v.",
        "55",
        _outside_by_u,
    ),
    Mistake(
        "repeats-lost",
        "a word that is drawn several times receives its share only once: `table[words] += ...` "
        "keeps the last of its repeats. Use `np.add.at`, or a loop with `+=`.",
        "61*",
        _repeats_kept_once,
    ),
    Mistake(
        "rows-overwritten",
        "rows are overwritten where a word takes part several times, also as o and as a negative: "
        "its shares are to be added, as a loop with `+=` or `np.add.at` does.",
        "61*",
        _assigned,
    ),
    Mistake(
        "outside-word-overwritten",
        "the row of o is written with `=` at the end, over what it received as a negative: o may "
        "be among the negatives.",
        "61*",
        _outside_word_assigned_last,
    ),
    Mistake(
        "rows-overwritten-outside-word-last",
        "rows are written with `=`, that of o last: the shares of a word are to be added.",
        "61*",
        _both_assigned_outside_word_last,
    ),
    Mistake(
        "all-in-one-row",
        "everything is added to the row of o: each negative has a row of its own.",
        "61",
        _all_into_the_row_of_o,
    ),
    Mistake(
        "only-rows-that-take-part",
        "there is a row for each word that takes part: a row for every word of the vocabulary is "
        "asked for, most of them zero.",
        "61*",
        _rows_that_take_part,
    ),
    Mistake(
        "transposed",
        "the table is transposed: the gradient has the shape of the table that it belongs to.",
        "61*",
        _transposed,
    ),
]


def _softmax_for_sampling(world):
    weights = np.exp(world.U @ world.v)
    residual = weights / weights.sum()
    loss = -np.log(residual[world.o])
    residual[world.o] -= 1
    return {
        "loss": loss,
        "center": residual @ world.U,
        "outside": np.outer(residual, world.v),
    }


def _softmax_of_the_drawn(world):
    """A softmax over the outside word and the negatives only."""
    words = (world.o, *world.negatives)
    small = replace(world, U=world.U[list(words)], o=0)
    found = _softmax_for_sampling(small)
    table = np.zeros(world.U.shape)
    np.add.at(table, list(words), found["outside"])
    return found | {"outside": table}


#: The loss of another part.
OTHER_LOSSES = [
    Mistake(
        "softmax-for-sampling",
        "that is the naive softmax of part (b), over all words: here each word is asked by itself.",
        "45",
        _softmax_for_sampling,
    ),
    Mistake(
        "softmax-of-the-drawn",
        "that is a softmax over the words that were drawn: here each word is asked by itself, with "
        "a logistic function of its own.",
        "45",
        _softmax_of_the_drawn,
    ),
]
