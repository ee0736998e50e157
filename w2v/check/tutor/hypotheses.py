"""Which known mistakes give what a function gives."""

from dataclasses import replace

import numpy as np

from .compare import matches, results_of
from .mistakes import Mistake, mistakes_of


def candidates_of(trial, worlds, found, name):
    """Find the mistakes that give a result in all worlds.

    Parameters
    ----------
    trial : Trial
    worlds : sequence of World
    found : list of dict
        What the function gave in each of them.
    name : str
        Of the result.

    Returns
    -------
    list of tuple of Mistake
        Single mistakes; or, if there are none, one pair of mistakes made together.
    """
    return _single(trial, worlds, found, name) or _two(trial, worlds, found, name)


def _single(trial, worlds, found, name):
    return [
        (mistake,)
        for mistake in mistakes_of(trial.part)
        if matches(found, [results_of(mistake, world) for world in worlds], name)
        and not _says_nothing(found, name)
    ]


def _says_nothing(found, name):
    """Whether a result is infinite or no number everywhere, which fits too much."""
    return not any(np.isfinite(one[name]).any() for one in found)


_TWISTS = [
    Mistake("sign", "every sign is turned round.", "18", lambda world: -1.0),
    Mistake("doubled", "everything is doubled.", "8", lambda world: 2.0),
    Mistake("halved", "everything is halved.", "8", lambda world: 0.5),
    Mistake("base-2", "the logarithm is to the base 2.", "8", lambda world: 1 / np.log(2)),
    Mistake(
        "mean-over-vocabulary",
        "it is divided by the number of words.",
        "5",
        lambda world: 1 / len(world.U),
    ),
    Mistake(
        "mean-of-negatives",
        "it is divided by the number K of negatives.",
        "45",
        lambda world: 1 / max(1, len(world.negatives)),
    ),
    Mistake(
        "mean-of-the-window",
        "it is divided by the number of pairs.",
        "62",
        lambda world: 1 / max(1, len(world.context)),
    ),
]


def _two(trial, worlds, found, name):
    """A mistake, and its results multiplied or transposed besides."""
    for twist in _TWISTS:
        untwisted = [
            one | {name: one[name] / twist.results(world)}
            for one, world in zip(found, worlds, strict=True)
        ]
        for (mistake,) in _single(trial, worlds, untwisted, name):
            return [(mistake, _placed(twist, mistake))]
    turned = [one | {name: one[name].T} for one in found]
    if found[0][name].ndim == 2:
        transposed = [each for each in mistakes_of(trial.part) if each.name == "transposed"]
        for (mistake,) in _single(trial, worlds, turned, name):
            return [(mistake, *transposed[:1])]
    return []


def _placed(twist, mistake):
    """A twist enters where the mistake does, as far as anybody can tell."""
    return replace(twist, equation=mistake.equation)


def grouped(candidates, world):
    """Results that one mistake explains together, the most first.

    Of two that explain as much the one is taken that would spoil less besides.
    """
    open_names = [name for name, choices in candidates.items() if choices]
    groups = []
    while open_names:
        choices = [several for name in open_names for several in candidates[name]]

        def explains(several, names=tuple(open_names)):
            wanted = [each.name for each in several]
            return [
                name
                for name in names
                if any([each.name for each in other] == wanted for other in candidates[name])
            ]

        def besides(several):
            return sum(len(results_of(each, world)) for each in several[:1])

        best = max(choices, key=lambda several: (len(explains(several)), -besides(several)))
        names = explains(best)
        groups.append((names, best))
        open_names = [name for name in open_names if name not in names]
    order = list(candidates)
    return sorted(groups, key=lambda group: order.index(group[0][0]))
