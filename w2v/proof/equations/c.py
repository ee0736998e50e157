"""Part (c): the gradient with respect to an outside vector. Equations (19) to (33)."""

from sympy import Integer, exp, log

from ..ledger import Equation
from ..sums import delta, grad, over
from ..word2vec import J_softmax, V, Z, o, p, score, u, v, w, w_not_o, y_hat

_exponentials = over(V, lambda x: exp(score(x)))
_dZ_o = grad(log(Z), u(o))
_dZ_w = grad(log(Z), u(w))

_SUM_W = r"\sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)"
_SUM_X = r"\sum_{x \in \text{Vocab}} \exp(\boldsymbol u_x^\top \boldsymbol v_c)"
_D_W = r"\frac{\partial}{\partial \boldsymbol u_w}"
_D_O = r"\frac{\partial}{\partial \boldsymbol u_o}"
_DLOGZ = _D_W + r" \log " + _SUM_W
_ONE_OVER_Z = r"\frac{1}{" + _SUM_W + "}"
_DJ = r"\frac{\partial J_{\text{naive-softmax}}(\boldsymbol v_c, o, U)}{\partial \boldsymbol u_w}"
_LETTER = "The letter w is free on the left and bound under the sum."

EQUATIONS = [
    Equation(
        "19",
        "definition",
        _DJ
        + " = "
        + _D_W
        + r" \left\{ -\boldsymbol u_o^\top \boldsymbol v_c + \log "
        + _SUM_W
        + r" \right\}",
        lambda: [(grad(J_softmax, u(w)), grad(-score(o) + log(Z), u(w)))],
        note=_LETTER,
    ),
    Equation(
        "20",
        "true",
        _D_W
        + r" \left(-\boldsymbol u_o^\top \boldsymbol v_c\right) = "
        + _D_O
        + r" \left(-\boldsymbol u_o^\top \boldsymbol v_c\right) = -\boldsymbol v_c",
        lambda: [(grad(-score(o), u(o)), -v)],
        note="For w = o. The source leaves the parentheses out.",
    ),
    Equation(
        "21",
        "true",
        _DLOGZ + " = " + _ONE_OVER_Z + r" \left\{ " + _D_W + " " + _SUM_X + r" \right\}",
        lambda: [(_dZ_o, 1 / Z * grad(_exponentials, u(o)))],
        note="For w = o. " + _LETTER,
    ),
    Equation(
        "22",
        "true",
        "= " + _ONE_OVER_Z + r" \left\{ " + _D_O + " " + _SUM_X + r" \right\}",
        lambda: [(_dZ_o, 1 / Z * grad(_exponentials, u(o)))],
        head=_DLOGZ,
        note="For w = o.",
    ),
    Equation(
        "23",
        "true",
        r"= \frac{\exp(\boldsymbol u_o^\top \boldsymbol v_c) \boldsymbol v_c}{" + _SUM_W + "}",
        lambda: [(_dZ_o, exp(score(o)) / Z * v)],
        head=_DLOGZ,
        note="For w = o.",
    ),
    Equation(
        "24",
        "true",
        r"= p(o \mid c) \boldsymbol v_c",
        lambda: [(_dZ_o, p(o) * v)],
        head=_DLOGZ,
        note="For w = o.",
    ),
    Equation(
        "25",
        "true",
        r"= \hat y_o \boldsymbol v_c",
        lambda: [(_dZ_o, y_hat[o, 0] * v)],
        head=_DLOGZ,
        note="For w = o.",
    ),
    Equation(
        "26",
        "true",
        _DJ + r" = (\hat y_w - 1) \boldsymbol v_c = (\hat y_o - 1) \boldsymbol v_c",
        lambda: [(grad(J_softmax, u(o)), (y_hat[o, 0] - 1) * v)],
        note="For w = o.",
    ),
    Equation(
        "27",
        "true",
        _D_W + r" \left(-\boldsymbol u_o^\top \boldsymbol v_c\right) = \boldsymbol 0",
        lambda: [(grad(-score(o), u(w)), Integer(0) * v)],
        given=(w_not_o,),
        note="The source prints the number 0 for the zero vector.",
    ),
    Equation(
        "28",
        "true",
        _DLOGZ + " = " + _ONE_OVER_Z + r" \left\{ " + _D_W + " " + _SUM_X + r" \right\}",
        lambda: [(_dZ_w, 1 / Z * grad(_exponentials, u(w)))],
        note=_LETTER,
    ),
    Equation(
        "29",
        "true",
        "= " + _ONE_OVER_Z + r" \frac{\partial \{\cdots + \exp(\boldsymbol u_w^\top"
        r" \boldsymbol v_c) + \cdots\}}{\partial \boldsymbol u_w}",
        lambda: [
            (
                _dZ_w,
                1
                / Z
                * grad(
                    over(V, lambda x: (1 - delta(x, w, V)) * exp(score(x))) + exp(score(w)),
                    u(w),
                ),
            )
        ],
        head=_DLOGZ,
        note="The dots stand for the words other than w.",
    ),
    Equation(
        "30",
        "true",
        r"= \frac{\exp(\boldsymbol u_w^\top \boldsymbol v_c) \boldsymbol v_c}{" + _SUM_W + "}",
        lambda: [(_dZ_w, exp(score(w)) / Z * v)],
        head=_DLOGZ,
    ),
    Equation(
        "31",
        "true",
        r"= p(w \mid c) \boldsymbol v_c",
        lambda: [(_dZ_w, p(w) * v)],
        head=_DLOGZ,
    ),
    Equation(
        "32",
        "true",
        r"= \hat y_w \boldsymbol v_c",
        lambda: [(_dZ_w, y_hat[w, 0] * v)],
        head=_DLOGZ,
    ),
    Equation(
        "33",
        "true",
        _DJ + r" = \hat y_w \boldsymbol v_c",
        lambda: [(grad(J_softmax, u(w)), y_hat[w, 0] * v)],
        given=(w_not_o,),
    ),
]
