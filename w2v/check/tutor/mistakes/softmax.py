"""Mistakes of parts (a) to (d): the softmax, its loss and its gradients.

Both gradients are sums over the words with a residual as weights, expected minus observed.
So most mistakes are another residual, and spoil both gradients alike.
"""

import numpy as np

from .mistake import Mistake


def _observed(world):
    y = np.zeros(len(world.U))
    y[world.o] = 1
    return y


def _scores(world):
    return world.U @ world.v


def _expected(world):
    weights = np.exp(_scores(world))
    return weights / weights.sum()


def gradients(world, residual):
    """Both gradients that belong to a residual.

    Parameters
    ----------
    world : World
    residual : ndarray, shape (V,)

    Returns
    -------
    dict of str to ndarray
    """
    return {"center": residual @ world.U, "outside": np.outer(residual, world.v)}


def _sign(world):
    return gradients(world, _observed(world) - _expected(world))


def _observed_forgotten(world):
    return gradients(world, _expected(world))


def _expected_forgotten(world):
    return gradients(world, -_observed(world))


def _only_the_word_seen(world):
    y = _observed(world)
    return gradients(world, y * (_expected(world) - 1))


def _one_from_every_word(world):
    return gradients(world, _expected(world) - 1)


def _not_normalised(world):
    residual = np.exp(_scores(world)) - _observed(world)
    return {"loss": -_scores(world)[world.o]} | gradients(world, residual)


def _not_normalised_after_shift(world):
    shifted = _scores(world) - _scores(world).max()
    residual = np.exp(shifted) - _observed(world)
    return {"loss": -shifted[world.o]} | gradients(world, residual)


def _exp_dropped(world):
    shares = _scores(world) / _scores(world).sum()
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _scores_for_probabilities(world):
    residual = _scores(world) - _observed(world)
    return {"loss": -np.log(_scores(world)[world.o])} | gradients(world, residual)


def _log_probabilities(world):
    return gradients(world, np.log(_expected(world)) - _observed(world))


def _wrong_axis(world):
    residual = np.ones(len(world.U)) - _observed(world)
    return {"loss": 0.0} | gradients(world, residual)


def _uniform(world):
    V = len(world.U)
    return {"loss": np.log(V)} | gradients(world, 1 / V - _observed(world))


def _largest_only(world):
    winner = np.zeros(len(world.U))
    winner[_scores(world).argmax()] = 1
    loss = -np.log(_expected(world).max())
    return {"loss": loss} | gradients(world, winner - _observed(world))


def _logistic_for_softmax(world):
    shares = 1 / (1 + np.exp(-_scores(world)))
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _log_dropped(world):
    share = _expected(world)[world.o]
    residual = share * (_expected(world) - _observed(world))
    return {"loss": -share} | gradients(world, residual)


def _slope_of_each_entry(world):
    shares = _expected(world)
    return gradients(world, (shares - _observed(world)) * shares * (1 - shares))


def _word_before(world):
    other = np.roll(_observed(world), -1)  # o - 1; word 0 has the last word before it
    loss = -np.log(_expected(world) @ other)
    return {"loss": loss} | gradients(world, _expected(world) - other)


def _observed_left_out(world):
    y = _observed(world)
    return gradients(world, _expected(world) * (1 - y) - y)


def _share_of_the_word_seen(world):
    return gradients(world, _expected(world)[world.o] - _observed(world))


def _y_for_y_hat(world):
    residual = _expected(world) - _observed(world)
    residual[world.o] = 0
    return {"loss": 0.0} | gradients(world, residual)


def _denominator_without_o(world):
    weights = np.exp(_scores(world))
    shares = weights / (weights.sum() - weights[world.o])
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _denominator_counts_o_twice(world):
    weights = np.exp(_scores(world))
    shares = weights / (weights.sum() + weights[world.o])
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _factor_below(world):
    shares = _expected(world) / len(world.U)
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _mean_below(world):
    shares = _expected(world) * len(world.U)
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _softmax_twice(world):
    weights = np.exp(_expected(world))
    shares = weights / weights.sum()
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


def _minus_in_exponent(world):
    weights = np.exp(-_scores(world))
    shares = weights / weights.sum()
    return {"loss": -np.log(shares[world.o])} | gradients(world, shares - _observed(world))


#: Mistakes in the residual, and in the loss that goes with it.
RESIDUALS = [
    Mistake(
        "sign",
        "every sign is turned round: it is expected minus observed, not observed minus expected.",
        "18",
        _sign,
    ),
    Mistake(
        "observed-forgotten",
        "that is only what the model expects: the word that was seen has still to be taken off.",
        "15",
        _observed_forgotten,
    ),
    Mistake(
        "expected-forgotten",
        "that is only the first term: the second, the average that the model expects, is missing.",
        "14",
        _expected_forgotten,
    ),
    Mistake(
        "only-the-word-seen",
        "only the word that was seen takes part: the sum runs over all words, and each has its "
        "probability.",
        "14",
        _only_the_word_seen,
    ),
    Mistake(
        "one-from-every-word",
        "1 is taken from every word's probability: y is 1 for the word that was seen, and 0 for "
        "all others.",
        "16",
        _one_from_every_word,
    ),
    Mistake(
        "not-normalised",
        "the exponentials are not divided by their sum, so they are no probabilities.",
        "13",
        _not_normalised,
    ),
    Mistake(
        "not-normalised-after-shift",
        "the largest score is subtracted, but the exponentials are not divided by their sum.",
        "13",
        _not_normalised_after_shift,
    ),
    Mistake(
        "exp-dropped",
        "the scores are divided by their sum: the exponentials are missing.",
        "6",
        _exp_dropped,
    ),
    Mistake(
        "scores-for-probabilities",
        "the scores stand where the probabilities belong: the softmax is missing.",
        "14",
        _scores_for_probabilities,
    ),
    Mistake(
        "log-probabilities",
        "the logarithms of the probabilities stand where the probabilities themselves belong.",
        "14",
        _log_probabilities,
    ),
    Mistake(
        "wrong-axis",
        "every probability is 1: the softmax was taken along the wrong axis, over one word at a "
        "time.",
        "6",
        _wrong_axis,
    ),
    Mistake(
        "uniform",
        "all words have the same probability 1/V: the scores have no part in it.",
        "14",
        _uniform,
    ),
    Mistake(
        "largest-only",
        "the most probable word stands for all of them: the expectation is an average over every "
        "word.",
        "14",
        _largest_only,
    ),
    Mistake(
        "logistic-for-softmax",
        "each score went through the logistic function of part (e), not the softmax.",
        "6",
        _logistic_for_softmax,
    ),
    Mistake(
        "log-dropped",
        "that belongs to the loss without its logarithm, minus the probability itself.",
        "6",
        _log_dropped,
    ),
    Mistake(
        "slope-of-each-entry",
        "the residual is multiplied by y_hat (1 - y_hat): the derivative of the softmax is in it "
        "already, because the logarithm cancels it.",
        "12",
        _slope_of_each_entry,
    ),
    Mistake(
        "word-before",
        "the word before o was taken for the one that was seen: indices count from 0.",
        "16",
        _word_before,
    ),
    Mistake(
        "observed-left-out",
        "the word that was seen is left out of the expectation: the sum runs over it, too, so its "
        "residual is y_hat - 1 and not -1.",
        "26",
        _observed_left_out,
    ),
    Mistake(
        "share-of-the-word-seen",
        "the probability of the word that was seen is used for every word: each word has its own.",
        "33",
        _share_of_the_word_seen,
    ),
    Mistake(
        "y-for-y-hat",
        "for the word that was seen, y stands where its probability y_hat belongs.",
        "5",
        _y_for_y_hat,
    ),
    Mistake(
        "denominator-without-o",
        "the sum below the fraction line leaves out the word that was seen: it is over all words.",
        "6",
        _denominator_without_o,
    ),
    Mistake(
        "denominator-counts-o-twice",
        "the sum below the fraction line contains the word that was seen twice.",
        "6",
        _denominator_counts_o_twice,
    ),
    Mistake(
        "factor-below",
        "there is a factor V too many below the fraction line: the probabilities sum to 1/V.",
        "13",
        _factor_below,
    ),
    Mistake(
        "mean-below",
        "the exponentials are divided by their mean: it is their sum.",
        "13",
        _mean_below,
    ),
    Mistake("softmax-twice", "the softmax is taken twice.", "6", _softmax_twice),
    Mistake(
        "minus-in-exponent",
        "the scores have a minus sign in the exponent of the softmax.",
        "6",
        _minus_in_exponent,
    ),
]


def _loss_of(function):
    """A mistake of the loss alone, from scores and the word seen."""

    def results(world):
        return {"loss": function(_scores(world), world.o)}

    return results


def _shares(scores):
    return np.exp(scores) / np.exp(scores).sum()


def _entropy(scores, o):
    return -(_shares(scores) * np.log(_shares(scores))).sum()


def _of_every_word(scores, o):
    return -np.log(_shares(scores)).sum()


def _of_not_seeing(scores, o):
    return -np.log(1 - _shares(scores)[o])


def _weighted_twice(scores, o):
    return -_shares(scores)[o] * np.log(_shares(scores)[o])


def _each_word_yes_or_no(scores, o):
    no = np.log(1 - _shares(scores))
    return -np.log(_shares(scores)[o]) - (no.sum() - no[o])


def _squares(scores, o):
    residual = _shares(scores)
    residual[o] -= 1
    return (residual**2).sum()


def _second_term(scores, o):
    return np.log(np.exp(scores).sum())


def _shift_not_returned(scores, o):
    return -scores[o] + np.log(np.exp(scores - scores.max()).sum())


def _shift_in_one_term(scores, o):
    return -(scores[o] - scores.max()) + np.log(np.exp(scores).sum())


def _log_of_score(scores, o):
    return -np.log(scores[o]) + np.log(np.exp(scores).sum())


def _sum_outside_exp(scores, o):
    return -scores[o] + np.log(np.exp(scores.sum()))


def _complement(scores, o):
    return 1 - _shares(scores)[o]


#: Mistakes in the loss alone.
LOSSES = [
    Mistake(
        "entropy",
        "y_hat stands where y belongs: that is the model's own entropy, which does not depend on "
        "the word that was seen.",
        "1",
        _loss_of(_entropy),
    ),
    Mistake(
        "of-every-word",
        "that is the surprise at all words: y is 0 but for the word that was seen, and takes the "
        "others out of the sum.",
        "4",
        _loss_of(_of_every_word),
    ),
    Mistake(
        "of-not-seeing",
        "that is the surprise at not seeing the word: the logarithm is of y_hat_o, not of "
        "1 - y_hat_o.",
        "4",
        _loss_of(_of_not_seeing),
    ),
    Mistake(
        "weighted-twice",
        "the surprise is multiplied by y_hat_o: its weight is y_o, which is 1.",
        "3",
        _loss_of(_weighted_twice),
    ),
    Mistake(
        "each-word-yes-or-no",
        "every word is asked for a yes or no: the cross-entropy has only the term of the word that "
        "was seen.",
        "1",
        _loss_of(_each_word_yes_or_no),
    ),
    Mistake(
        "squares",
        "that is the squared distance between y_hat and y, not the cross-entropy.",
        "1",
        _loss_of(_squares),
    ),
    Mistake(
        "second-term-only",
        "that is the log-sum-exp alone: the score of the word that was seen has still to be taken "
        "off.",
        "8",
        _loss_of(_second_term),
    ),
    Mistake(
        "shift-not-returned",
        "the largest score was subtracted under the exponentials only: it has to come off the "
        "score of the word that was seen as well, or be added again.",
        "8",
        _loss_of(_shift_not_returned),
    ),
    Mistake(
        "shift-in-one-term",
        "the largest score was subtracted from the score of the word that was seen only: it has "
        "to come off under the exponentials as well.",
        "8",
        _loss_of(_shift_in_one_term),
    ),
    Mistake(
        "log-of-score",
        "the logarithm of the score is taken: the logarithm has undone the exponential, and what "
        "is left is the score itself.",
        "8",
        _loss_of(_log_of_score),
    ),
    Mistake(
        "sum-inside-exp",
        "the scores are added up before the exponential: it is the sum of the exponentials.",
        "7",
        _loss_of(_sum_outside_exp),
    ),
    Mistake(
        "probability-of-a-miss",
        "that is 1 - y_hat_o, the probability of a miss: the loss is the logarithm of y_hat_o, "
        "with a minus sign.",
        "5",
        _loss_of(_complement),
    ),
]


def _true_residual(world):
    return _expected(world) - _observed(world)


def _by_u_o(world):
    return {"center": _true_residual(world)[world.o] * world.v}


def _residual_itself(world):
    residual = _true_residual(world)
    return {"center": residual, "outside": residual}


def _one_row(world):
    return {"outside": _true_residual(world)[world.o] * world.v}


def _own_vectors(world):
    return {"outside": _true_residual(world)[:, None] * world.U}


def _center_in_every_row(world):
    return {"outside": np.tile(_true_residual(world) @ world.U, (len(world.U), 1))}


def _rows_moved(world):
    return {"outside": np.roll(np.outer(_true_residual(world), world.v), 1, axis=0)}


def _transposed(world):
    return {"outside": np.outer(world.v, _true_residual(world))}


def _row_overwritten(world):
    table = np.outer(_true_residual(world), world.v)
    table[world.o] = world.v
    return {"outside": table}


def _word_seen_added(world):
    residual = _expected(world) + _observed(world)
    return gradients(world, residual)


#: Mistakes in one of the gradients.
GRADIENTS = [
    Mistake(
        "by-another-variable",
        "that is the gradient by the outside vector u_o, not by the centre vector: what is left "
        "of the score is u, not v.",
        "10",
        _by_u_o,
    ),
    Mistake(
        "residual-only",
        "that is y_hat - y, a number for each word: the inner derivative of the scores is missing.",
        "12",
        _residual_itself,
    ),
    Mistake(
        "one-row",
        "that is the row of the word that was seen alone: a row for every word is asked for.",
        "41",
        _one_row,
    ),
    Mistake(
        "own-vectors",
        "each residual is multiplied by the word's own vector u: what is left of the score is the "
        "centre vector v.",
        "36",
        _own_vectors,
    ),
    Mistake(
        "center-in-every-row",
        "every row is the centre's gradient: it is the residual of the word, times v.",
        "42",
        _center_in_every_row,
    ),
    Mistake(
        "rows-moved",
        "the rows are one place too low: the row of word w belongs to place w, from 0.",
        "40",
        _rows_moved,
    ),
    Mistake(
        "transposed",
        "the outer product is transposed: the gradient has the shape of the table that it belongs "
        "to.",
        "42",
        _transposed,
    ),
    Mistake(
        "row-overwritten",
        "the row of the word that was seen is overwritten with v: take 1 off its residual instead.",
        "26",
        _row_overwritten,
    ),
    Mistake(
        "observed-added",
        "the word that was seen is added: expected minus observed is asked for.",
        "18",
        _word_seen_added,
    ),
]
