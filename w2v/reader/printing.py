r"""Trees back into LaTeX: how a formula was read."""

import re

_FUNCTIONS = {
    "log": r"\log",
    "exp": r"\exp",
    "sigma": r"\sigma",
    "softmax": r"\operatorname{softmax}",
    "diag": r"\operatorname{diag}",
}
_GREEK = "alpha beta gamma delta epsilon eta theta lambda mu nu phi psi rho tau sigma".split()
_SUM, _PRODUCT, _POSTFIX = 1, 2, 3


def latex(node):
    r"""Write a tree as LaTeX, with the brackets that its reading needs.

    Parameters
    ----------
    node : Node

    Returns
    -------
    str

    Examples
    --------
    >>> from w2v.reader.syntax import parse
    >>> from w2v.reader.tokens import tokens
    >>> latex(parse(tokens(r"\log a b")))
    '\\log\\left(a b\\right)'
    """
    return _written(node)[0]


def _written(node):
    """LaTeX, and how tightly it holds together."""
    return _WRITERS.get(node.op, _other)(node)


def _at(node, level):
    text, own = _written(node)
    return text if own >= level else rf"\left({text}\right)"


def _name(text):
    if text in _GREEK:
        return "\\" + text
    if text == "ones":
        return r"\boldsymbol 1"
    if text == "ŷ":
        return r"\hat y"
    return text if len(text) == 1 else rf"\text{{{text}}}"


def _label(text):
    text = text.replace("≠", r" \neq ").replace("∈", r" \in ").replace("≤", r" \le ")
    text = re.sub(r"_(\w+(?:[+-]\w+)?)", r"_{\1}", text)
    return text.replace("Vocab", r"\text{Vocab}").replace("mu", r"\mu")


def _add(node):
    left, right = node
    first = _at(left, _SUM)
    if right.op == "negative":
        return f"{first} - {_at(right.args[0], _PRODUCT)}", _SUM
    return f"{first} + {_at(right, _SUM)}", _SUM


def _times(sign):
    def write(node):
        left, right = node
        return f"{_at(left, _PRODUCT)}{sign}{_at(right, _PRODUCT)}", _PRODUCT

    return write


def _apply(node):
    name, argument, _ = node
    return rf"{_FUNCTIONS[name]}\left({_written(argument)[0]}\right)", _POSTFIX


def _sum(sign):
    def write(node):
        sub, sup, body = node
        above = f"^{{{_label(sup)}}}" if sup else ""
        # It takes the rest of its product: in a product it stands last or in brackets.
        return rf"{sign}_{{{_label(sub)}}}{above} {_at(body, _PRODUCT)}", _PRODUCT

    return write


def _derivative(node):
    above, *below = node
    if len(below) == 2:
        variables = r" \, ".join(rf"\partial {_at(each, _POSTFIX)}" for each in below)
        return rf"\frac{{\partial^2 {_at(above, _PRODUCT)}}}{{{variables}}}", _POSTFIX
    return (
        rf"\frac{{\partial {_at(above, _PRODUCT)}}}{{\partial {_at(below[0], _POSTFIX)}}}",
        _POSTFIX,
    )


def _loss(node):
    name, arguments = node
    sub = rf"_{{\text{{{name}}}}}" if name else ""
    given = f"({', '.join(map(_label, arguments))})" if arguments else ""
    return f"J{sub}{given}", _POSTFIX


def _grid(node):
    (rows,) = node
    body = r" \\ ".join(" & ".join(_written(cell)[0] for cell in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", _POSTFIX


def _cases(node):
    (rows,) = node
    body = r" \\ ".join(rf"{_written(value)[0]} & \text{{{_plain(text)}}}" for value, text in rows)
    return rf"\begin{{cases}} {body} \end{{cases}}", _POSTFIX


def _plain(text):
    return re.sub(r"[\\{}$]", "", text)


def _indicator(node):
    relation, left, right = node
    sign = "=" if relation == "=" else r" \neq "
    return rf"[{_label(left)} {sign} {_label(right)}]", _POSTFIX


def _expectation(node):
    name, weights, body = node
    weights = weights.replace("hat(y)", r"\hat y")
    return rf"\mathbb E_{{{name} \sim {weights}}}\left[{_written(body)[0]}\right]", _POSTFIX


def _other(node):
    raise AssertionError(f"no LaTeX for {node.op}")


_WRITERS = {
    "number": lambda node: (node.args[0], _POSTFIX),
    "name": lambda node: (_name(node.args[0]), _POSTFIX),
    "hat": lambda node: (rf"\hat{{{_written(node.args[0])[0]}}}", _POSTFIX),
    "index": lambda node: (f"{_at(node.args[0], _POSTFIX)}_{{{_label(node.args[1])}}}", _POSTFIX),
    "power": lambda node: (
        rf"{_at(node.args[0], _POSTFIX)}^{{{_written(node.args[1])[0]}}}",
        _POSTFIX,
    ),
    "transpose": lambda node: (rf"{_at(node.args[0], _POSTFIX)}^\top", _POSTFIX),
    "prime": lambda node: (rf"{_at(node.args[0], _POSTFIX)}'", _POSTFIX),
    "negative": lambda node: (f"-{_at(node.args[0], _PRODUCT)}", _SUM),
    "over": lambda node: (
        rf"\frac{{{_written(node.args[0])[0]}}}{{{_written(node.args[1])[0]}}}",
        _POSTFIX,
    ),
    "add": _add,
    "times": _times(" "),
    "dot": _times(r" \cdot "),
    "entrywise": _times(r" \odot "),
    "outer": _times(r" \otimes "),
    "apply": _apply,
    "sum": _sum(r"\sum"),
    "product": _sum(r"\prod"),
    "derivative": _derivative,
    "loss": _loss,
    "probability": lambda node: (
        rf"p({_label(node.args[0])} \mid {_label(node.args[1])})",
        _POSTFIX,
    ),
    "grid": _grid,
    "cases": _cases,
    "indicator": _indicator,
    "expectation": _expectation,
    "size": lambda node: (rf"\lvert {node.args[0]} \rvert", _POSTFIX),
    "dots": lambda node: (r"\cdots", _POSTFIX),
}
