"""Rows of displays into statements: one for each ``=``, with what it is compared with."""

import re
from dataclasses import dataclass, field

from .tokens import NotUnderstoodError, Token, label, tokens

#: Statements that are looked at in one document.
MOST = 2000
_OPERATORS = ("PLUS", "MINUS", "TIMES", "DOT", "SLASH", "ODOT")
_IDLE = ("SPACE", "NEWLINE", "COMMA", "STOP", "COLON")
#: A condition, not a claim: what an index is, or what it runs over.
CONDITION = re.compile(
    r"(∀|forall|for)?\(?[a-z](_[a-z])?'?(=|≠|∈|∉|<|≤)(o|c|t|w_\w|0|1|[a-z]|\{?1,.*|Vocab.*|V|\|V\|.*|K.*)\)?.*"
)


@dataclass
class Statement:
    """One side of a chain of equalities, to be compared with the chain's head.

    Attributes
    ----------
    row : Row
    display : Display
    part : int
        Which ``=`` of the row it is, from 1.
    head : list of Token or None
        What begins a new chain; None if it continues the chain above.
    side : list of Token
        What stands right of the ``=``.
    conditions : str
        What the row states besides, as a label.
    place : int
        Where in its row the ``=`` stands.
    defines : bool
        The sign is ``:=``.
    error : NotUnderstoodError or None
    numbers : tuple of str
        The numbers of the rows that it is written on, if there are several.
    """

    row: object
    display: object
    part: int = 1
    head: list | None = None
    side: list = field(default_factory=list)
    conditions: str = ""
    place: int = 0
    defines: bool = False
    error: NotUnderstoodError | None = None
    numbers: tuple = ()


def statements(document):
    """List the statements of a document, in order.

    Parameters
    ----------
    document : Document

    Returns
    -------
    list of Statement
    """
    found = []
    for number, display in enumerate(document.displays):
        if len(found) >= MOST:
            left = len(document.displays) - number
            error = NotUnderstoodError(f"here and in {left - 1} more displays: not judged")
            found.append(Statement(display.rows[0], display, error=error))
            break
        first = True
        for row in display.rows:
            try:
                read = tokens(row.latex, document.macros)
            except NotUnderstoodError as error:
                if "=" in row.latex or "\\frac" in row.latex or "{" in row.latex:
                    found.append(Statement(row, display, error=error))
                first = False
                continue
            _add_row(found, _trimmed(_unwrapped(read)), row, display, first)
            first = False
    return found


def _unwrapped(found):
    while len(found) == 1 and found[0].kind == "GROUP" and found[0].value[0] == "{}":
        found = found[0].value[1]
    return found


def _trimmed(found):
    """Tokens without what is idle at both ends, and without a word of prose in front."""
    start, end = 0, len(found)
    while start < end and found[start].kind in (*_IDLE, "IMPLIES"):
        start += 1
    while end > start and found[end - 1].kind in _IDLE:
        end -= 1
    return found[start:end]


def _add_row(found, read, row, display, first):
    while read and read[0].kind == "PROSE":
        read = _trimmed(read[1:])
    if not read:
        return
    sides, marks = _at_equals(read)
    # A sum may go on in the next row, or in the next display if nothing stands between.
    near = (not first) or not re.search(r"[A-Za-z]", display.before)
    last = found[-1] if found and near else None
    if len(sides) == 1:
        goes_on = read[0].kind in _OPERATORS or (last and _is_open(last.side))
        if last and last.error is None and goes_on:
            last.side = [*last.side, *_cut(read, last)]
            last.numbers = (*last.numbers, row.tag)
        elif any(token.kind == "RELATION" and token.value in "≈≤≥<>∝" for token in read):
            error = NotUnderstoodError("an inequality or an approximation is not judged")
            found.append(Statement(row, display, error=error))
        return
    head = _trimmed(sides[0])
    if not head and last is None and not found:
        head = None
    part = 0
    for place, side in enumerate(sides[1:]):
        part += 1
        at, defines = marks[place]
        statement = Statement(row, display, part, place=at, defines=defines)
        if place == 0:
            statement.head = _head_of(head, statement)
        rest = sides[place + 2 :]
        body, after = separated(side)
        statement.side = body
        found.append(statement)
        if after is None:
            continue
        condition = label(after) + "".join("=" + label(each) for each in rest)
        if not rest or CONDITION.match(condition) or not _is_head(after):
            statement.conditions = condition
            return
        # Another statement in the same row.
        new = Statement(row, display, part + 1, head=after, place=marks[place + 1][0])
        following, more = separated(rest[0])
        new.side = following
        new.conditions = label(more) if more else ""
        found.append(new)
        return


def _head_of(head, statement):
    """The head without conditions in front, or None where the row begins with =."""
    if not head:
        return None
    body = head
    for place, token in enumerate(head):
        if token.kind in ("COMMA", "PROSE", "IMPLIES", "COLON"):
            statement.conditions += label(head[:place])
            body = head[place + 1 :]
    return _trimmed(body) or None


def _is_head(found):
    kinds = {token.kind for token in found}
    return bool(kinds & {"NAME", "FRACTION", "NABLA", "PARTIAL", "HAT", "FUNCTION"}) and not (
        kinds & {"RELATION", "PROSE"}
    )


def _is_open(side):
    """Whether a side breaks off and goes on in the next row."""
    return not side or side[-1].kind in _OPERATORS or side[-1].kind in ("SUM", "EQ")


def _at_equals(read):
    """The sides of the equalities, and of each sign where it is and whether it defines."""
    sides, marks = [[]], []
    for token in read:
        if token.kind == "EQ":
            defines = bool(sides[-1]) and sides[-1][-1].kind == "COLON"
            if defines:
                sides[-1].pop()
            sides.append([])
            marks.append((token.place, defines))
        elif token.kind == "IMPLIES" and len(sides) > 1:
            sides[-1].append(Token("COMMA", ",", token.place))
        else:
            sides[-1].append(token)
    return sides, marks


def separated(side):
    """A side and what follows it in the row: a condition, prose, or None."""
    side = _trimmed_right(side)
    for place, token in enumerate(side):
        if token.kind in ("PROSE", "COMMA") or (
            token.kind == "RELATION" and token.value in ("∀", "≠", "∈", "≈")
        ):
            start = place
            before = side[:start]
            if token.kind == "RELATION" and token.value != "∀" and before:
                start = _start_of_condition(side, place)
                before = side[:start]
            return _trimmed(before), _trimmed(side[start:]) or None
        if token.kind == "GROUP" and token.value[0] == "(" and place and _is_condition(token):
            previous = side[place - 1].kind
            if previous == "SPACE" or place == len(side) - 1:
                return _trimmed(side[:place]), side[place:]
    return _trimmed(side), None


def _start_of_condition(side, place):
    r"""Where the left side of a condition begins: A \\quad w ≠ o, but A ∈ R."""
    following = side[place + 1 : place + 2]
    if following and following[0].font == "blackboard":
        return place
    for start in range(place - 1, -1, -1):
        if side[start].kind in ("SPACE", "COMMA"):
            return start + 1
    start = place - 1
    while start > 0 and side[start].kind in ("SUB", "PRIME"):
        start -= 1
    return start


def _trimmed_right(side):
    end = len(side)
    while end and side[end - 1].kind in _IDLE:
        end -= 1
    return side[:end]


def _is_condition(group):
    inner = group.value[1]
    if any(token.kind == "PROSE" for token in inner):
        return True
    return bool(
        any(token.kind in ("RELATION", "EQ") for token in inner)
        and CONDITION.fullmatch(label(inner))
    )


def _cut(read, statement):
    body, after = separated(read)
    if after:
        statement.conditions += label(after)
    return body
