"""Check answers to the exercises of the book.

Each exercise has a name, and under that name a function here that judges an answer by
something other than the book's solution: a derivative taken in another way, a loop over
words, a count by hand. So a wrong answer is told from a right one in other clothes.

>>> from w2v.check import check
>>> check("beta", ...)
exercise beta: no answer yet.
"""

from .judge import Exercise, Verdict, Wrong, check, exercise, exercises, verdict

__all__ = ["Exercise", "Verdict", "Wrong", "check", "exercise", "exercises", "verdict"]
