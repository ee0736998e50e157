"""The command line: vectors from a text, verdicts, and what they compute with."""

import dataclasses
import json
import re
import subprocess
import sys

import pytest

from w2v import Settings, WordVectors, train
from w2v.cli import main
from w2v.proof.ledger import equations
from w2v.scatter import ROUTE

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


# --- train and info ----------------------------------------------------------------------------

TEXT = "black cat\nwhite cat\nblack dog\nwhite dog\n" * 50
QUICK = ["--dimension", "4", "--epochs", "2", "--min-count", "1", "--subsample", "0"]


def test_training_writes_vectors_that_can_be_read(write, tmp_path, capsys):
    output = tmp_path / "animals.npz"
    assert main(["train", str(write(TEXT)), "-o", str(output), *QUICK]) == 0
    vectors = WordVectors.load(output)
    assert sorted(vectors.words) == ["black", "cat", "dog", "white"]
    assert vectors.center.shape == (4, 4)
    printed = capsys.readouterr()
    assert printed.out.startswith("4 words, loss ")
    assert str(output) in printed.out
    assert printed.err == ""


def test_vectors_are_written_beside_the_text_unless_told(write):
    path = write(TEXT)
    assert main(["train", str(path), *QUICK]) == 0
    assert path.with_suffix(".npz").exists()


def test_the_command_line_and_the_function_learn_the_same(write, tmp_path):
    path, output = write(TEXT), tmp_path / "vectors.npz"
    options = ["--seed", "3", "--negatives", "2", "--window", "1", "--learning-rate", "0.5"]
    assert main(["train", str(path), "-o", str(output), *QUICK, *options]) == 0
    settings = Settings(
        dimension=4, epochs=2, min_count=1, subsample=0, seed=3, negatives=2, window=1,
        learning_rate=0.5,
    )  # fmt: skip
    assert WordVectors.load(output).center.tobytes() == train(path, settings).center.tobytes()


def test_every_setting_is_an_option_with_its_default_and_its_help(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train", "--help"])
    assert stopped.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for field in dataclasses.fields(Settings):
        assert f"--{field.name.replace('_', '-')}" in text
        assert f"(default: {field.default})" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--window", "0"], "`window` must be at least 1"),
        (["--min-count", "1000"], "no word occurs 1000 times"),
        (["--workers", "0"], "`workers` must be at least 1"),
        (["--loss", "hinge"], "`loss` must be one of"),
        (["--learning-rate", "1e30", "--row-limit", "1e300"], "lower `learning_rate`"),
        (["-o", "vectors.txt"], "must end in .npz"),
        (["-o", "nowhere/vectors.npz"], "there is no folder nowhere"),
    ],
)
def test_a_mistake_gets_one_line_and_the_status_2(options, words, write, capsys, monkeypatch):
    path = write(TEXT)
    monkeypatch.chdir(path.parent)
    assert main(["train", str(path), *QUICK, *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("w2v train: ")
    assert words in printed.err
    assert printed.err.count("\n") == 1
    assert list(path.parent.glob("*.npz*")) == []


def test_a_missing_text_is_named(tmp_path, capsys):
    assert main(["train", str(tmp_path / "absent.txt")]) == 2
    assert "absent.txt" in capsys.readouterr().err


def test_an_interrupted_training_writes_nothing_and_keeps_what_was_there(
    write, capsys, monkeypatch
):
    path = write(TEXT)
    before = path.with_suffix(".npz")
    before.write_bytes(b"vectors of yesterday")

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("w2v.cli.train", interrupted)
    assert main(["train", str(path), *QUICK]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert before.read_bytes() == b"vectors of yesterday"


def test_info_names_the_kernels_and_the_route(capsys):
    assert main(["info"]) == 0
    output = capsys.readouterr().out
    assert "BLAS: " in output
    assert f"rows are added by w2v.scatter.{ROUTE}" in output
