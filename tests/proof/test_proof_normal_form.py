"""The normal form keeps the value of every expression: random ones, in random worlds.

`w2v.proof.value` evaluates an expression as it stands and shares no code with the normal
form. Worlds hold numbers of 40 digits, so that a difference is none of rounding.
"""

import random
from functools import cache

import pytest
from sympy import Add, Float, Integer, Pow, Sum, Symbol, exp, log

from w2v.proof import (
    K,
    U,
    V,
    d,
    delta,
    different,
    is_zero,
    negative,
    negatives_distinct,
    normal,
    o,
    o_not_negative,
    over,
    p,
    partial,
    r,
    score,
    sigma,
    v,
    value,
    w,
    w_not_o,
)

CHUNKS, SIZE = 21, 100
k = Symbol("k", integer=True, nonnegative=True)
SIZES = {"V": V, "d": d, "K": K}
SCOPE = {"V": [o, w, negative(r)], "d": [k], "K": [r]}


def world(rng, given=()):
    """Random numbers of 40 digits, and words for which the hypotheses hold."""
    while True:
        drawn_words = rng.choice([1, 2])  # so that K and d can be told apart
        found = {
            V: 3,
            d: 2,
            K: drawn_words,
            o: rng.randrange(3),
            w: rng.randrange(3),
            k: rng.randrange(2),
            r: rng.randrange(drawn_words),
            negative: tuple(rng.randrange(3) for _ in range(drawn_words)),
            U.symbol: [[number(rng) for _ in range(3)] for _ in range(2)],
            v.symbol: [[number(rng)] for _ in range(2)],
        }
        if all(hypothesis.holds(found) for hypothesis in given):
            return found


def number(rng):
    return Float(rng.randint(-(10**12), 10**12), 40) / 10**12


def positive(depth, scope, rng):
    """An expression that is positive in every world, seen to be so or not."""
    inner = lambda: expression(depth - 1, scope, rng) / 4  # noqa: E731
    kind = rng.randrange(9)
    if kind >= 7:  # the same argument: what the rules of the logistic function look for
        return logistic_product(inner(), rng)
    if kind == 0:
        return exp(inner())
    if kind == 1:
        return sigma(inner())
    if kind == 2:
        return 1 + exp(inner())
    if kind == 3:
        return exp(inner()) * sigma(inner())
    if kind == 4:
        return summed(lambda wider: exp(expression(depth - 2, wider, rng) / 4), scope, rng)
    if kind == 5:
        return 2 * exp(inner()) / (1 + exp(inner()))
    return 1 + expression(depth - 1, scope, rng) ** 2


def logistic_product(argument, rng):
    factors = (
        lambda a: exp(a),
        lambda a: exp(-2 * a),
        lambda a: sigma(a),
        lambda a: 1 - sigma(a),
        lambda a: 1 / sigma(-a),
        lambda a: 1 / (1 + exp(a)),
        lambda a: (1 + exp(-a)) ** -2,
        lambda a: 1 + exp(a),
    )
    chosen = [rng.choice(factors)(argument) for _ in range(3)]
    return chosen[0] * chosen[1] * chosen[2]


def summed(body, scope, rng):
    """A sum over V, d or K, whose index the body may use (as may the word it draws)."""
    sort = rng.choice("VdK")

    def term(index):
        wider = {name: list(indices) for name, indices in scope.items()}
        wider[sort] += [index] * 2
        if sort == "K":
            wider["V"] += [negative(index)] * 2
        return body(wider)

    # `over` calls the term once for a scalar, so that the random choices are made once.
    return over(SIZES[sort], term)


def expression(depth, scope, rng):
    if depth <= 0 or rng.random() < 0.12:
        kind = rng.randrange(8)
        word, other = rng.choice(scope["V"]), rng.choice(scope["V"])
        row = rng.choice(scope["d"])
        if kind <= 2:
            return U[row, word]
        if kind == 3:
            return v[row, 0]
        if kind == 4:
            return Integer(rng.choice([-2, -1, 1, 2, 3]))
        if kind == 5:
            return delta(rng.choice(scope["K"]), rng.choice(scope["K"]), K)
        return delta(word, other, V)
    chance = rng.random()
    if chance < 0.18:
        return Add(expression(depth - 1, scope, rng), expression(depth - 1, scope, rng))
    if chance < 0.38:
        return expression(depth - 1, scope, rng) * expression(depth - 1, scope, rng)
    if chance < 0.43:
        return expression(depth - 1, scope, rng) ** rng.choice([2, 2, 3])
    if chance < 0.49:
        return exp(expression(depth - 1, scope, rng) / 4)
    if chance < 0.56:
        return log(positive(depth - 1, scope, rng))
    if chance < 0.61:
        return sigma(rng.choice([-1, 1]) * expression(depth - 1, scope, rng))
    if chance < 0.67:
        return Pow(positive(depth - 1, scope, rng), rng.choice([-1, -1, -2]))
    return summed(lambda wider: expression(depth - 1, wider, rng), scope, rng)


@cache
def drawn(chunk, count=SIZE, depth=None):
    """Pairs of an expression and a generator for its world."""
    rng = random.Random(chunk)
    depth = depth or (4 if chunk % 6 == 0 else 3)
    return [(expression(depth, SCOPE, rng), random.Random(number)) for number in range(count)]


def differ(first, second):
    """Whether two numbers differ by more than the rounding of 40 digits."""
    return not abs(first - second) < Float("1e-22", 40) * (1 + abs(first))


def changed(term, other, found):
    before, after = value(term, found), value(other, found)
    return differ(before, after) and f"{term}\n  {other}\n  {before}\n  {after}\n  {found}"


# --- soundness ---------------------------------------------------------------------------------


def test_the_random_expressions_hold_everything_that_the_derivation_is_made_of():
    """Otherwise the tests below would prove little."""
    seen = [term for chunk in range(CHUNKS) for term, _ in drawn(chunk)]
    assert len(seen) >= 2000
    for kind in (Sum, exp, log, sigma, Pow, Add):
        assert sum(term.has(kind) for term in seen) > 100, kind
    nested = [term for term in seen if any(s.function.has(Sum) for s in term.atoms(Sum))]
    assert len(nested) > 150
    assert sum(term.has(negative) for term in seen) > 200


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_value_is_changed(chunk):
    failures = []
    for term, rng in drawn(chunk):
        form = normal(term)
        failures += filter(None, [changed(term, form, world(rng))])
    assert not failures, "\n\n".join(failures)


GIVEN = [
    (w_not_o,),
    (o_not_negative,),
    (negatives_distinct,),
    (o_not_negative, negatives_distinct),
    (w_not_o, o_not_negative, negatives_distinct, different(k, r)),
]


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_no_value_is_changed_where_the_hypotheses_hold(given):
    failures, used = [], 0
    for term, rng in drawn(100 + GIVEN.index(given), count=24):
        # As in the claims: deltas of the words that the hypotheses speak of.
        hooked = term * (1 + delta(w, o, V)) + over(
            K, lambda s, term=term: delta(o, negative(s), V) + delta(negative(r), negative(s), V)
        ) * (1 + term)
        form = normal(hooked, given)
        used += form != normal(hooked)
        failures += filter(None, [changed(hooked, form, world(rng, given))])
    assert not failures, "\n\n".join(failures)
    assert used >= 20


def test_hypotheses_are_needed_where_they_are_used():
    """Without them, what they allow is false, and not proved."""
    cases = [
        (delta(w, o, V), w_not_o),
        (over(K, lambda s: delta(o, negative(s), V)), o_not_negative),
        (over(K, lambda s: delta(negative(r), negative(s), V)) - 1, negatives_distinct),
    ]
    for claim, hypothesis in cases:
        assert is_zero(claim, [hypothesis])
        assert not is_zero(claim)
        for other in {w_not_o, o_not_negative, negatives_distinct} - {hypothesis}:
            assert not is_zero(claim, [other])


@pytest.mark.parametrize("chunk", range(200, 204))
def test_the_normal_form_of_a_normal_form_is_itself(chunk):
    failures = []
    for term, _ in drawn(chunk, count=50):
        form = normal(term)
        again = normal(form)
        if again != form and not is_zero(form - again):
            failures.append(f"{term}\n  {form}\n  {again}")
    assert not failures, "\n\n".join(failures)


@pytest.mark.parametrize("chunk", range(300, 301))
def test_what_is_shown_to_be_zero_is_zero(chunk):
    """Differences of expressions that are close to one another, many of them equal."""
    wrong, zeros = [], 0
    for term, rng in drawn(chunk, count=20, depth=3):
        swapped = term.xreplace({o: w, w: o})
        for claim in (
            term - swapped,
            sigma(term) + sigma(-swapped) - 1,
            over(V, lambda x, term=term: delta(x, o, V) * term.xreplace({w: x})) - term,
            term / (1 + exp(swapped / 4)) - term * exp(-term / 4) / (1 + exp(-term / 4)),
        ):
            if is_zero(claim):
                zeros += 1
                wrong += filter(None, [changed(claim, Integer(0), world(rng))])
    assert not wrong, "\n\n".join(wrong)
    assert zeros >= 10


# --- derivatives -------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", range(400, 406))
def test_the_derivative_is_the_limit_of_the_difference_quotient(chunk):
    """SymPy's derivative of one entry, at indices inside and outside of sums, is trusted."""
    failures, moved = [], 0
    step = Float("1e-12", 60)
    for term, rng in drawn(chunk, count=50, depth=3):
        found = world(rng)
        entry = rng.choice([U[k, w], U[k, o], U[0, negative(r)], U[0, 0], v[k, 0], v[1, 0]])
        symbol, row, column = entry.args
        place = int(value(row, found)), int(value(column, found))

        def at(shift, found=found, symbol=symbol, place=place, term=term):
            table = [[Float(cell, 60) for cell in row] for row in found[symbol]]
            table[place[0]][place[1]] += shift
            return value(term, {**found, symbol: table})

        quotient = (at(step) - at(-step)) / (2 * step)
        derivative = partial(term, entry)
        found_values = value(derivative, found), value(normal(derivative), found)
        moved += quotient != 0
        for result in found_values:
            if abs(result - quotient) > 1e-12 * (1 + abs(quotient)):
                failures.append(f"{term}\n  by {entry}: {result}\n  instead of {quotient}")
    assert not failures, "\n\n".join(failures)
    assert moved >= 5


@pytest.mark.parametrize("entry", [U[k, w], U[k, negative(r)], U[1, 0], v[k, 0]], ids=str)
def test_the_second_derivative_of_log_sum_exp_is_a_covariance(entry):
    """Deltas of the first derivative must not be differentiated into something else."""
    total = log(over(V, lambda x: exp(score(x))))
    other = v[0, 0]
    first = partial(total, other)
    rng = random.Random(5)
    found = world(rng)
    symbol, row, column = entry.args
    place = int(value(row, found)), int(value(column, found))
    step = Float("1e-12", 60)

    def at(shift):
        table = [[Float(cell, 60) for cell in line] for line in found[symbol]]
        table[place[0]][place[1]] += shift
        return value(first, {**found, symbol: table})

    quotient = (at(step) - at(-step)) / (2 * step)
    assert abs(value(partial(first, entry), found) - quotient) < 1e-15
    assert is_zero(partial(first, entry) - partial(partial(total, entry), other))


# --- what must be told apart -------------------------------------------------------------------


def distinct(expressions):
    forms = [normal(term) for term in expressions]
    return len(set(forms)) == len(forms)


def test_probabilities_sum_to_one_and_their_squares_do_not():
    assert is_zero(over(V, p) - 1)
    assert not is_zero(over(V, lambda x: p(x) ** 2) - 1)


def test_a_sum_of_products_is_not_a_product_of_sums():
    product = over(V, lambda x: U[0, x]) * over(V, lambda x: U[0, x])
    assert distinct([over(V, lambda x: U[0, x] * U[0, x]), product])
    assert is_zero(product - over(V, lambda x: over(V, lambda z: U[0, x] * U[0, z])))
    assert is_zero(product - over(V, lambda x: U[0, x]) ** 2)


def test_a_sum_of_constants_counts_them():
    assert normal(over(V, lambda _: Integer(1))) == V
    assert is_zero(over(V, lambda _: over(K, lambda _: U[0, o])) - V * K * U[0, o])
    assert is_zero(over(K, lambda _: Integer(1), start=-K) - K)


def test_a_range_that_depends_on_an_index_is_refused():
    with pytest.raises(NotImplementedError, match="range of a sum depends"):
        normal(over(V, lambda x: over(x + 1, lambda z: U[0, z] * U[0, x])))


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (over(V, lambda x: delta(x, w + 1, V)), 1),
        (over(V, lambda x: delta(x, 3, V)), 1),
        (over(V, lambda x: over(K, lambda s: delta(x, s, V))), K),
    ],
    ids=["the last word has no next one", "there may be three words", "K may exceed V"],
)
def test_a_delta_with_an_index_that_may_lie_outside_its_range_is_not_summed_to_one(claim, right):
    """In the world below the sum falls short; a proof for every size cannot be right."""
    found = {V: 2, K: 3, w: 1}
    assert value(claim, found) != value(Integer(0) + right, found)
    assert not is_zero(claim - right)


def test_names_of_sums_within_sums_do_not_collide():
    """Each level binds two indices, so that names are chosen anew at every height."""
    inner = lambda x, z: exp(over(V, lambda a: over(d, lambda k: U[k, a] * U[k, x] * U[k, z])))  # noqa: E731
    first = over(V, lambda x: over(V, lambda z: inner(x, z) * U[0, x]))
    second = over(V, lambda x: over(V, lambda z: inner(x, x) * U[0, z]))
    third = over(V, lambda x: over(V, lambda z: inner(z, x) * U[0, z]))
    assert distinct([first, second])
    assert is_zero(first - third)
    rng = random.Random(3)
    for term in (first, second, log(1 + first) * second, exp(-first) + sigma(second)):
        assert not changed(term, normal(term), world(rng))


# --- the logistic function, and equal factors ---------------------------------------------------


def weights():
    """The sum of exponentials, with an index of its own each time."""
    return over(V, lambda x: exp(score(x)))


def at_a_word(claim):
    return claim(o)


def under_a_sum(claim):
    left, right = claim(negative(0))
    return (
        over(K, lambda s: left.subs(negative(0), negative(s))),
        over(K, lambda s: right.subs(negative(0), negative(s))),
    )


# Left, right, and a right side that is off by one slip.
LOGISTIC = {
    "a fraction cancels": lambda w: (
        sigma(-score(w)) * (1 - sigma(-score(w))) / sigma(-score(w)),
        1 - sigma(-score(w)),
        1 - sigma(score(w)),
    ),
    "a complement cancels": lambda w: ((1 - sigma(score(w))) / (1 - sigma(score(w))), 1, 2),
    "equal sums cancel": lambda w: (
        (weights() + exp(score(w))) / (weights() + exp(score(w))),
        1,
        exp(score(w)),
    ),
    "equal differences cancel": lambda w: (
        (1 - p(w)) * exp(score(w)) / (1 - p(w)),
        exp(score(w)),
        exp(-score(w)),
    ),
    "the definition": lambda w: (1 / (1 + exp(-score(w))), sigma(score(w)), sigma(-score(w))),
    "the definition, multiplied": lambda w: (
        exp(score(w)) / (1 + exp(score(w))),
        sigma(score(w)),
        sigma(score(w)) ** 2,
    ),
    "the derivative": lambda w: (
        exp(-score(w)) / (1 + exp(-score(w))) ** 2,
        sigma(score(w)) * (1 - sigma(score(w))),
        sigma(score(w)) * (1 + sigma(score(w))),
    ),
    "the reciprocal": lambda w: (1 / sigma(score(w)), 1 + exp(-score(w)), 1 + exp(score(w))),
    "the logarithm": lambda w: (
        log(sigma(score(w))),
        -log(1 + exp(-score(w))),
        log(1 + exp(-score(w))),
    ),
    "the logarithm, turned": lambda w: (
        log(sigma(-score(w))),
        log(sigma(score(w))) - score(w),
        log(sigma(score(w))) + score(w),
    ),
    "the odds": lambda w: (
        sigma(score(w)) / sigma(-score(w)),
        exp(score(w)),
        exp(-score(w)),
    ),
}


@pytest.mark.parametrize("place", [at_a_word, under_a_sum])
@pytest.mark.parametrize("name", LOGISTIC)
def test_forms_of_the_logistic_function_meet(name, place):
    claim = LOGISTIC[name]

    def sides(word):
        return [Integer(0) + side for side in claim(word)]

    left, right = place(lambda word: sides(word)[:2])
    assert is_zero(left - right)
    left, wrong = place(lambda word: sides(word)[::2])
    assert not is_zero(left - wrong)
    assert changed(left, wrong, world(random.Random(1)))


def test_the_logistic_function_at_zero():
    assert normal(sigma(over(V, lambda x: U[0, x] - U[0, x]))) == Integer(1) / 2
