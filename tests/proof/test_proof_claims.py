"""Verdicts on claims: true ones proved, every mutant rejected, and no guesses between.

Mutants are made from the printed right sides, not from their normal forms. Whether a mutant
is a false claim is decided by numbers alone: it differs from the left side in a world.
"""

import random
from functools import cache

import pytest
from sympy import (
    Add,
    Float,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    cosh,
    exp,
    log,
    sinh,
    sympify,
)
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixElement

from w2v.proof import (
    C,
    J_softmax,
    K,
    Matrix,
    ShapeError,
    U,
    V,
    Z,
    c,
    context,
    d,
    delta,
    different,
    grad,
    m,
    mu,
    named,
    negative,
    negatives_distinct,
    normal,
    o,
    o_not_negative,
    over,
    p,
    prove,
    proved,
    r,
    refute,
    score,
    sigma,
    u,
    v,
    value,
    vector,
    w,
    w_not_c,
    w_not_o,
    x,
    y,
    y_hat,
)
from w2v.proof.ledger import equations

h = named("h", d, 1)
M = named("M", V, V)
k = Symbol("k", integer=True)
ROW, COLUMN = Symbol("row", integer=True), Symbol("column", integer=True)


def number(rng):
    return Float(rng.randint(-(10**12), 10**12), 40) / 10**12


def world(rng, given=(), more=()):
    """Random numbers of 40 digits, and words for which the hypotheses hold."""
    while True:
        words = {index: rng.randrange(3) for index in (o, c, w, x, mu)}
        tables = [(U.symbol, 2, 3), (C.symbol, 2, 3), (v.symbol, 2, 1), (h.symbol, 2, 1)]
        tables += [(M.symbol, 3, 3)]
        found = {
            **{V: 3, d: 2, K: 2, m: 1, r: rng.randrange(2), k: rng.randrange(2)},
            **words,
            Symbol("q", real=True): number(rng),
            negative: tuple(rng.randrange(3) for _ in range(2)),
            context: {place: rng.randrange(3) for place in (-1, 1)},
            **{
                symbol: [[number(rng) for _ in range(columns)] for _ in range(rows)]
                for symbol, rows, columns in tables
            },
            **dict(more),
        }
        if all(hypothesis.holds(found) for hypothesis in given):
            return found


def sides_at_an_entry(left, right):
    """Scalars: the two sides in row `ROW` and column `COLUMN`."""
    if not isinstance(left, Matrix):
        return sympify(left), sympify(right), {}
    sizes = {V: 3, d: 2, Integer(1): 1}
    place = [
        (0 if size == 1 else index) for size, index in zip(left.shape, (ROW, COLUMN), strict=True)
    ]
    ends = {ROW: sizes[left.shape[0]], COLUMN: sizes[left.shape[1]]}
    return left[tuple(place)], right[tuple(place)], ends


def agree(left, right, ends, given=(), worlds=4, seed=0):
    """Whether numbers alone see no difference, in several worlds."""
    rng = random.Random(seed)
    for _ in range(worlds):
        place = {index: rng.randrange(end) for index, end in ends.items()}
        found = world(rng, given, place.items())
        one, other = value(left, found), value(right, found)
        difference = abs(one - other)
        if not difference.is_finite or difference > Float("1e-22", 40) * (1 + abs(one)):
            return False
    return True


# --- every claim of the derivation, and its mutants --------------------------------------------


def claims():
    """Everything that the ledger proves: number, left, right and hypotheses."""
    for equation in equations():
        sides = equation.corrected if equation.verdict == "wrong" else equation.sides
        for place, (left, right) in enumerate(sides()):
            yield pytest.param(left, right, equation.given, id=f"{equation.number}-{place}")


CLAIMS = list(claims())
MUTANTS = {}  # false mutants that were rejected, by claim


def mutations(node):
    """What may have gone wrong at one place of a formula."""
    if isinstance(node, Add):
        for term in node.args:
            yield node - 2 * term  # a sign
            yield node - term  # a term dropped
            yield node + term  # a term doubled
    elif isinstance(node, Mul):
        for factor in node.args:
            yield node / factor if factor != -1 else -node
        if not any(factor == -1 for factor in node.args):
            yield -node
    elif isinstance(node, (exp, sigma)):
        yield node.func(-node.args[0])
        yield node.args[0]
        yield 1 - node
    elif isinstance(node, log):
        yield node.args[0]
    elif isinstance(node, KroneckerDelta):
        yield Integer(1)
        yield 1 - node
    elif isinstance(node, Pow):
        yield node.base
        yield node.base * node
    elif isinstance(node, Sum):
        yield 2 * node
        index, first, last = node.limits[-1]
        yield Sum(node.function, *node.limits[:-1], (index, first + 1, last))  # one term lost
        yield node.function.xreplace({index: Integer(0)})  # no longer a sum


def mutated(node):
    """The expression with one mutation somewhere; indices and limits are left alone."""
    yield from mutations(node)
    if isinstance(node, (MatrixElement, AppliedUndef, KroneckerDelta)):
        return
    places = 1 if isinstance(node, Sum) else len(node.args)
    for place in range(places):
        for changed in mutated(node.args[place]):
            yield node.func(*node.args[:place], changed, *node.args[place + 1 :])


def mutants(right):
    """The mutants of a side that are other expressions than the side."""
    found = [2 * right, right + 1, right.xreplace({o: w, w: o}), right.xreplace({o: x, c: w})]
    found += [right.xreplace({negative(r): o}), right.xreplace({v[ROW, 0]: U[ROW, o]})]
    found += mutated(right)
    return [mutant for mutant in dict.fromkeys(map(sympify, found)) if mutant != right]


@pytest.mark.parametrize(("left", "right", "given"), CLAIMS)
def test_every_claim_holds_in_numbers(left, right, given):
    """Apart from its proof: in worlds of V = 3, d = 2, K = 2, m = 1."""
    assert agree(*sides_at_an_entry(left, right), given, worlds=2)


@pytest.mark.parametrize(("left", "right", "given"), CLAIMS)
def test_no_false_mutant_of_a_claim_is_proved(left, right, given, request):
    assert proved(left, right, *given)
    left, right, ends = sides_at_an_entry(left, right)
    form = normal(left, given)  # once for all mutants
    rng = random.Random(0)
    candidates = mutants(right)
    rng.shuffle(candidates)
    accepted, rejected = [], 0
    for mutant in candidates:
        if agree(left, mutant, ends, given):
            continue  # it happens to be true: proved or not, nothing is wrong
        if proved(form, mutant, *given):
            accepted.append(str(mutant))
        rejected += 1
        if rejected == 6:
            break
    assert not accepted, "\n".join(accepted)
    MUTANTS[request.node.callspec.id] = rejected


def test_there_were_many_mutants():
    if len(MUTANTS) < len(CLAIMS):
        pytest.skip("counts the mutants of the tests above, not all of which ran")
    assert sum(MUTANTS.values()) >= 400
    assert min(MUTANTS.values()) >= 1


@pytest.mark.parametrize(
    ("left", "right", "given"), [claim for claim in CLAIMS if isinstance(claim.values[0], Matrix)]
)
def test_a_transposed_side_does_not_fit(left, right, given):
    """Unless it is square (the diagonal of equation 44, which equals its transpose)."""
    if left.shape == (d, d):
        assert proved(left, right.T, *given)
    else:
        with pytest.raises(ShapeError, match=r"transpose one with \.T"):
            proved(left, right.T, *given)


# --- what a prover that is too willing would confuse -------------------------------------------


def rows_of(table):
    return over(V, lambda i: exp(over(V, lambda j: table[i, j])))


def test_rows_columns_and_the_trace_of_a_table_are_told_apart():
    rows, columns = rows_of(M), rows_of(M.T)
    diagonal = over(V, lambda i: exp(over(V, lambda _: M[i, i])))
    for left, right in [(rows, columns), (rows, diagonal), (columns, diagonal)]:
        assert not proved(left, right)
        assert prove(left, right).status == "refuted"
    assert proved(rows, over(V, lambda j: exp(over(V, lambda i: M[j, i]))))
    trace = over(V, lambda i: M[i, i])
    total = over(V, lambda i: over(V, lambda j: M[i, j]))
    assert prove(trace, total).status == "refuted"
    assert proved(trace, over(V, lambda i: M.T[i, i]))
    assert proved(total, over(V, lambda i: over(V, lambda j: M[j, i])))
    assert proved(over(V, lambda i: (M @ M)[i, i]), over(V, lambda i: (M.T @ M.T)[i, i]))
    assert prove(M @ M.T, M.T @ M).status == "refuted"
    assert prove(M, M.T).status == "refuted"


def test_the_trace_of_a_product_is_cyclic_and_the_product_does_not_commute():
    trace = lambda table: over(V, lambda i: table[i, i])  # noqa: E731
    A, B = named("A", V, V), named("B", V, V)
    assert proved(trace(A @ B @ M), trace(M @ A @ B))
    assert not proved(trace(A @ B @ M), trace(B @ A @ M))
    assert prove(A @ B, B @ A).status == "refuted"


def test_a_sum_of_squares_is_not_the_square_of_a_sum():
    squares = over(V, lambda w: U[0, w] * U[0, w])
    square = over(V, lambda w: U[0, w]) * over(V, lambda w: U[0, w])
    assert prove(squares, square).status == "refuted"
    assert proved(square, over(V, lambda a: over(V, lambda b: U[0, a] * U[0, b])))


def test_a_bound_word_does_not_take_hold_of_the_word_outside():
    """The letter w stands outside of the sums and, for a reader, inside of them."""
    outside = over(V, lambda x: U[0, x] * U[0, w])
    assert proved(over(V, lambda a: over(V, lambda b: U[0, a] * U[0, w])), V * outside)
    nested = over(V, lambda w: over(V, lambda x: U[0, w] * U[0, x]))
    assert not proved(nested, over(V, lambda a: over(V, lambda b: U[0, a] * U[0, w])))
    assert proved(over(V, lambda w: U[0, w]) * U[0, w], outside)
    assert prove(outside, over(V, lambda w: U[0, w] * U[0, w])).status == "refuted"


def test_the_derivative_of_log_sum_exp_by_a_word_of_the_same_letter_is_its_probability():
    """SymPy by itself answers 1 times v, as if the sum were over a single word."""
    assert proved(grad(log(Z), u(w)), p(w) * v)
    assert prove(grad(log(Z), u(w)), v).status == "refuted"
    total = over(V, lambda w: exp(score(w)))
    assert proved(grad(log(total), u(w)), exp(score(w)) / total * v)
    assert proved(grad(log(Z), u(negative(r))), p(negative(r)) * v)


# --- between proved and refuted ----------------------------------------------------------------

s, t = score(o), score(w)
BEYOND = {
    "cosh": (cosh(s), (exp(s) + exp(-s)) / 2),
    "cosh squared": (cosh(s) ** 2 - sinh(s) ** 2, Integer(1)),
    "a perfect square in a logarithm": (
        log(exp(2 * s) + 2 * exp(s) + 1),
        2 * log(1 + exp(s)),
    ),
    "sum of the first integers": (over(V, lambda i: i), V * (V - 1) / 2),
    "a square root": (
        (exp(2 * s) + 2 * exp(s + t) + exp(2 * t)) ** Rational(1, 2),
        exp(s) + exp(t),
    ),
    "a sum of exponentials in a logarithm": (
        log(exp(s) + exp(s + t)),
        s + log(1 + exp(t)),
    ),
    "a sum cut in two": (
        over(V, lambda i: exp(score(i))),
        exp(score(0)) + over(V - 1, lambda i: exp(score(i)), start=1),
    ),
    "a logistic loss": (-log(1 - 1 / (1 + exp(-s))), log(1 + exp(s))),
}


@cache
def verdict_on(name):
    return prove(*BEYOND[name])


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_true_but_beyond_the_normal_form_is_never_called_false(name):
    assert agree(*BEYOND[name], {}, worlds=8)
    verdict = verdict_on(name)
    assert verdict.status in ("proved", "not proved")
    assert verdict.witness is None
    assert bool(verdict) is (verdict.status == "proved")
    if not verdict:
        assert str(verdict) == "not proved, and no counterexample found"
        assert "refuted" not in repr(verdict)
        assert "false" not in repr(verdict).lower()
        assert verdict._repr_markdown_().startswith("**?**")


def test_some_of_these_are_indeed_not_proved():
    """So that the test above looks at the verdict that it is about."""
    statuses = [verdict_on(name).status for name in BEYOND]
    assert statuses.count("not proved") >= 3


def test_the_entropy_of_the_probabilities_is_proved_in_scores():
    assert proved(over(V, lambda w: p(w) * log(p(w))), over(V, lambda w: p(w) * score(w)) - log(Z))
    assert prove(over(V, lambda w: p(w) * log(p(w))), log(Z)).status == "refuted"


def test_verdicts_say_in_a_line_what_they_rest_on():
    assert str(prove(score(o), over(d, lambda i: U[i, o] * v[i, 0]))) == "proved for every size"
    verdict = prove(grad(-score(o), u(w)), 0 * v, w_not_o)
    assert str(verdict) == "proved for every size, given that w != o"
    assert verdict._repr_markdown_().startswith("**✓**")
    verdict = prove(grad(-score(o), u(w)), 0 * v)
    assert str(verdict).startswith("refuted with V = 2, d = 1, ")
    assert verdict._repr_markdown_().startswith("**✗**")
    assert not verdict
    assert verdict.witness.world[o] == verdict.witness.world[w]


@pytest.mark.parametrize("given", [w_not_o, w_not_c, o_not_negative, negatives_distinct], ids=str)
def test_a_false_claim_is_refuted_also_given_what_it_does_not_speak_of(given):
    """A hypothesis on words that occur on neither side changes nothing."""
    assert prove(V + d, V, given).status == "refuted"
    assert prove(grad(v.T @ v, v), v, given).status == "refuted"


def test_a_hypothesis_may_name_a_word_by_its_number():
    assert proved(delta(o, 0, V), Integer(0), different(o, Integer(0)))
    assert prove(delta(o, 0, V), Integer(1), different(o, Integer(0))).status == "refuted"


# --- claims that do not type-check -------------------------------------------------------------


@pytest.mark.parametrize("check", [prove, proved, refute])
def test_sides_of_different_shapes_are_no_claim_and_both_shapes_are_named(check):
    with pytest.raises(ShapeError, match=r"\(d x 1\) and \(V x 1\)"):
        check(grad(J_softmax, v), y_hat - y)
    with pytest.raises(ShapeError, match=r"\(d x V\) and \(V x d\).*\.T"):
        check(grad(J_softmax, U), (y_hat - y) @ v.T)
    with pytest.raises(ShapeError, match=r"\(d x 1\) matrix and a number"):
        check(grad(J_softmax, v), J_softmax)
    with pytest.raises(ShapeError, match=r"\(d x 1\) matrix and a number"):
        check(Integer(0), v)


# --- a reader's own claims ---------------------------------------------------------------------


def test_own_vectors_and_tables_in_true_claims():
    assert proved(grad(h.T @ v, v), h)
    assert proved(grad(v.T @ v, v), 2 * v)
    assert proved(grad(h.T @ M_of_d @ v, v), M_of_d.T @ h)
    assert proved(grad(v.T @ M_of_d @ v, v), (M_of_d + M_of_d.T) @ v)
    assert proved(grad(y.T @ M @ y_hat, M), y @ y_hat.T)
    assert proved(grad(log(over(V, lambda i: exp(scores[i, 0]))), scores), softmax_of_scores)
    assert proved(h[k, 0] * 2, h[k, 0] + h[k, 0])
    assert proved(over(V, lambda i: delta(i, word, V) * M[i, word]), M[word, word])


M_of_d = named("G", d, d)
scores = named("z", V, 1)
softmax_of_scores = vector(V, lambda i: exp(scores[i, 0]) / over(V, lambda j: exp(scores[j, 0])))
word = Symbol("word", integer=True)


def test_own_vectors_and_tables_in_false_claims():
    for left, right in [
        (grad(h.T @ v, v), -h),
        (grad(v.T @ M_of_d @ v, v), 2 * (M_of_d @ v)),
        (grad(h.T @ M_of_d @ v, v), M_of_d @ h),
        (grad(y.T @ M @ y_hat, M), y_hat @ y.T),
        (M[word, o], M[o, word]),
        (delta(word, o, V), Integer(0)),
        (h[k, 0], v[k, 0]),
    ]:
        verdict = prove(left, right)
        assert verdict.status == "refuted"
        found = verdict.witness
        cells = (left, right)
        if found.entry:
            cells = [side[tuple(map(Integer, found.entry))] for side in cells]
        one, other = (value(side, found.world) for side in cells)
        assert one != other
        assert (one - found.left, other - found.right) == (0, 0)


def test_own_indices_of_rows_lie_within_the_rows():
    """Looking for a counterexample to a true claim, none of V rows where there are d."""
    assert refute(v[k, 0] * 2, v[k, 0] + v[k, 0]) is None
    assert refute(U[k, word], U[k, word] + 0 * h[k, 0]) is None
    assert prove(cosh(h[k, 0]), (exp(h[k, 0]) + exp(-h[k, 0])) / 2).status != "refuted"


def test_own_sizes():
    n = Symbol("n", integer=True, positive=True)
    table = named("A", n, n)
    total = over(n, lambda i: over(n, lambda j: table[i, j]))
    assert proved(total, over(n, lambda i: over(n, lambda j: table[j, i])))
    assert prove(total, over(n, lambda i: table[i, i])).status == "refuted"


def test_a_side_without_a_value_is_no_counterexample():
    """1 / U has none where U is 0; where it has one, the claims are false and true."""
    assert prove(1 / U[0, o], 2 / U[0, o]).status == "refuted"
    assert refute(1 / U[0, o], U[0, o] / U[0, o] ** 2) is None
    verdict = prove(1 / U[0, o] + 1 / (1 + U[0, o]), (1 + 2 * U[0, o]) / (U[0, o] + U[0, o] ** 2))
    assert verdict.status != "refuted"
