r"""LaTeX of a formula into tokens: commands read, fonts taken off, groups nested.

Nothing is executed. Of a document's own commands, definitions by ``\newcommand`` are
replaced, a limited number of times and up to a limited length.
"""

import re
from dataclasses import dataclass, field

#: How deep groups may be nested, and how many characters and tokens a formula may have.
DEPTH, LENGTH, COUNT = 40, 20_000, 4_000
#: How many digits a number may have.
DIGITS = 30
#: How often commands of the document may be replaced in one formula.
REPLACEMENTS = 500


class NotUnderstoodError(ValueError):
    """A formula that cannot be read; `place` is the offset in its LaTeX, if it is known."""

    def __init__(self, reason, place=None):
        super().__init__(reason)
        self.reason, self.place = reason, place


class MalformedError(NotUnderstoodError):
    """A formula that cannot be read by anybody: it is no mathematics as it stands."""


@dataclass
class Token:
    """A token: its kind, what it says, where it begins, and in which font."""

    kind: str
    value: object
    place: int = 0
    font: str = field(default="", compare=False)


FONTS = {
    **dict.fromkeys("mathbf bm boldsymbol pmb vec bf textbf bold symbf mathbfit".split(), "bold"),
    **dict.fromkeys("mathbb mathds mathbbm bbold".split(), "blackboard"),
    **dict.fromkeys("mathcal mathscr cal".split(), "script"),
    **dict.fromkeys(
        "mathit it mathsf mathrm rm mathtt underline boxed overbrace underbrace textcolor "
        "mathnormal ensuremath mathop mathord mathbin mathrel smash".split(),
        "",
    ),
}
TEXT = "text mbox textrm textit emph textsf textup textnormal mathrm operatorname hbox".split()
INVISIBLE = set(
    """left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm displaystyle
    textstyle scriptstyle limits nolimits quad qquad noindent indent nonumber notag space thinspace
    enspace allowbreak nobreak relax middle centering hfill smallskip medskip bigskip newline
    strut phantom mathstrut hline small large Large normalsize protect par item""".split()
) | set(",;:! >/")
SPACES = {"quad", "qquad"}
WITH_ARGUMENT = "label tag vspace hspace hphantom vphantom phantom ref eqref cite footnote".split()
GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu
nu xi pi rho tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Pi Phi Psi Omega
ell Sigma""".split()
FUNCTIONS = {
    "log": "log",
    "ln": "log",
    "exp": "exp",
    "sigma": "sigma",
    "sigmoid": "sigma",
    "logistic": "sigma",
    "softmax": "softmax",
    "Softmax": "softmax",
    "SoftMax": "softmax",
    "Sigmoid": "sigma",
    "diag": "diag",
    "Diag": "diag",
}
RELATIONS = {
    "ne": "≠",
    "neq": "≠",
    "le": "≤",
    "leq": "≤",
    "leqslant": "≤",
    "ge": "≥",
    "geq": "≥",
    "geqslant": "≥",
    "lt": "<",
    "gt": ">",
    "in": "∈",
    "notin": "∉",
    "subset": "⊂",
    "subseteq": "⊂",
    "sim": "~",
    "approx": "≈",
    "simeq": "≈",
    "propto": "∝",
    "forall": "∀",
    "exists": "∃",
    "to": "→",
    "rightarrow": "→",
    "longrightarrow": "→",
    "mapsto": "→",
    "gets": "←",
    "leftarrow": "←",
    "ll": "<",
    "gg": ">",
}
IMPLIES = set(
    "implies Rightarrow Longrightarrow iff Leftrightarrow Longleftrightarrow therefore because "
    "Leftarrow Longleftarrow impliedby".split()
)
EQUAL = set("equiv triangleq coloneqq coloneq eqqcolon doteq".split())
DOTS = set("dots cdots ldots vdots ddots dotsc dotsb dotsm dotso hdots".split())
OPENING = {"(": ")", "[": "]", "{": "}", "<": ">"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}
SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "−": "MINUS",
    "–": "MINUS",
    "/": "SLASH",
    "*": "TIMES",
    "×": "TIMES",
    "·": "DOT",
    "⋅": "DOT",
    "=": "EQ",
    ",": "COMMA",
    ";": "COMMA",
    ".": "STOP",
    ":": "COLON",
    "|": "BAR",
    "!": "STOP",
    "?": "STOP",
    "…": "DOTS",
    "∂": "PARTIAL",
    "∇": "NABLA",
    "∑": "SUM",
    "Σ": "SUM",
    "⊤": "TOP",
}
LETTERS = {"σ": "sigma", "θ": "theta", "λ": "lambda", "α": "alpha", "δ": "delta", "ŷ": "ŷ"}
#: Words that may be written without a command.
WORDS = ("softmax", "sigmoid", "Vocabulary", "Vocab", "vocab", "log", "exp", "diag", "CE")
#: Environments within a formula whose rows and columns mean something.
GRIDS = ("pmatrix", "bmatrix", "matrix", "vmatrix", "Bmatrix", "smallmatrix", "array", "cases")

_COMMAND = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL)
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PROSE_LETTER = re.compile(r"[A-Za-z]\Z")


def tokens(latex, macros=None):
    r"""Read a formula into tokens.

    Parameters
    ----------
    latex : str
        What stands between the delimiters of a formula.
    macros : dict of str to (int, str), optional
        The document's own commands: the number of arguments, and what they stand for.

    Returns
    -------
    list of Token
        Brackets and arguments are nested: their tokens are values of tokens.

    Raises
    ------
    NotUnderstoodError
        If a command is unknown, or something is nested too deeply or too long.
    MalformedError
        If braces, brackets or environments are not balanced.

    Examples
    --------
    >>> [token.kind for token in tokens(r"\boldsymbol u_o^\top v_c")]
    ['NAME', 'SUB', 'SUP', 'NAME', 'SUB']
    """
    if len(latex) > LENGTH:
        raise NotUnderstoodError(f"a formula of {len(latex)} characters is too long")
    scanner = _Scanner(latex, macros or {}, _Budget())
    return scanner.read()


class _Budget:
    """What is left of the limits of one formula."""

    def __init__(self):
        self.replacements, self.tokens, self.length = REPLACEMENTS, COUNT, 10 * LENGTH

    def take(self, name, amount, place):
        left = getattr(self, name) - amount
        if left < 0:
            raise NotUnderstoodError(f"the formula has too many {name}", place)
        setattr(self, name, left)


class _Scanner:
    """Reads one stretch of LaTeX; arguments are stretches of their own."""

    def __init__(self, text, macros, budget, start=0, depth=0):
        self.text, self.macros, self.budget = text, macros, budget
        self.start, self.depth, self.at = start, depth, 0
        if depth > DEPTH:
            raise NotUnderstoodError(f"groups are nested more than {DEPTH} deep", start)

    @property
    def place(self):
        return self.start + self.at

    def read(self):
        """All tokens, brackets nested."""
        found = []
        while self._skip_space():
            found.extend(self.one())
        return _nested(found, self.depth)

    def _skip_space(self):
        while self.at < len(self.text) and (
            self.text[self.at].isspace() or self.text[self.at] in "&~\u200b\ufeff"
        ):
            self.at += 1
        return self.at < len(self.text)

    def inner(self, text, start):
        return _Scanner(text, self.macros, self.budget, start, self.depth + 1)

    def group(self):
        """The raw text of {...}, and where it starts; `at` stands on the brace."""
        depth, end = 0, self.at
        while end < len(self.text):
            letter = self.text[end]
            end += 2 if letter == "\\" else 1
            depth += (letter == "{") - (letter == "}")
            if depth == 0:
                start = self.place + 1
                raw = self.text[self.at + 1 : end - 1]
                self.at = end
                return raw, start
        raise MalformedError("a brace { is never closed", self.place)

    def argument(self):
        """The tokens of one argument: a group, a command, or a single letter."""
        if not self._skip_space():
            raise MalformedError("an argument is missing", self.place)
        letter = self.text[self.at]
        if letter == "{":
            return self.inner(*self.group()).read()
        if letter == "\\":
            return _nested(self.one(), self.depth)
        self.at += 1
        return self.inner(letter, self.place - 1).read()

    def raw_argument(self):
        """The raw text of an argument in braces, or ''."""
        return self.group()[0] if self._skip_space() and self.text[self.at] == "{" else ""

    def _optional(self):
        if self._skip_space() and self.text[self.at] == "[":
            end = self.text.find("]", self.at)
            if end >= 0:
                self.at = end + 1

    def one(self):
        """The tokens of the next command, sign, letter or group."""
        self.budget.take("tokens", 1, self.place)
        place, letter = self.place, self.text[self.at]
        if letter == "\\":
            return self.command()
        if letter == "{":
            raw, start = self.group()
            found = self._over(self.inner(raw, start).read(), place)
            # TeX's braces hold together what stands in them; around a single sign they are idle.
            return [Token("GROUP", ("{}", found), place)] if len(found) > 1 else found
        if letter == "}":
            raise MalformedError("a brace } was never opened", place)
        if letter in "_^":
            self.at += 1
            return [Token("SUB" if letter == "_" else "SUP", self.argument(), place)]
        if letter == "'" or letter == "’" or letter == "′":
            self.at += 1
            return [Token("PRIME", "'", place)]
        number = _NUMBER.match(self.text, self.at) if letter.isascii() else None
        if number:
            self.at = number.end()
            if len(number[0]) > DIGITS:
                raise NotUnderstoodError(f"a number of {len(number[0])} digits", place)
            return [Token("NUMBER", number[0], place)]
        if self.text.startswith("...", self.at):
            self.at += 3
            return [Token("DOTS", "…", place)]
        for word in WORDS:
            if self.text.startswith(word, self.at):
                after = self.text[self.at + len(word) : self.at + len(word) + 1]
                if not after.isalpha():
                    self.at += len(word)
                    return [_word(word, place)]
        self.at += 1
        if letter in LETTERS:
            return [_letter(LETTERS[letter], place)]
        if letter in SIGNS:
            return [Token(SIGNS[letter], letter, place)]
        if letter in "<>":
            return [Token("RELATION", letter, place)]
        if letter in "≠≤≥∈∉≈":
            return [Token("RELATION", letter, place)]
        if letter in OPENING:
            return [Token("OPEN", letter, place)]
        if letter in CLOSING:
            return [Token("CLOSE", letter, place)]
        if letter.isalpha():
            return [Token("NAME", letter, place)]
        if letter in "$":
            return []
        raise NotUnderstoodError(f"the character {letter!r}", place)

    def _over(self, found, place):
        r"""{a \over b} is a fraction."""
        for index, token in enumerate(found):
            if token.kind == "OVER":
                return [Token("FRACTION", (found[:index], found[index + 1 :]), place)]
        return found

    def command(self):
        place = self.place
        found = _COMMAND.match(self.text, self.at)
        if not found:
            raise MalformedError("a backslash at the end", place)
        self.at = found.end()
        name = found[1].rstrip("*")
        if name in self.macros:
            return self._replacement(name, place)
        if name in TEXT:
            return self._text(name, place)
        if name in FONTS:
            return self._in_font(name, place)
        if name in WITH_ARGUMENT:
            self.raw_argument()
            return []
        if name in ("color",):
            self.raw_argument()
            return []
        if name in SPACES:
            return [Token("SPACE", " ", place)]
        if name in ("left", "right", "middle") or re.fullmatch("[bB]igg?[lrm]?", name):
            if self._skip_space() and self.text[self.at] == ".":
                self.at += 1
            return []
        if name in INVISIBLE:
            return []
        if name in ("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"):
            return [Token("FRACTION", (self.argument(), self.argument()), place)]
        if name == "over":
            return [Token("OVER", "", place)]
        if name in ("hat", "widehat"):
            return [Token("HAT", self.argument(), place)]
        if name in ("tilde", "bar", "widetilde", "overline", "dot", "ddot"):
            inner = "".join(label(self.argument()))
            return [Token("NAME", f"{name}({inner})", place)]
        if name in ("stackrel", "overset", "underset"):
            self.argument()
            return self.argument()
        if name in ("partial", "part"):
            return [Token("PARTIAL", "∂", place)]
        if name in ("nabla", "triangledown", "grad"):
            return [Token("NABLA", "∇", place)]
        if name in ("sum", "Sum"):
            return [Token("SUM", "∑", place)]
        if name == "prod":
            return [Token("PRODUCT", "∏", place)]
        if name in FUNCTIONS:
            return [Token("FUNCTION", FUNCTIONS[name], place)]
        if name in GREEK:
            return [_letter(name.removeprefix("var"), place)]
        if name in DOTS:
            return [Token("DOTS", "…", place)]
        if name in ("top", "intercal", "transp", "transpose", "trans"):
            return [Token("TOP", "T", place)]
        if name == "prime":
            return [Token("PRIME", "'", place)]
        if name in ("cdot", "bullet", "centerdot"):
            return [Token("DOT", "·", place)]
        if name in ("times", "ast"):
            return [Token("TIMES", "×", place)]
        if name in ("odot", "circ"):
            return [Token("ODOT", "⊙", place)]
        if name == "otimes":
            return [Token("OTIMES", "⊗", place)]
        if name in ("mid", "vert", "lvert", "rvert", "lVert", "rVert", "Vert", "given"):
            return [Token("BAR", "|", place)]
        if name == "|":
            return [Token("BAR", "‖", place)]
        if name in ("lbrace", "lbrack", "langle", "{"):
            return [Token("OPEN", {"lbrack": "[", "langle": "<"}.get(name, "{"), place)]
        if name in ("rbrace", "rbrack", "rangle", "}"):
            return [Token("CLOSE", {"rbrack": "]", "rangle": ">"}.get(name, "}"), place)]
        if name in RELATIONS:
            return [Token("RELATION", RELATIONS[name], place)]
        if name in EQUAL:
            return [Token("EQ", "=", place)]
        if name in IMPLIES:
            return [Token("IMPLIES", "⇒", place)]
        if name == "not":
            following = self.argument()
            flipped = {"=": "≠", "∈": "∉"}.get(label(following))
            if flipped is None:
                raise NotUnderstoodError(r"\not before something else than = or \in", place)
            return [Token("RELATION", flipped, place)]
        if name in ("substack", "subarray"):
            raw, start = (
                self.group() if self._skip_space() and self.text[self.at] == "{" else ("", 0)
            )
            return self.inner(raw.replace(r"\\", " ,"), start).read()
        if name == "atop":
            return [Token("COMMA", ",", place)]
        if name == "Pr":
            return [Token("NAME", "P", place)]
        if name == "d":
            return [Token("NAME", "d", place, "roman")]
        if name == "\\":
            self._optional()
            return [Token("NEWLINE", "", place)]
        if name in ("#", "%", "&", "_", "$"):
            return [Token("NAME", name, place)]
        if name == "begin":
            return self._environment(place)
        if name == "end":
            raise MalformedError(rf"\end{{{self.raw_argument()}}} without \begin", place)
        raise NotUnderstoodError(rf"the command \{name}", place)

    def _replacement(self, name, place):
        count, body = self.macros[name]
        self.budget.take("replacements", 1, place)
        given = [self._macro_argument() for _ in range(count)]
        for number, argument in enumerate(given, 1):
            body = body.replace(f"#{number}", argument)
        self.budget.take("length", len(body), place)
        found = _Scanner(body, self.macros, self.budget, place, self.depth + 1)
        tokens_ = []
        while found._skip_space():
            tokens_.extend(found.one())
        for token in tokens_:
            token.place = place
        return tokens_

    def _macro_argument(self):
        if not self._skip_space():
            raise MalformedError("an argument is missing", self.place)
        if self.text[self.at] == "{":
            return self.group()[0]
        found = _COMMAND.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1
        return found[0] if found else self.text[self.at - 1]

    def _text(self, name, place):
        """A word that is a name, or prose."""
        if not (self._skip_space() and self.text[self.at] == "{"):
            return []
        raw, start = self.group()
        word = raw.strip().strip("|")
        if word in FUNCTIONS or re.fullmatch(r"(Vocab(ulary)?|vocab|CE|CrossEntropy)", word):
            return [_word(word, place)]
        if _PROSE_LETTER.match(word):
            return [Token("NAME", word, place, "roman")]
        names = ("mathrm", "operatorname", "textrm", "textit", "text", "mathop")
        is_word = re.fullmatch(r"[A-Za-z][A-Za-z-]+", word) and word.lower() not in _PROSE
        if name in names and is_word:
            return [Token("WORD", word, place)]
        if "\\" in word and not re.search(r"[a-z]{2,}\s+[a-z]{2,}", word.replace("\\", "")):
            return self.inner(raw, start).read()
        if name == "mathrm" and not re.search(r"[a-z]{2}", word):
            return self.inner(raw, start).read()
        return [Token("PROSE", raw, place)]

    def _in_font(self, name, place):
        if name in ("overbrace", "underbrace"):
            found = self.argument()
            if self._skip_space() and self.text[self.at] in "_^":
                self.at += 1
                self.argument()
            return found
        if name == "textcolor":
            self.raw_argument()
        if (
            not (self._skip_space() and self.text[self.at] == "{")
            and len(name) <= 4
            and name in ("bf", "it", "rm", "cal")
        ):
            return []  # a switch: for the rest of its group
        found = self.argument()
        if FONTS[name]:
            for token in found:
                token.font = FONTS[name]
        return found

    def _environment(self, place):
        name = self.raw_argument().rstrip("*")
        depth, end = 1, None
        for found in re.finditer(r"\\(begin|end)\s*\{([A-Za-z]+)\*?\}", self.text[self.at :]):
            depth += 1 if found[1] == "begin" else -1
            if depth == 0:
                end = found
                break
        if end is None:
            raise MalformedError(rf"\begin{{{name}}} without \end", place)
        body, start = self.text[self.at : self.at + end.start()], self.place
        self.at += end.end()
        if name in ("array", "subarray"):
            skipped = re.match(r"\s*\{[^{}]*\}", body)
            body, start = (
                (body[skipped.end() :], start + skipped.end()) if skipped else (body, start)
            )
            if name == "subarray" or "&" not in body:
                return self.inner(body.replace(r"\\", " ,"), start).read()
        if name not in GRIDS:
            raise NotUnderstoodError(f"the environment {name} within a formula", place)
        rows = [
            [self.inner(cell, start).read() for cell in split(row, "&")]
            for row in split(body, r"\\")
            if row.strip()
        ]
        kind = "CASES" if name in ("cases", "array") else "GRID"
        return [Token(kind, rows, place)]


_PROSE = set(
    """where when if for all and otherwise else elsewhere since with so then thus or we have by
    is the of that let define note hence because given as from using true false const constant
    not in any every each other words word observed true because such""".split()
)


def _word(word, place):
    if word in FUNCTIONS:
        return Token("FUNCTION", FUNCTIONS[word], place)
    return Token("WORD", word, place)


def _letter(name, place):
    if name in FUNCTIONS:
        return Token("FUNCTION", FUNCTIONS[name], place)
    return Token("NAME", name, place)


def _nested(flat, depth):
    """Brackets into tokens of kind GROUP, whose values are (bracket, tokens)."""
    stack = [(None, [])]
    for token in flat:
        if token.kind == "OPEN":
            if depth + len(stack) > DEPTH:
                raise NotUnderstoodError(f"brackets are nested more than {DEPTH} deep", token.place)
            stack.append((token, []))
        elif token.kind == "CLOSE":
            opening, inner = stack.pop()
            if opening is None:
                raise MalformedError(f"a bracket {token.value} was never opened", token.place)
            if OPENING[opening.value] != token.value:
                raise MalformedError(
                    f"the bracket {opening.value} is closed by {token.value}", token.place
                )
            stack[-1][1].append(Token("GROUP", (opening.value, inner), opening.place))
        else:
            stack[-1][1].append(token)
    opening, found = stack.pop()
    if opening is not None:
        raise MalformedError(f"a bracket {opening.value} is never closed", opening.place)
    return found


def split(text, separator):
    """Split LaTeX at a separator that stands in no braces and no inner environment.

    Examples
    --------
    >>> split(r"a & {b & c}", "&")
    ['a ', ' {b & c}']
    """
    parts, depth, at, start = [], 0, 0, 0
    while at < len(text):
        if text.startswith(separator, at) and depth <= 0:
            parts.append(text[start:at])
            at += len(separator)
            start = at
            continue
        if text.startswith("\\begin", at):
            depth += 1
            at += 6
        elif re.match(r"\\end\s*\{", text[at : at + 12]):
            depth -= 1
            at += 4
        elif text[at] == "\\":
            at += 2
        else:
            depth += (text[at] == "{") - (text[at] == "}")
            at += 1
    return [*parts, text[start:]]


def label(found):
    r"""Tokens as a short text, for subscripts and conditions.

    Examples
    --------
    >>> label(tokens(r"w \neq o")), label(tokens(r"w_{t+j}"))
    ('w≠o', 'w_t+j')
    """
    out = []
    for token in found:
        if token.kind == "GROUP":
            bracket, inner = token.value
            closing = OPENING.get(bracket)
            out.append(f"{bracket}{label(inner)}{closing}" if closing else label(inner))
        elif token.kind in ("SUB", "SUP"):
            out.append(("_" if token.kind == "SUB" else "^") + label(token.value))
        elif token.kind == "HAT":
            out.append(f"hat({label(token.value)})")
        elif token.kind == "FRACTION":
            out.append("/".join(map(label, token.value)))
        elif token.kind in ("SPACE", "NEWLINE"):
            continue
        elif token.kind in ("CASES", "GRID"):
            out.append("¿")
        elif token.kind == "MINUS":
            out.append("-")
        else:
            out.append(str(token.value))
    return "".join(out)
