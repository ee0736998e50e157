"""The six parts of the homework as exercises: a function from memory, and its diagnosis."""

from ..judge import Wrong, exercise
from .diagnose import diagnose

_ABOUT = {
    "a": "Write the loss of one pair of words, from memory.",
    "b": "Write the loss and the centre vector's gradient, from memory.",
    "c": "Write the gradients of all outside vectors, from memory.",
    "d": "Write loss and both gradients in matrix form, from memory.",
    "e": "Write the negative-sampling loss and its gradients, from memory.",
    "f": "Write the loss of a window and its gradients, from memory.",
}
_SLOPES = "the derivatives of the loss by complex step"
_PAIRS = f"{_SLOPES}, in worlds of three to six words and at scores of 800 and -800"
_TESTS = {
    "a": "the loss from its definition, in worlds of three to six words and at scores of 800 and "
    "-800",
    "b": _PAIRS,
    "c": _PAIRS,
    "d": _PAIRS,
    "e": f"{_SLOPES}, in worlds of four to seven words, with repeated negatives and with o among "
    "them, and at scores of 800 and -800",
    "f": f"{_SLOPES}, for windows with repeats and with the centre word among its outside words",
}


def _register(part):
    @exercise(part, part, "core", _ABOUT[part], _TESTS[part], guarded=False)
    def judge(function):
        if not callable(function):
            kind = type(function).__name__
            raise Wrong(
                f"A function is asked for, but the answer is of type {kind}: give the name alone."
            )
        found = diagnose(function, part)
        if not found.right:
            raise Wrong(found.message, found.mistakes, found.places)
        return found.remarks

    return judge


for _part in _ABOUT:
    _register(_part)
