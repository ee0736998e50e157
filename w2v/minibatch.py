r"""Skip-gram by minibatches of windows, straight from parts (d), (e) and (f).

This is the trainer to read, for both losses. `w2v.banded` computes the same sums for
negative sampling ten times faster, and the tests compare the two.

Both losses have one shape. A batch of B windows has a residual matrix :math:`G` of
B rows, one for each centre word, with an entry for every word that takes part:
:math:`\hat y - y` for the softmax, :math:`\sigma(\text{score}) - \text{label}` for negative
sampling, each summed over the pairs of the window. Then, with words as rows,

- the centre vectors' gradients are :math:`G U^\top`: equation (18), or (49);
- the outside vectors' gradient is :math:`G^\top V_c`: equation (42), or (55) and (61).

For the softmax :math:`G` is dense. For negative sampling it is sparse, and a word that
occurs several times in a row of it is summed by the matrix product itself.
"""

from typing import NamedTuple

import numpy as np

from .negative_sampling import log_sigmoid, sigmoid
from .softmax import log_softmax


class Batch(NamedTuple):
    """B windows as rectangular arrays.

    Attributes
    ----------
    center_words : ndarray of int32, shape (B,)
    context_words : ndarray of int32, shape (B, 2m)
    inside : ndarray of bool, shape (B, 2m)
        Which of the context words belong to the window; the others are filling.
    """

    center_words: np.ndarray
    context_words: np.ndarray
    inside: np.ndarray


class RowGradient(NamedTuple):
    """Gradient of some rows of a table, each named once.

    Attributes
    ----------
    words : ndarray of int, shape (R,)
    gradient : ndarray, shape (R, d)
    curvature : ndarray, shape (R,)
        Upper estimate of the loss's second derivative along each row. Vectors shorter
        than 1 count as 1 in it, since they are about to grow.
    """

    words: np.ndarray
    gradient: np.ndarray
    curvature: np.ndarray


def batches(tokens, documents, window, batch_size, rng):
    """All windows of a text in random order, `batch_size` at a time.

    Parameters
    ----------
    tokens, documents : ndarray of int32, shape (T,)
        As `Vocabulary.encode` returns them.
    window : int
        Largest radius m; each window draws its own from 1 to m.
    batch_size : int
        Number B of windows in a batch; the last batch may have fewer.
    rng : numpy.random.Generator

    Yields
    ------
    Batch

    Examples
    --------
    >>> tokens, documents = np.array([7, 8, 9]), np.array([0, 0, 1])
    >>> batch = next(batches(tokens, documents, 1, 3, np.random.default_rng(0)))
    >>> for word, others, inside in sorted(zip(*(part.tolist() for part in batch))):
    ...     print(word, [other for other, is_inside in zip(others, inside) if is_inside])
    7 [8]
    8 [7]
    9 []
    """
    offsets = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])  # (2m,)
    radius = rng.integers(1, window + 1, size=len(tokens))
    order = rng.permutation(len(tokens))
    for start in range(0, len(tokens), batch_size):
        positions = order[start : start + batch_size]  # (B,)
        places = positions[:, None] + offsets  # (B, 2m)
        inside = (
            (places >= 0) & (places < len(tokens)) & (np.abs(offsets) <= radius[positions][:, None])
        )
        places = np.clip(places, 0, len(tokens) - 1)
        inside &= documents[places] == documents[positions][:, None]
        yield Batch(tokens[positions], tokens[places], inside)


def naive_softmax_gradients(center, outside, batch):
    r"""Loss of a batch under the naive softmax, and the gradients of both tables.

    Parameters
    ----------
    center, outside : ndarray, shape (V, d)
    batch : Batch

    Returns
    -------
    loss : float
        Sum over all pairs, in nats.
    center_gradient, outside_gradient : RowGradient
    """
    vectors = center[batch.center_words]  # (B, d)
    shape = len(vectors), len(outside)  # (B, V)
    observed = np.zeros(shape, dtype=center.dtype)  # how often in the window
    rows = np.nonzero(batch.inside)[0]
    np.add.at(observed, (rows, batch.context_words[batch.inside]), 1)
    pairs = batch.inside.sum(axis=1, dtype=center.dtype)  # (B,)

    scores = vectors @ outside.T  # (B, d) @ (d, V) -> (B, V)
    log_probabilities = log_softmax(scores)
    loss = -(observed * log_probabilities).sum(dtype=np.float64).item()
    with np.errstate(under="ignore"):
        expected = pairs[:, None] * np.exp(log_probabilities)  # (B, V)
    residual = expected - observed  # (B, V), y_hat - y summed over the pairs

    # The Hessian by the scores, diag(y_hat) - y_hat y_hat^T, lies below
    # y_hat, word by word. Where more was observed, y_hat is about to rise.
    share = np.maximum(expected, observed)  # (B, V)
    center_gradient = _by_word(
        batch.center_words,
        residual @ outside,  # (B, V) @ (V, d) -> (B, d), (18)
        share @ _squared_lengths(outside),
    )
    outside_gradient = RowGradient(
        np.arange(len(outside)),
        residual.T @ vectors,  # (V, B) @ (B, d) -> (V, d), (42)
        share.T @ _squared_lengths(vectors),
    )
    return loss, center_gradient, outside_gradient


def negative_sampling_gradients(center, outside, batch, negatives):
    r"""Loss of a batch under negative sampling, and the gradients of both tables.

    Parameters
    ----------
    center, outside : ndarray, shape (V, d)
    batch : Batch
    negatives : ndarray of int, shape (B, K)
        The negatives of each window, shared by its pairs.

    Returns
    -------
    loss : float
        Sum over all pairs, in nats.
    center_gradient, outside_gradient : RowGradient
    """
    from scipy.sparse import csr_array  # here, to keep `import w2v` fast

    words = np.concatenate([batch.context_words, negatives], axis=1)  # (B, 2m+K)
    windows, width = words.shape
    signs = np.ones(width, dtype=center.dtype)
    signs[-negatives.shape[1] :] = -1
    # How often each score stands in the loss: a context word once if it is inside, a
    # negative once for each pair of its window.
    pairs = batch.inside.sum(axis=1, dtype=center.dtype)  # (B,)
    repeats = np.concatenate(
        [batch.inside.astype(center.dtype), np.repeat(pairs[:, None], negatives.shape[1], 1)],
        axis=1,
    )  # (B, 2m+K)

    rows, columns = np.unique(words, return_inverse=True)  # R words take part
    columns = columns.reshape(words.shape)
    vectors = center[batch.center_words]  # (B, d)
    taking_part = outside[rows]  # (R, d)
    scores = signs * np.einsum("bwd,bd->bw", taking_part[columns], vectors)  # (B, 2m+K)
    loss = -(repeats * log_sigmoid(scores)).sum(dtype=np.float64).item()  # (45)
    residual = csr_array(
        (
            (-signs * repeats * sigmoid(-scores)).ravel(),
            columns.ravel(),
            np.arange(windows + 1) * width,
        ),
        shape=(windows, len(rows)),
    )
    share = repeats / 4  # sigma(1 - sigma) is 1/4 at most
    center_gradient = _by_word(
        batch.center_words,
        residual @ taking_part,  # (B, R) @ (R, d) -> (B, d), (49)
        (share * _squared_lengths(taking_part)[columns]).sum(axis=1),
    )
    outside_gradient = RowGradient(
        rows,
        residual.T @ vectors,  # (R, B) @ (B, d) -> (R, d), (55) and (61)
        np.bincount(
            columns.ravel(),
            weights=(share * _squared_lengths(vectors)[:, None]).ravel(),
            minlength=len(rows),
        ),
    )
    return loss, center_gradient, outside_gradient


def _squared_lengths(vectors):
    """Squared lengths of rows, at least 1."""
    return np.maximum(np.einsum("rd,rd->r", vectors, vectors), 1)


def _by_word(words, gradient, curvature):
    """Add up the rows that belong to the same word."""
    from scipy.sparse import csr_array

    rows, columns = np.unique(words, return_inverse=True)
    one_hot = csr_array(
        (np.ones(len(words), gradient.dtype), columns, np.arange(len(words) + 1)),
        shape=(len(words), len(rows)),
    )
    return RowGradient(rows, one_hot.T @ gradient, one_hot.T @ curvature)


def descend(table, row_gradient, learning_rate, row_limit=np.inf):
    """Move rows of a table against their gradient, in place.

    The step of a row is the learning rate, or `row_limit` / curvature where that is
    shorter.

    Parameters
    ----------
    table : ndarray, shape (V, d)
        Changed in place.
    row_gradient : RowGradient
        Each word once, so that plain indexing loses nothing.
    learning_rate, row_limit : float

    Examples
    --------
    >>> table = np.zeros((2, 1))
    >>> descend(table, RowGradient(np.array([1]), np.array([[4.0]]), np.array([2])), 0.5)
    >>> table.ravel()
    array([ 0., -2.])
    """
    words, gradient, curvature = row_gradient
    # learning_rate / max(1, learning_rate * curvature / row_limit), without a division by 0
    step = learning_rate / np.maximum(1, curvature * (learning_rate / row_limit))
    table[words] -= step[:, None].astype(table.dtype) * gradient


class MinibatchLearner:
    """Gradient descent over minibatches of windows.

    Parameters
    ----------
    center, outside : ndarray, shape (V, d)
        The tables; `learn` changes them in place.
    keep : ndarray, shape (V + 1,)
        With which probability an occurrence of each word is kept; the last entry, 1, is
        for the end of a document.
    noise : ndarray, shape (V,)
        Probability of each word to be drawn as a negative.
    settings : Settings

    Examples
    --------
    >>> from w2v import Settings
    >>> center, outside = np.ones((2, 1)), np.zeros((2, 1))
    >>> learner = MinibatchLearner(center, outside, np.ones(3), np.full(2, 0.5), Settings())
    >>> tokens, rng = np.array([0, 1, -1]), np.random.default_rng(0)
    >>> for share, loss, pairs in learner.learn(tokens, rng, lambda share: 0.1):
    ...     print(share, round(loss / pairs, 3))
    1.0 4.159
    """

    def __init__(self, center, outside, keep, noise, settings):
        self.center, self.outside, self.keep, self.settings = center, outside, keep, settings
        self.noise = np.cumsum(noise) / noise.sum()

    @staticmethod
    def piece_length(tokens, workers):
        """All of them: a batch takes windows from anywhere in the text."""
        return tokens

    def learn(self, tokens, rng, learning_rate, after=0.0):
        """Read a piece of text once.

        Parameters
        ----------
        tokens : ndarray of int32, shape (T,)
            Indices of words; a negative number ends a document.
        rng : numpy.random.Generator
        learning_rate : callable
            Of the share of the piece that has been read.
        after : float
            Share that was read before, as it was yielded then: with a generator in the
            state of that time, what follows is the same to the last bit.

        Yields
        ------
        share : float
            Of the piece that has been read.
        loss, pairs : float
            Summed loss of pairs, each before the step that learns from it, and their number,
            since the last time.
        """
        settings = self.settings
        kept = tokens[rng.random(len(tokens), dtype=np.float32) < self.keep[tokens]]
        documents = np.cumsum(kept < 0, dtype=np.int32)[kept >= 0]
        kept = kept[kept >= 0]
        read, before = 0, round(after * len(kept))
        for batch in batches(kept, documents, settings.window, settings.batch_size, rng):
            rate = learning_rate(read / len(kept))
            if settings.loss == "negative_sampling":
                draws = rng.random((len(batch.center_words), settings.negatives))
            if read < before:  # its random numbers had to be drawn again all the same
                read += len(batch.center_words)
                continue
            if settings.loss == "naive_softmax":
                gradients = naive_softmax_gradients(self.center, self.outside, batch)
            else:
                negatives = np.searchsorted(self.noise, draws, side="right")
                gradients = negative_sampling_gradients(self.center, self.outside, batch, negatives)
            loss, center_gradient, outside_gradient = gradients
            descend(self.center, center_gradient, rate, settings.row_limit)
            descend(self.outside, outside_gradient, rate, settings.row_limit)
            read += len(batch.center_words)
            yield read / len(kept), loss, int(batch.inside.sum())
