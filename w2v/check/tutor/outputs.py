"""From what a function returned to named arrays, with words in rows."""

from numbers import Real

import numpy as np

#: What each part asks for, and what a function may return besides.
ASKED = {
    "a": ("loss",),
    "b": ("center",),
    "c": ("outside",),
    "d": ("outside",),
    "e": ("loss", "center", "outside"),
    "f": ("loss", "center", "outside"),
    "sigmoid": ("value",),
}
ALL = ("loss", "center", "outside")
NAMES = {
    "loss": "the loss",
    "center": "the centre's gradient",
    "outside": "the outside vectors' gradient",
    "value": "the result",
}


class BadOutput(Exception):
    """What was returned cannot be read; the message says why, and `name` for short."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


def read_outputs(part, result, right, columns):
    """Give names to what a function returned.

    Parameters
    ----------
    part : str
    result : object
        What it returned.
    right : dict of str to ndarray
        What is right, from `worlds.truth`: tells the shapes.
    columns : bool
        Whether the function was given its tables with words in columns.

    Returns
    -------
    dict of str to ndarray, bool
        Results by name, tables with words in rows; and whether a shape differed by axes of
        length one, which are taken off. Other wrong shapes are left as they are.

    Raises
    ------
    BadOutput
        If there are too few results, or they are no numbers.

    Examples
    --------
    >>> right = {"loss": np.zeros(()), "center": np.zeros(3), "outside": np.zeros((4, 3))}
    >>> read_outputs("b", (1.5, np.ones((3, 1))), right, False)
    ({'loss': array(1.5), 'center': array([1., 1., 1.])}, True)
    """
    found = _named(part, result)
    axes, read = False, {}
    for name, value in found.items():
        array = _numbers(NAMES[name], value)
        table = right[name].ndim == 2 and name != "value"
        if columns and table and array.ndim == 2:
            array = array.T
        if array.shape != right[name].shape and _without_ones(array) == _without_ones(right[name]):
            array, axes = array.reshape(right[name].shape), True
        read[name] = array
    if len(read) > 1:
        _check_order(read, right)
    return read, axes


def _named(part, result):
    asked = ASKED[part]
    if isinstance(result, dict):
        raise BadOutput("form", "It returned a dictionary: return the results one by one instead.")
    if not _is_several(result):
        if len(asked) > 1:
            raise BadOutput("form", f"It returned one result, but {_list(asked)} are asked for.")
        return {asked[0]: result}
    if part == "sigmoid":
        raise BadOutput("form", f"It returned {len(result)} results, but one is asked for.")
    if part == "a":
        return {"loss": result[0]}
    if len(result) == 3:
        named = dict(zip(ALL, result, strict=True))
    elif len(result) == 2 and len(asked) == 1:
        named = {"loss": result[0], asked[0]: result[1]}
    else:
        raise BadOutput(
            "form", f"It returned {len(result)} results, but {_list(ALL)} are asked for."
        )
    for name in asked:
        if named[name] is None or named[name] is ...:
            raise BadOutput("form", f"It returned None for {NAMES[name]}.")
    return {name: value for name, value in named.items() if value is not None and value is not ...}


def _is_several(result):
    """Whether it is several results, and not one that was written as a list."""
    if not isinstance(result, tuple | list):
        return False
    if isinstance(result, tuple):
        return not (len(result) > 1 and all(isinstance(each, Real) for each in result))
    shapes = {None if isinstance(each, tuple | list) else np.shape(each) for each in result}
    return len(shapes) > 1


def _numbers(name, value):
    try:
        array = np.asarray(value)
        return array.astype(complex).real if array.dtype.kind == "c" else array.astype(float)
    except (TypeError, ValueError):
        kind = type(value).__name__
        message = f"{name[:1].upper()}{name[1:]} should be numbers, but is a {kind}."
        raise BadOutput("form", message) from None


def _without_ones(array):
    return tuple(size for size in array.shape if size != 1)


def _check_order(read, right):
    """Tell results that were returned in another order than asked for."""
    shapes = {name: array.shape for name, array in read.items()}
    wanted = {name: right[name].shape for name in read}
    if shapes == wanted or len(set(wanted.values())) < len(wanted):
        return
    if sorted(map(str, shapes.values())) == sorted(map(str, wanted.values())):
        raise BadOutput(
            "other-order", f"The results come in another order than {_list(read)}, in this order."
        )


def _list(names):
    names = [NAMES[name] for name in names]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
