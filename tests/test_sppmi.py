"""The factorised matrix against the definition, pair by pair."""

import importlib
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from w2v import Corpus, Settings, Vocabulary, WordVectors, encode_text, sppmi, train
from w2v.sppmi import factorise, pair_counts, pmi_matrix

module = importlib.import_module("w2v.sppmi")  # `w2v.sppmi` is the function

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 10**6)


def made(**changes):
    """Settings that keep all words and compute in float64."""
    return Settings(**{"subsample": 0, "min_count": 1, "dtype": "float64"} | changes)


def random_corpus(seed, words=8, documents=6):
    """Documents of up to 14 words, of which some are frequent; some documents are empty."""
    rng = np.random.default_rng(seed)
    lengths = [*rng.integers(0, 15, size=documents), 2]
    drawn = [(words * rng.random(length) ** 2).astype(int) for length in lengths]
    return [[f"w{number}" for number in document] for document in drawn]


def counts_pair_by_pair(documents, window):
    counts = Counter()
    for document in documents:
        for i, center in enumerate(document):
            for j, outside in enumerate(document):
                if i != j and abs(i - j) <= window:
                    counts[center, outside] += window - abs(i - j) + 1
    return counts


def definition(documents, window, noise_power, shift):
    """PMI of each pair by the formula of the module's first lines; a dict of positive ones."""
    counts = counts_pair_by_pair(documents, window)
    occurrences = Counter(word for document in documents for word in document)
    total = sum(count**noise_power for count in occurrences.values())
    found = {}
    for (center, outside), count in counts.items():
        of_center = sum(n for (c, _), n in counts.items() if c == center)
        share = occurrences[outside] ** noise_power / total
        pmi = math.log(count / of_center / share) - math.log(shift)
        if pmi > 0:
            found[center, outside] = pmi
    return found


def as_dict(matrix, words):
    matrix = matrix.tocoo()
    return {
        (words[row], words[column]): value
        for row, column, value in zip(*matrix.coords, matrix.data.tolist(), strict=True)
    }


# --- counts and matrix -------------------------------------------------------------------------


@reproducible
@given(window=st.integers(1, 6), chunk=st.integers(1, 40), seed=seeds)
def test_counts_are_those_of_every_pair(window, chunk, seed):
    corpus = random_corpus(seed)
    text = encode_text(corpus, min_count=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        counts = pair_counts(text, made(window=window))
    assert counts.dtype == np.int64
    assert as_dict(counts, text.vocabulary.words) == counts_pair_by_pair(corpus, window)
    assert counts.has_canonical_format


@reproducible
@given(
    window=st.integers(1, 6),
    power=st.sampled_from([0.75, 0, 1, 0.3]),
    shift=st.sampled_from([1, 5, 1.5, 0.5]),
    seed=seeds,
)
def test_the_matrix_is_that_of_the_definition(window, power, shift, seed):
    corpus = random_corpus(seed)
    text = encode_text(corpus, min_count=1)
    matrix = pmi_matrix(text, made(window=window, noise_power=power), shift)
    found = as_dict(matrix, text.vocabulary.words)
    expected = definition(corpus, window, power, shift)
    # What is 0 but for rounding may stand in one and not in the other.
    for pair in found.keys() | expected.keys():
        assert found.get(pair, 0) == pytest.approx(expected.get(pair, 0), abs=1e-12)
    assert (matrix.data > 0).all()


def test_no_window_reaches_into_another_document():
    text = encode_text([["a", "b"], ["c"], ["d", "e"]], min_count=1)
    for chunk in (1, 2, 3, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "CHUNK", chunk)
            counts = pair_counts(text, made(window=5))
        found = as_dict(counts, text.vocabulary.words)
        assert found == dict.fromkeys([("a", "b"), ("b", "a"), ("d", "e"), ("e", "d")], 5)


def test_subsampling_is_that_of_training(monkeypatch):
    """Frequent words are dropped before windows are formed; one seed drops the same."""
    rng = np.random.default_rng(0)
    corpus = [["often", f"w{i}", "often", f"w{j}"] for i, j in rng.integers(9, size=(400, 2))]
    text = encode_text(corpus, min_count=1)
    words = text.vocabulary.words
    threshold = 0.02  # keeps 24 % of "often"
    chosen = made(window=2, subsample=threshold, seed=3)
    keep = np.append(text.vocabulary.keep_probability(threshold), 1)
    kept = np.random.default_rng(3).random(len(text.tokens)) < keep[text.tokens]
    documents, document = [], []
    for token in text.tokens[kept].tolist():
        if token < 0:
            documents, document = [*documents, document], []
        else:
            document.append(words[token])
    expected = counts_pair_by_pair(documents, 2)
    assert 0 < sum(expected.values()) < sum(counts_pair_by_pair(corpus, 2).values()) / 2
    assert as_dict(pair_counts(text, chosen), words) == expected
    monkeypatch.setattr(module, "CHUNK", 7)
    assert as_dict(pair_counts(text, chosen), words) == expected
    other = made(window=2, subsample=threshold, seed=4)
    assert as_dict(pair_counts(text, other), words) != expected


def test_the_matrix_is_where_the_loss_is_least():
    """At these scores, the expected loss of negative sampling has no slope."""
    corpus = random_corpus(5, words=4, documents=40)
    text = encode_text(corpus, min_count=1)
    negatives = 3
    counts = pair_counts(text, made()).toarray()
    noise = text.vocabulary.noise()
    assert counts.all()
    # With a tiny shift, nothing is cut off; the shift is a constant that comes off again.
    scores = pmi_matrix(text, made(), 1e-9).toarray() + np.log(1e-9 / negatives)
    expected_negatives = negatives * counts.sum(axis=1, keepdims=True) * noise
    sigmoid = 1 / (1 + np.exp(-scores))
    slope = expected_negatives * sigmoid - counts * (1 - sigmoid)
    assert np.abs(slope).max() < 1e-9 * counts.max()


# --- factors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("size", "dimension"), [(6, 6), (6, 9), (7, 6), (30, 29), (1, 1)])
def test_factors_of_full_rank_reproduce_the_matrix(size, dimension, dtype):
    rng = np.random.default_rng(size)
    full = rng.random((size, size)) * (rng.random((size, size)) < 0.6) + 0.1
    if dimension < size:
        full[-1] = full[:-1].sum(axis=0)  # rank size - 1
    matrix = csr_array(full.astype(dtype))
    center, outside = factorise(matrix, dimension)
    assert center.shape == outside.shape == (size, dimension)
    assert center.dtype == outside.dtype == dtype
    tolerance = 2e-3 if dtype == np.float32 else 1e-6
    assert np.abs(center @ outside.T - full).max() < tolerance * np.abs(full).max()


@pytest.mark.parametrize("dimension", [1, 3, 11, 12, 20])
def test_factors_are_those_of_the_singular_value_decomposition(dimension):
    full = np.random.default_rng(0).random((12, 12)) ** 4
    center, outside = factorise(csr_array(full), dimension)
    left, values, right = np.linalg.svd(full)
    rank = min(dimension, 12)
    best = (left[:, :rank] * values[:rank]) @ right[:rank]
    assert np.abs(center @ outside.T - best).max() < 1e-10
    lengths = np.linalg.norm(center, axis=0)
    assert lengths[:rank] == pytest.approx(np.sqrt(values[:rank]), rel=1e-8)
    assert np.linalg.norm(outside, axis=0) == pytest.approx(lengths, rel=1e-8)
    assert (lengths[rank:] == 0).all()
    for column in center.T[:rank]:
        assert column[np.abs(column).argmax()] > 0


def test_the_order_of_the_words_turns_no_sign():
    """ARPACK's signs depend on where it starts; the factors' do not."""
    full = np.random.default_rng(1).random((20, 20)) ** 3
    found = [factorise(csr_array(full), 5, seed)[0] for seed in range(4)]
    for other in found[1:]:
        assert np.abs(other - found[0]).max() < 1e-9
    order = np.random.default_rng(2).permutation(20)
    permuted = factorise(csr_array(full[order][:, order]), 5)[0]
    assert np.abs(permuted - found[0][order]).max() < 1e-9


# --- vectors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_of_the_vectors_are_the_matrix(dtype):
    corpus = random_corpus(7, words=9, documents=30)
    vectors = sppmi(corpus, made(dimension=9, dtype=dtype), shift=1.2)
    assert isinstance(vectors, WordVectors)
    assert vectors.center.dtype == vectors.outside.dtype == dtype
    vocabulary = Vocabulary.build(corpus, 1)
    assert vectors.words == vocabulary.words
    assert vectors.counts.tolist() == vocabulary.counts.tolist()
    expected = definition(corpus, 5, 0.75, 1.2)
    assert 5 < len(expected) < 81
    for i, center in enumerate(vectors.words):
        for j, outside in enumerate(vectors.words):
            product = vectors.center[i] @ vectors.outside[j]
            tolerance = 1e-5 if dtype == "float32" else 1e-12
            assert product == pytest.approx(expected.get((center, outside), 0), abs=tolerance)


def test_the_shift_is_that_of_the_negatives_by_default():
    corpus = random_corpus(8, words=60, documents=60)
    chosen = made(negatives=2, dimension=5)
    by_default = sppmi(corpus, chosen)
    assert by_default.center.tolist() == sppmi(corpus, chosen, shift=2).center.tolist()
    assert by_default.center.tolist() != sppmi(corpus, chosen, shift=1).center.tolist()


def test_one_seed_one_result():
    corpus = random_corpus(9, words=40, documents=80)
    chosen = made(dimension=5, subsample=0.01)
    first, second = (sppmi(corpus, chosen, shift=1) for _ in range(2))
    assert first.center.tobytes() == second.center.tobytes()
    assert first.outside.tobytes() == second.outside.tobytes()


def test_what_training_reads_is_read(write):
    documents = [["the", "cat", "sat"], ["the", "dog", "sat"], ["a", "cat", "and", "a", "dog"]]
    path = write("The cat sat!\nthe dog sat\n\nA cat and a dog\n")
    chosen = made(dimension=3)
    expected = sppmi(documents, chosen, shift=1)
    with encode_text(documents, min_count=1) as text:
        for corpus in (path, str(path), Corpus(path), iter(documents), text):
            found = sppmi(corpus, chosen, shift=1)
            assert found.words == expected.words
            assert found.center.tobytes() == expected.center.tobytes()
        assert len(text.tokens)  # an encoded text stays open: it belongs to the caller
    rare = sppmi(documents, made(dimension=3, min_count=2), shift=1)
    assert set(rare.words) == {"the", "cat", "sat", "dog", "a"}


def test_words_of_one_group_come_together_as_in_training():
    rng = np.random.default_rng(0)
    groups = np.array([["a", "b", "c", "d"], ["w", "x", "y", "z"]])
    text = [rng.choice(groups[i % 2], 6).tolist() for i in range(200)]
    chosen = made(dimension=4)
    for vectors in (sppmi(text, chosen, shift=1), train(text, chosen, progress=False)):
        for group in groups.tolist():
            for word in group:
                near = [other for other, _ in vectors.neighbors(word, 3)]
                assert set(near) == set(group) - {word}


def test_a_word_without_pairs_has_zeros():
    vectors = sppmi([["a", "b"], ["c"], ["b", "a", "b"]], made(dimension=2), shift=0.1)
    assert not vectors["c"].any()
    assert vectors["a"].any()


def test_progress_is_shown_if_wanted(capsys):
    corpus = random_corpus(1)
    sppmi(corpus, made(dimension=2), shift=1)
    assert capsys.readouterr() == ("", "")
    sppmi(corpus, made(dimension=2), shift=1, progress=True)
    assert "counting pairs: 100%" in capsys.readouterr().err


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shift", "error", "message"),
    [
        (0, ValueError, "`shift` must be positive, but it is 0"),
        (-1.5, ValueError, "`shift` must be positive"),
        (math.inf, ValueError, "`shift` must be positive"),
        (math.nan, ValueError, "`shift` must be positive"),
        ("5", TypeError, "`shift` must be a number, but it is '5'"),
        (True, TypeError, "`shift` must be a number"),
    ],
)
def test_a_shift_that_is_none_is_refused(shift, error, message):
    with pytest.raises(error, match=message):
        sppmi(["not read"], made(), shift)


@pytest.mark.parametrize(
    ("corpus", "chosen", "error", "message"),
    [
        ([["a"], ["b"]], made(), ValueError, "no document has two words"),
        ([["a", "b"]], made(subsample=1e-12), ValueError, "raise `subsample`"),
        ([["a", "b"]], Settings(), ValueError, "no word occurs 5 times"),
        ([["a", "b", "a", "b"]], made(), ValueError, "no pair of words occurs more than 5 times"),
        ([[]], made(), ValueError, "no words"),
        (["a b"], made(), TypeError, "one is a string"),
        (3, made(), TypeError, "`corpus` must hold documents"),
        ("no_such_file.txt", made(), FileNotFoundError, "no_such_file"),
    ],
)
def test_a_text_that_gives_nothing_is_refused(corpus, chosen, error, message):
    with pytest.raises(error, match=message):
        sppmi(corpus, chosen)


def test_a_closed_text_is_refused():
    text = encode_text([["a", "b"]], min_count=1)
    text.close()
    with pytest.raises(ValueError, match="closed"):
        sppmi(text, made())
