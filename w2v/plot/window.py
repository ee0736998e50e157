"""The window of part (f), sliding over a text."""

import numpy as np

from ..skipgram import context
from ..softmax import softmax
from .player import Player

_WIDTH = 480
_ROW = 24  # height of a word's row in the tables
_LETTER = 7.2  # width of an average letter of 14 units
_TABLES = 120  # where they begin, from the top
_NAMES, _CENTER, _ZERO = 222, 230, 364  # where they begin or, for the bars, end, from the left
_UNIT = 42  # length of a bar for one word


def sliding_window(tokens, window, center, outside, words, name="sliding-window"):
    r"""Let a window slide over a text: its pairs, and the rows of both tables that change.

    Each place of the text is a frame. A bar to the right of a word's zero says how much
    oftener the word was seen in the window than the naive softmax expects,
    :math:`n_w - |\text{window}| \, \hat y_w`: as many times :math:`v_c` is added to its
    outside vector by a step of length 1. Places where the window reaches beyond the text
    are drawn as empty.

    Parameters
    ----------
    tokens : sequence of str, length T
        The text. With about ten short words it is still readable on a phone.
    window : int
        How far the window reaches to each side, :math:`m`.
    center, outside : array_like, shape (V, d)
    words : sequence of str, length V
        The words of the tables' rows.
    name : str
        As for `Player`.

    Returns
    -------
    Player
        Shown first, and in print, is the window with most repeats.

    Raises
    ------
    ValueError
        If the tables do not have one row for each word, or a word of the text has no row.

    Examples
    --------
    >>> table = np.zeros((3, 2))
    >>> sliding_window(["to", "be", "or", "to"], 1, table, table, ["to", "be", "or"])
    <Player 'sliding-window': 4 frames>
    """
    center, outside = np.asarray(center, float), np.asarray(outside, float)
    if not len(center) == len(outside) == len(words):
        raise ValueError(
            f"`center` and `outside` must have a row for each of the {len(words)} words, but have "
            f"{len(center)} and {len(outside)}"
        )
    missing = sorted(set(tokens) - set(words))
    if missing:
        raise ValueError(
            f"`words` must hold every word of the text, but lacks {', '.join(missing)}"
        )
    index = {word: row for row, word in enumerate(words)}
    seen = [context(tokens, place, window) for place in range(len(tokens))]
    counts = np.array([[near.count(word) for word in words] for near in seen])  # (T, V)
    scores = np.array([outside @ center[index[word]] for word in tokens])  # (T, V)
    expected = counts.sum(axis=1, keepdims=True) * softmax(scores)

    player = Player(
        name,
        label=(
            f"A window of {window} words to each side slides over the text “{' '.join(tokens)}”. "
            "Below it stand its pairs and two tables with a row for each word. In the table of "
            "centre vectors only the row of the word in the middle changes; in that of outside "
            "vectors, the words seen more often than expected are pulled, the others pushed."
        ),
        caption=(
            "A window slides over a text. Blue, c: the centre word, whose row is the only one of "
            "the centre vectors that changes. Ochre, o: the outside words. The bars are observed "
            "minus expected counts under the naive softmax: to the right, outside vectors that "
            "are pulled towards the centre vector; to the left, those that are pushed away. Under "
            "negative sampling only the words of the window and the drawn ones would have a bar."
        ),
        captions=[_caption(tokens, place, near, window) for place, near in enumerate(seen)],
        width=_WIDTH,
        height=_TABLES + _ROW * max(len(words), 2 * window + 1) + 12,
        still=int((counts.max(axis=1) * 100 + counts.sum(axis=1)).argmax()),
    )
    _draw_text(player, tokens, window)
    _draw_pairs(player, tokens, seen, window)
    _draw_tables(player, tokens, words, counts, counts - expected)
    return player


def _caption(tokens, place, near, window):
    """What a frame shows, in words."""
    word = tokens[place]
    text = f"Place {place + 1} of {len(tokens)}: the centre word is “{word}”, with {len(near)} "
    text += "outside word." if len(near) == 1 else "outside words."
    repeats = sorted({other for other in near if near.count(other) > 1})
    for other in repeats:
        text += f" “{other}” stands in the window {near.count(other)} times, and counts as often."
    if word in near:
        text += f" “{word}” is among them itself."
    lacking = 2 * window - len(near)
    if lacking:
        sides = [
            side
            for side, free in (("before", window > place), ("after", window >= len(tokens) - place))
            if free
        ]
        places = "1 place" if lacking == 1 else f"{lacking} places"
        text += f" The window reaches beyond the text: {places} {' and '.join(sides)} it "
        text += "is empty." if lacking == 1 else "are empty."
    return text


def _draw_text(player, tokens, window):
    """Draw the words of the text and the window over them, with empty places at both ends."""
    widths = [max(len(word), 2) * _LETTER + 6 for word in tokens]
    empty = 16.0
    widths = [*[empty] * window, *widths, *[empty] * window]
    gap = min(10, (_WIDTH - sum(widths)) / (len(widths) + 1))
    left = np.cumsum([gap, *widths[:-1]]) + gap * np.arange(len(widths))
    right = left + widths
    frames = np.arange(len(tokens))
    player.add(
        "rect",
        x=left[frames] - 3,
        y=21,
        width=right[frames + 2 * window] - left[frames] + 6,
        height=34,
        rx=6,
        fill="none",
        stroke="var(--ink)",
        stroke_width=1.5,
    )
    for place in (*range(window), *range(len(tokens) + window, len(widths))):
        player.add(
            "rect",
            x=left[place],
            y=25,
            width=widths[place],
            height=26,
            rx=4,
            fill="none",
            stroke="var(--faint)",
            stroke_dasharray="3 3",
        )
    for place, word in enumerate(tokens, window):
        distance = np.abs(place - window - frames)
        inside = (distance > 0) & (distance <= window)
        player.add(
            "rect",
            x=left[place],
            y=25,
            width=widths[place],
            height=26,
            rx=4,
            fill=_by_role(distance == 0, inside),
            fill_opacity=np.where((distance == 0) | inside, 0.3, 0.1),
        )
        middle = (left[place] + right[place]) / 2
        player.add("text", word, x=middle, y=43, text_anchor="middle")
        marks = np.where(distance == 0, "c", np.where(inside, "o", ""))
        player.add(
            "text",
            marks.tolist(),
            x=middle,
            y=16,
            text_anchor="middle",
            font_weight="bold",
            fill=_by_role(distance == 0, inside),
        )


def _draw_pairs(player, tokens, seen, window):
    """Write the pairs of each window, one below the other."""
    player.add("text", "pairs (c, o)", x=10, y=_TABLES - 30, font_weight="bold")
    for line in range(2 * window):
        pairs = [
            f"({tokens[place]}, {near[line]})" if line < len(near) else ""
            for place, near in enumerate(seen)
        ]
        player.add("text", pairs, x=10, y=_TABLES + _ROW * line + 17)
    total = [f"J = sum of {len(near)} loss{'es' * (len(near) != 1)}" for near in seen]
    height = [_TABLES + _ROW * len(near) + 17 for near in seen]
    player.add("text", total, x=10, y=height, fill="var(--faint)")


def _draw_tables(player, tokens, words, counts, pull):
    """Draw for each word whether its centre vector changes, and how its outside vector does."""
    player.add("text", "centre", x=_CENTER, y=_TABLES - 30, font_weight="bold")
    player.add("text", "vectors", x=_CENTER, y=_TABLES - 12, font_weight="bold")
    player.add(
        *("text", "outside vectors"),
        x=_ZERO,
        y=_TABLES - 30,
        font_weight="bold",
        text_anchor="middle",
    )
    player.add(
        *("text", "pushed | pulled"),
        x=_ZERO,
        y=_TABLES - 12,
        fill="var(--faint)",
        text_anchor="middle",
    )
    nobody = np.zeros(len(tokens), bool)
    for row, word in enumerate(words):
        top = _TABLES + _ROW * row
        is_center = np.array([token == word for token in tokens])
        observed = counts[:, row] > 0
        player.add("text", word, x=_NAMES, y=top + 17, text_anchor="end")
        player.add(
            "rect",
            x=_CENTER,
            y=top + 3,
            width=56,
            height=_ROW - 6,
            fill=_by_role(is_center, nobody),
            fill_opacity=np.where(is_center, 0.35, 0),
            stroke="var(--faint)",
        )
        player.add(
            "text",
            ["moves" if is_it else "" for is_it in is_center],
            x=_CENTER + 28,
            y=top + 17,
            text_anchor="middle",
        )
        length = _UNIT * pull[:, row]
        player.add(
            "rect",
            x=_ZERO + np.minimum(length, 0),
            y=top + 3,
            width=np.abs(length),
            height=_ROW - 6,
            fill=_by_role(nobody, observed),
            fill_opacity=0.4,
        )
        player.add(
            "text",
            [f"{value:+.1f}".replace("-", "\N{MINUS SIGN}") for value in pull[:, row]],
            x=_WIDTH - 8,
            y=top + 17,
            text_anchor="end",
        )
    bottom = _TABLES + _ROW * len(words)
    player.add("line", x1=_ZERO, y1=_TABLES, x2=_ZERO, y2=bottom, stroke="var(--ink)")


def _by_role(is_center, is_outside):
    """The colour of each frame."""
    return [
        "var(--center)" if center else "var(--outside)" if outside else "var(--faint)"
        for center, outside in zip(is_center, is_outside, strict=True)
    ]
