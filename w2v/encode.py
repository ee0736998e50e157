"""A corpus as numbers, in one pass over it: what training reads in place of words.

Which word is the most frequent is known only at the end. So each new word gets the next
number, and when all are counted, the numbers are replaced block by block, where they lie.

Most time goes into finding the number of a word. For text whose words are runs of the
letters a to z, NumPy does that for all words of a block at once; see `_LetterNumbers`.
"""

import errno
import itertools
import mmap
import os
import tempfile
import threading
import warnings
import weakref
from collections import defaultdict
from collections.abc import Sized
from contextlib import contextmanager

import numpy as np

from ._progress import progress_bar
from .corpus import _CONTINUATION, Corpus, _comes_in_pieces, _Letters, _Reading, tokenize
from .vocabulary import Vocabulary, _documents

END = -1  #: closes every document in `EncodedText.tokens`

_DROPPED = -2  # in a table of new numbers: the word is too rare to have one

# Sizes for speed alone: what is worked on at one time should fit into a processor's cache.
_BLOCK = 1 << 18  # bytes of text
_CHUNK = 1 << 16  # numbers
_CHUNKS_IN_PIECE = 16
_SLOT_BITS = 20

_FEW = 0.02  # of the letters may be dropped without a warning, as loanwords and names are

_KEY = 16  # letters of a word that `_LetterNumbers` compares

_LETTERS = bytes(range(ord("a"), ord("z") + 1))
_LOWER = bytes.maketrans(_LETTERS.upper(), _LETTERS)
# Lower case for letters, and a space for every other byte.
_TO_LETTERS = bytes(c if c in _LETTERS else ord(" ") for c in _LOWER)
# Bytes after which text must not be cut: letters, and bytes inside a character.
_GOES_ON = _LETTERS + _LETTERS.upper() + _CONTINUATION


class EncodedText:
    """A corpus as numbers; made by `encode_text`.

    Its length is the number of tokens. Numbers in a temporary file take disk space until
    this object and all arrays made by slicing `tokens` are gone. The operating system
    removes the file then, however the program ends. To be rid of it earlier, call `close`,
    or use the object in a ``with`` statement.

    Parameters
    ----------
    vocabulary : Vocabulary
    tokens : ndarray of int32, shape (T + D,)
        Indices into the vocabulary, with `END` after each document.

    Attributes
    ----------
    vocabulary : Vocabulary
        The words, with their counts.
    tokens : ndarray of int32, shape (T + D,)
        Indices into the vocabulary, document after document, each closed by `END`, which
        is -1. Cannot be written to. A `numpy.memmap` if the numbers are in a file: the
        whole file is mapped when this is first asked for, and `read` does without.
    words : int
        Number T of tokens that are words.
    documents : int
        Number D of documents that have words of the vocabulary.

    Examples
    --------
    >>> with encode_text([["a", "b", "a"], ["rare"], ["b", "a"]], min_count=2) as text:
    ...     print(text.tokens, text.words, text.documents)
    [ 0  1  0 -1  1  0 -1] 5 2
    """

    def __init__(self, vocabulary, tokens):
        self.vocabulary = vocabulary
        self.words = int(vocabulary.counts.sum())
        self.documents = len(tokens) - self.words
        self._tokens = tokens  # an array, or a `_File`

    def __len__(self):
        return self.words + self.documents

    @property
    def tokens(self):
        """Indices into the vocabulary, with `END` after each document."""
        tokens = self._opened()
        return tokens.mapped() if isinstance(tokens, _File) else tokens

    def read(self, start, stop):
        """A copy of some of the tokens, as of ``tokens[start:stop]``.

        Several threads may read at the same time. Numbers in a file are read from it, and
        never mapped, so that no more address space is taken than the copy needs.

        Parameters
        ----------
        start, stop : int
            As in a slice: what is beyond the end is left out.

        Returns
        -------
        ndarray of int32

        Raises
        ------
        ValueError
            If `close` was called.
        OSError
            If the temporary file cannot be read.

        Examples
        --------
        >>> encode_text([["a", "b", "a"], ["a"]], min_count=1).read(1, 4)
        array([ 1,  0, -1], dtype=int32)
        """
        tokens = self._opened()
        start, stop, _ = slice(start, stop).indices(len(self))
        if isinstance(tokens, _File):
            return tokens.read(start, max(stop - start, 0))
        return np.array(tokens[start:stop], np.int32)

    def _opened(self):
        if self._tokens is None:
            raise ValueError("this EncodedText is closed: its numbers are gone")
        return self._tokens

    def close(self):
        """Forget the numbers, and with them their temporary file. A second call is harmless.

        Examples
        --------
        >>> text = encode_text([["a", "b"]], min_count=1)
        >>> text.close()
        >>> text.tokens
        Traceback (most recent call last):
        ...
        ValueError: this EncodedText is closed: its numbers are gone
        """
        self._tokens = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        return f"<EncodedText of {self.words} words in {self.documents} documents>"


def encode_text(corpus, min_count=5, progress=None, in_memory=1 << 27, folder=None):
    r"""Read a corpus once, count its words and replace them by their indices.

    Gives the vocabulary of `Vocabulary.build` and the numbers of `Vocabulary.encode`, but
    in one pass, and without holding more of the text than a block of it.

    Parameters
    ----------
    corpus : str, path-like, Corpus, or iterable of iterables of str
        What `Corpus` takes, read with a document a line; a `Corpus`; or documents that are
        sequences of words. Iterators and generators will do. A `Corpus` of lines of text
        with the tokeniser `w2v.tokenize` is read fastest.
    min_count : int
        Rarer words are left out, and documents of which nothing is left.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody can see it.
    in_memory : int
        Bytes of numbers, four for each word, that are kept in memory. More go to a
        temporary file, all of them. The default is 128 MB, or 33 million words.
    folder : str or path-like, optional
        Where the temporary file is; by default where Python puts such files.

    Returns
    -------
    EncodedText

    Raises
    ------
    TypeError
        If a document is one string instead of a sequence of words, or a word is no string.
    ValueError
        If the files have no words, or none is frequent enough; or one is damaged.
    UnicodeDecodeError
        Names the file, the line and the byte.
    OSError
        If the file cannot be read, or the temporary file not be written: the message
        names the folder. Nothing is left in it.

    Warns
    -----
    UserWarning
        If the tokeniser of a `Corpus` is `w2v.tokenize`, and more than 2 % of the letters
        are not among those it knows, a to z.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "cats.txt"
    ...     _ = path.write_text("The cat sat\non the mat.")
    ...     text = encode_text(path, min_count=1)
    >>> text.vocabulary.words
    ['the', 'cat', 'mat', 'on', 'sat']
    >>> text.tokens
    array([ 0,  1,  4, -1,  3,  0,  2, -1], dtype=int32)
    """
    if isinstance(corpus, (str, os.PathLike)):
        corpus = Corpus(corpus)
    letters = _Letters()
    with _Numbers(in_memory, folder) as numbers:
        if _is_of_letters(corpus):
            words = _read_letters(corpus, numbers, progress, letters)
        else:
            words = _read_documents(corpus, numbers, progress, letters)
        if letters.share_dropped() > _FEW:
            warnings.warn(corpus._letters_are_dropped(letters), UserWarning, stacklevel=2)
        counts = numbers.counts[: len(words)]
        chosen = np.flatnonzero(counts >= min_count)
        if not len(chosen):  # an error that names the most frequent of all words
            chosen = np.arange(len(words))
        chosen_words = [words[number] for number in chosen.tolist()]
        vocabulary = Vocabulary(
            dict(zip(chosen_words, counts[chosen].tolist(), strict=True)), min_count
        )
        new = np.full(len(words) + 1, _DROPPED, np.int32)
        new[chosen] = [vocabulary.index[word] for word in chosen_words]
        new[END] = END  # the last, since it is -1
        return EncodedText(vocabulary, numbers.replaced(new))


# --- reading -----------------------------------------------------------------------------------


def _is_of_letters(corpus):
    """Whether `_LetterNumbers` finds its words."""
    return (
        type(corpus) is Corpus
        and corpus.tokenize is tokenize
        and corpus.split == "line"
        and corpus._is_text()
    )


def _read_documents(corpus, numbers, progress, letters):
    """Number the words of any documents; return them in the order of their numbers."""
    number_of = defaultdict(itertools.count().__next__)
    with _pieces(corpus, progress, letters) as pieces:
        # No Python runs between the words of a piece, and a document may be of any length.
        stream = itertools.chain.from_iterable(
            itertools.chain(map(number_of.__getitem__, words), (END,) if ends else ())
            for words, ends in pieces
        )
        try:
            while len(chunk := np.fromiter(itertools.islice(stream, _CHUNK), np.int32)):
                numbers.append(chunk)
        except TypeError as error:
            if "unhashable" in str(error):  # such as a list
                raise TypeError(f"words must be strings, but one is not ({error})") from error
            raise
    words = list(number_of)
    _require_strings(words)
    return words


def _require_strings(words):
    for word in words:
        if not isinstance(word, str):
            raise TypeError(
                f"words must be strings, but one is {word!r:.60}, of type "
                f"{type(word).__name__}: make strings of them, or leave them out"
            )


@contextmanager
def _pieces(corpus, progress, letters):
    """Words, and whether they end a document, while a bar moves."""
    if _comes_in_pieces(corpus):
        counted = (letters,) if isinstance(corpus, Corpus) else ()
        with _bar_over(corpus, progress) as bar:
            yield corpus._pieces(bar.update, *counted)
        return
    total = len(corpus) if isinstance(corpus, Sized) else None
    with progress_bar(_documents(corpus), "reading", "document", progress, total=total) as bar:
        yield ((document, True) for document in bar)


def _read_letters(corpus, numbers, progress, letters):
    """Do the same for text with a document a line, whose words are made of a to z."""
    number_of = _LetterNumbers(letters)
    with _bar_over(corpus, progress) as bar:
        for each in corpus._inputs:
            with each.opened(bar.update) as file:
                for block in _Reading(file, each.name).blocks(_BLOCK, _GOES_ON):
                    letters.count_dropped(block)
                    numbers.append(number_of.words_in(block))
            numbers.append(np.array([END], np.int32))  # the last line may have no end
    if not number_of.table:
        raise corpus._without_words(letters)
    return [word.decode() for word in number_of.table]


def _bar_over(corpus, progress):
    return progress_bar(
        description="reading",
        unit="B",
        show=progress,
        total=corpus._size() or None,
        unit_scale=True,
    )


# --- numbers of words --------------------------------------------------------------------------


class _LetterNumbers:
    """Numbers the words of text, runs of a to z, many at a time.

    An exact table has the number of each word, but is asked for one word at a time. Most
    words are found without it: a hash of a word's letters leads to a guess of its number,
    and the guess holds if that number's word has the same letters. A wrong guess costs
    time and nothing else.
    """

    def __init__(self, letters):
        self.letters = letters  # counts them
        self.table = defaultdict(itertools.count().__next__)  # bytes -> the next number
        self.guesses = np.zeros(1 << _SLOT_BITS, np.int32)
        self.keys = np.zeros(1, f"V{_KEY}")  # of the word of each number

    def words_in(self, block):
        """Numbers of the words of a block of bytes, with `END` for the end of each line."""
        # The space behind lets a key be read at the last letter, too.
        text = block.translate(_TO_LETTERS) + b" " * _KEY
        starts, ends = _words(text)
        lengths = ends - starts
        self.letters.kept += int(lengths.sum())
        keys = _keys(text, starts, lengths)
        slots = _slots(keys)
        numbers = self.guesses[slots]
        wrong = np.flatnonzero(_differ(self.keys[numbers], keys))
        numbers[wrong] = found = self._look_up(text, starts[wrong], ends[wrong])
        self._remember(slots[wrong], keys[wrong], found, lengths[wrong])
        line_ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
        return np.insert(numbers, np.searchsorted(starts, line_ends), END)

    def _look_up(self, text, starts, ends):
        words = [text[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
        return np.fromiter(map(self.table.__getitem__, words), np.int32, len(words))

    def _remember(self, slots, keys, numbers, lengths):
        if len(self.table) > len(self.keys):
            longer = np.zeros(2 * len(self.table), self.keys.dtype)
            longer[: len(self.keys)] = self.keys
            self.keys = longer
        # The key of a longer word is not its own.
        short = lengths <= _KEY
        self.keys[numbers[short]] = keys[short]
        self.guesses[slots[short]] = numbers[short]


def _words(text):
    """Where the words of letters and spaces start and end."""
    letters = np.zeros(len(text) + 1, bool)
    np.not_equal(np.frombuffer(text, np.uint8), ord(" "), out=letters[1:])
    changes = np.flatnonzero(letters[1:] != letters[:-1])
    return changes[0::2], changes[1::2]


def _masks():
    """For each length of a word, the part of `_KEY` bytes that belongs to it."""
    masks = np.zeros((_KEY + 2, _KEY), np.uint8)
    for length in range(_KEY + 1):
        masks[length, :length] = 0xFF
    # All longer words: one key that no other word has, and which is not 0 like the key of
    # a number that was never remembered. Each letter has these bits, and none has just them.
    masks[-1, 0] = 0x60
    return masks.view("<u8")


_MASKS = _masks()


def _keys(text, starts, lengths):
    """The letters of each word as `_KEY` bytes that can be compared at once."""
    windows = np.ndarray(len(text) - _KEY + 1, f"V{_KEY}", text, strides=(1,))
    keys = windows[starts]
    halves = keys.view("<u8").reshape(-1, 2)
    halves &= _MASKS.take(lengths, axis=0, mode="clip")
    return keys


def _slots(keys):
    """A hash of each key: its halves times odd numbers, of which the highest bits are kept."""
    halves = keys.view("<u8")
    mixed = halves[0::2] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= halves[1::2] * np.uint64(0xC2B2AE3D27D4EB4F)
    return (mixed >> np.uint64(64 - _SLOT_BITS)).view(np.int64)


def _differ(keys, others):
    halves = keys.view("<u8") != others.view("<u8")
    return halves[0::2] | halves[1::2]


# --- storing -----------------------------------------------------------------------------------


class _Numbers:
    """A growing sequence of numbers, counted, in memory or in a temporary file."""

    def __init__(self, in_memory, folder):
        self.in_memory, self.folder = in_memory, folder
        self.store = _Memory()
        self.length = 0
        self.last = END
        # How often each number was appended; the last entry is for END, which is -1.
        self.counts = np.zeros(1, np.int64)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.store.close()

    def append(self, numbers):
        numbers = _without_empty_documents(numbers, self.last)
        if not len(numbers):
            return
        self.last = numbers[-1]
        distinct = int(numbers.max()) + 1
        if distinct >= len(self.counts):
            longer = np.zeros(2 * distinct + 1, np.int64)
            longer[: len(self.counts) - 1] = self.counts[:-1]
            self.counts = longer
        np.add.at(self.counts, numbers, 1)
        end = self.length + len(numbers)
        if isinstance(self.store, _Memory) and 4 * end > self.in_memory:
            memory, self.store = self.store, _File(self.folder)
            for start, chunk in self._chunks(memory):
                self.store.write(start, chunk)
        self.store.write(self.length, numbers)
        self.length = end

    def replaced(self, new):
        """All numbers after each has become ``new[number]``, less what is dropped."""
        length, last = 0, END
        for _, chunk in self._chunks(self.store):
            numbers = new[chunk]
            numbers = _without_empty_documents(numbers[numbers != _DROPPED], last)
            if len(numbers):
                last = numbers[-1]
                self.store.write(length, numbers)
                length += len(numbers)
        tokens = self.store.finish(length)
        self.store = _Memory()  # from here on the tokens are not closed with these numbers
        return tokens

    def _chunks(self, store):
        for start in range(0, self.length, _CHUNK):
            yield start, store.read(start, min(_CHUNK, self.length - start))


def _without_empty_documents(numbers, before):
    """The numbers without each `END` that follows another; `before` stands before them."""
    ends = np.empty(len(numbers) + 1, bool)
    ends[0] = before == END
    np.equal(numbers, END, out=ends[1:])
    empty = ends[1:] & ends[:-1]
    return numbers[~empty] if empty.any() else numbers


class _Memory:
    """Numbers in memory, in pieces: an array that grows would be copied, and held twice."""

    def __init__(self):
        self.pieces = []
        self.size = _CHUNKS_IN_PIECE * _CHUNK  # so that no chunk lies in two pieces

    def read(self, start, count):
        piece, place = divmod(start, self.size)
        return self.pieces[piece][place : place + count]

    def write(self, start, numbers):
        while len(numbers):
            piece, place = divmod(start, self.size)
            if piece == len(self.pieces):
                # Mapped, since memory that NumPy frees may stay with the program.
                memory = mmap.mmap(-1, self.size * np.dtype(np.int32).itemsize)
                self.pieces.append(np.frombuffer(memory, np.int32))
            count = min(len(numbers), self.size - place)
            self.pieces[piece][place : place + count] = numbers[:count]
            numbers = numbers[count:]
            start += count

    def finish(self, length):
        # An empty array takes no memory before it is written to, and then takes it from
        # the pieces, one by one.
        tokens = np.empty(length, np.int32)
        for piece, start in enumerate(range(0, length, self.size)):
            tokens[start : start + self.size] = self.pieces[piece][: length - start]
            self.pieces[piece] = None
        tokens.flags.writeable = False
        return tokens

    def close(self):
        self.pieces.clear()


class _File:
    """Numbers in a temporary file.

    The file has no name, or on Windows is marked to be removed with its last user, so that
    nothing is left of it even when the program is killed.
    """

    def __init__(self, folder):
        self.folder = folder
        self.length = 0
        self.lock = threading.Lock()
        self.map = None
        with self._explained():
            # Unbuffered, so that closing it has nothing left to write, and to fail in.
            self.file = tempfile.TemporaryFile(dir=folder, prefix="w2v-", buffering=0)  # noqa: SIM115
        # Called at the latest when nobody has this object any more.
        self.close = weakref.finalize(self, self.file.close)

    @contextmanager
    def _explained(self):
        try:
            yield
        except OSError as error:
            folder = self.folder or tempfile.tempdir or "the folder for temporary files"
            raise OSError(
                error.errno,
                f"{error.strerror}: the text as numbers is too large for `in_memory`, and could "
                f"not be kept in a temporary file in {folder}. Free some space there, or name "
                "another `folder`",
            ) from error

    def __len__(self):
        return self.length

    def read(self, start, count):
        numbers = np.empty(count, np.int32)
        left = memoryview(numbers).cast("B")
        with self._explained():
            place = start * numbers.itemsize
            while left:
                read = self._read_into(left, place)
                if not read:
                    raise OSError(errno.EIO, "the temporary file was cut short")
                left = left[read:]
                place += read
        return numbers

    def _read_into(self, buffer, place):
        """Read bytes from a place, whatever other threads do; return how many."""
        if hasattr(os, "preadv"):
            return os.preadv(self.file.fileno(), [buffer], place)
        with self.lock:
            self.file.seek(place)
            return self.file.readinto(buffer)

    def write(self, start, numbers):
        with self._explained():
            self.file.seek(start * numbers.itemsize)
            left = memoryview(numbers).cast("B")
            while left:
                left = left[self.file.write(left) :]

    def finish(self, length):
        with self._explained():
            self.file.truncate(length * np.dtype(np.int32).itemsize)
        self.length = length
        return self

    def mapped(self):
        """All numbers as one array, which keeps the file alive."""
        with self.lock:
            if self.map is None:
                with self._explained():
                    self.map = np.memmap(self.file, np.int32, "r", shape=(self.length,))
            return self.map
