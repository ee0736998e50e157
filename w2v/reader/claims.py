r"""The displayed equations of the book, read from their LaTeX and compared with the claims.

The ledger holds each equation twice: as LaTeX, and as expressions that are proved. Here the
LaTeX is read as that of any reader of the book is, and each side is proved equal to the side
of the claim: so that what is shown is what is proved. Of a wrong equation the sides must be
those that are wrong. A few are printed in such a way that they cannot be read as they stand;
they are listed in `CONTINUED`, `BY_CASE` and `MENDED`, with what is done instead.
"""

from collections import Counter
from functools import cache, lru_cache

from sympy import Add, KroneckerDelta, Mul, Sum, Symbol, exp, sympify

from w2v.proof import word2vec as model
from w2v.proof.claims import proved
from w2v.proof.ledger import equation
from w2v.proof.sums import Matrix, ShapeError, fresh, sigma

from .documents import document_of
from .meaning import Definition, Reader, Setting
from .printing import latex as as_latex
from .statements import statements
from .syntax import parse
from .tokens import NotUnderstoodError, tokens

#: Equations whose sum the next number continues. Printed, the left side of (46) is that of the
#: whole; the claim of (46) speaks of its first term, and that of (47) of both.
CONTINUED = {"46": "47"}
#: The claim has a pair of sides for each case of this letter: it is o, and it is another word.
BY_CASE = {"1": "w"}
#: What cannot be read as it is printed (number: printed, meant). It must not be readable, and
#: the claim is what it says when mended.
MENDED = {"51": (r"\sum_{c=1}^K", r"\sum_{s=1}^K")}
#: Equations of the case that a letter is o, which the text before them states.
CASE = dict.fromkeys(("20", "21", "22", "23", "24", "25", "26"), "w")
#: Letters that the LaTeX leaves free, and the claims call otherwise: the s of a derivative with
#: respect to u_{w_s}, a word m, and the real x of the logistic function.
NAMES = {
    Symbol("s", integer=True, nonnegative=True): model.r,
    Symbol("m", integer=True, nonnegative=True): model.mu,
    Symbol("x_real", real=True): Symbol("q", real=True),
}
#: Counts that the general laws need and the pages introduce in words.
_COUNTS = {
    "61*": ("x", r"\sum_{s=1}^K \mathbb{1}\{w_s = x\}"),
    "62*": ("x", r"\sum_{-m \le j \le m, j \ne 0} \mathbb{1}\{w_{t+j} = x\}"),
    "63*": ("x", r"\sum_{-m \le j \le m, j \ne 0} \mathbb{1}\{w_{t+j} = x\}"),
}
_PLACE = fresh("i"), fresh("j")
_FOR_BOTH_LOSSES = ("62", "63", "64")


def mismatches(number, latex):
    r"""Where a displayed equation says something else than the claim of its number.

    Parameters
    ----------
    number : int or str
        As in `w2v.proof.ledger.equation`.
    latex : str
        As displayed. If it begins with "=", the ledger knows what it continues.

    Returns
    -------
    list of str
        A sentence for each side that is not the claim's; empty if all are.

    Raises
    ------
    KeyError
        If there is no claim of that number.

    Examples
    --------
    >>> mismatches(16, r"\boldsymbol u_o = U \boldsymbol y")
    []
    >>> mismatches(16, r"\boldsymbol u_o = -U \boldsymbol y")
    ['the right side is read as -U y, and the claim is \\boldsymbol u_o = U \\boldsymbol y']
    """
    claim = equation(number)
    full = _with_head(claim, latex)
    if claim.number in MENDED:
        printed, meant = MENDED[claim.number]
        if printed not in full:
            return [f"it no longer says {printed}, which the claim is about: {claim.full_latex}"]
        if not _unreadable(claim, full):
            return [f"{printed} can be read, though the claim says that it has no meaning"]
        full = full.replace(printed, meant)
    try:
        return _compared(claim, _sides(full))
    except NotUnderstoodError as error:
        return [f"it cannot be read: {error.reason}"]


def _with_head(claim, latex):
    """The LaTeX with the beginning of its chain, as far as it is needed to read it."""
    text = latex.strip()
    if r"\cdots" in claim.head:  # the line goes on with the sum of the line above
        before = equation(next(n for n, after in CONTINUED.items() if after == claim.number))
        return f"{before.full_latex} {text}"
    return f"{claim.head} {text}" if text.startswith("=") and claim.head else text


def _sides(latex):
    """Trees of the sides, from left to right."""
    document = document_of(f"\\begin{{equation}}\n{latex}\n\\end{{equation}}", "tex")
    found = statements(document)
    if not found:
        raise NotUnderstoodError("there is no equation in it")
    trees = []
    for place, statement in enumerate(found):
        if statement.error is not None:
            raise statement.error
        if (statement.head is None) != bool(place):
            raise NotUnderstoodError("it is more than one equation")
        trees += [parse(part) for part in (statement.head, statement.side) if part is not None]
    return trees


def _unreadable(claim, latex):
    try:
        for tree in _sides(latex):
            for setting in _settings(claim.number, claim.part):
                Reader(setting).of(tree)
    except NotUnderstoodError:
        return True
    return False


@cache
def _settings(number, part):
    """The settings in which an equation is meant, one for each pair of its claim."""
    definitions = {}
    if number in _COUNTS:
        index, count = _COUNTS[number]
        definitions = {"n": Definition(index, parse(tokens(count)))}
    setting = Setting(case=CASE.get(number, ""), definitions=definitions)
    negative = setting.given(loss="negative", of="negative", draws=True)
    if number in BY_CASE:
        return [setting.given(case=BY_CASE[number]), setting]
    if part == "e":
        return [negative]
    if part == "f":
        both = [each.given(centers=True) for each in (setting, negative)]
        return both if number in _FOR_BOTH_LOSSES else both[:1]
    return [setting]


def _compared(claim, trees):
    """Sentences about the sides that are not those of the claim."""
    settings, pairs = _settings(claim.number, claim.part), claim.sides()
    if claim.number == "44":  # the other pairs are consequences, and not displayed
        pairs = pairs[:1]
    left, *rights = trees
    if len(settings) > 1:
        wanted = [
            (setting, tree, pair)
            for setting, pair in zip(settings, pairs, strict=True)
            for tree in rights
        ]
    elif len(pairs) > 1:
        if len(pairs) != len(rights):
            return [f"it has {len(rights)} signs of equality, and the claim has {len(pairs)}"]
        wanted = [(settings[0], tree, pair) for tree, pair in zip(rights, pairs, strict=True)]
    else:
        wanted = [(settings[0], tree, pairs[0]) for tree in rights]
    found = []
    for setting, right, pair in wanted:
        first = pair[0]
        if claim.number in CONTINUED:
            first = equation(CONTINUED[claim.number]).sides()[0][0]
        given = claim.given if claim.number in BY_CASE and not setting.case else ()
        for name, tree, side in (("left", left, first), ("right", right, pair[1])):
            fault = _fault(tree, setting, side, given)
            if fault:
                found.append(f"the {name} side {fault}, and the claim is {claim.full_latex}")
    return list(dict.fromkeys(found))


def _fault(tree, setting, side, given):
    """What is wrong with a side, or an empty text."""
    shown = f"is read as {as_latex(tree)}"
    try:
        shape, value = _read(tree, setting, tuple(setting.definitions.items()))
        if not _is_proved(shape, value, side, given):
            return shown
    except NotUnderstoodError as error:
        return f"cannot be read: {error.reason}"
    except ShapeError as error:
        return f"{shown}, whose shapes do not fit: {error}"
    return ""


@cache
def _read(tree, setting, names):  # settings are equal whatever names are defined in them
    """The shape of what is read (None for a number), and a number or the entry at `_PLACE`."""
    value = Reader(setting).of(tree)
    if isinstance(value, Matrix):
        return value.shape, value[_place_in(value)].xreplace(NAMES)
    return None, sympify(value).xreplace(NAMES)


@lru_cache(maxsize=64)  # lines of one chain share their left side
def _entry(matrix):
    return matrix[_place_in(matrix)]


def _place_in(matrix):
    return tuple(0 if size == 1 else at for size, at in zip(matrix.shape, _PLACE, strict=True))


def _is_proved(shape, value, side, given):
    """Whether what was read is proved to be the side of the claim."""
    if shape is None and value == 0 and isinstance(side, Matrix):
        shape = side.shape  # a zero vector may be printed as a number
    if (shape is not None) != isinstance(side, Matrix):
        raise ShapeError("a number is no matrix")
    if isinstance(side, Matrix):
        if shape != side.shape:
            raise ShapeError(f"{shape} is not {side.shape}")
        side = _entry(side)
    side = sympify(side)
    if not side.has(sigma):  # claims about the logistic function itself write it out
        value = value.replace(sigma, lambda argument: 1 / (1 + exp(-argument)))
    return _form(value, {}) == _form(side, {}) or proved(value, side, *given)


def _form(expression, bound):
    """The expression as a key that does not depend on the names that sums bind."""
    if expression in bound:
        return bound[expression]
    if not expression.args:
        return "leaf", expression
    if isinstance(expression, Sum):
        inner, limits = dict(bound), []
        for index, *ends in reversed(expression.limits):
            limits.append(tuple(_form(end, inner) for end in ends))
            inner[index] = ("bound", len(inner))
        return Sum, tuple(limits), _form(expression.function, inner)
    parts = [_form(part, bound) for part in expression.args]
    if isinstance(expression, KroneckerDelta):
        return KroneckerDelta, frozenset(parts[:2]), *parts[2:]
    if isinstance(expression, Add | Mul):
        return expression.func, frozenset(Counter(parts).items())
    return expression.func, *parts
