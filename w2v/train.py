r"""Training word vectors: skip-gram by minibatches, straight from parts (d), (e) and (f).

Both losses have one shape. A batch of B windows has a residual matrix :math:`G` of
B rows, one for each centre word, with an entry for every word that takes part:
:math:`\hat y - y` for the softmax, :math:`\sigma(\text{score}) - \text{label}` for negative
sampling, each summed over the pairs of the window. Then, with words as rows,

- the centre vectors' gradients are :math:`G U^\top`: equation (18), or (49);
- the outside vectors' gradient is :math:`G^\top V_c`: equation (42), or (55) and (61).

For the softmax :math:`G` is dense. For negative sampling it is sparse, and a word that
occurs several times in a row of it is summed by the matrix product itself.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

from ._progress import progress_bar
from .corpus import Corpus
from .negative_sampling import log_sigmoid, sigmoid
from .softmax import log_softmax
from .vectors import WordVectors
from .vocabulary import Vocabulary

RECORDS_PER_EPOCH = 20  # points of the loss curve


@dataclass(frozen=True)
class Settings:
    """All that determines a training run, apart from the text.

    Parameters
    ----------
    dimension : int
        Length d of the vectors.
    window : int
        Largest distance m of an outside word from its centre word. Each window draws its
        own radius from 1 to m, so that near words count more, as in word2vec.
    negatives : int
        Number K of negative words for each pair. The pairs of one window share them.
    epochs : int
        Passes over the text.
    learning_rate, final_learning_rate : float
        Step for the sum of the pairs' gradients; falls linearly from one to the other.
    min_count : int
        Words that occur less often are left out.
    subsample : float
        Threshold of `Vocabulary.keep_probability`; 0 keeps every word.
    noise_power : float
        Exponent of `Vocabulary.noise`.
    loss : {"negative_sampling", "naive_softmax"}
        The second compares each pair with the whole vocabulary: for small ones.
    batch_size : int
        Windows whose gradients are added before the vectors move.
    row_limit : float
        Longest step of one word's vector in a batch, in units of 1 / curvature of the loss
        along it. The pairs of a batch do not see each other's moves: without a limit, a
        word that takes part in hundreds of them would overshoot. Up to 2 a step cannot, as
        long as the other rows stand still.
    seed : int
        One seed, one result, to the last bit on one machine.
    dtype : {"float32", "float64"}
        Of the vectors.

    Raises
    ------
    TypeError, ValueError
        If a setting is not of its kind or range; the message names it.

    Examples
    --------
    >>> Settings(dimension=50).window
    5
    >>> Settings(window=0)
    Traceback (most recent call last):
    ...
    ValueError: `window` must be at least 1, but it is 0
    """

    dimension: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    learning_rate: float = 0.025
    final_learning_rate: float = 1e-4
    min_count: int = 5
    subsample: float = 1e-3
    noise_power: float = 0.75
    loss: str = "negative_sampling"
    batch_size: int = 512
    row_limit: float = 1.0
    seed: int = 1
    dtype: str = "float32"

    def __post_init__(self):
        for name in ("dimension", "window", "negatives", "epochs", "min_count", "batch_size"):
            self._require(name, Integral, "an integer")
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` must be at least 1, but it is {getattr(self, name)}")
        self._require("seed", Integral, "an integer")
        if self.seed < 0:
            raise ValueError(f"`seed` must be at least 0, but it is {self.seed}")
        for name in ("learning_rate", "final_learning_rate", "row_limit"):
            self._require(name, Real, "a number")
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"`{name}` must be positive, but it is {getattr(self, name)}")
        for name in ("subsample", "noise_power"):
            self._require(name, Real, "a number")
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"`{name}` must be 0 or positive, but it is {getattr(self, name)}")
        for name, choices in (
            ("loss", ("negative_sampling", "naive_softmax")),
            ("dtype", ("float32", "float64")),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"`{name}` must be one of {choices}, but it is {getattr(self, name)!r}"
                )

    def _require(self, name, kind, description):
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, kind):
            raise TypeError(f"`{name}` must be {description}, but it is {value!r}")


class History(NamedTuple):
    """How the loss fell: the average over all pairs of each stretch of the run.

    Attributes
    ----------
    words : ndarray of int64
        Words of the text that had been read at the end of each stretch.
    loss : ndarray of float64
        Average loss of the stretch's pairs, in nats a pair, each pair taken before the
        step that learns from it.
    epoch_loss : ndarray of float64
        The same for each epoch.
    """

    words: np.ndarray
    loss: np.ndarray
    epoch_loss: np.ndarray


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


def train(corpus, settings=None, progress=None):
    r"""Learn word vectors from text.

    Parameters
    ----------
    corpus : str, path-like, Corpus, or sequence of sequences of str
        A text file with one sentence a line, or documents that are lists of words.
    settings : Settings, optional
        How to train; `Settings()` if left out.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    WordVectors
        With the loss curve in `history`.

    Raises
    ------
    FloatingPointError
        If the vectors grow beyond all bounds: the learning rate is too high.
    TypeError
        If `corpus` can be read only once, or a document is not a sequence of words.
    ValueError
        If no word is frequent enough, or no two words stand in one document.
    OSError, UnicodeDecodeError
        If the file cannot be read; the message names it.

    Examples
    --------
    >>> text = [["black", "cat"], ["white", "cat"], ["black", "dog"], ["white", "dog"]] * 50
    >>> settings = Settings(dimension=8, epochs=20, subsample=0, min_count=1)
    >>> vectors = train(text, settings, progress=False)
    >>> vectors.neighbors("cat", 1)[0][0]
    'dog'
    """
    settings = Settings() if settings is None else settings
    if isinstance(corpus, (str, os.PathLike)):
        corpus = Corpus(corpus)
    if isinstance(corpus, Iterator):
        raise TypeError(
            "`corpus` is an iterator, which can be read only once; training reads it twice, "
            "to count and to encode: pass a list, or a Corpus"
        )
    vocabulary = Vocabulary.build(corpus, settings.min_count)
    tokens, documents = vocabulary.encode(corpus)
    if len(tokens) != vocabulary.counts.sum():
        raise TypeError(
            "`corpus` gave other words when it was read a second time: its documents must "
            "be sequences of words, such as lists, and not generators"
        )
    center, outside, history = fit(tokens, documents, vocabulary, settings, progress)
    return WordVectors(vocabulary.words, center, outside, vocabulary.counts, history)


def fit(tokens, documents, vocabulary, settings, progress=None):
    """The training loop of `train`, over an encoded text.

    Parameters
    ----------
    tokens, documents : ndarray of int32, shape (T,)
        As `vocabulary.encode` returns them.
    vocabulary : Vocabulary
    settings : Settings
    progress : bool, optional

    Returns
    -------
    center, outside : ndarray, shape (V, d)
    history : History
    """
    rng = np.random.default_rng(settings.seed)
    shape = (len(vocabulary), settings.dimension)
    # As in word2vec: small random centre vectors, and outside vectors 0.
    center = ((rng.random(shape) - 0.5) / settings.dimension).astype(settings.dtype)
    outside = np.zeros(shape, dtype=settings.dtype)
    keep = vocabulary.keep_probability(settings.subsample)
    noise = np.cumsum(vocabulary.noise(settings.noise_power))
    noise /= noise[-1]

    last_rate = min(settings.final_learning_rate, settings.learning_rate)

    recorder = _Recorder()
    total = len(tokens) * settings.epochs
    bar = progress_bar(
        description="training", unit="word", show=progress, total=total, unit_scale=True
    )
    # Overflow is answered with an error below; NumPy's warnings would only come before it.
    with bar, np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(settings.epochs):
            kept = rng.random(len(tokens)) < keep[tokens]
            kept_tokens, kept_documents = tokens[kept], documents[kept]
            share = 0.0  # of this epoch's text that has been read
            for batch in batches(
                kept_tokens, kept_documents, settings.window, settings.batch_size, rng
            ):
                done = (epoch + share) / settings.epochs
                learning_rate = settings.learning_rate + done * (last_rate - settings.learning_rate)
                if settings.loss == "naive_softmax":
                    gradients = naive_softmax_gradients(center, outside, batch)
                else:
                    draws = rng.random((len(batch.center_words), settings.negatives))
                    negatives = np.searchsorted(noise, draws, side="right")
                    gradients = negative_sampling_gradients(center, outside, batch, negatives)
                loss, center_gradient, outside_gradient = gradients
                descend(center, center_gradient, learning_rate, settings.row_limit)
                descend(outside, outside_gradient, learning_rate, settings.row_limit)

                share += len(batch.center_words) / len(kept_tokens)
                words = round((epoch + share) * len(tokens))
                if not np.isfinite(loss):
                    raise _overflow(words, settings)
                recorder.add(loss, int(batch.inside.sum()))
                if share * RECORDS_PER_EPOCH >= recorder.stretches_in_epoch + 1:
                    recorder.end_stretch(words)
                    if recorder.loss:
                        bar.set_postfix_str(f"loss {recorder.loss[-1]:.3f}", refresh=False)
                bar.update(words - bar.n)
            recorder.end_epoch(len(tokens) * (epoch + 1))
    # The loss is taken before each step, so that no loss has seen the last one.
    if not (np.isfinite(center).all() and np.isfinite(outside).all()):
        raise _overflow(total, settings)
    return center, outside, recorder.history()


def _overflow(words, settings):
    return FloatingPointError(
        f"the vectors overflowed after {words} words: lower `learning_rate` "
        f"({settings.learning_rate}) or `row_limit` ({settings.row_limit})"
    )


class _Recorder:
    """Sums of losses and pairs, by stretch and by epoch."""

    def __init__(self):
        self.words, self.loss, self.epoch_loss = [], [], []
        self.stretch = self.epoch = (0.0, 0)  # sum of losses, number of pairs
        self.stretches_in_epoch = 0

    def add(self, loss, pairs):
        self.stretch = (self.stretch[0] + loss, self.stretch[1] + pairs)
        self.epoch = (self.epoch[0] + loss, self.epoch[1] + pairs)

    def end_stretch(self, words):
        loss, pairs = self.stretch
        if pairs:
            self.words.append(words)
            self.loss.append(loss / pairs)
        self.stretch = (0.0, 0)
        self.stretches_in_epoch += 1

    def end_epoch(self, words):
        self.end_stretch(words)
        loss, pairs = self.epoch
        if not pairs:
            raise ValueError(
                "there is nothing to learn from: no document has two words of the "
                "vocabulary within reach of each other. Take more text, or lower "
                "`min_count` or raise `subsample`"
            )
        self.epoch_loss.append(loss / pairs)
        self.epoch = (0.0, 0)
        self.stretches_in_epoch = 0

    def history(self):
        return History(
            np.array(self.words, dtype=np.int64), np.array(self.loss), np.array(self.epoch_loss)
        )
