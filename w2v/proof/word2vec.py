r"""The objects of the derivation, for every vocabulary size, dimension, K and m at once.

==================  =================================================================
``V, d, K, m``      sizes: vocabulary, dimension, negatives, half a window
``o, c, w, x, r``   indices: outside word, centre word, any word, any word, a negative
``U, C``            outside and centre vectors, d x V, a word in each column
``v``               the centre vector v_c, d x 1
``u(w)``            the outside vector of a word
``negative(s)``     the word w_s
``context(j)``      the word w_{t+j}
``y, y_hat``        what was seen, and the model's probabilities, V x 1
``J_softmax``       loss of parts (a) to (d)
``J_negative``      loss of part (e)
==================  =================================================================
"""

from sympy import Function, exp, log, symbols

from .normal_form import avoids, different, injective
from .sums import delta, named, over, sigma, vector

V, d, K, m = symbols("V d K m", integer=True, positive=True)
o, c, w, x, r, mu = symbols("o c w x r mu", integer=True, nonnegative=True)

U, v, C = named("U", d, V), named("v", d, 1), named("C", d, V)
negative = Function("w", integer=True)
context = Function("ctx", integer=True)


def u(word):
    """The outside vector of a word, d x 1."""
    return U[:, word]


def score(word):
    """The score of a word, u_w^T v_c."""
    return u(word).T @ v


Z = over(V, lambda w: exp(score(w)))  # what the probabilities are divided by


def p(word):
    """The probability p(w | c)."""
    return exp(score(word)) / Z


y_hat = vector(V, p)
y = vector(V, lambda w: delta(w, o, V))

J_softmax = -log(p(o))


def _sum_over_negatives(term):
    return over(K, lambda s: term(negative(s)))


J_negative = -log(sigma(score(o))) - _sum_over_negatives(lambda w: log(sigma(-score(w))))

#: Hypotheses on the negatives that the source uses and never states.
o_not_negative = avoids(o, negative, K)
negatives_distinct = injective(negative, K)
w_not_o = different(w, o)
w_not_c = different(w, c)
