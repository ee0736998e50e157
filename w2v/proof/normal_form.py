r"""A normal form of sums: two expressions that share it are equal for every size.

An expression is rewritten, step by step, as

.. math:: \sum \text{coefficient} \cdot \prod (\text{sums that share no index}),

with one name for each bound index, given by its place. Every step keeps the value, for all
sizes and all real entries: that is what makes a proof of it. It is not complete: there are
equal expressions with different normal forms, so that different forms prove nothing.

1. *Prenex form*: products are multiplied out, and sums moved to the front of a product,
   their indices renamed apart.
2. *Deltas*: a sum over x of delta(x, y) f(x) becomes f(y); elsewhere delta(x, y) lets y
   stand for x.
3. *Components*: the factors of a product that share no index are summed by themselves.
4. *Names*: the indices of each sum get the names that make the sum come first in SymPy's
   order.
"""

from functools import lru_cache
from itertools import permutations, product

from sympy import (
    Add,
    Dummy,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    default_sort_key,
    exp,
    log,
    sympify,
)
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from .sums import Index, delta, fresh, sigma


def normal(expression, given=()):
    """The normal form of a scalar expression.

    Parameters
    ----------
    expression : scalar expression
    given : sequence of Hypothesis
        What may be assumed of the indices.

    Returns
    -------
    expression
        Of the same value, for every size.

    Raises
    ------
    NotImplementedError
        If the range of a sum depends on the index of another.

    Examples
    --------
    >>> from w2v.proof import V, delta, o, over, y
    >>> normal(over(V, lambda w: y[w, 0]))
    1
    """
    return Add(
        *(
            _summed(monomial, binders, given)
            for monomial, binders in _prenex(sympify(expression), given)
        )
    )


def is_zero(expression, given=()):
    """Whether the normal form shows that an expression is 0 for every size.

    What still stands below a fraction line is multiplied out: it is not 0 where the
    expression has a value at all.
    """
    form = normal(expression, given)
    for _ in range(4):
        denominators = {
            factor.base: max(
                -power.exp
                for term in Add.make_args(form)
                for power in Mul.make_args(term)
                if isinstance(power, Pow) and power.base == factor.base and power.exp.is_Integer
            )
            for term in Add.make_args(form)
            for factor in Mul.make_args(term)
            if isinstance(factor, Pow)
            and isinstance(factor.base, Add)
            and factor.exp.is_Integer
            and factor.exp < 0
        }
        if form == 0 or not denominators:
            break
        multiple = Mul(*(base**power for base, power in denominators.items()))
        form = normal(Add(*(term * multiple for term in Add.make_args(form))), given)
    return form == 0


def _prenex(expression, given):
    """Pairs of a monomial and its binders, whose sums add up to the expression."""
    if isinstance(expression, Add):
        return [pair for term in expression.args for pair in _prenex(term, given)]
    if isinstance(expression, Mul):
        expression = _cancelled(expression, given)
        if not isinstance(expression, Mul):
            return _prenex(expression, given)
        choices = product(*(_prenex(factor, given) for factor in expression.args))
        return [
            pair
            for chosen in choices
            for pair in _reduced(
                Mul(*(monomial for monomial, _ in chosen)), sum((b for _, b in chosen), ())
            )
        ]
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp > 1:
        if isinstance(expression.base, Add) and not expression.has(Sum):
            return _prenex(expression.expand(deep=False), given)
        # Written out, so that each copy of a sum gets an index of its own.
        factors = [expression.base] * int(expression.exp)
        return _prenex(Mul(*factors, evaluate=False), given)
    if isinstance(expression, Sum):
        new = {index: fresh() for index, *_ in expression.limits}
        for index, first, last in expression.limits:
            new[index].limits = (first.xreplace(new), last.xreplace(new))
        binders = tuple((new[index], *new[index].limits) for index, *_ in expression.limits)
        body = expression.function.xreplace(new)
        return [(monomial, inner + binders) for monomial, inner in _prenex(body, given)]
    if isinstance(expression, KroneckerDelta):
        for hypothesis in given:
            if isinstance(expression, KroneckerDelta):
                expression = hypothesis.rewrite(expression)
        return [(sympify(expression), ())]
    if not expression.args or isinstance(expression, (MatrixElement, AppliedUndef)):
        return [(expression, ())]

    # A function, or a negative power: opaque, with arguments in normal form.
    rebuilt = expression.func(*(normal(argument, given) for argument in expression.args))
    rule = _RULES.get(rebuilt.func)
    better = rule(rebuilt) if rule else None
    if better is not None:
        return _prenex(better, given)
    if rebuilt != expression and isinstance(rebuilt, (Add, Mul)):
        return _prenex(rebuilt, given)
    return [(rebuilt, ())]


def _cancelled(product, given):
    """A product whose equal factors above and below the fraction line are gone.

    Two sums that are equal have bound indices of their own, and so are different to SymPy
    until both have their normal form. Multiplied out, they would no longer meet.
    """
    powers = [
        (factor.base, factor.exp)
        if isinstance(factor, Pow) and factor.exp.is_Integer
        else (factor, Integer(1))
        for factor in product.args
    ]
    if not any(power < 0 and not base.is_Atom for base, power in powers):
        return product
    return Mul(*(normal(base, given) ** power for base, power in powers))


def _reduced(monomial, binders):
    """Pairs that add up to a monomial, without products of exp(a) and sigma(a).

    exp(-a) sigma(a) = 1 - sigma(a), and exp(a) sigma(a) = exp(a) - sigma(a).
    """
    factors = Mul.make_args(monomial)
    exponent = Add(*(factor.args[0] for factor in factors if isinstance(factor, exp)))
    for factor in factors if exponent != 0 else ():
        base, power = factor.args if isinstance(factor, Pow) else (factor, Integer(1))
        if not (isinstance(base, sigma) and power.is_Integer and power > 0):
            continue
        (argument,) = base.args
        for sign in (1, -1):
            left = (exponent - sign * argument).expand()
            if _length(left) != _length(exponent) - _length(argument):
                continue
            others = [each for each in factors if not isinstance(each, exp)]
            rest = Mul(*others, *(_exp_of(left))) / base
            halves = (
                (rest * Mul(*_exp_of(argument)), -rest * base)
                if sign == 1
                else (rest, -rest * base)
            )
            return [pair for half in halves for pair in _reduced(half, binders)]
    return [(monomial, binders)]


def _length(exponent):
    """The sum of the sizes of an exponent's coefficients."""
    return sum(abs(term.as_coeff_Mul()[0]) for term in Add.make_args(exponent))


def _exp_of(argument):
    return [exp(term) for term in Add.make_args(argument)]


def _lies_within(value, index, limits):
    """Whether a value of an index is sure to lie in a range, and does not contain the index."""
    if isinstance(value, Index):
        return value != index and value.limits in (None, limits)
    if isinstance(value, AppliedUndef):
        return not value.has(index)  # a drawn word
    # A name for an index lies where it is used; sizes, and sums such as w + 1, need not.
    return value == limits[0] or (isinstance(value, Symbol) and not value.is_positive)


def is_positive(expression):
    """Whether an expression is seen to be positive, entries being real, sums not empty."""
    if isinstance(expression, Sum):
        return is_positive(expression.function)
    if _complement_argument(expression) is not None:
        return True
    if isinstance(expression, (Mul, Add)):
        return all(map(is_positive, expression.args))
    if isinstance(expression, Pow):
        return is_positive(expression.base)
    return bool(expression.is_positive) or isinstance(expression, exp)


def _exponents(expression):
    """The a and b of exp(a) + exp(b), where 1 is exp(0); None for any other expression."""
    terms = Add.make_args(expression)
    products = [[] if term == 1 else Mul.make_args(term) for term in terms]
    if len(terms) != 2 or not all(isinstance(each, exp) for part in products for each in part):
        return None
    return tuple(Add(*(factor.args[0] for factor in part)) for part in products)


def _logistic_argument(expression):
    """The a of 1 + exp(a), which is 1 / sigma(-a); None for any other expression."""
    exponents = _exponents(expression)
    if not exponents or 0 not in exponents:
        return None
    return exponents[1 - exponents.index(0)]


def _complement_argument(expression):
    """The a of 1 - sigma(a), which is sigma(-a); None for any other expression."""
    other = 1 - expression
    return other.args[0] if isinstance(other, sigma) else None


def _power_rule(expression):
    """Write powers of 1 + exp(a), sigma(a) and 1 - sigma(a) below the line above it."""
    base, power = expression.args
    if not (power.is_Integer and power < 0):
        return None
    exponents = _exponents(base)
    if exponents:  # 1 / (exp(a) + exp(b)) = exp(-a) sigma(a - b)
        first, second = exponents
        return exp(power * first) * sigma(first - second) ** -power
    if isinstance(base, sigma):
        return (1 + exp(-base.args[0])) ** -power
    argument = _complement_argument(base)
    if argument is not None:
        return (1 + exp(argument)) ** -power
    return None


def _log_rule(expression):
    """Take the logarithm of a positive product apart; log exp x = x."""
    (argument,) = expression.args
    inner = _logistic_argument(argument)
    if inner is not None:  # log (1 + exp a) = -log sigma(-a)
        return -log(sigma(-inner))
    inner = _complement_argument(argument)
    if inner is not None:  # log sigma(-a) = log sigma(a) - a
        return log(sigma(inner)) - inner
    if isinstance(argument, exp):
        return argument.args[0]
    if isinstance(argument, Pow) and is_positive(argument.base):
        return argument.exp * log(argument.base)
    if isinstance(argument, Mul) and is_positive(argument):
        return Add(*map(log, argument.args))
    return None


def _exp_rule(expression):
    """exp(a + b) = exp(a) exp(b)."""
    (argument,) = expression.args
    return Mul(*map(exp, argument.args)) if isinstance(argument, Add) else None


def _sigma_rule(expression):
    """sigma(-a) = 1 - sigma(a), for the one of a and -a that comes first; sigma(0) = 1/2."""
    (argument,) = expression.args
    if argument == 0:
        return Rational(1, 2)
    return 1 - sigma(-argument) if argument.could_extract_minus_sign() else None


_RULES = {log: _log_rule, exp: _exp_rule, sigma: _sigma_rule, Pow: _power_rule}


def _summed(monomial, binders, given):
    """The sum of one monomial over its binders, in normal form."""

    def again(monomial, binders):
        return Add(
            *(_summed(term, inner + binders, given) for term, inner in _prenex(monomial, given))
        )

    factors = Mul.make_args(monomial)
    ranges = {index: (first, last) for index, first, last in binders}
    if any(ranges.keys() & bound.free_symbols for limits in ranges.values() for bound in limits):
        raise NotImplementedError("the range of a sum depends on the index of another")

    for factor in factors:
        if not isinstance(factor, KroneckerDelta):
            continue
        left, right = factor.args[:2]
        valid = tuple(factor.args[2]) if len(factor.args) > 2 else None
        rest = monomial / factor
        for index, value in ((left, right), (right, left)):
            # sum over x of delta(x, y) f(x) = f(y), if x runs through the delta's range
            # and y is sure to lie in it
            if index in ranges and valid == ranges[index] and _lies_within(value, index, valid):
                others = tuple(binder for binder in binders if binder[0] != index)
                return again(rest.xreplace({index: value}), others)
        # delta(x, y) f(x) = delta(x, y) f(y): bound indices give way to free ones
        value, index = sorted(
            (left, right),
            key=lambda side: (bool(side.free_symbols & ranges.keys()), default_sort_key(side)),
        )
        if rest.has(index) and rest.xreplace({index: value}) != rest:
            return again(factor * rest.xreplace({index: value}), binders)

    components = []  # pairs of a product and the bound indices in it
    for factor in factors:
        indices = factor.free_symbols & ranges.keys()
        touching = [component for component in components if component[1] & indices]
        components = [component for component in components if not component[1] & indices]
        components.append(
            (
                Mul(factor, *(part for part, _ in touching)),
                indices.union(*(used for _, used in touching)),
            )
        )
    unused = ranges.keys() - set().union(*(used for _, used in components))
    result = Mul(
        *(_named(part, {index: ranges[index] for index in used}) for part, used in components),
        *(ranges[index][1] - ranges[index][0] + 1 for index in unused),
    )
    return result.expand(deep=False) if isinstance(result, Mul) and unused else result


@lru_cache(None)
def _bound(height):
    return Dummy(f"b{height}", integer=True)


def _named(part, ranges):
    """The sum of a component, its indices named by their height in the expression."""
    if not ranges:
        return part
    base, taken = 0, part.atoms(Dummy)
    while _bound(base + 1) in taken:
        base += 1
    names = [_bound(base + 1 + number) for number in range(len(ranges))]

    def with_order(order):
        new = dict(zip(order, names, strict=True))
        return Sum(part.xreplace(new), *((new[index], *ranges[index]) for index in order))

    return min(map(with_order, permutations(ranges)), key=default_sort_key)


class Hypothesis:
    """Something that is assumed of the indices.

    Parameters
    ----------
    text, latex : str
        In words, and as a formula.
    rewrite : callable
        Takes a Kronecker delta, returns what it equals under the hypothesis.
    holds : callable
        Takes a world (see `w2v.proof.worlds`), returns whether the hypothesis is true there.
    mentions : iterable
        The indices and functions that it speaks of.
    """

    def __init__(self, text, latex, rewrite, holds, mentions=()):
        self.text = text
        self.latex = latex
        self.rewrite = rewrite
        self.holds = holds
        self.mentions = frozenset(mentions)

    def __repr__(self):
        return f"<{self.text}>"


def different(first, second):
    """The hypothesis that two indices differ."""
    return Hypothesis(
        f"{first} != {second}",
        rf"{first} \neq {second}",
        lambda term: 0 if {first, second} == set(term.args[:2]) else term,
        lambda world: world.get(first, first) != world.get(second, second),
        [index for index in (first, second) if isinstance(index, Symbol)],
    )


def avoids(index, function, size):
    """The hypothesis that an index is not among the values of a function."""

    def rewrite(term):
        sides = term.args[:2]
        hit = index in sides and any(getattr(side, "func", None) == function for side in sides)
        return 0 if hit else term

    return Hypothesis(
        f"{index} is not among the negatives",
        rf"{index} \notin \{{{function}_1, \dots, {function}_{size}\}}",
        rewrite,
        lambda world: world.get(index, index) not in world[function],
        [index, function] if isinstance(index, Symbol) else [function],
    )


def injective(function, size):
    """The hypothesis that a function of 0, ..., size - 1 takes no value twice."""

    def rewrite(term):
        left, right = term.args[:2]
        both = getattr(left, "func", None) == getattr(right, "func", None) == function
        return delta(left.args[0], right.args[0], size) if both else term

    return Hypothesis(
        "the negatives are distinct",
        rf"{function}_r \neq {function}_s \text{{ for }} r \neq s",
        rewrite,
        lambda world: len(set(world[function])) == len(world[function]),
        [function],
    )
