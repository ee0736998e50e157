"""The committed notebooks carry outputs, and the outputs are really compared.

nbval executes the notebooks; these tests close its blind spots.
"""

import copy
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_every_cell_was_executed_in_order(notebook):
    # nbval passes a cell without execution count whatever it prints.
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert counts


def test_no_cell_is_exempt_from_comparison(notebook):
    for cell in code_cells(notebook):
        assert not {tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")}
        assert not re.search("# *(nbval|pytest)_", cell.source, re.IGNORECASE)


def test_nothing_in_the_file_varies_from_run_to_run(notebook):
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    for cell in code_cells(notebook):
        assert "execution" not in cell.metadata
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            text = output.get("text", "") + "".join(
                value for kind, value in output.get("data", {}).items() if kind.startswith("text/")
            )
            assert not re.search(r"\b0x[0-9a-f]{6,}", text), "an address"
            assert not re.search(r"/home/|/root/|/tmp/|C:\\|site-packages", text), "a path"
            assert not re.search(r"\b20\d\d-\d\d-\d\d\b|\d\d:\d\d:\d\d", text), "a date or time"


def test_every_drawing_cell_has_its_figure(notebook):
    for cell in code_cells(notebook):
        if re.search(r"^figure = plot\.", cell.source, re.MULTILINE):
            assert images(cell), cell.id


def images(cell):
    kinds = ("image/png", "image/svg+xml")
    return [kind for kind in kinds for output in cell.outputs if kind in output.get("data", {})]


def test_every_figure_says_in_words_what_it_shows(notebook):
    for cell in code_cells(notebook):
        if images(cell):
            rendering = cell.metadata["mystnb"]
            assert len(rendering["image"]["alt"]) > 60
            assert rendering["figure"]["caption"]


def small_notebook(folder, name, source, outputs=None, execution_count=1):
    cell = nbformat.v4.new_code_cell(source, id=name, execution_count=execution_count)
    cell.outputs = outputs or []
    notebook = nbformat.v4.new_notebook(cells=[cell])
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def execute(path):
    subprocess.run([sys.executable, ROOT / "tools" / "execute_notebooks.py", path], check=True)
    return nbformat.read(path, as_version=4)


DRAWING = """from w2v import plot
figure = plot.curves({{"a": ([0, 1, 2], [0, {}, 4])}}, x="{}", y="y")"""
PLAYER = """from w2v import plot
player = plot.Player("p", "It moves.", "It.", ["one", "two"], 100, 100)
player.add("circle", cx=[10, {}], cy=50, r=5)
player"""
CURVE = "import matplotlib.pyplot as plt\nplt.plot([0, 1, 2], [0, {}, 4])\n_ = plt.ylim(0, 5)"


def test_a_second_execution_changes_no_byte(tmp_path):
    path = small_notebook(tmp_path, "twice", "print(1)\n" + CURVE.format(1))
    execute(path)
    first = path.read_bytes()
    execute(path)
    assert path.read_bytes() == first
    assert not list(tmp_path.glob("*.part"))


def test_a_failing_notebook_is_left_as_it_was(tmp_path):
    path = small_notebook(tmp_path, "failing", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(subprocess.CalledProcessError):
        execute(path)
    assert path.read_bytes() == before


def test_wrong_numbers_and_wrong_curves_turn_red(tmp_path):
    sources = {
        "right": "print(1)\n" + CURVE.format(1),
        "wrong_number": "print(2)\n" + CURVE.format(1),
        "wrong_curve": "print(1)\n" + CURVE.format(1.1),
        "no_curve": "print(1)",
        "new_warning": "print(1)\n" + CURVE.format(1) + "\nimport warnings; warnings.warn('x')",
        "drawing": DRAWING.format(1, "x"),
        "drawing_last_digit": DRAWING.format(1 + 1e-6, "x"),
        "drawing_wrong": DRAWING.format(1.1, "x"),
        "drawing_renamed": DRAWING.format(1, "z"),
        "drawing_missing": "pass",
        "player": PLAYER.format(20),
        "player_last_digit": PLAYER.format(20.1),
        "player_wrong": PLAYER.format(21),
        "player_missing": "pass",
    }
    executed = {
        name: execute(small_notebook(tmp_path, name, sources[name]))
        for name in ("right", "drawing", "player")
    }
    for name, source in sources.items():
        start = name.partition("_")[0]
        broken = copy.deepcopy(executed.get(start, executed["right"]))
        broken.cells[0].source = source
        nbformat.write(broken, tmp_path / f"{name}.ipynb")
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-current-env",
            "-rA",
            "-p",
            "no:cacheprovider",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    outcomes = re.findall(r"^(PASSED|FAILED) (\w+)\.ipynb", result.stdout, re.MULTILINE)
    assert {name: outcome for outcome, name in outcomes} == {
        name: "PASSED" if name in executed or name.endswith("last_digit") else "FAILED"
        for name in sources
    }, result.stdout
