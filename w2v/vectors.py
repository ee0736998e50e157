"""Word vectors to ask questions of: neighbours, analogies, reading and writing."""

import difflib
import operator
from functools import cached_property

import numpy as np

from . import formats

_HINTED = 50_000  # words that are compared with an unknown one: 0.1 to 0.2 s
_ROOM = 2**24  # cosines that are held at a time
_TO_DIVIDE = 1e-6  # as gensim; Levy and Goldberg take 0.001


class UnknownWord(KeyError):
    """A word that has no vector."""

    def __str__(self):  # KeyError would show the message in quotes
        return self.args[0]


class WordVectors:
    r"""Words and their vectors.

    Parameters
    ----------
    words : sequence of str, length V
        Each once.
    center : array_like, shape (V, d)
        Their centre vectors: the ones that questions are answered with.
    outside : array_like, shape (V, d), optional
        Their outside vectors; `using` asks them.
    counts : array_like of int, shape (V,), optional
        How often each word occurred.
    history : optional
        How the loss fell in training, a `w2v.train.History`; it is not saved.

    Raises
    ------
    ValueError
        If the sizes do not fit, a word is there twice, or an entry is not finite.
    TypeError
        If a word is not a str.

    Examples
    --------
    >>> vectors = WordVectors(["east", "northeast", "north"], [[1, 0], [1, 1], [0, 1]])
    >>> vectors["north"]
    array([0., 1.])
    >>> [(word, round(cosine, 3)) for word, cosine in vectors.neighbors("east", 2)]
    [('northeast', 0.707), ('north', 0.0)]
    """

    def __init__(self, words, center, outside=None, counts=None, history=None):
        self.words = list(words)
        if not all(isinstance(word, str) for word in self.words):
            wrong = next(word for word in self.words if not isinstance(word, str))
            raise TypeError(f"`words` must hold str, but one of them is {wrong!r}")
        self.center = self._table("center", center)
        self.outside = None if outside is None else self._table("outside", outside)
        if self.outside is not None and self.outside.shape != self.center.shape:
            raise ValueError(
                f"`center` has shape {self.center.shape} and `outside` {self.outside.shape}: "
                "they must be the same"
            )
        self.counts = None if counts is None else self._whole_numbers(counts)
        self.history = history
        self.index = {word: index for index, word in enumerate(self.words)}
        if len(self.index) != len(self.words):
            twice = next(w for i, w in enumerate(self.words) if self.index[w] != i)
            raise ValueError(f"the word {twice!r} is there more than once")

    def _table(self, name, table):
        table = np.asarray(table)
        if table.dtype.kind in "biu":
            table = table.astype(np.float64)
        if table.dtype.kind != "f" or table.ndim != 2 or len(table) != len(self.words):
            raise ValueError(
                f"`{name}` must hold one row of numbers for each of the {len(self.words)} words, "
                f"but it has shape {table.shape} and dtype {table.dtype}"
            )
        if table.shape[1] == 0:
            raise ValueError(f"`{name}` has the shape {table.shape}: vectors must have entries")
        if not np.isfinite(table).all():
            row = int(np.argwhere(~np.isfinite(table))[0][0])
            raise ValueError(f"`{name}` of the word {self.words[row]!r} is not finite")
        return table

    def _whole_numbers(self, counts):
        counts = np.asarray(counts)
        if counts.shape != (len(self.words),) or (counts.size and counts.dtype.kind not in "iu"):
            raise ValueError(
                f"`counts` must have one whole number for each of the {len(self.words)} words, but "
                f"it has shape {counts.shape} and dtype {counts.dtype}"
            )
        return counts.astype(np.int64, copy=False)

    def __len__(self):
        return len(self.words)

    def __contains__(self, word):
        return word in self.index

    def __getitem__(self, word):
        """The centre vector of a word, shape (d,)."""
        return self.center[self._index(word)]

    def __repr__(self):
        return f"<WordVectors: {len(self)} words, dimension {self.center.shape[1]}>"

    def _index(self, word):
        if word in self.index:
            return self.index[word]
        close = self._in_other_case(str(word))
        close = close or difflib.get_close_matches(str(word), self.words[:_HINTED], 3)
        hint = f"; near it are {', '.join(map(repr, close))}" if close else ""
        raise UnknownWord(f"the word {word!r} has no vector{hint}")

    def _in_other_case(self, word):
        """The first words that differ from one in capital and small letters only."""
        folded = word.casefold()
        return [other for other in self.words if other.casefold() == folded][:3]

    @cached_property
    def unit(self):
        """Centre vectors scaled to length 1, shape (V, d); a zero vector stays zero.

        Of type float32, or that of the vectors if it is wider.
        """
        center = self.center.astype(np.result_type(self.center, np.float32), copy=False)
        # Divided by the largest entry first: squares of very long or short vectors would
        # leave the range of numbers.
        largest = np.abs(center).max(axis=1, keepdims=True)
        unit = center / np.where(largest > 0, largest, 1)
        length = np.linalg.norm(unit, axis=1, keepdims=True)
        unit /= np.where(length > 0, length, 1)
        return unit

    def using(self, table):
        r"""The same words with another table for centre vectors, to ask it the questions.

        Each word has two vectors. The custom is to keep the **centre** vectors: words
        that meet the same company get similar ones, and that is what they are compared
        for. An **outside** vector says among which centre words its own word is met; two
        of them are similar for the same reason, as a rule a little less clearly. The
        **sum** of both, which GloVe takes, averages two noisy estimates, but also mixes
        two meanings of near: in its scalar product,
        :math:`(v_a + u_a)^\top (v_b + u_b)`, the terms :math:`v_a^\top v_b` and
        :math:`u_a^\top u_b` say how alike two words are used, and
        :math:`v_a^\top u_b` and :math:`u_a^\top v_b` how often they occur together.
        Take it if words of the same topic should be near, and measure whether it helps.

        Parameters
        ----------
        table : {"center", "outside", "sum"}

        Returns
        -------
        WordVectors
            Whose `center` is that table, and who has no outside vectors; these vectors
            themselves for "center".

        Raises
        ------
        ValueError
            If `table` is none of the three, or there are no outside vectors.

        References
        ----------
        Levy, Goldberg and Dagan, *Improving distributional similarity with lessons
        learned from word embeddings*, TACL 2015, section 3.3; Pennington, Socher and
        Manning, *GloVe*, EMNLP 2014, section 4.2.

        Examples
        --------
        >>> vectors = WordVectors(["cup", "tea"], [[1, 0], [0, 1]], [[0, 2], [2, 0]])
        >>> vectors.similarity("cup", "tea")
        0.0
        >>> round(vectors.using("sum").similarity("cup", "tea"), 3)
        0.8
        """
        if table not in ("center", "outside", "sum"):
            raise ValueError(f'`table` must be "center", "outside" or "sum", but it is {table!r}')
        if table == "center":
            return self
        if self.outside is None:
            raise ValueError(
                f"there are no outside vectors for {table!r}: of the files, only .npz and "
                ".parquet keep them"
            )
        with np.errstate(over="ignore"):  # refused by the new vectors
            chosen = self.outside if table == "outside" else self.center + self.outside
        return WordVectors(self.words, chosen, counts=self.counts, history=self.history)

    def similarity(self, word, other):
        """Cosine of the angle between two words' vectors.

        Parameters
        ----------
        word, other : str

        Returns
        -------
        float
            From -1 to 1.

        Raises
        ------
        UnknownWord
            If a word has no vector.

        Examples
        --------
        >>> vectors = WordVectors(["east", "west", "north"], [[1, 0], [-1, 0], [0, 1]])
        >>> vectors.similarity("east", "west")
        -1.0
        """
        cosine = self.unit[self._index(word)] @ self.unit[self._index(other)]
        return float(np.clip(cosine, -1, 1))

    def neighbors(self, words, count=10):
        """The words nearest to a word, by the cosine of the angle between vectors.

        Of equal cosines, that of the word that stands first in the table comes first.

        Parameters
        ----------
        words : str or sequence of str
            A word; or several, which takes less time than one after the other.
        count : int
            How many; all of them if there are fewer.

        Returns
        -------
        list of (str, float), or list of such lists
            Word and cosine, the nearest first; the word itself is left out. For several
            words, one list for each.

        Raises
        ------
        UnknownWord
            If a word has no vector.
        ValueError
            If `count` is less than 1.

        Examples
        --------
        >>> vectors = WordVectors(["east", "west", "north"], [[1, 0], [-1, 0], [0, 1]])
        >>> vectors.neighbors("east")
        [('north', 0.0), ('west', -1.0)]
        >>> vectors.neighbors(["east", "west"], 1)
        [[('north', 0.0)], [('north', 0.0)]]
        """
        count = _at_least_one(count)
        several = [words] if isinstance(words, str) else words
        rows = [self._index(word) for word in several]
        step = max(1, _ROOM // max(1, len(self)))
        found = []
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            for row, cosines in zip(block, self._cosines(block), strict=True):
                found.append(self._best(cosines, [row], count))
        return found[0] if isinstance(words, str) else found

    def analogy(self, first, second, third, count=1, method="add"):
        r"""What is to `third` as `second` is to `first`.

        With a, b, c and x for the vectors of the three words and of an answer, scaled to
        length 1, the best answer has

        - the largest cosine with :math:`b - a + c` by the method "add" (3CosAdd);
        - the largest :math:`\cos(x, b) \cos(x, c) / (\cos(x, a) + \varepsilon)` by
          "multiply" (3CosMul), with cosines shifted to the range from 0 to 1 and
          :math:`\varepsilon = 10^{-6}`. No single term outweighs the others here.

        The three words are left out, as is the custom: one of them is nearly always the
        nearest of all.

        Parameters
        ----------
        first, second, third : str
        count : int
            How many answers.
        method : {"add", "multiply"}

        Returns
        -------
        list of (str, float)
            Word and cosine, or that quotient, the best first.

        Raises
        ------
        UnknownWord
            If a word has no vector.
        ValueError
            If `count` is less than 1, or there is no such method.

        References
        ----------
        Mikolov, Yih and Zweig, *Linguistic regularities in continuous space word
        representations*, NAACL 2013; Levy and Goldberg, *Linguistic regularities in
        sparse and explicit word representations*, CoNLL 2014, equation (4).

        Examples
        --------
        >>> vectors = WordVectors(
        ...     ["man", "woman", "king", "queen"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]
        ... )
        >>> vectors.analogy("man", "woman", "king")[0][0]
        'queen'
        >>> vectors.analogy("man", "woman", "king", method="multiply")[0][0]
        'queen'
        """
        count = _at_least_one(count)
        if method not in ("add", "multiply"):
            raise ValueError(f'`method` must be "add" or "multiply", but it is {method!r}')
        asked = [self._index(word) for word in (first, second, third)]
        if method == "add":
            a, b, c = self.unit[asked]
            target = b - a + c
            length = np.linalg.norm(target)
            scores = np.clip(self.unit @ (target / length if length > 0 else target), -1, 1)
        else:
            a, b, c = (1 + self._cosines(asked)) / 2
            scores = b * c / (a + _TO_DIVIDE)
        return self._best(scores, asked, count)

    def odd_one_out(self, words):
        """The word that is least similar to the others.

        That is the one with the smallest cosine with the mean of all of their vectors,
        scaled to length 1; of several such words the first.

        Parameters
        ----------
        words : sequence of str
            Three or more: of two, each is as far from their mean as the other.

        Returns
        -------
        str

        Raises
        ------
        UnknownWord
            If a word has no vector.
        ValueError
            If `words` are fewer than three different ones.
        TypeError
            If `words` is a str.

        Examples
        --------
        >>> vectors = WordVectors(["red", "blue", "up"], [[1.0, 0.1], [1.0, 0.0], [0.0, 1.0]])
        >>> vectors.odd_one_out(["red", "up", "blue"])
        'up'
        """
        if isinstance(words, str):
            raise TypeError(f"`words` must be several words, but it is the str {words!r}")
        words = list(words)
        unit = self.unit[[self._index(word) for word in words]]
        if len(set(words)) < 3:
            raise ValueError(f"`words` must be three different words or more, not {words}")
        return words[int(np.argmin(unit @ unit.mean(axis=0)))]

    def rank(self, word, other):
        """Place of one word among the neighbours of another, 1 for the nearest.

        Parameters
        ----------
        word : str
            Whose neighbours.
        other : str
            Which of them; not `word` itself.

        Returns
        -------
        int

        Raises
        ------
        UnknownWord
            If a word has no vector.
        ValueError
            If both are the same word.

        Examples
        --------
        >>> vectors = WordVectors(["east", "northeast", "north"], [[1, 0], [1, 1], [0, 1]])
        >>> vectors.rank("east", "north")
        2
        """
        index, place = self._index(word), self._index(other)
        if index == place:
            raise ValueError(f"{word!r} is no neighbour of itself")
        (cosines,) = self._cosines([index])
        nearer = cosines > cosines[place]
        nearer[index] = False
        return int(nearer.sum()) + 1

    def _cosines(self, rows):
        """Of some words with all, shape (len(rows), V)."""
        if len(rows) == 1:  # for a single row, this order takes half the time
            cosines = (self.unit @ self.unit[rows[0]])[np.newaxis]
        else:
            cosines = self.unit[rows] @ self.unit.T  # (r, d) @ (d, V) -> (r, V)
        return np.clip(cosines, -1, 1, out=cosines)

    def _best(self, scores, excluded, count):
        """Words and scores of the largest, in place of which `scores` are changed."""
        scores[excluded] = -np.inf
        count = min(count, len(self) - len(set(excluded)))
        if count == 0:
            return []
        # The few that are at least as large as the last of them, by which equal ones stand
        # in the order of the words: one table has one answer.
        least = np.partition(scores, -count)[-count]
        candidates = np.flatnonzero(scores >= least)
        order = candidates[np.argsort(-scores[candidates], kind="stable")[:count]]
        return [(self.words[row], float(scores[row])) for row in order]

    def save(self, path, format=None):
        r"""Write to a file, in the format that its name ends in.

        ``.npz``
            All tables and counts, to the last bit, for `load` or NumPy, without pickle.
        ``.parquet``
            All tables and counts, for data frames and databases: columns word, center
            and, if they are there, outside and count. Needs the extra ``arrow``.
        ``.txt`` or ``.vec``
            Words and centre vectors as word2vec's text. Each number has the fewest
            decimals that read back to the same float32, or float64.
        ``.bin``
            Words and centre vectors as word2vec's binary, as gensim writes it. Its numbers
            are float32: float64 is rounded.
        ``.tsv``
            Two files for the Embedding Projector, which asks for both: ``vectors.tsv`` has
            the numbers, and ``vectors_metadata.tsv`` the words, with counts if there are
            any.

        The last three may be packed: ``.txt.gz``, and so .bz2, .xz and, with the extra
        ``zstd``, .zst. Of these, ``vectors.using("outside").save(...)`` writes the outside
        vectors. The same vectors give the same bytes. A file is complete or not there: it
        is written under another name first, with .part at its end.

        Parameters
        ----------
        path : str or path-like
        format : {"npz", "parquet", "txt", "vec", "bin", "tsv"}, optional
            If the name ends in something else.

        Raises
        ------
        ValueError
            If the name ends in no format, or the format cannot hold a word (words end at
            white space in ``.txt``, ``.vec`` and ``.bin``, and at tabs and new lines in
            ``.tsv``; of more than 1 MB they fit into none of these) or a number.
        OSError
            If the file cannot be written.
        ModuleNotFoundError
            If a package that the format needs is missing.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "vectors.txt.gz"
        ...     WordVectors(["one", "two"], [[1.0], [2.0]]).save(path)
        ...     WordVectors.load(path)["two"]
        array([2.], dtype=float32)
        """
        formats.write(path, self, format)

    @classmethod
    def load(cls, path, format=None, limit=None, dtype=None, errors="strict"):
        """Read a file that `save`, word2vec, gensim or GloVe wrote.

        Packed files are recognised by what they begin with. Text may be in GloVe's layout,
        without a header, with several spaces or tabs, and its words may have spaces in
        them: the last numbers of each line are the vector. A first line of two integers
        is taken for a header.

        Parameters
        ----------
        path : str or path-like
        format : {"npz", "parquet", "txt", "vec", "bin", "tsv"}, optional
            If the name ends in something else.
        limit : int, optional
            Reads the first so many words only.
        dtype : {float16, float32, float64}, optional
            Of the vectors. By default what the file has; float32 for text, which has none.
        errors : {"strict", "replace", "ignore"}
            What to do with a word that is not UTF-8: word2vec cuts long ones anywhere.
            See `bytes.decode`.

        Returns
        -------
        WordVectors
            With centre vectors only, but for ``.npz`` and ``.parquet``. If words are there
            more than once, the first of each, and there is a warning.

        Raises
        ------
        FileNotFoundError, IsADirectoryError
            If `path` is not a file.
        ValueError
            If it is not a whole file of its format; the message names it, and the line or
            the byte (of its unpacked content).
        UnicodeDecodeError
            If a word is not UTF-8.
        ModuleNotFoundError
            If a package that the format needs is missing.
        """
        parts = formats.read(path, format, limit, dtype, errors)
        try:
            return cls(**parts)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} does not hold word vectors: {error}") from error

    def to_gensim(self):
        """The words, centre vectors and counts for gensim.

        Returns
        -------
        gensim.models.KeyedVectors
            Counts are its attribute "count".

        Raises
        ------
        ModuleNotFoundError
            If gensim is not installed.
        """
        try:
            from gensim.models import KeyedVectors
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                "vectors for gensim need gensim: python -m pip install gensim", name="gensim"
            ) from None
        keyed = KeyedVectors(self.center.shape[1], dtype=self.center.dtype)
        keyed.add_vectors(self.words, self.center)
        if self.counts is not None:
            keyed.allocate_vecattrs(["count"], [np.int64])
            keyed.expandos["count"][:] = self.counts
        return keyed

    @classmethod
    def from_gensim(cls, model):
        """Words, vectors and counts of gensim's.

        Parameters
        ----------
        model : gensim.models.Word2Vec or gensim.models.KeyedVectors
            Of gensim 4. Counts of vectors that gensim read from word2vec's files are
            made up by gensim: V, V - 1 and so on.

        Returns
        -------
        WordVectors
            Copies. Of a model with negative sampling, with outside vectors.

        Raises
        ------
        TypeError
            If it is neither, or its keys are not words.
        """
        keyed = getattr(model, "wv", model)
        try:
            words, center, others = keyed.index_to_key, keyed.vectors, keyed.expandos
        except AttributeError:
            raise TypeError(
                "`model` must be a Word2Vec or KeyedVectors of gensim 4, but it is "
                f"{type(model).__name__}"
            ) from None
        outside = getattr(model, "syn1neg", None)
        counts = others.get("count")
        return cls(
            words,
            np.array(center),
            None if outside is None else np.array(outside),
            # Of a word whose count is unknown, gensim keeps None.
            np.array(counts) if counts is not None and counts.dtype.kind in "iu" else None,
        )


def _at_least_one(count):
    count = operator.index(count)
    if count < 1:
        raise ValueError(f"`count` must be at least 1, but it is {count}")
    return count
