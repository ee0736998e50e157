"""The minibatch trainer against the reference of one window."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close, sum_over_windows

import w2v
from w2v.minibatch import (
    Batch,
    RowGradient,
    batches,
    descend,
    naive_softmax_gradients,
    negative_sampling_gradients,
)

reproducible = settings(derandomize=True, deadline=None, max_examples=60)
sizes = st.integers(1, 5)
seeds = st.integers(0, 10**6)
LOSSES = ("negative_sampling", "naive_softmax")
DTYPES = ("float32", "float64")


def dense(row_gradient, shape):
    """The whole table's gradient; each word must be there once, or `descend` loses some."""
    words, gradient, curvature = row_gradient
    assert len(set(words.tolist())) == len(words) == len(gradient) == len(curvature)
    table = np.zeros(shape)
    table[words] = gradient
    return table


def gradients_of(loss, center, outside, batch, negatives):
    if loss == "naive_softmax":
        return naive_softmax_gradients(center, outside, batch)
    return negative_sampling_gradients(center, outside, batch, negatives)


def assert_is_sum_over_windows(loss, dtype, center, outside, batch, negatives):
    center, outside = center.astype(dtype), outside.astype(dtype)
    for array in (center, outside, *batch, negatives):
        array.flags.writeable = False  # gradients must not change what they are computed from
    found = gradients_of(loss, center, outside, batch, negatives)
    expected = sum_over_windows(
        center, outside, batch, negatives if loss == "negative_sampling" else None
    )
    tolerance = 1e-12 if dtype == "float64" else 3e-5
    assert type(found[0]) is float
    assert_close(found[0], expected[0], tolerance)
    for gradient, table in zip(found[1:], expected[1:], strict=True):
        assert gradient.gradient.dtype == dtype
        assert_close(dense(gradient, table.shape), table, tolerance)


# --- gradients of a batch ----------------------------------------------------------------------


@reproducible
@given(words=sizes, dimension=sizes, windows=sizes, reach=sizes, negatives=sizes, seed=seeds)
@example(words=1, dimension=1, windows=3, reach=2, negatives=2, seed=0)
@example(words=2, dimension=4, windows=5, reach=5, negatives=5, seed=0)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_batch_gradients_are_the_sum_over_random_windows(
    loss, dtype, words, dimension, windows, reach, negatives, seed
):
    """Few words: repeats of centre, context and negative words are the rule."""
    rng = np.random.default_rng(seed)
    batch = Batch(
        rng.integers(words, size=windows, dtype=np.int32),
        rng.integers(words, size=(windows, 2 * reach), dtype=np.int32),
        rng.random((windows, 2 * reach)) < rng.random(),  # some windows are empty
    )
    center, outside = rng.normal(size=(2, words, dimension))
    drawn = rng.integers(words, size=(windows, negatives))
    assert_is_sum_over_windows(loss, dtype, center, outside, batch, drawn)


@reproducible
@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    words=sizes,
    window=sizes,
    seed=seeds,
)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_batch_gradients_are_the_sum_over_the_windows_of_a_corpus(
    loss, dtype, lengths, words, window, seed
):
    rng = np.random.default_rng(seed)
    documents = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    tokens = rng.integers(words, size=len(documents), dtype=np.int32)
    center, outside = rng.normal(size=(2, words, 3))
    for batch in batches(tokens, documents, window, 7, rng):
        drawn = rng.integers(words, size=(len(batch.center_words), 3))
        assert_is_sum_over_windows(loss, dtype, center, outside, batch, drawn)


AWKWARD = {
    "repeated centre word": ([0, 0, 0], [[1, 2], [2, 3], [1, 1]], [[1, 1], [1, 1], [1, 1]]),
    "repeated context word": ([0], [[1, 1, 1, 2]], [[1, 1, 1, 1]]),
    "centre word in its own context": ([2, 1], [[2, 2], [1, 0]], [[1, 1], [1, 1]]),
    "filling that looks like a word": ([0, 1], [[3, 2], [3, 3]], [[0, 1], [1, 0]]),
    "one empty window": ([0, 1], [[2, 3], [2, 3]], [[0, 0], [1, 1]]),
    "only empty windows": ([0, 1], [[2, 3], [2, 3]], [[0, 0], [0, 0]]),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("case", AWKWARD)
def test_awkward_batches_have_the_right_gradients(case, loss, dtype):
    centers, contexts, inside = AWKWARD[case]
    batch = Batch(np.array(centers, np.int32), np.array(contexts, np.int32), np.array(inside, bool))
    rng = np.random.default_rng(0)
    center, outside = rng.normal(size=(2, 5, 3))
    # The first context word twice among its own negatives, and one that is nowhere else.
    drawn = np.column_stack(
        [batch.context_words[:, 0], batch.context_words[:, 0], np.full(len(centers), 4)]
    )
    assert_is_sum_over_windows(loss, dtype, center, outside, batch, drawn)


@reproducible
@given(words=sizes, windows=sizes, seed=seeds)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_curvature_of_a_row_is_not_underestimated(loss, words, windows, seed):
    """With a smaller one, a step of 1 / curvature could overshoot."""
    rng = np.random.default_rng(seed)
    batch = Batch(
        rng.integers(words, size=windows, dtype=np.int32),
        rng.integers(words, size=(windows, 4), dtype=np.int32),
        rng.random((windows, 4)) < 0.7,
    )
    tables = rng.normal(size=(2, words, 3))
    drawn = rng.integers(words, size=(windows, 2))
    estimates = gradients_of(loss, *tables, batch, drawn)[1:]
    step = 1e-5
    for table, estimate in enumerate(estimates):
        curvature = np.zeros(words)
        curvature[estimate.words] = estimate.curvature
        for word in range(words):
            direction = rng.normal(size=3)
            direction /= np.linalg.norm(direction)
            slopes = []
            for sign in (1, -1):
                moved = tables.copy()
                moved[table, word] += sign * step * direction
                gradient = gradients_of(loss, *moved, batch, drawn)[1 + table]
                dense = np.zeros((words, 3))
                dense[gradient.words] = gradient.gradient
                slopes.append(dense[word] @ direction)
            second_derivative = (slopes[0] - slopes[1]) / (2 * step)
            assert second_derivative <= curvature[word] * (1 + 1e-6) + 1e-6


# --- batches -----------------------------------------------------------------------------------


def windows_of(lengths, window, batch_size, seed):
    """All windows of a text whose tokens are all different, so that each names its place."""
    documents = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    tokens = np.arange(len(documents), dtype=np.int32)
    rng = np.random.default_rng(seed)
    return list(batches(tokens, documents, window, batch_size, rng))


@reproducible
@given(
    lengths=st.lists(st.integers(0, 8), min_size=1, max_size=6),
    window=sizes,
    batch_size=st.integers(1, 20),
    seed=seeds,
)
def test_every_token_is_a_centre_once_with_the_context_of_some_radius(
    lengths, window, batch_size, seed
):
    starts = np.cumsum([0, *lengths])
    centers = []
    found = windows_of(lengths, window, batch_size, seed)
    for batch in found:
        for center_word, others, inside in zip(*batch, strict=True):
            assert others.shape == inside.shape == (2 * window,)
            number = int(np.searchsorted(starts, center_word, side="right")) - 1
            document = list(range(starts[number], starts[number + 1]))
            place = int(center_word) - int(starts[number])
            assert sorted(others[inside].tolist()) in [
                w2v.context(document, place, radius) for radius in range(1, window + 1)
            ]
            centers.append(int(center_word))
    assert sorted(centers) == list(range(starts[-1]))
    assert all(len(batch.center_words) == batch_size for batch in found[:-1])
    assert all(0 < len(batch.center_words) <= batch_size for batch in found)


def test_each_radius_from_one_to_the_window_is_equally_likely():
    tokens, window = 20_000, 5
    batch = windows_of([tokens], window, tokens, seed=0)[0]
    whole = (batch.center_words >= window) & (batch.center_words < tokens - window)
    radius, rest = np.divmod(batch.inside[whole].sum(axis=1), 2)
    assert not rest.any()
    counts = np.bincount(radius, minlength=window + 1)
    assert counts[0] == 0
    assert len(counts) == window + 1
    expected = whole.sum() / window
    assert np.abs(counts[1:] - expected).max() < 5 * math.sqrt(expected)


def test_windows_come_in_random_order_that_the_generator_decides():
    first, again, other = (
        np.concatenate([batch.center_words for batch in windows_of([50, 50], 2, 16, seed)])
        for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
    assert np.abs(np.corrcoef(first, np.arange(100))[0, 1]) < 0.5


def test_no_text_makes_no_batches():
    assert windows_of([0], 2, 4, seed=0) == []


# --- descend -----------------------------------------------------------------------------------


@reproducible
@given(
    curvatures=st.lists(st.sampled_from([0, 0.5, 1, 2.5, 40, 1e6]), min_size=1, max_size=5),
    learning_rate=st.sampled_from([1e-3, 0.5, 1.0, 50.0]),
    row_limit=st.sampled_from([0.25, 1.0, 6.0, np.inf]),
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_moves_by_the_learning_rate_or_by_its_share_of_the_limit(
    dtype, curvatures, learning_rate, row_limit
):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(8, 3)).astype(dtype)
    before = table.copy()
    rows = rng.permutation(8)[: len(curvatures)]
    gradient = rng.normal(size=(len(curvatures), 3)).astype(dtype)
    descend(table, RowGradient(rows, gradient, np.array(curvatures)), learning_rate, row_limit)
    expected = before.astype(np.float64)
    for row, slope, curvature in zip(rows, gradient, curvatures, strict=True):
        step = min(learning_rate, row_limit / curvature) if curvature else learning_rate
        expected[row] -= step * slope.astype(np.float64)
    assert table.dtype == dtype
    assert_close(table, expected, 1e-14 if dtype == "float64" else 1e-6)


def test_descend_has_no_limit_unless_told():
    table = np.zeros((1, 1))
    descend(table, RowGradient(np.array([0]), np.array([[1.0]]), np.array([1e12])), 0.5)
    assert table.tolist() == [[-0.5]]
