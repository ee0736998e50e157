"""Exercises of the page `errata`."""

import numpy as np

from .judge import Wrong, exercise, require_close
from .proving import require_proved


def _slope(function, at):
    """Derivative of a number by each entry of a vector, by complex step."""
    steps = at + 1e-30j * np.eye(len(at))
    return np.array([function(step).imag / 1e-30 for step in steps])


def _logistic(z):
    return 1 / (1 + np.exp(-z))


@exercise(
    "errata-more-words",
    chapter="errata",
    level="warm-up",
    about="See how the fault of (38) and (39) grows with the vocabulary.",
    tests="the derivative of the log-sum-exp by complex step, and the two printed sums term by "
    "term, for 2, 3 and 10 words",
)
def _more_words(entries):
    for V in (2, 3, 10):
        table = np.zeros(V)
        truth = _slope(lambda u: np.log(np.exp(u).sum()), table)[0]
        share = np.exp(table) / np.exp(table).sum()
        printed_38 = sum(share[0] * 1 for x in range(V))
        printed_39 = sum(share[x] * 1 for x in range(V))
        found = np.asarray(entries(V), float)
        if found.shape != (3,):
            raise Wrong(f"Three numbers are asked for, but there are {found.size}.")
        for name, number, right in zip(
            ("truth", "right-hand side of (38)", "right-hand side of (39)"),
            found,
            (truth, printed_38, printed_39),
            strict=True,
        ):
            require_close(number, right, f"the {name} with {V} words of score 0")


@exercise(
    "errata-lost-minus",
    chapter="errata",
    level="core",
    about="Refute a line that passes a check at zero, and correct it.",
    tests="both sides in your world, the true one by complex step; and a proof of your correction "
    "for every size",
)
def _lost_minus(world, corrected):
    from w2v.proof import J_negative, grad, v

    try:
        u_o, u_w, center = (float(world[name]) for name in ("u_o", "u_w", "v"))
    except (KeyError, TypeError, ValueError):
        raise Wrong(
            f"The world should give numbers to u_o, u_w and v, as in dict(u_o=1, u_w=2, v=3), but "
            f"is {world!r}."
        ) from None

    def loss(at):
        return (-np.log(_logistic(u_o * at)) - np.log(_logistic(-u_w * at)))[0]

    truth = _slope(loss, np.array([center]))[0]
    line = -(1 - _logistic(u_o * center)) * u_o + (1 - _logistic(u_w * center)) * u_w
    if np.isclose(truth, line):
        why = ", since the negative's score is 0" if not u_w * center else ""
        raise Wrong(
            f"With u_o = {u_o:g}, u_w = {u_w:g} and v = {center:g} both sides are {truth + 0:.6g}"
            f"{why}: that is no counterexample."
        )
    form = "a column such as `-(1 - sigma(score(o))) * u(o) + ...`"
    require_proved(grad(J_negative, v), corrected, "the gradient", form)


@exercise(
    "errata-where-to-check",
    chapter="errata",
    level="stretch",
    about="Find out which of the false lines a gradient check misses at two popular places.",
    tests="both sides of the seven lines at U = 0 and at a centre vector of 0, the derivatives by "
    "complex step",
)
def _where_to_check(missed_at_zero_table, missed_at_zero_vector):
    rng = np.random.default_rng(9)
    words, d = 4, 2
    places = [
        ("U = 0", rng.normal(size=d), np.zeros((words, d)), missed_at_zero_table),
        ("v = 0", np.zeros(d), rng.normal(size=(words, d)), missed_at_zero_vector),
    ]
    for place, v, U, missed in places:
        missed = set(missed)
        strangers = sorted(missed - {46, 47, 48, 53, 54, 59, 60}, key=str)
        if strangers:
            raise Wrong(f"{strangers[0]!r} is not one of the seven lines.")
        for number, (truth, line) in _sides(v, U).items():
            agree = np.allclose(truth, line)
            shown = f"the truth is {_row(truth)} and the line gives {_row(line)}"
            if agree and number not in missed:
                raise Wrong(f"At {place} a check misses ({number}), too: {shown}.")
            if number in missed and not agree:
                raise Wrong(f"At {place} a check does find ({number}): {shown}.")


def _sides(v, U):
    """Both sides of the seven lines, with o = 0, c = 3, m read as word 3, and w_1 = 1."""
    o, s, c, mu = 0, 1, 3, 3

    def first(at):
        return -np.log(_logistic(U[o] @ at))

    def second(at):
        return -np.log(_logistic(-U[s] @ at))

    def by_word(word, moved, sign):
        """The derivative of sigma(sign u_moved^T v) by the vector of `word`."""
        return _slope(lambda u: _logistic(sign * (u if word == moved else U[moved]) @ v), U[word])

    a, b = _logistic(U[o] @ v), _logistic(-U[s] @ v)
    printed_first = -(1 - a) * _slope(lambda at: _logistic(U[o] @ at), v)
    derivative = _slope(lambda at: _logistic(-U[s] @ at), v)
    return {
        46: (_slope(first, v), printed_first),
        47: (_slope(second, v), -(1 - _logistic(U[s] @ v)) * derivative),
        48: (
            _slope(lambda at: first(at) + second(at), v),
            printed_first - (1 - b) * derivative,
        ),
        53: (_slope(lambda u: -np.log(_logistic(u @ v)), U[o]), -(1 - a) * by_word(o, o, 1)),
        54: (_slope(lambda u: -np.log(_logistic(u @ v)), U[o]), -(1 - a) * by_word(c, o, 1)),
        59: (_slope(lambda u: -np.log(_logistic(-u @ v)), U[s]), -(1 - b) * by_word(s, s, -1)),
        60: (_slope(lambda u: -np.log(_logistic(-u @ v)), U[s]), -(1 - b) * by_word(mu, s, -1)),
    }


def _row(numbers):
    return "(" + ", ".join(f"{number + 0:.3f}" for number in numbers.round(3)) + ")"
