"""The site in which the chapters run in the browser: built, but not opened (see tests/browser)."""

import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("jupyterlite_core", reason="python -m pip install 'w2v[lite]'")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import build_lite as lite  # noqa: E402

NOTEBOOKS = sorted(path.name for path in (ROOT / "book").glob("*.ipynb"))
OF_THE_KERNEL = ("ipykernel", "pyodide-kernel")  # JupyterLite brings them
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def original(name):
    return nbformat.read(ROOT / "book" / name, as_version=4)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    output = tmp_path_factory.mktemp("lite") / "site"
    lite.build(output)
    return output


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory):
    """What looks like Pyodide's distribution: the right names, and next to nothing in them."""
    folder = tmp_path_factory.mktemp("distribution") / "pyodide"
    folder.mkdir()
    packages = {
        name: {"depends": ["Other_One"], "file_name": f"{name}.whl"} for name in lite.FROM_PYODIDE
    }
    packages["other-one"] = {"depends": [], "file_name": "other.whl"}
    packages["unused"] = {"depends": [], "file_name": "unused.whl"}
    lock = {"info": {"python": "3.14"}, "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))
    (folder / "package.json").write_text(json.dumps({"version": lite.PYODIDE_VERSION}))
    for name in (*lite.PYODIDE_CORE, *(package["file_name"] for package in packages.values())):
        (folder / name).write_text(name)
    return folder


def settings(site):
    return read_json(site / "jupyter-lite.json")["jupyter-config-data"]


def test_every_notebook_and_page_is_there_and_listed(site):
    pages = {path.name for path in (ROOT / "book").glob("*.md")}
    listed = {entry["name"] for entry in read_json(site / "api/contents/all.json")["content"]}
    assert {*NOTEBOOKS, *pages} <= listed
    assert listed <= {path.name for path in (site / "files").iterdir()}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_the_books_with_a_note_and_a_cell_that_installs(site, name):
    notebook = nbformat.from_dict(read_json(site / "files" / name))
    nbformat.validate(notebook)
    note, install = notebook.cells.pop(1), notebook.cells.pop(1)
    assert lite.PYODIDE_CDN_URL in note.source
    assert install.cell_type == "code"
    assert install.source == lite.INSTALL
    for cell, written in zip(notebook.cells, original(name).cells, strict=True):
        assert cell.source == written.source
        assert cell.get("outputs") == written.get("outputs")
        assert cell.metadata.trusted is True  # or drawings would not show
        folded = "hide-cell" in written.metadata.get("tags", ())
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) is folded
    assert notebook.metadata.kernelspec.name == settings(site)["defaultKernelName"]


def test_notebooks_say_what_is_different_in_a_browser(site):
    def note(name):
        return read_json(site / "files" / f"{name}.ipynb")["cells"][1]["source"]

    assert lite.PROCESS_NOTE in note("own_text")
    for name in ("g_corpus", "h_training", "i_evaluation"):
        assert lite.CORPUS_NOTE in note(name)
    for name in ("a_cross_entropy", "j_speed", "ledger"):
        assert lite.PROCESS_NOTE not in note(name)
        assert lite.CORPUS_NOTE not in note(name)


def test_pictures_of_the_pages_are_there(site):
    for path in (site / "files").glob("*.ipynb"):
        for cell in read_json(path)["cells"]:
            for picture in re.findall(r"\{figure\} (\S+)", cell["source"]):
                assert (site / "files" / picture).is_file()


def test_the_wheel_of_the_package_is_complete(site):
    (wheel,) = (site / "pypi").glob("w2v-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    written = {path.relative_to(ROOT).as_posix() for path in (ROOT / "w2v").rglob("*.py")}
    assert {name for name in packed if name.endswith(".py")} == written
    assert "w2v/reader/grammar.lark" in packed


def test_building_the_wheel_leaves_nothing_behind(site):
    assert not (ROOT / "build").exists()


@pytest.mark.parametrize("name", lite.NOT_IN_PYODIDE)
def test_packed_wheels_can_be_installed(site, name, tmp_path):
    (wheel,) = (site / "pypi").glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (record,) = (each for each in archive.namelist() if each.endswith("/RECORD"))
        lines = archive.read(record).decode().splitlines()
        assert sorted(line.split(",")[0] for line in lines) == sorted(archive.namelist())
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--target", tmp_path, wheel], check=True)
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {name}; print({name})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert str(tmp_path) in result.stdout
    (found,) = importlib.metadata.distributions(name=name, path=[str(tmp_path)])
    installed = importlib.metadata.distribution(name)
    assert found.version == installed.version
    assert found.requires == installed.requires


def test_compiled_packages_are_not_packed(tmp_path):
    with pytest.raises(ValueError, match="numpy holds compiled code"):
        lite.pack_wheel(importlib.metadata.distribution("numpy"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_index_lists_the_wheels(site):
    index = read_json(site / "pypi/all.json")
    assert set(index) == {"w2v", *lite.NOT_IN_PYODIDE}


def requirements(name, extra=""):
    for text in importlib.metadata.requires(name) or ():
        required, _, marker = (part.strip() for part in text.partition(";"))
        condition = re.search(r'extra == "(\w+)"', marker)
        if (condition[1] if condition else "") == extra:
            yield required


def test_whatever_the_chapters_need_comes_from_somewhere():
    def names(extra):
        for required in requirements("w2v", extra):
            name, extras = re.match(r"([\w-]+)(?:\[([\w,]+)\])?", required).groups()
            if name != "w2v":
                yield name.lower()
            for each in (extras or "").split(","):
                yield from names(each) if each else ()

    needed = {*names(""), *names("chapters")}
    assert {"numpy", "sympy", "matplotlib", "pooch"} <= needed  # the function above works
    assert needed <= {*lite.FROM_PYODIDE, *lite.NOT_IN_PYODIDE, *OF_THE_KERNEL}


def test_the_cell_names_every_extra_that_the_chapters_take_in():
    """Pyodide's installer decides on an extra's packages before it sees that one is taken in."""
    named = set(re.search(r'"w2v\[(.*)\]"', lite.INSTALL)[1].split(","))
    taken = {"chapters"}
    for each in requirements("w2v", "chapters"):
        if each.startswith("w2v["):
            taken.update(each[4:].rstrip("]").split(","))
    assert len(taken) > 1
    assert named == taken


def test_whatever_the_kernel_installs_comes_from_somewhere(site):
    scripts = (site / "extensions/@jupyterlite/pyodide-kernel-extension/static").glob("*.js")
    text = "".join(path.read_text(encoding="utf-8") for path in scripts)
    lists = set(re.findall(r'of(\["ipykernel",[^\]]*\])', text))
    assert lists
    for each in lists:
        assert {*json.loads(each)} <= {*lite.FROM_PYODIDE, *lite.NOT_IN_PYODIDE, *OF_THE_KERNEL}


def test_the_kernel_asks_nobody_but_pyodide(site):
    kernel = settings(site)["litePluginSettings"][KERNEL]
    assert kernel["disablePyPIFallback"] is True
    assert "pyodideUrl" not in kernel  # the default, which is the address that is documented
    assert all(url.startswith("./") for url in kernel["pipliteUrls"])
    schema = site / "extensions/@jupyterlite/pyodide-kernel-extension/static/schema"
    default = read_json(schema / "kernel.v0.schema.json")["properties"]["pyodideUrl"]["default"]
    assert default == f"{lite.PYODIDE_CDN_URL}/{lite.PYODIDE_MJS}"


def test_pages_name_the_address_and_version_of_pyodide(site):
    page = (ROOT / "book/run.md").read_text(encoding="utf-8")
    assert set(re.findall(r"https://cdn[^\s`]*", page)) == {lite.PYODIDE_CDN_URL}
    assert set(re.findall(r"pyodide-(.*?)\.tar\.bz2", page)) == {lite.PYODIDE_VERSION}
    assert f"<code>{lite.PYODIDE_CDN_URL}</code>" in (site / "index.html").read_text()


def test_the_first_page_leads_to_every_notebook(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="lab/index.html\?path=(.*?)"', page)
    assert links == ["intro.md", *NOTEBOOKS]
    assert "(a) Recognise the cross-entropy</a>" in page
    assert not re.search(r'(src|href)="(https?:|/)', page)


def test_settings_of_the_lab_are_those_of_make_lab(site):
    overrides = read_json(ROOT / "tools/lab/overrides.json")
    assert overrides.items() <= settings(site)["settingsOverrides"].items()
    names = {extension["name"] for extension in settings(site)["federated_extensions"]}
    assert {"jupyterlab-myst", "w2v-book"} <= names


def test_the_site_is_small_and_knows_nothing_of_this_machine(site):
    assert not list(site.rglob("*.map"))
    assert lite.megabytes(site) < 60
    for path in [*site.glob("*.json"), *site.glob("api/**/*.json"), site / "index.html"]:
        assert str(ROOT) not in path.read_text(encoding="utf-8"), path


def test_a_second_site_differs_only_in_the_pyodide_that_it_was_given(site, pyodide, tmp_path):
    archive = tmp_path / "pyodide.tar.bz2"
    with tarfile.open(archive, "w:bz2") as file:
        file.add(pyodide, "pyodide")
    output = tmp_path / "site"
    output.mkdir()
    (output / "old").write_text("of a site that was built before")
    lite.build(output, archive)

    given = set((output / "static/pyodide").iterdir())
    assert {path.name for path in given} == {
        *lite.PYODIDE_CORE,
        *(f"{name}.whl" for name in lite.FROM_PYODIDE),
        "other.whl",
        "pyodide-lock.json",
    }
    lock = read_json(output / "static/pyodide/pyodide-lock.json")
    assert set(lock["packages"]) == {*lite.FROM_PYODIDE, "other-one"}
    kernel = settings(output)["litePluginSettings"][KERNEL]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"

    def files(folder):
        return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}

    assert files(output) - files(site) == {path.relative_to(output) for path in given}
    assert files(site) <= files(output)
    different = {
        path.as_posix()
        for path in files(site)
        if (site / path).read_bytes() != (output / path).read_bytes()
    }
    notes = {f"files/{name}" for name in NOTEBOOKS}
    sizes = {"api/contents/all.json"}
    assert different == {"index.html", "jupyter-lite.json", *notes, *sizes}
    assert "Python and its packages, tens of megabytes, come from this site" in (
        output / "files/a_cross_entropy.ipynb"
    ).read_text(encoding="utf-8")
    assert "the network is not needed" in (output / "index.html").read_text(encoding="utf-8")


def spoil(pyodide, tmp_path, **files):
    """A copy of the distribution in which files have other content, or, with None, are not."""
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for path in pyodide.iterdir():
        content = files.get(re.sub(r"\W", "_", path.name), path.read_text())
        if content is not None:
            (folder / path.name).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"pyodide_mjs": None}, FileNotFoundError, "holds no pyodide.mjs: is it Pyodide"),
        ({"package_json": '{"version": "0.1"}'}, ValueError, "this is Pyodide 0.1, but the"),
        ({"numpy_whl": None}, FileNotFoundError, "lacks 1 of .* numpy.whl for one: take its full"),
        ({"other_whl": None}, FileNotFoundError, "other.whl"),
        ({"pyodide_asm_wasm": None}, FileNotFoundError, "pyodide.asm.wasm"),
    ],
)
def test_a_wrong_pyodide_is_refused(pyodide, tmp_path, files, error, message):
    folder = spoil(pyodide, tmp_path, **files)
    with pytest.raises(error, match=message):
        lite.take_pyodide(folder, tmp_path / "taken")
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize(
    ("content", "message"), [(None, "there is no"), ("not an archive", "build_lite: ")]
)
def test_the_command_says_what_is_wrong(tmp_path, monkeypatch, content, message):
    archive = tmp_path / "archive.tar.bz2"
    if content:
        archive.write_text(content)
    output = tmp_path / "site"
    arguments = ["build_lite", "--pyodide", str(archive), "--output", str(output)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit, match=message):
        lite.main()
    assert not output.exists()
