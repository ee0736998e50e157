"""Files of word vectors: NumPy's, word2vec's text and binary, the projector's, and Parquet.

`WordVectors.save` and `WordVectors.load` say what each format holds. Nothing here executes
what a file says, and tables grow as rows arrive, whatever a header declares.
"""

import itertools
import math
import operator
import re
import warnings
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._files import _zstandard, packing, replacing, replacing_all, require_writable, unpack

_NPZ = "w2v 1"
_CHECKPOINT = np.array("w2v checkpoint").tobytes()  # stands near the start of one
_TABLES = ("center", "outside")

_LARGEST_DIMENSION = 10**6
_LONGEST_WORD = 2**20  # bytes
_LONGEST_LINE = 2**26
_FIELDS = 100  # of a first line, among which a number is sought
_SHOWN = 30  # characters of a word
_ROWS = 2**12  # of Parquet, that are read at a time
_CHUNK = 2**20  # bytes that are read at a time
_BLOCK = 2**17  # numbers that are turned into text, or back, at a time
_DEFLATE = 1032  # times its size is the most that a zip file of NumPy's holds

_HEADER = re.compile(rb"\s*([+-]?\d{1,18})\s+([+-]?\d{1,18})\s*")
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COUNT = re.compile(rb"[+-]?\d{1,18}")
_WHITE = re.compile(r"[ \t\n\r\x0b\x0c]")
_ERRORS = ("strict", "replace", "ignore")

# The only float32 (and its negative) whose shortest decimals, taken for a float64 first, as
# nearly every reader does, are then rounded to its neighbour. Found by trying all.
_ROUNDED_TWICE = np.float32(7.038530691851209e-26)


class Options(NamedTuple):
    """How to read a file; `WordVectors.load` says what each means."""

    limit: int | None
    dtype: np.dtype | None
    errors: str


class Format(NamedTuple):
    """A way to write and to read word vectors."""

    write: Callable  # takes a path and WordVectors
    read: Callable  # takes a path and Options, returns arguments of WordVectors by name
    packable: bool
    require: Callable | None = None  # takes a path, and raises what writing to it would


def format_of(path, format=None):
    """The format of a file, by its name.

    Parameters
    ----------
    path : str or path-like
    format : str, optional
        What `path` would end in: "npz", "txt", "vec", "bin", "tsv" or "parquet".

    Returns
    -------
    Format

    Raises
    ------
    ValueError
        If there is no such format, or one that is not packed shall be.

    Examples
    --------
    >>> format_of("vectors.txt.gz") == format_of("vectors", "vec")
    True
    """
    kind = packing(path)
    inner = Path(path).with_suffix("") if kind else Path(path)
    suffix = inner.suffix.lower() if format is None else f".{format}"
    if suffix not in FORMATS and format is None:
        raise ValueError(
            f"{path} must end in {_listed(FORMATS)}; all but .npz and .parquet may be packed, as "
            "in .txt.gz"
        )
    if suffix not in FORMATS:
        names = _listed(f'"{known[1:]}"' for known in FORMATS)
        raise ValueError(f"`format` must be {names}, but it is {format!r}")
    if kind and not FORMATS[suffix].packable:
        raise ValueError(f"{path}: files of the format {suffix} are not packed; leave {kind} out")
    return FORMATS[suffix]


def _listed(names):
    *most, last = names
    return f"{', '.join(most)} or {last}"


def write(path, vectors, format=None):
    """Write vectors to a file, or to two: see `WordVectors.save`.

    Parameters
    ----------
    path : str or path-like
    vectors : WordVectors
    format : str, optional
        See `format_of`.

    Raises
    ------
    ValueError
        If there is no such format, or it cannot hold a word or a number.
    OSError
        If the file cannot be written.
    ModuleNotFoundError
        If a package that the format needs is missing.
    """
    require_storable(path, format)
    format_of(path, format).write(Path(path), vectors)


def require_storable(path, format=None):
    """Find out before the work, and not after it, that vectors cannot be written to `path`.

    Parameters
    ----------
    path : str or path-like
    format : str, optional
        See `format_of`.

    Raises
    ------
    ValueError
        If there is no such format.
    IsADirectoryError, FileNotFoundError, PermissionError
        If the file, or the second of ``.tsv``, cannot be written there.
    ModuleNotFoundError
        If a package that the format or the packing needs is missing.

    Examples
    --------
    >>> require_storable("vectors.doc")
    Traceback (most recent call last):
    ...
    ValueError: vectors.doc must end in .npz, .txt, .vec, .bin, .tsv or .parquet; all but ...
    """
    chosen = format_of(path, format)
    require_writable(path)
    if chosen.require is not None:
        chosen.require(path)
    if packing(path) == "zstd":
        _zstandard(path)


def read(path, format=None, limit=None, dtype=None, errors="strict"):
    """What a file of vectors holds: see `WordVectors.load`.

    Parameters
    ----------
    path : str or path-like
    format : str, optional
        See `format_of`.
    limit : int, optional
        How many words.
    dtype : data type, optional
    errors : {"strict", "replace", "ignore"}

    Returns
    -------
    dict
        "words" and "center", and "outside" and "counts" if they are there.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If `path` is not a file.
    ValueError
        If an argument is wrong, or the file; the message names the line or byte.
    UnicodeDecodeError
        If a word is not UTF-8.
    ModuleNotFoundError
        If a package that the format needs is missing.
    """
    archive = _archive(path)
    if archive == "checkpoint":
        raise ValueError(
            f"{path} is a checkpoint of training, not its vectors: go on with that training, which "
            "writes them when it is done"
        )
    chosen = format_of(path, format)
    if errors not in _ERRORS:
        raise ValueError(f"`errors` must be {_listed(map(repr, _ERRORS))}, but it is {errors!r}")
    options = Options(_row_limit(limit), _float_type(dtype), errors)
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file of vectors")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    if archive is not None and chosen is not FORMATS[".npz"]:
        raise ValueError(
            f"{path} is an archive, like .npz, whatever its name says: if it holds vectors, give "
            'it a name that ends in .npz, or the format "npz"'
        )
    return _first_of_each(path, chosen.read(path, options))


def _archive(path):
    """Which archive a file is by its first bytes: "checkpoint", "zip", or None."""
    if not Path(path).is_file():  # what a pipe gives is gone
        return None
    with open(path, "rb") as file:
        start = file.read(1024)
    if not start.startswith(b"PK\x03\x04"):
        return None
    return "checkpoint" if _CHECKPOINT in start else "zip"


def _row_limit(limit):
    if limit is None:
        return None
    limit = operator.index(limit)
    if limit < 1:
        raise ValueError(f"`limit` must be at least 1, but it is {limit}")
    return limit


def _float_type(dtype):
    if dtype is None:
        return None
    try:
        found = np.dtype(dtype).newbyteorder("=")
    except TypeError:
        found = None
    if found not in (np.float16, np.float32, np.float64):
        raise ValueError(f"`dtype` must be float16, float32 or float64, but it is {dtype!r}")
    return found


# --- words and tables --------------------------------------------------------------------------


def _delimited(words, path, is_forbidden, rule):
    """Words as UTF-8, where certain characters end them, and none may be very long."""
    forbidden = next(filter(is_forbidden, words), None)
    if forbidden is not None:
        raise ValueError(
            f"{path} cannot hold the word {_shown(forbidden)}: {rule}; save it as .npz or .parquet"
        )
    encoded = _encoded(words, path)
    for word, content in zip(words, encoded, strict=True):
        if len(content) > _LONGEST_WORD:
            raise ValueError(
                f"{path} cannot hold the word {_shown(word)}: it has {len(content)} bytes, and "
                f"none of more than {_LONGEST_WORD} could be read; save it as .npz or .parquet"
            )
    return encoded


def _encoded(words, path):
    """Words as UTF-8, or an error that names the first that cannot be written."""
    try:
        return [word.encode("utf-8") for word in words]
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{path} cannot hold the word {_shown(error.object)}, nor can any other format: half "
            "of a surrogate pair is no character of UTF-8"
        ) from None


def _shown(word):
    """A word for a message, of a long one how it begins."""
    return f"{word[:_SHOWN]!r}{'...' if len(word) > _SHOWN else ''}"


def _decoded(word, errors, place):
    try:
        return word.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        reason = (
            f"{error.reason}: {place}: the word {word[:40]!r} is not UTF-8; load the file with "
            'errors="replace" or "ignore" to read the rest of it'
        )
        raise UnicodeDecodeError("utf-8", word, error.start, error.end, reason) from None


class _Table:
    """Vectors that arrive in blocks; memory grows with them."""

    def __init__(self, dimension, dtype):
        self._array = np.empty((0, dimension), np.float32 if dtype is None else dtype)
        self._rows = 0

    def add(self, block):
        start, self._rows = self._rows, self._rows + len(block)
        if self._rows > len(self._array):
            self._resize(max(self._rows, len(self._array) * 5 // 4))
        self._array[start : self._rows] = block

    def whole(self):
        self._resize(self._rows)
        return self._array

    def _resize(self, rows):
        # In place where the system can: a copy would take as much memory once more.
        self._array.resize((rows, self._array.shape[1]), refcheck=False)


def _first_of_each(path, parts):
    """Parts without the words that are there for the second time."""
    first = {}
    for row, word in enumerate(parts["words"]):
        first.setdefault(word, row)
    again = len(parts["words"]) - len(first)
    if not again:
        return parts
    warnings.warn(
        f"{path}: words are there more than once, and of each only the first vector was kept; "
        f"{again} were left out",
        stacklevel=4,  # who called WordVectors.load
    )
    rows = list(first.values())
    tables = {name: part[rows] for name, part in parts.items() if name != "words"}
    return {"words": list(first), **tables}


def _require_finite(table, name):
    """Refuse numbers that are none, or too large; `name` says which row of a table it is."""
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise ValueError(f"{name(row, column)} is not finite, or too large for {table.dtype}")


@contextmanager
def _content(path):
    """What a file holds, unpacked."""
    with open(path, "rb") as file, unpack(file, path) as content:
        yield content


def _blocks(items, dimension):
    """Lists of so many items that their vectors make up one block."""
    while block := list(itertools.islice(items, max(1, _BLOCK // dimension))):
        yield block


def _slices(rows, dimension):
    step = max(1, _BLOCK // dimension)
    return (slice(start, start + step) for start in range(0, rows, step))


# --- text --------------------------------------------------------------------------------------


def _write_text(path, vectors):
    """As word2vec does: words and dimension, then a line for each word."""
    words = _delimited(vectors.words, path, _is_no_field, "there, a word ends at white space")
    table = _written_as_text(vectors.center)
    with replacing(path) as file:
        file.write(b"%d %d\n" % table.shape)
        for rows in _slices(*table.shape):
            vector = (" ".join(_decimals(row)).encode() for row in table[rows])
            file.write(b"".join(map(b"%b %b\n".__mod__, zip(words[rows], vector, strict=True))))


def _is_no_field(word):
    return not word or _WHITE.search(word)


def _written_as_text(table):
    """As float32, the type that is read unless another is named, or float64."""
    return table.astype(np.float64 if table.dtype.itemsize > 4 else np.float32, copy=False)


def _decimals(row):
    """Numbers as text, the shortest that reads back to the same."""
    if row.dtype == np.float64:
        return map(repr, row.tolist())
    if (np.abs(row) == _ROUNDED_TWICE).any():
        return [str(float(x) if abs(x) == _ROUNDED_TWICE else x) for x in row]
    return map(str, row)


def _read_text(path, options):
    with _content(path) as file:
        lines = _lines(file, path)
        number, first = next(lines, (1, b""))
        first = first.removeprefix(b"\xef\xbb\xbf")  # some editors put it there
        header = _header(first, f"{path}, line {number}")
        if header is None:  # GloVe writes none
            _require_a_number(first, f"{path}, line {number}")
            lines = itertools.chain([(number, first)], lines)
            header = None, len(first.split()) - 1
        declared, dimension = header
        if dimension < 1:
            raise ValueError(f"{path}, line {number}: a word and its numbers must stand there")
        wanted = _at_most(declared, options.limit)
        words, table = [], _Table(dimension, options.dtype)
        for block in _blocks(itertools.islice(lines, wanted), dimension):
            places = [f"{path}, line {number}" for number, _ in block]
            rows = []
            for (_, line), place in zip(block, places, strict=True):
                word, fields = _word_and_fields(line, dimension, place)
                words.append(_decoded(word, options.errors, place))
                rows.append(fields)
            table.add(_numbers(rows, places, options.dtype))
        if declared is not None and len(words) < wanted:
            raise ValueError(
                f"{path} ends after {len(words)} words, but its header declares {declared}: it is "
                "cut off, or the header is wrong"
            )
        if declared is not None and wanted == declared:
            _require_no_more(declared, path, next(lines, None))
    return {"words": words, "center": table.whole()}


def _require_a_number(line, place):
    """Refuse prose: a first line where no field but the first is a number."""
    fields = line.split(None, _FIELDS)[1:_FIELDS]
    if line.strip() and all(map(_is_wrong, fields)):
        raise ValueError(
            f"{place}: a word and its numbers must stand there, but it looks like text, not like "
            "vectors: train on it first, or name the file of vectors"
        )


def _at_most(declared, limit):
    return min((number for number in (declared, limit) if number is not None), default=None)


def _require_no_more(declared, path, line):
    if line is not None:
        raise ValueError(
            f"{path}, line {line[0]}: the header declares {declared} words, but here is one more"
        )


def _header(line, place):
    """Number of words and dimension, or None if there are not just two integers."""
    found = _HEADER.fullmatch(line)
    if found is None:
        return None
    words, dimension = map(int, found.groups())
    if words < 0 or not 1 <= dimension <= _LARGEST_DIMENSION:
        raise ValueError(
            f"{place}: a header of {words} words and dimension {dimension} cannot be right"
        )
    return words, dimension


def _lines(file, path):
    """Lines that are not blank, with their numbers; an empty file is an error."""
    for number in itertools.count(1):
        line = file.readline(_LONGEST_LINE)
        if not line and number == 1:
            raise ValueError(f"{path} is empty")
        if not line:
            return
        if len(line) == _LONGEST_LINE:
            raise ValueError(f"{path}, line {number} is too long for a word and its vector")
        if line.strip():
            yield number, line


def _word_and_fields(line, dimension, place):
    # As bytes, lines are split at the white space of ASCII: words of GloVe hold other kinds.
    word, *fields = line.rsplit(None, dimension)
    if len(fields) < dimension:
        raise ValueError(
            f"{place}: a word and {dimension} numbers must stand there, but there are "
            f"{len(fields) + 1} fields"
        )
    *before, last = word.split()
    if before and _NUMBER.fullmatch(last):
        raise ValueError(f"{place}: there are more numbers than {dimension}")
    return word.lstrip(), fields


def _numbers(rows, places, dtype):
    """Rows of fields as numbers, shape (rows, d)."""
    try:
        parsed = _parsed(rows)
    except ValueError:
        row, field = next((r, f) for r, fields in enumerate(rows) for f in fields if _is_wrong(f))
        raise ValueError(f"{places[row]}: {_readable(field)} is not a number") from None
    with np.errstate(over="ignore"):
        table = parsed.astype(np.float32 if dtype is None else dtype)
    _require_finite(table, lambda row, column: f"{places[row]}: {_readable(rows[row][column])}")
    return table


def _parsed(rows):
    lines = [b" ".join(fields).decode("ascii", "replace") for fields in rows]
    return np.loadtxt(lines, np.float64, comments=None, delimiter=" ", ndmin=2)


def _is_wrong(field):
    try:
        _parsed([[field]])
    except ValueError:
        return True
    return False


def _readable(field):
    return repr(field[:40].decode("utf-8", "backslashreplace"))


# --- binary ------------------------------------------------------------------------------------


def _write_binary(path, vectors):
    """As gensim does: the header of the text, then word, space and float32 for each word."""
    words = _delimited(vectors.words, path, _is_no_field, "there, a word ends at white space")
    with replacing(path) as file:
        file.write(b"%d %d\n" % vectors.center.shape)
        for rows in _slices(*vectors.center.shape):
            with np.errstate(over="ignore"):
                block = vectors.center[rows].astype("<f4")
            _require_finite(block, lambda row, _, rows=rows: _too_long(path, vectors, rows, row))
            vector = (row.tobytes() for row in block)
            file.write(b"".join(map(b"%b %b".__mod__, zip(words[rows], vector, strict=True))))


def _too_long(path, vectors, rows, row):
    word = vectors.words[rows.start + row]
    return f"{path} cannot hold the vector of {_shown(word)}, save it as .npz, .txt or .parquet: it"


def _read_binary(path, options):
    with _content(path) as file:
        line = file.readline(64)
        if not line:
            raise ValueError(f"{path} is empty")
        header = _header(line, f"{path}, byte 0") if line.endswith(b"\n") else None
        if header is None:
            raise ValueError(
                f"{path}, byte 0: the numbers of words and dimensions must stand there, and a new "
                "line: it is not of word2vec's binary format"
            )
        declared, dimension = header
        words, table = [], _Table(dimension, options.dtype)
        stream = _binary_rows(file, path, len(line), declared, 4 * dimension)
        for block in _blocks(itertools.islice(stream, options.limit), dimension):
            places = [f"{path}, byte {offset}" for offset, _, _ in block]
            for (_, word, _), place in zip(block, places, strict=True):
                words.append(_decoded(word, options.errors, place))
            rows = np.frombuffer(b"".join(vector for _, _, vector in block), "<f4")
            with np.errstate(over="ignore", invalid="ignore"):
                rows = rows.reshape(-1, dimension).astype(options.dtype or np.float32)
            _require_finite(rows, _vector_name(places, block))
            table.add(rows)
    return {"words": words, "center": table.whole()}


def _vector_name(places, block):
    return lambda row, _: f"{places[row]}: the vector of {_readable(block[row][1])}"


def _binary_rows(file, path, offset, declared, size):
    """Offset, word and vector, of `size` bytes, of each row; `offset` is where they begin."""
    buffer, start = b"", 0  # `offset` is that of the buffer's first byte
    for number in range(1, declared + 1):
        while (end := _row_end(buffer, start, size)) is None:
            if len(buffer) - start > _LONGEST_WORD + size:
                raise ValueError(
                    f"{path}, byte {offset + start}: a word and a space must stand there"
                )
            more = file.read(_CHUNK)
            if not more:
                raise ValueError(
                    f"{path}, byte {offset + len(buffer)}: the file ends in word {number} of the "
                    f"{declared} that its header declares: it is cut off, or the header is wrong"
                )
            buffer, offset, start = buffer[start:] + more, offset + start, 0
        # word2vec ends each vector with a new line, gensim does not.
        word = buffer[start : end - size - 1].lstrip(b"\n")
        if not word:
            raise ValueError(f"{path}, byte {offset + start}: a word must stand there, not a space")
        yield offset + start, word, buffer[end - size : end]
        start = end
    if (buffer[start:] + file.read(2)) not in (b"", b"\n"):
        raise ValueError(
            f"{path}, byte {offset + start}: the header declares {declared} words, but here is more"
        )


def _row_end(buffer, start, size):
    """Where a row ends in the buffer, or None if it is not all there."""
    space = buffer.find(b" ", start)
    end = space + 1 + size
    return end if space >= 0 and end <= len(buffer) else None


# --- the projector's two files -----------------------------------------------------------------


def metadata_path(path):
    """Where the words are whose vectors are in a ``.tsv`` file.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Path

    Examples
    --------
    >>> metadata_path("vectors.tsv.gz").name
    'vectors_metadata.tsv.gz'
    """
    path = Path(path)
    inner = path.with_suffix("") if packing(path) else path
    return path.with_name(f"{inner.stem}_metadata{path.name.removeprefix(inner.stem)}")


def _write_tsv(path, vectors):
    if not len(vectors):
        raise ValueError(
            f"{path} cannot hold vectors of no words, since an empty file does not tell their "
            "dimension; save them in another format"
        )
    metadata = metadata_path(path)
    rule = "there, a word ends at a tab or new line, and none is blank"
    lines = _delimited(vectors.words, metadata, _is_no_cell, rule)
    if vectors.counts is not None:
        # The projector wants a header where there are two columns, and none for one.
        rows = zip(lines, vectors.counts.tolist(), strict=True)
        lines = [b"word\tcount", *map(b"%b\t%d".__mod__, rows)]
    table = _written_as_text(vectors.center)
    with replacing_all([path, metadata]) as (numbers, labels):
        labels.write(b"".join(line + b"\n" for line in lines))
        for rows in _slices(*table.shape):
            numbers.write("".join("\t".join(_decimals(row)) + "\n" for row in table[rows]).encode())


def _require_metadata_writable(path):
    require_writable(metadata_path(path))


def _is_no_cell(word):
    return not word.strip() or any(character in word for character in "\t\n\r")


def _read_tsv(path, options):
    metadata = metadata_path(path)
    if not metadata.is_file():
        raise FileNotFoundError(
            f"there is no file {metadata}, where the words must stand whose vectors are in {path}"
        )
    words, counts = _read_metadata(metadata, options)
    center = _read_rows(path, options)
    if len(center) != len(words):
        raise ValueError(f"{path} has {len(center)} vectors, but {metadata} has {len(words)} words")
    return {"words": words, "center": center} | ({} if counts is None else {"counts": counts})


def _read_rows(path, options):
    with _content(path) as file:
        lines = _lines(file, path)
        number, first = next(lines, (1, b""))
        dimension = len(first.split())
        table = _Table(dimension, options.dtype)
        lines = itertools.islice(itertools.chain([(number, first)], lines), options.limit)
        for block in _blocks(lines, max(dimension, 1)):
            places = [f"{path}, line {number}" for number, _ in block]
            rows = [line.split() for _, line in block]
            for fields, place in zip(rows, places, strict=True):
                if len(fields) != dimension or not fields:
                    raise ValueError(
                        f"{place} has {len(fields)} numbers, but the first line {dimension}"
                    )
            table.add(_numbers(rows, places, options.dtype))
    return table.whole()


def _read_metadata(path, options):
    """Words, and counts or None."""
    with _content(path) as file:
        cells = ((f"{path}, line {n}", _cells(line)) for n, line in _lines(file, path))
        place, header = next(cells, (path, []))
        if len(header) < 2:
            cells, header = itertools.chain([(place, header)], cells), [b"word"]
        if b"word" not in header:
            raise ValueError(
                f"{place}: of several columns, the one of words must have the name word"
            )
        column = header.index(b"word")
        counted = header.index(b"count") if b"count" in header else None
        words, counts = [], []
        for place, row in itertools.islice(cells, options.limit):
            if len(row) != len(header):
                raise ValueError(f"{place} has {len(row)} columns, and not {len(header)}")
            words.append(_decoded(row[column], options.errors, place))
            if counted is not None and not _COUNT.fullmatch(row[counted]):
                raise ValueError(f"{place}: {_readable(row[counted])} is not a count")
            if counted is not None:
                counts.append(int(row[counted]))
    return words, None if counted is None else np.array(counts, np.int64)


def _cells(line):
    return line.rstrip(b"\r\n").split(b"\t")


# --- NumPy's archive ---------------------------------------------------------------------------


def _write_npz(path, vectors):
    # As bytes and lengths: an array of str would take the longest word's room for each.
    encoded = _encoded(vectors.words, path)
    arrays = {
        "format": np.array(_NPZ),
        "words": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "word_lengths": np.array([len(word) for word in encoded], dtype=np.int64),
        "center": vectors.center,
    }
    optional = {"outside": vectors.outside, "counts": vectors.counts}
    present = {name: array for name, array in optional.items() if array is not None}
    # Named, so that a part that damage has hidden is missed.
    arrays |= {"parts": np.array(" ".join(present)), **present}
    with replacing(path) as file:
        np.savez(file, **arrays)


def _read_npz(path, options):
    # Opened here, so that it is closed again whatever zipfile makes of its content.
    with open(path, "rb") as file:
        try:
            largest = _DEFLATE * path.stat().st_size
            with zipfile.ZipFile(file) as archive:
                arrays = {
                    info.filename.removesuffix(".npy"): _array(archive, info, largest)
                    for info in archive.infolist()
                }
            words, parts = _npz_parts(arrays, options)
        except KeyError as error:
            raise ValueError(f"{path} is not a file of word vectors: {error} is missing") from error
        except Exception as error:  # zipfile, zlib, struct, ...: damage has many names
            raise ValueError(f"{path} is not a whole file of word vectors: {error}") from error
    return {"words": [_decoded(word, options.errors, path) for word in words], **parts}


def _array(archive, info, largest):
    """An array of an archive, unless it declares more than the whole file can hold."""
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    with archive.open(info) as file:
        shape, _, dtype = headers[np.lib.format.read_magic(file)](file)
    if math.prod(shape) * dtype.itemsize > largest:
        raise ValueError(f"{info.filename} declares an array of shape {shape}, but is too small")
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _npz_parts(arrays, options):
    if str(arrays["format"]) != _NPZ:
        raise ValueError(f"its format is {str(arrays['format'])!r}, not {_NPZ!r}")
    text, lengths = arrays["words"].tobytes(), arrays["word_lengths"]
    if (
        lengths.ndim != 1
        or lengths.dtype.kind not in "iu"
        or (lengths < 0).any()
        or lengths.sum() != len(text)
    ):
        raise ValueError("the words do not have the lengths that it states")
    ends = np.cumsum(lengths)
    words = [text[start:end] for start, end in zip(ends - lengths, ends, strict=True)]
    if len(set(words)) < len(words):
        raise ValueError("a word is there more than once")
    optional = str(arrays["parts"]).split()
    if not {"outside", "counts"}.issuperset(optional):
        raise ValueError(f"it names the parts {optional}, of which not all are known")
    parts = {name: arrays[name] for name in ("center", *optional)}
    for name, part in parts.items():
        if len(part) != len(words):
            raise ValueError(f"`{name}` has {len(part)} rows for {len(words)} words")
    if options.limit is not None:  # copied, so that the rest is let go
        parts = {name: part[: options.limit].copy() for name, part in parts.items()}
    return words[: options.limit], _converted(parts, options.dtype)


def _converted(parts, dtype):
    if dtype is None:
        return parts
    with np.errstate(over="ignore"):
        tables = {name: parts[name].astype(dtype) for name in parts if name in _TABLES}
    return parts | tables


# --- Parquet -----------------------------------------------------------------------------------


def _write_parquet(path, vectors):
    pa, parquet = _arrow(path)
    words = _encoded(vectors.words, path)
    columns = {"word": pa.array(words, pa.binary()).cast(pa.string())}
    if vectors.counts is not None:
        columns["count"] = pa.array(vectors.counts)
    for name in _TABLES:
        table = getattr(vectors, name)
        if table is not None:
            numbers = table.ravel().astype(f"f{min(table.dtype.itemsize, 8)}", copy=False)
            columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(numbers), table.shape[1])
    with replacing(path) as file:
        # No two words are equal, and hardly two numbers: a dictionary would not pay.
        parquet.write_table(pa.table(columns), file, use_dictionary=False, write_page_checksum=True)


def _read_parquet(path, options):
    pa, parquet = _arrow(path)
    with open(path, "rb") as file:
        try:
            content = parquet.ParquetFile(file, page_checksum_verification=True)
            words, parts = _parquet_parts(content, options.limit, pa)
        except Exception as error:  # of Arrow, Thrift and the packings: damage has many names
            raise ValueError(
                f"{path} is not a whole Parquet file of word vectors: {error}"
            ) from error
    words = [_decoded(word, options.errors, path) for word in words]
    return {"words": words, **_converted(parts, options.dtype)}


def _parquet_parts(content, limit, pa):
    """Words as bytes, and the other parts."""
    schema = content.schema_arrow
    missing = {"word", "center"}.difference(schema.names)
    if missing:
        raise ValueError(f"of its columns, {schema.names}, none has the name {min(missing)}")
    names = [name for name in ("word", "center", "outside", "count") if name in schema.names]
    types = pa.schema([schema.field(name) for name in names])
    batches = _batches(content.iter_batches(_ROWS, columns=names), limit)
    table = pa.Table.from_batches(batches, types).slice(0, limit)
    columns = {name: _column(name, table[name]) for name in names}
    parts = {name: _matrix(name, columns[name], pa) for name in names if name in _TABLES}
    if "count" in names:
        if not pa.types.is_integer(columns["count"].type):
            raise ValueError(f"its column count is {columns['count'].type}, not of integers")
        parts["counts"] = columns["count"].to_numpy()
    if columns["word"].type not in (pa.string(), pa.large_string()):
        raise ValueError(f"its column word is {columns['word'].type}, not text")
    return columns["word"].cast(pa.large_binary()).to_pylist(), parts


def _batches(batches, limit):
    """As many as hold the first rows."""
    rows = 0
    for batch in batches:
        yield batch
        rows += len(batch)
        if limit is not None and rows >= limit:
            return


def _column(name, column):
    if column.null_count:
        raise ValueError(f"its column {name} has an empty place")
    return column.combine_chunks()


def _matrix(name, column, pa):
    """A column of lists of numbers as an array, shape (rows, d)."""
    kind = column.type
    if pa.types.is_fixed_size_list(kind):
        dimension = kind.list_size
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        lengths = set(column.value_lengths().to_numpy().tolist())
        if len(lengths) != 1:
            raise ValueError(f"its column {name} has vectors of {len(lengths)} lengths, not of one")
        (dimension,) = lengths
    else:
        raise ValueError(f"its column {name} is {kind}, not lists of numbers")
    if not pa.types.is_floating(kind.value_type):
        raise ValueError(f"its column {name} has numbers of type {kind.value_type}, not floating")
    return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), dimension)


def _arrow(path):
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{path} is a Parquet file: install w2v with its extra, "
            "python -m pip install 'w2v[arrow]'",
            name="pyarrow",
        ) from None
    return pyarrow, pyarrow.parquet


FORMATS = {
    ".npz": Format(_write_npz, _read_npz, packable=False),
    ".txt": Format(_write_text, _read_text, packable=True),
    ".vec": Format(_write_text, _read_text, packable=True),
    ".bin": Format(_write_binary, _read_binary, packable=True),
    ".tsv": Format(_write_tsv, _read_tsv, packable=True, require=_require_metadata_writable),
    ".parquet": Format(_write_parquet, _read_parquet, packable=False, require=_arrow),
}
