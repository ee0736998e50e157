"""From a learner's function to a diagnosis."""

from dataclasses import dataclass

import numpy as np

from .compare import EXACT, capital, close, first_not_finite, join, matches, rights_of
from .hypotheses import candidates_of, grouped
from .outputs import ALL, NAMES
from .remarks import remarks_on
from .signatures import BadSignature, signature_of, with_course_names
from .trial import Convention, Failure, Hang, Trial, as_given, conventions, worlds_of
from .witness import witness
from .worlds import GIVEN_PAIR


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about a function.

    Attributes
    ----------
    right : bool
    message : str
        Empty if it is right.
    mistakes : tuple of str
        Names of the mistakes that were recognised.
    remarks : tuple of str
        What is fragile in a right function.
    places : tuple of (str, str)
        Where to read again: the place in words, and its address in the built book.
    remark_names : tuple of str
        Short names of the remarks.
    """

    right: bool
    message: str = ""
    mistakes: tuple = ()
    remarks: tuple = ()
    places: tuple = ()
    remark_names: tuple = ()


def diagnose(function, part):
    """Find out whether a function is right, and if not, which mistake it makes.

    Parameters
    ----------
    function : callable
        For one of the parts, with the arguments of the package's functions, of the course's,
        or those of mathematics; words in rows or in columns.
    part : {"a", "b", "c", "d", "e", "f"}

    Returns
    -------
    Diagnosis

    Raises
    ------
    NotImplementedError
        If the function is not written yet: it raises this error, or returns an ellipsis.

    Examples
    --------
    >>> from w2v import naive_softmax
    >>> diagnose(naive_softmax, "b").right
    True
    >>> def wrong(center_vector, outside_word, outside):
    ...     loss, gradient, _ = naive_softmax(center_vector, outside_word, outside)
    ...     return loss, -gradient
    >>> diagnose(wrong, "b").mistakes
    ('sign',)
    """
    try:
        signature = signature_of(function, part)
    except BadSignature as error:
        return Diagnosis(False, str(error), ("wrong-arguments",))
    if signature.is_course:
        function = with_course_names(function)
    if signature.roles == ("x",):
        part = "sigmoid"
    try:
        return _best(function, part, signature)
    except Hang as hang:
        return Diagnosis(False, str(hang), (hang.name,))


def _best(function, part, signature):
    """The diagnosis under the way of calling that makes most of the function."""
    best, clock = None, [0.0]
    for convention in conventions(part, signature):
        found = _examine(Trial(function, part, signature, convention, clock))
        if best is None or found[0] > best[0]:
            best = found
        if found[1].right:
            return found[1]
    if signature.is_course:
        trial = Trial(function, part, signature, Convention(columns=True), clock)
        if _examine(trial)[1].right:
            return _IN_COLUMNS
    return best[1]


_IN_COLUMNS = Diagnosis(
    False,
    "The function takes the words in columns, as on paper: the course's tables have a word in each "
    "row, and so should the gradient.",
    ("words-in-columns",),
    places=(
        ("“The NumPy”, in b_center_vector.ipynb", "b_center_vector.html#trap-rows-or-columns"),
    ),
)


def _examine(trial):
    """Try one way of calling; return (how good it looks, diagnosis)."""
    worlds = worlds_of(trial.part, trial.signature)
    if "pair_loss" in trial.signature.roles:
        worlds = (*worlds, GIVEN_PAIR)
    found, done = [], 0
    for world in worlds:
        try:
            found.append(trial.call(world)[0])
            done += 1
        except Hang:
            raise
        except Failure as failure:
            first = "" if not done else " In other worlds it returns something."
            return (0, done), Diagnosis(False, failure.message + first, (failure.name,))
    if trial.changed:
        return (1, done), _changed(trial)
    if _varies(trial, worlds[0], found[0]):
        message = "Called twice with the same arguments, the function gives different results."
        return (1, done), Diagnosis(False, message, ("varies",))
    judged = [name for name in ALL if name in found[0]] or ["value"]
    if trial.part == "b":
        judged = [name for name in judged if name != "outside"]
    wrong = [name for name in judged if not matches(found, rights_of(trial, worlds), name)]
    if not wrong:
        names, texts = remarks_on(trial, worlds, found, judged)
        return (4, done), Diagnosis(True, remarks=texts, remark_names=names)
    return _explain(trial, worlds, found, judged, wrong)


def _changed(trial):
    names = " and ".join(f"`{name}`" for name in trial.changed)
    return Diagnosis(
        False,
        f"The function changed {names}, which it was given: the caller's array is another one "
        "afterwards. Work on a copy, or write `a = a - b` instead of `a -= b`.",
        ("changes-argument",),
    )


def _varies(trial, world, before):
    try:
        again, _ = trial.call(world)
    except Failure:
        return True
    return any(not close(again.get(name), value, EXACT) for name, value in before.items())


def _explain(trial, worlds, found, judged, wrong):
    """Name the mistakes that give what the function gives."""
    candidates = {name: candidates_of(trial, worlds, found, name) for name in wrong}
    groups = grouped(candidates, worlds[0])
    explained = [name for names, _ in groups for name in names]
    left = [name for name in wrong if name not in explained]
    sentences = [praise([name for name in judged if name not in wrong])]
    for names, several in groups:
        says = " Besides, ".join(each.says for each in several)
        sentences.append(f"{capital(join([NAMES[name] for name in names]))}: {says}")
    sentences += [in_numbers(trial, worlds, found, name) for name in left]
    lines = [" ".join(filter(None, sentences))]
    lines += witness(trial, worlds, [(names, several) for names, several in groups], left)
    mistakes = [each for _, several in groups for each in several]
    places = tuple(dict.fromkeys((each.place, each.link) for each in mistakes))
    if places:
        lines.append(f"Where it enters: {'; '.join(place for place, _ in places)}.")
    names = tuple(dict.fromkeys(each.name for each in mistakes))
    rank = 3 if not left else 2 if explained or len(wrong) < len(judged) else 1
    return (rank, len(worlds)), Diagnosis(False, "\n".join(lines), names, places=places)


def praise(names):
    """Say what is right already."""
    if not names:
        return ""
    first, *others = (NAMES[name] for name in names)
    also = "".join(f", and so is {other}" for other in others)
    return f"{capital(first)} is right{also}."


def in_numbers(trial, worlds, found, name):
    """A sentence about a result that no known mistake gives."""
    rights = rights_of(trial, worlds)
    for world, one, right in zip(worlds, found, rights, strict=True):
        value, expected = as_given(trial, one[name]), as_given(trial, right[name])
        if value.shape != expected.shape:
            return (
                f"{capital(NAMES[name])} should have shape {expected.shape}, but has "
                f"{value.shape}. {trial.called(trial.values(world))}"
            )
        if not np.isfinite(value).all():
            return f"{capital(NAMES[name])} is not finite: it contains {first_not_finite(value)}."
    ratios = [_ratio(one[name], right[name]) for one, right in zip(found, rights, strict=True)]
    if None not in ratios and np.ptp(ratios) < 1e-5:
        return f"{capital(NAMES[name])} is {ratios[0]:.4g} times what it should be."
    return f"{capital(NAMES[name])} is wrong, in a way that is not known here."


def _ratio(found, expected):
    with np.errstate(all="ignore"):
        size = (expected * expected).sum()
        ratio = (found * expected).sum() / size
    return float(ratio) if size and close(found, ratio * expected) else None
