r"""Sums and matrices of symbolic size, and their derivatives.

SymPy's own sums let a name that a sum binds be captured by a name outside; the source's
equations (19) to (28) use the same letter in both places and show how easily that goes
wrong. Here a sum is written with a Python function, ``over(V, lambda w: ...)``, and Python
keeps the names apart.

A matrix is a pair of sizes and a rule that gives the entry in row i and column j.
"""

from sympy import Dummy, Function, KroneckerDelta, MatrixSymbol, Sum, exp, sympify


class ShapeError(ValueError):
    """Matrices whose shapes do not fit together."""


class Index(Dummy):
    """An index that is different from every other one, and knows its range if a sum binds it."""

    limits = None


def fresh(name="i", limits=None):
    """A new index; `limits` are the first and last value that a sum gives it."""
    index = Index(name, integer=True)
    index.limits = limits
    return index


def delta(first, second, size):
    r"""Kronecker's delta of two indices that both lie in 0, ..., size - 1."""
    return KroneckerDelta(first, second, (0, size - 1))


def over(size, term, start=0):
    r"""Sum of `term(i)` for i from `start` to `start` + `size` - 1.

    Parameters
    ----------
    size : expression
        Number of terms, a positive integer or a symbol for one.
    term : callable
        Takes an index, returns a scalar or a `Matrix`.
    start : expression
        First index.

    Returns
    -------
    expression or Matrix

    Examples
    --------
    >>> from sympy import Symbol
    >>> from w2v.proof import U, V, w
    >>> over(V, lambda x: U[0, x]).free_symbols == U[0, w].free_symbols - {w} | {V}
    True
    """
    size, start = sympify(size), sympify(start)
    index = fresh(limits=(start, start + size - 1))
    value = term(index)
    if isinstance(value, Matrix):
        return Matrix(
            *value.shape, lambda row, column: over(size, lambda i: term(i)[row, column], start)
        )
    return Sum(value, (index, *index.limits))


class Matrix:
    """A matrix of symbolic size.

    Parameters
    ----------
    rows, columns : expression
        Sizes; 1 for a column or row vector.
    entry : callable
        Takes a row and a column index, returns the entry.

    Raises
    ------
    ShapeError
        From the operators, if shapes do not fit; the message names them.

    Examples
    --------
    >>> from w2v.proof import U, v
    >>> U.shape, v.shape, (U.T @ v).shape
    ((d, V), (d, 1), (V, 1))
    >>> U @ v
    Traceback (most recent call last):
    ...
    w2v.proof.sums.ShapeError: a (d x V) matrix cannot be multiplied by a (d x 1) one: ...
    """

    def __init__(self, rows, columns, entry):
        self.shape = (sympify(rows), sympify(columns))
        self._entry = entry

    def __getitem__(self, place):
        row, column = place
        if isinstance(row, slice):
            if row != slice(None):
                raise IndexError("only whole columns can be taken: write U[:, w]")
            return Matrix(self.shape[0], 1, lambda i, _: self._entry(i, column))
        return sympify(self._entry(row, column))

    def __repr__(self):
        return f"<{_shape(self)} matrix>"

    def _repr_latex_(self):
        from .display import matrix_latex

        return f"$\\displaystyle {matrix_latex(self)}$"

    @property
    def T(self):
        """The transpose."""
        rows, columns = self.shape
        return Matrix(columns, rows, lambda i, j: self[j, i])

    def _same_shape(self, other, verb):
        if not isinstance(other, Matrix):
            raise ShapeError(f"{verb} {_shape(self)} matrix and a number: both must be matrices")
        if self.shape != other.shape:
            hint = "; transpose one with .T" if self.shape == other.shape[::-1] else ""
            raise ShapeError(f"{verb} {_shape(self)} and {_shape(other)} matrices{hint}")

    def __add__(self, other):
        self._same_shape(other, "cannot add")
        return Matrix(*self.shape, lambda i, j: self[i, j] + other[i, j])

    def __sub__(self, other):
        self._same_shape(other, "cannot subtract")
        return Matrix(*self.shape, lambda i, j: self[i, j] - other[i, j])

    def __neg__(self):
        return Matrix(*self.shape, lambda i, j: -self[i, j])

    def __mul__(self, scalar):
        if isinstance(scalar, Matrix):
            raise ShapeError(
                f"write A @ B for the product of {_shape(self)} and {_shape(scalar)} matrices"
            )
        return Matrix(*self.shape, lambda i, j: scalar * self[i, j])

    __rmul__ = __mul__
    # Otherwise SymPy would try to multiply first, and fail in its own words.
    _op_priority = 100.0

    def __matmul__(self, other):
        if not isinstance(other, Matrix):
            raise ShapeError(f"a {_shape(self)} matrix can be multiplied by a matrix only")
        (rows, inner), (other_rows, columns) = self.shape, other.shape
        if inner != other_rows:
            raise ShapeError(
                f"a {_shape(self)} matrix cannot be multiplied by a {_shape(other)} one: "
                f"{inner} columns meet {other_rows} rows"
            )

        def entry(i, j):
            if inner == 1:
                return self[i, 0] * other[0, j]
            return over(inner, lambda k: self[i, k] * other[k, j])

        product = Matrix(rows, columns, entry)
        return product[0, 0] if rows == columns == 1 else product


def _shape(matrix):
    rows, columns = matrix.shape
    return f"({rows} x {columns})"


class _Symbol(MatrixSymbol):
    """A matrix symbol; SymPy's bounds checks on symbolic indices took most of the time."""

    def valid_index(self, i, j):
        return True


def named(name, rows, columns):
    """A matrix of independent real entries.

    Parameters
    ----------
    name : str
    rows, columns : expression

    Returns
    -------
    Matrix
        Its attribute `symbol` is the SymPy symbol that the entries belong to.
    """
    symbol = _Symbol(name, rows, columns)
    matrix = Matrix(rows, columns, lambda i, j: symbol[i, j])
    matrix.symbol = symbol
    return matrix


def vector(size, entry):
    """The column vector with `entry(i)` in place i."""
    return Matrix(size, 1, lambda i, _: entry(i))


def partial(expression, entry):
    """Derivative of a scalar with respect to one entry of a named matrix.

    SymPy differentiates at an entry whose indices occur nowhere else; then these become
    the indices asked for. Differentiating at ``U[k, w]`` itself would take the w that a
    sum binds for the w outside.
    """
    symbol, *indices = entry.args
    apart = [index if index.is_Integer else fresh() for index in indices]
    derivative = sympify(expression).diff(symbol[tuple(apart)])
    return derivative.xreplace(
        {new: index for new, index in zip(apart, indices, strict=True) if new != index}
    )


def grad(expression, variable):
    r"""Gradient of a scalar with respect to a named matrix or a column of one.

    Parameters
    ----------
    expression : scalar expression
    variable : Matrix
        With entries of a named matrix: ``v``, ``U``, or a column ``U[:, w]``.

    Returns
    -------
    Matrix
        Of the shape of `variable`.

    Examples
    --------
    >>> from w2v.proof import J_softmax, U, grad, v
    >>> grad(J_softmax, v).shape, grad(J_softmax, U).shape
    ((d, 1), (d, V))
    """
    if isinstance(expression, Matrix):
        raise ShapeError(f"only a number has a gradient, not a {_shape(expression)} matrix")
    if variable.shape[1] == 1:
        return Matrix(*variable.shape, lambda i, _: partial(expression, variable[i, 0]))
    return Matrix(*variable.shape, lambda i, j: partial(expression, variable[i, j]))


class sigma(Function):
    r"""The logistic function; its derivative is equation (44)."""

    is_positive = True
    is_real = True

    def fdiff(self, argindex=1):
        """Return the derivative, sigma (1 - sigma)."""
        return self * (1 - self)

    def _eval_rewrite_as_exp(self, x, **_):
        return 1 / (1 + exp(-x))

    def _eval_evalf(self, precision):
        return self.rewrite(exp)._eval_evalf(precision)
