"""Adding rows into a table, against `np.add.at`; and which of the two routes is taken."""

import importlib
import importlib.util
import sys
import types

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import assert_close

import w2v
from w2v import scatter

reproducible = settings(derandomize=True, deadline=None, max_examples=100)
DTYPES = ("float32", "float64")
FUNCTIONS = ("add_rows", "add_rows_by_sorting", "add_rows_in_place")
KERNELS = "scipy.sparse._sparsetools"


def assert_adds(function, table, rows, factors, updates):
    """As `np.add.at` in float64, within what rounding each addition may cost."""
    given = [array.copy() for array in (rows, factors, updates)]
    found = table.copy()
    address = found.ctypes.data
    assert function(found, rows, factors, updates) is None
    assert found.ctypes.data == address
    assert found.dtype == table.dtype
    for array, before in zip((rows, factors, updates), given, strict=True):
        assert array.tobytes() == before.tobytes()

    exact = factors.astype(np.float64)[:, None] * updates.astype(np.float64)
    expected = table.astype(np.float64)
    np.add.at(expected, rows, exact)
    magnitude = np.abs(table.astype(np.float64))
    np.add.at(magnitude, rows, np.abs(exact))
    additions = np.bincount(rows, minlength=len(table))[:, None] + 2
    error = np.abs(found - expected)
    assert (error <= np.finfo(table.dtype).eps * additions * magnitude).all()
    untouched = np.setdiff1d(np.arange(len(table)), rows)
    assert found[untouched].tobytes() == table[untouched].tobytes()


def random_case(words, dimension, count, dtype, seed, index=np.int64):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(words, dimension)).astype(dtype),
        rng.integers(words, size=count, dtype=index),
        rng.normal(size=count).astype(dtype),
        rng.normal(size=(count, dimension)).astype(dtype),
    )


@reproducible
@given(
    words=st.integers(1, 30),
    dimension=st.integers(1, 9),
    count=st.integers(0, 60),
    seed=st.integers(0, 10**6),
)
@example(words=1, dimension=1, count=0, seed=0)
@example(words=1, dimension=1, count=1, seed=0)
@example(words=1, dimension=5, count=60, seed=0)
@example(words=30, dimension=1, count=60, seed=0)
@example(words=3, dimension=4, count=0, seed=0)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_all_updates_of_a_row_are_added(function, dtype, words, dimension, count, seed):
    assert_adds(getattr(scatter, function), *random_case(words, dimension, count, dtype, seed))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_thousands_of_repeats_are_added(function, dtype):
    assert_adds(getattr(scatter, function), *random_case(2, 3, 10_000, dtype, seed=0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("rows", ["first", "last", "sorted", "reversed", "each once"])
def test_rows_may_come_in_any_order(function, rows, dtype):
    table, _, factors, updates = random_case(12, 3, 12, dtype, seed=0)
    numbers = {
        "first": np.zeros(12),
        "last": np.full(12, 11),
        "sorted": np.arange(12) // 3,
        "reversed": np.arange(12)[::-1] // 3,
        "each once": np.random.default_rng(0).permutation(12),
    }
    assert_adds(getattr(scatter, function), table, numbers[rows].astype(np.int64), factors, updates)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("index", [np.int32, np.int64])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_narrower_numbers_of_rows_give_the_same(function, index, dtype):
    """Promised is int64; int32 must be right or refused, but never quietly wrong."""
    case = random_case(7, 3, 40, dtype, 0, index)
    assert_adds(getattr(scatter, function), *case)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_column_of_factors_is_added_to_a_column(function):
    """How the trainer sums curvatures: updates of shape (n, 1)."""
    table = np.zeros((4, 1), np.float32)
    rows = np.array([3, 0, 3, 3])
    getattr(scatter, function)(
        table, rows, np.ones(4, np.float32), np.array([[1], [2], [4], [8]], np.float32)
    )
    assert table.ravel().tolist() == [2, 0, 0, 13]


def test_the_routes_agree_on_large_updates():
    table, rows, factors, updates = random_case(500, 20, 20_000, "float64", 0)
    by_sorting, in_place = table.copy(), table.copy()
    scatter.add_rows_by_sorting(by_sorting, rows, factors, updates)
    scatter.add_rows_in_place(in_place, rows, factors, updates)
    assert_close(by_sorting, in_place)


# --- the choice --------------------------------------------------------------------------------


def loaded_anew():
    """The module once more, under another name, so that nobody else is given this one."""
    spec = importlib.util.spec_from_file_location("w2v._scatter_anew", scatter.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def replace_kernel(monkeypatch, kernel):
    module = types.ModuleType(KERNELS)
    if kernel is not None:
        module.csc_matvecs = kernel
    monkeypatch.setitem(sys.modules, KERNELS, module)


def kernel_that(change):
    """SciPy's kernel with a fault."""
    from scipy.sparse._sparsetools import csc_matvecs

    def kernel(rows, columns, vectors, pointers, indices, entries, updates, table):
        change(csc_matvecs, rows, columns, vectors, pointers, indices, entries, updates, table)

    return kernel


def error(kind):
    def kernel(*arguments):
        raise kind("changed")

    return kernel


def overwrites(kernel, *arguments):
    arguments[-1][:] = 0
    kernel(*arguments)


def adds_twice(kernel, *arguments):
    kernel(*arguments)
    kernel(*arguments)


def ignores_factors(kernel, *arguments):
    kernel(*arguments[:5], np.ones_like(arguments[5]), *arguments[6:])


def adds_to_a_copy(kernel, *arguments):
    kernel(*arguments[:-1], arguments[-1].copy())


def wrong_in(dtype):
    def change(kernel, *arguments):
        kernel(*arguments)
        if arguments[-1].dtype == dtype:
            arguments[-1][0] += 1

    return change


def loses_repeats(kernel, rows, columns, vectors, pointers, indices, entries, updates, table):
    table.reshape(rows, vectors)[indices] += entries[:, None] * updates.reshape(columns, vectors)


def gives_nan(kernel, *arguments):
    arguments[-1][-1] = np.nan


FAULTS = {
    "is missing": lambda: None,
    "takes other arguments": lambda: lambda: None,
    "is no function": lambda: 5,
    "raises TypeError": lambda: error(TypeError),
    "raises ValueError": lambda: error(ValueError),
    "raises RuntimeError": lambda: error(RuntimeError),
    "raises MemoryError": lambda: error(MemoryError),
    "does nothing": lambda: lambda *arguments: None,
    "overwrites": lambda: kernel_that(overwrites),
    "adds twice": lambda: kernel_that(adds_twice),
    "ignores the factors": lambda: kernel_that(ignores_factors),
    "adds to a copy": lambda: kernel_that(adds_to_a_copy),
    "is wrong in float32": lambda: kernel_that(wrong_in(np.float32)),
    "is wrong in float64": lambda: kernel_that(wrong_in(np.float64)),
    "loses repeats": lambda: kernel_that(loses_repeats),
    "gives NaN": lambda: kernel_that(gives_nan),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_sorting_is_the_route_where_the_kernel(fault, monkeypatch):
    replace_kernel(monkeypatch, FAULTS[fault]())
    module = loaded_anew()
    assert module.ROUTE == "add_rows_by_sorting"
    for dtype in DTYPES:
        assert_adds(module.add_rows, *random_case(5, 3, 40, dtype, 0))


def test_sorting_is_the_route_where_there_is_no_module_of_kernels(monkeypatch):
    monkeypatch.setitem(sys.modules, KERNELS, None)  # importing it is an ImportError
    module = loaded_anew()
    assert module.ROUTE == "add_rows_by_sorting"
    assert_adds(module.add_rows, *random_case(5, 3, 40, "float32", 0))


def test_the_kernel_is_the_route_where_it_does_what_it_should(monkeypatch):
    called = []
    replace_kernel(
        monkeypatch, kernel_that(lambda kernel, *arguments: called.append(kernel(*arguments)))
    )
    module = loaded_anew()
    assert module.ROUTE == "add_rows_in_place"
    called.clear()
    assert_adds(module.add_rows, *random_case(5, 3, 40, "float64", 0))
    assert called == [None]


def test_the_route_names_what_add_rows_does_here():
    """With the SciPy of this environment, that is the fast one."""
    assert scatter.ROUTE == "add_rows_in_place"


@pytest.mark.parametrize("dtype", DTYPES)
def test_training_by_the_other_route_gives_the_same_vectors(dtype, monkeypatch):
    rng = np.random.default_rng(0)
    text = [[f"w{word}" for word in rng.zipf(1.5, size=15) if word < 40] for _ in range(60)]
    run = w2v.Settings(dimension=7, min_count=1, subsample=0, epochs=2, batch_size=64, dtype=dtype)

    def vectors():
        for name in ("scatter", "banded"):  # imported anew in here, as before afterwards
            importlib.import_module(f"w2v.{name}")
            monkeypatch.setattr(w2v, name, getattr(w2v, name))
            monkeypatch.delitem(sys.modules, f"w2v.{name}")
        result = w2v.train(text, run, progress=False)
        return sys.modules["w2v.scatter"].ROUTE, result

    route, fast = vectors()
    replace_kernel(monkeypatch, None)
    other_route, slow = vectors()
    assert {route, other_route} == {"add_rows_in_place", "add_rows_by_sorting"}
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    assert_close(slow.center, fast.center, tolerance)
    assert_close(slow.outside, fast.outside, tolerance)
    assert np.abs(fast.outside).max() > 0.01  # they have moved
