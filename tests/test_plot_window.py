"""The window that slides: every frame holds what the definition says."""

import html
import json
import re

import numpy as np
import pytest

from w2v import skip_gram
from w2v.plot import sliding_window

TEXT = ["to", "be", "or", "not", "to", "be"]
WORDS = ["to", "be", "or", "not"]
RANDOM = np.random.default_rng(2).normal(scale=0.5, size=(2, 4, 3))


def player(window=2):
    return sliding_window(TEXT, window, *RANDOM, words=WORDS)


def parts(player):
    """Each part of the drawing as (tag, attributes by frame, text by frame)."""
    page = player._repr_html_()
    frames = len(player.captions)
    data = json.loads(re.search(r'application/json">(.*?)</script>', page, re.DOTALL)[1])
    moves = {}
    for part, name, values in data["moves"]:
        moves.setdefault(part, {})[name] = values
    found = []
    drawing = page[page.index("<svg") : page.index("</svg>")]
    for number, each in enumerate(re.finditer(r"<(\w+) data-part (.*?)>(.*?)</", drawing)):
        attributes = {
            name: [value] * frames for name, value in re.findall(r'([\w-]+)="(.*?)"', each[2])
        }
        text = moves.get(number, {}).pop("text", [html.unescape(each[3])] * frames)
        found.append((each[1], attributes | moves.get(number, {}), text))
    return found


def texts(player, frame):
    return [text[frame] for tag, _, text in parts(player) if tag == "text" and text[frame]]


@pytest.mark.parametrize("window", [1, 2, 5])
def test_the_pairs_of_each_window_are_written(window):
    for place, center in enumerate(TEXT):
        near = [
            TEXT[other]
            for other in range(len(TEXT))
            if other != place and abs(other - place) <= window
        ]
        pairs = [text for text in texts(player(window), place) if re.match(r"\(\w+, \w+\)", text)]
        assert [pair for pair in pairs if pair != "(c, o)"] == [f"({center}, {o})" for o in near]
        assert any(f"J = sum of {len(near)} loss" in text for text in texts(player(window), place))


def test_centre_and_outside_words_are_marked_by_letter_and_colour():
    boxes = [
        (a["x"], a["fill"])
        for tag, a, _ in parts(player())
        if tag == "rect" and "fill-opacity" in a
    ]
    marks = [
        (a, text) for tag, a, text in parts(player()) if "font-weight" in a and len(text[0]) <= 1
    ]
    assert len(marks) == len(TEXT)
    for place in range(len(TEXT)):
        for word, (attributes, letters) in enumerate(marks):
            distance = abs(word - place)
            letter = "c" if distance == 0 else "o" if distance <= 2 else ""
            role = {"c": "var(--center)", "o": "var(--outside)", "": "var(--faint)"}[letter]
            assert letters[place] == letter
            assert attributes["fill"][place] == role
            assert boxes[word][1][place] == role


def test_the_window_lies_over_its_words_and_reaches_beyond_the_text():
    everything = parts(player())
    frame = everything[0][1]
    rectangles = [
        a for tag, a, _ in everything[1:] if tag == "rect" and a.get("height") == ["26"] * 6
    ]
    empty = [a for a in rectangles if "stroke-dasharray" in a]
    assert len(empty) == 4  # two before the text, two after it
    ordered = sorted(rectangles, key=lambda a: float(a["x"][0]))
    assert [a in empty for a in ordered] == [True] * 2 + [False] * 6 + [True] * 2
    for place in range(6):
        left, right = (
            float(frame["x"][place]),
            float(frame["x"][place]) + float(frame["width"][place]),
        )
        covered = [
            left <= float(a["x"][0]) and float(a["x"][0]) + float(a["width"][0]) <= right
            for a in ordered
        ]
        assert covered == [place <= number <= place + 4 for number in range(10)]
    assert all(0 <= float(a["x"][0]) <= 480 - float(a["width"][0]) for a in rectangles)


def test_only_the_row_of_the_centre_word_moves():
    moves = [text for tag, _, text in parts(player()) if tag == "text" and "moves" in text]
    assert len(moves) == len(WORDS)
    for place, center in enumerate(TEXT):
        assert [text[place] for text in moves] == ["moves" if w == center else "" for w in WORDS]
        words = [TEXT[o] for o in range(6) if 0 < abs(o - place) <= 2]
        _, by_center, _ = skip_gram(WORDS.index(center), list(map(WORDS.index, words)), *RANDOM)
        assert np.flatnonzero(by_center.any(axis=1)).tolist() == [WORDS.index(center)]


def test_the_bars_are_what_a_step_adds_to_the_outside_vectors():
    center, outside = RANDOM
    bars = [
        a for tag, a, _ in parts(player()) if tag == "rect" and a.get("fill-opacity") == ["0.4"] * 6
    ]
    numbers = [
        text for tag, a, text in parts(player()) if re.match(r"[+\N{MINUS SIGN}]\d", text[0])
    ]
    assert len(bars) == len(numbers) == len(WORDS)
    for place, word in enumerate(TEXT):
        c = WORDS.index(word)
        words = [WORDS.index(TEXT[o]) for o in range(6) if 0 < abs(o - place) <= 2]
        _, _, gradient = skip_gram(c, words, center, outside)
        pull = -gradient @ center[c] / (center[c] @ center[c])
        for row, (bar, number) in enumerate(zip(bars, numbers, strict=True)):
            left, width = float(bar["x"][place]), float(bar["width"][place])
            end = left + width - 364 if pull[row] > 0 else left - 364
            assert end == pytest.approx(42 * pull[row], abs=0.11)
            assert number[place] == f"{pull[row]:+.1f}".replace("-", "\N{MINUS SIGN}")
            seen = row in words
            assert bar["fill"][place] == ("var(--outside)" if seen else "var(--faint)")


def test_what_each_frame_shows_is_said_in_words():
    said = player().captions
    assert len(said) == 6
    assert said[0] == (
        "Place 1 of 6: the centre word is “to”, with 2 outside words. The window reaches beyond "
        "the text: 2 places before it are empty."
    )
    assert said[1].endswith("The window reaches beyond the text: 1 place before it is empty.")
    assert said[2] == (
        "Place 3 of 6: the centre word is “or”, with 4 outside words. “to” stands in the window 2 "
        "times, and counts as often."
    )
    assert said[5].endswith("2 places after it are empty.")
    assert player(5).captions[0].endswith("5 places before it are empty.")
    assert player(5).captions[1].endswith("5 places before and after it are empty.")
    assert "“to” is among them itself." in player(5).captions[0]
    four = sliding_window(TEXT[:4], 2, *RANDOM, words=WORDS).captions
    assert four[1].endswith("beyond the text: 1 place before it is empty.")
    assert four[2].endswith("beyond the text: 1 place after it is empty.")
    short = sliding_window(["to", "be"], 2, *RANDOM, words=WORDS).captions
    assert (
        "with 1 outside word. The window reaches beyond the text: 3 places before and" in short[0]
    )


def test_the_still_is_a_full_window_with_a_repeat():
    assert player().still == 2
    assert 'data-frame="2"' in player()._repr_html_()


@pytest.mark.parametrize(
    ("tokens", "words", "message"),
    [
        (
            ["to", "sleep", "dream"],
            WORDS,
            "must hold every word of the text, but lacks dream, sleep",
        ),
        (TEXT, [*WORDS, "that"], "must have a row for each of the 5 words, but have 4 and 4"),
    ],
)
def test_tables_and_text_must_fit(tokens, words, message):
    with pytest.raises(ValueError, match=message):
        sliding_window(tokens, 2, *RANDOM, words=words)
