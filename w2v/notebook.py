"""Help for notebooks: code shown from the module itself, so that it is never out of date."""

import ast
import inspect
import textwrap


def source(thing, docstring=False):
    """Show the source of a function or class, highlighted.

    Parameters
    ----------
    thing : function or class
        What to show.
    docstring : bool
        Whether to show its docstring as well.

    Returns
    -------
    IPython.display.Markdown
        Which a notebook and the book render as a block of code.

    Examples
    --------
    >>> from w2v import sigmoid
    >>> print(source(sigmoid).data)
    ```python
    def sigmoid(x):
        x = numbers(x)
        decay = _decay(x)
        return np.where(x.real < 0, decay, 1) / (1 + decay)
    ```
    """
    from IPython.display import Markdown

    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    if not docstring:
        definition = ast.parse(code).body[0]
        if ast.get_docstring(definition) is not None:
            first = definition.body[0]
            lines = code.splitlines()
            del lines[first.lineno - 1 : first.end_lineno]
            code = "\n".join(lines)
    return Markdown(f"```python\n{code}\n```")


CHAPTERS = {
    "a": "a_cross_entropy",
    "b": "b_center_vector",
    "c": "c_outside_vectors",
    "d": "d_outside_matrix",
    "e": "e_negative_sampling",
    "f": "f_skip_gram",
}
_MARKS = {"true": "✓", "definition": "≔", "conditional": "if", "malformed": "≈", "wrong": "✗"}


def ledger_table(rows):
    r"""Show settled equations as a table, each with a link to its chapter.

    Parameters
    ----------
    rows : list of w2v.proof.ledger.Settled

    Returns
    -------
    IPython.display.Markdown

    Examples
    --------
    >>> from w2v.proof import equation, settle
    >>> print(ledger_table([settle(equation(16))]).data)
    | | Verdict | Equation as printed |
    |---|---|---|
    | [(16)](b_center_vector.ipynb) | ✓ true: proved for every size | $\boldsymbol u_o = U ... |
    """
    from IPython.display import Markdown

    # The verdict first: a long equation may run out of a narrow page, and scrolls.
    lines = ["| | Verdict | Equation as printed |", "|---|---|---|"]
    for row in rows:
        equation = row.equation
        link = f"[({equation.number})]({CHAPTERS[equation.part]}.ipynb)"
        mark = _MARKS.get(row.verdict, "")
        lines.append(f"| {link} | {mark} {row.verdict}: {row.method} | ${equation.full_latex}$ |")
    return Markdown("\n".join(lines))
