"""The ledger is complete, settles as recorded, and finds out a record that is wrong."""

from dataclasses import replace

import pytest

from w2v.proof import (
    J_softmax,
    U,
    V,
    equation,
    grad,
    ledger,
    o_not_negative,
    prove,
    proved,
    settle,
    summary,
    u,
    v,
    w,
    y,
    y_hat,
)
from w2v.proof.ledger import PARTS, VERDICTS, equations

ENDS = {"a": (1, 5), "b": (6, 18), "c": (19, 33), "d": (34, 43), "e": (44, 61), "f": (62, 64)}
WRONG = ["38", "39", "46", "47", "48", "53", "54", "59", "60"]
CONDITIONAL = ["52", "55", "58", "61"]


@pytest.fixture(scope="module")
def rows():
    return [row for part in PARTS for row in ledger(part)]


# --- as recorded -------------------------------------------------------------------------------


def test_every_number_of_the_source_is_there_once_and_in_order():
    numbers = [entry.number for entry in equations()]
    plain = [number for number in numbers if not number.endswith("*")]
    assert plain == [str(number) for number in range(1, 65)]
    assert [number for number in numbers if number.endswith("*")] == ["61*", "62*", "63*"]


@pytest.mark.parametrize("part", ENDS)
def test_each_part_holds_its_equations(part):
    first, last = ENDS[part]
    plain = [entry.number for entry in equations(part) if "*" not in entry.number]
    assert plain == [str(number) for number in range(first, last + 1)]
    assert all(entry.part == part for entry in equations(part))


def test_counts_of_verdicts(rows):
    recorded = [row.verdict for row in rows if "*" not in row.equation.number]
    counts = {verdict: recorded.count(verdict) for verdict in VERDICTS}
    assert counts["true"] + counts["definition"] == 50
    assert (counts["conditional"], counts["malformed"], counts["wrong"]) == (4, 1, 9)
    assert summary(rows) == (
        "64 equations: 50 true, 4 conditional, 1 malformed, 9 refuted and corrected"
    )


def test_every_equation_is_settled_as_recorded(rows):
    assert [row.equation.number for row in rows if not row.as_recorded] == []
    assert len(rows) == 67


def test_which_equations_are_refuted_and_which_need_a_hypothesis(rows):
    by_verdict = {}
    for row in rows:
        by_verdict.setdefault(row.verdict, []).append(row.equation.number)
    assert by_verdict["wrong"] == WRONG
    assert by_verdict["conditional"] == CONDITIONAL
    assert by_verdict["malformed"] == ["51"]
    assert {"61*", "62*", "63*"} < set(by_verdict["true"])


def test_a_counterexample_is_shown_for_what_is_not_true_as_printed(rows):
    for row in rows:
        has_witness = row.witness is not None
        assert has_witness is (row.verdict in ("wrong", "conditional")), row.equation.number
        assert (row.equation.corrected is not None) is (row.verdict == "wrong")
        assert bool(row.equation.correction) is (row.verdict == "wrong")


def test_a_counterexample_to_a_wrong_equation_keeps_the_hypotheses(rows):
    """It is wrong even where the source's tacit assumptions hold; a condition is what fails."""
    for row in rows:
        if row.witness:
            held = [hypothesis.holds(row.witness.world) for hypothesis in row.equation.given]
            assert all(held) is (row.verdict == "wrong"), row.equation.number


def test_a_condition_is_needed_in_full():
    """Each of the hypotheses of (61), and the only one of the others."""
    for number in CONDITIONAL:
        entry = equation(number)
        for left, right in entry.sides():
            assert proved(left, right, *entry.given)
            for place in range(len(entry.given)):
                fewer = entry.given[:place] + entry.given[place + 1 :]
                assert prove(left, right, *fewer).status == "refuted"


def test_every_equation_prints_its_verdict_and_its_formula(rows):
    for row in rows:
        assert str(row).startswith(f"({row.equation.number}) {row.verdict}: ")
        shown = row._repr_markdown_()
        assert f"**({row.equation.number})**" in shown
        assert row.equation.full_latex in shown
        assert row.equation.correction in shown
        for text in (row.equation.latex, row.equation.correction, row.equation.head):
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right")
        if row.equation.latex.startswith(("=", "- ")):
            assert row.equation.head, f"({row.equation.number}) continues nothing"


@pytest.mark.parametrize("number", [0, 65, "62**", "x", "-1", ""])
def test_there_is_no_other_equation(number):
    with pytest.raises(KeyError, match="there is no equation"):
        equation(number)


@pytest.mark.parametrize("part", ["g", "ab", "", "A", 1])
def test_there_is_no_other_part(part):
    with pytest.raises(ValueError, match="`part` must be one of"):
        equations(part)


def test_the_list_of_equations_can_be_asked_for_again():
    """`w2v.proof.equations` is the package of the claims, and the function is in the ledger."""
    assert [len(equations("a")), len(equations("a"))] == [5, 5]


def test_numbers_may_be_integers_or_text():
    assert equation(61) is equation("61")
    assert equation("61*").verdict == "true"


# --- a wrong record ----------------------------------------------------------------------------


def found(entry, **changes):
    row = settle(replace(entry, **changes))
    assert row.as_recorded is (row.verdict == row.equation.verdict)
    return row


@pytest.mark.parametrize("verdict", ["true", "definition", "malformed"])
@pytest.mark.parametrize(
    "right",
    [lambda: U @ (y - y_hat), lambda: U @ y_hat, lambda: -u(w), lambda: 0 * v],
    ids=["sign", "term", "word", "zero"],
)
def test_a_false_equation_recorded_as_true_is_not_settled(right, verdict):
    row = found(equation(18), verdict=verdict, sides=lambda: [(grad(J_softmax, v), right())])
    assert row.verdict == "not settled"
    assert not row.as_recorded
    assert summary([row]).endswith("NOT as recorded: 18")


def test_one_false_pair_among_true_ones_is_found():
    true = equation(5).sides()
    for place in range(3):
        pairs = [*true[:place], (J_softmax, 2 * J_softmax), *true[place:]]
        row = found(equation(5), sides=lambda pairs=pairs: pairs)
        assert (row.verdict, row.as_recorded) == ("not settled", False)


@pytest.mark.parametrize("number", WRONG)
def test_a_wrong_correction_is_not_settled(number):
    entry = equation(number)
    row = found(entry, corrected=entry.sides)
    assert (row.verdict, row.as_recorded) == ("not settled", False)


def test_a_refuted_equation_without_a_correction_is_not_settled():
    row = found(equation(38), corrected=None)
    assert (row.verdict, row.as_recorded) == ("not settled", False)


@pytest.mark.parametrize("number", WRONG)
def test_a_wrong_equation_recorded_as_true_is_found(number):
    row = found(equation(number), verdict="true")
    assert row.verdict != "true"
    assert not row.as_recorded


@pytest.mark.parametrize("number", CONDITIONAL)
def test_a_conditional_equation_recorded_without_its_condition_is_found(number):
    row = found(equation(number), verdict="true", given=())
    assert row.verdict == "not settled"
    assert not row.as_recorded


@pytest.mark.parametrize("number", [*CONDITIONAL, "18", "49", "61*"])
def test_a_condition_that_is_not_needed_is_reported_as_true(number):
    """The general law (61*) and the gradient (49) need none, nor does a corrected claim."""
    true = equation(49).sides
    row = found(equation(number), verdict="conditional", given=(o_not_negative,), sides=true)
    assert row.verdict == "true"
    assert row.method == "proved for every size"
    assert not row.as_recorded


@pytest.mark.parametrize("number", WRONG)
def test_a_true_equation_recorded_as_wrong_is_reported_as_true(number):
    entry = equation(number)
    row = found(entry, sides=lambda: [(V + 1, 1 + V)])
    assert row.verdict == "true"
    assert not row.as_recorded


def test_a_condition_too_weak_is_not_settled():
    row = found(equation(61), given=(o_not_negative,))
    assert row.verdict in ("not settled", "wrong")
    assert not row.as_recorded


def test_a_restated_definition_that_disagrees_is_not_settled():
    row = found(equation(34), sides=lambda: [(grad(J_softmax, U), -grad(J_softmax, U))])
    assert (row.verdict, row.as_recorded) == ("not settled", False)
