"""Every format there and back to the last bit, gensim as witness, and files that lie."""

import bz2
import gzip
import io
import itertools
import lzma
import os
import pickle
import re
import struct
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from w2v import Settings, WordVectors, formats
from w2v.checkpoint import Checkpoint, write_checkpoint

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
# W2V_FUZZ=100000 looks longer for files that are neither read nor refused, and elsewhere.
_fuzz = os.environ.get("W2V_FUZZ")
fuzzing = settings(derandomize=_fuzz is None, deadline=None, max_examples=int(_fuzz or 60))

WHOLE = ["npz", "parquet"]  # keep all tables
TEXT = ["txt", "vec", "bin", "tsv"]
PACKED = [f"{name}.{packing}" for name in TEXT for packing in ("gz", "bz2", "xz", "zst")]
ALL = [*WHOLE, *TEXT, *PACKED]

EAST = WordVectors(["east", "größe"], np.array([[1, -0.5], [0.1, 3e38]], np.float32))
floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
floats64 = st.floats(allow_nan=False, allow_infinity=False)
character = st.characters(exclude_categories=["Cs"])
anything = st.text(character, max_size=6)
field = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r\v\f"))
fields = field.filter(bool)
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r")).filter(
    str.strip
)
WORDS = {"npz": anything, "parquet": anything, "tsv": cells}


def random_vectors(words=20, dimension=3, dtype=np.float32, outside=False, counts=False, seed=0):
    rng = np.random.default_rng(seed)
    tables = rng.normal(size=(2, words, dimension)).astype(dtype)
    return WordVectors(
        [f"w{number}" for number in range(words)],
        tables[0],
        tables[1] if outside else None,
        np.arange(words, 0, -1) if counts else None,
    )


def assert_same(found, expected, tables=("center", "outside", "counts")):
    assert found.words == expected.words
    for name in tables:
        table, other = getattr(found, name), getattr(expected, name)
        assert (table is None) == (other is None)
        if table is not None:
            assert (table.dtype, table.shape) == (other.dtype, other.shape)
            assert table.tobytes() == other.tobytes()


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- there and back ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_was_loaded_is_saved_with_the_same_bytes(tmp_path, name):
    vectors = random_vectors(50, outside=True, counts=True)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    vectors.save(first / f"vectors.{name}")
    loaded = WordVectors.load(first / f"vectors.{name}")
    kept = {"npz": ["outside", "counts"], "parquet": ["outside", "counts"]}.get(name, [])
    kept += ["counts"] if name.startswith("tsv") else []
    assert_same(loaded, vectors, ["center", *kept])
    for table in {"outside", "counts"}.difference(kept):
        assert getattr(loaded, table) is None
    loaded.save(second / f"vectors.{name}")
    assert files(first) == files(second)
    assert len(files(first)) == (2 if name.startswith("tsv") else 1)


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
@reproducible
@given(data=st.data(), dimension=st.integers(1, 4))
def test_every_word_and_every_float32_survives(tmp_path_factory, name, data, dimension):
    words = data.draw(st.lists(WORDS.get(name, fields), unique=True, max_size=5))
    if name == "tsv":  # an empty file has no dimension
        assume(words)
    size = len(words) * dimension
    numbers = data.draw(st.lists(floats32, min_size=size, max_size=size))
    table = np.array(numbers, np.float32).reshape(len(words), dimension)
    path = tmp_path_factory.mktemp("vectors") / f"v.{name}"
    vectors = WordVectors(words, table)
    vectors.save(path)
    assert_same(WordVectors.load(path), vectors)


@pytest.mark.parametrize("name", [*WHOLE, "txt", "tsv"])
@reproducible
@given(numbers=st.lists(floats64, min_size=1, max_size=6))
def test_every_float64_survives(tmp_path_factory, name, numbers):
    path = tmp_path_factory.mktemp("vectors") / f"v.{name}"
    vectors = WordVectors(["a"], np.array([numbers]))
    vectors.save(path)
    assert_same(WordVectors.load(path, dtype=np.float64), vectors)
    if name in WHOLE:
        assert_same(WordVectors.load(path), vectors)


EXTREMES = [
    *(0.0, -0.0, 1e-45, -1e-45, 1.1754942e-38, 1.1754944e-38, 3.4028235e38, -3.4028235e38),
    *(1e16, 1e15, 9.999999e15, 1e-4, 9.999e-5, 16777216.0, 0.1, 1 / 3),
]


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_extreme_numbers_survive(tmp_path, name):
    path = tmp_path / f"v.{name}"
    vectors = WordVectors(["a"], np.array([EXTREMES], np.float32))
    vectors.save(path)
    assert_same(WordVectors.load(path), vectors)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["txt", "tsv"])
def test_a_number_whose_shortest_decimals_are_rounded_twice_survives(tmp_path, name, sign):
    """7.038531e-26 as a float64 is halfway between two float32; it is rounded to the other."""
    number = sign * np.array([0x15AE43FD], np.uint32).view(np.float32)
    assert np.float32(float(str(number[0]))) != number[0]
    path = tmp_path / f"v.{name}"
    vectors = WordVectors(["a"], np.array([[0.1, number[0]]], np.float32))
    vectors.save(path)
    assert_same(WordVectors.load(path), vectors)
    assert re.search(r"\b0\.1\s", path.read_text())  # the others stay short


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_float16_survives(tmp_path, name):
    vectors = random_vectors(dtype=np.float16)
    path = tmp_path / f"v.{name}"
    vectors.save(path)
    assert_same(WordVectors.load(path, dtype=np.float16), vectors)
    assert (WordVectors.load(path).center == vectors.center).all()


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
@pytest.mark.parametrize("dtype", [">f4", ">f8", "longdouble"])
def test_numbers_in_another_order_or_width_are_written_with_their_values(tmp_path, name, dtype):
    vectors = WordVectors(["a"], np.array([[1.5, -2.25]], dtype))
    path = tmp_path / f"v.{name}"
    vectors.save(path)
    assert WordVectors.load(path).center.tolist() == [[1.5, -2.25]]


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
@pytest.mark.parametrize("order", ["C", "F"])
def test_tables_in_any_order_of_memory_are_written_row_by_row(tmp_path, name, order):
    vectors = random_vectors()
    path = tmp_path / f"v.{name}"
    table = np.array(vectors.center, order=order)
    WordVectors(vectors.words, np.repeat(table, 2, axis=0)[::2]).save(path)
    assert_same(WordVectors.load(path), vectors)


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_tables_of_many_blocks_survive(tmp_path, monkeypatch, name):
    monkeypatch.setattr(formats, "_BLOCK", 20)
    monkeypatch.setattr(formats, "_ROWS", 7)
    monkeypatch.setattr(formats, "_CHUNK", 11)
    vectors = random_vectors(101, counts=name in {"npz", "parquet", "tsv"})
    path = tmp_path / f"v.{name}"
    vectors.save(path)
    assert_same(WordVectors.load(path), vectors)


def test_the_bytes_of_text(tmp_path):
    EAST.save(tmp_path / "v.txt")
    expected = "2 2\neast 1.0 -0.5\ngröße 0.1 3e+38\n"
    assert (tmp_path / "v.txt").read_bytes() == expected.encode()


def test_the_bytes_of_binary(tmp_path):
    EAST.save(tmp_path / "v.bin")
    rows = (
        b"east " + struct.pack("<2f", 1, -0.5) + "größe ".encode() + struct.pack("<2f", 0.1, 3e38)
    )
    assert (tmp_path / "v.bin").read_bytes() == b"2 2\n" + rows


@pytest.mark.parametrize(
    ("counts", "metadata"), [(None, "east\ngröße\n"), ([7, 5], "word\tcount\neast\t7\ngröße\t5\n")]
)
def test_the_bytes_for_the_projector(tmp_path, counts, metadata):
    """It wants a header where there are two columns, and takes it for a word where there is one."""
    WordVectors(EAST.words, EAST.center, counts=counts).save(tmp_path / "v.tsv")
    assert (tmp_path / "v.tsv").read_text() == "1.0\t-0.5\n0.1\t3e+38\n"
    assert (tmp_path / "v_metadata.tsv").read_bytes() == metadata.encode()


def test_the_columns_of_parquet(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    vectors = random_vectors(4, outside=True, counts=True)
    vectors.save(tmp_path / "v.parquet")
    table = parquet.read_table(tmp_path / "v.parquet")
    assert sorted(table.column_names) == ["center", "count", "outside", "word"]
    assert str(table.schema.field("center").type) == "fixed_size_list<element: float>[3]"
    assert table["word"].to_pylist() == vectors.words
    assert table["count"].to_pylist() == vectors.counts.tolist()
    for name in ("center", "outside"):
        assert table[name].to_pylist() == getattr(vectors, name).tolist()
    random_vectors(4).save(tmp_path / "v.parquet")
    assert sorted(parquet.read_table(tmp_path / "v.parquet").column_names) == ["center", "word"]


UNPACK = {"gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress}


@pytest.mark.parametrize("packing", UNPACK)
@pytest.mark.parametrize("name", TEXT)
def test_packed_files_hold_what_the_plain_ones_do(tmp_path, name, packing):
    vectors = random_vectors(counts=True)
    vectors.save(tmp_path / f"v.{name}")
    plain = files(tmp_path)
    vectors.save(tmp_path / f"v.{name}.{packing}")
    for file, content in plain.items():
        assert UNPACK[packing]((tmp_path / f"{file}.{packing}").read_bytes()) == content


def test_packed_files_hold_neither_time_nor_name(tmp_path):
    """The same content shall have the same bytes tomorrow."""
    EAST.save(tmp_path / "v.txt.gz")
    assert (tmp_path / "v.txt.gz").read_bytes()[3:8] == bytes(5)


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["v.TXT", "v.Vec", "v.BIN.GZ", "v.tsv.Xz", "a.b.txt", "v.NPZ"])
def test_case_and_other_dots_of_a_name_do_not_matter(tmp_path, name):
    EAST.save(tmp_path / name)
    assert_same(WordVectors.load(tmp_path / name), EAST)


@pytest.mark.parametrize("format", ["npz", "txt", "vec", "bin", "tsv", "parquet"])
@pytest.mark.parametrize("name", ["vectors", "vectors.dat", "vectors.model.txt"])
def test_the_format_can_be_named(tmp_path, name, format):
    EAST.save(str(tmp_path / name), format=format)
    assert (tmp_path / name).exists()
    assert_same(WordVectors.load(str(tmp_path / name), format=format), EAST)


@pytest.mark.parametrize(
    ("name", "format", "message"),
    [
        ("v.csv", None, r"v\.csv must end in \.npz, \.txt, \.vec, \.bin, \.tsv or \.parquet"),
        ("v", None, "must end in"),
        ("v.gz", None, "must end in"),
        ("v.txt.zip", None, "must end in"),
        (".txt", None, "must end in"),
        ("v.txt", "csv", '`format` must be "npz", .* or "parquet", but it is \'csv\''),
        ("v.txt", ".txt", "`format` must be"),
        ("v.npz.gz", None, r"v\.npz\.gz.*leave gzip out"),
        ("v.parquet.zst", None, "leave zstd out"),
        ("v.bz2", "npz", "leave bzip2 out"),
    ],
)
def test_unknown_formats_are_refused_with_those_that_are_known(tmp_path, name, format, message):
    with pytest.raises(ValueError, match=message):
        EAST.save(tmp_path / name, format=format)
    with pytest.raises(ValueError, match=message):
        WordVectors.load(tmp_path / name, format=format)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", ALL)
def test_missing_files_and_folders_are_named(tmp_path, name):
    path = tmp_path / f"v.{name}"
    with pytest.raises(FileNotFoundError, match=r"there is no file.*v"):
        WordVectors.load(path)
    path.mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        WordVectors.load(path)
    with pytest.raises(IsADirectoryError, match="is a folder"):
        EAST.save(path)
    with pytest.raises(FileNotFoundError, match=r"there is no folder.*absent"):
        EAST.save(tmp_path / "absent" / f"v.{name}")


def test_both_files_of_the_projector_are_needed(tmp_path):
    EAST.save(tmp_path / "v.tsv.gz")
    (tmp_path / "v_metadata.tsv.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"v_metadata\.tsv\.gz.*words must stand"):
        WordVectors.load(tmp_path / "v.tsv.gz")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_a_file_that_may_not_be_read_is_named(tmp_path, name):
    path = tmp_path / f"v.{name}"
    EAST.save(path)
    path.chmod(0)
    with pytest.raises(PermissionError, match=f"v.{name}"):
        WordVectors.load(path)


# --- what a format cannot hold -----------------------------------------------------------------


@pytest.mark.parametrize("word", ["", "new york", "tab\t", "\nline", "a\r", "\x0b", "a\x0c"])
@pytest.mark.parametrize("name", ["txt", "vec", "bin", "txt.gz"])
def test_words_with_white_space_are_refused_where_it_ends_them(tmp_path, name, word):
    vectors = WordVectors(["good", word], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="cannot hold the word") as caught:
        vectors.save(tmp_path / f"v.{name}")
    assert repr(word) in str(caught.value)
    assert ".npz or .parquet" in str(caught.value)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("word", ["", " ", "\u3000", "tab\t", "\nline", "a\r"])
def test_words_that_the_projector_would_split_or_skip_are_refused(tmp_path, word):
    vectors = WordVectors(["good", word], [[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"cannot hold the word.*\.npz or \.parquet") as caught:
        vectors.save(tmp_path / "v.tsv")
    assert repr(word) in str(caught.value)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_half_a_character_is_refused_everywhere(tmp_path, name):
    with pytest.raises(ValueError, match=r"cannot hold the word 'a\\ud800'.*surrogate"):
        WordVectors(["good", "a\ud800"], [[1.0], [2.0]]).save(tmp_path / f"v.{name}")
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", TEXT)
def test_words_too_long_to_be_read_are_refused(tmp_path, name):
    longest = "ö" * (formats._LONGEST_WORD // 2)  # two bytes each
    vectors = WordVectors(["a", longest, "b"], [[1.0], [2.0], [3.0]])
    vectors.save(tmp_path / f"v.{name}")
    assert WordVectors.load(tmp_path / f"v.{name}").words == vectors.words
    before = files(tmp_path)
    with pytest.raises(ValueError, match=r"cannot hold the word 'ö{30}'\.\.\.: it has 1048577 "):
        WordVectors(["a", longest + "o"], [[1.0], [2.0]]).save(tmp_path / f"v.{name}")
    assert files(tmp_path) == before


@pytest.mark.parametrize("name", WHOLE)
def test_words_of_any_length_fit_into_the_other_formats(tmp_path, name):
    vectors = WordVectors(["x" * (formats._LONGEST_WORD + 1)], [[1.0]])
    vectors.save(tmp_path / f"v.{name}")
    assert WordVectors.load(tmp_path / f"v.{name}").words == vectors.words


@pytest.mark.parametrize("name", ["txt", "bin", "tsv"])
def test_of_a_long_word_that_is_refused_the_beginning_is_shown(tmp_path, name):
    for length, shown in ((29, "x" * 29 + r"\\t'"), (30, "x" * 30 + r"'\.\.\.")):
        vectors = WordVectors(["x" * length + "\t"], [[1.0]])
        with pytest.raises(ValueError, match=f"cannot hold the word '{shown}: there"):
            vectors.save(tmp_path / f"v.{name}")


@pytest.mark.parametrize("name", ALL)
def test_what_is_written_of_no_words_can_be_read(tmp_path, name):
    vectors = WordVectors([], np.zeros((0, 3), np.float32))
    path = tmp_path / f"v.{name}"
    if name.startswith("tsv"):
        with pytest.raises(ValueError, match=r"v\.tsv.* cannot hold vectors of no words"):
            vectors.save(path)
        assert files(tmp_path) == {}
    else:
        vectors.save(path)
        assert_same(WordVectors.load(path), vectors)


def test_numbers_too_large_for_float32_are_refused_in_binary(tmp_path):
    vectors = WordVectors(["a", "b"], [[1.0], [3.5e38]])
    with pytest.raises(ValueError, match=r"v\.bin.*'b'.*\.npz, \.txt or \.parquet.*float32"):
        vectors.save(tmp_path / "v.bin")
    assert files(tmp_path) == {}
    vectors.save(tmp_path / "v.txt")
    with pytest.raises(ValueError, match=r"v\.txt, line 3: '3.5e\+38' is .* too large for float32"):
        WordVectors.load(tmp_path / "v.txt")


def test_float64_is_rounded_in_binary(tmp_path):
    table = np.random.default_rng(0).normal(size=(5, 3))
    WordVectors("abcde", table).save(tmp_path / "v.bin")
    assert (WordVectors.load(tmp_path / "v.bin").center == table.astype(np.float32)).all()


# --- text of others ----------------------------------------------------------------------------

CAT = {"cat": [1.5, -2.0], "dog": [0.25, 4e-5]}
LAYOUTS = {
    "as word2vec": b"2 2\ncat 1.5 -2\ndog 0.25 4e-5\n",
    "with trailing spaces, as word2vec": b"2 2\ncat 1.5 -2 \ndog 0.25 4e-5 \n",
    "as GloVe": b"cat 1.5 -2\ndog 0.25 4e-5\n",
    "without a last new line": b"cat 1.5 -2\ndog 0.25 4e-5",
    "with tabs": b"2\t2\ncat\t1.5\t-2\ndog\t0.25\t4e-5\n",
    "with several spaces": b" 2  2 \n cat  1.5   -2\n\tdog  0.25 \t 4e-5\n",
    "of Windows": b"2 2\r\ncat 1.5 -2\r\ndog 0.25 4e-5\r\n",
    "of GloVe on Windows": b"cat 1.5 -2\r\ndog 0.25 4e-5\r\n",
    "with blank lines": b"\n2 2\n\ncat 1.5 -2\n \ndog 0.25 4e-5\n\n\n",
    "with a mark of byte order": b"\xef\xbb\xbf2 2\ncat 1.5 -2\ndog 0.25 4e-5\n",
    "of GloVe with a mark": b"\xef\xbb\xbfcat 1.5 -2\ndog 0.25 4e-5\n",
    "with other decimals": b"+2 02\ncat +1.50 -02.e0\ndog .25 0.00004\n",
}


@pytest.mark.parametrize("content", LAYOUTS.values(), ids=LAYOUTS)
def test_other_layouts_of_text_are_read(write, content):
    vectors = WordVectors.load(write(content, "v.vec"))
    assert vectors.words == list(CAT)
    assert vectors.center.dtype == np.float32
    assert (vectors.center == np.array(list(CAT.values()), np.float32)).all()


@pytest.mark.parametrize(
    "word",
    ["new york", ". . .", "a  b", "5 o'clock", "at\u00a0home", "\u3000", "\x85", "12", "1.5"],
)
@pytest.mark.parametrize("header", [b"2 2\n", b""])
def test_the_last_numbers_of_a_line_are_its_vector(write, header, word):
    content = header + b"cat 1 2\n" + word.encode() + b" 3 4\n"
    vectors = WordVectors.load(write(content, "v.txt"))
    assert vectors.words == ["cat", word]
    assert vectors.center.tolist() == [[1, 2], [3, 4]]


def test_only_two_integers_are_a_header(write):
    assert WordVectors.load(write(b"3 1.5\n4 2.5\n", "v.txt")).words == ["3", "4"]
    assert WordVectors.load(write(b"a 1\n", "v.txt")).words == ["a"]


def test_a_new_line_after_each_vector_is_as_good_as_none_in_binary(write):
    """word2vec writes it and gensim does not."""
    rows = [word.encode() + b" " + struct.pack("<2f", *vector) for word, vector in CAT.items()]
    for content in (b"2 2\n" + b"".join(rows), b"2 2\n" + b"".join(row + b"\n" for row in rows)):
        vectors = WordVectors.load(write(content, "v.bin"))
        assert vectors.words == list(CAT)
        assert (vectors.center == np.array(list(CAT.values()), np.float32)).all()


def test_a_vector_may_hold_the_bytes_of_space_and_new_line(write):
    tricky = struct.unpack("<2f", b"  \n\n \n \n")
    content = b"2 2\na " + struct.pack("<2f", *tricky) + b"\nb " + struct.pack("<2f", *tricky)
    vectors = WordVectors.load(write(content, "v.bin"))
    assert vectors.words == ["a", "b"]
    assert vectors.center.tolist() == [list(tricky)] * 2


def test_metadata_may_have_further_columns(write):
    write("id\tcount\tword\n1\t7\tcat\n2\t5\tdog\n", "v_metadata.tsv")
    vectors = WordVectors.load(write("1.5\t-2\n0.25\t4e-5\n", "v.tsv"))
    assert vectors.words == ["cat", "dog"]
    assert vectors.counts.tolist() == [7, 5]
    write("word\tid\r\nnew york\t1\r\ndog\t2\r\n", "v_metadata.tsv")
    vectors = WordVectors.load(write("1.5\t-2\r\n0.25\t4e-5\r\n", "v.tsv"))
    assert vectors.words == ["new york", "dog"]
    assert vectors.counts is None


@pytest.mark.parametrize("kind", ["fixed", "list", "large_list"])
def test_parquet_of_others_is_read(tmp_path, kind):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    kinds = {
        "fixed": pa.list_(pa.float64(), 2),
        "list": pa.list_(pa.float64()),
        "large_list": pa.large_list(pa.float64()),
    }
    table = pa.table(
        {
            "other": [None, 2],
            "count": pa.array([7, 5], pa.int32()),
            "center": pa.array(list(CAT.values()), kinds[kind]),
            "word": pa.array(list(CAT), pa.large_string()),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "v.parquet")
    vectors = WordVectors.load(tmp_path / "v.parquet")
    assert vectors.words == list(CAT)
    assert vectors.center.dtype == np.float64
    assert vectors.center.tolist() == list(CAT.values())
    assert vectors.counts.tolist() == [7, 5]


# --- limit, dtype, errors ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("limit", [1, 7, 19, 20, 21, 10**6])
def test_a_limit_reads_the_first_words(tmp_path, monkeypatch, name, limit):
    monkeypatch.setattr(formats, "_BLOCK", 12)
    monkeypatch.setattr(formats, "_ROWS", 4)
    vectors = random_vectors(20, outside=True, counts=True)
    vectors.save(tmp_path / f"v.{name}")
    found = WordVectors.load(tmp_path / f"v.{name}", limit=limit)
    assert found.words == vectors.words[:limit]
    for table in ("center", "outside", "counts"):
        if getattr(found, table) is not None:
            assert getattr(found, table).tolist() == getattr(vectors, table)[:limit].tolist()


@pytest.mark.parametrize("name", ["txt", "bin"])
def test_a_limit_needs_no_whole_file(tmp_path, name):
    path = tmp_path / f"v.{name}"
    random_vectors(20).save(path)
    path.write_bytes(path.read_bytes()[:-14])
    assert len(WordVectors.load(path, limit=19)) == 19
    with pytest.raises(ValueError, match=r"line 21: a word and 3|the file ends in word 20"):
        WordVectors.load(path, limit=20)


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
@pytest.mark.parametrize("dtype", [np.float16, "float32", np.dtype(">f4"), float])
def test_the_type_can_be_chosen(tmp_path, name, dtype):
    vectors = random_vectors(outside=name in WHOLE)
    vectors.save(tmp_path / f"v.{name}")
    found = WordVectors.load(tmp_path / f"v.{name}", dtype=dtype)
    wanted = np.dtype(dtype).newbyteorder("=")
    assert found.center.dtype == wanted
    tolerance = 1e-6 if name in {"txt", "vec", "tsv"} and wanted.itemsize > 4 else 0
    assert np.allclose(found.center, vectors.center.astype(wanted), rtol=tolerance, atol=0)
    if name in WHOLE:
        assert found.outside.dtype == wanted


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_numbers_too_large_for_the_type_are_refused(tmp_path, name):
    path = tmp_path / f"v.{name}"
    WordVectors(["a", "b"], [[1.0], [1e5]]).save(path)
    with pytest.raises(ValueError, match=r"finite") as caught:
        WordVectors.load(path, dtype=np.float16)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": 0}, "`limit` must be at least 1, but it is 0"),
        ({"limit": -3}, "`limit`"),
        ({"dtype": int}, "`dtype` must be float16, float32 or float64"),
        ({"dtype": "nonsense"}, "`dtype`.*nonsense"),
        ({"dtype": complex}, "`dtype`"),
        ({"errors": "never"}, "`errors` must be 'strict', 'replace' or 'ignore'.*'never'"),
    ],
)
def test_arguments_that_make_no_sense_are_named(tmp_path, arguments, message):
    EAST.save(tmp_path / "v.txt")
    with pytest.raises(ValueError, match=message):
        WordVectors.load(tmp_path / "v.txt", **arguments)


def broken_words(folder, name):
    """A file of the words gr?ße, of which a byte is no UTF-8, and b."""
    path = folder / f"v.{name}"
    if name == "parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet

        raw = pa.array([b"gr\xf6\xc3\x9fe", b"b"], pa.binary())
        words = pa.StringArray.from_buffers(2, *raw.buffers()[1:])
        center = pa.array([[1.0], [2.0]])
        pyarrow.parquet.write_table(pa.table({"word": words, "center": center}), path)
        return path
    vectors = WordVectors(["gr@ße", "b"], [[1.0], [2.0]])
    vectors.save(path)
    if name == "npz":
        with np.load(path) as file:
            arrays = {part: file[part] for part in file.files}
        arrays["words"] = np.where(arrays["words"] == ord("@"), 0xF6, arrays["words"])
        np.savez(path, **arrays)
    else:
        file = folder / "v_metadata.tsv" if name == "tsv" else path
        file.write_bytes(file.read_bytes().replace(b"@", b"\xf6"))
    return path


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
def test_words_that_are_not_utf8_are_an_error_or_mended(tmp_path, name):
    path = broken_words(tmp_path, name)
    with pytest.raises(UnicodeDecodeError, match=r"gr\\xf6.*not UTF-8.*replace") as caught:
        WordVectors.load(path)
    assert str(tmp_path / "v") in str(caught.value)
    places = {"txt": "line 2", "vec": "line 2", "bin": "byte 4", "tsv": "line 1"}
    assert places.get(name, "") in str(caught.value)
    assert WordVectors.load(path, errors="replace").words == ["gr\ufffdße", "b"]
    assert WordVectors.load(path, errors="ignore").words == ["grße", "b"]


# --- words that are there twice ----------------------------------------------------------------

TWICE = ["a", "b", "a", "c", "b", "a"]


def twice(folder, name):
    numbers = range(1, 7)
    if name == "parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet

        table = pa.table({"word": TWICE, "center": [[float(n)] for n in numbers], "count": numbers})
        pyarrow.parquet.write_table(table, folder / "v.parquet")
    elif name == "bin":
        rows = [
            w.encode() + b" " + struct.pack("<f", n) for w, n in zip(TWICE, numbers, strict=True)
        ]
        (folder / "v.bin").write_bytes(b"6 1\n" + b"".join(rows))
    elif name == "tsv":
        rows = "".join(f"{w}\t{n}\n" for w, n in zip(TWICE, numbers, strict=True))
        (folder / "v_metadata.tsv").write_text("word\tcount\n" + rows)
        (folder / "v.tsv").write_text("".join(f"{n}\n" for n in numbers))
    else:
        rows = "".join(f"{w} {n}\n" for w, n in zip(TWICE, numbers, strict=True))
        (folder / "v.txt").write_text("6 1\n" + rows)
    return folder / f"v.{name}"


@pytest.mark.parametrize("name", ["txt", "bin", "tsv", "parquet"])
def test_the_first_vector_of_a_word_is_kept_and_a_warning_counts_the_others(tmp_path, name):
    path = twice(tmp_path, name)
    with pytest.warns(UserWarning, match=r"v\..*; 3 were left out") as caught:
        vectors = WordVectors.load(path)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert vectors.words == ["a", "b", "c"]
    assert vectors.center.tolist() == [[1], [2], [4]]
    if name in {"tsv", "parquet"}:
        assert vectors.counts.tolist() == [1, 2, 4]
    assert WordVectors.load(path, limit=2).words == ["a", "b"]


# --- files that are wrong ----------------------------------------------------------------------


def assert_refused(path, message):
    with pytest.raises(ValueError, match=message) as caught:
        WordVectors.load(path)
    assert str(path.with_suffix("")) in str(caught.value)


LINES = b"cat 1 2\ndog 3 4\n"
WRONG_TEXT = [
    (b"", "is empty"),
    (b"\n \n\t\n", "line 1: a word and its numbers must stand there$"),
    (b"cat\ndog\n", "line 1: a word and its numbers"),
    (b"3 2\n" + LINES, "ends after 2 words, but its header declares 3"),
    (b"1 2\n" + LINES, "line 3: the header declares 1 words, but here is one more"),
    (b"0 2\n" + LINES, "line 2: the header declares 0 words"),
    (b"10000000000 2\n" + LINES, "ends after 2 words, but its header declares 10000000000"),
    (b"2 3\n" + LINES, "line 2: a word and 3 numbers must stand there, but there are 3 fields"),
    (b"2 1\n" + LINES, "line 2: there are more numbers than 1"),
    (b"2 100000\n" + LINES, "line 2: a word and 100000 numbers"),
    (b"2 10000000000\n" + LINES, "line 1: a header of 2 words and dimension 10000000000"),
    (b"2 0\ncat\ndog\n", "line 1: a header of 2 words and dimension 0 cannot be right"),
    (b"2 -2\n" + LINES, "line 1: a header of 2 words and dimension -2"),
    (b"-2 2\n" + LINES, "line 1: a header of -2 words"),
    (b"9" * 5000 + b" 2\n" + LINES, "line 2: there are more numbers than 1"),
    (b"2 2\ncat 1 2\ndog 3\n", "line 3: a word and 2 numbers must stand there"),
    (b"2 2\ncat 1 2\n 3 4\n", "line 3: a word and 2 numbers must stand there"),
    (b"cat 1 2\ndog 3 4 5\n", "line 2: there are more numbers than 2"),
    (b"cat 1 2\n\ndog 3\n", "line 3: a word and 2 numbers"),
    (b"2 2\ncat 1 2\ndog 3 x\n", "line 3: 'x' is not a number"),
    (b"2 2\ncat 1 2\ndog \xff 4\n", r"line 3: '\\\\xff' is not a number"),
    (b"2 2\ncat 1 2\ndog 1,5 4\n", "line 3: '1,5' is not a number"),
    (b"2 2\ncat 1 2\ndog 1_0 4\n", "line 3: '1_0' is not a number"),
    (b"2 2\ncat 1 2\ndog 0x1 4\n", "line 3: '0x1' is not a number"),
    ("2 2\ncat 1 2\ndog ٣ 4\n".encode(), "line 3: '٣' is not a number"),
    ("2 2\ncat 1 2\ndog 3\u00a0 4\n".encode(), r"line 3: '3\\xa0' is not a number"),
    (b"2 2\ncat 1 2\ndog 3 nan\n", "line 3: 'nan' is not finite"),
    (b"2 2\ncat inf 2\ndog 3 4\n", "line 2: 'inf' is not finite"),
    (b"2 2\ncat 1 2\ndog -1e39 4\n", "line 3: '-1e39' is not finite, or too large for float32"),
    (b"2 2\ncat 1 1e999\ndog 3 4\n", "line 2: '1e999' is not finite"),
    (pickle.dumps({"a": [1.0]}), "line 1"),
]


@pytest.mark.parametrize("packing", ["", ".gz"])
@pytest.mark.parametrize(("content", "message"), WRONG_TEXT)
def test_wrong_text_is_an_error_that_names_file_and_line(write, content, message, packing):
    path = write(gzip.compress(content) if packing else content, f"v.txt{packing}")
    assert_refused(path, message)


def test_the_line_of_an_error_counts_from_the_start_of_the_file(write, monkeypatch):
    monkeypatch.setattr(formats, "_BLOCK", 4)
    lines = [b"w%d 1 2" % number for number in range(99)]
    path = write(b"\n".join([b"100 2", *lines, b"w99 1 z"]), "v.txt")
    assert_refused(path, "line 101: 'z' is not a number")


def test_a_line_without_end_is_not_read_to_its_end(write, monkeypatch):
    monkeypatch.setattr(formats, "_LONGEST_LINE", 100)
    assert_refused(write(b"1 2\n" + b"a" * 300, "v.txt"), "line 2 is too long")


@pytest.mark.parametrize(
    "content",
    [
        "Anarchism originated as a term of abuse\nfirst used against early 12 13\n",
        "1984 is a novel by George Orwell\n",
        "Introduction\n\nIt was in 1984 12\n",
        "\ufeffDas war es\n",
        "word " * 100 + "1 2\n",
        "word " * 300_000,
    ],
)
def test_of_text_that_is_no_vectors_it_is_said(write, content):
    path = write(content, "v.txt")
    assert_refused(path, "line 1: .*it looks like text, not like vectors: train on it first")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the cat 1 x\n", "'cat' is not a number"),  # one number is enough to be damaged vectors
        ("the x 2\n", "'x' is not a number"),
        ("word " * 99 + "1\n", "'word' is not a number"),
        ("cat nan inf\n", "'nan' is not finite"),
        ("2 2\nthis is text\n", "line 2: 'is' is not a number"),
    ],
)
def test_vectors_that_are_damaged_are_not_taken_for_text(write, content, message):
    path = write(content, "v.txt")
    assert_refused(path, message)


@pytest.mark.parametrize("name", ["txt", "vec", "bin", "tsv", "parquet"])
def test_an_archive_of_another_name_is_recognised(tmp_path, name):
    EAST.save(tmp_path / "v.npz")
    path = (tmp_path / "v.npz").rename(tmp_path / f"v.{name}")
    assert_refused(path, 'is an archive, like .npz, .* the format "npz"')
    assert_same(WordVectors.load(path, format="npz"), EAST)


@pytest.mark.parametrize("name", ["v.npz", "v.txt", "v.npz.checkpoint", "v.parquet"])
def test_a_checkpoint_is_recognised_whatever_its_name(tmp_path, name):
    table = np.ones((2, 10), np.float32)
    made = Checkpoint(Settings(dimension=10), 1, "", table, table, {})
    write_checkpoint(tmp_path / name, made)
    assert_refused(tmp_path / name, f"{name} is a checkpoint of training, not its vectors")


def test_vectors_of_words_about_checkpoints_are_no_checkpoint(tmp_path):
    vectors = WordVectors(["w2v checkpoint", "w2v checkpoint 1"], [[1.0], [2.0]])
    vectors.save(tmp_path / "v.npz")
    assert_same(WordVectors.load(tmp_path / "v.npz"), vectors)


def binary(*rows, header=b"2 2\n"):
    return header + b"".join(word + b" " + struct.pack("<2f", *vector) for word, vector in rows)


CAT_ROW, DOG_ROW = (b"cat", (1, 2)), (b"dog", (3, 4))
WRONG_BINARY = [
    (b"", "is empty"),
    (b"2 2", "byte 0: the numbers of words and dimensions"),
    (b"cat 1 2\n", "byte 0: the numbers of words and dimensions"),
    (bytes(range(256)), "byte 0"),
    (binary(CAT_ROW, header=b"2 0\n"), "byte 0: a header of 2 words and dimension 0"),
    (binary(CAT_ROW, header=b"-2 2\n"), "byte 0: a header of -2 words"),
    (binary(CAT_ROW, header=b"1 99999999999\n"), "byte 0: a header of 1 words and dimension 99"),
    (binary(CAT_ROW), "byte 16: the file ends in word 2 of the 2 that its header declares"),
    (binary(CAT_ROW, header=b"1 900000\n"), "byte 21: the file ends in word 1 of the 1"),
    (binary(CAT_ROW, header=b"9999999999 2\n"), "ends in word 2 of the 9999999999"),
    (binary(CAT_ROW, DOG_ROW)[:-1], "byte 27: the file ends in word 2"),
    (binary(CAT_ROW, DOG_ROW) + b"x", "byte 28: the header declares 2 words, but here is more"),
    (binary(CAT_ROW, DOG_ROW) + b"\n\n", "byte 28: .*here is more"),
    (binary(CAT_ROW, DOG_ROW, CAT_ROW), "byte 28: .*here is more"),
    (binary(CAT_ROW, DOG_ROW, header=b"2 3\n"), "byte 4|byte 20|byte 28"),
    (binary(CAT_ROW, (b"", (3, 4))), "byte 16: a word must stand there, not a space"),
    (binary(CAT_ROW, (b"dog", (3, np.nan))), "byte 16: the vector of 'dog' is not finite"),
    (binary((b"cat", (-np.inf, 1)), DOG_ROW), "byte 4: the vector of 'cat' is not finite"),
    (b"2 2\n" + b"x" * 3 * 2**20, "byte 4: a word and a space must stand there"),
]


@pytest.mark.parametrize("packing", ["", ".xz"])
@pytest.mark.parametrize(("content", "message"), WRONG_BINARY)
def test_wrong_binary_is_an_error_that_names_file_and_byte(write, content, message, packing):
    path = write(lzma.compress(content) if packing else content, f"v.bin{packing}")
    assert_refused(path, message)


@pytest.mark.parametrize("chunk", [12, 24, 100])
def test_what_follows_the_last_vector_is_noticed_wherever_a_chunk_ends(write, monkeypatch, chunk):
    monkeypatch.setattr(formats, "_CHUNK", chunk)
    assert len(WordVectors.load(write(binary(CAT_ROW, DOG_ROW), "v.bin"))) == 2
    assert_refused(write(binary(CAT_ROW, DOG_ROW) + b"x", "v.bin"), "byte 28: .*here is more")


def test_only_new_lines_before_a_word_are_left_out_in_binary(write):
    """As gensim does; what else it holds is the word's own."""
    content = binary((b"\n\tcat\r\n", (1, 2)), (b"dog", (3, 4)))
    assert WordVectors.load(write(content, "v.bin")).words == ["\tcat\r\n", "dog"]


@pytest.mark.parametrize(
    ("numbers", "metadata", "message"),
    [
        (b"", b"cat\n", r"v\.tsv is empty"),
        (b"\n", b"cat\n", r"v\.tsv, line 1 has 0 numbers"),
        (b"1\t2\n", b"", r"v_metadata\.tsv is empty"),
        (b"1\t2\n3\t4\n", b"cat\n", r"v\.tsv has 2 vectors, but .*v_metadata\.tsv has 1 words"),
        (b"1\t2\n", b"cat\ndog\n", "has 1 vectors, but .* has 2 words"),
        (b"1\t2\n3\n", b"cat\ndog\n", "line 2 has 1 numbers, but the first line 2"),
        (b"1\t2\n3\t4\t5\n", b"cat\ndog\n", "line 2 has 3 numbers"),
        (b"1\t2\n3\tx\n", b"cat\ndog\n", r"v\.tsv, line 2: 'x' is not a number"),
        (b"1\t2\n3\tnan\n", b"cat\ndog\n", "line 2: 'nan' is not finite"),
        (b"1\n2\n", b"a\tb\nc\td\n", r"v_metadata\.tsv, line 1: .* name word"),
        (b"1\n2\n", b"word\tcount\nc\t1\nd\n", r"v_metadata\.tsv, line 3 has 1 columns, and not 2"),
        (b"1\n2\n", b"c\nd\te\n", r"v_metadata\.tsv, line 2 has 2 columns, and not 1"),
        (b"1\n2\n", b"word\tcount\nc\t1\nd\tx\n", "line 3: 'x' is not a count"),
        (b"1\n", b"word\tcount\nc\t1.5\n", "line 2: '1.5' is not a count"),
        (b"1\n", b"word\tcount\nc\t" + b"9" * 30 + b"\n", "line 2: '9+' is not a count"),
    ],
)
def test_wrong_files_of_the_projector_are_errors_that_name_them(write, numbers, metadata, message):
    write(metadata, "v_metadata.tsv")
    assert_refused(write(numbers, "v.tsv"), message)


def parquet_file(folder, **columns):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    columns = {"word": ["a", "b"], "center": [[1.0], [2.0]]} | columns
    table = pa.table({name: column for name, column in columns.items() if column is not None})
    pyarrow.parquet.write_table(table, folder / "v.parquet")
    return folder / "v.parquet"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"word": None}, r"of its columns, \['center'\], none has the name word"),
        ({"center": None}, "none has the name center"),
        ({"word": [1, 2]}, "column word is int64, not text"),
        ({"word": ["a", None]}, "column word has an empty place"),
        ({"center": [1.0, 2.0]}, "column center is double, not lists of numbers"),
        ({"center": [[1], [2]]}, "column center has numbers of type int64"),
        ({"center": [["x"], ["y"]]}, "column center has numbers of type string"),
        ({"center": [[1.0], [2.0, 3.0]]}, "column center has vectors of 2 lengths"),
        ({"center": [[1.0], None]}, "column center has an empty place"),
        ({"center": [[1.0], [None]]}, "`center` of the word 'b' is not finite"),
        ({"center": [[1.0], [float("nan")]]}, "`center` of the word 'b' is not finite"),
        ({"center": [[], []]}, "center.*"),
        ({"outside": [[1.0, 2.0], [3.0, 4.0]]}, "`outside`"),
        ({"outside": [[1.0], [float("inf")]]}, "`outside` of the word 'b' is not finite"),
        ({"count": [1.5, 2.5]}, "column count is double, not of integers"),
        ({"count": ["1", "2"]}, "column count is string"),
        ({"count": [1, None]}, "column count has an empty place"),
    ],
)
def test_wrong_parquet_is_an_error_that_names_file_and_column(tmp_path, columns, message):
    assert_refused(parquet_file(tmp_path, **columns), message)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 10, b"cat 1 2\n" * 100])
def test_what_is_no_parquet_is_an_error_that_names_it(write, content):
    pytest.importorskip("pyarrow")
    assert_refused(write(content, "v.parquet"), "not a whole Parquet file")


def huge_npz():
    """An archive whose table declares 10 TB and has none of them."""
    file = io.BytesIO()
    np.savez(
        file,
        format=np.array("w2v 1"),
        words=np.frombuffer(b"a", np.uint8),
        word_lengths=np.array([1]),
        parts=np.array(""),
    )
    header = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (10**12, 3)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("center.npy", header.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("v.txt", b"1 10000000000\ncat 1 2\n"),
        ("v.txt", b"9999999999 2\ncat 1 2\n"),
        ("v.bin", b"9999999999 2\ncat " + bytes(8)),
        ("v.bin", b"10 1000000\ncat " + bytes(8)),
        ("v.bin.gz", gzip.compress(b"9999999999 100\ncat " + bytes(400))),
        ("v.npz", huge_npz()),
    ],
)
def test_no_room_is_made_for_what_is_only_declared(write, name, content):
    path = write(content, name)
    tracemalloc.start()
    try:
        assert_refused(path, "declares|cannot be right")
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_pickles_are_never_loaded(tmp_path):
    """Loading one can run anything."""

    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "v.npz"
    EAST.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    for name in arrays:
        np.savez(path, **(arrays | {name: np.array([Trap()], dtype=object)}))
        assert_refused(path, "not a whole file")
        assert not (tmp_path / "ran").exists()


def test_a_word_that_is_twice_in_an_archive_is_damage(tmp_path):
    path = tmp_path / "v.npz"
    WordVectors(["a", "b"], [[1.0], [2.0]]).save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(path, **(arrays | {"words": np.frombuffer(b"aa", np.uint8)}))
    assert_refused(path, "more than once")


def test_unknown_parts_of_an_archive_are_refused(tmp_path):
    path = tmp_path / "v.npz"
    EAST.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(path, **(arrays | {"parts": np.array("history"), "history": np.ones(2)}))
    assert_refused(path, "history")


# --- saving that fails -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_files_and_no_others(tmp_path, monkeypatch, name, error):
    random_vectors(counts=True).save(tmp_path / f"v.{name}")
    before = files(tmp_path)

    def fails(*_):
        raise error

    monkeypatch.setattr("os.fsync", fails)  # when all has been written
    with pytest.raises(type(error)):
        EAST.save(tmp_path / f"v.{name}")
    assert files(tmp_path) == before


@pytest.mark.parametrize("name", [*TEXT, "txt.gz"])
def test_a_save_that_fails_in_the_middle_leaves_the_old_files(tmp_path, monkeypatch, name):
    monkeypatch.setattr(formats, "_BLOCK", 3)
    random_vectors().save(tmp_path / f"v.{name}")
    before = files(tmp_path)
    blocks = itertools.count()

    def slices(rows, dimension):
        for start in range(rows):
            if next(blocks) == 5:
                raise OSError("disk full")
            yield slice(start, start + 1)

    monkeypatch.setattr(formats, "_slices", slices)
    with pytest.raises(OSError, match="disk full"):
        random_vectors(seed=1).save(tmp_path / f"v.{name}")
    assert files(tmp_path) == before


@pytest.mark.parametrize("failing", [1, 2])
def test_both_files_of_the_projector_are_replaced_or_none(tmp_path, monkeypatch, failing):
    random_vectors(counts=True).save(tmp_path / "v.tsv")
    before = files(tmp_path)
    calls = itertools.count(1)

    def fails(_):
        if next(calls) == failing:
            raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        EAST.save(tmp_path / "v.tsv")
    assert files(tmp_path) == before


def test_neither_file_of_the_projector_is_replaced_if_one_cannot_be(tmp_path):
    (tmp_path / "v_metadata.tsv").mkdir()
    with pytest.raises(IsADirectoryError, match="v_metadata"):
        EAST.save(tmp_path / "v.tsv")
    assert os.listdir(tmp_path) == ["v_metadata.tsv"]


# --- finding out before the work ---------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_where_vectors_can_be_stored_nothing_is_said_nor_done(tmp_path, name):
    assert formats.require_storable(tmp_path / f"v.{name}") is None
    assert formats.require_storable(str(tmp_path / "v"), name.split(".")[0]) is None
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "format", "error"),
    [
        ("v.doc", None, ValueError),
        ("v.npz.gz", None, ValueError),
        ("v", "doc", ValueError),
        ("folder.txt", None, IsADirectoryError),
        ("missing/v.txt", None, FileNotFoundError),
        ("taken.tsv", None, IsADirectoryError),
        ("taken.tsv.gz", None, IsADirectoryError),
        ("taken", "tsv", IsADirectoryError),
        ("v.parquet", None, ModuleNotFoundError),
        ("v.other", "parquet", ModuleNotFoundError),
        ("v.txt.zst", None, ModuleNotFoundError),
        ("v.zst", "bin", ModuleNotFoundError),
        ("v.tsv.zst", None, ModuleNotFoundError),
    ],
)
def test_what_saving_would_refuse_is_refused_before_it(tmp_path, monkeypatch, name, format, error):
    folders = ["folder.txt", "taken_metadata", "taken_metadata.tsv", "taken_metadata.tsv.gz"]
    for folder in folders:
        (tmp_path / folder).mkdir()
    for package in ("pyarrow", "zstandard"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(error) as before:
        formats.require_storable(tmp_path / name, format)
    with pytest.raises(error) as after:
        EAST.save(tmp_path / name, format)
    assert str(before.value) == str(after.value)
    assert sorted(os.listdir(tmp_path)) == folders


@pytest.mark.parametrize("name", ALL)
def test_a_file_under_way_has_part_at_the_end_of_its_name(tmp_path, monkeypatch, name):
    seen = set()
    monkeypatch.setattr("os.fsync", lambda _: seen.update(os.listdir(tmp_path)))
    EAST.save(tmp_path / f"v.{name}")
    assert f"v.{name}.part" in seen


# --- packages that are missing -----------------------------------------------------------------


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    (tmp_path / "old.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match=r"v\.parquet.*w2v\[arrow\]"):
        EAST.save(tmp_path / "v.parquet")
    with pytest.raises(ModuleNotFoundError, match=r"old\.parquet.*w2v\[arrow\]"):
        WordVectors.load(tmp_path / "old.parquet")
    assert os.listdir(tmp_path) == ["old.parquet"]


def test_without_zstandard_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(ModuleNotFoundError, match=r"w2v\[zstd\]"):
        EAST.save(tmp_path / "v.txt.zst")
    assert files(tmp_path) == {}


def test_without_gensim_what_to_install_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim", None)
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(ModuleNotFoundError, match="pip install gensim"):
        EAST.to_gensim()


# --- gensim ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keyed_vectors():
    return pytest.importorskip("gensim").models.KeyedVectors


@pytest.mark.parametrize("name", ["txt", "vec", "bin", "txt.gz", "bin.gz", "txt.bz2"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gensim_reads_our_files(tmp_path, keyed_vectors, name, dtype):
    vectors = random_vectors(200, 7, dtype)
    path = str(tmp_path / f"v.{name}")
    vectors.save(path)
    found = keyed_vectors.load_word2vec_format(path, binary="bin" in name, datatype=dtype)
    assert found.index_to_key == vectors.words
    expected = vectors.center.astype(np.float32) if "bin" in name else vectors.center
    assert (found.vectors == expected).all()


@pytest.mark.parametrize(
    ("name", "header"),
    [("txt", True), ("bin", True), ("txt.gz", True), ("bin.gz", True), ("txt", False)],
)
def test_we_read_files_of_gensim(tmp_path, keyed_vectors, name, header):
    vectors = random_vectors(200, 7)
    path = str(tmp_path / f"v.{name}")
    vectors.to_gensim().save_word2vec_format(path, binary="bin" in name, write_header=header)
    assert_same(WordVectors.load(path), vectors)


@pytest.mark.parametrize("name", ["txt", "bin"])
@reproducible
@given(data=st.data())
def test_our_files_have_the_bytes_of_those_of_gensim(tmp_path_factory, keyed_vectors, name, data):
    words = data.draw(st.lists(fields, unique=True, min_size=1, max_size=5))
    numbers = data.draw(st.lists(floats32, min_size=2 * len(words), max_size=2 * len(words)))
    assume(np.float32(7.038530691851209e-26) not in np.abs(numbers))  # see above
    folder = tmp_path_factory.mktemp("vectors")
    vectors = WordVectors(words, np.array(numbers, np.float32).reshape(-1, 2))
    vectors.save(folder / f"ours.{name}")
    vectors.to_gensim().save_word2vec_format(str(folder / f"theirs.{name}"), binary=name == "bin")
    assert (folder / f"ours.{name}").read_bytes() == (folder / f"theirs.{name}").read_bytes()
    loaded = keyed_vectors.load_word2vec_format(str(folder / f"ours.{name}"), binary=name == "bin")
    assert loaded.vectors.tobytes() == vectors.center.tobytes()


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_vectors_go_to_gensim_and_come_back(keyed_vectors, counts, dtype):
    vectors = random_vectors(dtype=dtype, counts=counts)
    keyed = vectors.to_gensim()
    assert isinstance(keyed, keyed_vectors)
    assert keyed.index_to_key == vectors.words
    assert (keyed["w3"] == vectors["w3"]).all()
    if counts:
        assert [keyed.get_vecattr(word, "count") for word in vectors.words] == list(vectors.counts)
    assert_same(WordVectors.from_gensim(keyed), vectors)
    keyed.vectors[:] = 0
    assert vectors.center.any()


@pytest.mark.parametrize("negative", [3, 0])
def test_a_model_of_gensim_gives_both_tables_and_counts(negative):
    models = pytest.importorskip("gensim").models
    text = [["a", "b", "a", "c"]] * 20
    model = models.Word2Vec(
        text, vector_size=4, min_count=1, negative=negative, hs=negative == 0, sample=0, workers=1
    )
    vectors = WordVectors.from_gensim(model)
    assert dict(zip(vectors.words, vectors.counts.tolist(), strict=True)) == {
        "a": 40,
        "b": 20,
        "c": 20,
    }
    assert (vectors.center == model.wv.vectors).all()
    if negative:
        assert (vectors.outside == model.syn1neg).all()
        model.syn1neg[:] = 0
        model.wv.vectors[:] = 0
        assert vectors.outside.any()
        assert vectors.center.any()
    else:
        assert vectors.outside is None


@pytest.mark.parametrize("model", [None, "vectors.bin", {"a": [1.0]}, np.eye(2)])
def test_what_is_not_of_gensim_is_refused(model):
    with pytest.raises(TypeError, match="Word2Vec or KeyedVectors of gensim 4"):
        WordVectors.from_gensim(model)


def test_keys_that_are_no_words_are_refused(keyed_vectors):
    keyed = keyed_vectors(2)
    keyed.add_vectors([7, 8], np.eye(2))
    with pytest.raises(TypeError, match="7"):
        WordVectors.from_gensim(keyed)


def test_counts_that_gensim_does_not_know_are_left_out(keyed_vectors):
    keyed = random_vectors(2).to_gensim()
    keyed.expandos["count"] = np.array([None, 3], dtype=object)
    assert WordVectors.from_gensim(keyed).counts is None


# --- damage ------------------------------------------------------------------------------------

mutations = st.lists(
    st.tuples(
        st.sampled_from(["flip", "set", "cut", "insert", "repeat", "end"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 255),
        st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from([b" ", b"\n", b"\t", b"9"])),
    ),
    min_size=1,
    max_size=4,
)


def mutated(content, changes):
    for kind, share, number, inserted in changes:
        place = int(share * len(content))
        head, tail = content[:place], content[place:]
        content = {
            "flip": head + bytes([tail[0] ^ number] if tail else []) + tail[1:],
            "set": head + inserted + tail[len(inserted) :],
            "cut": head + tail[number:],
            "insert": head + inserted + tail,
            "repeat": head + tail[:number] * 2 + tail[number:],
            "end": head,
        }[kind]
    return content


def assert_read_or_refused(path, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of words that are there twice
        try:
            vectors = WordVectors.load(path, **arguments)
        except (ValueError, OSError) as error:
            refused = f"{type(error).__name__}: {error}"
        else:
            refused = None
    if refused:
        assert str(path.parent / "v") in refused
    else:
        assert len(vectors.center) == len(vectors.words) == len(set(vectors.words))
        assert np.isfinite(vectors.center).all()


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    """The content of a valid file, or two, of each format."""
    vectors = random_vectors(9, 3, outside=True, counts=True)
    vectors.words[3:5] = ["größe", "单词"]
    contents = {}
    for name in ALL:
        folder = tmp_path_factory.mktemp("whole")
        vectors.save(folder / f"v.{name}")
        contents[name] = files(folder)
    return contents


@pytest.mark.parametrize("name", ALL)
@fuzzing
@given(
    changes=mutations,
    which=st.integers(0, 1),
    limit=st.sampled_from([None, None, 1, 5]),
    errors=st.sampled_from(["strict", "replace", "ignore"]),
)
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory, whole_files, name, changes, which, limit, errors
):
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    contents = dict(whole_files[name])
    changed = sorted(contents)[which % len(contents)]
    contents[changed] = mutated(contents[changed], changes)
    for file, content in contents.items():
        (folder / file).write_bytes(content)
    assert_read_or_refused(folder / f"v.{name}", limit=limit, errors=errors)


@pytest.mark.parametrize("name", [*WHOLE, *TEXT])
@fuzzing
@given(content=st.binary(max_size=200) | st.text("0123456789.eE+- \t\r\nanif").map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, name, content):
    folder = tmp_path_factory.getbasetemp() / "bytes"
    folder.mkdir(exist_ok=True)
    (folder / "v_metadata.tsv").write_bytes(b"a\nb\n")
    (folder / f"v.{name}").write_bytes(content)
    assert_read_or_refused(folder / f"v.{name}")
