"""A limit to the time that a computation takes, in any thread and on any system."""

import ctypes
import threading
from contextlib import contextmanager


class OutOfTimeError(Exception):
    """A computation took longer than it may."""


@contextmanager
def time_limit(seconds):
    """Raise `OutOfTimeError` in this thread if what is done here takes longer.

    Parameters
    ----------
    seconds : float

    Raises
    ------
    OutOfTimeError
        At the next instruction of Python after the time is over.

    Examples
    --------
    >>> with time_limit(10):
    ...     1 + 1
    2
    """
    thread, over, lock = ctypes.c_ulong(threading.get_ident()), False, threading.Lock()
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def stop():
        with lock:
            if not over:
                interrupt(thread, ctypes.py_object(OutOfTimeError))

    timer = threading.Timer(max(seconds, 0.01), stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True
        interrupt(thread, None)  # one that was raised, but has not arrived
