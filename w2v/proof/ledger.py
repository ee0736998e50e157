r"""The ledger: every numbered equation of the source, and what came of it.

An equation is recorded as one of

``definition``
    It introduces a name or restates what is to be computed: nothing to prove. That the
    restatement agrees is checked all the same.
``true``
    Proved for every size, in the case that the source itself states (such as w != o).
``conditional``
    Proved under hypotheses that the source never states, and refuted without them.
``malformed``
    As printed its symbols do not fit together; what it must mean is proved.
``wrong``
    Refuted by a small world, in which even the unstated hypotheses hold; a correction is
    proved.

`settle` runs the proofs of one equation, and does not look at what is expected of them.
"""

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .claims import proved
from .worlds import Witness, refute

PARTS = tuple("abcdef")
VERDICTS = ("definition", "true", "conditional", "malformed", "wrong")


@dataclass(frozen=True)
class Equation:
    """An equation of the source, and how to settle it.

    Attributes
    ----------
    number : str
        As printed; a star marks a general law that the book adds.
    verdict : str
        One of `VERDICTS`, recorded here and checked by `settle`.
    latex : str
        The equation as printed; a line that continues a chain begins with "=".
    sides : callable
        Returns pairs of sides, as printed (for "malformed": as it must be read).
    head : str
        Left side of the chain that the line continues.
    given : tuple of Hypothesis
        What the source states ("true") or should state.
    note : str
        The method, the reading or the fault, in a sentence.
    correction : str
        LaTeX of the corrected equation, for "wrong".
    corrected : callable or None
        Returns pairs of the corrected sides.
    world : dict
        Values that the counterexample is looked for with.
    """

    number: str
    verdict: str
    latex: str
    sides: Callable
    head: str = ""
    given: tuple = ()
    note: str = ""
    correction: str = ""
    corrected: Callable | None = None
    world: dict = field(default_factory=dict)

    @property
    def part(self):
        """The letter of the part that it belongs to."""
        number = int(self.number.rstrip("*"))
        ends = {"a": 5, "b": 18, "c": 33, "d": 43, "e": 61, "f": 64}
        return next(letter for letter, last in ends.items() if number <= last)

    @property
    def full_latex(self):
        """The equation with the head of its chain."""
        return f"{self.head} {self.latex}".strip()


@dataclass(frozen=True)
class Settled:
    """What the proofs of one equation found.

    Attributes
    ----------
    equation : Equation
    verdict : str
        One of `VERDICTS`, or "not settled".
    method : str
        How it was found, in a few words.
    witness : Witness or None
        The counterexample, where there is one.
    seconds : float
    """

    equation: Equation
    verdict: str
    method: str
    witness: Witness | None
    seconds: float

    def __repr__(self):  # without times and addresses, which differ from run to run
        return f"<{self}>"

    @property
    def as_recorded(self):
        """Whether the verdict is the one that the equation carries."""
        return self.verdict == self.equation.verdict

    def __str__(self):
        lines = [f"({self.equation.number}) {self.verdict}: {self.method}"]
        if self.equation.note:
            lines.append(self.equation.note)
        if self.witness:
            lines.append(f"counterexample {self.witness}")
        return "\n".join(lines)

    def _repr_markdown_(self):
        """Render in a notebook."""
        equation = self.equation
        parts = [
            f"**({equation.number})** &nbsp; ${equation.full_latex}$",
            f"*{self.verdict}*: {self.method}",
        ]
        if equation.note:
            parts.append(equation.note)
        if self.witness:
            parts.append(f"Counterexample {self.witness}.")
        if equation.correction:
            parts.append(f"Corrected: ${equation.correction}$")
        return "\n\n".join(parts)


def equations(part=None):
    """The recorded equations, in the order of the source.

    Parameters
    ----------
    part : {"a", ..., "f"}, optional
        Only those of one part.

    Returns
    -------
    list of Equation

    Examples
    --------
    >>> len([e for e in equations() if not e.number.endswith("*")])
    64
    """
    if part is not None and part not in PARTS:
        raise ValueError(f"`part` must be one of {', '.join(PARTS)}, but it is {part!r}")
    letters = PARTS if part is None else (part,)
    return [
        equation
        for letter in letters
        for equation in importlib.import_module("w2v.proof.equations." + letter).EQUATIONS
    ]


def equation(number):
    """The recorded equation of a number.

    Parameters
    ----------
    number : int or str
        1 to 64, or a law with a star, such as "61*".

    Returns
    -------
    Equation

    Raises
    ------
    KeyError
        If there is no equation of that number.

    Examples
    --------
    >>> equation(18).verdict
    'true'
    """
    for candidate in equations():
        if candidate.number == str(number):
            return candidate
    raise KeyError(f"there is no equation {number}: they are 1 to 64, 61*, 62* and 63*")


def settle(equation):
    """Run the proofs of one equation.

    Parameters
    ----------
    equation : Equation

    Returns
    -------
    Settled

    Examples
    --------
    >>> print(settle(equation(18)))
    (18) true: proved for every size
    """
    start = time.perf_counter()
    verdict, method, witness = _decide(equation)
    return Settled(equation, verdict, method, witness, time.perf_counter() - start)


def _decide(equation):
    pairs = equation.sides()
    given = equation.given
    assumed = " and ".join(hypothesis.text for hypothesis in given)
    unsettled = ("not settled", "neither proof nor counterexample", None)

    def all_proved(pairs, *given):
        return all(proved(left, right, *given) for left, right in pairs)

    def first_witness(pairs, given=()):
        for left, right in pairs:
            witness = refute(left, right, given, **equation.world)
            if witness:
                return witness
        return None

    if equation.verdict == "definition":
        if all_proved(pairs, *given):
            return "definition", "the restatement agrees", None
        return unsettled
    if equation.verdict == "malformed":
        if all_proved(pairs, *given):
            return "malformed", "its meaning is proved for every size", None
        return unsettled
    if equation.verdict == "true" and all_proved(pairs, *given):
        case = f", for {assumed}" if assumed else " for every size"
        return "true", f"proved{case}", None
    if all_proved(pairs):
        return "true", "proved for every size", None
    if given and all_proved(pairs, *given):
        witness = first_witness(pairs)
        if witness:
            return "conditional", f"proved, given that {assumed}", witness
        return unsettled
    witness = first_witness(pairs, given)
    if witness and equation.corrected and all_proved(equation.corrected(), *given):
        condition = f", given that {assumed}" if assumed else " for every size"
        return "wrong", f"refuted; the correction is proved{condition}", witness
    return unsettled


def ledger(part=None):
    """Settle all equations, or those of one part.

    Parameters
    ----------
    part : {"a", ..., "f"}, optional

    Returns
    -------
    list of Settled
    """
    return [settle(equation) for equation in equations(part)]


def summary(rows):
    """One line that counts the verdicts on the 64 numbered equations.

    Parameters
    ----------
    rows : list of Settled

    Returns
    -------
    str
    """
    numbered = [row for row in rows if not row.equation.number.endswith("*")]
    found = {name: sum(row.verdict == name for row in numbered) for name in VERDICTS}
    text = (
        f"{len(numbered)} equations: {found['true'] + found['definition']} true, "
        f"{found['conditional']} conditional, {found['malformed']} malformed, "
        f"{found['wrong']} refuted and corrected"
    )
    missing = [row.equation.number for row in numbered if not row.as_recorded]
    return text + (f"; NOT as recorded: {', '.join(missing)}" if missing else "")
