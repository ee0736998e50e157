"""Negative sampling against independent derivatives, 50-digit arithmetic and its own laws."""

import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close, derivative, read_only

from w2v import check_gradient, complex_step, log_sigmoid, negative_sampling, sigmoid

reproducible = settings(derandomize=True, deadline=None, max_examples=80)
sizes = st.integers(1, 6)
seeds = st.integers(0, 10**6)


def plain_loss(center_vector, outside_word, outside, negatives):
    """Equation (45) as it is written, safe for small scores only."""
    loss = np.log(1 + np.exp(-(outside[outside_word] @ center_vector)))
    for word in negatives:
        loss = loss + np.log(1 + np.exp(outside[word] @ center_vector))
    return loss


def draw(words, dimension, negatives, seed):
    """With V of a few words, repeats and the outside word among the negatives are common."""
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=dimension),
        int(rng.integers(words)),
        rng.normal(size=(words, dimension)),
        rng.integers(words, size=negatives),
    )


# --- sigmoid and log_sigmoid -------------------------------------------------------------------


@pytest.mark.parametrize("x", [-745, -700, -37.5, -1, -1e-9, 0, 1e-9, 1, 37.5, 700])
def test_sigmoid_and_its_logarithm_agree_with_fifty_digits(x):
    """To the last digits also in the tails: 1 - sigmoid would lose all of them."""
    with mpmath.workdps(50):
        exact = 1 / (1 + mpmath.exp(-mpmath.mpf(x)))
        exact, logarithm = float(exact), float(mpmath.log(exact))
    assert float(sigmoid(x)) == pytest.approx(exact, rel=1e-15, abs=1e-323)
    assert float(log_sigmoid(x)) == pytest.approx(logarithm, rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_its_logarithm_are_exact_at_800_without_a_warning(dtype):
    x = np.array([-800, 800], dtype=dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        assert sigmoid(x).tolist() == [0, 1]
        assert log_sigmoid(x).tolist() == [-800, 0]


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_sigmoid_keeps_shape_and_type(function, dtype, shape):
    result = function(np.ones(shape, dtype))
    assert result.shape == shape
    assert result.dtype == dtype


@pytest.mark.parametrize("function", [sigmoid, log_sigmoid])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.uint64])
def test_sigmoid_turns_integers_of_every_width_into_float64(function, dtype):
    """-x wraps around for unsigned integers, and narrow ones would give half precision."""
    x = np.array([0, 1, 100], dtype=dtype)
    result = function(x)
    assert result.dtype == np.float64
    assert_close(result, function(x.astype(float)), 1e-15)


def test_sigmoid_of_the_smallest_int8_does_not_wrap_around():
    assert log_sigmoid(np.array([-128], dtype=np.int8)).tolist() == [-128.0]


def test_sigmoid_accepts_numbers_and_lists_and_leaves_arrays_alone():
    x = read_only(np.array([-1.0, 0.0, 2.0]))
    assert_close(sigmoid([-1, 0, 2]), sigmoid(x))
    assert_close(log_sigmoid([-1, 0, 2]), log_sigmoid(x))
    assert float(sigmoid(0)) == 0.5


@pytest.mark.parametrize("x", [-800.0, -2.0, 0.0, 0.5, 800.0])
def test_sigmoid_lets_the_complex_step_through(x):
    slope = float(sigmoid(x)) * float(sigmoid(-x))
    assert_close(complex_step(lambda z: sigmoid(z)[0], [x]), [slope], 1e-15)
    assert_close(complex_step(lambda z: log_sigmoid(z)[0], [x]), [float(sigmoid(-x))], 1e-15)


# --- negative_sampling: loss and gradients -----------------------------------------------------


@reproducible
@given(words=sizes, dimension=sizes, negatives=sizes, seed=seeds)
@example(words=1, dimension=3, negatives=4, seed=0)
@example(words=4, dimension=1, negatives=1, seed=0)
@example(words=2, dimension=5, negatives=6, seed=0)
@example(words=6, dimension=2, negatives=6, seed=0)
def test_negative_sampling_gradients_are_the_derivatives_of_the_plain_loss(
    words, dimension, negatives, seed
):
    v, o, u, drawn = draw(words, dimension, negatives, seed)
    loss, grad_center, grad_outside = negative_sampling(v, o, u, drawn)
    assert_close(loss, plain_loss(v, o, u, drawn))
    assert_close(grad_center, derivative(lambda x: plain_loss(x, o, u, drawn), v))
    assert_close(grad_outside, derivative(lambda x: plain_loss(v, o, x, drawn), u))


@pytest.mark.parametrize(
    "negatives",
    [[1, 2, 3], [2, 2, 2], [0, 1, 2], [0, 0, 0], [1, 0, 1, 0, 3]],
    ids=["distinct", "repeated", "o among them", "only o", "mixed"],
)
def test_every_kind_of_negatives_has_the_right_gradient(negatives):
    v, _, u, _ = draw(4, 3, 1, seed=5)
    loss, grad_center, grad_outside = negative_sampling(v, 0, u, negatives)
    assert_close(loss, plain_loss(v, 0, u, negatives))
    assert_close(grad_center, derivative(lambda x: plain_loss(x, 0, u, negatives), v))
    assert_close(grad_outside, derivative(lambda x: plain_loss(v, 0, x, negatives), u))


@reproducible
@given(words=sizes, dimension=sizes, negatives=sizes, seed=seeds)
def test_each_row_obeys_the_law_for_repeats(words, dimension, negatives, seed):
    v, o, u, drawn = draw(words, dimension, negatives, seed)
    grad_outside = negative_sampling(v, o, u, drawn)[2]
    for x in range(words):
        score = float(u[x] @ v)
        times = drawn.tolist().count(x)
        share = times / (1 + np.exp(-score)) - (x == o) / (1 + np.exp(score))
        assert_close(grad_outside[x], share * v)
        if x != o and not times:
            assert not grad_outside[x].any()


def mp_negative_sampling(v, o, u, negatives):
    """Loss and gradients with 50 digits, rounded to doubles at the end."""
    with mpmath.workdps(50):
        v = [mpmath.mpf(float(entry)) for entry in v]
        u = [[mpmath.mpf(float(entry)) for entry in row] for row in u]
        loss = mpmath.mpf(0)
        grad_center = [mpmath.mpf(0)] * len(v)
        grad_outside = [[mpmath.mpf(0)] * len(v) for _ in u]
        for word, sign in [(o, 1), *((int(word), -1) for word in negatives)]:
            score = sign * mpmath.fdot(u[word], v)
            loss += mpmath.log1p(mpmath.exp(-score))
            slope = -sign / (1 + mpmath.exp(score))
            grad_center = [g + slope * entry for g, entry in zip(grad_center, u[word], strict=True)]
            grad_outside[word] = [
                g + slope * entry for g, entry in zip(grad_outside[word], v, strict=True)
            ]
        return (
            float(loss),
            [float(g) for g in grad_center],
            [[float(g) for g in row] for row in grad_outside],
        )


@pytest.mark.parametrize("word", range(4))
@pytest.mark.parametrize("negatives", [[0], [1], [2, 2, 1], [0, 1, 2, 3, 0]])
def test_negative_sampling_agrees_with_fifty_digits_at_scores_of_800(word, negatives):
    # Entries whose products are exact in binary, so that only the function can lose digits.
    v = [40.0, -40.0]
    u = [[10.0, -10.0], [-10.0, 10.0], [0.5, 0.25], [0.5, -0.5]]
    found = negative_sampling(v, word, u, negatives)
    for part, expected in zip(found, mp_negative_sampling(v, word, u, negatives), strict=True):
        assert_close(part, expected, 1e-14)


def test_a_nearly_certain_pair_keeps_the_digits_of_its_tiny_gradient():
    """sigma(-40) is 4e-18: computed as 1 - sigma(40) it would be 0."""
    found = negative_sampling([1.0], 0, [[40.0], [-40.0]], [1])
    for part, expected in zip(
        found, mp_negative_sampling([1.0], 0, [[40.0], [-40.0]], [1]), strict=True
    ):
        np.testing.assert_allclose(part, expected, rtol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_negative_sampling_agrees_with_fifty_digits(seed):
    arguments = draw(5, 3, 4, seed)
    for part, expected in zip(
        negative_sampling(*arguments), mp_negative_sampling(*arguments), strict=True
    ):
        assert_close(part, expected, 1e-14)


def test_negative_sampling_is_exact_at_a_gap_of_1600_without_a_warning():
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        loss, grad_center, grad_outside = negative_sampling([1.0], 0, [[-800.0], [800.0]], [1])
        certain = negative_sampling([1.0], 1, [[-800.0], [800.0]], [0])
    assert loss == 1600
    assert grad_center.tolist() == [1600]
    assert grad_outside.tolist() == [[-1], [1]]
    assert certain[0] == 0
    assert not certain[1].any()
    assert not certain[2].any()


@reproducible
@given(words=sizes, dimension=sizes, negatives=sizes, seed=seeds)
def test_negative_sampling_does_not_care_how_words_are_numbered(words, dimension, negatives, seed):
    v, o, u, drawn = draw(words, dimension, negatives, seed)
    order = np.random.default_rng(seed + 1).permutation(words)
    number = np.argsort(order)  # new number of each word
    loss, grad_center, grad_outside = negative_sampling(v, o, u, drawn)
    renumbered = negative_sampling(v, int(number[o]), u[order], number[drawn][::-1])
    assert_close(renumbered[0], loss)
    assert_close(renumbered[1], grad_center)
    assert_close(renumbered[2], grad_outside[order])


def test_negative_sampling_passes_its_own_gradient_check_where_all_scores_are_zero():
    v, outside = np.array([0.3, -0.2, 1.0]), np.zeros((4, 3))
    check_gradient(lambda x: negative_sampling(v, 2, x, [0, 2, 0])[::2], outside)
    check_gradient(lambda x: negative_sampling(x, 2, np.eye(4, 3), [0, 2, 0])[:2], v)


# --- negative_sampling: types and arguments ----------------------------------------------------


@pytest.mark.parametrize("center_type", [np.float32, np.float64])
@pytest.mark.parametrize("outside_type", [np.float32, np.float64])
def test_negative_sampling_gradients_have_type_and_shape_of_their_variables(
    center_type, outside_type
):
    v, o, u, drawn = draw(4, 3, 5, 0)
    loss, grad_center, grad_outside = negative_sampling(
        v.astype(center_type), o, u.astype(outside_type), drawn
    )
    assert type(loss) is float
    assert (grad_center.dtype, grad_center.shape) == (center_type, (3,))
    assert (grad_outside.dtype, grad_outside.shape) == (outside_type, (4, 3))
    exact = negative_sampling(v, o, u, drawn)
    for part, expected in zip((loss, grad_center, grad_outside), exact, strict=True):
        assert_close(part, expected, 1e-5)


def test_negative_sampling_leaves_its_arguments_alone():
    v, o, u, drawn = draw(4, 3, 5, 0)
    before = v.copy(), u.copy(), drawn.copy()
    negative_sampling(read_only(v), o, read_only(u), read_only(drawn))
    for array, copy in zip((v, u, drawn), before, strict=True):
        assert np.array_equal(array, copy)


def test_negative_sampling_accepts_lists_and_integers():
    found = negative_sampling([1, 2], np.int64(1), [[1, 0], [0, 1], [2, -2]], (2, 0))
    expected = negative_sampling(
        np.array([1.0, 2.0]), 1, np.array([[1.0, 0], [0, 1], [2, -2]]), np.array([2, 0], np.int16)
    )
    assert found[1].dtype == found[2].dtype == np.float64
    for part, other in zip(found, expected, strict=True):
        assert_close(part, other, 1e-15)


@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"outside_word": 3}, IndexError, "outside_word"),
        ({"outside_word": -1}, IndexError, "outside_word"),
        ({"outside_word": 0.0}, TypeError, "outside_word"),
        ({"negatives": [0, 3]}, IndexError, r"negatives\[1\]"),
        ({"negatives": [-1, 0]}, IndexError, r"negatives\[0\]"),
        ({"negatives": [0.0, 1.0]}, TypeError, "negatives"),
        ({"negatives": ["the"]}, TypeError, "negatives"),
        ({"negatives": []}, ValueError, "negatives"),
        ({"negatives": [[0], [1]]}, ValueError, "negatives"),
        ({"negatives": 1}, ValueError, "negatives"),
        ({"center_vector": [1.0, 2.0, 3.0]}, ValueError, "center_vector"),
        ({"center_vector": [np.inf, 0.0]}, ValueError, r"center_vector\[0\]"),
        ({"outside": [[0, 0], [0, np.nan], [0, 0]]}, ValueError, r"outside\[1, 1\]"),
        ({"center_vector": ["a", "b"]}, TypeError, "center_vector"),
    ],
)
def test_negative_sampling_names_the_argument_that_is_wrong(changes, error, named):
    arguments = {
        "center_vector": [1.0, 2.0],
        "outside_word": 0,
        "outside": np.zeros((3, 2)),
        "negatives": [1, 2],
    }
    with pytest.raises(error, match=named):
        negative_sampling(**(arguments | changes))


@pytest.mark.filterwarnings("ignore:overflow")
def test_negative_sampling_refuses_scores_that_overflow_instead_of_returning_nan():
    with pytest.raises(ValueError, match="overflow"):
        negative_sampling([1e200], 0, [[1e200], [1.0]], [1])
