r"""The run that ends the homework: small vectors of the words of film reviews.

Stanford's course CS224n, which the homework is from, lets its students train on the
sentences of the Stanford Sentiment Treebank. Its descent takes 50 windows at a time and
averages their gradients; pair by pair, that takes the better part of an hour. Here the
pairs of the 50 windows are rows of arrays, and it takes seconds. Windows, negatives and
steps follow the same rules; only the random numbers are others.

`w2v.train` is the better trainer for every other purpose.
"""

import os
from collections.abc import Iterable
from numbers import Integral
from typing import NamedTuple

import numpy as np

from ._progress import progress_bar
from .download import fetch
from .evaluate import numbered_lines
from .negative_sampling import log_sigmoid, sigmoid
from .settings import Settings
from .train import initial_tables
from .vectors import WordVectors
from .vocabulary import Vocabulary

#: What the course plots, to see what has been learnt.
COURSE_WORDS = (
    *("great", "cool", "brilliant", "wonderful", "well", "amazing", "worth", "sweet"),
    *("enjoyable", "boring", "bad", "dumb", "annoying"),
    *("female", "male", "queen", "king", "man", "woman"),
    *("rain", "snow", "hail", "coffee", "tea"),
)

WINDOWS = 50  # whose gradients are averaged in an iteration
HALVED_EVERY = 20_000  # iterations after which the learning rate is half of what it was
COPIES = 30  # times that the text is thinned out, by other random numbers each time
_DRAWN = 500  # iterations whose windows are drawn at one time


class CourseHistory(NamedTuple):
    """How the loss fell.

    Attributes
    ----------
    loss : ndarray of float64, shape (iterations,)
        Average loss of the windows of each iteration, in nats a window.
    """

    loss: np.ndarray


class Pairs(NamedTuple):
    """The P pairs of some windows, with K negatives each.

    Attributes
    ----------
    center_words, outside_words : ndarray of int64, shape (P,)
    negatives : ndarray of int64, shape (P, K)
    """

    center_words: np.ndarray
    outside_words: np.ndarray
    negatives: np.ndarray


def read_sentences(path):
    r"""Read the sentences of the Stanford Sentiment Treebank, in lower case.

    Parameters
    ----------
    path : str or path-like
        Of ``datasetSentences.txt``: a header, and on each further line a number, a tab and
        a sentence whose words have spaces between them.

    Returns
    -------
    list of list of str

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    UnicodeDecodeError
        If it is not UTF-8: names the file, the line and the byte.
    ValueError
        If a line has another layout, or there are no sentences.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "datasetSentences.txt"
    ...     _ = path.write_text("sentence_index\tsentence\n1\tA fine film .\n")
    ...     read_sentences(path)
    [['a', 'fine', 'film', '.']]
    """
    sentences = []
    for number, line in numbered_lines(path):
        index, _, sentence = line.partition("\t")
        if number == 1 and not index.isdecimal():
            continue  # the header
        words = sentence.lower().split()
        if words and index.isdecimal():
            sentences.append(words)
        elif line:
            raise ValueError(
                f"{path}, line {number}: expected a number, a tab and a sentence, but the line "
                f"is {line[:60]!r}. Give other texts as a Corpus or as lists of words"
            )
    if not sentences:
        raise ValueError(f"{path} has no sentences: a line must hold a number, a tab and words")
    return sentences


def course_vectors(
    sentences=None,
    iterations=40_000,
    dimension=10,
    window=5,
    negatives=10,
    learning_rate=0.3,
    subsample=1e-5,
    seed=1,
    progress=None,
):
    r"""Word vectors by the rules of the course.

    An iteration draws 50 windows: a radius from 1 to `window`, a sentence, and a place in
    it. Their outside words are those within the radius that differ from the centre word;
    a window without any is drawn again. Each pair has negatives of its own, drawn with
    probability :math:`\propto \text{count}^{3/4}`, and again if they are the outside word.
    The vectors then move against the average gradient of the 50 windows. The learning rate
    is halved every 20,000 iterations.

    Before, frequent words are thinned out: an occurrence is rejected with probability
    :math:`\max(0, 1 - \sqrt{t/f})`, with f the word's share of the text. That is done 30
    times over, and of each sentence those versions stay that have more than one word.

    Parameters
    ----------
    sentences : str, path-like, or iterable of sequences of str, optional
        A file for `read_sentences`, or documents such as a `Corpus`; words become lower
        case. By default the Stanford Sentiment Treebank, which is downloaded the first
        time.
    iterations : int
    dimension : int
        Length d of the vectors.
    window : int
        Largest radius m.
    negatives : int
        Number K of negative words for each pair.
    learning_rate : float
        Of the average gradient.
    subsample : float
        Threshold t of subsampling; 0 keeps every word, as a text of a few sentences needs it.
    seed : int
        One seed, one result. A longer run begins like a shorter one.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    WordVectors
        Of all words, with a `CourseHistory`.

    Raises
    ------
    FloatingPointError
        If the vectors grow beyond all bounds: the learning rate is too high.
    TypeError, ValueError
        If an argument is not of its kind or range, or no sentence has two different words
        after thinning out.
    OSError, UnicodeDecodeError
        If the file cannot be read or downloaded; the message names it.

    Examples
    --------
    >>> text = [["black", "cat"], ["white", "cat"], ["black", "dog"], ["white", "dog"]]
    >>> vectors = course_vectors(text, iterations=2000, subsample=0, progress=False)
    >>> vectors.neighbors("cat", 1)[0][0]
    'dog'
    """
    settings = Settings(  # which refuses what `train` would refuse, in the same words
        dimension=dimension,
        window=window,
        negatives=negatives,
        learning_rate=learning_rate,
        subsample=subsample,
        seed=seed,
        dtype="float64",
    )
    if isinstance(iterations, bool) or not isinstance(iterations, Integral):
        raise TypeError(f"`iterations` must be an integer, but it is {iterations!r}")
    if iterations < 1:
        raise ValueError(f"`iterations` must be at least 1, but it is {iterations}")
    if sentences is None:
        sentences = fetch("sst", progress=progress)
    if isinstance(sentences, (str, os.PathLike)):
        sentences = read_sentences(sentences)
    elif isinstance(sentences, Iterable):
        sentences = [_lower(sentence) for sentence in sentences]

    vocabulary = Vocabulary.build(sentences, min_count=1)
    center, outside = initial_tables(len(vocabulary), settings)
    drawn = _draw(vocabulary, sentences, settings)
    losses = np.empty(iterations)
    with (
        progress_bar(
            description="training", unit="iteration", show=progress, total=iterations
        ) as bar,
        np.errstate(over="ignore", invalid="ignore"),  # answered with an error below
    ):
        for iteration, pairs in zip(range(iterations), drawn, strict=False):
            rate = learning_rate * 0.5 ** (iteration // HALVED_EVERY)
            losses[iteration] = step(center, outside, pairs, rate / WINDOWS) / WINDOWS
            if not np.isfinite(losses[iteration]):
                raise FloatingPointError(
                    f"the vectors overflowed after {iteration} iterations: lower "
                    f"`learning_rate` ({learning_rate})"
                )
            bar.update()
    return WordVectors(vocabulary.words, center, outside, vocabulary.counts, CourseHistory(losses))


def _lower(sentence):
    if isinstance(sentence, str) or not isinstance(sentence, Iterable):
        return sentence  # refused by the vocabulary, which says why
    return [word.lower() for word in sentence]


def step(center, outside, pairs, rate):
    r"""Move the vectors against the sum of the pairs' gradients: part (e).

    All gradients are taken where the vectors were before.

    Parameters
    ----------
    center, outside : ndarray of float64, shape (V, d), C-contiguous
        Changed in place.
    pairs : Pairs
    rate : float
        What the gradients are multiplied by.

    Returns
    -------
    float
        The sum of the pairs' losses before the step, in nats.

    Examples
    --------
    >>> center, outside = np.ones((2, 1)), np.zeros((2, 1))
    >>> pairs = Pairs(np.array([0]), np.array([1]), np.array([[0, 0]]))
    >>> round(step(center, outside, pairs, 0.1), 6) == round(3 * float(np.log(2)), 6)
    True
    >>> outside.ravel()
    array([-0.1 ,  0.05])
    """
    from .scatter import add_rows  # here, since it loads SciPy

    words = np.column_stack([pairs.outside_words, pairs.negatives])  # (P, K+1)
    vectors = center[pairs.center_words]  # (P, d)
    others = outside[words]  # (P, K+1, d)
    scores = np.matmul(others, vectors[:, :, None])[:, :, 0]  # (P, K+1)
    scores[:, 1:] *= -1  # + for the observed word, - for the negatives
    loss = -log_sigmoid(scores).sum().item()  # (45)
    residual = sigmoid(-scores)  # (P, K+1)
    residual[:, 0] *= -1  # sigma(score) - label
    grad_center = np.matmul(residual[:, None, :], others)[:, 0]  # (P, d), (49)
    width = words.shape[1]
    add_rows(center, pairs.center_words, np.full(len(vectors), -rate), grad_center)
    add_rows(  # (55) and (61)
        outside, words.ravel(), (-rate * residual).ravel(), np.repeat(vectors, width, axis=0)
    )
    return loss


# --- drawing -----------------------------------------------------------------------------------


class _Text(NamedTuple):
    """Sentences one after the other: their words, where each begins, and its length."""

    tokens: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray


def _draw(vocabulary, sentences, settings):
    """The pairs of one iteration after the other, without end."""
    from .banded import noise_table

    rng = np.random.default_rng([settings.seed, 1])  # the tables began with the seed alone
    text = _thinned(vocabulary, sentences, settings.subsample, rng)
    noise = noise_table(vocabulary.noise()).astype(np.int64)
    while True:
        centers, contexts, inside = _windows(text, _DRAWN * WINDOWS, settings.window, rng)
        of_window = inside.sum(axis=1)
        center_words = np.repeat(centers, of_window)
        outside_words = contexts[inside]
        negatives = _negatives(outside_words, settings.negatives, noise, rng)
        ends = np.cumsum(of_window.reshape(_DRAWN, WINDOWS).sum(axis=1)).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            yield Pairs(center_words[start:end], outside_words[start:end], negatives[start:end])


def _thinned(vocabulary, sentences, subsample, rng):
    """The text 30 times over, without the occurrences that subsampling rejects."""
    tokens, documents = vocabulary.encode(sentences)
    keep = vocabulary.keep_probability(subsample, "paper")
    kept_tokens, lengths = [], []
    for _ in range(COPIES):
        kept = rng.random(len(tokens)) < keep[tokens]
        length = np.bincount(documents[kept], minlength=len(sentences))
        kept &= length[documents] > 1
        kept_tokens.append(tokens[kept])
        lengths.append(length[length > 1])
    tokens, lengths = np.concatenate(kept_tokens).astype(np.int64), np.concatenate(lengths)
    text = _Text(tokens, np.cumsum(lengths) - lengths, lengths)
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    if not ((tokens[1:] != tokens[:-1]) & (sentence[1:] == sentence[:-1])).any():
        raise ValueError(
            "there is nothing to learn from: after frequent words are thinned out, no sentence "
            "has two different words. Take more text, or raise `subsample`; 0 keeps all words"
        )
    return text


def _windows(text, count, window, rng):
    """Centre words, context words, and which of them belong to the window.

    The shapes are (count,), (count, 2m) and (count, 2m).
    """
    offsets = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])  # (2m,)
    radius = rng.integers(1, window + 1, size=count)
    centers = np.empty(count, np.int64)
    contexts = np.empty((count, len(offsets)), np.int64)
    inside = np.zeros(contexts.shape, bool)
    empty = np.arange(count)  # windows that have no outside word yet
    while len(empty):
        sentence = rng.integers(len(text.starts), size=len(empty))
        place = rng.integers(text.lengths[sentence])
        places = place[:, None] + offsets
        within = (places >= 0) & (places < text.lengths[sentence][:, None])
        within &= np.abs(offsets) <= radius[empty][:, None]
        start = text.starts[sentence]
        centers[empty] = text.tokens[start + place]
        contexts[empty] = text.tokens[start[:, None] + np.where(within, places, place[:, None])]
        inside[empty] = within & (contexts[empty] != centers[empty][:, None])
        empty = empty[~inside[empty].any(axis=1)]
    return centers, contexts, inside


def _negatives(outside_words, count, noise, rng):
    """Drawn words, none of them the outside word of its pair: shape (P, K)."""
    negatives = noise[rng.integers(len(noise), size=(len(outside_words), count))]
    while True:
        equal = np.nonzero(negatives == outside_words[:, None])
        if not len(equal[0]):
            return negatives
        negatives[equal] = noise[rng.integers(len(noise), size=len(equal[0]))]
