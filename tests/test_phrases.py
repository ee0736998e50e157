"""Phrases: the same as by a loop and by gensim, in bounded memory, and joined in a stream."""

import io
import itertools
import random
import sys
import tracemalloc
from collections import Counter
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import w2v.phrases
from w2v import Corpus, Phrases, Settings, encode_text, find_phrases, train

reproducible = settings(derandomize=True, deadline=None, max_examples=100)

documents_of_few_words = st.lists(
    st.lists(st.sampled_from("aaabbcde"), max_size=12), min_size=1, max_size=12
).filter(any)


def scores_of_a_loop(documents, min_count, threshold):
    words = Counter(itertools.chain.from_iterable(documents))
    pairs = Counter(pair for document in documents for pair in itertools.pairwise(document))
    found = {
        (a, b): (count - min_count) / (words[a] * words[b]) * words.total()
        for (a, b), count in pairs.items()
    }
    return {pair: score for pair, score in found.items() if score > threshold}


def join_by_a_loop(document, pairs):
    """As word2phrase does, with a look back."""
    joined, before = [], None
    for word in document:
        if (before, word) in pairs:
            joined[-1] += f"_{word}"
            before = None
        else:
            joined.append(word)
            before = word
    return joined


# --- finding -----------------------------------------------------------------------------------


@reproducible
@given(
    documents=documents_of_few_words,
    min_count=st.integers(1, 4),
    threshold=st.sampled_from([0, 0.1, 0.5, 1, 3]),
    chunk=st.integers(1, 9) | st.just(1 << 22),
)
@example([["a", "b"], ["b", "a"], ["a", "b"]], 1, 0, 3)  # a chunk that ends between documents
@example([["a", "a", "a", "a"]], 1, 0, 1)
def test_scores_are_those_of_a_loop(documents, min_count, threshold, chunk):
    with mock.patch.object(w2v.phrases, "_CHUNK", chunk):
        phrases = find_phrases(documents, min_count, threshold)
    assert phrases.scores == pytest.approx(scores_of_a_loop(documents, min_count, threshold))
    values = list(phrases.scores.values())
    assert values == sorted(values, reverse=True)
    assert len(phrases) == len(values)
    assert all(type(value) is float for value in values)


@pytest.mark.parametrize(("min_count", "threshold"), [(1, 2), (5, 1), (5, 10), (20, 0)])
def test_gensim_finds_and_joins_the_same(min_count, threshold):
    models = pytest.importorskip("gensim.models.phrases")
    rng = random.Random(0)
    words = [f"w{number}" for number in range(60)]
    usual = [words[min(int(rng.expovariate(0.1)), 59)] for _ in range(20_000)]
    for place in range(0, 20_000, 37):  # some pairs that are meant
        usual[place : place + 2] = rng.choice([["w50", "w51"], ["w52", "w53"]])
    documents = [usual[start : start + 23] for start in range(0, 20_000, 23)]

    theirs = models.Phrases(
        documents, min_count=min_count, threshold=threshold, scoring=score_of_word2phrase
    )
    phrases = find_phrases(documents, min_count, threshold)
    expected = {
        tuple(key.split("_")): score for key, score in theirs.find_phrases(documents).items()
    }
    # Theirs are those that were joined somewhere.
    assert len(expected) > 1
    assert {pair: phrases.scores[pair] for pair in expected} == pytest.approx(expected)
    assert list(phrases.join(documents)) == [theirs[document] for document in documents]


def score_of_word2phrase(
    worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count
):
    return (bigram_count - min_count) / worda_count / wordb_count * corpus_word_count


def test_the_defaults_are_those_of_word2phrase():
    documents = [["new", "york"]] * 20 + [[str(number)] for number in range(2600)]
    assert find_phrases(documents).scores == {}  # 15 / 20 / 20 * 2640 = 99
    documents += [[str(number)] for number in range(40)]
    assert find_phrases(documents).scores == {("new", "york"): pytest.approx(100.5)}
    assert find_phrases(documents, 6).scores == {}


def test_no_pair_reaches_from_one_document_into_the_next():
    assert find_phrases([["b", "a"], ["b", "a"], ["b"], ["a"]] * 9, 1, 0).scores.keys() == {
        ("b", "a")
    }


def test_a_text_without_phrases():
    phrases = find_phrases([["a"], ["b"]])
    assert phrases.scores == {}
    assert repr(phrases) == "<Phrases: 0 pairs>"
    assert list(phrases.join([["a", "b"]])) == [["a", "b"]]


def test_words_without_a_pair_between_them_that_is_frequent_do_not_meet():
    """Rare words are not left out before pairs are counted."""
    documents = [["new", str(number), "york"] for number in range(50)]
    assert find_phrases(documents, 1, 0).scores == {}


# --- memory ------------------------------------------------------------------------------------


def test_the_rarest_pairs_are_forgotten_when_there_are_too_many():
    pairs = w2v.phrases._Pairs(3)
    pairs.add([5, 1, 5, 7])
    assert (pairs.keys.tolist(), pairs.counts.tolist()) == ([1, 5, 7], [1, 2, 1])
    pairs.add([2, 1, 5, 9])  # five pairs, of which three have occurred once
    assert (pairs.keys.tolist(), pairs.counts.tolist()) == ([1, 5], [2, 3])
    pairs.add([7, 7, 1])  # three again, which is not too many
    assert (pairs.keys.tolist(), pairs.counts.tolist()) == ([1, 5, 7], [3, 3, 2])
    pairs.add([8, 8, 8])  # now those that have occurred twice go, too
    assert (pairs.keys.tolist(), pairs.counts.tolist()) == ([1, 5, 8], [3, 3, 3])
    pairs.add([9] * 9)  # and so on, until there are few enough
    assert (pairs.keys.tolist(), pairs.counts.tolist()) == ([9], [9])


def test_frequent_pairs_are_found_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(w2v.phrases, "_CHUNK", 100)
    rng = random.Random(0)
    documents = [["new", "york", *(str(rng.randrange(300)) for _ in range(8))] for _ in range(999)]
    exact = find_phrases(documents, 5, 5)
    assert find_phrases(documents, 5, 5, max_pairs=10_000).scores == exact.scores
    few = find_phrases(documents, 5, 5, max_pairs=200)
    assert few.scores[("new", "york")] == exact.scores[("new", "york")]
    assert few.scores.items() <= exact.scores.items()


def test_a_document_in_pieces_is_not_held():
    content = b"new york is big " * 30_000
    joined = Phrases({("new", "york"): 1.0}).join(Corpus(io.BytesIO(content)))
    with mock.patch("w2v.corpus._PIECE", 1 << 12):
        tracemalloc.start()
        try:
            words = sum(len(words) for words, _ in joined._pieces())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert words == 90_000
    assert peak < 1_000_000


# --- joining -----------------------------------------------------------------------------------


@reproducible
@given(
    documents=documents_of_few_words,
    pairs=st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"))),
)
@example([["a", "a", "a", "a", "a"]], {("a", "a")})
@example([["a", "b", "c"]], {("a", "b"), ("b", "c")})
def test_pairs_are_joined_from_left_to_right(documents, pairs):
    joined = Phrases(dict.fromkeys(pairs, 1.0)).join(documents)
    expected = [join_by_a_loop(document, pairs) for document in documents]
    assert list(joined) == [document for document in expected if document]
    assert list(joined) == list(joined)


def test_what_was_joined_is_not_joined_again():
    pairs = {("new", "york"): 1.0, ("new_york", "city"): 1.0}
    joined = Phrases(pairs).join([["new", "york", "city"], ["new_york", "city"]])
    assert list(joined) == [["new_york", "city"], ["new_york_city"]]


@reproducible
@given(documents=documents_of_few_words, size=st.integers(4, 9), seed=st.integers(0, 9))
def test_pairs_are_joined_across_the_pieces_of_a_document(documents, size, seed):
    rng = random.Random(seed)
    pairs = {(rng.choice("abcde"), rng.choice("abcde")) for _ in range(8)}
    content = "\n".join(map(" ".join, documents)).encode()
    joined = Phrases(dict.fromkeys(pairs, 1.0)).join(Corpus(io.BytesIO(content)))
    with mock.patch("w2v.corpus._PIECE", size):
        found = list(joined)
    assert found == [join_by_a_loop(document, pairs) for document in documents if document]


@pytest.mark.parametrize("form", ["path", "string", "corpus", "list"])
def test_every_kind_of_corpus(write, form):
    lines = ["new york is in new york"] * 10 + ["york is new"] * 10
    path = write("\n".join(lines))
    corpus = {
        "path": path,
        "string": str(path),
        "corpus": Corpus(path),
        "list": [line.split() for line in lines],
    }[form]
    phrases = find_phrases(corpus, threshold=1)
    assert phrases.scores == pytest.approx(scores_of_a_loop([line.split() for line in lines], 5, 1))
    joined = phrases.join(corpus)
    expected = [join_by_a_loop(line.split(), phrases.scores) for line in lines]
    assert list(joined) == expected
    with encode_text(joined, 1) as text:
        assert "new_york" in text.vocabulary
        assert text.documents == 20


def test_a_second_pass_joins_longer_phrases(write):
    lines = ["it is in new york times square now", "a new car", "york is old"]
    names = [f"{word} new york city {word}" for word in "abcdefghij"]
    corpus = Corpus(write("\n".join(lines + names)))
    for _ in range(2):
        corpus = find_phrases(corpus, 5, 1).join(corpus)
    assert "new_york_city" in itertools.chain.from_iterable(corpus)
    assert repr(corpus) == "<<<Corpus text.txt> with 2 phrases joined> with 1 phrases joined>"


def test_training_takes_joined_text(write):
    path = write("in new york now\n" * 50)
    joined = Phrases({("new", "york"): 1.0}).join(path)
    vectors = train(
        joined, Settings(dimension=4, epochs=1, min_count=1, subsample=0), progress=False
    )
    assert sorted(vectors.words) == ["in", "new_york", "now"]


def test_a_bar_over_the_bytes_of_a_joined_file(write, capfd):
    path = write("new york\n" * 2000)
    encode_text(Phrases({}).join(path), 1, progress=True)
    assert "18.0k/18.0k" in capfd.readouterr().err
    encode_text(Phrases({}).join([["new"]] * 7), 1, progress=True)
    assert "reading" in capfd.readouterr().err


def test_a_subclass_may_iterate_in_its_own_way(write):
    class Reversed(Corpus):
        def __iter__(self):
            return (document[::-1] for document in super().__iter__())

    joined = Phrases({("york", "new"): 1.0}).join(Reversed(write("new york")))
    assert list(joined) == [["york_new"]]


# --- what can be read only once ----------------------------------------------------------------


@pytest.mark.parametrize("make", [iter, lambda documents: (document for document in documents)])
def test_iterators_are_refused(make):
    documents = [["new", "york"]] * 20
    for function in (find_phrases, Phrases({}).join):
        with pytest.raises(TypeError, match=r"`corpus` is .*only once.*`Corpus`"):
            function(make(documents))


def test_standard_input_is_refused_before_it_is_read(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"new york\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    for corpus in ("-", Corpus("-"), Phrases({}).join("-"), Corpus(io.BytesIO(b"new york"))):
        with pytest.raises(ValueError, match=r"can be read only once.*file"):
            find_phrases(corpus)
    assert stdin.buffer.tell() == 0


def test_standard_input_may_be_joined_by_phrases_that_are_known(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"in new york\n")))
    joined = Phrases({("new", "york"): 1.0}).join("-")
    assert list(joined) == [["in", "new_york"]]
    with pytest.raises(ValueError, match="only once"):
        list(joined)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_count": 0}, "`min_count` must be at least 1.* 0"),
        ({"max_pairs": 0}, "`max_pairs` must be at least 1.* 0"),
        ({"min_count": float("nan")}, "`min_count`"),
        ({"threshold": -1}, "`threshold`.*-1"),
        ({"threshold": float("inf")}, "`threshold`.*inf"),
        ({"threshold": float("nan")}, "`threshold`.*nan"),
    ],
)
def test_bad_numbers_are_refused_before_the_text_is_read(options, message):
    with pytest.raises(ValueError, match=message):
        find_phrases(None, **options)


@pytest.mark.parametrize(
    ("corpus", "error", "message"),
    [
        (None, TypeError, "documents"),
        (5, TypeError, "documents"),
        (["new york"], TypeError, r"string.*tokenize"),
        ([[]], ValueError, "no words"),
        ([], ValueError, "no words"),
        ("absent.txt", FileNotFoundError, "absent"),
    ],
)
def test_what_is_no_corpus(corpus, error, message):
    with pytest.raises(error, match=message):
        find_phrases(corpus)
    with pytest.raises(error, match=message):
        encode_text(Phrases({}).join(corpus))
