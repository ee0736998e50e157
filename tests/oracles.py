"""What several tests compare with: derivatives that share no code with the package."""

import numpy as np

import w2v


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


def sum_over_windows(center, outside, batch, negatives=None):
    """The batch as parts (d) to (f) have it: window by window, pair by pair, in float64."""
    center, outside = center.astype(np.float64), outside.astype(np.float64)
    total, grad_center, grad_outside = 0.0, np.zeros(center.shape), np.zeros(outside.shape)
    for row, center_word in enumerate(batch.center_words.tolist()):
        context_words = batch.context_words[row][batch.inside[row]]
        if not len(context_words):
            continue
        if negatives is None:
            window = w2v.skip_gram(center_word, context_words, center, outside)
        else:
            window = w2v.skip_gram(
                center_word, context_words, center, outside, w2v.negative_sampling, negatives[row]
            )
        total += window[0]
        grad_center += window[1]
        grad_outside += window[2]
    return total, grad_center, grad_outside
