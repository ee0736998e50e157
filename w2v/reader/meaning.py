r"""What a formula means: trees into expressions of the proof engine.

Reading is typing: a node becomes a scalar or a matrix of symbolic size, and shapes decide
what a product is. Names that sums bind live in an environment, so that a letter bound
twice means what it should.
"""

import re
from dataclasses import dataclass, field, replace

from sympy import Dummy, Integer, Rational, Symbol, exp, log, sympify
from sympy.matrices.expressions.matexpr import MatrixElement

from w2v.proof import word2vec as model
from w2v.proof.sums import (
    Matrix,
    ShapeError,
    delta,
    fresh,
    grad,
    named,
    over,
    partial,
    sigma,
    vector,
)

from .syntax import Node
from .tokens import MalformedError, NotUnderstoodError

V, d, K, m = model.V, model.d, model.K, model.m
VOCABULARY = {
    "V",
    "|V|",
    "Vocab",
    "vocab",
    "Vocabulary",
    "|Vocab|",
    "|Vocabulary|",
    "W",
    "|W|",
    "Vocabsize",
    "mathcalV",
    "|vocab|",
    "vocabulary",
}
DRAWS = {"K", "|K|", "k", "K_neg", "n_neg"}
#: Sets of negatives, as ranges of sums.
NEGATIVES = re.compile(r"(neg|Neg|NEG|N|S|\\?mathcalN|W_neg|w_neg|\{1,…,K\}|\[K\])\Z")
OUTSIDE = {"o", "w_O", "w_o", "O", "{o}"}
CENTER = {"c", "w_c", "w_I", "w_t", "I", "{c}"}
#: No power of a number may be larger.
_LARGEST = 10**50
#: Letters that count negatives where nothing binds them.
COUNTERS = "ksijlnrtq"


class OutOfScopeError(NotUnderstoodError):
    """Mathematics that is none of this homework's."""


@dataclass(frozen=True)
class Convention:
    """What a document may mean and need not say.

    Attributes
    ----------
    rows : bool
        Words are the rows of U, not its columns.
    layout : {"mixed", "numerator", "denominator"}
        How derivatives by a vector stand: a gradient is a column in all but "numerator",
        and a Jacobian has a row for each output in all but "denominator".
    row_vectors : bool
        All vectors are rows.
    """

    rows: bool = False
    layout: str = "mixed"
    row_vectors: bool = False


@dataclass(frozen=True)
class Definition:
    """A name that the document introduces: its index, if it has one, and what it stands for."""

    index: str
    node: Node


@dataclass(frozen=True)
class Setting:
    """In what sense a statement is read.

    Attributes
    ----------
    loss : {"softmax", "negative", "skip"}
        What a bare J is; for "skip", what the window's losses are is `of`.
    of : {"softmax", "negative"}
    case : str
        A letter that is taken to be o, or "".
    draws : bool
        A free letter under u counts negatives.
    centers : bool
        v_c is a column of a table of centre vectors.
    convention : Convention
    definitions : dict of str to Definition
    """

    loss: str = "softmax"
    of: str = "softmax"
    case: str = ""
    draws: bool = False
    centers: bool = False
    convention: Convention = Convention()
    definitions: dict = field(default_factory=dict, hash=False, compare=False)

    def given(self, **changes):
        """A copy with some things changed."""
        return replace(self, **changes)


def shape_of(value):
    """Name a shape: "a number" or "d x 1"."""
    return " x ".join(map(str, value.shape)) if isinstance(value, Matrix) else "a number"


def entrywise(function, value):
    """Apply a function of numbers to a number or to each entry."""
    if isinstance(value, Matrix):
        return Matrix(*value.shape, lambda i, j: function(value[i, j]))
    return function(value)


class Reader:
    """Reads nodes in one setting, and notes what it had to assume.

    Parameters
    ----------
    setting : Setting

    Attributes
    ----------
    free : set of (str, str)
        Letters that nothing binds, and what they are: "word" or "draw".
    remarks : list of str
        What a writer may want to know.
    logarithms : list of scalar expressions
        What a logarithm is taken of, with the indices that sums around it bind.
    """

    def __init__(self, setting):
        self.setting = setting
        self.free, self.remarks = set(), []
        self.logarithms = []  # what a logarithm is taken of
        self.theta = (
            None  # a vector that stands for the scores, while a derivative by them is taken
        )
        self.swapped = {}  # names that stand for a variable meanwhile
        self.used_u = False
        self.depth = 0

    # ------------------------------------------------------------------------------ indices
    def symbol(self, letter):
        """The symbol of a letter that nothing binds."""
        own = {"w": model.w, "x": model.x, "o": model.o, "c": model.c}
        return own.get(letter) or Symbol(letter, integer=True, nonnegative=True)

    def word(self, text, env, place=0):
        """The word that an index names."""
        text = text.replace(" ", "").strip("{}")
        if text in env:
            sort, index = env[text]
            return {"word": index, "draw": model.negative(index)}.get(sort) or self._place(index)
        if text in OUTSIDE and text not in env:
            return model.o
        if text in CENTER:
            return model.c
        if text == "0":
            self.remarks.append("the digit 0 is read as the letter o")
            return model.o
        if text.isdigit() and len(text) < 10:
            return Integer(int(text) - 1)
        if text in VOCABULARY:
            return V - 1
        drawn = re.fullmatch(r"(?:w|n|neg|tilde\(w\)|bar\(w\)|x)_\{?(\w'?)\}?", text)
        if drawn:
            return self.drawn(drawn[1], env)
        offset = re.fullmatch(r"(?:w_)?\(?[tci]([+-])(\w)\)?", text)
        if offset:
            return self._at_offset(*offset.groups(), env)
        if (re.fullmatch(r"[A-Za-z]'?|[a-z]+", text) and len(text.rstrip("'")) <= 2) or text in (
            "mu",
            "nu",
        ):
            return self._free_word(text)
        if re.fullmatch(r"\w=o|\w_\w=o", text):  # u_{w = o}
            return model.o
        if re.fullmatch(r"\w≠o", text):
            return self.word(text[0], env, place)
        raise NotUnderstoodError(f"the index {text}", place)

    def _free_word(self, letter):
        if letter == self.setting.case:
            return model.o
        if self.setting.draws and letter in COUNTERS:
            self.free.add((letter, "draw"))
            return model.negative(self.symbol(letter))
        self.free.add((letter, "word"))
        return self.symbol(letter)

    def drawn(self, letter, env):
        """The word w_s."""
        if letter in env:
            sort, index = env[letter]
            return (
                index
                if sort == "word"
                else model.negative(index)
                if sort == "draw"
                else self._place(index)
            )
        if letter.isdigit():
            return model.negative(Integer(int(letter) - 1))
        if letter == "K":
            return model.negative(K - 1)
        self.free.add((letter, "draw"))
        return model.negative(self.symbol(letter))

    def _place(self, index):
        """The word at a place of the window; in its middle stands the centre word."""
        return model.c if index == 0 else model.context(index)

    def _at_offset(self, sign, letter, env):
        if letter in env:
            index = env[letter][1]
        elif letter.isdigit():
            index = Integer(int(letter))
        elif letter == "m":
            index = m
        else:
            self.free.add((letter, "place"))
            index = self.symbol(letter)
        return self._place(index if sign == "+" else -index)

    # ------------------------------------------------------------------------------- losses
    @property
    def center(self):
        """The centre vector, a column."""
        return model.C[:, model.c] if self.setting.centers else model.v

    def score(self, word):
        """The score of a word; an entry of its own while a derivative by the scores is taken."""
        if self.theta is not None:
            return self.theta[word, 0]
        return model.u(word).T @ self.center

    def probability(self, word):
        """The model's probability of a word."""
        return exp(self.score(word)) / over(V, lambda x: exp(self.score(x)))

    def loss(self, kind, word=model.o):
        """A loss by its name."""
        if kind == "softmax":
            return -log(self.probability(word))
        if kind == "negative":
            drawn = over(K, lambda s: log(sigma(-self.score(model.negative(s)))))
            return -log(sigma(self.score(word))) - drawn
        if kind == "entropy":
            return -over(V, lambda w: model.y[w, 0] * log(self.probability(w)))
        of = self.setting.of

        def term(j):
            return self.loss(of, model.context(j))

        return over(m, term, start=-m) + over(m, term, start=1)

    def kind_of(self, name, place=0):
        """Which loss a name speaks of."""
        plain = re.sub(r"[^a-z]", "", name.lower())
        if plain in ("ce", "entropy", "crossentropy"):
            return "entropy"
        if name.endswith("'") or name.startswith(("tilde", "bar", "hat")):
            return self.setting.loss
        if "skip" in plain or plain in ("sg", "sgm", "total", "window"):
            return "skip"
        if "neg" in plain or plain in ("sgns", "nce"):
            return "negative"
        if "soft" in plain or "naive" in plain or plain in ("sm", "nsm"):
            return "softmax"
        return self.setting.loss

    # --------------------------------------------------------------------------------- nodes
    def of(self, node, env=None):
        """What a node means.

        Parameters
        ----------
        node : Node
        env : dict, optional
            What sums have bound: letter to ("word" | "draw" | "place", index).

        Returns
        -------
        scalar expression or Matrix

        Raises
        ------
        NotUnderstoodError, ShapeError
        """
        method = getattr(self, "_" + node.op, None)
        if method is None:
            raise NotUnderstoodError(f"{node.op} here", node.place)
        return method(node, env or {})

    def _number(self, node, env):
        (text,) = node
        return Rational(text)

    def _name(self, node, env):
        (name,) = node
        if name in self.swapped:
            return self.swapped[name]
        if name in self.setting.definitions:
            return self._defined(name, "", env, node.place)
        convention = self.setting.convention
        if name == "U":
            self.used_u = True
            return model.U.T if convention.rows else model.U
        if name in ("y", "ŷ"):
            return self._vector(model.y if name == "y" else vector(V, self.probability))
        if name == "v" or name == "h":
            if name == "h":
                raise NotUnderstoodError("the name h", node.place)
            self.remarks.append("v without an index is read as v_c")
            return self._vector(self.center)
        if name in ("K", "m", "d", "V"):
            return {"K": K, "m": m, "d": d, "V": V}[name]
        if name == "e":
            return exp(Integer(1))
        if name == "sigma":
            return sigma(self._variable("x"))
        if name == "ones":
            return self._vector(vector(V, lambda _: Integer(1)))
        if name in ("theta", "z", "s") and self._scores_by_name(name):
            return self._vector(vector(V, self.score))
        if name in ("eta", "alpha", "epsilon", "gamma", "O", "new", "old"):
            raise OutOfScopeError(f"the name {name}", node.place)
        if re.fullmatch(r"[a-tw-z]", name):
            return self._variable(name)
        if name == "u":
            raise NotUnderstoodError("u without an index", node.place)
        raise NotUnderstoodError(f"the name {name}", node.place)

    def _scores_by_name(self, name):
        """Whether a name that the document does not explain can only be the scores."""
        return name == "theta"

    def _variable(self, letter):
        return Symbol(f"{letter}_real", real=True)

    def _vector(self, column):
        return column.T if self.setting.convention.row_vectors else column

    def _defined(self, name, text, env, place):
        """The meaning of a name that the document introduces, at an index if it has one."""
        self.depth += 1
        if self.depth > 20:
            raise MalformedError(f"{name} is defined by itself", place)
        try:
            definition = self.setting.definitions[name]
            if definition.index and text:
                bound = self._binding(text, env, place)
                return self.of(definition.node, {**env, definition.index: bound})
            if definition.index:
                index = definition.index
                return self._vector(
                    vector(V, lambda i: self.of(definition.node, {**env, index: ("word", i)}))
                )
            value = self.of(definition.node, env)
            if not text:
                return value
            return self._entry(value, text, env, place)
        finally:
            self.depth -= 1

    def _binding(self, text, env, place):
        if text in env:
            return env[text]
        word = self.word(text, env, place)
        return (
            ("draw", word.args[0])
            if getattr(word, "func", None) == model.negative
            else ("word", word)
        )

    def _entry(self, value, text, env, place):
        if not isinstance(value, Matrix):
            raise ShapeError(f"an index {text} on a number")
        word = self.word(text, env, place)
        if value.shape[1] == 1:
            return value[word, 0]
        if value.shape[0] == 1:
            return value[0, word]
        raise NotUnderstoodError(f"an index {text} on a matrix", place)

    def _hat(self, node, env):
        (inner,) = node
        if inner == Node("name", ("y",)):
            if "ŷ" in self.swapped:
                return self.swapped["ŷ"]
            return self._vector(vector(V, self.probability))
        raise NotUnderstoodError("a hat over something other than y", node.place)

    def _index(self, node, env):
        base, text = node
        if base.op == "hat":
            value = self.of(base, env)
            return self._entry(value, text, env, node.place)
        if base.op == "name":
            return self._named_index(base.args[0], text, env, node.place)
        if base.op == "index":
            return self.of(
                Node("index", (base.args[0], base.args[1] + "_" + text), node.place), env
            )
        return self._entry(self.of(base, env), text, env, node.place)

    def _named_index(self, name, text, env, place):
        if f"{name}_{text}" in self.swapped:
            return self.swapped[f"{name}_{text}"]
        if name in self.swapped:
            return self._entry(self.swapped[name], text, env, place)
        whole = f"{name}_{text}"
        if whole in self.setting.definitions:
            return self._defined(whole, "", env, place)
        if name in self.setting.definitions:
            return self._defined(name, text, env, place)
        if name == "u":
            return self._vector(model.u(self.word(text, env, place)))
        if name == "v" and text == "c" and text in env:
            raise MalformedError(
                "the sum binds c, so that v_c in it is not the centre vector", place
            )
        if name == "v":
            word = self.word(text, env, place)
            if word == model.c:
                return self._vector(self.center)
            if self.setting.centers:
                return self._vector(model.C[:, word])
            raise NotUnderstoodError(f"v_{text}, a vector other than the centre word's", place)
        if name == "y" and re.fullmatch(r"(w_)?\(?t[+-]\w\)?", text):  # one-hot at a place
            at = self.word(text, env, place)
            return self._vector(vector(V, lambda w: delta(w, at, V)))
        if name in ("y", "ŷ"):
            word = self.word(text, env, place)
            return model.y[word, 0] if name == "y" else self.probability(word)
        if name in ("theta", "z", "s"):
            return self.score(self.word(text, env, place))
        if name in ("e",) and text in OUTSIDE:
            return self._vector(model.y)
        if name == "U":
            self.used_u = True
            return self._vector(model.u(self.word(text.replace(":,", "").strip(","), env, place)))
        raise NotUnderstoodError(f"the name {name}_{text}", place)

    def _negative(self, node, env):
        value = self.of(node.args[0], env)
        return -value

    def _transpose(self, node, env):
        value = self.of(node.args[0], env)
        return value.T if isinstance(value, Matrix) else value

    def _prime(self, node, env):
        value = self.of(node.args[0], env)
        if isinstance(value, Matrix):
            return value.T
        raise NotUnderstoodError("a prime on a number", node.place)

    def _probability(self, node, env):
        left, right = node
        condition = right.replace(" ", "")
        condition = condition.partition("=")[2] or condition
        condition = condition.split(",")[0].split(";")[0]
        if condition not in CENTER | {"v_c", "w_c", "C"}:
            raise NotUnderstoodError(f"a probability given {right}", node.place)
        return self.probability(self.word(left, env, node.place))

    def _loss(self, node, env):
        name, arguments = node
        kind = self.kind_of(name, node.place)
        word = model.o
        if (
            kind in ("softmax", "negative", "skip")
            and len(arguments) >= 3
            and "t-m" not in "".join(arguments)
        ):
            text = arguments[1]
            if (
                kind == "skip"
                and re.search(r"t[+-]\w|\bw_", text)
                and self.setting.loss == "skip"
                and not name
            ):
                return self.loss(self.setting.of, self.word(text, env, node.place))
            if kind != "skip":
                word = self.word(text, env, node.place)
        elif (
            kind in ("softmax", "negative")
            and len(arguments) == 2
            and re.fullmatch(
                r"w_t\+\w|o|w_\w", arguments[1] if arguments[0].startswith("v") else arguments[0]
            )
        ):
            word = self.word(
                arguments[1] if arguments[0].startswith("v") else arguments[0], env, node.place
            )
        return self.loss(kind, word)

    def _power(self, node, env):
        base, exponent = node
        if base == Node("name", ("e",)):
            return entrywise(exp, self.of(exponent, env))
        if exponent.op == "name" and exponent.args[0] in ("top",):
            return self._transpose(Node("transpose", (base,), node.place), env)
        if any(part == Node("name", ("t",)) for part in exponent.walk()):
            raise OutOfScopeError("a step of training", node.place)
        value, power = self.of(base, env), self.of(exponent, env)
        if isinstance(value, Matrix) or isinstance(power, Matrix):
            raise NotUnderstoodError("a power of a vector or a matrix", node.place)
        if not (power.is_Integer and abs(power) <= 6):
            raise NotUnderstoodError("a power that is no small integer", node.place)
        if value.is_Rational and max(abs(value.p), value.q) ** abs(int(power)) > _LARGEST:
            raise NotUnderstoodError("a number this large", node.place)
        return value**power

    def _apply(self, node, env):
        name, argument, _ = node
        value = self.of(argument, env)
        if name == "softmax":
            if not isinstance(value, Matrix) or 1 not in value.shape:
                raise ShapeError(f"the softmax of {shape_of(value)}")
            return _softmax(value)
        if name == "diag":
            return _diagonal(value, node.place)
        if name == "log":
            return entrywise(self._logarithm, value)
        return entrywise({"exp": exp, "sigma": sigma}[name], value)

    def _logarithm(self, value):
        if self.theta is None:
            self.logarithms.append(sympify(value))
        return log(value)

    def _times(self, node, env):
        left, right = (self.of(part, env) for part in node)
        return self.multiplied(left, right)

    def multiplied(self, left, right, dot=False):
        """The product of two numbers or matrices; of two vectors, if a dot says so."""
        if not isinstance(left, Matrix) or not isinstance(right, Matrix):
            return left * right if not isinstance(right, Matrix) else right * left
        if (
            left.shape[1] != right.shape[0]
            and dot
            and left.shape == right.shape
            and 1 in left.shape
        ):
            return left.T @ right if left.shape[1] == 1 else left @ right.T
        return left @ right

    def _dot(self, node, env):
        left, right = (self.of(part, env) for part in node)
        return self.multiplied(left, right, dot=True)

    def _entrywise(self, node, env):
        left, right = (self.of(part, env) for part in node)
        if not isinstance(left, Matrix) or not isinstance(right, Matrix):
            return self.multiplied(left, right)
        if left.shape != right.shape:
            raise ShapeError(
                f"the entries of {shape_of(left)} and {shape_of(right)} cannot be paired"
            )
        return Matrix(*left.shape, lambda i, j: left[i, j] * right[i, j])

    def _outer(self, node, env):
        left, right = (self.of(part, env) for part in node)
        if not all(isinstance(side, Matrix) and 1 in side.shape for side in (left, right)):
            raise ShapeError("an outer product of something other than vectors")
        left = left if left.shape[1] == 1 else left.T
        right = right.T if right.shape[1] == 1 else right
        return left @ right

    def _over(self, node, env):
        above, below = (self.of(part, env) for part in node)
        if isinstance(below, Matrix):
            raise ShapeError(f"a division by a ({shape_of(below)}) matrix")
        if below == 0:
            raise MalformedError("a division by 0", node.place)
        return (1 / below) * above if isinstance(above, Matrix) else above / below

    def _add(self, node, env):
        terms = list(_terms(node))
        if any(term.op == "dots" for _, term in terms):
            return self._with_dots(terms, env, node.place)
        total = None
        for sign, term in terms:
            value = self.of(term, env)
            value = value if sign > 0 else -value
            total = value if total is None else _sum_of(total, value)
        return total

    def _size(self, node, env):
        (text,) = node
        if text.strip("|") in {name.strip("|") for name in VOCABULARY}:
            return V
        raise OutOfScopeError("an absolute value or a norm", node.place)

    def _dots(self, node, env):
        raise NotUnderstoodError("dots whose meaning is not clear", node.place)

    def _cases(self, node, env):
        (rows,) = node
        conditions = [_case(text) for _, text in rows]
        pairs = {condition[1:] for condition in conditions if condition and condition[1]}
        if None in conditions or len(rows) < 2 or len(pairs) != 1:
            raise NotUnderstoodError("the conditions of these cases", node.place)
        sides = [self._side(side, env, node.place) for side in pairs.pop()]
        same = self._same(*sides)
        relations = [relation for relation, *_ in conditions]
        total = None
        for (value, _), relation in zip(rows, relations, strict=True):
            if relation == "else":
                relation = "≠" if "=" in relations else "="
            weight = same if relation == "=" else 1 - same
            part = self.multiplied(weight, self.of(value, env))
            total = part if total is None else _sum_of(total, part)
        return total

    def _indicator(self, node, env):
        relation, left, right = node
        value = self._same(*(self._side(side, env, node.place) for side in (left, right)))
        return value if relation == "=" else 1 - value

    def _same(self, first, second):
        """1 if two sides, each (sort, index), are the same, and else 0."""
        if first[0] != second[0]:
            first, second = (
                ("word", model.negative(index) if sort == "draw" else index)
                for sort, index in (first, second)
            )
        return delta(first[1], second[1], K if first[0] == "draw" else V)

    def _side(self, text, env, place):
        """(sort, index) of one side of an equality: negatives are compared by their places."""
        if text in env:
            return env[text]
        if re.fullmatch(r"\w'?", text) and text not in OUTSIDE | CENTER:
            word = self.word(text, env, place)
            if getattr(word, "func", None) == model.negative:
                return "draw", word.args[0]
            return "word", word
        return "word", self.word(text, env, place)

    def _expectation(self, node, env):
        name, weights, body = node
        if not re.match(r"(hat\(y\)|ŷ|[pP]\(|[pP]$|softmax)", weights):
            raise OutOfScopeError(f"an expectation over {weights}", node.place)
        return over(
            V,
            lambda w: self.multiplied(
                self.probability(w), self.of(body, {**env, name: ("word", w)})
            ),
        )

    # ----------------------------------------------------------------------------------- sums
    def _sum(self, node, env):
        sub, sup, body = node
        return self._range(sub, sup, body, env, node.place)(lambda value: value)

    def _product(self, node, env):
        sub, sup, body = node
        total = self._range(sub, sup, body, env, node.place)(self._logarithm)
        return exp(total)

    def _range(self, sub, sup, body, env, place):
        """A function that sums a function of the body over the range."""
        from .ranges import range_of

        span = range_of(sub, sup, self, body, env, place)

        def summed(of):
            def term(index):
                inner = {**env, span.letter: (span.sort, index)}
                value = self.of(body, inner)
                weight = span.weight(self, index, inner)
                return of(value) if weight is None else self.multiplied(weight, of(value))

            if span.sort == "place":
                after = over(m - 1 if span.short else m, term, start=1)
                total = _sum_of(over(m, term, start=-m), after)
                return _sum_of(total, term(Integer(0))) if span.middle else total
            return over(V if span.sort == "word" else K, term)

        if not _uses(body, span.letter):
            self.remarks.append(f"the index {span.letter} of a sum is not used in it")
        if span.letter in env:
            self.remarks.append(
                f"{span.letter} is bound already: the inner sum hides the outer one"
            )
        return summed

    # ---------------------------------------------------------------------------- derivatives
    def _derivative(self, node, env):
        if len(node.args) == 3:
            return self._second_derivative(node, env)
        above, below = node
        name = self._scores_in(below, above)
        if name:
            return self._by_scores(above, below, name, env, node.place)
        variable = _plain(below)
        if variable in self.setting.definitions and variable not in self.swapped:
            return self._by_definition(above, variable, env, node.place)
        value, by = self.of(above, env), self.of(below, env)
        return self._derived(value, by, node.place)

    def _derived(self, value, by, place):
        if isinstance(by, Symbol) and by.is_real and not by.is_integer:
            return entrywise(lambda entry: sympify(entry).diff(by), value)
        layout = self.setting.convention.layout
        if not isinstance(by, Matrix):
            if isinstance(by, MatrixElement):
                return entrywise(lambda entry: partial(entry, by), value)
            raise NotUnderstoodError("a derivative with respect to what is no variable", place)
        if isinstance(value, Matrix):
            return self._jacobian(value, by, layout, place)
        _require_variable(by, place)
        if by.shape[1] != 1:
            return grad(value, by.T).T if by.shape[0] != d else grad(value, by)
        gradient = grad(value, by)
        return gradient.T if layout == "numerator" else gradient

    def _jacobian(self, value, by, layout, place):
        if 1 not in value.shape or 1 not in by.shape:
            raise OutOfScopeError(
                f"the derivative of a ({shape_of(value)}) matrix by a ({shape_of(by)}) one", place
            )
        above = value if value.shape[1] == 1 else value.T
        below = by if by.shape[1] == 1 else by.T
        _require_variable(below, place)
        matrix = Matrix(
            above.shape[0], below.shape[0], lambda i, j: partial(above[i, 0], below[j, 0])
        )
        return matrix.T if layout == "denominator" else matrix

    def _second_derivative(self, node, env):
        above, *below = node
        name = self._scores_in(below[0], above)
        if name:
            theta = self._theta(name)
            try:
                value = self.of(above, env)
            finally:
                self._leave_theta(name)
            matrix = Matrix(V, V, lambda i, j: partial(partial(value, theta[i, 0]), theta[j, 0]))
            return self._back(matrix, theta)
        value = self.of(above, env)
        first, second = (self.of(variable, env) for variable in below)
        if isinstance(value, Matrix) or not isinstance(first, Matrix):
            if isinstance(first, Symbol) and not isinstance(value, Matrix):
                return value.diff(first).diff(second)
            raise NotUnderstoodError("this second derivative", node.place)
        first, second = (by if by.shape[1] == 1 else by.T for by in (first, second))
        _require_variable(first, node.place)
        return Matrix(
            first.shape[0],
            second.shape[0],
            lambda i, j: partial(partial(value, first[i, 0]), second[j, 0]),
        )

    def _scores_in(self, below, above):
        """The name under which the scores stand as a variable, or None."""
        base = below.args[0] if below.op == "index" else below
        if base.op != "name":
            return None
        (name,) = base
        if name not in ("theta", "z", "s", "x", "a", "h", "r", "q", "f", "g", "l", "eta", "phi"):
            return None
        definition = self.setting.definitions.get(name)
        if definition is None:
            of_the_model = any(part.op in ("loss", "hat") for part in above.walk())
            if name == "theta" or (name in ("z", "s") and (below.op == "index" or of_the_model)):
                self.remarks.append(f"{name} is read as the vector of scores")
                return name
            return None
        value = self._defined(name, "", {}, below.place)
        if not isinstance(value, Matrix):
            return None
        column = value if value.shape[1] == 1 else value.T
        if column.shape != (V, 1):
            return None
        from w2v.proof import proved

        return name if proved(column, vector(V, self.score)) else None

    def _theta(self, name):
        self.theta = named("Theta", V, 1)
        self.swapped[name] = self._vector(self.theta)
        return self.theta

    def _leave_theta(self, name):
        self.theta = None
        self.swapped.pop(name, None)

    def _back(self, value, theta):
        """Put the scores where the variable stood."""

        def replaced(entry):
            return sympify(entry).replace(
                lambda part: isinstance(part, MatrixElement) and part.args[0] == theta.symbol,
                lambda part: self.score(part.args[1]),
            )

        return entrywise(replaced, value)

    def _by_scores(self, above, below, name, env, place):
        theta = self._theta(name)
        try:
            value, by = self.of(above, env), self.of(below, env)
            found = self._derived(value, by, place)
            if isinstance(found, Matrix):
                # Entries are computed late: now, while the variable is there.
                rows, columns = (fresh() if size != 1 else Integer(0) for size in found.shape)
                entry = found[rows, columns]
                found = Matrix(
                    *found.shape,
                    lambda i, j: entry.xreplace({rows: i, columns: j}),
                )
        finally:
            self._leave_theta(name)
        return self._back(found, theta)

    def _by_definition(self, above, name, env, place):
        """The derivative by a number that the document has given a name."""
        value = self._defined(name, "", env, place)
        if isinstance(value, Matrix):
            raise NotUnderstoodError(f"a derivative with respect to {name}", place)
        variable = Dummy(name, real=True)
        self.swapped[name] = variable
        try:
            written = self.of(above, env)
        finally:
            del self.swapped[name]
        if not _has(written, variable):
            raise NotUnderstoodError(
                f"what is differentiated by {name} is not written in it", place
            )
        return entrywise(
            lambda entry: sympify(entry).diff(variable).xreplace({variable: value}), written
        )

    # ------------------------------------------------------------------------ written-out rows
    def _grid(self, node, env):
        (rows,) = node
        vertical = len(rows) > 1 and all(len(row) == 1 for row in rows)
        cells = [row[0] for row in rows] if vertical else list(rows[0])
        if len(rows) > 1 and not vertical:
            raise NotUnderstoodError("a matrix written out in two directions", node.place)
        shown = [cell for cell in cells if cell.op != "dots"]
        if len(shown) == len(cells):
            raise NotUnderstoodError("a list or a matrix without dots", node.place)
        pattern = _pattern(shown[0], "1") or _pattern(shown[0], "0")
        if pattern is None:
            raise NotUnderstoodError("the pattern of this matrix", node.place)
        special = None
        for cell in shown[1:]:
            if any(_filled(pattern, text) == cell for text in _PLACES):
                continue
            if not _mentions(cell, "o") or special is not None:
                raise NotUnderstoodError("the pattern of this matrix", cell.place)
            special = cell

        def at(index):
            usual = self.of(pattern, {**env, _HOLE: ("word", index)})
            if special is None:
                return usual
            is_o = delta(index, model.o, V)
            other = self.of(special, env)
            return _sum_of(self.multiplied(is_o, other), self.multiplied(1 - is_o, usual))

        first = at(fresh())
        if not isinstance(first, Matrix):
            column = vector(V, at)
            return column if vertical else column.T
        if first.shape[1] == 1 and not vertical:
            return Matrix(first.shape[0], V, lambda i, j: at(j)[i, 0])
        if first.shape[0] == 1 and vertical:
            return Matrix(V, first.shape[1], lambda i, j: at(i)[0, j])
        raise ShapeError(f"entries of shape {shape_of(first)} side by side")

    def _with_dots(self, terms, env, place):
        """A sum with dots: f(1) + ... + f(V) is the sum of f over the vocabulary."""
        dots = max(number for number, (_, term) in enumerate(terms) if term.op == "dots")
        sign = terms[dots][0]
        end = dots + 1 if dots + 1 < len(terms) and terms[dots + 1][0] == sign else dots
        seed = (
            terms[end][1]
            if end > dots
            else next((term for _, term in reversed(terms[:dots]) if term.op != "dots"), None)
        )
        for last, sort in _LAST if seed is not None else ():
            pattern = _pattern(seed, last)
            if pattern is None:
                continue
            start = dots
            while (
                start > 0 and terms[start - 1][0] == sign and _matches(pattern, terms[start - 1][1])
            ):
                start -= 1
            if all(term.op == "dots" for _, term in terms[start : end if end > dots else dots]):
                continue
            total = self._run(pattern, sort, env)
            rest = [*terms[:start], *terms[end + 1 :]]
            total = total if sign > 0 else -total
            for other_sign, term in rest:
                value = self.of(term, env)
                total = _sum_of(total, value if other_sign > 0 else -value)
            return total
        raise NotUnderstoodError("dots whose pattern is not clear", place)

    def _run(self, pattern, sort, env):
        """The sum that the dots stand for."""
        what = {"word": "whole vocabulary", "draw": "negatives", "place": "window"}[sort]
        self.remarks.append(f"the dots are read as a sum over the {what}")

        def term(index):
            return self.of(pattern, {**env, _HOLE: (sort, index)})

        if sort == "place":
            return _sum_of(over(m, term, start=-m), over(m, term, start=1))
        return over(V if sort == "word" else K, term)


#: What stands in the last term before or after the dots, and what it counts.
_LAST = (
    *((text, "word") for text in ("V", "|V|", "W", "|W|", "Vocab", "|Vocab|", "N", "n")),
    *((text, "draw") for text in ("w_K", "K")),
    ("w_t+m", "place"),
    *((text, "word") for text in ("1", "2", "o", "w", "x", "i", "k")),
)


def _matches(pattern, term):
    if term.op == "dots":
        return True
    places = (
        *_PLACES,
        "0",
        "1",
        "K",
        "w_1",
        "w_2",
        "w_3",
        "w_K",
        "w_s",
        "w_k",
        "w_t-m",
        "w_t-1",
        "w_t+1",
    )
    return any(_filled(pattern, text) == term for text in places)


def _sum_of(left, right):
    """The sum; the number 0 may be added to a matrix."""
    for one, other in ((left, right), (right, left)):
        if not isinstance(one, Matrix) and one == 0 and isinstance(other, Matrix):
            return other
    for one, other in ((left, right), (right, left)):
        if (
            isinstance(other, Matrix)
            and not isinstance(one, Matrix)
            and one in (1, -1)
            and 1 in other.shape
        ):
            return other + Matrix(*other.shape, lambda i, j, one=one: one)  # a vector of ones
    if isinstance(left, Matrix) != isinstance(right, Matrix):
        raise ShapeError(f"the sum of ({shape_of(left)}) and ({shape_of(right)})")
    return left + right


def _softmax(value):
    size = value.shape[0] if value.shape[1] == 1 else value.shape[1]
    column = value if value.shape[1] == 1 else value.T
    shares = vector(size, lambda i: exp(column[i, 0]) / over(size, lambda j: exp(column[j, 0])))
    return shares if value.shape[1] == 1 else shares.T


def _diagonal(value, place):
    if not isinstance(value, Matrix) or 1 not in value.shape:
        raise NotUnderstoodError("diag of something other than a vector", place)
    column = value if value.shape[1] == 1 else value.T
    size = column.shape[0]
    return Matrix(size, size, lambda i, j: delta(i, j, size) * column[i, 0])


def _require_variable(by, place):
    column = by if by.shape[1] == 1 else by.T
    entry = column[fresh(), 0 if column.shape[1] == 1 else fresh()]
    if not isinstance(entry, MatrixElement):
        raise NotUnderstoodError("a derivative with respect to what is no variable", place)


def _has(value, symbol):
    if isinstance(value, Matrix):
        value = value[tuple(0 if size == 1 else fresh() for size in value.shape)]
    return sympify(value).has(symbol)


def _plain(node):
    if node.op == "name":
        return node.args[0]
    if node.op == "index" and node.args[0].op == "name":
        return f"{node.args[0].args[0]}_{node.args[1]}"
    return ""


def _terms(node, sign=1):
    if node.op == "add":
        yield from _terms(node.args[0], sign)
        yield from _terms(node.args[1], sign)
    elif (node.op == "negative" and node.args[0].op in ("add", "dots")) or node.op == "negative":
        yield -sign, node.args[0]
    else:
        yield sign, node


def _case(text):
    """("=" | "≠" | "else", one side, other side) of a condition of a case, or None."""
    plain = re.sub(r"\\neq?|!=", "≠", re.sub(r"\s|[{}$]", "", text))
    plain = re.sub(r"\\?text|\\|if|for|when|,", "", plain)
    found = re.fullmatch(r"\(?(\w(?:_\w)?'?)(=|≠)(\w(?:_\w)?'?)\)?\.?", plain)
    if found:
        return found[2], *sorted((found[1], found[3]))
    if re.search(r"(?i)otherwise|else", plain):
        return "else", "", ""
    return None


_HOLE = "★"
_PLACES = (
    "o",
    "w",
    "V",
    "|V|",
    "W",
    "Vocab",
    "2",
    "3",
    "c",
    "N",
    "n",
    "|Vocab|",
    "i",
    "k",
    "x",
    "j",
)


def _pattern(node, text):
    """The node with a hole wherever an index says `text`, or None if none does."""
    filled = _swap(node, text, _HOLE)
    return None if filled == node else filled


def _filled(pattern, text):
    return _swap(pattern, _HOLE, text)


def _swap(node, old, new):
    if node.op == "index" and node.args[1] == old:
        return Node("index", (_swap(node.args[0], old, new), new), node.place)
    if node.op == "probability" and node.args[0] == old:
        return Node("probability", (new, node.args[1]), node.place)
    if node.op == "loss" and old in node.args[1]:
        arguments = tuple(new if text == old else text for text in node.args[1])
        return Node("loss", (node.args[0], arguments), node.place)
    return node.mapped(lambda child: _swap(child, old, new))


def _uses(node, letter):
    """Whether a letter occurs in an index, an argument or a range of a tree."""
    texts = []
    for part in node.walk():
        for each in part.args:
            texts.extend(
                [each] if isinstance(each, str) else each if isinstance(each, tuple) else []
            )
    return any(letter in text for text in texts if isinstance(text, str))


def _mentions(node, text):
    return any(part.op in ("index", "probability") and text in part.args for part in node.walk())
