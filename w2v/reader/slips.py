"""The usual slips, undone: what a writer may have meant."""

import re

from .syntax import Node

_LETTERS = ("o", "w", "x", "k", "s")


def repairs(node, bound=()):
    """Yield the ways to change one thing in a tree that is often written wrong.

    Parameters
    ----------
    node : Node
    bound : tuple of str
        Letters that sums around it bind.

    Yields
    ------
    tuple of (str, Node)
        The slip in words, and the tree without it.
    """
    yield from _whole(node)
    yield from _within(node, bound)


TWICE = (
    "the logistic function is differentiated twice: the inner derivative is that of its argument"
)


def without_double_derivatives(node):
    """The slip in words, and a tree in which no derivative is of a logistic function.

    Parameters
    ----------
    node : Node

    Returns
    -------
    tuple of (str, Node)
    """
    node = node.mapped(lambda child: without_double_derivatives(child)[1])
    if _is_of_sigma(node):
        node = Node(node.op, (node.args[0].args[1], node.args[1]), node.place)
    return TWICE, node


def _is_of_sigma(node):
    if not (node.op == "derivative" and len(node.args) == 2):
        return False
    above = node.args[0]
    return above.op == "apply" and above.args[0] == "sigma"


def _whole(node):
    if node.op == "negative":
        yield "the sign", node.args[0]
    else:
        yield "the sign", Node("negative", (node,), node.place)
    yield "the right side has to be transposed", Node("transpose", (node,), node.place)


def _within(node, bound):
    yield from _here(node, bound)
    inner = (*bound, _letter(node.args[0])) if node.op in ("sum", "product") else bound
    for place, part in enumerate(node.args):
        if isinstance(part, Node):
            for words, other in _within(part, inner):
                args = (*node.args[:place], other, *node.args[place + 1 :])
                yield words, Node(node.op, args, node.place)


def _letter(sub):
    found = re.search(r"[a-z]", sub)
    return found[0] if found else ""


def _negated(node):
    return node.args[0] if node.op == "negative" else Node("negative", (node,), node.place)


def _here(node, bound):
    op, args = node.op, node.args
    if op == "apply":
        name, argument, how = args
        if name == "sigma":
            yield (
                "a minus inside the logistic function",
                Node(op, (name, _negated(argument), how), node.place),
            )
        if name == "log" and not any(part.op == "apply" for part in argument.walk()):
            inner = Node("apply", ("sigma", argument, how), node.place)
            yield (
                "the logistic function is missing inside the logarithm",
                Node(op, (name, inner, how), node.place),
            )
        if name in ("exp", "log"):
            yield f"there is a {name} too many", argument
    elif _is_of_sigma(node):
        yield TWICE, Node(op, (args[0].args[1], args[1]), node.place)
    elif op == "add":
        left, right = args
        yield "a sign between two terms", Node(op, (left, _negated(right)), node.place)
        yield "a sign between two terms", Node(op, (_negated(left), right), node.place)
    elif op == "transpose":
        yield "a transpose too many", args[0]
    elif op == "index":
        yield from _other_index(node, bound)
    elif op == "hat":
        yield "a hat too many", args[0]
    elif op == "name" and args[0] == "y":
        yield "a hat is missing", Node("hat", (node,), node.place)
    elif op == "name" and args[0] == "U":
        yield "U has to be transposed", Node("transpose", (node,), node.place)
    elif op == "sum":
        yield from _other_range(node)
    elif op == "times":
        left, right = args
        yield "the order of a product", Node(op, (right, left), node.place)
        for one, other in ((left, right), (right, left)):
            if one.op == "index" and other.op not in ("transpose",) and not _is_vector(one):
                yield "a factor too many", other
    elif op == "over":
        yield "a denominator too many", args[0]
    elif op == "number" and args[0] == "0":
        return


def _is_vector(node):
    return node.op == "index" and node.args[0].op == "name" and node.args[0].args[0] in "uv"


def _other_index(node, bound):
    base, text = node.args
    if base.op == "name" and base.args[0] == "y":
        yield (
            "a hat is missing",
            Node("index", (Node("hat", (base,), node.place), text), node.place),
        )
    if base.op == "hat":
        yield "a hat too many", Node("index", (base.args[0], text), node.place)
    letters = [*dict.fromkeys((*bound, *_LETTERS))]
    for letter in letters:
        for other in (letter, f"w_{letter}"):
            if letter and other != text and (other == letter or letter in ("s", "k", *bound)):
                yield (
                    f"the index {text}, where {other} belongs",
                    Node("index", (base, other), node.place),
                )
    if base.op == "name" and base.args[0] in ("u", "v"):
        other = ("v", "c") if base.args[0] == "u" else ("u", "o")
        yield (
            f"the vector {base.args[0]}_{text}, where {other[0]}_{other[1]} belongs",
            Node("index", (Node("name", (other[0],), node.place), other[1]), node.place),
        )


def _other_range(node):
    sub, sup, body = node.args
    if "<m" in sub:
        yield (
            "the window ends at m, not before it",
            Node("sum", (sub.replace("<m", "≤m"), sup, body), node.place),
        )
    found = re.match(r"([a-z])≠([a-z])\Z", sub)
    if found:
        yield "no word is left out of the sum", Node("sum", (found[1], sup, body), node.place)
    letter = _letter(sub)
    used = {part.args[1] for part in body.walk() if part.op == "index"}
    used |= {part.args[0] for part in body.walk() if part.op == "probability"}
    if letter and not any(letter in text for text in used):
        for text in [*sorted(used - {"o", "c"}), "o"]:
            other = text.removeprefix("w_")
            if re.fullmatch(r"[a-z]", other):
                new = re.sub(rf"\b{letter}\b|^{letter}", other, sub)
                yield (
                    f"the sum runs over {letter}, where {other} belongs",
                    Node("sum", (new, sup, body), node.place),
                )
