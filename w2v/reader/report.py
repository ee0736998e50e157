"""Reports of what the reader found: for a terminal, for a machine, and as a page.

The page asks nobody for anything and runs no script. What stands on it comes from a
document that somebody else wrote, so all of it is escaped, and of formulas only elements
and attributes of MathML that do nothing but draw are let through.
"""

import html
import itertools
import os
import re
import shutil
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree

import click

from .results import VERDICTS

#: What is said of a document in which there is nothing to judge.
NO_EQUATION = (
    "no displayed equation: what counts is $$ ... $$, \\[ ... \\], or an environment such as "
    "equation or align"
)


@dataclass(frozen=True, eq=False)
class _Kind:
    """Verdicts that look alike: their sign, the same in ASCII, and the terminal's style."""

    name: str
    sign: str
    plain: str
    style: dict


_FINE = _Kind("fine", "✓", "+", {"fg": "green"})
_WARNING = _Kind("warning", "!", "!", {"fg": "yellow", "bold": True})
_LIKELY = _Kind("likely", "≈", "~", {"fg": "cyan"})
_BAD = _Kind("bad", "✗", "x", {"fg": "red", "bold": True})
_UNREAD = _Kind("unread", "?", "?", {"fg": "magenta"})
_NONE = _Kind("none", "·", "-", {"dim": True})

_KINDS = {
    "proved": _FINE,
    "proved given": _FINE,
    "true only if": _WARNING,
    "true in every test, not proved": _LIKELY,
    "wrong": _BAD,
    "follows from the wrong line above": _BAD,
    "shapes do not fit": _BAD,
    "malformed": _BAD,
    "not a claim": _NONE,
    "out of scope": _NONE,
    "not understood": _UNREAD,
    "not judged": _UNREAD,
}

#: Verdicts as they stand in a sentence after a number.
_COUNTED = {
    "proved given": "proved given a hypothesis",
    "true only if": "true only if more is given",
    "true in every test, not proved": "true in every test but not proved",
    "follows from the wrong line above": "from a wrong line above",
    "shapes do not fit": "with shapes that do not fit",
    "not a claim": "with nothing to prove",
}

#: Columns of the table of files: what they are called, and the verdicts in them.
_COLUMNS = (
    ("proved", ("proved", "proved given")),
    ("only if", ("true only if",)),
    ("tested", ("true in every test, not proved",)),
    ("wrong", tuple(verdict for verdict in VERDICTS if _KINDS[verdict] is _BAD)),
    ("unread", ("not understood", "not judged")),
    ("other", ("not a claim", "out of scope")),
)


#: Invisible letters that some scripts are spelt with.
_JOINERS = "\u200c\u200d"


# --- what all of them say ----------------------------------------------------------------------


def _clean(text):
    """Text in one line, in which a document's invisible characters cannot do anything."""
    text = " ".join(str(text).split())
    if text.isprintable():  # as nearly all is, and soon known
        return text
    return "".join(
        letter.encode("unicode_escape").decode() if _does_something(letter) else letter
        for letter in text
    )


def _does_something(letter):
    """Whether it is a control, a change of direction, or half a character."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in _JOINERS


def _amount(number, noun):
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted(counts):
    """The numbers of verdicts in words.

    Parameters
    ----------
    counts : dict
        From verdicts to numbers, as `Report.counts`.

    Returns
    -------
    str

    Examples
    --------
    >>> counted({"proved": 9, "wrong": 2, "malformed": 0})
    '11 equations: 9 proved, 2 wrong'
    """
    parts = [
        f"{number:,} {_COUNTED.get(verdict, verdict)}"
        for verdict, number in counts.items()
        if number
    ]
    equations = _amount(sum(counts.values()), "equation")
    return f"{equations}: {', '.join(parts)}" if parts else equations


def total(reports):
    """The numbers of verdicts over several reports.

    Parameters
    ----------
    reports : iterable of Report

    Returns
    -------
    dict

    Examples
    --------
    >>> from .results import Report
    >>> total([Report("a.tex"), Report("b.tex")])["wrong"]
    0
    """
    every = [report.counts for report in reports]
    return {verdict: sum(counts[verdict] for counts in every) for verdict in VERDICTS}


def _where(statement, several):
    """Where an equation stands: ``line 40 (7)``, ``cell 3:40``, ``line 40, 2nd =``."""
    place = f"line {statement.line}"
    if statement.cell is not None:
        place = f"cell {statement.cell}:{statement.line}"
    number = _clean(statement.number).strip("()")
    place += f" ({number})" if number else ""
    return place + (f", {_ordinal(statement.part)} =" if several else "")


def _ordinal(number):
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _places(report):
    """Where each statement stands; parts are told apart where a row has several."""
    rows = [(statement.cell, statement.line, statement.latex) for statement in report.statements]
    shared = Counter(rows)
    return [
        _where(statement, shared[row] > 1)
        for statement, row in zip(report.statements, rows, strict=True)
    ]


def _details(statement):
    """Yield what there is to say about an equation below it, each with its label."""
    if statement.given:
        label = "only if" if statement.verdict == "true only if" else "given"
        yield label, " and ".join(statement.given)
    for label, text in (
        ("why", statement.reason),
        ("witness", statement.witness),
        ("perhaps", statement.suggestion),
        *(("note", remark) for remark in statement.remarks),
    ):
        if text:
            yield label, text


# --- for a terminal ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Screen:
    """What a report is printed on.

    Parameters
    ----------
    width : int
        Columns.
    color : bool
        Whether to color; what colors say is said by signs and words as well.
    ascii : bool
        Whether only ASCII can be shown of the signs.
    """

    width: int = 100
    color: bool = False
    ascii: bool = False

    @classmethod
    def here(cls):
        """Return the screen that standard output is, be it a terminal or a pipe.

        Returns
        -------
        Screen
        """
        signs = "…" + "".join(kind.sign for kind in _KINDS.values())
        try:
            signs.encode(getattr(sys.stdout, "encoding", None) or "ascii")
            ascii = False
        except UnicodeEncodeError:
            ascii = True
        # https://no-color.org: any content but none.
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        # Where there is no terminal that has a width, lines may be a bit longer than usual.
        width = shutil.get_terminal_size((100, 24)).columns
        return cls(max(width, 20), color, ascii)

    def styled(self, text, **style):
        """Return the text with a style, if this screen has colors."""
        return click.style(text, **style) if self.color else text

    def sign(self, verdict):
        """Return the sign of a verdict."""
        return _KINDS[verdict].plain if self.ascii else _KINDS[verdict].sign


def _columns(text):
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def _shortened(text, width, screen):
    """A text of at most so many columns; what is cut off is shown to be."""
    if _columns(text) <= width:
        return text
    dots = "..." if screen.ascii else "…"
    # A letter takes a column or two, or none where it is put upon another.
    taken = itertools.accumulate(map(_columns, text))
    kept = itertools.takewhile(
        lambda pair: pair[1] + len(dots) <= width, zip(text, taken, strict=True)
    )
    return "".join(letter for letter, _ in kept).rstrip() + dots


def _fitted(formula, before, width, screen):
    """A reading of at most so many columns, of which the right side is what one wants to see.

    `before` is the reading above: in a chain of equations the left side need not be repeated.
    """
    if _columns(formula) <= width or " = " not in formula:
        return _shortened(formula, width, screen)
    head, side = _halves(formula)
    short = _shortened(head, 0 if head == _halves(before)[0] else width // 3, screen)
    return _shortened(f"{short} = {side}", width, screen)


def _halves(formula):
    """What is left and right of the first equals sign that stands in no braces."""
    depth = 0
    for place, letter in enumerate(formula):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0 and formula.startswith(" = ", place):
            return formula[:place], formula[place + 3 :]
    return formula, ""


def _wrapped(text, width):
    """Lines of at most so many columns; longer words stay whole, for who wants to copy them."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and _columns(lines[-1]) + 1 + _columns(word) > width:
            lines.append(word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return lines


def _indented(label, text, indent, screen):
    lines = _wrapped(f"{label}: {_clean(text)}", screen.width - indent - 2)
    first = lines[0].removeprefix(label)
    yield " " * indent + screen.styled(label, bold=True) + first
    for line in lines[1:]:
        yield " " * (indent + 2) + line


def text(report, screen=None):
    r"""The report of one document for a terminal.

    Parameters
    ----------
    report : Report
    screen : Screen, optional
        By default what standard output is.

    Returns
    -------
    str
        Several lines, without a line break at the end.

    Examples
    --------
    >>> from .results import Judged, Report
    >>> judged = Judged(
    ...     line=7, latex=r"\hat y = y", reading=r"\hat y = y", verdict="wrong",
    ...     witness="V = 2: 1/2 on the left, 1 on the right",
    ... )
    >>> print(text(Report("a.tex", (judged,)), Screen(ascii=True)))
    a.tex
      line 7  x wrong  \hat y = y
          witness: V = 2: 1/2 on the left, 1 on the right
    a.tex: 1 equation: 1 wrong
    """
    screen = screen or Screen.here()
    name = _clean(report.name)
    if not report.statements:
        return "\n".join(_wrapped(f"{name}: {NO_EQUATION}", screen.width))
    places = _places(report)
    across = max(map(_columns, places))
    broad = max(len(statement.verdict) for statement in report.statements)
    # A formula of which less could be shown than this gets a line of its own.
    beside = screen.width - (2 + across + 2 + 2 + broad + 2) >= 34
    lines, above = [screen.styled(name, bold=True)], ""
    for place, statement in zip(places, report.statements, strict=True):
        verdict = f"{screen.sign(statement.verdict)} {statement.verdict}"
        style = _KINDS[statement.verdict].style
        start = "  " + place + " " * (across - _columns(place))
        if _columns(start) + 2 + len(verdict) > screen.width:
            lines += ["  " + place, "    " + screen.styled(verdict, **style)]
        else:
            lines.append(start + "  " + screen.styled(verdict, **style))
        formula = _clean(statement.reading)
        pad = " " * (broad + 4 - len(verdict))
        room = screen.width - (_columns(start) + 2 + broad + 4 if beside else 6)
        if formula:
            shown = _fitted(formula, above, room, screen)
        else:
            shown = _shortened(_clean(f"as written: {statement.latex}"), room, screen)
        if beside:
            lines[-1] += pad + shown
        else:
            lines.append("      " + shown)
        above = formula
        for label, said in _details(statement):
            lines.extend(_indented(label, said, 6, screen))
    lines += _wrapped(f"{name}: {counted(report.counts)}", screen.width)
    for convention in report.conventions:
        lines.extend(_indented("read", convention, 2, screen))
    return "\n".join(lines)


def overview(reports, screen=None):
    """The reports of several documents for a terminal, a line each.

    Parameters
    ----------
    reports : sequence of Report
    screen : Screen, optional
        By default what standard output is.

    Returns
    -------
    str
        Several lines, without a line break at the end.

    Examples
    --------
    >>> from .results import Report
    >>> print(overview([Report("a.tex"), Report("b.tex")], Screen()))
    file   equations  proved  only if  tested  wrong  unread  other
    a.tex          0       0        0       0      0       0      0
    b.tex          0       0        0       0      0       0      0
    2 files, 0 equations
    """
    screen = screen or Screen.here()
    names = [_clean(report.name) for report in reports]
    across = max(map(_columns, ["file", *names]))
    headings = ["equations", *(heading for heading, _ in _COLUMNS)]
    lines = []
    if across + sum(len(heading) + 2 for heading in headings) > screen.width:
        for name, report in zip(names, reports, strict=True):
            style = _KINDS["wrong"].style if report.status else {}
            lines.append(screen.styled(name, **style))
            lines += ["  " + line for line in _wrapped(counted(report.counts), screen.width - 2)]
    else:
        lines.append("file" + " " * (across - 4) + "".join("  " + each for each in headings))
        for name, report in zip(names, reports, strict=True):
            line = name + " " * (across - _columns(name))
            for heading, number in zip(headings, _row(report), strict=True):
                cell = f"{number:{len(heading)},}"
                wrong = heading == "wrong" and number
                line += "  " + (screen.styled(cell, **_BAD.style) if wrong else cell)
            lines.append(line)
    summary = f"{_amount(len(reports), 'file')}, {counted(total(reports))}"
    return "\n".join(lines + _wrapped(summary, screen.width))


def _row(report):
    """The numbers of one document in the table of documents."""
    counts = report.counts
    yield len(report.statements)
    for _, verdicts in _COLUMNS:
        yield sum(counts[verdict] for verdict in verdicts)


# --- for a machine -----------------------------------------------------------------------------


def as_object(report):
    r"""A report as objects of JSON.

    Parameters
    ----------
    report : Report

    Returns
    -------
    dict

    Examples
    --------
    >>> from .results import Judged, Report
    >>> judged = Judged(line=7, latex=r"\hat y = y", verdict="wrong")
    >>> as_object(Report("a.tex", (judged,)))["equations"][0]["verdict"]
    'wrong'
    """
    return {
        "name": report.name,
        "conventions": list(report.conventions),
        "counts": report.counts,
        "seconds": round(report.seconds, 3),
        "equations": [
            {
                "number": statement.number or None,
                "line": statement.line,
                "cell": statement.cell,
                "part": statement.part,
                "latex": statement.latex,
                "reading": statement.reading or None,
                "verdict": statement.verdict,
                "hypotheses": list(statement.given),
                "witness": statement.witness or None,
                "suggestion": statement.suggestion or None,
                "reason": statement.reason or None,
                "remarks": list(statement.remarks),
            }
            for statement in report.statements
        ],
    }


# --- formulas ----------------------------------------------------------------------------------

#: How many characters a formula may have that is drawn.
_LENGTH = 4000

#: The elements that are let through, with the number of children that they need.
_ELEMENTS = {
    **dict.fromkeys(("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msqrt", "mstyle")),
    **dict.fromkeys(("mpadded", "mphantom", "mtable", "mtr", "mtd")),
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
_ATTRIBUTES = frozenset(
    (
        *("accent", "accentunder", "columnalign", "display", "displaystyle", "fence", "form"),
        *("largeop", "linethickness", "lspace", "maxsize", "minsize", "movablelimits", "rspace"),
        *("scriptlevel", "separator", "stretchy", "symmetric", "width"),
    )
)
_VALUE = re.compile(r"[\w.+-]{1,20}")

#: What makes definitions is not drawn: it might not end.
_DEFINES = re.compile(
    r"\\(?:def|edef|gdef|xdef|let|futurelet|(?:re|provide)?newcommand|newenvironment|"
    r"DeclareMathOperator|DeclarePairedDelimiter|csname|expandafter|input|include)(?![a-zA-Z])"
)
_BOOKKEEPING = re.compile(
    r"(?<!\\)%[^\n]*"
    r"|\\(?:label|tag\*?)\s*\{[^{}]*\}"
    r"|\\(?:nonumber|notag|allowdisplaybreaks|displaystyle)(?![a-zA-Z])"
)
_PIECES = re.compile(
    r"\\begin\s*\{[^}]*\}|\\end\s*\{[^}]*\}|\\\\(?:\[[^\]]*\])?|\\.|&|[^\\&]+|.", re.S
)

_FONTS = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "sans-serif-italic": "SANS-SERIF ITALIC",
    "sans-serif-bold-italic": "SANS-SERIF BOLD ITALIC",
    "monospace": "MONOSPACE",
}


class _NotDrawnError(ValueError):
    """A formula that is shown as LaTeX."""


def mathml(latex, display="inline"):
    r"""A formula as MathML that draws, and does nothing else.

    Parameters
    ----------
    latex : str
        Of one row, with or without what aligns and numbers it.
    display : {"inline", "block"}

    Returns
    -------
    str or None
        An element ``math``; None if the formula cannot be drawn faithfully, be it that a
        command is not known or that something but MathML would come of it.

    Raises
    ------
    ModuleNotFoundError
        If ``latex2mathml`` is not installed.

    Examples
    --------
    >>> mathml("x^2")
    '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    >>> mathml(r"\unheard{x}") is None
    True
    """
    from latex2mathml.converter import convert_to_element

    latex = _one_row(latex)
    if not latex or len(latex) > _LENGTH or _DEFINES.search(latex) or not _balanced(latex):
        return None
    try:
        found = convert_to_element(latex, display=display)
    except Exception:  # it raises whatever happens to it, IndexError and StopIteration among them
        return None
    try:
        found = _sanitized(found)
    except (_NotDrawnError, RecursionError):
        return None
    return ElementTree.tostring(found, encoding="unicode", short_empty_elements=False)


def _one_row(latex):
    """A row without comments, label, number, and without the signs that align it."""
    latex = _BOOKKEEPING.sub(" ", latex.strip().strip("$"))
    depth, kept = 0, []
    for piece in _PIECES.findall(latex):
        if piece.startswith((r"\begin", r"\end")):
            depth += 1 if piece.startswith(r"\begin") else -1
        elif depth == 0 and (piece == "&" or piece.startswith("\\\\")):
            piece = " "
        kept.append(piece)
    return "".join(kept).strip()


def _balanced(latex):
    depth = 0
    for brace in re.findall(r"\\.|[{}]", latex, re.S):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0


def _sanitized(element):
    """A copy of an element of MathML; _NotDrawnError if it holds anything that is none."""
    name = element.tag
    if name not in _ELEMENTS or _ELEMENTS[name] not in (None, len(element)):
        raise _NotDrawnError(name)
    copy = ElementTree.Element(name)
    for key, value in element.attrib.items():
        if key in _ATTRIBUTES and _VALUE.fullmatch(value):
            copy.set(key, value)
    if element.text and element.text.strip():
        copy.text = _letters(element.text, element.get("mathvariant"))
        if name == "mi" and element.get("mathvariant") == "normal":
            copy.set("mathvariant", "normal")
    copy.extend([_sanitized(child) for child in element])
    _space_functions(copy)
    return copy


def _space_functions(row):
    """Set names such as log off from the letters beside them, as TeX does."""
    before = None
    for child, behind in itertools.zip_longest(row, row[1:]):
        if child.tag == "mi" and len(child.text or "") > 1 and child.text.isascii():
            bracket = behind is not None and (behind.text or "") in ("(", "[")
            child.tag = "mo"  # which alone has room beside it
            child.set("lspace", "0em" if before is None or before.tag == "mo" else "0.1667em")
            child.set("rspace", "0em" if bracket or behind is None else "0.1667em")
        before = child


def _letters(text, font):
    """Text with its characters decoded, in a font of its own where Unicode has one.

    The package writes characters by number, and commands that it does not know as they are.
    Browsers know fonts by the letters alone.
    """
    text = re.sub("&#x(0?[0-9A-Fa-f]{1,5});", lambda found: chr(int(found[1], 16)), text)
    if re.match(r"\\.|&$", text):
        raise _NotDrawnError(text)
    text = "".join(letter for letter in text if not _does_something(letter))
    return "".join(_lettered(letter, _FONTS[font]) for letter in text) if font in _FONTS else text


def _lettered(letter, font):
    name = unicodedata.name(letter, "")
    found = re.fullmatch(r"(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER (\w+)", name)
    if found:
        name = f"MATHEMATICAL {font} {found[1]} {found[2]}"
    elif name.startswith("DIGIT "):
        name = f"MATHEMATICAL {font.removesuffix(' ITALIC')} {name}"
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return letter


# --- as a page ---------------------------------------------------------------------------------

# Inks on their grounds have a contrast of 4.5 or more, in the light and in the dark.
_STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --card: #fff; --ink: #1d2126; --soft: #545d68; --line: #d5d9de;
  --link: #0b5394;
  --fine: #00543d; --fine-on: #dff1e8; --fine-edge: #1c8a66;
  --warning: #663c00; --warning-on: #fbe9c8; --warning-edge: #c98300;
  --likely: #0b4a75; --likely-on: #e0ecf7; --likely-edge: #3c8ac4;
  --bad: #7d160c; --bad-on: #fde7e3; --bad-edge: #b3271a;
  --unread: #63245b; --unread-on: #f2dff0; --unread-edge: #a458a0;
  --none: #414952; --none-on: #e9ecef; --none-edge: #9aa3ad;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2024; --ink: #e6e8ea; --soft: #a8b0b9; --line: #343a41;
    --link: #8cc5f5;
    --fine: #9be8cb; --fine-on: #12372b; --fine-edge: #35a27d;
    --warning: #f9d595; --warning-on: #443310; --warning-edge: #d59a2c;
    --likely: #b3dcfa; --likely-on: #16344d; --likely-edge: #4f9bd3;
    --bad: #ffc7bf; --bad-on: #4c1a14; --bad-edge: #ff7e6c;
    --unread: #f0c8f1; --unread-on: #412644; --unread-edge: #bb72ba;
    --none: #cfd5db; --none-on: #2c3238; --none-edge: #77818c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem clamp(.75rem, 4vw, 2rem) 4rem; max-width: 58rem;
  background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
h1, h2, h3, p, ol, ul, dl, dd, table { margin: 0; }
h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
h1 { font-size: clamp(1.5rem, 5vw, 2rem); }
h2 { font-size: 1.25rem; }
main > section { margin-top: 2rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
:target { scroll-margin-top: 1rem; }
.lead { margin-top: .35rem; font-size: 1.1rem; }
.soft { color: var(--soft); }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.fine { --k: var(--fine); --k-on: var(--fine-on); --k-edge: var(--fine-edge); }
.warning { --k: var(--warning); --k-on: var(--warning-on); --k-edge: var(--warning-edge); }
.likely { --k: var(--likely); --k-on: var(--likely-on); --k-edge: var(--likely-edge); }
.bad { --k: var(--bad); --k-on: var(--bad-on); --k-edge: var(--bad-edge); }
.unread { --k: var(--unread); --k-on: var(--unread-on); --k-edge: var(--unread-edge); }
.none { --k: var(--none); --k-on: var(--none-on); --k-edge: var(--none-edge); }

.problems ul, .read ul { padding-left: 1.3rem; }
section > h2 + * { margin-top: .35rem; }
.read { margin-top: .6rem; }
.read summary, .source summary {
  cursor: pointer; color: var(--soft); min-height: 1.75rem; width: fit-content;
}
.map { list-style: none; padding: 0; margin-top: 1rem; display: flex; flex-wrap: wrap; gap: .3rem; }
.map a {
  display: block; min-width: 2.6rem; padding: .2rem .5rem; border-radius: .35rem;
  background: var(--k-on); color: var(--k); text-align: center; text-decoration: none;
  border: 1px solid transparent; font-variant-numeric: tabular-nums; white-space: nowrap;
}
.map .bad a { border-color: var(--k-edge); font-weight: 700; }
.map a:hover { text-decoration: underline; border-color: var(--k-edge); }
.only { display: none; }
@supports selector(:has(*)) {
  .only { display: flex; gap: .5rem; align-items: center; margin-top: 1rem; width: fit-content; }
  .only input { flex: none; width: 1.25rem; height: 1.25rem; accent-color: var(--link); }
  section:has(.only input:checked) .equations > :is(.fine, .likely, .none) { display: none; }
}

.equations { list-style: none; padding: 0; margin-top: 1rem; display: grid; gap: .8rem; }
.equations > li {
  min-width: 0; padding: .75rem 1rem .85rem; background: var(--card);
  border: 1px solid var(--line); border-left: 5px solid var(--k-edge); border-radius: .5rem;
}
.equations > li:target { outline: 3px solid var(--link); }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; }
.head h3 { font-size: 1rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.badge {
  padding: .05rem .6rem; border-radius: 1rem; background: var(--k-on); color: var(--k);
  border: 1px solid var(--k-edge); font-size: .9rem; font-weight: 600;
}
.badge span { margin-right: .3rem; }
.formula {
  margin-top: .6rem; padding: .7rem .8rem; overflow-x: auto; border-radius: .35rem;
  background: var(--k-on); color: var(--k);
}
.formula math { font-size: 1.2rem; }
.formula code { white-space: pre-wrap; overflow-wrap: anywhere; }
math {
  font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "Libertinus Math",
    "XITS Math", "DejaVu Math TeX Gyre", "Noto Sans Math", math;
}
math[display="block"] { width: fit-content; margin-inline: 0; padding-block: .15rem; }
mtd[columnalign="left"] { text-align: left; }
code { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-size: .9em; }
.facts {
  display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .3rem .9rem;
  margin-top: .7rem;
}
.facts dt { color: var(--soft); }
.facts dd { overflow-wrap: anywhere; }
.facts .scroll { overflow-x: auto; }
.source { margin-top: .5rem; font-size: .95rem; }
.source pre {
  margin: .2rem 0 0; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--page); border-radius: .35rem;
}
.wide { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
caption { text-align: left; padding-bottom: .3rem; color: var(--soft); }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
td { font-variant-numeric: tabular-nums; }
th { font-weight: 600; }
thead th { white-space: nowrap; }
th:first-child { text-align: left; overflow-wrap: break-word; min-width: 8rem; }
td.bad { background: var(--k-on); color: var(--k); font-weight: 700; }
td.warning { background: var(--k-on); color: var(--k); }
td.zero { color: var(--soft); }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .9rem; }
@media (max-width: 34rem) {
  .equations > li { padding: .6rem .7rem .7rem; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: .35rem; }
  th:first-child { overflow-wrap: anywhere; }
}
@media print {
  body { max-width: none; padding: 0; background: none; }
  .map, .only, .source:not([open]) { display: none; }
  .equations > li { break-inside: avoid; }
  .badge, .formula { print-color-adjust: exact; }
}
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{heading}</h1>
<p class="lead">{lead}</p>
</header>
<main>
{body}
</main>
<footer>
<p>{signs}</p>
</footer>
</body>
</html>
"""

#: What the terminal calls it, and what the page does.
_LABELS = {
    "given": "Given",
    "only if": "Only if",
    "why": "Why",
    "witness": "Counterexample",
    "perhaps": "Perhaps meant",
    "note": "Note",
}


def page(reports, problems=()):
    r"""The reports of one document or of several as a page of HTML, whole in itself.

    Parameters
    ----------
    reports : sequence of Report
    problems : sequence of str
        What is to be said of documents that could not be read.

    Returns
    -------
    str

    Raises
    ------
    ModuleNotFoundError
        If ``latex2mathml`` is not installed.

    Examples
    --------
    >>> from .results import Judged, Report
    >>> judged = Judged(line=7, latex=r"\hat y = y", verdict="wrong")
    >>> "<title>a.tex: 1 equation: 1 wrong</title>" in page([Report("a.tex", (judged,))])
    True
    """
    alone = len(reports) == 1 and not problems
    parts = []
    if problems:
        items = "".join(f"<li>{_escaped(problem)}</li>" for problem in problems)
        parts.append(f'<section class="problems"><h2>Not read</h2><ul>{items}</ul></section>')
    if not alone and reports:
        parts.append(_table(reports))
    for number, report in enumerate(reports, 1):
        name = "Equations" if alone else _escaped(report.name)
        parts.append(_document(report, f"d{number}", name, alone))
    summary = counted(total(reports))
    if alone:
        heading, lead = _escaped(reports[0].name), _escaped(summary)
    else:
        heading = "Derivations, checked"
        lead = _escaped(f"{_amount(len(reports), 'file')}, {summary}")
    return _PAGE.format(
        title=f"{heading}: {lead}",
        style=_STYLE,
        heading=heading,
        lead=lead,
        body="\n".join(parts),
        signs="Signs: " + "; ".join(f"{sign} {meaning}" for sign, meaning in _legend()) + ".",
    )


def _legend():
    for kind in dict.fromkeys(_KINDS.values()):
        verdicts = [verdict for verdict in VERDICTS if _KINDS[verdict] is kind]
        yield kind.sign, ", ".join(verdicts)


def _escaped(text):
    return html.escape(_clean(text))


def _prose(text):
    """A sentence of HTML, in which ``$...$`` is drawn and `...` is code."""
    parts = re.split(r"\$([^$]+)\$|`([^`]+)`", _clean(text))
    said = []
    for plain, formula, code in zip(
        parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True
    ):
        said.append(html.escape(plain))
        if formula:
            said.append(_formula(formula, "inline"))
        elif code:
            said.append(f"<code>{html.escape(code)}</code>")
    return "".join(said)


def _suggested(text):
    """A suggestion: words, a colon, and LaTeX, which may come without signs around it."""
    words, _, formula = text.partition(": ")
    drawn = mathml(formula) if "$" not in text and re.search(r"[\\_^]", formula) else None
    return f"{_escaped(words)}: {drawn}" if drawn else _prose(text)


def _formula(latex, display):
    return mathml(latex, display) or f"<code>{_escaped(latex)}</code>"


def _table(reports):
    headings = "".join(
        f'<th scope="col">{heading}</th>'
        for heading in ("file", "equations", *(heading for heading, _ in _COLUMNS))
    )
    rows = []
    for number, report in enumerate(reports, 1):
        cells = "".join(
            f"<td{_cell_class(heading, count)}>{count:,}</td>"
            for heading, count in zip(
                ("equations", *(heading for heading, _ in _COLUMNS)), _row(report), strict=True
            )
        )
        link = f'<a href="#d{number}">{_escaped(report.name)}</a>'
        rows.append(f'<tr><th scope="row">{link}</th>{cells}</tr>')
    return (
        '<section><h2>Files</h2><div class="wide" role="group" tabindex="0" aria-label="Files">'
        "<table><caption>Equations of each file, by verdict</caption>"
        f"<thead><tr>{headings}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _cell_class(heading, count):
    name = {"wrong": "bad", "only if": "warning"}.get(heading, "") if count else "zero"
    return f' class="{name}"' if name else ""


def _document(report, anchor, name, alone):
    parts = [f'<section id="{anchor}" aria-labelledby="{anchor}-h"><h2 id="{anchor}-h">{name}</h2>']
    if not alone:
        parts.append(f"<p>{_escaped(counted(report.counts))}</p>")
    if not report.statements:
        parts.append(f"<p>There is {_escaped(NO_EQUATION)}.</p>")
    if report.conventions:
        items = "".join(f"<li>{_prose(each)}</li>" for each in report.conventions)
        parts.append(
            '<details class="read" open><summary>How it was read</summary>'
            f"<ul>{items}</ul></details>"
        )
    places = _places(report)
    if len(places) > 1:
        parts.append(_map(report, places, anchor))
    kinds = {_KINDS[statement.verdict] for statement in report.statements}
    if kinds & {_BAD, _WARNING, _UNREAD} and kinds & {_FINE, _LIKELY, _NONE}:
        parts.append(
            '<label class="only"><input type="checkbox"> '
            "Only what is wrong, needs a condition, or is not understood</label>"
        )
    items, before = [], None
    for number, (statement, place) in enumerate(zip(report.statements, places, strict=True), 1):
        row = statement.cell, statement.line, statement.latex
        shown = row != before  # one row may hold several equations
        items.append(_item(statement, place, f"{anchor}-e{number}", shown))
        before = row
    if items:
        parts.append(f'<ol class="equations" role="list">{"".join(items)}</ol>')
    return "\n".join([*parts, "</section>"])


def _map(report, places, anchor):
    """One sign for each equation, which leads to it."""
    links = []
    for number, (statement, place) in enumerate(zip(report.statements, places, strict=True), 1):
        kind = _KINDS[statement.verdict]
        short = _escaped(place.removeprefix("line ").removeprefix("cell "))
        links.append(
            f'<li class="{kind.name}"><a href="#{anchor}-e{number}" '
            f'title="{_escaped(statement.verdict)}"><span aria-hidden="true">{kind.sign} </span>'
            f"{_with_number(short, statement)}"
            f'<span class="hidden">, {_escaped(statement.verdict)}</span></a></li>'
        )
    return f'<ol class="map" role="list" aria-label="All equations">{"".join(links)}</ol>'


def _with_number(place, statement):
    """A place in HTML, whose number is drawn if it is a formula, such as a star."""
    number = _clean(statement.number).strip("()$")
    drawn = mathml(number) if "\\" in number else None
    return place.replace(html.escape(number), drawn) if drawn else place


def _item(statement, place, anchor, shown):
    kind = _KINDS[statement.verdict]
    place = _escaped(place[0].upper() + place[1:])
    drawn = mathml(statement.latex, "block") if shown else None
    read = mathml(statement.reading, "block") if statement.reading else None
    parts = [
        f'<li class="{kind.name}" id="{anchor}"><div class="head">'
        f"<h3>{_with_number(place, statement)}</h3>"
        f'<p class="badge"><span aria-hidden="true">{kind.sign}</span>'
        f"{_escaped(statement.verdict)}</p></div>"
    ]
    # As it was written, unless that cannot be drawn and what was read can.
    main = drawn or read or f"<code>{_source(statement.reading or statement.latex)}</code>"
    parts.append(
        f'<div class="formula" role="group" tabindex="0" aria-label="Formula, {place.lower()}">'
        f"{main}</div>"
    )
    facts = []
    if statement.reading and main != read:
        again = read or f"<code>{_escaped(statement.reading)}</code>"
        facts.append(("Read as", f'<div class="scroll" role="group" tabindex="0" '
                      f'aria-label="As it was read, {place.lower()}">{again}</div>'))  # fmt: skip
    facts += [
        (_LABELS[label], _suggested(said) if label == "perhaps" else _prose(said))
        for label, said in _details(statement)
    ]
    if facts:
        terms = "".join(f"<dt>{term}</dt><dd>{said}</dd>" for term, said in facts)
        parts.append(f'<dl class="facts">{terms}</dl>')
    # Commands of the document's own are not known here: then the source is needed at once.
    unfolded = " open" if shown and not drawn and read else ""
    parts.append(
        f'<details class="source"{unfolded}><summary>As written, in LaTeX</summary>'
        f"<pre><code>{_source(statement.latex)}</code></pre></details></li>"
    )
    return "".join(parts)


def _source(latex):
    """LaTeX to read, its lines kept."""
    return "\n".join(map(_escaped, latex.strip().splitlines()))
