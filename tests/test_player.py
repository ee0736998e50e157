"""The parts of an animation are where its frames say, and it can be used by everybody."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from w2v.plot import Player


def ball(**changes):
    options = {
        "name": "ball",
        "label": "A ball rises.",
        "caption": "A ball & its height.",
        "captions": ["below", "halfway", 'above "it"'],
        "width": 300,
        "height": 200,
    }
    player = Player(**{**options, **changes})
    player.add("circle", cx=50, cy=np.array([190.04, 100.0, 10.06]), r=5, fill="var(--center)")
    player.add("text", ["low", "mid", "a < b </script>"], x=60, y=50, text_anchor="end")
    return player


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.stack = [], []
        self.feed(html)
        assert not self.stack, f"never closed: {self.stack}"

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag != "input":
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def only(self, tag):
        (attributes,) = [attributes for name, attributes in self.found if name == tag]
        return attributes


def data_of(html):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])


def test_the_still_is_drawn_without_any_script():
    html = ball()._repr_html_()
    circle = Elements(html).only("circle")
    assert (circle["cx"], circle["cy"], circle["r"]) == ("50", "10.1", "5")
    assert "a &lt; b &lt;/script&gt;</text>" in html
    first = Elements(ball(still=0)._repr_html_()).only("circle")
    assert first["cy"] == "190"


def test_only_what_moves_is_moved():
    html = ball()._repr_html_()
    assert data_of(html) == {
        "moves": [[0, "cy", [190, 100, 10.1]], [1, "text", ["low", "mid", "a < b </script>"]]],
        "captions": ["below", "halfway", 'above "it"'],
        "still": 2,
    }
    assert html.count("</script>") == 2  # no data ends a script


def test_it_can_be_read_and_used_without_seeing_it_or_a_mouse():
    html = ball()._repr_html_()
    elements = Elements(html)
    assert elements.only("svg")["role"] == "img"
    assert elements.only("svg")["aria-label"] == "A ball rises."
    slider = elements.only("input")
    assert slider["type"] == "range"
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "2", "2")
    assert slider["aria-valuetext"] == 'above "it"'
    assert re.findall(r'<button type="button">(.*?)</button>', html) == ["Play", "Back", "Next"]
    assert "hidden" in next(a for t, a in elements.found if "controls" in a.get("class", ""))
    assert "<figcaption>A ball &amp; its height.</figcaption>" in html
    assert "prefers-reduced-motion" in html
    assert "@media print" in html


def test_it_asks_nobody_for_anything_and_is_the_same_on_every_run():
    html = ball()._repr_html_()
    assert "http" not in html
    assert html == ball()._repr_html_()
    assert "0x" not in repr(ball())


def test_two_on_a_page_do_not_meddle_with_each_other():
    first, second = (ball(name=name)._repr_html_() for name in ("ball", "other-ball"))
    assert Elements(first).only("figure")["id"] != Elements(second).only("figure")["id"]
    style = re.search(r"<style>(.*?)</style>", second, re.DOTALL)[1]
    for rule in re.findall(r"(#[\w-]+)", style):
        assert rule == "#w2v-player-other-ball" or re.fullmatch("#[0-9a-fA-F]{6}", rule)
    assert 'getElementById("w2v-player-other-ball")' in second


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "a ball"}, "letters, digits and hyphens, but is 'a ball'"),
        ({"name": ""}, "letters, digits and hyphens"),
        ({"name": '"><script>'}, "letters, digits and hyphens"),
        ({"captions": ["one"]}, "two frames or more, but has 1"),
        ({"captions": ["one", "two"]}, "`cy` of a circle has 3 values for 2 frames"),
        ({"captions": list("abcd")}, "`cy` of a circle has 3 values for 4 frames"),
    ],
)
def test_what_cannot_be_shown_is_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        ball(**changes)
