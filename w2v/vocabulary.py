"""The words of a corpus: how often each occurs, and the two distributions made from that."""

from collections import Counter
from collections.abc import Iterable

import numpy as np


class Vocabulary:
    r"""Words with their counts, the most frequent first.

    Words of equal count stand in alphabetical order, so that one corpus always gives
    one vocabulary.

    Parameters
    ----------
    counts : mapping of str to int
        How often each word occurs.
    min_count : int
        Rarer words are left out.

    Attributes
    ----------
    words : list of str
        Word of each index, 0 to V - 1.
    counts : ndarray of int64, shape (V,)
        How often it occurs.
    index : dict of str to int
        Index of each word.

    Raises
    ------
    ValueError
        If `min_count` is less than 1, or no word is left.

    Examples
    --------
    >>> vocabulary = Vocabulary({"the": 3, "mat": 1, "cat": 2, "sat": 2}, min_count=2)
    >>> vocabulary.words
    ['the', 'cat', 'sat']
    >>> vocabulary.index["cat"]
    1
    """

    def __init__(self, counts, min_count=1):
        if min_count < 1:
            raise ValueError(f"`min_count` must be at least 1, but it is {min_count}")
        if not counts:
            raise ValueError("the corpus has no words")
        kept = [item for item in counts.items() if item[1] >= min_count]
        if not kept:
            word, count = max(counts.items(), key=lambda item: item[1])
            raise ValueError(
                f"no word occurs {min_count} times: the most frequent, {word!r}, occurs {count} "
                f"times. Lower `min_count`, or take more text"
            )
        kept.sort(key=lambda item: (-item[1], item[0]))
        self.words = [word for word, _ in kept]
        self.counts = np.array([count for _, count in kept], dtype=np.int64)
        self.index = {word: index for index, word in enumerate(self.words)}

    @classmethod
    def build(cls, corpus, min_count=5):
        """Count the words of a corpus.

        Parameters
        ----------
        corpus : iterable of iterable of str
            Documents, each a sequence of words.
        min_count : int
            Rarer words are left out.

        Returns
        -------
        Vocabulary

        Raises
        ------
        TypeError
            If a document is one string instead of a sequence of words.
        ValueError
            If no word is left.

        Examples
        --------
        >>> Vocabulary.build([["a", "b", "a"], ["a"]], min_count=1).counts
        array([3, 1])
        """
        counts = Counter()
        for document in _documents(corpus):
            counts.update(document)
        return cls(counts, min_count)

    def __len__(self):
        return len(self.words)

    def __contains__(self, word):
        return word in self.index

    def __repr__(self):
        return f"<Vocabulary of {len(self)} words, {self.counts.sum(dtype=np.float64):.0f} tokens>"

    def encode(self, corpus):
        """Replace words by their indices; words outside the vocabulary are dropped.

        Parameters
        ----------
        corpus : iterable of iterable of str
            Documents, each a sequence of words.

        Returns
        -------
        tokens : ndarray of int32, shape (T,)
            All documents, one after the other.
        documents : ndarray of int32, shape (T,)
            Number of the document that each token stands in: no window reaches from one
            document into another.

        Examples
        --------
        >>> vocabulary = Vocabulary({"a": 2, "b": 1})
        >>> vocabulary.encode([["a", "b"], ["unknown", "a"]])
        (array([0, 1, 0], dtype=int32), array([0, 0, 1], dtype=int32))
        """
        tokens, lengths = [], []
        for document in _documents(corpus):
            known = [self.index[word] for word in document if word in self.index]
            tokens.append(np.array(known, dtype=np.int32))
            lengths.append(len(known))
        if not tokens:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        documents = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return np.concatenate(tokens), documents

    def keep_probability(self, threshold=1e-3, formula="code"):
        r"""Probability that subsampling keeps an occurrence of each word.

        With :math:`f` the word's share of all tokens and :math:`t` the threshold,
        Mikolov's *paper* keeps :math:`\sqrt{t/f}` (equation 5 of the reference) and his
        *program*, which gensim follows, keeps :math:`\sqrt{t/f} + t/f`; both at most 1.
        The program's is the larger: at :math:`f = t` the paper keeps all and at
        :math:`f = 4t` a half, where the program keeps three quarters.

        Parameters
        ----------
        threshold : float
            :math:`t`, positive; 0 keeps every word.
        formula : {"code", "paper"}
            Which of the two.

        Returns
        -------
        ndarray of float64, shape (V,)

        Raises
        ------
        ValueError
            If `threshold` is negative or not finite, or `formula` is neither of the two.

        References
        ----------
        Mikolov et al., *Distributed representations of words and phrases and their
        compositionality*, NIPS 2013, section 2.3.

        Examples
        --------
        >>> vocabulary = Vocabulary({"often": 400, "rare": 1, "other": 599})
        >>> vocabulary.keep_probability(0.1).round(2)      # f = .599, .4 and .001
        array([0.58, 0.75, 1.  ])
        >>> vocabulary.keep_probability(0.1, "paper").round(2)
        array([0.41, 0.5 , 1.  ])
        """
        if not 0 <= threshold < np.inf:
            raise ValueError(f"`threshold` must be 0 or positive, but it is {threshold}")
        if formula not in ("code", "paper"):
            raise ValueError(f'`formula` must be "code" or "paper", but it is {formula!r}')
        if threshold == 0:
            return np.ones(len(self))
        ratio = threshold * self.counts.sum(dtype=np.float64) / self.counts  # t / f
        keep = np.sqrt(ratio) + ratio if formula == "code" else np.sqrt(ratio)
        return np.minimum(keep, 1.0)

    def noise(self, power=0.75):
        r"""Distribution that negatives are drawn from, :math:`\propto \text{count}^{3/4}`.

        Parameters
        ----------
        power : float
            1 gives the words' own frequencies, 0 makes all words equally likely.

        Returns
        -------
        ndarray of float64, shape (V,)
            Probabilities, which sum to 1.

        Raises
        ------
        ValueError
            If `power` is not finite.

        Examples
        --------
        >>> Vocabulary({"often": 16, "rare": 1}).noise().round(3)
        array([0.889, 0.111])
        """
        if not np.isfinite(power):
            raise ValueError(f"`power` must be finite, but it is {power}")
        # Relative to the most frequent word, so that no power of a count overflows.
        weight = (self.counts / self.counts.max()) ** power
        return weight / weight.sum()


def _documents(corpus):
    if isinstance(corpus, str):
        raise TypeError(f"`corpus` is a string, {corpus[:30]!r}: it must hold documents")
    if not isinstance(corpus, Iterable):
        raise TypeError(f"`corpus` must hold documents, sequences of words, but it is {corpus!r}")
    return map(_words, corpus)


def _words(document):
    if not isinstance(document, Iterable):
        raise TypeError(f"a document must be a sequence of words, but this one is {document!r}")
    if isinstance(document, str):
        raise TypeError(
            f"a document must be a sequence of words, but this one is a string, "
            f"{document[:30]!r}: split it, for example with w2v.tokenize"
        )
    return document
