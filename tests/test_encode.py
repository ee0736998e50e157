"""Text as numbers: the same as by the slow way, whatever the text, and nothing left behind."""

import bz2
import errno
import gc
import gzip
import io
import itertools
import lzma
import os
import re
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

import w2v.encode
from w2v import Corpus, Vocabulary, tokenize, tokenize_unicode
from w2v.encode import END, EncodedText, encode_text

reproducible = settings(derandomize=True, deadline=None, max_examples=200)


def slowly(corpus, min_count):
    """The text by `Vocabulary.build` and `Vocabulary.encode`, as what `contents` gives."""
    documents = [list(document) for document in corpus]
    vocabulary = Vocabulary.build(documents, min_count)
    tokens = []
    for document in documents:
        numbers = vocabulary.encode([document])[0].tolist()
        tokens += [*numbers, END] if numbers else []
    total = sum(token != END for token in tokens)
    return vocabulary.words, vocabulary.counts.tolist(), tokens, total, len(tokens) - total


def contents(encoded):
    vocabulary, tokens = encoded.vocabulary, encoded.tokens
    assert isinstance(encoded, EncodedText)
    assert tokens.dtype == np.int32
    assert tokens.ndim == 1
    assert vocabulary.index == {word: index for index, word in enumerate(vocabulary.words)}
    return (
        vocabulary.words,
        vocabulary.counts.tolist(),
        tokens.tolist(),
        encoded.words,
        encoded.documents,
    )


def outcome(function, *args):
    """What a function returns, or which error it raises; positions in its bytes aside."""
    try:
        return function(*args)
    except UnicodeDecodeError as error:
        message = re.sub(r"position \d+(-\d+)?", "position", str(error))
        return type(error), message, error.object[error.start : error.end]
    except ValueError as error:
        return type(error), str(error)


cuts_words = pytest.mark.filterwarnings("ignore:in .* of the letters are not among a to z")


def sizes(block=1 << 18, chunk=1 << 16, slot_bits=20):
    return mock.patch.multiple(w2v.encode, _BLOCK=block, _CHUNK=chunk, _SLOT_BITS=slot_bits)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


# --- the same as the slow way ------------------------------------------------------------------


PIECES = [
    *("a", "b", "Cat", "cat", "THE", "the", "the ", "on", "z", "isn't", "log_softmax"),
    *(letter * length for letter in "xY" for length in (7, 8, 9, 15, 16, 17, 40)),
    *("x" * 15 + "y", "x" * 16 + "y", "x" * 39 + "y", "abcdefgh", "abcdefghi", "abcdefghj"),
    *(" ", " ", "\n", "\n", "\n\n", "\r\n", "\r", "\t", "\f", "\v", "\0", "\x1c", "\x7f", "`{@["),
    *("7", "é", "ß", "日本", "\U0001f600", "\u2028", "\x85", "\xa0", "\ufeff"),
    *(
        "\N{KELVIN SIGN}",
        "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
        "\N{LATIN SMALL LETTER LONG S}",
    ),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)
spoilt = st.lists(
    texts.map(str.encode)
    | st.sampled_from([b"\xff", b"\xc3", b"\xa9", b"\xe6\x97", b"\xed\xa0\x80"]),
    max_size=5,
).map(b"".join)
min_counts = st.integers(0, 3)
blocks = st.integers(1, 20) | st.just(1 << 18)
chunks = st.integers(1, 8) | st.just(1 << 16)


@cuts_words
@reproducible
@given(
    content=texts.map(str.encode) | spoilt | st.binary(max_size=30),
    mark=st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"\xef\xbb"]),
    min_count=min_counts,
    block=blocks,
    chunk=chunks,
    slot_bits=st.sampled_from([0, 1, 3, 20]),
    in_memory=st.sampled_from([0, 20, 1 << 27]),
)
@example(b"cat \xc3\xc3\xa9", b"", 1, 2, 8, 20, 0)  # an error whose reason is the next byte
@example(b"a\nb\n\xc3", b"", 1, 1, 8, 20, 0)
@example(b"abcdefgh abcdefghi abcdefghj abcdefghi", b"", 1, 1, 8, 0, 0)
@example(b"x" * 17 + b" " + b"x" * 18, b"", 1, 1 << 18, 8, 20, 0)
def test_a_file_gives_what_the_slow_way_gives(
    folder, content, mark, min_count, block, chunk, slot_bits, in_memory
):
    path = folder / "text.txt"
    path.write_bytes(mark + content)

    def encoded():
        with (
            sizes(block, chunk, slot_bits),
            encode_text(path, min_count, in_memory=in_memory, folder=folder) as text,
        ):
            return contents(text)

    assert outcome(encoded) == outcome(slowly, Corpus(path), min_count)
    assert os.listdir(folder) == ["text.txt"]


PACK = {
    "plain": lambda content: content,
    "gzip": lambda content: gzip.compress(content, 1),
    "bzip2": bz2.compress,
    "xz": lambda content: lzma.compress(content, preset=0),
    "zstd": zstandard.ZstdCompressor().compress,
}


@cuts_words
@reproducible
@given(
    files=st.lists(
        st.tuples(
            texts.map(str.encode) | texts.map(str.encode) | spoilt,
            st.sampled_from([b"", b"\xef\xbb\xbf"]),
            st.sampled_from(list(PACK)),
        ),
        min_size=1,
        max_size=4,
    ),
    block=blocks,
    is_open=st.booleans(),
)
def test_many_files_packed_or_not_give_what_the_slow_way_gives(folder, files, block, is_open):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        paths = [Path(place, str(number)) for number in range(len(files))]
        for path, (content, mark, kind) in zip(paths, files, strict=True):
            path.write_bytes(PACK[kind](mark + content))

        def corpus():
            last = io.BytesIO(paths[-1].read_bytes()) if is_open else paths[-1]
            return Corpus([*paths[:-1], last])

        with sizes(block):
            found = outcome(lambda: contents(encode_text(corpus(), 1)))
        assert found == outcome(slowly, corpus(), 1)
    try:
        lines = [line for content, *_ in files for line in content.decode().split("\n")]
    except UnicodeDecodeError:
        assert found[0] is UnicodeDecodeError
        return
    documents = [words for line in lines if (words := tokenize(line))]
    assert (found == slowly(documents, 1)) if documents else (found[0] is ValueError)


@cuts_words
@settings(reproducible, max_examples=60)
@given(
    content=texts,
    kind=st.sampled_from(list(PACK)),
    options=st.sampled_from(
        [
            {"split": "paragraph"},
            {"tokenize": tokenize_unicode},
            {"tokenize": str.split, "split": "paragraph"},
        ]
    ),
    piece=st.sampled_from([4, 90, 1 << 20]),
    chunk=chunks,
)
def test_other_words_and_documents_give_what_the_slow_way_gives(
    content, kind, options, piece, chunk
):
    packed = PACK[kind](content.encode())

    def corpus():
        return Corpus(io.BytesIO(packed), **options)

    with sizes(chunk=chunk), mock.patch("w2v.corpus._PIECE", piece):
        found = outcome(lambda: contents(encode_text(corpus(), 1)))
        assert found == outcome(slowly, corpus(), 1)


@pytest.mark.parametrize("words", [tokenize, tokenize_unicode])
def test_tables_give_what_the_slow_way_gives(write, words):
    files = [
        write('{"text": "The cat\\nsat"}\n{"text": ["The", "Cat"]}', "a.jsonl"),
        write("the cat\non", "b.txt"),
        write("text\nthe dog\n", "c.csv"),
    ]
    corpus = Corpus(files, tokenize=words)
    found = contents(encode_text(corpus, 1))
    assert found == slowly(corpus, 1)
    assert found[-1] == 5


def test_the_next_file_does_not_go_on_with_a_word_or_a_document(write):
    files = [write("the ca", "a"), write("t sat", "b"), write(b"\xef\xbb\xbfon", "c")]
    text = encode_text(Corpus(files), 1)
    assert sorted(text.vocabulary.words) == ["ca", "on", "sat", "t", "the"]
    assert text.documents == 3


def test_what_a_corpus_takes_is_taken_without_one(write, tmp_path, monkeypatch):
    write(gzip.compress(b"the cat"), "a.gz")
    write("the dog", "b.txt")
    expected = slowly([["the", "cat"], ["the", "dog"]], 1)
    assert contents(encode_text(tmp_path, 1)) == expected
    assert contents(encode_text(f"{tmp_path}/*", 1)) == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"the cat\nthe dog")))
    assert contents(encode_text("-", 1)) == expected


def test_a_word_of_more_than_a_piece_is_not_held(write):
    path = write(b"The " + b"x" * 3_000_000 + b" cat")
    with mock.patch("w2v.corpus._PIECE", 1 << 16), sizes(1 << 10):
        text = encode_text(path, 1)
    assert max(map(len, text.vocabulary.words)) < 200_000
    assert (
        sum(
            len(w) * int(n)
            for w, n in zip(text.vocabulary.words, text.vocabulary.counts, strict=True)
        )
        == 3_000_006
    )


@reproducible
@given(
    documents=st.lists(st.lists(st.sampled_from(["a", "b", "c", "Größe", "", " "]), max_size=6)),
    min_count=min_counts,
    chunk=chunks,
    in_memory=st.sampled_from([0, 20, 1 << 27]),
)
def test_documents_give_what_the_slow_way_gives(documents, min_count, chunk, in_memory):
    expected = outcome(slowly, documents, min_count)
    for form in (
        documents,
        tuple(map(tuple, documents)),
        iter(documents),
        (iter(document) for document in documents),
        ((word for word in document) for document in documents),
    ):
        with sizes(chunk=chunk):
            found = outcome(lambda form=form: encode_text(form, min_count, in_memory=in_memory))
        assert (found if isinstance(found, tuple) else contents(found)) == expected


@cuts_words
@pytest.mark.parametrize("block", [1, 3, 10, 1 << 18])
@pytest.mark.parametrize(
    "options",
    [{"split": "paragraph"}, {"tokenize": str.split}, {"tokenize": list, "split": "paragraph"}],
)
def test_a_corpus_of_paragraphs_or_other_words(write, options, block):
    path = write("\ufeffThe cat\nsat\n\n \non the\r\nMät.\n")
    with sizes(block, chunk=3):
        found = contents(encode_text(Corpus(path, **options), 1))
    assert found == slowly(Corpus(path, **options), 1)


def test_a_subclass_may_iterate_in_its_own_way(write):
    class Reversed(Corpus):
        def __iter__(self):
            return (document[::-1] for document in super().__iter__())

    corpus = Reversed(write("the cat\nsat on\n"))
    assert contents(encode_text(corpus, 1)) == slowly(corpus, 1)


# --- reading a part ----------------------------------------------------------------------------


@pytest.mark.usefixtures("each_way_to_read")
@pytest.mark.parametrize("in_memory", [0, 1 << 20])
def test_read_gives_a_copy_of_the_slice(tmp_path, in_memory):
    rng = np.random.default_rng(0)
    documents = [rng.choice(list("abc"), size).tolist() for size in (5, 1, 9)]
    with encode_text(documents, 1, in_memory=in_memory, folder=tmp_path) as text:
        tokens = text.tokens
        assert len(text) == len(tokens) == text.words + text.documents == 18
        for start, stop in itertools.product([*range(-20, 21), None], repeat=2):
            part = text.read(start, stop)
            assert type(part) is np.ndarray
            assert part.dtype == np.int32
            assert part.tolist() == tokens[start:stop].tolist()
        part = text.read(0, 18)
        part[:] = 7
        assert 7 not in text.read(0, 18)


def test_read_of_an_array_that_was_given():
    vocabulary = Vocabulary({"a": 2, "b": 1})
    text = EncodedText(vocabulary, np.array([0, 1, 0, END]))
    assert text.read(1, 3).tolist() == [1, 0]
    assert text.read(1, 3).dtype == np.int32
    assert len(text) == 4
    assert text.tokens.tolist() == [0, 1, 0, END]


@pytest.mark.usefixtures("each_way_to_read")
def test_threads_may_read_at_the_same_time(tmp_path):
    words = [str(number) for number in range(1000)]
    with encode_text([words * 20], 1, in_memory=0, folder=tmp_path) as text:
        expected = text.tokens.tolist()

        def differs(start):
            return text.read(start, start + 57).tolist() != expected[start : start + 57]

        with ThreadPoolExecutor(8) as threads:
            assert not any(threads.map(differs, list(range(0, 20_000, 7))))


def test_reading_maps_nothing(tmp_path):
    with (
        mock.patch("numpy.memmap", side_effect=AssertionError("mapped")),
        encode_text(DOCUMENTS, 1, in_memory=0, folder=tmp_path) as text,
    ):
        assert text.read(0, 3).tolist() == [0, 1, END]
        assert len(text) == 8
        with pytest.raises(AssertionError, match="mapped"):
            _ = text.tokens


def test_numbers_in_a_file_take_no_address_space(tmp_path):
    """Which the system bounds where `ulimit -v` is set."""
    if not os.path.exists("/proc/self/status"):
        pytest.skip("needs /proc")
    program = (
        "import itertools, re, resource\n"
        "import numpy as np\n"
        "from w2v.encode import encode_text\n"
        "def documents(count):\n"
        "    for _ in range(count):\n"
        "        yield itertools.islice(itertools.cycle(['the', 'cat', 'sat']), 100_000)\n"
        "encode_text(documents(1), in_memory=0)\n"
        "status = open('/proc/self/status').read()\n"
        "used = int(re.search(r'VmSize:\\s*(\\d+) kB', status)[1]) * 1024\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000,) * 2)\n"
        "text = encode_text(documents(100), in_memory=0)\n"
        "print(sum(len(text.read(s, s + 1000)) for s in range(0, len(text), 1000)))\n"
        "try:\n"
        "    text.tokens\n"
        "except (OSError, MemoryError):\n"
        "    print('too large to map')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == "10000100\ntoo large to map\n"


@pytest.mark.parametrize("in_memory", [0, 1 << 20])
def test_nothing_is_read_after_closing(tmp_path, in_memory):
    text = encode_text(DOCUMENTS, 1, in_memory=in_memory, folder=tmp_path)
    text.close()
    with pytest.raises(ValueError, match="closed"):
        text.read(0, 1)
    assert len(text) == 8


@pytest.mark.usefixtures("each_way_to_read")
def test_a_temporary_file_that_was_cut_short_is_an_error(tmp_path, temporary_files):
    files = temporary_files(io.FileIO)
    with encode_text(DOCUMENTS, 1, in_memory=0, folder=tmp_path) as text:
        os.truncate(files[0].name, 18)
        assert len(text.read(0, 4)) == 4
        with pytest.raises(OSError, match=rf"cut short.*{re.escape(str(tmp_path))}"):
            text.read(2, 6)


def test_a_path_may_be_a_string(write):
    path = write("the cat the")
    assert encode_text(str(path), 1).tokens.tolist() == [0, 1, 0, END]


@pytest.mark.parametrize("splitter", ["\n", " ", " \n\n"])
def test_text_of_many_blocks(write, splitter):
    """With the sizes as they are, words that crowd each other out, and a table that grows."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = ["".join(rng.choice(letters, rng.integers(1, 20))) for _ in range(3000)]
    picks = rng.integers(0, rng.integers(1, 3001, 100_000))
    spaces = itertools.cycle([" ", ", ", " ", splitter, "\N{EM DASH}", " 1 "])
    path = write("".join(words[pick] + space for pick, space in zip(picks, spaces, strict=False)))
    assert path.stat().st_size > 3 * w2v.encode._BLOCK
    with sizes(chunk=1000, slot_bits=8):
        found = contents(encode_text(path, 20))
    assert found == slowly(Corpus(path), 20)
    assert found[0] != sorted(found[0])


@pytest.mark.parametrize("slot_bits", [0, 1])
@pytest.mark.parametrize("block", [1, 40, 1 << 18])
@pytest.mark.parametrize("shared", [1, 7, 8, 9, 15, 16, 17, 30])
def test_words_that_share_letters_and_slots_are_not_confused(write, shared, block, slot_bits):
    words = [start + end for start in ("a" * shared, "b" * shared) for end in ("", "a", "b", "ab")]
    words += ["b" + "a" * (shared - 1), "b"]
    rng = np.random.default_rng(shared)
    path = write(" ".join(rng.choice(words, 500)))
    with sizes(block, slot_bits=slot_bits):
        assert contents(encode_text(path, 1)) == slowly(Corpus(path), 1)


def test_a_known_word_is_found_without_the_table(write, monkeypatch):
    """A matter of speed alone, which no other test would miss."""
    looked_up = []

    def look_up(self, text, starts, ends):
        looked_up.extend(text[start:end] for start, end in zip(starts, ends, strict=True))
        return original(self, text, starts, ends)

    original = w2v.encode._LetterNumbers._look_up
    monkeypatch.setattr(w2v.encode._LetterNumbers, "_look_up", look_up)
    words = ["a" * length for length in range(1, 18)]
    with sizes(block=1):
        encode_text(write(" ".join(words * 5)), 1)
    assert len(looked_up) == 16 + 5


def test_rare_words_leave_no_hole_and_documents_of_rare_words_none():
    text = encode_text([["x"], ["a", "y", "a"], ["z", "w"], [], ["b", "b"], ["v"]], min_count=2)
    assert text.tokens.tolist() == [0, 0, END, 1, 1, END]
    assert (text.words, text.documents) == (4, 2)
    assert text.vocabulary.words == ["a", "b"]
    assert repr(text) == "<EncodedText of 4 words in 2 documents>"


def test_the_default_minimum_is_that_of_the_vocabulary():
    assert encode_text([["a"] * 5 + ["b"] * 4]).vocabulary.words == ["a"]


def test_tokens_cannot_be_written_to(tmp_path):
    for in_memory in (0, 1 << 20):
        text = encode_text([["a"]], 1, in_memory=in_memory, folder=tmp_path)
        with pytest.raises(ValueError, match="read-only"):
            text.tokens[0] = 5


def test_a_word_longer_than_a_block(write):
    with sizes(block=4):
        text = encode_text(write(b"cat " + b"Q" * 5000 + b" dog"), 1)
    assert text.vocabulary.words == ["cat", "dog", "q" * 5000]


# --- memory ------------------------------------------------------------------------------------


@cuts_words
@pytest.mark.parametrize(
    "line", [b"the cat, the dog. ", "the caf\xe9\xe9\xe9 ".encode(), "\u65e5\u672c".encode()]
)
def test_a_file_that_is_one_long_line_is_not_held(write, line, tmp_path):
    path = write(b"the cat " + line * (48_000_000 // len(line)))
    tracemalloc.start()
    try:
        with encode_text(path, 1, in_memory=0, folder=tmp_path) as text:
            peak = tracemalloc.get_traced_memory()[1]
            assert text.documents == 1
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


def test_a_document_that_is_generated_is_not_held():
    words = itertools.islice(itertools.cycle(["the", "cat"]), 3_000_000)
    tracemalloc.start()
    try:
        text = encode_text([words], in_memory=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert text.words == 3_000_000
    assert peak < 5_000_000


def test_numbers_in_memory_take_four_bytes_each():
    """Measured by the system: to Python, an array takes memory before it is written to."""
    if not os.path.exists("/proc/self/status"):
        pytest.skip("needs /proc")
    program = (
        "import itertools, re\n"
        "from w2v.encode import encode_text\n"
        "def peak():\n"
        "    status = open('/proc/self/status').read()\n"
        "    return int(re.search(r'VmHWM:\\s*(\\d+) kB', status)[1]) * 1024\n"
        "def documents(count):\n"
        "    for _ in range(count):\n"
        "        yield itertools.islice(itertools.cycle(['the', 'cat', 'sat']), 1000)\n"
        "encode_text(documents(100))\n"
        "before = peak()\n"
        "tokens = encode_text(documents(10_000)).tokens\n"
        "print(type(tokens).__name__, (peak() - before) / tokens.nbytes)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    kind, ratio = done.stdout.split()
    assert kind == "ndarray"
    assert float(ratio) < 1.4


# --- the temporary file ------------------------------------------------------------------------


DOCUMENTS = [["the", "cat"], ["sat"], ["the", "dog"]]


def on_disk(folder, corpus=DOCUMENTS):
    text = encode_text(corpus, 1, in_memory=16, folder=folder)
    assert isinstance(text.tokens, np.memmap)
    return text, weakref.ref(text.tokens._mmap)


def test_few_numbers_stay_in_memory():
    with mock.patch("tempfile.TemporaryFile", side_effect=AssertionError):
        text = encode_text(DOCUMENTS, 1, in_memory=4 * 8)
    assert text.tokens.nbytes == 4 * 8
    with (
        pytest.raises(AssertionError),
        mock.patch("tempfile.TemporaryFile", side_effect=AssertionError),
    ):
        encode_text(DOCUMENTS, 1, in_memory=4 * 8 - 1)


def test_blank_lines_take_no_space(write):
    with sizes(block=1), mock.patch("tempfile.TemporaryFile", side_effect=AssertionError):
        text = encode_text(write("\n" * 50 + "a" + "\n" * 50 + "a"), 1, in_memory=16)
    assert text.tokens.tolist() == [0, END, 0, END]


def test_closing_removes_the_file(tmp_path):
    text, mapped = on_disk(tmp_path)
    assert contents(text) == slowly(DOCUMENTS, 1)
    text.close()
    assert mapped() is None
    assert os.listdir(tmp_path) == []
    text.close()
    with pytest.raises(ValueError, match="closed"):
        _ = text.tokens
    assert text.vocabulary.words[0] == "the"


def test_leaving_a_with_statement_removes_the_file(tmp_path):
    text, mapped = on_disk(tmp_path)
    with text as same:
        assert same is text
        assert text.tokens[0] == 0
    assert mapped() is None
    assert os.listdir(tmp_path) == []


def test_forgetting_the_object_removes_the_file(tmp_path):
    text, mapped = on_disk(tmp_path)
    del text
    gc.collect()
    assert mapped() is None
    assert os.listdir(tmp_path) == []


def test_the_file_is_mapped_once(tmp_path):
    with on_disk(tmp_path)[0] as text:
        assert text.tokens is text.tokens


def test_a_part_of_the_tokens_outlives_the_object(tmp_path):
    text, mapped = on_disk(tmp_path)
    part = text.tokens[3:]
    text.close()
    assert part.tolist() == [3, END, 0, 2, END]
    del part
    gc.collect()
    assert mapped() is None


@pytest.mark.parametrize("how", ["os._exit(3)", "sys.exit(3)", "os.kill(os.getpid(), 9)"])
def test_nothing_is_left_when_the_program_ends_whatever_ends_it(tmp_path, how):
    program = (
        "import os, sys; from w2v.encode import encode_text\n"
        f"text = encode_text([['a'] * 99], in_memory=0, folder={str(tmp_path)!r})\n"
        "print(type(text.tokens).__name__, flush=True)\n" + how
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert done.stdout.split() == ["memmap"]
    assert done.returncode
    assert os.listdir(tmp_path) == []


class Recorded:
    """Makes temporary files of a kind, and remembers them."""

    def __init__(self, kind):
        self.kind, self.files = kind, []

    def __call__(self, dir, prefix, buffering):
        assert buffering == 0
        self.files.append(self.kind(Path(dir) / f"{prefix}{len(self.files)}", "w+b"))
        return self.files[-1]


class SmallDisk(io.FileIO):
    """Has space for ten numbers, less two bytes, and writes up to it."""

    def write(self, data):
        space = 38 - self.tell()
        if space <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data[:space])


class SlowDisk(io.FileIO):
    """Never writes more than three bytes."""

    def write(self, data):
        return super().write(data[:3])


class BadDisk(io.FileIO):
    def readinto(self, buffer):
        raise OSError(errno.EIO, "Input/output error")

    def fileno(self):
        raise OSError(errno.EIO, "Input/output error")


class SlowReader(io.FileIO):
    """Never reads more than three bytes."""

    def readinto(self, buffer):
        return super().readinto(memoryview(buffer)[:3])


def reading_without_places(monkeypatch):
    """As on systems that cannot read from a place in a file."""
    monkeypatch.delattr(os, "preadv", raising=False)


def reading_a_bite_at_a_time(monkeypatch):
    def preadv(descriptor, buffers, place):
        data = os.pread(descriptor, min(3, len(buffers[0])), place)
        buffers[0][: len(data)] = data
        return len(data)

    monkeypatch.setattr(os, "preadv", preadv, raising=False)


@pytest.fixture(params=[None, reading_without_places, reading_a_bite_at_a_time])
def each_way_to_read(request, monkeypatch):
    if request.param:
        request.param(monkeypatch)


@pytest.fixture
def temporary_files(monkeypatch):
    def temporary_files(kind):
        monkeypatch.setattr(tempfile, "TemporaryFile", Recorded(kind))
        return tempfile.TemporaryFile.files

    return temporary_files


@pytest.mark.parametrize(
    ("kind", "number", "reason"),
    [(SmallDisk, errno.ENOSPC, "No space left"), (BadDisk, errno.EIO, "Input/output")],
)
@pytest.mark.parametrize("chunk", [3, 1 << 16])
def test_a_full_or_bad_disk_is_an_error_that_names_the_folder(
    tmp_path, temporary_files, kind, number, reason, chunk
):
    files = temporary_files(kind)
    with (
        sizes(chunk=chunk),
        pytest.raises(OSError, match=f"{reason}.*{re.escape(str(tmp_path))}.*`folder`") as caught,
    ):
        encode_text(DOCUMENTS * 9, 1, in_memory=16, folder=tmp_path)
    assert caught.value.errno == number
    assert [file.closed for file in files] == [True]


def test_a_disk_that_takes_a_bite_at_a_time(tmp_path, temporary_files):
    files = temporary_files(SlowDisk)
    with sizes(chunk=3):
        text = encode_text(DOCUMENTS, 1, in_memory=16, folder=tmp_path)
    assert contents(text) == slowly(DOCUMENTS, 1)
    assert [file.closed for file in files] == [False]
    del text
    gc.collect()
    assert [file.closed for file in files] == [True]


def test_a_disk_that_gives_a_bite_at_a_time(tmp_path, temporary_files, monkeypatch):
    reading_without_places(monkeypatch)
    temporary_files(SlowReader)
    with sizes(chunk=3), encode_text(DOCUMENTS, 1, in_memory=16, folder=tmp_path) as text:
        assert contents(text) == slowly(DOCUMENTS, 1)
        assert text.read(0, 99).tolist() == text.tokens.tolist()


def test_the_file_is_cut_where_the_numbers_end(tmp_path, temporary_files):
    files = temporary_files(io.FileIO)
    with encode_text(DOCUMENTS, 2, in_memory=0, folder=tmp_path) as text:
        assert text.tokens.tolist() == [0, END, 0, END]
        assert os.path.getsize(files[0].name) == 16
    assert files[0].closed


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_pass_leaves_nothing_behind(tmp_path, temporary_files, interruption):
    files = temporary_files(io.FileIO)

    def interrupted():
        yield from DOCUMENTS
        yield from DOCUMENTS
        assert [file.closed for file in files] == [False]
        raise interruption

    with sizes(chunk=3), pytest.raises(interruption):
        on_disk(tmp_path, interrupted())
    assert [file.closed for file in files] == [True]


def test_errors_after_the_pass_leave_nothing_behind_either(tmp_path, temporary_files):
    files = temporary_files(io.FileIO)
    with pytest.raises(ValueError, match="no word occurs 5 times"):
        encode_text(DOCUMENTS, in_memory=0, folder=tmp_path)
    assert [file.closed for file in files] == [True]


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent.*`folder`"):
        on_disk(tmp_path / "absent")


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 2, 5, 1 << 18])
@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"\xff", 1, 0),
        (b"cat caf\xe9\n", 1, 7),
        (b"cat\r\ndog\n\nna\xefve\n", 4, 12),
        ("größe\n".encode() + b"ok \xfc", 2, 11),
        (b"ends in the middle of \xc3", 1, 22),
        (b"\xef\xbb\xbfcat \xff\n", 1, 7),
        (b"\xef\xbb\xbfcat\ndog \xff\n", 2, 11),
        (b"cat".decode().encode("utf-16"), 1, 0),
    ],
)
def test_a_file_that_is_not_utf8_is_an_error_that_names_file_line_and_byte(
    write, content, line, byte, block
):
    path = write(content, "latin.txt")
    with sizes(block), pytest.raises(UnicodeDecodeError) as caught:
        encode_text(path)
    message = str(caught.value)
    assert str(path) in message
    assert f"line {line}," in message
    assert f"byte {byte} " in message
    assert content[byte : byte + 1] == caught.value.object[caught.value.start :][:1]
    with sizes(block):
        assert outcome(encode_text, path) == outcome(list, Corpus(path))


NO_TEXT = {
    b"PK\x03\x04\x14\0\0\0": "ZIP archive.*unpack it",
    b"%PDF-1.4\n%": "a PDF: extract its text",
    gzip.compress(b"cat"): "packed twice: unpack it once",
    bz2.compress(b"cat"): "packed twice: unpack it once",
    bz2.compress(b""): "packed twice: unpack it once",
    lzma.compress(b"cat"): "packed twice: unpack it once",
    zstandard.compress(b"cat"): "packed twice: unpack it once",
    b"\xff\xfec\0": "looks like UTF-16: convert",
    b"\xff\xfe\0\0c\0\0\0": "looks like UTF-32: convert",
    b"\0\0\xfe\xff": "looks like UTF-32: convert",
    b"\xef\xbb\xbf\xff\xfec\0": "save the file as UTF-8",
    b"a PK\x03\x04": "save the file as UTF-8",
}


@pytest.mark.parametrize(("start", "advice"), NO_TEXT.items())
def test_what_is_no_text_is_known_by_its_first_bytes(write, start, advice):
    path = write(gzip.compress(start + b"\xff\xff\n"), "x")
    for options in ({}, {"split": "paragraph"}, {"format": "csv", "column": 0}):
        with pytest.raises(UnicodeDecodeError, match=rf"x, line \d.* is not UTF-8; .*{advice}"):
            encode_text(Corpus(path, **options))


@pytest.mark.parametrize("text", ["%PDF is a format", "PK\x03\x04", "BZh91AY&SY"])
def test_valid_text_is_read_whatever_it_begins_with(write, text):
    path = write(gzip.compress(text.encode() + b"\nthe cat"))
    assert "cat" in encode_text(path, 1).vocabulary.words
    assert list(Corpus(path))[-1] == ["the", "cat"]


def test_an_error_later_in_a_file_is_that_of_the_corpus(write):
    content = b"the cat sat\n" * 30_000 + b"on \xe9\xe9 mat\r\n" + b"the dog\n" * 9
    assert content.index(b"\xe9") > w2v.encode._BLOCK
    path = write(content)
    with pytest.raises(UnicodeDecodeError, match="line 30001, byte 360003 ") as caught:
        encode_text(path)
    with pytest.raises(UnicodeDecodeError) as expected:
        list(Corpus(path))
    assert caught.value.args == expected.value.args


def test_an_error_far_into_a_long_line_does_not_hold_the_line(write):
    path = write(b"the cat " * 200_000 + b"\xff" + b" the cat" * 200_000)
    with pytest.raises(UnicodeDecodeError, match=r"line 1, byte 1600000 ") as caught:
        encode_text(path)
    assert len(caught.value.object) < 1_000_000


@pytest.mark.parametrize("corpus", [["the cat"], [["a"], "cat"], iter([["a"], "cat"])])
def test_a_document_that_is_one_string_is_refused(corpus):
    with pytest.raises(TypeError, match=r"string.*w2v\.tokenize"):
        encode_text(corpus, 1)


@pytest.mark.parametrize("corpus", [5, None, [5], [["a"], None]])
def test_what_holds_no_documents_is_refused(corpus):
    with pytest.raises(TypeError, match="sequence"):
        encode_text(corpus, 1)


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        encode_text(tmp_path / "absent.txt")


@pytest.mark.parametrize("options", [{}, {"split": "paragraph"}])
@pytest.mark.parametrize("content", ["", "1 2 3\n\n", "\n" * 50, b"\xef\xbb\xbf"])
def test_a_file_without_words_is_an_error_that_names_it(write, content, options):
    corpus = Corpus(write(content, "numbers.txt"), **options)
    with pytest.raises(ValueError, match=r"numbers\.txt (has no words|is an empty file)") as found:
        encode_text(corpus)
    with pytest.raises(ValueError, match=re.escape(str(found.value))):
        list(corpus)


# --- words that are no strings -----------------------------------------------------------------


@pytest.mark.parametrize("in_memory", [0, 1 << 27])
@pytest.mark.parametrize(
    ("word", "found"),
    [
        (5, "5, of type int"),
        (None, "None, of type NoneType"),
        (2.5, "2.5, of type float"),
        (b"cat", "b'cat', of type bytes"),
        (("new", "york"), "of type tuple"),
        (["new", "york"], "unhashable type: 'list'"),
        ({"new"}, "unhashable type: 'set'"),
    ],
)
def test_words_that_are_no_strings_are_refused(tmp_path, write, word, found, in_memory):
    by_tokeniser = Corpus(write("a b"), tokenize=lambda text: ["cat", word])
    for corpus in ([["cat"], ["dog", word]], by_tokeniser):
        with pytest.raises(TypeError, match=f"words must be strings, but one is .*{found}"):
            encode_text(corpus, 2, in_memory=in_memory, folder=tmp_path)


def test_words_of_a_kind_of_string_are_strings():
    assert encode_text([np.array(["the", "cat"])], 1).vocabulary.words == ["cat", "the"]


def test_another_type_error_is_left_as_it_is():
    def documents():
        yield ["cat"]
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine$"):
        encode_text(documents(), 1)


# --- letters that are dropped ------------------------------------------------------------------


def warnings_of(corpus):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encode_text(corpus, 1)
    assert all(warning.category is UserWarning for warning in caught)
    assert all(warning.filename == __file__ for warning in caught)
    return [str(warning.message) for warning in caught]


WAYS = [
    ("{}", "x.txt", {}),
    ("{}", "x.txt", {"split": "paragraph"}),
    ('{{"text": "{}"}}', "x.jsonl", {}),
    ("text\n{}", "x.csv", {}),
]


@pytest.mark.parametrize(("form", "name", "options"), WAYS)
@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("a" + "é" * 9, 90),
        ("Größe ", 40),
        ("abc 日本 Ж", 50),
        ("अ" + "a" * 47, 2.08),
        ("é" + "a" * 49, 0),  # just 2 %
        ("é" + " 1. " * 20 + "Z" * 48, 2.04),  # all else does not count
        ("“It\N{RIGHT SINGLE QUOTATION MARK}s” — « 5 ° » … 😀 → § \ufeff", 0),  # nor do signs
        ("the cat", 0),
    ],
)
def test_text_of_other_letters_is_warned_of_once(write, text, share, form, name, options):
    path = write(form.format(text), name)
    with sizes(block=7):
        found = warnings_of(Corpus(path, **options))
        assert warnings_of(Corpus(path, **options)) == found
    assert len(found) == (share > 0)
    for message in found:
        assert str(path) in message
        assert f" {share:.0f} % of the letters" in message
        assert "`tokenize_unicode`" in message
        assert "--tokenizer unicode" in message
    if not options:
        assert warnings_of(Corpus(path, tokenize=tokenize_unicode)) == []


def test_the_share_of_other_letters_is_that_of_all_files(write):
    files = [write("a" * 90, "a.txt"), write("é" * 10, "b.txt"), write("é" * 2, "c.txt")]
    assert "a.txt and 1 more files, 10 % of" in warnings_of(Corpus(files[:2]))[0]
    assert warnings_of(Corpus([files[0], files[2]])) != []
    assert warnings_of(Corpus([write("a" * 99, "a.txt"), files[2]])) == []


def test_documents_that_are_lists_are_nobodys_letters():
    assert warnings_of([["größe"], ["é"]]) == []


@pytest.mark.parametrize(("form", "name", "options"), WAYS)
@pytest.mark.parametrize(("text", "is_hinted"), [("ЖУК é", True), ("— 5 …", False), ("5", False)])
def test_the_error_for_no_words_knows_other_letters(write, text, is_hinted, form, name, options):
    path = write(form.format(text), name)
    for read in (encode_text, list):
        with pytest.raises(ValueError, match=rf"{name} has no words") as caught:
            read(Corpus(path, **options))
        for hint in ("`tokenize_unicode`", "--tokenizer unicode"):
            assert (hint in str(caught.value)) == is_hinted
        with pytest.raises(ValueError, match=r"has no words$"):
            read(Corpus(path, tokenize=lambda text: [], **options))


# --- progress ----------------------------------------------------------------------------------


def test_no_bar_where_nobody_watches(write, capfd):
    encode_text(write("cat"), 1)
    encode_text([["cat"]], 1)
    assert capfd.readouterr() == ("", "")


@cuts_words
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("words", [tokenize, str.split])
def test_a_bar_over_the_bytes_of_a_file(write, capfd, words, mark):
    path = write(mark + "cät\r\n\ndog " * 10_000)
    with sizes(block=1 << 14):
        encode_text(Corpus(path, tokenize=words), 1, progress=True)
    shown = capfd.readouterr().err
    assert "reading: 100%" in shown
    assert re.search(r"1[0-9]{2}k/1[0-9]{2}k \[.*B/s", shown)


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("words", [tokenize, str.split])
def test_a_bar_over_the_bytes_on_disk_of_many_files(write, capfd, words, kind):
    rng = np.random.default_rng(0)
    text = " ".join(map(str, rng.integers(0, 1 << 60, 10_000))).encode() + b" cat"
    files = [write(PACK[kind](text), "a"), write(PACK[kind](text), "b"), write(b"dog", "c")]
    size = sum(path.stat().st_size for path in files)
    encode_text(Corpus(files, tokenize=words), 1, progress=True)
    shown = capfd.readouterr().err
    assert "reading: 100%" in shown
    assert f"{round(size / 1000)}k/{round(size / 1000)}k" in shown


@pytest.mark.parametrize("words", [tokenize, str.split])
def test_a_bar_over_what_has_no_size(capfd, words):
    encode_text(Corpus(io.BytesIO(b"cat " * 5_000), tokenize=words), 1, progress=True)
    shown = capfd.readouterr().err
    assert re.search(r"reading: 20\.0kB? \[|reading: 20\.0kB", shown)
    assert "%" not in shown


def test_a_bar_over_documents(capfd):
    encode_text([["cat"]] * 7, 1, progress=True)
    assert re.search(r"reading: 100%.* 7/7 .*document", capfd.readouterr().err)
    encode_text(iter([["cat"]] * 7), 1, progress=True)
    assert re.search(r"reading: 7document", capfd.readouterr().err)
