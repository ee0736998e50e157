"""Matrices of symbolic size against NumPy, shapes that do not fit, and imports."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sympy import Dummy, Integer, Rational, Symbol, exp, log

import w2v.proof
from w2v.proof import (
    J_softmax,
    K,
    Matrix,
    ShapeError,
    U,
    V,
    Z,
    d,
    delta,
    grad,
    named,
    o,
    over,
    p,
    partial,
    proved,
    score,
    sigma,
    u,
    v,
    value,
    vector,
    w,
    x,
    y,
    y_hat,
)

M = named("M", V, V)
SIZES = {V: 3, d: 2, K: 2, Integer(1): 1}
RNG = np.random.default_rng(7)
TABLES = {
    symbol: RNG.integers(-3, 4, size=shape)
    for symbol, shape in [(U.symbol, (2, 3)), (v.symbol, (2, 1)), (M.symbol, (3, 3))]
}
WORLD = {
    **{V: 3, d: 2, K: 2, o: 1, w: 2},
    **{
        symbol: [[Rational(int(entry)) for entry in row] for row in table]
        for symbol, table in TABLES.items()
    },
}
NU, NV, NM = (TABLES[matrix.symbol].astype(float) for matrix in (U, v, M))


def array(matrix):
    rows, columns = (SIZES[size] for size in matrix.shape)
    return np.array(
        [
            [float(value(matrix[Integer(i), Integer(j)], WORLD)) for j in range(columns)]
            for i in range(rows)
        ]
    )


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (U, NU),
        (U.T, NU.T),
        (U.T.T, NU),
        (U[:, o], NU[:, [1]]),
        (U[:, w].T, NU[:, [2]].T),
        (U.T @ v, NU.T @ NV),
        (U @ M, NU @ NM),
        (U @ M.T @ U.T, NU @ NM.T @ NU.T),
        (v @ v.T, NV @ NV.T),
        (v @ y.T, NV @ np.eye(3)[[1]]),
        (U + U, 2 * NU),
        (U - 3 * U, -2 * NU),
        (-M + M.T, NM.T - NM),
        (score(o) * v, (NU[:, 1] @ NV) * NV),
        (v * Rational(1, 2), NV / 2),
        (over(V, lambda i: u(i) * M[i, o]), NU @ NM[:, [1]]),
        (vector(V, lambda i: score(i)), NU.T @ NV),
        (y_hat, np.exp(NU.T @ NV) / np.exp(NU.T @ NV).sum()),
        (Matrix(V, d, lambda i, j: M[i, 0] * v[j, 0]), NM[:, [0]] @ NV.T),
    ],
    ids=range(19),
)
def test_matrices_mean_what_numpy_means_by_them(matrix, expected):
    np.testing.assert_allclose(array(matrix), expected, rtol=1e-12)


def test_a_row_times_a_column_is_a_number():
    assert not isinstance(v.T @ v, Matrix)
    assert value(v.T @ v, WORLD) == int((NV.T @ NV).item())
    table = [[1, 2], [3, 4]]
    found = value(u(o).T @ M_of_d @ v, WORLD | {M_of_d.symbol: table})
    assert found == int(NU[:, 1] @ np.array(table) @ NV[:, 0])


M_of_d = named("G", d, d)


@pytest.mark.parametrize(
    ("size", "start", "indices"),
    [
        (V, 0, [0, 1, 2]),
        (K, 1, [1, 2]),
        (K, -K, [-2, -1]),
        (V + K, 0, range(5)),
        (4, 2, range(2, 6)),
    ],
    ids=str,
)
def test_a_sum_runs_over_as_many_terms_as_it_says(size, start, indices):
    assert value(over(size, lambda i: i**2 + 1, start), WORLD) == sum(i**2 + 1 for i in indices)


def test_a_sum_in_a_sum_may_use_the_letter_of_a_word_outside():
    nested = over(V, lambda w: over(V, lambda x: U[0, w] * U[1, x])) * U[0, w]
    expected = NU[0].sum() * NU[1].sum() * NU[0, 2]
    assert value(nested, WORLD) == int(expected)
    assert nested.free_symbols - U[0, 0].free_symbols == {V, w}
    inside = over(V, lambda x: over(V, lambda w: U[0, w] * M[x, w])) + U[1, w]
    assert value(inside, WORLD) == int((NM @ NU[0]).sum() + NU[1, 2])


def test_a_bound_index_handed_to_a_sum_is_not_captured_by_it():
    """Each call of `score` binds an index of its own, whatever index it is given."""
    total = over(d, lambda i: over(d, lambda j: U[i, o] * U[j, o]) * v[i, 0])
    assert value(total, WORLD) == int((NU[:, 1].sum() * (NU[:, 1] @ NV)).item())


# --- derivatives -------------------------------------------------------------------------------


def test_the_derivative_by_a_word_of_the_bound_letter_is_a_probability_times_v():
    k = Symbol("k", integer=True)
    derivative = partial(log(Z), U[k, w])
    assert proved(derivative, p(w) * v[k, 0])
    probabilities = np.exp(NU.T @ NV)[:, 0] / np.exp(NU.T @ NV).sum()
    for row in range(2):
        found = float(value(derivative, WORLD | {k: row}))
        assert found == pytest.approx(probabilities[2] * NV[row, 0], rel=1e-12)


def test_gradients_of_linear_and_quadratic_forms():
    assert proved(grad(score(o), v), u(o))
    assert proved(grad(score(o), U), v @ y.T)
    assert proved(grad(score(o), U.T), y @ v.T)
    assert proved(grad(score(w), u(w)), v)
    assert proved(grad(score(w), u(o)), delta(w, o, V) * v)
    assert proved(grad(v.T @ U @ U.T @ v, v), 2 * (U @ (U.T @ v)))
    assert proved(grad(over(V, lambda i: M[i, i]), M), Matrix(V, V, lambda i, j: delta(i, j, V)))
    assert proved(grad(V * d, U), 0 * U)


def test_the_derivative_of_the_logistic_function():
    assert proved(grad(sigma(score(o)), v), sigma(score(o)) * (1 - sigma(score(o))) * u(o))
    assert proved(grad(sigma(-score(o)), v), -sigma(score(o)) * sigma(-score(o)) * u(o))
    assert float(sigma(Integer(0)).evalf()) == 0.5
    assert float(sigma(Rational(3, 2)).evalf()) == pytest.approx(1 / (1 + np.exp(-1.5)), rel=1e-14)


def test_gradients_have_the_shape_of_what_they_are_taken_by():
    for variable in (v, U, U.T, M, u(o), u(w), v.T):
        assert grad(J_softmax, variable).shape == variable.shape


# --- shapes that do not fit --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: U + v, r"cannot add \(d x V\) and \(d x 1\)"),
        (lambda: U - U.T, r"cannot subtract \(d x V\) and \(V x d\) matrices; transpose one with"),
        (lambda: v + score(o), r"cannot add \(d x 1\) matrix and a number"),
        (lambda: v - 1, r"cannot subtract \(d x 1\) matrix and a number"),
        (
            lambda: U @ v,
            r"\(d x V\) matrix cannot be multiplied by a \(d x 1\) one: V columns meet d",
        ),
        (
            lambda: v @ v,
            r"\(d x 1\) matrix cannot be multiplied by a \(d x 1\) one: 1 columns meet d",
        ),
        (lambda: U * v, r"write A @ B for the product of \(d x V\) and \(d x 1\)"),
        (lambda: U.T * U, r"write A @ B for the product of \(V x d\) and \(d x V\)"),
        (lambda: v @ score(o), r"\(d x 1\) matrix can be multiplied by a matrix only"),
        (lambda: grad(y_hat, v), r"only a number has a gradient, not a \(V x 1\) matrix"),
        (lambda: grad(U.T @ v, v), r"only a number has a gradient, not a \(V x 1\) matrix"),
    ],
    ids=range(11),
)
def test_shapes_that_do_not_fit_are_named(build, message):
    with pytest.raises(ShapeError, match=message):
        build()


@pytest.mark.parametrize(
    "build",
    [
        lambda: score(o) + v,
        lambda: score(o) - v,
        lambda: 1 + v,
        lambda: Integer(1) - U,
        lambda: score(o) @ v,
        lambda: v / v,
        lambda: v**2,
        lambda: exp(v),
    ],
    ids=["+", "-", "1 +", "1 -", "@", "/", "**", "exp"],
)
def test_what_has_no_meaning_fails_at_once(build):
    """Rather than giving an expression that stands for something else."""
    with pytest.raises((ShapeError, TypeError, ValueError)):
        build()


def test_only_whole_columns_can_be_taken():
    with pytest.raises(IndexError, match="whole columns"):
        U[0:1, w]


@pytest.mark.parametrize("variable", [y_hat, -v, vector(d, lambda i: sigma(v[i, 0]))], ids=range(3))
def test_a_gradient_by_something_that_is_no_variable_is_refused(variable):
    with pytest.raises((ShapeError, TypeError, ValueError)):
        grad(J_softmax, variable)[Dummy("i", integer=True), 0]


def test_names():
    assert U.shape == (d, V)
    assert repr(U) == "<(d x V) matrix>"
    assert U.symbol.name == "U"
    assert x != w


# --- imports -----------------------------------------------------------------------------------


def imported(path):
    """What a file imports, by absolute name; None where it leaves `w2v.proof`."""
    package = Path(w2v.proof.__file__).parent
    depth = len(path.relative_to(package).parts)  # how many dots still stay inside
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level > depth:
                yield None
            elif not node.level:
                yield node.module


SOURCES = sorted(Path(w2v.proof.__file__).parent.rglob("*.py"))


def test_the_proofs_import_nothing_of_what_they_are_compared_with():
    assert len(SOURCES) > 12
    for path in SOURCES:
        for name in imported(path):
            assert name, f"{path.name} imports from outside of w2v.proof"
            assert name.split(".")[0] in {
                *{"ast", "collections", "dataclasses", "functools", "importlib", "itertools"},
                *{"time", "mpmath", "numpy", "sympy"},
            }, f"{path.name} imports {name}"


def test_what_decides_does_not_know_what_is_expected():
    """The kernel must not import the ledger, nor the evaluation the normal form."""
    allowed = {
        "sums.py": {"display"},  # in order to print
        "normal_form.py": {"sums"},
        "word2vec.py": {"sums", "normal_form"},
        "worlds.py": {"sums", "word2vec"},
        "claims.py": {"sums", "normal_form", "worlds"},
    }
    for path in SOURCES:
        if path.name in allowed:
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            inside = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
            modules = {node.module or node.names[0].name for node in inside}
            assert modules <= allowed[path.name], path.name


def test_training_word_vectors_does_not_need_sympy():
    code = "import sys, w2v; print('sympy' in sys.modules, 'mpmath' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]
