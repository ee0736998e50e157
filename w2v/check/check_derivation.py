r"""Exercises of the page `check_derivation`: lines of LaTeX, judged by the reader."""

import re

from .judge import Wrong, exercise

#: What an answer may not hold, as it is put into a display of the judge's own.
_OWN_DISPLAY = re.compile(r"\$|\\\[|\\\]|\\\(|\\\)|\\begin|\\end|\\\\|\\tag|%")
_SECONDS = 30.0


def _one_side(answer):
    """The answer as one side of an equation, in LaTeX."""
    if not isinstance(answer, str):
        raise Wrong(
            r'The answer should be LaTeX in a raw string, such as r"\hat y - y", but is of type '
            f"{type(answer).__name__}."
        )
    if "\t" in answer or "\r" in answer or "\f" in answer or "\b" in answer or "\a" in answer:
        raise Wrong('A backslash got lost: put an r before the quotes, as in r"...".')
    answer = answer.strip()
    if not answer:
        raise Wrong("The answer is empty.")
    if _OWN_DISPLAY.search(answer) or "=" in answer:
        raise Wrong("Give one side of the equation alone: no dollars, no equals sign, one line.")
    return answer


def _judged(text):
    """The verdict on the last equation of a text."""
    from w2v.reader import check_text

    return check_text(text, seconds=_SECONDS).statements[-1]


def _said(judged):
    """What was found wrong, as sentences."""
    found = f"The verdict is “{judged.verdict}”"
    found += f": {judged.reason}." if judged.reason else "."
    if judged.verdict in ("wrong", "true only if") and judged.witness:
        found += f" See it {judged.witness}."
    return found


@exercise(
    "mend-line",
    chapter="check_derivation",
    level="warm-up",
    about="Find two mistakes in a line, and write it so that it is proved.",
    tests="a proof, for every size, of the line with your right-hand side",
)
def _mend_line(right_side):
    right_side = _one_side(right_side)
    if re.search(r"\\partial|\\nabla|J|\\mathcal|\\text|\\mathrm d|\bd\b", right_side):
        raise Wrong("The right-hand side should be worked out: no derivative and no loss in it.")
    head = r"\frac{\partial J_{\text{naive-softmax}}}{\partial U}"
    judged = _judged(f"The columns of $U$ are the words.\n\n$$ {head} = {right_side} $$")
    if judged.verdict != "proved":
        raise Wrong(_said(judged))


@exercise(
    "say-hypothesis",
    chapter="check_derivation",
    level="core",
    about="Say the two conditions of (61) so that the verdict is “proved given”.",
    tests="the verdict on the line with your sentence before it",
)
def _say_hypothesis(sentence):
    if not isinstance(sentence, str):
        raise Wrong(f"A sentence in quotes is asked for, not {type(sentence).__name__}.")
    if re.search(r"\$\$|\\\[|\\begin", sentence):
        raise Wrong("A sentence is asked for, and no display: formulas go between single dollars.")
    line = (
        r"$$ \frac{\partial J_{\text{neg-sample}}}{\partial u_{w_s}}"
        r" = (1 - \sigma(-u_{w_s}^\top v_c)) v_c $$"
    )
    judged = _judged(f"{sentence}\n\n{line}")
    if judged.verdict == "true only if":
        raise Wrong(
            "The verdict is “true only if”: the sentence does not say, or not so that it is "
            f"understood, all of this: {' and '.join(judged.given)}."
        )
    if judged.verdict != "proved given":
        raise Wrong(_said(judged))


@exercise(
    "false-factor",
    chapter="check_derivation",
    level="stretch",
    about="Find a false factor for (49) that a check near scores of 0 does not see.",
    tests="value and slope at a score of 0 by complex step, and a world that refutes the line",
)
def _false_factor(factor):
    factor = _one_side(factor)
    value, slope = _at_zero(factor)
    for what, found, right in (("value", value, 1 / 2), ("slope", slope, 1 / 4)):
        if abs(found - right) > 1e-9:
            raise Wrong(
                f"At a score of 0 the true factor has the {what} {right:g}; yours has {found:.4g}."
            )
    inside = re.sub(r"(?<![\\a-zA-Z])z(?![a-zA-Z])", lambda _: r"(u_{w_s}^\top v_c)", factor)
    judged = _judged(
        r"$$ \frac{\partial J_{\text{neg-sample}}}{\partial v_c} = -(1 - \sigma(u_o^\top v_c)) u_o"
        rf" + \sum_{{s=1}}^K \left( {inside} \right) u_{{w_s}} $$"
    )
    if judged.verdict == "proved":
        raise Wrong("This factor is not false: with it, the line is proved.")
    if judged.verdict != "wrong":
        raise Wrong(_said(judged))


def _at_zero(factor):
    """The value and the slope of a factor at a score of 0."""
    import sympy

    from w2v.reader.meaning import Reader, Setting
    from w2v.reader.syntax import parse
    from w2v.reader.tokens import NotUnderstoodError, tokens

    try:
        found = sympy.sympify(Reader(Setting()).of(parse(tokens(factor, {}))))
    except (NotUnderstoodError, sympy.SympifyError) as error:
        raise Wrong(f"The factor is not understood: {error}.") from None
    letters = sorted(symbol.name.split("_")[0] for symbol in found.free_symbols)
    if letters != ["z"]:
        raise Wrong("The factor should be an expression in the score, with no letter but z.")
    (z,) = found.free_symbols
    step = 1e-30
    at_zero = complex(sympy.N(found.rewrite(sympy.exp).subs(z, step * sympy.I), 40))
    if at_zero != at_zero or abs(at_zero.imag) > 1:
        raise Wrong("At a score of 0 the factor has no value, or no slope.")
    return at_zero.real, at_zero.imag / step
