"""Text from files of every kind, and everything that can go wrong."""

# ruff: noqa: RUF001  (letters of many scripts)

import bz2
import csv
import gzip
import io
import itertools
import json
import lzma
import os
import sys
import tracemalloc
import unicodedata
from pathlib import Path
from unittest import mock

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

import w2v.corpus
from w2v import Corpus, tokenize, tokenize_spaces, tokenize_unicode

reproducible = settings(derandomize=True, deadline=None, max_examples=100)

PACK = {
    "": lambda content: content,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def pieces_of(size):
    return mock.patch.object(w2v.corpus, "_PIECE", size)


# --- tokenize ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat SAT.", ["the", "cat", "sat"]),
        ("log_softmax isn't x2y", ["log", "softmax", "isn", "t", "x", "y"]),
        ("naïve café", ["na", "ve", "caf"]),
        ("  \t\r\n 1 2 3 ", []),
        ("", []),
        ("a", ["a"]),
        ("end-to-end", ["end", "to", "end"]),
    ],
)
def test_tokenize(text, words):
    assert tokenize(text) == words


@reproducible
@given(text=st.text(max_size=40))
@example(text="\N{KELVIN SIGN}elvin")  # str.lower turns it into the letter k
@example(text="\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}stanbul")  # and this into two characters
def test_only_the_letters_a_to_z_make_words(text):
    kept = "".join(char if char.isascii() and char.isalpha() else " " for char in text)
    assert tokenize(text) == kept.lower().split()


# --- tokenize_unicode --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The SOFTMAX of 2 scores isn't log_softmax.", "the softmax of 2 scores isn t log softmax"),
        ("हिन्दी में क्षत्रिय, १२३।", "हिन्दी में क्षत्रिय १२३"),
        ("العَرَبِيّةُ؟ ٤٢", "العَرَبِيّةُ ٤٢"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),  # the non-joiner stays
        ("ന\u0d4d\u200dറെ", "ന\u0d4d\u200dറെ"),  # and the joiner
        ("\u200ca\u200d \u200d \u200d\u200c.\u200d", "a"),  # but not at the edges of words
        ("ΟΔΟΣ ΣΟΦΟΣ", "οδος σοφος"),  # with the sigma of the end of words
        ("İSTANBUL", "i\u0307stanbul"),
        ("Straße STRASSE", "straße strasse"),
        ("ภาษาไทย ง่าย", "ภาษาไทย ง่าย"),  # not cut further
        ("我爱北京，天安门。", "我爱北京 天安门"),
        ("東京タワー・カメラ", "東京タワー カメラ"),
        ("l'été d’e\u0301te\u0301", "l été d été"),  # apostrophes of both kinds, NFC
        ("e\u0301\u0323 = \u1eb9\u0301", "\u1eb9\u0301 \u1eb9\u0301"),
        ("n\u0308 \u0308n", "n\u0308 n"),  # a mark that stands on nothing
        ("👨\u200d👩\u200d👧 ❤\ufe0f 👍\U0001f3fd ok", "ok"),
        ("Ⅷ ④ ½ x² €5", "ⅷ x 5"),
        ("Å", "å"),  # the sign for ångström
        ("\u212aelvin", "kelvin"),
        ("a\u00a0b\u2028c\u3000d\u00ade\ufefff\0g", "a b c d e f g"),
        ("𝒳 𐐀 𞤀", "𝒳 𐐨 𞤢"),  # letters beyond the first plane
        ("\ud800a", "a"),
        ("", ""),
        (" \t", ""),
    ],
)
def test_tokenize_unicode(text, words):
    assert tokenize_unicode(text) == words.split(" ") * bool(words)


def runs(text):
    """The words by a loop over characters."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    words, word = [], ""
    for char in [*text, " "]:
        category = unicodedata.category(char)
        if category[0] == "L" or category in ("Nd", "Nl"):
            word += char
        elif category[0] == "M" or char in "\u200c\u200d":
            word += char if word else ""
        else:
            words += [word.rstrip("\u200c\u200d")] if word else []
            word = ""
    return words


@reproducible
@given(
    text=st.text(max_size=30)
    | st.text(
        st.sampled_from("aΣß\u0301\u0345\u200d\u200cक\u094d\u0903'_ İ1²é\U000e0100"), max_size=12
    )
)
@example(text="\u0345\u0308\u0301 Α\u0345\u0301")
def test_tokenize_unicode_gives_the_runs_of_a_loop_whatever_form_the_text_has(text):
    words = tokenize_unicode(text)
    assert words == runs(text)
    assert tokenize_unicode(unicodedata.normalize("NFD", text)) == words
    assert tokenize_unicode(unicodedata.normalize("NFC", text)) == words
    assert all(unicodedata.is_normalized("NFC", word) for word in words)
    assert tokenize_unicode(" ".join(words)) == words or "Σ" in text or "σ" in text


def test_tokenize_unicode_knows_the_category_of_every_character():
    """Alone and behind a letter; of the planes in which much is alike, only some."""
    assigned = itertools.chain(range(0xD800), range(0xE000, 0x20000), range(0xE0000, 0xE0200))
    codes = itertools.chain(assigned, range(0x20000, 0x110000, 97))
    text = " ".join(f"{chr(code)} a{chr(code)}" for code in codes)
    assert tokenize_unicode(text) == runs(text)


def test_every_mark_is_recognised():
    marks = [c for c in map(chr, range(0x110000)) if unicodedata.category(c)[0] == "M"]
    assert all(map(w2v.corpus._marks().match, marks))


def test_tokenize_unicode_is_tokenize_for_english():
    text = "The cat SAT, on - the (mat)."
    assert tokenize_unicode(text) == tokenize(text)


# --- tokenize_spaces ---------------------------------------------------------------------------


def test_tokenize_spaces_changes_nothing_but_splits():
    assert tokenize_spaces(" New_York is\u00a0n't\t42 .\r\n") == [
        "New_York",
        "is",
        "n't",
        "42",
        ".",
    ]


# --- Corpus ------------------------------------------------------------------------------------


LINES = "The cat\nsat\n\n  \non the\nmat"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n", "\n  \n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("line", [["the", "cat"], ["sat"], ["on", "the"], ["mat"]]),
        ("paragraph", [["the", "cat", "sat"], ["on", "the", "mat"]]),
    ],
)
def test_lines_and_paragraphs_are_documents_however_the_file_ends_them(
    write, ending, last, mark, split, expected
):
    path = write(mark + (LINES + last).replace("\n", ending).encode())
    assert list(Corpus(path, split=split)) == expected


def test_the_byte_order_mark_is_no_part_of_the_first_word(write):
    assert list(Corpus(write(b"\xef\xbb\xbfcat dog"), tokenize=str.split)) == [["cat", "dog"]]


def test_lines_without_words_are_no_documents(write):
    path = write("1 2 3\ncat\n...\n\n42\n\ndog\n")
    assert list(Corpus(path)) == [["cat"], ["dog"]]
    assert list(Corpus(path, split="paragraph")) == [["cat"], ["dog"]]


def test_a_line_without_words_does_not_end_a_paragraph(write):
    assert list(Corpus(write("cat\n42\ndog\n"), split="paragraph")) == [["cat", "dog"]]


def test_a_corpus_can_be_read_twice_and_twice_at_once(write):
    corpus = Corpus(write(LINES))
    assert list(corpus) == list(corpus)
    assert all(first == second for first, second in zip(corpus, corpus, strict=True))


def test_a_corpus_is_read_anew_each_time(write):
    corpus = Corpus(write("cat"))
    assert list(corpus) == [["cat"]]
    write("dog")
    assert list(corpus) == [["dog"]]


def test_leaving_early_closes_the_file(write):
    """An open file would be reported as a ResourceWarning, and could not be removed on Windows."""
    path = write(LINES)
    documents = iter(Corpus(path))
    next(documents)
    documents.close()
    path.unlink()


def test_a_tokeniser_of_ones_own(write):
    path = write("Größe, ЖУК\n")
    assert list(Corpus(path, tokenize=lambda line: line.lower().split())) == [["größe,", "жук"]]


def test_a_path_may_be_a_string(write):
    assert list(Corpus(str(write("cat")))) == [["cat"]]


@pytest.mark.parametrize("split", ["line", "paragraph"])
def test_an_empty_file_is_an_error_that_names_it(write, split):
    with pytest.raises(ValueError, match=r"nothing\.txt.* empty"):
        list(Corpus(write("", "nothing.txt"), split=split))


@pytest.mark.parametrize("split", ["line", "paragraph"])
@pytest.mark.parametrize("content", ["1 2 3\n\n", "\n", b"\xef\xbb\xbf"])
def test_a_file_without_words_is_an_error_that_names_it(write, split, content):
    with pytest.raises(ValueError, match=r"numbers\.txt has no words"):
        list(Corpus(write(content, "numbers.txt"), split=split))


@pytest.mark.parametrize("split", ["line", "paragraph"])
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
    ],
)
def test_a_file_that_is_not_utf8_is_an_error_that_names_file_line_and_byte(
    write, split, content, line, byte
):
    path = write(content, "latin.txt")
    with pytest.raises(UnicodeDecodeError) as caught:
        list(Corpus(path, split=split))
    message = str(caught.value)
    assert str(path) in message
    assert f"line {line}," in message
    assert f"byte {byte} " in message
    assert content[byte : byte + 1] == caught.value.object[caught.value.start :][:1]


def test_a_utf16_file_is_not_read_as_garbage(write):
    with pytest.raises(UnicodeDecodeError, match=r"text\.txt, line 1"):
        list(Corpus(write("cat".encode("utf-16"))))


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        Corpus(tmp_path / "absent.txt")


@pytest.mark.parametrize("split", ["sentence", "", None])
def test_an_unknown_split_is_refused(write, split):
    with pytest.raises(ValueError, match="split"):
        Corpus(write("cat"), split=split)


# --- sources -----------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder of files whose words are their names."""
    for name in (
        *("b.txt", "a.txt", "sub/c.txt", "sub/deep/d.txt", "sub-1/e.txt", "B.text"),
        *(".hidden.txt", ".git/f.txt", "sub/.x/g.txt", "odd[1].txt"),
    ):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.stem} {path.suffix[1:]}")
    monkeypatch.chdir(tmp_path)
    return path.parent


def names(corpus):
    assert all(isinstance(file, Path) for file in corpus.files)
    return " ".join(file.relative_to("tree").as_posix() for file in corpus.files)


def test_a_folder_is_all_files_below_it_in_order_without_hidden_ones(tree):
    corpus = Corpus("tree")
    assert names(corpus) == "B.text a.txt b.txt odd[1].txt sub-1/e.txt sub/c.txt sub/deep/d.txt"
    assert [document[0] for document in corpus] == ["b", "a", "b", "odd", "e", "c", "d"]
    assert names(Corpus(Path("tree"))) == names(corpus)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("tree/*.txt", "a.txt b.txt odd[1].txt"),
        ("tree/?.txt", "a.txt b.txt"),
        ("tree/[bc].*", "b.txt"),
        ("tree/**/*.txt", "a.txt b.txt odd[1].txt sub-1/e.txt sub/c.txt sub/deep/d.txt"),
        ("tree/sub*", "sub-1/e.txt sub/c.txt sub/deep/d.txt"),  # folders, as by a shell
        ("tree/sub/**", "sub/c.txt sub/deep/d.txt"),
        ("tree/odd[1].txt", "odd[1].txt"),  # the name of a file
        (["tree/b.txt", "tree/a.txt"], "b.txt a.txt"),  # a list keeps its order
        (
            ("tree/b.txt", Path("tree/sub"), "tree/*.txt"),
            "b.txt sub/c.txt sub/deep/d.txt a.txt odd[1].txt",
        ),
        (["tree/a.txt", "./tree/a.txt", "tree/sub/../a.txt"], "a.txt"),
    ],
)
def test_patterns_and_lists(tree, pattern, found):
    assert names(Corpus(pattern)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("tree/sub", "sub/deep/d.txt"),
        ("tree/sub/**", "sub/deep/d.txt"),
        ("tree/[ab].txt", "b.txt"),
        ("tree/sub*", "sub-1/e.txt sub/deep/d.txt"),
        (["tree/sub", "tree/sub/c.txt"], "sub/deep/d.txt sub/c.txt"),  # named explicitly
        (["tree/sub/c.txt", "tree/sub"], "sub/c.txt sub/deep/d.txt"),
        ("tree/a.txt", "a.txt"),
    ],
)
def test_what_is_excluded_is_left_out_of_folders_and_patterns(tree, source, found):
    exclude = [tree / "a.txt", "tree/deep/../sub/./c.txt", Path("absent", "x.npz")]
    assert names(Corpus(source, exclude=exclude)) == found
    assert names(Corpus(source, exclude=iter(exclude))) == found


def test_what_is_excluded_is_known_through_links(tree):
    (tree / "link.txt").symlink_to("a.txt")
    (tree.parent / "other").symlink_to(tree)
    for name in ("tree/a.txt", "tree/link.txt", "other/a.txt"):
        assert names(Corpus("tree/[abl]*.txt", exclude=[name])) == "b.txt"


@pytest.mark.parametrize("source", ["tree/sub/deep", "tree/sub/deep/*", "tree/**/d.txt"])
def test_nothing_but_what_is_excluded_is_an_error(tree, source):
    with pytest.raises(FileNotFoundError, match=r"deep has no files|no file matches"):
        Corpus(source, exclude=["tree/sub/deep/d.txt"])


@pytest.mark.parametrize("exclude", ["a.txt", b"a.txt", Path("a.txt"), None, 5, [5]])
def test_what_is_excluded_must_be_a_list_of_paths(tree, exclude):
    with pytest.raises(TypeError, match="`exclude`"):
        Corpus("tree", exclude=exclude)


def test_a_link_to_a_file_that_is_read_is_not_read_again(tree):
    (tree / "0.txt").symlink_to("b.txt")
    (tree / "sub" / "z.txt").symlink_to(tree / "a.txt")
    assert names(Corpus(["tree/b.txt", "tree/0.txt"])) == "b.txt"
    assert names(Corpus("tree/?.txt")) == "0.txt a.txt"
    assert names(Corpus(["tree/sub/?.txt", "tree/a.txt"])) == "sub/c.txt sub/z.txt"


def test_the_files_are_those_at_the_time_it_was_made_and_their_content_is_not(tree):
    corpus = Corpus("tree/sub")
    (tree / "sub" / "new.txt").write_text("new")
    (tree / "sub" / "c.txt").write_text("changed")
    assert list(corpus) == [["changed"], ["d", "txt"]]
    (tree / "sub" / "c.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"c\.txt"):
        list(corpus)


def test_pipes_in_a_folder_are_left_out_and_links_to_nothing_are_not(tree):
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs pipes")
    os.mkfifo(tree / "pipe")
    assert "pipe" not in names(Corpus("tree"))
    (tree / "broken.txt").symlink_to(tree / "absent.txt")
    with pytest.raises(FileNotFoundError, match=r"broken\.txt"):
        Corpus("tree")


def test_the_end_of_a_file_ends_words_and_documents(write):
    files = [write("the cat", "a.txt"), write("sat", "b.txt"), write("", "c.txt"), write("on")]
    for split in ("line", "paragraph"):
        assert list(Corpus(files, split=split)) == [["the", "cat"], ["sat"], ["on"]]


def test_every_file_may_have_a_byte_order_mark(write):
    files = [write(b"\xef\xbb\xbf" + name.encode(), name) for name in "ab"]
    assert list(Corpus(files, tokenize=str.split)) == [["a"], ["b"]]


def test_repr_is_short_and_names_no_folder(write, tmp_path):
    path = write("cat", "cats.txt")
    assert repr(Corpus(path)) == "<Corpus cats.txt>"
    assert repr(Corpus([path, write("dog"), "-"])) == "<Corpus cats.txt and 2 more>"
    assert repr(Corpus("-")) == "<Corpus standard input>"


def standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("pack", PACK)
def test_standard_input_can_be_read_once(monkeypatch, pack):
    standard_input(monkeypatch, PACK[pack]("Größe\nzwei".encode()))
    corpus = Corpus("-", tokenize=tokenize_unicode)
    assert corpus.files == []
    assert list(corpus) == [["größe"], ["zwei"]]
    with pytest.raises(ValueError, match=r"standard input can be read only once.*file"):
        list(corpus)


def test_standard_input_among_files_and_in_another_format(monkeypatch, write):
    standard_input(monkeypatch, b'{"text": "the cat"}')
    corpus = Corpus([write('{"text": "sat"}'), "-", "-"], format="jsonl")
    assert list(corpus) == [["sat"], ["the", "cat"]]


@pytest.mark.parametrize("stdin", [None, io.StringIO("cat")])
def test_no_standard_input_is_an_error(monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(ValueError, match="standard input"):
        list(Corpus("-"))


@pytest.mark.parametrize("pack", PACK)
@pytest.mark.parametrize(
    "wrap", [io.BytesIO, lambda content: io.BufferedReader(io.BytesIO(content))]
)
def test_an_open_file_can_be_read_once(pack, wrap):
    file = wrap(PACK[pack](b"the cat\nsat"))
    corpus = Corpus(file)
    assert list(corpus) == [["the", "cat"], ["sat"]]
    assert not file.closed
    with pytest.raises(ValueError, match="an open file can be read only once"):
        list(corpus)


def test_an_open_file_is_known_by_its_name_and_read_from_where_it_is(write):
    with open(write(b'{"text": "a"}\n{"text": "b"}\n', "x.jsonl"), "rb") as file:
        file.readline()
        corpus = Corpus(file)
        assert repr(corpus) == "<Corpus x.jsonl>"
        assert list(corpus) == [["b"]]


def test_a_pipe_can_be_read_once():
    if not os.path.isdir("/dev/fd"):
        pytest.skip("needs /dev/fd")
    out, into = os.pipe()
    try:
        os.write(into, b"the cat")
        os.close(into)
        corpus = Corpus(f"/dev/fd/{out}")
        assert list(corpus) == [["the", "cat"]]
        with pytest.raises(ValueError, match=f"/dev/fd/{out} can be read only once"):
            list(corpus)
    finally:
        os.close(out)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("absent.txt", FileNotFoundError, "no file 'absent.txt'"),
        ("", FileNotFoundError, "no file ''"),
        (Path("tree/*.txt"), FileNotFoundError, "no file 'tree/"),
        ("tree/*.csv", FileNotFoundError, r"no file matches tree/\*\.csv"),
        ("tree/[]", FileNotFoundError, "no file matches"),
        ("empty", FileNotFoundError, "folder empty has no files.*hidden"),
        ("x" * 5000, FileNotFoundError, "no file 'x"),
        ("a\0b", FileNotFoundError, "no file"),
        ([], ValueError, "`source` is empty"),
        ((), ValueError, "`source` is empty"),
        (None, TypeError, "`source`.*None"),
        (5, TypeError, "`source`.*5"),
        (b"tree", TypeError, "`source`.*b'tree'"),
        ([["the", "cat"]], TypeError, r"`source`.*\['the', 'cat'\]"),
        (["tree", None], TypeError, "`source`.*None"),
        (iter(["tree"]), TypeError, "`source`.*iterator"),
        (io.StringIO("cat"), TypeError, "open for text.*'rb'"),
    ],
    ids=repr,
)
def test_what_is_no_source(tree, source, error, message):
    Path("empty").mkdir()
    Path("empty", ".hidden").touch()
    with pytest.raises(error, match=message) as caught:
        Corpus(source)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"format": "xml"}, ValueError, "`format` must be one of .*'jsonl'.*'xml'"),
        ({"format": ""}, ValueError, "`format`"),
        ({"column": "text"}, ValueError, r"`column` is 'text', but .*x\.txt is read as text"),
        ({"column": 1.5, "format": "csv"}, TypeError, "`column`.*1.5"),
        ({"column": True, "format": "csv"}, TypeError, "`column`.*True"),
        ({"column": -1, "format": "csv"}, ValueError, "`column` counts from 0.*-1"),
        ({"column": 0, "format": "jsonl"}, ValueError, r"`column` is 0.*x\.txt.*jsonl"),
        ({"split": "paragraph", "format": "csv"}, ValueError, r"`split`.*x\.txt.*csv"),
        ({"split": "paragraph", "format": "jsonl"}, ValueError, r"`split`.*x\.txt.*jsonl"),
    ],
)
def test_arguments_that_make_no_sense(write, options, error, message):
    path = write("text", "x.txt")
    with pytest.raises(error, match=message):
        Corpus(path, **options)


def test_a_column_is_fine_where_some_files_are_tables(write):
    files = [
        write("the cat", "a.txt"),
        write("n,t\n1,sat", "b.csv"),
        write('{"t": "on"}', "c.jsonl"),
    ]
    assert list(Corpus(files, column="t")) == [["the", "cat"], ["sat"], ["on"]]


@pytest.mark.parametrize("made", ["the cat", b"the", 5, None])
def test_a_tokeniser_must_make_words(write, made):
    with pytest.raises(TypeError, match=r"`tokenize` must return words.*'a line"):
        list(Corpus(write("a line"), tokenize=lambda line: made))


@pytest.mark.parametrize(
    "kind", [tuple, iter, list, dict.fromkeys, lambda words: (w for w in words)]
)
def test_a_tokeniser_may_make_words_of_any_kind(write, kind):
    path = write("b a\n\nc")
    assert list(Corpus(path, tokenize=lambda line: kind(line.split()))) == [["b", "a"], ["c"]]


# --- packed files ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["text.txt", "text", "text.jsonl{}", "text.csv{}"])
@pytest.mark.parametrize("pack", PACK)
def test_packed_files_are_read_whatever_their_names(write, pack, name):
    content = b"the cat\nsat on"
    if "json" in name:
        content = b'{"text": "the cat"}\n{"text": "sat on"}'
    if "csv" in name:
        content = b"t\n" + content
    path = write(PACK[pack](content), name.format(pack.upper()))
    assert list(Corpus(path)) == [["the", "cat"], ["sat", "on"]]


@pytest.mark.parametrize("pack", [".gz", ".bz2", ".xz", ".zst"])
def test_a_packed_file_cut_short_is_an_error_that_names_it(write, pack):
    rng = __import__("random").Random(0)
    content = "\n".join("".join(rng.choices("abcdefgh ", k=80)) for _ in range(5_000)).encode()
    path = write(PACK[pack](content)[:-9], "cut.txt")
    documents = []
    with pytest.raises(ValueError, match=r"cut\.txt is packed with .*damaged.* \d+ bytes"):
        documents.extend(Corpus(path))
    expected = [words for line in content.decode().split("\n") if (words := tokenize(line))]
    assert documents == expected[: len(documents)]


@pytest.mark.parametrize("pack", [".gz", ".bz2", ".xz", ".zst"])
def test_places_in_packed_files_are_those_of_the_text(write, pack):
    path = write(PACK[pack](b"the cat\n" * 1000 + b"caf\xe9"), "x")
    with pytest.raises(UnicodeDecodeError, match=r"x, line 1001, byte 8003 "):
        list(Corpus(path))


def test_an_error_of_the_consumer_is_not_taken_for_damage(write):
    def tokenize(line):
        raise EOFError("mine")

    with pytest.raises(EOFError, match="mine"):
        list(Corpus(write(gzip.compress(b"the cat")), tokenize=tokenize))


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_other_encodings_of_unicode_are_recognised(write, encoding):
    path = write(("\ufeff" * encoding.endswith("be") + "cat\n" * 50).encode(encoding))
    name = encoding[:6].upper()
    with pytest.raises(
        UnicodeDecodeError, match=rf"line 1, byte \d is not UTF-8; it looks like {name}.*iconv"
    ):
        list(Corpus(path))


def test_other_bytes_are_not_taken_for_them(write):
    with pytest.raises(UnicodeDecodeError, match="line 2, byte 4 is not UTF-8; save"):
        list(Corpus(write(b"cat\n\xff\xfe")))


def test_valid_utf8_is_text_whatever_it_holds(write):
    path = write("a\0b\x1bc\u2028d\x85e\ufefff\rg\n\0")
    assert list(Corpus(path)) == [["a", "b", "c", "d", "e", "f", "g"]]


# --- long lines --------------------------------------------------------------------------------

whitespace = st.sampled_from([*" " * 9, " " * 30, "\t", "\n", "\n\n", "\r\n", " \n ", "\f", "\v"])
short_words = st.text(st.sampled_from("abéΣ日\U0001f600'\u0301\xa0"), min_size=1, max_size=3)
texts = st.lists(st.tuples(short_words | st.just(""), whitespace), max_size=30).map(
    lambda pairs: "".join(itertools.chain.from_iterable(pairs))
)


@reproducible
@given(
    text=texts,
    end=st.sampled_from(["", "a", "é", "日"]),
    mark=st.sampled_from(["", "\ufeff"]),
    size=st.integers(13, 40),  # a word and a blank fit
    split=st.sampled_from(["line", "paragraph"]),
    words=st.sampled_from([tokenize, tokenize_unicode, tokenize_spaces]),
)
def test_lines_are_cut_where_it_changes_nothing(text, end, mark, size, split, words):
    def documents():
        try:
            file = io.BytesIO((mark + text + end).encode())
            return list(Corpus(file, tokenize=words, split=split))
        except ValueError as error:
            return str(error)

    expected = documents()
    with pieces_of(size):
        assert documents() == expected


@pytest.mark.parametrize(
    "content",
    [b"the cat" + b" " * 40 + b"\nsat", b" " * 40 + b"the cat\nsat", b"the\n" + b" " * 40],
)
def test_a_line_is_blank_if_all_of_its_pieces_are(content):
    with pieces_of(8):
        assert len(list(Corpus(io.BytesIO(content + b"\non"), split="paragraph"))) == 1 + (
            content[-1:] == b" "
        )


def test_a_byte_order_mark_elsewhere_is_a_character():
    file = io.BytesIO("a\n\ufeffb \ufeffc".encode())
    assert list(Corpus(file, tokenize=tokenize_spaces)) == [["a"], ["\ufeffb", "\ufeffc"]]
    with pieces_of(4):
        file = io.BytesIO("\ufeff\ufeffa \ufeffb".encode())
        assert list(Corpus(file, tokenize=tokenize_spaces)) == [["\ufeffa", "\ufeffb"]]


def test_a_file_that_is_no_text_at_all_is_not_held():
    file = io.BytesIO(b"text \xc3" + b"\x80" * 20_000_000)
    with pieces_of(1 << 16), pytest.raises(UnicodeDecodeError, match="line 1, byte 7 ") as caught:
        list(Corpus(file))
    assert len(caught.value.object) < 1 << 18


@reproducible
@given(text=st.text(st.sampled_from("aé日\U0001f600\u0301"), max_size=60), size=st.integers(4, 9))
def test_where_there_is_no_space_lines_are_cut_between_characters(text, size):
    with pieces_of(size):
        documents = list(
            Corpus(io.BytesIO(f"{text}\n{text}.".encode()), tokenize=lambda text: [text])
        )
    assert "".join(documents[0]) == f"{text}\n"
    assert "".join(documents[-1]) == f"{text}."
    assert all(0 < len(word.encode()) <= 2 * size for document in documents for word in document)


@pytest.mark.parametrize("size", [4, 5, 7, 8, 1 << 20])
@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"the cat sat on the caf\xe9 mat\n", 1, 22),
        (b"a\nthecatsatonthecaf\xe9\n", 2, 19),
        (b"a\nb\n" + "é".encode() * 20 + b"\xc3", 3, 44),
        (b"abc\n\xc3" + b"\x80" * 40, 2, 6),
        (b"abcdefgh\xe6\x97", 1, 8),
        (b"\xef\xbb\xbfabcdefgh\xe6\x97\n", 1, 11),
        (b"abc\xf0\x9f\x98 abc", 1, 3),
    ],
)
def test_a_wrong_byte_in_a_line_that_is_cut(content, line, byte, size):
    with pieces_of(size), pytest.raises(UnicodeDecodeError, match=f"line {line}, byte {byte} "):
        list(Corpus(io.BytesIO(content)))


def peak_of(function):
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def beginning(text):
    """Makes few words, since each takes long where memory is watched."""
    return [text[:8]]


@pytest.mark.parametrize("pack", PACK)
@pytest.mark.parametrize("split", ["line", "paragraph"])
def test_a_long_line_is_not_held(write, pack, split):
    path = write(PACK[pack]("The café, ".encode() * 100_000) * 25)
    corpus = Corpus(path, tokenize=beginning, split=split)
    assert peak_of(lambda: [None for _ in corpus._pieces()]) < 16_000_000


def test_a_long_line_without_any_space_is_not_held():
    corpus = Corpus(io.BytesIO("日本".encode() * 5_000_000), tokenize=beginning)
    assert peak_of(lambda: [None for _ in corpus._pieces()]) < 12_000_000


def test_words_of_a_long_line_are_not_held():
    corpus = Corpus(io.BytesIO(b"The caf\xc3\xa9, " * 20_000), tokenize=tokenize_unicode)
    with pieces_of(1 << 12):
        assert peak_of(lambda: [None for _ in corpus._pieces()]) < 500_000


def test_many_lines_are_not_held():
    corpus = Corpus(io.BytesIO(b"the cat\n" * 100_000), tokenize=beginning)
    assert peak_of(lambda: sum(1 for _ in corpus)) < 600_000


# --- JSON --------------------------------------------------------------------------------------


def test_each_line_of_json_is_a_document(write):
    path = write(
        '\ufeff{"text": "The cat\\nsat", "id": 1}\r\n\n   \n'
        '{"id": 2, "text": "on \\u0041\\ud83d\\ude00"}\n'
        '{"text": ""}\n{"text": ["New York", "is"]}\n{"text": []}',
        "x.ndjson",
    )
    assert list(Corpus(path)) == [["the", "cat", "sat"], ["on", "a"], ["New York", "is"]]


@reproducible
@given(st.lists(st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=4), max_size=5))
def test_json_is_what_was_written(values):
    file = io.BytesIO("\n".join(json.dumps({"a": 0, "body": value}) for value in values).encode())
    corpus = Corpus(file, tokenize=lambda text: [text], format="jsonl", column="body")
    expected = [[value] if isinstance(value, str) else value for value in values]
    assert [words for words, ends in itertools.islice(corpus._pieces(), len(values))] == expected


@pytest.mark.parametrize("name", ["x.json", "x.JSON.gz", "x.jsonl", "x.ndjson.xz"])
def test_names_of_json(write, name):
    assert list(Corpus(write('{"text": "the cat"}\n{"text": "sat"}', name))) == [
        ["the", "cat"],
        ["sat"],
    ]
    with pytest.raises(ValueError, match="line 1 is not a JSON object but"):
        list(Corpus(write('[{"text": "the cat"}]', name)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2, character 2: .*JSON object"),
        ('{"text": "cat"', "line 2, character 15: .*JSON object"),
        ("cat", "line 2, character 1: .*JSON object"),
        ('{"text": "cat"} {"text": "dog"}', "line 2, character 17: Extra data"),
        ("[" * 100_000, "line 2: .*JSON object"),
        ('{"n": ' + "1" * 5000 + "}", "line 2: .*JSON object"),
        ('["cat"]', r"line 2 is not a JSON object but \[\"cat\"\]"),
        ('"cat"', "line 2 is not a JSON object but"),
        ("{}", "line 2 has no field 'text': its fields are none. .*`column`"),
        (
            '{"Text": "", "id": 1}',
            "line 2 has no field 'text': its fields are 'Text', 'id'. .*`column`",
        ),
        ('{"text": null}', "line 2: field 'text' must be a string.*null"),
        ('{"text": 5}', "line 2: field 'text' must be a string.*5"),
        ('{"text": {"en": "cat"}}', "line 2: field 'text' must be a string"),
        ('{"text": ["cat", 5]}', "line 2: field 'text' must be a string"),
        ('{"text": "\\ud83d"}', "line 2: field 'text' has half a character"),
        ('{"text": ["cat", "\\ude00"]}', "line 2: field 'text' has half a character"),
    ],
    ids=lambda value: value[:20],
)
def test_json_that_is_not_as_it_should_be(write, line, message):
    path = write('{"text": "fine"}\n' + line + '\n{"text": "fine"}\n', "x.jsonl")
    with pytest.raises(ValueError, match=rf"x\.jsonl, {message}") as caught:
        list(Corpus(path))
    assert len(str(caught.value)) < 400 + len(str(path))


def test_json_that_is_not_utf8(write):
    with pytest.raises(UnicodeDecodeError, match=r"x\.jsonl, line 2, byte 24 "):
        list(Corpus(write(b'{"text": "a"}\n{"text": "\xff"}', "x.jsonl")))


# --- tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "column", "documents"),
    [
        ("year,text\n2024,The cat\n2025,sat\n", "text", [["the", "cat"], ["sat"]]),
        ("year,text\r\n2024,The cat\r\n\r\n2025,sat", "text", [["the", "cat"], ["sat"]]),
        ("\ufefftext,year\nThe cat,1\n", "text", [["the", "cat"]]),
        ('text,year\n"The, ""cat""\nsat",1\n,2\n', "text", [["the", "cat", "sat"]]),
        ("text\nthe cat\nsat\n", None, [["the", "cat"], ["sat"]]),
        ("the cat,x\nsat,y\n", 0, [["the", "cat"], ["sat"]]),
        ("x,the cat\ny,sat\n", 1, [["the", "cat"], ["sat"]]),
        ("the cat\nsat\n", 0, [["the", "cat"], ["sat"]]),
    ],
)
@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_tables(write, content, column, documents, format):
    if format == "tsv":
        content = content.replace(",", "\t")
    assert list(Corpus(write(content, f"x.{format}"), column=column)) == documents
    assert list(Corpus(write(content, "x.dat"), format=format, column=column)) == documents


@reproducible
@given(
    rows=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=6),
    dialect=st.sampled_from(["excel", "excel-tab", "unix"]),
)
def test_tables_are_what_was_written(rows, dialect):
    text = io.StringIO(newline="")
    csv.writer(text, dialect).writerows([["a", "b"], *rows])
    corpus = Corpus(
        io.BytesIO(text.getvalue().encode("utf-8", "replace")),
        tokenize=lambda text: [text],
        format="tsv" if dialect == "excel-tab" else "csv",
        column="b",
    )
    expected = [row[1].encode("utf-8", "replace").decode() for row in rows]
    assert [words for words, _ in itertools.islice(corpus._pieces(), len(rows))] == [
        [text] for text in expected
    ]


@pytest.fixture
def limit_of_fields():
    before = csv.field_size_limit(77_777)
    yield 77_777
    csv.field_size_limit(before)


def test_long_fields_are_read_and_the_limit_of_others_is_left_as_it_was(write, limit_of_fields):
    path = write("id,text\n1," + "cat " * 100_000 + "\n2,dog", "x.csv")
    lengths = []
    for document in Corpus(path, column="text"):
        lengths.append(len(document))
        assert csv.field_size_limit() == limit_of_fields
    assert lengths == [100_000, 1]
    with pytest.raises(ValueError, match="line 2"):
        list(Corpus(write('a\n"b"c', "x.csv")))
    assert csv.field_size_limit() == limit_of_fields


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        ("a,b\n1,2", None, "name the `column`.*line 1, has 'a', 'b'"),
        ("a,b\n1,2", "c", "line 1 has no column 'c'; the columns are 'a', 'b'"),
        ("a,a\n1,2", "a", "line 1 has several columns 'a'"),
        ("\n\na,b\n1,2", "c", "line 3 has no column 'c'"),
        ("a,b\n1,2", 2, "`column` is 2, but .*line 1 has 2 fields"),
        ("a,b\n1,2\n3\n", "a", "line 3 has 1 fields, and the first has 2"),
        ('a,b\n"1\n1",2\n3\n', "a", "line 4 has 1 fields, and the first has 2"),
        ("a,b\n1,2,3\n", "a", "line 2 has 3 fields, and the first has 2"),
        ("1,2\n3\n", 0, "line 2 has 1 fields, and the first has 2"),
        ('a,b\n1,"2\n3,4\n', "a", "line 2 cannot be read as a table"),
        ('a,b\n1,"2"2\n3,4\n', "a", "line 2 cannot be read as a table"),
        ("id;text\n1;2", "text", "no column 'text'.* separated by ';': save .* with commas"),
        ("id\ttext\n1\t2", "text", "no column 'text'.* separated by tabs: .*`format` \"tsv\""),
        ("id;text\n1;2", None, "name the `column`.* has 'id;text'; .* separated by ';'"),
        ("id\ttext\n1\t2", None, "name the `column`.* separated by tabs"),
        ("id;text\n1;2", 1, "`column` is 1, .* separated by ';'"),
        ("id,text\n1,2", "Text", "the columns are 'id', 'text'$"),
        ("id,a;b\n1,2", "b", "the columns are 'id', 'a;b'$"),
        ("id,a\tb\n1,2", "b", "the columns are 'id', .*b'$"),
        ("text\n1", "Text", "the columns are 'text'$"),
        ("a,b\r1,2\r", "a", "line 1 cannot be read as a table: new-line"),
    ],
)
def test_tables_that_are_not_as_they_should_be(write, content, column, message):
    path = write(content, "x.csv")
    with pytest.raises(ValueError, match=message) as caught:
        list(Corpus(path, column=column))
    assert "x.csv" in str(caught.value)


def test_a_table_of_tabs_that_has_semicolons(write):
    with pytest.raises(ValueError, match=r"no column 'text'.* separated by ';': save .* tabs"):
        list(Corpus(write("id;text\n1;2", "x.tsv"), column="text"))


@pytest.mark.parametrize("column", ["a;b", 0])
def test_a_column_with_a_semicolon_can_be_named(write, column):
    documents = list(Corpus(write("a;b\nthe cat\n", "x.csv"), column=column))
    assert documents[-1] == ["the", "cat"]


# --- no words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"a.txt": "", "b.txt": "1"}, r"a\.txt and 1 more files have no words"),
        ({"a.csv": ""}, r"a\.csv is an empty file"),
        ({"a.csv": "text\n"}, r"a\.csv has no words"),
        ({"a.jsonl": "\n"}, r"a\.jsonl has no words"),
        ({"a.jsonl": '{"text": ["", 1]}'}, "must be a string"),
        ({"a.txt": gzip.compress(b"")}, r"a\.txt has no words"),
        ({"a.txt": bz2.compress(b"")}, r"a\.txt has no words"),
    ],
)
def test_files_without_words(write, contents, message):
    with pytest.raises(ValueError, match=message):
        list(Corpus([write(content, name) for name, content in contents.items()]))


def test_a_subclass_may_iterate_in_its_own_way(write):
    class Reversed(Corpus):
        def __iter__(self):
            return (document[::-1] for document in super().__iter__())

    assert list(Reversed(write("the cat"))) == [["cat", "the"]]
