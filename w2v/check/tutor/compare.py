"""Compare results with what is right, and put numbers into sentences."""

import functools

import numpy as np

from .worlds import truth

EXACT, ROUNDED = 1e-8, 1e-5  # relative: full precision, and nearly right


def close(found, expected, tolerance=ROUNDED):
    """Whether two results have one shape, and the same values to a relative tolerance.

    Examples
    --------
    >>> close([1.0, np.nan], [1.0 + 1e-9, np.nan]), close([1.0], 1.0), close(None, 1.0)
    (True, False, False)
    """
    if found is None:
        return False
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return False
    with np.errstate(all="ignore"):
        finite = expected[np.isfinite(expected)]
        scale = max(1.0, np.abs(finite).max(initial=0))
        return np.allclose(found, expected, rtol=tolerance, atol=tolerance * scale, equal_nan=True)


def matches(found, expected, name):
    """Whether a result is the expected one in all worlds."""
    return all(
        name in one and name in other and close(one[name], other[name])
        for one, other in zip(found, expected, strict=True)
    )


def rights_of(trial, worlds):
    """What is right in each world."""
    return [truth(trial.part, world) for world in worlds]


@functools.lru_cache(maxsize=4096)
def results_of(mistake, world):
    """What a mistake gives in a world: results by name."""
    with np.errstate(all="ignore"):
        found = mistake.results(world)
    return {name: np.asarray(value, float) for name, value in found.items()}


def first_not_finite(value):
    """Name the first entry that is infinite or no number."""
    return str(value[~np.isfinite(value)][0])


def as_text(value):
    """Write numbers to four digits, arrays as lists.

    Examples
    --------
    >>> as_text(np.array([[1.0, -0.0], [1 / 3, 800.0]]))
    '[[1, 0], [0.3333, 800]]'
    """
    array = np.asarray(value)
    if array.ndim == 0:
        text = f"{float(array):.4g}"
        return "0" if text == "-0" else text
    return f"[{', '.join(as_text(each) for each in array)}]"


def join(names):
    """Enumerate names.

    Examples
    --------
    >>> join(["loss"]), join(["a", "b", "c"])
    ('loss', 'a, b and c')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def capital(text):
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]
