"""What several tests compare with: derivatives that share no code with the package."""

import numpy as np


def derivative(function, x, step=1e-30):
    """Complex step, written apart from `w2v.complex_step`."""
    result = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[index] += 1j * step
        result[index] = function(moved).imag / step
    return result


def assert_close(found, expected, tolerance=1e-12):
    """Equal shapes, and no difference above the tolerance, relative to the largest entry."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    largest = np.abs(expected).max(initial=1)
    assert np.abs(found - expected).max(initial=0) <= tolerance * largest


def read_only(array):
    """The same array, in which nobody can write."""
    array.flags.writeable = False
    return array
