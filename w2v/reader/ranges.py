"""What a sum runs over, from what stands below and above its sign."""

import re
from dataclasses import dataclass

from w2v.proof import word2vec as model
from w2v.proof.sums import delta

from .tokens import MalformedError, NotUnderstoodError

V, K = model.V, model.K


@dataclass(frozen=True)
class Range:
    """The range of a sum.

    Attributes
    ----------
    letter : str
        What the sum binds.
    sort : {"word", "draw", "place"}
        The vocabulary, the negatives, or the window.
    conditions : tuple of (str, str, str)
        Relations that further restrict it: ("≠", "w", "o").
    short : bool
        The window ends before m.
    middle : bool
        The window includes the centre word.
    """

    letter: str
    sort: str
    conditions: tuple = ()
    short: bool = False
    middle: bool = False

    def weight(self, reader, index, env):
        """1 where the conditions hold and 0 elsewhere; None if there are none."""
        product = None
        for relation, left, right in self.conditions:
            sides = [_sided(side, self, reader, index, env) for side in (left, right)]
            if {sort for sort, _ in sides} == {"draw"}:
                holds = delta(sides[0][1], sides[1][1], K)
            else:
                words = [model.negative(at) if sort == "draw" else at for sort, at in sides]
                holds = delta(*words, V)
            factor = holds if relation == "=" else 1 - holds
            product = factor if product is None else product * factor
        return product


def _sided(text, span, reader, index, env):
    if text == span.letter:
        return span.sort, index
    if text in env:
        return env[text]
    word = reader.word(text, env)
    plain = re.fullmatch(r"[a-z]'?", text) and getattr(word, "func", None) == model.negative
    return ("draw", word.args[0]) if plain else ("word", word)


_LETTER = r"(?:[A-Za-z]|mu|nu|alpha|beta|★)'?"


def range_of(sub, sup, reader, body, env, place):
    """Read the range of a sum.

    Parameters
    ----------
    sub, sup : str
        Labels below and above the sign.
    reader : meaning.Reader
        For what a letter means where the range does not say it.
    body : Node
    env : dict
    place : int

    Returns
    -------
    Range

    Raises
    ------
    NotUnderstoodError, MalformedError
    """
    sub = sub.replace(" ", "").strip(",")
    sup = sup.replace(" ", "")
    if not sub:
        raise MalformedError("a sum without an index", place)
    window = _window(sub, sup, place)
    if window:
        return window
    between = re.match(r"[01]≤([a-z])≤(\w+)(.*)", sub)
    if between:
        sub, sup = f"{between[1]}=1{between[3]}", between[2]
    head, conditions = _head(sub)
    found = re.fullmatch(rf"({_LETTER})(?:(∈|=|≠|∉)(.+))?", head)
    if not found:
        raise NotUnderstoodError(f"the range {sub} of a sum", place)
    letter, relation, bound = found[1], found[2], found[3] or ""
    parsed = [_condition(text, place) for text in conditions]
    if relation in ("≠", "∉"):
        parsed.insert(0, ("≠", letter, bound.strip("{}")))
    if relation == "=" and bound not in ("1", "0"):
        raise NotUnderstoodError(f"the range {sub} of a sum", place)
    excluded = (
        re.fullmatch(r"(.+?)(?:∖|\\|setminus|-)\{?(\w+)\}?", bound) if relation == "∈" else None
    )
    if excluded:
        bound = excluded[1]
        parsed.append(("≠", letter, excluded[2]))
    sort = _sort(letter, relation, bound, sup, reader, body, sub, place)
    return Range(letter, sort, tuple(parsed))


def _window(sub, sup, place):
    """The window, in one of its notations."""
    plain = sub.replace("{", "").replace("}", "")
    found = re.match(r"-m(≤|<)([a-z])(≤|<)m(.*)", plain) or None
    if found:
        letter, strict, rest = found[2], found[1] == "<" or found[3] == "<", found[4]
        low = found[1] == "<"
        if low:
            raise NotUnderstoodError("a window that begins after -m", place)
    else:
        found = re.match(r"([a-z])=-m(.*)", plain)
        if not (found and sup == "m"):
            zero = re.match(r"(0<\|([a-z])\|≤m|1≤\|([a-z])\|≤m)\Z", plain)
            if zero:
                return Range(zero[2] or zero[3], "place")
            return None
        letter, strict, rest = found[1], False, found[2]
    middle = not re.search(rf"{letter}≠0|0≠{letter}", rest)
    return Range(letter, "place", (), strict, middle)


def _head(sub):
    """What the sum binds, and its further conditions."""
    parts, depth = [""], 0
    for sign in sub:
        depth += (sign in "{([") - (sign in "})]")
        if depth == 0 and sign in ",:|;":
            parts.append("")
        else:
            parts[-1] += sign
    if "|" in sub and "∈" in parts[0] and parts[0].endswith("∈"):  # w ∈ |V|
        parts = [sub]
    return parts[0], [part for part in parts[1:] if part]


def _condition(text, place):
    found = re.fullmatch(r"(.+?)(=|≠)(.+)", text)
    if not found:
        raise NotUnderstoodError(f"the condition {text} of a sum", place)
    return found[2], found[1].strip("{}"), found[3].strip("{}")


def _sort(letter, relation, bound, sup, reader, body, sub, place):
    from .meaning import COUNTERS, DRAWS, NEGATIVES, VOCABULARY

    draws = reader.setting.draws
    limit = sup if sup else bound if relation == "∈" else ""
    limit = limit.strip("{}")
    if limit in DRAWS:
        return "draw"
    if re.fullmatch(r"\{?1,…,K\}?|\[K\]", limit):
        return "draw"
    if limit in VOCABULARY or re.fullmatch(r"\{?1,…,\|?V\|?\}?", limit):
        return "word"
    if limit and relation == "∈" and NEGATIVES.match(limit):
        return "draw" if draws else "word"
    if not limit:
        used_as_draw = any(
            part.op == "index" and part.args[1] in (f"w_{letter}", f"n_{letter}")
            for part in body.walk()
        )
        return "draw" if used_as_draw or (draws and letter in COUNTERS) else "word"
    if limit in ("N", "n", "M", "|C|", "D", "T"):
        used_as_draw = draws and letter in COUNTERS
        reader.remarks.append(
            f"{limit} is read as the number of " + ("negatives" if used_as_draw else "words")
        )
        return "draw" if used_as_draw else "word"
    raise NotUnderstoodError(
        f"the range {sub} to {sup} of a sum" if sup else f"the range {sub} of a sum", place
    )
