"""Adding many rows into a table, where several may belong to one word.

``table[rows] += updates`` keeps only the last update of a row that is named twice, and
``np.add.at``, which keeps all, visits the entries one by one. A sparse product does it at
the speed of memory: as a matrix, "update i goes to row r" has a single entry in column i.
"""

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array

try:  # SciPy has no public product that adds to what is there already; its kernel does
    from scipy.sparse._sparsetools import csc_matvecs
except ImportError:
    csc_matvecs = None


def add_rows(table, rows, factors, updates):
    """Add factors[i] * updates[i] to row rows[i] of a table, in place.

    Rows that are named several times get all their updates. The work is done by
    `add_rows_in_place` where SciPy offers the means, else by `add_rows_by_sorting`; `ROUTE`
    names the one that was chosen when this module was imported.

    Parameters
    ----------
    table : ndarray, shape (V, d), C-contiguous
        Changed in place.
    rows : ndarray of int64, shape (n,)
        From 0 to V - 1; this is not checked.
    factors : ndarray, shape (n,)
    updates : ndarray, shape (n, d), C-contiguous
        All three arrays of numbers have the same dtype.

    Examples
    --------
    >>> table = np.zeros((3, 2))
    >>> updates = np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
    >>> add_rows(table, np.array([2, 0, 2]), np.array([1.0, 1.0, 0.5]), updates)
    >>> table
    array([[ 10.,  20.],
           [  0.,   0.],
           [ 51., 102.]])
    """
    _chosen(table, rows, factors, updates)


def add_rows_by_sorting(table, rows, factors, updates):
    """`add_rows` by public means: sort by row, add up each row's updates, write it once.

    Examples
    --------
    >>> table = np.zeros((2, 1))
    >>> add_rows_by_sorting(table, np.array([1, 1]), np.ones(2), np.array([[1.0], [2.0]]))
    >>> table.ravel()
    array([0., 3.])
    """
    if len(rows) == 0:
        return
    order = np.argsort(rows, kind="stable")
    in_order = rows[order]
    first = np.flatnonzero(np.concatenate([[True], in_order[1:] != in_order[:-1]]))
    gather = csr_array(
        (factors[order], order, np.append(first, len(rows))), shape=(len(first), len(rows))
    )
    table[in_order[first]] += gather @ updates


def add_rows_in_place(table, rows, factors, updates):
    """`add_rows` by the kernel behind SciPy's product of a sparse and a dense matrix.

    It computes table += A @ updates for a matrix A in compressed columns. Column i has one
    entry, `factors[i]` in row `rows[i]`, so that the pointers to the columns are 0, 1, 2, ...
    """
    columns = len(rows)
    pointers = _count_up(columns, rows.dtype)
    updates, entries = updates.reshape(-1), table.reshape(-1)
    csc_matvecs(len(table), columns, table.shape[1], pointers, rows, factors, updates, entries)


@lru_cache(maxsize=8)
def _count_up(columns, dtype):
    pointers = np.arange(columns + 1, dtype=dtype)
    pointers.flags.writeable = False
    return pointers


def _choose():
    """The fast route if SciPy has it and it does what it should."""
    for dtype in (np.float32, np.float64):
        rng = np.random.default_rng(0)
        rows = np.array([2, 0, 2, 4, 2])
        factors, updates = rng.random(5).astype(dtype), rng.random((5, 3)).astype(dtype)
        expected = np.ones((5, 3), dtype)
        found = expected.copy()
        np.add.at(expected, rows, factors[:, None] * updates)
        try:
            add_rows_in_place(found, rows, factors, updates)
        except Exception:  # a private function may change in any way
            return add_rows_by_sorting
        if not np.allclose(found, expected, rtol=1e-6):
            return add_rows_by_sorting
    return add_rows_in_place


_chosen = _choose()

#: Name of the function that `add_rows` uses.
ROUTE = _chosen.__name__
