r"""Phrases: pairs of words that stand together so often that they should be one word.

A pair scores high when it occurs far more often than its words would meet by chance. With
:math:`T` words in the text, a first word that occurs :math:`c_a` times, a second that
occurs :math:`c_b` times, and both in this order side by side :math:`c_{ab}` times,

.. math:: \text{score}(a, b) = \frac{c_{ab} - \delta}{c_a\, c_b}\, T,

where the discount :math:`\delta` keeps pairs of rare words from being joined.

References
----------
Mikolov et al., *Distributed representations of words and phrases and their
compositionality*, NIPS 2013, section 4, equation 6; the factor :math:`T` is that of the
program word2phrase.
"""

import os
from collections.abc import Iterator

import numpy as np

from .corpus import Corpus, _comes_in_pieces, _Streamed
from .encode import END, encode_text
from .vocabulary import _documents

_CHUNK = 1 << 22  # tokens whose pairs are sorted at one time


def find_phrases(corpus, min_count=5, threshold=100.0, max_pairs=1 << 24, progress=None):
    r"""Find the pairs of words that should be one word, by Mikolov's score.

    Pairs are counted within documents. Phrases of three or four words take a second pass,
    over the text in which the first pass has joined its pairs.

    Parameters
    ----------
    corpus : str, path-like, Corpus, or iterable of iterables of str
        As for `encode_text`, but so that it can be iterated again: it will be read once
        more when its pairs are joined.
    min_count : int
        The discount :math:`\delta`: only pairs that occur more often can be phrases.
    threshold : float
        A pair is a phrase if its score is greater. The lower, the more phrases.
    max_pairs : int
        When more different pairs than this have been met, the rarest are forgotten, first
        those that have occurred once, the next time those that have occurred twice, and so
        on, as in word2phrase. A pair that comes again is counted from 0, so in a text with
        more pairs the counts may be too low. Each pair takes 16 bytes, and twice that
        while new ones are put between: the default is some 600 MB at most.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.

    Returns
    -------
    Phrases

    Raises
    ------
    TypeError
        If `corpus` is an iterator, such as a generator, or a document is not a sequence of
        words.
    ValueError
        If `corpus` reads standard input or an open file, which can be read only once; if
        it has no words; or if `min_count` or `max_pairs` is less than 1, or `threshold`
        negative.
    OSError, UnicodeDecodeError
        As for `encode_text`.

    Examples
    --------
    >>> text = [["new", "york", word] for word in "abcdefghij"]
    >>> phrases = find_phrases(text, threshold=1)
    >>> phrases.scores
    {('new', 'york'): 1.5}
    >>> list(phrases.join(text))[-1]
    ['new_york', 'j']

    Longer phrases:

    >>> corpus = [["the", "new", "york", "times", word] for word in "abcdefghij"]
    >>> for _ in range(2):
    ...     corpus = find_phrases(corpus, threshold=1).join(corpus)
    >>> list(corpus)[-1]
    ['the_new_york_times', 'j']
    """
    _require_positive(min_count=min_count, max_pairs=max_pairs)
    if not 0 <= threshold < np.inf:
        raise ValueError(f"`threshold` must be 0 or positive, but it is {threshold}")
    corpus = _readable_again(corpus)
    if _comes_in_pieces(corpus) and corpus._once():
        raise ValueError(
            f"{corpus!r} can be read only once, but phrases take two passes, one that counts "
            "and one that joins: save the text as a file first"
        )
    with encode_text(corpus, 1, progress) as text:
        vocabulary = text.vocabulary
        # Of rarer words no pair can be a phrase. The rest are the first in the vocabulary.
        frequent = int((vocabulary.counts > min_count).sum())
        pairs = _Pairs(max_pairs)
        for start in range(0, len(text), _CHUNK):
            pairs.add(_keys(text.read(start, start + _CHUNK + 1), frequent))
    first, second = np.divmod(pairs.keys, max(frequent, 1))
    counts = vocabulary.counts.astype(np.float64)
    scores = (pairs.counts - min_count) / (counts[first] * counts[second]) * text.words
    chosen = np.flatnonzero(scores > threshold)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    words = vocabulary.words
    found = zip(
        first[chosen].tolist(), second[chosen].tolist(), scores[chosen].tolist(), strict=True
    )
    return Phrases({(words[a], words[b]): score for a, b, score in found})


class Phrases:
    """Pairs of words to be joined; made by `find_phrases`.

    Parameters
    ----------
    scores : mapping of (str, str) to float

    Attributes
    ----------
    scores : dict of (str, str) to float
        The score of each pair, the highest first.

    Examples
    --------
    >>> phrases = Phrases({("new", "york"): 250.0})
    >>> list(phrases.join([["in", "new", "york"], ["new", "in", "york"]]))
    [['in', 'new_york'], ['new', 'in', 'york']]
    """

    def __init__(self, scores):
        self.scores = dict(scores)

    def __len__(self):
        return len(self.scores)

    def __repr__(self):
        return f"<Phrases: {len(self)} pairs>"

    def join(self, corpus):
        """The same documents, in which ``"new", "york"`` is ``"new_york"``.

        From left to right, as in word2phrase: a word that was joined to the one before it
        is not joined to the next.

        Parameters
        ----------
        corpus : str, path-like, Corpus, or iterable of iterables of str
            It need not be the one in which the phrases were found.

        Returns
        -------
        iterable of list of str
            Documents, joined anew each time they are iterated, for `train`, `encode_text`
            or another `find_phrases`.

        Raises
        ------
        TypeError
            If `corpus` is an iterator, such as a generator: it could not be iterated again.
        """
        return _Joined(self, _readable_again(corpus))


class _Joined(_Streamed):
    """A corpus with its phrases joined."""

    def __init__(self, phrases, corpus):
        self.phrases, self.corpus = phrases, corpus

    def __repr__(self):
        return f"<{self.corpus!r:.60} with {len(self.phrases)} phrases joined>"

    def _size(self):
        return self.corpus._size() if _comes_in_pieces(self.corpus) else None

    def _once(self):
        return _comes_in_pieces(self.corpus) and self.corpus._once()

    def _pieces(self, moved=None):
        pairs = self.phrases.scores
        before = None  # the last word, as long as it may be joined to the next
        for words, ends in self._pieces_before(moved):
            joined = []
            for word in words:
                if before is None:
                    before = word
                elif (before, word) in pairs:
                    joined.append(f"{before}_{word}")
                    before = None
                else:
                    joined.append(before)
                    before = word
            if ends and before is not None:
                joined.append(before)
                before = None
            yield joined, ends

    def _pieces_before(self, moved):
        if _comes_in_pieces(self.corpus):
            return self.corpus._pieces(moved)
        return ((document, True) for document in _documents(self.corpus))


class _Pairs:
    """How often each pair has occurred, sorted, of no more than so many pairs."""

    def __init__(self, limit):
        self.limit = limit
        self.keys = np.empty(0, np.int64)
        self.counts = np.empty(0, np.int64)
        self.least = 1

    def add(self, keys):
        keys, counts = np.unique(keys, return_counts=True)
        places = np.searchsorted(self.keys, keys)
        known = np.zeros(len(keys), bool)
        inside = places < len(self.keys)
        known[inside] = self.keys[places[inside]] == keys[inside]
        self.counts[places[known]] += counts[known]
        self.keys = np.insert(self.keys, places[~known], keys[~known])
        self.counts = np.insert(self.counts, places[~known], counts[~known])
        while len(self.keys) > self.limit:
            kept = self.counts > self.least
            self.keys, self.counts = self.keys[kept], self.counts[kept]
            self.least += 1


def _keys(tokens, frequent):
    """One number for each two frequent words that stand side by side.

    With more tokens than a chunk has, the last is the first of the next one.
    """
    is_frequent = (tokens != END) & (tokens < frequent)
    places = np.flatnonzero(is_frequent[:-1] & is_frequent[1:])
    return tokens[places].astype(np.int64) * frequent + tokens[places + 1]


def _readable_again(corpus):
    if isinstance(corpus, Iterator):
        raise TypeError(
            f"`corpus` is {type(corpus).__name__!r}, which can be iterated only once, but phrases "
            "take two passes: give a list, or a `Corpus` that reads files"
        )
    return Corpus(corpus) if isinstance(corpus, (str, os.PathLike)) else corpus


def _require_positive(**numbers):
    for name, number in numbers.items():
        if not number >= 1:
            raise ValueError(f"`{name}` must be at least 1, but it is {number}")
