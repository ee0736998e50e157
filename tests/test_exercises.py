"""Every exercise can be answered, checked, and given to students without its solution."""

import ast
import builtins
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from w2v.check import exercises
from w2v.check.judge import CHAPTERS, LEVELS

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from make_student import without_solutions  # noqa: E402

sys.path.remove(str(ROOT / "tools"))

NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "book").glob("*.ipynb"))}
PAGES = {
    chapter: next(name for name in NOTEBOOKS if name == chapter or name.startswith(f"{chapter}_"))
    for chapter in CHAPTERS
}


def read(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_of_a_chapter_has_its_four_cells(chapter):
    cells = {cell.id: cell for cell in read(PAGES[chapter]).cells}
    order = list(cells)
    labels = [
        re.search(r"^:label: exercise-(\S+)$", cell.source, re.MULTILINE)[1]
        for cell in cells.values()
        if "```{exercise}" in cell.source
    ]
    known = {each.name: each for each in exercises() if each.chapter == chapter}
    assert sorted(labels) == sorted(known)
    for name, each in known.items():
        kinds = [f"exercise-{name}", f"answer-{name}", f"solution-{name}", f"solution-{name}-code"]
        place = order.index(kinds[0])
        assert order[place : place + 4] == kinds
        text, answer, solution, code = (cells[kind] for kind in kinds)
        (level,) = re.findall(r"^\*(Warm-up|Core|Stretch)\.\*", text.source, re.MULTILINE)
        assert level.lower() == each.level
        assert f"```{{solution}} exercise-{name}" in solution.source
        assert (tags(answer), tags(solution)) == ({"answer"}, {"solution"})
        assert tags(code) == {"solution", "hide-cell"}
        for cell, verdict in ((answer, "no answer yet."), (code, "right. Tried: ")):
            assert f'check("{name}", ' in cell.source
            assert f"exercise {name}: {verdict}" in " ".join(printed(cell).split())


@pytest.mark.parametrize("chapter", [*"abcdefghij"])
def test_a_chapter_has_exercises_of_every_level(chapter):
    assert {each.level for each in exercises() if each.chapter == chapter} == set(LEVELS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_without_solutions_nothing_of_them_is_left(name):
    notebook = read(name)
    student = without_solutions(read(name))
    assert not any("{solution}" in cell.source for cell in student.cells)
    assert not any("right. Tried" in printed(c) for c in student.cells if c.cell_type == "code")
    left = [cell.id for cell in student.cells]
    assert left == [cell.id for cell in notebook.cells if "solution" not in tags(cell)]
    counts = [cell.execution_count for cell in student.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_cell_needs_a_name_that_a_solution_defines(name):
    bound = set(dir(builtins)) | {"__file__"}
    for cell in without_solutions(read(name)).cells:
        if cell.cell_type != "code":
            continue
        used, defined = names(cell.source)
        bound |= defined
        assert used <= bound, f"{cell.id}: {used - bound}"


def names(source):
    """Names that a cell reads, and names that it binds anywhere."""
    source = re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)
    used, defined = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            defined.add(node.name)
    return used, defined


def make_student(folder):
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "make_student.py", folder],
        capture_output=True,
        text=True,
    )


def test_nobody_loses_work_to_a_second_copy(tmp_path):
    folder = tmp_path / "student"
    first = make_student(folder)
    assert first.returncode == 0, first.stderr
    assert re.fullmatch(rf"{len(NOTEBOOKS)} notebooks without \d+ cells .*\n", first.stdout)
    assert (folder / "_toc.yml").exists()
    assert make_student(folder).returncode == 0
    chapter = folder / "book" / "b_center_vector.ipynb"
    chapter.write_text("my work")
    third = make_student(folder)
    assert third.returncode == 1
    assert "b_center_vector.ipynb is in the way: name another folder" in third.stderr
    assert chapter.read_text() == "my work"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("")
    assert "thesis.tex is in the way" in make_student(tmp_path / "other").stderr


def test_the_copy_for_students_runs_with_the_outputs_that_it_shows(tmp_path):
    make_student(tmp_path / "student")
    quick = ["b_center_vector", "c_outside_vectors"]  # the others: `make student`
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-p",
         "no:cacheprovider", *(f"student/book/{name}.ipynb" for name in quick)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:]
