r"""What a text says around its formulas: cases, hypotheses, conventions, new names."""

import re
from dataclasses import dataclass, field

from .meaning import Definition
from .statements import separated
from .syntax import Node, parse
from .tokens import NotUnderstoodError, tokens


@dataclass
class Context:
    """What the text has said so far."""

    case: tuple = ()  # ("=" | "≠", letter)
    loss: str = ""
    apart: bool = False
    distinct: bool = False
    definitions: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)  # losses by the names that the document gives them

    def listen(self, prose):
        """Take in the prose before a display."""
        plain = plain_prose(prose)
        heading = re.search(
            r"(?m)^\s*#|\\(sub)*section|\\paragraph|\\item|\\begin\{(homeworkProblem|enumerate)|"
            r"(?i:\b(part|question|problem|aufgabe) \(?[a-f1-9]\b)",
            prose,
        )
        if heading:
            self.case = ()
        cases = [found for found in CASES.finditer(plain) if _is_case(plain, found)]
        if cases:
            last = cases[-1]
            self.case = ("=" if last["relation"] == "=" else "≠", last["letter"])
        elif _ANY_WORD.search(plain):
            self.case = ()
        kinds = [
            (found.start(), kind)
            for kind, pattern in _LOSSES.items()
            for found in re.finditer(pattern, plain)
        ]
        if kinds:
            self.loss = max(kinds)[1]
        if APART.search(plain):
            self.apart = True
        if DISTINCT_SAID.search(plain) and not _MAY_REPEAT.search(plain):
            self.distinct = True


def plain_prose(prose):
    """Prose without the commands that only dress it, and with one sign for each relation."""
    plain = re.sub(r"\\(boldsymbol|mathbf|bm|mathrm|vec)\b|[{}$]|\\[,;!]|\\\(|\\\)", "", prose)
    plain = re.sub(r"\\(text(bf|it|rm|sf)?|emph|textbf|underline|paragraph|\s)\s*", " ", plain)
    plain = re.sub(r"\\not\s*=|\\neq?(?![a-z])|!=|≠", "≠", plain)
    return re.sub(r"\\in(?![a-z])", "∈", re.sub(r"\\notin|\\not\s*\\in", "∉", plain))


CASES = re.compile(
    r"\b(?P<letter>[a-z])\s*(?P<relation>=|≠|is not|isn't|differs from|is different from)\s*o\b"
    r"(?!\w)"
)
_LOSSES = {
    "negative": r"(?i)negative[\s-]*sampl|neg[-_ ]?sampl|\bNEG\b|SGNS",
    "softmax": r"(?i)naive[\s-]*softmax|soft-?max|cross[\s-]*entropy",
}
_ANY_WORD = re.compile(
    r"(?i)\b(any|every|all|each|general|arbitrary|whatever) (words?|w|k|i|x)\b|in general"
)


#: What stands before a condition that is no case: y_w = 1 if w = o, y_w = 0 unless w = o.
_NO_CASE = re.compile(
    r"(?i)(y_\w\s*=\s*[01]|\b[01]|\bone|\bzero|indicator|delta|entry|unless|except|exactly|only|iff)"
    r"\W*(if|when|for|at|where)?\W*\Z"
)


def _is_case(plain, found):
    return not _NO_CASE.search(plain[max(0, found.start() - 40) : found.start()])


APART = re.compile(
    r"(?i)o\s*∉|∌\s*o|none of (them|w_\w|"
    r"the (negatives?|samples?|sampled words|draws|drawn words|negative \w+|w_\w))[^.]{0,30}\bo\b|"
    r"happens to be o\b[^.]{0,30}drawn again|"
    r"differ(ent|s)?\b[^.]{0,40}from[^.]{0,20}\bo\b|from each other and (from )?o\b|"
    r"no (negative|sample|draw)\w*[^.]{0,30}\bo\b|"
    r"(\bo\b|outside word)[^.]{0,40}\b(not|never|isn't|nor)\b[^.]{0,40}"
    r"(negative|sample|drawn|among|one of)|"
    r"(negative|sample|draw)\w*[^.]{0,60}(other than|exclud\w+|never|not equal to|not)[^.]{0,30}"
    r"(\bo\b|outside word)|"
    r"w_\w\s*≠\s*o|o\s*≠\s*w_|(without|excluding|unequal to) o\b"
)
DISTINCT_SAID = re.compile(
    r"(?i)distinct|(pairwise|mutually|all) different|different from each other|without repet|"
    r"without replacement|no repe|no (two|word|negative)[^.]{0,40}(same|twice|equal)|not repeat|"
    r"w_\w\s*≠\s*w_|(none|never)[^.]{0,30}(twice|repeat)"
)
_MAY_REPEAT = re.compile(
    r"(?i)(\bnot|n't|need not be|without assuming|no longer)[^.,]{0,25}distinct|"
    r"may (repeat|coincide|be drawn)|not (necessarily|required to be) distinct"
)
#: Before what the text asks for and does not claim.
ASKED = re.compile(
    r"(?i)(would (have|need|be|solve|require|mean)|solve|stationary|minimum|optimum|minimi[sz]\w+|"
    r"set(ting)?\b[^.]{0,40}(zero|0)|when does|where does|only when|requires?|we need|one needs)"
    r"[^.]{0,80}\Z"
)
ROWS = re.compile(
    r"(?i)rows? of \\?U\b|U'?s rows|U[^.]{0,60}(in|as) (its |the )?rows|"
    r"U\s*∈[^.]{0,40}(V|Vocab|W)\W{0,6}\\?times\W{0,3}[dDNn]\b|"
    r"each row of (the matrix )?U|one (word )?per row|"
    r"row[- ](wise|major)[^.]{0,40}U|stores?[^.]{0,50}rows"
)
COLUMNS = re.compile(
    r"(?i)columns? of \\?U\b|U[^.]{0,60}(in|as) (its |the )?columns|"
    r"U\s*∈[^.]{0,40}[dD]\W{0,3}\\?times"
)
ROW_VECTORS = re.compile(r"(?i)row vectors?\b")
COLUMN_GRADIENTS = re.compile(r"(?i)gradients? (is|are)( all)?( a)? columns?")
NUMERATOR = re.compile(r"(?i)numerator[- ]layout")
DENOMINATOR = re.compile(r"(?i)denominator[- ]layout")


_OWN = {"U", "V", "u", "v", "y", "ŷ", "K", "m", "d", "e", "sigma", "c", "o", "ones", "p", "P"}


def define(definitions, head, side, explicit=False):
    """Note the definition of a new name; return whether a statement is one."""
    if not isinstance(side, Node):
        return False
    name, index = "", ""
    if head.op == "name":
        name = head.args[0]
    elif head.op == "index" and head.args[0].op == "name":
        name, index = head.args[0].args[0], head.args[1]
    if not name or name in _OWN:
        return False
    if name in definitions and (index or "") in ("", definitions[name].index) and not explicit:
        return False
    if any(part == head for part in side.walk()):
        return False
    if re.fullmatch(r"[a-z]", index) and index not in ("o", "c"):
        definitions[name] = Definition(index, side)
    elif index:
        if name in definitions and not explicit:
            return False
        definitions[f"{name}_{index}"] = Definition("", side)
    else:
        definitions[name] = Definition("", side)
    return True


_INLINE = re.compile(r"(?<![\\$])\$(?!\$)((?:[^$\\]|\\.){3,300}?)\$(?!\$)")


def learn_inline(prose, macros, definitions):
    """Note the definitions that stand within the text: let $z = U^T v_c$."""
    for found in _INLINE.finditer(prose):
        text = found[1]
        if "=" not in text:
            continue
        before = prose[max(0, found.start() - 60) : found.start()]
        if not re.search(
            r"(?i)\b(let|denote|define|defin|with|where|write|set|put|call|abbreviat|notation|say|for|using|"
            r"introduce|short|and|by)\b[^.$]{0,40}\Z|,\s*\Z",
            before,
        ):
            continue
        try:
            read = tokens(text, macros)
            places = [place for place, token in enumerate(read) if token.kind == "EQ"]
            if not places:
                continue
            left = [token for token in read[: places[0]] if token.kind not in ("COLON", "SPACE")]
            stop = places[1] if len(places) > 1 else len(read)
            side, _ = separated(read[places[0] + 1 : stop])
            define(definitions, parse(left), parse(side))
        except (NotUnderstoodError, RecursionError):
            continue
