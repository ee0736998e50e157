r"""What a formula's tree says, in plain NumPy: loops, float64, derivatives by complex step.

It knows the trees of `w2v.reader.syntax` and nothing else of the package: neither the proofs,
nor what the reader takes a tree to mean. What it does not know it refuses (`Unknown`).
"""

import re
from dataclasses import dataclass, field

import numpy as np

STEP = 1e-30
SIZES = [(4, 3, 2, 1), (3, 2, 4, 2), (5, 2, 3, 1), (2, 3, 1, 2), (5, 4, 2, 2), (3, 4, 2, 1)]


class Unknown(Exception):
    """The tree says something that is not known here."""


class Misfit(Exception):
    """Shapes that do not fit."""


class NoValue(Exception):
    """The logarithm of what is not positive."""


@dataclass
class World:
    """Sizes, tables, words, and what the letters are that nothing binds."""

    V: int
    d: int
    K: int
    m: int
    U: np.ndarray
    C: np.ndarray
    words: dict
    places: dict
    negatives: list
    context: dict
    reals: dict
    loss: str = "softmax"
    draws: bool = False
    case: str = ""
    env: dict = field(default_factory=dict)


def worlds(number=30):
    """Worlds of unequal sizes, many of them with words that coincide."""
    rng = np.random.default_rng(11)
    found = []
    for count in range(number):
        V, d, K, m = SIZES[count % len(SIZES)]
        negatives = [int(word) for word in rng.integers(V, size=K)]
        words = {letter: int(rng.integers(V)) for letter in "abcdefghijklmnopqrstuvwxyz"}
        if count % 5 == 3:
            words["w"] = words["o"]
        if count % 5 == 4:
            words["x"] = words["c"] = words["o"]
        if count % 3 == 0 and V > K:  # distinct negatives, none of them o
            negatives = [w for w in rng.permutation(V).tolist() if w != words["o"]][:K]
        found.append(
            World(
                V,
                d,
                K,
                m,
                rng.uniform(-1, 1, (d, V)).astype(complex),
                rng.uniform(-1, 1, (d, V)).astype(complex),
                words,
                {letter: int(rng.integers(K)) for letter in "abcdefghijklmnopqrstuvwxyz"},
                negatives,
                {j: int(rng.integers(V)) for j in range(-m, m + 1) if j},
                {letter: float(rng.uniform(-1, 1)) for letter in "abcdefghijklmnopqrstuvwxyz"},
            )
        )
    return found


def holds(text, world):
    """Whether a hypothesis, in the reader's words, holds in a world."""
    found = re.fullmatch(r"(\w) (=|!=) (\w)", text)
    if found:
        letter, relation, other = found.groups()
        return (world.words[letter] == world.words[other]) == (relation == "=")
    found = re.fullmatch(r"(\w) is not among the negatives", text)
    if found:
        return world.words[found[1]] not in world.negatives
    if text == "the negatives are distinct":
        return len(set(world.negatives)) == world.K
    raise Unknown(text)


def value(node, world, env=None):
    """A complex number, or an array of rows and columns."""
    return _Reading(world).of(node, env or {})


def differ(left, right):
    """Whether two values differ; a zero may stand for zeros."""
    if np.ndim(left) != np.ndim(right):
        number, array = (left, right) if np.ndim(left) == 0 else (right, left)
        if number == 0:
            return bool(np.abs(array).max() > 1e-7)
        raise Misfit
    if np.shape(left) != np.shape(right):
        raise Misfit
    # Complex parts are left over only where a derivative is inside another one.
    return bool(np.max(np.abs(np.subtract(left, right))) > 1e-7 * (1 + np.max(np.abs(left))))


class _Reading:
    def __init__(self, world):
        self.world = world

    def of(self, node, env):
        method = getattr(self, "_" + node.op, None)
        if method is None:
            raise Unknown(node.op)
        return method(node.args, env)

    # ---- words
    def word(self, text, env):
        world = self.world
        text = text.replace(" ", "").strip("{}")
        if text in env:
            return self._bound(env[text])
        if text in ("c", "w_t", "w_c", "t"):
            return world.words["c"]
        if text in ("o", "w_o", "O", "w_O") or text == world.case:
            return world.words["o"]
        if text.isdigit() and int(text) > 0:
            return int(text) - 1
        if text in ("V", "|V|", "Vocab", "|Vocab|"):
            return world.V - 1
        drawn = re.fullmatch(r"w_\{?(\w)\}?", text)
        if drawn:
            letter = drawn[1]
            if letter in env:
                return self._bound(env[letter])
            if letter.isdigit():
                return world.negatives[int(letter) - 1]
            return world.negatives[world.K - 1 if letter == "K" else world.places[letter]]
        offset = re.fullmatch(r"w_\{?t([+-])([a-z])\}?", text)
        if offset and offset[2] in env:
            place = env[offset[2]][1] * (1 if offset[1] == "+" else -1)
            return world.context[place] if place else world.words["c"]
        if re.fullmatch("[a-z]", text):
            if world.draws and text in "ksijlnrtq":
                return world.negatives[world.places[text]]
            return world.words[text]
        raise Unknown(f"index {text}")

    def _bound(self, bound):
        sort, at = bound
        if sort == "word":
            return at
        if sort == "draw":
            return self.world.negatives[at]
        return self.world.context[at] if at else self.world.words["c"]

    # ---- the model
    @property
    def center(self):
        return self.world.C[:, [self.world.words["c"]]]

    def score(self, word):
        return (self.world.U[:, [word]].T @ self.center)[0, 0]

    def probability(self, word):
        scores = np.array([self.score(x) for x in range(self.world.V)])
        return np.exp(scores[word]) / np.exp(scores).sum()

    def loss(self, kind, word):
        world = self.world
        if kind == "softmax":
            return -np.log(self.probability(word))
        if kind == "entropy":
            return -sum(
                float(x == world.words["o"]) * np.log(self.probability(x)) for x in range(world.V)
            )
        if kind == "negative":
            return -np.log(_sigma(self.score(word))) - sum(
                np.log(_sigma(-self.score(drawn))) for drawn in world.negatives
            )
        return sum(self.loss(world.loss, near) for near in world.context.values())

    def _loss(self, args, env):
        name, arguments = args
        plain = re.sub("[^a-z]", "", name.lower())
        kind = self.world.loss
        for mark, known in (
            ("skip", "skip"),
            ("neg", "negative"),
            ("naive", "softmax"),
            ("soft", "softmax"),
            ("ce", "entropy"),
        ):
            if mark in plain:
                kind = known
                break
        else:
            if plain not in ("", "j", "l"):
                raise Unknown(f"the loss {name}")
        word = self.world.words["o"]
        if kind in ("softmax", "negative") and len(arguments) == 3:
            word = self.word(arguments[1], env)
        elif kind in ("softmax", "negative") and len(arguments) == 2:
            raise Unknown(f"a loss of {arguments}")
        return self.loss(kind, word)

    def _probability(self, args, env):
        left, right = args
        if right.replace(" ", "") != "c":
            raise Unknown(f"given {right}")
        return self.probability(self.word(left, env))

    # ---- names
    def _name(self, args, env):
        (name,) = args
        world = self.world
        if name == "U":
            return world.U
        if name == "y":
            return self._column(lambda x: float(x == world.words["o"]))
        if name == "ŷ":
            return self._column(self.probability)
        if name in ("K", "m", "d", "V"):
            return complex(getattr(world, name))
        if name in ("x", "z", "a", "t"):
            return complex(world.reals[name])
        raise Unknown(f"the name {name}")

    def _column(self, entry):
        return np.array([[entry(x)] for x in range(self.world.V)], complex)

    def _hat(self, args, env):
        if args[0].op == "name" and args[0].args == ("y",):
            return self._column(self.probability)
        raise Unknown("a hat")

    def _index(self, args, env):
        base, text = args
        if base.op == "hat":
            self._hat(base.args, env)
            return self.probability(self.word(text, env))
        if base.op != "name":
            raise Unknown("an index")
        (name,) = base.args
        if name == "u":
            return self.world.U[:, [self.word(text, env)]]
        if name == "v":
            return self.world.C[:, [self.word(text, env)]]
        if name == "y":
            return complex(self.word(text, env) == self.world.words["o"])
        if name == "ŷ":
            return self.probability(self.word(text, env))
        raise Unknown(f"{name}_{text}")

    def _number(self, args, env):
        return complex(float(args[0]))

    # ---- operations
    def _negative(self, args, env):
        return -self.of(args[0], env)

    def _transpose(self, args, env):
        found = self.of(args[0], env)
        return found.T if np.ndim(found) else found

    def _add(self, args, env):
        left, right = (self.of(part, env) for part in args)
        if np.shape(left) != np.shape(right):
            for one, other in ((left, right), (right, left)):
                if np.ndim(one) == 0 and one == 0:
                    return other
            raise Misfit
        return left + right

    def _times(self, args, env):
        left, right = (self.of(part, env) for part in args)
        if np.ndim(left) == 0 or np.ndim(right) == 0:
            return left * right
        # A product of two vectors that is a number.
        if left.shape[1] != right.shape[0]:
            raise Misfit
        found = left @ right
        return found[0, 0] if found.shape == (1, 1) else found

    def _dot(self, args, env):
        left, right = (self.of(part, env) for part in args)
        if np.ndim(left) and np.shape(left) == np.shape(right) and 1 in left.shape:
            return (left * right).sum()
        return self._times(args, env)

    def _over(self, args, env):
        above, below = (self.of(part, env) for part in args)
        if np.ndim(below):
            raise Misfit
        return above / below

    def _power(self, args, env):
        base, power = (self.of(part, env) for part in args)
        if np.ndim(base) or np.ndim(power):
            raise Misfit
        return base**power

    def _apply(self, args, env):
        name, argument, _ = args
        found = self.of(argument, env)
        if name == "softmax":
            shares = np.exp(found)
            return shares / shares.sum()
        if name not in ("exp", "log", "sigma"):
            raise Unknown(name)
        if name == "log" and np.min(np.real(found)) <= 0:
            raise NoValue
        return {"exp": np.exp, "log": np.log, "sigma": _sigma}[name](found)

    def _indicator(self, args, env):
        relation, *sides = args
        same = len({self.word(side, env) for side in sides}) == 1
        return complex(same == (relation == "="))

    def _cases(self, args, env):
        (rows,) = args
        for found, condition in rows:
            plain = re.sub(r"\\text|if|[\s{}$.,\\]", "", condition)
            case = re.fullmatch(r"(\w)(=|≠|neq|ne)(\w)", plain)
            if case:
                same = self.word(case[1], env) == self.word(case[3], env)
                if same == (case[2] == "="):
                    return self.of(found, env)
            elif plain in ("else", "otherwise"):
                return self.of(found, env)
            else:
                raise Unknown(condition)
        raise Unknown("cases")

    # ---- sums
    def _sum(self, args, env):
        sub, sup, body = args
        total = None
        for letter, bound in self._range(sub.replace(" ", ""), sup.replace(" ", ""), env):
            term = self.of(body, {**env, letter: bound})
            total = term if total is None else total + term
        return 0 * self.of(body, env) if total is None else total

    def _range(self, sub, sup, env):
        world = self.world
        head, *conditions = sub.split(",")
        window = re.fullmatch(r"-m≤([a-z])≤m", head)
        if window:
            letter, sort, places = window[1], "place", range(-world.m, world.m + 1)
        else:
            found = re.fullmatch(r"([a-z])(?:(=|∈|≠)(.+))?", head)
            if not found:
                raise Unknown(f"the range {sub}")
            letter, relation, bound = found.groups()
            if relation == "≠":
                conditions.insert(0, head)
            limit = sup if relation == "=" else bound if relation == "∈" else ""
            if relation == "=" and bound != "1":
                raise Unknown(f"the range {sub}")
            if limit == "K":
                sort, places = "draw", range(world.K)
            elif limit in ("V", "|V|", "Vocab", "|Vocab|") or (not limit and not world.draws):
                sort, places = "word", range(world.V)
            else:
                raise Unknown(f"the range {sub} {sup}")
        for place in places:
            bound = (sort, place)
            inner = {**env, letter: bound}
            if all(self._meets(condition, letter, bound, inner) for condition in conditions):
                yield letter, bound

    def _meets(self, condition, letter, bound, env):
        found = re.fullmatch(r"([a-z])(=|≠)(\w+)", condition)
        if not found:
            raise Unknown(f"the condition {condition}")
        left, relation, right = found.groups()
        if right == "0" and bound[0] == "place" and left == letter:
            return (bound[1] == 0) == (relation == "=")
        if bound[0] == "draw" and right != "o":
            raise Unknown(f"the condition {condition}")
        return (self.word(left, env) == self.word(right, env)) == (relation == "=")

    # ---- derivatives
    def _derivative(self, args, env):
        if len(args) != 2:
            raise Unknown("a second derivative")
        above, below = args
        if any(part.op == "derivative" for part in above.walk()):
            raise Unknown("a derivative within a derivative")
        if below.op == "transpose":
            found = self._derivative((above, below.args[0]), env)
            return found.T
        if below.op == "name" and below.args[0] in ("x", "z", "a", "t"):
            return self._by_real(above, below.args[0], env)
        table, columns = self._variable(below, env)
        rows = self.world.d
        found = np.empty((rows, len(columns)), object)
        kept = table.copy()
        for row in range(rows):
            for place, column in enumerate(columns):
                try:
                    table[row, column] += 1j * STEP
                    found[row, place] = np.imag(self.of(above, env)) / STEP
                finally:
                    table[:] = kept
        if np.ndim(found[0, 0]) == 0:
            return found.astype(complex)
        # The derivative of a vector by a vector: a row for each entry of it.
        if len(columns) != 1 or 1 not in found[0, 0].shape:
            raise Unknown("the derivative of a matrix, or by one")
        return np.array([np.ravel(entry) for entry in found[:, 0]]).T.astype(complex)

    def _by_real(self, above, letter, env):
        kept = self.world.reals[letter]
        self.world.reals[letter] = kept + 1j * STEP
        try:
            return np.imag(self.of(above, env)) / STEP + 0j
        finally:
            self.world.reals[letter] = kept

    def _variable(self, below, env):
        world = self.world
        if below.op == "name" and below.args == ("U",):
            return world.U, range(world.V)
        if below.op == "index" and below.args[0].op == "name":
            (name,), text = below.args[0].args, below.args[1]
            if name in ("u", "v"):
                return {"u": world.U, "v": world.C}[name], [self.word(text, env)]
        raise Unknown("this variable")


def _sigma(x):
    return 1 / (1 + np.exp(-x))
