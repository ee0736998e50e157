"""Files into displays and rows: students' write-ups, all delimiters, and hostile files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.reader import documents
from w2v.reader.documents import UnreadableError, document_of, read_document
from w2v.reader.tokens import MalformedError, NotUnderstoodError, tokens

WRITEUPS = Path(__file__).with_name("writeups")
EXPECTED = sorted(WRITEUPS.glob("*.expected.json"))


def rows(text, kind="md"):
    return [row for display in document_of(text, kind).displays for row in display.rows]


def latex(text, kind="md"):
    return [row.latex for row in rows(text, kind)]


def has_equation(row):
    """Whether an = stands in no braces."""
    depth = 0
    for sign in row.latex.replace("\\{", "").replace("\\}", ""):
        depth += (sign == "{") - (sign == "}")
        if sign == "=" and depth == 0:
            return True
    return False


def places(row):
    """The lines of the file on which a row stands."""
    return {(row.cell, row.line + k) for k in range(row.latex.count("\n") + 1)}


# --- write-ups ---------------------------------------------------------------------------------


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
def test_the_rows_of_a_writeup_are_those_with_a_verdict(expected):
    document = read_document(expected.with_name(expected.name.removesuffix(".expected.json")))
    equations = [row for each in document.displays for row in each.rows if has_equation(row)]
    wanted = {(each.get("cell"), each["line"]) for each in json.loads(expected.read_text("utf-8"))}
    found = [places(row) for row in equations]
    assert wanted <= set().union(*found)
    assert all(lines & wanted for lines in found)


def test_there_are_writeups_of_all_kinds():
    kinds = {path.name.split(".")[1] for path in EXPECTED}
    assert kinds == {"tex", "md", "ipynb", "txt"}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
def test_line_k_of_a_row_is_a_line_of_the_file(expected):
    path = expected.with_name(expected.name.removesuffix(".expected.json"))
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        lines = {n: "".join(cell["source"]).split("\n") for n, cell in enumerate(cells)}
    else:
        lines = {None: path.read_text("utf-8").split("\n")}
    for display in read_document(path).displays:
        for row in display.rows:
            for k, line in enumerate(row.latex.split("\n")):
                if "WithOption" not in line:
                    assert line.strip() in lines[row.cell][row.line - 1 + k]


# --- delimiters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "$$a = b$$",
        "$$\na = b\n$$",
        r"\[ a = b \]",
        "\\[\na = b\n\\]",
        "```math\na = b\n```",
        "~~~math\na = b\n~~~",
        "```{math}\na = b\n```",
        "```{math} a = b\n```",
        ":::{math}\na = b\n:::",
        "```{math}\n:label: eq-x\n:nowrap:\n\na = b\n```",
        r"$$\begin{aligned} a = b \end{aligned}$$",
        r"$$\begin{aligned}[t] a = b \end{aligned}.$$",
        r"$$\begin{array}{rcl} a = b \end{array}$$",
        r"$$\begin{alignedat}{2} a = b \end{alignedat}$$",
        r"\begin{equation}\begin{split} a = b \end{split}\end{equation}",
        r"\[ \begin{align*} a = b \end{align*} \]",
        r"so $\begin{aligned} a = b \end{aligned}$ here",
        "> $$\n> a = b\n> $$",
        "1. item\n\n   $$\n   a = b\n   $$",
        "- $$ a = b $$",
        ":::{note}\n$$ a = b $$\n:::",
        "```{admonition} Title\n:class: tip\n$$\na = b\n$$\n```",
        "````{note}\n```{math}\na = b\n```\n````",
        "text\n\n$a = b$\n\ntext",
        "$a = b$.",
        "# Part\n$a = b$",
        r"\(a = b\)",
        r"\noindent $a = b$ \\",
        "$`a = b`$",
        "{math}`a = b`",
        "$$\n\na = b\n\n$$",
        "$$ a = b \\label{eq:x} \\nonumber $$",
        "$$ a = b % why not\n$$",
        "`$$` starts it: $$ a = b $$",
        r"It costs \$$ $$ a = b $$".replace("$$ $$", " $$", 1),
        "That is 5 $ and $$ a = b $$",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_single_display(text, line_end):
    assert latex(text.replace("\n", line_end)) == ["a = b"]


@pytest.mark.parametrize(
    "name",
    ["displaymath", "math"]
    + [
        name + star
        for name in ("equation", "align", "gather", "multline", "flalign", "eqnarray", "dmath")
        for star in ("", "*")
    ],
)
@pytest.mark.parametrize("kind", ["tex", "md", "txt"])
def test_an_environment(name, kind):
    text = f"As said,\n\\begin{{{name}}}\n  a &= b \\\\\n  &= c\n\\end{{{name}}}\nDone."
    (display,) = document_of(text, kind).displays
    assert [(row.latex, row.line) for row in display.rows] == [("a &= b", 3), ("&= c", 4)]
    assert display.before == "As said,\n"
    assert display.numbered == (name not in ("displaymath", "math") and "*" not in name)


@pytest.mark.parametrize("name", ["alignat", "alignat*", "IEEEeqnarray"])
def test_an_environment_with_an_argument(name):
    assert latex(rf"\begin{{{name}}}{{2}} a = b \end{{{name}}}") == ["a = b"]


@pytest.mark.parametrize(
    "text",
    [
        "inline $a = b$ only",
        r"inline \(a = b\) only",
        r"with $\displaystyle a = b$ too",
        "$a = b$ and $c = d$",
        "line\n$a = b$\nline",
        "`$$ a = b $$`",
        "`` $$ ` a = b $$ ``",
        "```\n$$ a = b $$\n```",
        "```python\n$$ a = b $$\n```\n",
        "~~~\n$$ a = b $$\n```\n$$ c = d $$\n~~~",
        "```{code-cell}\n$$ a = b $$\n```",
        "    ```\n    $$ a = b $$\n    ```",
        "```\n$$ never closed $$",
        "<!-- $$ a = b $$ -->",
        "<!-- $$\n\na = b $$ -->",
        r"\$$ a = b \$$",
        "$$$$",
        "$$ $$",
        "$$\\tag{3}$$",
        "---\ntitle: $$ a = b $$\n---\n",
        r"let $x = \begin{array}{c} 1 \\ 2 \end{array}$ be",
        "",
        "$",
        "$$\\newcommand{\\R}{\\mathbb{R}}$$",
    ],
)
def test_no_display(text):
    assert latex(text) == []


def test_several_displays_on_one_line():
    found = document_of(r"so $$a = 1$$ and \[b = 2\] or $$c = 3$$.")
    assert [each.rows[0].latex for each in found.displays] == ["a = 1", "b = 2", "c = 3"]
    assert [each.before for each in found.displays] == ["so ", " and ", " or "]
    assert found.prose == "so  and  or ."


def test_row_breaks_before_the_end_are_no_escapes():
    assert latex("$$a \\\\ b \\\\$$") == ["a", "b"]
    assert latex("\\[ a \\\\[2pt] b \\\\[-1.5em]\\] and $$c$$") == ["a", "b", "c"]


# --- LaTeX -------------------------------------------------------------------------------------

PAPER = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}} % of numbers: $$ no = display $$
\[ not = here \]
\begin{document}
Here 100\% of it. % $$ a comment $$
% \[ another = comment \]
\begin{verbatim}
\[ a = verbatim \]
\end{verbatim}
\verb|$$ a = b $$| \iffalse \[ x = y \] \ifx\a\b \fi \[ y = z \] \fi
\begin{lstlisting}
$$ code $$
\end{lstlisting}
\begin{comment} \[ c = d \] \end{comment}
\[
  x = 1 % one
  % and
  + 2
\]
The end.
\end{document}
\[ after = it \]
"""


def test_comments_verbatim_and_preamble_are_skipped():
    document = document_of(PAPER, "tex")
    ((row,),) = [display.rows for display in document.displays]
    assert row.line == 16
    assert row.latex.split() == ["x", "=", "1", "+", "2"]
    assert row.latex.split("\n")[2].strip() == "+ 2"  # on line 18
    assert document.macros == {"R": (0, r"\mathbb{R}")}
    assert document.displays[0].before.split() == ["Here", r"100\%", "of", "it."]
    assert document.prose.split()[-2:] == ["The", "end."]


def test_text_with_a_preamble_is_latex():
    assert [row.line for row in rows(PAPER, "txt")] == [16]


def test_a_line_with_a_comment_does_not_end_a_paragraph():
    assert latex("a\n% so\n$a = b$\n% so\nb", "tex") == []
    assert latex("a\n\n% so\n$a = b$\n% so\n\nb", "tex") == ["a = b"]


def test_the_other_branch_of_iffalse_is_read():
    assert latex(r"\iffalse $$ a $$ \else $$ b $$ \fi", "tex") == ["b"]


def test_plain_text_may_have_both_styles():
    text = "$$ a = 1 $$\n% $$ no $$\n\\begin{align}\nb &= 2\n\\end{align}\n``so'' and ``$$c$$''"
    assert latex(text, "txt") == ["a = 1", "b &= 2", "c"]


# --- rows --------------------------------------------------------------------------------------


def test_rows_are_split_outside_braces_and_inner_environments():
    text = r"""\begin{align}
 a &= \begin{cases} 1 \\ 2 \end{cases} \\[2pt]
   &= \begin{pmatrix} 1 \\ 2 \end{pmatrix} \\*
   &= \sum_{\substack{i \\ j}} x \\ % end
   &= \left[ \begin{aligned} 1 \\ 2 \end{aligned} \right] \\

 [u, v] &= w
\end{align}"""
    found = rows(text, "tex")
    assert [row.line for row in found] == [2, 3, 4, 5, 7]
    assert found[-1].latex == "[u, v] &= w"


def test_a_bracket_after_a_row_break_that_is_no_length_stays():
    assert latex(r"\begin{align} a \\[v] = b \\ [1] = c \end{align}") == ["a", "[v] = b", "[1] = c"]


@pytest.mark.parametrize("inner", ["aligned", "split", "gathered", "align*"])
def test_environments_around_everything_are_taken_off(inner):
    body = rf"\begin{{{inner}}} a &= b \\ c &= d \end{{{inner}}}"
    for text in (rf"$${body}$$", rf"\[{body}.\]", rf"\begin{{equation}}{body}\end{{equation}}"):
        assert latex(text) == ["a &= b", "c &= d"]


def test_rows_that_are_environments_with_rows():
    inner = r"\begin{aligned} a \\ b \end{aligned}"
    assert latex(rf"\begin{{gather}} {inner} \\ {inner} \end{{gather}}") == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        r"f = \begin{aligned} a \\ b \end{aligned}",
        r"\begin{aligned} a \\ b \end{aligned} = f",
        r"\begin{aligned} a \\ b \end{aligned} \quad \begin{aligned} c \\ d \end{aligned}",
        r"f = \left\{ \begin{array}{ll} a \\ b \end{array} \right.",
        r"\begin{pmatrix} a \\ b \end{pmatrix}",
    ],
)
def test_environments_within_a_formula_stay(text):
    assert latex(f"$${text}$$") == [text]


def test_an_array_that_is_everything_is_rows():
    for columns in ("rcl", "r@{}c l", ">{x}r|l"):
        text = rf"$$\begin{{array}}{{{columns}}} a &=& b \\ &=& c \end{{array}}$$"
        assert latex(text) == ["a &=& b", "&=& c"]


def test_a_relation_at_the_beginning_of_a_line_is_no_quotation():
    assert latex("$$\na\n> 0\n$$") == ["a\n> 0"]
    assert latex("> > $$\n> > a\n> > = 0\n> > $$") == ["a\n= 0"]


def test_intertext_is_prose():
    text = r"\begin{align} a &= b \\ \intertext{if $w = o$, and} c &= d \\ e &= f \end{align}"
    first, second = document_of("Now " + text, "tex").displays
    assert [row.latex for row in first.rows + second.rows] == ["a &= b", "c &= d", "e &= f"]
    assert (first.before, second.before) == ("Now ", "\nif $w = o$, and\n")


def test_the_line_of_a_row_is_that_of_its_first_sign():
    text = r"""x

\begin{align}\label{eq:a}

  \frac{a}{b}
  &= c \\ d &= e \\

  &= f
\end{align}"""
    assert [row.line for row in rows(text, "tex")] == [5, 6, 8]


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (r"$$ a = b \tag{3} $$", ["3"]),
        (r"$$ a = b \tag*{(3a)} $$", ["3a"]),
        (r"$$ a = b \tag{$\star$} $$", [r"\star"]),
        (r"$$ a = b \tag{\textbf{4}} $$", [r"\textbf{4}"]),
        (r"$$ a = b \eqno(7) $$", ["7"]),
        ("$$ a = b $$ (eq-18)", ["18"]),
        ("$$\na = b\n$$ (eq-61-star)\n\nmore", ["61*"]),
        ("$$ a = b $$ (5).", ["5"]),
        (r"\[ a = b \] (2.1)", ["2.1"]),
        ("$$ a = b $$ (eq:loss)", [""]),
        ("$$ a = b $$ (c) next", [""]),
        ("$$ a = b $$ (3) words are left", [""]),
        (r"$$ a = b \label{eq-3} $$", [""]),
        ("```{math}\n:label: eq-9\na = b\n```", ["9"]),
        (r"\begin{align} a \tag{1} \\ b \nonumber \\ c \tag{2} \end{align}", ["1", "", "2"]),
        (r"$$\begin{aligned} a \\ b \end{aligned} \tag{8}$$", ["8", "8"]),
        ("$$\\begin{aligned} a \\\\ b \\end{aligned}$$ (eq-8)", ["8", "8"]),
        ("$$ a $$ (1)\n$$ b $$ (2)", ["1", "2"]),
    ],
)
def test_numbers(text, tags):
    found = rows(text)
    assert [row.tag for row in found] == tags
    assert not any(word in row.latex for row in found for word in ("tag", "label", "eq"))


def test_a_number_after_a_display_is_no_prose():
    assert document_of("$$ a = b $$ (eq-18)\nso").prose == "\nso"


# --- prose -------------------------------------------------------------------------------------


def test_prose_keeps_headings_and_inline_mathematics_without_comments():
    text = "# A $x$\n\nif $w = o$ <!-- no -->and `U`\n\n```\ncode\n```\n$$ a = b $$\nend"
    document = document_of(text)
    assert document.displays[0].before == "# A $x$\n\nif $w = o$ and `U`\n\n\n"
    assert document.prose == document.displays[0].before + "\nend"


def test_only_the_last_of_long_prose_is_kept_before_a_display():
    document = document_of("x" * 50_000 + "y$$ a $$")
    assert len(document.displays[0].before) == documents.BEFORE
    assert document.displays[0].before.endswith("xy")
    assert len(document.prose) == 50_001


# --- commands of the document ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "macro"),
    [
        (r"\newcommand{\a}{b}", "a", (0, "b")),
        (r"\newcommand\a{b}", "a", (0, "b")),
        (r"\newcommand*{\pd}[2]{\frac{\partial #1}{\partial #2}}", "pd", None),
        (r"\renewcommand {\a} [1] {#1^{2}}", "a", (1, "#1^{2}")),
        (r"\providecommand{\a}{\{b\}}", "a", (0, r"\{b\}")),
        (r"\def\a{b}", "a", (0, "b")),
        (r"\def\a#1#2{#2#1}", "a", (2, "#2#1")),
        (r"\DeclareMathOperator{\sg}{sg}", "sg", (0, r"\operatorname{sg}")),
        (r"\DeclareMathOperator*{\am}{arg\,max}", "am", (0, r"\operatorname*{arg\,max}")),
        (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}", "abs", (1, r"\lvert #1 \rvert")),
        (r"\let\eps=\varepsilon", "eps", (0, r"\varepsilon")),
        ("\\newcommand{\\a}{%\n  b}", "a", (0, "\n  b")),
        (r"\newcommand{\a}{b}\renewcommand{\a}{c}", "a", (0, "c")),
    ],
)
def test_definitions(text, name, macro):
    macro = macro or (2, r"\frac{\partial #1}{\partial #2}")
    for where in (text, f"\\documentclass{{x}}\n{text}\n\\begin{{document}}\n$$ x $$"):
        assert document_of(where, "tex").macros == {name: macro}
    if "%" not in text:
        assert document_of(f"$${text}$$", "md").macros == {name: macro}
    assert document_of(f"% {text}", "tex").macros == {}


@pytest.mark.parametrize("text", [r"\newcommand{\a", r"\newcommand{\a}{b", r"\def", r"\let\a"])
def test_broken_definitions_are_left_alone(text):
    document = document_of(text + "\n\n$$ a = b $$", "tex")
    assert document.macros == {}
    assert document.displays[0].rows[0].latex == "a = b"


def test_a_command_with_an_optional_argument():
    text = (
        r"\newcommand{\un}[2][]{u^{#1}_{#2}}\def\outw{\un[\top]{o}} "
        r"$$ \outw v = \un{w} \un[t]{x} $$"
    )
    document = document_of(text, "tex")
    (row,) = document.displays[0].rows
    assert row.latex == r"\outw v = \un{w} \unWithOption{t}{x}"
    assert document.macros["un"] == (1, "u^{}_{#1}")
    assert document.macros["outw"] == (0, r"\unWithOption{\top}{o}")
    found = [token.kind for token in tokens(r"\outw", document.macros)]
    assert found == ["NAME", "SUP", "SUB"]


# --- what is not closed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "opening", ["$$", r"\[", r"\begin{align}", r"\begin{equation*}", r"\begin{gather}"]
)
def test_an_end_that_is_missing_makes_the_rest_of_the_paragraph_a_display(opening):
    text = f"so\n{opening} a = b\nand\n\nThen we see that\n\n$$ c = d $$\n\nend"
    first, second = document_of(text).displays
    assert first.rows[0].latex == f"{opening} a = b\nand"
    assert first.rows[0].line == 2
    assert second.rows[0].latex == "c = d"
    assert second.before == "\n\nThen we see that\n\n"


def test_what_is_not_closed_is_malformed():
    (first, _) = rows("\\begin{align}\n a &= b \\\\\n c &= d\n\nEnd of this text.")
    assert (first.line, first.latex) == (1, "\\begin{align}\n a &= b")
    with pytest.raises(MalformedError, match="without"):
        tokens(first.latex)
    with pytest.raises(NotUnderstoodError):
        tokens(rows(r"\[ a = b")[0].latex)


def test_the_next_environment_ends_one_that_is_not_closed():
    text = "\\begin{align} a = b\nso \\begin{align} c = d \\end{align}"
    assert latex(text) == ["\\begin{align} a = b\nso", "c = d"]


def test_dollars_that_do_not_match_do_no_harm_beyond_their_paragraph():
    assert latex("one $ two\n\n$$ a = b $$") == ["a = b"]
    assert latex("one \\( two\n\n$$ a = b $$") == ["a = b"]


# --- files -------------------------------------------------------------------------------------


def notebook(*cells):
    found = [{"cell_type": kind, "source": source} for kind, source in cells]
    return json.dumps({"cells": found, "nbformat": 4})


def test_cells_are_read_one_by_one_and_prose_carries_over(tmp_path):
    path = tmp_path / "a.ipynb"
    cells = [
        ("markdown", ["If $w = o$,\n", "then $$ never closed"]),
        ("code", "$$ not = here $$"),
        ("markdown", "\n$$ a = b $$"),
        ("markdown", None),
    ]
    path.write_text(notebook(*cells), encoding="utf-8")
    first, second = read_document(path).displays
    assert (first.rows[0].cell, first.rows[0].line) == (0, 2)
    assert (second.rows[0].cell, second.rows[0].line, second.rows[0].latex) == (2, 2, "a = b")
    assert first.before == "If $w = o$,\nthen "
    assert not second.before.strip()


def test_commands_of_one_cell_serve_the_next(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(("markdown", r"$\newcommand{\a}{b}$"), ("markdown", r"$$\a$$")))
    assert read_document(path).macros == {"a": (0, "b")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.TEX"
    path.write_bytes("Größe $$ é = b $$".encode(encoding))
    document = read_document(path)
    assert document.displays[0].rows[0].latex == "é = b"
    assert document.prose == "Größe "
    assert document.name == str(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tex", b"\0\1\2", "no text"),
        ("a.pdf", b"%PDF-1.5 text", "no text"),
        ("a.md", bytes(range(128, 256)) * 9, "no text"),
        ("a.txt", b"\xff\xfea", "no text"),
        ("a.txt", b"\x01\x02\xe9 a", "no text"),
        ("a.md", b"a" * 2_000_001, "too large"),
        ("a.md", b"a" * 8_000_005, "too large"),
        ("a.ipynb", b"# heading", "no JSON"),
        ("a.ipynb", b"", "no JSON"),
        ("a.ipynb", b"[" * 100_000, "no JSON"),
        ("a.ipynb", b"\xff\xff\xff", "no JSON"),
        ("a.ipynb", b"[1, 2]", "no cells"),
        ("a.ipynb", b"{}", "no cells"),
        ("a.ipynb", b'{"cells": 3}', "no cells"),
        ("a.ipynb", b'{"cells": []}', "no cells"),
        ("a.ipynb", b"[" + b"0," * 3_000_000 + b"0]", "too large"),
        ("a.ipynb", notebook(("markdown", "a" * 2_000_001)).encode(), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_cannot_be_read(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=message) as error:
        read_document(path)
    assert name in str(error.value)


def test_the_outputs_of_a_notebook_do_not_count(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(("code", "a" * 3_000_000), ("markdown", "$$ a = b $$")))
    assert len(read_document(path).displays) == 1


def test_an_older_notebook(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"worksheets": [json.loads(notebook(("markdown", "$$ a $$")))]}))
    assert len(read_document(path).displays) == 1


def test_strange_cells_are_passed_over(tmp_path):
    path = tmp_path / "a.ipynb"
    cells = [3, {"cell_type": "markdown"}, {"cell_type": "markdown", "source": [1, "$$ \ud800 $$"]}]
    path.write_text(json.dumps({"cells": cells}))
    assert read_document(path).displays[0].rows[0].latex == "\ufffd"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(UnreadableError, match="too large"):
        read_document(path)


def test_no_file(tmp_path):
    with pytest.raises(UnreadableError, match="does not exist"):
        read_document(tmp_path / "none.tex")
    with pytest.raises(UnreadableError, match="folder"):
        read_document(tmp_path)
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_document("a\0.tex")


def test_an_unknown_kind():
    with pytest.raises(ValueError, match="kind"):
        document_of("", "rst")
    with pytest.raises(UnreadableError, match="homework is too large"):
        document_of("a" * 2_000_001, "md", "homework")


# --- hostile texts -----------------------------------------------------------------------------

REPEATED = [
    "$",
    "{",
    "}",
    r"\begin{align}",
    r"\begin{align} a",
    r"\end{align}",
    "\\\\",
    "$$ a = b $$",
    "`",
    "` `` ",
    r"\newcommand{\a}{\a}",
    r"\newcommand{\a}{",
    r"\newcommand{\a}[1][x]{#1} $$\a[y]$$ ",
    r"\[",
    r"\(",
    "\\[ a\n\n",
    "$$ a\n\n",
    "$a$\n\n",
    "$a$ ",
    "<!--",
    "```math\n",
    "```\n",
    "~~~{note}\n",
    "%\n",
    r"\iffalse ",
    r"\verb|a",
    "$$\\tag{",
    r"\begin{aligned}",
    r"\intertext{a}\\",
    "\n",
    "> ",
    "1",
]

LIMITED = """
import sys
from w2v.reader.documents import document_of

pieces = eval(sys.stdin.read())
for text in pieces:
    for kind, length in (("md", 2_000_000), ("tex", 500_000), ("txt", 500_000)):
        document_of((text * (length // len(text) + 1))[:length], kind)
    if sys.platform == "linux":  # ru_maxrss would count what the tests themselves take
        status = open("/proc/self/status").read()
        assert int(status.split("VmHWM:")[1].split()[0]) < 500_000, text
    print(repr(text), flush=True)
"""


@pytest.mark.parametrize("first", range(0, len(REPEATED), 8))
def test_time_and_memory_grow_no_faster_than_the_text(first):
    """What is quadratic takes hours here, so a generous limit tells."""
    pieces = REPEATED[first : first + 8]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        input=repr(pieces),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("\n")[:-1] == list(map(repr, pieces))


@pytest.mark.parametrize(
    "text",
    [
        "$$" + "\\begin{aligned}" * 3000 + "\\end{aligned}" * 3000 + "$$",
        "$$" + "{" * 40_000 + "}" * 40_000 + "$$",
        "\\begin{align}" + "a &= b \\tag{1} \\\\\n" * 3000 + "\\end{align}",
        " ".join("`" * k for k in range(1, 300)),
        "> " * 10_000 + "$$ a $$",
    ],
    ids=["environments", "braces", "rows", "backticks", "quotes"],
)
def test_depth_is_no_error(text):
    for kind in ("tex", "md", "txt"):
        document_of(text, kind)
