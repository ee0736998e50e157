"""What a function wants to be given: by the names of its parameters, then by their number."""

import functools
import inspect
from dataclasses import dataclass

#: Names of parameters, in lower case and without underscores, and what each stands for.
#: `C` and `c` differ, and are looked up first.
_LETTERS = {"C": "C", "c": "c", "U": "U", "v": "v", "o": "o", "K": "K", "y": "y", "z": "scores"}
_NAMES = {
    "v": "vc centervector centrevector centervec centerwordvec centerwordvector vector",
    "o": "outsideword outsidewordidx outsideidx outsideindex target targetidx",
    "U": "outside outsidevectors outsidetable uoutside",
    "negatives": "negatives negative negativewords negs negsamples negativesamples",
    "dataset": "dataset",
    "K": "k",
    "scores": "scores logits",
    "y_hat": "yhat probabilities predicted",
    "y": "onehot observed",
    "w": "w word",
    "c": "centerword centreword",
    "C": "center centre centervectors centrevectors centerwordvectors",
    "context": "context contextwords windowwords",
    "pair_loss": "pairloss word2veclossandgradient",
    "token": "currentcenterword",
    "window": "windowsize",
    "tokens": "outsidewords",
    "index": "word2ind",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}

_COURSE_PAIR = ("v", "o", "U", "dataset")
_COURSE_WINDOW = ("token", "window", "tokens", "index", "C", "U", "dataset")
#: What functions of each part may ask for; the first is the package's.
FORMS = {
    "a": [("scores", "o"), ("v", "o", "U"), _COURSE_PAIR, ("y", "y_hat"), ("y_hat", "o")],
    "b": [("v", "o", "U"), _COURSE_PAIR],
    "c": [("v", "o", "U"), _COURSE_PAIR, ("v", "o", "U", "w")],
    "d": [("v", "o", "U"), _COURSE_PAIR],
    "e": [("v", "o", "U", "negatives"), (*_COURSE_PAIR, "K"), ("x",)],
    "f": [("c", "context", "C", "U", "pair_loss"), (*_COURSE_WINDOW, "pair_loss")],
}
_OPTIONAL = {"K", "pair_loss"}
_SHOWN = {
    "scores": "scores",
    "v": "center_vector",
    "o": "outside_word",
    "U": "outside",
    "negatives": "negatives",
    "c": "center_word",
    "context": "context_words",
    "C": "center",
}


class BadSignature(Exception):
    """The function asks for something else; the message says what it could ask for."""


@dataclass(frozen=True)
class Signature:
    """How to call a function.

    Attributes
    ----------
    roles : tuple of str
        What its arguments stand for.
    names : tuple of str
        What it calls them.
    by_name : frozenset of str
        Names of those arguments that are given by name.
    optional : frozenset of str
        Roles that may be left out.
    """

    roles: tuple
    names: tuple
    by_name: frozenset = frozenset()
    optional: frozenset = frozenset()

    @property
    def is_course(self):
        """Whether it has the arguments that Stanford's course gives."""
        return "dataset" in self.roles

    def arguments(self, values):
        """Put values in order.

        Parameters
        ----------
        values : dict
            From roles to values; a role that is optional may be missing.

        Returns
        -------
        list, dict
            The arguments by place, and those by name.
        """
        given = zip(self.names, self.roles, strict=True)
        pairs = [(name, values[role]) for name, role in given if role in values]
        by_place = [value for name, value in pairs if name not in self.by_name]
        return by_place, {name: value for name, value in pairs if name in self.by_name}


def signature_of(function, part):
    """Find out how to call a learner's function.

    Parameters
    ----------
    function : callable
    part : str
        One of "a" to "f".

    Returns
    -------
    Signature

    Raises
    ------
    BadSignature
        If it takes another number of arguments than any function of this part.

    Examples
    --------
    >>> signature_of(lambda x, y, z: 0, "b").roles
    ('v', 'o', 'U')
    >>> signature_of(lambda U, o, v: 0, "b").roles
    ('U', 'o', 'v')
    """
    parameters = _parameters(function)
    if parameters is None:
        return _in_order(FORMS[part][0])
    required = [each for each in parameters if each.default is each.empty]
    known = set().union(*FORMS[part])
    roles = {each.name: _role(each.name, known) for each in parameters}
    for form in FORMS[part]:
        needed = {role for role in form if role not in _OPTIONAL}
        chosen = [each for each in parameters if roles[each.name] in form]
        named = [roles[each.name] for each in chosen]
        if needed <= set(named) and len(set(named)) == len(named) and _all_in(required, chosen):
            return _signature(parameters, {each.name: roles[each.name] for each in chosen})
    if part == "c" and len(required) == 4 and roles[required[3].name] == "w":
        return _signature(parameters, _zipped(required, ("v", "o", "U", "w")))
    for form in FORMS[part]:
        needed = [role for role in form if role not in _OPTIONAL]
        for count in (len(needed), len(form)):
            if len(required) == count or (len(required) < count == len(parameters)):
                return _signature(parameters, _zipped(parameters, form[:count]))
    raise BadSignature(_wrong_number(part, parameters, required))


def _parameters(function):
    """The parameters, or None for a function that takes anything or does not say."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    kinds = {each.kind for each in found}
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return None
    return [each for each in found if each.kind is not inspect.Parameter.VAR_KEYWORD]


def _role(name, known):
    found = _LETTERS.get(name) or _ROLES.get(name.replace("_", "").lower())
    if found == "tokens" and "tokens" not in known:
        return None
    if found is None and name in ("x", "u", "w", "t"):
        found = {"x": "x", "w": "w"}.get(name)
    return found if found in known else None


def _all_in(required, chosen):
    names = {each.name for each in chosen}
    return all(each.name in names for each in required)


def _zipped(parameters, form):
    return {each.name: role for each, role in zip(parameters, form, strict=False)}


def _in_order(form):
    form = tuple(role for role in form if role not in _OPTIONAL)
    return Signature(form, tuple(_SHOWN.get(role, role) for role in form))


def _signature(parameters, roles):
    """The signature that passes those parameters which have a role."""
    by_name, optional = set(), set()
    for each in parameters:
        has_default = each.default is not each.empty
        if each.name in roles and (has_default or each.kind is each.KEYWORD_ONLY):
            by_name.add(each.name)
        if has_default:
            optional.add(roles.get(each.name))
    passed = [each.name for each in parameters if each.name in roles]
    return Signature(
        tuple(roles[name] for name in passed),
        tuple(passed),
        frozenset(by_name),
        frozenset(optional),
    )


def _wrong_number(part, parameters, required):
    names = ", ".join(each.name for each in parameters) or "nothing"
    wanted = " or ".join(f"({', '.join(_in_order(form).names)})" for form in FORMS[part][:2])
    return (
        f"The function takes {len(required)} argument{'' if len(required) == 1 else 's'} ({names}),"
        f" but one for part ({part}) takes {wanted}."
    )


def with_course_names(function):
    """Give a function the course's `getNegativeSamples` if it calls that and has none.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable

    Examples
    --------
    >>> f = lambda o, dataset, K: getNegativeSamples(o, dataset, K)
    >>> with_course_names(f)(0, 3, 2)
    Traceback (most recent call last):
    ...
    AttributeError: 'int' object has no attribute 'sampleTokenIdx'
    """
    code = getattr(function, "__code__", None)
    if code is None or "getNegativeSamples" not in code.co_names:
        return function
    if "getNegativeSamples" in function.__globals__:
        return function
    names = function.__globals__ | {"getNegativeSamples": _get_negative_samples}
    twin = type(function)(
        code, names, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    return functools.update_wrapper(twin, function)


def _get_negative_samples(outside_word, dataset, K):
    """As the course has it: a word that is the outside word is drawn again."""
    drawn = []
    while len(drawn) < K:
        word = dataset.sampleTokenIdx()
        if word != outside_word:
            drawn.append(word)
    return drawn
