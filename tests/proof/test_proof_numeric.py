"""The derived formulas, executed, against the package's NumPy and against mpmath."""

import mpmath
import numpy as np
import pytest
from sympy import Integer

from w2v import naive_softmax, negative_sampling, skip_gram
from w2v.proof import (
    C,
    J_negative,
    J_softmax,
    K,
    U,
    V,
    d,
    delta,
    evaluate,
    grad,
    negative,
    o,
    over,
    p,
    r,
    score,
    u,
    v,
    w,
    x,
    y_hat,
)
from w2v.proof.equations import f

BY_CENTER, BY_TABLE = grad(J_softmax, v), grad(J_softmax, U)
NEGATIVE_BY_CENTER, NEGATIVE_BY_TABLE = grad(J_negative, v), grad(J_negative, U)
_LOSSES = {"softmax": f._window_loss(f._softmax), "negative": f._window_loss(f._sampling)}
WINDOWS = {
    name: (loss, grad(loss, f._v), grad(loss, U), grad(loss, C)) for name, loss in _LOSSES.items()
}


def close(found, expected, tolerance=1e-12):
    found, expected = np.asarray(found, dtype=float), np.asarray(expected)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= tolerance * max(1, np.abs(expected).max())


def point(seed):
    """A vocabulary of few words, so that repeats and o among the negatives are common."""
    rng = np.random.default_rng(seed)
    dimension, words = [(2, 5), (4, 3), (1, 4), (5, 2), (3, 7), (6, 2)][seed % 6]
    return {
        "U": rng.normal(size=(dimension, words)) / 2,
        "v": rng.normal(size=dimension),
        "o": int(rng.integers(words)),
        "negatives": rng.integers(words, size=1 + seed % 5),
    }


POINTS = range(6)


def test_the_points_have_repeats_and_the_outside_word_among_the_negatives():
    points = [point(seed) for seed in POINTS]
    assert any(len(set(at["negatives"])) < len(at["negatives"]) for at in points)
    assert any(at["o"] in at["negatives"] for at in points)
    assert any(at["o"] not in at["negatives"] for at in points)
    assert all(at["U"].shape[0] != at["U"].shape[1] for at in points)


@pytest.mark.parametrize("seed", POINTS)
def test_naive_softmax_computes_the_derived_gradients(seed):
    at = point(seed)
    loss, by_center, by_outside = naive_softmax(at["v"], at["o"], at["U"].T)
    close(evaluate(J_softmax, **at), loss)
    close(evaluate(BY_CENTER, **at), by_center)
    close(evaluate(BY_TABLE, **at), by_outside.T)
    for word in {0, at["o"], at["U"].shape[1] - 1}:
        close(evaluate(grad(J_softmax, u(w)), w=word, **at), by_outside[word])


@pytest.mark.parametrize("seed", POINTS)
def test_negative_sampling_computes_the_derived_gradients(seed):
    at = point(seed)
    loss, by_center, by_outside = negative_sampling(at["v"], at["o"], at["U"].T, at["negatives"])
    close(evaluate(J_negative, **at), loss)
    close(evaluate(NEGATIVE_BY_CENTER, **at), by_center)
    close(evaluate(NEGATIVE_BY_TABLE, **at), by_outside.T)
    close(evaluate(grad(J_negative, u(o)), **at), by_outside[at["o"]])
    for word in {0, at["o"], at["negatives"][0]}:
        close(evaluate(grad(J_negative, u(x)), x=word, **at), by_outside[word])
        close(evaluate(grad(J_negative, u(w)), w=word, **at), by_outside[word])
    for place in {0, len(at["negatives"]) - 1}:
        word = at["negatives"][place]
        close(evaluate(grad(J_negative, u(negative(r))), r=place, **at), by_outside[word])


@pytest.mark.parametrize("m", [1, 2, 3])
@pytest.mark.parametrize("loss", ["softmax", "negative"])
def test_skip_gram_computes_the_derived_gradients(loss, m):
    at = point(m)
    rng = np.random.default_rng(m)
    words = at["U"].shape[1]
    center = rng.normal(size=at["U"].shape) / 2
    chosen = rng.integers(words, size=2 * m)
    places = [*range(-m, 0), *range(1, m + 1)]
    c = int(rng.integers(words))
    extra = {} if loss == "softmax" else {"negatives": at["negatives"]}
    pair_loss = naive_softmax if loss == "softmax" else negative_sampling
    value, by_center, by_outside = skip_gram(
        c, chosen, center.T, at["U"].T, pair_loss=pair_loss, **extra
    )
    known = {
        **{"U": at["U"], "C": center, "c": c},
        "context": dict(zip(places, map(int, chosen), strict=True)),
        **extra,
    }
    window, by_column, by_table, by_all_columns = WINDOWS[loss]
    close(evaluate(window, **known), value)
    close(evaluate(by_column, **known), by_center[c])
    close(evaluate(by_all_columns, **known), by_center.T)
    close(evaluate(by_table, **known), by_outside.T)


@pytest.mark.parametrize("score", [-800.0, -40.0, -5.0, 5.0, 20.0, 40.0])
def test_large_scores_want_digits_and_get_them(score):
    """The normal form has log(1 - sigma(score)), where float64 runs out of digits."""
    at = {"U": [[0.0, score]], "v": [1.0], "o": 0, "negatives": [1]}
    loss, by_center, _ = negative_sampling(at["v"], 0, np.array(at["U"]).T, [1])
    close(np.float64(evaluate(J_negative, digits=400, **at)), loss)
    exact = evaluate(NEGATIVE_BY_CENTER, digits=400, **at)
    close(np.array([float(entry) for entry in exact]), by_center)


def test_a_vocabulary_of_one_word_keeps_the_shape_of_the_table():
    at = {"U": [[1.0], [2.0]], "v": [0.5, -1.0], "o": 0}
    assert evaluate(BY_CENTER, **at).shape == (2,)
    assert evaluate(BY_TABLE, **at).shape == (2, 1)


# --- fifty digits ------------------------------------------------------------------------------


def exact(at):
    """The losses by mpmath, of the vector v and the table U as flat lists."""
    dimension, words = at["U"].shape
    table = [[mpmath.mpf(float(entry)) for entry in row] for row in at["U"]]
    vector = [mpmath.mpf(float(entry)) for entry in at["v"]]

    def score(word, table, vector):
        return mpmath.fsum(table[i][word] * vector[i] for i in range(dimension))

    def softmax(table, vector):
        scores = [score(word, table, vector) for word in range(words)]
        return -scores[at["o"]] + mpmath.log(mpmath.fsum(map(mpmath.exp, scores)))

    def sampling(table, vector):
        total = mpmath.log(1 + mpmath.exp(-score(at["o"], table, vector)))
        return total + mpmath.fsum(
            mpmath.log(1 + mpmath.exp(score(word, table, vector))) for word in at["negatives"]
        )

    return table, vector, {"softmax": softmax, "negative": sampling}


@pytest.mark.parametrize("seed", [0, 1, 4])
@pytest.mark.parametrize("name", ["softmax", "negative"])
def test_fifty_digits_agree_with_a_numerical_derivative(name, seed):
    at = point(seed)
    by_center, by_table = {
        "softmax": (BY_CENTER, BY_TABLE),
        "negative": (NEGATIVE_BY_CENTER, NEGATIVE_BY_TABLE),
    }[name]
    found_center = evaluate(by_center, digits=50, **at)
    found_table = evaluate(by_table, digits=50, **at)
    assert isinstance(found_center[0], mpmath.mpf)
    with mpmath.workdps(50):
        table, vector, losses = exact(at)
        loss = losses[name]
        value = evaluate(J_softmax if name == "softmax" else J_negative, digits=50, **at)
        assert abs(value - loss(table, vector)) < mpmath.mpf(10) ** -45
        for i in range(len(vector)):

            def along(step, i=i):
                return loss(table, [entry + step * (i == k) for k, entry in enumerate(vector)])

            assert abs(found_center[i] - mpmath.diff(along, 0)) < mpmath.mpf(10) ** -40
        for i, word in [(0, 0), (len(vector) - 1, at["o"])]:

            def across(step, i=i, word=word):
                moved = [list(row) for row in table]
                moved[i][word] += step
                return loss(moved, vector)

            assert abs(found_table[i, word] - mpmath.diff(across, 0)) < mpmath.mpf(10) ** -40


# --- what is returned, and what is refused -----------------------------------------------------

SMALL = {"U": [[1.0, -1.0, 2.0], [0.5, 0.0, 1.0]], "v": [0.5, -1.0], "o": 1}


def test_shapes_and_types():
    assert isinstance(float(evaluate(J_softmax, **SMALL)), float)
    assert evaluate(BY_CENTER, **SMALL).shape == (2,)
    assert evaluate(BY_TABLE, **SMALL).shape == (2, 3)
    assert evaluate(BY_CENTER, **SMALL).dtype == float
    assert evaluate(y_hat, **SMALL).sum() == pytest.approx(1, rel=1e-15)
    assert evaluate(over(V, p), **SMALL) == 1
    assert evaluate(V * d, **SMALL) == 6
    assert evaluate(y_hat.T, **SMALL).shape == (1, 3)
    assert evaluate(over(V, lambda w: delta(w, o, V) * w), **SMALL) == 1


def test_arguments_are_left_as_they_are():
    table, vector = np.array(SMALL["U"]), np.array(SMALL["v"])
    evaluate(BY_TABLE, U=table, v=vector, o=1)
    assert table.tolist() == SMALL["U"]
    assert vector.tolist() == SMALL["v"]
    assert vector.shape == (2,)


def test_a_column_may_be_given_for_v():
    as_column = {**SMALL, "v": [[0.5], [-1.0]]}
    assert evaluate(BY_CENTER, **as_column).tolist() == evaluate(BY_CENTER, **SMALL).tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"U": None, "v": None}, "say how large the world is"),
        ({"v": [1.0, 2.0, 3.0]}, "`v` has 3 entries, but the columns of `U` have 2: words are col"),
        ({"U": [1.0, 2.0]}, r"must have shape \(d, V\), but the shape is \(2,\)"),
        ({"U": [[[1.0]]]}, r"must have shape \(d, V\), but the shape is \(1, 1, 1\)"),
        ({"C": [[1.0, 2.0], [0.0, 1.0]]}, "`C`"),
    ],
    ids=["no size", "v too long", "a row for U", "too deep", "C of other words"],
)
def test_sizes_that_do_not_fit_are_refused(changes, message):
    given = {name: entry for name, entry in {**SMALL, **changes}.items() if entry is not None}
    with pytest.raises(ValueError, match=message):
        evaluate(BY_CENTER, **given)


def test_a_word_outside_of_the_vocabulary_is_refused():
    with pytest.raises((IndexError, ValueError)):
        evaluate(BY_CENTER, **{**SMALL, "o": 3})
    with pytest.raises((IndexError, ValueError)):
        evaluate(BY_CENTER, **{**SMALL, "o": -1})


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        (BY_CENTER, "o"),
        (BY_CENTER, "v"),
        (BY_CENTER, "U"),
        (J_negative, "negatives"),
        (score(w), "w"),
        (grad(J_negative, u(negative(r))), "r"),
    ],
    ids=["o", "v", "U", "negatives", "w", "r"],
)
def test_a_value_that_is_missing_is_named(expression, missing):
    complete = {**SMALL, "negatives": [0, 2], "w": 0, "r": 1}
    evaluate(expression, **complete)
    with pytest.raises((ValueError, TypeError, NameError), match=rf"\b{missing}\b"):
        evaluate(expression, **{name: complete[name] for name in complete if name != missing})


def test_a_value_of_an_unknown_name_is_refused():
    """A misspelt name would otherwise be passed over."""
    with pytest.raises((TypeError, ValueError)):
        evaluate(J_softmax, negative=[1], **SMALL)


def test_a_sum_over_the_negatives_is_over_all_of_them():
    assert evaluate(over(K, lambda s: Integer(1)), negatives=[0, 0, 2], **SMALL) == 3
    assert evaluate(over(K, lambda s: U[0, negative(s)]), negatives=[0, 0, 2], **SMALL) == 4
