r"""Results in the symbols of the book: :math:`\hat y_w`, :math:`\boldsymbol u_w`, ...

The normal form of a gradient speaks of entries and of exponentials under fraction lines.
Read back, ``exp(score)/Z`` is a probability, a sum of products of entries is a score, and
the entries of one row index are vectors.
"""

from itertools import count

from sympy import Add, Function, Mul, Pow, Sum, Symbol, exp
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.printing.latex import LatexPrinter

from . import word2vec as model
from .normal_form import normal
from .sums import fresh


class _score(Function):
    """Score of a word, as one symbol."""


class _y_hat(Function):
    """Probability of a word, as one symbol."""


_Z = Symbol("Z", positive=True)


def scalar_latex(expression):
    r"""LaTeX of a scalar in the symbols of the book.

    Examples
    --------
    >>> from w2v.proof import p, w
    >>> print(scalar_latex(p(w)))
    \hat y_{w}
    """
    return _Printer().doprint(_read_back(normal(expression)))


def matrix_latex(matrix):
    r"""LaTeX of a vector, or of one column of a matrix.

    Examples
    --------
    >>> from w2v.proof import J_softmax, grad, v
    >>> print(matrix_latex(grad(J_softmax, v)))
    - \boldsymbol u_{o} + \sum_{x \in \text{Vocab}} \hat y_{x} \boldsymbol u_{x}
    """
    row = fresh("row")
    if matrix.shape == (model.V, 1):
        entry = _Printer().doprint(_read_back(normal(matrix[model.x, 0])))
        return rf"\text{{entry }} x\text{{: }} {entry}"
    if matrix.shape[1] == 1:
        return _Printer(row).terms(_read_back(normal(matrix[row, 0])))
    column = Symbol("x", integer=True, nonnegative=True)
    terms = _Printer(row).terms(_read_back(normal(matrix[row, column])))
    return rf"\text{{column }} x\text{{: }} {terms}"


def _read_back(expression):
    expression = expression.replace(_is_score, _to_score)
    expression = expression.replace(
        lambda term: (
            isinstance(term, Sum)
            and len(term.limits) == 1
            and term.limits[0][1:] == (0, model.V - 1)
            and term.function == exp(_score(term.limits[0][0]))
        ),
        lambda term: _Z,
    )
    return _probabilities(expression)


def _is_score(term):
    if not (isinstance(term, Sum) and len(term.limits) == 1):
        return False
    ((index, first, last),) = term.limits
    factors = Mul.make_args(term.function)
    return (
        first == 0
        and last == model.d - 1
        and len(factors) == 2
        and all(isinstance(f, MatrixElement) and f.args[1] == index for f in factors)
        and sorted(map(_role, factors)) == ["centre", "outside"]
    )


def _role(entry):
    """Whose entry it is: an outside vector's, that of v_c, or another's."""
    symbol, _, column = entry.args
    if symbol == model.U.symbol:
        return "outside"
    is_center = symbol == model.v.symbol or (symbol == model.C.symbol and column == model.c)
    return "centre" if is_center else "other"


def _to_score(term):
    factors = Mul.make_args(term.function)
    (word,) = (f.args[2] for f in factors if f.args[0] == model.U.symbol)
    return _score(word)


def _probabilities(expression):
    """Give each exponential the Z below it, also where the Z stands before the sum."""
    if isinstance(expression, Add):
        return Add(*map(_probabilities, expression.args))
    factors = list(Mul.make_args(expression))
    below = sum(-factor.as_base_exp()[1] for factor in factors if factor.as_base_exp()[0] == _Z)
    if not below or not getattr(below, "is_Integer", False) or below < 0:
        return expression
    rest = [factor for factor in factors if factor.as_base_exp()[0] != _Z]
    for place in range(len(rest)):
        while below and (inner := _one_less(rest[place])) is not None:
            rest[place] = inner
            below -= 1
    return Mul(*rest, _Z**-below)


def _one_less(factor):
    """The factor with one exponential turned into a probability, or None."""
    if isinstance(factor, exp):
        times, score = factor.args[0].as_coeff_Mul()
        if isinstance(score, _score) and times.is_Integer and times > 0:
            return _y_hat(*score.args) * exp((times - 1) * score)
    if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp > 0:
        inner = _one_less(factor.base)
        return None if inner is None else inner * factor.base ** (factor.exp - 1)
    if isinstance(factor, Sum):
        inside = list(Mul.make_args(factor.function))
        for place, part in enumerate(inside):
            inner = _one_less(part)
            if inner is not None:
                inside[place] = inner
                return Sum(Mul(*inside), *factor.limits)
    if isinstance(factor, Mul):
        parts = list(factor.args)
        for place, part in enumerate(parts):
            inner = _one_less(part)
            if inner is not None:
                parts[place] = inner
                return Mul(*parts)
    return None


class _Printer(LatexPrinter):
    """Prints terms as a coefficient and a vector, where entries have the row index given."""

    def __init__(self, row=None):
        super().__init__()
        self.row = row
        self.letters = {} if row is None else {row: "k"}

    def terms(self, expression):
        """Terms that share a vector are collected, numbers before sums."""
        collected = {}
        for term in Add.make_args(expression):
            vectors = [f for f in Mul.make_args(term) if self._is_vector(f)]
            rest = [f for f in Mul.make_args(term) if not self._is_vector(f)]
            collected.setdefault(Mul(*vectors), []).append(Mul(*rest))
        parts = []
        for vector, coefficients in sorted(
            collected.items(), key=lambda item: any(c.has(Sum) for c in item[1])
        ):
            name = "" if vector == 1 else self._vector(vector)
            if len(coefficients) > 1:
                inner = self._print(Add(*coefficients))
                parts.append(rf"\left({inner}\right) {name}".strip())
            else:
                parts.append(self._product(coefficients[0], name))
        text = " + ".join(parts).replace("+ - ", "- ")
        return text or "0"

    def _product(self, coefficient, name):
        sign, coefficient = (
            ("- ", -coefficient) if coefficient.could_extract_minus_sign() else ("", coefficient)
        )
        if coefficient == 1:
            return sign + (name or "1")
        text = self._print(coefficient)
        if isinstance(coefficient, Add):
            text = rf"\left({text}\right)"
        return f"{sign}{text} {name}".strip()

    def _is_vector(self, factor):
        return isinstance(factor, MatrixElement) and factor.args[1] == self.row

    def _vector(self, factors):
        return " ".join(
            self._print(factor) if not self._is_vector(factor) else self._whole(factor)
            for factor in Mul.make_args(factors)
        )

    def _whole(self, entry):
        """The vector that an entry of the row belongs to."""
        symbol, _, column = entry.args
        if symbol == model.v.symbol:
            return r"\boldsymbol v_c"
        if column == 0 and symbol.shape[1] == 1:
            return rf"\boldsymbol {symbol.name}"
        letter = {model.U.symbol: "u", model.C.symbol: "v"}.get(symbol, symbol.name)
        word = self._index(column)
        return r"\boldsymbol v_c" if letter + word == "vc" else rf"\boldsymbol {letter}_{{{word}}}"

    def _index(self, index):
        if index in self.letters:
            return self.letters[index]
        return self._print(index)

    def _letter(self, index, size):
        wanted = {model.V: "x", model.K: "s", model.d: "k"}.get(size, "j")
        for number in count():
            letter = wanted + "'" * number
            if letter not in self.letters.values():
                self.letters[index] = letter
                return letter

    def _print_Sum(self, expression):
        signs = []
        for index, first, last in expression.limits:
            size = last - first + 1
            letter = self._letter(index, size)
            if first == 0 and size == model.V:
                signs.append(rf"\sum_{{{letter} \in \text{{Vocab}}}}")
            elif first == 0 and size == model.K:
                signs.append(rf"\sum_{{{letter}=1}}^{{K}}")
            else:
                signs.append(rf"\sum_{{{letter}={self._print(first)}}}^{{{self._print(last)}}}")
        body = self.terms(expression.function)
        return " ".join(signs[::-1]) + " " + body

    def _print_MatrixElement(self, expression):
        symbol, row, column = expression.args
        if symbol == model.v.symbol:
            return f"v_{{{self._index(row)}}}"
        if column == 0 and symbol.shape[1] == 1:
            return f"{symbol.name}_{{{self._index(row)}}}"
        return f"{symbol.name}_{{{self._index(row)},{self._index(column)}}}"

    def _print__score(self, expression, exp=None):
        text = rf"\boldsymbol u_{{{self._index(expression.args[0])}}}^\top \boldsymbol v_c"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print__y_hat(self, expression, exp=None):
        text = rf"\hat y_{{{self._index(expression.args[0])}}}"
        return text if exp is None else f"{text}^{{{exp}}}"

    def _print_log(self, expression, exp=None):
        inner = self._print(expression.args[0])
        if isinstance(expression.args[0], (Add, Mul)):
            inner = rf"\left({inner}\right)"
        text = rf"\log {inner}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_sigma(self, expression, exp=None):
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\sigma{power}({self._print(expression.args[0])})"

    def _print_Symbol(self, expression):
        return self.letters.get(expression, super()._print_Symbol(expression))

    def _print_Dummy(self, expression):
        return self.letters.get(expression, expression.name)

    def _print_Function(self, expression, exp=None):
        if isinstance(expression, AppliedUndef):
            inner = self._index(expression.args[0])
            text = f"w_{{{inner}}}" if expression.func == model.negative else f"w_{{t+{inner}}}"
            return text if exp is None else f"{text}^{{{exp}}}"
        return super()._print_Function(expression, exp)

    def _print_KroneckerDelta(self, expression, exp=None):
        left, right = expression.args[:2]
        if model.o in (left, right):
            other = left if right == model.o else right
            return f"y_{{{self._index(other)}}}"
        return rf"\delta_{{{self._index(left)},{self._index(right)}}}"
