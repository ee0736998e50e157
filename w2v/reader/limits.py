"""A limit to the time that a computation takes, in any thread and on any system."""

import ctypes
import threading


class OutOfTimeError(BaseException):
    """A computation took longer than it may. (Not an Exception: libraries catch these.)."""


class time_limit:
    """Raise `OutOfTimeError` in this thread if what is done here takes longer.

    Where no thread can be started, as in a browser, there is no limit.

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

    AGAIN = 0.25  # seconds after which it is raised once more: somebody may have caught it

    def __init__(self, seconds):
        self._seconds = max(seconds, 0.01)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._raised = False

    def __enter__(self):
        watch = threading.Thread(target=self._watch, args=(threading.get_ident(),), daemon=True)
        try:
            watch.start()
        except RuntimeError:  # in a browser there are no threads: then there is no limit
            self._over.set()

    def __exit__(self, kind, error, traceback):
        with self._lock:
            self._over.set()
        if self._raised and kind is not OutOfTimeError:
            # It is on its way, and must not arrive elsewhere. (To call it back would leave
            # the interpreter looking for it at every instruction.)
            try:
                for _ in range(100_000):
                    pass
            except OutOfTimeError:
                pass

    def _watch(self, thread):
        wait = self._seconds
        while not self._over.wait(wait):
            with self._lock:
                if not self._over.is_set():
                    self._raised = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread), ctypes.py_object(OutOfTimeError)
                    )
            wait = self.AGAIN
