"""The fast trainer against its documentation: sums over pairs, written as loops.

Nothing here knows how `w2v.banded` computes. What a text or a block stands for is listed
pair by pair, each pair with its weight, and summed up by `sums`.
"""

import hashlib
import importlib
import itertools
import math
import os
import signal
import subprocess
import sys
import threading
import time
import types

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close, derivative, read_only
from threadpoolctl import threadpool_info, threadpool_limits

import w2v
from w2v import Settings, train
from w2v.banded import BandedLearner, BandedStep, cut_blocks, noise_table, pair_weights


def reproducible(examples=50):
    return settings(derandomize=True, deadline=None, max_examples=examples)


seeds = st.integers(0, 10**6)
windows = st.integers(1, 6)
DTYPES = ("float32", "float64")
TOLERANCE = {"float32": 3e-5, "float64": 1e-12}


# --- the reference -----------------------------------------------------------------------------


def weight_of(distance, window):
    """Share of the radii 1, ..., window that reach so far."""
    return sum(radius >= distance for radius in range(1, window + 1)) / window


def terms_of_blocks(words, negatives, documents, window, negatives_per_pair):
    """All summands of the loss: place of v, place of u, whether it is a pair, weight.

    Places are counted through all blocks.
    """
    blocks, context = words.shape
    block, shared = context - 2 * window, negatives.shape[1]
    terms = []
    for n in range(blocks):
        for i in range(block):
            here, center = i + window, n * block + i
            pairs = 0.0
            for j in range(context):
                distance = abs(j - here)
                if 0 < distance <= window and documents[n][j] == documents[n][here]:
                    weight = weight_of(distance, window)
                    pairs += weight
                    terms.append((center, n * (context + shared) + j, True, weight))
            for s in range(shared):
                place = n * (context + shared) + context + s
                terms.append((center, place, False, negatives_per_pair / shared * pairs))
    return terms


def terms_of_text(documents, window, negatives_per_pair, negatives_of):
    """The same for a text, in words instead of places.

    `negatives_of(number)` are the negatives of the centre word of this number, where words
    that are alone in their document have none.
    """
    terms, number = [], 0
    for document in documents:
        if len(document) < 2:
            continue
        for i, center in enumerate(document):
            pairs = 0.0
            for j, outside in enumerate(document):
                if 0 < abs(i - j) <= window:
                    weight = weight_of(abs(i - j), window)
                    pairs += weight
                    terms.append((center, outside, True, weight))
            negatives = negatives_of(number)
            for negative in negatives:
                terms.append((center, negative, False, negatives_per_pair / len(negatives) * pairs))
            number += 1
    return terms


def sums(V, U, terms):
    """Loss and gradients of weighted terms -log sigma(+-u.v), one row for each row of V, U."""
    V, U = V.astype(np.float64), U.astype(np.float64)
    result = types.SimpleNamespace(
        loss=0.0,
        pairs=0.0,
        center=np.zeros(V.shape),
        outside=np.zeros(U.shape),
        center_curvature=np.zeros(len(V)),
        outside_curvature=np.zeros(len(U)),
    )
    if not terms:
        return result
    v, u, is_pair, weight = (np.array(column) for column in zip(*terms, strict=True))
    sign = np.where(is_pair, 1.0, -1.0)
    score = np.einsum("td,td->t", V[v], U[u])
    result.loss = math.fsum(weight * np.logaddexp(0, -sign * score))
    result.pairs = math.fsum(weight[is_pair])
    # The derivative of -log sigma(sign * score) is -sign * sigma(-sign * score).
    residual = -sign * weight * np.exp(-np.logaddexp(0, sign * score))
    np.add.at(result.center, v, residual[:, None] * U[u])
    np.add.at(result.outside, u, residual[:, None] * V[v])
    np.add.at(result.center_curvature, v, weight / 4)
    np.add.at(result.outside_curvature, u, weight / 4)
    return result


def by_word(terms, words, negatives, window):
    """Terms in words for terms in places."""
    block = words.shape[1] - 2 * window
    centers = words[:, window : window + block].ravel()
    others = np.concatenate([words, negatives], axis=1).ravel()
    return [(int(centers[v]), int(others[u]), is_pair, weight) for v, u, is_pair, weight in terms]


def random_documents(rng, blocks, context):
    """Numbers of documents of random lengths, some of length 1 and 2; some blocks have one."""
    result = []
    for _ in range(blocks):
        mean = rng.choice([1.3, 2.5, 8.0])
        lengths = rng.geometric(1 / mean, size=context)
        if rng.random() < 0.25:
            lengths[0] = context
        labels = rng.permutation(np.arange(-context, context))[:context]  # in no order
        result.append(np.repeat(labels, lengths)[:context])
    return np.array(result, np.int32)


class Case:
    """Random tables, blocks and a step."""

    def __init__(self, words, dimension, window, block, shared, negatives, blocks, seed, dtype):
        self.rng = np.random.default_rng(seed)
        self.sizes = words, dimension, blocks, block, shared
        self.window, self.K = window, negatives
        self.tables = [
            self.rng.normal(size=(words, dimension)).astype(dtype) for _ in ("center", "outside")
        ]
        self.options = {
            "window": window,
            "negatives": negatives,
            "blocks": blocks,
            "block": block,
            "shared": shared,
        }

    def draw(self):
        words, _, blocks, block, shared = self.sizes
        context = block + 2 * self.window
        return (
            read_only(self.rng.integers(words, size=(blocks, context), dtype=np.int32)),
            read_only(self.rng.integers(words, size=(blocks, shared), dtype=np.int32)),
            read_only(random_documents(self.rng, blocks, context)),
        )

    def step(self, **changes):
        return BandedStep(*self.tables, **(self.options | changes))

    def places(self, words, negatives):
        """The vectors at all places."""
        center, outside = self.tables
        block = self.sizes[3]
        centers = words[:, self.window : self.window + block].ravel()
        others = np.concatenate([words, negatives], axis=1).ravel()
        return center[centers], outside[others]


SIZES = ("words", "dimension", "window", "block", "shared", "negatives", "blocks")
AWKWARD_SIZES = [
    (3, 5, 2, 4, 4, 5, 3),
    (1, 1, 1, 1, 1, 1, 1),
    (6, 2, 6, 1, 3, 2, 2),
    (2, 7, 1, 20, 20, 15, 2),
]


def random_cases(examples=50):
    """A decorator that calls a test with the sizes of many a `Case`."""

    def decorate(test):
        for sizes in AWKWARD_SIZES:
            test = example(**dict(zip(SIZES, sizes, strict=True)), seed=0)(test)
        test = given(
            words=st.integers(1, 8),
            dimension=st.integers(1, 7),
            window=windows,
            block=st.integers(1, 20),
            shared=st.integers(1, 20),
            negatives=st.integers(1, 15),
            blocks=st.integers(1, 4),
            seed=seeds,
        )(test)
        return reproducible(examples)(test)

    return decorate


# --- 1: weights --------------------------------------------------------------------------------


@reproducible()
@given(window=st.integers(1, 12), block=st.integers(1, 25))
def test_a_pair_has_the_probability_that_the_random_window_takes_it(window, block):
    found = pair_weights(window, block)
    expected = np.zeros((block, block + 2 * window))
    for i, j in np.ndindex(expected.shape):
        distance = abs(j - (i + window))
        if distance:
            expected[i, j] = weight_of(distance, window)
    assert found.shape == expected.shape
    assert found.tolist() == expected.tolist()


def test_blocks_have_sixteen_words_unless_told():
    assert pair_weights(3).tolist() == pair_weights(3, 16).tolist()


# --- 2: blocks ---------------------------------------------------------------------------------


def as_tokens(documents, last_end=True):
    tokens = [token for document in documents for token in [*document, -1]]
    return np.array(tokens if last_end else tokens[:-1], np.int32)


def numbered(lengths):
    """Documents of these lengths; all words are different, so that each names its place."""
    starts = np.cumsum([0, *lengths])
    return [
        list(range(start, start + length))
        for start, length in zip(starts[:-1].tolist(), lengths, strict=True)
    ]


def windows_in(blocks, window):
    """For each centre that has any, its neighbours with their distance, read off the blocks."""
    found = []
    for words, documents in zip(blocks.words.tolist(), blocks.documents.tolist(), strict=True):
        for here in range(window, len(words) - window):
            near = [
                (place - here, words[place])
                for place in range(here - window, here + window + 1)
                if place != here and documents[place] == documents[here]
            ]
            if near:
                found.append((words[here], near))
    return found


def windows_of(documents, window):
    return [
        (
            word,
            [
                (place - here, document[place])
                for place in range(max(0, here - window), min(len(document), here + window + 1))
                if place != here
            ],
        )
        for document in documents
        if len(document) > 1
        for here, word in enumerate(document)
    ]


@reproducible(300)
@given(
    lengths=st.lists(st.sampled_from([0, 1, 1, 2, 3, 5, 9, 40]), max_size=9),
    window=windows,
    block=st.integers(1, 20),
    multiple=st.integers(1, 5),
    last_end=st.booleans(),
)
@example(lengths=[], window=2, block=4, multiple=3, last_end=True)
@example(lengths=[0, 0, 3], window=2, block=4, multiple=1, last_end=True)
@example(lengths=[3, 0, 0], window=2, block=4, multiple=1, last_end=False)
@example(lengths=[1], window=2, block=4, multiple=2, last_end=False)
@example(lengths=[1, 1, 1], window=2, block=4, multiple=2, last_end=True)
@example(lengths=[16], window=5, block=16, multiple=1, last_end=True)
@example(lengths=[1, 16, 1], window=5, block=16, multiple=1, last_end=False)
def test_every_word_with_a_neighbor_is_a_centre_once_among_its_neighbors(
    lengths, window, block, multiple, last_end
):
    documents = numbered(lengths)
    tokens = read_only(as_tokens(documents, last_end))
    blocks = cut_blocks(tokens, window, block, multiple)
    # The order of the text is kept, so that block n // block has the centre word n.
    expected = windows_of(documents, window)
    assert windows_in(blocks, window) == expected

    context = block + 2 * window
    assert blocks.words.shape == blocks.documents.shape == (len(blocks.crossing), context)
    assert len(blocks.words) == -(-len(expected) // (block * multiple)) * multiple
    assert blocks.words.dtype == blocks.documents.dtype == np.int32
    assert blocks.crossing.dtype == bool
    assert blocks.crossing.tolist() == [len(set(row)) > 1 for row in blocks.documents.tolist()]

    number_of = {word: n for n, document in enumerate(documents) for word in document}
    own = {word for document in documents if len(document) > 1 for word in document}
    same = {}
    for words, numbers in zip(blocks.words.tolist(), blocks.documents.tolist(), strict=True):
        for number in set(numbers):
            here = [word for word, other in zip(words, numbers, strict=True) if other == number]
            if len(here) > 1:  # a document; consecutive words of it
                assert len({number_of[word] for word in here}) == 1
                assert here == list(range(here[0], here[0] + len(here)))
                assert set(here) <= own
                assert same.setdefault(number, number_of[here[0]]) == number_of[here[0]]
    assert len(set(same.values())) == len(same)  # two documents, two numbers


def test_no_text_makes_no_blocks():
    for tokens in ([], [-1], [-1, -1], [5], [5, -1], [-1, 5, -1, 6, -1]):
        blocks = cut_blocks(np.array(tokens, np.int32), window=3, block=4, multiple=2)
        assert blocks.words.shape == blocks.documents.shape == (0, 10)
        assert blocks.crossing.shape == (0,)


def test_any_negative_number_ends_a_document():
    ends = [cut_blocks(np.array([1, 2, end, 3, 4], np.int32), 2, 4) for end in (-1, -2, -(10**9))]
    for blocks in ends:
        assert windows_in(blocks, 2) == windows_of([[1, 2], [3, 4]], 2)


def test_only_blocks_inside_one_document_are_not_crossing():
    blocks = cut_blocks(as_tokens([range(100), range(50)]), window=2, block=10)
    # The outermost have filling beside them, and the tenth sees the next document.
    assert np.flatnonzero(~blocks.crossing).tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13]


# --- 3 and 6: gradients and loss ---------------------------------------------------------------


@random_cases()
@pytest.mark.parametrize("dtype", DTYPES)
def test_gradients_are_the_weighted_sums_over_pairs_and_negatives(dtype, **sizes):
    case = Case(**sizes, dtype=dtype)
    step = case.step()
    step.gradients(*case.draw(), measure=True)  # leaves something in every buffer
    before = [table.copy() for table in case.tables]
    words, negatives, documents = case.draw()
    center, outside = step.gradients(words, negatives, documents, measure=True)
    for table, old in zip(case.tables, before, strict=True):
        assert table.tobytes() == old.tobytes()
    assert center.dtype == outside.dtype == dtype

    _, dimension, blocks, block, shared = case.sizes
    V, U = case.places(words, negatives)
    terms = terms_of_blocks(words, negatives, documents, case.window, case.K)
    expected = sums(V, U, terms)
    assert_close(center, expected.center.reshape(blocks, block, dimension), TOLERANCE[dtype])
    assert_close(
        outside,
        expected.outside.reshape(blocks, block + 2 * case.window + shared, dimension),
        TOLERANCE[dtype],
    )
    loss, pairs = step.step(words, negatives, 0.0, documents, measure=True)
    assert type(loss) is type(pairs) is float
    assert_close([loss, pairs], [expected.loss, expected.pairs], TOLERANCE[dtype])
    for table, old in zip(case.tables, before, strict=True):
        assert_close(table, old, 0)  # the learning rate was 0


@random_cases()
@pytest.mark.parametrize("dtype", DTYPES)
def test_documents_may_be_left_out_where_no_block_has_two(dtype, **sizes):
    case = Case(**sizes, dtype=dtype)
    words, negatives, documents = case.draw()
    case.step().gradients(words, negatives, documents)
    alike = np.repeat(np.arange(len(words))[:, None], words.shape[1], axis=1)
    expected = sums(
        *case.places(words, negatives),
        terms_of_blocks(words, negatives, alike, case.window, case.K),
    )
    for arguments in ((words, negatives), (words, negatives, alike)):
        step = case.step()
        step.gradients(words, negatives, documents)  # must not be remembered
        center, outside = step.gradients(*arguments)
        assert_close(center.reshape(expected.center.shape), expected.center, TOLERANCE[dtype])
        assert_close(outside.reshape(expected.outside.shape), expected.outside, TOLERANCE[dtype])
        more = {} if len(arguments) == 2 else {"documents": alike}
        measured = step.step(words, negatives, 0.0, measure=True, **more)
        assert_close(measured, [expected.loss, expected.pairs], TOLERANCE[dtype])


@random_cases(25)
def test_gradients_are_the_derivative_of_the_loss(**sizes):
    """Complex step through the loss, as a function of both tables."""
    case = Case(**sizes, dtype="float64")
    words, negatives, documents = case.draw()
    terms = by_word(
        terms_of_blocks(words, negatives, documents, case.window, case.K),
        words,
        negatives,
        case.window,
    )
    if not terms:
        return
    v, u, is_pair, weight = (np.array(column) for column in zip(*terms, strict=True))
    sign = np.where(is_pair, 1.0, -1.0)

    def loss(center, outside):
        scores = sign * (center[v] * outside[u]).sum(axis=1)
        return (weight * np.log(1 + np.exp(-scores))).sum()

    center, outside = case.tables
    found = case.step().gradients(words, negatives, documents)
    block = case.sizes[3]
    places = (
        words[:, case.window : case.window + block],
        np.concatenate([words, negatives], axis=1),
    )
    expected = (
        derivative(lambda table: loss(table, outside), center),
        derivative(lambda table: loss(center, table), outside),
    )
    for gradient, of_place, table in zip(found, places, expected, strict=True):
        total = np.zeros(table.shape)
        np.add.at(total, of_place, gradient)
        assert_close(total, table)


@random_cases(25)
def test_gradients_are_those_of_part_e(**sizes):
    """With N = K each pair has all shared negatives: the window of `w2v.skip_gram`, weighted."""
    sizes["shared"] = sizes["negatives"]
    case = Case(**sizes, dtype="float64")
    words, negatives, documents = case.draw()
    center, outside = case.tables
    found = case.step().gradients(words, negatives, documents)
    expected = [np.zeros(center.shape), np.zeros(outside.shape)]
    m, block = case.window, case.sizes[3]
    loss = 0.0
    for n, i in np.ndindex(len(words), block):
        here = i + m
        for j in range(i, i + 2 * m + 1):
            if j == here or documents[n, j] != documents[n, here]:
                continue
            weight = weight_of(abs(j - here), m)
            pair = w2v.negative_sampling(center[words[n, here]], words[n, j], outside, negatives[n])
            loss += weight * pair[0]
            expected[0][words[n, here]] += weight * pair[1]
            expected[1] += weight * pair[2]
    places = words[:, m : m + block], np.concatenate([words, negatives], axis=1)
    for gradient, of_place, table in zip(found, places, expected, strict=True):
        total = np.zeros(table.shape)
        np.add.at(total, of_place, gradient)
        assert_close(total, table)
    assert_close(case.step().step(words, negatives, 0.0, documents, measure=True)[0], loss)


@reproducible(40)
@given(
    lengths=st.lists(st.integers(1, 12), max_size=8),
    window=windows,
    block=st.integers(1, 9),
    multiple=st.integers(1, 3),
    shared=st.integers(1, 6),
    seed=seeds,
)
def test_blocks_of_a_text_have_the_gradients_of_its_pairs(
    lengths, window, block, multiple, shared, seed
):
    """From tokens to the sums over the text's own pairs, without a look at the blocks."""
    rng = np.random.default_rng(seed)
    documents = [rng.integers(4, size=length).tolist() for length in lengths]
    tables = rng.normal(size=(2, 4, 3))
    blocks = cut_blocks(as_tokens(documents), window, block, multiple)
    n = len(blocks.words)
    if n == 0:
        assert all(length == 1 for length in lengths)
        return
    negatives = rng.integers(4, size=(n, shared))
    terms = terms_of_text(documents, window, 7, lambda number: negatives[number // block])
    expected = sums(*tables, terms)
    step = BandedStep(*tables, window=window, negatives=7, blocks=n, block=block, shared=shared)
    found = step.gradients(blocks.words, negatives, blocks.documents)
    places = (
        blocks.words[:, window : window + block],
        np.concatenate([blocks.words, negatives], axis=1),
    )
    for gradient, of_place, table in zip(
        found, places, (expected.center, expected.outside), strict=True
    ):
        total = np.zeros(table.shape)
        np.add.at(total, of_place, gradient)
        assert_close(total, table)
    measured = step.step(blocks.words, negatives, 0.0, blocks.documents, measure=True)
    assert_close(measured, [expected.loss, expected.pairs])


@random_cases(25)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_batch_with_crossing_blocks_has_the_gradients_of_each_block_alone(dtype, **sizes):
    case = Case(**sizes, dtype=dtype)
    words, negatives, documents = case.draw()
    together = case.step()
    found = [array.copy() for array in together.gradients(words, negatives, documents)]
    measured = together.step(words, negatives, 0.0, documents, measure=True)
    alone = case.step(blocks=1)
    total = np.zeros(2)
    for n in range(len(words)):
        of_block = words[n : n + 1], negatives[n : n + 1]
        crossing = len(set(documents[n].tolist())) > 1
        of_documents = documents[n : n + 1] if crossing else None
        for one, all_blocks in zip(alone.gradients(*of_block, of_documents), found, strict=True):
            assert_close(one[0], all_blocks[n], TOLERANCE[dtype])
        total += alone.step(*of_block, 0.0, of_documents, measure=True)
    assert_close(total, measured, TOLERANCE[dtype])


def softplus(x):
    with mpmath.workdps(40):
        return mpmath.log1p(mpmath.exp(mpmath.mpf(x)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("score", [-800.0, -90.0, -30.0, -1.0, 0.0, 0.5, 30.0, 90.0, 800.0])
def test_large_scores_neither_overflow_nor_lose_their_loss(score, dtype):
    """Two words side by side, and negatives of the same scores."""
    center = np.ones((2, 1), dtype)
    outside = np.array([[0.0], [score]], dtype)
    step = BandedStep(center, outside, window=1, negatives=3, blocks=1, block=1, shared=2)
    words, documents = np.array([[1, 0, 0]]), np.array([[5, 5, 6]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = step.gradients(words, np.array([[1, 1]]), documents, measure=True)
        measured = step.step(words, np.array([[1, 1]]), 0.0, documents, measure=True)
    # One pair of weight 1, and K = 3 negatives of the same score.
    with mpmath.workdps(40):
        loss = float(softplus(-score) + 3 * softplus(score))
        sigma = float(1 / (1 + mpmath.exp(-mpmath.mpf(score))))
    rounding = 4 * float(np.finfo(dtype).eps)
    assert measured == (pytest.approx(loss, rel=rounding), 1.0)
    assert_close(found[0], [[[score * (sigma - 1 + 3 * sigma)]]], rounding)
    assert_close(found[1].ravel(), [sigma - 1, 0, 0, 1.5 * sigma, 1.5 * sigma], rounding)
    assert np.isfinite(found[0]).all()
    assert np.isfinite(found[1]).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_scores_of_all_sizes_in_many_blocks(dtype):
    rng = np.random.default_rng(0)
    case = Case(6, 1, 3, 5, 4, 5, 3, 0, dtype)
    case.tables[0][:, 0] = [-1, 1, -1, 1, 1, -1]
    case.tables[1][:, 0] = [800, -800, 40, -40, 0.1, 0]
    for _ in range(20):
        words, negatives, documents = case.draw()
        expected = sums(
            *case.places(words, negatives),
            terms_of_blocks(words, negatives, documents, case.window, case.K),
        )
        found = case.step().gradients(words, negatives, documents)
        assert_close(found[0].reshape(expected.center.shape), expected.center, TOLERANCE[dtype])
        assert_close(found[1].reshape(expected.outside.shape), expected.outside, TOLERANCE[dtype])
        measured = case.step().step(words, negatives, 0.01, documents, measure=True)
        assert_close(measured[0], expected.loss, TOLERANCE[dtype])
        assert all(np.isfinite(table).all() for table in case.tables)
        case.tables[1][:, 0] = rng.choice([800, -800, 40, -40, 0.1], size=6)


def test_the_loss_is_measured_only_where_asked():
    case = Case(5, 3, 2, 4, 4, 5, 2, 0, "float64")
    words, negatives, documents = case.draw()
    step = case.step()
    assert step.step(words, negatives, 0.1, documents, measure=True)[0] > 0
    assert step.step(words, negatives, 0.1, documents) == (0, 0)
    assert step.step(words, negatives, 0.1, documents, measure=False) == (0, 0)
    assert step.step(words, negatives, 0.1) == (0, 0)


def test_measuring_changes_nothing():
    results = []
    for measure in (False, True):
        case = Case(5, 3, 2, 4, 4, 5, 2, 0, "float32")
        step = case.step(row_limit=0.5)
        for _ in range(3):
            step.step(*case.draw()[:2], 0.1, measure=measure)
            words, negatives, documents = case.draw()
            step.step(words, negatives, 0.1, documents, measure)
        results.append([table.tobytes() for table in case.tables])
    assert results[0] == results[1]


# --- 4: the expected gradient ------------------------------------------------------------------


def expected_over_negatives(tables, text, window, block, K, shared, noise):
    """The banded gradient, averaged over all outcomes of a block's shared negatives."""
    blocks = cut_blocks(as_tokens(text), window, block)
    n = len(blocks.words)
    step = BandedStep(*tables, window=window, negatives=K, blocks=n, block=block, shared=shared)
    places = blocks.words[:, window : window + block]
    totals = np.zeros(tables.shape)
    loss = 0.0
    for outcome in itertools.product(range(len(noise)), repeat=shared):
        # The same in all blocks: the expectation of a sum needs no independence.
        negatives = np.tile(outcome, (n, 1))
        probability = math.prod(noise[word] for word in outcome)
        center, outside = step.gradients(blocks.words, negatives, blocks.documents)
        np.add.at(totals[0], places, probability * center)
        others = np.concatenate([blocks.words, negatives], axis=1)
        np.add.at(totals[1], others, probability * outside)
        measured = step.step(blocks.words, negatives, 0.0, blocks.documents, measure=True)
        loss += probability * measured[0]
    return loss, totals


TINY_TEXTS = {
    "a pair": [[0, 1]],
    "three words": [[0, 1, 2]],
    "a word beside itself": [[1, 1, 0, 1]],
    "borders": [[0, 1, 2], [1], [2, 0], [0, 1, 1, 2, 0]],
}


@pytest.mark.parametrize("shared", [1, 2, 3])
@pytest.mark.parametrize("K", [1, 2, 3])
@pytest.mark.parametrize("window", [1, 2, 3])
@pytest.mark.parametrize("text", TINY_TEXTS)
def test_the_expected_gradient_is_that_of_parts_e_and_f(text, window, K, shared):
    """All radii of each centre word, and all outcomes of the K negatives of each pair."""
    text, noise = TINY_TEXTS[text], [0.5, 0.3, 0.2]
    tables = np.random.default_rng(0).normal(size=(2, 3, 2))
    center, outside = tables
    loss, totals = 0.0, np.zeros(tables.shape)
    pair_means = {}
    for document in text:
        for place, word in enumerate(document):
            for radius in range(1, window + 1):
                for other in w2v.context(document, place, radius):
                    if (word, other) not in pair_means:
                        mean = [0.0, 0.0, 0.0]
                        for outcome in itertools.product(range(3), repeat=K):
                            probability = math.prod(noise[negative] for negative in outcome)
                            parts = w2v.negative_sampling(center[word], other, outside, outcome)
                            for number, part in enumerate(parts):
                                mean[number] = mean[number] + probability * part
                        pair_means[word, other] = mean
                    mean = pair_means[word, other]
                    loss += mean[0] / window
                    totals[0][word] += mean[1] / window
                    totals[1] += mean[2] / window
    found = expected_over_negatives(tables, text, window, 2, K, shared, noise)
    assert_close(found[0], loss)
    assert_close(found[1], totals)


def test_the_expected_gradient_over_all_runs_at_once():
    """Whole runs: each combination of the radii and of the negatives of all windows."""
    text, window, K, noise = [0, 1, 0], 2, 2, [0.7, 0.3]
    tables = np.random.default_rng(1).normal(size=(2, 2, 3))
    drawn = list(itertools.product(range(2), repeat=K))
    totals = np.zeros(tables.shape)
    known = {}
    for radii in itertools.product(range(1, window + 1), repeat=3):
        for outcome in itertools.product(drawn, repeat=3):
            probability = math.prod(noise[word] for word in itertools.chain(*outcome)) / 2**3
            for place, (radius, negatives) in enumerate(zip(radii, outcome, strict=True)):
                key = place, radius, negatives
                if key not in known:
                    around = w2v.context(text, place, radius)
                    known[key] = w2v.skip_gram(
                        text[place], around, *tables, w2v.negative_sampling, negatives
                    )
                totals[0] += probability * known[key][1]
                totals[1] += probability * known[key][2]
    found = expected_over_negatives(tables, [text], window, 16, K, 3, noise)
    assert_close(found[1], totals)


# --- 5: the step -------------------------------------------------------------------------------


def lengths_met(tables, words, negatives, window):
    """Root mean squares of the lengths of the centre and outside vectors of a step, or 1.

    In the first quarter of the blocks, but of one at least.
    """
    center, outside = tables
    words, negatives = (part[: max(1, len(words) // 4)] for part in (words, negatives))
    met = (
        center[words[:, window : words.shape[1] - window]],
        np.concatenate([outside[words], outside[negatives]], axis=1),
    )
    squares = (np.sum(np.float64(vectors) ** 2, axis=-1) for vectors in met)
    return tuple(max(1.0, math.sqrt(np.mean(square))) for square in squares)


def assert_step(case, step, learning_rate, row_limit, documents_given):
    words, negatives, documents = case.draw()
    if not documents_given:
        documents = np.zeros_like(documents)
    terms = terms_of_blocks(words, negatives, documents, case.window, case.K)
    before = [table.copy() for table in case.tables]
    expected = sums(*before, by_word(terms, words, negatives, case.window))
    step.step(words, negatives, learning_rate, documents if documents_given else None)
    of_center, of_outside = lengths_met(before, words, negatives, case.window)
    for table, old, gradient, curvature in (
        (case.tables[0], before[0], expected.center, expected.center_curvature * of_outside),
        (case.tables[1], before[1], expected.outside, expected.outside_curvature * of_center),
    ):
        lengths = np.array(
            [min(learning_rate, row_limit / c) if c else learning_rate for c in curvature]
        )
        tolerance = 1e-12 if table.dtype == "float64" else 1e-4
        assert_close(table, old - lengths[:, None] * gradient, tolerance)


@random_cases()
@pytest.mark.parametrize("row_limit", [0.05, 1.0, 6.0, np.inf])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_word_moves_once_by_the_learning_rate_or_what_its_curvature_allows(
    dtype, row_limit, **sizes
):
    case = Case(**sizes, dtype=dtype)
    step = case.step(row_limit=row_limit)
    for learning_rate, documents_given in ((0.025, True), (0.7, True), (0.1, False), (0.1, True)):
        assert_step(case, step, learning_rate, row_limit, documents_given)


def test_there_is_no_limit_unless_told():
    case = Case(3, 2, 2, 8, 8, 15, 2, 0, "float64")
    assert_step(case, case.step(), 5.0, np.inf, True)


def test_a_word_that_is_everything_at_once_moves_by_the_sum_of_its_parts():
    """One word, centre and context and negative of every place: two vectors, by hand."""
    center, outside = np.array([[0.5]]), np.array([[-2.0]])
    step = BandedStep(
        center, outside, window=1, negatives=2, blocks=2, block=2, shared=4, row_limit=0.5
    )
    words, negatives = np.zeros((2, 4), int), np.zeros((2, 4), int)
    step.step(words, negatives, 0.3)
    sigma = 1 / (1 + math.exp(1.0))  # of the score -1
    # 4 centre words, each with 2 pairs of weight 1 and with 2 negatives for each pair.
    residual = 8 * (sigma - 1) + 16 * sigma
    # The outside vector has the length 2; the centre vector's 1/2 counts as 1.
    assert_close(center, [[0.5 - 0.5 / (24 / 4 * 2) * residual * -2.0]])
    assert_close(outside, [[-2.0 - 0.5 / (24 / 4) * residual * 0.5]])


def test_the_curvature_is_that_of_pairs_that_are_left_at_the_border():
    """Two words of two documents: no pairs, no negatives; three: those of two of them."""
    center, outside = np.ones((4, 1)), np.zeros((4, 1))
    step = BandedStep(
        center, outside, window=1, negatives=4, blocks=1, block=3, shared=2, row_limit=0.01
    )
    words, documents = np.array([[0, 0, 1, 2, 0]]), np.array([[1, 2, 2, 3, 4]])
    step.step(words, np.array([[3, 3]]), 10.0, documents)
    # Words 0 and 1 are one pair each way, of weight 1, with four negatives apiece.
    length = 0.01 / (1 / 4)
    assert_close(outside[:3, 0], [length / 2, length / 2, 0])
    assert_close(outside[3, 0], -0.01 / (8 / 4) * 8 / 2)
    assert_close(center, np.ones((4, 1)))  # all outside vectors were zero


# --- 7: noise ----------------------------------------------------------------------------------


@reproducible(15)
@given(words=st.integers(1, 60), power=st.sampled_from([0, 0.75, 3]), seed=seeds)
def test_words_have_their_share_of_the_noise_table(words, power, seed):
    counts = np.sort(np.random.default_rng(seed).zipf(1.5, size=words).clip(max=10**9))[::-1]
    noise = w2v.Vocabulary({f"w{n}": int(count) for n, count in enumerate(counts)}).noise(power)
    table = noise_table(noise)
    assert table.dtype == np.int32
    assert len(table) == 1 << 20
    assert table.min() >= 0
    found = np.bincount(table, minlength=words)
    assert len(found) == words
    assert np.abs(found - noise * len(table)).max() <= 1 + 1e-6


def test_a_large_vocabulary_has_a_larger_table():
    words = 40_000
    noise = np.full(words, 1 / words)
    table = noise_table(noise)
    assert len(table) == 1 << 21
    found = np.bincount(table, minlength=words)
    assert np.abs(found - len(table) / words).max() <= 1


def test_words_of_probability_zero_are_not_in_the_noise_table():
    table = noise_table(np.array([0.0, 0.25, 0.0, 0.75, 0.0]))
    assert (np.bincount(table, minlength=5) / len(table)).tolist() == [0, 0.25, 0, 0.75, 0]


# --- 7: the learner ----------------------------------------------------------------------------


class Watched(list):
    """What each step was asked to do."""

    def centers(self, window):
        """Centre words that have a pair, in the order in which they were learnt from."""
        return [word for call in self for word, _ in windows_in(call, window)]


@pytest.fixture
def calls(monkeypatch):
    watched = Watched()
    original = BandedStep.step

    def step(self, words, negatives, learning_rate, documents=None, measure=False):
        given_documents = documents is not None
        if not given_documents:
            documents = np.zeros_like(words)
        watched.append(
            types.SimpleNamespace(
                words=words.copy(),
                negatives=negatives.copy(),
                rate=learning_rate,
                documents=documents.copy(),
                crossing=given_documents,
            )
        )
        return original(
            self, words, negatives, learning_rate, documents if given_documents else None, measure
        )

    monkeypatch.setattr(BandedStep, "step", step)
    return watched


def new_learner(tokens, words, keep=None, noise=None, dimension=3, dtype="float64", **changes):
    rng = np.random.default_rng(0)
    center = rng.normal(size=(words, dimension)).astype(dtype)
    outside = rng.normal(size=(words, dimension)).astype(dtype)
    keep = np.append(np.ones(words) if keep is None else keep, 1)
    noise = noise_table(np.ones(words) / words) if noise is None else noise
    run = Settings(dimension=dimension, **({"row_limit": 1e300} | changes))
    return center, outside, BandedLearner(center, outside, keep, noise, run, len(tokens))


def learn(learner, tokens, seed=12345, learning_rate=lambda share: 0.01):
    return list(learner.learn(tokens, np.random.default_rng(seed), learning_rate))


TEXTS = {
    "a pair": [2],
    "one long document": [3000],
    "documents of all lengths": [1, 2, 700, 3, 1, 1, 40, 17, 900, 2, 1],
    "short documents": [3, 4, 5] * 50,
    "two documents": [16, 16],
}


@pytest.mark.parametrize("batch_size", [1, 5, 16, 64, 8192])
@pytest.mark.parametrize("text", TEXTS)
def test_each_word_is_a_centre_once_among_its_neighbors_and_shares_rise_to_one(
    text, batch_size, calls
):
    lengths = TEXTS[text] if batch_size > 1 else TEXTS[text][:4]
    documents = numbered(lengths)
    tokens = read_only(as_tokens(documents))
    *_, learner = new_learner(tokens, sum(lengths), batch_size=batch_size, window=3)
    asked = []

    def learning_rate(share):
        asked.append(share)
        return 0.01

    records = learn(learner, tokens, learning_rate=learning_rate)
    found = [window for call in calls for window in windows_in(call, 3)]
    assert sorted(found) == sorted(windows_of(documents, 3))

    shares = [share for share, _, _ in records]
    assert shares[-1] == 1.0
    assert np.diff([0.0, *shares]).min() > 0
    assert asked == [call / len(calls) for call in range(len(calls))]
    assert set(shares[:-1]) <= set(asked)
    assert [call.rate for call in calls] == [0.01] * len(calls)
    assert all(math.isfinite(loss) and loss >= 0 for _, loss, _ in records)
    width = batch_size if batch_size < 16 else 16
    assert all(call.words.shape[1] == width + 6 for call in calls)
    assert all(len(call.words) * width <= batch_size for call in calls)
    assert all(call.negatives.shape == (len(call.words), 16) for call in calls)


@pytest.mark.parametrize("text", ["a pair", "two documents", "documents of all lengths"])
def test_a_text_of_one_batch_is_one_step_of_plain_descent(text, calls):
    rng = np.random.default_rng(0)
    documents = [rng.integers(9, size=length).tolist() for length in TEXTS[text]]
    tokens = as_tokens(documents)
    center, outside, learner = new_learner(tokens, 9, batch_size=8192, window=4, negatives=6)
    before = center.copy(), outside.copy()
    ((share, loss, pairs),) = learn(learner, tokens)
    (call,) = calls
    # Blocks come in random order: which block has which negatives tells its first word.
    terms = terms_of_blocks(call.words, call.negatives, call.documents, 4, 6)
    expected = sums(*before, by_word(terms, call.words, call.negatives, 4))
    assert share == 1.0
    assert_close([loss, pairs], [expected.loss, expected.pairs])
    assert_close(center, before[0] - 0.01 * expected.center)
    assert_close(outside, before[1] - 0.01 * expected.outside)
    # The pairs are those of the text; they do not depend on the negatives.
    of_text = sums(*before, terms_of_text(documents, 4, 6, lambda number: [0]))
    assert_close(pairs, of_text.pairs)


@pytest.mark.parametrize("batch_size", [1, 7, 16, 48, 512, 8192])
def test_long_and_short_documents_have_the_same_gradients_in_whatever_batch(
    batch_size, monkeypatch
):
    """All negatives are word 0, so that the sum over a run does not depend on the draws."""
    rng = np.random.default_rng(0)
    lengths = [300, 2, 3, 1, 200, 5, 16, 1, 1, 170, 2]
    documents = [rng.integers(6, size=length).tolist() for length in lengths]
    tokens = as_tokens(documents)
    center, outside, learner = new_learner(
        tokens, 6, noise=np.zeros(1, np.int32), batch_size=batch_size, window=5, negatives=3
    )
    totals = [np.zeros(center.shape), np.zeros(outside.shape)]

    def add_up(self, words, negatives, learning_rate, documents=None, measure=False):
        block = words.shape[1] - 10
        found = self.gradients(words, negatives, documents)
        np.add.at(totals[0], words[:, 5 : 5 + block], found[0])
        np.add.at(totals[1], np.concatenate([words, negatives], axis=1), found[1])
        return 0.0, 0.0

    monkeypatch.setattr(BandedStep, "step", add_up)
    learn(learner, tokens)
    expected = sums(center, outside, terms_of_text(documents, 5, 3, lambda number: [0]))
    assert_close(totals[0], expected.center)
    assert_close(totals[1], expected.outside)


def test_steps_follow_each_other(calls):
    """Each step starts from where the last one ended, at the rate of its share."""
    rng = np.random.default_rng(0)
    documents = [rng.integers(5, size=length).tolist() for length in (90, 4, 70)]
    tokens = as_tokens(documents)
    center, outside, learner = new_learner(tokens, 5, batch_size=32, window=2, row_limit=0.4)
    tables = [center.copy(), outside.copy()]
    records = learn(learner, tokens, learning_rate=lambda share: 0.3 * (1 - share))
    assert len(calls) == 6
    losses = []
    for number, call in enumerate(calls):
        rate = 0.3 * (1 - number / 6)
        assert call.rate == rate
        terms = terms_of_blocks(call.words, call.negatives, call.documents, 2, 5)
        expected = sums(*tables, by_word(terms, call.words, call.negatives, 2))
        losses.append(expected.loss)
        of_center, of_outside = lengths_met(tables, call.words, call.negatives, 2)
        for table, gradient, curvature in (
            (tables[0], expected.center, expected.center_curvature * of_outside),
            (tables[1], expected.outside, expected.outside_curvature * of_center),
        ):
            length = [min(rate, 0.4 / c) if c else rate for c in curvature]
            table -= np.array(length)[:, None] * gradient
    assert_close(center, tables[0], 1e-11)
    assert_close(outside, tables[1], 1e-11)
    assert_close(sum(loss for _, loss, _ in records), sum(losses), 1e-11)


def test_the_generator_decides_everything():
    rng = np.random.default_rng(0)
    documents = [rng.integers(30, size=length).tolist() for length in (200, 5, 90, 1, 300)]
    tokens = as_tokens(documents)
    results = []
    for seed in (1, 1, 2):
        center, outside, learner = new_learner(
            tokens, 30, keep=np.full(30, 0.7), batch_size=32, dtype="float32"
        )
        records = learn(learner, tokens, seed)
        results.append((center.tobytes(), outside.tobytes(), records))
    assert results[0] == results[1]
    assert all(one != other for one, other in zip(results[0], results[2], strict=True))


def test_two_readings_by_one_learner_are_drawn_anew(calls):
    tokens = as_tokens(numbered([400]))
    *_, learner = new_learner(tokens, 400, batch_size=64)
    rng = np.random.default_rng(0)
    for _ in range(2):
        list(learner.learn(tokens, rng, lambda share: 0.01))
    half = len(calls) // 2
    first, second = Watched(calls[:half]).centers(5), Watched(calls[half:]).centers(5)
    assert first != second
    assert (calls[0].negatives != calls[half].negatives).any()
    assert sorted(first) == sorted(second) == list(range(400))


def test_a_learner_reads_texts_of_any_length_in_turn(calls):
    """Nothing of one piece is left in the next."""
    *_, learner = new_learner(range(50), 400, batch_size=64, window=2)
    for lengths in ([100], [3], [400], [1], [], [2, 2], [1, 30, 1]):
        calls.clear()
        documents = numbered(lengths)
        records = learn(learner, as_tokens(documents))
        found = sorted(window for call in calls for window in windows_in(call, 2))
        assert found == sorted(windows_of(documents, 2))
        assert [share for share, _, _ in records][-1:] == ([1.0] if found else [])


def test_words_are_kept_with_their_probability_and_ends_always(calls):
    rng = np.random.default_rng(0)
    keep = np.array([0.1, 0.5, 0.9, 1.0, 0.0])
    tokens = as_tokens([rng.integers(5, size=60_000).tolist()])
    *_, learner = new_learner(tokens, 5, keep=keep)
    learn(learner, tokens)
    found = np.bincount(calls.centers(5), minlength=5)
    occurrences = np.bincount(tokens[:-1], minlength=5)
    assert found[3] == occurrences[3]
    assert found[4] == 0
    spread = np.sqrt(occurrences * keep * (1 - keep))
    assert (np.abs(found - occurrences * keep) <= 5 * spread).all()


@pytest.mark.parametrize("first", [0, 1])
def test_what_is_dropped_brings_its_neighbors_together_but_not_documents(first, calls):
    """As in word2vec: the window reaches over dropped words."""
    lengths = [40] * 30
    keep = np.zeros(1200)
    keep[first::2] = 1
    tokens = as_tokens(numbered(lengths))
    *_, learner = new_learner(tokens, 1200, keep=keep, window=2)
    learn(learner, tokens)
    found = sorted(window for call in calls for window in windows_in(call, 2))
    kept = [document[first::2] for document in numbered(lengths)]
    assert found == sorted(windows_of(kept, 2))


def test_each_occurrence_is_kept_or_dropped_by_itself(calls):
    words = 4000
    tokens = as_tokens(numbered([words]))
    *_, learner = new_learner(tokens, words, keep=np.full(words, 0.5), window=1)
    learn(learner, tokens)
    kept = np.isin(np.arange(words), calls.centers(1))
    assert abs(kept.sum() - words / 2) < 5 * math.sqrt(words / 4)
    changes = (kept[1:] != kept[:-1]).sum()
    assert abs(changes - words / 2) < 5 * math.sqrt(words / 4)


@pytest.mark.parametrize("lengths", [[16 * 400], [8] * 800], ids=["long", "short"])
def test_blocks_come_in_random_order(lengths, calls):
    tokens = as_tokens(numbered(lengths))
    *_, learner = new_learner(tokens, 16 * 400, batch_size=64)
    learn(learner, tokens)
    blocks = np.concatenate([call.words[:, 5] for call in calls]) // 16
    assert sorted(blocks.tolist()) == list(range(400))
    limit = 5 / math.sqrt(400)
    assert abs(np.corrcoef(blocks, np.arange(400))[0, 1]) < limit
    assert abs(np.corrcoef(blocks[1:], blocks[:-1])[0, 1]) < limit


def test_crossing_and_other_batches_are_mixed(calls):
    """Texts of both kinds are learnt from at all times of a reading."""
    tokens = as_tokens(numbered([16 * 300, *[6] * 800]))
    *_, learner = new_learner(tokens, 16 * 600, batch_size=32)
    learn(learner, tokens)
    crossing = np.flatnonzero([call.crossing for call in calls])
    assert abs(len(crossing) - 150) < 5  # hardly any batch of the long document is among them
    assert abs(crossing.mean() - 150) < 5 * 300 / math.sqrt(12 * 150)
    blocks = np.concatenate([call.words[:, 5] for call in calls])
    assert abs(np.corrcoef(blocks, np.arange(len(blocks)))[0, 1]) < 5 / math.sqrt(600)


def test_negatives_are_drawn_from_the_noise_for_each_block(calls):
    noise = np.array([0.5, 0.3, 0.15, 0.05, 0.0])
    tokens = as_tokens(numbered([30_000]))
    *_, learner = new_learner(tokens, 30_000, noise=noise_table(noise), dimension=1)
    learn(learner, tokens)
    drawn = np.concatenate([call.negatives for call in calls])
    found = np.bincount(drawn.ravel(), minlength=5)
    assert found[4] == 0
    expected = noise * drawn.size
    assert (np.abs(found - expected) <= 5 * np.sqrt(expected * (1 - noise))).all()
    # Neither equal within a block, nor from block to block, nor from step to step.
    agree = (noise**2).sum()
    for one, other in (
        (drawn[:, 1:], drawn[:, :-1]),
        (drawn[1:], drawn[:-1]),
        (drawn[32:], drawn[:-32]),
    ):
        spread = math.sqrt(agree * (1 - agree) / one.size)
        assert abs((one == other).mean() - agree) < 6 * spread


def test_of_many_steps_at_least_every_sixteenth_is_measured():
    tokens = as_tokens(numbered([60_000]))
    *_, learner = new_learner(tokens, 60_000, dimension=1, batch_size=16, window=2)
    records = learn(learner, tokens)
    pairs = sum(pairs for *_, pairs in records)
    whole = 3 * 60_000  # 2 * (1 + 1/2) for each word
    assert whole / 17 < pairs <= whole
    assert np.diff([0, *(share for share, *_ in records)]).max() <= 17 * 16 / 60_000


# --- 8: never NaN ------------------------------------------------------------------------------


def zipf_text(words=60, documents=60, seed=0):
    rng = np.random.default_rng(seed)
    return [
        [f"w{word}" for word in rng.zipf(1.3, size=rng.integers(2, 60)).clip(max=words)]
        for _ in range(documents)
    ]


STRANGE = {
    "one word": [["a"] * 500],
    "one word in short documents": [["a", "a"]] * 200,
    "two words": [["a", "b"] * 3] * 50,
    "shorter than a block": [["a", "b", "c"]],
    "words alone": [["a"], ["b"]] * 100 + [["a", "b", "c"]] + [["c"]] * 100,
    "periodic": [["a", "b", "c", "d", "e"] * 100],
    "period of a block": [[f"w{n}" for n in range(16)] * 40],
    "zipf": zipf_text(),
    "one document": [list(itertools.chain(*zipf_text(20, 40)))],
}


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.1, "negatives": 15, "batch_size": 8192, "dimension": 7},
        {"learning_rate": 10.0, "negatives": 15, "batch_size": 8192, "dimension": 1},
        {"learning_rate": 10.0, "negatives": 15, "batch_size": 512, "dimension": 7},
        {"learning_rate": 10.0, "negatives": 1, "batch_size": 16, "dimension": 1},
        {"learning_rate": 0.1, "negatives": 15, "batch_size": 1, "dimension": 7, "epochs": 1},
        {"learning_rate": 10.0, "negatives": 5, "dimension": 100, "window": 1},
        {"learning_rate": 10.0, "final_learning_rate": 10.0, "negatives": 5, "dimension": 7},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
@pytest.mark.parametrize("text", STRANGE)
def test_strange_texts_and_large_steps_do_not_diverge(text, changes):
    run = Settings(**({"min_count": 1, "subsample": 0, "epochs": 12} | changes))
    vectors = train(STRANGE[text], run, progress=False)
    assert np.isfinite(vectors.center).all()
    assert np.isfinite(vectors.outside).all()
    losses = np.concatenate([vectors.history.loss, vectors.history.epoch_loss])
    assert np.isfinite(losses).all()
    assert losses.max() <= 1.5 * vectors.history.loss[0]


SHORT_STEPS = {
    "a text of one block": ([list("abcdeabdceacbed")], {"learning_rate": 1.0, "epochs": 300}),
    "pairs of two words": ([["a", "b"]] * 5, {"learning_rate": 1.0, "epochs": 300}),
    "small batches": (
        np.random.default_rng(0).choice(list("abcde"), size=(7, 400)).tolist(),
        {"learning_rate": 0.1, "epochs": 20, "batch_size": 16},
    ),
}


@pytest.mark.parametrize("method", ["minibatch", "banded"])
@pytest.mark.parametrize("case", SHORT_STEPS)
def test_steps_of_few_blocks_do_not_diverge(case, method):
    """Negatives that a whole batch shares pull all its words at once."""
    text, changes = SHORT_STEPS[case]
    run = Settings(method=method, dimension=7, min_count=1, subsample=0, **changes)
    history = train(text, run, progress=False).history
    # The loss of a single step of 15 pairs jumps up and down.
    assert history.loss.max() <= 2.5 * history.loss[0]
    assert history.loss[-1] < history.loss[0]


# --- 9: through w2v.train ----------------------------------------------------------------------


def topic_text(words, seed=0, topics=10, per_topic=15):
    """Documents about a topic, whose words stand beside each other in a preferred order."""
    rng = np.random.default_rng(seed)
    likely = 1 / np.arange(1, per_topic + 1)
    likely /= likely.sum()
    text, total = [], 0
    while total < words:
        topic, length = rng.integers(topics), int(rng.integers(5, 60))
        ranks = rng.choice(per_topic, size=length, p=likely)
        ranks[1::2] = (ranks[0::2][: length // 2] * 2 + 1) % per_topic
        common = rng.random(length) < 0.3
        text.append(
            [
                f"common{rank}" if is_common else f"topic{topic}.{rank}"
                for rank, is_common in zip(ranks.tolist(), common.tolist(), strict=True)
            ]
        )
        total += length
    return text


def small_run(**changes):
    defaults = {"dimension": 16, "min_count": 1, "subsample": 0, "epochs": 3}
    return Settings(**(defaults | changes))


def test_training_by_hand():
    """Through the front door: two epochs of one step each are two steps of plain descent."""
    text = [["a", "b", "a"], ["b"], ["a", "c"], ["c", "a", "b", "a", "a"]]
    numbers = [[0, 1, 0], [1], [0, 2], [2, 0, 1, 0, 0]]
    run = Settings(
        dimension=2,
        window=2,
        negatives=3,
        epochs=2,
        learning_rate=0.4,
        final_learning_rate=0.1,
        min_count=1,
        subsample=0,
        noise_power=5000,  # all negatives are the most frequent word, "a"
        row_limit=1e300,
        dtype="float64",
    )
    vectors = train(text, run, progress=False)
    assert vectors.words == ["a", "b", "c"]
    tables = list(importlib.import_module("w2v.train").initial_tables(3, run))
    losses = []
    for rate in (0.4, 0.25):  # halfway from 0.4 to 0.1 at the start of the second epoch
        expected = sums(*tables, terms_of_text(numbers, 2, 3, lambda number: [0]))
        losses.append(expected.loss / expected.pairs)
        tables[0] = tables[0] - rate * expected.center
        tables[1] = tables[1] - rate * expected.outside
    assert_close(vectors.center, tables[0])
    assert_close(vectors.outside, tables[1])
    assert_close(vectors.history.epoch_loss, losses)


def test_the_learning_rate_falls_linearly_through_all_epochs(calls):
    run = small_run(epochs=4, learning_rate=0.2, final_learning_rate=0.04, batch_size=16)
    train(topic_text(800), run, progress=False)
    rates = np.array([call.rate for call in calls])
    assert len(rates) > 150
    assert_close(rates, 0.2 - 0.16 * np.arange(len(rates)) / len(rates))


def test_the_settings_reach_the_step(monkeypatch):
    made = []
    original = BandedStep.__init__

    def init(self, center, outside, **options):
        made.append((center, outside, options))
        original(self, center, outside, **options)

    monkeypatch.setattr(BandedStep, "__init__", init)
    run = small_run(window=3, negatives=4, row_limit=0.7, batch_size=70, dimension=5)
    vectors = train(topic_text(800), run, progress=False)
    ((center, outside, options),) = made
    assert center.shape == outside.shape == (len(vectors.words), 5)
    assert center.dtype == outside.dtype == np.float32
    expected = {"window": 3, "negatives": 4, "row_limit": 0.7, "blocks": 4}
    assert expected.items() <= options.items()


def digest(vectors):
    return hashlib.sha256(vectors.center.tobytes() + vectors.outside.tobytes()).hexdigest()


REPEATED = """
import hashlib, sys
sys.path[:0] = {path!r}
from test_banded import digest, small_run, topic_text
from w2v import train
print(digest(train(topic_text(5000), small_run(dimension=100), progress=False)))
"""


def test_one_worker_gives_the_same_bits_again_in_any_process():
    here = digest(train(topic_text(5000), small_run(dimension=100), progress=False))
    again = digest(train(topic_text(5000), small_run(dimension=100), progress=False, workers=1))
    assert here == again
    program = REPEATED.format(path=[os.path.dirname(__file__)])
    for threads in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip() == here


def test_two_workers_learn_as_well_as_one():
    text = topic_text(100_000, topics=40, per_topic=60)
    run = small_run(epochs=4, batch_size=128)
    one, two = (
        train(text, run, progress=False, workers=workers).history.epoch_loss for workers in (1, 2)
    )
    assert one[-1] < 0.6 * one[0] < 0.6 * 6 * math.log(2)
    assert two[-1] == pytest.approx(one[-1], rel=0.05)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_do_not_diverge_on_a_small_vocabulary(workers, monkeypatch):
    """Whenever the system lets a thread wait: here each time between gradient and step."""
    text, run = topic_text(5000), small_run(epochs=40)
    one = train(text, run, progress=False).history.epoch_loss
    original = BandedStep.gradients

    def gradients(*arguments):
        found = original(*arguments)
        time.sleep(1e-4)
        return found

    monkeypatch.setattr(BandedStep, "gradients", gradients)
    many = train(text, run, progress=False, workers=workers).history.epoch_loss
    assert many[-1] == pytest.approx(one[-1], rel=0.1)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("changes", "tolerance"),
    [
        ({"row_limit": 1e300, "learning_rate": 0.01}, 0.02),
        # Where steps are limited, the two methods estimate the curvature in two ways.
        ({}, 0.05),
    ],
    ids=["no limit", "limit"],
)
def test_banded_and_minibatch_reach_the_same_loss(changes, tolerance, seed):
    text = topic_text(30_000, seed, topics=40)
    losses = [
        train(text, small_run(method=method, batch_size=128, **changes), progress=False)
        for method in ("banded", "minibatch")
    ]
    first, last = zip(
        *((run.history.loss[0], run.history.epoch_loss[-1]) for run in losses), strict=True
    )
    assert max(last) < 0.8 * min(first)
    assert last[0] == pytest.approx(last[1], rel=tolerance)


@pytest.mark.parametrize(
    ("workers", "error"),
    [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("2", TypeError), (None, TypeError)],
)
def test_a_number_of_workers_that_cannot_be_is_refused_by_name(workers, error):
    with pytest.raises(error, match="`workers`"):
        train([["a", "b"]] * 5, small_run(), progress=False, workers=workers)


def test_numpy_integers_are_numbers_of_workers():
    one = train(topic_text(500), small_run(), progress=False)
    same = train(topic_text(500), small_run(), progress=False, workers=np.int64(1))
    assert digest(one) == digest(same)


@pytest.mark.parametrize("changes", [{"method": "minibatch"}, {"loss": "naive_softmax"}])
def test_other_methods_have_one_worker(changes):
    with pytest.raises(ValueError, match="`workers`"):
        train([["a", "b"]] * 5, small_run(**changes), progress=False, workers=2)
    train([["a", "b"]] * 5, small_run(**changes), progress=False, workers=1)


@pytest.fixture
def nothing_is_left():
    """No thread but those that were there, and BLAS with as many threads as before."""
    with threadpool_limits(2, user_api="blas"):
        threads = set(threading.enumerate())
        before = blas_threads()
        assert set(before.values()) == {2}
        yield
        left = set(threading.enumerate()) - threads
        assert {thread.name for thread in left} <= {"tqdm_monitor"}  # tqdm keeps its own
        after = blas_threads()
        assert {path: after[path] for path in before} == before


def blas_threads():
    return {
        library["filepath"]: library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }


class Steps:
    """Counts the steps of all threads, and acts at one of them."""

    LIMIT = 3000  # so many later all threads should have ended, even if they had much to do

    def __init__(self, monkeypatch):
        self.count, self.at, self.act = 0, math.inf, None
        self.threads, self.blas = set(), set()
        self.lock = threading.Lock()
        original = BandedStep.step

        def step(learner, *arguments, **options):
            with self.lock:
                self.count += 1
                self.threads.add(threading.current_thread())
                acts = self.count >= self.at and len(self.threads) > 1
                if acts:
                    self.at = math.inf
                if self.count % 50 == 1:
                    self.blas |= set(blas_threads().values())
                if self.count > self.LIMIT:
                    raise AssertionError("nobody has told this thread to stop")
            if acts:
                self.act()
            return original(learner, *arguments, **options)

        monkeypatch.setattr(BandedStep, "step", step)


@pytest.fixture
def steps(monkeypatch):
    return Steps(monkeypatch)


LONG = {"epochs": 10_000, "batch_size": 64}


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_blas_has_one_thread_in_training_and_afterwards_as_many_as_before(
    workers, steps, nothing_is_left
):
    steps.LIMIT = math.inf
    run = small_run(epochs=100, learning_rate=1e-4)  # so small that no step is limited
    train(topic_text(5000), run, progress=False, workers=workers)
    assert steps.blas == {1}
    assert (len(steps.threads) > 1) == (workers > 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_overflow_in_a_worker_is_an_error_of_the_caller(workers, nothing_is_left):
    run = small_run(learning_rate=1e6, final_learning_rate=1e6, row_limit=1e300, epochs=10_000)
    with pytest.raises(FloatingPointError, match=r"`learning_rate`.*`row_limit`"):
        train(topic_text(5000), run, progress=False, workers=workers)


@pytest.mark.parametrize("error", [ZeroDivisionError, MemoryError, KeyboardInterrupt, SystemExit])
def test_any_error_in_one_worker_ends_all(error, steps, nothing_is_left):
    def fail():
        raise error("on purpose")

    steps.at, steps.act = 100, fail
    with pytest.raises(error, match="on purpose"):
        train(topic_text(5000), small_run(**LONG), progress=False, workers=2)
    assert 100 <= steps.count < steps.LIMIT
    assert steps.blas == {1}


@pytest.fixture
def interruptible():
    """The usual answer to Ctrl-C, also where pytest runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_error_in_one_worker_ends_the_others_in_the_middle_of_their_pieces(
    steps, nothing_is_left
):
    def fail():
        raise ZeroDivisionError("on purpose")

    steps.at, steps.act, steps.LIMIT = 100, fail, 1500
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        train(topic_text(5000), small_run(epochs=1, batch_size=1), progress=False, workers=2)
    assert steps.count < steps.LIMIT  # a piece is 2500 steps


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals for threads")
def test_an_interrupt_of_the_caller_ends_all_workers(steps, nothing_is_left, interruptible):
    def interrupt():
        time.sleep(0.05)  # by now the caller waits
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    steps.at, steps.act, steps.LIMIT = 100, interrupt, 20_000
    with pytest.raises(KeyboardInterrupt):
        train(topic_text(5000), small_run(**LONG), progress=False, workers=2)
    assert 100 <= steps.count < steps.LIMIT


def test_an_interrupt_of_one_worker_in_the_callers_thread(monkeypatch, nothing_is_left):
    def step(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(BandedStep, "step", step)
    with pytest.raises(KeyboardInterrupt):
        train(topic_text(5000), small_run(**LONG), progress=False, workers=1)


def test_where_no_second_thread_can_start_the_first_one_ends(steps, monkeypatch, nothing_is_left):
    """Else the error would come only when one worker alone had read the whole text."""
    original = threading.Thread.start
    started = []

    def start(thread):
        if thread.name.startswith("w2v"):
            if started:
                raise RuntimeError("can't start new thread")
            started.append(thread)
        original(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="new thread"):
        train(topic_text(5000), small_run(**LONG), progress=False, workers=2)
    assert steps.count < steps.LIMIT


@pytest.mark.parametrize("workers", [20, 40])
@pytest.mark.parametrize("text", [[["a", "b"]], [["a", "b", "c"]] * 5], ids=len)
def test_more_workers_than_the_text_has_pieces_learn_all_the_same(text, workers, nothing_is_left):
    one, many = (train(text, small_run(epochs=5), progress=False, workers=n) for n in (1, workers))
    assert np.abs(many.outside).max() > 0
    assert len(many.history.epoch_loss) == 5
    assert_close(many.history.epoch_loss, one.history.epoch_loss, 0.1)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_take_nearly_all_pairs_of_the_text(workers, monkeypatch):
    """Where the text is cut into pieces, few pairs are lost."""
    text = topic_text(3000)
    pairs = []
    original = BandedStep.step

    def step(self, words, negatives, learning_rate, documents=None, measure=False):
        measured = original(self, words, negatives, learning_rate, documents, True)
        pairs.append(measured[1])
        return measured

    monkeypatch.setattr(BandedStep, "step", step)
    train(text, small_run(epochs=1), progress=False, workers=workers)
    whole = sum(
        2 * sum(weight_of(gap, 5) * max(0, len(document) - gap) for gap in range(1, 6))
        for document in text
    )
    assert 0.95 * whole < sum(pairs) <= whole * (1 + 1e-6)
