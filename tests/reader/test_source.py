r"""The whole derivation as one document: every number is judged, and as the ledger has it."""

import re

import pytest

from w2v.proof.ledger import PARTS, equation, equations
from w2v.reader import check_text

#: What the derivation says before an equation, and what it depends on.
PROSE = {
    "1": "Problem (a): the naive-softmax loss is the cross-entropy. The vector y is one-hot:",
    "2": "Thus the cross-entropy can be written as follows:",
    "6": "Problem (b): the derivative of the naive-softmax loss with respect to the centre vector.",
    "10": "The first term can be computed as follows:",
    "19": "Problem (c): the derivative of the naive-softmax loss with respect to the outside "
    "vectors.",
    "20": "There are two cases. i) $w = o$\n\nThe first term, since $w = o$:",
    "27": "ii) $w \\neq o$\n\nThe first term, since $w \\neq o$:",
    "34": "Problem (d): the derivative of the naive-softmax loss with respect to U.",
    "44": "Problem (e): negative sampling. The derivative of the sigmoid function:",
    "45": "Based on this, the derivatives of the loss of negative sampling are:",
    "62": "Problem (f): the skip-gram loss of a window, with respect to U:",
    "64": "For a word $w \\neq c$:",
}
#: Verdicts of the reader that agree with one of the ledger.
AGREEING = {
    "definition": {"proved", "proved given", "not a claim"},
    "true": {"proved", "proved given"},
    "conditional": {"true only if"},
    "wrong": {"wrong", "follows from the wrong line above", "shapes do not fit"},
    "malformed": {"malformed", "wrong"},
}
REFUTED = [e.number for e in equations() if e.verdict in ("wrong", "malformed")]


def numbered():
    """The equations that the derivation itself numbers."""
    return [each for each in equations() if not each.number.endswith("*")]


def document():
    """The derivation in LaTeX: six sections, chains in ``align``, every row with its number."""
    parts, rows, before = [], [], None

    def close():
        if rows:
            parts.append("\\begin{align}\n" + " \\\\\n".join(rows) + "\n\\end{align}")
            rows.clear()

    for each in numbered():
        continued = bool(each.head) and rows and each.part == before
        if not continued or each.number in PROSE:
            close()
        if each.part != before:
            parts.append(f"\\section*{{Problem ({each.part})}}")
        if each.number in PROSE:
            parts.append(PROSE[each.number])
        latex = each.latex if continued else each.full_latex
        rows.append(f"{latex} \\tag{{{each.number}}}")
        before = each.part
    close()
    return "\n\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def judged():
    """The verdicts on the derivation, by number: for each, those of all its ``=``."""
    report = check_text(document(), "tex")
    print(f"{len(report.statements)} statements in {report.seconds:.1f} s")
    found = {}
    for statement in report.statements:  # (46) and (47) are one sum in two rows
        for number in re.findall(r"\d+", statement.number):
            found.setdefault(number, []).append(statement)
    return found


def test_the_document_holds_all_sixty_four():
    text = document()
    tags = re.findall(r"\\tag\{(\d+)\}", text)
    assert tags == [str(number) for number in range(1, 65)]
    assert text.count("\\section*") == len(PARTS)


def test_every_number_is_judged(judged):
    assert list(judged) == [str(number) for number in range(1, 65)]


@pytest.mark.parametrize("number", [each.number for each in numbered()])
def test_the_verdict_is_that_of_the_ledger(judged, number):
    recorded = equation(number).verdict
    verdicts = {each.verdict for each in judged[number]}
    assert verdicts <= AGREEING[recorded], (recorded, verdicts, judged[number])


def test_what_is_refuted_has_a_suggestion(judged):
    lacking = {n for n in REFUTED if not any(each.suggestion for each in judged.get(n, ()))}
    assert len(REFUTED) == 10
    # (46) and (47) are one equation.
    assert len(lacking - {"46"}) <= 1, lacking
