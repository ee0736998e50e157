r"""Files into displayed equations: LaTeX, Markdown, notebooks and plain text.

A document is read twice. First everything that is no text of its writer's is blotted out:
comments, code, definitions of commands. What is blotted keeps its length, so that every place
in the text is still the place in the file. Then the delimiters of mathematics are sought in
what is left, each kind from where it was last found. No step looks twice at the same stretch
more than a fixed number of times, so that hostile files cost no more than others of their size.
"""

import codecs
import json
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

#: How many characters of text a document may have, and how many bytes a notebook's file.
LENGTH, NOTEBOOK_BYTES = 2_000_000, 100_000_000
#: How many values the JSON of a notebook may hold, roughly; each costs up to 100 bytes.
NOTEBOOK_VALUES = 3_000_000
#: How much of the prose before a display is kept.
BEFORE = 20_000
#: How long the definition of a command may be, and how many may be broken.
DEFINITION, BROKEN = 2_000, 100
#: How many environments around all of a display are taken off.
WRAPPERS = 5
#: A display that is longer is left in one piece: nobody could read it, and nothing will.
UNCUT = 100_000

SUFFIXES = {
    ".tex": "tex",
    ".latex": "tex",
    ".ltx": "tex",
    ".md": "md",
    ".markdown": "md",
    ".myst": "md",
    ".qmd": "md",
    ".rmd": "md",
}
KINDS = ("tex", "md", "txt")

# Signs that no text contains, because `_clean` takes them out.
GONE, ESCAPED, ROW, FENCE, FENCED, GONE_LINE = "\0\1\2\3\4\5"
CONTROL = dict.fromkeys(map(ord, GONE + ESCAPED + ROW + FENCE + FENCED + GONE_LINE), " ")

_DISPLAYS = (
    "equation|align|alignat|xalignat|flalign|gather|multline|eqnarray|displaymath|math|dmath"
    "|IEEEeqnarray"
)
_ROWS = (
    "align|aligned|alignat|alignedat|xalignat|flalign|gather|gathered|multline|multlined|split"
    "|eqnarray|IEEEeqnarray|equation|array|darray"
)
_BLANK = r"[\s\x00\x05]"
_OPENER = re.compile(rf"\$\$|\$|\\\[|\\\(|\\begin\s{{0,9}}\{{((?:{_DISPLAYS})\*?)\}}|{FENCE}")
_FOREIGN = re.compile(
    rf"\$\$|\\\[|\\begin\s{{0,9}}\{{(?:{_DISPLAYS})\*?\}}|^[ \t]*+\#|\\(?:sub)*section"
)
_PARAGRAPH = re.compile(r"\n[ \t>\x00\x05]*+(?:\n|\Z)")
_GROUPS = re.compile(r"\{[^{}]*+\}")
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,20}[,;]?\s[A-Za-z]{2}")
_ROWS_INSIDE = re.compile(rf"\\begin\s{{0,9}}\{{(?!d?array|equation)(?:{_ROWS})\*?\}}")
_WRAPPER = re.compile(
    rf"{_BLANK}*+\\begin\s{{0,9}}\{{((?:{_ROWS})\*?)\}}"
    r"(?:\s{0,9}\[[a-z]{0,9}\])?((?:\s{0,9}\{(?:[^{}]|\{[^{}]{0,40}\}){0,200}+\})?)"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)(?![A-Za-z])")
_SEPARATOR = re.compile(
    rf"{ROW}{ROW}\*?(?:\[\s{{0,9}}-?[\d.,]{{0,9}}(?:(?<=[\d.,])\s{{0,9}}[a-z]{{2}}|"
    r"\\[a-z]{0,20}(?:skip|size|jot|height|width))\s{0,9}\])?|\\cr(?![A-Za-z])"
    r"|[{}]|\\(?:begin|end)(?![A-Za-z])"
)
#: Without any of these a display is one row.
_CUTTABLE = re.compile(rf"{ROW}|\\begin|\\cr(?![A-Za-z])|\\(?:short)?intertext")
_TAG = re.compile(
    r"\\tag\*?\s{0,9}(?:\{((?:[^{}]++|\{[^{}]*+\})*+)\}|(\d))"
    r"|\\l?eqno\s{0,9}(?:\{([^{}]{0,40})\}|(\([^()]{0,40}\)))"
)
_INVISIBLE = re.compile(
    r"\\label\s{0,9}\{[^{}]*+\}|\\(?:nonumber|notag|displaybreak|allowdisplaybreaks)(?![A-Za-z])"
)
_REMARK = re.compile(r"%[^\n]*+")
_INTERTEXT = re.compile(rf"{_BLANK}*+\\(?:short)?intertext\s{{0,9}}\{{")
# In the same line, or alone in the next one.
_NUMBER_AFTER = re.compile(r"[ \t]*+(?:\n[ \t]*+)?\(([^()\s]{1,40})\)(?=[ \t.,;]*+(?:\n|\Z))")
_NUMBER = re.compile(r"(?:eq(?:n|uation)?[-:_.])?(\d+(?:\.\d+)*[a-z]?'*)(-star|\*)?", re.IGNORECASE)
_OPTIONS = re.compile(r"(?:[ \t]*+:[a-z]++:[^\n]*+\n)+", re.IGNORECASE)
_OPTION_LABEL = re.compile(r":(?:label|name):[ \t]*+(\S++)")
_ALONE_BEFORE = re.compile(r"[ \t>\x00\x05]*+(?:\\noindent(?![A-Za-z])\s*+)?\Z")
_ALONE_AFTER = re.compile(
    rf"[ \t.,;\x00\x05]*+(?:{ROW}{ROW})?[ \t\x00\x05]*+"
    r"(?:\Z|\n(?=[ \t>\x00\x05]*+(?:\n|\Z|#)))"
)
_ENDS_PARAGRAPH = re.compile(
    r"[ \t>\x00\x05]*+(?:\Z|#|\\(?:(?:sub)*section|(?:sub)?paragraph|begin\{document\}))"
)


class UnreadableError(ValueError):
    """A file that cannot be read at all: its message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    r"""A row of a displayed equation.

    Attributes
    ----------
    latex : str
        Its LaTeX without ``\tag``, ``\label``, ``\nonumber``, ``\\`` and the environments
        around it; ``&`` stays, and so do the ends of lines, so that what stands on line k of it
        (from 0) stands on line ``line + k`` of the file.
    line : int
        The line on which its first character stands, from 1; in notebooks, of the cell.
    cell : int or None
        The cell of a notebook, from 0; code cells are counted.
    tag : str
        What the document itself numbers it by, or ''. A number of the whole display is given
        to each of its rows that has none of its own.
    """

    latex: str
    line: int
    cell: int | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Display:
    r"""A displayed equation: its rows, and the prose between the one before and this.

    Attributes
    ----------
    rows : tuple of Row
        Never empty. Where the end of a display is missing, the LaTeX of the first row begins
        with what should have been closed: ``$$``, ``\[``, or ``\begin{...}``.
    before : str
        At most the last `BEFORE` characters, with inline mathematics in its dollars.
    numbered : bool
        Whether LaTeX would number it: an environment without a star.
    """

    rows: tuple[Row, ...]
    before: str
    numbered: bool = False


@dataclass(frozen=True)
class Document:
    r"""A document: its displays in their order, its own commands, and all of its prose.

    Attributes
    ----------
    name : str
        The file's path, or what the caller named the text.
    displays : tuple of Display
    macros : dict of str to (int, str)
        For each command the number of its arguments and what it stands for. A command ``\un``
        whose first argument is optional is stored with the default filled in; ``\un[x]`` is
        written ``\unWithOption{x}`` in rows and definitions, and that is stored as well.
    prose : str
        All that stands between displays, joined, and what follows the last.
    """

    name: str
    displays: tuple[Display, ...]
    macros: dict[str, tuple[int, str]]
    prose: str


def read_document(path):
    r"""Read a LaTeX or Markdown document, a notebook, or plain text.

    Parameters
    ----------
    path : str or path-like
        Its suffix says what it is: ``.tex``, ``.md`` or ``.ipynb``; all others are taken for
        text in which both LaTeX and Markdown may occur. Text is UTF-8, or UTF-16 with a byte
        order mark; text that is neither is taken for Windows' Western European.

    Returns
    -------
    Document

    Raises
    ------
    UnreadableError
        If there is no such file, if it is no text, if it is a notebook without cells, or if it
        is longer than `LENGTH` characters.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "homework.md")
    ...     _ = file.write_text("Clearly\n\n$$ a = b $$ (eq-18)\n", encoding="utf-8")
    ...     read_document(file).displays[0].rows
    (Row(latex='a = b', line=3, cell=None, tag='18'),)
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".ipynb":
        return _notebook(_bytes(path, NOTEBOOK_BYTES), str(path))
    text = _decoded(_bytes(path, 4 * LENGTH + 4), path)
    return document_of(text, SUFFIXES.get(suffix, "txt"), str(path))


def document_of(text, kind="md", name="<text>"):
    r"""Find the displayed equations of a text.

    Parameters
    ----------
    text : str
    kind : {'tex', 'md', 'txt'}
        Text of kind 'txt' may hold both, and is LaTeX if it has a ``\begin{document}``.
    name : str
        What messages call it.

    Returns
    -------
    Document

    Raises
    ------
    UnreadableError
        If the text is longer than `LENGTH` characters.
    ValueError
        If there is no such kind.

    Examples
    --------
    >>> found = document_of("As $x = 1$,\n$$\n y &= 2 \\\\\n z &= 3 \\tag{7}\n$$", "md")
    >>> [(row.line, row.latex, row.tag) for row in found.displays[0].rows]
    [(3, 'y &= 2', ''), (4, 'z &= 3', '7')]
    >>> found.displays[0].before
    'As $x = 1$,\n'
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    _check_length(len(text), name)
    found = _Found()
    _read_into(found, text, kind, None)
    return found.document(name)


# -------------------------------------------------------------------------------------- files
def _bytes(path, limit):
    """The bytes of a file that is not too large, seen before it is read."""
    try:
        if path.is_dir():
            raise UnreadableError(f"{path} is a folder: name a file in it")
        if path.stat().st_size > limit:
            raise _too_large(path, f"{limit:,} bytes")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableError(f"{path} does not exist: check its name and folder") from None
    except UnreadableError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(
            f"{path} cannot be read ({reason}): check its name and rights"
        ) from None
    if len(data) > limit:
        raise _too_large(path, f"{limit:,} bytes")
    return data


def _too_large(name, limit):
    return UnreadableError(f"{name} is too large, over {limit}: give the derivation alone")


def _check_length(length, name):
    if length > LENGTH:
        raise _too_large(name, f"{LENGTH:,} characters of text")


def _decoded(data, path):
    no_text = f"{path} is no text: give the LaTeX, Markdown or notebook that it was made from"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableError(no_text) from None
    if b"\0" in data or data.startswith(b"%PDF-"):
        raise UnreadableError(no_text)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Western text has a letter with an accent here and there; packed data has hundreds.
    plain = data.translate(None, bytes(range(128, 256)))
    controls = len(plain) - len(plain.translate(None, bytes({*range(32)} - {9, 10, 12, 13})))
    if controls or len(data) - len(plain) > 0.3 * len(data):
        raise UnreadableError(no_text)
    return data.decode("cp1252", errors="replace")


def _notebook(data, name):
    """The Markdown cells of a notebook, each read by itself."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > NOTEBOOK_VALUES:
        raise _too_large(name, f"{NOTEBOOK_VALUES:,} values; clear its outputs, or")
    try:
        cells = _cells(json.loads(data))
    except (ValueError, RecursionError):
        raise UnreadableError(f"{name} is no notebook, for it is no JSON: save it again") from None
    if not cells:
        raise UnreadableError(f"{name} has no cells: save it again as a notebook (.ipynb)")
    texts = [(number, _source(cell)) for number, cell in enumerate(cells) if _is_markdown(cell)]
    _check_length(sum(len(text) for _, text in texts), name)
    found = _Found()
    for number, text in texts:
        _read_into(found, text, "md", number)
        found.add_prose("\n\n")
    return found.document(name)


def _cells(content):
    """The list of cells, in the format of today or the one before."""
    sheets = content.get("worksheets") if isinstance(content, dict) else None
    if isinstance(sheets, list) and sheets:
        content = sheets[0]
    cells = content.get("cells") if isinstance(content, dict) else None
    return cells if isinstance(cells, list) else []


def _is_markdown(cell):
    return isinstance(cell, dict) and cell.get("cell_type") in ("markdown", "raw", "heading")


def _source(cell):
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


# ---------------------------------------------------------------------------------- the result
class _Found:
    """What has been found so far; the prose of one cell carries over to the next."""

    def __init__(self):
        self.displays, self.macros, self.options = [], {}, set()
        self.prose, self.pending = StringIO(), StringIO()

    def add_prose(self, text):
        self.pending.write(text)

    def add_display(self, rows, numbered):
        before = self.pending.getvalue()
        self.prose.write(before)
        self.pending = StringIO()
        self.displays.append(Display(tuple(rows), before[-BEFORE:], numbered))

    def define(self, name, count, body, default):
        """Keep a definition; the first argument may have a default."""
        self.options.discard(name)
        if default is None or count == 0:
            self.macros[name] = (count, body)
            return
        self.options.add(name)
        self.macros[f"{name}WithOption"] = (count, body)
        without = re.sub(r"#(\d)", lambda found: _renumbered(found, default), body)
        self.macros[name] = (count - 1, without)

    def document(self, name):
        prose = self.prose.getvalue() + self.pending.getvalue()
        macros, displays = self.macros, self.displays
        if self.options:
            macros = {
                key: (count, self._with_option(body)) for key, (count, body) in macros.items()
            }
            displays = [self._rewritten(display) for display in displays]
        return Document(name, tuple(displays), macros, prose)

    def _rewritten(self, display):
        rows = tuple(
            Row(self._with_option(row.latex), row.line, row.cell, row.tag) for row in display.rows
        )
        return Display(rows, display.before, display.numbered)

    def _with_option(self, latex):
        r"""\un[x] as \unWithOption{x}; what stands innermost first."""
        for _ in range(3):
            changed = _USE.sub(self._use, latex) if "[" in latex else latex
            if changed == latex:
                break
            latex = changed
        return latex

    def _use(self, found):
        if found[1] not in self.options:
            return found[0]
        return rf"\{found[1]}WithOption{{{found[2]}}}"


_USE = re.compile(r"\\([A-Za-z]++)\s{0,9}\[([^\[\]]{0,400}+)\]")


def _renumbered(found, default):
    number = int(found[1])
    return default if number == 1 else f"#{number - 1}"


def _read_into(found, text, kind, cell):
    text = _clean(text)
    if kind == "txt" and re.search(r"\\begin\s{0,9}\{document\}", text):
        kind = "tex"
    shown = _without_comments(text, kind)
    shown = _without_definitions(shown, found)
    if kind == "tex":
        shown = _body(shown)
    _Reader(shown, kind, cell, found).read()


def _clean(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL)
    return re.sub("[\ud800-\udfff]", "\ufffd", text) if not text.isascii() else text


# --------------------------------------------------------------------------- what is blotted out
def _blotted(text, ranges):
    """The text with ranges (start, end, mark) blotted out; a mark stands in for the first sign."""
    out, at = StringIO(), 0
    for start, end, mark in ranges:
        out.write(text[at:start])
        out.write(mark)
        out.write(_blot(text[start + len(mark) : end]))
        at = end
    if at == 0:
        return text
    out.write(text[at:])
    return out.getvalue()


def _blot(piece):
    piece = piece.replace(GONE_LINE, "\n")
    if "\n" not in piece:
        return GONE * len(piece)
    return GONE_LINE.join(GONE * len(line) for line in piece.split("\n"))


def _unblotted(piece):
    """What a reader sees of a stretch of prose."""
    return piece.replace(GONE, "").replace(GONE_LINE, "").replace(FENCE, "").replace(FENCED, "")


def _neutral(shown):
    r"""The same text with its \\ marked, and with no \$, \{, \} and \% in it."""
    for sign, mark in (("\\", ROW), ("$", ESCAPED), ("{", ESCAPED), ("}", ESCAPED), ("%", ESCAPED)):
        shown = shown.replace("\\" + sign, 2 * mark)
    return shown


def _without_comments(text, kind):
    if kind == "tex":
        return _blotted(text, _tex_ranges(text))
    if kind == "txt":
        text = _blotted(text, _remark_lines(text))
    text = _blotted(text, _fence_ranges(text))
    return _blotted(text, _code_ranges(text, kind))


def _remark_lines(text):
    for found in re.finditer(r"^[ \t]*+%[^\n]*+\n?", text, re.MULTILINE):
        yield (*found.span(), "")


_TEX = re.compile(
    r"(?:\\[^A-Za-z])++|%"
    r"|\\begin\s{0,9}\{(verbatim\*?|Verbatim\*?|lstlisting|minted|alltt|comment)\}"
    r"|\\(?:verb|lstinline)\*?([^A-Za-z*\s])|\\iffalse(?![A-Za-z])",
    re.DOTALL,
)
_CONDITIONAL = re.compile(
    r"\\(?:(if(?:false|true|x|num|dim|odd|defined|case|cat|csname|mmode)?)|(fi|else))(?![A-Za-z])"
)


def _tex_ranges(text):
    at = 0
    while found := _TEX.search(text, at):
        start, at = found.span()
        if found[0] == "%":
            at = _comment_end(text, start)
        elif found[1]:
            closing = rf"\end{{{found[1]}}}"
            end = text.find(closing, at)
            at = len(text) if end < 0 else end + len(closing)
        elif found[2]:
            end = text.find(found[2], at, at + 200)
            if end < 0:
                continue
            at = end + 1
        elif found[0] == r"\iffalse":
            at = _conditional_end(text, at)
        else:
            continue
        yield start, at, ""


def _comment_end(text, start):
    """The end of a comment: with the end of the line if nothing else stands on it."""
    end = text.find("\n", start)
    if end < 0:
        return len(text)
    alone = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    return end + 1 if alone else end


def _conditional_end(text, at):
    depth = 1
    for found in _CONDITIONAL.finditer(text, at):
        if found[1]:
            depth += 1
        elif found[2] == "fi":
            depth -= 1
        if depth == 0 or (depth == 1 and found[2] == "else"):
            return found.end()
    return len(text)


# In Markdown, a line that opens or closes a fence may be quoted, or be the first of an item.
_FENCE = re.compile(
    r"<!--|^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*+(?P<marks>`{3,}+|~{3,}+|:{3,}+)"
    r"(?P<info>[^\n]*+)$",
    re.MULTILINE,
)
_DIRECTIVE = re.compile(r"\s*+\{([\w:+.-]+)\}")
#: Directives whose content is no Markdown.
_CODE = re.compile(
    "code|code-block|code-cell|sourcecode|literalinclude|mermaid|eval-rst|raw|parsed-literal"
    "|list-table|csv-table|toctree|bibliography|ipython|doctest|testcode|prompt"
)


def _fence_ranges(text):
    """HTML comments, code between fences, and the fences of what is no code."""
    fences, comments, skip = _Fences(), True, _front_matter(text)
    if skip:
        yield 0, skip, ""
    for found in _FENCE.finditer(text, skip):
        if found.start() < skip:
            continue
        if found[0] != "<!--":
            yield from fences.range_of(found)
        elif comments and fences.marks is None:
            closing = text.find("-->", found.end())
            if closing >= 0:
                skip = closing + 3
                yield found.start(), skip, ""
            comments = closing >= 0  # if this one has no end, those after it have none
    if fences.marks and not fences.mathematics:
        yield fences.start, len(text), ""


class _Fences:
    """Which fences are open."""

    def __init__(self):
        self.outer = []  # the marks around what is Markdown itself
        self.marks, self.start, self.mathematics = None, 0, False

    def range_of(self, found):
        """The ranges to blot out when a line with a fence has been found."""
        start, end = found.start("marks"), found.end()
        if self.marks:
            if _closes(found, self.marks):
                self.marks = None
                yield (start, end, FENCED) if self.mathematics else (self.start, end, "")
            return
        marks, info = found["marks"], found["info"]
        if marks[0] == "`" and "`" in info:
            return  # code within a line
        directive = _DIRECTIVE.match(info)
        name = directive[1] if directive else info.strip()
        if name == "math":
            self.marks, self.start, self.mathematics = marks, start, True
            # What follows on the line of a directive belongs to the formula.
            yield start, found.start("info") + directive.end() if directive else end, FENCE
        elif self.outer and _closes(found, self.outer[-1]):
            self.outer.pop()
            yield start, end, ""
        elif marks[0] == ":" or (directive and not _CODE.fullmatch(name)):
            if name:
                self.outer.append(marks)
            yield start, end, ""
        else:
            self.marks, self.start, self.mathematics = marks, start, False


def _front_matter(text):
    """Where the settings at the top of a Markdown document end, or 0."""
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---\n", 3, 20_000)
    return end + 5 if end >= 0 else 0


def _closes(found, marks):
    return (
        found["marks"][0] == marks[0]
        and len(found["marks"]) >= len(marks)
        and not found["info"].strip()
    )


_TICKS = re.compile("`++")


def _code_ranges(text, kind):
    """Code within a line. What has neither dollar nor backslash disturbs nobody, and stays."""
    at = text.find("`")
    while at >= 0:
        paragraph = _PARAGRAPH.search(text, at)
        end = paragraph.start() if paragraph else len(text)
        for opening, closing in _code_in(text, at, end):
            yield from _code_range(text, opening, closing, kind)
        at = text.find("`", end)


def _code_in(text, at, end):
    """The pairs of backticks, as many on the one side as on the other."""
    left = Counter(len(run[0]) for run in _TICKS.finditer(text, at, end))
    opening = None
    for run in _TICKS.finditer(text, at, end):
        size = len(run[0])
        left[size] -= 1
        if opening is None:
            if left[size] and text[run.start() - 1 : run.start()] != "\\":
                opening = run
        elif size == len(opening[0]):
            yield opening, run
            opening = None


def _code_range(text, opening, closing, kind):
    start, end = opening.start(), closing.end()
    inner = text[opening.end() : closing.start()]
    if kind == "txt" and ("'" in inner or "\n" in inner):
        return  # quotation marks of LaTeX
    if text.endswith("{math}", max(0, start - 6), start):
        yield start - 6, opening.end(), "$"
        yield closing.start(), end, "$"
    elif text[start - 1 : start] == "$" == text[end : end + 1]:
        yield start, opening.end(), ""
        yield closing.start(), end, ""
    elif "$" in inner or "\\" in inner:
        yield start, end, ""


def _body(shown):
    r"""What stands between \begin{document} and its end; all if there is none."""
    begin = re.search(r"\\begin\s{0,9}\{document\}", shown)
    start = begin.end() if begin else 0
    end = re.compile(r"\\end\s{0,9}\{document\}").search(shown, start)
    ranges = [(0, start, "")] if start else []
    if end:
        ranges.append((end.start(), len(shown), ""))
    return _blotted(shown, ranges)


# ---------------------------------------------------------------------------------- definitions
_DEFINE = re.compile(
    r"\\(?:((?:re|provide)?newcommand|providecommand|DeclareRobustCommand)|(DeclareMathOperator)"
    r"|(DeclarePairedDelimiter)|([gex]?def)|(let))(?![A-Za-z])(\*?)"
)
_NAME = re.compile(r"\s*+(?:\{\s*+\\([A-Za-z]++|[^\sA-Za-z])\s*+\}|\\([A-Za-z]++))")
_COUNT = re.compile(r"\s*+(?:\[\s?(\d)\s?\])?\s*+(?:\[([^\[\]]{0,200})\])?")
_PARAMETERS = re.compile(r"((?:#\d)*+)(?=\{)")
_LET = re.compile(r"\s*+=?\s*+(\\[A-Za-z]++)")
_BRACES = re.compile("[{}]")


def _without_definitions(shown, found):
    if "\\" not in shown or not _DEFINE.search(shown):
        return shown
    return _blotted(shown, _definition_ranges(shown, found))


def _definition_ranges(shown, found):
    neutral, at, broken = _neutral(shown), 0, 0
    while broken < BROKEN and (start := _DEFINE.search(neutral, at)):
        at = start.end()
        definition = _definition(shown, neutral, start)
        if definition is None:
            broken += 1
            continue
        name, count, body, default, at = definition
        found.define(name, count, _unblotted(body), default)
        yield start.start(), at, ""


def _definition(shown, neutral, start):
    """Name, number of arguments, what it stands for, default and end; None if it is broken."""
    named = _NAME.match(shown, start.end())
    if not named:
        return None
    name, at = named[1] or named[2], named.end()
    if start[5]:
        other = _LET.match(neutral, at)
        return (name, 0, other[1], None, other.end()) if other else None
    count, default = 0, None
    if start[1]:
        given = _COUNT.match(neutral, at)
        count, default, at = int(given[1] or 0), given[2], given.end()
    elif start[4]:
        given = _PARAMETERS.match(neutral, at)
        if not given:
            return None
        count, at = len(given[1]) // 2, given.end()
    body, at = _group(shown, neutral, at)
    if body is None:
        return None
    if start[2]:
        body = rf"\operatorname{start[6]}{{{body}}}"
    if start[3]:
        closing, at = _group(shown, neutral, at)
        if closing is None:
            return None
        count, body = 1, f"{body} #1 {closing}"
    return name, count, body, default, at


def _group(shown, neutral, at):
    """What stands in the braces that begin here, and where they end; None if they do not."""
    depth = 0
    if not neutral[at : at + 20].lstrip().startswith("{"):
        return None, at
    start = neutral.index("{", at)
    for brace in _BRACES.finditer(neutral, start, start + DEFINITION):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return shown[start + 1 : brace.start()], brace.end()
    return None, at


# ------------------------------------------------------------------------------------- displays
class _Next:
    """Where a pattern is found next; it is asked about places that only grow."""

    def __init__(self, text, pattern):
        self.text, self.pattern = text, re.compile(pattern)
        self.start = self.end = -1

    def after(self, at):
        """The place of the next match, or beyond the text."""
        if self.start < at:
            found = self.pattern.search(self.text, at)
            self.start, self.end = found.span() if found else (len(self.text) + 1,) * 2
        return self.start


class _Reader:
    """Seeks the displays of one text."""

    def __init__(self, shown, kind, cell, found):
        self.shown, self.kind, self.cell, self.found = shown, kind, cell, found
        self.neutral = _neutral(shown)
        self.paragraphs = _Next(self.neutral, _PARAGRAPH)
        self.nexts = {}
        self.last = 0  # the end of the last display
        self.counted, self.line = 0, 1

    def read(self):
        at = 0
        while opener := _OPENER.search(self.neutral, at):
            at = self._inline(opener) if opener[0] in ("$", r"\(") else self._display(opener)
        self._add_prose(len(self.shown))

    def _next(self, pattern, at):
        """The place of the next match of a pattern, or beyond the text, and its end."""
        found = self.nexts.get(pattern)
        if found is None:
            found = self.nexts[pattern] = _Next(self.neutral, pattern)
        return found.after(at), found.end

    def _paragraph_end(self, at):
        return min(self.paragraphs.after(at), len(self.shown))

    def _add_prose(self, end):
        self.found.add_prose(_unblotted(self.shown[self.last : end]))

    # What stands within a line
    def _inline(self, opener):
        start, after = opener.span()
        paragraph = self._paragraph_end(after)
        if opener[0] == "$":
            closing = self.neutral.find("$", after, paragraph)
            # In "5 $ and $$ ..." the first dollar is money.
            money = (
                closing >= 0
                and self.neutral.startswith("$$", closing)
                and (self.neutral[closing - 1].isspace())
            )
            end = closing + 1
        else:
            closing, end = self._next(r"\\\)", after)
            money = False
        if money or not 0 <= closing < paragraph:
            return after
        if self._is_display(start, after, closing, end):
            self._add(start, after, closing, end, False)
        return end

    def _is_display(self, start, after, closing, end):
        """Whether a formula within a line has rows, or has a paragraph for itself."""
        if _ROWS_INSIDE.search(self.neutral, after, closing):
            return True
        line = self.neutral.rfind("\n", max(0, start - 40), start) + 1
        if (line == 0 and start > 40) or not _ALONE_AFTER.match(self.neutral, end):
            return False
        if not _ALONE_BEFORE.match(self.neutral[line:start]):
            return False
        above = self.neutral.rfind("\n", 0, line - 1) + 1 if line else 0
        return line == 0 or bool(_ENDS_PARAGRAPH.match(self.neutral[above : line - 1]))

    # What stands by itself
    def _display(self, opener):
        start, after = opener.span()
        closing, end, closed = self._closing(opener)
        if closing <= after and closed:
            return end
        name = opener[1] or ""
        numbered = bool(name) and name[-1] != "*" and name not in ("displaymath", "math")
        if name.startswith(("alignat", "xalignat", "IEEEeqnarray")):
            argument = re.compile(r"\s{0,9}\{[^{}]{0,200}\}").match(self.neutral, after, closing)
            after = argument.end() if argument else after
        prefix = "" if closed else self.shown[start : opener.end()].strip(FENCE)
        self._add(start, after, closing, end, numbered, prefix)
        return max(end, opener.end())

    def _closing(self, opener):
        """Where the content of a display ends, where the display ends, and whether it is closed."""
        after, (opening, ending) = opener.end(), _delimiters(opener)
        closing, end = self._next(ending, after)
        paragraph = self._paragraph_end(after)
        if closing > len(self.shown):
            return paragraph, paragraph, False
        if opening != ending:
            another, _ = self._next(opening, after)
            if another < closing:
                cut = min(another, paragraph)
                return cut, cut, False
        if paragraph < closing and opener[0] != FENCE and self._foreign(paragraph, closing):
            return paragraph, paragraph, False
        return closing, end, True

    def _foreign(self, at, end):
        """Whether what follows a blank line is no longer the inside of a display."""
        while at < end:
            following = _PARAGRAPH.search(self.neutral, at + 1, end)
            stop = following.start() if following else end
            paragraph = self.neutral[at:stop]
            if _FOREIGN.search(paragraph) or _PROSE.search(_GROUPS.sub("", paragraph)):
                return True
            at = stop
        return False

    def _add(self, start, after, closing, end, numbered, prefix=""):
        """Keep a display, if anything is in it."""
        rows = _Rows(self, start, after, closing)
        number, end_of_number = self._number_after(end) if end > closing else ("", end)
        parts = rows.parts(number, prefix)
        if not parts:
            return
        self._add_prose(start)
        self.last = end_of_number
        for prose, found in parts:
            self.found.add_prose(prose)
            self.found.add_display(found, numbered)

    def _number_after(self, end):
        """The number in brackets that follows a display, and its end."""
        found = _NUMBER_AFTER.match(self.shown, end)
        number = found and _number(found[1])
        return (number, found.end()) if number else ("", end)

    def line_of(self, place):
        """The line of a place; places are asked in their order, but for a few."""
        if place < self.counted:
            self.line -= self._lines(place, self.counted)
        else:
            self.line += self._lines(self.counted, place)
        self.counted = place
        return self.line

    def _lines(self, start, end):
        return self.shown.count("\n", start, end) + self.shown.count(GONE_LINE, start, end)


def _delimiters(opener):
    """Patterns of what opens and closes a display of this kind."""
    if opener[0] == "$$":
        return r"\$\$", r"\$\$"
    if opener[0] == r"\[":
        return r"\\\[", r"\\\]"
    if opener[0] == FENCE:
        return FENCE, FENCED
    name = re.escape(opener[1])
    return rf"\\begin\s{{0,9}}\{{{name}\}}", rf"\\end\s{{0,9}}\{{{name}\}}"


def _number(label):
    """The number in a label: 18 in eq-18, and 61* in eq-61-star; '' if there is none."""
    found = _NUMBER.fullmatch(label)
    return found[1] + ("*" if found[2] else "") if found else ""


# ----------------------------------------------------------------------------------------- rows
class _Rows:
    """Cuts the inside of one display into rows."""

    def __init__(self, reader, start, after, closing):
        self.reader, self.start, self.offset = reader, start, after
        self.shown = reader.shown[after:closing]
        self.neutral = reader.neutral[after:closing]
        self.number, self.tags = "", []
        if not self.neutral.strip(" \t\n\0\5"):
            self.shown = self.neutral = ""
        if not self.neutral or len(self.neutral) > UNCUT:
            return
        if "\n" in self.neutral:
            self._unquote(start)
            self._take_options(start)
        if "%" in self.neutral:
            self._blot(_REMARK.finditer(self.neutral))
        if "\\" in self.neutral:
            self._take_tags()
            self._blot(_INVISIBLE.finditer(self.neutral))

    def _blot(self, found):
        ranges = [(*each.span(), "") for each in found]
        if ranges:
            self.shown = _blotted(self.shown, ranges)
            self.neutral = _blotted(self.neutral, ranges)

    def _unquote(self, start):
        """Take off the signs of a quotation, if the display began in one."""
        text = self.reader.neutral
        line = text.rfind("\n", max(0, start - 100), start) + 1
        if re.match(r"[ \t]*+>", text[line:start]):
            self._blot(re.finditer(r"(?<=\n)[ \t]*+(?:>[ \t]?)++", self.neutral))

    def _take_options(self, start):
        """The label of a directive numbers it."""
        if self.reader.neutral[start] != FENCE:
            return
        options = _OPTIONS.match(self.neutral, self.neutral.index("\n") + 1)
        if options and not self.neutral[: options.start()].strip(" \t\n\0\5"):
            label = _OPTION_LABEL.search(options[0])
            self.number = _number(label[1]) if label else ""
            self._blot([options])

    def _take_tags(self):
        found = list(_TAG.finditer(self.neutral))
        for each in found:
            raw = next(group for group in each.groups() if group is not None)
            raw = self.shown[each.start() + each[0].index(raw) :][: len(raw)]
            self.tags.append((each.start(), _tag(raw)))
        self._blot(found)

    def parts(self, number, prefix):
        r"""Rows, cut where \intertext stands between them, each part with the prose before it."""
        length = len(self.neutral)
        if length > UNCUT or not _CUTTABLE.search(self.neutral):
            row = self._row(0, length, number or self.number, prefix)
            return [("", [row])] if row else []
        spans = list(self._spans(0, length, WRAPPERS))
        owned = {tag for start, end in spans for tag in self._tags_in(start, end)}
        number = (
            number
            or self.number
            or next((tag for place, tag in self.tags if (place, tag) not in owned), "")
        )
        parts = [("", [])]
        for start, end in spans:
            prose, start = self._intertext(start, end)
            if prose:
                parts.append((prose, []))
            row = self._row(start, end, number, "" if parts[0][1] else prefix)
            if row:
                parts[-1][1].append(row)
        if prefix and not parts[0][1]:
            parts[0][1].append(
                Row(prefix, self.reader.line_of(self.start), self.reader.cell, number)
            )
        return [part for part in parts if part[1]]

    def _tags_in(self, start, end):
        first = bisect_left(self.tags, (start, ""))
        return self.tags[first : bisect_left(self.tags, (end, ""))]

    def _row(self, start, end, number, prefix):
        piece = self.shown[start:end].replace(GONE_LINE, "\n")
        latex = piece.replace(GONE, "")
        if not latex.strip("& \t\n") and not prefix:
            return None
        first = self.offset + start + len(piece) - len(piece.lstrip(" \t\n\r\f\v\0"))
        tags = self._tags_in(start, end)
        line = self.reader.line_of(self.start if prefix else first)
        latex = (prefix + latex).strip()
        return Row(latex, line, self.reader.cell, tags[0][1] if tags else number)

    def _intertext(self, start, end):
        r"""The prose of an \intertext at the beginning of a row, and where the row begins."""
        found = _INTERTEXT.match(self.neutral, start, end) if "\\" in self.neutral else None
        if not found:
            return "", start
        inner, after = _group(self.shown, self.neutral, found.end() - 1)
        return ("", start) if inner is None else (f"\n{_unblotted(inner)}\n", min(after, end))

    def _spans(self, start, end, wrappers):
        """Where the rows begin and end; environments around all of them are taken off."""
        if wrappers and "\\" in self.neutral:
            inside = self._unwrapped(start, end)
            if inside:
                yield from self._spans(*inside, wrappers - 1)
                return
        cuts = list(self._cuts(start, end))
        if len(cuts) == 1:
            yield cuts[0]
            return
        for cut in cuts:
            yield from self._spans(*cut, wrappers - 1) if wrappers else [cut]

    def _cuts(self, start, end):
        r"""The stretches between \\ that stand in no braces and no environment."""
        depth = 0
        for found in _SEPARATOR.finditer(self.neutral, start, end):
            sign = found[0]
            if sign[0] == ROW or sign == r"\cr":
                if depth <= 0:
                    yield start, found.start()
                    start = found.end()
            else:
                depth += 1 if sign in ("{", r"\begin") else -1
        yield start, end

    def _unwrapped(self, start, end):
        """The inside of an environment with rows that is all there is here."""
        opening = _WRAPPER.match(self.neutral, start, end)
        if not opening:
            return None
        closing = _balanced_end(self.neutral, opening, end)
        if closing is None or self.neutral[closing.end() : end].strip(" \t\n.,;\0\5"):
            return None
        takes_argument = re.match("array|darray|align(?:ed)?at|xalignat|IEEEeqnarray", opening[1])
        return (opening.end() if takes_argument else opening.start(2)), closing.start()


def _balanced_end(text, opening, end):
    r"""The \end of an environment, if it has the same name."""
    depth = 1
    for found in _ENVIRONMENT.finditer(text, opening.end(), end):
        depth += 1 if found[1] == "begin" else -1
        if depth == 0:
            name = re.escape(opening[1])
            return re.compile(rf"\\end\s{{0,9}}\{{{name}\}}").match(text, found.start(), end)
    return None


def _tag(raw):
    r"""What \tag shows, without dollars and brackets."""
    shown = _unblotted(raw).replace("$", "").strip()
    inner = re.fullmatch(r"\(([^()]*)\)", shown)
    return inner[1] if inner else shown
