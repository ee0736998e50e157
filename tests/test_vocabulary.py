"""Counting, numbering, and the two distributions against literal transcriptions."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v import Vocabulary

reproducible = settings(derandomize=True, deadline=None, max_examples=80)
corpora = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), max_size=8)
counts = st.dictionaries(st.text(max_size=3), st.integers(1, 10**15), min_size=1, max_size=12)


# --- words and counts --------------------------------------------------------------------------


def test_the_most_frequent_word_comes_first_and_ties_are_alphabetical():
    vocabulary = Vocabulary({"b": 2, "d": 1, "a": 2, "c": 3, "B": 2})
    assert vocabulary.words == ["c", "B", "a", "b", "d"]
    assert vocabulary.counts.tolist() == [3, 2, 2, 2, 1]
    assert vocabulary.counts.dtype == np.int64
    assert vocabulary.index == {"c": 0, "B": 1, "a": 2, "b": 3, "d": 4}


@reproducible
@given(corpus=corpora, min_count=st.integers(1, 3))
def test_build_keeps_exactly_the_words_that_are_frequent_enough(corpus, min_count):
    expected = Counter(word for document in corpus for word in document)
    expected = {word: count for word, count in expected.items() if count >= min_count}
    if not expected:
        with pytest.raises(ValueError, match="word"):
            Vocabulary.build(corpus, min_count)
        return
    vocabulary = Vocabulary.build(corpus, min_count)
    assert dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)) == expected
    assert len(vocabulary) == len(expected)
    assert all(word in vocabulary for word in expected)
    assert "unheard-of" not in vocabulary


def test_the_order_of_the_documents_does_not_change_the_vocabulary():
    corpus = [["x", "y"], ["z", "y"], ["w"]]
    first, second = Vocabulary.build(corpus, 1), Vocabulary.build(corpus[::-1], 1)
    assert first.words == second.words == ["y", "w", "x", "z"]


def test_build_leaves_out_words_that_occur_less_than_five_times_unless_told():
    assert Vocabulary.build([["often"] * 5 + ["rare"] * 4]).words == ["often"]


def test_build_takes_any_iterables():
    corpus = ((word for word in document) for document in (["a", "b"], ("a",)))
    assert Vocabulary.build(corpus, 1).counts.tolist() == [2, 1]


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_a_corpus_without_words_is_an_error(corpus):
    with pytest.raises(ValueError, match="no words"):
        Vocabulary.build(corpus, 1)


def test_an_empty_table_of_counts_is_an_error():
    with pytest.raises(ValueError, match="no words"):
        Vocabulary({})


def test_nothing_left_after_min_count_names_the_setting_and_the_best_word():
    with pytest.raises(ValueError, match=r"'cat'.*2 times.*`min_count`"):
        Vocabulary({"cat": 2, "dog": 1}, min_count=3)


@pytest.mark.parametrize("min_count", [0, -1])
def test_a_min_count_below_one_is_refused(min_count):
    with pytest.raises(ValueError, match="min_count"):
        Vocabulary({"cat": 2}, min_count=min_count)


@pytest.mark.parametrize("corpus", [["the cat sat"], [["fine"], "the cat sat"], "the cat sat"])
def test_a_string_in_place_of_a_document_is_refused(corpus):
    """It would be counted letter by letter."""
    with pytest.raises(TypeError, match="string"):
        Vocabulary.build(corpus, 1)
    with pytest.raises(TypeError, match="string"):
        Vocabulary({"cat": 1}).encode(corpus)


def test_repr_says_how_large_it_is():
    assert "2 words" in repr(Vocabulary({"a": 3, "b": 4}))
    assert "7 tokens" in repr(Vocabulary({"a": 3, "b": 4}))


# --- encode ------------------------------------------------------------------------------------


def test_encode_drops_unknown_words_and_numbers_documents_as_they_stand():
    """Also after empty documents and ones that lose all their words."""
    vocabulary = Vocabulary({"a": 3, "b": 2, "c": 1})
    tokens, documents = vocabulary.encode(
        [["c", "?", "a"], [], ["?", "?"], ["b", "b"], (w for w in "a?")]
    )
    assert tokens.tolist() == [2, 0, 1, 1, 0]
    assert documents.tolist() == [0, 0, 3, 3, 4]
    assert tokens.dtype == documents.dtype == np.int32


@reproducible
@given(corpus=corpora, known=st.sets(st.sampled_from("abcdefg"), min_size=1))
def test_encode_can_be_undone(corpus, known):
    vocabulary = Vocabulary({word: ord(word) for word in known})
    tokens, documents = vocabulary.encode(corpus)
    assert tokens.shape == documents.shape
    for number, document in enumerate(corpus):
        decoded = [vocabulary.words[token] for token in tokens[documents == number]]
        assert decoded == [word for word in document if word in known]
    assert (np.diff(documents) >= 0).all()


@pytest.mark.parametrize("corpus", [[], [[]], [["?"], []]])
def test_encode_of_nothing_is_empty_integers(corpus):
    tokens, documents = Vocabulary({"a": 1}).encode(corpus)
    assert tokens.shape == documents.shape == (0,)
    assert tokens.dtype == documents.dtype == np.int32


# --- keep_probability --------------------------------------------------------------------------


def keep_of_the_program(count, total, threshold):
    """word2vec.c: ran = (sqrt(cn / (sample * train_words)) + 1) * (sample * train_words) / cn."""
    return (math.sqrt(count / (threshold * total)) + 1) * (threshold * total) / count


def keep_of_the_paper(count, total, threshold):
    """Equation (5) of the paper gives the probability to discard, 1 - sqrt(t / f(w))."""
    return 1 - (1 - math.sqrt(threshold / (count / total)))


@reproducible
@given(counts=counts, threshold=st.floats(1e-8, 10))
@pytest.mark.parametrize(
    ("formula", "transcription"), [("code", keep_of_the_program), ("paper", keep_of_the_paper)]
)
def test_keep_probability_is_the_published_formula(formula, transcription, counts, threshold):
    vocabulary = Vocabulary(counts)
    keep = vocabulary.keep_probability(threshold, formula)
    total = sum(counts.values())
    for word, probability in zip(vocabulary.words, keep, strict=True):
        expected = min(1, transcription(counts[word], total, threshold))
        assert probability == pytest.approx(expected, rel=1e-12)


def test_keep_probability_is_that_of_the_program_with_a_thousandth_unless_told():
    vocabulary = Vocabulary({"a": 999, "b": 1})
    assert vocabulary.keep_probability().tolist() == pytest.approx(
        [keep_of_the_program(999, 1000, 1e-3), 1]
    )


@pytest.mark.parametrize("formula", ["code", "paper"])
def test_a_threshold_of_zero_keeps_every_word(formula):
    assert Vocabulary({"a": 10**9, "b": 1}).keep_probability(0, formula).tolist() == [1, 1]


@pytest.mark.parametrize("threshold", [-1e-9, -1, math.nan, math.inf, -math.inf])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        Vocabulary({"a": 1}).keep_probability(threshold)


@pytest.mark.parametrize("formula", ["Code", "", None, "gensim"])
def test_an_unknown_formula_is_refused(formula):
    with pytest.raises(ValueError, match="formula"):
        Vocabulary({"a": 1}).keep_probability(1e-3, formula)


# --- noise -------------------------------------------------------------------------------------


@reproducible
@given(counts=counts, power=st.sampled_from([0, 0.5, 0.75, 1, 2, -0.25]))
def test_noise_is_the_power_of_the_counts(counts, power):
    vocabulary = Vocabulary(counts)
    noise = vocabulary.noise(power)
    total = sum(count**power for count in counts.values())
    for word, probability in zip(vocabulary.words, noise, strict=True):
        assert probability == pytest.approx(counts[word] ** power / total, rel=1e-12)
    assert noise.sum() == pytest.approx(1, rel=1e-14)


def test_noise_has_the_power_three_quarters_unless_told():
    assert Vocabulary({"often": 16, "rare": 1}).noise().tolist() == pytest.approx([8 / 9, 1 / 9])


@pytest.mark.parametrize("power", [math.nan, math.inf, -math.inf])
def test_a_power_that_is_not_finite_is_refused(power):
    with pytest.raises(ValueError, match="power"):
        Vocabulary({"a": 1}).noise(power)


# --- huge counts -------------------------------------------------------------------------------


def test_huge_counts_do_not_overflow():
    vocabulary = Vocabulary({"a": 10**15, "b": 10**15, "c": 1})
    assert vocabulary.counts.tolist() == [10**15, 10**15, 1]
    assert vocabulary.noise(30).tolist() == pytest.approx([0.5, 0.5, 1e-300])
    assert vocabulary.noise(0.75).sum() == pytest.approx(1)
    for formula, transcription in (("code", keep_of_the_program), ("paper", keep_of_the_paper)):
        expected = transcription(10**15, 2 * 10**15 + 1, 1e-3)
        keep = vocabulary.keep_probability(1e-3, formula)
        assert keep.tolist() == pytest.approx([expected, expected, 1])


def test_many_huge_counts_do_not_overflow_when_they_are_added_up():
    """Ten thousand words of 1e15 are more than an int64 holds."""
    vocabulary = Vocabulary({f"{number:05}": 10**15 for number in range(10_000)})
    keep = vocabulary.keep_probability(1e-5, "paper")
    assert keep.tolist() == pytest.approx([math.sqrt(0.1)] * 10_000)
