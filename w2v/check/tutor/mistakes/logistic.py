"""Mistakes of the logistic function."""

import numpy as np

from .mistake import Mistake


def _of(function):
    return lambda world: {"value": function(world.x)}


def _sigma(x):
    return 1 / (1 + np.exp(-x))


MISTAKES = [
    Mistake(
        "minus-in-exponent",
        "that is sigma(-x): the exponent is -x, and yours has lost its minus sign.",
        "44",
        _of(lambda x: 1 / (1 + np.exp(x))),
    ),
    Mistake(
        "derivative",
        "that is the derivative sigma(x) (1 - sigma(x)), not sigma(x).",
        "44",
        _of(lambda x: _sigma(x) * (1 - _sigma(x))),
    ),
    Mistake(
        "one-missing",
        "the 1 below the fraction line is missing.",
        "44",
        _of(lambda x: 1 / np.exp(-x)),
    ),
    Mistake(
        "one-minus",
        "there is a minus below the fraction line: it is 1 + exp(-x).",
        "44",
        _of(lambda x: 1 / (1 - np.exp(-x))),
    ),
    Mistake("tanh", "that is the hyperbolic tangent, from -1 to 1.", "44", _of(np.tanh)),
    Mistake("log", "that is log sigma(x).", "44", _of(lambda x: np.log(_sigma(x)))),
    Mistake(
        "not-by-entry",
        "the entries are divided by their sum, as a softmax does: sigma works entry by entry.",
        "44",
        _of(lambda x: np.exp(x) / np.exp(x).sum()),
    ),
    Mistake(
        "numerator",
        "exp(x) / (1 + exp(-x)) mixes two forms: it is 1 / (1 + exp(-x)), or "
        "exp(x) / (1 + exp(x)).",
        "44",
        _of(lambda x: np.exp(x) / (1 + np.exp(-x))),
    ),
]
