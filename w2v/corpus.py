"""Text to learn from: files of any number and packing, as documents that are read anew.

A `Corpus` says which files there are; a `_Reading` takes one of them apart, a piece of at
most about a megabyte at a time, since a file may be one line.
"""

import codecs
import csv
import glob
import io
import itertools
import json
import os
import re
import stat
import string
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from ._files import _MAGIC, unpack, unpacked_suffix

_JOINERS = "\u200c\u200d"  # zero width non-joiner and joiner, which stand inside words

FORMATS = ("text", "jsonl", "csv", "tsv")  #: what `Corpus` can read

_FORMAT_OF_SUFFIX = {
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "jsonl"),
    ".csv": "csv",
    ".tsv": "tsv",
}
_DELIMITERS = {"csv": ",", "tsv": "\t"}

_PIECE = 1 << 20  # bytes of a line that are worked on at one time
_BUFFER = 1 << 17
_LONGEST_FIELD = (1 << 31) - 1  # what `csv` takes on every system

_SPACES = b" \t\n\r\v\f"
_NOT_SPACES = bytes(set(range(256)) - set(_SPACES))
_CONTINUATION = bytes(range(0x80, 0xC0))  # bytes inside a character

_WIDE = {  # what files of other encodings begin with; the longer marks first
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_ADVICE = {  # for files that are not UTF-8, by what they begin with
    **{
        mark: f"it looks like {name}: convert it, for example with iconv -f {name} -t UTF-8"
        for mark, name in _WIDE.items()
    },
    b"PK\x03\x04": "it is a ZIP archive, as .docx and .npz files are: unpack it, and read its text",
    b"%PDF": "it is a PDF: extract its text first",
    **dict.fromkeys(
        itertools.chain.from_iterable(_MAGIC.values()), "it is packed twice: unpack it once"
    ),
}

_LONGEST_START = max(map(len, _ADVICE))

_OTHER_TOKENISER = (
    "for letters other than a to z, take the tokeniser `tokenize_unicode`, which is "
    "--tokenizer unicode on the command line"
)

# First bytes of characters that are letters, nearly all of them: not of U+0080 to U+00BF,
# U+2000 to U+2FFF and beyond U+F000, where signs are, quotation marks, dashes and emoji.
_OTHER_LETTERS = bytes({*range(0xC3, 0xEF)} - {0xE2})


# --- tokenisers --------------------------------------------------------------------------------


def tokenize(text):
    """Words of a text: runs of the letters a to z, in lower case.

    Everything else separates words, so ``log_softmax`` is two words and digits are
    dropped. For text in other scripts, take `tokenize_unicode`, or a tokeniser of your own.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> tokenize("The SOFTMAX of 2 scores isn't log_softmax.")
    ['the', 'softmax', 'of', 'scores', 'isn', 't', 'log', 'softmax']
    """
    return text.translate(_lowered).split()


class _Lowered(dict):
    """For `str.translate`: a to z in lower case, and a space for every other character."""

    # Not by `str.lower`, which makes one of a to z of a few other letters, such as the
    # sign for kelvin.

    def __missing__(self, code):
        self[code] = (chr(code) if chr(code) in string.ascii_letters else " ").lower()
        return self[code]


_lowered = _Lowered()


def tokenize_unicode(text):
    """Words of a text in any script: runs of letters, marks and digits, in lower case.

    Letters are those of Unicode, with letter-like numbers such as Roman ones; marks are
    the accents and vowel signs that stand with them. Everything else separates words:
    apostrophes, hyphens and underscores as well as emoji. The two joiners of zero width
    are kept inside words, where Persian and the scripts of India need them. Equivalent
    texts give equal words: they are in the normal form NFC.

    Lower case is the same for all languages, so the Turkish dotted capital İ becomes an i
    with a dot above. Scripts without spaces, such as Thai, Chinese and Japanese, are not
    cut into words: a run up to the next space or punctuation mark is one. Give `Corpus` a
    tokeniser for such a language, a function that takes a text and returns its words.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> tokenize_unicode("Größe 10: ΛΌΓΟΣ, हिन्दी, l'été!")
    ['größe', '10', 'λόγος', 'हिन्दी', 'l', 'été']
    """
    if text.isascii():
        return text.lower().translate(_spaced).split()
    # Lower case first, since it can undo the normal form.
    text = unicodedata.normalize("NFC", text.lower())
    words = text.translate(_spaced).split()
    if _marks().search(text):  # rare outside of scripts that need them
        words = [trimmed for word in words if (trimmed := _trimmed(word))]
    return words


class _Spaced(dict):
    """For `str.translate`: what belongs to words stays, and all else becomes a space."""

    def __missing__(self, code):
        kept = _is_letter(chr(code)) or _is_mark(chr(code))
        self[code] = code if kept else ord(" ")
        return self[code]


_spaced = _Spaced()


def _is_letter(char):
    """Whether it is a letter or digit: what a word of `tokenize_unicode` begins with."""
    category = unicodedata.category(char)
    return category[0] == "L" or category in ("Nd", "Nl")


def _is_mark(char):
    return unicodedata.category(char)[0] == "M" or char in _JOINERS


@cache
def _marks():
    """A compiled expression for one mark or joiner, made when it is first needed."""
    # There are none in the planes between, which are for ideographs or for nothing yet.
    codes = itertools.chain(range(0x300, 0x20000), range(0xE0000, 0xF0000))
    marks = "".join(filter(_is_mark, map(chr, codes)))
    return re.compile(f"[{marks}]")


def _trimmed(word):
    """A word without marks and joiners before its first letter, and joiners at its end."""
    word = word.rstrip(_JOINERS)
    start = 0
    while start < len(word) and _is_mark(word[start]):
        start += 1
    return word[start:]


def tokenize_spaces(text):
    r"""Words of a text that is tokenised already: what white space separates, unchanged.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> tokenize_spaces("New_York is n't\tNYC .")
    ['New_York', 'is', "n't", 'NYC', '.']
    """
    return text.split()


class _Letters:
    """How many letters `tokenize` has kept, and how many it has dropped."""

    def __init__(self):
        self.kept = self.dropped = 0

    def count_dropped(self, raw):
        """Count the letters beyond ASCII in bytes of UTF-8, nearly exactly."""
        if not raw.isascii():
            self.dropped += len(raw) - len(raw.translate(None, _OTHER_LETTERS))

    def share_dropped(self):
        return self.dropped / max(1, self.kept + self.dropped)


# --- the corpus --------------------------------------------------------------------------------


class _Streamed:
    """Documents that come in pieces, since one may be longer than memory is large.

    `encode_text` takes the pieces; whoever iterates gets whole documents. A class of this
    kind has `_pieces(moved)`, a generator of words and whether they end a document, as the
    last ones do; and `_size()`, the number of bytes on disk, or None if that is not known.
    The function `moved` is told how many more of these bytes have been read.
    """

    def __iter__(self):
        parts = []
        for words, ends in self._pieces():
            if words:
                parts.append(words)
            if ends and parts:
                yield parts[0] if len(parts) == 1 else list(itertools.chain.from_iterable(parts))
                parts = []


def _comes_in_pieces(corpus):
    """Whether it is `_Streamed`; a subclass may iterate in its own way."""
    return isinstance(corpus, _Streamed) and type(corpus).__iter__ is _Streamed.__iter__


class Corpus(_Streamed):
    r"""Text files as documents, read anew each time they are iterated.

    Iterating gives each document that has words as a list of them. No more than about a
    megabyte of a line is held beside the words of one document; `encode_text` and `train`
    do not even hold these. To that end a longer line is cut at white space, and where a
    megabyte has none, between characters. A record of a table is held as a whole.

    Packed files (gzip, bzip2, xz, Zstandard) are unpacked on the way, whatever their
    names. Zstandard needs the extra ``zstd``.

    Parameters
    ----------
    source : str, path-like, binary file, or a list or tuple of these
        A file; a folder, of which all files below are read, sorted, hidden ones left out;
        a pattern such as ``"texts/**/*.txt"`` (a string with ``*``, ``?`` or ``[`` that is
        not the name of a file), of which all matches are read, sorted; ``"-"`` for
        standard input; or a file that was opened for reading bytes. No file is read
        twice, whatever links lead to it. Standard input, pipes and open files can be
        iterated only once.
    tokenize : callable
        Takes a text, a line or a piece of one, and returns its words: `w2v.tokenize` for
        English, `w2v.tokenize_unicode` for any script, `w2v.tokenize_spaces` for text
        that is tokenised already, or a function of your own.
    split : {"line", "paragraph"}
        What a document is: a line, as word2vec reads its input, or the lines up to the
        next blank one, for prose that is broken into lines. The end of a file ends both.
    format : {"text", "jsonl", "csv", "tsv"}, optional
        What the files hold, all of it in UTF-8: plain text; a JSON object on each line; or
        a table as Python's `csv` reads it, with quotation marks around fields that need
        them. By default the name of each file decides: .jsonl, .ndjson and .json, .csv,
        .tsv, each with or without the suffix of its packing, and all else is text. In the
        last three, every record is a document.
    column : str or int, optional
        Which field has the text. By default "text" in JSON, where the value may also be a
        list of words. Tables have a header with the names of their columns, and the name
        may be left out if there is but one; in a table without header, give the number of
        the column, counted from 0.
    exclude : iterable of str or path-like, optional
        Files to leave out of what folders and patterns stand for, whether they exist or
        not. A file that `source` names itself is read all the same.

    Attributes
    ----------
    files : list of Path
        The files that are read, in this order; standard input and open files aside.

    Raises
    ------
    FileNotFoundError
        If there is no such file, nothing matches the pattern, or the folder has no files;
        those of `exclude` do not count.
    TypeError
        If `source`, `column` or `exclude` is of another type, or a file is open for text.
    ValueError
        If an argument has none of the values above. While iterating, if no file has a
        word, a packed file is damaged, a record is not as it should be, or what can be
        read only once is read again; the message names the file, and the line if there is
        one.
    UnicodeDecodeError
        While iterating: names the file, the line and the byte, of the unpacked text.
    ModuleNotFoundError
        While iterating, if a file is packed with Zstandard and w2v was installed without
        the extra ``zstd``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "cats.txt"
    >>> _ = path.write_text("The cat sat\non the mat.")
    >>> list(Corpus(path))
    [['the', 'cat', 'sat'], ['on', 'the', 'mat']]
    >>> list(Corpus(path, split="paragraph"))
    [['the', 'cat', 'sat', 'on', 'the', 'mat']]

    A folder, with a table in it:

    >>> _ = path.with_name("dogs.csv").write_text("year,text\n2024,A dog barks.\n")
    >>> corpus = Corpus(folder.name, column="text")
    >>> [file.name for file in corpus.files]
    ['cats.txt', 'dogs.csv']
    >>> list(corpus)[-1]
    ['a', 'dog', 'barks']
    >>> folder.cleanup()
    """

    def __init__(
        self, source, tokenize=tokenize, split="line", format=None, column=None, exclude=()
    ):
        if split not in ("line", "paragraph"):
            raise ValueError(f'`split` must be "line" or "paragraph", but it is {split!r}')
        if format is not None and format not in FORMATS:
            raise ValueError(f"`format` must be one of {FORMATS}, but it is {format!r}")
        self.tokenize = tokenize
        self.split = split
        self.column = column
        self._inputs = _inputs(source, format, _real_paths(exclude))
        _require_fitting(self._inputs, split, column)

    @property
    def files(self):
        """The files that are read, in this order."""
        return [each.path for each in self._inputs if each.path is not None]

    def __repr__(self):
        first, more = Path(self._inputs[0].name).name, len(self._inputs) - 1
        return f"<Corpus {first} and {more} more>" if more else f"<Corpus {first}>"

    def _size(self):
        return None if self._once() else sum(each.size() for each in self._inputs)

    def _once(self):
        """Whether it can be iterated only once."""
        return any(each.once for each in self._inputs)

    def _is_text(self):
        return all(each.format == "text" for each in self._inputs)

    def _pieces(self, moved=None, letters=None):
        letters = letters or _Letters()
        empty = True
        for each in self._inputs:
            with each.opened(moved) as file:
                reading = _Reading(file, each.name)
                for words, ends in self._pieces_of(reading, each.format, letters):
                    if words:
                        empty = False
                    yield words, ends
        if empty:
            raise self._without_words(letters)

    def _pieces_of(self, reading, format, letters):
        if format == "text":
            return self._pieces_of_text(reading, letters)
        records = (
            _json_texts(reading, "text" if self.column is None else self.column)
            if format == "jsonl"
            else _table_texts(reading, _DELIMITERS[format], self.column)
        )
        return (
            (self._words(text, letters) if isinstance(text, str) else text, True)
            for text in records
        )

    def _pieces_of_text(self, reading, letters):
        by_line = self.split == "line"
        blank = True
        for text, ends in reading.pieces():
            words = self._words(text, letters) if text else []
            blank = blank and not text.strip()
            yield words, ends and (by_line or blank)
            if ends:
                blank = True
        yield [], True

    def _words(self, text, letters):
        words = self.tokenize(text)
        if self.tokenize is tokenize:
            letters.kept += sum(map(len, words))
            letters.count_dropped(text.encode())
        if type(words) is list:
            return words
        if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
            raise TypeError(
                f"`tokenize` must return words, a list of strings, but from {text[:30]!r} "
                f"it made {words!r:.60}"
            )
        return list(words)

    def _without_words(self, letters):
        """The error for a corpus in which there is nothing."""
        first, more = self._inputs[0], len(self._inputs) - 1
        if more:
            found = f"{first.name} and {more} more files have no words"
        elif not first.once and not first.size():
            found = f"{first.name} is an empty file"
        else:
            found = f"{first.name} has no words"
        return ValueError(f"{found}; {_OTHER_TOKENISER}" if letters.dropped else found)

    def _letters_are_dropped(self, letters):
        """The warning for a corpus whose words `tokenize` has cut."""
        first, more = self._inputs[0], len(self._inputs) - 1
        files = f"{first.name} and {more} more files" if more else first.name
        return (
            f"in {files}, {100 * letters.share_dropped():.0f} % of the letters are not among a to "
            f"z, and words are cut at them; {_OTHER_TOKENISER}"
        )


def _require_fitting(inputs, split, column):
    """Refuse arguments that do not go together."""
    if column is not None and (isinstance(column, bool) or not isinstance(column, (str, int))):
        raise TypeError(f"`column` must be a name or a number, but it is {column!r}")
    if isinstance(column, int) and column < 0:
        raise ValueError(f"`column` counts from 0, but it is {column}")
    tables = [each for each in inputs if each.format != "text"]
    if column is not None and not tables:
        raise ValueError(
            f"`column` is {column!r}, but {inputs[0].name} is read as text: name another `format`"
        )
    for each in tables:
        if split == "paragraph":
            raise ValueError(
                f'`split` is "paragraph", which is for text, but {each.name} is read as '
                f"{each.format}: there, every record is a document"
            )
        if each.format == "jsonl" and isinstance(column, int):
            raise ValueError(
                f"`column` is {column}, but {each.name} is read as jsonl, whose fields have names"
            )


# --- what to read ------------------------------------------------------------------------------


class _Input:
    """Something to read from: a file, standard input, or a file that is open already."""

    def __init__(self, name, path=None, file=None, format=None):
        self.name, self.path, self.file = name, path, file
        self.format = format or _FORMAT_OF_SUFFIX.get(unpacked_suffix(name), "text")
        self.once = path is None or not stat.S_ISREG(os.stat(path).st_mode)
        self.used = False

    def size(self):
        return self.path.stat().st_size

    @contextmanager
    def opened(self, moved):
        if self.once and self.used:
            raise ValueError(
                f"{self.name} can be read only once, and it was: save it as a file, and read that"
            )
        self.used = True
        file = self._file()
        try:
            yield unpack(io.BufferedReader(_Watched(file, moved), _BUFFER), self.name)
        finally:
            if self.path is not None:
                file.close()

    def _file(self):
        if self.path is not None:
            return open(self.path, "rb", buffering=0)
        if self.file is not None:
            return self.file
        file = getattr(sys.stdin, "buffer", None)
        if file is None:
            raise ValueError("standard input is closed, or is not a file of bytes")
        return file


class _Watched(io.RawIOBase):
    """A file that tells how much has been read of it."""

    def __init__(self, file, moved):
        self.file, self.moved = file, moved

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        if self.moved is not None:
            self.moved(len(data))
        return len(data)


def _real_paths(exclude):
    if not isinstance(exclude, (str, bytes, os.PathLike)) and isinstance(exclude, Iterable):
        paths = list(exclude)
        if all(isinstance(path, (str, os.PathLike)) for path in paths):
            return set(map(os.path.realpath, paths))
    raise TypeError(f"`exclude` must be a list of paths, but it is {exclude!r:.60}")


def _inputs(source, format, excluded):
    """What a source stands for, without repetition."""
    sources = source if isinstance(source, (list, tuple)) else [source]
    if not sources:
        raise ValueError("`source` is empty: name at least one file")
    found = {}
    for each in sources:
        if hasattr(each, "read"):
            found.setdefault(id(each), _open_input(each, format))
        elif each == "-":
            found.setdefault("-", _Input("standard input", format=format))
        else:
            for path in _paths(each, excluded):
                found.setdefault(os.path.realpath(path), _Input(str(path), path, format=format))
    return list(found.values())


def _open_input(file, format):
    if isinstance(file.read(0), str):
        raise TypeError(f"{file!r} is open for text: open it for bytes, with mode 'rb'")
    name = getattr(file, "name", None)
    return _Input(name if isinstance(name, str) else "an open file", file=file, format=format)


def _paths(source, excluded):
    """The files that a name, a folder or a pattern stands for, sorted."""
    if not isinstance(source, (str, os.PathLike)) or isinstance(os.fspath(source), bytes):
        raise TypeError(
            "`source` must be a file, a folder, a pattern, an open file, or a list of these, "
            f"but it is or has {source!r:.60}"
        )
    name = os.fspath(source)
    if os.path.isdir(name):
        files = _without(excluded, _files_below(name))
        if not files:
            raise FileNotFoundError(f"the folder {name} has no files, hidden ones aside")
    elif name and os.path.exists(name):
        return [Path(name)]
    elif isinstance(source, str) and re.search("[*?[]", source):
        files = _without(excluded, _matches(source))
        if not files:
            raise FileNotFoundError(f"no file matches {source}")
    else:
        raise FileNotFoundError(f"there is no file {name!r:.200}")
    # By their POSIX names, so that every operating system has the same order.
    return sorted(files, key=Path.as_posix)


def _without(excluded, files):
    """The files whose real paths are not among these."""
    if not excluded:  # a real path takes long
        return files
    return [file for file in files if os.path.realpath(file) not in excluded]


def _matches(pattern):
    files = set()
    for match in glob.iglob(pattern, recursive=True):
        files.update(_files_below(match) if os.path.isdir(match) else [Path(match)])
    return files


def _files_below(folder):
    files = []
    for place, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(place, name) for name in names if not name.startswith(".")]
    # Sockets and pipes are left out; a link that leads nowhere is an error that names it.
    return [file for file in files if file.is_file() or not file.exists()]


def _raise(error):
    raise error


# --- reading -----------------------------------------------------------------------------------


class _Reading:
    """The text of one file while it is read: where it is, and what is wrong there.

    Parameters
    ----------
    file : binary file
        Unpacked.
    name : str
        For messages.
    """

    def __init__(self, file, name):
        self.file, self.name = file, name
        self.line = 0  # number of the line that was given last
        self.position = 0  # of the byte after what was given last
        self.start = b""  # of the file

    def pieces(self):
        """Lines, in pieces of about `_PIECE` bytes: the text, and whether the line ends."""
        rest = b""
        goes_on = False
        while raw := self.file.readline(_PIECE):
            self.start = self.start or raw[:_LONGEST_START]
            if not goes_on:
                self.line += 1
            goes_on = not raw.endswith(b"\n")
            is_part = goes_on and len(raw) == _PIECE
            if self.line == 1 and not self.position and raw.startswith(codecs.BOM_UTF8):
                raw = raw[len(codecs.BOM_UTF8) :]  # some editors put it there
                self.position = len(codecs.BOM_UTF8)
            raw = rest + raw
            cut = _cut_line(raw) if is_part else len(raw)
            yield self._decoded(raw[:cut]), not goes_on
            rest = raw[cut:]
        if goes_on:
            yield self._decoded(rest), True

    def lines(self):
        """Whole lines."""
        parts = []
        for text, ends in self.pieces():
            parts.append(text)
            if ends:
                yield "".join(parts)
                parts = []

    def _decoded(self, raw):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise self._not_utf8(error, self.line, self.position + error.start) from None
        self.position += len(raw)
        return text

    def blocks(self, size, goes_on):
        """Bytes of UTF-8, cut where neither a word nor a character goes on.

        Lines may be cut, too.

        Parameters
        ----------
        size : int
            Of a block, about.
        goes_on : bytes
            After which a block must not be cut: parts of words, and `_CONTINUATION`.
        """
        self.line = 1  # of the start of the block
        block = self.file.read(len(codecs.BOM_UTF8))
        if block == codecs.BOM_UTF8:
            self.position, block = len(block), b""
        more = True
        while more:
            # The longer a word gets, the more is read: else its start is copied too often.
            more = self.file.read(max(size, len(block)))
            block += more
            if not self.position:
                self.start = block[:_LONGEST_START]
            try:
                # Unlike bytes.decode, it forgives a character that the next block completes.
                block.isascii() or codecs.utf_8_decode(block, "strict", not more)
            except UnicodeDecodeError as error:
                raise self._not_utf8_in_block(error) from None
            cut = _cut_block(block, goes_on) if more else len(block)
            if cut:
                yield block[:cut]
                self.position += cut
                self.line += block.count(b"\n", 0, cut)
                block = block[cut:]

    def _not_utf8_in_block(self, error):
        """The error of `pieces`, with as much of the line as the block has."""
        block, start, end = error.object, error.start, error.end
        line_start = block.rfind(b"\n", 0, start) + 1
        line_end = block.find(b"\n", start) + 1 or len(block)
        in_line = UnicodeDecodeError(
            "utf-8", block[line_start:line_end], start - line_start, end - line_start, error.reason
        )
        line = self.line + block.count(b"\n", 0, start)
        return self._not_utf8(in_line, line, self.position + start)

    def _not_utf8(self, error, line, byte):
        """The error with a message that names the place; `error.object` is the line, or a part."""
        advice = next(
            (advice for start, advice in _ADVICE.items() if self.start.startswith(start)),
            "save the file as UTF-8",
        )
        reason = f"{error.reason}: {self.name}, line {line}, byte {byte} is not UTF-8; {advice}"
        return UnicodeDecodeError("utf-8", error.object, error.start, error.end, reason)


def _cut_line(raw):
    """The last place to cut a part of a line: after white space, else between characters."""
    kept = len(raw.rstrip(_NOT_SPACES))
    if kept:
        return kept
    start = len(raw.rstrip(_CONTINUATION)) - 1  # of the last character, which may lack its end
    return start if len(raw) - start < 4 and raw[start] >= 0xC0 else len(raw)


def _cut_block(block, goes_on):
    """The last place to cut a block: after an ASCII separator, or before another character."""
    kept = block.rstrip(goes_on)
    cut = len(kept) - (kept[-1:] >= b"\x80")
    return cut or (len(block) if len(block) > _PIECE else 0)


# --- records -----------------------------------------------------------------------------------


def _json_texts(reading, field):
    """The text, or the words, of each line that is a JSON object."""
    for line in reading.lines():
        if line.strip():
            yield _json_text(line.rstrip(), field, f"{reading.name}, line {reading.line}")


def _json_text(line, field, place):
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", error)
        column = f", character {error.colno}" if hasattr(error, "colno") else ""
        raise ValueError(
            f"{place}{column}: {reason}; every line must be a JSON object of its own"
        ) from None
    if not isinstance(record, dict):
        raise ValueError(f"{place} is not a JSON object but {line:.60}")
    if field not in record:
        raise ValueError(
            f"{place} has no field {field!r}: its fields are {_listed(record)}. Name the one with "
            "the text by `column`"
        )
    text = record[field]
    words = [text] if isinstance(text, str) else text
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(
            f"{place}: field {field!r} must be a string, or a list of strings that are words, "
            f"but it is {json.dumps(text):.60}"
        )
    if "\\u" in line:
        _require_whole_characters(words, field, place)
    return text


def _require_whole_characters(words, field, place):
    """Refuse half a surrogate pair: JSON can hold it, and no file can."""
    try:
        "".join(words).encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{place}: field {field!r} has half a character, {error.object[error.start]!r}"
        ) from None


def _table_texts(reading, delimiter, column):
    """One field of each row of a table."""
    rows = _rows(reading, delimiter)
    line, first = next(rows, (0, None))
    if first is None:
        return
    place = _place(first, column, f"{reading.name}, line {line}", delimiter)
    if isinstance(column, int):
        rows = itertools.chain([(line, first)], rows)
    for line, row in rows:
        if len(row) != len(first):
            raise ValueError(
                f"{reading.name}, line {line} has {len(row)} fields, and the first has "
                f"{len(first)}: put fields that have a comma, tab, quotation mark or line break "
                "in quotation marks"
            )
        yield row[place]


def _rows(reading, delimiter):
    """Rows that are not blank, with the lines they begin in."""
    # Strict, or a quotation mark too many would make one field of the rest of the file.
    reader = csv.reader(reading.lines(), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        limit = csv.field_size_limit(_LONGEST_FIELD)  # which all users of `csv` share
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(
                f"{reading.name}, line {line} cannot be read as a table: {error}"
            ) from None
        finally:
            csv.field_size_limit(limit)
        if row:
            yield line, row


def _place(first, column, place, delimiter):
    """The number of the column that is meant."""
    hint = _separated_otherwise(first, delimiter)
    if isinstance(column, int):
        if column >= len(first):
            raise ValueError(
                f"`column` is {column}, but {place} has {len(first)} fields, from 0{hint}"
            )
        return column
    if column is None:
        if len(first) == 1 and not hint:
            return 0
        raise ValueError(
            f"name the `column` that has the text; {place}, has {_listed(first)}{hint}"
        )
    if first.count(column) != 1:
        number = "several columns" if column in first else "no column"
        raise ValueError(f"{place} has {number} {column!r}; the columns are {_listed(first)}{hint}")
    return first.index(column)


def _separated_otherwise(first, delimiter):
    """What to add to an error if the first row is one field that looks like several."""
    if len(first) == 1 and ";" in first[0]:
        name = {",": "commas", "\t": "tabs"}[delimiter]
        return f"; the fields seem to be separated by ';': save the table with {name} instead"
    if len(first) == 1 and "\t" in first[0]:
        return '; the fields seem to be separated by tabs: name the `format` "tsv"'
    return ""


def _listed(names):
    return ", ".join(map(repr, names)) or "none"
