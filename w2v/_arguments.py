"""Checks on arguments, so that a mistake is answered with its name and what to do."""

import operator

import numpy as np


def numbers(value):
    """`value` as an array of floating-point or complex numbers; integers become float64."""
    array = np.asarray(value)
    return array.astype(np.float64) if array.dtype.kind in "biu" else array


def float_array(name, value, dimensions):
    """`value` as a floating-point array with the given number of dimensions.

    Integers become float64; float32, float64 and complex numbers (which the
    complex-step derivative needs) keep their type. NaN and infinity are refused.
    """
    array = numbers(value)
    if array.dtype.kind not in "fc":
        raise TypeError(f"`{name}` must hold numbers, but its dtype is {array.dtype}")
    if array.ndim != dimensions:
        expected = {1: "one dimension, like (d,)", 2: "two dimensions, like (V, d)"}[dimensions]
        raise ValueError(f"`{name}` must have {expected}, but its shape is {array.shape}")
    if array.size == 0:
        raise ValueError(f"`{name}` is empty: its shape is {array.shape}")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = ", ".join(map(str, at))
        raise ValueError(f"`{name}[{where}]` is {array[at]}: every entry must be finite")
    return array


def word_index(name, value, size, table="outside"):
    """`value` as an int that is a row of a table of `size` rows."""
    try:
        index = operator.index(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must be the index of a word, an integer, but it is {value!r}"
        ) from None
    if not 0 <= index < size:
        raise IndexError(
            f"`{name}` is {index}, but `{table}` has {size} rows: words are 0 to {size - 1}"
        )
    return index


def word_indices(name, value, size, table="outside"):
    """`value` as a one-dimensional integer array, every entry a row of the table."""
    array = np.asarray(value)
    if array.ndim != 1:
        raise ValueError(f"`{name}` must have one dimension, but its shape is {array.shape}")
    if array.size == 0:
        raise ValueError(f"`{name}` is empty: at least one word is needed")
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"`{name}` must hold indices of words, integers, but its dtype is {array.dtype}"
        )
    outliers = (array < 0) | (array >= size)
    if outliers.any():
        position = int(np.argmax(outliers))
        raise IndexError(
            f"`{name}[{position}]` is {array[position]}, "
            f"but `{table}` has {size} rows: words are 0 to {size - 1}"
        )
    return array


def same_dimension(center_vector, outside):
    """Refuse a vector and a table whose vectors have different lengths."""
    if outside.shape[1] != center_vector.shape[0]:
        transposed = (
            "; it looks transposed: words are its rows"
            if outside.shape[0] == center_vector.shape[0]
            else ""
        )
        raise ValueError(
            f"`center_vector` has {center_vector.shape[0]} entries, but the rows of `outside`, "
            f"of shape {outside.shape}, have {outside.shape[1]}{transposed}"
        )


def finite_scores(scores):
    """Refuse scores that overflowed; the arrays they come from are known to be finite."""
    if not np.isfinite(scores).all():
        raise ValueError(
            f"the scores overflow {scores.dtype}: `center_vector` and `outside` are too large"
        )


def like(gradient, variable):
    """`gradient` in the dtype of its variable (complex stays, for complex step)."""
    return gradient if gradient.dtype.kind == "c" else gradient.astype(variable.dtype, copy=False)
