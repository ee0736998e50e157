"""Word vectors to ask questions of: neighbours, analogies, reading and writing."""

import difflib
import operator
import os
import tempfile
from functools import cached_property
from pathlib import Path

import numpy as np

_FORMAT = "w2v 1"


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
        Their outside vectors.
    counts : array_like of int, shape (V,), optional
        How often each word occurred.
    history : optional
        How the loss fell in training, a `w2v.train.History`; it is not saved.

    Raises
    ------
    ValueError
        If the sizes do not fit, a word is there twice, or an entry is not finite.

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
        self.center = self._table("center", center)
        self.outside = None if outside is None else self._table("outside", outside)
        if self.outside is not None and self.outside.shape != self.center.shape:
            raise ValueError(
                f"`center` has shape {self.center.shape} and `outside` {self.outside.shape}: "
                "they must be the same"
            )
        self.counts = None if counts is None else np.asarray(counts, dtype=np.int64)
        if self.counts is not None and self.counts.shape != (len(self.words),):
            raise ValueError(
                f"`counts` must have one entry for each of the {len(self.words)} words, but its "
                f"shape is {self.counts.shape}"
            )
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
        if not np.isfinite(table).all():
            row = int(np.argwhere(~np.isfinite(table))[0][0])
            raise ValueError(f"`{name}` of the word {self.words[row]!r} is not finite")
        return table

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
        close = difflib.get_close_matches(str(word), self.words, 3)
        hint = f"; near it are {', '.join(map(repr, close))}" if close else ""
        raise UnknownWord(f"the word {word!r} has no vector{hint}")

    @cached_property
    def unit(self):
        """Centre vectors scaled to length 1, shape (V, d); a zero vector stays zero."""
        # Divided by the largest entry first: squares of very long or short vectors would
        # leave the range of numbers.
        largest = np.abs(self.center).max(axis=1, keepdims=True)
        scaled = self.center / np.where(largest > 0, largest, 1)
        length = np.linalg.norm(scaled, axis=1, keepdims=True)
        return scaled / np.where(length > 0, length, 1)

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

    def neighbors(self, word, count=10):
        """The words nearest to a word, by the cosine of the angle between vectors.

        Parameters
        ----------
        word : str
        count : int
            How many; all of them if there are fewer.

        Returns
        -------
        list of (str, float)
            Word and cosine, the nearest first; the word itself is left out.

        Raises
        ------
        UnknownWord
            If the word has no vector.
        ValueError
            If `count` is less than 1.
        """
        index = self._index(word)
        return self._nearest(self.unit[index], {index}, count)

    def analogy(self, first, second, third, count=1):
        r"""What is to `third` as `second` is to `first`.

        Answers with the words nearest to :math:`b - a + c`, where a, b and c are the three
        words' vectors scaled to length 1 (3CosAdd). The three words are left out, as is
        the custom: one of them is nearly always the nearest of all.

        Parameters
        ----------
        first, second, third : str
        count : int
            How many answers.

        Returns
        -------
        list of (str, float)
            Word and cosine, the best first.

        Raises
        ------
        UnknownWord
            If a word has no vector.
        ValueError
            If `count` is less than 1.

        References
        ----------
        Mikolov, Yih and Zweig, *Linguistic regularities in continuous space word
        representations*, NAACL 2013.

        Examples
        --------
        >>> vectors = WordVectors(
        ...     ["man", "woman", "king", "queen"], [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]
        ... )
        >>> vectors.analogy("man", "woman", "king")[0][0]
        'queen'
        """
        a, b, c = (self._index(word) for word in (first, second, third))
        target = self.unit[b] - self.unit[a] + self.unit[c]
        length = np.linalg.norm(target)
        return self._nearest(target / length if length > 0 else target, {a, b, c}, count)

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
        cosines = self.unit @ self.unit[index]
        nearer = cosines > cosines[place]
        nearer[index] = False
        return int(nearer.sum()) + 1

    def _nearest(self, direction, excluded, count):
        count = operator.index(count)
        if count < 1:
            raise ValueError(f"`count` must be at least 1, but it is {count}")
        cosines = np.clip(self.unit @ direction, -1, 1)
        cosines[list(excluded)] = -np.inf
        count = min(count, len(self) - len(excluded))
        # Equal cosines stand in the order of the words, so that one table has one answer.
        order = np.argsort(-cosines, kind="stable")[:count]
        return [(self.words[index], float(cosines[index])) for index in order]

    def save(self, path):
        """Write to an ``.npz`` file, which NumPy reads without pickle.

        The file is complete or not there: it is written under another name first.

        Parameters
        ----------
        path : str or path-like
            Ends in ``.npz``.

        Raises
        ------
        ValueError
            If the name ends in something else.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "vectors.npz")
        ...     WordVectors(["one", "two"], [[1.0], [2.0]]).save(path)
        ...     WordVectors.load(path)["two"]
        array([2.])
        """
        path = _npz_path(path)
        # As bytes and lengths: an array of str would take the longest word's room for each.
        encoded = [word.encode("utf-8") for word in self.words]
        arrays = {
            "format": np.array(_FORMAT),
            "words": np.frombuffer(b"".join(encoded), dtype=np.uint8),
            "word_lengths": np.array([len(word) for word in encoded], dtype=np.int64),
            "center": self.center,
        }
        optional = {"outside": self.outside, "counts": self.counts}
        present = {name: array for name, array in optional.items() if array is not None}
        # Named, so that a part that damage has hidden is missed.
        arrays |= {"parts": np.array(" ".join(present)), **present}
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=path.stem, suffix=".part", delete=False
        ) as file:
            try:
                np.savez(file, **arrays)
                file.close()
                os.chmod(file.name, 0o666 & ~_umask())
                os.replace(file.name, path)
            except BaseException:
                file.close()
                os.unlink(file.name)
                raise

    @classmethod
    def load(cls, path):
        """Read a file that `save` wrote.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        WordVectors

        Raises
        ------
        FileNotFoundError, IsADirectoryError
            If `path` is not a file.
        ValueError
            If it is not a whole file of this format; the message names it.
        """
        path = _npz_path(path)
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name an .npz file")
        if not path.exists():
            raise FileNotFoundError(f"there is no file {path}")
        try:
            # Opened here, so that it is closed again whatever NumPy makes of its content.
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            return cls._from_arrays(arrays)
        except KeyError as error:
            raise ValueError(f"{path} is not a file of word vectors: {error} is missing") from error
        except Exception as error:  # zipfile, zlib, struct, ...: damage has many names
            raise ValueError(f"{path} is not a whole file of word vectors: {error}") from error

    @classmethod
    def _from_arrays(cls, arrays):
        if str(arrays["format"]) != _FORMAT:
            raise ValueError(f"its format is {str(arrays['format'])!r}, not {_FORMAT!r}")
        text, lengths = arrays["words"].tobytes(), arrays["word_lengths"]
        if (
            lengths.ndim != 1
            or lengths.dtype.kind not in "iu"
            or (lengths < 0).any()
            or lengths.sum() != len(text)
        ):
            raise ValueError("the words do not have the lengths that it states")
        ends = np.cumsum(lengths)
        words = [
            text[start:end].decode("utf-8") for start, end in zip(ends - lengths, ends, strict=True)
        ]
        parts = {name: arrays[name] for name in str(arrays["parts"]).split()}
        return cls(words, arrays["center"], **parts)


def _npz_path(path):
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"{path} must end in .npz, the format of `WordVectors.save`")
    return path


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
