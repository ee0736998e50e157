"""What the reader makes of what stands around an equation, and of what is not clear."""

import threading
import time

import pytest

from w2v.reader import check_text
from w2v.reader.limits import OutOfTimeError, time_limit

SOFTMAX = r"\frac{\partial J_{\text{naive-softmax}}}{\partial u_w}"
NEGATIVE_O = r"$$ \frac{\partial J_{neg}}{\partial u_o} = -(1 - \sigma(u_o^\top v_c)) v_c $$"
NEGATIVE_S = r"$$ \frac{\partial J_{neg}}{\partial u_{w_s}} = \sigma(u_{w_s}^\top v_c) v_c $$"


def only(text):
    (statement,) = check_text(text).statements
    return statement


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        ("For $w = o$:", "proved given"),
        ("**Case $w = o$.**", "proved given"),
        (r"i) $w = o$", "proved given"),
        (r"for $w \neq o$", "wrong"),
        ("The vector $y$ has $y_w = 1$ if $w = o$.", "true only if"),
        ("because $y_w = 0$ unless $w = o$", "true only if"),
        ("", "true only if"),
    ],
)
def test_a_case_is_heard(before, verdict):
    assert only(f"{before}\n\n$$ {SOFTMAX} = (\\hat y_w - 1) v_c $$").verdict == verdict


@pytest.mark.parametrize(
    "before",
    [
        "The outside word is not among the negatives.",
        r"Assume $o \notin \{w_1, \dots, w_K\}$.",
        "None of the negatives is $o$.",
        r"None of $w_1, \dots, w_K$ is $o$.",
        "The negatives differ from $o$.",
        "If a negative happens to be $o$, it is drawn again.",
    ],
)
def test_a_hypothesis_is_heard(before):
    assert only(f"{before}\n\n{NEGATIVE_O}").verdict == "proved given"


@pytest.mark.parametrize("before", ["", "The negatives are drawn at random.", "Let $o$ be given."])
def test_a_hypothesis_that_is_not_stated_is_named(before):
    statement = only(f"{before}\n\n{NEGATIVE_O}")
    assert statement.verdict == "true only if"
    assert statement.given == ("o is not among the negatives",)
    assert "negatives 0" in statement.witness


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        ("The negatives are distinct and none of them is $o$.", "proved given"),
        ("The negatives need not be distinct, but none of them is $o$.", "true only if"),
    ],
)
def test_distinct_negatives(before, verdict):
    assert only(f"{before}\n\n{NEGATIVE_S}").verdict == verdict


def test_what_the_text_asks_for_is_no_claim():
    asked = "At a minimum we would have\n\n$$ U \\hat y = u_o $$"
    assert only(asked).verdict == "not a claim"
    assert only("We have\n\n$$ U \\hat y = u_o $$").verdict == "wrong"


def test_a_convention_that_is_declared_holds():
    line = r"$$ \nabla_{v_c} J_{naive-softmax} = U^\top (\hat y - y) $$"
    assert only(f"The words are the rows of $U$.\n\n{line}").verdict == "proved"
    assert only(f"The words are the columns of $U$.\n\n{line}").verdict == "shapes do not fit"
    alone = only(line)
    assert alone.verdict == "true only if"
    assert "rows of U" in alone.given[0]


def test_a_sum_goes_on_in_the_next_display():
    text = r"""
$$ \frac{\partial J_{neg}}{\partial v_c} = -(1 - \sigma(u_o^\top v_c)) u_o $$ (1)

$$ + \sum_{s=1}^K \sigma(u_{w_s}^\top v_c) u_{w_s} $$ (2)
"""
    statement = only(text)
    assert (statement.number, statement.verdict) == ("1, 2", "proved")


def test_a_line_that_follows_from_a_wrong_one():
    text = r"""$$\begin{aligned}
\nabla_{v_c} J_{naive-softmax} &= u_o - \sum_{x \in V} \hat y_x u_x \\
&= U (y - \hat y)
\end{aligned}$$"""
    verdicts = [each.verdict for each in check_text(text).statements]
    assert verdicts == ["wrong", "follows from the wrong line above"]


def test_a_name_is_what_the_document_says():
    text = r"""Let $J_{NS}$ be a loss,
$$ J_{NS} = -\log \hat y_o $$
and
$$ \nabla_{v_c} J_{NS} = U (\hat y - y) $$"""
    assert {each.verdict for each in check_text(text).statements} == {"proved"}


def test_the_suggestion_is_true():
    statement = only(r"$$ \nabla_{v_c} J_{naive-softmax} = U (y - \hat y) $$")
    _, _, latex = statement.suggestion.partition(": ")
    assert only(rf"$$ \nabla_{{v_c}} J_{{naive-softmax}} = {latex} $$").verdict == "proved"


def test_an_inequality_is_not_judged():
    assert only(r"$$ \hat y_o \le 1 $$").verdict == "out of scope"


def test_time_runs_out():
    report = check_text(r"$$ \nabla_{v_c} J_{naive-softmax} = U (\hat y - y) $$", seconds=0)
    assert report.statements[0].verdict == "not judged"


# --- the limit of time --------------------------------------------------------------------------


def forever():
    while True:
        pass


def test_what_takes_too_long_is_stopped():
    start = time.monotonic()
    with pytest.raises(OutOfTimeError), time_limit(0.05):
        forever()
    assert time.monotonic() - start < 20


def test_it_is_stopped_even_if_somebody_catches_it_once():
    def stubborn():
        try:
            while True:
                pass
        except BaseException:
            while True:
                pass

    with pytest.raises(OutOfTimeError), time_limit(0.05):
        stubborn()


def test_what_is_in_time_leaves_nothing_behind():
    before = threading.active_count()
    for _ in range(50):
        with time_limit(0.02):
            pass
    time.sleep(0.1)
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    ("latex", "remark"),
    [
        (
            r"\nabla_{v_c} J = -u_o + \sum_{x \in V} \hat y_w u_w",
            "the index x of a sum is not used",
        ),
        (r"u_0^\top v_c = v_c^\top u_o", "the digit 0 is read as the letter o"),
        (r"\sum_w \frac{\exp(u_w^\top v_c)}{\sum_w \exp(u_w^\top v_c)} = 1", "w is bound already"),
        (r"\frac{\partial u_o^\top v_c}{\partial u_w} = 0 v_c", "both sides are 0"),
    ],
)
def test_what_is_odd_is_remarked(latex, remark):
    remarks = only(f"For $w \\neq o$:\n\n$$ {latex} $$").remarks
    assert any(remark in each for each in remarks), remarks
