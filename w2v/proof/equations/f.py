"""Part (f): the skip-gram window. Equations (62) to (64), and the laws (62*) and (63*)."""

from sympy import Integer, exp, log

from ..ledger import Equation
from ..sums import delta, grad, over, sigma, vector
from ..word2vec import C, K, U, V, c, context, m, negative, u, w, w_not_c

_v = C[:, c]  # here v_c is a column of the matrix of centre vectors


def _score(word):
    return u(word).T @ _v


def _over_window(term):
    """The sum over -m <= j <= m, j != 0."""
    return over(m, term, start=-m) + over(m, term, start=1)


def _softmax(word):
    return -log(exp(_score(word)) / over(V, lambda x: exp(_score(x))))


def _sampling(word):
    drawn = over(K, lambda s: log(sigma(-_score(negative(s)))))
    return -log(sigma(_score(word))) - drawn


def _window_loss(loss):
    return _over_window(lambda j: loss(context(j)))


def _sum_of_gradients(variable):
    return [
        (
            grad(_window_loss(loss), variable),
            _over_window(lambda j, loss=loss: grad(loss(context(j)), variable)),
        )
        for loss in (_softmax, _sampling)
    ]


_y_hat = vector(V, lambda w: exp(_score(w)) / over(V, lambda x: exp(_score(x))))
_count = vector(V, lambda w: _over_window(lambda j: delta(w, context(j), V)))

_J = r"J_{\text{skip-gram}}(\boldsymbol v_c, w_{t-m}, \cdots, w_{t+m}, U)"
_SUM_J = r"\sum_{-m \le j \le m, j \ne 0}"
_BOTH = "Proved for both losses; words may repeat within the window."

EQUATIONS = [
    Equation(
        "62",
        "true",
        r"\frac{\partial "
        + _J
        + r"}{\partial U} = "
        + _SUM_J
        + r" \frac{\partial J(\boldsymbol v_c, w_{t+j}, U)}{\partial U}",
        lambda: _sum_of_gradients(U),
        note=_BOTH,
    ),
    Equation(
        "63",
        "true",
        r"\frac{\partial "
        + _J
        + r"}{\partial \boldsymbol v_c} = "
        + _SUM_J
        + r" \frac{\partial J(\boldsymbol v_c, w_{t+j}, U)}{\partial \boldsymbol v_c}",
        lambda: _sum_of_gradients(_v),
        note=_BOTH,
    ),
    Equation(
        "64",
        "true",
        r"\frac{\partial " + _J + r"}{\partial \boldsymbol v_w} = \boldsymbol 0",
        lambda: [
            (grad(_window_loss(loss), C[:, w]), Integer(0) * _v) for loss in (_softmax, _sampling)
        ],
        given=(w_not_c,),
        note="Centre and outside vectors must be two tables: with one table for both it is false. "
        "The source prints the number 0 for the zero vector.",
    ),
    Equation(
        "62*",
        "true",
        r"\frac{\partial " + _J + r"}{\partial U} = \boldsymbol v_c"
        r" (2m \, \hat{\boldsymbol y} - \boldsymbol n)^\top",
        lambda: [(grad(_window_loss(_softmax), U), _v @ (2 * m * _y_hat - _count).T)],
        note="For the naive softmax; n counts how often each word stands in the window.",
    ),
    Equation(
        "63*",
        "true",
        r"\frac{\partial " + _J + r"}{\partial \boldsymbol v_c} = U"
        r" (2m \, \hat{\boldsymbol y} - \boldsymbol n)",
        lambda: [(grad(_window_loss(_softmax), _v), U @ (2 * m * _y_hat - _count))],
        note="For the naive softmax; n counts how often each word stands in the window.",
    ),
]
