"""Part (b): the gradient with respect to the centre vector. Equations (6) to (18)."""

from sympy import exp, log

from ..ledger import Equation
from ..sums import grad, over
from ..word2vec import J_softmax, U, V, Z, o, p, score, u, v, y, y_hat

_dZ = grad(log(Z), v)
_DLOGZ = (
    r"\frac{\partial}{\partial \boldsymbol v_c} \log \sum_{w \in \text{Vocab}}"
    r" \exp(\boldsymbol u_w^\top \boldsymbol v_c)"
)
_ONE_OVER_Z = r"\frac{1}{\sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)}"
_DJ = r"\frac{\partial J_{\text{naive-softmax}}(\boldsymbol v_c, o, U)}{\partial \boldsymbol v_c}"

EQUATIONS = [
    Equation(
        "6",
        "definition",
        r"J_{\text{naive-softmax}} = -\log \frac{\exp(\boldsymbol u_o^\top \boldsymbol v_c)}"
        r"{\sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)}",
        lambda: [(J_softmax, -log(exp(score(o)) / Z))],
    ),
    Equation(
        "7",
        "true",
        r"J_{\text{naive-softmax}} = -\log \exp(\boldsymbol u_o^\top \boldsymbol v_c)"
        r" + \log \sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)",
        lambda: [(J_softmax, -log(exp(score(o))) + log(Z))],
    ),
    Equation(
        "8",
        "true",
        r"J_{\text{naive-softmax}} = -\boldsymbol u_o^\top \boldsymbol v_c"
        r" + \log \sum_{w \in \text{Vocab}} \exp(\boldsymbol u_w^\top \boldsymbol v_c)",
        lambda: [(J_softmax, -score(o) + log(Z))],
    ),
    Equation(
        "9",
        "true",
        r"\frac{\partial J_{\text{naive-softmax}}}{\partial \boldsymbol v_c}"
        r" = -\frac{\partial}{\partial \boldsymbol v_c} \boldsymbol u_o^\top \boldsymbol v_c"
        r" + " + _DLOGZ,
        lambda: [(grad(J_softmax, v), -grad(score(o), v) + _dZ)],
    ),
    Equation(
        "10",
        "true",
        r"-\frac{\partial}{\partial \boldsymbol v_c} \boldsymbol u_o^\top \boldsymbol v_c"
        r" = -\boldsymbol u_o",
        lambda: [(-grad(score(o), v), -u(o))],
        note="The sentence before it names the term without its minus sign.",
    ),
    Equation(
        "11",
        "true",
        _DLOGZ + " = " + _ONE_OVER_Z + r" \left[ \frac{\partial}{\partial \boldsymbol v_c}"
        r" \sum_{x \in \text{Vocab}} \exp(\boldsymbol u_x^\top \boldsymbol v_c) \right]",
        lambda: [(_dZ, 1 / Z * grad(over(V, lambda x: exp(score(x))), v))],
    ),
    Equation(
        "12",
        "true",
        "= " + _ONE_OVER_Z + r" \left[ \sum_{x \in \text{Vocab}} \boldsymbol u_x"
        r" \exp(\boldsymbol u_x^\top \boldsymbol v_c) \right]",
        lambda: [(_dZ, 1 / Z * over(V, lambda x: u(x) * exp(score(x))))],
        head=_DLOGZ,
    ),
    Equation(
        "13",
        "true",
        r"= \sum_{x \in \text{Vocab}} \frac{\boldsymbol u_x \exp(\boldsymbol u_x^\top"
        r" \boldsymbol v_c)}{\sum_{w \in \text{Vocab}}"
        r" \exp(\boldsymbol u_w^\top \boldsymbol v_c)}",
        lambda: [(_dZ, over(V, lambda x: u(x) * (exp(score(x)) / Z)))],
        head=_DLOGZ,
    ),
    Equation(
        "14",
        "true",
        r"= \sum_{x \in \text{Vocab}} \boldsymbol u_x \, p(x \mid c)",
        lambda: [(_dZ, over(V, lambda x: u(x) * p(x)))],
        head=_DLOGZ,
    ),
    Equation(
        "15",
        "true",
        _DJ + r" = -\boldsymbol u_o + \sum_{x \in \text{Vocab}} \boldsymbol u_x \, p(x \mid c)",
        lambda: [(grad(J_softmax, v), -u(o) + over(V, lambda x: u(x) * p(x)))],
    ),
    Equation("16", "true", r"\boldsymbol u_o = U \boldsymbol y", lambda: [(u(o), U @ y)]),
    Equation(
        "17",
        "true",
        r"\sum_{x \in \text{Vocab}} \boldsymbol u_x \, p(x \mid c) = U \hat{\boldsymbol y}",
        lambda: [(over(V, lambda x: u(x) * p(x)), U @ y_hat)],
    ),
    Equation(
        "18",
        "true",
        _DJ + r" = U (\hat{\boldsymbol y} - \boldsymbol y)",
        lambda: [(grad(J_softmax, v), U @ (y_hat - y))],
    ),
]
