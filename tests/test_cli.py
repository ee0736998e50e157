"""The command line: what it prints, what it writes, and how it ends."""

import dataclasses
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from w2v import Settings, WordVectors, train
from w2v.cli import main, w2v
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
    assert main(arguments) == 2
    assert "Usage: w2v" in capsys.readouterr().err


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


# --- train -------------------------------------------------------------------------------------

TEXT = "black cat\nwhite cat\nblack dog\nwhite dog\n" * 50
QUICK = ["--dimension", "4", "--epochs", "2", "--min-count", "1", "--subsample", "0"]
QUICK_SETTINGS = Settings(dimension=4, epochs=2, min_count=1, subsample=0)


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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["animals.npz", "text.txt"]


def test_vectors_are_written_beside_the_text_unless_told(write):
    path = write(TEXT)
    assert main(["train", str(path), *QUICK]) == 0
    assert path.with_suffix(".npz").exists()


@pytest.mark.parametrize("name", ["v.txt", "v.vec.gz", "v.bin", "v.bin.xz", "v.tsv", "v.parquet"])
def test_the_name_says_how_to_write(name, write, tmp_path):
    path, output = write(TEXT), tmp_path / name
    assert main(["train", str(path), "-o", str(output), *QUICK]) == 0
    expected = train(path, QUICK_SETTINGS, progress=False)
    assert WordVectors.load(output).words == expected.words
    assert np.array_equal(WordVectors.load(output).center, expected.center)


def test_the_command_line_and_the_function_learn_the_same(write, tmp_path):
    path, output = write(TEXT), tmp_path / "vectors.npz"
    options = ["--seed", "3", "--negatives", "2", "--window", "1", "--learning-rate", "0.5"]
    assert main(["train", str(path), "-o", str(output), *QUICK, *options]) == 0
    settings = dataclasses.replace(QUICK_SETTINGS, seed=3, negatives=2, window=1, learning_rate=0.5)
    assert WordVectors.load(output).center.tobytes() == train(path, settings).center.tobytes()


def words_of(path):
    return sorted(WordVectors.load(path).words)


def test_texts_of_every_kind(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(TEXT, "a.txt")
    write(gzip.compress(b"red cat\ngreen cat\n" * 9), "b.txt.gz")
    write("".join(json.dumps({"id": 1, "body": "blue cat"}) + "\n" for _ in range(9)), "c.jsonl")
    write("id,body\n" + '1,"grey, cat"\n' * 9, "d.csv")
    write("été CAFÉ\n" * 9, "e.txt")

    def trained(*arguments):
        assert main(["train", *arguments, "-o", "v.npz", *QUICK]) == 0
        return words_of("v.npz")

    assert trained("b.txt.gz") == ["cat", "green", "red"]
    assert trained("a.txt", "b.txt.gz") == ["black", "cat", "dog", "green", "red", "white"]
    assert trained("[ab].txt*") == ["black", "cat", "dog", "green", "red", "white"]
    assert trained("c.jsonl", "--column", "body") == ["blue", "cat"]
    assert trained("d.csv", "--column", "body") == ["cat", "grey"]
    write("1,red cat\n" * 9, "h.csv")
    assert trained("h.csv", "--column", "1") == ["cat", "red"]
    assert trained("e.txt", "--tokenizer", "unicode") == ["café", "été"]
    assert trained("e.txt", "--tokenizer", "spaces") == ["CAFÉ", "été"]
    write("a\nb\n\nc\nd\n" * 9, "f.txt")
    assert trained("f.txt", "--split", "paragraph") == ["a", "b", "c", "d"]
    write("new york is old\n" * 30 + "is old so is the sea\n" * 900, "g.txt")
    assert "new_york" in trained("g.txt", "--phrases", "1")


def test_text_from_standard_input(tmp_path):
    output = tmp_path / "v.npz"
    result = subprocess.run(
        [sys.executable, "-m", "w2v", "train", "-", "-o", str(output), *QUICK],
        input=TEXT,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert words_of(output) == ["black", "cat", "dog", "white"]


def test_a_machine_is_told_in_json(write, tmp_path, capsys):
    output = tmp_path / "v.npz"
    assert main(["train", str(write(TEXT)), "-o", str(output), "--json", *QUICK]) == 0
    told = json.loads(capsys.readouterr().out)
    assert 0.5 < told.pop("loss") < 5
    assert told == {"output": str(output), "words": 4, "dimension": 4}


def test_every_setting_is_an_option_with_its_default_and_its_help(capsys):
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for field in dataclasses.fields(Settings):
        assert f"--{field.name.replace('_', '-')}" in text
        assert f"[default: {field.default}]" in text


@pytest.mark.parametrize("command", list(w2v.commands))
def test_every_command_has_help(command, capsys):
    assert main([command, "--help"]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"Usage: w2v {command}")
    assert w2v.commands[command].get_short_help_str(200) in " ".join(output.split())


MISTAKES = [
    (["--window", "0"], "--window must be at least 1"),
    (["--window", "wide"], "'wide' is not a valid integer"),
    (["--min-count", "1000"], "no word occurs 1000 times"),
    (["--workers", "0"], "--workers must be at least 1"),
    (["--workers", "2", "--method", "minibatch"], "can be shared out: take 1"),
    (["--loss", "hinge"], "'hinge' is not one of 'negative_sampling', 'naive_softmax'"),
    (["--dtype", "int8"], "'int8' is not one of 'float32', 'float64'"),
    (["--learning-rate", "1e30", "--row-limit", "1e300"], "lower --learning-rate"),
    (["--learning-rate", "nan"], "--learning-rate must be positive"),
    (["--seed", "-1"], "--seed must be at least 0"),
    (["--checkpoint", "-1"], "-1.0 is not in the range x>=0"),
    (["--column", "body"], "--column is 'body', but"),
    (["--format", "xml"], "'xml' is not one of 'text', 'jsonl', 'csv', 'tsv'"),
    (["--format", "jsonl"], "line 1"),
    (["--split", "page"], "'page' is not one of 'line', 'paragraph'"),
    (["--tokenizer", "bpe"], "'bpe' is not one of 'ascii', 'unicode', 'spaces'"),
    (["--phrases", "-1"], "-1 is not in the range x>=0"),
    (["--preset", "cs224n"], "leave out --"),
    (["--preset", "cs999"], "is not 'cs224n'"),
    (["-o", "vectors.pkl"], "must end in .npz"),
    (["-o", "vectors"], "must end in .npz"),
    (["-o", "vectors.npz.gz"], "are not packed"),
    (["-o", "nowhere/vectors.npz"], "there is no folder nowhere"),
    (["-o", "folder.npz"], "is a folder"),
    (["absent.txt"], "absent.txt"),
    (["--no-such-option"], "No such option"),
]


@pytest.mark.parametrize(("options", "words"), MISTAKES)
def test_a_mistake_gets_a_sentence_and_the_status_2(
    options, words, write, capsys, monkeypatch, tmp_path
):
    path = write(TEXT)
    (tmp_path / "folder.npz").mkdir()
    monkeypatch.chdir(path.parent)
    output = [] if "-o" in options else ["-o", "v.npz"]
    assert main(["train", str(path), *QUICK, *output, *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    # One line, or what click puts before it: usage and a hint at --help.
    assert re.fullmatch(r"(w2v train: .*|Usage: .*\n.*\n\nError: .*(\n.*)?)\n", printed.err)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.npz", "text.txt"]


def test_without_a_text_it_says_what_is_missing(capsys):
    assert main(["train"]) == 2
    assert "CORPUS" in capsys.readouterr().err
    assert main(["train", "-"]) == 2
    assert "name the file to write" in capsys.readouterr().err


def test_the_preset_is_the_run_of_the_course(write, tmp_path, monkeypatch, capsys):
    import w2v.course

    seen = []
    original = w2v.course.course_vectors

    def course_vectors(*arguments, **options):
        seen.append((arguments, options))
        return original([["great", "bad", "boring"]] * 9, iterations=20, subsample=0, **options)

    monkeypatch.setattr(w2v.course, "course_vectors", course_vectors)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--preset", "cs224n", "--seed", "7"]) == 0
    assert seen == [((), {"seed": 7, "progress": None})]
    assert words_of("cs224n.npz") == ["bad", "boring", "great"]
    assert "a window over the last thousand iterations" in capsys.readouterr().out
    path = str(write("sentence_index\tsentence\n1\tGood film .\n"))
    assert (
        main(["train", "--preset", "cs224n", path, "-o", "own.npz", "-q", "--plot", "p.svg"]) == 0
    )
    assert "<svg" in (tmp_path / "p.svg").read_text()
    assert seen[-1] == ((path,), {"seed": 1, "progress": False})
    capsys.readouterr()
    assert main(["train", "--preset", "cs224n", path, path]) == 2
    assert "one file of sentences" in capsys.readouterr().err
    assert main(["train", "--preset", "cs224n", "--epochs", "3"]) == 2
    assert "leave out --epochs" in capsys.readouterr().err
    assert main(["train", path, "--plot", "p.svg"]) == 2
    assert "--plot draws the words of a --preset" in capsys.readouterr().err


# --- interruption and resumption ---------------------------------------------------------------

LONG = [
    "--dimension",
    "16",
    "--epochs",
    "400",
    "--min-count",
    "1",
    "--batch-size",
    "64",
    "--subsample",
    "0",
]


def listen():
    """Signals are answered, even if these tests are run where they are ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def started(path, output, *options, before=listen):
    return subprocess.Popen(
        [sys.executable, "-m", "w2v", "train", str(path), "-o", str(output), *LONG, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def wait_for(path):
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupted_training_goes_on_where_it_was(name, write, tmp_path):
    number = getattr(signal, name)
    status = 128 + number
    path, output = write(TEXT * 5), tmp_path / "v.npz"
    checkpoint = tmp_path / "v.npz.checkpoint"
    process = started(path, output, "--checkpoint", "0.1")
    wait_for(checkpoint)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (status, "")
    assert re.fullmatch(
        rf"\nw2v train: stopped after [\d,]+ words, saved to {re.escape(str(checkpoint))}: "
        r"train again in the same way to go on\n",
        err,
    )
    assert checkpoint.exists()
    assert not output.exists()

    process = started(path, output)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert err == f"w2v train: found the checkpoint {checkpoint}\n"
    assert not checkpoint.exists()

    alone = tmp_path / "alone.npz"
    assert main(["train", str(path), "-o", str(alone), *LONG]) == 0
    assert output.read_bytes() == alone.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
def test_a_job_in_the_background_of_a_script_can_be_ended_too(write, tmp_path):
    """Shells start such jobs with Ctrl-C ignored."""
    path, output = write(TEXT * 5), tmp_path / "v.npz"
    checkpoint = tmp_path / "v.npz.checkpoint"
    process = started(
        *(path, output, "--checkpoint", "0.1"),
        before=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    wait_for(checkpoint)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "train again in the same way to go on" in err


def test_a_checkpoint_of_other_settings_is_refused_until_it_is_given_up(write, tmp_path, capsys):
    path, output = write(TEXT), tmp_path / "v.npz"
    checkpoint = tmp_path / "v.npz.checkpoint"
    train(path, QUICK_SETTINGS, False, checkpoint=checkpoint, checkpoint_every=0)
    before = checkpoint.read_bytes()
    arguments = ["train", str(path), "-o", str(output), *QUICK, "--window", "3"]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert "--window is 3, but was 5" in error
    assert str(checkpoint) in error
    assert checkpoint.read_bytes() == before
    assert main([*arguments, "--restart"]) == 0
    assert capsys.readouterr().err == ""
    assert not checkpoint.exists()


def test_vectors_that_cannot_be_written_leave_the_checkpoint(write, tmp_path, monkeypatch, capsys):
    path, output = write(TEXT), tmp_path / "v.npz"
    output.write_bytes(b"vectors of yesterday")
    checkpoint = tmp_path / "v.npz.checkpoint"

    def full(self, path):
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(WordVectors, "save", full)
        assert main(["train", str(path), "-o", str(output), *QUICK]) == 2
    error = capsys.readouterr().err
    assert f"the training is done, and kept in {checkpoint}" in error
    assert "No space left on device" in error
    assert output.read_bytes() == b"vectors of yesterday"
    assert checkpoint.exists()
    monkeypatch.setattr("w2v.banded.BandedStep.step", None)  # nothing is trained again
    assert main(["train", str(path), "-o", str(output), *QUICK]) == 0
    assert words_of(output) == ["black", "cat", "dog", "white"]


def test_an_interruption_before_training_writes_nothing(write, capsys, monkeypatch):
    path = write(TEXT)
    before = path.with_name("v.npz")
    before.write_bytes(b"vectors of yesterday")

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    trainer = sys.modules["w2v.train"]
    original = trainer.encode_text
    monkeypatch.setattr(trainer, "encode_text", interrupted)
    assert main(["train", str(path), "-o", str(before), *QUICK]) == 130
    assert "interrupted, nothing was written" in capsys.readouterr().err
    assert before.read_bytes() == b"vectors of yesterday"
    checkpoint = path.with_name("v.npz.checkpoint")
    monkeypatch.setattr(trainer, "encode_text", original)
    train(path, QUICK_SETTINGS, False, checkpoint=checkpoint)
    monkeypatch.setattr(trainer, "encode_text", interrupted)
    assert main(["train", str(path), "-o", str(before), *QUICK]) == 130
    assert f"interrupted; {checkpoint} is as it was" in capsys.readouterr().err
    assert checkpoint.exists()


def test_warnings_are_sentences_for_the_user(write, tmp_path, monkeypatch, capsys):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("w2v.checkpoint.write_checkpoint", full)
    output = tmp_path / "v.npz"
    options = ["-o", str(output), *QUICK, "--checkpoint", "0"]
    assert main(["train", str(write(TEXT)), *options]) == 0
    error = capsys.readouterr().err
    assert error.startswith("w2v train: warning: no checkpoint could be written: ")
    assert "No space left on device" in error
    assert ".py" not in error
    assert output.exists()


# --- what is there already ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("same.txt", "same.txt"),
        ("same.txt", "link.txt"),
        ("v_metadata.tsv", "v.tsv"),
        ("v.npz.part", "v.npz"),
        ("v.npz.checkpoint", "v.npz"),
    ],
)
def test_the_text_itself_is_never_overwritten(text, output, write, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.txt").symlink_to("same.txt")
    write(TEXT, text)
    assert main(["train", text, "-o", output, "--format", "text", "--restart", *QUICK]) == 2
    assert "is the text itself, or a link to it: name another file" in capsys.readouterr().err
    assert (tmp_path / text).read_text() == TEXT
    assert main(["train", "--preset", "cs224n", "same.txt", "-o", "link.txt"]) == 2


def test_somebody_elses_file_is_not_overwritten_unless_named(write, tmp_path, capsys):
    path = write(TEXT, "data.txt")
    other = tmp_path / "data.npz"
    np.savez(other, mine=np.ones(3))
    before = other.read_bytes()
    assert main(["train", str(path), *QUICK]) == 2
    assert "there is a file" in capsys.readouterr().err
    assert other.read_bytes() == before
    assert main(["train", str(path), "-o", str(other), *QUICK]) == 0
    assert main(["train", str(path), *QUICK]) == 0  # vectors of an earlier run


def test_what_is_written_into_the_folder_of_the_text_is_not_read(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(TEXT)
    run = ["train", ".", "-o", "v.vec", *QUICK]
    train(tmp_path / "text.txt", QUICK_SETTINGS, False, checkpoint="v.vec.checkpoint")
    write(b"\xff", "v.vec.part")
    assert main(run) == 0
    first = (tmp_path / "v.vec").read_bytes()
    assert main(run) == 0
    assert (tmp_path / "v.vec").read_bytes() == first


def test_a_restart_gives_up_nothing_before_the_text_is_there(write, tmp_path, capsys):
    path, output = write(TEXT), tmp_path / "v.npz"
    checkpoint = tmp_path / "v.npz.checkpoint"
    train(path, QUICK_SETTINGS, False, checkpoint=checkpoint)
    assert main(["train", str(path) + "x", "-o", str(output), "--restart"]) == 2
    assert checkpoint.exists()
    checkpoint.write_text("notes of mine")
    assert main(["train", str(path), "-o", str(output), "--restart", *QUICK]) == 2
    assert "is not a checkpoint" in capsys.readouterr().err
    assert checkpoint.read_text() == "notes of mine"


def test_json_has_no_nan(write, tmp_path, capsys, monkeypatch):
    original = sys.modules["w2v.train"].fit

    def without_a_last_epoch(*arguments):
        center, outside, history = original(*arguments)
        history.epoch_loss[-1] = np.nan
        return center, outside, history

    monkeypatch.setattr(sys.modules["w2v.train"], "fit", without_a_last_epoch)
    output = tmp_path / "v.npz"
    assert main(["train", str(write(TEXT)), "-o", str(output), "--json", *QUICK]) == 0
    assert '"loss": null' in capsys.readouterr().out


def test_too_little_memory_is_a_sentence(write, tmp_path, monkeypatch, capsys):
    def greedy(*arguments):
        raise MemoryError("Unable to allocate 533. GiB")

    monkeypatch.setattr(sys.modules["w2v.train"], "initial_tables", greedy)
    assert main(["train", str(write(TEXT)), "-o", str(tmp_path / "v.npz"), *QUICK]) == 2
    assert "out of memory (Unable to allocate 533. GiB): take fewer" in capsys.readouterr().err


# --- questions ---------------------------------------------------------------------------------

COMPASS = WordVectors(
    ["east", "northeast", "north", "west"],
    np.array([[1, 0], [1, 1], [0, 1], [-2, 0]], np.float32),
    np.array([[0, 1], [1, 1], [1, 0], [0, -3]], np.float32),
    counts=[9, 5, 2, 1],
)


@pytest.fixture
def compass(tmp_path):
    path = tmp_path / "compass.npz"
    COMPASS.save(path)
    return str(path)


def test_neighbours_of_a_word(compass, capsys):
    assert main(["neighbors", compass, "east", "-n", "2"]) == 0
    assert capsys.readouterr().out == "  0.707  northeast\n  0.000  north\n"


def test_neighbours_of_words_stand_under_each(compass, capsys):
    assert main(["neighbors", compass, "east", "north", "-n", "1"]) == 0
    assert capsys.readouterr().out == "east\n  0.707  northeast\n\nnorth\n  0.707  northeast\n"


def test_neighbours_in_json(compass, capsys):
    assert main(["neighbors", compass, "east", "-n", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "east": [{"word": "northeast", "score": 0.707107}]
    }


def test_the_table_can_be_chosen(compass, capsys):
    for table in ("center", "outside", "sum"):
        assert main(["neighbors", compass, "east", "--table", table, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)["east"]
        expected = COMPASS.using(table).neighbors("east")
        assert [(answer["word"], answer["score"]) for answer in found] == [
            (word, round(score, 6)) for word, score in expected
        ]


@pytest.mark.parametrize("method", ["add", "multiply"])
def test_analogies(method, compass, capsys):
    arguments = ["analogy", compass, "west", "north", "northeast"]
    assert main([*arguments, "--method", method, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = COMPASS.analogy("west", "north", "northeast", 10, method=method)
    assert [answer["word"] for answer in found] == [word for word, _ in expected]
    assert found[0]["score"] == round(expected[0][1], 6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["neighbors", "{}", "est"], "the word 'est' has no vector; near it are 'west', 'east'"),
        (["neighbors", "{}", "east", "-n", "0"], "--count must be at least 1"),
        (["neighbors", "{}"], "Missing argument 'WORDS...'"),
        (["neighbors", "absent.npz", "east"], "there is no file absent.npz"),
        (["neighbors", "{}", "east", "--table", "both"], "'both' is not one of"),
        (["analogy", "{}", "east", "north"], "Missing argument 'THIRD'"),
        (["analogy", "{}", "east", "north", "up"], "the word 'up' has no vector"),
        (["evaluate", "{}", "absent.tsv"], "absent.tsv"),
        (["evaluate", "{}", "x.tsv", "--resamples", "9000000"], "is not in the range"),
        (["evaluate", "{}", "--held-out", "x.txt", "--table", "sum"], "leave out --table"),
        (["export", "{}", "v.docx"], "v.docx must end in"),
        (["export", "{}", "nowhere/v.txt"], "there is no folder nowhere"),
        (["export", "{}", "v.txt", "--limit", "0"], "0 is not in the range x>=1"),
        (["info", "absent.npz"], "there is no file absent.npz"),
        (["download", "text9"], "text9"),
        (["completion", "cmd"], "'cmd' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_mistakes_in_questions(arguments, words, compass, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main([argument.format(compass) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert "Traceback" not in printed.err


def test_a_reader_that_has_seen_enough_is_no_error(compass):
    """As in `w2v neighbors ... | head`."""
    program = [sys.executable, "-m", "w2v", "neighbors", compass, *["east"] * 30_000]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


# --- evaluate ----------------------------------------------------------------------------------

PAIRS = "east\tnortheast\t8\neast\tnorth\t4\neast\twest\t1\nup\tdown\t2\n"


def test_evaluation_of_files(compass, write, capsys):
    pairs = str(write(PAIRS, "pairs.tsv"))
    questions = str(
        write("# mine\n: compass\nwest north northeast east\n: other\nup down in out\n")
    )
    assert main(["evaluate", compass, pairs, questions, "--sections", "--resamples", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(maxsplit=1)[1] == "correlation 1.000 over 3 of 4 pairs"
    assert "1 questions; 2 in the set" in lines[1]
    assert re.search(r"\d of +1  compass", lines[2])
    assert re.search(r"-   +0 of +0  other", lines[3])


def test_evaluation_in_json(compass, write, capsys):
    pairs = str(write(PAIRS, "pairs.tsv"))
    assert main(["evaluate", compass, pairs, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    low, high = found.pop("interval")
    assert -1 <= low <= high <= 1
    assert found == {"set": pairs, "correlation": 1.0, "pairs": 3, "total": 4}


def test_the_fields_own_sets_are_fetched(compass, write, monkeypatch, capsys):
    fetched = []

    def fetch(name):
        fetched.append(name)
        content = ": a\nwest north northeast east\n" if name == "analogies" else PAIRS
        return write(content, f"{name}.txt")

    monkeypatch.setattr("w2v.download.fetch", fetch)
    assert main(["evaluate", compass]) == 0
    assert fetched == ["wordsim353", "simlex999", "men", "analogies"]
    output = capsys.readouterr().out
    assert [line.split()[0] for line in output.splitlines()] == fetched


def test_a_set_that_cannot_be_had_costs_no_other(compass, write, monkeypatch, capsys):
    def fetch(name):
        if name == "simlex999":
            raise ConnectionError("simlex999 could not be downloaded")
        return write(PAIRS, f"{name}.txt")

    monkeypatch.setattr("w2v.download.fetch", fetch)
    assert main(["evaluate", compass, "simlex999", "men", "--resamples", "0"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "men  correlation 1.000 over 3 of 4 pairs\n"
    assert printed.err == "w2v evaluate: simlex999 could not be downloaded\n"
    assert main(["evaluate", compass, "simlex999", "--json"]) == 2
    assert json.loads(capsys.readouterr().out) == []


def test_the_loss_of_a_held_out_text(compass, write, capsys):
    from w2v import held_out_loss

    text = str(write("east north\nwest northeast east\n"))
    assert main(["evaluate", compass, "--held-out", text, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {"set": text, "loss": held_out_loss(COMPASS, text)}


# --- files and the machine ---------------------------------------------------------------------


def test_export(compass, tmp_path, capsys):
    output = tmp_path / "v.txt.gz"
    assert main(["export", compass, str(output), "--table", "outside", "--limit", "3"]) == 0
    found = WordVectors.load(output)
    assert found.words == COMPASS.words[:3]
    assert np.array_equal(found.center, COMPASS.outside[:3])
    assert capsys.readouterr().out == f"3 words: written to {output}\n"


def test_words_that_the_output_cannot_show_are_shown_by_number(tmp_path):
    path = tmp_path / "v.npz"
    WordVectors(["a", "日本"], np.ones((2, 2))).save(path)
    result = subprocess.run(
        [sys.executable, "-m", "w2v", "neighbors", str(path), "a"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0
    assert result.stdout == "  1.000  \\u65e5\\u672c\n"


def test_info_of_a_file(compass, capsys):
    assert main(["info", compass, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["words"], found["dimension"], found["tokens"]) == (4, 2, 17)
    assert found["tables"] == "center and outside"
    assert main(["info", compass]) == 0
    assert re.search(r"words +4\n", capsys.readouterr().out)


def test_info_names_the_kernels_and_the_route(capsys):
    assert main(["info"]) == 0
    output = capsys.readouterr().out
    assert "BLAS: " in output
    assert f"rows are added by w2v.scatter.{ROUTE}" in output
    assert main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows are added by"] == f"w2v.scatter.{ROUTE}"


def test_downloads_are_listed_and_fetched(tmp_path, monkeypatch, capsys):
    from w2v.download import DATASETS

    assert main(["download"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(DATASETS)
    monkeypatch.setattr("w2v.download.fetch", lambda name: tmp_path / name)
    assert main(["download", "men", "sst"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'men'}\n{tmp_path / 'sst'}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell, capsys):
    assert main(["completion", shell]) == 0
    assert "_W2V_COMPLETE" in capsys.readouterr().out


def test_the_shell_is_told_commands_and_options(monkeypatch):
    environment = os.environ | {
        "_W2V_COMPLETE": "bash_complete", "COMP_WORDS": "w2v train --tok", "COMP_CWORD": "2"
    }  # fmt: skip
    program = "import sys; sys.argv[0] = 'w2v'; from w2v.cli import main; sys.exit(main([]))"
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert result.stdout.split() == ["plain,--tokenizer"]


def test_the_version(capsys):
    from w2v import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"w2v {__version__}\n"
