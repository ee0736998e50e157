"""From an answer to a verdict: the part that is the same for all exercises."""

import importlib
import inspect
from dataclasses import dataclass

import numpy as np

LEVELS = ("warm-up", "core", "stretch")
#: Chapters with exercises, in the order of the book; each has a module of its name here.
CHAPTERS = (*"abcdefghij", "own_text", "errata")
_EXERCISES = {}


class Wrong(Exception):
    """An answer is wrong; the message says where it can be seen, in one sentence or two."""


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
        Takes the answers; raises `Wrong`.
    """

    name: str
    chapter: str
    level: str
    about: str
    tests: str
    judge: object


@dataclass(frozen=True)
class Verdict:
    """What became of an answer.

    Attributes
    ----------
    name : str
        Of the exercise.
    status : {"right", "wrong", "missing"}
    message : str
    """

    name: str
    status: str
    message: str

    def __str__(self):
        """Return the line that `check` prints."""
        return f"exercise {self.name}: {self.message}"


def exercise(name, chapter, level, about, tests):
    """Register a function as the judge of an exercise.

    Parameters
    ----------
    name, chapter, level, about, tests : str
        As in `Exercise`.

    Returns
    -------
    callable
        A decorator. The judge takes as many arguments as the exercise has answers, returns
        if they are right, and raises `Wrong` if not. The answers reach it guarded: see
        `check`.
    """
    if level not in LEVELS:
        raise ValueError(f"`level` must be one of {LEVELS}, but is {level!r}")

    def register(judge):
        if name in _EXERCISES:
            raise ValueError(f"there is an exercise {name!r} already")
        _EXERCISES[name] = Exercise(name, chapter, level, about, tests, judge)
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
    return sorted(_EXERCISES.values(), key=lambda each: CHAPTERS.index(each.chapter))


def check(name, *answers):
    """Print whether the answers to an exercise are right, and if not, where to see it.

    Parameters
    ----------
    name : str
        Of the exercise.
    *answers
        Functions, numbers or arrays, as the exercise asks. An ellipsis, or a function that
        returns None, counts as no answer yet. Functions get copies of arrays.

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
    try:
        found.judge(*(_guarded(answer) for answer in answers))
    except _Missing:
        return Verdict(name, "missing", "no answer yet.")
    except Wrong as wrong:
        return Verdict(name, "wrong", f"not yet. {wrong}")
    except (IndexError, KeyError, TypeError, ValueError) as error:
        # Judges take answers apart; what cannot be taken apart has another form.
        return Verdict(name, "wrong", f"not yet. The answer has another form than asked: {error}.")
    return Verdict(name, "right", f"right. Tried: {found.tests}")


def _guarded(answer):
    if answer is ... or answer is None:
        raise _Missing
    if not callable(answer):
        return answer

    def call(*arguments, **options):
        copies = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments]
        try:
            result = answer(*copies, **options)
        except NotImplementedError:
            raise _Missing from None
        except Exception as error:
            raise Wrong(
                f"The function raised {type(error).__name__}: {error} (called with "
                f"{', '.join(map(_briefly, arguments))})."
            ) from error
        if result is None or result is ...:
            raise _Missing
        for given, copy in zip(arguments, copies, strict=True):
            if isinstance(given, np.ndarray) and not np.array_equal(given, copy, equal_nan=True):
                raise Wrong("The function changed an array that it was given: work on a copy.")
        return result

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
