"""Part (a): the naive-softmax loss is a cross-entropy. Equations (1) to (5)."""

from sympy import Integer, log

from ..ledger import Equation
from ..sums import delta, over
from ..word2vec import J_softmax, V, o, w, w_not_o, y, y_hat


def _term(word):
    return y[word, 0] * log(y_hat[word, 0])


def _without_o(term):
    """The sum over all words but o."""
    return over(V, lambda w: (1 - delta(w, o, V)) * term(w))


_cross_entropy = -over(V, _term)
_HEAD = r"-\sum_{w \in \text{Vocab}} y_w \log \hat y_w"

EQUATIONS = [
    Equation(
        "1",
        "definition",
        r"y_w = \begin{cases} 1 & \text{if } w = o \\ 0 & \text{else} \end{cases}",
        lambda: [(y[o, 0], Integer(1)), (y[w, 0], Integer(0))],
        given=(w_not_o,),
        note="The source prints the component in bold, as if it were the vector.",
    ),
    Equation(
        "2",
        "true",
        r"-\sum_{w \in \text{Vocab}} y_w \log \hat y_w"
        r" = -y_o \log \hat y_o"
        r" - \sum_{\substack{w \in \text{Vocab} \\ w \neq o}} y_w \log \hat y_w",
        lambda: [(_cross_entropy, -_term(o) - _without_o(_term))],
    ),
    Equation(
        "3",
        "true",
        r"= -1 \times \log \hat y_o"
        r" - \sum_{\substack{w \in \text{Vocab} \\ w \neq o}} 0 \times \log \hat y_w",
        lambda: [
            (
                _cross_entropy,
                -1 * log(y_hat[o, 0]) - _without_o(lambda w: 0 * log(y_hat[w, 0])),
            )
        ],
        head=_HEAD,
        note="That 0 times the logarithm is 0 needs a positive probability, which a softmax has.",
    ),
    Equation(
        "4",
        "true",
        r"= -\log \hat y_o",
        lambda: [(_cross_entropy, -log(y_hat[o, 0]))],
        head=_HEAD,
    ),
    Equation(
        "5",
        "true",
        r"J_{\text{naive-softmax}} = -\log \hat y_o"
        r" = -\sum_{w \in \text{Vocab}} y_w \log \hat y_w",
        lambda: [(J_softmax, -log(y_hat[o, 0])), (J_softmax, _cross_entropy)],
    ),
]
