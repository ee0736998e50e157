r"""The skip-gram model, a window of pairs over either loss: part (f)."""

import numpy as np

from ._arguments import float_array, like, word_index, word_indices
from .negative_sampling import negative_sampling
from .softmax import naive_softmax


def context(tokens, position, window):
    """The words around a position, at most `window` to each side.

    Parameters
    ----------
    tokens : sequence of length T
        Words, or their indices.
    position : int
        Place of the centre word, 0 to T - 1.
    window : int
        How far to look, :math:`m` in the derivation, at least 1.

    Returns
    -------
    list
        The outside words from left to right, without the centre word.

    Raises
    ------
    IndexError
        If `position` is not a place in `tokens`.
    ValueError
        If `window` is less than 1.

    Examples
    --------
    >>> context("the cat sat on the mat".split(), 2, window=2)
    ['the', 'cat', 'on', 'the']
    >>> context("the cat sat".split(), 0, window=2)
    ['cat', 'sat']
    """
    if window < 1:
        raise ValueError(f"`window` must be at least 1, but it is {window}")
    position = word_index("position", position, len(tokens), table="tokens")
    before = tokens[max(0, position - window) : position]
    after = tokens[position + 1 : position + 1 + window]
    return [*before, *after]


def skip_gram(center_word, context_words, center, outside, pair_loss=naive_softmax, negatives=None):
    r"""Loss of one window, the sum over its pairs, and its gradients: part (f).

    Parameters
    ----------
    center_word : int
        Index :math:`c` of the word in the middle.
    context_words : array_like of int, shape (2m,)
        Indices of the words around it; repeats count as often as they stand there.
        Fewer than 2m at the edge of a text.
    center : array_like, shape (V, d)
        The centre vectors, one in each row.
    outside : array_like, shape (V, d)
        The outside vectors, one in each row.
    pair_loss : callable
        `naive_softmax`, `negative_sampling`, or any function that takes
        ``(center_vector, outside_word, outside)`` and returns their three results.
    negatives : array_like of int or callable, optional
        For `negative_sampling`: given negatives, of shape (2m, K) with a row for each
        context word or (K,) shared by all of them; or drawn ones, a function
        that takes the outside word and returns an array of shape (K,).

    Returns
    -------
    loss : float
        The sum of the pairs' losses, in nats.
    grad_center : ndarray, shape (V, d)
        Zero but in row `center_word`: equations (63) and (64). Same dtype as `center`.
    grad_outside : ndarray, shape (V, d)
        Equation (62), transposed. Same dtype as `outside`.

    Raises
    ------
    IndexError
        If a word is not a row of its table.
    TypeError
        If `negatives` is missing for `negative_sampling`.
    ValueError
        If shapes do not fit together, or `context_words` is empty.

    Examples
    --------
    A window of two equal words counts twice:

    >>> center, outside = np.ones((3, 2)), np.zeros((3, 2))
    >>> loss, grad_center, grad_outside = skip_gram(0, [1, 1], center, outside)
    >>> bool(np.isclose(loss, 2 * np.log(3)))
    True
    >>> loss, grad_center, grad_outside = skip_gram(
    ...     0, [1, 1], center, outside, negative_sampling, negatives=[[2, 2], [0, 2]]
    ... )
    >>> bool(np.isclose(loss, 2 * 3 * np.log(2)))
    True
    """
    center = float_array("center", center, 2)
    outside = float_array("outside", outside, 2)
    center_word = word_index("center_word", center_word, len(center), table="center")
    context_words = word_indices("context_words", context_words, len(outside))
    draw = _drawer(negatives, len(context_words))
    if pair_loss is negative_sampling and negatives is None:
        raise TypeError(
            "`negative_sampling` needs `negatives`: an array of shape (K,) or "
            f"({len(context_words)}, K), or a function that draws them"
        )

    loss = 0.0
    grad_center = np.zeros(center.shape, np.result_type(center, outside))
    grad_outside = np.zeros(outside.shape, np.result_type(center, outside))
    for position, outside_word in enumerate(context_words.tolist()):
        pair_loss_here, grad_vector, grad_table = pair_loss(
            center[center_word], outside_word, outside, *draw(position, outside_word)
        )
        loss += pair_loss_here
        grad_center[center_word] += grad_vector  # (63); the other rows stay 0, (64)
        grad_outside += grad_table  # (62)
    return loss, like(grad_center, center), like(grad_outside, outside)


def _drawer(negatives, pairs):
    """A function of (position, outside word) that gives the pair's extra arguments."""
    if negatives is None:
        return lambda position, outside_word: ()
    if callable(negatives):
        return lambda position, outside_word: (negatives(outside_word),)
    given = np.asarray(negatives)
    if given.ndim == 1:
        return lambda position, outside_word: (given,)
    if given.ndim != 2 or len(given) != pairs:
        raise ValueError(
            f"`negatives` must have shape (K,) or ({pairs}, K), one row for each context word, "
            f"but its shape is {given.shape}"
        )
    return lambda position, outside_word: (given[position],)
