"""Reports: what the terminal shows, what a machine gets, and what reaches the page."""

import json
import re
from html.parser import HTMLParser

import pytest

from w2v.reader import report
from w2v.reader.report import Screen, as_object, counted, mathml, overview, page, text
from w2v.reader.results import VERDICTS, Judged, Report

WRONG = Judged(
    number="7",
    line=40,
    latex=r"\frac{\partial J}{\partial v_c} &= U (y - \hat y) \label{eq:b} \\",
    reading=r"\frac{\partial J}{\partial v_c} = U (y - \hat y)",
    verdict="wrong",
    reason="The sides differ in their sign.",
    witness="V = 2, d = 1: 1/2 on the left, -1/2 on the right",
    suggestion=r"the sign: $U (\hat y - y)$",
    remarks=("the index `k` is not used", "a 0 is read as o"),
)
PROVED = Judged(line=7, latex=r"\hat y = \hat y", reading=r"\hat y = \hat y", verdict="proved")
ONLY_IF = Judged(
    line=79,
    latex="a = b",
    reading="a = b",
    verdict="true only if",
    given=("o is not among the negatives", "no negative is drawn twice"),
)
UNREAD = Judged(
    line=2, cell=3, latex=r"\foo = 1", verdict="not understood", reason=r"'\foo' in column 1"
)
REPORT = Report(
    "a.tex", (PROVED, WRONG, ONLY_IF, UNREAD), ("U is d x V", "$u_k$ is a row"), 1.23456
)
EVERY = Report(
    "every.tex",
    tuple(Judged(line=n, latex="a = b", verdict=verdict) for n, verdict in enumerate(VERDICTS, 1)),
)


# --- results -----------------------------------------------------------------------------------


def test_mistakes_are_wrong_and_a_hypothesis_left_unsaid_is_none():
    wrong = {statement.verdict for statement in EVERY.statements if statement.wrong}
    assert wrong == {
        *("wrong", "follows from the wrong line above", "shapes do not fit", "malformed")
    }
    assert Report("a", (PROVED, ONLY_IF, UNREAD)).status == 0
    assert REPORT.status == 1


def test_what_was_not_judged_is_told_from_what_was():
    unjudged = {statement.verdict for statement in EVERY.statements if not statement.judged}
    assert unjudged == {"not a claim", "out of scope", "not understood", "not judged"}


def test_counts_have_every_verdict():
    assert EVERY.counts == dict.fromkeys(VERDICTS, 1)
    assert list(Report("a").counts) == list(VERDICTS)


def test_a_verdict_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="'right' is no verdict: take one of proved"):
        Judged(line=1, latex="a = b", verdict="right")


# --- for a terminal ----------------------------------------------------------------------------


def test_each_equation_has_its_place_verdict_and_reading():
    lines = text(REPORT, Screen(width=100)).splitlines()
    assert lines[0] == "a.tex"
    assert re.fullmatch(r"  line 7 +✓ proved +\\hat y = \\hat y", lines[1])
    assert re.fullmatch(r"  line 40 \(7\) +✗ wrong +\\frac\{.* = U \(y - \\hat y\)", lines[2])
    assert "  cell 3:2     ? not understood  as written: \\foo = 1" in lines


def test_what_there_is_to_say_stands_below_indented():
    lines = text(REPORT, Screen(width=100)).splitlines()
    below = lines[3 : lines.index(next(line for line in lines if "line 79" in line))]
    assert below == [
        "      why: The sides differ in their sign.",
        "      witness: V = 2, d = 1: 1/2 on the left, -1/2 on the right",
        r"      perhaps: the sign: $U (\hat y - y)$",
        "      note: the index `k` is not used",
        "      note: a 0 is read as o",
    ]
    assert "      only if: o is not among the negatives and no negative is drawn twice" in lines


def test_the_end_has_the_counts_and_how_it_was_read():
    assert text(REPORT, Screen(width=200)).splitlines()[-3:] == [
        "a.tex: 4 equations: 1 proved, 1 true only if more is given, 1 wrong, 1 not understood",
        "  read: U is d x V",
        "  read: $u_k$ is a row",
    ]


def test_hypotheses_that_the_text_states_are_given():
    judged = Judged(line=1, latex="a = b", verdict="proved given", given=("w = o",))
    assert "\n      given: w = o\n" in text(Report("a", (judged,)), Screen())


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 300])
@pytest.mark.parametrize("shown", [REPORT, EVERY], ids=["mixed", "every verdict"])
def test_formulas_and_verdicts_keep_to_the_width(width, shown):
    lines = text(shown, Screen(width=width)).splitlines()
    for verdict in {statement.verdict for statement in shown.statements}:
        assert any(verdict in line for line in lines)
    # A word is never broken, and 20 columns are less than the longest verdict.
    assert all(len(line) <= max(width, 40) for line in lines)


def test_long_formulas_are_shortened_and_have_a_line_of_their_own_where_there_is_no_room():
    beside, below = text(REPORT, Screen(width=75)), text(REPORT, Screen(width=60))
    assert "✗ wrong           \\frac{\\partia… = U (y - \\hat y)\n" in beside
    assert "✗ wrong\n      \\frac{\\partial J}{\\partial v_c} = U (y - \\hat y)\n" in below


def test_of_a_chain_the_right_sides_are_shown():
    head = r"\frac{\partial J_{k = 1}}{\partial v_c}"
    chain = [rf"{head} = {side}" for side in ("a" * 9, "b" * 9, "c" * 99)]
    statements = [
        Judged(line=line, latex="x", reading=reading, verdict="proved")
        for line, reading in enumerate(chain, 1)
    ]
    shown = text(Report("a", tuple(statements)), Screen(width=60)).splitlines()[1:4]
    readings = [line.split("proved  ")[1] for line in shown]
    assert readings == [r"\frac{\parti… = aaaaaaaaa", "… = bbbbbbbbb", "… = " + 35 * "c" + "…"]
    assert len(shown[2]) == 60


def test_a_formula_may_have_braces_that_do_not_match():
    for reading in "a} = " * 30, "{a = " * 30, "a" * 99 + " = ", " = " + "b" * 99:
        judged = Judged(line=1, latex="x", reading=reading, verdict="proved")
        for line in text(Report("a", (judged,)), Screen(width=60)).splitlines():
            assert len(line) <= 60


def test_wide_letters_take_two_columns():
    judged = Judged(line=1, latex="x", reading="損失" * 30 + "e\u0301", verdict="proved")
    (line,) = (
        line for line in text(Report("a", (judged,)), Screen(60)).splitlines() if "損" in line
    )
    assert line.endswith("…")
    assert report._columns(line) in (59, 60)


def test_color_says_nothing_that_words_do_not():
    colored = text(REPORT, Screen(color=True))
    assert "\x1b[31m\x1b[1m✗ wrong\x1b[0m" in colored
    assert re.sub("\x1b\\[\\d+m", "", colored) == text(REPORT, Screen())
    colored = overview([REPORT, REPORT], Screen(color=True))
    assert re.sub("\x1b\\[\\d+m", "", colored) == overview([REPORT, REPORT], Screen())


def test_ascii_will_do():
    assert text(EVERY, Screen(width=40, ascii=True)).isascii()
    assert text(REPORT, Screen(width=40, ascii=True)).isascii()


def test_a_document_cannot_command_the_terminal():
    evil = "a\x1b[2J\x07\u202e\x9b = \ud800b"
    judged = Judged(line=1, latex=evil, verdict="not understood", reason=evil, remarks=(evil,))
    shown = text(Report(evil, (judged,), (evil,)), Screen(width=300))
    assert shown.replace("\n", "").isprintable()
    assert r"a\x1b[2J\x07\u202e\x9b = \ud800b" in shown
    assert overview([Report(evil)], Screen(width=300)).replace("\n", "").isprintable()


def test_parts_of_a_row_are_told_apart():
    row = {"line": 5, "latex": "a = b = c", "verdict": "proved"}
    parts = tuple(Judged(part=part, **row) for part in (1, 2, 3, 4, 11, 12))
    shown = text(Report("a", parts), Screen())
    for part in "1st", "2nd", "3rd", "4th", "11th", "12th":
        assert f"  line 5, {part} =" in shown
    assert "1st" not in text(Report("a", parts[:1]), Screen())


def test_a_document_without_equations_says_what_would_be_one():
    shown = text(Report("notes.md"), Screen(width=200))
    assert shown.startswith("notes.md: no displayed equation: what counts is $$ ... $$")


def test_numbers_of_files():
    lines = overview([REPORT, EVERY], Screen()).splitlines()
    assert re.split("  +", lines[0])[:4] == ["file", "equations", "proved", "only if"]
    assert lines[1].split() == ["a.tex", "4", "1", "1", "0", "1", "1", "0"]
    assert lines[2].split() == ["every.tex", "12", "2", "1", "1", "4", "2", "2"]
    assert lines[3].startswith("2 files, 16 equations: 2 proved, ")


def test_numbers_of_files_on_a_narrow_terminal():
    lines = overview([REPORT, EVERY], Screen(width=40)).splitlines()
    assert lines[:3] == [
        "a.tex",
        "  4 equations: 1 proved, 1 true only if",
        "  more is given, 1 wrong, 1 not",
    ]
    assert all(len(line) <= 40 for line in lines)


def test_counts_in_words():
    assert counted({"proved": 1}) == "1 equation: 1 proved"
    assert counted({"proved": 1200, "wrong": 0}) == "1,200 equations: 1,200 proved"
    assert counted({}) == "0 equations"


# --- for a machine -----------------------------------------------------------------------------


def test_json_has_all_that_there_is():
    found = json.loads(json.dumps(as_object(REPORT), allow_nan=False))
    assert set(found) == {"name", "conventions", "counts", "seconds", "equations"}
    assert found["counts"] == REPORT.counts
    assert found["seconds"] == 1.235
    assert found["equations"][1] == {
        "number": "7",
        "line": 40,
        "cell": None,
        "part": 1,
        "latex": WRONG.latex,
        "reading": WRONG.reading,
        "verdict": "wrong",
        "hypotheses": [],
        "witness": WRONG.witness,
        "suggestion": WRONG.suggestion,
        "reason": WRONG.reason,
        "remarks": list(WRONG.remarks),
    }
    unread = found["equations"][3]
    assert unread["cell"] == 3
    assert [unread[key] for key in ("number", "reading", "witness", "suggestion")] == [None] * 4


# --- formulas ----------------------------------------------------------------------------------

ELEMENTS = {*report._ELEMENTS}


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\boldsymbol v_c", "\N{MATHEMATICAL BOLD ITALIC SMALL V}"),
        (r"\mathbf{1}", "\N{MATHEMATICAL BOLD DIGIT ONE}"),
        (r"\boldsymbol\beta", "\N{MATHEMATICAL BOLD ITALIC SMALL BETA}"),
        (r"\mathbb{R}", "\N{DOUBLE-STRUCK CAPITAL R}"),
        (r"\mathcal{L}", "\N{SCRIPT CAPITAL L}"),
        (r"\hat y_w &= 1 \\", "<mn>1</mn>"),
        (r"a \label{eq:1} \tag{$\star$} % a comment", "<mrow><mi>a</mi></mrow>"),
        (r"$$ a $$", "<mrow><mi>a</mi></mrow>"),
        (r"\begin{cases} 1 & w = o \\ 0 & \text{else} \end{cases}", '<mtd columnalign="left">'),
        (r"損失 = ŷ", "損"),
        (r"a < b", "&lt;"),
    ],
)
def test_formulas_are_drawn(latex, expected):
    drawn = mathml(latex)
    assert expected in drawn
    assert "mathvariant" not in drawn


@pytest.mark.parametrize(
    "latex",
    [
        "",
        r"\unheard{x}",
        r"\frac{a",
        "a }",
        r"\frac{a}",
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{b} \a",
        "a" * 4001,
        "{" * 1500 + "}" * 1500,
        r"\left( a",
    ],
)
def test_formulas_that_cannot_be_drawn_faithfully_are_not(latex):
    assert mathml(latex) is None


EVIL = [
    r"\href{javascript:alert(1)}{x}",
    r"\href{https://evil.example}{x}",
    r"\text{</math><script>alert(1)</script>}",
    r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    r"\text{&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;}",
    r'\style{x" onclick="alert(1)}{x}',
    r"\class{a\" onmouseover=alert(1)}{x}",
    r"\style{background:url(https://evil.example/x)}{x}",
    r"\color{red;background:url(//evil.example)} x",
    r"\includegraphics{https://evil.example/x.png}",
    r"\rule[1em]{1em}{url(//evil)}",
    r"<img src=x onerror=alert(1)>",
    r"</code></pre><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "\x00<\x00script>alert(1)</script>",
    r"$<script>alert(1)</script>$ and `<b>` and $x$",
]


@pytest.mark.parametrize("latex", EVIL)
def test_nothing_but_mathematics_comes_of_a_formula(latex):
    drawn = mathml(latex)
    if drawn is not None:
        elements, attributes, _ = parsed(drawn)
        assert set(elements) <= ELEMENTS
        assert {name for name, _ in attributes} <= {*report._ATTRIBUTES, "mathvariant"}


# --- as a page ---------------------------------------------------------------------------------


class Parser(HTMLParser):
    """Elements with attributes, and the text outside of style."""

    EMPTY = ("meta", "input", "link", "img", "br")

    def __init__(self):
        super().__init__()
        self.elements, self.attributes, self.text, self.open = [], [], [], []

    def handle_starttag(self, name, attributes):
        self.elements.append(name)
        self.attributes += attributes
        if name not in self.EMPTY:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def parsed(content):
    parser = Parser()
    parser.feed(content)
    parser.close()
    assert parser.open == []
    return parser.elements, parser.attributes, "".join(parser.text)


def test_the_page_shows_all_that_there_is():
    elements, attributes, said = parsed(page([REPORT]))
    assert ("lang", "en") in attributes
    assert elements.count("h1") == 1
    assert elements.count("h3") == 4
    assert "math" in elements
    for expected in (
        "Line 40 (7)",
        "✗wrong",
        "!true only if",
        "The sides differ in their sign.",
        "V = 2, d = 1: 1/2 on the left, -1/2 on the right",
        "o is not among the negatives and no negative is drawn twice",
        "a 0 is read as o",
        r"\foo = 1",
        "U is d x V",
        WRONG.latex,
    ):
        assert expected in said
    assert "<dt>Perhaps meant</dt><dd>the sign: <math" in page([REPORT])


@pytest.mark.parametrize(
    ("suggestion", "drawn"),
    [
        (r"a transpose: v_c (\hat y - y)^\top", "a transpose: <math"),
        (r"a transpose: $v_c$", "a transpose: <math"),
        (r"a transpose: \unheard{v}", r"a transpose: \unheard{v}</dd>"),
        ("one of these: the sign, the order", "one of these: the sign, the order</dd>"),
        ("a <b>: x_1", "a &lt;b&gt;: <math"),
    ],
)
def test_formulas_in_suggestions_are_drawn(suggestion, drawn):
    judged = Judged(line=1, latex="a = b", verdict="wrong", suggestion=suggestion)
    assert f"<dd>{drawn}" in page([Report("a", (judged,))])


def test_every_verdict_has_a_sign_and_words():
    _, _, said = parsed(page([EVERY]))
    for verdict in VERDICTS:
        assert f"{report._KINDS[verdict].sign}{verdict}" in said


def test_a_row_is_shown_once_for_all_its_equations():
    row = {"line": 5, "latex": "a = b = c", "verdict": "proved"}
    both = Judged(part=1, reading="a = b", **row), Judged(part=2, reading="a = c", **row)
    formulas = re.findall(r'<div class="formula".*?</div>', page([Report("a", both)]))
    assert [formula.count("<mo>=</mo>") for formula in formulas] == [2, 1]


def test_what_cannot_be_drawn_is_shown_as_latex_or_as_it_was_read():
    macro = Judged(line=1, latex=r"\pd{J} = 0", reading=r"\partial J = 0", verdict="proved")
    shown = page([Report("a", (macro,))])
    assert "<mi>J</mi>" in re.search(r'<div class="formula".*?</div>', shown)[0]
    assert r"<pre><code>\pd{J} = 0</code></pre>" in shown
    assert '<details class="source" open>' in shown
    shown = page([Report("a", (UNREAD,))])
    assert r"<code>\foo = 1</code></div>" in shown


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_of_a_document_escapes_into_the_page(evil):
    judged = Judged(
        number=evil, line=1, latex=evil, reading=evil, verdict="wrong", given=(evil,), reason=evil,
        witness=evil, suggestion=evil, remarks=(evil,),
    )  # fmt: skip
    for shown in page([Report(evil, (judged,), (evil,))]), page([Report(evil)] * 2, [evil]):
        elements, attributes, _ = parsed(shown)
        known = "html head meta title style body header main footer section article nav h1 h2 h3"
        known += " p a ul ol li dl dt dd div span details summary pre code label input table"
        known += " caption thead tbody tr th td"
        assert set(elements) <= {*known.split(), *ELEMENTS}
        assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
        links = [value for name, value in attributes if name in ("href", "src", "action")]
        assert all(re.fullmatch(r"#[\w-]+", link) for link in links)
        assert elements.count("style") == 1


def test_the_page_asks_nobody_for_anything():
    shown = page([REPORT, EVERY])
    assert "default-src 'none'; style-src 'unsafe-inline'" in shown
    assert not re.search(r"https?:|//|url\(|@import|<script|<link|<img", shown)


def test_links_lead_somewhere_and_names_are_used_once():
    _, attributes, _ = parsed(page([REPORT, EVERY, REPORT]))
    names = [value for name, value in attributes if name == "id"]
    assert len(names) == len(set(names))
    links = {value[1:] for name, value in attributes if name == "href"}
    labels = {value for name, value in attributes if name == "aria-labelledby"}
    assert links | labels <= set(names)
    assert len(links) == 4 + 12 + 4 + 3


def test_several_documents_have_a_table():
    shown = page([REPORT, EVERY], ["b.md: damaged"])
    elements, attributes, said = parsed(shown)
    assert elements.count("table") == elements.count("caption") == 1
    assert attributes.count(("scope", "col")) == 8
    assert attributes.count(("scope", "row")) == 2
    assert "b.md: damaged" in said
    assert "2 files, 16 equations" in said


def test_a_page_of_no_equation_says_what_would_be_one():
    assert "There is no displayed equation" in page([Report("a.md")])


def luminance(color):
    color = "#" + "".join(2 * digit for digit in color[1:]) if len(color) == 4 else color
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colors_can_be_read(theme):
    blocks = re.findall(r":root \{(.*?)\}", report._STYLE, re.S)
    colors = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[theme]))

    def contrast(one, other):
        low, high = sorted((luminance(colors[one]), luminance(colors[other])))
        return (high + 0.05) / (low + 0.05)

    for kind in {kind.name for kind in report._KINDS.values()}:
        assert contrast(kind, f"{kind}-on") >= 4.5
    for ink in "ink", "soft", "link":
        for ground in "page", "card":
            assert contrast(ink, ground) >= 4.5
