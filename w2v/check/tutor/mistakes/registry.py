"""Which mistakes are tried in which part."""

import functools
from dataclasses import replace

import numpy as np

from ..worlds import truth
from . import logistic, sampling, softmax, window
from .mistake import Mistake


def _scaled(name, says, equation, part, factor):
    """A mistake that multiplies everything by a number which may depend on the world."""

    def results(world):
        return {key: factor(world) * value for key, value in truth(part, world).items()}

    return Mistake(name, says, equation, results)


def _factors(part, equation):
    whole = [
        ("base-2", "the logarithm is to the base 2: the loss is in nats.", 1 / np.log(2)),
        ("base-10", "the logarithm is to the base 10: the loss is in nats.", 1 / np.log(10)),
        ("doubled", "everything is twice as large as it should be.", 2.0),
        ("halved", "everything is half as large as it should be.", 0.5),
    ]
    found = [
        _scaled(name, says, equation, part, lambda world, factor=factor: factor)
        for name, says, factor in whole
    ]
    found.append(
        _scaled(
            "mean-over-vocabulary",
            "it is divided by the number of words: a sum over the vocabulary, not its mean.",
            equation,
            part,
            lambda world: 1 / len(world.U),
        )
    )
    found.append(
        _scaled(
            "mean-over-dimension",
            "it is divided by the dimension d: nothing is averaged over a vector's entries.",
            equation,
            part,
            lambda world: 1 / world.U.shape[1],
        )
    )
    return found


def _sign_of_loss(part, equation):
    def results(world):
        return {"loss": -truth(part, world)["loss"]}

    says = "the minus sign in front of the logarithm is lost: a surprise is never negative."
    return Mistake("sign-of-loss", says, equation, results)


def _in_a_window(mistake):
    """The window of pairs that are wrong."""

    def results(world):
        v, pairs, spoilt = world.C[world.c], [], {}
        for o in world.context:
            right = window.pair_of_center(world, o)
            spoilt = mistake.results(replace(world, v=v, o=o))
            if any(np.shape(value) != np.shape(right[key]) for key, value in spoilt.items()):
                return {}  # rows and vectors of other shapes cannot be added up
            # A learner's own loss of a pair has no part in a window with another one.
            pairs.append(right if world.drawn_for else right | spoilt)
        found = window.window(world, pairs)
        return {key: found[key] for key in spoilt}

    return Mistake(mistake.name, mistake.says, mistake.equation, results)


@functools.cache
def mistakes_of(part):
    """The mistakes that are tried in a part.

    Parameters
    ----------
    part : {"a", "b", "c", "d", "e", "f", "sigmoid"}

    Returns
    -------
    tuple of Mistake
        Likely ones first.

    Examples
    --------
    >>> len(mistakes_of("e")) > 30
    True
    """
    if part == "sigmoid":
        return tuple(logistic.MISTAKES)
    if part == "e":
        found = [*sampling.COEFFICIENTS, *sampling.WORDS, *sampling.LOSSES, *sampling.GRADIENTS]
        found += [*sampling.OTHER_LOSSES, _sign_of_loss("e", "45"), *_factors("e", "45")]
        return tuple(found)
    pairs = [*softmax.RESIDUALS, *softmax.LOSSES]
    if part == "f":
        found = [*window.MISTAKES, _sign_of_loss("f", "62")]
        found += map(_in_a_window, [*pairs, *softmax.GRADIENTS])
        found += map(_in_a_window, [_sign_of_loss("d", "8"), *_factors("d", "8")])
        return tuple(found + _factors("f", "62"))
    equation = {"a": "5", "b": "8", "c": "8", "d": "8"}[part]
    found = [*pairs, _sign_of_loss(part, equation), *_factors(part, equation)]
    return tuple(found + ([] if part == "a" else softmax.GRADIENTS))
