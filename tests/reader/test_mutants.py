"""No mutant of a true line is called proved unless plain NumPy finds it true, too."""

import dataclasses
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import plain_numbers as plain
import pytest

from w2v.proof.ledger import equations
from w2v.reader import check_text, verdicts
from w2v.reader.documents import document_of
from w2v.reader.meaning import Convention
from w2v.reader.printing import latex
from w2v.reader.statements import statements
from w2v.reader.syntax import Node, parse, tightened
from w2v.reader.tokens import NotUnderstoodError, tokens

NOTATIONS = Path(__file__).with_name("writeups") / "notations.json"
#: Mutants of one line.
EACH = 12
CASES = {
    **dict.fromkeys(("20", "22", "23", "24", "25", "26"), "Here $w = o$."),
    **dict.fromkeys(("27", "33"), "Here $w \\neq o$."),
    "64": "Here $w \\neq c$.",
}
WORLDS = plain.worlds()


# ------------------------------------------------------------------------------- true lines
@cache
def lines():
    """(name, what the text says before, head, side) of each true line that NumPy can read."""
    found = []
    for claim in equations():
        if claim.verdict in ("true", "definition") and "*" not in claim.number:
            found.append((f"({claim.number})", CASES.get(claim.number, ""), claim.full_latex))
    for number, row in enumerate(json.loads(NOTATIONS.read_text(encoding="utf-8"))):
        if row["verdict"].startswith("proved"):
            found.append((f"notation {number}", row.get("context", ""), row["latex"]))
    return [
        (name, before, *sides)
        for name, before, text in found
        for sides in pairs(text)
        if truth(*sides, given(name, before)) == "true"
    ]


def pairs(text):
    """The trees of head and side, for each sign of equality."""
    try:
        found = statements(document_of(f"$$\n{text}\n$$", "md"))
        head = None
        for statement in found:
            if statement.error is not None:
                return
            head = parse(statement.head) if statement.head is not None else head
            if head is not None:
                yield head, parse(statement.side)
    except NotUnderstoodError:
        return


def given(name, before):
    found = re.search(r"\$(\w) (=|\\neq) (\w)\$", before)
    if not found or not name.startswith("("):
        return ()
    return (f"{found[1]} {'=' if found[2] == '=' else '!='} {found[3]}",)


# ----------------------------------------------------------------------------------- truth
def truth(head, side, hypotheses=()):
    """What NumPy says of the best that may be meant.

    "true", "false", "shapes", "no value" (of a logarithm, in some world) or "unknown".
    """
    found = {
        _truth(one, other, hypotheses, loss, draws)
        for one, other in {(head, side), (tightened(head), tightened(side))}
        for loss, draws in (("softmax", False), ("negative", True), ("negative", False))
    }
    for word in ("true", "unknown", "false", "no value", "shapes"):
        if word in found:
            return word
    raise AssertionError


def _truth(head, side, hypotheses, loss, draws):
    tried = 0
    try:
        for world in WORLDS:
            if not all(plain.holds(text, world) for text in hypotheses):
                continue
            tried += 1
            here = dataclasses.replace(world, loss=loss, draws=draws)
            with np.errstate(all="ignore"):
                if plain.differ(plain.value(head, here), plain.value(side, here)):
                    return "false"
    except plain.Unknown:
        return "unknown"
    except plain.NoValue:
        return "no value"
    except (plain.Misfit, ValueError):
        return "shapes"
    return "true" if tried >= 3 else "unknown"


# --------------------------------------------------------------------------------- mutants
def mutants(node):
    """The trees with one slip somewhere in them, each with the name of the slip."""
    yield from slips(node)
    for place, part in enumerate(node.args):
        if isinstance(part, Node):
            for words, other in mutants(part):
                yield words, Node(node.op, (*node.args[:place], other, *node.args[place + 1 :]))


def minus(node):
    return node.args[0] if node.op == "negative" else Node("negative", (node,))


OTHERS = {"o": ("w", "c", "x"), "w": ("o", "x"), "x": ("o", "w"), "w_s": ("o", "s", "w_k"),
          "w_k": ("o", "k"), "k": ("o", "w"), "i": ("o", "w"), "j": ("o", "w")}  # fmt: skip


def slips(node):
    op, args = node.op, node.args
    if op == "negative":
        yield "sign", args[0]
    if op in ("times", "over", "index", "apply", "sum"):
        yield "sign", minus(node)
    if op == "add":
        yield "term dropped", args[0]
        yield "term dropped", args[1]
        yield "sign of a term", Node(op, (args[0], minus(args[1])))
    if op == "times":
        yield "factor dropped", args[0]
        yield "factor dropped", args[1]
        yield "order", Node(op, (args[1], args[0]))
    if op == "over":
        yield "denominator dropped", args[0]
        yield "upside down", Node(op, (args[1], args[0]))
    if op == "transpose":
        yield "transpose dropped", args[0]
    if op == "hat":
        yield "hat dropped", args[0]
    if op == "name" and args[0] == "y":
        yield "hat added", Node("hat", (node,))
    if op == "name" and args[0] == "U":
        yield "transpose added", Node("transpose", (node,))
    if op == "number":
        yield "number", Node(op, ("2" if args[0] == "1" else "1",))
    if op == "index":
        for other in OTHERS.get(args[1], ()):
            yield "index", Node(op, (args[0], other))
        if args == (Node("name", ("u",)), "o"):
            yield "vector", Node(op, (Node("name", ("v",)), "c"))
        if args == (Node("name", ("v",)), "c"):
            yield "vector", Node(op, (Node("name", ("u",)), "o"))
        if args[0].op == "hat":
            yield "hat dropped", Node(op, (args[0].args[0], args[1]))
    if op == "probability":
        yield "index", Node(op, ("w" if args[0] == "o" else "o", args[1]))
    if op == "apply":
        name, argument, how = args
        yield "function dropped", argument
        yield "sign inside", Node(op, (name, minus(argument), how))
        for other in {"exp", "log", "sigma"} - {name}:
            if name == "sigma" or other == "sigma":
                yield "function", Node(op, (other, argument, how))
    if op == "sum":
        sub, sup, body = args
        letter = re.match(r"-m≤(\w)|(\w)", sub)
        letter = letter and (letter[1] or letter[2])
        yield "sum dropped", body
        if "≠" in sub:
            yield "range", Node(op, (sub.partition(",")[0], sup, body))
        elif "K" not in (sup, sub[-1:]) and letter != "o" and "∈" in sub:
            yield "range", Node(op, (sub + ",≠".replace("≠", f"{letter}≠o"), sup, body))
        if "∈" in sub and letter in "wx":
            yield (
                "index of the sum",
                Node(op, (("x" if letter == "w" else "w") + sub[1:], sup, body)),
            )
        if sup == "K":
            yield "range", Node(op, (sub, "V", body))
        if sup == "V":
            yield "range", Node(op, (sub, "K", body))
    if op == "derivative" and len(args) == 2 and args[0].op == "apply":
        yield "differentiated twice", Node(op, (args[0].args[1], args[1]))


def chosen(head, side):
    """The line and some of its mutants, of as many kinds as there are."""
    found, seen = {"unchanged": [("unchanged", head, side)]}, {(head, side)}
    every = [(words, head, other) for words, other in mutants(side)]
    every += [(words, other, side) for words, other in mutants(head)][::3]
    for words, one, other in every:
        if (one, other) not in seen:
            seen.add((one, other))
            found.setdefault(words, []).append((words, one, other))
    taken = []
    while len(taken) <= EACH and any(found.values()):
        for kind in found.values():
            if kind:
                taken.append(kind.pop(0))
    return taken[: EACH + 1]


# ----------------------------------------------------------------------------------- tests
@pytest.fixture(scope="module")
def judged():
    """(name of the line, slip, LaTeX, verdict, what NumPy says, of the reading) of each mutant."""
    with pytest.MonkeyPatch.context() as patch:
        # Only the verdicts count, and of the conventions, the usual one.
        patch.setattr(verdicts, "SLIP", 0)
        patch.setattr(verdicts, "WITNESS", 0)
        patch.setattr(verdicts.Judge, "_conventions", lambda self: [Convention()])
        return [found for line in lines() for found in judge(*line)]


def judge(name, before, head, side):
    taken = chosen(head, side)
    texts = [f"{latex(one)} = {latex(other)}" for _, one, other in taken]
    prose = f"Words are the columns of U.\n\n{before}\n\n"
    report = check_text(prose + "".join(f"$$\n{text}\n$$\n\n" for text in texts), seconds=600)
    by_text = {}
    for statement in report.statements:
        by_text.setdefault(statement.latex, statement)
    for (words, *_), text in zip(taken, texts, strict=True):
        if text not in by_text:
            continue
        statement = by_text[text]
        try:
            trees = [parse(tokens(part)) for part in text.split(" = ", 1)]
        except NotUnderstoodError:
            continue
        yield name, words, text, statement, trees


def test_there_are_enough_mutants_of_every_kind(judged):
    assert len(judged) - len(lines()) >= 500
    kinds = Counter(words for _, words, *_ in judged)
    print(len(lines()), "lines", kinds, Counter(each[3].verdict for each in judged))
    assert len(kinds) >= 15


def test_what_is_called_proved_is_true(judged):
    faults, confirmed = [], Counter()
    for name, words, text, statement, trees in judged:
        if statement.verdict in ("proved", "proved given", "true only if"):
            said = truth(*trees, statement.given)
            confirmed[said] += 1
            if said != "true":
                faults.append((name, words, text, statement.verdict, statement.given, said))
    print(confirmed)
    assert not faults, "\n".join(map(str, faults))
    assert confirmed["true"] >= 20


def test_what_is_called_wrong_is_not_true(judged):
    faults = [
        (name, words, text, statement.reason)
        for name, words, text, statement, trees in judged
        if statement.verdict in ("wrong", "shapes do not fit") and truth(*trees) == "true"
    ]
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\frac{\partial J_{naive-softmax}}{\partial v_c} = U (\hat y - y)", "true"),
        (r"\frac{\partial J_{naive-softmax}}{\partial v_c} = U (\hat y + y)", "false"),
        (r"\frac{\partial J_{naive-softmax}}{\partial U} = v_c (\hat y - y)^\top", "true"),
        (r"\frac{\partial J_{naive-softmax}}{\partial U} = (\hat y - y) v_c^\top", "shapes"),
        (
            r"\frac{\partial J_{neg-sample}}{\partial u_o} = -(1 - \sigma(u_o^\top v_c)) v_c",
            "false",
        ),
        (r"\sum_{w \in Vocab} \hat y_w = 1", "true"),
        (r"\log(-\exp(u_o^\top v_c)) = \log(-\exp(u_o^\top v_c))", "no value"),
        (r"\hat y_w + \hat y_x = \hat y_x + \hat y_w", "true"),
        (r"y_w y_x = 0", "false"),
        (r"\frac{\partial \sigma(x)}{\partial x} = \sigma(x) (1 - \sigma(x))", "true"),
    ],
)
def test_numpy_knows_what_is_true(text, said):
    (trees,) = pairs(text)
    assert truth(*trees) == said
