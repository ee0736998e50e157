"""Help for notebooks: code and commands shown as they are, so that they are never out of date."""

import ast
import html
import inspect
import shlex
import subprocess
import sys
import textwrap
from collections import Counter


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


def terminal(command, folder=None):
    """Run a command of w2v as a terminal would, and print it with what it answers.

    Parameters
    ----------
    command : str
        Begins with ``w2v``.
    folder : str or path-like, optional
        Where to run it; by default the current folder.

    Raises
    ------
    ValueError
        If it is some other command.

    Examples
    --------
    >>> terminal("w2v ledger 18")
    $ w2v ledger 18
    (18) true: proved for every size
    >>> terminal("w2v ledger 65")
    $ w2v ledger 65
    w2v ledger: there is no equation 65: they are 1 to 64, 61*, 62* and 63*
    (exit status 2)
    """
    program, *arguments = shlex.split(command)
    if program != "w2v":
        raise ValueError(f"the command must begin with w2v, but it is {command!r}")
    result = subprocess.run(
        [sys.executable, "-m", "w2v", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    print(f"$ {command}")
    print(result.stdout, end="")
    if result.returncode:
        print(f"(exit status {result.returncode})")


CHAPTERS = {
    "a": "a_cross_entropy",
    "b": "b_center_vector",
    "c": "c_outside_vectors",
    "d": "d_outside_matrix",
    "e": "e_negative_sampling",
    "f": "f_skip_gram",
}
_MARKS = {"true": "✓", "definition": "≔", "conditional": "if", "malformed": "≈", "wrong": "✗"}
# The looks are book/_static/ledger.css's; this much makes it a board elsewhere, too.
_GRID = "display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); padding: 0"


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


def ledger_board(rows):
    """Show settled equations as a board of squares, each a link to its equation.

    Parameters
    ----------
    rows : list of w2v.proof.ledger.Settled
        Numbered equations become squares, in rows of eight, in this order. Starred laws,
        which the source does not have, stand below them and are not counted.

    Returns
    -------
    IPython.display.HTML
        A legend with how many squares have which verdict, and the squares. Links lead to
        notebooks, of which the book makes pages.

    Examples
    --------
    >>> from w2v.proof import equation, settle
    >>> board = ledger_board([settle(equation(number)) for number in (16, 46)])
    >>> print(board.data.split("<ol")[1])
     style="...">
    <li><a class="ledger-true" href="b_center_vector.ipynb#equation-eq-16"
    ...
    <li><a class="ledger-wrong" href="e_negative_sampling.ipynb#equation-eq-46"
    title="refuted; the correction is proved for every size"
    aria-label="equation 46: wrong">46 <span aria-hidden="true">✗</span></a></li>
    </ol>
    </nav>
    """
    from IPython.display import HTML

    numbered = [row for row in rows if not row.equation.number.endswith("*")]
    starred = [row for row in rows if row.equation.number.endswith("*")]
    counts = Counter(row.verdict for row in numbered)
    lines = ['<nav class="ledger-board" aria-label="Verdicts on the equations">', "<ul>"]
    lines += [
        f'<li><span class="ledger-{verdict}" aria-hidden="true">{mark}</span> '
        f"{verdict}: {counts[verdict]}</li>"
        for verdict, mark in _MARKS.items()
        if verdict in counts
    ]
    lines += ["</ul>", *_squares(numbered)]
    if starred:
        lines += ["<p>Starred laws, which the source does not have:</p>", *_squares(starred)]
    return HTML("\n".join([*lines, "</nav>"]))


def _squares(rows):
    lines = [f'<ol style="{_GRID}">']
    for row in rows:
        number = row.equation.number
        place = f"{CHAPTERS[row.equation.part]}.ipynb#equation-eq-{number.replace('*', '-star')}"
        lines += [
            f'<li><a class="ledger-{row.verdict}" href="{place}"',
            f'title="{html.escape(row.method)}"',
            f'aria-label="equation {number}: {row.verdict}">{number} '
            f'<span aria-hidden="true">{_MARKS.get(row.verdict, "?")}</span></a></li>',
        ]
    return [*lines, "</ol>"]
