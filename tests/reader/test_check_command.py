"""``w2v check``: what it reads, what it prints and writes, and how it ends."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import w2v.reader
from w2v.cli import main
from w2v.reader.results import Judged, Report

VERDICTS = {
    "good": "proved",
    "bad": "wrong",
    "doubtful": "true only if",
    "odd": "not understood",
}


def stub(path, seconds=60.0):
    """A verdict for each word of a file that is one of `VERDICTS`."""
    content = Path(path).read_bytes()
    if content.startswith(b"\x00"):
        raise ValueError(f"{path} holds no text")
    if content.startswith(b"?"):
        raise OSError("it is gone")
    statements = tuple(
        Judged(line=line, latex=f"{word} = 損失", reading=f"{word} = 1", verdict=VERDICTS[word])
        for line, words in enumerate(content.decode().splitlines(), 1)
        for word in words.split()
        if word in VERDICTS
    )
    return Report(Path(path).name, statements, (f"{seconds:g} seconds",), 0.5)


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    monkeypatch.setattr(w2v.reader, "check_file", stub, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def folder(tmp_path):
    """Derivations, and files that are none."""
    for name, content in {
        "a.tex": "good\nbad",
        "b.md": "good",
        "deeper/c.ipynb": "doubtful",
        "deeper/d.TXT": "odd good",
        "figure.png": "bad",
        ".hidden.tex": "bad",
        ".ipynb_checkpoints/c.ipynb": "bad",
        "deeper/.git/e.tex": "bad",
    }.items():
        path = tmp_path / "derivations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "derivations"


# --- the terminal ------------------------------------------------------------------------------


def test_a_file_is_judged(write, capsys):
    path = write("good\nbad", "a.tex")
    assert main(["check", str(path)]) == 1
    assert capsys.readouterr() == (
        f"{path}\n"
        "  line 1  ✓ proved  good = 1\n"
        "  line 2  ✗ wrong   bad = 1\n"
        f"{path}: 2 equations: 1 proved, 1 wrong\n"
        "  read: 60 seconds\n",
        "",
    )


@pytest.mark.parametrize(
    ("content", "status"),
    [("good", 0), ("good bad", 1), ("doubtful", 0), ("odd", 0), ("", 0), ("\0", 2), ("?", 2)],
)
def test_the_exit_status(content, status, write):
    assert main(["check", str(write(content, "a.tex"))]) == status


def test_a_condition_left_unsaid_is_shown_though_nothing_is_wrong(write, capsys):
    assert main(["check", str(write("doubtful", "a.tex"))]) == 0
    assert "! true only if" in capsys.readouterr().out


def test_several_files_end_in_a_table(write, capsys):
    paths = [str(write("good", "a.tex")), str(write("bad", "b.tex"))]
    assert main(["check", *paths, paths[0]]) == 1
    blocks = capsys.readouterr().out.split("\n\n")
    assert [block.split("\n")[0] for block in blocks[:2]] == paths
    assert blocks[2].splitlines()[-1] == "2 files, 2 equations: 1 proved, 1 wrong"


def test_the_time_is_passed_on(write, capsys):
    assert main(["check", str(write("good", "a.tex")), "--seconds", "1.5"]) == 0
    assert "read: 1.5 seconds" in capsys.readouterr().out
    assert main(["check", "a.tex", "--seconds", "0"]) == 2


def test_a_file_without_equations_gets_a_hint(write, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["check", str(write("", "a.md"))]) == 0
    assert "no displayed equation: what counts is" in capsys.readouterr().out


def test_files_that_cannot_be_read_cost_no_others(write, tmp_path, capsys):
    damaged, gone = str(write("\0", "a.tex")), str(write("?", "b.tex"))
    missing, good = str(tmp_path / "c.tex"), str(write("bad", "d.tex"))
    assert main(["check", damaged, gone, missing, good]) == 2
    printed = capsys.readouterr()
    assert f"{good}: 1 equation: 1 wrong\n" in printed.out
    assert sorted(printed.err.splitlines()) == [
        f"w2v check: {damaged} holds no text",
        f"w2v check: {gone}: it is gone",
        f"w2v check: {missing}: there is no such file",
    ]


def test_a_command_without_files_is_an_error(capsys):
    assert main(["check"]) == 2
    assert "Missing argument 'FILE...'" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [40, 80])
def test_the_width_of_the_terminal_is_kept(columns, write, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.chdir(write("good bad\n" * 9, "a.tex").parent)
    assert main(["check", "a.tex"]) == 1
    assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.mark.parametrize(("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_color_is_for_terminals(environment, colored, write, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    screen = Terminal(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["check", str(write("bad", "a.tex"))]) == 1
    screen.flush()
    assert (b"\x1b[31m" in screen.buffer.getvalue()) == colored


def program(*arguments, **options):
    """Run the command as a program of its own, with the stub."""
    code = (
        "import sys, w2v.reader; sys.path.insert(0, sys.argv.pop(1));"
        "from test_check_command import stub; w2v.reader.check_file = stub;"
        "from w2v.cli import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), "check", *arguments]
    return subprocess.run(command, capture_output=True, **options)


def test_a_pipe_gets_no_color_and_what_it_can_show(write):
    path = write("good bad", "a.tex")
    result = program(str(path), env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 1
    assert result.stdout.isascii()
    assert b"\x1b" not in result.stdout
    assert b"x wrong" in result.stdout
    assert result.stderr == b""


def test_standard_input_is_markdown():
    result = program("-", input=b"good\nbad")
    assert result.returncode == 1
    assert (
        result.stdout.decode().splitlines()[-2] == "standard input: 2 equations: 1 proved, 1 wrong"
    )
    result = program("-", input=b"\0")
    assert result.returncode == 2
    assert result.stderr.decode() == "w2v check: standard input: it holds no text\n"


# --- a machine ---------------------------------------------------------------------------------


def test_machines_get_json(write, capsys):
    paths = [str(write("bad", "a.tex")), str(write("", "b.tex")), str(write("\0", "c.tex"))]
    assert main(["check", *paths, "--json"]) == 2
    first, second = json.loads(capsys.readouterr().out)
    assert set(first) == {"name", "conventions", "counts", "seconds", "equations"}
    (equation,) = first["equations"]
    assert set(equation) == {
        *("number", "line", "cell", "part", "latex", "reading", "verdict", "hypotheses"),
        *("witness", "suggestion", "reason", "remarks"),
    }
    assert equation["latex"] == "bad = 損失"
    assert (second["name"], second["equations"]) == (paths[1], [])


# --- folders -----------------------------------------------------------------------------------


def test_a_folder_gives_a_table_of_its_files(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["check", "."]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:5]] == [
        ["a.tex", *"2100100"],
        ["b.md", *"1100000"],
        [str(Path("deeper/c.ipynb")), *"1010000"],
        [str(Path("deeper/d.TXT")), *"2100010"],
    ]
    assert lines[5].startswith("4 files, 6 equations: 3 proved")
    assert "--html" in lines[-1]


def test_files_of_a_folder_are_read_once(folder, capsys):
    assert main(["check", str(folder / "a.tex"), str(folder), "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)) == 4


def test_a_folder_without_derivations_is_an_error(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert f"{tmp_path}: no file ends in .tex, .md, .ipynb, .txt" in capsys.readouterr().err


# --- a page ------------------------------------------------------------------------------------


def test_a_page_is_written(write, tmp_path, capsys):
    output = tmp_path / "page.html"
    path = write("good bad", "a.tex")
    assert main(["check", str(path), "--html", str(output)]) == 1
    shown = output.read_text(encoding="utf-8")
    assert f"<h1>{path}</h1>" in shown
    assert "<math" in shown
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == f"written to {output}"
    assert "2 equations: 1 proved, 1 wrong" in printed
    assert "line 1" not in printed
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.tex", "page.html"]


def test_a_page_of_a_folder_has_all(folder, tmp_path, capsys):
    output = tmp_path / "page.html"
    (folder / "z.tex").write_text("\0")
    assert main(["check", str(folder), "--html", str(output), "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)) == 4
    shown = output.read_text(encoding="utf-8")
    assert shown.count("<section id=") == 4
    assert f"{folder / 'z.tex'} holds no text" in shown


def test_a_page_survives_a_failure(write, tmp_path, monkeypatch, capsys):
    output = tmp_path / "page.html"
    output.write_text("before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("w2v._files.os.fsync", full)
    assert main(["check", str(write("good", "a.tex")), "--html", str(output)]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert output.read_text() == "before"
    assert not list(tmp_path.glob("*.part"))


def test_a_page_is_not_replaced_by_one_of_nothing(tmp_path, capsys):
    output = tmp_path / "page.html"
    output.write_text("before")
    assert main(["check", str(tmp_path / "none.tex"), "--html", str(output)]) == 2
    assert output.read_text() == "before"
    assert capsys.readouterr().out == ""


def test_a_page_does_not_replace_what_is_checked(write, capsys):
    path = write("good", "a.md")
    assert main(["check", str(path), "--html", str(path)]) == 2
    assert "is to be checked: name another file with --html" in capsys.readouterr().err
    assert path.read_text() == "good"


@pytest.mark.parametrize("name", ["", "missing/page.html"])
def test_a_page_that_cannot_be_written_is_told_before_the_work(
    name, write, tmp_path, monkeypatch, capsys
):
    def fail(*arguments):
        raise AssertionError("the work was begun")

    monkeypatch.setattr(w2v.reader, "check_file", fail)
    path = write("good", "a.tex")
    assert main(["check", str(path), "--html", str(tmp_path / name)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("w2v check: ")


# --- packages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["sympy", "lark"])
def test_without_a_package_the_error_says_what_to_install(package, write, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["check", str(write("good", "a.tex"))]) == 2
    assert capsys.readouterr().err == (
        f"w2v check: this needs the package {package!r}: install w2v with its extra, "
        "python -m pip install 'w2v[check]'\n"
    )


def test_only_pages_need_what_draws_formulas(write, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "latex2mathml", None)
    path = str(write("good", "a.tex"))
    assert main(["check", path]) == 0
    assert main(["check", path, "--html", str(tmp_path / "page.html")]) == 2
    assert "'latex2mathml'" in capsys.readouterr().err
