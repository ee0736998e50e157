"""Part (d): the gradient with respect to all outside vectors. Equations (34) to (43)."""

from sympy import exp, log

from ..ledger import Equation
from ..sums import Matrix, delta, grad, over
from ..word2vec import J_softmax, U, V, Z, d, o, p, score, v, w, y, y_hat

_dZ = grad(log(Z), U)
_SUM_W = r"\sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)"
_SUM_X = r"\sum_{x \in \text{Vocab}} \exp(\boldsymbol u_x^\top \boldsymbol v_c)"
_DJ = r"\frac{\partial J_{\text{naive-softmax}}(\boldsymbol v_c, o, U)}{\partial U}"
_DLOGZ = r"\frac{\partial}{\partial U} \left[ \log " + _SUM_W + r" \right]"


def _corrected():
    return [(_dZ, over(V, lambda x: p(x) * grad(score(x), U)))]


def _columns(row, column):
    """Entry of the matrix whose columns are y_hat_w v_c, but (y_hat_o - 1) v_c in place o."""
    is_o = delta(column, o, V)
    return is_o * (y_hat[o, 0] - 1) * v[row, 0] + (1 - is_o) * y_hat[column, 0] * v[row, 0]


EQUATIONS = [
    Equation(
        "34",
        "definition",
        _DJ + r" = \frac{\partial}{\partial U} \left[ -\boldsymbol u_o^\top \boldsymbol v_c"
        r" + \log " + _SUM_W + r" \right]",
        lambda: [(grad(J_softmax, U), grad(-score(o) + log(Z), U))],
    ),
    Equation(
        "35",
        "true",
        r"= -\frac{\partial \boldsymbol u_o^\top \boldsymbol v_c}{\partial U} + " + _DLOGZ,
        lambda: [(grad(J_softmax, U), -grad(score(o), U) + _dZ)],
        head=_DJ,
    ),
    Equation(
        "36",
        "true",
        r"-\frac{\partial \boldsymbol u_o^\top \boldsymbol v_c}{\partial U}"
        r" = -\boldsymbol v_c \boldsymbol y^\top",
        lambda: [(-grad(score(o), U), -(v @ y.T))],
    ),
    Equation(
        "37",
        "true",
        _DLOGZ
        + r" = \frac{1}{"
        + _SUM_W
        + r"} \left\{ \frac{\partial}{\partial U} "
        + _SUM_X
        + r" \right\}",
        lambda: [(_dZ, 1 / Z * grad(over(V, lambda x: exp(score(x))), U))],
    ),
    Equation(
        "38",
        "wrong",
        r"= \sum_{x \in \text{Vocab}} \frac{\exp(\boldsymbol u_w^\top \boldsymbol v_c)}{"
        + _SUM_W
        + r"} \frac{\partial \boldsymbol u_w^\top \boldsymbol v_c}{\partial U}",
        lambda: [(_dZ, over(V, lambda x: p(w) * grad(score(w), U)))],
        head=_DLOGZ,
        note="The summand does not contain the x that it is summed over.",
        correction=_DLOGZ + r" = \sum_{x \in \text{Vocab}} \hat y_x"
        r" \frac{\partial \boldsymbol u_x^\top \boldsymbol v_c}{\partial U}",
        corrected=_corrected,
    ),
    Equation(
        "39",
        "wrong",
        r"= \sum_{x \in \text{Vocab}} \hat y_x"
        r" \frac{\partial \boldsymbol u_w^\top \boldsymbol v_c}{\partial U}",
        lambda: [(_dZ, over(V, lambda x: p(x) * grad(score(w), U)))],
        head=_DLOGZ,
        note="Under the sum over x stands a w that nothing explains.",
        correction=_DLOGZ + r" = \sum_{x \in \text{Vocab}} \hat y_x"
        r" \frac{\partial \boldsymbol u_x^\top \boldsymbol v_c}{\partial U}",
        corrected=_corrected,
    ),
    Equation(
        "40",
        "true",
        r"= \boldsymbol v_c \hat{\boldsymbol y}^\top",
        lambda: [(_dZ, v @ y_hat.T)],
        head=_DLOGZ,
    ),
    Equation(
        "41",
        "true",
        _DJ + r" = -\boldsymbol v_c \boldsymbol y^\top + \boldsymbol v_c \hat{\boldsymbol y}^\top",
        lambda: [(grad(J_softmax, U), -(v @ y.T) + v @ y_hat.T)],
    ),
    Equation(
        "42",
        "true",
        r"= \boldsymbol v_c (\hat{\boldsymbol y} - \boldsymbol y)^\top",
        lambda: [(grad(J_softmax, U), v @ (y_hat - y).T)],
        head=_DJ,
    ),
    Equation(
        "43",
        "true",
        r"= \begin{bmatrix} \hat y_1 \boldsymbol v_c & \hat y_2 \boldsymbol v_c & \cdots"
        r" & (\hat y_o - 1) \boldsymbol v_c & \cdots"
        r" & \hat y_{\lvert\text{Vocab}\rvert} \boldsymbol v_c \end{bmatrix}",
        lambda: [(grad(J_softmax, U), Matrix(d, V, _columns))],
        head=_DJ,
    ),
]
