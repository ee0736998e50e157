r"""Softmax, cross-entropy and their gradients: parts (a) to (d).

The derivation stores word vectors as the columns of :math:`U`; the code stores
them as the rows of ``outside``, so ``outside`` is :math:`U^\top` and the gradient
with respect to it is the transpose of the derived one.
"""

import numpy as np

from ._arguments import finite_scores, float_array, like, numbers, same_dimension, word_index


def log_softmax(scores):
    r"""Logarithm of the softmax, :math:`z_w - \log \sum_x \exp z_x`.

    The largest score is subtracted first, so that no exponential can overflow.

    Parameters
    ----------
    scores : array_like, shape (..., V)
        One score :math:`z_w = u_w^\top v_c` for each word.

    Returns
    -------
    ndarray, shape (..., V)
        Log-probabilities, in the dtype of `scores` (integers become float64).

    Examples
    --------
    >>> log_softmax([800.0, -800.0])
    array([    0., -1600.])
    """
    scores = numbers(scores)
    # The largest real part: complex scores are let through for complex step.
    shifted = scores - scores.real.max(axis=-1, keepdims=True)
    with np.errstate(under="ignore"):  # exp(-1600) is 0, as it should be
        return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(scores):
    r"""Probabilities :math:`\hat y_w = \exp z_w / \sum_x \exp z_x`.

    Parameters
    ----------
    scores : array_like, shape (..., V)
        One score :math:`z_w = u_w^\top v_c` for each word.

    Returns
    -------
    ndarray, shape (..., V)
        Positive numbers that sum to 1 along the last axis, in the dtype of
        `scores` (integers become float64).

    Examples
    --------
    >>> softmax([0.0, 0.0])
    array([0.5, 0.5])
    >>> softmax([1000.0, 1000.0])        # no overflow
    array([0.5, 0.5])
    """
    scores = numbers(scores)
    with np.errstate(under="ignore"):
        exponentials = np.exp(scores - scores.real.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def cross_entropy(scores, outside_word):
    r"""Loss :math:`-\log \hat y_o` of the softmax of `scores`: equations (5) and (8).

    Parameters
    ----------
    scores : array_like, shape (V,)
        One score for each word of the vocabulary.
    outside_word : int
        Index :math:`o` of the word that was observed.

    Returns
    -------
    float
        The loss in nats; complex if `scores` is complex.

    Raises
    ------
    IndexError
        If `outside_word` is not one of the V words.

    Examples
    --------
    >>> cross_entropy([800.0, -800.0], 1)
    1600.0
    """
    scores = float_array("scores", scores, 1)
    outside_word = word_index("outside_word", outside_word, len(scores), table="scores")
    return (0 - log_softmax(scores)[outside_word]).item()  # `0 -` so that no -0.0 is returned


def naive_softmax(center_vector, outside_word, outside):
    r"""Naive-softmax loss of one pair of words, and its gradients: parts (a) to (d).

    Parameters
    ----------
    center_vector : array_like, shape (d,)
        The vector :math:`v_c` of the centre word.
    outside_word : int
        Index :math:`o` of the outside word that was observed.
    outside : array_like, shape (V, d)
        The outside vectors, one in each row: :math:`U^\top`.

    Returns
    -------
    loss : float
        :math:`-\log \hat y_o`, in nats: equation (8).
    grad_center : ndarray, shape (d,)
        :math:`U(\hat y - y)`: equation (18). Same dtype as `center_vector`.
    grad_outside : ndarray, shape (V, d)
        :math:`(\hat y - y) v_c^\top`: equation (42), transposed. Same dtype as `outside`.

    Raises
    ------
    IndexError
        If `outside_word` is not a row of `outside`.
    TypeError
        If an argument does not hold numbers.
    ValueError
        If shapes do not fit together, or an entry is NaN or infinite.

    Examples
    --------
    Two words of one dimension, both with score 0, so each has probability 1/2:

    >>> loss, grad_center, grad_outside = naive_softmax([3.0], 0, [[0.0], [0.0]])
    >>> grad_outside
    array([[-1.5],
           [ 1.5]])
    """
    center_vector = float_array("center_vector", center_vector, 1)
    outside = float_array("outside", outside, 2)
    same_dimension(center_vector, outside)
    outside_word = word_index("outside_word", outside_word, len(outside))

    scores = outside @ center_vector  # (V, d) @ (d,) -> (V,)
    finite_scores(scores)
    loss = cross_entropy(scores, outside_word)  # (8)
    residual = softmax(scores)
    residual[outside_word] -= 1  # (V,), y_hat - y
    grad_center = residual @ outside  # (V,) @ (V, d) -> (d,), (18)
    grad_outside = np.outer(residual, center_vector)  # (V, d), (42) transposed
    return loss, like(grad_center, center_vector), like(grad_outside, outside)
