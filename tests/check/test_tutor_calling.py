"""Functions that raise, print, hang, return nothing or change what they are given."""

import sys
import threading
import time

import numpy as np
import pytest

from w2v.check import check, verdict
from w2v.check.tutor.calling import call_safely, describe, is_unwritten


def forever(*arguments):
    while True:
        pass


def stubborn(*arguments):
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        try:
            while time.monotonic() < end:
                pass
        except Exception:
            pass


def swallowing(*arguments):
    for _ in range(3):
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("function", [forever, stubborn, swallowing])
def test_what_does_not_return_is_stopped(function):
    before = threading.active_count()
    began = time.monotonic()
    assert call_safely(function, [1], seconds=0.1).timed_out
    assert time.monotonic() - began < 5  # far from for ever, also on a busy machine
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_without_threads_the_clock_is_looked_at_instead(monkeypatch):
    def cannot(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", cannot)
    traced = sys.gettrace()
    assert call_safely(forever, [1], seconds=0.1).timed_out
    assert call_safely(lambda x: x + 1, [1]).result == 2
    assert isinstance(call_safely(lambda x: 1 / x, [0]).error, ZeroDivisionError)
    assert sys.gettrace() is traced


def test_without_ctypes_a_thread_is_left_to_itself(monkeypatch):
    monkeypatch.setitem(sys.modules, "ctypes", None)
    done = threading.Event()

    def slow():
        while not done.is_set():
            time.sleep(0.01)

    assert call_safely(slow, seconds=0.05).timed_out
    done.set()


def test_what_is_printed_is_kept_and_only_that(capsys):
    def loud(x):
        print("from", x)
        return x

    before = sys.stdout
    assert call_safely(loud, [3]).printed == "from 3\n"
    assert sys.stdout is before
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_others_may_print_in_the_meantime(capsys):
    started, go_on = threading.Event(), threading.Event()

    def waits():
        print("inside")
        started.set()
        go_on.wait(5)
        print("inside")

    def outside():
        started.wait(5)
        print("outside")
        go_on.set()

    other = threading.Thread(target=outside)
    other.start()
    assert call_safely(waits).printed == "inside\ninside\n"
    other.join()
    assert capsys.readouterr().out == "outside\n"


def test_calls_in_calls_keep_what_is_theirs():
    def inner():
        print("inner")

    def outer():
        print("outer")
        return call_safely(inner).printed

    found = call_safely(outer)
    assert (found.result, found.printed) == ("inner\n", "outer\n")


def test_numpy_does_about_overflow_what_it_did_outside():
    with np.errstate(all="ignore"):
        assert np.isinf(call_safely(np.exp, [np.array(1000.0)]).result)
    with np.errstate(all="raise"):
        assert isinstance(call_safely(np.exp, [np.array(1000.0)]).error, FloatingPointError)


def in_place(array, words, table):
    array[0] += 1
    words.append(1)


def test_changes_are_noticed_and_do_not_reach_the_caller():
    array, words, table = np.zeros(2), [0], {"a": 1}
    assert call_safely(in_place, [array, words, table]).changed == (0, 1)
    assert (array.tolist(), words, table) == ([0, 0], [0], {"a": 1})
    assert call_safely(lambda table: table.clear(), [], {"table": table}).changed == ("table",)
    assert table == {"a": 1}
    nested = [(np.zeros(1), 0)]
    assert call_safely(lambda pairs: pairs, [nested]).changed == ()
    nan = np.array([np.nan])
    assert call_safely(lambda x: x, [nan]).changed == ()


def test_the_line_that_raised_is_shown():
    def wrong(x):
        y = 2 * x
        return y @ y.T @ np.zeros(7)

    found = call_safely(wrong, [np.ones(3)])
    assert isinstance(found.error, ValueError)
    assert found.line == "return y @ y.T @ np.zeros(7)"

    class Wrong:
        def __call__(self, x):
            raise KeyError(x)

    assert call_safely(Wrong(), [1]).line == "raise KeyError(x)"


def test_generators_are_run_inside():
    def words(n):
        yield from range(n)

    def breaks(n):
        yield n
        raise KeyError(n)

    assert call_safely(words, [3]).result == [0, 1, 2]
    assert isinstance(call_safely(breaks, [3]).error, KeyError)


def documented(x):
    """Do nothing yet."""


def passing(x):
    pass


def stub(x): ...


def half(x):
    y = x + 1  # noqa: F841


@pytest.mark.parametrize("function", [documented, passing, stub, lambda x: None, lambda x: ...])
def test_functions_without_a_body_are_unwritten(function):
    assert is_unwritten(function)
    assert verdict("b", function).status == "missing"


@pytest.mark.parametrize("function", [half, lambda x: 3, len, np.exp, (lambda x: (yield))])
def test_functions_with_a_body_are_written(function):
    assert not is_unwritten(function)


def test_values_are_named_briefly():
    assert describe(np.float64(2.5)) == "2.5"
    assert describe(np.zeros(7)) == "an array of shape (7,)"
    assert describe(forever) == "the function forever"
    assert describe(np.array(3)) == "3"
    assert len(describe("x" * 100)) == 60


# Every exercise of the book is called like this.


def test_other_exercises_profit(monkeypatch, capsys):
    monkeypatch.setattr(call_safely, "__defaults__", ((), None, 0.2))
    found = verdict("counts", forever)
    assert "did not come to an end, and was stopped (called with" in found.message
    assert "of shape (" in found.message
    assert found.status == "wrong"

    def nothing(v, counts, U):
        v = v + 1

    assert "returned None: is a `return` missing?" in verdict("counts", nothing).message

    def loud(v, counts, U):
        print("v")
        weights = np.exp(U @ v)
        return (weights / weights.sum() - counts / counts.sum()) @ U

    found = verdict("counts", loud)
    assert (found.status, len(found.remarks)) == ("right", 1)
    check("counts", loud)
    assert capsys.readouterr().out.endswith(
        "\nRemark: The function prints: take that out when it works.\n"
    )


def test_somebody_who_interrupts_is_heard():
    def interrupted(v, counts, U):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict("counts", interrupted)
