"""What the reader found: a verdict for each equation of a document, and how it was read."""

from dataclasses import dataclass

#: Every verdict, from the best news to none at all.
VERDICTS = (
    "proved",
    "proved given",
    "true only if",
    "true in every test, not proved",
    "wrong",
    "follows from the wrong line above",
    "shapes do not fit",
    "malformed",
    "not a claim",
    "out of scope",
    "not understood",
    "not judged",
)
_WRONG = frozenset(("wrong", "follows from the wrong line above", "shapes do not fit", "malformed"))
_UNJUDGED = frozenset(("not a claim", "out of scope", "not understood", "not judged"))


@dataclass(frozen=True, kw_only=True)
class Judged:
    r"""An equation of a document, and the verdict on it.

    Parameters
    ----------
    number : str
        As the document numbers it; empty if it does not.
    line : int
        Where its row begins, from 1; in a notebook, within the cell.
    cell : int or None
        The cell of a notebook, from 0.
    part : int
        Which ``=`` of the row, from 1.
    latex : str
        The row as written.
    reading : str
        LaTeX of how it was read: the head, ``=``, the right side. Empty if it was not
        understood.
    verdict : str
        One of `VERDICTS`.
    given : tuple of str
        Hypotheses in words.
    reason : str
        A sentence: why, or what is not understood.
    witness : str
        The smallest world in which the sides differ, and both values; empty if none is known.
    suggestion : str
        The likely slip, in words and LaTeX; empty if none is known.
    remarks : tuple of str
        What is odd and yet no mistake: an index that is not used, a 0 read as an o.

    Raises
    ------
    ValueError
        If the verdict is none of `VERDICTS`.

    Examples
    --------
    >>> judged = Judged(line=7, latex=r"\hat y = y", verdict="wrong")
    >>> judged.wrong, judged.judged
    (True, True)
    """

    number: str = ""
    line: int
    cell: int | None = None
    part: int = 1
    latex: str
    reading: str = ""
    verdict: str
    given: tuple[str, ...] = ()
    reason: str = ""
    witness: str = ""
    suggestion: str = ""
    remarks: tuple[str, ...] = ()

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.verdict!r} is no verdict: take one of {', '.join(VERDICTS)}")

    @property
    def wrong(self):
        """Whether the verdict is that of a mistake. A hypothesis left unsaid is none."""
        return self.verdict in _WRONG

    @property
    def judged(self):
        """Whether there is a verdict on what the equation says."""
        return self.verdict not in _UNJUDGED


@dataclass(frozen=True)
class Report:
    r"""All that was found in one document.

    Parameters
    ----------
    name : str
        Of the document.
    statements : tuple of Judged
        In the order of the document.
    conventions : tuple of str
        How it was read, a sentence each.
    seconds : float
        How long that took.

    Examples
    --------
    >>> report = Report("a.tex", (Judged(line=7, latex=r"\hat y = y", verdict="wrong"),))
    >>> report.counts["wrong"], report.counts["proved"], report.status
    (1, 0, 1)
    """

    name: str
    statements: tuple[Judged, ...] = ()
    conventions: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def counts(self):
        """The number of statements of each verdict, zeros included, as a dict."""
        found = [statement.verdict for statement in self.statements]
        return {verdict: found.count(verdict) for verdict in VERDICTS}

    @property
    def status(self):
        """1 if a statement is wrong, and else 0."""
        return int(any(statement.wrong for statement in self.statements))
