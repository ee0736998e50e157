r"""Proofs of the derivation's equations, for every vocabulary size and dimension.

State a claim in one line, and get a verdict:

>>> from w2v.proof import J_softmax, U, grad, prove, v, y, y_hat
>>> prove(grad(J_softmax, v), U @ (y_hat - y))
<proved for every size>

What is proved rests on two things: SymPy's derivative of a single entry, and the rewriting
in `w2v.proof.normal_form`. It is no proof assistant. What is refuted does not rest on the
rewriting: the two sides are evaluated, as they stand, in the world that is shown.
"""

from .claims import Verdict, prove, proved
from .ledger import equation, ledger, settle, summary
from .normal_form import Hypothesis, different, is_zero, normal
from .numeric import evaluate
from .sums import Matrix, ShapeError, delta, grad, named, over, partial, sigma, vector
from .word2vec import (
    C,
    J_negative,
    J_softmax,
    K,
    U,
    V,
    Z,
    c,
    context,
    d,
    m,
    mu,
    negative,
    negatives_distinct,
    o,
    o_not_negative,
    p,
    r,
    score,
    u,
    v,
    w,
    w_not_c,
    w_not_o,
    x,
    y,
    y_hat,
)
from .worlds import Witness, refute, value

__all__ = [
    "C",
    "Hypothesis",
    "J_negative",
    "J_softmax",
    "K",
    "Matrix",
    "ShapeError",
    "U",
    "V",
    "Verdict",
    "Witness",
    "Z",
    "c",
    "context",
    "d",
    "delta",
    "different",
    "equation",
    "evaluate",
    "grad",
    "is_zero",
    "ledger",
    "m",
    "mu",
    "named",
    "negative",
    "negatives_distinct",
    "normal",
    "o",
    "o_not_negative",
    "over",
    "p",
    "partial",
    "prove",
    "proved",
    "r",
    "refute",
    "score",
    "settle",
    "sigma",
    "summary",
    "u",
    "v",
    "value",
    "vector",
    "w",
    "w_not_c",
    "w_not_o",
    "x",
    "y",
    "y_hat",
]
