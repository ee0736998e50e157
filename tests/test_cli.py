"""The command line: verdicts in the terminal, for machines, and as an exit status."""

import dataclasses
import json
import re
import subprocess
import sys

import pytest

from w2v.cli import main
from w2v.proof.ledger import equations

LAST_LINE = "64 equations: 50 true, 4 conditional, 1 malformed, 9 refuted and corrected"


def test_the_whole_ledger_ends_with_its_summary(capsys):
    assert main(["ledger"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == LAST_LINE
    assert [re.match(r" *\((\S+)\)", line)[1] for line in lines[:-1]] == [
        equation.number for equation in equations()
    ]


def test_one_equation_is_explained(capsys):
    assert main(["ledger", "61"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("(61) conditional: proved, given that o is not among the negatives")
    assert "counterexample with V = 2" in output
    assert "1 on the left, 1/2 on the right" in output


def test_a_part_can_be_had_by_itself(capsys):
    assert main(["ledger", "--part", "a"]) == 0
    assert capsys.readouterr().out.count(" ms ") == 5


def test_machines_get_json(capsys):
    assert main(["ledger", "38", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["number"] == "38"
    assert row["part"] == "d"
    assert row["verdict"] == row["recorded"] == "wrong"
    assert r"\boldsymbol u_x" in row["correction"]
    assert "1/2 on the left, 1 on the right" in row["witness"]


def test_a_verdict_that_is_not_as_recorded_fails(capsys, monkeypatch):
    from w2v.proof.equations import a

    tampered = [*a.EQUATIONS]
    original = tampered[3].sides
    tampered[3] = dataclasses.replace(
        tampered[3], sides=lambda: [(left, right + 1) for left, right in original()]
    )
    monkeypatch.setattr(a, "EQUATIONS", tampered)
    assert main(["ledger", "--part", "a"]) == 1
    assert "NOT as recorded: 4" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["0", "65", "forty", "38*"])
def test_an_equation_that_does_not_exist_is_an_error(number, capsys):
    assert main(["ledger", number]) == 2
    error = capsys.readouterr().err
    assert number in error
    assert "1 to 64" in error


@pytest.mark.parametrize(
    "arguments", [[], ["prove"], ["ledger", "--part", "g"], ["ledger", "1", "--part", "a"]]
)
def test_a_wrong_command_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_module_runs_as_a_program():
    result = subprocess.run(
        [sys.executable, "-m", "w2v", "ledger", "16"], capture_output=True, text=True
    )
    assert result.returncode == 0
    assert result.stdout == "(16) true: proved for every size\n"


def test_without_sympy_the_error_says_what_to_install(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("w2v.proof")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sympy", None)
    assert main(["ledger", "1"]) == 2
    assert "w2v[proof]" in capsys.readouterr().err
