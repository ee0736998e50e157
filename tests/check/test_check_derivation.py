"""Answers to the exercises on derivations that check themselves, right and wrong."""

import pytest

from w2v.check import verdict

HYPOTHESIS = r"Let the negatives be distinct, and $o \notin \{w_1, \dots, w_K\}$."


def judged(name, answer):
    found = verdict(name, answer)
    return found.status, found.message


@pytest.mark.parametrize(
    "answer",
    [
        r"v_c (\hat y - y)^\top",
        r"((\hat{\boldsymbol y} - \boldsymbol y) \boldsymbol v_c^\top)^\top",
        r"v_c \hat y^T - v_c y^T",
    ],
)
def test_mend_line(answer):
    assert judged("mend-line", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (r"(y - \hat y) v_c^\top", "“shapes do not fit”"),
        (r"(\hat y - y) v_c^\top", "“shapes do not fit”"),
        (r"v_c (y - \hat y)^\top", "“wrong”: the two sides differ. See it with V = 2"),
        (r"v_c (\hat y - y", "“malformed”"),
        (r"\frac{\partial J}{\partial U}", "no derivative and no loss"),
        (r"\nabla_U J", "no derivative and no loss"),
        (r"v_c (\hat y - y)^\top = v_c (\hat y - y)^\top", "one side of the equation alone"),
        (r"$v_c (\hat y - y)^\top$", "one side of the equation alone"),
        (r"v_c (\hat y - y)^\top \\ x", "one side of the equation alone"),
        ("v_c (\\hat y - y)^\top", "put an r before the quotes"),
        ("", "empty"),
        (3, "should be LaTeX in a raw string"),
    ],
)
def test_not_mend_line(answer, message):
    status, found = judged("mend-line", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize(
    "answer",
    [
        HYPOTHESIS,
        "The negatives are distinct. The outside word is never drawn.",
        r"We assume that $o \notin \{w_1, \dots, w_K\}$ and $w_s \neq w_t$ for $s \neq t$.",
    ],
)
def test_say_hypothesis(answer):
    assert judged("say-hypothesis", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("Nothing is assumed.", "o is not among the negatives and the negatives are distinct"),
        ("The negatives are distinct.", "“true only if”"),
        (r"Let $o \notin \{w_1, \dots, w_K\}$.", "“true only if”"),
        ("The negatives need not be distinct.", "“true only if”"),
        (f"{HYPOTHESIS} $$ 1 = 1 $$", "no display"),
        (7, "A sentence in quotes"),
    ],
)
def test_not_say_hypothesis(answer, message):
    status, found = judged("say-hypothesis", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize(
    "answer", [r"\frac{1}{2} + \frac{z}{4}", r"\sigma(z) + z^2", r"\frac{1}{1 + e^{-z}} - z^3"]
)
def test_false_factor(answer):
    assert judged("false-factor", answer)[0] == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (r"\sigma(z)", "is not false"),
        (r"1 - \sigma(-z)", "is not false"),
        (r"1 - \sigma(z)", "the slope 0.25; yours has -0.25"),
        (r"\sigma(2z)", "the slope 0.25; yours has 0.5"),
        (r"\frac{z}{4}", "the value 0.5; yours has 0"),
        (r"\frac{1}{2}", "no letter but z"),
        (r"\frac{1}{2} + \frac{x}{4}", "no letter but z"),
        (r"\frac{1}{z}", "has no value"),
        (r"\frac{1}{2} + \frac{z}{4", "is not understood"),
        (r"\frac{1}{2} + \tanh z", "is not understood"),
        (0.5, "should be LaTeX in a raw string"),
    ],
)
def test_not_false_factor(answer, message):
    status, found = judged("false-factor", answer)
    assert status == "wrong"
    assert message in found


@pytest.mark.parametrize("name", ["mend-line", "say-hypothesis", "false-factor"])
def test_no_answer(name):
    assert judged(name, ...) == ("missing", "no answer yet.")
