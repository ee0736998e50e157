r"""Small worlds, in which expressions have values: where a false claim is found out.

A world gives every size, index, vector and drawn word a value. Nothing here knows of the
normal form: expressions are evaluated as they stand, exactly, so that a refutation does
not rest on the code that proves.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from sympy import (
    Add,
    Integer,
    KroneckerDelta,
    MatrixSymbol,
    Rational,
    Sum,
    Symbol,
    exp,
    latex,
    simplify,
    sympify,
)
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from . import word2vec as model
from .sums import Matrix, sigma


def value(expression, world):
    """The exact value of an expression in a world.

    Parameters
    ----------
    expression : scalar expression
    world : mapping
        Values by symbol: sizes and indices are integers, matrices nested lists of rows,
        functions of an index sequences.

    Returns
    -------
    SymPy number

    Examples
    --------
    >>> from w2v.proof import V, over
    >>> value(over(V, lambda i: i), {V: 4})
    6
    """
    if expression in world:
        return sympify(world[expression])
    if isinstance(expression, Sum):
        *inner, (index, first, last) = expression.limits
        body = Sum(expression.function, *inner) if inner else expression.function
        terms = range(int(value(first, world)), int(value(last, world)) + 1)
        return Add(*(value(body, {**world, index: Integer(term)}) for term in terms))
    if isinstance(expression, MatrixElement):
        symbol, row, column = expression.args
        return sympify(world[symbol][int(value(row, world))][int(value(column, world))])
    if isinstance(expression, AppliedUndef):
        return sympify(world[expression.func][int(value(expression.args[0], world))])
    if isinstance(expression, KroneckerDelta):
        left, right = (value(side, world) for side in expression.args[:2])
        return Integer(left == right)
    if isinstance(expression, sigma):
        return 1 / (1 + exp(-value(expression.args[0], world)))
    if not expression.args:
        return expression
    return expression.func(*(value(argument, world) for argument in expression.args))


@dataclass(frozen=True)
class Witness:
    """A world in which two sides differ.

    Attributes
    ----------
    world : dict
        As `value` takes it.
    entry : tuple of int
        Place in the matrices, empty for scalars.
    left, right : SymPy numbers
        The two values there.
    """

    world: dict
    entry: tuple
    left: object
    right: object

    def numbers(self):
        """The world by name, in plain numbers and NumPy arrays.

        Returns
        -------
        dict of str to int, list of int, or ndarray
            Sizes and indices, ``negatives``, ``context``, and ``U``, ``v``, ``C``.
        """
        plain = {}
        for key, given in self.world.items():
            if isinstance(key, MatrixSymbol):
                plain[key.name] = np.array([[float(entry) for entry in row] for row in given])
            elif key == model.negative:
                plain["negatives"] = [int(word) for word in given]
            elif key == model.context:
                plain["context"] = {j: int(word) for j, word in given.items()}
            else:
                plain[str(key)] = int(given)
        return plain

    def __str__(self):
        facts = []
        for key, given in self.world.items():
            if isinstance(key, MatrixSymbol):
                rows = [" ".join(str(entry) for entry in row) for row in given]
                facts.append(f"{key.name} = [{'; '.join(rows)}]")
            elif key == model.negative:
                facts.append(f"negatives {', '.join(map(str, given))}")
            elif key == model.context:
                facts.append(f"context {', '.join(f'{j}: {word}' for j, word in given.items())}")
            else:
                facts.append(f"{key} = {given}")
        where = f", entry {self.entry}" if self.entry else ""
        return f"with {', '.join(facts)}{where}: {self.left} on the left, {self.right} on the right"

    def _repr_latex_(self):
        return f"$\\displaystyle {latex(self.left)} \\neq {latex(self.right)}$"


# What ranges over what; a world contains only what the two sides mention.
_INDICES = {
    model.o: model.V,
    model.c: model.V,
    model.w: model.V,
    model.x: model.V,
    model.mu: model.V,
    model.r: model.K,
}
_TABLES = (model.U.symbol, model.v.symbol, model.C.symbol)
_NAMES = {str(symbol): symbol for symbol in (model.V, model.d, model.K, model.m, *_INDICES)} | {
    "negatives": model.negative,
    "context": model.context,
    **{symbol.name: symbol for symbol in _TABLES},
}
_SIZES = ({"V": 2, "d": 1, "K": 1, "m": 1}, {"V": 3, "d": 2, "K": 2, "m": 1})
_LIMIT = 400  # worlds of each size


def refute(left, right, given=(), **fixed):
    """Look for a small world in which two sides differ.

    Parameters
    ----------
    left, right : scalar expressions or Matrix
    given : sequence of Hypothesis
        Only worlds in which these hold are looked at.
    **fixed
        Values for sizes, indices, ``negatives``, ``context``, ``U``, ``v`` and ``C``, by name.

    Returns
    -------
    Witness or None
        None if no difference was found: that is no proof that there is none.

    Raises
    ------
    ShapeError
        If the sides have different shapes.

    Examples
    --------
    >>> from w2v.proof import J_softmax, U, grad, v, y, y_hat
    >>> print(refute(grad(J_softmax, v), U @ (y - y_hat)))
    with V = 2, d = 1, o = 0, U = [0 1], v = [1], entry (0, 0): E/(1 + E) on the left, ...
    >>> refute(grad(J_softmax, v), U @ (y_hat - y)) is None
    True
    """
    given_sizes = _sizes_of(fixed)
    for sizes in _SIZES:
        sizes = {_NAMES[name]: given_sizes.get(name, size) for name, size in sizes.items()}
        sizes |= dict.fromkeys(_own_sizes(left, right), sizes[model.V])
        cells = _cells(left, right, sizes)
        for world in itertools.islice(_worlds(cells, sizes, fixed, given), _LIMIT):
            if not all(hypothesis.holds(world) for hypothesis in given):
                continue
            for entry, (one, other) in cells.items():
                values = value(one, world), value(other, world)
                difference = (values[0] - values[1]).evalf(30)
                # Where a side has no real value, such as log 0, the world says nothing.
                if difference.is_real and difference.is_finite and abs(difference) > 1e-15:
                    return Witness(world, entry, *map(simplify, values))
    return None


def same_shape(left, right):
    """Raise `ShapeError` unless both sides are scalars or matrices of one shape."""
    if isinstance(left, Matrix):
        left._same_shape(right, "cannot compare")
    elif isinstance(right, Matrix):
        right._same_shape(left, "cannot compare")


def _cells(left, right, sizes):
    """The two sides entry by entry, by place."""
    same_shape(left, right)
    if not isinstance(left, Matrix):
        return {(): (sympify(left), sympify(right))}
    places = itertools.product(*(range(int(value(size, sizes))) for size in left.shape))
    return {
        place: (left[tuple(map(Integer, place))], right[tuple(map(Integer, place))])
        for place in places
    }


def _sizes_of(fixed):
    """The sizes that the given values have, by name."""
    sizes = {name: size for name, size in fixed.items() if name in ("V", "d", "K", "m")}
    if "negatives" in fixed:
        sizes["K"] = len(fixed["negatives"])
    if "context" in fixed:
        sizes["m"] = len(fixed["context"]) // 2
    for name in ("U", "C"):
        if name in fixed:
            sizes |= {"d": len(fixed[name]), "V": len(fixed[name][0])}
    if "v" in fixed:
        sizes["d"] = len(fixed["v"])
    return sizes


def _own_sizes(*sides):
    """Sizes that are not the model's: positive symbols, such as a reader's n, by name."""
    expressions = [
        part
        for side in sides
        for part in (
            (*side.shape, side[Symbol("i", integer=True), Symbol("j", integer=True)])
            if isinstance(side, Matrix)
            else (side,)
        )
    ]
    symbols = set().union(*(sympify(part).free_symbols for part in expressions))
    own = {
        symbol
        for symbol in symbols - {model.V, model.d, model.K, model.m}
        if symbol.is_integer and symbol.is_positive
    }
    return sorted(own, key=str)  # a set has another order in each process


def _ranges_of_own_indices(expressions):
    """Sizes that indices range over, by where they stand in matrices and drawn words."""
    ranges = {}
    for expression in expressions:
        for entry in expression.atoms(MatrixElement):
            symbol, *indices = entry.args
            for index, size in zip(indices, symbol.shape, strict=True):
                ranges.setdefault(index, size)
        for call in expression.atoms(AppliedUndef):
            if call.func == model.negative:
                ranges.setdefault(call.args[0], model.K)
    return ranges


def _worlds(cells, sizes, fixed, given):
    expressions = [side for sides in cells.values() for side in sides]
    mentioned = set().union(
        *(
            expression.free_symbols
            | expression.atoms(MatrixSymbol)
            | {call.func for call in expression.atoms(AppliedUndef)}
            for expression in expressions
        ),
        *(hypothesis.mentions for hypothesis in given),
    )
    own_ranges = _ranges_of_own_indices(expressions)
    fixed = {_NAMES[name]: given for name, given in fixed.items()}
    words, drawn = sizes[model.V], sizes[model.K]
    if model.negative in mentioned or model.negative in fixed:
        mentioned |= {model.o, model.negative}
    shown = [size for size in sizes if size not in (model.K, model.m)]  # a reader's n, too
    choices = {}
    if model.negative in mentioned:
        shown.append(model.K)
        choices[model.negative] = list(itertools.product(range(words), repeat=drawn))
    if model.context in mentioned:
        shown.append(model.m)
        places = [j for j in range(-sizes[model.m], sizes[model.m] + 1) if j]
        choices[model.context] = [
            dict(zip(places, chosen, strict=True))
            for chosen in itertools.product(range(words), repeat=len(places))
        ]
    known = {*sizes, *(symbol for symbol in mentioned if isinstance(symbol, MatrixSymbol))}
    for index in sorted(mentioned - known - set(_TABLES), key=str):
        if isinstance(index, Symbol):
            size = _INDICES.get(index) or own_ranges.get(index, model.V)
            choices[index] = list(range(int(value(size, sizes))))
    for symbol in sorted(mentioned, key=str):
        if isinstance(symbol, MatrixSymbol):
            choices[symbol] = _tables(symbol, sizes)
    for key, given in fixed.items():
        if key in choices:
            choices[key] = [given]
    first = [key for key in (*_INDICES, model.negative, model.context, *_TABLES) if key in choices]
    order = first + [key for key in choices if key not in first]
    # All combinations where they are few; otherwise a sample, the same every time.
    count = np.prod([float(len(choices[key])) for key in order], initial=1.0)
    rng = np.random.default_rng(0)
    if count <= _LIMIT:
        picks = itertools.product(*(choices[key] for key in order))
    else:
        picks = (
            tuple(choices[key][rng.integers(len(choices[key]))] for key in order)
            for _ in itertools.count()
        )
    shown = {size: sizes[size] for size in shown}
    for pick in picks:
        yield shown | dict(zip(order, pick, strict=True))


def _tables(symbol, sizes):
    rows, columns = (int(value(size, sizes)) for size in symbol.shape)
    simple = (1, 0, -1) if symbol == model.v.symbol else (0, 1, -1)
    if 3 ** (rows * columns) <= 81:
        flat = list(itertools.product(simple, repeat=rows * columns))
    else:
        rng = np.random.default_rng(1)
        flat = [
            [Rational(int(entry), 2) for entry in rng.integers(-2, 3, size=rows * columns)]
            for _ in range(40)
        ]
    return [
        [list(entries[row * columns : (row + 1) * columns]) for row in range(rows)]
        for entries in flat
    ]
