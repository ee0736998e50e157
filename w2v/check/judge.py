"""From an answer to a verdict: the part that is the same for all exercises."""

import importlib
import inspect
from dataclasses import dataclass

import numpy as np

from .tutor.calling import call_safely, describe, is_unwritten

LEVELS = ("warm-up", "core", "stretch")
#: Chapters with exercises, in the order of the book; each has a module of its name here.
CHAPTERS = (*"abcdefghij", "own_text", "errata", "check_derivation")
_EXERCISES = {}


class Wrong(Exception):
    """An answer is wrong; the message says where it can be seen, in one sentence or two.

    Attributes
    ----------
    mistakes : tuple of str
        Names of the mistakes, if they are known ones.
    places : tuple of (str, str)
        Where to read again: the place in words, and its address in the built book.
    """

    def __init__(self, message, mistakes=(), places=()):
        super().__init__(message)
        self.mistakes = tuple(mistakes)
        self.places = tuple(places)


class _Missing(Exception):
    """There is no answer yet."""


@dataclass(frozen=True)
class Exercise:
    """An exercise of the book.

    Attributes
    ----------
    name : str
        As in the book, where its label is ``exercise-`` and this name.
    chapter : str
        One of `CHAPTERS`.
    level : {"warm-up", "core", "stretch"}
    about : str
        What the reader does.
    tests : str
        What is tried with the answer.
    judge : callable
        Takes the answers; raises `Wrong`, and may return remarks on right ones.
    guarded : bool
        Whether functions reach the judge guarded, or as they are.
    """

    name: str
    chapter: str
    level: str
    about: str
    tests: str
    judge: object
    guarded: bool = True


@dataclass(frozen=True)
class Verdict:
    """What became of an answer.

    Attributes
    ----------
    name : str
        Of the exercise.
    status : {"right", "wrong", "missing"}
    message : str
    remarks : tuple of str
        What could be better in a right answer.
    mistakes : tuple of str
        Names of the mistakes in a wrong one, where they are known.
    places : tuple of (str, str)
        Where to read again: the place in words, and its address in the built book.
    """

    name: str
    status: str
    message: str
    remarks: tuple = ()
    mistakes: tuple = ()
    places: tuple = ()

    def __str__(self):
        """Return what `check` prints: a line, and one for each remark."""
        remarks = "".join(f"\nRemark: {remark}" for remark in self.remarks)
        return f"exercise {self.name}: {self.message}{remarks}"

    def _repr_markdown_(self):
        """Show a notebook the same, with links."""
        links = [f"[{words}]({address.split('.html')[0]}.ipynb)" for words, address in self.places]
        again = f"\n\nRead again: {'; '.join(links)}." if links else ""
        return f"```text\n{self}\n```{again}"


def exercise(name, chapter, level, about, tests, guarded=True):
    """Register a function as the judge of an exercise.

    Parameters
    ----------
    name, chapter, level, about, tests : str
        As in `Exercise`.
    guarded : bool
        As there; a judge that calls functions safely by itself needs no guard.

    Returns
    -------
    callable
        A decorator. The judge takes as many arguments as the exercise has answers, returns
        if they are right, and raises `Wrong` if not. The answers reach it guarded: see
        `check`. It may return remarks, a sequence of sentences.
    """
    if level not in LEVELS:
        raise ValueError(f"`level` must be one of {LEVELS}, but is {level!r}")

    def register(judge):
        if name in _EXERCISES:
            raise ValueError(f"there is an exercise {name!r} already")
        _EXERCISES[name] = Exercise(name, chapter, level, about, tests, judge, guarded)
        return judge

    return register


def exercises():
    """All exercises, in the order of the book.

    Returns
    -------
    list of Exercise

    Examples
    --------
    >>> [each.name for each in exercises() if each.chapter == "b"][:1]
    ['zero-vector']
    """
    for chapter in CHAPTERS:
        importlib.import_module(f"{__package__}.{chapter}")
    importlib.import_module(f"{__package__}.tutor.exercises")
    return sorted(_EXERCISES.values(), key=lambda each: CHAPTERS.index(each.chapter))


def check(name, *answers):
    """Print whether the answers to an exercise are right, and if not, where to see it.

    Parameters
    ----------
    name : str
        Of the exercise.
    *answers
        Functions, numbers or arrays, as the exercise asks. An ellipsis, or a function without
        a body, counts as no answer yet. Functions get copies of arrays, and are stopped if
        they do not return.

    Raises
    ------
    ValueError
        If there is no such exercise, or it asks for another number of answers.

    Examples
    --------
    >>> check("beta", lambda center_vector, outside_word, outside, beta: None)
    exercise beta: no answer yet.
    """
    print(verdict(name, *answers))


def verdict(name, *answers):
    """As `check`, but the verdict is returned.

    Parameters
    ----------
    name : str
    *answers
        As for `check`.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        As for `check`.

    Examples
    --------
    >>> verdict("beta", ...).status
    'missing'
    """
    found = {each.name: each for each in exercises()}.get(name)
    if found is None:
        names = ", ".join(_EXERCISES)
        raise ValueError(f"there is no exercise {name!r}; there are {names}")
    asked = len(inspect.signature(found.judge).parameters)
    if len(answers) != asked:
        raise ValueError(f"exercise {name} asks for {asked} answers, but was given {len(answers)}")
    remarks = []
    try:
        given = [_present(answer) for answer in answers]
        if found.guarded:
            given = [_guarded(answer, remarks) if callable(answer) else answer for answer in given]
        remarks += found.judge(*given) or ()
    except (_Missing, NotImplementedError):
        return Verdict(name, "missing", "no answer yet.")
    except Wrong as wrong:
        message = f"not yet. {wrong}"
        return Verdict(name, "wrong", message, mistakes=wrong.mistakes, places=wrong.places)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        if not found.guarded:
            raise  # that judge takes nothing apart unseen
        # Judges take answers apart; what cannot be taken apart has another form.
        return Verdict(name, "wrong", f"not yet. The answer has another form than asked: {error}.")
    message = f"right. Tried: {found.tests}"
    return Verdict(name, "right", message, remarks=tuple(dict.fromkeys(remarks)))


def _present(answer):
    if answer is ... or answer is None or (callable(answer) and is_unwritten(answer)):
        raise _Missing
    return answer


def _guarded(answer, remarks):
    """The same function, whose failures are sentences, and whose prints become a remark."""

    def call(*arguments, **options):
        found = call_safely(answer, arguments, options)
        called = f"(called with {', '.join(map(describe, arguments))})"
        if found.timed_out:
            raise Wrong(f"The function did not come to an end, and was stopped {called}.")
        if isinstance(found.error, NotImplementedError):
            raise _Missing
        if isinstance(found.error, KeyboardInterrupt):
            raise found.error
        if found.error is not None:
            line = f" in the line `{found.line}`" if found.line else ""
            raise Wrong(
                f"The function raised {type(found.error).__name__}{line}: {found.error} {called}."
            ) from found.error
        if found.result is ...:
            raise _Missing
        if found.result is None:
            raise Wrong(f"The function returned None: is a `return` missing? {called}")
        if found.changed:
            raise Wrong("The function changed an array that it was given: work on a copy.")
        if found.printed:
            remarks.append("The function prints: take that out when it works.")
        return found.result

    return call


def require_close(found, expected, what, tolerance=1e-9):
    """Raise `Wrong` unless a result has the right shape and values.

    Parameters
    ----------
    found : object
        What the answer gave.
    expected : array_like
    what : str
        Its name in the message: "the gradient with V = 3, d = 2".
    tolerance : float
        Relative, and absolute for numbers below 1.
    """
    try:
        found = np.asarray(found, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{_capital(what)} should be numbers, but is {_briefly(found)}.") from None
    expected = np.asarray(expected, dtype=float)
    if found.shape != expected.shape:
        raise Wrong(f"{_capital(what)} should have shape {expected.shape}, but has {found.shape}.")
    if not np.allclose(found, expected, rtol=tolerance, atol=tolerance):
        raise Wrong(f"{_capital(what)} should be {_briefly(expected)}, but is {_briefly(found)}.")


def _capital(text):
    return text[:1].upper() + text[1:]


def _briefly(value):
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, suppress=True, threshold=12, edgeitems=2):
            return " ".join(str(value).split())
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
