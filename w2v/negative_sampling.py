r"""The logistic function, the negative-sampling loss and its gradients: part (e)."""

import numpy as np

from ._arguments import (
    finite_scores,
    float_array,
    like,
    numbers,
    same_dimension,
    word_index,
    word_indices,
)


def _decay(x):
    """exp(-|x|), which cannot overflow; analytic on each side of 0, for complex step."""
    with np.errstate(under="ignore"):
        return np.exp(np.where(x.real < 0, x, -x))


def sigmoid(x):
    r"""Logistic function :math:`\sigma(x) = 1 / (1 + e^{-x})`, without overflow.

    Its derivative is :math:`\sigma(x)(1 - \sigma(x))`, equation (44), and
    :math:`1 - \sigma(x) = \sigma(-x)`, which is the accurate way to compute it.

    Parameters
    ----------
    x : array_like
        Scores, of any shape.

    Returns
    -------
    ndarray or scalar
        Same shape and dtype as `x` (integers become float64).

    Examples
    --------
    >>> print(sigmoid(0.0))
    0.5
    >>> sigmoid([-800.0, 800.0])
    array([0., 1.])
    """
    x = numbers(x)
    decay = _decay(x)
    return np.where(x.real < 0, decay, 1) / (1 + decay)


def log_sigmoid(x):
    r"""Logarithm of the logistic function, :math:`\log \sigma(x)`, without overflow.

    Parameters
    ----------
    x : array_like
        Scores, of any shape.

    Returns
    -------
    ndarray or scalar
        Same shape and dtype as `x` (integers become float64).

    Examples
    --------
    >>> log_sigmoid([-800.0, 800.0])
    array([-800.,    0.])
    """
    x = numbers(x)
    return np.where(x.real < 0, x, 0) - np.log1p(_decay(x))


def negative_sampling(center_vector, outside_word, outside, negatives):
    r"""Negative-sampling loss of one pair of words, and its gradients: part (e).

    With :math:`w_1, \dots, w_K` the negatives, the loss is
    :math:`-\log \sigma(u_o^\top v_c) - \sum_s \log \sigma(-u_{w_s}^\top v_c)`.

    A word may be drawn several times, and may be :math:`o` itself. The row of word
    :math:`x` then receives the sum of its shares, the general law

    .. math:: \frac{\partial J}{\partial u_x}
              = \bigl[n_x \sigma(u_x^\top v_c) - \delta_{xo} \sigma(-u_o^\top v_c)\bigr] v_c,

    with :math:`n_x` the number of times that :math:`x` is among the negatives.
    Equations (55) and (61) are its special cases for distinct negatives other than o.

    Parameters
    ----------
    center_vector : array_like, shape (d,)
        The vector :math:`v_c` of the centre word.
    outside_word : int
        Index :math:`o` of the outside word that was observed.
    outside : array_like, shape (V, d)
        The outside vectors, one in each row: :math:`U^\top`.
    negatives : array_like of int, shape (K,)
        Indices of the negative words.

    Returns
    -------
    loss : float
        In nats: equation (45).
    grad_center : ndarray, shape (d,)
        Equation (49). Same dtype as `center_vector`.
    grad_outside : ndarray, shape (V, d)
        The law above; rows of words that take no part are zero. Same dtype as `outside`.

    Raises
    ------
    IndexError
        If a word is not a row of `outside`.
    TypeError
        If an argument does not hold numbers, or words are not integers.
    ValueError
        If shapes do not fit together, `negatives` is empty, or an entry is NaN or infinite.

    Examples
    --------
    All scores are 0, so every logistic is 1/2; word 2 is drawn twice:

    >>> loss, grad_center, grad_outside = negative_sampling(
    ...     [1.0], 0, [[0.0], [0.0], [0.0]], negatives=[2, 2]
    ... )
    >>> grad_outside
    array([[-0.5],
           [ 0. ],
           [ 1. ]])
    """
    center_vector = float_array("center_vector", center_vector, 1)
    outside = float_array("outside", outside, 2)
    same_dimension(center_vector, outside)
    outside_word = word_index("outside_word", outside_word, len(outside))
    negatives = word_indices("negatives", negatives, len(outside))

    words = np.concatenate([[outside_word], negatives])  # (K+1,)
    vectors = outside[words]  # (K+1, d)
    signs = np.full(len(words), -1, dtype=vectors.dtype)
    signs[0] = 1  # + for the observed word, - for the negatives
    scores = signs * (vectors @ center_vector)  # (K+1,)
    finite_scores(scores)
    loss = (0 - log_sigmoid(scores).sum()).item()  # (45)
    residual = -signs * sigmoid(-scores)  # (K+1,), sigma(score) - label
    grad_center = residual @ vectors  # (K+1,) @ (K+1, d) -> (d,), (49)
    grad_outside = np.zeros(outside.shape, dtype=np.result_type(residual, center_vector))
    # `grad_outside[words] += ...` would keep only the last of a word's repeats.
    np.add.at(grad_outside, words, np.outer(residual, center_vector))  # (61*)
    return loss, like(grad_center, center_vector), like(grad_outside, outside)
