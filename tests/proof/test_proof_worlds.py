"""Counterexamples, computed anew by NumPy from the printed equations.

Nothing below uses the engine but the world that it found. Derivatives are complex steps of
the losses; what the source prints is written out in NumPy by hand. Words are columns of U.
"""

import numpy as np
import pytest
from sympy import Integer, Rational, Symbol, log

from w2v.proof import (
    J_negative,
    J_softmax,
    K,
    U,
    V,
    Witness,
    context,
    d,
    delta,
    different,
    equation,
    grad,
    negative,
    o,
    over,
    p,
    refute,
    score,
    settle,
    sigma,
    u,
    v,
    value,
    w,
    y,
    y_hat,
)
from w2v.proof.ledger import equations


def s(z):
    return 1 / (1 + np.exp(-z))


def step(function, array):
    """Derivative of a function of an array, in the array's shape, by complex step."""
    result = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        moved = array.astype(complex)
        moved[place] += 1e-30j
        result[place] = function(moved).imag / 1e-30
    return result


def by_column(function, table, word):
    return step(function, table)[:, [word]]


class World:
    """The numbers of a counterexample, and the quantities of the derivation in it."""

    def __init__(self, numbers):
        self.U, self.v = numbers["U"], numbers["v"]
        self.o, self.w, self.c = (numbers.get(name) for name in "owc")
        self.mu = numbers.get("mu")
        self.negatives = numbers.get("negatives", [])
        if "r" in numbers:
            self.drawn = self.negatives[numbers["r"]]

    def log_Z(self, U):
        return np.log(np.exp(U.T @ self.v).sum())

    def first(self, U, v):
        return -np.log(s((U[:, self.o] @ v)[0]))

    def loss(self, U, v):
        return self.first(U, v) - sum(np.log(s(-(U[:, k] @ v)[0])) for k in self.negatives)

    def score(self, word):
        return (self.U[:, word] @ self.v)[0]

    def sigma_by_column(self, sign, word, column):
        """Derivative of sigma(sign u_word^T v) by u_column."""
        return by_column(lambda U: s(sign * (U[:, word] @ self.v)[0]), self.U, column)

    def sigma_by_v(self, sign, word):
        return step(lambda v: s(sign * (self.U[:, word] @ v)[0]), self.v)


def score_by_table(at):
    return step(lambda U: (U[:, at.w] @ at.v)[0], at.U)


def probabilities(at):
    return np.exp(at.U.T @ at.v)[:, 0] / np.exp(at.U.T @ at.v).sum()


def left_by_table(at):
    return step(at.log_Z, at.U)


def left_by_center(at):
    return step(lambda v: at.loss(at.U, v), at.v)


def left_by_outside(at):
    return by_column(lambda U: at.loss(U, at.v), at.U, at.o)


def left_by_negative(at):
    return by_column(lambda U: at.loss(U, at.v), at.U, at.drawn)


def first_of_46(at):
    sigma_o = s(at.score(at.o))
    return -sigma_o * (1 - sigma_o) / sigma_o * at.sigma_by_v(1, at.o)


def printed_38(at):
    return sum(probabilities(at)[at.w] * score_by_table(at) for _ in range(at.U.shape[1]))


def printed_39(at):
    return sum(probabilities(at)[x] * score_by_table(at) for x in range(at.U.shape[1]))


def printed_47(at):
    total = first_of_46(at)
    for k in at.negatives:
        minus, plus = s(-at.score(k)), s(at.score(k))
        total = total - minus * (1 - plus) / minus * at.sigma_by_v(-1, k)
    return total


def printed_48(at):
    total = -(1 - s(at.score(at.o))) * at.sigma_by_v(1, at.o)
    for k in at.negatives:
        total = total - (1 - s(-at.score(k))) * at.sigma_by_v(-1, k)
    return total


def printed_52(at):
    return by_column(lambda U: at.first(U, at.v), at.U, at.o)


def printed_53(at):
    sigma_o = s(at.score(at.o))
    return -sigma_o * (1 - sigma_o) / sigma_o * at.sigma_by_column(1, at.o, at.o)


def printed_54(at):
    return -(1 - s(at.score(at.o))) * at.sigma_by_column(1, at.o, at.c)


def printed_55(at):
    return -(1 - s(at.score(at.o))) * at.v


def printed_58(at):
    negatives = lambda U: -sum(np.log(s(-(U[:, k] @ at.v)[0])) for k in at.negatives)  # noqa: E731
    return by_column(negatives, at.U, at.drawn)


def printed_59(at):
    minus = s(-at.score(at.drawn))
    return -minus * (1 - minus) / minus * at.sigma_by_column(-1, at.drawn, at.drawn)


def printed_60(at):
    return -(1 - s(-at.score(at.drawn))) * at.sigma_by_column(-1, at.drawn, at.mu)


def printed_61(at):
    return (1 - s(-at.score(at.drawn))) * at.v


BY_HAND = {
    "38": (left_by_table, printed_38),
    "39": (left_by_table, printed_39),
    "46": (lambda at: step(lambda v: at.first(at.U, v), at.v), first_of_46),
    "47": (left_by_center, printed_47),
    "48": (left_by_center, printed_48),
    "52": (left_by_outside, printed_52),
    "53": (left_by_outside, printed_53),
    "54": (left_by_outside, printed_54),
    "55": (left_by_outside, printed_55),
    "58": (left_by_negative, printed_58),
    "59": (left_by_negative, printed_59),
    "60": (left_by_negative, printed_60),
    "61": (left_by_negative, printed_61),
}


def test_every_refuted_equation_is_computed_by_hand():
    numbers = [e.number for e in equations() if e.verdict in ("wrong", "conditional")]
    assert numbers == list(BY_HAND)


@pytest.mark.parametrize("number", BY_HAND)
def test_a_counterexample_is_one_also_without_the_engine(number):
    witness = settle(equation(number)).witness
    at = World(witness.numbers())
    truth, printed = (side(at) for side in BY_HAND[number])
    assert float(witness.left) == pytest.approx(truth[witness.entry], rel=1e-12, abs=1e-14)
    assert float(witness.right) == pytest.approx(printed[witness.entry], rel=1e-12, abs=1e-14)
    assert abs(truth[witness.entry] - printed[witness.entry]) > 1e-3


@pytest.mark.parametrize("number", [n for n in BY_HAND if equation(n).verdict == "wrong"])
def test_the_correction_holds_in_the_world_of_the_counterexample(number):
    witness = settle(equation(number)).witness
    (pair,) = equation(number).corrected()
    left, right = (value(side[tuple(map(Integer, witness.entry))], witness.world) for side in pair)
    truth = BY_HAND[number][0](World(witness.numbers()))[witness.entry]
    assert float(left) == pytest.approx(truth, rel=1e-12, abs=1e-14)
    assert float(right) == pytest.approx(truth, rel=1e-12, abs=1e-14)


# --- the world as it is shown ------------------------------------------------------------------


def test_numbers_of_a_world():
    shown = settle(equation("47")).witness.numbers()
    assert {name: shown[name] for name in ("V", "d", "K", "o")} == {"V": 2, "d": 2, "K": 1, "o": 0}
    assert shown["negatives"] == [1]
    np.testing.assert_allclose(shown["U"], [[0, np.log(2)], [0, 1]], rtol=1e-15)
    assert shown["v"].tolist() == [[1], [0]]
    assert set(shown) == {"V", "d", "K", "o", "negatives", "U", "v"}


def test_a_window_is_shown_by_place():
    witness = refute(over(1, lambda _: score(context(1))), Integer(0))
    assert set(witness.numbers()["context"]) == {-1, 1}
    assert "context -1: " in str(witness)


def test_a_counterexample_names_its_world_entry_and_both_values():
    text = str(refute(grad(J_softmax, v), U @ (y - y_hat)))
    assert text.startswith("with V = 2, d = 1, o = 0, U = [0 1], v = [1], entry (0, 0): ")
    assert text.endswith("on the right")
    scalar = refute(V, Integer(3))
    assert str(scalar) == "with V = 2, d = 1: 2 on the left, 3 on the right"
    assert scalar.entry == ()
    assert scalar._repr_latex_() == r"$\displaystyle 2 \neq 3$"


def test_a_counterexample_is_the_same_every_time():
    first, second = (refute(grad(J_negative, v), 2 * u(o)) for _ in range(2))
    assert isinstance(first, Witness)
    assert first == second


def test_values_that_are_given_are_kept():
    witness = refute(grad(J_softmax, v), U @ y_hat, V=4, o=3, U=[[1, 0, 0, 2]], v=[[1]])
    assert witness.world[V] == 4
    assert witness.world[o] == 3
    assert witness.world[U.symbol] == [[1, 0, 0, 2]]
    assert float(witness.left - witness.right) == pytest.approx(-2, rel=1e-12)


def test_only_worlds_where_the_hypotheses_hold_are_looked_at():
    assert refute(delta(w, o, V), Integer(0), [different(w, o)]) is None
    found = refute(delta(w, o, V), Integer(1), [different(w, o)])
    assert found.world[w] != found.world[o]


def test_no_counterexample_to_what_is_true():
    assert refute(over(V, p), Integer(1), d=1) is None
    assert refute(grad(J_softmax, u(w)), (y_hat[w, 0] - y[w, 0]) * v, V=2) is None


@pytest.mark.parametrize(
    "fixed",
    [
        {"negatives": (0,)},
        {"negatives": (0, 1, 1)},
        {"U": [[0, 1]], "v": [[1]]},
        {"U": [[0, 1, 2, 3], [1, 1, 0, 2]], "v": [[1], [2]]},
        {"V": 4, "o": 3},
        {"K": 3},
    ],
    ids=str,
)
def test_values_that_are_given_decide_the_size_of_the_worlds(fixed):
    """A true claim: nothing is found, and nothing breaks on the way."""
    left = score(o) + over(K, lambda s: score(negative(s)))
    right = over(d, lambda i: (U[i, o] + over(K, lambda s: U[i, negative(s)])) * v[i, 0])
    assert refute(left, right, **fixed) is None
    assert refute(left, right + 1, **fixed).right == refute(left, right + 1, **fixed).left + 1


# --- values of expressions ---------------------------------------------------------------------

WORLD = {
    **{V: 3, d: 2, K: 2, o: 1, w: 2, negative: (2, 0)},
    U.symbol: [[1, 2, Rational(1, 2)], [0, -1, 3]],
    v.symbol: [[2], [-1]],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (U[0, w], Rational(1, 2)),
        (U[1, negative(0)], 3),
        (U[1, negative(1)], 0),
        (score(o), 5),
        (over(V, lambda x: U[0, x]), Rational(7, 2)),
        (over(V, lambda x: over(x + 1, lambda z: z)), 4),
        (over(K, lambda s: U[0, negative(s)] * (s + 1)), Rational(5, 2)),
        (delta(o, w, V), 0),
        (delta(w, negative(0), V), 1),
        (over(K, lambda s: delta(negative(s), w, V)), 1),
        (sigma(score(o) - 5), Rational(1, 2)),
        (log(sigma(Integer(0))), -log(2)),
        (over(K, lambda s: Integer(1), start=-K), 2),
    ],
    ids=range(13),
)
def test_values_are_exact(expression, expected):
    assert value(expression, WORLD) == expected


def test_a_word_outside_of_the_world_has_no_value():
    with pytest.raises((IndexError, KeyError, TypeError)):
        value(U[0, w], WORLD | {w: 3})
    with pytest.raises((IndexError, KeyError, TypeError)):
        value(U[0, Symbol("a", integer=True)], WORLD)
