r"""Both sides of a claim in many random worlds at once, by NumPy.

A refutation needs numbers, and a proof is believed only where numbers agree. What is
computed here shares nothing with the normal form: expressions are evaluated as they stand.
Every bound index is an axis of the arrays, and so are the worlds.
"""

from functools import cache

import numpy as np
from sympy import (
    Add,
    KroneckerDelta,
    MatrixSymbol,
    Mul,
    Pow,
    Sum,
    Symbol,
    exp,
    log,
    sympify,
)
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from w2v.proof import word2vec as model
from w2v.proof.sums import Matrix, sigma

from .tokens import NotUnderstoodError

SIZES = {model.V: 4, model.d: 2, model.K: 3, model.m: 1}
#: Worlds that are drawn at once; in enough of them, any two words are the same.
DRAWN = 160
TOLERANCE = 1e-9
#: Numbers that an expression may need at once.
LARGEST = 4_000_000


class Worlds:
    """Random worlds: tables, words and draws, the last axis counting the worlds.

    Parameters
    ----------
    symbols : set of Symbol
        Indices and real variables other than the model's own.
    drawn : set of Symbol
        Those of them that count negatives.
    places : set of Symbol
        Those of them that are places in the window.
    """

    def __init__(self, symbols=(), drawn=(), places=()):
        rng = np.random.default_rng(7)
        words, draws, half = SIZES[model.V], SIZES[model.K], SIZES[model.m]
        self.values = {}
        for table in (model.U.symbol, model.v.symbol, model.C.symbol):
            shape = [SIZES.get(size, 1) for size in table.shape]
            self.values[table] = rng.uniform(-1, 1, (*shape, DRAWN))
        for index in (model.o, model.c, model.w, model.x, model.mu):
            self.values[index] = rng.integers(words, size=DRAWN)
        self.values[model.r] = rng.integers(draws, size=DRAWN)
        self.values[model.negative] = rng.integers(words, size=(draws, DRAWN))
        self.values[model.context] = rng.integers(words, size=(2 * half + 1, DRAWN))
        for symbol in sorted(symbols, key=str):
            if symbol in self.values or symbol in SIZES:
                continue
            if not symbol.is_integer:
                self.values[symbol] = rng.uniform(-1, 1, DRAWN)
            elif symbol in places:
                self.values[symbol] = rng.choice([j for j in range(-half, half + 1) if j], DRAWN)
            else:
                size = draws if symbol in drawn else words
                self.values[symbol] = rng.integers(size, size=DRAWN)

    def compute(self, value):
        """The entries of a scalar or matrix in each world.

        Parameters
        ----------
        value : scalar expression or Matrix

        Returns
        -------
        ndarray of shape (entries, worlds)

        Raises
        ------
        NotUnderstoodError
            If something in it has no value, or would take too much memory.
        """
        places = entries(value)
        with np.errstate(all="ignore"):
            if places == [()]:
                found = _Computer(self.values).of(sympify(value), 0, {})
            else:
                at = {
                    _place(0): np.array([row for row, _ in places]).reshape(-1, 1),
                    _place(1): np.array([column for _, column in places]).reshape(-1, 1),
                }
                entry = value[
                    tuple(0 if n == 1 else i for n, i in zip(value.shape, at, strict=True))
                ]
                found = _Computer(self.values).of(sympify(entry), 1, at)
        return np.broadcast_to(np.asarray(found, float), (len(places), DRAWN))


class _Computer:
    def __init__(self, values):
        self.values = values
        self.worlds = np.arange(values[model.o].shape[-1])
        self.known, self.indices = {}, {}

    def _bound_in(self, expression, bound):
        """Whether an expression depends on an index that has been bound."""
        if expression not in self.indices:
            if expression in bound:
                self.indices[expression] = frozenset([expression])
            else:
                for argument in expression.args:
                    self._bound_in(argument, bound)
                self.indices[expression] = frozenset().union(
                    *(self.indices[argument] for argument in expression.args)
                )
        return self.indices[expression]

    def of(self, expression, depth, bound):
        """The value; sums around it have `depth` axes, in front of the worlds'."""
        key = None
        if not expression.args or isinstance(expression, Symbol):
            return self._leaf(expression, bound)
        if not self._bound_in(expression, bound):
            key = expression
            if key in self.known:
                return self.known[key]
        found = self._compound(expression, depth, bound)
        if key is not None:
            self.known[key] = found
        return found

    def _leaf(self, expression, bound):
        if expression in bound:
            return bound[expression]
        if expression in SIZES:
            return np.array(SIZES[expression])
        if expression in self.values:
            return self.values[expression]
        if expression.is_number:
            return np.array(int(expression) if expression.is_Integer else float(expression))
        raise NotUnderstoodError(f"{expression} has no value")

    def _compound(self, expression, depth, bound):
        if isinstance(expression, Sum):
            return self._sum(expression, depth, bound)
        if isinstance(expression, MatrixElement):
            table = self.values[expression.args[0]]
            row, column = (self.of(index, depth, bound) for index in expression.args[1:])
            return table[row, column, self.worlds]
        if isinstance(expression, AppliedUndef):
            (index,) = (self.of(argument, depth, bound) for argument in expression.args)
            if expression.func == model.context:
                index = index + SIZES[model.m]
            return self.values[expression.func][index, self.worlds]
        if isinstance(expression, KroneckerDelta):
            left, right = (self.of(side, depth, bound) for side in expression.args[:2])
            return (left == right).astype(float)
        parts = [self.of(argument, depth, bound) for argument in expression.args]
        if isinstance(expression, Add):
            return _folded(np.add, parts)
        if isinstance(expression, Mul):
            return _folded(np.multiply, parts)
        if isinstance(expression, Pow):
            base, power = parts
            return np.asarray(base, float) ** power
        if isinstance(expression, exp):
            return np.exp(parts[0])
        if isinstance(expression, log):
            return np.log(parts[0])
        if isinstance(expression, sigma):
            return 1 / (1 + np.exp(-parts[0]))
        raise NotUnderstoodError(f"no value is known for {expression.func.__name__}")

    def _sum(self, expression, depth, bound):
        *inner, (index, first, last) = expression.limits
        body = Sum(expression.function, *inner) if inner else expression.function
        start, stop = (int(self.of(end, depth, bound).flat[0]) for end in (first, last))
        values = np.arange(start, stop + 1).reshape(-1, *[1] * (depth + 1))
        if np.prod([max(1, stop - start + 1)] + [4] * depth) * len(self.worlds) > LARGEST:
            raise NotUnderstoodError("too many sums within sums")
        found = np.asarray(self.of(body, depth + 1, {**bound, index: values}))
        if found.ndim == depth + 2 and len(found) == len(values):
            return found.sum(axis=0)
        # The index does not occur; an axis of length 1 is left from a sum within.
        return (found[0] if found.ndim == depth + 2 else found) * len(values)


def _folded(operation, parts):
    result = parts[0]
    for part in parts[1:]:
        result = operation(result, part)
    return result


def entries(matrix):
    """The places of a matrix, by its sizes in the worlds; one empty place for a scalar."""
    if not isinstance(matrix, Matrix):
        return [()]
    rows, columns = (int(size.subs(SIZES)) for size in matrix.shape)
    return [(row, column) for row in range(rows) for column in range(columns)]


@cache
def _place(which):
    return Symbol(("row", "column")[which], integer=True, nonnegative=True)


def differing(left, right):
    """Where two sides differ.

    Parameters
    ----------
    left, right : ndarray of shape (entries, worlds)
        From `Worlds.compute`.

    Returns
    -------
    ndarray of bool, of the same shape
        False where a side has no value.

    Raises
    ------
    NotUnderstoodError
        If a side has a value nowhere.
    """
    known = np.isfinite(left) & np.isfinite(right)
    if not known.any():
        raise NotUnderstoodError("it has no value: a logarithm of 0, or a division by 0")
    with np.errstate(invalid="ignore"):
        return known & (np.abs(left - right) > TOLERANCE * (1 + np.abs(left)))


def symbols_of(*sides):
    """The symbols in scalars or matrices, those that count negatives, and those of places."""
    symbols, drawn, places = set(), set(), set()
    for side in sides:
        if isinstance(side, Matrix):
            side = side[tuple(0 if size == 1 else _place(n) for n, size in enumerate(side.shape))]
        side = sympify(side)
        symbols |= {each for each in side.free_symbols if not isinstance(each, MatrixSymbol)}
        for call in side.atoms(AppliedUndef):
            target = places if call.func == model.context else drawn
            target |= call.args[0].free_symbols
    symbols -= {_place(0), _place(1)}
    return {each for each in symbols if isinstance(each, Symbol)}, drawn, places
