"""Naive softmax against independent derivatives, 50-digit arithmetic and its own laws."""

import math
import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close, derivative, read_only

from w2v import check_gradient, complex_step, cross_entropy, log_softmax, naive_softmax, softmax

reproducible = settings(derandomize=True, deadline=None, max_examples=80)
sizes = st.integers(1, 6)
seeds = st.integers(0, 10**6)


def plain_loss(center_vector, outside_word, outside):
    """Equation (8) as it is written, safe for small scores only."""
    scores = outside @ center_vector
    return np.log(np.exp(scores).sum()) - scores[outside_word]


def draw(words, dimension, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    center_vector = scale * rng.normal(size=dimension)
    outside = rng.normal(size=(words, dimension))
    return center_vector, int(rng.integers(words)), outside


# --- softmax, log_softmax, cross_entropy -------------------------------------------------------


@reproducible
@given(words=sizes, seed=seeds)
def test_softmax_is_the_textbook_formula(words, seed):
    scores = np.random.default_rng(seed).normal(size=words) * 3
    expected = np.exp(scores) / np.exp(scores).sum()
    assert_close(softmax(scores), expected, 1e-14)
    assert_close(log_softmax(scores), np.log(expected), 1e-13)
    for word in range(words):
        assert cross_entropy(scores, word) == pytest.approx(-math.log(expected[word]), abs=1e-13)


def test_softmax_works_along_the_last_axis_of_a_batch():
    scores = np.random.default_rng(0).normal(size=(2, 3, 4))
    for place in np.ndindex(2, 3):
        assert_close(softmax(scores)[place], softmax(scores[place]), 1e-15)
        assert_close(log_softmax(scores)[place], log_softmax(scores[place]), 1e-15)
    assert_close(softmax(scores).sum(axis=-1), np.ones((2, 3)), 1e-15)


def test_each_row_of_a_batch_is_shifted_by_its_own_largest_score():
    """One shift for all would leave 0 / 0 in the second row."""
    scores = [[1000.0, 1000.0], [-1000.0, -1000.0]]
    assert softmax(scores).tolist() == [[0.5, 0.5]] * 2
    assert_close(log_softmax(scores), np.full((2, 2), -math.log(2)), 1e-15)


@reproducible
@given(words=sizes, seed=seeds, shift=st.floats(-1e3, 1e3))
def test_softmax_ignores_a_constant_added_to_every_score(words, seed, shift):
    scores = np.random.default_rng(seed).normal(size=words)
    assert_close(softmax(scores + shift), softmax(scores))


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_keeps_the_floating_type(function, dtype):
    assert function(np.array([1, 2, 3], dtype=dtype)).dtype == dtype


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.uint64])
def test_softmax_turns_integers_of_every_width_into_float64(function, dtype):
    """Differences of narrow or unsigned integers wrap around: 0 - 100 is 156 in uint8."""
    scores = np.array([0, 100, 1], dtype=dtype)
    result = function(scores)
    assert result.dtype == np.float64
    assert_close(result, function(scores.astype(float)), 1e-15)


def test_softmax_of_int8_scores_does_not_wrap_around():
    scores = np.array([-100, 100], dtype=np.int8)
    assert log_softmax(scores).tolist() == [-200.0, 0.0]


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_softmax_accepts_lists_and_leaves_arrays_alone(function):
    scores = read_only(np.array([1.0, 2.0, -3.0]))
    assert_close(function([1, 2, -3]), function(scores))
    assert scores.tolist() == [1, 2, -3]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_softmax_and_cross_entropy_are_exact_at_a_gap_of_1600(dtype):
    scores = np.array([800, -800], dtype=dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        assert log_softmax(scores).tolist() == [0, -1600]
        assert softmax(scores).tolist() == [1, 0]
        assert cross_entropy(scores, 0) == 0
        assert cross_entropy(scores, 1) == 1600
        assert cross_entropy(-scores, 0) == 1600


def test_cross_entropy_of_a_sure_word_is_zero_and_not_minus_zero():
    assert str(cross_entropy([0.0], 0)) == "0.0"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_a_python_float(dtype):
    assert type(cross_entropy(np.zeros(3, dtype), np.int64(1))) is float


def test_cross_entropy_is_complex_for_complex_scores():
    assert type(cross_entropy(np.array([1 + 1e-30j, 2]), 0)) is complex


@pytest.mark.parametrize("word", [-1, 3, 10**6])
def test_cross_entropy_refuses_a_word_out_of_range(word):
    with pytest.raises(IndexError, match="outside_word"):
        cross_entropy([0.0, 0.0, 0.0], word)


@pytest.mark.parametrize("scores", [[0.0, 0.0], [1.0, -2.0, 0.5], [800.0, -800.0], [3.0]])
def test_log_softmax_lets_the_complex_step_through(scores):
    probabilities = softmax(scores)
    for word in range(len(scores)):
        found = complex_step(lambda z, word=word: log_softmax(z)[word], scores)
        assert_close(found, np.eye(len(scores))[word] - probabilities)


# --- naive_softmax: loss and gradients ---------------------------------------------------------


@reproducible
@given(words=sizes, dimension=sizes, seed=seeds)
@example(words=1, dimension=4, seed=0)
@example(words=4, dimension=1, seed=0)
@example(words=1, dimension=1, seed=0)
@example(words=6, dimension=2, seed=0)
@example(words=2, dimension=6, seed=0)
def test_naive_softmax_gradients_are_the_derivatives_of_the_plain_loss(words, dimension, seed):
    v, o, u = draw(words, dimension, seed)
    loss, grad_center, grad_outside = naive_softmax(v, o, u)
    assert_close(loss, plain_loss(v, o, u))
    assert_close(grad_center, derivative(lambda x: plain_loss(x, o, u), v))
    assert_close(grad_outside, derivative(lambda x: plain_loss(v, o, x), u))


def mp_naive_softmax(v, o, u):
    """Loss and gradients with 50 digits, rounded to doubles at the end."""
    with mpmath.workdps(50):
        v = [mpmath.mpf(float(entry)) for entry in v]
        u = [[mpmath.mpf(float(entry)) for entry in row] for row in u]
        exponentials = [mpmath.exp(mpmath.fdot(row, v)) for row in u]
        total = mpmath.fsum(exponentials)
        loss = -mpmath.log(exponentials[o] / total)
        residual = [e / total - (x == o) for x, e in enumerate(exponentials)]
        grad_center = [mpmath.fdot(residual, column) for column in zip(*u, strict=True)]
        grad_outside = [[float(r * entry) for entry in v] for r in residual]
        return float(loss), [float(g) for g in grad_center], grad_outside


# Entries whose products are exact in binary, so that only the function can lose digits.
LARGE_CENTER = [40.0, -40.0]
LARGE_OUTSIDE = [[10.0, -10.0], [-10.0, 10.0], [10.0, -9.75], [0.5, 0.25], [10.0, -10.0]]


@pytest.mark.parametrize("word", range(5))
def test_naive_softmax_agrees_with_fifty_digits_at_scores_of_800(word):
    found = naive_softmax(LARGE_CENTER, word, LARGE_OUTSIDE)
    for part, expected in zip(
        found, mp_naive_softmax(LARGE_CENTER, word, LARGE_OUTSIDE), strict=True
    ):
        assert_close(part, expected, 1e-14)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", [0.01, 1, 10])
def test_naive_softmax_agrees_with_fifty_digits(seed, scale):
    v, o, u = draw(5, 3, seed, scale)
    for part, expected in zip(naive_softmax(v, o, u), mp_naive_softmax(v, o, u), strict=True):
        assert_close(part, expected, 2e-14)


def test_naive_softmax_is_exact_at_a_gap_of_1600_without_a_warning():
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        loss, grad_center, grad_outside = naive_softmax([1.0], 1, [[800.0], [-800.0]])
    assert loss == 1600
    assert grad_center.tolist() == [1600]
    assert grad_outside.tolist() == [[1], [-1]]


@reproducible
@given(words=sizes, dimension=sizes, seed=seeds)
def test_naive_softmax_gradient_columns_sum_to_zero(words, dimension, seed):
    grad_outside = naive_softmax(*draw(words, dimension, seed))[2]
    assert_close(grad_outside.sum(axis=0), np.zeros(dimension), 1e-14)


@reproducible
@given(words=sizes, dimension=sizes, seed=seeds)
def test_naive_softmax_ignores_a_vector_added_to_every_outside_row(words, dimension, seed):
    v, o, u = draw(words, dimension, seed)
    shift = np.random.default_rng(seed + 1).normal(size=dimension)
    for part, expected in zip(naive_softmax(v, o, u + shift), naive_softmax(v, o, u), strict=True):
        assert_close(part, expected)


@reproducible
@given(words=sizes, dimension=sizes, seed=seeds)
def test_naive_softmax_does_not_care_how_words_are_numbered(words, dimension, seed):
    v, o, u = draw(words, dimension, seed)
    order = np.random.default_rng(seed + 1).permutation(words)
    loss, grad_center, grad_outside = naive_softmax(v, o, u)
    renumbered = naive_softmax(v, int(np.flatnonzero(order == o)[0]), u[order])
    assert_close(renumbered[0], loss)
    assert_close(renumbered[1], grad_center)
    assert_close(renumbered[2], grad_outside[order])


def test_naive_softmax_passes_its_own_gradient_check_where_all_scores_are_equal():
    v, outside = np.array([0.3, -0.2, 1.0]), np.zeros((4, 3))
    check_gradient(lambda x: naive_softmax(v, 2, x)[::2], outside)
    check_gradient(lambda x: naive_softmax(x, 2, outside + np.eye(4, 3))[:2], v)


# --- naive_softmax: types and arguments --------------------------------------------------------


@pytest.mark.parametrize("center_type", [np.float32, np.float64])
@pytest.mark.parametrize("outside_type", [np.float32, np.float64])
def test_naive_softmax_gradients_have_type_and_shape_of_their_variables(center_type, outside_type):
    v, o, u = draw(4, 3, 0)
    loss, grad_center, grad_outside = naive_softmax(
        v.astype(center_type), o, u.astype(outside_type)
    )
    assert type(loss) is float
    assert (grad_center.dtype, grad_center.shape) == (center_type, (3,))
    assert (grad_outside.dtype, grad_outside.shape) == (outside_type, (4, 3))
    exact = naive_softmax(v, o, u)
    for part, expected in zip((loss, grad_center, grad_outside), exact, strict=True):
        assert_close(part, expected, 1e-5)


def test_naive_softmax_leaves_its_arguments_alone():
    v, o, u = draw(4, 3, 0)
    before = v.copy(), u.copy()
    naive_softmax(read_only(v), o, read_only(u))
    assert np.array_equal(v, before[0])
    assert np.array_equal(u, before[1])


def test_naive_softmax_accepts_lists_integers_and_numpy_indices():
    loss, grad_center, grad_outside = naive_softmax([1, 2], np.int32(1), [[1, 0], [0, 1], [2, 2]])
    expected = naive_softmax(np.array([1.0, 2.0]), 1, np.array([[1.0, 0], [0, 1], [2, 2]]))
    assert grad_center.dtype == grad_outside.dtype == np.float64
    for part, other in zip((loss, grad_center, grad_outside), expected, strict=True):
        assert_close(part, other, 1e-15)


@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"outside_word": 3}, IndexError, "outside_word"),
        ({"outside_word": -1}, IndexError, "outside_word"),
        ({"outside_word": 1.0}, TypeError, "outside_word"),
        ({"outside_word": "cat"}, TypeError, "outside_word"),
        ({"center_vector": ["a", "b"]}, TypeError, "center_vector"),
        ({"outside": [["a", "b"]] * 3}, TypeError, "outside"),
        ({"center_vector": [1.0, 2.0, 3.0]}, ValueError, "center_vector"),
        ({"center_vector": [[1.0], [2.0]]}, ValueError, "center_vector"),
        ({"center_vector": []}, ValueError, "center_vector"),
        ({"center_vector": [1.0, np.nan]}, ValueError, r"center_vector\[1\]"),
        ({"outside": [1.0, 2.0]}, ValueError, "outside"),
        ({"outside": np.empty((0, 2))}, ValueError, "outside"),
        ({"outside": [[0, 0], [0, np.inf], [0, 0]]}, ValueError, r"outside\[1, 1\]"),
        (
            {"outside": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], "outside_word": 0},
            ValueError,
            "transposed",
        ),
    ],
)
def test_naive_softmax_names_the_argument_that_is_wrong(changes, error, named):
    arguments = {"center_vector": [1.0, 2.0], "outside_word": 0, "outside": np.zeros((3, 2))}
    with pytest.raises(error, match=named):
        naive_softmax(**(arguments | changes))


@pytest.mark.filterwarnings("ignore:overflow")
def test_naive_softmax_refuses_scores_that_overflow_instead_of_returning_nan():
    with pytest.raises(ValueError, match="overflow"):
        naive_softmax([1e200], 0, [[1e200], [1.0]])
