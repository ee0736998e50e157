"""The smallest world in which a mistake can be seen."""

import itertools

import numpy as np

from .compare import as_text, close, results_of
from .outputs import NAMES
from .trial import Failure, Hang, as_given, small_worlds_of
from .worlds import truth


def witness(trial, worlds, groups, left):
    """Lines that show the smallest example in which everything wrong can be seen."""
    wanted = [name for names, _ in groups for name in names] + left
    expected = {name: several for names, several in groups for name in names}
    shown = None
    for world in itertools.chain(small_worlds_of(trial), worlds[:1]):
        try:
            found, _ = trial.call(world)
        except Hang:
            raise
        except Failure:
            continue
        right = truth(trial.part, world)
        differ = [name for name in wanted if not close(found.get(name), right[name], 1e-3)]
        if not differ or not all(np.isfinite(right[name]).all() for name in differ):
            continue
        fits = all(_fits(expected.get(name), found, world, name) for name in differ)
        if fits and (shown is None or len(differ) > len(shown[3])):
            shown = world, found, right, differ
        if shown and len(shown[3]) == len(wanted):
            break
    if shown is None:
        return []
    world, found, right, differ = shown
    lines = [f"With {_arguments(trial, world)}"]
    for name in differ:
        value, expected = as_given(trial, found[name]), as_given(trial, right[name])
        lines.append(f"  {NAMES[name]} is {as_text(expected)}, yours {as_text(value)}.")
    return lines


def _fits(several, found, world, name):
    """Whether a named mistake gives this result here, too, so far as one can tell."""
    if several is None or len(several) > 1:
        return True
    results = results_of(several[0], world)
    return name in results and close(found.get(name), results[name])


def _arguments(trial, world):
    """The learner's own arguments, in small numbers."""
    values, parts = trial.values(world), []
    for name, role in zip(trial.signature.names, trial.signature.roles, strict=True):
        if role == "dataset" and trial.part == "e":
            drawn = ", ".join(map(str, world.draws))
            parts.append(f"{name} drawing {drawn}, and again")
        elif role in ("o", "c", "K", "window"):
            parts.append(f"{name} = {values[role]}")
        elif role == "token":
            parts.append(f"{name} = {values[role]!r}")
        elif role == "tokens":
            parts.append(f"{name} = {values[role]}")
        elif role in ("v", "U", "C", "scores", "negatives", "context", "y", "y_hat", "x"):
            parts.append(f"{name} = {as_text(values[role])}")
        elif role == "pair_loss" and world.drawn_for:
            parts.append(f"{name} = negative sampling")
    return ", ".join(parts) + ":"
