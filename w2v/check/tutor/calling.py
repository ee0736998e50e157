"""Call a function of which nothing is known: it may raise, print, hang or change arguments."""

import contextlib
import contextvars
import copy
import dis
import inspect
import io
import itertools
import linecache
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np

SECONDS = 20.0  # that an answer may take, if nothing else is said: some of them train
_MOST = 1_000_000  # elements of a generator
_EMPTY = {"RESUME", "NOP", "LOAD_CONST", "LOAD_SMALL_INT", "RETURN_CONST", "RETURN_VALUE"}
_EMPTY |= {"COPY_FREE_VARS", "MAKE_CELL"}


@dataclass(frozen=True)
class Call:
    """What became of a call.

    Attributes
    ----------
    result : object
        What the function returned; a generator is returned as a list.
    error : BaseException or None
        What it raised.
    line : str
        The line of the function's source that raised it, if there is a source.
    timed_out : bool
    printed : str
    changed : tuple of int or str
        Which arguments were changed in place: their numbers or names.
    """

    result: object = None
    error: BaseException | None = None
    line: str = ""
    timed_out: bool = False
    printed: str = ""
    changed: tuple = ()


class OutOfTime(BaseException):
    """Raised inside a function that takes too long; no `except Exception` catches it."""


def call_safely(function, arguments=(), options=None, seconds=SECONDS):
    """Call a function with copies of its arguments, and report what became of it.

    It runs in a thread of its own, which is stopped when the time is over. In a loop that
    catches even that, or inside a compiled function, the thread is left to itself: it does
    not keep the program from ending.

    Parameters
    ----------
    function : callable
    arguments : sequence
        Arrays and lists are copied.
    options : dict, optional
        Arguments by name.
    seconds : float
        How long it may take.

    Returns
    -------
    Call

    Examples
    --------
    >>> call_safely(lambda x: x + 1, [1]).result
    2
    >>> call_safely(lambda x: 1 / x, [0]).error
    ZeroDivisionError('division by zero')
    >>> def forever(x):
    ...     while True:
    ...         x += 1
    >>> call_safely(forever, [0], seconds=0.1).timed_out
    True
    """
    given = dict(enumerate(arguments)) | (options or {})
    copies = {key: _copied(value) for key, value in given.items()}
    values = [copies[number] for number in range(len(arguments))]
    named = {name: copies[name] for name in options or {}}
    outcome = {}
    # NumPy keeps in the context what it does about overflow; a thread would begin without.
    context = contextvars.copy_context()

    def work():
        # What is printed is told apart by thread, so the listening begins in here.
        with _listening() as outcome["printed"]:
            try:
                result = context.run(function, *values, **named)
                if inspect.isgenerator(result):
                    result = list(itertools.islice(result, _MOST))
                outcome["result"] = result
            except BaseException as error:
                outcome["error"] = error

    in_time = _within(work, seconds)
    error = outcome.get("error")
    printed = outcome["printed"].getvalue() if "printed" in outcome else ""
    if not in_time or isinstance(error, OutOfTime):
        return Call(timed_out=True, printed=printed)
    return Call(
        result=outcome.get("result"),
        error=error,
        line=_line_of(error, function),
        printed=printed,
        changed=tuple(key for key in given if not _same(given[key], copies[key])),
    )


def _within(work, seconds):
    """Run something for at most so long; return whether it came to its end."""

    def run():
        with contextlib.suppress(OutOfTime):  # it may arrive a moment too late
            work()

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # Python in a browser has no threads
        return _traced(work, seconds)
    in_time = False
    try:
        thread.join(seconds)
        in_time = not thread.is_alive()
    finally:  # also if somebody interrupts the kernel
        for _ in range(20):  # a bare `except:` may swallow the first ones
            if not thread.is_alive() or not _interrupt(thread):
                break
            thread.join(0.02)
    return in_time


def _interrupt(thread):
    """Raise `OutOfTime` in a thread; return whether this Python can do that."""
    try:
        import ctypes

        interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, AttributeError):
        return False
    number, error = ctypes.c_ulong(thread.ident), ctypes.py_object(OutOfTime)
    interrupt(number, error)
    return True


def _traced(work, seconds):
    """As `_within`, without a thread: the clock is looked at before every line."""
    end = time.monotonic() + seconds

    def look(frame, event, argument):
        if time.monotonic() > end:
            raise OutOfTime
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        work()
    except OutOfTime:
        return False
    finally:
        sys.settrace(before)
    return True


class _Ear:
    """Stands in for `sys.stdout`; keeps what some threads print, and passes on the rest."""

    def __init__(self, stream):
        self.stream = stream
        self.kept = {}

    def write(self, text):
        kept = self.kept.get(threading.get_ident())
        return self.stream.write(text) if kept is None else kept.write(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


_LOCK = threading.Lock()


class _listening:
    """Keep what this thread prints, in the text that `with` gives."""

    def __enter__(self):
        self.thread = threading.get_ident()
        with _LOCK:
            if not isinstance(sys.stdout, _Ear):
                sys.stdout = _Ear(sys.stdout)
            self.ear = sys.stdout
            self.before = self.ear.kept.get(self.thread)
            self.ear.kept[self.thread] = io.StringIO()
        return self.ear.kept[self.thread]

    def __exit__(self, *error):
        with _LOCK:
            del self.ear.kept[self.thread]
            if self.before is not None:
                self.ear.kept[self.thread] = self.before
            if not self.ear.kept and sys.stdout is self.ear:
                sys.stdout = self.ear.stream


def is_unwritten(function):
    """Whether a function has no body but ``...``, ``pass``, a constant or a comment.

    Parameters
    ----------
    function : callable

    Returns
    -------
    bool

    Examples
    --------
    >>> def f(x):
    ...     "To be written."
    >>> is_unwritten(f), is_unwritten(lambda x: x + 1)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & inspect.CO_GENERATOR:
        return False
    steps = list(dis.get_instructions(code))
    given = {step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")}
    return {step.opname for step in steps} <= _EMPTY and given <= {None, ...}


def describe(value):
    """Name a value briefly, an array with its shape.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> describe(np.zeros((2, 3))), describe(np.array([1.0, 2.0])), describe(3)
    ('an array of shape (2, 3)', '[1. 2.] of shape (2,)', '3')
    """
    if isinstance(value, np.ndarray) and value.ndim:
        small = value.ndim == 1 and value.size <= 6
        with np.printoptions(precision=4, suppress=True):
            return f"{value if small else 'an array'} of shape {value.shape}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _copied(value):
    if isinstance(value, np.ndarray):
        return np.copy(value)
    if type(value) is list:
        return [_copied(each) for each in value]
    return copy.copy(value) if type(value) in (dict, set) else value


def _same(one, other):
    if isinstance(one, np.ndarray):
        equal_nan = one.dtype.kind in "fc"
        return one.shape == other.shape and np.array_equal(one, other, equal_nan=equal_nan)
    if type(one) is list:
        return len(one) == len(other) and all(map(_same, one, other))
    if type(one) is dict:
        return one.keys() == other.keys() and all(one[key] is other[key] for key in one)
    return one == other if type(one) is set else True


def _line_of(error, function):
    """The last line of the learner's own source on the way to the error."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    code = code or getattr(type(function).__dict__.get("__call__"), "__code__", None)
    trace, found = getattr(error, "__traceback__", None), ""
    while trace is not None and code is not None:
        if trace.tb_frame.f_code.co_filename == code.co_filename:
            found = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        trace = trace.tb_next
    return found if len(found) <= 80 else found[:77] + "..."
