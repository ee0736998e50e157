r"""Tokens into trees: what is a sum of what, and which letters a sign takes with it.

The grammar (``grammar.lark``) is LALR and has no conflicts: one token ahead decides. A
function followed by a bracket takes the bracket; a function without one, a sum and a
derivative take the rest of their product. Where a writer meant less, `tightened` gives the
other reading.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from .tokens import MalformedError, NotUnderstoodError, Token, label

#: How many nodes a tree may have, and how deep it may be.
NODES, DEPTH = 1500, 60


@dataclass(frozen=True)
class Node:
    """A node of a tree: what it is, its parts, and where it begins."""

    op: str
    args: tuple
    place: int = field(default=0, compare=False)

    def __iter__(self):
        return iter(self.args)

    def children(self):
        """The parts that are nodes."""
        for part in self.args:
            if isinstance(part, Node):
                yield part
            elif isinstance(part, tuple):
                yield from _nodes_in(part)

    def walk(self):
        """The node and all that are below it."""
        yield self
        for child in self.children():
            yield from child.walk()

    def mapped(self, change):
        """A copy whose parts that are nodes are changed."""
        return replace(self, args=tuple(_mapped(part, change) for part in self.args))


def _nodes_in(parts):
    for part in parts:
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            yield from _nodes_in(part)


def _mapped(part, change):
    if isinstance(part, Node):
        return change(part)
    if isinstance(part, tuple):
        return tuple(_mapped(each, change) for each in part)
    return part


def parse(found):
    r"""Read the tokens of one side of a relation.

    Parameters
    ----------
    found : list of Token

    Returns
    -------
    Node

    Raises
    ------
    NotUnderstoodError
        If the tokens make no expression.

    Examples
    --------
    >>> from w2v.reader.tokens import tokens
    >>> parse(tokens(r"U (\hat y - y)")).op
    'times'
    """
    return _parse(found, 0)


def _parse(found, depth):
    from lark.exceptions import UnexpectedInput, VisitError

    if depth > DEPTH:
        raise NotUnderstoodError(f"the formula is nested more than {DEPTH} deep")
    folded = fold(found)
    if not folded:
        raise MalformedError("something is missing", found[0].place if found else None)
    try:
        return _builder(depth).transform(_grammar().parse(folded))
    except UnexpectedInput as error:
        token = getattr(getattr(error, "token", None), "value", None)
        if isinstance(token, Token):
            raise NotUnderstoodError(f"{_named(token)} here", token.place) from None
        raise MalformedError("the formula ends too early", folded[-1].place) from None
    except VisitError as error:
        raise error.orig_exc from None


_KINDS = {
    "PROSE": "prose",
    "RELATION": "a relation",
    "EQ": "a second =",
    "IMPLIES": "an implication",
    "BAR": "a bar",
    "COMMA": "a comma",
    "PARTIAL": "a ∂",
    "NABLA": "a ∇",
    "STOP": "a full stop",
    "COLON": "a colon",
}


def _named(token):
    if token.kind in _KINDS:
        return (
            f"{_KINDS[token.kind]} ({token.value})"
            if token.kind == "RELATION"
            else _KINDS[token.kind]
        )
    value = token.value if isinstance(token.value, str) else label([token])
    return f"{value!r}"


@cache
def _grammar():
    from lark import Lark
    from lark import Token as Terminal
    from lark.lexer import Lexer

    class Given(Lexer):
        """Takes the tokens as they are."""

        def __init__(self, configuration):
            pass

        def lex(self, found):
            for token in found:
                yield Terminal(token.kind, token)

    text = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=Given)


@cache
def _builder(depth):
    from lark import Transformer

    def inner(found):
        return _parse(found, depth + 1)

    def token(leaf):
        return leaf.value

    def binary(op):
        return lambda self, parts: Node(op, (parts[0], parts[-1]), parts[0].place)

    class Build(Transformer):
        """Trees from what the grammar found."""

        def start(self, parts):
            return parts[0]

        add, times, dot, over = map(binary, ("add", "times", "dot", "over"))
        entrywise, outer = map(binary, ("entrywise", "outer"))

        def subtract(self, parts):
            right = Node("negative", (parts[2],), parts[2].place)
            return Node("add", (parts[0], right), parts[0].place)

        def negative(self, parts):
            return Node("negative", (parts[1],), token(parts[0]).place)

        def positive(self, parts):
            return parts[1]

        def total(self, parts):
            sign = token(parts[0])
            return Node("sum", (*sign.value, parts[1]), sign.place)

        def total_product(self, parts):
            sign = token(parts[0])
            return Node("product", (*sign.value, parts[1]), sign.place)

        def derivative(self, parts):
            sign = token(parts[0])
            return Node("derivative", (parts[1], inner(sign.value)), sign.place)

        def apply(self, parts):
            sign = token(parts[0])
            name, modifiers = sign.value
            return _applied(name, modifiers, parts[1], sign.place, "open", inner)

        def call(self, parts):
            sign = token(parts[0])
            name, modifiers, argument = sign.value
            return _applied(name, modifiers, inner(argument), sign.place, "closed", inner)

        def index(self, parts):
            base, sub = parts[0], token(parts[1])
            if base.op == "transpose":  # u^T_o
                return Node("transpose", (self.index([base.args[0], parts[1]]),), base.place)
            return Node("index", (base, label(sub.value)), base.place)

        def power(self, parts):
            base, sup = parts[0], token(parts[1])
            return Node("power", (base, inner(sup.value)), base.place)

        def transpose(self, parts):
            return Node("transpose", (parts[0],), parts[0].place)

        def prime(self, parts):
            return Node("prime", (parts[0],), parts[0].place)

        def number(self, parts):
            sign = token(parts[0])
            if sign.font and sign.value == "1":
                return Node("name", ("ones",), sign.place)
            return Node("number", (sign.value,), sign.place)

        def name(self, parts):
            sign = token(parts[0])
            return Node("name", (sign.value,), sign.place)

        def hat(self, parts):
            sign = token(parts[0])
            body = inner(sign.value)
            if body.op in ("index", "transpose"):  # a hat over y_o is meant for y
                over = Node("hat", (body.args[0],), sign.place)
                return Node(body.op, (over, *body.args[1:]), sign.place)
            return Node("hat", (body,), sign.place)

        def fraction(self, parts):
            above, below = token(parts[0]).value
            return Node("over", (inner(above), inner(below)), token(parts[0]).place)

        def quotient(self, parts):
            above, *below = token(parts[0]).value
            return Node("derivative", (inner(above), *map(inner, below)), token(parts[0]).place)

        def loss(self, parts):
            sign = token(parts[0])
            return Node("loss", sign.value, sign.place)

        def probability(self, parts):
            sign = token(parts[0])
            return Node("probability", sign.value, sign.place)

        def group(self, parts):
            return inner(token(parts[0]).value[1])

        def inner(self, parts):
            sign = token(parts[0])
            return Node("dot", tuple(map(inner, sign.value)), sign.place)

        def size(self, parts):
            sign = token(parts[0])
            return Node("size", (label(sign.value),), sign.place)

        def expectation(self, parts):
            sign = token(parts[0])
            name, weights, body = sign.value
            return Node("expectation", (name, weights, inner(body)), sign.place)

        def indicator(self, parts):
            sign = token(parts[0])
            return Node("indicator", sign.value, sign.place)

        def grid(self, parts):
            sign = token(parts[0])
            rows = tuple(tuple(inner(cell) for cell in row) for row in sign.value)
            return Node("grid", (rows,), sign.place)

        def cases(self, parts):
            sign = token(parts[0])
            rows = []
            for row in sign.value:
                value = row[0]
                while value and value[-1].kind in ("COMMA", "STOP", "SPACE"):
                    value = value[:-1]
                condition = "".join(
                    str(each.value) if each.kind == "PROSE" else label([each])
                    for cell in row[1:]
                    for each in cell
                )
                rows.append((inner(value), condition))
            return Node("cases", (tuple(rows),), sign.place)

        def dots(self, parts):
            return Node("dots", (), token(parts[0]).place)

    return Build()


def _applied(name, modifiers, argument, place, how, inner):
    node = Node("apply", (name, argument, how), place)
    for kind, value in modifiers:
        if kind == "PRIME":
            if name != "sigma":
                raise NotUnderstoodError(f"{name}'", place)
            one = Node("number", ("1",), place)
            other = Node("add", (one, Node("negative", (node,), place)), place)
            node = Node("times", (node, other), place)
        else:
            node = Node("power", (node, inner(value)), place)
    return node


# ------------------------------------------------------------------------------------ folding
def fold(found):
    """Let signs take what belongs to them: ranges, variables, arguments, conditions."""
    out, at = [], 0
    found = [token for token in found if token.kind not in ("SPACE", "NEWLINE")]
    while at < len(found):
        token = found[at]
        rule = _RULES.get(token.kind, _as_it_is)
        new, at = rule(found, at)
        out.extend(new)
    return out


def _as_it_is(found, at):
    return [found[at]], at + 1


def _kind(found, at):
    return found[at].kind if at < len(found) else None


def _scripts(found, at):
    """The subscript and superscript tokens that follow, in any order, and where they end."""
    scripts = {"SUB": [], "SUP": []}
    while _kind(found, at) in scripts and not scripts[found[at].kind]:
        scripts[found[at].kind] = found[at].value
        at += 1
    return scripts["SUB"], scripts["SUP"], at


def _sup(found, at):
    token = found[at]
    value = [each for each in token.value if each.kind != "SPACE"]
    if len(value) == 1:
        (only,) = value
        if only.kind == "TOP" or (only.kind == "NAME" and only.value in ("T", "t", "tr")):
            return [Token("TRANSPOSE", "T", token.place)], at + 1
        if only.kind == "PRIME":
            return [Token("PRIME", "'", token.place)], at + 1
    return [token], at + 1


def _sum(found, at):
    token = found[at]
    sub, sup, end = _scripts(found, at + 1)
    return [Token(token.kind, (label(sub), label(sup)), token.place)], end


def _nabla(found, at):
    token = found[at]
    sub, sup, end = _scripts(found, at + 1)
    if not sub:
        raise NotUnderstoodError("∇ without its variable", token.place)
    if not sup:
        return [Token("DERIVE", sub, token.place)], end
    if label(sup) != "2":
        raise NotUnderstoodError(f"∇ to the power {label(sup)}", token.place)
    rest = found[end:]
    return [Token("QUOTIENT", (rest, sub, sub), token.place)], len(found)


def _partial(found, at):
    """A derivative in one line: ∂A/∂B, or ∂_B A."""
    token = found[at]
    if _kind(found, at + 1) == "SUB":
        return [Token("DERIVE", found[at + 1].value, token.place)], at + 2
    for slash in range(at + 1, len(found)):
        if found[slash].kind in ("PLUS", "MINUS", "EQ") or found[slash].kind == "PARTIAL":
            break
        if found[slash].kind == "SLASH" and _kind(found, slash + 1) == "PARTIAL":
            end = slash + 3
            while _kind(found, end) in ("SUB", "SUP"):
                end += 1
            above, below = found[at + 1 : slash], found[slash + 2 : end]
            if not above:
                return [Token("DERIVE", below, token.place)], end
            return [Token("QUOTIENT", (above, below), token.place)], end
    raise NotUnderstoodError("a ∂ that belongs to no derivative", token.place)


def _is_differential(found):
    """Whether tokens begin with ∂ or with the d of a derivative."""
    if not found:
        return False
    first = found[0]
    return first.kind == "PARTIAL" or (
        first.kind == "NAME" and first.value == "d" and _kind(found, 1) != "SUB"
    )


def _fraction(found, at):
    token = found[at]
    above, below = ([each for each in part if each.kind != "SPACE"] for part in token.value)
    below = _opened(below)
    above = _opened(above) if _is_differential(below) else above
    if _is_differential(below) and len(below) == 1 and _is_differential(above):
        raise MalformedError("a derivative without its variable", token.place)
    if not (_is_differential(below) and len(below) > 1):
        return [token], at + 1
    if _kind(below, 1) not in ("NAME", "WORD", "GROUP", "HAT", "PARTIAL", "FRACTION"):
        return [token], at + 1
    if not _is_differential(above):
        if below[0].kind == "PARTIAL":
            raise MalformedError("∂ stands below the line, but not above it", token.place)
        return [token], at + 1
    above = above[1:]
    if _kind(above, 0) == "SUP":  # a second derivative
        if label(above[0].value) != "2":
            raise NotUnderstoodError("a derivative of this order", token.place)
        return [Token("QUOTIENT", (above[1:] or found[at + 1 :], *_two(below)), token.place)], (
            at + 1 if above[1:] else len(found)
        )
    below = below[1:]
    if any(each.kind == "PARTIAL" for each in below):
        raise NotUnderstoodError("a derivative with respect to two variables", token.place)
    if not above:
        return [Token("DERIVE", below, token.place)], at + 1
    return [Token("QUOTIENT", (above, below), token.place)], at + 1


def _opened(found):
    """Tokens without braces around all of them."""
    while len(found) == 1 and found[0].kind == "GROUP" and found[0].value[0] == "{}":
        found = found[0].value[1]
    return found


def _two(below):
    """The two variables below a second derivative."""
    seconds = [
        place
        for place, each in enumerate(below)
        if each.kind == below[0].kind and (each.value == below[0].value)
    ]
    if len(seconds) == 2:
        first, second = below[1 : seconds[1]], below[seconds[1] + 1 :]
    elif below[-1].kind == "SUP" and label(below[-1].value) == "2":
        first = second = below[1:-1]
    else:
        raise NotUnderstoodError("the variables of this second derivative", below[0].place)
    return first, [
        each
        for each in second
        if not (each.kind == "SUP" and label(each.value) in ("T", "t", "tr"))
    ]


def _name(found, at):
    token = found[at]
    after = _kind(found, at + 1)
    name = token.value
    if re.fullmatch(r"(tilde|bar|widetilde|overline)\((J|L|ell)\)", name):
        return _loss(found, at)
    if (
        (name == "L" and after == "PRIME")
        or name in ("J", "ell")
        or (name == "L" and (token.font == "script" or after in ("SUB", "GROUP", None, "EQ")))
        or (name == "l" and token.font == "script")
    ):
        return _loss(found, at)
    if name == "H" and after == "GROUP":
        return _cross_entropy(found, at)
    if name in ("p", "P", "Pr", "q") and after in ("GROUP", "SUB"):
        group = at + 1 if after == "GROUP" else at + 2
        if _kind(found, group) == "GROUP" and any(
            each.kind == "BAR" for each in found[group].value[1]
        ):
            return _probability(found, at, group)
    if name == "E" and (token.font == "blackboard" or after == "SUB"):
        return _expectation(found, at)
    if (name == "I" and token.font in ("blackboard", "bold")) or (
        name == "I" and after in ("GROUP",)
    ):
        return _indicator(found, at)
    if name == "delta" and after == "SUB":
        return [
            Token("INDICATOR", ("=", *_pair(found[at + 1].value, token.place)), token.place)
        ], at + 2
    return [token], at + 1


def _word(found, at):
    word = found[at].value
    if word in ("CE", "CrossEntropy", "crossentropy", "cross-entropy"):
        return _cross_entropy(found, at)
    if word.lower() in ("loss", "cost", "nll"):
        return _loss(found, at)
    return [found[at]], at + 1


def _loss(found, at):
    token = found[at]
    sub, sup, end = _scripts(found, at + 1)
    if sup:
        end -= 1
    primes = ""
    while _kind(found, end) == "PRIME":
        primes, end = primes + "'", end + 1
    arguments = ()
    if _kind(found, end) == "GROUP" and found[end].value[0] in "([{":
        inner = found[end].value[1]
        parts = _at_commas(inner)
        if len(parts) > 1 or label(inner) in ("theta", "v_c", "u_o", "U", "x", "z", "w"):
            arguments = tuple(map(label, parts))
            end += 1
    accent = token.value.partition("(")[0] if "(" in str(token.value) else ""
    return [Token("LOSS", (accent + label(sub) + primes, arguments), token.place)], end


def _cross_entropy(found, at):
    token = found[at]
    end = at + 1
    if _kind(found, end) == "SUB":
        end += 1
    arguments = ()
    if _kind(found, end) == "GROUP":
        arguments = tuple(map(label, _at_commas(found[end].value[1])))
        end += 1
    return [Token("LOSS", ("CE", arguments), token.place)], end


def _at_commas(found):
    parts = [[]]
    for token in found:
        if token.kind == "COMMA" or (token.kind == "COLON"):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _probability(found, at, group):
    inner = found[group].value[1]
    bar = next(place for place, each in enumerate(inner) if each.kind == "BAR")
    left, right = inner[:bar], inner[bar + 1 :]
    for place, each in enumerate(left):
        if each.kind == "EQ":  # O = o
            left = left[place + 1 :]
            break
    return [Token("PROBABILITY", (label(left), label(right)), found[at].place)], group + 1


def _expectation(found, at):
    token = found[at]
    sub, _, end = _scripts(found, at + 1)
    text = label(sub)
    if _kind(found, end) != "GROUP" or "~" not in text:
        return [token], at + 1
    name, _, weights = text.partition("~")
    return [Token("EXPECTATION", (name, weights, found[end].value[1]), token.place)], end + 1


def _number(found, at):
    token = found[at]
    if token.value == "1" and token.font and _kind(found, at + 1) in ("SUB", "GROUP"):
        return _indicator(found, at)
    return [token], at + 1


def _indicator(found, at):
    token, following = found[at], found[at + 1] if at + 1 < len(found) else None
    if following is None or following.kind not in ("SUB", "GROUP"):
        return [token], at + 1
    inner = following.value if following.kind == "SUB" else following.value[1]
    if len(inner) == 1 and inner[0].kind == "GROUP":
        inner = inner[0].value[1]
    condition = _condition(inner)
    if condition is None:
        return [token], at + 1
    return [Token("INDICATOR", condition, token.place)], at + 2


def _condition(found):
    """(relation, left, right) of an equality of two indices, or None."""
    relations = [place for place, each in enumerate(found) if each.kind in ("EQ", "RELATION")]
    if len(relations) != 1:
        return None
    (place,) = relations
    sign = "=" if found[place].kind == "EQ" else found[place].value
    left, right = label(found[:place]), label(found[place + 1 :])
    return (sign, left, right) if sign in ("=", "≠") and left and right else None


def _pair(found, place):
    """The two indices of a Kronecker delta."""
    parts = _at_commas(found)
    if len(parts) == 2:
        return tuple(map(label, parts))
    condition = _condition(found)
    if condition and condition[0] == "=":
        return condition[1:]
    names = []
    for token in found:
        if token.kind in ("SUB", "PRIME") and names:
            names[-1] += label([token])
        else:
            names.append(label([token]))
    if len(names) != 2:
        raise NotUnderstoodError("the indices of this delta", place)
    return tuple(names)


def _group(found, at):
    token = found[at]
    bracket, inner = token.value
    inner = [each for each in inner if each.kind not in ("SPACE", "NEWLINE")]
    if bracket in "[{" and bracket != "{}":
        condition = _condition(inner)
        if condition and all(re.fullmatch(r"\w+'?", side) for side in condition[1:]):
            return [Token("INDICATOR", condition, token.place)], at + 1  # Iverson's bracket
    if bracket == "<":
        parts = _at_commas(inner)
        if len(parts) != 2:
            raise NotUnderstoodError("angle brackets that hold no two vectors", token.place)
        return [Token("INNER", tuple(parts), token.place)], at + 1
    parts = _at_commas(inner)
    if len(parts) > 1:
        return [Token("GRID", [parts], token.place)], at + 1
    if len(inner) == 1 and inner[0].kind in ("GRID", "CASES"):
        return _as_it_is(inner, 0)[0], at + 1
    if not inner:
        raise MalformedError("empty brackets", token.place)
    return [Token("GROUP", (bracket, inner), token.place)], at + 1


def _bar(found, at):
    end = next((place for place in range(at + 1, len(found)) if found[place].kind == "BAR"), None)
    if end is None:
        raise NotUnderstoodError("a single bar", found[at].place)
    return [Token("ABS", found[at + 1 : end], found[at].place)], end + 1


def _function(found, at):
    token = found[at]
    modifiers, end = [], at + 1
    while _kind(found, end) in ("PRIME", "SUP"):
        each = found[end]
        prime = each.kind == "PRIME" or label(each.value) == "'"
        modifiers.append(("PRIME" if prime else "SUP", each.value))
        end += 1
    after = _kind(found, end)
    if after == "SUB":
        if token.value == "log":
            raise NotUnderstoodError("a logarithm to another base", token.place)
        return [Token("NAME", token.value, token.place)], at + 1
    if after == "GROUP":
        argument = found[end].value[1]
        return [Token("CALL", (token.value, modifiers, argument), token.place)], end + 1
    if after is None or (
        after in ("PLUS", "MINUS", "EQ", "COMMA", "TIMES", "DOT", "SLASH") and (after != "MINUS")
    ):
        name = [Token("NAME", token.value, token.place)]
        return name + [Token(kind, value, token.place) for kind, value in modifiers], end
    return [Token("FUNCTION", (token.value, modifiers), token.place)], end


_RULES = {
    "SUP": _sup,
    "SUM": _sum,
    "PRODUCT": _sum,
    "NABLA": _nabla,
    "PARTIAL": _partial,
    "FRACTION": _fraction,
    "NAME": _name,
    "WORD": _word,
    "NUMBER": _number,
    "GROUP": _group,
    "BAR": _bar,
    "FUNCTION": _function,
}


# ------------------------------------------------------------------------------ other readings
def tightened(node):
    r"""The reading in which a function or a derivative takes only the next factor.

    Parameters
    ----------
    node : Node

    Returns
    -------
    Node
        Equal to `node` if there is no other reading.

    Examples
    --------
    >>> from w2v.reader.tokens import tokens
    >>> loose = parse(tokens(r"\log x y"))
    >>> loose.op, tightened(loose).op
    ('apply', 'times')
    """
    node = node.mapped(tightened)
    if node.op == "apply" and node.args[2] == "open":
        return _tight(node, 1)
    if node.op == "derivative" and len(node.args) == 2:
        return _tight(node, 0)
    return node


def _tight(node, position):
    argument = node.args[position]
    factors = []
    while argument.op == "times":
        argument, last = argument.args
        factors.append((argument, last))
    if not factors:
        return node
    args = list(node.args)
    args[position] = argument
    result = Node(node.op, tuple(args), node.place)
    for _, last in reversed(factors):
        result = Node("times", (result, last), node.place)
    return result
