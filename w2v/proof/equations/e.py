"""Part (e): negative sampling. Equations (44) to (61), and the general law (61*)."""

from sympy import Symbol, exp, log

from ..ledger import Equation
from ..sums import Matrix, delta, grad, over, partial, sigma, vector
from ..word2vec import (
    J_negative,
    K,
    V,
    c,
    d,
    mu,
    negative,
    negatives_distinct,
    o,
    o_not_negative,
    r,
    score,
    u,
    v,
    x,
)


def _over_negatives(term):
    """The sum of a term over the negatives w_1, ..., w_K."""
    return over(K, lambda s: term(negative(s)))


_q = Symbol("q", real=True)
_logistic = 1 / (1 + exp(-_q))
_sigma_v = vector(d, lambda i: sigma(v[i, 0]))
_restated = -log(sigma(score(o))) - _over_negatives(lambda w: log(sigma(-score(w))))
_first = -log(sigma(score(o)))
_second = -_over_negatives(lambda w: log(sigma(-score(w))))
_drawn = u(negative(r))  # r is the s of the derivative; the source uses one letter for both
_drawn_score = score(negative(r))

_SIGMA_O = r"\sigma(\boldsymbol u_o^\top \boldsymbol v_c)"
_SIGMA_S = r"\sigma(-\boldsymbol u_{w_s}^\top \boldsymbol v_c)"
_SUM_S = r"\sum_{s=1}^K"
_LOSS = r"\left[ -\log " + _SIGMA_O + " - " + _SUM_S + r" \log " + _SIGMA_S + r" \right]"


def _by(variable):
    return r"\frac{\partial}{\partial " + variable + "}"


def _of(inner, variable):
    return r"\frac{\partial " + inner + r"}{\partial " + variable + "}"


def _head(variable):
    return _of(r"J_{\text{neg-sample}}(\boldsymbol v_c, o, U)", variable)


_V, _UO, _US = r"\boldsymbol v_c", r"\boldsymbol u_o", r"\boldsymbol u_{w_s}"
_INNER_O, _INNER_S = (
    r"(\boldsymbol u_o^\top \boldsymbol v_c)",
    r"(-\boldsymbol u_{w_s}^\top \boldsymbol v_c)",
)
_DOUBLE = "The inner derivative is that of the score; the logistic function has been used up."

# ---------------------------------------------------------------- the centre vector
_G = grad(J_negative, v)
_good_first = -(1 - sigma(score(o))) * grad(score(o), v)
_good_second = -_over_negatives(lambda w: (1 - sigma(-score(w))) * grad(-score(w), v))
_bad_first = -(1 - sigma(score(o))) * grad(sigma(score(o)), v)
_bad_47 = -_over_negatives(lambda w: (1 - sigma(score(w))) * grad(sigma(-score(w)), v))
_bad_48 = -_over_negatives(lambda w: (1 - sigma(-score(w))) * grad(sigma(-score(w)), v))
_RIGHT_48 = (
    _head(_V)
    + " = -(1 - "
    + _SIGMA_O
    + ") "
    + _of(_INNER_O, _V)
    + " - "
    + _SUM_S
    + " (1 - "
    + _SIGMA_S
    + ") "
    + _of(_INNER_S, _V)
)
_WORLD_47 = {"d": 2, "o": 0, "negatives": (1,), "v": [[1], [0]], "U": [[0, log(2)], [0, 1]]}

# ---------------------------------------------------------------- the outside word
_GO = grad(J_negative, u(o))
_RIGHT_O = "= -(1 - " + _SIGMA_O + ") " + _of(_INNER_O, _UO)


def _right_o():
    return [(_GO, -(1 - sigma(score(o))) * grad(score(o), u(o)))]


# ---------------------------------------------------------------- a negative
_GS = grad(J_negative, _drawn)
_RIGHT_S = "= -(1 - " + _SIGMA_S + ") " + _of(_INNER_S, _US)


def _right_s():
    return [(_GS, -(1 - sigma(-_drawn_score)) * grad(-_drawn_score, _drawn))]


EQUATIONS = [
    Equation(
        "44",
        "true",
        r"\frac{\partial \sigma(x)}{\partial x} = \sigma(x) (1 - \sigma(x))",
        lambda: [
            (_logistic.diff(_q), _logistic * (1 - _logistic)),
            (_logistic.subs(_q, -_q), 1 - _logistic),
            (
                Matrix(d, d, lambda i, j: partial(_sigma_v[i, 0], v[j, 0])),
                Matrix(d, d, lambda i, j: delta(i, j, d) * _sigma_v[i, 0] * (1 - _sigma_v[i, 0])),
            ),
        ],
        note="From the definition of the logistic function. The source prints x in bold: for a "
        "vector the derivative is a diagonal matrix, which is proved as well.",
    ),
    Equation(
        "45",
        "definition",
        _head(_V) + " = " + _by(_V) + " " + _LOSS,
        lambda: [(_G, grad(_restated, v))],
        note="The negatives are missing among the arguments of J.",
    ),
    Equation(
        "46",
        "wrong",
        "= -"
        + r"\frac{"
        + _SIGMA_O
        + "(1 - "
        + _SIGMA_O
        + ")}{"
        + _SIGMA_O
        + "} "
        + _of(_SIGMA_O, _V),
        lambda: [(grad(_first, v), _bad_first)],
        head=_head(_V),
        note="Read as the first term of the gradient, which (47) continues. " + _DOUBLE,
        correction=_of(r"\left(-\log " + _SIGMA_O + r"\right)", _V)
        + " = -(1 - "
        + _SIGMA_O
        + ") "
        + _of(_INNER_O, _V),
        corrected=lambda: [(grad(_first, v), _good_first)],
        world={"d": 2, "o": 0, "v": [[1], [0]], "U": [[0, 0], [1, 0]]},
    ),
    Equation(
        "47",
        "wrong",
        "- " + _SUM_S + r" \frac{" + _SIGMA_S + r"(1 - \sigma(\boldsymbol u_{w_s}^\top"
        r" \boldsymbol v_c))}{" + _SIGMA_S + "} " + _of(_SIGMA_S, _V),
        lambda: [(_G, _bad_first + _bad_47)],
        head=_head(_V) + r" = \cdots",
        note=_DOUBLE + " Besides, the minus sign inside the logistic function is lost; at "
        "scores of 0 that cannot be seen.",
        correction=_RIGHT_48,
        corrected=lambda: [(_G, _good_first + _good_second)],
        world=_WORLD_47,
    ),
    Equation(
        "48",
        "wrong",
        "= -(1 - "
        + _SIGMA_O
        + ") "
        + _of(_SIGMA_O, _V)
        + " - "
        + _SUM_S
        + " (1 - "
        + _SIGMA_S
        + ") "
        + _of(_SIGMA_S, _V),
        lambda: [(_G, _bad_first + _bad_48)],
        head=_head(_V),
        note=_DOUBLE,
        correction=_RIGHT_48,
        corrected=lambda: [(_G, _good_first + _good_second)],
        world=_WORLD_47,
    ),
    Equation(
        "49",
        "true",
        "= -(1 - "
        + _SIGMA_O
        + r") \boldsymbol u_o + "
        + _SUM_S
        + " (1 - "
        + _SIGMA_S
        + r") \boldsymbol u_{w_s}",
        lambda: [
            (
                _G,
                -(1 - sigma(score(o))) * u(o)
                + _over_negatives(lambda w: (1 - sigma(-score(w))) * u(w)),
            )
        ],
        head=_head(_V),
        note="No hypothesis is needed: o may be among the negatives, and they may repeat.",
    ),
    Equation(
        "50",
        "definition",
        _head(_UO) + " = " + _by(_UO) + " " + _LOSS,
        lambda: [(_GO, grad(_restated, u(o)))],
    ),
    Equation(
        "51",
        "malformed",
        "= -"
        + _of(r"\log " + _SIGMA_O, _UO)
        + " - "
        + _by(_UO)
        + r" \sum_{c=1}^K \log "
        + _SIGMA_S,
        lambda: [(_GO, grad(_first, u(o)) + grad(_second, u(o)))],
        head=_head(_UO),
        note="The sum over c takes hold of the c in the centre vector and leaves s without "
        "meaning. Read with s, it is true.",
    ),
    Equation(
        "52",
        "conditional",
        "= -" + _of(r"\log " + _SIGMA_O, _UO) + " - 0",
        lambda: [(_GO, grad(_first, u(o)))],
        head=_head(_UO),
        given=(o_not_negative,),
        world={"negatives": (0,), "o": 0},
    ),
    Equation(
        "53",
        "wrong",
        r"= -\frac{" + _SIGMA_O + "(1 - " + _SIGMA_O + ")}{" + _SIGMA_O + "} " + _of(_SIGMA_O, _UO),
        lambda: [(_GO, -(1 - sigma(score(o))) * grad(sigma(score(o)), u(o)))],
        head=_head(_UO),
        given=(o_not_negative,),
        note=_DOUBLE,
        correction=_head(_UO) + " " + _RIGHT_O,
        corrected=_right_o,
    ),
    Equation(
        "54",
        "wrong",
        "= -(1 - " + _SIGMA_O + ") " + _of(_SIGMA_O, r"\boldsymbol u_c"),
        lambda: [(_GO, -(1 - sigma(score(o))) * grad(sigma(score(o)), u(c)))],
        head=_head(_UO),
        given=(o_not_negative,),
        note=_DOUBLE + " Besides, the derivative is with respect to another word's vector.",
        correction=_head(_UO) + " " + _RIGHT_O,
        corrected=_right_o,
        world={"o": 0, "c": 1},
    ),
    Equation(
        "55",
        "conditional",
        "= -(1 - " + _SIGMA_O + r") \boldsymbol v_c",
        lambda: [(_GO, -(1 - sigma(score(o))) * v)],
        head=_head(_UO),
        given=(o_not_negative,),
        world={"negatives": (0,), "o": 0},
    ),
    Equation(
        "56",
        "definition",
        _head(_US) + " = " + _by(_US) + " " + _LOSS,
        lambda: [(_GS, grad(_restated, _drawn))],
        note="The letter s is free on the left and bound under the sum.",
    ),
    Equation(
        "57",
        "true",
        "= -"
        + _of(r"\log " + _SIGMA_O, _US)
        + " - "
        + _by(_US)
        + " "
        + _SUM_S
        + r" \log "
        + _SIGMA_S,
        lambda: [(_GS, grad(_first, _drawn) + grad(_second, _drawn))],
        head=_head(_US),
    ),
    Equation(
        "58",
        "conditional",
        "= -0 - " + _by(_US) + " " + _SUM_S + r" \log " + _SIGMA_S,
        lambda: [(_GS, grad(_second, _drawn))],
        head=_head(_US),
        given=(o_not_negative,),
        world={"negatives": (0,), "o": 0, "r": 0},
    ),
    Equation(
        "59",
        "wrong",
        r"= -\frac{" + _SIGMA_S + "(1 - " + _SIGMA_S + ")}{" + _SIGMA_S + "} " + _of(_SIGMA_S, _US),
        lambda: [(_GS, -(1 - sigma(-_drawn_score)) * grad(sigma(-_drawn_score), _drawn))],
        head=_head(_US),
        given=(o_not_negative, negatives_distinct),
        note=_DOUBLE,
        correction=_head(_US) + " " + _RIGHT_S,
        corrected=_right_s,
    ),
    Equation(
        "60",
        "wrong",
        "= -(1 - " + _SIGMA_S + ") " + _of(_SIGMA_S, r"\boldsymbol u_m"),
        lambda: [(_GS, -(1 - sigma(-_drawn_score)) * grad(sigma(-_drawn_score), u(mu)))],
        head=_head(_US),
        given=(o_not_negative, negatives_distinct),
        note=_DOUBLE + " Besides, m is half the window, and no word of this loss.",
        correction=_head(_US) + " " + _RIGHT_S,
        corrected=_right_s,
        world={"o": 0, "negatives": (1,), "r": 0, "mu": 0},
    ),
    Equation(
        "61",
        "conditional",
        "= (1 - " + _SIGMA_S + r") \boldsymbol v_c",
        lambda: [(_GS, (1 - sigma(-_drawn_score)) * v)],
        head=_head(_US),
        given=(o_not_negative, negatives_distinct),
        world={"K": 2, "negatives": (0, 0), "o": 1, "r": 0},
    ),
    Equation(
        "61*",
        "true",
        _head(r"\boldsymbol u_x") + r" = \left[ n_x \, \sigma(\boldsymbol u_x^\top"
        r" \boldsymbol v_c) - y_x \left(1 - " + _SIGMA_O + r"\right) \right] \boldsymbol v_c",
        lambda: [
            (
                grad(J_negative, u(x)),
                (
                    _over_negatives(lambda w: delta(w, x, V)) * sigma(score(x))
                    - delta(x, o, V) * (1 - sigma(score(o)))
                )
                * v,
            )
        ],
        note="For any word x and any repetitions; n_x says how often x is among the negatives.",
    ),
]
