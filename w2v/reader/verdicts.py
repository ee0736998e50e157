r"""Judge the statements of a document: numbers first, then the proof.

A statement is compared with the head of its chain. It is tried without hypotheses, then
with the case that the text states, then with what else may be meant; and where the text
leaves open what is meant (which loss, whether words are rows or columns, how derivatives
stand), all that it may mean is tried before it is called wrong.
"""

import re
import time
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from sympy import Symbol, simplify, sympify

from w2v.proof import word2vec as model
from w2v.proof.claims import proved
from w2v.proof.normal_form import avoids, different
from w2v.proof.sums import Index, Matrix, ShapeError, fresh
from w2v.proof.worlds import refute

from . import heard, numbers
from .heard import Context, define, learn_inline
from .limits import OutOfTimeError, time_limit
from .meaning import Convention, OutOfScopeError, Reader, Setting, shape_of
from .printing import latex
from .results import Judged, Report
from .slips import repairs, without_double_derivatives
from .statements import statements
from .syntax import Node, parse, tightened
from .tokens import MalformedError, NotUnderstoodError

#: Seconds for one proof, one search for a counterexample, one search for a slip.
PROOF, WITNESS, SLIP = 4.0, 2.0, 2.0
#: Statements that are judged in full; of longer documents, the rest as time allows.
MANY = 200
MANY_SECONDS = 5.0


# --------------------------------------------------------------------------------- hypotheses
@dataclass(frozen=True)
class Assumption:
    """A hypothesis: in words, for the proof engine, and in random worlds."""

    text: str
    rule: object
    test: object = field(compare=False)
    case: str = ""  # the letter that it makes o

    def holds(self, values):
        """Where it holds, among random worlds."""
        return self.test(values)


@cache
def is_o(letter):
    """The case that a letter is o."""
    symbol = Reader(Setting()).symbol(letter)
    return Assumption(
        f"{letter} = o", None, lambda values: values[symbol] == values[model.o], letter
    )


@cache
def is_not(letter, symbol, other):
    """The case that a letter is not the word o or c."""
    name = str(other)
    return Assumption(
        f"{letter} != {name}",
        different(symbol, other),
        lambda values: values[symbol] != values[other],
    )


O_APART = Assumption(
    "o is not among the negatives",
    model.o_not_negative,
    lambda values: (values[model.negative] != values[model.o]).all(axis=0),
)
DISTINCT = Assumption(
    "the negatives are distinct",
    model.negatives_distinct,
    lambda values: np.array(
        [len(set(column)) == len(column) for column in values[model.negative].T]
    ),
)


@cache
def not_drawn(letter, symbol):
    """The hypothesis that a word is not among the negatives."""
    return Assumption(
        f"{letter} is not among the negatives",
        avoids(symbol, model.negative, model.K),
        lambda values: (values[model.negative] != values[symbol]).all(axis=0),
    )


# ------------------------------------------------------------------------------------ reading
@dataclass
class Reading:
    """One way to read a statement, and what became of it."""

    setting: Setting
    head: Node
    side: Node
    status: str = ""  # proved, true, false, shapes, unread
    given: tuple = ()
    note: str = ""
    remarks: tuple = ()
    error: Exception | None = None
    apart: object = None  # where the sides differ in numbers: entries by worlds
    worlds: object = None
    arrays: tuple = ()
    sides: tuple = ()
    free: set = field(default_factory=set)

    @property
    def rank(self):
        """How much speaks for this reading; the best verdict wins."""
        ranks = {"proved": 5, "true": 4, "false": 3, "shapes": 2, "unread": 1}
        return ranks.get(self.status, 0)


class Judge:
    """Judges statements one after the other, in the context of what was said before."""

    def __init__(self, document, seconds):
        self.document = document
        self.until = time.monotonic() + seconds
        self.worlds = {}
        self.meanings, self.arrays, self.symbols = {}, {}, {}
        self.conventions = self._conventions()

    def _conventions(self):
        """Conventions in which the document may be written; a single one if it says which."""
        plain = heard.plain_prose(self.document.prose)
        rows = (
            [True]
            if heard.ROWS.search(plain)
            else [False]
            if heard.COLUMNS.search(plain)
            else [False, True]
        )
        layouts = ["mixed", "denominator", "numerator"]
        if heard.NUMERATOR.search(plain):
            layouts = ["numerator"]
        elif heard.DENOMINATOR.search(plain):
            layouts = ["denominator", "mixed"]
        elif heard.COLUMN_GRADIENTS.search(plain):
            layouts = ["mixed", "denominator"]
        vectors = [True, False] if heard.ROW_VECTORS.search(plain) else [False]
        found = [
            Convention(row, layout, vector)
            for vector in vectors
            for row in rows
            for layout in layouts
        ]
        if True in vectors:
            found.sort(key=lambda each: not each.row_vectors)
        return found

    # ---- values
    def value(self, node, setting):
        """(meaning, reader) of a node in a setting; the error, if it has none."""
        key = (node, setting, len(setting.definitions))
        if key not in self.meanings:
            reader = Reader(setting)
            try:
                self.meanings[key] = (_settled(reader.of(node)), reader)
            except (NotUnderstoodError, ShapeError) as error:
                self.meanings[key] = (error, reader)
        return self.meanings[key]

    def worlds_of(self, *sides):
        """Random worlds in which the sides have values."""
        found = []
        for side in sides:
            if id(side) not in self.symbols:
                self.symbols[id(side)] = (numbers.symbols_of(side), side)
            found.append(self.symbols[id(side)][0])
        symbols, drawn, places = (set().union(*kind) for kind in zip(*found, strict=True))
        key = (frozenset(symbols), frozenset(drawn), frozenset(places))
        if key not in self.worlds:
            self.worlds[key] = numbers.Worlds(symbols, drawn, places)
        return self.worlds[key]

    def differing(self, left, right):
        """(where the sides differ, the worlds): entries by worlds."""
        worlds = self.worlds_of(left, right)
        arrays = []
        for side in (left, right):
            key = (id(side), id(worlds))
            if key not in self.arrays:
                self.arrays[key] = (worlds.compute(side), side)  # the side lives as long as its id
            arrays.append(self.arrays[key][0])
        return numbers.differing(*arrays), worlds, arrays

    def agree(self, left, right, given=()):
        """Whether two sides agree in all random worlds in which the assumptions hold."""
        apart, worlds, _ = self.differing(left, right)
        return not apart[:, _holding(given, worlds)].any()

    def proves(self, left, right, given):
        """Whether the engine proves it, in the time that there is."""
        rules = [assumption.rule for assumption in given if assumption.rule is not None]
        limit = min(PROOF, self.until - time.monotonic())
        if limit <= 0:
            return False
        try:
            with time_limit(limit):
                if proved(left, right, *rules):
                    return True
        except (OutOfTimeError, NotImplementedError, RecursionError):
            return False
        if isinstance(left, Matrix):
            return False
        difference = sympify(left) - sympify(right)
        return not difference.atoms(type(model.Z)) and _simplifies(difference)

    # ---- one reading
    def read(self, reading, stated):
        """Try a reading without assumptions, and then under ever stronger ones."""
        best = self._under(reading, ())
        if best.status in ("proved", "shapes"):
            return best
        for given in self._hypotheses(reading, best, stated):
            case = any(each.case for each in given)
            if best.status == "unread" and not case:
                continue
            # Where no case is distinguished, the numbers are those that were computed.
            if best.apart is not None and best.apart[:, _holding(given, best.worlds)].any():
                continue
            outcome = self._under(reading, given)
            if outcome.status == "proved" or outcome.rank > best.rank:
                best = outcome
            if outcome.status == "proved":
                break
        return best

    def _under(self, reading, given):
        """What becomes of a reading under some assumptions."""
        setting = reading.setting
        case = next((each.case for each in given if each.case), "")
        if case:
            setting = setting.given(case=case)
        outcome = Reading(setting, reading.head, reading.side, given=given)
        left, one = self.value(reading.head, setting)
        right, other = self.value(reading.side, setting)
        outcome.free = one.free | other.free
        outcome.remarks = tuple(dict.fromkeys([*one.remarks, *other.remarks]))
        try:
            for kind in (NotUnderstoodError, ShapeError):
                for value in (left, right):
                    if isinstance(value, kind):
                        raise value
            left, right = _matched(left, right)
            if shape_of(left) != shape_of(right):
                raise ShapeError(
                    f"the left side is {_shape(left)}, and the right side is {_shape(right)}"
                )
            outcome.apart, outcome.worlds, outcome.arrays = self.differing(left, right)
        except NotUnderstoodError as error:
            outcome.status, outcome.error = "unread", error
            return outcome
        except ShapeError as error:
            outcome.status, outcome.error = "shapes", error
            return outcome
        outcome.sides = (left, right)
        if outcome.apart[:, _holding(given, outcome.worlds)].any():
            outcome.status = "false"
        else:
            outcome.status = "proved" if self.proves(left, right, given) else "true"
            # A derivative is taken by rule, and does not ask whether there is a value.
            negative = self._negative_logarithms((*one.logarithms, *other.logarithms), given)
            if negative:
                outcome.status = "false" if negative == "always" else "true"
                outcome.note = "logarithm"
        return outcome

    def _negative_logarithms(self, arguments, given):
        """Whether a logarithm is taken of what is "always" or "sometimes" not positive, or ""."""
        found = ""
        for argument in dict.fromkeys(arguments):
            free = [each for each in argument.atoms(Index) if each in argument.free_symbols]
            argument = argument.xreplace({each: _stand_in(each) for each in free})
            variable = any(
                each.is_real and not each.is_integer
                for each in argument.free_symbols
                if isinstance(each, Symbol)
            )
            try:
                worlds = self.worlds_of(argument)
                values = worlds.compute(argument)[:, _holding(given, worlds)]
            except (NotUnderstoodError, KeyError, IndexError):
                continue
            negative = values[np.isfinite(values)] <= 0
            if negative.size and negative.all():
                return "always"
            if negative.any() and not variable:  # log x, of a variable, is meant where x > 0
                found = "sometimes"
        return found

    def _hypotheses(self, reading, outcome, stated):
        """Sets of assumptions to try, weakest first, with those that are stated in front."""
        setting = reading.setting
        letters = sorted(letter for letter, sort in getattr(outcome, "free", ()) if sort == "word")
        reader = Reader(setting)
        singles = []
        for letter in letters:
            symbol = reader.symbol(letter)
            if symbol in (model.o, model.c):
                continue
            singles += [is_o(letter), is_not(letter, symbol, model.o)]
            if setting.centers:
                singles.append(is_not(letter, symbol, model.c))
        stated_texts = {each.text for each in stated}
        # What contradicts a stated case is not what is meant.
        opposite = {_opposite(text) for text in stated_texts}
        singles = [each for each in singles if each.text not in opposite]
        singles.sort(key=lambda each: each.text not in stated_texts)
        found = [(each,) for each in singles]
        negatives = setting.loss == "negative" or setting.draws
        if negatives:
            found += [(O_APART,), (DISTINCT,), (O_APART, DISTINCT)]
            for letter in letters:
                symbol = reader.symbol(letter)
                drawn = not_drawn(letter, symbol)
                other = is_not(letter, symbol, model.o)
                found += [(drawn,), (is_o(letter), O_APART), (other, drawn)]
        return [given for given in found if not any(each.text in opposite for each in given)][:24]


def _holding(given, worlds):
    """In which worlds assumptions hold."""
    holds = np.ones(numbers.DRAWN, bool)
    for assumption in given:
        holds &= assumption.holds(worlds.values)
    return holds


def _settled(value):
    """A matrix whose entries are computed once: a derivative takes its time."""
    if not isinstance(value, Matrix):
        return value
    place = [fresh() if size != 1 else sympify(0) for size in value.shape]
    entry = value[tuple(place)]

    def at(*indices):
        return entry.xreplace(
            {old: sympify(new) for old, new in zip(place, indices, strict=True) if old != 0}
        )

    return Matrix(*value.shape, at)


def _stand_in(index):
    """A symbol in place of an index that a sum binds."""
    if index.limits and index.limits[1] == model.K - 1:
        return model.r
    if index.limits and index.limits[0] == 0:
        return model.x
    return sympify(1)


def _opposite(text):
    """The case that excludes a case; of other hypotheses, nothing."""
    if " != " in text:
        return text.replace(" != ", " = ")
    return text.replace(" = ", " != ") if " = " in text else None


def _simplifies(difference):
    from sympy import exp

    try:
        with time_limit(2):
            return simplify(difference.rewrite(exp)) == 0
    except OutOfTimeError:
        return False


def _matched(left, right):
    """The number 0 may stand for a matrix of zeros."""
    if not isinstance(left, Matrix) and left == 0 and isinstance(right, Matrix):
        left = 0 * right
    if not isinstance(right, Matrix) and right == 0 and isinstance(left, Matrix):
        right = 0 * left
    return left, right


def _shape(value):
    return f"({shape_of(value)})" if isinstance(value, Matrix) else "a number"


# ------------------------------------------------------------------------------------ document
def check_document(document, seconds=60.0):
    r"""Judge every displayed equation of a document.

    Parameters
    ----------
    document : Document
    seconds : float
        What is not judged by then is reported so.

    Returns
    -------
    Report

    Examples
    --------
    >>> from w2v.reader.documents import document_of
    >>> text = r"$$ \nabla_{v_c} J_{naive-softmax} = U (\hat y - y) $$"
    >>> check_document(document_of(text)).statements[0].verdict
    'proved'
    """
    start = time.monotonic()
    found = statements(document)
    if len(found) > MANY:
        seconds = min(seconds, MANY_SECONDS)
    session = _Session(document, found, seconds)
    session.settle_conventions()
    judged = tuple(session.judge_all())
    return Report(
        document.name, judged, tuple(session.conventions_in_words()), time.monotonic() - start
    )


class _Session:
    """The statements of one document in one pass: chains, context, conventions."""

    def __init__(self, document, found, seconds):
        self.found = found
        self.judge = Judge(document, seconds)
        self.parsed = [self._parsed(statement) for statement in found]
        self.chains = self._chains()
        self.convention = self.judge.conventions[0]
        self.guessed = len(self.judge.conventions) > 1

    def _parsed(self, statement):
        """(head, side) as trees; an error in place of what cannot be read."""

        def tree(found):
            if found is None:
                return None
            try:
                return parse(found)
            except NotUnderstoodError as error:
                return error
            except RecursionError:
                return NotUnderstoodError("the formula is nested too deeply")

        if statement.error is not None:
            return statement.error, statement.error
        return tree(statement.head), tree(statement.side)

    def _chains(self):
        """For each statement the number of the one that begins its chain."""
        heads, current = [], None
        for number, statement in enumerate(self.found):
            if statement.error is not None:
                current = None
            elif statement.head is not None:
                current = number
            heads.append(current)
        return heads

    # ---- the settings to try
    def settings(self, number, context, convention):
        """Settings in which a statement may be meant, the likeliest first."""
        head, side = self._trees(number)
        nodes = [part for tree in (head, side) for part in tree.walk()]
        chain = [
            self.parsed[other][1]
            for other, start in enumerate(self.chains)
            if start == self.chains[number] and isinstance(self.parsed[other][1], Node)
        ]
        wider = nodes + [part for tree in chain for part in tree.walk()]
        names = [part.args[0] for part in nodes if part.op == "loss"]
        kinds = {Reader(Setting(loss="bare")).kind_of(name) for name in names}
        uses_sigma = any(part.op == "apply" and part.args[0] == "sigma" for part in wider)
        uses_draws = any(
            part.op == "index" and re.match(r"w_[a-z1-9K]", part.args[1]) for part in wider
        ) or any(part.op == "sum" and part.args[1] in ("K", "|K|") for part in wider)
        centers = (
            "skip" in kinds
            or any(_is_other_center(part) for part in nodes)
            or any(
                part.op == "loss" and any("t+" in text or "t-m" in text for text in part.args[1])
                for part in nodes
            )
        )
        guess = "negative" if uses_sigma or uses_draws else context.loss or "softmax"
        known_names = {context.names[name] for name in names if name in context.names}
        if len(known_names) == 1 and not kinds & {"negative", "softmax", "entropy"}:
            guess = known_names.pop()
        if "negative" in kinds:
            guess = "negative"
        elif kinds & {"softmax", "entropy"}:
            guess = "softmax"
        other = "softmax" if guess == "negative" else "negative"
        known = bool(kinds & {"negative", "softmax"})
        base = Setting(
            loss=guess,
            of=guess,
            draws=guess == "negative",
            centers=centers,
            convention=convention,
            definitions=context.definitions,
        )
        if centers:
            softmax = base.given(loss="softmax", of="softmax", draws=False)
            negative = base.given(loss="negative", of="negative", draws=True)
            if not any(part.op == "loss" for part in side.walk()):
                return ([negative, softmax] if uses_sigma else [softmax, negative]), None, known
            return [softmax], negative, known  # whichever J is: for both
        settings = [base]
        if (names and not known) or not names:
            settings.append(base.given(loss=other, of=other, draws=other == "negative"))
        settings.append(base.given(draws=not base.draws))
        return settings, None, known or bool(context.loss) or uses_sigma

    def _trees(self, number):
        start = self.chains[number]
        return self.parsed[start][0], self.parsed[number][1]

    # ---- conventions
    def settle_conventions(self):
        """Choose the convention under which most statements agree in numbers."""
        if not self.guessed:
            return
        tried = [
            each for each in self._statements_in_context() if _depends_on_convention(*each[2:])
        ]
        # Where shapes fit, no other convention is meant.
        failing = [each for each in tried if self._is_misshapen(*each)]
        if not failing:
            return
        agreeing = {self.convention: [self._agrees(*each, self.convention) for each in tried]}
        for convention in self.judge.conventions[1:]:
            if any(self._agrees(*each, convention) for each in failing):
                agreeing[convention] = [self._agrees(*each, convention) for each in tried]
        usual = agreeing[self.convention]
        best = max(agreeing, key=lambda each: sum(agreeing[each]) - self._misfits(each))
        gain = sum(agreeing[best]) - sum(usual)
        contradicted = any(
            one and not other for one, other in zip(usual, agreeing[best], strict=True)
        )
        turned = (
            best.rows != self.convention.rows or best.row_vectors != self.convention.row_vectors
        )
        # A single line is no evidence of which way a matrix lies: it may as well be a mistake.
        if gain >= 2 or (gain == 1 and not contradicted and not turned):
            self.convention = best

    def _is_misshapen(self, number, context, head, side):
        """Whether in the usual convention the shapes fit in no reading of a statement."""
        settings, _, _ = self.settings(number, context, self.convention)
        for setting in settings[:2]:
            left, right = (self.judge.value(tree, setting)[0] for tree in (head, side))
            if isinstance(left, ShapeError) or isinstance(right, ShapeError):
                continue
            if isinstance(left, Exception) or isinstance(right, Exception):
                return False
            left, right = _matched(left, right)
            if shape_of(left) == shape_of(right):
                return False
        return True

    def _misfits(self, convention):
        """How many of the document's definitions have no meaning in a convention."""
        contexts = [context for _, context, *_ in self._statements_in_context()]
        definitions = contexts[-1].definitions if contexts else {}
        setting = Setting(convention=convention, definitions=definitions)
        misfits = 0
        for definition in definitions.values():
            if not definition.index:
                value, _ = self.judge.value(definition.node, setting)
                misfits += isinstance(value, ShapeError)
        return misfits

    def _statements_in_context(self):
        """(number, context, head, side) of the statements that can be read; contexts are copies."""
        context, display = Context(), None
        for number, statement in enumerate(self.found):
            if statement.display is not display:
                display = statement.display
                context.listen(display.before)
                learn_inline(display.before, self.judge.document.macros, context.definitions)
            if self.chains[number] is None or time.monotonic() > self.judge.until:
                continue
            head, side = self._trees(number)
            if not isinstance(head, Node) or not isinstance(side, Node):
                continue
            if self._learn(number, context):
                continue
            frozen = Context(
                loss=context.loss, definitions=dict(context.definitions), case=context.case
            )
            yield number, frozen, head, side

    def _agrees(self, number, context, head, side, convention):
        """Whether a statement holds in numbers, given all that may be assumed."""
        settings, _, _ = self.settings(number, context, convention)
        for setting in settings[:2]:
            left, one = self.judge.value(head, setting)
            right, other = self.judge.value(side, setting)
            if isinstance(left, Exception) or isinstance(right, Exception):
                continue
            left, right = _matched(left, right)
            if shape_of(left) != shape_of(right):
                continue
            try:
                apart, worlds, _ = self.judge.differing(left, right)
            except (NotUnderstoodError, ShapeError):
                continue
            letters = [letter for letter, sort in one.free | other.free if sort == "word"]
            tries = [(), (O_APART, DISTINCT)]
            for letter in letters:
                symbol = Reader(setting).symbol(letter)
                tries += [(is_o(letter),), (is_not(letter, symbol, model.o),)]
            if any(not apart[:, _holding(given, worlds)].any() for given in tries):
                return True
        return False

    def conventions_in_words(self):
        """How the document was read."""
        convention = self.convention
        words = ["words are the rows of U" if convention.rows else "words are the columns of U"]
        if convention.row_vectors:
            words.append("vectors are rows")
        if convention.layout == "numerator":
            words.append("derivatives stand in numerator layout")
        elif convention.layout == "denominator":
            words.append("derivatives stand in denominator layout")
        return words

    # ---- names that the document introduces
    def _learn(self, number, context):
        """Note a definition; return whether the statement is one."""
        statement = self.found[number]
        head, side = self._trees(number)
        if self.chains[number] != number or not isinstance(head, Node):
            return False
        return define(context.definitions, head, side, statement.defines)

    # ---- the pass
    def judge_all(self):
        """Yield a verdict for each statement."""
        context = Context()
        display = None
        outcomes = {}
        for number, statement in enumerate(self.found):
            if statement.display is not display:
                display = statement.display
                context.listen(display.before)
                learn_inline(display.before, self.judge.document.macros, context.definitions)
            outcomes[number] = self._one(number, context, outcomes)
            yield outcomes[number][0]

    def _result(self, number, verdict, reading="", **more):
        statement = self.found[number]
        row = statement.row
        return Judged(
            number=", ".join(filter(None, (row.tag, *statement.numbers))),
            line=row.line + row.latex[: statement.place].count("\n"),
            cell=row.cell,
            part=statement.part,
            latex=row.latex.strip(),
            reading=reading,
            verdict=verdict,
            **more,
        )

    def _one(self, number, context, outcomes):
        statement = self.found[number]
        if statement.error is not None:
            return self._unread(number, statement.error), None
        if self.chains[number] is None:
            reason = "it continues a line that could not be read, or none"
            return self._result(number, "not understood", reason=reason), None
        head, side = self._trees(number)
        for tree in (head, side):
            if isinstance(tree, NotUnderstoodError):
                return self._unread(number, tree), None
        if time.monotonic() > self.judge.until:
            return self._result(number, "not judged", reason="the time was over"), None
        if self._learn(number, context):
            reading = f"{latex(head)} = {latex(side)}"
            return self._result(number, "not a claim", reading, reason="it introduces a name"), None
        if (
            number != self.chains[number]
            and outcomes[self.chains[number]][0].verdict == "not a claim"
        ):
            head = self.parsed[self.chains[number]][1]  # z = a = b: a = b is a claim
        return self._claim(number, head, side, context, outcomes)

    def _unread(self, number, error):
        if isinstance(error, MalformedError):
            verdict = "malformed"
        elif error.reason.endswith(": not judged"):
            verdict = "not judged"
        elif (
            isinstance(error, OutOfScopeError)
            or error.reason.endswith("is not judged")
            or not _OF_THE_HOMEWORK.search(self.found[number].row.latex)
        ):
            verdict = "out of scope"
        else:
            verdict = "not understood"
        place = f" (column {error.place + 1})" if error.place is not None else ""
        return self._result(number, verdict, reason=f"{error.reason}{place}")

    def _stated(self, statement, context, letters):
        """The assumptions that the text states for this statement."""
        stated = []
        reader = Reader(Setting())
        conditions = heard.plain_prose(statement.conditions)
        row = [(found["relation"], found["letter"]) for found in heard.CASES.finditer(conditions)]
        if re.search(r"(?i)\bother|≠o", conditions):
            row += [("≠", letter) for letter in letters]
        cases = [("=" if relation == "=" else "≠", letter) for relation, letter in row]
        if not cases and context.case:
            cases = [context.case]
            cases += [(context.case[0], letter) for letter in letters if letter != context.case[1]]
        for relation, letter in cases:
            if letter in ("o", "c"):
                continue
            if relation == "=":
                stated.append(is_o(letter))
            else:
                stated.append(is_not(letter, reader.symbol(letter), model.o))
        if re.search(r"≠c\b|!=c", conditions.replace(" ", "")):
            stated += [is_not(letter, reader.symbol(letter), model.c) for letter in letters]
        if context.apart or heard.APART.search(conditions):
            stated.append(O_APART)
        if context.distinct or heard.DISTINCT_SAID.search(conditions):
            stated.append(DISTINCT)
        return stated

    def _claim(self, number, head, side, context, outcomes):
        statement = self.found[number]
        letters = sorted(
            {
                part.args[1]
                for tree in (head, side)
                for part in tree.walk()
                if part.op == "index" and re.fullmatch(r"[a-z]", part.args[1])
            }
            - {"o", "c"}
        )
        stated = self._stated(statement, context, letters)
        plain = heard.plain_prose(self.found[number].display.before + " " + statement.conditions)
        if re.search(r"≠\s*c\b", plain):
            stated += [
                is_not(letter, Reader(Setting()).symbol(letter), model.c) for letter in letters
            ]
        best = self._best(number, head, side, context, stated)
        return self._conclude(number, best, stated, context, outcomes)

    def _best(self, number, head, side, context, stated):
        """The reading in which the statement is true, or else the likeliest one."""
        settings, second, _ = self.settings(number, context, self.convention)
        first = None
        for setting in settings:
            for one, other in _ways(head, side):
                if time.monotonic() > self.judge.until:
                    break
                outcome = self.judge.read(Reading(setting, one, other), stated)
                if second is not None and outcome.status == "proved":
                    again = self.judge.read(
                        Reading(second.given(convention=setting.convention), one, other), stated
                    )
                    outcome = min(outcome, again, key=lambda each: each.rank)
                if setting is not settings[0]:
                    outcome.remarks = (
                        *outcome.remarks,
                        *_other_reading(setting, settings[0], one, other),
                    )
                if outcome.status == "proved" and _fits(outcome, stated):
                    return outcome
                if (
                    first is None
                    or (outcome.rank > first.rank and outcome.rank >= 4)
                    or (first.rank == 1 and outcome.rank > 1)
                ):
                    first = outcome
        # Where shapes fit, no other convention is meant.
        if first.status == "shapes" and self.guessed and _depends_on_convention(head, side):
            for convention in self.judge.conventions:
                if convention == self.convention or time.monotonic() > self.judge.until:
                    continue
                if convention.row_vectors != self.convention.row_vectors:
                    continue
                for setting in settings[:2]:
                    outcome = self.judge.read(
                        Reading(setting.given(convention=convention), head, side), stated
                    )
                    if outcome.status == "proved":
                        outcome.note = "convention"
                        return outcome
        return first

    def _conclude(self, number, outcome, stated, context, outcomes):
        reading = f"{latex(outcome.head)} = {latex(outcome.side)}"
        remarks = self._remarks(outcome)
        if outcome.status == "unread":
            error = outcome.error
            result = self._unread(number, error)
            return result, None
        given = tuple(each.text for each in outcome.given)
        if outcome.status == "proved":
            self._learn_names(outcome, context)
            known = {each.text for each in stated}
            lacking = [text for text in given if text not in known]
            if outcome.note == "convention":
                how = _convention_in_words(outcome.setting.convention)
                return (
                    self._result(
                        number,
                        "true only if",
                        reading,
                        given=(how, *lacking),
                        remarks=remarks,
                        reason="elsewhere the document is written otherwise, or does not say",
                    ),
                    outcome,
                )
            if lacking:
                return (
                    self._result(
                        number,
                        "true only if",
                        reading,
                        given=given,
                        remarks=remarks,
                        reason="the text does not state it",
                        witness=self._witness(outcome, ()),
                    ),
                    outcome,
                )
            verdict = "proved given" if given else "proved"
            return self._result(number, verdict, reading, given=given, remarks=remarks), outcome
        if outcome.status == "true":
            verdict = "true in every test, not proved"
            return (
                self._result(
                    number,
                    verdict,
                    reading,
                    given=given,
                    remarks=remarks,
                    reason="a logarithm is taken of what may be negative: true where it has a value"
                    if outcome.note == "logarithm"
                    else "random worlds show no difference, but no proof was found",
                ),
                outcome,
            )
        previous = outcomes.get(number - 1)
        if (
            self.chains[number] != number
            and previous
            and previous[0].wrong
            and previous[1] is not None
        ) and self._follows(outcome, previous[1]):
            return (
                self._result(
                    number,
                    "follows from the wrong line above",
                    reading,
                    remarks=remarks,
                    reason="it equals the line above, which is wrong",
                ),
                outcome,
            )
        if self.chains[number] == number and heard.ASKED.search(
            heard.plain_prose(self.found[number].display.before).strip()[-160:]
        ):
            reason = "the text asks for it and does not claim it"
            return self._result(number, "not a claim", reading, reason=reason), None
        suggestion = self._suggestion(outcome, stated)
        if outcome.status == "shapes":
            return (
                self._result(
                    number,
                    "shapes do not fit",
                    reading,
                    reason=_in_words(outcome.error),
                    suggestion=suggestion,
                    remarks=remarks,
                ),
                outcome,
            )
        return (
            self._result(
                number,
                "wrong",
                reading,
                witness=self._witness(outcome, outcome.given),
                suggestion=suggestion,
                remarks=remarks,
                reason="the logarithm of a negative number"
                if outcome.note == "logarithm"
                else "the two sides differ",
            ),
            outcome,
        )

    def _learn_names(self, outcome, context):
        """Note which loss a name was proved to be."""
        if outcome.setting.centers or outcome.given:
            return
        for part in (*outcome.head.walk(), *outcome.side.walk()):
            if part.op == "loss" and Reader(Setting(loss="bare")).kind_of(part.args[0]) == "bare":
                context.names[part.args[0]] = outcome.setting.loss

    def _remarks(self, outcome):
        remarks = list(outcome.remarks)
        sides = getattr(outcome, "sides", None)
        if outcome.status == "proved" and sides and outcome.head.op == "derivative":
            if _is_zero_literal(outcome.side):
                return tuple(remarks)
            left = sides[0]
            try:
                if self.judge.agree(left, 0 * left, outcome.given):
                    remarks.append("both sides are 0: is this the variable that you mean?")
            except (NotUnderstoodError, ShapeError):
                pass
        return tuple(dict.fromkeys(remarks))

    def _follows(self, outcome, previous):
        """Whether a right side equals the one above it."""
        reading = Reading(outcome.setting, previous.side, outcome.side)
        again = self.judge._under(reading, ())
        return again.status in ("proved", "true")

    def _witness(self, outcome, given):
        """A small world in which the two sides differ, in words."""
        left, right = outcome.sides
        case = any(each.case for each in outcome.given) and not any(each.case for each in given)
        if case:  # without the case, the letter is any word again
            plain = self.judge._under(
                Reading(outcome.setting.given(case=""), outcome.head, outcome.side), ()
            )
            if not hasattr(plain, "sides"):
                return ""
            left, right = plain.sides
        plain = (O_APART, DISTINCT)
        if (
            not given
            and outcome.setting.loss == "negative"
            and outcome.status == "false"
            and outcome.apart[:, _holding(plain, outcome.worlds)].any()
        ):
            given = plain  # a world without coincidences says more
        rules = [each.rule for each in given if each.rule is not None]
        limit = min(WITNESS, self.judge.until - time.monotonic())
        try:
            if limit > 0:
                with time_limit(limit):
                    found = refute(left, right, rules)
                if found:
                    return re.sub(r"\bE\b", "e", str(found))
        except (OutOfTimeError, KeyError, IndexError, TypeError, ValueError, NotImplementedError):
            pass
        if outcome.apart is None or not outcome.apart.any():
            return ""
        place, world = np.argwhere(outcome.apart)[0]
        one, other = (side[place, world] for side in outcome.arrays)
        entry = numbers.entries(left)[place]
        at = f", entry {entry}" if entry else ""
        return f"in a random world{at}: {one:.4g} on the left, {other:.4g} on the right"

    def _suggestion(self, outcome, stated):
        """The slip whose correction makes the statement true."""
        until = min(time.monotonic() + SLIP, self.judge.until)
        setting = outcome.setting.given(case="")
        tries = [()] + [(each,) for each in stated]
        if setting.draws:
            tries.append((O_APART, DISTINCT))
        seen = {outcome.side}
        begun = [([], outcome.side)]
        words, everywhere = without_double_derivatives(outcome.side)
        if everywhere != outcome.side:
            begun.insert(0, ([words], everywhere))
            if self._repaired(outcome, everywhere, setting, tries):
                return f"{words}: {latex(everywhere)}"
        layer = begun
        for _ in range(2):
            following = []
            for done, node in layer:
                for words, other in repairs(node):
                    if time.monotonic() > until:
                        return ""
                    if other in seen:
                        continue
                    seen.add(other)
                    if self._repaired(outcome, other, setting, tries):
                        return f"{', and '.join([*done, words])}: {latex(other)}"
                    following.append(([*done, words], other))
            layer = following
        return ""

    def _repaired(self, outcome, side, setting, tries):
        for given in tries:
            case = next((each.case for each in given if each.case), "")
            again = setting.given(case=case) if case else setting
            left, _ = self.judge.value(outcome.head, again)
            right, _ = self.judge.value(side, again)
            if isinstance(left, Exception) or isinstance(right, Exception):
                return False
            left, right = _matched(left, right)
            if shape_of(left) != shape_of(right):
                return False
            try:
                if self.judge.agree(left, right, given):
                    return self.judge.proves(left, right, given)
            except (NotUnderstoodError, ShapeError):
                return False
        return False


def _other_reading(setting, usual, head, side):
    """What is said of a statement that is true in another sense than the likeliest."""
    nodes = [part for tree in (head, side) for part in tree.walk()]
    if setting.loss != usual.loss and any(part.op == "loss" for part in nodes):
        names = {"softmax": "the naive-softmax loss", "negative": "the loss of negative sampling"}
        yield f"J is read as {names[setting.loss]}"
    elif setting.draws != usual.draws:
        what = "a negative" if setting.draws else "any word"
        yield f"an index under u is read as that of {what}"


def _in_words(error):
    """What does not fit, without the words of the engine."""
    return str(error).replace("; transpose one with .T", "; one of them has to be transposed")


def _convention_in_words(convention):
    words = ["words are the rows of U" if convention.rows else "words are the columns of U"]
    if convention.row_vectors:
        words.append("vectors are rows")
    if convention.layout != "mixed":
        words.append(f"derivatives stand in {convention.layout} layout")
    return " and ".join(words)


def _fits(outcome, stated):
    """Whether a proof needs nothing that the text leaves open."""
    known = {each.text for each in stated}
    return all(each.text in known for each in outcome.given)


def _is_zero_literal(node):
    return node.op == "number" and node.args[0] == "0"


def _ways(head, side):
    yield head, side
    other = tightened(head), tightened(side)
    if other != (head, side):
        yield other


def _is_other_center(node):
    if not (node.op == "index" and node.args[0].op == "name" and node.args[0].args[0] == "v"):
        return False
    return node.args[1] not in ("c", "w_c", "w_t", "w_I", "t", "I", "{c}")


def _depends_on_convention(head, side):
    for tree in (head, side):
        for part in tree.walk():
            if part.op == "name" and part.args[0] == "U":
                return True
            if part.op == "derivative":
                return True
            if part.op in ("grid", "outer", "transpose"):
                return True
    return False


#: What an equation of this homework speaks of: vectors with an index, probabilities, losses.
_OF_THE_HOMEWORK = re.compile(
    r"\bU\b|U\^|U_|u[}_^']|v[}_^']|\by\b|y[}_^]|\\hat|\bJ\b|J_|\\sigma|sigm|softmax|\\theta|"
    r"[pP]\s*\(\s*\w+\s*(\\mid|\||\\vert)|\\[a-zA-Z]*[uv][a-zA-Z]*\b"
)
