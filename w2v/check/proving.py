"""Answers that are expressions of `w2v.proof`: proved, or refuted by a world."""

from .judge import Wrong


def require_proved(truth, claimed, what, form, *given):
    """Raise `Wrong` unless an answer is proved to equal the truth.

    Parameters
    ----------
    truth : Matrix or scalar expression of `w2v.proof`
    claimed : object
        What the answer says.
    what : str
        Name of the truth, for the message.
    form : str
        What a right answer looks like, for those that are nothing of the kind.
    *given : Hypothesis
        What may be assumed.
    """
    from w2v.proof import Matrix, ShapeError, prove

    if isinstance(truth, Matrix) and not isinstance(claimed, Matrix):
        raise Wrong(f"The answer should be {form}, but is a {type(claimed).__name__}.")
    try:
        verdict = prove(truth, claimed, *given)
    except ShapeError as error:
        raise Wrong(f"The shapes differ: {error}.") from None
    if verdict.status == "refuted":
        raise Wrong(
            f"Here is a world in which {what} (on the left) and the answer (on the right) "
            f"differ: {verdict.witness}."
        )
    if not verdict:
        raise Wrong(
            "The engine can neither prove nor refute the answer. Write it with `sigma`, `score`, "
            "`u` and sums as the chapter does."
        )
