r"""Proof expressions as numbers, to be compared with NumPy: the derived formula, executed."""

import mpmath
import numpy as np
from sympy import Function, KroneckerDelta, MatrixSymbol, Symbol, lambdify
from sympy.core.function import AppliedUndef

from . import word2vec as model
from .normal_form import normal
from .sums import Matrix

_SIZES = (model.V, model.d, model.K, model.m)
_INDICES = (model.o, model.c, model.w, model.x, model.r)
_NAMES = {"U", "C", "v", "negatives", "context", *map(str, _INDICES)}


def evaluate(expression, digits=None, **values):
    r"""Value of a scalar or matrix of the proofs at given vectors and words.

    The normal form is turned into a program of plain loops over the words, which shares
    nothing with the package's NumPy. Nothing is done against overflow: scores of some tens
    cost digits, and larger ones want `digits`.

    Parameters
    ----------
    expression : scalar expression or Matrix
        For instance ``grad(J_softmax, v)``.
    digits : int, optional
        Decimal digits to compute with (by mpmath); float64 if left out.
    **values
        What the expression speaks of, by name: ``U`` and ``C`` of shape (d, V) with words as
        **columns**, ``v`` of shape (d,), words ``o``, ``c``, ``w``, ``x``, the place ``r`` of a
        negative, ``negatives`` (K,), and ``context``, a dict from -m, ..., m without 0 to words.

    Returns
    -------
    float, or ndarray of the matrix's shape (mpmath numbers if `digits` is given)
        A column vector has shape (d,).

    Raises
    ------
    ValueError
        If neither `U` nor `v` is given, or their sizes do not fit.

    Examples
    --------
    >>> from w2v.proof import J_softmax, grad, v
    >>> evaluate(grad(J_softmax, v), U=[[1.0, -1.0]], v=[0.0], o=0)
    array([-1.])
    """
    unknown = values.keys() - _NAMES
    if unknown:
        raise TypeError(f"`{min(unknown)}` is none of the names {', '.join(sorted(_NAMES))}")
    arrays = {name: np.asarray(values[name], dtype=float) for name in "UCv" if name in values}
    sizes = _sizes(arrays, values)
    _check_words(values, sizes)
    rows = [Symbol("row", integer=True), Symbol("column", integer=True)]
    if isinstance(expression, Matrix):
        shape = tuple(int(size.subs(sizes)) for size in expression.shape)
        place = [0 if size == 1 else row for size, row in zip(expression.shape, rows, strict=True)]
        compiled = _compiled(normal(expression[tuple(place)]), rows, digits, values, arrays, sizes)
        entries = np.array(
            [compiled(*at) for at in np.ndindex(shape)], dtype=None if digits is None else object
        ).reshape(shape)
        return entries[:, 0] if expression.shape[1] == 1 else entries
    return _compiled(normal(expression), rows, digits, values, arrays, sizes)(0, 0)


def _sizes(arrays, values):
    table = arrays.get("U", arrays.get("C"))
    sizes = {}
    if table is not None:
        if table.ndim != 2:
            raise ValueError(f"`U` and `C` must have shape (d, V), but the shape is {table.shape}")
        sizes = {model.d: table.shape[0], model.V: table.shape[1]}
        if "C" in arrays and arrays["C"].shape != table.shape:
            raise ValueError(
                f"`C` has shape {arrays['C'].shape} and `U` {table.shape}: they must be the same"
            )
    if "v" in arrays:
        if sizes.setdefault(model.d, arrays["v"].size) != arrays["v"].size:
            raise ValueError(
                f"`v` has {arrays['v'].size} entries, but the columns of `U` have "
                f"{sizes[model.d]}: words are columns here"
            )
        arrays["v"] = arrays["v"].reshape(-1, 1)
    if not sizes:
        raise ValueError("give `U`, `C` or `v`: they say how large the world is")
    if "negatives" in values:
        sizes[model.K] = len(values["negatives"])
    if "context" in values:
        sizes[model.m] = len(values["context"]) // 2
    return sizes


def _check_words(values, sizes):
    words = {name: [values[name]] for name in ("o", "c", "w", "x") if name in values}
    words["negatives"] = list(values.get("negatives", []))
    words["context"] = list(values.get("context", {}).values())
    for name, given in words.items():
        for word in given:
            if model.V in sizes and not 0 <= word < sizes[model.V]:
                raise IndexError(
                    f"`{name}` names the word {word}, but there are {sizes[model.V]} words, "
                    f"0 to {sizes[model.V] - 1}"
                )
    if "r" in values and model.K in sizes and not 0 <= values["r"] < sizes[model.K]:
        raise IndexError(f"`r` is {values['r']}, but there are {sizes[model.K]} negatives")


class _Exact:
    """An array whose entries are mpmath numbers."""

    def __init__(self, array):
        self.array = array

    def __getitem__(self, place):
        row, column = place
        return mpmath.mpf(float(self.array[int(row), int(column)]))


def _check_complete(form, known, rows, values):
    missing = {str(symbol) for symbol in form.free_symbols - known.keys() - set(rows)}
    missing |= {symbol.name for symbol in form.atoms(MatrixSymbol) if symbol not in known}
    called = {str(call.func) for call in form.atoms(AppliedUndef)}
    missing |= {"negatives"} if "negative_word" in called and "negatives" not in values else set()
    missing |= {"context"} if "context_word" in called and "context" not in values else set()
    missing -= {"K"} if "negatives" in missing else set()
    if missing:
        raise ValueError(f"the expression speaks of {', '.join(sorted(missing))}: give a value")


def _compiled(form, rows, digits, values, arrays, sizes):
    # The printer does not know deltas that carry a range.
    form = form.replace(
        lambda term: isinstance(term, KroneckerDelta),
        lambda term: KroneckerDelta(*term.args[:2]),
    )
    # The word w and the negatives w_s have one letter, which a program cannot share.
    form = form.replace(model.negative, Function("negative_word"))
    form = form.replace(model.context, Function("context_word"))
    tables = {"U": model.U.symbol, "v": model.v.symbol, "C": model.C.symbol}
    functions = {
        "negative_word": lambda s: int(values["negatives"][int(s)]),
        "context_word": lambda j: int(values["context"][int(j)]),
    }
    if digits is None:
        functions["sigma"] = lambda score: 1 / (1 + np.exp(-score))
        library, wrap = "numpy", lambda array: array
    else:
        functions["sigma"] = lambda score: 1 / (1 + mpmath.exp(-score))
        library, wrap = "mpmath", _Exact
    known = {tables[name]: wrap(array) for name, array in arrays.items()} | sizes
    known |= {index: values[str(index)] for index in _INDICES if str(index) in values}
    _check_complete(form, known, rows, values)
    program = lambdify((*known, *rows), form, [functions, library])

    def at(*place):
        with mpmath.workdps(digits or 15):
            return program(*known.values(), *place)

    return at
