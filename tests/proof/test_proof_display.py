"""Results are printed as a student would write them."""

import re

import pytest
from sympy import Symbol, exp, log

from w2v.proof import (
    C,
    J_negative,
    J_softmax,
    K,
    U,
    V,
    Z,
    c,
    d,
    grad,
    named,
    negative,
    o,
    over,
    p,
    partial,
    r,
    score,
    sigma,
    u,
    v,
    w,
    x,
    y,
    y_hat,
)
from w2v.proof.display import matrix_latex, scalar_latex
from w2v.proof.ledger import equations

U_O, U_X, U_S = r"\boldsymbol u_{o}", r"\boldsymbol u_{x}", r"\boldsymbol u_{w_{s}}"
V_C = r"\boldsymbol v_c"
SIGMA_O = rf"\sigma({U_O}^\top {V_C})"
SIGMA_S = rf"\sigma({U_S}^\top {V_C})"
SIGMA_X = rf"\sigma({U_X}^\top {V_C})"

MATRICES = {
    "loss by v": (
        grad(J_softmax, v),
        rf"- {U_O} + \sum_{{x \in \text{{Vocab}}}} \hat y_{{x}} {U_X}",
    ),
    "loss by U": (
        grad(J_softmax, U),
        rf"\text{{column }} x\text{{: }} \left(\hat y_{{x}} - y_{{x}}\right) {V_C}",
    ),
    "loss by u_o": (grad(J_softmax, u(o)), rf"\left(\hat y_{{o}} - 1\right) {V_C}"),
    "loss by u_w": (grad(J_softmax, u(w)), rf"\left(\hat y_{{w}} - y_{{w}}\right) {V_C}"),
    "negatives by v": (
        grad(J_negative, v),
        rf"\left({SIGMA_O} - 1\right) {U_O} + \sum_{{s=1}}^{{K}} {SIGMA_S} {U_S}",
    ),
    "log Z by U": (grad(log(Z), U), rf"\text{{column }} x\text{{: }} \hat y_{{x}} {V_C}"),
    "log Z by v": (
        grad(log(Z), v),
        rf"\sum_{{x \in \text{{Vocab}}}} \hat y_{{x}} {U_X}",
    ),
    "score by v": (grad(score(o), v), U_O),
    "score by u_o": (grad(-score(o), u(o)), rf"- {V_C}"),
    "score by another word": (grad(score(o), u(w)), rf"y_{{w}} {V_C}"),
    "U y": (U @ y, U_O),
    "U y_hat": (U @ y_hat, rf"\sum_{{x \in \text{{Vocab}}}} \hat y_{{x}} {U_X}"),
    "nothing": (0 * v, "0"),
}
SCALARS = {
    "p": (p(w), r"\hat y_{w}"),
    "Z": (Z, "Z"),
    "a product of probabilities": (p(w) * p(x), r"\hat y_{w} \hat y_{x}"),
    "a square": (p(o) ** 2, r"\hat y_{o}^{2}"),
    "score": (score(o), rf"{U_O}^\top {V_C}"),
    "loss": (J_softmax, rf"- {U_O}^\top {V_C} + \log Z"),
    "logistic": (sigma(score(o)), SIGMA_O),
    "one": (over(V, p), "1"),
}


@pytest.mark.parametrize("name", MATRICES)
def test_vectors_and_columns_read_as_in_the_book(name):
    matrix, expected = MATRICES[name]
    assert matrix_latex(matrix) == expected
    assert matrix._repr_latex_() == f"$\\displaystyle {expected}$"


@pytest.mark.parametrize("name", SCALARS)
def test_numbers_read_as_in_the_book(name):
    expression, expected = SCALARS[name]
    assert scalar_latex(expression) == expected


def test_the_argument_of_a_logarithm_of_a_difference_stands_in_parentheses():
    r"""\log 1 - a reads as (log 1) - a."""
    shown = scalar_latex(J_negative)
    assert r"\log 1 -" not in shown
    shown = scalar_latex(log(2 + exp(score(o))))
    assert re.search(r"\\log *(\\left)?[({]", shown)


def test_a_negative_by_its_own_vector():
    shown = matrix_latex(grad(J_negative, u(negative(r))))
    assert r"\boldsymbol u_{w_{r}}" in shown
    assert r"\sum_{s=1}^{K}" in shown
    assert shown.endswith(V_C)


def test_the_general_law_counts_the_negatives():
    shown = matrix_latex(grad(J_negative, U))
    assert shown.startswith(r"\text{column } x\text{: }")
    assert r"\sum_{s=1}^{K} \delta_{x,w_{s}}" in shown
    assert SIGMA_X in shown


def test_a_centre_vector_that_is_a_column():
    shown = matrix_latex(grad(u(o).T @ C[:, c], C[:, c]))
    assert shown == U_O
    assert matrix_latex(grad(u(o).T @ C[:, c], u(o))) == V_C


def test_a_product_with_another_vector_is_not_printed_as_a_score():
    """Only the product with v_c is the score."""
    h = named("h", d, 1)
    assert V_C not in scalar_latex(u(o).T @ h)
    assert V_C not in scalar_latex(exp(u(o).T @ h))
    assert V_C not in scalar_latex(u(o).T @ u(w))
    assert scalar_latex(u(o).T @ C[:, w]) != scalar_latex(u(o).T @ C[:, c])


def test_a_sum_over_a_part_of_the_vocabulary_is_not_printed_as_the_whole():
    part = over(V - 1, lambda x: exp(score(x)), start=1)
    assert scalar_latex(part) != "Z"
    assert r"\text{Vocab}" not in scalar_latex(over(V, lambda x: U[0, x - 1], start=1))


# --- everything that can be printed ------------------------------------------------------------


def balanced(text):
    depth = 0
    for character in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and text.count(r"\left") == text.count(r"\right")


def bare_dummy(text):
    """A name that only the engine knows, such as b1, _i or row."""
    outside = re.sub(r"\\[a-zA-Z]+", " ", text.replace(r"\text{column }", " "))
    return re.search(r"(?<![A-Za-z])(b_?\{?\d|_i\b|i\b|row|column)", outside) or "Dummy" in text


def sides():
    for entry in equations():
        for place, (left, _) in enumerate(entry.sides()):
            yield pytest.param(left, id=f"{entry.number}-{place}")


@pytest.mark.parametrize("side", sides())
def test_no_inner_name_is_shown_and_braces_are_balanced(side):
    if hasattr(side, "shape") and side.shape == (d, d):
        shown = side._repr_latex_()
    else:
        shown = matrix_latex(side) if hasattr(side, "shape") else scalar_latex(side)
    assert balanced(shown)
    assert not bare_dummy(shown), shown


@pytest.mark.parametrize(
    "expression",
    [
        partial(partial(J_softmax, v[0, 0]), v[0, 0]),
        over(V, lambda a: over(V, lambda b: exp(U[0, a] * U[0, b]))),
        over(V, lambda a: over(K, lambda s: over(d, lambda i: exp(U[i, a] * U[i, negative(s)])))),
        over(V, lambda a: p(a) * score(a)) ** 2,
        1 / (1 + over(V, lambda a: exp(U[0, a]))),
        over(V, lambda a: exp(over(V, lambda b: exp(over(d, lambda i: U[i, a] * U[i, b]))))),
    ],
    ids=range(6),
)
def test_nested_sums_have_letters_of_their_own(expression):
    shown = scalar_latex(expression)
    assert balanced(shown)
    assert not bare_dummy(shown), shown
    assert "sum" in shown


def test_own_tables_are_shown_without_inner_names():
    k = Symbol("k", integer=True)
    M, h = named("M", V, V), named("h", d, 1)
    for matrix in (M, M @ M, h, grad(h.T @ v, v), M[:, o], h * v[k, 0]):
        shown = matrix._repr_latex_()
        assert balanced(shown)
        assert not bare_dummy(shown), shown
