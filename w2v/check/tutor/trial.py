"""A learner's function, one way to call it, and what comes back."""

import functools
import itertools
import time
from dataclasses import dataclass, replace

import numpy as np

from .calling import call_safely, describe
from .outputs import BadOutput, read_outputs
from .worlds import ORDINARY, log_sum_exp, small_worlds, truth

SECONDS = 1.0  # for one call in a small world
TOTAL = 5.0  # and for all calls of a check together


@dataclass(frozen=True)
class Convention:
    """How arguments are handed over."""

    columns: bool = False  # words in columns
    upright: bool = False  # the centre vector as a column, (d, 1)
    listed: bool = False  # words as a list, not as an array


class Failure(Exception):
    """A call did not give results that can be compared."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name
        self.message = message


class Hang(Failure):
    """A call did not come back."""


class _Dataset:
    """What the course's functions draw negatives from; here it is known what comes."""

    def __init__(self, draws):
        self._draws = itertools.cycle(draws)

    def sampleTokenIdx(self):
        """Draw a word, as the course's data set does."""
        return next(self._draws)


@dataclass
class Trial:
    """A learner's function, and one way to call it."""

    function: object
    part: str
    signature: object
    convention: Convention
    clock: list  # seconds that the function has taken, in all trials

    def __post_init__(self):
        self.printed = ""
        self.axes = False
        self.changed = ()

    def values(self, world, dtype=float):
        """Values of all roles in a world."""
        way = self.convention

        def table(array):
            return np.array(array.T if way.columns else array, dtype=dtype, order="C")

        def words(numbers):
            return list(numbers) if way.listed else np.array(numbers, dtype=int)

        v = world.v.astype(dtype)
        scores = world.U @ world.v
        tokens = [f"word{w}" for w in range(len(world.U))]
        return {
            "v": v[:, None] if way.upright else v,
            "o": world.o,
            "w": world.o,
            "U": table(world.U),
            "C": None if world.C is None else table(world.C),
            "c": world.c,
            "context": words(world.context),
            "negatives": words(world.negatives),
            "K": len(world.negatives),
            "dataset": _Dataset(world.draws or (0,)),
            "scores": scores.astype(dtype),
            "y": np.eye(len(world.U))[world.o],
            "y_hat": np.exp(scores - log_sum_exp(scores)),
            "x": None if world.x is None else world.x.astype(dtype),
            "token": tokens[world.c],
            "tokens": [tokens[word] for word in world.context],
            "index": {token: number for number, token in enumerate(tokens)},
            "window": len(world.context),
            "pair_loss": self._pair_loss(world),
        }

    def _pair_loss(self, world):
        columns = self.convention.columns

        def loss_of_pair(center_vector, outside_word, outside, *rest):
            U = np.asarray(outside, float)
            pair = replace(
                world,
                v=np.asarray(center_vector, float).ravel(),
                U=U.T if columns else U,
                o=int(outside_word),
                C=None,
            )
            if world.drawn_for is None:
                found = truth("d", pair)
            else:
                found = truth("e", replace(pair, negatives=world.drawn_for[pair.o]))
            table = found["outside"].T if columns else found["outside"]
            return float(found["loss"]), found["center"], table

        return loss_of_pair

    def call(self, world, dtype=float):
        """Call the function in a world; return what `read_outputs` gives.

        Raises
        ------
        Failure
        """
        values = self.values(world, dtype)
        signature = self.signature
        if "pair_loss" in signature.optional and world.drawn_for is None:
            # The learner's own default is tried, and another loss only where it shows.
            del values["pair_loss"]
        by_place, by_name = signature.arguments(values)
        function = self.function if "w" not in signature.roles else self._word_by_word(len(world.U))
        began = time.monotonic()
        with np.errstate(all="ignore"):
            call = call_safely(function, by_place, by_name, SECONDS)
        self.clock[0] += time.monotonic() - began
        self.printed = self.printed or call.printed
        self._complain(call, values)
        right = truth(self.part, world)
        try:
            outputs, axes = read_outputs(self.part, call.result, right, self.convention.columns)
        except BadOutput as error:
            raise Failure(error.name, f"{error} {self.called(values)}") from None
        self.axes = self.axes or axes
        if call.changed:
            names = [name for name in signature.names if name not in signature.by_name]
            self.changed = self.changed or tuple(
                names[key] if isinstance(key, int) else key for key in call.changed
            )
        return outputs, call.result

    def _word_by_word(self, V):
        """The table of a function that gives the gradient of one outside vector."""
        place = self.signature.roles.index("w")

        @functools.wraps(self.function)
        def table(*given):
            rows = [self.function(*given[:place], w, *given[place + 1 :]) for w in range(V)]
            return np.array(rows).T if self.convention.columns else np.array(rows)

        return table

    def _complain(self, call, values):
        called = self.called(values)
        if self.clock[0] > TOTAL and not call.timed_out:
            raise Hang(
                "slow", f"The function takes far too long for worlds that are so small. {called}"
            )
        if call.timed_out:
            raise Hang(
                "hangs",
                f"The function did not return within {SECONDS:g} second, and was stopped: does a "
                f"loop never end? {called}",
            )
        if isinstance(call.error, NotImplementedError):
            raise call.error
        if call.error is not None:
            line = f" in the line `{call.line}`" if call.line else ""
            kind = type(call.error).__name__
            text = str(call.error).rstrip(".")
            raise Failure("raises", f"The function raised {kind}{line}: {text}. {called}")
        if call.result is None:
            raise Failure(
                "returns-nothing", f"The function returned None: is a `return` missing? {called}"
            )
        if call.result is ...:
            raise NotImplementedError

    def called(self, values):
        """A sentence that names the arguments with their shapes."""
        pairs = zip(self.signature.names, self.signature.roles, strict=True)
        left_out = {"index", "dataset", "pair_loss"}
        given = [f"{name} {describe(values[role])}" for name, role in pairs if role not in left_out]
        return f"It was called with {'; '.join(given)}."


def conventions(part, signature):
    """The likely ones first; the course has settled on the first."""
    yield Convention()
    if part == "sigmoid" or not {"U", "v", "negatives", "context"} & set(signature.roles):
        return
    if not signature.is_course:
        yield Convention(columns=True)
    if "v" in signature.roles:
        yield Convention(upright=True)
        if not signature.is_course:
            yield Convention(columns=True, upright=True)
    if {"negatives", "context"} & set(signature.roles):
        yield Convention(listed=True)
        yield Convention(listed=True, columns=True)


def worlds_of(part, signature):
    """Worlds to try a function with; for one that draws, those in which it can draw."""
    return _course_worlds(part) if "dataset" in signature.roles and part == "e" else ORDINARY[part]


@functools.cache
def _course_worlds(part):
    return tuple(as_drawn(world) for world in ORDINARY[part])


def as_drawn(world):
    """The same world for a function that draws: o is never kept as a negative."""
    draws = world.negatives
    if set(draws) == {world.o}:
        draws = (*draws, (world.o + 1) % len(world.U))
    kept = itertools.islice((w for w in itertools.cycle(draws) if w != world.o), len(draws))
    return replace(world, draws=draws, negatives=tuple(kept))


def small_worlds_of(trial):
    """Worlds of small integers for a trial, the smallest first."""
    worlds = itertools.islice(small_worlds(trial.part), 80)
    if "pair_loss" in trial.signature.roles:
        # Only at the end: another loss of the pairs is the last thing to be suspected.
        drawn_for = {0: (1,), 1: (0,), 2: (0,)}
        few = itertools.islice(small_worlds("f"), 8)
        worlds = itertools.chain(worlds, (replace(world, drawn_for=drawn_for) for world in few))
    for world in worlds:
        if trial.part == "e" and "dataset" in trial.signature.roles:
            world = as_drawn(world)
        yield world


def as_given(trial, value):
    """A table with words in rows, as the function would have it."""
    return value.T if trial.convention.columns and np.ndim(value) == 2 else value
