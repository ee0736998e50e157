"""The gradient checker must be right, and must be impossible to satisfy with a wrong gradient."""

import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import w2v
from w2v import GradientError, central_difference, check_gradient, complex_step

reproducible = settings(derandomize=True, deadline=None, max_examples=50)
METHODS = ("complex", "difference")


def loss_of(x):
    return (np.exp(x) * np.arange(1, x.size + 1).reshape(x.shape)).sum() + (x**3).sum()


def gradient_of(x):
    return np.exp(x) * np.arange(1, x.size + 1).reshape(x.shape) + 3 * x**2


def right(x):
    return loss_of(x), gradient_of(x)


def wrong(change):
    """A function whose loss is right and whose gradient `change` has spoilt."""
    return lambda x: (loss_of(x), change(gradient_of(x.real)))


# --- the two derivatives -----------------------------------------------------------------------


@reproducible
@given(
    shape=st.lists(st.integers(1, 4), min_size=0, max_size=3).map(tuple),
    seed=st.integers(0, 10**6),
)
def test_both_derivatives_are_right_for_every_shape(shape, seed):
    x = np.random.default_rng(seed).normal(size=shape)
    exact = gradient_of(x)
    for found, tolerance in (
        (complex_step(loss_of, x), 1e-14),
        (central_difference(loss_of, x), 1e-9),
    ):
        assert found.shape == shape
        assert found.dtype == np.float64
        assert np.abs(found - exact).max() <= tolerance * np.abs(exact).max()


@pytest.mark.parametrize("derivative", [complex_step, central_difference])
def test_derivatives_leave_x_alone_even_if_the_function_does_not(derivative):
    x = np.array([1.0, 2.0])
    x.flags.writeable = False

    def careless(point):
        result = (point**2).sum()
        point[:] = 1000
        return result

    assert derivative(careless, x).round(6).tolist() == [2, 4]
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("derivative", [complex_step, central_difference])
def test_derivatives_accept_lists_and_integers(derivative):
    assert derivative(lambda x: (x**3).sum(), [1, 2]).round(6).tolist() == [3, 12]


def test_the_complex_step_has_no_cancellation_where_differences_lose_half_their_digits():
    exact = np.exp(1.5) / np.sqrt(np.sin(1.5) ** 3 + np.cos(1.5) ** 3)
    exact *= 1 - 1.5 * (np.sin(1.5) ** 2 * np.cos(1.5) - np.cos(1.5) ** 2 * np.sin(1.5)) / (
        np.sin(1.5) ** 3 + np.cos(1.5) ** 3
    )
    found = complex_step(lambda x: np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3), 1.5)
    assert float(found) == pytest.approx(exact, rel=1e-14)


def test_the_step_of_a_central_difference_is_the_one_that_is_asked_for():
    visited = []
    central_difference(lambda x: visited.append(float(x[0])) or 0.0, [1.0], step=0.5)
    assert max(visited) == 1.5
    assert min(visited) == 0.5


@pytest.mark.parametrize(
    "function",
    [lambda x: np.abs(x).sum(), lambda x: float((x**2).sum()), lambda x: x.real.sum()],
    ids=["abs", "float", "real"],
)
def test_a_function_that_drops_the_imaginary_part_is_refused(function):
    """Its derivative would be 0 or wrong without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        with pytest.raises(TypeError, match='"difference"'):
            complex_step(function, [1.0, -2.0])
        with pytest.raises(TypeError, match='"difference"'):
            check_gradient(lambda x: (function(x), np.sign(x.real)), [1.0, -2.0])


def test_differences_take_functions_that_are_not_analytic():
    assert central_difference(lambda x: np.abs(x).sum(), [1.0, -2.0]).round(8).tolist() == [1, -1]
    check_gradient(lambda x: (float(np.abs(x).sum()), np.sign(x)), [1.0, -2.0], "difference")


@pytest.mark.parametrize(
    "function", [complex_step, central_difference, lambda f, x: check_gradient(lambda y: f(y), x)]
)
@pytest.mark.parametrize("x", [[], [np.nan], [np.inf, 1.0], [1j]])
def test_a_point_where_nothing_can_be_measured_is_refused(function, x):
    with pytest.raises(ValueError, match="`x`"):
        function(lambda y: (y.sum(), y), x)


# --- check_gradient passes what is right -------------------------------------------------------


@reproducible
@given(
    shape=st.lists(st.integers(1, 4), min_size=0, max_size=2).map(tuple),
    seed=st.integers(0, 10**6),
    method=st.sampled_from(METHODS),
    scale=st.sampled_from([1e-6, 1.0, 1e6]),
)
def test_a_true_gradient_passes_at_every_scale(shape, seed, method, scale):
    x = np.random.default_rng(seed).normal(size=shape)
    difference = check_gradient(lambda y: (scale * loss_of(y), scale * gradient_of(y)), x, method)
    assert type(difference) is float
    assert 0 <= difference <= (1e-12 if method == "complex" else 1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_the_gradients_of_the_package_pass(method):
    rng = np.random.default_rng(0)
    v, table = rng.normal(size=3), rng.normal(size=(5, 3))
    drawn = [0, 4, 4]
    for function, x in [
        (lambda x: w2v.naive_softmax(x, 1, table), v),
        (lambda x: w2v.naive_softmax(v, 1, x)[::2], table),
        (lambda x: w2v.negative_sampling(x, 0, table, drawn), v),
        (lambda x: w2v.negative_sampling(v, 0, x, drawn)[::2], table),
        (lambda x: w2v.skip_gram(2, [1, 1, 2], x, table), table),
        (lambda x: w2v.skip_gram(2, [1, 1, 2], table, x)[::2], table),
    ]:
        check_gradient(function, x, method)


def test_further_results_are_ignored_and_x_may_be_a_list():
    check_gradient(lambda x: (*right(x), "more", None), [1, 2])


def test_x_is_used_in_float64():
    seen = []

    def watched(x):
        seen.append(x.dtype)
        return right(x)

    check_gradient(watched, np.ones(2, np.float32), "difference")
    assert set(seen) == {np.dtype(np.float64)}


def test_the_tolerance_decides():
    nearly = wrong(lambda g: g * (1 + 1e-6))
    with pytest.raises(GradientError):
        check_gradient(nearly, [1.0, 2.0])
    assert check_gradient(nearly, [1.0, 2.0], tolerance=1e-5) == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize(("method", "error"), [("complex", 1e-10), ("difference", 1e-5)])
def test_the_default_tolerance_is_near_what_the_method_can_see(method, error):
    with pytest.raises(GradientError):
        check_gradient(wrong(lambda g: g * (1 + error)), [1.0, 2.0], method)


def test_digits_that_rounding_alone_has_taken_are_no_error():
    """At a nearly certain word the gradient, y_hat - 1, is 2e-9 and right to seven digits."""
    check_gradient(lambda x: w2v.naive_softmax([1.0], 0, x)[::2], [[20.0], [0.0]])


# --- check_gradient catches what is wrong ------------------------------------------------------

X = np.array([[0.5, -1.0, 0.25], [1.5, 0.1, -0.3]])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("change", "ratio"),
    [(lambda g: -g, -1), (lambda g: g / 2, 0.5), (lambda g: 3 * g, 3), (lambda g: 0 * g, 0)],
    ids=["flipped sign", "missing factor 2", "extra factor 3", "zero"],
)
def test_a_wrong_factor_is_caught_with_entry_amount_and_ratio(method, change, ratio):
    exact = gradient_of(X)
    worst = tuple(int(i) for i in np.unravel_index(np.abs(exact).argmax(), exact.shape))
    with pytest.raises(GradientError) as caught:
        check_gradient(wrong(change), X, method)
    assert caught.value.index == worst
    assert caught.value.claimed == pytest.approx(ratio * exact[worst])
    assert caught.value.expected == pytest.approx(exact[worst])
    message = str(caught.value)
    assert f"entry {worst} of the gradient is {ratio * exact[worst]:.6g}" in message
    assert f"changes by {exact[worst]:.6g}" in message
    assert f"off by {(ratio - 1) * exact[worst]:.6g}" in message


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("place", list(np.ndindex(X.shape)))
@pytest.mark.parametrize("amount", [1e-5, -0.5, 1e3])
def test_one_wrong_entry_is_found_wherever_it_stands(method, place, amount):
    def change(gradient):
        gradient[place] += amount
        return gradient

    with pytest.raises(GradientError, match=re.escape(f"entry {place}")) as caught:
        check_gradient(wrong(change), X, method)
    assert caught.value.index == place
    assert caught.value.claimed - caught.value.expected == pytest.approx(amount, rel=1e-3)


def test_the_entry_of_a_vector_is_named_by_one_number():
    with pytest.raises(GradientError, match=r"entry 1 of the gradient is 3, .* changes by 6") as c:
        check_gradient(lambda x: ((x**2).sum(), x.real), [1.0, 3.0])
    assert c.value.index == (1,)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_entry_that_is_not_finite_is_caught(method, value):
    """NaN is neither more nor less than any tolerance: comparisons alone would pass it."""

    def change(gradient):
        gradient[1, 0] = value
        return gradient

    with pytest.raises(GradientError, match=re.escape("entry (1, 0)")) as caught:
        check_gradient(wrong(change), X, method)
    assert caught.value.index == (1, 0)


def test_a_loss_that_becomes_nan_beside_the_point_is_caught():
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(GradientError, match="measured derivative"),
    ):
        check_gradient(lambda x: (np.sqrt(x).sum(), 0 * x + 1), [0.0, 1.0], "difference")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "change",
    [
        lambda g: g.T,
        lambda g: g.ravel(),
        lambda g: g[..., None],
        lambda g: g[:1],
        lambda g: g.sum(),
    ],
    ids=["transposed", "flat", "one more axis", "one row", "a number"],
)
def test_a_gradient_of_another_shape_is_caught_even_if_it_would_broadcast(method, change):
    with pytest.raises(GradientError, match=r"shape .*shape \(2, 3\)") as caught:
        check_gradient(wrong(change), X, method)
    assert caught.value.index is None


@pytest.mark.parametrize("method", METHODS)
def test_a_column_is_not_taken_for_a_vector(method):
    """(d,) - (d, 1) broadcasts to (d, d): a difference that means nothing."""
    with pytest.raises(GradientError, match=r"\(3, 1\).*\(3,\)"):
        check_gradient(wrong(lambda g: g[:, None]), [1.0, 1.0, 1.0], method)


@pytest.mark.parametrize("method", METHODS)
def test_a_transposed_gradient_of_a_square_table_is_caught(method):
    with pytest.raises(GradientError):
        check_gradient(wrong(lambda g: g.T), X[:, :2], method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", [0.0, 5.0, 1e6])
def test_a_constant_loss_with_a_zero_gradient_proves_nothing_and_fails(method, level):
    with pytest.raises(GradientError):
        check_gradient(lambda x: (level + (0 * x).sum(), np.zeros(x.shape)), X, method)


def test_a_literal_zero_does_not_pass_for_a_loss():
    with pytest.raises(GradientError):
        check_gradient(lambda x: (0.0, np.zeros(x.shape)), X, "difference")
    with pytest.raises((GradientError, TypeError)):
        check_gradient(lambda x: (0.0, np.zeros(x.shape)), X)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_loss_with_a_gradient_is_caught(method):
    def change(x):
        gradient = np.zeros(x.shape)
        gradient[0, 2] = 0.125
        return (0 * x).sum(), gradient

    with pytest.raises(GradientError) as caught:
        check_gradient(change, X, method)
    assert caught.value.index == (0, 2)
    assert (caught.value.claimed, caught.value.expected) == (0.125, 0)


def test_a_gradient_error_is_an_assertion_error():
    """So that test runners count it as a failure and not as a crash."""
    assert issubclass(GradientError, AssertionError)


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(ValueError, match=r"method.*forward"):
        check_gradient(right, X, "forward")
