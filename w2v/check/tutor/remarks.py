"""What is fragile in a function that is right."""

from dataclasses import replace

import numpy as np

from .compare import EXACT, as_text, capital, close, first_not_finite, matches, rights_of
from .outputs import NAMES
from .trial import Failure, as_drawn
from .worlds import EXTREME, truth


def remarks_on(trial, worlds, found, judged):
    """What is fragile in a function that is right: names and sentences."""
    remarks = {
        "overflow": _on_extremes(trial, judged),
        "precision": _on_precision(trial, worlds, found, judged),
        "dtype": _on_float32(trial, worlds[0], judged),
        "integers": _on_integers(trial, worlds[0], judged),
        "axes": "A shape has an axis of length 1 too many or too few: (d, 1) is not (d,), and "
        "broadcasts to a matrix next to it."
        if trial.axes
        else "",
        "upright": "It takes the centre vector as a column, (d, 1), and not as (d,)."
        if trial.convention.upright
        else "",
        "listed": "It takes the words as a list only, and not as an array: `[o] + words` adds o to "
        "every entry of an array."
        if trial.convention.listed
        else "",
        "prints": _on_prints(trial),
        "outside": _on_outside(trial, worlds, found),
    }
    kept = {name: text for name, text in remarks.items() if text}
    return tuple(kept), tuple(kept.values())


_STABLE = {
    "b": "Subtract the largest score first: see equation (8), in b_center_vector.ipynb.",
    "e": "-log sigma(x) is `np.logaddexp(0, -x)`, and for x < 0, sigma(x) is exp(x)/(1 + exp(x)).",
}


def _on_extremes(trial, judged):
    if "y_hat" in trial.signature.roles:
        return ""  # the probabilities themselves have underflowed there
    for world in EXTREME[trial.part]:
        if trial.part == "e" and "dataset" in trial.signature.roles:
            world = as_drawn(world)
        right = truth(trial.part, world)
        where = "At scores of 800 and -800"
        try:
            outputs, _ = trial.call(world)
        except Failure as failure:
            return f"{where}, where all is finite, it fails. {failure.message}"
        for name in judged:
            value = outputs[name]
            if close(value, right[name]):
                continue
            if np.isfinite(value).all():
                given = f"{NAMES[name]} is {as_text(value)} instead of {as_text(right[name])}"
                cure = _STABLE["e" if trial.part in ("e", "sigmoid") else "b"]
                return (
                    f"{where} {given}: a small number inside log, or a limit, cuts it off. {cure}"
                )
            given = f"{NAMES[name]} is {first_not_finite(value)}, though it is finite"
            cure = _STABLE["e" if trial.part in ("e", "sigmoid") else "b"]
            return f"{where} {given}: an exponential overflows, or log(0) is taken. {cure}"
    return ""


def _on_precision(trial, worlds, found, judged):
    for one, right in zip(found, rights_of(trial, worlds), strict=True):
        for name in judged:
            if not close(one[name], right[name], EXACT):
                digits = round(-np.log10(np.abs(one[name] - right[name]).max()))
                return (
                    f"{capital(NAMES[name])} is right to about {digits} digits only: is a small "
                    "number added inside a logarithm or below a fraction line, or something "
                    "rounded?"
                )
    return ""


def _on_float32(trial, world, judged):
    if "y_hat" in trial.signature.roles:
        return ""
    try:
        outputs, result = trial.call(world, np.float32)
    except Failure as failure:
        return f"With arrays of float32 it fails. {failure.message}"
    right = truth(trial.part, world)
    if not all(close(outputs[name], right[name], 1e-3) for name in judged):
        return "With arrays of float32 its results are wrong."
    arrays = result if isinstance(result, tuple | list) else [result]
    wide = [a for a in arrays if isinstance(a, np.ndarray) and a.ndim and a.dtype == np.float64]
    if not wide:
        return ""
    return (
        "It is given float32 and returns float64, twice the memory: `np.zeros(shape)` is float64, "
        "`np.zeros_like(table)` is like the table."
    )


def _on_integers(trial, world, judged):
    """Tables of integers: `zeros_like` of one cuts off what is written into it."""
    if trial.part == "sigmoid" or "y_hat" in trial.signature.roles:
        return ""
    C = None if world.C is None else np.rint(2 * world.C)
    v = np.rint(2 * world.v) if C is None else C[world.c]
    world = replace(world, U=np.rint(2 * world.U), v=v, C=C)
    try:
        outputs, _ = trial.call(world, np.int64)
    except Failure:
        return ""  # an error is no trap
    right = truth(trial.part, world)
    if all(close(outputs[name], right[name]) for name in judged):
        return ""
    return (
        "With arrays of integers its results are cut off: `np.zeros_like(table)` holds integers "
        "then. Give it `dtype=float`."
    )


def _on_prints(trial):
    if not trial.printed:
        return ""
    first = trial.printed.strip().splitlines()[:1] or [""]
    return f"It prints (“{first[0][:40]}”): training would call it a million times."


def _on_outside(trial, worlds, found):
    """Part (b) does not ask for the table; if it is there and wrong, parts (c) and (d) tell."""
    if trial.part != "b" or "outside" not in found[0]:
        return ""
    if matches(found, rights_of(trial, worlds), "outside"):
        return ""
    return 'The outside vectors\' gradient is not right yet: `check("d", ...)` tells more.'
