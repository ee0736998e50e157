"""Verdicts: proved for every size, refuted by a world, or neither."""

import time
from dataclasses import dataclass, field

from sympy import sympify

from .normal_form import is_zero
from .sums import Matrix, fresh
from .worlds import refute, same_shape


@dataclass(frozen=True)
class Verdict:
    """What came of a claim that two sides are equal.

    Attributes
    ----------
    status : {"proved", "refuted", "not proved"}
        "not proved" says that neither a proof nor a counterexample was found.
    given : tuple of Hypothesis
        What was assumed.
    witness : Witness or None
        The counterexample, if refuted.
    seconds : float
        How long it took.
    """

    status: str
    given: tuple = ()
    witness: object = None
    seconds: float = field(default=0.0, compare=False, repr=False)

    def __bool__(self):
        return self.status == "proved"

    def __str__(self):
        if self.status == "refuted":
            return f"refuted {self.witness}"
        if self.status == "not proved":
            return "not proved, and no counterexample found"
        if self.given:
            return "proved for every size, given that " + " and ".join(h.text for h in self.given)
        return "proved for every size"

    def _repr_markdown_(self):
        mark = {"proved": "✓", "refuted": "✗", "not proved": "?"}[self.status]
        return f"**{mark}** {self}"

    def __repr__(self):
        return f"<{self}>"


def prove(left, right, *given):
    r"""Prove that two sides are equal for every size, or find where they are not.

    Parameters
    ----------
    left, right : scalar expressions or Matrix
    *given : Hypothesis
        What may be assumed of the indices.

    Returns
    -------
    Verdict
        True in a condition only if the claim is proved.

    Raises
    ------
    ShapeError
        If the sides have different shapes.

    Examples
    --------
    >>> from w2v.proof import J_softmax, U, grad, v, y, y_hat
    >>> prove(grad(J_softmax, v), U @ (y_hat - y))
    <proved for every size>
    >>> bool(prove(grad(J_softmax, v), U @ y_hat))
    False
    """
    start = time.perf_counter()
    if proved(left, right, *given):
        return Verdict("proved", given, seconds=time.perf_counter() - start)
    witness = refute(left, right, given)
    status = "refuted" if witness else "not proved"
    return Verdict(status, given, witness, time.perf_counter() - start)


def proved(left, right, *given):
    """Whether the normal form proves two sides equal; no counterexample is looked for.

    Parameters
    ----------
    left, right : scalar expressions or Matrix
    *given : Hypothesis

    Returns
    -------
    bool

    Raises
    ------
    ShapeError
        If the sides have different shapes.
    """
    same_shape(left, right)
    if isinstance(left, Matrix):
        place = tuple(0 if size == 1 else fresh() for size in left.shape)
        left, right = left[place], right[place]
    return is_zero(sympify(left) - sympify(right), given)
